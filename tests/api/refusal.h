/*
 * For tests of what is refused: a small database, and calls that must be refused.
 *
 * Included by one file of a program; the database has two people of one company, 1 and 2.
 */
#ifndef WARMPATH_TESTS_API_REFUSAL_H
#define WARMPATH_TESTS_API_REFUSAL_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "scratch.h"
#include "warmpath.h"

#define DAY 19000

static const char *path;
static wp_db *db;
static wp_txn *reading, *writing;
static wp_number person, company;

static wp_status store_two(wp_txn *txn, wp_error *err)
{
    static const wp_identity one = {WP_IDENTITY_EMAIL, "one@acme.example"},
                             two = {WP_IDENTITY_EMAIL, "two@acme.example"};
    wp_person_facts facts = WP_PERSON_FACTS_INIT;
    wp_stated_tie tie = {.from = 1, .to = 2, .p = .5};
    wp_number other;
    facts.identities = &one;
    facts.identity_count = 1;
    wp_status status = wp_person_put(txn, &facts, &person, NULL, err);
    facts.identities = &two;
    if (status == WP_OK)
        status = wp_person_put(txn, &facts, &other, NULL, err);
    return status == WP_OK ? wp_stated_tie_put(txn, &tie, err) : status;
}

/* A new database with a read transaction on it. */
static int begin_reading(void **state)
{
    static const wp_identity domain = {WP_IDENTITY_DOMAIN, "acme.example"};
    (void)state;
    path = scratch_path("refusal.warmpath");
    (void)remove(path);
    assert_int_equal(wp_create(path, NULL, 0, NULL), WP_OK);
    assert_int_equal(wp_open(path, NULL, &db, NULL), WP_OK);
    assert_int_equal(wp_begin_write(db, &writing, NULL), WP_OK);
    assert_int_equal(store_two(writing, NULL), WP_OK);
    assert_int_equal(wp_identity_find(writing, &domain, &company, NULL), WP_OK);
    assert_int_equal(wp_commit(writing, NULL), WP_OK);
    writing = NULL;
    assert_int_equal(wp_begin_read(db, &reading, NULL), WP_OK);
    return 0;
}

/* The same with a write transaction as well. */
static int begin_writing(void **state)
{
    (void)begin_reading(state);
    assert_int_equal(wp_begin_write(db, &writing, NULL), WP_OK);
    return 0;
}

/* After all refusals the transactions still answer and commit. */
static int end(void **state)
{
    wp_stats stats;
    (void)state;
    assert_int_equal(wp_stats_get(reading, &stats, NULL), WP_OK);
    assert_int_equal(stats.people, 2);
    wp_abort(reading);
    if (writing != NULL)
        assert_int_equal(wp_commit(writing, NULL), WP_OK);
    writing = NULL;
    wp_close(db);
    scratch_remove();
    return 0;
}

static void expect_refusal(wp_status status, wp_status expected, const wp_error *err, int line)
{
    if (status != expected || err->status != expected || err->message[0] == '\0')
        fail_msg("line %d: %s, \"%s\"", line, wp_status_name(status), err->message);
}

/* The call is refused so, with a message; `err` is what it is to write that to. */
#define REFUSED_AS(expected, call)                                                                 \
    do {                                                                                           \
        wp_error error = {.status = WP_OK}, *err = &error;                                         \
        expect_refusal((call), expected, err, __LINE__);                                           \
    } while (0)

#define REFUSED(call) REFUSED_AS(WP_EINVAL, call)

#endif
