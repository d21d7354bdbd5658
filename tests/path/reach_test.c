/*
 * Reach by cost where its mechanisms begin to act: places by number instead of a map once many are
 * met, costs of more than 32 bits, neighbours of sources, and budgets on either side of all that.
 *
 * Networks are made so that the answer is known: a star from a centre to so many leaves, all ties
 * of one cost or of different ones, or a chain.
 */
#include "facts.h"
#include "oracle_db.h"
#include "oracle_store.h"
#include "path/reach_table.h"
#include "scratch.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define DAY 20000
#define LEAVES 3000
#define LINKS 40
#define COST 100000
#define AT_ONCE 64   /* ties are read in batches */
#define RELAY 223000 /* rules/cost.h */

static wp_db *db;
static wp_txn *txn;
/* The leaves of `same` have ties of one cost, and numbers in the reverse order of their ids; those
 * of `unlike` have all different ones. */
static wp_number same, unlike, leaves[LEAVES], chain[LINKS + 1], first, near, far, beyond;

static void put_network(void)
{
    same = oracle_put_indexed(txn, "same", 0);
    unlike = oracle_put_indexed(txn, "unlike", 0);
    for (unsigned i = 0; i < LEAVES; i++) {
        leaves[i] = oracle_put_indexed(txn, "leaf", LEAVES - i);
        oracle_put_cost(txn, same, leaves[i], COST);
        oracle_put_cost(txn, unlike, leaves[i], COST + i);
    }
    for (unsigned i = 0; i <= LINKS; i++)
        chain[i] = oracle_put_indexed(txn, "link", i);
    for (unsigned i = 0; i < LINKS; i++)
        oracle_put_cost(txn, chain[i], chain[i + 1], 4000000000u - i);
    first = oracle_put_indexed(txn, "first", 0);
    near = oracle_put_indexed(txn, "near", 0);
    far = oracle_put_indexed(txn, "far", 0);
    beyond = oracle_put_indexed(txn, "beyond", 0);
    oracle_put_cost(txn, first, near, COST);
    oracle_put_cost(txn, near, far, COST);
    oracle_put_cost(txn, first, far, 2 * COST + RELAY / 2);
    oracle_put_cost(txn, far, beyond, COST);
}

