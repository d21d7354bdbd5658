/*
 * Bounds and arguments of path and reach queries.
 *
 * A query that meets its deadline, budget or cancel flag says so, is marked incomplete, and what it
 * returns is real. Arguments outside their documented range are refused with a message that names
 * what was seen.
 *
 * `--cases N`: how many of the budgets of steps with which a query ends last are tried.
 *
 * The network is a dense one of some hundred people, big enough that a small budget is not enough.
 */
#include "facts.h"
#include "oracle_random.h"
#include "oracle_store.h"
#include "oracle_world.h"
#include "scratch.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#define PEOPLE 400
#define LAST_BUDGETS 300

static random_arguments arguments = {1, 20};

static wp_db *db;
static oracle *model;
static wp_txn *txn;
static wp_number source;
static wp_number target;

static int open_database(void **unused)
{
    (void)unused;
    random_source random = random_start(arguments.seed, 0);
    db = oracle_open_fresh("limits");
    model = oracle_random_large(&random, "limits", PEOPLE, 40.0);
    for (size_t i = 0; i < model->people_count; i++) {
        oracle_person_decide(model, i, WP_CHOICE_UNSAID, WP_CHOICE_UNSAID);
    }
    txn = oracle_begin_write(db);
    oracle_store_all(model, txn);
    oracle_commit(txn);
    txn = oracle_begin_read(db);
    source = model->people[PEOPLE - 1].number;
    target = model->people[PEOPLE - 2].number;
    return 0;
}

static int close_database(void **unused)
{
    (void)unused;
    wp_abort(txn);
    wp_close(db);
    oracle_free(model);
    return 0;
}

/* A query that has to look at nearly everything. */
static wp_path_query big_query(void)
{
    wp_path_query query = paths_between(&source, &target, ORACLE_BASE_DAY);
    query.hops_max = WP_HOPS_ANY;
    query.k = 1000;
    query.is_plain = true;
    query.with_reach = true;
    return query;
}

static wp_reach_query big_reach(void)
{
    wp_reach_query query = reach_from(&source, ORACLE_BASE_DAY);
    query.hops_max = WP_HOPS_ANY;
    query.is_plain = true;
    return query;
}

/* ---- Bounds ---- */

/* Each path of a partial answer joins the source with the target by ties that exist. */
static void assert_real(const wp_paths *paths)
{
    for (size_t i = 0; i < wp_paths_count(paths); i++) {
        const wp_path *path = wp_paths_at(paths, i);
        uint64_t cost = 0;
        assert_int_equal(path->people[0], source);
        assert_int_equal(path->people[path->hops], target);
        for (size_t j = 0; j < path->hops; j++) {
            wp_tie tie;
            assert_int_equal(
                wp_tie_get(txn, path->people[j], path->people[j + 1], ORACLE_BASE_DAY, &tie, NULL),
                WP_OK);
            assert_int_equal(tie.cost, path->ties[j].cost);
            cost += tie.cost;
        }
        assert_int_equal(cost, path->cost);
    }
}

static void assert_stopped(const wp_path_query *query, wp_status want)
{
    wp_error err = {WP_OK, ""};
    wp_paths *paths = NULL;
    assert_int_equal(wp_paths_find(txn, query, &paths, &err), want);
    assert_int_equal(err.status, want);
    assert_string_not_equal(err.message, "");
    assert_non_null(paths);
    assert_false(wp_paths_is_complete(paths));
    assert_true(isnan(wp_paths_reach(paths)));
    assert_real(paths);
    wp_paths_free(paths);
}

static void path_find__stops_at_its_budget_of_steps(void **unused)
{
    (void)unused;
    wp_path_query query = big_query();
    wp_paths *paths = NULL;
    assert_int_equal(wp_paths_find(txn, &query, &paths, NULL), WP_OK);
    uint64_t steps = wp_paths_steps(paths);
    assert_true(steps > 100);
    wp_paths_free(paths);
    for (uint64_t budget = 1; budget < steps; budget = budget * 3 + 1) {
        query.limits.steps_max = budget;
        assert_stopped(&query, WP_EBUDGET);
    }
    query.limits.steps_max = 2 * steps;
    assert_int_equal(wp_paths_find(txn, &query, &paths, NULL), WP_OK);
    assert_true(wp_paths_is_complete(paths));
    wp_paths_free(paths);
}

