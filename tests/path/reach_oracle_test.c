/*
 * Reach queries compared with the oracle.
 *
 * The search by layers gives the best cost and the fewest hops to everybody; the answer of the
 * database must have exactly these people, figures and order; so too by hops alone. On small graphs
 * each person reached is also asked for with a path query, which must agree: that is how reach is
 * defined.
 *
 * A case is one query on a small graph: `--cases N`.
 */
#include "oracle_random.h"
#include "oracle_store.h"
#include "oracle_world.h"
#include "scratch.h"

#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

#define CASES_PER_GRAPH 16

static random_arguments arguments = {1, 5600};

static void as_reach(const wp_path_query *from, wp_reach_query *to)
{
    *to = (wp_reach_query)WP_REACH_QUERY_INIT;
    to->sources = from->sources;
    to->source_count = from->source_count;
    to->day = from->day;
    to->hops_max = from->hops_max;
    to->p_min = from->p_min;
    to->score_min = from->score_min;
    to->is_plain = from->is_plain;
}

/* Whether the best path to each person of the model is what reach says of them. */
static bool agrees_with_paths(wp_txn *txn, const oracle_graph *graph, const wp_reach_query *query,
                              const wp_reach *reach)
{
    size_t found = 0;
    for (size_t i = 0; i < wp_reach_count(reach); i++) {
        const wp_reached *reached = &wp_reach_items(reach)[i];
        wp_path_query one = WP_PATH_QUERY_INIT;
        one.sources = query->sources;
        one.source_count = query->source_count;
        one.targets = &reached->person;
        one.target_count = 1;
        one.day = query->day;
        one.hops_max = query->hops_max;
        one.k = 1;
        one.p_min = query->p_min;
        one.score_min = query->score_min;
        one.is_plain = query->is_plain;
        wp_paths *paths = NULL;
        wp_error err;
        oracle_must(wp_paths_find(txn, &one, &paths, &err), &err, "paths_find");
        const wp_path *path = wp_paths_at(paths, 0);
        if (path != NULL && path->cost == reached->cost && path->hops == reached->hops) {
            found++;
        } else {
            print_error("reach and the path to one person differ\n");
            oracle_dump_graph(graph);
            oracle_dump_query(graph, &one);
        }
        wp_paths_free(paths);
    }
    return found == wp_reach_count(reach);
}

static bool check_reach(wp_txn *txn, const oracle_graph *graph, const wp_reach_query *query,
                        bool is_small)
{
    wp_error err;
    wp_reach *reach = NULL;
    oracle_must(wp_reach_find(txn, query, &reach, &err), &err, "reach_find");
    bool is_right = oracle_check_reach(graph, query, reach);
    if (is_right && is_small && !query->is_by_hops) {
        is_right = agrees_with_paths(txn, graph, query, reach);
    }
    wp_reach_free(reach);
    return is_right;
}

/* Ask the questions of one graph, half of them on another day. Returns how many were wrong. */
static size_t check_model(wp_txn *txn, const oracle *model, size_t index)
{
    size_t wrong = 0;
    random_source random = random_start(arguments.seed + 1, index);
    oracle_graph *graph = NULL;
    for (size_t i = 0; i < CASES_PER_GRAPH; i++) {
        if (i % (CASES_PER_GRAPH / 2) == 0) {
            oracle_graph_free(graph);
            graph = oracle_graph_read(model, txn, oracle_random_day(&random, model));
        }
        oracle_query drawn;
        wp_reach_query query;
        oracle_random_query(&random, graph, &drawn);
        as_reach(&drawn.query, &query);
        query.hops_max = (uint32_t)random_below(&random, 7);
        query.is_by_hops = i % 4 == 3;
        if (!check_reach(txn, graph, &query, true)) {
            print_error("seed %" PRIu64 ", graph %zu, case %zu\n\n", arguments.seed, index,
                        index * CASES_PER_GRAPH + i);
            wrong++;
        }
    }
    oracle_graph_free(graph);
    return wrong;
}

static void reach_find__is_the_layers_on_small_graphs(void **unused)
{
    (void)unused;
    size_t graphs = (size_t)(arguments.cases + CASES_PER_GRAPH - 1) / CASES_PER_GRAPH;
    oracle_world world;
    oracle_world_make(&world, arguments.seed + 100, graphs);
    wp_db *db = oracle_world_store(&world, "small");
    size_t wrong = oracle_world_ask(&world, db, check_model);
    wp_close(db);
    printf("%zu graphs, %zu cases\n", world.count, world.count * CASES_PER_GRAPH);
    oracle_world_free(&world);
    assert_int_equal(wrong, 0);
}

static size_t check_large_model(wp_txn *txn, const oracle *model, random_source *random)
{
    static const double SCORE_MIN[] = {0.0, 0.02, 0.1};
    size_t wrong = 0;
    oracle_graph *graph = oracle_graph_read(model, txn, oracle_random_day(random, model));
    for (size_t i = 0; i < 20; i++) {
        wp_number sources[3];
        for (size_t j = 0; j < 3; j++) {
            sources[j] = model->people[random_below(random, model->people_count)].number;
        }
        wp_reach_query query = WP_REACH_QUERY_INIT;
        query.sources = sources;
        query.source_count = 1 + random_below(random, 3);
        query.day = graph->day;
        query.hops_max = (uint32_t)random_below(random, 7);
        query.score_min = SCORE_MIN[random_below(random, 3)];
        query.is_plain = random_chance(random, 0.5);
        query.is_by_hops = i % 4 == 3;
        wrong += !check_reach(txn, graph, &query, false);
    }
    oracle_graph_free(graph);
    return wrong;
}

static void reach_find__is_the_layers_on_larger_graphs(void **unused)
{
    (void)unused;
    static const oracle_large SIZES[] = {{200, 8.0}, {600, 2.5}, {2000, 5.0}};
    assert_int_equal(oracle_large_ask(arguments.seed + 2, SIZES, 3, check_large_model), 0);
}

int main(int argc, char **argv)
{
    if (!random_arguments_read(argc, argv, &arguments)) {
        return 2;
    }
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reach_find__is_the_layers_on_small_graphs),
        cmocka_unit_test(reach_find__is_the_layers_on_larger_graphs),
    };
    return scratch_end(cmocka_run_group_tests(tests, NULL, NULL));
}
