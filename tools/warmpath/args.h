/*
 * A parsed command line: the options given, in order, and the arguments.
 */
#ifndef WARMPATH_TOOL_ARGS_H
#define WARMPATH_TOOL_ARGS_H

#include "command.h"

typedef struct args_option {
    const option_row *row;
    const char *value; /* NULL when the option takes none. Borrowed from argv. */
} args_option;

typedef struct args {
    args_option *options; /* in the order given */
    size_t option_count;
    const char **words; /* what is no option */
    size_t word_count;
    char problem[200]; /* why parsing failed, one line */
} args;

/*
 * Parse argv. `--name value`, `--name=value`, `-k 5`, `-k5`; options and words in any order; `--`
 * ends the options, a single `-` is a word. Names are not abbreviated, so that scripts keep working
 * when options are added. With `stop_at_word` parsing ends before the first word.
 *
 * Returns the number of elements read, or -1 with `problem` set (unknown option with the nearest
 * name, missing or surplus value, an option for one value given twice). Free with args_free()
 * either way.
 */
int args_parse(args *parsed, int argc, char *const *argv, const option_row *own,
               const option_row *common, bool stop_at_word);

void args_free(args *parsed);

/* Whether the option was given. */
bool args_has(const args *parsed, const char *name);

/* The value given for an option, the last of several; NULL: not given. */
const char *args_get(const args *parsed, const char *name);

/* Value `index` of an option that may be repeated; NULL: there are no more. */
const char *args_at(const args *parsed, const char *name, size_t index);

#endif
