/*
 * How a delimited file is written.
 *
 * The encoding must not change when an interrupted import goes on, so it is decided by the first
 * chunk of the file that has anything but ASCII in it, wherever the import begins. The delimiter
 * is the one that gives most of the first records the same number of columns, with quotes where
 * quotes can be; of several the one with more columns. Records are cut by the same code that reads
 * them later.
 */
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "import/csv.h"
#include "import/csv_encoding.h"
#include "import/import.h"

#define CHUNK_BYTES HEAD_BYTES
#define SAMPLE_RECORDS 64
/* The bytes at the end of a chunk that may be part of a character. */
#define TAIL_BYTES 3

static const char delimiters[] = {',', ';', '\t', '|'};

/*
 * One record of a text in memory, which is not changed: counts its columns, 0 when its quotes do
 * not fit the delimiter; returns the place behind it.
 */
static const char *count_columns(const csv_shape *shape, const char *at, const char *end,
                                 size_t *columns)
{
    bool is_quoted = false, is_first = true, is_closed = false, is_bad = false;
    size_t count = 1;
    for (; at < end; at++) {
        bool is_delimiter = !is_quoted && *at == shape->delimiter;
        if (!is_quoted && *at == shape->line_end)
            break;
        if (*at == '"' && (is_quoted || is_first || (is_closed && at[-1] == '"'))) {
            is_closed = is_quoted;
            is_quoted = !is_quoted;
        } else if (is_closed && !is_delimiter && *at != ' ' && *at != '\r') {
            is_bad = true;
        }
        is_closed = is_closed && !is_delimiter;
        count += is_delimiter ? 1 : 0;
        is_first = is_delimiter;
    }
    *columns = is_bad || is_quoted ? 0 : count;
    return at < end ? at + 1 : end;
}

/* How many of the first records have the most frequent number of columns, if that is two or more;
 * and that number. */
static size_t count_agreeing(const csv_shape *shape, const char *text, size_t bytes, size_t *width)
{
    size_t counts[SAMPLE_RECORDS], used = 0, best = 0;
    const char *at = text, *end = text + bytes;
    *width = 0;
    while (at < end && used < SAMPLE_RECORDS)
        at = count_columns(shape, at, end, &counts[used++]);
    for (size_t i = 0; i < used; i++) {
        size_t same = 0;
        for (size_t j = 0; j < used; j++)
            same += counts[j] == counts[i] ? 1 : 0;
        if (counts[i] >= 2 && (same > best || (same == best && counts[i] > *width))) {
            best = same;
            *width = counts[i];
        }
    }
    return best;
}

/* A first line "sep=;", also in quotes, is how spreadsheets say it. Returns the bytes of the line
 * with its end; 0: there is none. */
static size_t read_declared(const char *text, size_t bytes, char *delimiter)
{
    size_t at = bytes > 0 && *text == '"' ? 1 : 0, quotes = at;
    if (bytes < at + 6 || strncasecmp(text + at, "sep=", 4) != 0)
        return 0;
    char found = text[at + 4];
    at += 5;
    if (quotes > 0 && text[at++] != '"')
        return 0;
    if (found == '"' || (found != '\t' && !ispunct((unsigned char)found)))
        return 0;
    size_t end = at;
    end += end < bytes && text[end] == '\r' ? 1 : 0;
    end += end < bytes && text[end] == '\n' ? 1 : 0;
    if (end > at)
        *delimiter = found;
    return end > at ? end : 0;
}

/* A carriage return alone ends lines where no line feed stands outside of quotes. */
static char sniff_line_end(const char *text, size_t bytes)
{
    bool is_quoted = false, has_return = false;
    for (size_t i = 0; i < bytes; i++) {
        is_quoted ^= text[i] == '"';
        if (!is_quoted && text[i] == '\n')
            return '\n';
        has_return = has_return || (!is_quoted && text[i] == '\r');
    }
    return has_return ? '\r' : '\n';
}

/* Line ends and delimiter of decoded text. */
static void sniff_layout(const char *text, size_t bytes, csv_shape *out)
{
    size_t best = 0, widest = 0;
    out->line_end = sniff_line_end(text, bytes);
    out->delimiter = ',';
    out->declared_bytes = read_declared(text, bytes, &out->delimiter);
    if (out->declared_bytes > 0)
        return;
    for (size_t i = 0; i < sizeof delimiters; i++) {
        size_t width = 0;
        csv_shape tried = *out;
        tried.delimiter = delimiters[i];
        size_t agreeing = count_agreeing(&tried, text, bytes, &width);
        if (agreeing > best || (agreeing == best && width > widest)) {
            best = agreeing;
            widest = width;
            out->delimiter = delimiters[i];
        }
    }
}

