/*
 * Lines of a file of any size in bounded memory.
 *
 * The buffer holds what was read and not handed out. When no line feed is in it, the rest is moved
 * to the front and more is read behind it; the buffer grows up to the limit and one chunk more.
 * Beyond that the line is too long: its head is saved, the rest is read and dropped.
 */
#include "import/lines.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define CHUNK_BYTES ((size_t)256 * 1024)

static lines_code fail(lines *self, int failure)
{
    self->failure = failure;
    return LINES_FAILED;
}

/* Room for half a chunk at least behind `end`, so that the end of a small file is found without
 * more memory, and for the NUL behind a last line without a line feed. */
static lines_code make_room(lines *self)
{
    if (self->start > 0) {
        memmove(self->buffer, self->buffer + self->start, self->end - self->start);
        self->end -= self->start;
        self->start = 0;
    }
    if (self->end + CHUNK_BYTES / 2 + 1 <= self->capacity)
        return LINES_OK;
    size_t wanted = self->end + CHUNK_BYTES + 1;
    size_t capacity = wanted < 2 * self->capacity ? 2 * self->capacity : wanted;
    if (capacity > self->limit + 2 * CHUNK_BYTES)
        capacity = wanted;
    char *wider = realloc(self->buffer, capacity);
    if (wider == NULL)
        return fail(self, ENOMEM);
    self->buffer = wider;
    self->capacity = capacity;
    return LINES_OK;
}

static lines_code read_chunk(lines *self)
{
    if (self->cancel != NULL && *self->cancel != 0)
        return LINES_CANCELLED;
    lines_code code = make_room(self);
    if (code != LINES_OK)
        return code;
    ssize_t got;
    size_t room = self->capacity - self->end - 1;
    do
        got = read(self->fd, self->buffer + self->end, room < CHUNK_BYTES ? room : CHUNK_BYTES);
    while (got < 0 && errno == EINTR && (self->cancel == NULL || *self->cancel == 0));
    if (got < 0)
        return errno == EINTR ? LINES_CANCELLED : fail(self, errno);
    self->is_at_end = got == 0;
    self->end += (size_t)got;
    return LINES_OK;
}

lines_code lines_open(lines *self, int fd, uint64_t position, uint64_t number, size_t limit,
                      const volatile int *cancel)
{
    self->fd = fd;
    self->cancel = cancel;
    self->limit = limit;
    self->start = self->end = 0;
    self->position = position;
    self->number = number;
    self->is_at_end = false;
    self->failure = 0;
    bool is_there = position <= INT64_MAX && lseek(fd, (off_t)position, SEEK_SET) >= 0;
    if (!is_there && (position > 0 || errno != ESPIPE))
        return fail(self, errno);
    lines_code code = read_chunk(self);
    if (code != LINES_OK || position > 0)
        return code;
    if (self->end >= 3 && memcmp(self->buffer, "\xef\xbb\xbf", 3) == 0) {
        self->start = 3;
        self->position = 3;
    }
    return LINES_OK;
}

/* Consume `bytes` of the buffer, the line feed among them. */
static void consume(lines *self, size_t bytes)
{
    self->start += bytes;
    self->position += bytes;
}

static void finish(lines *self, text_line *out, char *text, size_t length)
{
    if (length > 0 && text[length - 1] == '\r')
        length--;
    text[length] = '\0';
    out->text = text;
    out->length = length;
    out->number = ++self->number;
    out->end_byte = self->position;
}

/* The line is longer than the limit: keep its head and drop the rest. */
static lines_code take_long(lines *self, text_line *out)
{
    memcpy(self->head, self->buffer + self->start, LINES_HEAD_BYTES);
    for (;;) {
        size_t left = self->end - self->start;
        char *feed = left > 0 ? memchr(self->buffer + self->start, '\n', left) : NULL;
        consume(self, feed != NULL ? (size_t)(feed - (self->buffer + self->start)) + 1 : left);
        if (feed != NULL || self->is_at_end)
            break;
        lines_code code = read_chunk(self);
        if (code != LINES_OK)
            return code;
    }
    finish(self, out, self->head, LINES_HEAD_BYTES);
    out->is_long = true;
    return LINES_OK;
}

lines_code lines_next(lines *self, text_line *out)
{
    size_t searched = 0;
    out->byte = self->position;
    out->is_long = false;
    for (;;) {
        size_t left = self->end - self->start;
        char *text = self->buffer + self->start;
        char *feed = left > searched ? memchr(text + searched, '\n', left - searched) : NULL;
        size_t length = feed != NULL ? (size_t)(feed - text) : left;
        if (length > self->limit && length >= LINES_HEAD_BYTES)
            return take_long(self, out);
        if (feed != NULL || (self->is_at_end && left > 0)) {
            consume(self, feed != NULL ? length + 1 : length);
            finish(self, out, text, length);
            return LINES_OK;
        }
        if (self->is_at_end)
            return LINES_END;
        searched = left;
        lines_code code = read_chunk(self);
        if (code != LINES_OK)
            return code;
    }
}

void lines_free(lines *self)
{
    free(self->buffer);
    *self = (lines){0};
}
