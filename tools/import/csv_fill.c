/*
 * Delimited text: bytes of the file, decoded from UTF-16 where it is that, behind what is left in
 * the buffer.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "import/csv_encoding.h"
#include "import/csv_parts.h"

/* How much can be read behind `end`: decoded it is at most twice as much, and a NUL follows. */
static size_t room(const csv *self)
{
    size_t most = self->capacity <= self->end ? 0 : (self->capacity - self->end - 1) / 2;
    return most < CSV_CHUNK_BYTES ? most : CSV_CHUNK_BYTES;
}

/* Room for half a chunk at least, so that the end of a small file is found without more memory. */
static lines_code make_room(csv *self)
{
    size_t chunk = 2 * CSV_CHUNK_BYTES + 1;
    if (self->start > 0) {
        memmove(self->buffer, self->buffer + self->start, self->end - self->start);
        self->end -= self->start;
        self->start = 0;
    }
    if (room(self) >= CSV_CHUNK_BYTES / 2)
        return LINES_OK;
    size_t capacity = 2 * self->end + chunk;
    char *wider = realloc(self->buffer, capacity);
    if (wider == NULL)
        return csv_fail(self, ENOMEM);
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
        return csv_fail(self, errno);
    self->is_at_end = done == 0;
    *got = (size_t)done;
    return LINES_OK;
}

static lines_code read_wide(csv *self)
{
    size_t got = 0, used = 0;
    if (self->raw == NULL && (self->raw = malloc(CSV_CHUNK_BYTES)) == NULL)
        return csv_fail(self, ENOMEM);
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

lines_code csv_fill(csv *self)
{
    size_t got = 0;
    lines_code code = make_room(self);
    if (code != LINES_OK)
        return code;
    if (csv_is_wide(self))
        return read_wide(self);
    code = read_bytes(self, self->buffer + self->end, room(self), &got);
    self->end += got;
    return code;
}
