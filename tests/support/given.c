/*
 * What each test is given: see given.h.
 */
#include "given.h"

wp_db *db;
wp_txn *txn;

int given_empty(void **state)
{
    (void)state;
    db = oracle_open_fresh("given");
    txn = oracle_begin_write(db);
    return 0;
}

int given_forget(void **state)
{
    (void)state;
    wp_abort(txn);
    wp_close(db);
    return 0;
}

int given_keep_sound(void **state)
{
    (void)state;
    oracle_commit(txn);
    oracle_expect_sound(db, 0, 0, "at the end");
    wp_close(db);
    return 0;
}
