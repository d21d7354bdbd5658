/*
 * Edge lists: how one is written, found from its first lines.
 *
 * The delimiter is that of tab, comma and bar which cuts most of the sampled lines into two columns
 * or more, if it does so for over half of them; else blanks, which may also surround the others.
 * The first line is a header when its columns are called so, or when its weight is no number while
 * those below are. One that names people by numbers, or whose weight begins as a number does, is a
 * bad row instead: nobody labels columns so.
 *
 * Whether a file is an edge list at all is guessed with more care, since every table of two columns
 * looks like one: its header is a known one or there is none, its cells are words without '@'
 * (addresses are identities of another kind), and unless they are numbers or have weights, somebody
 * stands in both columns. A first line of whom nobody else speaks may be a header of any words.
 *
 * What the weights are is decided by shares, so that one odd row of many decides nothing: it is
 * then a bad row. Only the unit of costs follows from a single row, since a point in one number
 * makes all of them nats (programs write 2.0 as 2, but never micro-nats with a point).
 */
#include <string.h>
#include <strings.h>

#include "import/edges.h"

#define LINES_MAX ((size_t)500)
#define COLUMNS_MAX ((size_t)8)
#define WORD_BYTES_MAX ((size_t)128)
#define SHARE_PERCENT ((size_t)95)

/* The sampled lines, as pieces of the head. */
typedef struct sample {
    const char *text[LINES_MAX];
    size_t length[LINES_MAX];
    size_t count;
} sample;

typedef struct piece {
    const char *text;
    size_t length;
} piece;

