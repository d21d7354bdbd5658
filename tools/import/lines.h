/*
 * Lines of a file of any size in bounded memory.
 *
 * A line is handed out in place, without its line feed and carriage return, closed by a NUL. One
 * that is longer than the limit is consumed whole and handed out as its first bytes only, marked
 * `is_long`. Each line knows its number and its byte offsets, so that a row can be named in an
 * error and an interrupted import can go on behind it. Knows nothing of what lines mean.
 */
#ifndef WARMPATH_IMPORT_LINES_H
#define WARMPATH_IMPORT_LINES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define LINES_LIMIT_MAX ((size_t)1 << 20)
#define LINES_HEAD_BYTES 256 /* what is kept of a line that is too long */

typedef enum lines_code { LINES_OK = 0, LINES_END, LINES_FAILED, LINES_CANCELLED } lines_code;

typedef struct text_line {
    char *text; /* until the next call; may hold NULs */
    size_t length;
    uint64_t number;   /* from 1 */
    uint64_t byte;     /* offset of its first byte */
    uint64_t end_byte; /* offset behind its line feed */
    bool is_long;
} text_line;

/* All-zero before the first lines_open(); the buffer is kept from file to file. */
typedef struct lines {
    int fd; /* borrowed */
    const volatile int *cancel;
    size_t limit;
    char *buffer;
    size_t capacity;
    size_t start;      /* of what was not handed out yet */
    size_t end;        /* of what was read */
    uint64_t position; /* file offset of buffer[start] */
    uint64_t number;   /* lines handed out */
    bool is_at_end;    /* of the file */
    int failure;       /* errno of LINES_FAILED */
    char head[LINES_HEAD_BYTES + 1];
} lines;

/*
 * Begin at an offset of a file, which must be the beginning of a line; `number` is that of the line
 * before it. limit: 1..LINES_LIMIT_MAX. A byte order mark at offset 0 is passed over. LINES_FAILED
 * when the file cannot be positioned, as a pipe but at offset 0, or memory is exhausted.
 */
lines_code lines_open(lines *self, int fd, uint64_t position, uint64_t number, size_t limit,
                      const volatile int *cancel);

/* The next line. The last one may lack its line feed; a file that ends with one has no empty line
 * behind it. */
lines_code lines_next(lines *self, text_line *out);

void lines_free(lines *self);

#endif
