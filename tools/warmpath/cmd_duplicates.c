/*
 * warmpath duplicates: people who may be one, to be looked at and merged by hand.
 *
 * Nobody is merged because of a name. Two people are listed when they have the same words in their
 * names, titles and degrees left out, in any order, and work at one company, or the company of one
 * of them is unknown; or when they work at one company and their names differ in blanks ("Jean
 * Pierre", "Jeanpierre") or in what stands between first and last name, or one has an initial for
 * the other's first name. Names are held as hashes, so memory is some hundred bytes a person; a
 * name that very many share is passed over, because it tells nothing.
 */
#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

#include "commands.h"
#include "doc.h"
#include "import/fold.h"
#include "output.h"
#include "person.h"
#include "text.h"
#include "who.h"

#define FOLDED_BYTES_MAX 4096
#define WORDS_MAX 512 /* more fit into no name of 1024 bytes */
#define SHARED_MAX 50 /* people of one name who are compared with each other */
#define LIMIT_DEFAULT 50

typedef enum likeness { LIKE_NAME = 0, LIKE_ENDS, LIKE_INITIALS, LIKE_NAME_ALONE } likeness;

static const struct {
    double score;
    const char *reason;
} likenesses[] = {{0.9, "same name and company"},
                  {0.7, "same company, first and last name"},
                  {0.6, "same company, first names by initials"},
                  {0.4, "same name, one without company"}};

/* A name as it is compared. */
typedef struct entry {
    uint64_t hash;
    wp_number number;
    wp_number company;
    likeness like;
    bool is_initial; /* the first name is one letter */
} entry;

typedef struct pair {
    wp_number a;
    wp_number b;
    likeness like;
} pair;

typedef struct names {
    entry *items;
    size_t count;
    size_t capacity;
} names;

static void add(names *all, uint64_t hash, entry added, likeness like)
{
    if (all->count == all->capacity) {
        all->capacity = all->capacity == 0 ? 1024 : 2 * all->capacity;
        all->items = text_resize(all->items, all->capacity, sizeof *all->items);
    }
    added.hash = hash;
    added.like = like;
    all->items[all->count++] = added;
}

