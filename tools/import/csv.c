/*
 * Delimited text in bounded memory: records.
 *
 * csv_next() finds where the record ends (scan), which remembers how far it looked when more has to
 * be read, then has it cut into cells (csv_cut.c). A record that outgrows the limit is scanned on
 * to its end all the same, but what was looked at is dropped.
 */
#include "import/csv.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "import/csv_encoding.h"
#include "import/csv_parts.h"

/* How long a part of the buffer is on disk. */
static uint64_t disk_bytes(const csv *self, const char *text, size_t length)
{
    return csv_is_wide(self) ? csv_utf16_bytes(text, length) : length;
}

static void begin(csv *self, const csv_shape *shape, uint64_t position, uint64_t line)
{
    self->shape = *shape;
    self->start = self->end = self->raw_bytes = self->scanned = 0;
    self->is_quoted = self->has_quotes = self->is_at_end = false;
    self->dropped = self->dropped_raw = self->dropped_lines = 0;
    self->is_begun = position != 0;
    self->position = position == 0 ? shape->mark_bytes + shape->declared_bytes : position;
    self->line = position == 0 && shape->declared_bytes > 0 ? 2 : line + 1;
    self->failure = 0;
}

lines_code csv_open(csv *self, int fd, const csv_shape *shape, uint64_t position, uint64_t line,
                    const volatile int *cancel)
{
    begin(self, shape, position, line);
    self->fd = fd;
    self->cancel = cancel;
    if (self->position > INT64_MAX || lseek(fd, (off_t)self->position, SEEK_SET) < 0)
        return csv_fail(self, errno);
    return LINES_OK;
}

lines_code csv_open_text(csv *self, const char *text, size_t bytes, const csv_shape *shape)
{
    begin(self, shape, 0, 0);
    text += self->position;
    bytes -= self->position;
    char *buffer = realloc(self->buffer, 2 * bytes + 1);
    if (buffer == NULL)
        return csv_fail(self, ENOMEM);
    self->buffer = buffer;
    self->capacity = 2 * bytes + 1;
    self->is_at_end = true;
    self->end = bytes;
    size_t used;
    if (csv_is_wide(self))
        self->end =
            csv_from_utf16(text, bytes, shape->encoding == CSV_UTF16_BE, true, buffer, &used);
    else
        memcpy(buffer, text, bytes);
    return LINES_OK;
}

/* The first quote that opens a cell, which stands at its very beginning. */
static const char *find_opening(const csv *self, const char *record, const char *from,
                                const char *end)
{
    while (from < end && (from = memchr(from, '"', (size_t)(end - from))) != NULL) {
        bool is_first = from == record && self->dropped == 0;
        if (is_first || (from > record && from[-1] == self->shape.delimiter))
            return from;
        from++;
    }
    return NULL;
}

/* Look on inside of quotes. False: more is needed. */
static bool scan_quoted(csv *self, const char *text, size_t bytes)
{
    const char *quote = memchr(text + self->scanned, '"', bytes - self->scanned);
    if (quote == NULL) {
        self->scanned = bytes;
        return false;
    }
    size_t next = (size_t)(quote - text) + 1;
    if (next == bytes && !self->is_at_end) {
        self->scanned = next - 1; /* what follows says whether it closes */
        return false;
    }
    self->is_quoted = next < bytes && text[next] == '"';
    self->scanned = next + (self->is_quoted ? 1 : 0);
    return true;
}

/* Find the end of the record, at `scanned`. False: more is needed. */
static bool scan(csv *self)
{
    const char *text = self->buffer + self->start, *feed = text;
    size_t bytes = self->end - self->start;
    while (self->scanned < bytes) {
        if (self->is_quoted) {
            if (!scan_quoted(self, text, bytes))
                return false;
            continue;
        }
        const char *at = text + self->scanned;
        /* A line end that was found holds until quotes reach behind it. */
        if (feed == text || (feed != NULL && feed < at))
            feed = memchr(at, self->shape.line_end, bytes - self->scanned);
        const char *reach = feed != NULL ? feed : text + bytes;
        const char *quote = find_opening(self, text, at, reach);
        self->scanned = (size_t)((quote != NULL ? quote + 1 : reach) - text);
        if (quote == NULL)
            return feed != NULL;
        self->is_quoted = self->has_quotes = true;
    }
    return false;
}