/* What bytes beyond ASCII are. Programs cut texts in the middle of characters, at the end of a
 * chunk we do: bytes that are no UTF-8 do not tell against it where as many characters are. */
static csv_encoding sniff_bytes(const char *text, size_t length, bool is_all)
{
    size_t characters = 0, odd = 0;
    for (size_t at = csv_ascii_bytes(text, length); at < length;
         at += csv_ascii_bytes(text + at, length - at)) {
        size_t good = csv_utf8_bytes(text + at, length - at);
        for (size_t i = at; i < at + good; i++)
            characters += (unsigned char)text[i] >= 0xc0 ? 1 : 0;
        at += good;
        bool is_tail = !is_all && length - at <= TAIL_BYTES;
        odd += at < length && !is_tail ? 1 : 0;
        at += at < length ? 1 : 0;
    }
    return odd <= characters ? CSV_UTF8 : CSV_WINDOWS;
}

static void sniff_wide(const char *head, size_t bytes, csv_shape *out)
{
    size_t used = 0;
    char *text = malloc(2 * bytes + 1);
    if (text == NULL) {
        errno = ENOMEM;
        sniff_layout("", 0, out);
        return;
    }
    size_t length = csv_from_utf16(head + out->mark_bytes, bytes - out->mark_bytes,
                                   out->encoding == CSV_UTF16_BE, false, text, &used);
    sniff_layout(text, length, out);
    out->declared_bytes = csv_utf16_bytes(text, out->declared_bytes);
    free(text);
}

csv_shape csv_sniff_head(const char *head, size_t bytes)
{
    csv_shape out = {.delimiter = ','};
    out.encoding = csv_marked_encoding(head, bytes, &out.mark_bytes);
    if (out.encoding != CSV_UTF8) {
        sniff_wide(head, bytes, &out);
        return out;
    }
    sniff_layout(head + out.mark_bytes, bytes - out.mark_bytes, &out);
    if (out.mark_bytes == 0)
        out.encoding = sniff_bytes(head, bytes, bytes < HEAD_BYTES);
    return out;
}

/* Read a chunk as full as the file allows. */
static ssize_t read_at(int fd, char *chunk, uint64_t offset)
{
    size_t bytes = 0;
    while (bytes < CHUNK_BYTES) {
        ssize_t got = pread(fd, chunk + bytes, CHUNK_BYTES - bytes, (off_t)(offset + bytes));
        if (got < 0 && errno != EINTR)
            return -1;
        if (got == 0)
            break;
        bytes += got > 0 ? (size_t)got : 0;
    }
    return (ssize_t)bytes;
}

/* The encoding by the first chunk that is not all ASCII, which begins with what is not. */
static lines_code sniff_further(int fd, char *chunk, csv_shape *out)
{
    uint64_t offset = 0;
    for (;;) {
        ssize_t got = read_at(fd, chunk, offset);
        if (got < 0)
            return LINES_FAILED;
        size_t plain = csv_ascii_bytes(chunk, (size_t)got);
        bool is_last = (size_t)got < CHUNK_BYTES;
        if (plain == (size_t)got && is_last)
            return LINES_OK;
        offset += plain;
        if (plain > 0)
            continue;
        out->encoding = sniff_bytes(chunk, (size_t)got, is_last);
        return LINES_OK;
    }
}

lines_code csv_sniff(int fd, csv_shape *out)
{
    char *chunk = malloc(CHUNK_BYTES);
    if (chunk == NULL)
        return LINES_FAILED;
    ssize_t got = read_at(fd, chunk, 0);
    lines_code code = got < 0 ? LINES_FAILED : LINES_OK;
    if (code == LINES_OK) {
        errno = 0;
        *out = csv_sniff_head(chunk, (size_t)got);
        if (errno == ENOMEM)
            code = LINES_FAILED;
        else if (out->encoding <= CSV_WINDOWS && out->mark_bytes == 0)
            code = sniff_further(fd, chunk, out);
    }
    free(chunk);
    return code;
}

void csv_note_encoding(run *self, const csv_shape *shape)
{
    static const char *const names[] = {[CSV_UTF8] = NULL,
                                        [CSV_WINDOWS] = IMPORT_ENCODING_GUESSED,
                                        [CSV_UTF16_LE] = "UTF-16LE",
                                        [CSV_UTF16_BE] = "UTF-16BE"};
    if (names[shape->encoding] != NULL)
        self->result->files[self->file].encoding = names[shape->encoding];
}
