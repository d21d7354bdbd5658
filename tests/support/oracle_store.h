/*
 * From the oracle's model into a database, and back for comparison.
 *
 * A model is stored in parts: its people first, then any of its interactions in any order, stated
 * ties and consent. What the database says of its ties makes the graph on which the oracle
 * searches, so that costs can be compared to the micro-nat; the ties themselves are compared with
 * the model within a tolerance, for the engine keeps evidence in single precision.
 *
 * A call to the database that fails unexpectedly fails the test (cmocka). Checks print what
 * differs and return false, so that the caller can say which case it was.
 *
 * Must not know the engine: only warmpath.h and the oracle.
 */
#ifndef WARMPATH_TESTS_SUPPORT_ORACLE_STORE_H
#define WARMPATH_TESTS_SUPPORT_ORACLE_STORE_H

#include "oracle_path.h"

/* Fail the test unless a call succeeded; `what` says which. */
void oracle_must(wp_status status, const wp_error *err, const char *what);

/* Store the people; fills their numbers. */
void oracle_store_people(oracle *model, wp_txn *txn);

/* Store one interaction. Returns whether it was new. */
bool oracle_store_event(const oracle *model, wp_txn *txn, size_t event);

/* Store the stated ties, in order. */
void oracle_store_stated(const oracle *model, wp_txn *txn);

/* Store what people decided. */
void oracle_store_consent(const oracle *model, wp_txn *txn);

/* Have the defaults of consent of the whole file be those of a model. */
void oracle_store_defaults(const oracle *model, wp_txn *txn);

/* Store everything, in the order in which it was added. */
void oracle_store_all(oracle *model, wp_txn *txn);

/* The graph that the database says, for the pairs that the model knows. */
oracle_graph *oracle_graph_read(const oracle *model, wp_txn *txn, int32_t day);

/* Compare every tie of a graph with the model, `tolerance` relative. */
bool oracle_check_ties(const oracle_graph *graph, double tolerance);

/* Compare the answer to a path query with the enumeration: everything, byte for byte. */
bool oracle_check_paths(const oracle_graph *graph, const wp_path_query *query,
                        const wp_paths *paths);

/* Compare with the layers: costs, hops and introducers, and that each path is real. The query must
 * have neither via nor diverse. */
bool oracle_check_introducers(const oracle_graph *graph, const wp_path_query *query,
                              const wp_paths *paths);

/* Compare the answer to a reach query with the layers. */
bool oracle_check_reach(const oracle_graph *graph, const wp_reach_query *query,
                        const wp_reach *reach);

/* Print a graph so that a person can follow it. */
void oracle_dump_graph(const oracle_graph *graph);

/* Print a path query. */
void oracle_dump_query(const oracle_graph *graph, const wp_path_query *query);

#endif
