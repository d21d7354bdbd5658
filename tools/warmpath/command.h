/*
 * What a command is: one row of the one table (commands.c) from which the command line is parsed,
 * the help printed and the manual page made.
 */
#ifndef WARMPATH_TOOL_COMMAND_H
#define WARMPATH_TOOL_COMMAND_H

#include <stdbool.h>
#include <stddef.h>

struct app;

/* Exit codes: what scripts may rely on. */
enum {
    CODE_DONE = 0,
    CODE_NOTHING = 1,  /* nothing found (path, who, find, show) */
    CODE_USAGE = 2,    /* wrong usage: options, number of arguments, values out of range */
    CODE_INPUT = 3,    /* bad input: a file's line, an unknown or ambiguous person */
    CODE_DATABASE = 4, /* missing, damaged, locked out, full */
    CODE_STOPPED = 5   /* stopped early: deadline, interrupt, or the output could not be written */
};

/* An option; a list of them ends with a row whose name is NULL. */
typedef struct option_row {
    const char *name;     /* long name without the dashes */
    char letter;          /* short name; 0: none */
    const char *argument; /* what the value is called, with a final "…" when the option may be
                             repeated; NULL: takes none */
    const char *text;     /* one sentence without a final period */
} option_row;

/* An example; a list of them ends with a row whose command is NULL. */
typedef struct example_row {
    const char *command;
    const char *text;
} example_row;

#define ARGUMENTS_ANY ((size_t)-1)

typedef struct command_row {
    const char *name;
    const char *purpose;     /* one line, begins with a verb, no period */
    const char *usage;       /* what follows the name */
    const char *description; /* paragraphs separated by an empty line */
    const option_row *options;
    const example_row *examples;
    size_t arguments_min;
    size_t arguments_max;
    bool has_json;
    int (*run)(struct app *app); /* returns an exit code */
} command_row;

/* All commands in the order of the help; the list ends with a row whose name is NULL. */
extern const command_row command_rows[];

/* Options that every command takes. */
extern const option_row command_options_common[];
/* The same and --as, for commands that have it not: they show what the file holds, or change it,
 * and are for whoever holds the file; --as is refused. All others answer as their viewer may see.
 */
extern const option_row command_options_holder[];
bool command_has_viewer(const command_row *row);

/* Commands of later releases, and why one would look for them; ends with NULL. */
extern const char *const command_names_later[];

/* The command of that name; NULL: there is none. */
const command_row *command_find(const char *name);

/* The command name nearest to a misspelt one; NULL: none is near. */
const char *command_nearest(const char *name);

#endif
