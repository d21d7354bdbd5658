/*
 * What a job title says of rank and department: words, phrases, and which of several counts.
 *
 * A rule matches at a word when its words follow there; one of them may stand for any phrase of a
 * seniority ("<c-level>"). For each field apart a title is read from left to right; the longest
 * rule at a word uses up its words, so that "vice president" hides "president". That is done twice:
 * first for the rules with dots, which take out of the title what somebody else is, or what was
 * once, and then for what the words left say. A few hundred rules and a few words need no index.
 */
#include "title.h"

#include <stdlib.h>
#include <string.h>

#include "import/fold.h"
#include "text.h"

#define WORDS_MAX 32
#define TITLE_BYTES_MAX 512 /* folded; what is longer is cut */
#define PHRASE_WORDS_MAX 6

typedef enum title_field { FIELD_SENIORITY = 0, FIELD_DEPARTMENT, FIELD_COUNT } title_field;

typedef enum title_scope { SCOPE_NONE = 0, SCOPE_PART, SCOPE_REST } title_scope;

/* A line of the table. */
typedef struct title_rule {
    title_field field;
    const char *value; /* in `text` of the table; NULL: says nothing */
    const char *words[PHRASE_WORDS_MAX];
    size_t word_count;
    bool has_class;    /* one of the words stands for phrases of a seniority */
    bool is_narrow;    /* not every word matches */
    title_scope scope; /* what says nothing behind it */
} title_rule;

struct title_table {
    title_rule *rules;
    size_t count;
    char **texts; /* copies of what was added, cut into cells and words */
    size_t text_count;
};

/* What stands between two words of a title: nothing or a hyphen; a comma, bracket or the like; or
 * a bar or the like, behind which another title begins. */
typedef enum title_mark { MARK_NONE = 0, MARK_PART, MARK_TITLE } title_mark;

/* A title as words, in one text. */
typedef struct title_words {
    char text[TITLE_BYTES_MAX];
    size_t used; /* of the text */
    const char *items[WORDS_MAX];
    title_mark before[WORDS_MAX];
    bool is_out[WORDS_MAX]; /* it says nothing */
    /* Of the longest phrase of a seniority that begins there, whatever is out. */
    const char *rank[WORDS_MAX]; /* NULL: it says nothing, or there is none */
    size_t rank_words[WORDS_MAX];
    size_t count;
} title_words;

/* The seniorities, that which counts of several first. */
static const char *const ranks[] = {"c-level", "vp",     "director", "entry",
                                    "manager", "senior", "staff",    NULL};

/* The bytes of tools/titles.csv, written by the build. */
extern const unsigned char title_table_bytes[];
extern const size_t title_table_byte_count;

static size_t rank_of(const char *seniority)
{
    size_t rank = 0;
    while (ranks[rank] != NULL && strcmp(ranks[rank], seniority) != 0)
        rank++;
    return rank;
}

/* --- the table --- */

/* Cut a cell off; NULL when there is no further comma. */
static char *next_cell(char **rest)
{
    char *cell = *rest, *comma = strchr(cell, ',');
    if (comma == NULL)
        return NULL;
    *comma = '\0';
    *rest = comma + 1;
    return cell;
}

/* Whether a word stands for any phrase of a seniority: "<c-level>", or of any one: "<>". */
static bool is_class(const char *word)
{
    return word[0] == '<';
}

/* Add a word of a phrase to a rule; what is wrong with it, or NULL. */
static const char *add_word(title_rule *rule, char *word)
{
    size_t length = strlen(word);
    if (rule->scope != SCOPE_NONE)
        return "words behind dots, expected them last";
    if (strcmp(word, "...") == 0 || strcmp(word, "..") == 0) {
        rule->scope = length == 3 ? SCOPE_REST : SCOPE_PART;
        return NULL;
    }
    if (rule->word_count == PHRASE_WORDS_MAX)
        return "phrase of more than 6 words, expected at most 6";
    if (is_class(word)) {
        if (length < 2 || word[length - 1] != '>')
            return "word begins with <, expected a seniority between < and >";
        word[length - 1] = '\0';
        if (word[1] != '\0' && ranks[rank_of(word + 1)] == NULL)
            return "unknown seniority between < and >";
        rule->has_class = true;
    } else if (length > 1 && word[strspn(word, "*")] == '\0') {
        return "word without letters, expected some or a single *";
    }
    rule->is_narrow |= word[0] != '*' || length > 1;
    rule->words[rule->word_count++] = word;
    return NULL;
}

/* Cut a phrase into the words of a rule; what is wrong with it, or NULL. */
static const char *read_phrase(char *phrase, title_rule *rule)
{
    char *save = NULL;
    const char *wrong = NULL;
    for (char *word = strtok_r(phrase, " ", &save); word != NULL && wrong == NULL;
         word = strtok_r(NULL, " ", &save))
        wrong = add_word(rule, word);
    if (wrong == NULL && rule->word_count == 0)
        wrong = "no phrase, expected words";
    if (wrong == NULL && !rule->is_narrow)
        wrong = "phrase without letters, expected some";
    return wrong;
}

