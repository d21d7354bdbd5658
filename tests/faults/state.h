/*
 * The state of a database in one number: a hash of every record of every table.
 *
 * Two snapshots with the same hash hold the same records, so that a file found after a crash can be
 * compared with what was committed in a millisecond. The transaction token is left out: it differs
 * between two runs that store the same.
 */
#ifndef WARMPATH_TESTS_FAULTS_STATE_H
#define WARMPATH_TESTS_FAULTS_STATE_H

#include <stdint.h>

#include "warmpath.h"

#define STATE_NONE UINT64_C(0) /* No database: never a hash. */

/* The hash of the newest snapshot. STATE_NONE unless WP_OK. */
wp_status state_read(wp_db *db, uint64_t *hash, wp_error *err);

/* The same of a file, opened and closed for it. */
wp_status state_of_file(const char *path, uint64_t *hash, wp_error *err);

#endif
