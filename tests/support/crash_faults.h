/*
 * Faults under the engine that strike when a test says so.
 *
 * A test chooses a kind, calls crash_faults_begin(), one function of warmpath, and
 * crash_faults_end(); it does so for the first chance of a fault, the second and so on until none
 * strikes any more. Only for tests of one thread. Allocations of LMDB and of the C library are not
 * touched. A program that links this has its calls of LMDB led through crash_lmdb.h.
 */
#ifndef WARMPATH_TESTS_SUPPORT_CRASH_FAULTS_H
#define WARMPATH_TESTS_SUPPORT_CRASH_FAULTS_H

#include <stdbool.h>
#include <stdint.h>

#include "warmpath.h"

/* For calls that go on until one fails, and return what that said. */
#define CRASH_TRY(call)                                                                            \
    do {                                                                                           \
        wp_status try_status = (call);                                                             \
        if (try_status != WP_OK)                                                                   \
            return try_status;                                                                     \
    } while (0)

/* The same for a cursor, which is called until nothing is left; `print` is done for each. */
#define CRASH_WALK(call, print)                                                                    \
    do {                                                                                           \
        wp_status walk_status;                                                                     \
        while ((walk_status = (call)) == WP_OK)                                                    \
            print;                                                                                 \
        if (walk_status != WP_ENOTFOUND)                                                           \
            return walk_status;                                                                    \
    } while (0)

/* What fails, or is read: a bad record has a checksum that is right, as if written by a program
 * that does not know the format. */
typedef enum crash_fault {
    CRASH_FAULT_MEMORY = 0,   /* an allocation of the engine */
    CRASH_FAULT_LMDB,         /* a call of LMDB */
    CRASH_FAULT_RECORD_EMPTY, /* a record without a payload */
    CRASH_FAULT_RECORD_SHORT, /* one that lacks its last byte */
    CRASH_FAULT_RECORD_LONG,  /* one with a byte more */
    CRASH_FAULT_RECORD_ONES,  /* one whose bits are all set */
    CRASH_FAULT_KEY_SHORT     /* one that a cursor finds under a key that lacks its last byte */
} crash_fault;

/* The kind from now on; allocations until it is called. */
void crash_faults_use(crash_fault kind);

/* From now on the chance number `failing` (1 is the next) is taken, or it and all after it. */
void crash_faults_begin(uint64_t failing, bool is_for_ever);

/* Nothing fails any more. Returns whether something has. */
bool crash_faults_end(void);

/* The chance to try after one: the next, at first; then in growing steps, since a query that
 * allocates or reads thousands of times does the same over and over. */
uint64_t crash_faults_next(uint64_t failing);

/* Whether a call may answer so after a fault of the kind has struck. */
bool crash_faults_may_answer(wp_status status);

/* Whether it is a bad record: answers may then be unusual, and what was read of it be kept. */
bool crash_faults_is_record(void);

/* Faults that struck in calls so far, one counted a call. */
uint64_t crash_faults_points(void);

/* "an allocation", "a call of LMDB", … */
const char *crash_faults_name(void);

#endif
