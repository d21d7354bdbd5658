/*
 * The headers of a message that matter, unfolded and as clean UTF-8.
 *
 * Of a header that comes several times the first counts, except for recipients, whose values are
 * joined by commas. Bytes without a declared charset are taken as UTF-8 or Windows-1252; control
 * characters become blanks. Nothing is decoded here (RFC 2047): only the reader of a header knows
 * where encoded words may stand.
 */
#ifndef WARMPATH_IMPORT_HEADER_H
#define WARMPATH_IMPORT_HEADER_H

#include <stdbool.h>
#include <stddef.h>

typedef enum header_id {
    HEADER_FROM = 0,
    HEADER_SENDER,
    HEADER_REPLY_TO,
    HEADER_ORIGINAL_FROM,
    HEADER_TO,
    HEADER_CC,
    HEADER_BCC,
    HEADER_DATE,
    HEADER_SUBJECT, /* only its [list] tag and its part in a hash are looked at */
    HEADER_MESSAGE_ID,
    HEADER_IN_REPLY_TO,
    HEADER_REFERENCES,
    HEADER_LIST_ID,
    HEADER_LIST_POST,
    HEADER_LIST_UNSUBSCRIBE,
    HEADER_MAILING_LIST,
    HEADER_BEEN_THERE,
    HEADER_ARCHIVED_AT,
    HEADER_CONTENT_TYPE,
    HEADER_PRECEDENCE,
    HEADER_AUTO_SUBMITTED,
    HEADER_AUTO_REPLY,
    HEADER_RESPONSE_SUPPRESS,
    HEADER_RETURN_PATH,
    HEADER_RECEIVED,
    HEADER_DELIVERED_TO,
    HEADER_GMAIL_LABELS,
    HEADER_STATUS,         /* letters of programs that keep mboxes */
    HEADER_MOZILLA_STATUS, /* bits in hexadecimal */
    HEADER_COUNT
} header_id;

typedef struct header {
    char *values[HEADER_COUNT]; /* NULL: absent */
    size_t count;               /* headers seen, also those that do not matter */
} header;

/*
 * Read a block as mbox_next() hands it out. The block is changed: lines are unfolded in place.
 * False: memory. Free with header_free() in either case.
 */
bool header_read(char *block, header *out);
void header_free(header *self);

#endif
