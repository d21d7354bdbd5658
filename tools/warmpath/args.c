/*
 * Parsing of a command line against a table of options.
 *
 * getopt_long() is not used because it abbreviates names silently, keeps its state in globals and
 * prints its own messages; what is needed fits on two pages. Values are borrowed from argv.
 *
 * A word that begins with '-' and a digit cannot be confused with a value: an option that takes a
 * value always takes the next element, whatever it looks like.
 */
#include "args.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "text.h"

static const option_row *find_long(const option_row *rows, const char *name, size_t length)
{
    for (; rows->name != NULL; rows++)
        if (strlen(rows->name) == length && memcmp(rows->name, name, length) == 0)
            return rows;
    return NULL;
}

static const option_row *find_letter(const option_row *rows, char letter)
{
    for (; rows->name != NULL; rows++)
        if (rows->letter == letter)
            return rows;
    return NULL;
}

static void nearest_of(const option_row *rows, const char *name, const char **best, size_t *edits)
{
    for (; rows->name != NULL; rows++) {
        size_t distance = text_distance(rows->name, name);
        if (strncmp(rows->name, name, strlen(name)) == 0 && *name != '\0')
            distance = 1; /* an abbreviation */
        if (distance < *edits) {
            *edits = distance;
            *best = rows->name;
        }
    }
}

static int unknown_option(args *parsed, const char *element, const option_row *own,
                          const option_row *common)
{
    const char *best = NULL;
    size_t edits = 3; /* nearer than this is a likely slip */
    char name[64];

    (void)snprintf(name, sizeof name, "%.*s", (int)strcspn(element, "="), element);
    if (strncmp(name, "--", 2) == 0) {
        nearest_of(own, name + 2, &best, &edits);
        nearest_of(common, name + 2, &best, &edits);
    }
    if (best != NULL)
        (void)snprintf(parsed->problem, sizeof parsed->problem,
                       "%s: unknown option, did you mean --%s?", name, best);
    else
        (void)snprintf(parsed->problem, sizeof parsed->problem,
                       "%s: unknown option, see --help for the list", name);
    return -1;
}

static void add_option(args *parsed, const option_row *row, const char *value)
{
    parsed->options =
        text_resize(parsed->options, parsed->option_count + 1, sizeof *parsed->options);
    parsed->options[parsed->option_count++] = (args_option){row, value};
}

static void add_word(args *parsed, const char *word)
{
    parsed->words = text_resize(parsed->words, parsed->word_count + 1, sizeof *parsed->words);
    parsed->words[parsed->word_count++] = word;
}

/* An option that takes one value has one; whichever were taken of two, the other was meant too. */
static bool is_given_again(const args *parsed, const option_row *row)
{
    static const char repeated[] = "…";
    size_t length = row->argument == NULL ? 0 : strlen(row->argument), tail = sizeof repeated - 1;
    bool is_single =
        length > 0 && (length < tail || strcmp(row->argument + length - tail, repeated) != 0);

    return is_single && args_has(parsed, row->name);
}

/*
 * Take the value of an option: what is attached to it, else the next element. Returns the number of
 * elements used, or -1.
 */
static int take_value(args *parsed, const option_row *row, const char *attached, const char *next)
{
    if (row->argument == NULL && attached != NULL) {
        (void)snprintf(parsed->problem, sizeof parsed->problem,
                       "--%s: a value was given, expected none", row->name);
        return -1;
    }
    if (row->argument != NULL && attached == NULL && next == NULL) {
        (void)snprintf(parsed->problem, sizeof parsed->problem,
                       "--%s: the value is missing, expected %s", row->name, row->argument);
        return -1;
    }
    if (is_given_again(parsed, row)) {
        (void)snprintf(parsed->problem, sizeof parsed->problem, "--%s: given twice, expected once",
                       row->name);
        return -1;
    }
    add_option(parsed, row, row->argument == NULL || attached != NULL ? attached : next);
    return row->argument != NULL && attached == NULL ? 2 : 1;
}

static int parse_long(args *parsed, const char *element, const char *next, const option_row *own,
                      const option_row *common)
{
    size_t length = strcspn(element + 2, "=");
    const char *attached = element[2 + length] == '=' ? element + 2 + length + 1 : NULL;
    const option_row *row = find_long(own, element + 2, length);

    if (row == NULL)
        row = find_long(common, element + 2, length);
    if (row == NULL)
        return unknown_option(parsed, element, own, common);
    return take_value(parsed, row, attached, next);
}

static int parse_short(args *parsed, const char *element, const char *next, const option_row *own,
                       const option_row *common)
{
    const option_row *row = find_letter(own, element[1]);

    if (row == NULL)
        row = find_letter(common, element[1]);
    if (row == NULL || (row->argument == NULL && element[2] != '\0'))
        return unknown_option(parsed, element, own, common);
    return take_value(parsed, row, element[2] != '\0' ? element + 2 : NULL, next);
}

int args_parse(args *parsed, int argc, char *const *argv, const option_row *own,
               const option_row *common, bool stop_at_word)
{
    bool is_past_options = false;
    int i = 0;

    while (i < argc) {
        const char *element = argv[i], *next = i + 1 < argc ? argv[i + 1] : NULL;
        int used = 1;

        if (is_past_options || element[0] != '-' || element[1] == '\0') {
            if (stop_at_word)
                break;
            add_word(parsed, element);
        } else if (strcmp(element, "--") == 0) {
            is_past_options = true;
        } else if (element[1] == '-') {
            used = parse_long(parsed, element, next, own, common);
        } else {
            used = parse_short(parsed, element, next, own, common);
        }
        if (used < 0)
            return -1;
        i += used;
    }
    return i;
}

void args_free(args *parsed)
{
    free(parsed->options);
    free(parsed->words);
    *parsed = (args){0};
}

const char *args_at(const args *parsed, const char *name, size_t index)
{
    for (size_t i = 0; i < parsed->option_count; i++)
        if (strcmp(parsed->options[i].row->name, name) == 0 && index-- == 0)
            return parsed->options[i].value;
    return NULL;
}

const char *args_get(const args *parsed, const char *name)
{
    const char *value = NULL;

    for (size_t i = 0; i < parsed->option_count; i++)
        if (strcmp(parsed->options[i].row->name, name) == 0)
            value = parsed->options[i].value;
    return value;
}

bool args_has(const args *parsed, const char *name)
{
    for (size_t i = 0; i < parsed->option_count; i++)
        if (strcmp(parsed->options[i].row->name, name) == 0)
            return true;
    return false;
}
