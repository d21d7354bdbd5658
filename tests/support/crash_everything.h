/*
 * What makes the database of a crash test one with something of every kind.
 *
 * The functions end the process when something fails (crash_process.h).
 */
#ifndef WARMPATH_TESTS_SUPPORT_CRASH_EVERYTHING_H
#define WARMPATH_TESTS_SUPPORT_CRASH_EVERYTHING_H

#include <stdint.h>

#include "warmpath.h"

/* Rows of every kind, stated by several sources (rows.h), and two people merged by hand. */
void crash_rows_put(wp_db *db, uint64_t seed);

/* A barrier between person 20 and a company, a suppression, and a log with an entry of each. */
void crash_rules_put(wp_db *db, wp_number company, const wp_identity *suppressed);

#endif
