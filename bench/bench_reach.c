/*
 * How long does it take to find everybody within reach of somebody, with the cost of the best path?
 *
 * Three cases: within three hops; without a limit on hops, down to the minimum score; and plain
 * shortest paths over the whole graph. Each against the same question on the in-memory twin: level
 * by level within three hops, otherwise Dijkstra's algorithm with the library's queue. Verified:
 * each person, cost and number of hops, in the order of costs.
 */
#include <stdio.h>
#include <stdlib.h>

#include "csr_reach.h"
#include "graph.h"
#include "questions.h"

#define DEAR_SHARE 0.35 /* of the questions, where an answer is everybody: seconds each */

typedef enum session_kind { THREE_HOPS, ANY_HOPS, PLAIN } session_kind;

typedef struct session {
    session_kind kind;
    const graph *network;
    wp_txn *txn;
    csr twin;
    csr_reach search;
    random_stream random;
    uint32_t source;
    wp_reach *reach;
} session;

static void prepare(void *context, uint64_t trial)
{
    session *it = context;
    (void)trial;
    it->source = question_person(it->txn, it->network, &it->random);
}

static void find(void *context)
{
    session *it = context;
    wp_error err;
    wp_reach_query query = WP_REACH_QUERY_INIT;
    wp_reach_free(it->reach);
    query.sources = &it->source;
    query.source_count = 1;
    query.day = it->network->day;
    query.hops_max = it->kind == THREE_HOPS ? 3 : WP_HOPS_ANY;
    query.is_plain = it->kind == PLAIN;
    bench_check(wp_reach_find(it->txn, &query, &it->reach, &err), &err);
}

static void find_on_twin(void *context)
{
    session *it = context;
    if (it->kind == THREE_HOPS)
        csr_reach_three_hops(&it->search, it->source);
    else
        csr_reach_any_hops(&it->search, it->source, it->kind == PLAIN);
}

typedef struct told {
    uint64_t key;
    uint32_t person;
} told;

static int compare_told(const void *a, const void *b)
{
    const told *x = a, *y = b;
    if (x->key != y->key)
        return x->key < y->key ? -1 : 1;
    return x->person < y->person ? -1 : x->person > y->person;
}

/* Equals are in the order of ids for the library and in none for the twin, so both are sorted. */
static bool verify(void *context, size_t contestant)
{
    session *it = context;
    size_t count = wp_reach_count(it->reach);
    const wp_reached *items = wp_reach_items(it->reach);
    bool is_right = count == it->search.found_count && wp_reach_is_complete(it->reach);
    told *ours = bench_new(count, sizeof *ours);
    told *theirs = bench_new(it->search.found_count, sizeof *theirs);
    (void)contestant;
    for (size_t i = 0; is_right && i < count; i++) {
        ours[i] = (told){items[i].cost << 8 | items[i].hops, items[i].person};
        theirs[i] = (told){it->search.found[i].key, it->search.found[i].person};
        is_right = i == 0 || ours[i - 1].key <= ours[i].key;
    }
    qsort(ours, is_right ? count : 0, sizeof *ours, compare_told);
    qsort(theirs, is_right ? count : 0, sizeof *theirs, compare_told);
    for (size_t i = 0; is_right && i < count; i++)
        is_right = ours[i].key == theirs[i].key && ours[i].person == theirs[i].person;
    free(ours);
    free(theirs);
    return is_right;
}

static void run(bench_options *options, session *it, session_kind kind, const char *name)
{
    double share = kind == THREE_HOPS ? 0 : DEAR_SHARE;
    bench_contestant contestants[] = {{.run = find, .share = share},
                                      {.name = "csr", .run = find_on_twin, .share = share}};
    bench_contest contest = {.name = name,
                             .context = it,
                             .prepare = prepare,
                             .verify = verify,
                             .contestants = contestants,
                             .count = 2,
                             .unit = "us"};
    it->kind = kind;
    bench_contest_run(options, &contest);
}

int main(int argc, char **argv)
{
    static const bench_about about = {
        "reach", "How long does it take to find everybody within reach, by cost?", "community-100k",
        20};
    bench_options options;
    graph network;
    wp_error err;
    bench_begin(&options, &about, argc, argv);
    graph_open(&options, &network);
    session it = {.network = &network, .random = {random_mix(options.seed)}};
    csr_load(&it.twin, network.db, network.people, network.day);
    csr_reach_begin(&it.search, &it.twin);
    bench_check(wp_begin_read(network.db, &it.txn, &err), &err);
    run(&options, &it, THREE_HOPS, "3 hops");
    run(&options, &it, ANY_HOPS, "any hops");
    run(&options, &it, PLAIN, "any hops, plain");
    wp_reach_free(it.reach);
    wp_abort(it.txn);
    csr_reach_free(&it.search);
    csr_free(&it.twin);
    graph_close(&network);
    return bench_end(&options);
}
