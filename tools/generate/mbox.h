/*
 * Mailboxes as files: mbox with the headers that real mail has, and its quirks.
 */
#ifndef WARMPATH_GENERATE_MBOX_H
#define WARMPATH_GENERATE_MBOX_H

#include <stdbool.h>
#include <stdio.h>

#include "cast.h"
#include "post.h"

/*
 * Write the copies that mailbox `owner` keeps, in the order given by `order` (indices of the log,
 * log->count of them). Returns their number; whether writing succeeded is the stream's to say.
 */
size_t mbox_write(FILE *stream, const cast *players, const post_log *log, const uint32_t *order,
                  uint16_t owner);

#endif
