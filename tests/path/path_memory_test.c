/*
 * The memory of searches that remember more than one way to a person is counted in their budget:
 * account reach and reach behind barriers, and paths by way of somebody.
 *
 * The network is made so that such a search must remember very many ways: each of 40 people stands
 * on one side of a barrier of her own, and one further person on the other side of all. So no way
 * by one of the many serves for a way by another, and no way goes through that person at all.
 *
 *   start - gate - 100 inner ones - 40 outer ones - introducer - target
 *   start - friend - target
 *
 * (The gate is the person on the other side.) Ties lead to the right. From a root of its own ties
 * lead to all outer ones and on to the inner ones, for reach.
 */
#include "facts.h"
#include "oracle_db.h"
#include "oracle_store.h"
#include "scratch.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define INNER 100
#define OUTER 40
#define DAY 20000
#define COST 100000
/* What the search needs that knows nothing of barriers, and what one needs that does. */
#define BUDGET_LITTLE ((size_t)3 << 16)
#define BUDGET_MUCH ((size_t)1 << 26)

static wp_db *db;
static wp_txn *txn;
static wp_number start, gate, friend, introducer, target, root, inner[INNER], outer[OUTER];

static void put_tie(wp_number from, wp_number to)
{
    oracle_put_cost(txn, from, to, COST);
}

static void put_people(void)
{
    start = oracle_put_indexed(txn, "start", 0);
    gate = oracle_put_indexed(txn, "gate", 0);
    friend = oracle_put_indexed(txn, "friend", 0);
    introducer = oracle_put_indexed(txn, "introducer", 0);
    target = oracle_put_indexed(txn, "target", 0);
    root = oracle_put_indexed(txn, "root", 0);
    for (unsigned i = 0; i < INNER; i++)
        inner[i] = oracle_put_indexed(txn, "inner", i);
    for (unsigned i = 0; i < OUTER; i++)
        outer[i] = oracle_put_indexed(txn, "outer", i);
}

static void put_ties(void)
{
    put_tie(start, gate);
    put_tie(start, friend);
    put_tie(friend, target);
    put_tie(introducer, target);
    for (unsigned i = 0; i < INNER; i++)
        put_tie(gate, inner[i]);
    for (unsigned i = 0; i < OUTER; i++) {
        put_tie(outer[i], introducer);
        put_tie(root, outer[i]);
        for (unsigned j = 0; j < INNER; j++) {
            put_tie(inner[j], outer[i]);
            put_tie(outer[i], inner[j]);
        }
    }
}

static int open_database(void **unused)
{
    wp_error err;
    (void)unused;
    db = oracle_open_fresh("memory");
    txn = oracle_begin_write(db);
    put_people();
    put_ties();
    for (unsigned i = 0; i < OUTER; i++) {
        wp_barrier barrier = {{WP_SIDE_PERSON, outer[i]}, {WP_SIDE_PERSON, gate}, 0};
        oracle_must(wp_barrier_put(txn, &barrier, true, &err), &err, "barrier_put");
    }
    oracle_commit(txn);
    txn = oracle_begin_read(db);
    return 0;
}

static int close_database(void **unused)
{
    (void)unused;
    wp_abort(txn);
    wp_close(db);
    return 0;
}

static wp_path_query query_of(uint32_t hops_max)
{
    wp_path_query query = paths_between(&start, &target, DAY);
    query.hops_max = hops_max;
    query.is_plain = true;
    query.score_min = 0;
    return query;
}

/* The one way that may exist is by the friend, whatever limit a search met. */
static double find(const wp_path_query *query, wp_status expected)
{
    wp_paths *paths = NULL;
    wp_error err = {WP_OK, ""};
    assert_int_equal(wp_paths_find(txn, query, &paths, &err), expected);
    assert_int_equal(wp_paths_is_complete(paths), expected == WP_OK);
    assert_int_equal(wp_paths_count(paths), 1);
    assert_int_equal(wp_paths_at(paths, 0)->introducer, friend);
    double reach = wp_paths_reach(paths);
    wp_paths_free(paths);
    if (expected != WP_OK)
        assert_string_equal(err.message, "query reached its budget of 196608 bytes");
    return reach;
}

static void account_reach__counts_the_ways_that_it_remembers(void **unused)
{
    static const uint32_t hops[] = {5, WP_HOPS_ANY};
    (void)unused;
    for (size_t i = 0; i < sizeof hops / sizeof *hops; i++) {
        wp_path_query query = query_of(hops[i]);
        query.limits.memory_bytes_max = BUDGET_LITTLE;
        assert_true(isnan(find(&query, WP_OK)));
        query.with_reach = true;
        assert_true(isnan(find(&query, WP_EBUDGET)));
        query.limits.memory_bytes_max = BUDGET_MUCH;
        /* exp(-0.2): two ties */
        assert_float_equal(find(&query, WP_OK), 0.818730753, 1e-8);
    }
}

static void reach_find__counts_the_labels_that_know_their_sides(void **unused)
{
    wp_reach *reach = NULL;
    wp_error err;
    (void)unused;
    wp_reach_query query = reach_from(&root, DAY);
    query.hops_max = 3;
    query.is_plain = true;
    query.limits.memory_bytes_max = BUDGET_LITTLE;
    assert_int_equal(wp_reach_find(txn, &query, &reach, &err), WP_EBUDGET);
    assert_false(wp_reach_is_complete(reach));
    wp_reach_free(reach);
    query.limits.memory_bytes_max = BUDGET_MUCH;
    assert_int_equal(wp_reach_find(txn, &query, &reach, &err), WP_OK);
    assert_int_equal(wp_reach_count(reach), OUTER + INNER + 2);
    wp_reach_free(reach);
}

/* Measuring the ways to and from the person takes memory before any path is begun. */
static void path_find__by_way_of_somebody_counts_what_it_measures(void **unused)
{
    wp_paths *paths = NULL;
    wp_path_query query = query_of(WP_HOPS_ANY);
    (void)unused;
    query.via = inner[0];
    query.limits.memory_bytes_max = 1;
    assert_int_equal(wp_paths_find(txn, &query, &paths, NULL), WP_EBUDGET);
    assert_in_range(wp_paths_steps(paths), 1, 512);
    wp_paths_free(paths);
    query.limits.memory_bytes_max = BUDGET_MUCH;
    assert_int_equal(wp_paths_find(txn, &query, &paths, NULL), WP_OK);
    assert_int_equal(wp_paths_count(paths), 0);
    wp_paths_free(paths);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(account_reach__counts_the_ways_that_it_remembers),
        cmocka_unit_test(reach_find__counts_the_labels_that_know_their_sides),
        cmocka_unit_test(path_find__by_way_of_somebody_counts_what_it_measures),
    };
    return scratch_end(cmocka_run_group_tests(tests, open_database, close_database));
}
