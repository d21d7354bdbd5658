/*
 * The lock file of a database: looked at, and given its blocks, before LMDB maps it.
 *
 * LMDB keeps its readers and its mutex in a file beside the database, which it makes by truncating
 * it to its size and writes through a shared mapping. A block that is not there when it is written
 * must then be found by the kernel in a page fault, and where the disk is full that is a SIGBUS.
 */
#ifndef WPI_STORE_LOCK_FILE_H
#define WPI_STORE_LOCK_FILE_H

#include "base/status.h"

/*
 * Prepare the lock file of the database `path` for LMDB with `readers_max` readers; it is created
 * when there is none. No environment of this process may have it open.
 *
 * WP_EACCESS when something else than a regular file has its name or when it may not be written,
 * WP_EFULL without room for it. On a read-only file system LMDB does without one.
 */
wp_status wpi_lock_file_prepare(const char *path, unsigned readers_max, wp_error *err);

#endif
