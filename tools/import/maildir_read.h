/*
 * Reading a Maildir, whose messages are rows of one entry of the result.
 */
#ifndef WARMPATH_IMPORT_MAILDIR_READ_H
#define WARMPATH_IMPORT_MAILDIR_READ_H

#include "import/run.h"
#include "import/walk.h"

/* The entry of the Maildir is the current one. */
import_code maildir_read(run *self, const walk_item *item);

#endif
