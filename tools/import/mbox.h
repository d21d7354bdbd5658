/*
 * Mail boxes cut into messages, of which only the header block is kept.
 *
 * A message begins at a line "From " that
 *   - is the first of the file;
 *   - ends in a date as nearly all programs write it (`From SENDER Thu Nov  1 11:19:12 2001`),
 *     wherever it stands: real boxes lack the blank line where a message was cut off, and a full
 *     envelope line inside a body is rarer;
 *   - ends in a date of another form (envelope.h), and follows a blank line or is followed by a
 *     header of mail;
 *   - has no date, but follows a blank line and is followed by a header of mail.
 * All other lines that begin so are text of a body, which nobody quoted; those that look like more
 * than prose are counted, since a box in a form that is not known here would be one long message.
 */
#ifndef WARMPATH_IMPORT_MBOX_H
#define WARMPATH_IMPORT_MBOX_H

#include "import/envelope.h"
#include "import/run.h"

#define MAIL_HEADER_BYTES_MAX ((size_t)256 * 1024)

/* The header block of one message. */
typedef struct mail_block {
    char *text; /* lines, each closed by a line feed, then a NUL; until the next call */
    size_t length;
    bool is_long;       /* it was longer than MAIL_HEADER_BYTES_MAX; the text is cut off */
    int64_t envelope_s; /* time of the envelope line; WP_TIME_NONE */
    uint64_t odd_lines; /* in it or its body that look like envelope lines and were not taken */
    place where;
} mail_block;

typedef struct mbox {
    lines *lines;   /* borrowed, opened */
    bool is_single; /* the file is one message: nothing splits it, and its body is not read */
    bool has_begun;
    bool has_separator; /* the envelope line of the next message was read */
    bool has_ahead;     /* so was the line behind it, or the first line of all */
    bool is_blank;      /* nothing or a blank line stands before the line at hand */
    text_line ahead;
    int64_t envelope_s; /* time of the separator */
    uint64_t line;      /* its place */
    uint64_t byte;
    char *block;
    size_t block_bytes;
    size_t block_capacity;
} mbox;

/* The next message. LINES_END when there is none. */
lines_code mbox_next(mbox *self, mail_block *out);
void mbox_free(mbox *self);

/* The date that ends an envelope line; ENVELOPE_NONE as well when it does not begin with "From ".
 */
envelope_form mbox_envelope(const char *text, size_t length, int64_t *time_s);

/* Whether a line can begin a header: a name of printable characters, then a colon. */
bool mbox_is_header(const char *text, size_t length);

#endif
