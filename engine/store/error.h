/*
 * LMDB return codes and errno values as statuses.
 *
 * LMDB answers with zero, a positive errno or a negative code of its own. Callers of the store see
 * statuses of the public header alone. A full disk is the treacherous case: LMDB reports a short
 * write as EIO, so the file system is asked whether it is full before the word EIO is believed.
 */
#ifndef WPI_STORE_ERROR_H
#define WPI_STORE_ERROR_H

#include "base/status.h"

/* The status for a code other than 0. `doing` stands in the message: "opening the database". */
wp_status wpi_store_error(int code, const char *doing, wp_error *err);

/* As above, for a code from writing to the file `fd`: a full disk is told from a broken one. */
wp_status wpi_store_write_error(int code, int fd, const char *doing, wp_error *err);

#endif
