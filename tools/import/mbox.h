/*
 * Mail boxes cut into messages, of which only the header block is kept.
 *
 * A message begins at a line `From SENDER DATE` in the form that mail programs and Pipermail write,
 * or at the first line of the file that begins with "From ". Body lines that merely begin with
 * "From " have no such date and split nothing. The blank line before a separator is not required:
 * real boxes lack it where a message was cut off, and a full envelope line inside a body is rarer.
 */
#ifndef WARMPATH_IMPORT_MBOX_H
#define WARMPATH_IMPORT_MBOX_H

#include "import/run.h"

#define MAIL_HEADER_BYTES_MAX ((size_t)256 * 1024)

/* The header block of one message. */
typedef struct mail_block {
    char *text; /* lines, each closed by a line feed, then a NUL; until the next call */
    size_t length;
    bool is_long;       /* it was longer than MAIL_HEADER_BYTES_MAX; the text is cut off */
    int64_t envelope_s; /* time of the envelope line; WP_TIME_NONE */
    place where;
} mail_block;

typedef struct mbox {
    lines *lines;   /* borrowed, opened */
    bool is_single; /* the file is one message: nothing splits it, and its body is not read */
    bool has_begun;
    bool has_separator; /* the envelope line of the next message was read */
    int64_t envelope_s; /* its time */
    uint64_t line;      /* its place */
    uint64_t byte;
    char *block;
    size_t block_bytes;
    size_t block_capacity;
} mbox;

/* The next message. LINES_END when there is none. */
lines_code mbox_next(mbox *self, mail_block *out);
void mbox_free(mbox *self);

/*
 * Whether a line is an envelope line: "From ", a sender of one or more words, a weekday, month, day
 * and time, a year, with or without a zone before or after it. The time is read as UTC unless the
 * zone is numeric; WP_TIME_NONE when it is none that exists.
 */
bool mbox_is_envelope(const char *text, size_t length, int64_t *time_s);

/* Whether a line can begin a header: a name of printable characters, then a colon. */
bool mbox_is_header(const char *text, size_t length);

#endif
