/*
 * Help and manual, rendered from the table of commands.
 */
#ifndef WARMPATH_TOOL_HELP_H
#define WARMPATH_TOOL_HELP_H

#include "command.h"

/* The overview: every command with its purpose. */
void help_print_overview(size_t width);

/* One command: usage, description, options, examples. */
void help_print_command(const command_row *row, size_t width);

/* The manual page warmpath(1) in roff. */
void man_print(void);

/* Texts that belong to no command; lists end with a NULL name. */
typedef struct help_item {
    const char *name;
    const char *text;
} help_item;

extern const help_item help_naming[];
extern const help_item help_exit_codes[];
extern const help_item help_environment[];

#endif