/* A budget may be met while the paths found are traced, which takes steps as well: some of the last
 * budgets are tried. */
static void path_find__keeps_what_it_found_when_the_budget_ends_last(void **unused)
{
    (void)unused;
    static const uint32_t hops[] = {1, 2, 3, 4, 6, WP_HOPS_ANY};
    uint64_t step = arguments.cases >= LAST_BUDGETS ? 1 : LAST_BUDGETS / (arguments.cases + 1) + 1;
    for (size_t i = 0; i < sizeof hops / sizeof *hops; i++) {
        wp_path_query query = big_query();
        wp_paths *paths = NULL;
        query.hops_max = hops[i];
        assert_int_equal(wp_paths_find(txn, &query, &paths, NULL), WP_OK);
        uint64_t steps = wp_paths_steps(paths);
        wp_paths_free(paths);
        uint64_t first = steps > LAST_BUDGETS ? steps - LAST_BUDGETS : 1;
        for (uint64_t less = 0; less <= steps + 1 - first; less += step) {
            query.limits.steps_max = steps + 1 - less;
            wp_status status = wp_paths_find(txn, &query, &paths, NULL);
            assert_true(status == WP_OK || status == WP_EBUDGET);
            assert_non_null(paths);
            wp_paths_free(paths);
        }
    }
}

/* What is needed is known beforehand, so nothing of it is taken. */
static void reach_find__by_hops_asks_for_its_memory_first(void **unused)
{
    (void)unused;
    wp_reach *reach = NULL;
    wp_reach_query query = big_reach();
    query.is_by_hops = true;
    query.limits.memory_bytes_max = 1024;
    assert_int_equal(wp_reach_find(txn, &query, &reach, NULL), WP_EBUDGET);
    assert_non_null(reach);
    assert_int_equal(wp_reach_count(reach), 0);
    assert_false(wp_reach_is_complete(reach));
    wp_reach_free(reach);
    query.limits.memory_bytes_max = (size_t)1 << 30;
    assert_int_equal(wp_reach_find(txn, &query, &reach, NULL), WP_OK);
    assert_true(wp_reach_count(reach) > 100);
    wp_reach_free(reach);
}

static void path_find__stops_at_its_budget_of_memory(void **unused)
{
    (void)unused;
    wp_path_query query = big_query();
    query.limits.memory_bytes_max = 1;
    assert_stopped(&query, WP_EBUDGET);
    query.limits.memory_bytes_max = (size_t)1 << 30;
    wp_paths *paths = NULL;
    assert_int_equal(wp_paths_find(txn, &query, &paths, NULL), WP_OK);
    wp_paths_free(paths);
}

static void path_find__stops_when_cancelled(void **unused)
{
    (void)unused;
    volatile int cancel = 1;
    wp_path_query query = big_query();
    query.limits.cancel = &cancel;
    assert_stopped(&query, WP_ECANCELLED);
    cancel = 0;
    wp_paths *paths = NULL;
    assert_int_equal(wp_paths_find(txn, &query, &paths, NULL), WP_OK);
    wp_paths_free(paths);
}