static const char *read_rule(char *line, title_rule *rule)
{
    char *rest = line, *field = next_cell(&rest), *value = field == NULL ? NULL : next_cell(&rest);
    *rule = (title_rule){0};
    if (value == NULL || strpbrk(rest, ",\"") != NULL)
        return "expected three cells without quotes: field,value,phrase";
    if (strcmp(field, "department") == 0)
        rule->field = FIELD_DEPARTMENT;
    else if (strcmp(field, "seniority") != 0)
        return "unknown field, expected seniority or department";
    rule->value = strcmp(value, "-") == 0 ? NULL : value;
    if (*value == '\0')
        return "no value, expected one or -";
    if (rule->field == FIELD_SENIORITY && rule->value != NULL && ranks[rank_of(value)] == NULL)
        return "unknown seniority, expected c-level, vp, director, manager, senior, staff, entry "
               "or -";
    return read_phrase(rest, rule);
}

bool title_table_add(title_table *self, const char *path, const char *text, size_t bytes,
                     char **problem)
{
    size_t line_number = 0;
    char *copy = text_new(bytes + 1, 1), *save = copy;
    memcpy(copy, text, bytes);
    self->texts = text_resize(self->texts, self->text_count + 1, sizeof *self->texts);
    self->texts[self->text_count++] = copy;
    for (char *line = strsep(&save, "\n"); line != NULL; line = strsep(&save, "\n")) {
        title_rule rule;
        line_number++;
        line[strcspn(line, "\r")] = '\0';
        bool is_header = line_number == 1 && strcmp(line, "field,value,phrase") == 0;
        if (line[0] == '\0' || line[0] == '#' || is_header)
            continue;
        const char *wrong = read_rule(line, &rule);
        if (wrong != NULL) {
            *problem = text_format("%s:%zu: %s", path, line_number, wrong);
            return false;
        }
        if ((self->count & (self->count - 1)) == 0) /* full at powers of two */
            self->rules = text_resize(self->rules, self->count == 0 ? 1 : 2 * self->count,
                                      sizeof *self->rules);
        self->rules[self->count++] = rule;
    }
    return true;
}

title_table *title_table_new(void)
{
    return text_new(1, sizeof(title_table));
}

bool title_table_add_builtin(title_table *self, char **problem)
{
    return title_table_add(self, "titles.csv", (const char *)title_table_bytes,
                           title_table_byte_count, problem);
}

void title_table_free(title_table *self)
{
    if (self == NULL)
        return;
    for (size_t i = 0; i < self->text_count; i++)
        free(self->texts[i]);
    free(self->texts);
    free(self->rules);
    free(self);
}

/* --- a title --- */

/* Fold a part of a title and cut it into words; one that is no UTF-8 has none. */
static void add_part(title_words *words, const char *part, size_t bytes, title_mark before)
{
    char *save = NULL, *text = words->text + words->used,
         *copy = text_format("%.*s", (int)bytes, part);
    (void)fold_words(copy, text, sizeof words->text - words->used);
    words->used += strlen(text) + 1;
    free(copy);
    for (char *word = strtok_r(text, " ", &save); word != NULL && words->count < WORDS_MAX;
         word = strtok_r(NULL, " ", &save)) {
        words->items[words->count] = word;
        words->before[words->count++] = before;
        before = MARK_NONE;
    }
}

/* The mark that begins at a place of a title, and its bytes. */
static title_mark mark_at(const char *at, size_t *bytes)
{
    static const struct {
        const char *text;
        title_mark mark;
    } others[] = {{" - ", MARK_PART}, {"–", MARK_PART}, {"—", MARK_PART}, {"•", MARK_TITLE}};
    *bytes = 1;
    if (strchr(",/()[]@", *at) != NULL)
        return MARK_PART;
    if (strchr("|;\n", *at) != NULL)
        return MARK_TITLE;
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        *bytes = strlen(others[i].text);
        if (strncmp(at, others[i].text, *bytes) == 0)
            return others[i].mark;
    }
    return MARK_NONE;
}

static void read_words(const char *title, title_words *out)
{
    title_mark before = MARK_NONE;
    const char *part = title, *at = title;
    while (*at != '\0' && out->used + 1 < sizeof out->text) {
        size_t bytes;
        title_mark mark = mark_at(at, &bytes);
        if (mark == MARK_NONE) {
            at++;
            continue;
        }
        size_t words = out->count;
        add_part(out, part, (size_t)(at - part), before);
        before = out->count == words && before > mark ? before : mark;
        part = at += bytes;
    }
    if (out->used + 1 < sizeof out->text)
        add_part(out, part, strlen(part), before);
}

