/*
 * One message as an interaction: who wrote when to whom, in answer to what. Bodies are never seen.
 *
 * What becomes of lists: a post is known by its list headers, or by the bare headers that public
 * archives keep. The address of a list is nobody, neither as recipient nor as sender. Without
 * `has_lists` a post that has other recipients is kept as automatic mail, which weighs nothing.
 */
#ifndef WARMPATH_IMPORT_MAIL_H
#define WARMPATH_IMPORT_MAIL_H

#include "import/address.h"
#include "import/header.h"
#include "import/mbox.h"

#define MAIL_SOURCE_BYTES 1000

typedef struct mail {
    char source[MAIL_SOURCE_BYTES];   /* "<id>" of the message, or "xxh:" and a hash */
    char reply_to[MAIL_SOURCE_BYTES]; /* empty: none */
    int64_t time_s;
    uint32_t flags;    /* WP_INTERACTION_… */
    address_list from; /* one address */
    address_list to;   /* recipients, those of To first */
    bool has_odd_date; /* that of the envelope had to be taken */
    bool has_no_clock; /* the date tells no time of day */
} mail;

/* Why mail with a label, or in a folder called so, is left out; REASON_NONE: it is not. */
reason_id mail_label_reason(const char *label, size_t length);

/*
 * Read a message. `owner` (may be NULL) is whose mailbox it is: mail that names no recipient was
 * sent to the owner, blind. False: the verdict says why it is left out; with REASON_NONE memory is
 * exhausted. The mail is reused from message to message and freed with mail_free().
 */
bool mail_read(const mail_block *block, const char *owner, bool has_lists, mail *out,
               verdict *what);
void mail_free(mail *self);

#endif
