/*
 * Calls that read under faults; see crash_reads.h.
 */
#include "crash_reads.h"

#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "crash_everything.h"
#include "crash_failing.h"
#include "crash_groups.h"
#include "crash_process.h"
#include "crash_world.h"
#include "facts.h"
#include "scratch.h"

#define SEED 5
#define BATCHES 3

crash_reads_known crash_reads_in = {.suppressed = {WP_IDENTITY_EMAIL, "nobody@else.example"}};

/* The table of the program, and what it is called. */
static const crash_read *reads;
static size_t read_count;
static const char *reads_name;

static int make_database(void **state)
{
    wp_error err;
    wp_identity domain = {WP_IDENTITY_DOMAIN, "c1.example"};
    crash_reads_known *known = &crash_reads_in;
    wp_ties ties;
    (void)state;
    crash_failing_make(SEED, BATCHES);
    crash_rows_put(crash_failing_in.db, SEED);
    wp_txn *txn = crash_failing_begin(false);
    crash_must(wp_identity_find(txn, &domain, &known->company, &err), &err, "wp_identity_find");
    known->us = 1;
    known->far = 7;
    crash_must(wp_person_ties(txn, known->us, CRASH_DAY, false, &ties, &err), &err, "ties");
    crash_require(ties.count > 0, "a person has ties");
    known->partner = ties.items[0].to;
    wp_ties_free(&ties);
    wp_abort(txn);
    crash_rules_put(crash_failing_in.db, known->company, &known->suppressed);
    txn = crash_failing_begin(true);
    crash_must(crash_groups_put(txn, &err), &err, "crash_groups_put");
    crash_must(wp_commit(txn, &err), &err, "wp_commit");
    return 0;
}

static int drop_database(void **state)
{
    (void)state;
    crash_failing_drop(reads_name);
    return 0;
}

void crash_reads_require_empty(bool is_empty, const char *what)
{
    if (!is_empty)
        crash_fail("%s left something in its outputs after a failure", what);
}

wp_path_query crash_reads_query(void)
{
    wp_path_query query = paths_between(&crash_reads_in.us, &crash_reads_in.far, CRASH_DAY);
    query.score_min = 0;
    return query;
}

wp_status crash_reads_print_paths(wp_txn *txn, const wp_path_query *query, FILE *out, wp_error *err)
{
    wp_paths *paths = NULL;
    wp_status status = wp_paths_find(txn, query, &paths, err);
    if (status != WP_OK) {
        crash_reads_require_empty(paths == NULL, "wp_paths_find");
        return status;
    }
    fprintf(out, "%zu paths, reach %.17g\n", wp_paths_count(paths), wp_paths_reach(paths));
    for (size_t i = 0; i < wp_paths_count(paths); i++) {
        const wp_path *found = wp_paths_at(paths, i);
        fprintf(out, "%" PRIu64, found->cost);
        for (uint32_t hop = 0; hop <= found->hops; hop++)
            fprintf(out, " %u", found->people[hop]);
        fprintf(out, "\n");
    }
    wp_paths_free(paths);
    return WP_OK;
}

wp_status crash_reads_print_numbers(wp_status status, wp_numbers *numbers, FILE *out)
{
    if (status != WP_OK)
        crash_reads_require_empty(numbers->items == NULL && numbers->count == 0,
                                  "a list of numbers");
    for (size_t i = 0; i < numbers->count; i++)
        fprintf(out, "%u\n", numbers->items[i]);
    wp_numbers_free(numbers);
    return status;
}

/* Make the database forget what it keeps for queries on CRASH_DAY. */
static void forget_policy(wp_txn *txn)
{
    wp_path_query query = crash_reads_query();
    wp_paths *paths = NULL;
    wp_error err;
    query.day = CRASH_DAY - 1;
    crash_must(wp_paths_find(txn, &query, &paths, &err), &err, "wp_paths_find");
    wp_paths_free(paths);
}

/* Call and collect the answer as text; yours. */
static wp_status call_read(crash_read_fn *call, wp_txn *txn, char **answer)
{
    size_t bytes = 0;
    wp_error err;
    *answer = NULL;
    FILE *out = open_memstream(answer, &bytes);
    crash_require(out != NULL, "open_memstream");
    wp_status status = call(txn, out, &err);
    crash_require(fclose(out) == 0, "memory for an answer");
    return status;
}

/* The transaction answers on. */
static void require_usual(size_t which, wp_txn *txn, const char *expected)
{
    char *again = NULL;
    wp_status status = call_read(reads[which].call, txn, &again);
    if (status != WP_OK || strcmp(again, expected) != 0)
        crash_fail("%s, after a fault: %s", reads[which].name, wp_status_name(status));
    free(again);
}

/* Returns whether a fault struck, that is, whether there may be further ones. */
static bool try_read(size_t which, uint64_t failing, bool is_for_ever, const char *expected)
{
    char *answer = NULL;
    const char *what = crash_faults_name();
    wp_txn *txn = crash_failing_begin(false);
    forget_policy(txn);
    crash_faults_begin(failing, is_for_ever);
    wp_status status = call_read(reads[which].call, txn, &answer);
    bool has_failed = crash_faults_end();
    crash_failing_require(status, has_failed, reads[which].name, failing);
    bool is_usual = !has_failed || !(crash_faults_is_record() || reads[which].has_findings);
    if (status == WP_OK && is_usual && strcmp(answer, expected) != 0)
        crash_fail("%s, %s %" PRIu64 ": a wrong answer", reads[which].name, what, failing);
    if (!crash_faults_is_record())
        require_usual(which, txn, expected);
    free(answer);
    wp_abort(txn);
    return has_failed;
}

/* One kind of fault in all calls. */
static void try_reads(void **state)
{
    crash_failing_use(state);
    for (size_t which = 0; which < read_count; which++) {
        char *expected = NULL;
        wp_txn *txn = crash_failing_begin(false);
        crash_must(call_read(reads[which].call, txn, &expected), NULL, reads[which].name);
        wp_abort(txn);
        for (int is_for_ever = 0; is_for_ever <= !crash_faults_is_record(); is_for_ever++)
            for (uint64_t failing = 1; try_read(which, failing, is_for_ever == 1, expected);)
                failing = crash_faults_next(failing);
        free(expected);
    }
}

int crash_reads_run(const crash_read *table, size_t count, const char *what)
{
    static crash_fault kinds[] = {CRASH_FAULT_MEMORY,       CRASH_FAULT_LMDB,
                                  CRASH_FAULT_RECORD_EMPTY, CRASH_FAULT_RECORD_SHORT,
                                  CRASH_FAULT_RECORD_LONG,  CRASH_FAULT_KEY_SHORT};
    const struct CMUnitTest tests[] = {
        {"memory__fails_in_reads", try_reads, NULL, NULL, &kinds[0]},
        {"lmdb__fails_in_reads", try_reads, NULL, NULL, &kinds[1]},
        {"record__is_empty_in_reads", try_reads, NULL, NULL, &kinds[2]},
        {"record__is_short_in_reads", try_reads, NULL, NULL, &kinds[3]},
        {"record__is_long_in_reads", try_reads, NULL, NULL, &kinds[4]},
        {"key__is_short_in_reads", try_reads, NULL, NULL, &kinds[5]},
    };
    reads = table;
    read_count = count;
    reads_name = what;
    return scratch_end(cmocka_run_group_tests(tests, make_database, drop_database));
}
