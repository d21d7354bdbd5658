/*
 * Comma-separated values. Names come from outside, and a spreadsheet runs what begins with '=':
 * such a cell is defused by an apostrophe, which the spreadsheet hides or shows but never runs.
 * Numbers of our own are written by the caller as text and never begin with these characters.
 */
#include "csv.h"

#include <string.h>

void csv_write_cell(FILE *stream, const char *text)
{
    if (text == NULL || text[0] == '\0')
        return;
    int is_formula = strchr("=+-@\t\r", text[0]) != NULL;
    int is_quoted = is_formula || strpbrk(text, ",\"\r\n;\t") != NULL || text[0] == ' ' ||
                    text[strlen(text) - 1] == ' ';

    if (is_quoted)
        (void)fputc('"', stream);
    if (is_formula)
        (void)fputc('\'', stream);
    for (; *text != '\0'; text++) {
        if (*text == '"')
            (void)fputc('"', stream);
        (void)fputc(*text, stream);
    }
    if (is_quoted)
        (void)fputc('"', stream);
}

void csv_write_row(FILE *stream, const char *const *cells, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (i > 0)
            (void)fputc(',', stream);
        csv_write_cell(stream, cells[i]);
    }
    (void)fputs("\r\n", stream);
}
