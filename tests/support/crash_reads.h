/*
 * Calls that read while everything fails under them in turn (crash_faults.h): a program gives a
 * table of calls, each of which prints its answer.
 *
 * A call in which something failed says so with its outputs empty, or gives the right answer when
 * it can do without. The transaction goes on answering afterwards. A bad record is refused or makes
 * an answer, but nothing worse. Once the database is closed, every block of memory and every handle
 * of LMDB has been given back.
 */
#ifndef WARMPATH_TESTS_SUPPORT_CRASH_READS_H
#define WARMPATH_TESTS_SUPPORT_CRASH_READS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "crash_faults.h"
#include "warmpath.h"

/* One call; prints its answer. Ends the process when outputs are not empty after a failure. */
typedef wp_status crash_read_fn(wp_txn *txn, FILE *out, wp_error *err);

typedef struct crash_read {
    const char *name;
    crash_read_fn *call;
    bool has_findings; /* its answer tells what could not be read */
} crash_read;

/* Of the database, which has something of every kind. */
typedef struct crash_reads_known {
    wp_number us;      /* a colleague with ties */
    wp_number partner; /* somebody to whom she has one */
    wp_number far;
    wp_number company;
    wp_identity suppressed;
} crash_reads_known;

extern crash_reads_known crash_reads_in;

/* Try a table of calls with every kind of fault; `what` says what they are. The exit code. */
int crash_reads_run(const crash_read *reads, size_t count, const char *what);

/* End the process unless outputs are empty; `what` says whose. */
void crash_reads_require_empty(bool is_empty, const char *what);

/* Print a list of numbers and free it; nothing may be in it after a failure, which is returned. */
wp_status crash_reads_print_numbers(wp_status status, wp_numbers *numbers, FILE *out);

/* A query from the colleague to somebody far, and a call that prints the paths of one. */
wp_path_query crash_reads_query(void);
wp_status crash_reads_print_paths(wp_txn *txn, const wp_path_query *query, FILE *out,
                                  wp_error *err);

#endif
