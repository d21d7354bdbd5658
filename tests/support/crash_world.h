/*
 * What crash tests write and how they look at it: batches that follow from a seed, and everything
 * in a database as text.
 *
 * A batch is what one transaction does: 1 to 50 interactions among 40 people, who are created when
 * first needed, with stated ties, decisions, employments and companies on the way. Batch N of a
 * seed is always the same, so that an undisturbed database that got the first N batches is what a
 * disturbed one with N batches must look like. Replies may come before what they answer.
 *
 * The functions that write and check end the process when something fails (crash_process.h).
 */
#ifndef WARMPATH_TESTS_SUPPORT_CRASH_WORLD_H
#define WARMPATH_TESTS_SUPPORT_CRASH_WORLD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "warmpath.h"

#define CRASH_PEOPLE 40
#define CRASH_DAY 19783 /* 2024-03-01: everything happens in the 700 days before its end. */
#define CRASH_US "us.example"
#define CRASH_MARK "batches"

/* Create a database for our own domain CRASH_US. */
void crash_create(const char *path);

/* Open a database with the usual options, and a digest, so that it may have an audit log. */
wp_db *crash_open(const char *path);

/* Store so many people, 1 upwards, whose external ids are their numbers. */
void crash_people_put(wp_txn *txn, wp_number count);

/* Write a batch into a transaction, the mark CRASH_MARK = batch + 1 included. */
void crash_batch_put(wp_txn *txn, uint64_t seed, uint64_t batch);

/* Write a batch in a transaction of its own. */
void crash_batch_commit(wp_db *db, uint64_t seed, uint64_t batch);

/* How many of a batch's interactions a snapshot has, and how many the batch has. */
void crash_batch_count(wp_txn *txn, uint64_t seed, uint64_t batch, size_t *found, size_t *total);

/*
 * Everything in a snapshot as text, a line a fact: people, companies, employments, stated ties,
 * interactions, ties with all their figures on CRASH_DAY, paths, reach.
 * *text is yours (free); NULL unless WP_OK.
 */
wp_status crash_dump(wp_txn *txn, char **text, wp_error *err);

/* The same of the newest snapshot of a database, without failing. */
char *crash_dump_db(wp_db *db);

/* Whether each fact of a dump stands in one of the others; paths and reach are no facts. */
bool crash_dump_is_of(const char *seen, const char *const *dumps, size_t count);

/* Print the first line in which two dumps differ. */
void crash_dump_compare(const char *expected, const char *seen);

/* Check a snapshot deeply; every fault is printed. Returns their number. */
uint64_t crash_check(wp_txn *txn);

/* Check the newest snapshot deeply; end the process when there is a fault. */
void crash_check_db(wp_db *db, const char *when);

#endif
