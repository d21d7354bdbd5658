/*
 * The database of tests with faults; see crash_failing.h.
 */
#include "crash_failing.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "crash_blocks.h"
#include "crash_faults.h"
#include "crash_process.h"
#include "crash_world.h"
#include "scratch.h"

crash_failing crash_failing_in;

void crash_failing_make(uint64_t seed, uint64_t batches)
{
    crash_failing *self = &crash_failing_in;
    crash_blocks_begin(crash_faults_points);
    (void)snprintf(self->path, sizeof self->path, "%s", scratch_path("failing.warmpath"));
    crash_create(self->path);
    self->db = crash_open(self->path);
    self->seed = seed;
    for (self->batches = 0; self->batches < batches; self->batches++)
        crash_batch_commit(self->db, seed, self->batches);
}

int crash_failing_make_small(void **state)
{
    (void)state;
    crash_failing_make(6, 2);
    return 0;
}

void crash_failing_drop(const char *what)
{
    crash_check_db(crash_failing_in.db, "at the end");
    wp_close(crash_failing_in.db);
    crash_faults_use(CRASH_FAULT_MEMORY); /* nothing bad is kept */
    crash_blocks_require_none();
    printf("class 6: %" PRIu64 " faults in %s, 0 bad, 0 leaks\n", crash_faults_points(), what);
}

void crash_failing_use(void **state)
{
    crash_faults_use(*(const crash_fault *)*state);
}

void crash_failing_require(wp_status status, bool has_failed, const char *what, uint64_t failing)
{
    if (status != WP_OK && !(crash_faults_may_answer(status) && has_failed))
        crash_fail("%s, %s %" PRIu64 ": %s", what, crash_faults_name(), failing,
                   wp_status_name(status));
}

void crash_failing_require_unchanged(const char *before, const char *what, uint64_t failing)
{
    char *after = crash_dump_db(crash_failing_in.db);
    if (strcmp(before, after) != 0) {
        crash_dump_compare(before, after);
        crash_fail("%s, %s %" PRIu64 ": the database has changed", what, crash_faults_name(),
                   failing);
    }
    free(after);
}

wp_txn *crash_failing_begin(bool is_write)
{
    wp_txn *txn = NULL;
    wp_error err;
    wp_db *db = crash_failing_in.db;
    crash_must(is_write ? wp_begin_write(db, &txn, &err) : wp_begin_read(db, &txn, &err), &err,
               "beginning a transaction");
    return txn;
}
