/*
 * Delimited text in bounded memory.
 *
 * csv_next() first finds where the record ends (scan), which remembers how far it looked when more
 * has to be read, then cuts it into cells (cut_plain, cut_quoted). A record that outgrows the limit
 * is scanned on to its end all the same, but what was looked at is dropped.
 */
#include "import/csv.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "import/csv_encoding.h"

#define CHUNK_BYTES ((size_t)256 * 1024)
#define SHOWN_BYTES 40

static lines_code fail(csv *self, int failure)
{
    self->failure = failure;
    return LINES_FAILED;
}

static bool is_wide(const csv *self)
{
    return self->shape.encoding == CSV_UTF16_LE || self->shape.encoding == CSV_UTF16_BE;
}

/* How long a part of the buffer is on disk. */
static uint64_t disk_bytes(const csv *self, const char *text, size_t length)
{
    return is_wide(self) ? csv_utf16_bytes(text, length) : length;
}

static uint64_t count_lines(const csv *self, const char *text, size_t length)
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

/* How much can be read behind `end`: decoded it is at most twice as much, and a NUL follows. */
static size_t room(const csv *self)
{
    size_t most = self->capacity <= self->end ? 0 : (self->capacity - self->end - 1) / 2;
    return most < CHUNK_BYTES ? most : CHUNK_BYTES;
}

/* Room for half a chunk at least, so that the end of a small file is found without more memory. */
static lines_code make_room(csv *self)
{
    size_t chunk = 2 * CHUNK_BYTES + 1;
    if (self->start > 0) {
        memmove(self->buffer, self->buffer + self->start, self->end - self->start);
        self->end -= self->start;
        self->start = 0;
    }
    if (room(self) >= CHUNK_BYTES / 2)
        return LINES_OK;
    size_t capacity = 2 * self->end + chunk;
    char *wider = realloc(self->buffer, capacity);
    if (wider == NULL)
        return fail(self, ENOMEM);
    self->buffer = wider;
    self->capacity = capacity;
    return LINES_OK;
}

/* Read into `to`; *got is 0 at the end of the file. */
static lines_code read_bytes(csv *self, char *to, size_t bytes, size_t *got)
{
    ssize_t done;
    do {
        if (self->cancel != NULL && *self->cancel != 0)
            return LINES_CANCELLED;
        done = read(self->fd, to, bytes);
    } while (done < 0 && errno == EINTR);
    if (done < 0)
        return fail(self, errno);
    self->is_at_end = done == 0;
    *got = (size_t)done;
    return LINES_OK;
}

static lines_code read_wide(csv *self)
{
    size_t got = 0, used = 0;
    if (self->raw == NULL && (self->raw = malloc(CHUNK_BYTES)) == NULL)
        return fail(self, ENOMEM);
    lines_code code =
        read_bytes(self, self->raw + self->raw_bytes, room(self) - self->raw_bytes, &got);
    if (code != LINES_OK)
        return code;
    self->raw_bytes += got;
    self->end += csv_from_utf16(self->raw, self->raw_bytes, self->shape.encoding == CSV_UTF16_BE,
                                self->is_at_end, self->buffer + self->end, &used);
    self->raw_bytes -= used;
    memmove(self->raw, self->raw + used, self->raw_bytes);
    return LINES_OK;
}

static lines_code read_chunk(csv *self)
{
    size_t got = 0;
    lines_code code = make_room(self);
    if (code != LINES_OK)
        return code;
    if (is_wide(self))
        return read_wide(self);
    code = read_bytes(self, self->buffer + self->end, room(self), &got);
    self->end += got;
    return code;
}

static void begin(csv *self, const csv_shape *shape, uint64_t position, uint64_t line)
{
    self->shape = *shape;
    self->start = self->end = self->raw_bytes = self->scanned = 0;
    self->is_quoted = self->has_quotes = self->is_at_end = false;
    self->dropped = self->dropped_raw = self->dropped_lines = 0;
    self->position = position == 0 ? shape->mark_bytes : position;
    self->line = line + 1;
    self->failure = 0;
}

lines_code csv_open(csv *self, int fd, const csv_shape *shape, uint64_t position, uint64_t line,
                    const volatile int *cancel)
{
    begin(self, shape, position, line);
    self->fd = fd;
    self->cancel = cancel;
    if (self->position > INT64_MAX || lseek(fd, (off_t)self->position, SEEK_SET) < 0)
        return fail(self, errno);
    return LINES_OK;
}

lines_code csv_open_text(csv *self, const char *text, size_t bytes, const csv_shape *shape)
{
    begin(self, shape, 0, 0);
    text += shape->mark_bytes;
    bytes -= shape->mark_bytes;
    char *buffer = realloc(self->buffer, 2 * bytes + 1);
    if (buffer == NULL)
        return fail(self, ENOMEM);
    self->buffer = buffer;
    self->capacity = 2 * bytes + 1;
    self->is_at_end = true;
    self->end = bytes;
    size_t used;
    if (is_wide(self))
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
    const char *text = self->buffer + self->start;
    size_t bytes = self->end - self->start;
    while (self->scanned < bytes) {
        if (self->is_quoted) {
            if (!scan_quoted(self, text, bytes))
                return false;
            continue;
        }
        const char *at = text + self->scanned;
        const char *feed = memchr(at, self->shape.line_end, bytes - self->scanned);
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
    self->dropped_lines += count_lines(self, text, bytes);
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
        lines_code code = read_chunk(self);
        if (code != LINES_OK)
            return code;
    }
    return LINES_OK;
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

static bool cut_plain(char delimiter, char *text, size_t length, csv_row *out)
{
    char *end = text + length, *found;
    *end = '\0';
    while ((found = memchr(text, delimiter, (size_t)(end - text))) != NULL) {
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
            behind = memchr(text, delimiter, (size_t)(end - text));
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
        what = is_wide(self) ? "half a character of UTF-16, expected a whole one"
                             : "bytes that are no UTF-8, expected it as in the rest of the file";
    }
    if (good == length)
        return true;
    place where = out->where;
    size_t column = column_of(self, text, good);
    out->where.line += count_lines(self, text, good);
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
            return fail(self, ENOMEM);
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

/* Cut the record into cells, or say what is wrong with it. */
static lines_code cut(csv *self, char *text, size_t length, csv_row *out)
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

/* The place of a record, and of the one behind it, at which the reader stands then. `length` is
 * that of the record with its line end. */
static void settle_place(csv *self, size_t length, csv_row *out)
{
    const char *text = self->buffer + self->start;
    uint64_t more = self->dropped_lines;
    more += self->has_quotes || self->dropped > 0 ? count_lines(self, text, length) : 1;
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
    lines_code code = cut(self, text, length, out);
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
