/*
 * What a job title says of rank and department: words, phrases, and which of several counts.
 *
 * A rule matches at a word when its words follow there. First the title ends behind the earliest
 * rule with "...": what follows is somebody else's title. Then, for each field apart, it is read
 * from left to right; the longest rule at a word uses up its words, so that "vice president" hides
 * "president". A few hundred rules and a few words need no index.
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

/* A line of the table. */
typedef struct title_rule {
    title_field field;
    const char *value; /* in `text` of the table; NULL: says nothing */
    const char *words[PHRASE_WORDS_MAX];
    size_t word_count;
    bool is_cut; /* the title ends behind it */
} title_rule;

struct title_table {
    title_rule *rules;
    size_t count;
    char **texts; /* copies of what was added, cut into cells and words */
    size_t text_count;
};

/* A title as words, in one text. */
typedef struct title_words {
    char text[TITLE_BYTES_MAX];
    const char *items[WORDS_MAX];
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

/* Cut a phrase into the words of a rule; what is wrong with it, or NULL. */
static const char *read_phrase(char *phrase, title_rule *rule)
{
    char *save = NULL;
    for (char *word = strtok_r(phrase, " ", &save); word != NULL;
         word = strtok_r(NULL, " ", &save)) {
        if (rule->is_cut)
            return "words behind '...', expected it last";
        if (strcmp(word, "...") == 0) {
            rule->is_cut = true;
            continue;
        }
        if (rule->word_count == PHRASE_WORDS_MAX)
            return "phrase of more than 6 words, expected at most 6";
        if (word[strspn(word, "*")] == '\0')
            return "word without letters, expected some";
        rule->words[rule->word_count++] = word;
    }
    return rule->word_count > 0 ? NULL : "no phrase, expected words";
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

/* Fold a title and cut it into words; one that is no UTF-8 has none. */
static void read_words(const char *title, title_words *out)
{
    char *save = NULL;
    (void)fold_words(title, out->text, sizeof out->text);
    for (char *word = strtok_r(out->text, " ", &save); word != NULL && out->count < WORDS_MAX;
         word = strtok_r(NULL, " ", &save))
        out->items[out->count++] = word;
}

static bool word_matches(const char *pattern, const char *word)
{
    size_t length = strlen(pattern), word_length = strlen(word);
    bool is_open = pattern[length - 1] == '*';
    length -= is_open ? 1 : 0;
    if (pattern[0] != '*')
        return strncmp(pattern, word, length) == 0 && (is_open || word_length == length);
    pattern++;
    length--;
    if (is_open)
        return memmem(word, word_length, pattern, length) != NULL;
    return word_length >= length && strcmp(word + word_length - length, pattern) == 0;
}

static bool rule_matches(const title_rule *rule, const title_words *words, size_t at)
{
    if (rule->word_count > words->count - at)
        return false;
    for (size_t i = 0; i < rule->word_count; i++)
        if (!word_matches(rule->words[i], words->items[at + i]))
            return false;
    return true;
}

/* The rule that counts at a word; NULL: none. */
static const title_rule *rule_at(const title_table *self, title_field field,
                                 const title_words *words, size_t at)
{
    const title_rule *best = NULL;
    for (size_t i = 0; i < self->count; i++) {
        const title_rule *rule = &self->rules[i];
        if (rule->field == field && (best == NULL || rule->word_count >= best->word_count) &&
            rule_matches(rule, words, at))
            best = rule;
    }
    return best;
}

/* End the title behind the first rule that says so. */
static void cut_words(const title_table *self, title_words *words)
{
    for (size_t at = 0; at < words->count; at++)
        for (size_t i = 0; i < self->count; i++)
            if (self->rules[i].is_cut && rule_matches(&self->rules[i], words, at))
                words->count = at + self->rules[i].word_count;
}

static const char *read_field(const title_table *self, title_field field, const title_words *words)
{
    const char *value = NULL;
    for (size_t at = 0; at < words->count;) {
        const title_rule *rule = rule_at(self, field, words, at);
        at += rule == NULL ? 1 : rule->word_count;
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
    cut_words(self, &words);
    return (title_class){read_field(self, FIELD_SENIORITY, &words),
                         read_field(self, FIELD_DEPARTMENT, &words)};
}