static int open_database(void **unused)
{
    wp_error err;
    (void)unused;
    db = oracle_open_fresh("reach");
    txn = oracle_begin_write(db);
    put_network();
    oracle_commit(txn);
    oracle_must(wp_compact(db, NULL, NULL, &err), &err, "compact");
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

static wp_reach_query query_of(const wp_number *source, uint32_t hops_max)
{
    wp_reach_query query = reach_from(source, DAY);
    query.hops_max = hops_max;
    return query;
}

static wp_reach *find(const wp_reach_query *query, wp_status expected)
{
    wp_error err = {WP_OK, ""};
    wp_reach *reach = NULL;
    wp_status status = wp_reach_find(txn, query, &reach, &err);
    if (status != expected)
        print_error("%s\n", err.message);
    assert_int_equal(status, expected);
    assert_int_equal(wp_reach_is_complete(reach), expected == WP_OK);
    return reach;
}

static void assert_reached(const wp_reached *seen, wp_number person, uint32_t hops, uint64_t cost)
{
    assert_int_equal(seen->person, person);
    assert_int_equal(seen->hops, hops);
    assert_int_equal(seen->cost, cost);
}

/* ---- The order ---- */

static void reach_find__orders_equals_by_id(void **unused)
{
    static const uint32_t hops[] = {1, 3, WP_HOPS_ANY};
    (void)unused;
    for (size_t i = 0; i < 3; i++) {
        wp_reach_query query = query_of(&same, hops[i]);
        wp_reach *reach = find(&query, WP_OK);
        assert_int_equal(wp_reach_count(reach), LEAVES);
        for (size_t j = 0; j < LEAVES; j++)
            assert_reached(&wp_reach_items(reach)[j], leaves[LEAVES - 1 - j], 1, COST);
        wp_reach_free(reach);
    }
}

static void reach_find__orders_by_cost(void **unused)
{
    static const uint32_t hops[] = {1, 3, WP_HOPS_ANY};
    (void)unused;
    for (size_t i = 0; i < 3; i++) {
        wp_reach_query query = query_of(&unlike, hops[i]);
        wp_reach *reach = find(&query, WP_OK);
        assert_int_equal(wp_reach_count(reach), LEAVES);
        for (size_t j = 0; j < LEAVES; j++)
            assert_reached(&wp_reach_items(reach)[j], leaves[j], 1, COST + j);
        wp_reach_free(reach);
    }
}

static void reach_find__adds_costs_beyond_32_bits(void **unused)
{
    uint64_t cost = 0;
    (void)unused;
    wp_reach_query query = query_of(&chain[0], WP_HOPS_ANY);
    query.is_plain = true;
    wp_reach *reach = find(&query, WP_OK);
    assert_int_equal(wp_reach_count(reach), LINKS);
    for (unsigned i = 0; i < LINKS; i++) {
        cost += 4000000000u - i;
        assert_reached(&wp_reach_items(reach)[i], chain[i + 1], i + 1, cost);
    }
    assert_true(cost == UINT64_C(159999999220));
    wp_reach_free(reach);
}

/* Far is reached best over near, yet passed best as the first: only others pay a relay factor. */
static void reach_find__passes_a_neighbour_as_the_first(void **unused)
{
    static const uint32_t hops[] = {2, 3, 6, WP_HOPS_ANY};
    (void)unused;
    for (size_t i = 0; i < 4; i++) {
        wp_reach_query query = query_of(&first, hops[i]);
        wp_reach *reach = find(&query, WP_OK);
        const wp_reached *items = wp_reach_items(reach);
        assert_int_equal(wp_reach_count(reach), 3);
        assert_reached(&items[0], near, 1, 100000);
        assert_reached(&items[1], far, 2, 200000);
        assert_reached(&items[2], beyond, 2, 411500);
        wp_reach_free(reach);
    }
}

/* ---- Budgets ---- */

/* Everybody of a partial answer is in the whole one, at no less than what is said there. */
static void assert_part(const wp_reach *part, const wp_reach *whole)
{
    uint64_t costs[4096] = {0};
    for (size_t i = 0; i < wp_reach_count(whole); i++)
        costs[wp_reach_items(whole)[i].person] = wp_reach_items(whole)[i].cost;
    for (size_t i = 0; i < wp_reach_count(part); i++) {
        const wp_reached *at = &wp_reach_items(part)[i];
        assert_true(costs[at->person] != 0);
        assert_true(at->cost >= costs[at->person]);
        assert_true(i == 0 || at[-1].cost <= at->cost);
    }
}

/* The first hundred people are met in a map, the others have places by number. */
static void reach_find__ends_at_any_budget_of_steps(void **unused)
{
    static const uint32_t hops[] = {3, WP_HOPS_ANY};
    (void)unused;
    for (size_t i = 0; i < 2; i++) {
        wp_reach_query query = query_of(&unlike, hops[i]);
        wp_reach *whole = find(&query, WP_OK);
        for (uint64_t steps = 1; steps < LEAVES; steps += steps < 200 ? 1 : 97) {
            query.limits.steps_max = steps;
            wp_reach *part = find(&query, WP_EBUDGET);
            assert_true(wp_reach_count(part) <= steps + AT_ONCE);
            assert_part(part, whole);
            wp_reach_free(part);
        }
        wp_reach_free(whole);
    }
}

/*
 * What the ids of equals take is part of the memory: with some budgets everybody is found, and yet
 * their order is not. That of a list without equals is counted as well, and taken from the start.
 */
static void reach_find__counts_the_memory_of_its_list(void **unused)
{
    size_t unordered = 0, whole = 0;
    (void)unused;
    for (size_t bytes = 16384; whole == 0; bytes += bytes / 16) {
        wp_reach *reach = NULL;
        wp_reach_query query = query_of(&same, 3);
        query.limits.memory_bytes_max = bytes;
        wp_status status = wp_reach_find(txn, &query, &reach, NULL);
        assert_true(status == WP_OK || status == WP_EBUDGET);
        assert_int_equal(wp_reach_is_complete(reach), status == WP_OK);
        unordered += status == WP_EBUDGET && wp_reach_count(reach) == LEAVES;
        whole = status == WP_OK ? bytes : 0;
        wp_reach_free(reach);
    }
    assert_true(unordered > 0);
    /* Each has an end, a place in a list and in its copy, an entry of the answer, and an id. */
    assert_true(whole >= (size_t)LEAVES * (16 + 16 + 16 + sizeof(wp_reached) + 16));
    assert_true(whole <= (size_t)LEAVES * 512);
}

/* ---- The table ---- */

#define PEOPLE 3200 /* the 117th person is one too many for the map */

static void offer(wpi_reach_table *table, uint32_t person, uint64_t cost, uint32_t hops,
                  bool is_better)
{
    wpi_reach_end *end;
    assert_int_equal(wpi_reach_table_offer(table, person, cost, hops, &end, NULL), WP_OK);
    assert_int_equal(end != NULL, is_better);
    assert_true(end == NULL || (end->cost == cost && end->hops == hops));
}

static void assert_end(wpi_reach_table *table, uint32_t person, uint64_t cost, uint32_t hops)
{
    wpi_reach_end *end;
    assert_int_equal(wpi_reach_table_find(table, person, &end, NULL), WP_OK);
    assert_int_equal(end->cost, cost);
    assert_int_equal(end->hops, hops);
}

static void offer_both_sides(wpi_reach_table *table)
{
    for (uint32_t person = 1; person <= 200; person++) {
        offer(table, person, 1000 + person, 3, true);
        for (uint32_t known = person > 4 ? person - 4 : 1; known < person; known++) {
            offer(table, known, 1001 + known, 1, false);
            offer(table, known, 1000 + known, 3, false);
        }
    }
    for (uint32_t person = 200; person >= 1; person--) {
        offer(table, person, 1000 + person, 2, true);
        offer(table, person, 999, 9, true);
        assert_end(table, person, 999, 9);
    }
    assert_int_equal(table->count, 200);
}

static void reach_table__knows_the_same_in_both_forms(void **unused)
{
    wpi_reach_table table;
    (void)unused;
    wpi_reach_table_init(&table, PEOPLE, 0);
    for (uint32_t person = PEOPLE; person > PEOPLE - 116; person--)
        offer(&table, person, 5, 1, true);
    assert_null(table.all);
    offer(&table, PEOPLE - 116, 5, 1, true);
    assert_non_null(table.all);
    assert_end(&table, PEOPLE, 5, 1);
    assert_int_equal(table.count, 117);
    wpi_reach_table_free(&table);
    wpi_reach_table_init(&table, PEOPLE, 0);
    offer_both_sides(&table);
    assert_non_null(table.all);
    wpi_reach_table_free(&table);
}

static void reach_table__stays_small_within_a_small_budget(void **unused)
{
    wpi_reach_table table;
    size_t at = 0, count = 0;
    uint32_t person;
    (void)unused;
    wpi_reach_table_init(&table, PEOPLE, 64000);
    offer_both_sides(&table);
    assert_null(table.all);
    while (wpi_reach_table_next(&table, &at, &person) != NULL)
        assert_int_equal(person, ++count);
    assert_int_equal(count, 200);
    wpi_reach_table_free(&table);
    wpi_reach_table_init(&table, PEOPLE, 2 * 20 * (PEOPLE + 1));
    offer_both_sides(&table);
    assert_non_null(table.all);
    wpi_reach_table_free(&table);
}

/* Costs that a word cannot tell, around its end, before and after the table is spread out. */
static void reach_table__compares_costs_of_any_size(void **unused)
{
    static const uint64_t costs[] = {UINT64_MAX / 4, (UINT64_C(1) << 32) + 1, UINT64_C(1) << 32,
                                     UINT32_MAX,     UINT32_MAX - 1,          1};
    wpi_reach_table table;
    (void)unused;
    for (uint32_t people = 10; people <= 1000; people += 990) {
        wpi_reach_table_init(&table, people, 0);
        for (uint32_t person = 1; person <= people; person++)
            offer(&table, person, UINT64_MAX / 2, 7, true);
        for (size_t i = 0; i < sizeof costs / sizeof *costs; i++) {
            offer(&table, 7, costs[i] + 1, 1, true);
            offer(&table, 7, costs[i] + 1, 1, false);
            offer(&table, 7, costs[i] + 2, 1, false);
            offer(&table, 7, costs[i], 4, true);
            offer(&table, 7, costs[i], 3, true);
            offer(&table, 7, UINT64_MAX / 4 + 2, 1, false);
        }
        assert_int_equal(table.all != NULL, people == 1000);
        wpi_reach_table_free(&table);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reach_find__orders_equals_by_id),
        cmocka_unit_test(reach_find__orders_by_cost),
        cmocka_unit_test(reach_find__adds_costs_beyond_32_bits),
        cmocka_unit_test(reach_find__passes_a_neighbour_as_the_first),
        cmocka_unit_test(reach_find__ends_at_any_budget_of_steps),
        cmocka_unit_test(reach_find__counts_the_memory_of_its_list),
        cmocka_unit_test(reach_table__knows_the_same_in_both_forms),
        cmocka_unit_test(reach_table__stays_small_within_a_small_budget),
        cmocka_unit_test(reach_table__compares_costs_of_any_size),
    };
    return scratch_end(cmocka_run_group_tests(tests, open_database, close_database));
}
