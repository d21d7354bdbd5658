/*
 * Steps of a writer for crash tests: everything that one does to a database, in small pieces.
 *
 * Step N of a seed is always the same: first, now and then, a source is removed or the database
 * compacted, each in transactions of its own; then one transaction stores a few rows of a source
 * (rows.h), may merge two people or take a merge back, and sets the mark CRASH_MARK to N + 1. A
 * step that was interrupted is done again from its beginning: what its first part did stays done.
 *
 * The functions end the process when something fails (crash_process.h).
 */
#ifndef WARMPATH_TESTS_SUPPORT_CRASH_STEPS_H
#define WARMPATH_TESTS_SUPPORT_CRASH_STEPS_H

#include <stdbool.h>
#include <stdint.h>

#include "warmpath.h"

/* The first part of a step. Returns whether it has one. */
bool crash_step_has_maintenance(uint64_t step);
void crash_step_maintain(wp_db *db, uint64_t seed, uint64_t step);

/* The second part: one transaction. */
void crash_step_store(wp_db *db, uint64_t seed, uint64_t step);

/* All that a snapshot says, as text: statements, what is read of people, ties with every figure.
 * Yours: free(). The second is of the newest snapshot. */
char *crash_steps_describe(wp_txn *txn);
char *crash_steps_describe_db(wp_db *db);

#endif
