/*
 * Path queries compared with the oracle.
 *
 * Many small random graphs, disjoint, share one database file; each is stored in two transactions,
 * its interactions shuffled, and then asked many questions on several days. Every answer must be
 * that of the enumeration: costs, hops, order, people, figures of each tie, account reach. A few
 * larger graphs are compared with the search by layers.
 *
 * A case is one query on a small graph: `--cases N`. On a mismatch the seed, the number of the case
 * and everything needed to follow it by hand are printed.
 */
#include "oracle_random.h"
#include "oracle_store.h"
#include "oracle_world.h"
#include "scratch.h"

#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define CASES_PER_DAY 5
#define DAYS_PER_GRAPH 3
#define CASES_PER_GRAPH (CASES_PER_DAY * DAYS_PER_GRAPH)

static random_arguments arguments = {1, 4000};

/* Without via, the two oracles must agree on cost and hops of every introducer. */
static bool oracles_agree(const oracle_graph *graph, const wp_path_query *query)
{
    wp_path_query all = *query;
    all.k = 1000;
    all.diverse = 1.0;
    size_t count = graph->model->people_count;
    oracle_best *best = oracle_alloc(count, sizeof *best);
    oracle_answer answer;
    oracle_paths_find(graph, &all, &answer);
    oracle_introducers_find(graph, &all, best);
    size_t found = 0;
    for (size_t i = 0; i < count; i++) {
        found += best[i].cost != UINT64_MAX;
    }
    bool is_equal = found == answer.count;
    for (size_t i = 0; i < answer.count && is_equal; i++) {
        const oracle_path *path = &answer.paths[i];
        const oracle_best *other = &best[path->people[path->hops - 1]];
        is_equal = path->cost == other->cost && path->hops == other->hops;
    }
    free(best);
    oracle_answer_free(&answer);
    return is_equal;
}

/* Ask one question. */
static bool check_case(wp_txn *txn, const oracle_graph *graph, random_source *random)
{
    oracle_query q;
    oracle_random_query(random, graph, &q);
    if (q.query.via == 0 && !oracles_agree(graph, &q.query)) {
        print_error("the two oracles disagree\n");
        oracle_dump_graph(graph);
        oracle_dump_query(graph, &q.query);
        return false;
    }
    wp_error err;
    wp_paths *paths = NULL;
    wp_status status = wp_paths_find(txn, &q.query, &paths, &err);
    if (status != WP_OK) {
        print_error("paths_find: %s: %s\n", wp_status_name(status), err.message);
        oracle_dump_query(graph, &q.query);
        return false;
    }
    bool is_right = oracle_check_paths(graph, &q.query, paths);
    wp_paths_free(paths);
    return is_right;
}

/* Ask the questions of one graph. Returns how many answers were wrong. */
static size_t check_model(wp_txn *txn, const oracle *model, size_t index)
{
    size_t wrong = 0;
    for (size_t d = 0; d < DAYS_PER_GRAPH; d++) {
        random_source random = random_start(arguments.seed + 1, index * DAYS_PER_GRAPH + d);
        oracle_graph *graph = oracle_graph_read(model, txn, oracle_random_day(&random, model));
        if (!oracle_check_ties(graph, 1e-5)) {
            print_error("seed %" PRIu64 ", graph %zu: ties differ from the model\n\n",
                        arguments.seed, index);
            wrong++;
        }
        for (size_t i = 0; i < CASES_PER_DAY; i++) {
            if (!check_case(txn, graph, &random)) {
                print_error("seed %" PRIu64 ", graph %zu, case %zu\n\n", arguments.seed, index,
                            index * CASES_PER_GRAPH + d * CASES_PER_DAY + i);
                wrong++;
            }
        }
        oracle_graph_free(graph);
    }
    return wrong;
}

static void path_find__is_the_enumeration_on_small_graphs(void **unused)
{
    (void)unused;
    size_t graphs = (size_t)(arguments.cases + CASES_PER_GRAPH - 1) / CASES_PER_GRAPH;
    oracle_world w;
    oracle_world_make(&w, arguments.seed, graphs);
    wp_db *db = oracle_world_store(&w, "small");
    size_t wrong = oracle_world_ask(&w, db, check_model);
    oracle_expect_sound(db, arguments.seed, 0, "after all questions");
    wp_close(db);
    printf("%zu graphs, %zu cases\n", w.count, w.count * CASES_PER_GRAPH);
    oracle_world_free(&w);
    assert_int_equal(wrong, 0);
}

