/*
 * The clean stamp: a note on the file that its present state was validated.
 *
 * An extended attribute of the data file holds size, time of modification, inode, snapshot number
 * and a hash of the meta pages. When all of them are still the same at open, the structural walk is
 * left out. Anything that writes to the file changes one of them; a copy has another inode. Where
 * the file system has no extended attributes there is no stamp and every open walks.
 */
#ifndef WPI_STORE_STAMP_H
#define WPI_STORE_STAMP_H

#include <stdbool.h>
#include <sys/stat.h>

#include "store/meta.h"

#define WPI_STAMP_NAME "user.warmpath.clean"

/* Whether the stamp on the open file is that of the state given. */
bool wpi_stamp_matches(int fd, const struct stat *info, const wpi_metas *metas);

/*
 * Stamp the open file with the state given, which the caller read before it validated. Does
 * nothing when the file was written so recently that a later write could bear the same time.
 */
void wpi_stamp_write(int fd, const struct stat *info, const wpi_metas *metas);

/* Take the stamp away. */
void wpi_stamp_remove(int fd);

#endif
