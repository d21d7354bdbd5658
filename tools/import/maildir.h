/*
 * Maildirs: folders that hold a message a file, in `cur` and `new`, while `tmp` holds those that
 * are still being delivered.
 *
 * The name of a message ends with its flags, ":2,FS". Folders inside a Maildir are Maildirs named
 * with a leading dot, ".Sent". Nothing here opens a message.
 */
#ifndef WARMPATH_IMPORT_MAILDIR_H
#define WARMPATH_IMPORT_MAILDIR_H

#include <stdbool.h>

#include "import/reason.h"

/* Whether a directory is a Maildir: it holds the directories cur, new and tmp. */
bool maildir_is(const char *path);

/* Why a message is left out: the folder it lies in (".Trash" or "Trash"), or its flags T (trashed)
 * and D (draft). REASON_NONE: it is not. */
reason_id maildir_reason(const char *folder, const char *path);

#endif
