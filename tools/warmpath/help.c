/*
 * Help for people at a terminal, from the table of commands.
 *
 * Everything fits the width given; options are set in two columns. The items that belong to no
 * command (naming, exit codes, environment) are kept here and shared with the manual page.
 */
#include "help.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "text.h"
#include "warmpath.h"

const help_item help_naming[] = {
    {"carol@acme.com", "a person by e-mail address"},
    {"id:TEXT", "a person or company by an external id given at import"},
    {"linkedin:SLUG", "a person by LinkedIn profile; its address will do as well"},
    {"#NUMBER", "a person by the number that warmpath prints (quote it in a shell)"},
    {"'Carol Smith'", "a person or company by name; one that several have is an error that lists "
                      "them"},
    {"acme.com", "a company by domain"},
    {"us", "everybody in our organisation"},
    {"team:NAME", "a group of people; also list:NAME and tag:NAME"},
    {NULL, NULL}};

const help_item help_exit_codes[] = {
    {"0", "done"},
    {"1", "nothing found (path, who, find, show)"},
    {"2", "wrong usage"},
    {"3", "bad input: a line of a file, an unknown or ambiguous name"},
    {"4", "the database is missing, damaged, locked out or full"},
    {"5", "stopped early (deadline, interrupt, unwritable output); what is printed is marked "
          "incomplete"},
    {NULL, NULL}};

const help_item help_environment[] = {
    {"WARMPATH_DB", "the database when --db is not given"},
    {"WARMPATH_TITLES", "lines that add to the table of job titles (share/warmpath/titles.csv); "
                        "default: ~/.config/warmpath/titles.csv if there"},
    {"NO_COLOR", "when set and not empty: no colours"},
    {"COLUMNS", "the width of tables when stdout is no terminal (default: 80); what is below 40 or "
                "above 200 counts as 40 or 200"},
    {NULL, NULL}};

static void print_item(const char *name, size_t name_width, const char *text, size_t width)
{
    (void)printf("  %s", name);
    if (text_width(name) > name_width)
        (void)printf("\n%*s", (int)name_width + 4, "");
    else
        (void)printf("%*s", (int)(name_width - text_width(name)) + 2, "");
    text_wrap(stdout, text, name_width + 4, name_width + 4, width);
}

static void print_items(const char *title, const help_item *items, size_t width)
{
    (void)printf("\n%s\n", title);
    for (; items->name != NULL; items++)
        print_item(items->name, 15, items->text, width);
}

static void print_options(const option_row *rows, size_t width)
{
    for (; rows->name != NULL; rows++) {
        char name[80];
        char letter[8] = "";
        if (rows->letter != 0)
            (void)snprintf(letter, sizeof letter, "-%c, ", rows->letter);
        (void)snprintf(name, sizeof name, "%s--%s%s%s", letter, rows->name,
                       rows->argument != NULL ? " " : "",
                       rows->argument != NULL ? rows->argument : "");
        print_item(name, 20, rows->text, width);
    }
}

void help_print_overview(size_t width)
{
    (void)printf("warmpath %s: who knows whom, and who can introduce us\n\n", wp_version());
    text_wrap(stdout, "Usage: warmpath [--db FILE] COMMAND [OPTION]… [ARGUMENT]…", 0, 7, width);
    (void)fputs("       warmpath help [COMMAND] | --version | --man\n\nCommands\n", stdout);
    for (const command_row *row = command_rows; row->name != NULL; row++)
        print_item(row->name, 8, row->purpose, width);
    (void)fputs("\nOptions of every command\n", stdout);
    print_options(command_options_common, width);
    print_items("Naming people and companies", help_naming, width);
    print_items("Exit codes", help_exit_codes, width);
    print_items("Environment", help_environment, width);
    (void)fputs("\nBegin with\n"
                "  warmpath init --us YOUR-DOMAIN\n"
                "  warmpath import --owner YOU@YOUR-DOMAIN FILE…\n"
                "  warmpath path --to SOME-COMPANY.com\n",
                stdout);
}

void help_print_command(const command_row *row, size_t width)
{
    (void)printf("warmpath %s: %s\n\nUsage: ", row->name, row->purpose);
    char *usage = text_format("warmpath [--db FILE] %s %s", row->name, row->usage);
    text_wrap(stdout, usage, 7, 9, width);
    free(usage);
    if (row->description[0] != '\0') {
        (void)fputc('\n', stdout);
        text_wrap(stdout, row->description, 0, 0, width);
    }
    (void)fputs("\nOptions\n", stdout);
    print_options(row->options, width);
    print_options(command_options_common, width);
    (void)fputs("\nExamples\n", stdout);
    for (const example_row *example = row->examples; example->command != NULL; example++) {
        (void)printf("  %s\n      ", example->command);
        text_wrap(stdout, example->text, 6, 6, width);
    }
}
