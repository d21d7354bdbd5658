/*
 * Delimited text: the cells of a record, cut where they stand, and what is wrong with one.
 *
 * A record without quotes takes the short way. Bytes are checked before, and cells decoded from
 * Windows-1252 after they are cut.
 */
#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "import/csv_encoding.h"
#include "import/csv_parts.h"

uint64_t csv_count_lines(const csv *self, const char *text, size_t length)
{
    uint64_t count = 0;
    const char *end = text + length;
    while (text < end &&
           (text = memchr(text, self->shape.line_end, (size_t)(end - text))) != NULL) {
        count++;
        text++;
    }
    return count;
}

bool csv_fault(csv_row *row, size_t column, reason_id reason, const char *format, ...)
{
    char seen[160];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(seen, sizeof seen, format, arguments);
    va_end(arguments);
    return verdict_skip(&row->what, reason, "line %llu, column %zu: %s",
                        (unsigned long long)csv_cell_line(row, column), column + 1, seen);
}

uint64_t csv_cell_line(const csv_row *row, size_t column)
{
    uint64_t line = row->where.line;
    for (size_t i = 0; i < column && i < row->count; i++)
        for (const char *c = row->cells[i]; *c != '\0'; c++)
            line += *c == row->line_end ? 1 : 0;
    return line;
}

static bool add_cell(csv_row *row, char *cell, size_t length)
{
    row->cells[row->count] = cell;
    if (row->count == CSV_COLUMNS_MAX)
        return csv_fault(row, row->count, REASON_MANY_COLUMNS,
                         "more than %zu columns, expected at most so many", CSV_COLUMNS_MAX);
    if (length > CSV_FIELD_BYTES_MAX)
        return csv_fault(row, row->count, REASON_LONG_FIELD,
                         "field of %zu bytes, expected at most %zu", length, CSV_FIELD_BYTES_MAX);
    row->count++;
    return true;
}

/* Most cells of wide tables are empty, which takes no search. */
static char *find_delimiter(char *text, char *end, char delimiter)
{
    return *text == delimiter ? text : memchr(text, delimiter, (size_t)(end - text));
}

static bool cut_plain(char delimiter, char *text, size_t length, csv_row *out)
{
    char *end = text + length, *found;
    *end = '\0';
    while ((found = find_delimiter(text, end, delimiter)) != NULL) {
        *found = '\0';
        if (!add_cell(out, text, (size_t)(found - text)))
            return false;
        text = found + 1;
    }
    return add_cell(out, text, (size_t)(end - text));
}

/* Take the quotes off a cell in place. Returns the place behind the closing one; NULL: there is
 * none. */
static char *unquote(char *cell, char *end, size_t *length)
{
    char *to = cell, *from = cell, *quote;
    while ((quote = memchr(from, '"', (size_t)(end - from))) != NULL) {
        size_t bytes = (size_t)(quote - from);
        if (to != from)
            memmove(to, from, bytes);
        to += bytes;
        if (quote + 1 == end || quote[1] != '"') {
            *to = '\0';
            *length = (size_t)(to - cell);
            return quote + 1;
        }
        *to++ = '"';
        from = quote + 2;
    }
    return NULL;
}

static bool cut_quoted(char delimiter, char *text, size_t length, csv_row *out)
{
    char *end = text + length, *behind;
    *end = '\0';
    for (;; text = behind + 1) {
        size_t bytes = 0;
        char *cell = text;
        if (*text == '"') {
            cell++;
            behind = unquote(cell, end, &bytes);
            while (behind != NULL && behind < end && *behind == ' ')
                behind++;
            if (behind == NULL || (behind < end && *behind != delimiter))
                return csv_fault(out, out->count, REASON_BAD_QUOTE, "%s",
                                 behind == NULL ? "a quote is opened and not closed"
                                                : "text behind a closing quote, expected the "
                                                  "delimiter or the end of the line");
        } else {
            behind = find_delimiter(text, end, delimiter);
            behind = behind == NULL ? end : behind;
            bytes = (size_t)(behind - text);
        }
        bool is_last = behind == end;
        *behind = '\0';
        if (!add_cell(out, cell, bytes))
            return false;
        if (is_last)
            return true;
    }
}

/* The column in which a byte of an uncut record stands. */
static size_t column_of(const csv *self, const char *text, size_t offset)
{
    size_t column = 0;
    bool is_quoted = false;
    for (size_t i = 0; i < offset; i++) {
        bool is_first = i == 0 || text[i - 1] == self->shape.delimiter;
        if (text[i] == '"' && (is_quoted || is_first))
            is_quoted = !is_quoted;
        column += !is_quoted && text[i] == self->shape.delimiter ? 1 : 0;
    }
    return column;
}

/* Refuse NULs, and what is no UTF-8 in a file of it. */
static bool check_bytes(const csv *self, const char *text, size_t length, csv_row *out)
{
    const char *zero = memchr(text, '\0', length);
    size_t good = zero == NULL ? length : (size_t)(zero - text);
    const char *what = "a NUL, expected text";
    if (zero == NULL && self->shape.encoding != CSV_WINDOWS) {
        good = csv_utf8_bytes(text, length);
        what = csv_is_wide(self)
                   ? "half a character of UTF-16, expected a whole one"
                   : "bytes that are no UTF-8, expected it as in the rest of the file";
    }
    if (good == length)
        return true;
    place where = out->where;
    size_t column = column_of(self, text, good);
    out->where.line += csv_count_lines(self, text, good);
    csv_fault(out, column, REASON_BAD_BYTES, "%s", what);
    out->where = where;
    return false;
}

/* Decode the cells of a record that has other characters than ASCII. */
static lines_code widen(csv *self, size_t length, csv_row *out)
{
    if (self->wide_capacity < 3 * length + out->count) {
        free(self->wide);
        self->wide_capacity = 6 * length + CSV_COLUMNS_MAX;
        self->wide = malloc(self->wide_capacity);
        if (self->wide == NULL) {
            self->wide_capacity = 0;
            return csv_fail(self, ENOMEM);
        }
    }
    size_t used = 0;
    for (size_t i = 0; i < out->count; i++) {
        char *cell = out->cells[i];
        size_t bytes = strlen(cell);
        if (csv_ascii_bytes(cell, bytes) == bytes)
            continue;
        out->cells[i] = self->wide + used;
        used += csv_from_windows(cell, bytes, self->wide + used);
        self->wide[used++] = '\0';
    }
    return LINES_OK;
}

lines_code csv_cut(csv *self, char *text, size_t length, csv_row *out)
{
    if (self->dropped > 0 || length > CSV_RECORD_BYTES_MAX) {
        verdict_skip(&out->what, REASON_LONG_RECORD, "record of %llu bytes%s, expected at most %zu",
                     (unsigned long long)(self->dropped + length),
                     self->is_quoted ? " with a quote that is not closed" : "",
                     CSV_RECORD_BYTES_MAX);
        return LINES_OK;
    }
    if (!check_bytes(self, text, length, out))
        return LINES_OK;
    bool is_plain = self->shape.encoding != CSV_WINDOWS || csv_ascii_bytes(text, length) == length;
    bool is_cut = self->has_quotes ? cut_quoted(self->shape.delimiter, text, length, out)
                                   : cut_plain(self->shape.delimiter, text, length, out);
    return is_cut && !is_plain ? widen(self, length, out) : LINES_OK;
}