/* ---- Larger graphs ---- */

static void fill_large_query(random_source *random, const oracle *model, oracle_query *q)
{
    static const double SCORE_MIN[] = {0.0, 0.02, 0.02, 0.1};
    q->query = (wp_path_query)WP_PATH_QUERY_INIT;
    q->query.sources = q->sources;
    q->query.targets = q->targets;
    q->query.source_count = 1 + random_below(random, ORACLE_LIST_MAX);
    q->query.target_count = 1 + random_below(random, ORACLE_LIST_MAX);
    for (size_t i = 0; i < ORACLE_LIST_MAX; i++) {
        q->sources[i] = model->people[random_below(random, model->people_count)].number;
        q->targets[i] = model->people[random_below(random, model->people_count)].number;
    }
    q->query.day = oracle_random_day(random, model);
    q->query.hops_max = (uint32_t)random_below(random, 7);
    q->query.k = random_chance(random, 0.3) ? 1000 : (uint32_t)random_between(random, 1, 20);
    q->query.score_min = SCORE_MIN[random_below(random, 4)];
    q->query.p_min = random_chance(random, 0.3) ? 0.0 : 0.05;
    q->query.is_plain = random_chance(random, 0.3);
    q->query.with_reach = random_chance(random, 0.5);
}

static size_t check_large_day(wp_txn *txn, const oracle *model, random_source *random)
{
    size_t wrong = 0;
    oracle_query q;
    int32_t day = oracle_random_day(random, model);
    oracle_graph *graph = oracle_graph_read(model, txn, day);
    for (size_t i = 0; i < 25; i++) {
        fill_large_query(random, model, &q);
        q.query.day = day;
        wp_error err;
        wp_paths *paths = NULL;
        oracle_must(wp_paths_find(txn, &q.query, &paths, &err), &err, "paths_find");
        if (!oracle_check_introducers(graph, &q.query, paths)) {
            print_error("seed %" PRIu64 ", graph %s, query %zu\n\n", arguments.seed, model->name,
                        i);
            wrong++;
        }
        wp_paths_free(paths);
    }
    oracle_graph_free(graph);
    return wrong;
}

static size_t check_large_model(wp_txn *txn, const oracle *model, random_source *random)
{
    size_t wrong = check_large_day(txn, model, random);
    return wrong + check_large_day(txn, model, random);
}

static void path_find__has_the_costs_of_the_layers_on_larger_graphs(void **unused)
{
    (void)unused;
    static const oracle_large SIZES[] = {{200, 3.0}, {500, 8.0}, {1000, 5.0}, {2000, 4.0}};
    assert_int_equal(oracle_large_ask(arguments.seed + 2, SIZES, 4, check_large_model), 0);
}

/* ---- The oracles alone ---- */

static void oracles__agree_on_random_graphs(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < 300; i++) {
        random_source random = random_start(arguments.seed + 3, i);
        oracle *model = oracle_random_small(&random, "self");
        for (size_t j = 0; j < model->people_count; j++) {
            model->people[j].number = (wp_number)j + 1;
        }
        oracle_graph *graph = oracle_graph_compute(model, oracle_random_day(&random, model));
        for (size_t j = 0; j < 10; j++) {
            oracle_query q;
            oracle_random_query(&random, graph, &q);
            q.query.via = 0;
            assert_true(oracles_agree(graph, &q.query));
        }
        oracle_graph_free(graph);
        oracle_free(model);
    }
}

int main(int argc, char **argv)
{
    if (!random_arguments_read(argc, argv, &arguments)) {
        return 2;
    }
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(oracles__agree_on_random_graphs),
        cmocka_unit_test(path_find__is_the_enumeration_on_small_graphs),
        cmocka_unit_test(path_find__has_the_costs_of_the_layers_on_larger_graphs),
    };
    return scratch_end(cmocka_run_group_tests(tests, NULL, NULL));
}