static bool word_matches(const char *pattern, const char *word)
{
    size_t length = strlen(pattern), word_length = strlen(word);
    bool is_open = pattern[length - 1] == '*';
    length -= is_open ? 1 : 0;
    if (pattern[0] != '*' || length == 0)
        return strncmp(pattern, word, length) == 0 && (is_open || word_length == length);
    pattern++;
    length--;
    if (is_open)
        return memmem(word, word_length, pattern, length) != NULL;
    return word_length >= length && strcmp(word + word_length - length, pattern) == 0;
}

/* Whether the first letters allow that a rule begins at a word; most do not. */
static bool may_begin(const title_rule *rule, const title_words *words, size_t at)
{
    char first = rule->words[0][0];
    return first == words->items[at][0] || first == '*' || first == '<';
}

/* How many words a rule without classes uses up at a word; 0: it does not match. */
static size_t match_words(const title_rule *rule, const title_words *words, size_t at)
{
    if (rule->word_count > words->count - at)
        return 0;
    for (size_t i = 0; i < rule->word_count; i++)
        if (!word_matches(rule->words[i], words->items[at + i]))
            return 0;
    return rule->word_count;
}

/* Find the phrases that classes stand for. */
static void read_ranks(const title_table *self, title_words *words)
{
    for (size_t at = 0; at < words->count; at++)
        for (size_t i = 0; i < self->count; i++) {
            const title_rule *rule = &self->rules[i];
            if (!may_begin(rule, words, at) || rule->field != FIELD_SENIORITY || rule->has_class ||
                rule->scope != SCOPE_NONE || rule->word_count < words->rank_words[at] ||
                match_words(rule, words, at) == 0)
                continue;
            words->rank[at] = rule->value;
            words->rank_words[at] = rule->word_count;
        }
}

/* The same of a class, empty: of any seniority. */
static size_t match_class(const char *seniority, const title_words *words, size_t at)
{
    const char *rank = words->rank[at];
    bool is_meant = rank != NULL && (seniority[0] == '\0' || strcmp(seniority, rank) == 0);
    return is_meant ? words->rank_words[at] : 0;
}

/* The same of any rule. A class at the end of one with dots is of what says nothing. */
static size_t match_rule(const title_rule *rule, const title_words *words, size_t at)
{
    size_t from = at;
    if (!rule->has_class)
        return match_words(rule, words, at);
    for (size_t i = 0; i < rule->word_count; i++) {
        const char *word = rule->words[i];
        size_t length = 0;
        if (at < words->count && is_class(word))
            length = match_class(word + 1, words, at);
        else if (at < words->count)
            length = word_matches(word, words->items[at]) ? 1 : 0;
        if (length == 0)
            return 0;
        bool is_last =
            i > 0 && i + 1 == rule->word_count && is_class(word) && rule->scope != SCOPE_NONE;
        at += is_last ? 0 : length;
    }
    return at - from;
}

/* The rule that counts at a word, and how many words it uses up; NULL: none. */
static const title_rule *rule_at(const title_table *self, title_field field,
                                 const title_words *words, size_t at, size_t *length)
{
    const title_rule *best = NULL;
    size_t most = 0; /* words looked at; those of a class behind the others count once */
    *length = 1;
    for (size_t i = 0; i < self->count && !words->is_out[at]; i++) {
        const title_rule *rule = &self->rules[i];
        bool may = rule->field == field && may_begin(rule, words, at);
        size_t found = may ? match_rule(rule, words, at) : 0;
        size_t weight = found > rule->word_count ? found : rule->word_count;
        if (found == 0 || weight < most)
            continue;
        best = rule;
        most = weight;
        *length = found;
    }
    return best;
}

/* Take out of the title what says nothing behind the rules with dots. */
static void take_out(const title_table *self, title_field field, title_words *words)
{
    size_t length;
    for (size_t at = 0; at < words->count; at += length) {
        const title_rule *rule = rule_at(self, field, words, at, &length);
        if (rule == NULL || rule->scope == SCOPE_NONE)
            continue;
        title_mark end = rule->scope == SCOPE_PART ? MARK_PART : MARK_TITLE;
        for (size_t i = at + length; i < words->count && words->before[i] < end; i++)
            words->is_out[i] = true;
    }
}

static const char *read_field(const title_table *self, title_field field, const title_words *words)
{
    const char *value = NULL;
    size_t length;
    for (size_t at = 0; at < words->count; at += length) {
        const title_rule *rule = rule_at(self, field, words, at, &length);
        if (rule == NULL || rule->value == NULL)
            continue;
        if (value == NULL || (field == FIELD_SENIORITY && rank_of(rule->value) < rank_of(value)))
            value = rule->value;
    }
    return value;
}

title_class title_classify(const title_table *self, const char *title)
{
    title_words words = {0};
    if (title != NULL)
        read_words(title, &words);
    read_ranks(self, &words);
    for (title_field field = 0; field < FIELD_COUNT; field++)
        take_out(self, field, &words);
    return (title_class){read_field(self, FIELD_SENIORITY, &words),
                         read_field(self, FIELD_DEPARTMENT, &words)};
}