static int64_t now_ms(void)
{
    struct timespec now;
    assert_int_equal(clock_gettime(CLOCK_MONOTONIC, &now), 0);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void path_find__stops_at_its_deadline(void **unused)
{
    (void)unused;
    wp_path_query query = big_query();
    query.limits.deadline_ms = 1;
    int64_t begin_ms = now_ms();
    wp_paths *paths = NULL;
    wp_status status = wp_paths_find(txn, &query, &paths, NULL);
    assert_true(now_ms() - begin_ms < 500);
    assert_true(status == WP_OK || status == WP_EDEADLINE);
    assert_non_null(paths);
    assert_int_equal(wp_paths_is_complete(paths), status == WP_OK);
    assert_real(paths);
    wp_paths_free(paths);
}

static void assert_reach_stopped(const wp_reach_query *query, wp_status want)
{
    wp_error err = {WP_OK, ""};
    wp_reach *reach = NULL;
    assert_int_equal(wp_reach_find(txn, query, &reach, &err), want);
    assert_string_not_equal(err.message, "");
    assert_non_null(reach);
    assert_false(wp_reach_is_complete(reach));
    wp_reach_free(reach);
}

static void reach_find__stops_at_its_bounds(void **unused)
{
    (void)unused;
    volatile int cancel = 1;
    wp_reach_query query = big_reach();
    query.limits.steps_max = 10;
    assert_reach_stopped(&query, WP_EBUDGET);
    query.limits.steps_max = 0;
    query.limits.memory_bytes_max = 1;
    assert_reach_stopped(&query, WP_EBUDGET);
    query.limits.memory_bytes_max = 0;
    query.limits.cancel = &cancel;
    assert_reach_stopped(&query, WP_ECANCELLED);
    cancel = 0;
    wp_reach *reach = NULL;
    assert_int_equal(wp_reach_find(txn, &query, &reach, NULL), WP_OK);
    assert_true(wp_reach_is_complete(reach));
    wp_reach_free(reach);
}

/* ---- Queries that would look at too much without bounds ---- */

/* A source, a target, and between them many introducers behind the first person and a dearer one
 * behind the second. */
static void put_two_ways(wp_number *from, wp_number *to)
{
    wp_txn *write = oracle_begin_write(db);
    wp_number people[4];
    for (unsigned i = 0; i < 4; i++) {
        people[i] = oracle_put_indexed(write, "way", i);
    }
    oracle_put_cost(write, people[0], people[1], 50000);
    oracle_put_cost(write, people[0], people[2], 50000);
    for (unsigned i = 0; i < 1500; i++) {
        wp_number introducer = oracle_put_indexed(write, "introducer", i);
        oracle_put_cost(write, people[i == 700 ? 2 : 1], introducer, i == 700 ? 400000 : 50000 + i);
        oracle_put_cost(write, introducer, people[3], 50000);
    }
    oracle_commit(write);
    *from = people[0];
    *to = people[3];
}

static void path_find__finds_diverse_paths_behind_many_alike(void **unused)
{
    (void)unused;
    wp_error err;
    wp_paths *paths = NULL;
    wp_path_query query = big_query();
    wp_number from, to;
    put_two_ways(&from, &to);
    wp_txn *read = oracle_begin_read(db);
    query.sources = &from;
    query.targets = &to;
    query.k = 3;
    query.diverse = 0.2;
    for (uint32_t hops = 0; hops <= 3; hops += 3) {
        query.hops_max = hops;
        oracle_must(wp_paths_find(read, &query, &paths, &err), &err, "paths_find");
        assert_int_equal(wp_paths_count(paths), 2);
        assert_int_equal(wp_paths_at(paths, 0)->cost, 150000);
        assert_int_equal(wp_paths_at(paths, 1)->cost, 500000);
        wp_paths_free(paths);
    }
    wp_abort(read);
}

/* The cheapest ways to the introducer are the same whichever of the targets comes next. */
static void path_find__traces_an_introducer_of_many_equal_targets_once(void **unused)
{
    (void)unused;
    wp_error err;
    wp_paths *paths = NULL;
    wp_path_query query = big_query();
    wp_number sources[200], targets[200];
    wp_txn *write = oracle_begin_write(db);
    wp_number hub = oracle_put_indexed(write, "hub", 0);
    for (unsigned i = 0; i < 200; i++) {
        sources[i] = oracle_put_indexed(write, "asking", i);
        targets[i] = oracle_put_indexed(write, "asked", i);
        oracle_put_cost(write, sources[i], hub, 100000);
        oracle_put_cost(write, hub, targets[i], 100000);
    }
    oracle_commit(write);
    wp_txn *read = oracle_begin_read(db);
    query.sources = sources;
    query.targets = targets;
    query.source_count = query.target_count = 200;
    query.with_reach = false;
    query.limits.steps_max = 5000; /* a trace takes 400, and there would be 400 of them */
    oracle_must(wp_paths_find(read, &query, &paths, &err), &err, "paths_find");
    assert_int_equal(wp_paths_count(paths), 1);
    assert_int_equal(wp_paths_at(paths, 0)->cost, 200000);
    assert_int_equal(wp_paths_at(paths, 0)->people[0], sources[0]);
    assert_int_equal(wp_paths_at(paths, 0)->people[2], targets[0]);
    wp_paths_free(paths);
    wp_abort(read);
}

/* In a clique there are more simple paths than anybody could walk. */
static void path_find__ends_a_search_by_way_of_somebody_with_the_last_introducer(void **unused)
{
    (void)unused;
    wp_error err;
    wp_paths *paths = NULL;
    wp_path_query query = big_query();
    wp_number people[25];
    wp_txn *write = oracle_begin_write(db);
    for (unsigned i = 0; i < 25; i++) {
        people[i] = oracle_put_indexed(write, "clique", i);
    }
    for (unsigned i = 0; i < 24; i++) {
        for (unsigned j = 0; j < 24; j++) {
            if (i != j) {
                oracle_put_cost(write, people[i], people[j], 100000 + 1000 * i + j);
            }
        }
    }
    oracle_put_cost(write, people[1], people[24], 100000);
    oracle_put_cost(write, people[2], people[24], 300000);
    oracle_commit(write);
    wp_txn *read = oracle_begin_read(db);
    query.sources = &people[0];
    query.targets = &people[24];
    query.via = people[5];
    query.with_reach = false;
    query.limits.steps_max = 1000000;
    oracle_must(wp_paths_find(read, &query, &paths, &err), &err, "paths_find");
    assert_int_equal(wp_paths_count(paths), 2);
    assert_int_equal(wp_paths_at(paths, 0)->introducer, people[1]);
    assert_int_equal(wp_paths_at(paths, 0)->cost, 100005 + 105001 + 100000);
    assert_int_equal(wp_paths_at(paths, 1)->introducer, people[2]);
    assert_int_equal(wp_paths_at(paths, 1)->cost, 100005 + 105002 + 300000);
    wp_paths_free(paths);
    wp_abort(read);
}

/* ---- The order in which a search without a limit of hops settles ---- */

enum { FROM, TO, SPEAKS, FIRST, SECOND, THIRD, NEAR, BETTER, FURTHER, TURNED, LATE, FAR, SIDE };

/* The list of SPEAKS is read in growing pieces, the last of them from FURTHER to LATE. Then TURNED
 * gains by way of BETTER, and its older entry of the queue is out of date. That one comes up before
 * the tie from LATE to NEAR, and the next entry, which is that of LATE, after it. */
static void path_find__settles_nobody_before_a_cheaper_unread_tie(void **unused)
{
    static const uint32_t ties[][3] = {
        {SPEAKS, TO, 100000},       {FIRST, SPEAKS, 100000},   {SECOND, SPEAKS, 200000},
        {THIRD, SPEAKS, 300000},    {NEAR, SPEAKS, 450000},    {BETTER, SPEAKS, 700000},
        {FURTHER, SPEAKS, 1200000}, {TURNED, SPEAKS, 1300000}, {LATE, SPEAKS, 2100000},
        {TURNED, BETTER, 550000},   {LATE, NEAR, 900000},      {FAR, LATE, 3000000},
    };
    (void)unused;
    wp_error err;
    wp_paths *paths = NULL;
    wp_path_query query = big_query();
    wp_number people[SIDE + 40];
    wp_txn *write = oracle_begin_write(db);
    for (unsigned i = 0; i < SIDE + 40; i++)
        people[i] = oracle_put_indexed(write, "order", i);
    for (size_t i = 0; i < sizeof ties / sizeof ties[0]; i++)
        oracle_put_cost(write, people[ties[i][0]], people[ties[i][1]], ties[i][2]);
    for (uint32_t i = 0; i < 40; i++)
        oracle_put_cost(write, people[FROM], people[SIDE + i], 100000 + 50000 * i);
    oracle_put_cost(write, people[SIDE + 39], people[FAR], 3000000);
    oracle_commit(write);
    oracle_must(wp_compact(db, NULL, NULL, &err), &err, "compact");
    wp_txn *read = oracle_begin_read(db);
    query.sources = &people[FROM];
    query.targets = &people[TO];
    query.hops_max = WP_HOPS_ANY;
    query.k = 5;
    query.with_reach = false;
    oracle_must(wp_paths_find(read, &query, &paths, &err), &err, "paths_find");
    assert_int_equal(wp_paths_count(paths), 1);
    assert_int_equal(wp_paths_at(paths, 0)->cost, 9500000);
    assert_int_equal(wp_paths_at(paths, 0)->hops, 6);
    wp_paths_free(paths);
    wp_abort(read);
}

#define CROWD 4000

/* All of the crowd cost the same, so that they are one front. A part of it is done at a time,
 * between which the limits are met and the other side has its turn, so that few of them are
 * settled. */
static void path_find__does_a_front_of_many_in_parts(void **unused)
{
    (void)unused;
    wp_error err;
    wp_paths *paths = NULL;
    wp_path_query query = big_query();
    wp_txn *write = oracle_begin_write(db);
    wp_number from = oracle_put_indexed(write, "from", 0), to = oracle_put_indexed(write, "to", 0);
    wp_number before = from;
    for (unsigned i = 0; i < CROWD; i++) {
        wp_number next = oracle_put_indexed(write, "crowd", i);
        oracle_put_cost(write, from, next, 100000);
        if (i > 0)
            oracle_put_cost(write, before, next, 100000);
        before = next;
    }
    wp_number gate = oracle_put_indexed(write, "gate", 0);
    oracle_put_cost(write, before, gate, 100000);
    oracle_put_cost(write, gate, to, 100000);
    oracle_commit(write);
    oracle_must(wp_compact(db, NULL, NULL, &err), &err, "compact");
    wp_txn *read = oracle_begin_read(db);
    query.sources = &from;
    query.targets = &to;
    query.k = 5;
    query.with_reach = false;
    oracle_must(wp_paths_find(read, &query, &paths, &err), &err, "paths_find");
    assert_int_equal(wp_paths_count(paths), 1);
    assert_int_equal(wp_paths_at(paths, 0)->hops, 3);
    assert_true(wp_paths_steps(paths) < CROWD + CROWD / 4);
    wp_paths_free(paths);
    wp_abort(read);
}

/* ---- Arguments ---- */

/* The query is refused with a message that has `seen` in it. */
static void assert_refused(const wp_path_query *query, const char *seen)
{
    wp_error err = {WP_OK, ""};
    wp_paths *paths = (wp_paths *)&err;
    assert_int_equal(wp_paths_find(txn, query, &paths, &err), WP_EINVAL);
    assert_int_equal(err.status, WP_EINVAL);
    assert_non_null(strstr(err.message, seen));
    assert_string_not_equal(err.message, "");
    assert_null(paths);
}

static void path_find__refuses_numbers_out_of_range(void **unused)
{
    (void)unused;
    wp_path_query query = big_query();
    query.hops_max = 9;
    assert_refused(&query, "9");
    query.hops_max = 7;
    assert_refused(&query, "7");
    query = big_query();
    query.k = 0;
    assert_refused(&query, "0");
    query.k = 1001;
    assert_refused(&query, "1001");
    query = big_query();
    query.day = -1;
    assert_refused(&query, "");
    query.day = (int32_t)(WP_TIME_MAX / 86400) + 1;
    assert_refused(&query, "");
}

static void path_find__refuses_shares_out_of_range(void **unused)
{
    (void)unused;
    static const double WRONG[] = {-0.1, 1.1, NAN, INFINITY};
    for (size_t i = 0; i < 4; i++) {
        wp_path_query query = big_query();
        query.p_min = WRONG[i];
        assert_refused(&query, "");
        query = big_query();
        query.score_min = WRONG[i];
        assert_refused(&query, "");
        query = big_query();
        query.diverse = WRONG[i];
        assert_refused(&query, "");
    }
}

static void path_find__refuses_missing_lists(void **unused)
{
    (void)unused;
    wp_path_query query = big_query();
    query.source_count = 0;
    assert_refused(&query, "");
    query = big_query();
    query.sources = NULL;
    assert_refused(&query, "");
    query = big_query();
    query.target_count = 0;
    assert_refused(&query, "");
    query = big_query();
    query.targets = NULL;
    assert_refused(&query, "");
    query = big_query();
    query.avoid = NULL;
    query.avoid_count = 1;
    assert_refused(&query, "");
}

static void path_find__refuses_null(void **unused)
{
    (void)unused;
    wp_path_query query = big_query();
    wp_paths *paths = NULL;
    assert_refused(NULL, "");
    assert_int_equal(wp_paths_find(NULL, &query, &paths, NULL), WP_EINVAL);
    assert_int_equal(wp_paths_find(txn, &query, NULL, NULL), WP_EINVAL);
    assert_null(paths);
    wp_paths_free(NULL);
    wp_reach_free(NULL);
}

static void path_find__does_not_know_people_who_do_not_exist(void **unused)
{
    (void)unused;
    wp_number nobody = 1000000;
    wp_paths *paths = NULL;
    wp_path_query query = big_query();
    query.sources = &nobody;
    assert_int_equal(wp_paths_find(txn, &query, &paths, NULL), WP_ENOTFOUND);
    assert_null(paths);
    query = big_query();
    query.targets = &nobody;
    assert_int_equal(wp_paths_find(txn, &query, &paths, NULL), WP_ENOTFOUND);
    query = big_query();
    query.via = nobody;
    assert_int_equal(wp_paths_find(txn, &query, &paths, NULL), WP_ENOTFOUND);
}

static void reach_find__refuses_what_is_out_of_range(void **unused)
{
    (void)unused;
    wp_number nobody = 1000000;
    wp_reach *reach = NULL;
    wp_error err;
    wp_reach_query query = big_reach();
    query.hops_max = 8;
    assert_int_equal(wp_reach_find(txn, &query, &reach, &err), WP_EINVAL);
    assert_non_null(strstr(err.message, "8"));
    query = big_reach();
    query.source_count = 0;
    assert_int_equal(wp_reach_find(txn, &query, &reach, &err), WP_EINVAL);
    query = big_reach();
    query.p_min = 2.0;
    assert_int_equal(wp_reach_find(txn, &query, &reach, &err), WP_EINVAL);
    query = big_reach();
    query.score_min = NAN;
    assert_int_equal(wp_reach_find(txn, &query, &reach, &err), WP_EINVAL);
    query = big_reach();
    query.sources = &nobody;
    assert_int_equal(wp_reach_find(txn, &query, &reach, &err), WP_ENOTFOUND);
    assert_int_equal(wp_reach_find(txn, NULL, &reach, &err), WP_EINVAL);
    assert_null(reach);
}

int main(int argc, char **argv)
{
    if (!random_arguments_read(argc, argv, &arguments)) {
        return 2;
    }
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(path_find__stops_at_its_budget_of_steps),
        cmocka_unit_test(path_find__keeps_what_it_found_when_the_budget_ends_last),
        cmocka_unit_test(path_find__stops_at_its_budget_of_memory),
        cmocka_unit_test(reach_find__by_hops_asks_for_its_memory_first),
        cmocka_unit_test(path_find__stops_when_cancelled),
        cmocka_unit_test(path_find__stops_at_its_deadline),
        cmocka_unit_test(path_find__finds_diverse_paths_behind_many_alike),
        cmocka_unit_test(path_find__traces_an_introducer_of_many_equal_targets_once),
        cmocka_unit_test(path_find__settles_nobody_before_a_cheaper_unread_tie),
        cmocka_unit_test(path_find__does_a_front_of_many_in_parts),
        cmocka_unit_test(path_find__ends_a_search_by_way_of_somebody_with_the_last_introducer),
        cmocka_unit_test(reach_find__stops_at_its_bounds),
        cmocka_unit_test(path_find__refuses_numbers_out_of_range),
        cmocka_unit_test(path_find__refuses_shares_out_of_range),
        cmocka_unit_test(path_find__refuses_missing_lists),
        cmocka_unit_test(path_find__refuses_null),
        cmocka_unit_test(path_find__does_not_know_people_who_do_not_exist),
        cmocka_unit_test(reach_find__refuses_what_is_out_of_range),
    };
    return scratch_end(cmocka_run_group_tests(tests, open_database, close_database));
}