static void take_sample(const char *head, size_t bytes, sample *out)
{
    const char *at = head, *end = head + bytes;
    out->count = 0;
    while (at < end && out->count < LINES_MAX) {
        const char *feed = memchr(at, '\n', (size_t)(end - at));
        /* A line that the head cuts off says nothing, unless the head is the whole file. */
        if (feed == NULL && bytes >= HEAD_BYTES)
            break;
        size_t length = (size_t)((feed != NULL ? feed : end) - at);
        size_t kept = length > 0 && at[length - 1] == '\r' ? length - 1 : length;
        if (!edges_is_comment(at, kept)) {
            out->text[out->count] = at;
            out->length[out->count++] = kept;
        }
        at += length + 1;
    }
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

static piece trim(const char *from, const char *to)
{
    while (from < to && is_blank(*from))
        from++;
    while (from < to && is_blank(to[-1]))
        to--;
    if (to - from >= 2 && *from == '"' && to[-1] == '"') {
        from++;
        to--;
    }
    return (piece){from, (size_t)(to - from)};
}

/* Cut a line into its columns; returns how many there are, COLUMNS_MAX at most. */
static size_t cut(const char *text, size_t length, char delimiter, piece columns[COLUMNS_MAX])
{
    const char *end = text + length, *start = text;
    size_t count = 0;
    if (delimiter == ' ')
        while (end > start && is_blank(end[-1]))
            end--;
    while (count < COLUMNS_MAX) {
        if (delimiter == ' ')
            while (start < end && is_blank(*start))
                start++;
        const char *stop = start;
        while (stop < end && (delimiter == ' ' ? !is_blank(*stop) : *stop != delimiter))
            stop++;
        columns[count++] = trim(start, stop);
        if (stop == end)
            break;
        start = stop + 1;
    }
    return count;
}

static char find_delimiter(const sample *rows)
{
    static const char delimiters[] = {'\t', ',', '|'};
    piece columns[COLUMNS_MAX];
    char best = ' ';
    size_t best_fitting = rows->count / 2;
    for (size_t d = 0; d < sizeof delimiters; d++) {
        size_t fitting = 0;
        for (size_t i = 0; i < rows->count; i++)
            if (cut(rows->text[i], rows->length[i], delimiters[d], columns) >= 2)
                fitting++;
        if (fitting > best_fitting) {
            best = delimiters[d];
            best_fitting = fitting;
        }
    }
    return best;
}

static bool is_named(piece column, const char *const *names)
{
    for (; *names != NULL; names++)
        if (strlen(*names) == column.length && strncasecmp(*names, column.text, column.length) == 0)
            return true;
    return false;
}

static bool is_header(const piece *columns, size_t count)
{
    static const char *const first[] = {"source", "src",      "from",      "source_id",
                                        "src_id", "from_id",  "sourceid",  "fromnodeid",
                                        "node1",  "person1",  "person1id", "person1.id",
                                        "id1",    "start_id", ":start_id", NULL};
    static const char *const second[] = {
        "target",   "dst",      "to",      "target_id", "dst_id",      "to_id",
        "targetid", "tonodeid", "node2",   "person2",   "person2id",   "person2.id",
        "id2",      "end_id",   ":end_id", "dest",      "destination", NULL};
    return count >= 2 && is_named(columns[0], first) && is_named(columns[1], second);
}

static bool is_numeric(piece column)
{
    edges_number number;
    return edges_parse_number(column.text, column.length, &number);
}

/* Whether the first columns of a row may be labels, as far as the row tells: see above. */
static bool may_be_labels(const piece *columns)
{
    bool begins_as_number =
        columns[2].length > 0 && memchr("+-.0123456789", *columns[2].text, 13) != NULL;
    return !begins_as_number && !(is_numeric(columns[0]) && is_numeric(columns[1]));
}

static bool is_word(piece column)
{
    if (column.length == 0 || column.length > WORD_BYTES_MAX)
        return false;
    for (size_t i = 0; i < column.length; i++)
        if (is_blank(column.text[i]) || (unsigned char)column.text[i] < ' ' ||
            column.text[i] == '@')
            return false;
    return true;
}

/* What the lines below a header have in common. */
typedef struct survey {
    size_t rows;
    size_t columns_min;
    size_t columns_max;
    bool has_words;   /* the first two columns are words without blanks and '@' */
    bool has_numbers; /* they are numbers */
    bool has_weights; /* the third column is a number wherever it is */
    size_t weighted;  /* rows with a third column */
    size_t numbers;   /* whose third column is a number */
    size_t unit;      /* which is in 0..1 */
    bool has_nats;    /* one of the numbers is not written as a whole one */
} survey;

static void look(survey *self, const piece *columns, size_t count)
{
    edges_number number;
    self->rows++;
    self->columns_min = count < self->columns_min ? count : self->columns_min;
    self->columns_max = count > self->columns_max ? count : self->columns_max;
    for (size_t i = 0; i < 2 && i < count; i++) {
        self->has_words = self->has_words && is_word(columns[i]);
        self->has_numbers =
            self->has_numbers && edges_parse_number(columns[i].text, columns[i].length, &number);
    }
    if (count < 3)
        return;
    bool is_number = edges_parse_number(columns[2].text, columns[2].length, &number);
    self->has_weights = self->has_weights && is_number;
    self->weighted++;
    if (!is_number)
        return;
    self->numbers++;
    self->unit += number.value >= 0.0 && number.value <= 1.0 ? 1 : 0;
    self->has_nats = self->has_nats || !number.is_integer;
}

static survey survey_lines(const sample *rows, size_t first, char delimiter)
{
    survey found = {.columns_min = COLUMNS_MAX + 1,
                    .has_words = true,
                    .has_numbers = true,
                    .has_weights = true};
    for (size_t i = first; i < rows->count; i++) {
        piece columns[COLUMNS_MAX];
        size_t count = cut(rows->text[i], rows->length[i], delimiter, columns);
        look(&found, columns, count);
    }
    return found;
}

static bool is_same(piece a, piece b)
{
    return a.length == b.length && memcmp(a.text, b.text, a.length) == 0;
}

/* Whether a row other than one has a text in a column. */
static bool has_end(const sample *rows, char delimiter, piece text, size_t except, size_t column)
{
    for (size_t i = 0; i < rows->count; i++) {
        piece columns[COLUMNS_MAX];
        size_t count = i == except ? 0 : cut(rows->text[i], rows->length[i], delimiter, columns);
        if (count > column && is_same(columns[column], text))
            return true;
    }
    return false;
}

/* Whether somebody of the rows stands in both columns, as in a network and in hardly any table. */
static bool has_both_ways(const sample *rows, size_t first, char delimiter)
{
    for (size_t i = first; i < rows->count; i++) {
        piece columns[COLUMNS_MAX];
        if (cut(rows->text[i], rows->length[i], delimiter, columns) >= 2 &&
            has_end(rows, delimiter, columns[0], i, 1))
            return true;
    }
    return false;
}

/* Whether a row shares nobody with the others. */
static bool is_apart(const sample *rows, size_t row, char delimiter)
{
    piece columns[COLUMNS_MAX];
    size_t count = cut(rows->text[row], rows->length[row], delimiter, columns);
    for (size_t i = 0; i < 2 && i < count; i++)
        if (has_end(rows, delimiter, columns[i], row, 0) ||
            has_end(rows, delimiter, columns[i], row, 1))
            return false;
    return true;
}

/* Rows of two or three columns are an edge list only if there is more to say for it than that. */
static bool is_plausible(const sample *rows, const survey *found, const edges_shape *shape,
                         bool is_header_known)
{
    bool is_even = found->rows > 0 && found->columns_min == found->columns_max &&
                   found->columns_min >= 2 && found->columns_max <= 3;
    size_t first = shape->has_header ? 1 : 0;
    if (!is_even || !found->has_words || !found->has_weights)
        return false;
    if (is_header_known || found->has_numbers || (found->columns_max == 3 && first == 0))
        return true;
    return has_both_ways(rows, first, shape->delimiter) &&
           (first == 1 || !is_apart(rows, 0, shape->delimiter));
}

static bool is_share(size_t part, size_t whole)
{
    return whole > 0 && part * 100 >= whole * SHARE_PERCENT;
}

static import_weight guess_weight(const survey *found)
{
    if (!is_share(found->weighted, found->rows))
        return IMPORT_WEIGHT_NONE;
    return is_share(found->unit, found->numbers) ? IMPORT_WEIGHT_P : IMPORT_WEIGHT_COST;
}

edges_shape edges_sniff(const char *head, size_t bytes, import_weight weight)
{
    sample rows;
    piece columns[COLUMNS_MAX];
    edges_shape shape = {.delimiter = ' ', .weight = weight};
    take_sample(head, bytes, &rows);
    if (rows.count == 0)
        return shape;
    shape.delimiter = find_delimiter(&rows);
    size_t count = cut(rows.text[0], rows.length[0], shape.delimiter, columns);
    survey below = survey_lines(&rows, 1, shape.delimiter);
    bool has_odd_weight = count >= 3 && weight != IMPORT_WEIGHT_NONE && below.rows > 0 &&
                          below.columns_min >= 3 && below.has_weights && may_be_labels(columns);
    bool is_header_known = is_header(columns, count);
    shape.has_header = is_header_known || has_odd_weight;
    survey found = survey_lines(&rows, shape.has_header ? 1 : 0, shape.delimiter);
    shape.is_plausible = is_plausible(&rows, &found, &shape, is_header_known);
    shape.is_nats = found.has_nats;
    if (weight == IMPORT_WEIGHT_GUESS)
        shape.weight = guess_weight(&found);
    return shape;
}
