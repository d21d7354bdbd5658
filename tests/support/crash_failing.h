/*
 * A database under whose calls something fails in turn (crash_faults.h), for programs of several
 * tests: made before the first, checked and closed after the last, and everything given back then.
 *
 * The functions end the process when something is wrong (crash_process.h). A program that links
 * this has its allocations led through crash_blocks.h, as tests/CMakeLists.txt says.
 */
#ifndef WARMPATH_TESTS_SUPPORT_CRASH_FAILING_H
#define WARMPATH_TESTS_SUPPORT_CRASH_FAILING_H

#include <stdbool.h>
#include <stdint.h>

#include "warmpath.h"

typedef struct crash_failing {
    char path[4096];
    wp_db *db;
    uint64_t seed;    /* of batches (crash_world.h) */
    uint64_t batches; /* stored so far */
} crash_failing;

extern crash_failing crash_failing_in;

/* Make the database, with so many batches of a seed, and count blocks of memory from now on. */
void crash_failing_make(uint64_t seed, uint64_t batches);

/* The same with two, before all tests of a program. */
int crash_failing_make_small(void **state);

/* Check and close it; nothing may be held any more. `what` says what failed: "calls that read". */
void crash_failing_drop(const char *what);

/* Have the kind of fault fail that a test of cmocka was started for. */
void crash_failing_use(void **state);

/* WP_OK, or what a fault of ours explains; `what` and the number of the fault say where. */
void crash_failing_require(wp_status status, bool has_failed, const char *what, uint64_t failing);

/* The database says what it said: `before` is its dump. */
void crash_failing_require_unchanged(const char *before, const char *what, uint64_t failing);

wp_txn *crash_failing_begin(bool is_write);

#endif