/* Let go of what was looked at of a record that is too long, but for the byte before the rest. */
static void drop(csv *self)
{
    const char *text = self->buffer + self->start;
    size_t bytes = self->scanned - 1;
    self->dropped += bytes;
    self->dropped_raw += disk_bytes(self, text, bytes);
    self->dropped_lines += csv_count_lines(self, text, bytes);
    self->start += bytes;
    self->scanned = 1;
}

/* Read until the record is complete. LINES_END: nothing is left. */
static lines_code complete(csv *self)
{
    /* Before anything is read there is no buffer to look at. */
    while (self->end == 0 || !scan(self)) {
        if (self->is_at_end)
            return self->end > self->start ? LINES_OK : LINES_END;
        if (self->scanned > CSV_RECORD_BYTES_MAX)
            drop(self);
        lines_code code = csv_fill(self);
        if (code != LINES_OK)
            return code;
    }
    return LINES_OK;
}

/* The place of a record, and of the one behind it, at which the reader stands then. `length` is
 * that of the record with its line end. */
static void settle_place(csv *self, size_t length, csv_row *out)
{
    const char *text = self->buffer + self->start;
    uint64_t more = self->dropped_lines;
    more += self->has_quotes || self->dropped > 0 ? csv_count_lines(self, text, length) : 1;
    out->where.line = self->line;
    out->where.byte = self->position;
    self->position += self->dropped_raw + disk_bytes(self, text, length);
    self->line += more;
    out->where.next = self->position;
    out->where.next_line = self->line - 1;
}

/* Hand out the record that was found. */
static lines_code take(csv *self, csv_row *out)
{
    char *text = self->buffer + self->start;
    size_t length = self->scanned;
    bool has_end = self->start + length < self->end; /* a file may end without one */
    *out = (csv_row){
        .cells = self->cells, .line_end = self->shape.line_end, .what = {.outcome = OUTCOME_ADDED}};
    settle_place(self, length + (has_end ? 1 : 0), out);
    self->start += length + (has_end ? 1 : 0);
    if (self->shape.line_end == '\n' && length > 0 && text[length - 1] == '\r')
        length--;
    lines_code code = csv_cut(self, text, length, out);
    if (out->what.outcome == OUTCOME_SKIPPED)
        out->count = 0;
    self->scanned = 0;
    self->is_quoted = self->has_quotes = false;
    self->dropped = self->dropped_raw = self->dropped_lines = 0;
    return code;
}

lines_code csv_next(csv *self, csv_row *out)
{
    lines_code code;
    while ((code = complete(self)) == LINES_OK) {
        code = take(self, out);
        bool is_nothing = out->count == 1 && out->cells[0][0] == '\0';
        if (code != LINES_OK || !is_nothing)
            break;
    }
    out->is_first = code == LINES_OK && !self->is_begun;
    self->is_begun = true;
    return code;
}

void csv_free(csv *self)
{
    free(self->buffer);
    free(self->raw);
    free(self->wide);
    self->buffer = self->raw = self->wide = NULL;
    self->capacity = self->wide_capacity = 0;
}

lines_code csv_measure(int fd, csv_count *out)
{
    csv_row row;
    csv_shape shape;
    csv *self = calloc(1, sizeof *self);
    lines_code code = self == NULL ? LINES_FAILED : csv_sniff(fd, &shape);
    *out = (csv_count){0};
    if (code == LINES_OK)
        code = csv_open(self, fd, &shape, 0, 0, NULL);
    while (code == LINES_OK && (code = csv_next(self, &row)) == LINES_OK) {
        out->records++;
        out->cells += row.count;
        out->bad += row.what.outcome == OUTCOME_SKIPPED ? 1 : 0;
        out->bytes = row.where.next;
    }
    if (self != NULL)
        csv_free(self);
    free(self);
    return code == LINES_END ? LINES_OK : code;
}
