/*
 * What each test of a program is given: an empty database with an open write transaction. A
 * program names given_empty() as what comes before its tests, or calls it in a function of its own
 * that stores more, and one of the other two as what comes after them.
 *
 * A test may end the transaction and begin another one in its place.
 */
#ifndef WARMPATH_TESTS_SUPPORT_GIVEN_H
#define WARMPATH_TESTS_SUPPORT_GIVEN_H

#include "oracle_db.h"

extern wp_db *db;
extern wp_txn *txn;

int given_empty(void **state);

/* Give up what was not committed, and close. */
int given_forget(void **state);

/* Commit, fail unless the deep check finds nothing, and close. */
int given_keep_sound(void **state);

#endif