static int compare_word(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Make letters plain as the search by name does: those that no decomposition makes plain, and "ae",
 * "oe", "ue" for umlauts lose their e. Never longer. */
static void plain_letters(char *text)
{
    static const char *const letters[][2] = {{"ł", "l"}, {"ø", "o"},  {"đ", "d"}, {"ð", "d"},
                                             {"ı", "i"}, {"þ", "th"}, {"æ", "a"}, {"œ", "o"}};
    char *to = text;
    for (const char *from = text; *from != '\0';) {
        size_t at = 0;
        while (at < sizeof letters / sizeof *letters && strncmp(from, letters[at][0], 2) != 0)
            at++;
        bool is_umlaut = *from == 'e' && to > text && strchr("aou", to[-1]) != NULL;
        if (at < sizeof letters / sizeof *letters) {
            size_t length = strlen(letters[at][1]);
            memcpy(to, letters[at][1], length);
            to += length;
            from += 2;
        } else if (is_umlaut) {
            from++;
        } else {
            *to++ = *from++;
        }
    }
    *to = '\0';
}

/* What stands before or behind a name and is not of it. Jr and Sr tell two people apart. */
static bool is_title(const char *word)
{
    static const char *const titles[] = {"dr",  "prof", "mr",  "mrs", "ms",  "miss", "herr", "frau",
                                         "phd", "mba",  "cpa", "cfa", "pmp", "msc",  "bsc"};
    for (size_t i = 0; i < sizeof titles / sizeof *titles; i++)
        if (strcmp(word, titles[i]) == 0)
            return true;
    return false;
}

/* Leave titles out where two words stay; returns how many there are then. */
static size_t without_titles(const char **words, size_t count)
{
    size_t kept = 0, titles = 0;
    for (size_t i = 0; i < count; i++) {
        bool is_doctorate =
            i + 1 < count && strcmp(words[i], "ph") == 0 && strcmp(words[i + 1], "d") == 0;
        if (is_doctorate)
            words[i] = words[i + 1] = "phd";
        titles += is_title(words[i]) ? 1 : 0;
    }
    if (count - titles < 2)
        return count;
    for (size_t i = 0; i < count; i++)
        if (!is_title(words[i]))
            words[kept++] = words[i];
    return kept;
}

/* Cut a folded name into words; returns how many, 0 when there are too many. */
static size_t split(char *folded, const char *words[WORDS_MAX])
{
    size_t count = 0;
    char *rest = NULL;
    for (char *word = strtok_r(folded, " ", &rest); word != NULL;
         word = strtok_r(NULL, " ", &rest)) {
        if (count == WORDS_MAX)
            return 0;
        words[count++] = word;
    }
    return count;
}

static size_t letter_bytes(const char *word)
{
    size_t bytes = 1;
    while (((unsigned char)word[bytes] & 0xC0) == 0x80)
        bytes++;
    return bytes;
}

/* Whether a single word may be a whole name: of Chinese, Japanese and Korean ones, which have no
 * blanks, from two letters on. */
static bool is_whole_name(const char *word)
{
    unsigned char lead = (unsigned char)word[0], next = (unsigned char)word[1];
    bool is_hangul = lead == 0xE1 && next >= 0x84 && next <= 0x87; /* in parts */
    bool is_han = lead > 0xE2 || (lead == 0xE2 && next >= 0xBA);
    return (is_hangul || is_han) && word[letter_bytes(word)] != '\0';
}

static uint64_t hash_words(const char *const *words, size_t count, uint64_t seed)
{
    uint64_t hash = seed;
    for (size_t i = 0; i < count; i++)
        hash = XXH3_64bits_withSeed(words[i], strlen(words[i]) + 1, hash);
    return hash;
}

/* The first letter of the first name and the last name. */
static uint64_t hash_initials(const char *const *words, size_t count, uint64_t seed)
{
    char initial[8] = "";
    memcpy(initial, words[0], letter_bytes(words[0]));
    const char *both[2] = {initial, words[count - 1]};
    return hash_words(both, 2, seed);
}

/* All words as one. */
static uint64_t hash_joined(const char *const *words, size_t count, uint64_t seed)
{
    char joined[FOLDED_BYTES_MAX];
    size_t used = 0;
    for (size_t i = 0; i < count; i++) {
        size_t bytes = strlen(words[i]);
        memcpy(joined + used, words[i], bytes);
        used += bytes;
    }
    return XXH3_64bits_withSeed(joined, used, seed);
}

static uint64_t hash_sorted(const char *const *words, size_t count, uint64_t seed)
{
    const char *sorted[WORDS_MAX];
    memcpy(sorted, words, count * sizeof *sorted);
    qsort(sorted, count, sizeof *sorted, compare_word);
    return hash_words(sorted, count, seed);
}

static void add_name(names *all, const char *name, entry person)
{
    const char *words[WORDS_MAX];
    char folded[FOLDED_BYTES_MAX];
    if (!fold_words(name, folded, sizeof folded))
        return;
    plain_letters(folded);
    size_t count = without_titles(words, split(folded, words));
    if (count == 0 || (count == 1 && !is_whole_name(words[0])))
        return;
    add(all, hash_sorted(words, count, LIKE_NAME_ALONE), person, LIKE_NAME_ALONE);
    if (person.company == 0)
        return;
    uint64_t seed = (uint64_t)person.company << 8;
    add(all, hash_sorted(words, count, seed + LIKE_NAME), person, LIKE_NAME);
    add(all, hash_joined(words, count, seed + LIKE_NAME), person, LIKE_NAME);
    if (count == 1)
        return;
    const char *ends[2] = {words[0], words[count - 1]};
    person.is_initial = words[0][letter_bytes(words[0])] == '\0';
    add(all, hash_words(ends, 2, seed + LIKE_ENDS), person, LIKE_ENDS);
    add(all, hash_initials(words, count, seed + LIKE_INITIALS), person, LIKE_INITIALS);
}

static int read_names(app *self, names *all)
{
    wp_number number = 0;
    wp_person found;
    wp_status status;

    while ((status = wp_person_next(self->txn, &number, &self->err)) == WP_OK) {
        if (wp_person_get(self->txn, number, self->day, &found, &self->err) != WP_OK)
            return app_fail_status(self, "people");
        if (found.name != NULL)
            add_name(all, found.name, (entry){.number = number, .company = found.company});
        if (app_is_cancelled(self))
            return app_fail(self, CODE_STOPPED, "interrupted");
    }
    return status == WP_ENOTFOUND ? CODE_DONE : app_fail_status(self, "people");
}

static int compare_entry(const void *a, const void *b)
{
    const entry *x = a, *y = b;
    if (x->hash != y->hash)
        return x->hash < y->hash ? -1 : 1;
    return x->number < y->number ? -1 : x->number > y->number;
}

/* By the two, the likeliest reason first. */
static int compare_pair(const void *a, const void *b)
{
    const pair *x = a, *y = b;
    if (x->a != y->a)
        return x->a < y->a ? -1 : 1;
    if (x->b != y->b)
        return x->b < y->b ? -1 : 1;
    return (int)x->like - (int)y->like;
}

static int compare_score(const void *a, const void *b)
{
    const pair *x = a, *y = b;
    return x->like != y->like ? (int)x->like - (int)y->like : compare_pair(a, b);
}

/* Whether two people whose hashes are equal are to be looked at. */
static bool is_pair(const entry *x, const entry *y)
{
    if (x->like == LIKE_INITIALS)
        return x->is_initial || y->is_initial;
    return x->like != LIKE_NAME_ALONE || x->company == 0 || y->company == 0;
}

/* Who is like whom; each two once. Yours. */
static pair *find_pairs(names *all, size_t *count)
{
    pair *pairs = NULL;
    size_t capacity = 0, kept = 0;

    *count = 0;
    if (all->count > 1)
        qsort(all->items, all->count, sizeof *all->items, compare_entry);
    for (size_t from = 0, to; from < all->count; from = to) {
        for (to = from + 1; to < all->count && all->items[to].hash == all->items[from].hash;)
            to++;
        for (size_t i = from; i < to && to - from <= SHARED_MAX; i++)
            for (size_t j = i + 1; j < to; j++) {
                const entry *x = &all->items[i], *y = &all->items[j];
                if (!is_pair(x, y))
                    continue;
                if (*count == capacity) {
                    capacity = capacity == 0 ? 64 : 2 * capacity;
                    pairs = text_resize(pairs, capacity, sizeof *pairs);
                }
                pairs[(*count)++] = (pair){x->number, y->number, x->like};
            }
    }
    if (*count > 1)
        qsort(pairs, *count, sizeof *pairs, compare_pair);
    for (size_t i = 0; i < *count; i++)
        if (kept == 0 || pairs[kept - 1].a != pairs[i].a || pairs[kept - 1].b != pairs[i].b)
            pairs[kept++] = pairs[i];
    *count = kept;
    if (kept > 1)
        qsort(pairs, kept, sizeof *pairs, compare_score);
    return pairs;
}

static json_t *pair_json(const pair *at, const person_view *a, const person_view *b)
{
    json_t *object = doc_object();
    doc_put(object, "a", person_json(a));
    doc_put(object, "b", person_json(b));
    doc_put(object, "score", doc_number(likenesses[at->like].score));
    doc_put(object, "reason", doc_text(likenesses[at->like].reason));
    return object;
}

static void add_row(table *rows, const pair *at, const person_view *a, const person_view *b)
{
    char score[OUTPUT_SCORE_BYTES];
    char *first = text_format("#%u %s", at->a, person_label(a));
    char *second = text_format("#%u %s", at->b, person_label(b));
    const char *cells[] = {output_score(likenesses[at->like].score, score), first, second,
                           likenesses[at->like].reason};
    table_add(rows, cells);
    free(first);
    free(second);
}

static int print_pairs(app *self, const pair *pairs, size_t count)
{
    static const column columns[] = {{"score", true, 0, false},
                                     {"person", false, 12, false},
                                     {"and", false, 12, false},
                                     {"because of", false, 10, false}};
    table *rows = table_new(columns, sizeof columns / sizeof columns[0]);
    json_t *document = doc_object(), *list = doc_array();
    int code = CODE_DONE;

    for (size_t i = 0; i < count && code == CODE_DONE; i++) {
        person_view a = {0}, b = {0};
        code = person_read(self, pairs[i].a, &a);
        if (code == CODE_DONE)
            code = person_read(self, pairs[i].b, &b);
        if (code == CODE_DONE && self->is_json)
            doc_add(list, pair_json(&pairs[i], &a, &b));
        else if (code == CODE_DONE)
            add_row(rows, &pairs[i], &a, &b);
        person_free(&a);
        person_free(&b);
    }
    doc_put(document, "duplicates", list);
    if (code == CODE_DONE && self->is_json)
        doc_print(document);
    else
        json_decref(document);
    if (code == CODE_DONE && !self->is_json)
        table_print(self, rows, 0);
    table_free(rows);
    return code;
}

int cmd_duplicates(app *self)
{
    names all = {0};
    uint32_t limit = LIMIT_DEFAULT;
    size_t count = 0;
    int code = app_option_u32(self, "limit", 1, 1000000, &limit);

    if (code == CODE_DONE)
        code = who_begin_read(self);
    app_asked(self, WP_AUDIT_ASK_ALL, 0);
    if (code == CODE_DONE)
        code = read_names(self, &all);
    pair *pairs = code == CODE_DONE ? find_pairs(&all, &count) : NULL;
    free(all.items);
    if (code == CODE_DONE)
        code = print_pairs(self, pairs, count < limit ? count : limit);
    if (code == CODE_DONE && count == 0)
        app_note(self, "nobody looks like somebody else");
    if (code == CODE_DONE && count > limit)
        app_note(self, "%zu more; --limit lists them", count - limit);
    free(pairs);
    return code;
}
