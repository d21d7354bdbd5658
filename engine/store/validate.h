/*
 * Validation of a file's structure with pread, before LMDB walks it.
 *
 * LMDB trusts its file: a damaged page number or offset makes it read or write outside the map.
 * Plain tables without duplicates are simple enough to be checked completely.
 */
#ifndef WPI_STORE_VALIDATE_H
#define WPI_STORE_VALIDATE_H

#include "store/store.h"

#define WPI_STORE_FORMAT 1u

/* The two meta pages. WP_EFORMAT: not such a file; WP_ECORRUPT: damaged. */
wp_status wpi_validate_meta(int fd, wp_error *err);

/* Every page that a pinned snapshot reaches. Cost: one read of each B-tree page. */
wp_status wpi_validate_trees(int fd, uint64_t snapshot, wp_error *err);

/*
 * Whether the file is exactly as it was when last found or left valid (size, modification time,
 * inode and snapshot, kept in an extended attribute). False where attributes are not supported.
 */
bool wpi_validate_is_clean(int fd, uint64_t snapshot);
void wpi_validate_mark_clean(int fd, uint64_t snapshot);

#endif
