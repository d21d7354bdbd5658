/*
 * Databases for tests: empty ones, their transactions, and whether they are sound.
 *
 * Calls that fail unexpectedly fail the test (cmocka).
 */
#ifndef WARMPATH_TESTS_SUPPORT_ORACLE_DB_H
#define WARMPATH_TESTS_SUPPORT_ORACLE_DB_H

#include "warmpath.h"

/*
 * Open an empty database of this name in the scratch directory, in place of any that had it. It is
 * a copy of one that is made once, and commits do not wait for the disk: neither takes any time.
 */
wp_db *oracle_open_fresh(const char *name);

/* The same with an age limit of readers, which they do not have otherwise. */
wp_db *oracle_open_aged(const char *name, uint32_t reader_age_max_ms);

/* Close a database and open it again; commits wait for the disk then, since the file is not new. */
wp_db *oracle_open_again(wp_db *db, const char *name);

wp_txn *oracle_begin_write(wp_db *db);
wp_txn *oracle_begin_read(wp_db *db);
void oracle_commit(wp_txn *txn);

/* State somebody by an address, the same with a name, and by the id "group-000012"; returns the
 * number. */
wp_number oracle_put_person(wp_txn *txn, const char *address);
wp_number oracle_put_named(wp_txn *txn, const char *address, const char *name);
wp_number oracle_put_indexed(wp_txn *txn, const char *group, unsigned index);

/* State what a tie costs, one way. */
void oracle_put_cost(wp_txn *txn, wp_number from, wp_number to, uint32_t cost);

/* Fail unless the deep check finds nothing in the newest snapshot. Every fault is printed, and of
 * which case it is: "after erasing". */
void oracle_expect_sound(wp_db *db, uint64_t seed, uint64_t number, const char *when);

#endif
