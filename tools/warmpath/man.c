/*
 * The manual page warmpath(1), from the table of commands.
 *
 * Roff takes a leading '.' or "'" as a request and '\' as an escape, and a bare '-' as a hyphen
 * that cannot be searched for or copied; print_text() writes all of them safely. Characters beyond
 * ASCII go out as \[uXXXX], so that the page does not depend on the encoding of the formatter.
 */
#include <stdio.h>
#include <string.h>
#include <utf8proc.h>

#include "help.h"
#include "warmpath.h"

static void print_character(utf8proc_int32_t character)
{
    if (character == '\\')
        (void)fputs("\\e", stdout);
    else if (character == '-')
        (void)fputs("\\-", stdout);
    else if (character == '\'')
        (void)fputs("\\(aq", stdout);
    else if (character == '~')
        (void)fputs("\\(ti", stdout);
    else if (character >= 0x80)
        (void)printf("\\[u%04X]", (unsigned)character);
    else
        (void)fputc((int)character, stdout);
}

static void print_text(const char *text)
{
    size_t left = strlen(text);

    if (*text == '.')
        (void)fputs("\\&", stdout);
    while (left > 0) {
        utf8proc_int32_t character;
        utf8proc_ssize_t length =
            utf8proc_iterate((const utf8proc_uint8_t *)text, (utf8proc_ssize_t)left, &character);
        if (length <= 0)
            return; /* our own tables are UTF-8 */
        print_character(character);
        text += length;
        left -= (size_t)length;
    }
}

static void print_line(const char *text)
{
    print_text(text);
    (void)fputc('\n', stdout);
}

static void print_section(const char *title)
{
    (void)printf(".SH %s\n", title);
}

static void print_options(const option_row *rows)
{
    for (; rows->name != NULL; rows++) {
        (void)fputs(".TP\n", stdout);
        if (rows->letter != 0)
            (void)printf("\\fB\\-%c\\fR, ", rows->letter);
        (void)fputs("\\fB\\-\\-", stdout);
        print_text(rows->name);
        (void)fputs("\\fR", stdout);
        if (rows->argument != NULL) {
            (void)fputs(" \\fI", stdout);
            print_text(rows->argument);
            (void)fputs("\\fR", stdout);
        }
        (void)fputc('\n', stdout);
        print_line(rows->text);
    }
}

static void print_items(const help_item *items)
{
    for (; items->name != NULL; items++) {
        (void)fputs(".TP\n\\fB", stdout);
        print_text(items->name);
        (void)fputs("\\fR\n", stdout);
        print_line(items->text);
    }
}

static void print_command(const command_row *row)
{
    (void)fputs(".SS ", stdout);
    print_line(row->name);
    (void)fputs("\\fBwarmpath ", stdout);
    print_text(row->name);
    (void)fputs("\\fR ", stdout);
    print_line(row->usage);
    (void)fputs(".PP\nTo ", stdout);
    print_text(row->purpose);
    (void)fputs(".\n", stdout);
    if (row->description[0] != '\0')
        print_line(row->description);
    print_options(row->options);
    for (const example_row *example = row->examples; example->command != NULL; example++) {
        (void)fputs(".PP\n", stdout);
        print_line(example->text);
        (void)fputs(".PP\n.RS 4\n.nf\n", stdout);
        print_line(example->command);
        (void)fputs(".fi\n.RE\n", stdout);
    }
}

void man_print(void)
{
    (void)printf(".TH WARMPATH 1 \"\" \"warmpath %s\" \"User Commands\"\n", wp_version());
    print_section("NAME");
    print_line("warmpath - who knows whom, and who can introduce us");
    print_section("SYNOPSIS");
    print_line("warmpath [--db FILE] COMMAND [OPTION]… [ARGUMENT]…");
    (void)fputs(".br\n", stdout);
    print_line("warmpath help [COMMAND] | --version | --man");
    print_section("DESCRIPTION");
    print_line("warmpath keeps people, companies, employment, interactions and consent in one "
               "file, turns interactions into directed strength that fades by itself, and finds "
               "the warmest introductions from our people to others.");
    (void)fputs(".PP\n", stdout);
    print_line("Results go to stdout, everything else to stderr. A path of - means stdin or "
               "stdout. Dates are written YYYY-MM-DD and times YYYY-MM-DDThh:mm:ssZ.");
    print_section("OPTIONS OF EVERY COMMAND");
    print_options(command_options_common);
    print_section("NAMING PEOPLE AND COMPANIES");
    print_items(help_naming);
    print_section("COMMANDS");
    for (const command_row *row = command_rows; row->name != NULL; row++)
        print_command(row);
    print_section("EXIT STATUS");
    print_items(help_exit_codes);
    print_section("ENVIRONMENT");
    print_items(help_environment);
}
