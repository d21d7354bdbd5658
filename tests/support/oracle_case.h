/*
 * A small history written by hand: a model, the database it is stored in, and short ways to add to
 * it and to read its ties. Several cases share one database; their names keep them apart.
 *
 * Calls that fail unexpectedly fail the test (cmocka).
 */
#ifndef WARMPATH_TESTS_SUPPORT_ORACLE_CASE_H
#define WARMPATH_TESTS_SUPPORT_ORACLE_CASE_H

#include "oracle.h"

/* A case; but for the database, empty between cases. */
typedef struct oracle_case {
    wp_db *db;
    oracle *model;
    wp_txn *txn;
} oracle_case;

/* Begin a case of so many people; their indices count from 0. */
void case_begin(oracle_case *c, const char *name, size_t people);

/* Store the whole model, and begin to read. */
void case_store(oracle_case *c);

/* End a case: its transaction and its model. */
void case_end(oracle_case *c);

/* Midnight at the beginning of a day. */
int64_t case_time(int32_t day);

/* Add an interaction with one recipient. Returns its index. */
size_t case_put(oracle_case *c, wp_kind kind, size_t from, size_t to, int64_t time_s,
                size_t reply_to, uint32_t flags);

/* Add a mail with a valence, at the beginning of a day. */
void case_put_valence(oracle_case *c, size_t from, size_t to, int32_t day, double valence);

/* State a tie. */
void case_state(oracle_case *c, size_t from, size_t to, double p);

/* Read a tie, which must exist. */
wp_tie case_tie(const oracle_case *c, size_t from, size_t to, int32_t day);

/* Every tie must be what the model says. */
void case_check(const oracle_case *c, int32_t day);

/* Fail unless two numbers differ by no more than the tolerance. */
void case_assert_near(double seen, double want, double tolerance);

#endif
