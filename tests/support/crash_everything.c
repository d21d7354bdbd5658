/*
 * Something of every kind; see crash_everything.h.
 */
#include "crash_everything.h"

#include <stddef.h>

#include "crash_process.h"
#include "rows.h"

#define ROWS 120

static wp_txn *begin(wp_db *db)
{
    wp_txn *txn = NULL;
    wp_error err;
    crash_must(wp_begin_write(db, &txn, &err), &err, "wp_begin_write");
    return txn;
}

void crash_rows_put(wp_db *db, uint64_t seed)
{
    random_source random = random_start(seed, 1);
    wp_error err;
    wp_txn *txn = begin(db);
    for (size_t i = 0; i < ROWS; i++) {
        row one = rows_random(&random, random_below(&random, ROWS_SOURCES), true);
        rows_store_plain(txn, &one);
    }
    crash_must(wp_person_merge(txn, 2, 9, &err), &err, "wp_person_merge");
    crash_must(wp_commit(txn, &err), &err, "wp_commit");
}

void crash_rules_put(wp_db *db, wp_number company, const wp_identity *suppressed)
{
    wp_error err;
    wp_barrier barrier = {{WP_SIDE_PERSON, 20}, {WP_SIDE_COMPANY, company}, 0};
    wp_txn *txn = begin(db);
    crash_must(wp_audit_set_mode(txn, WP_AUDIT_ALL, &err), &err, "wp_audit_set_mode");
    crash_must(wp_barrier_put(txn, &barrier, true, &err), &err, "wp_barrier_put");
    crash_must(wp_suppression_add(txn, suppressed, &err), &err, "wp_suppression_add");
    crash_must(wp_commit(txn, &err), &err, "wp_commit");
}
