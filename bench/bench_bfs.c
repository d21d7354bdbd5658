/*
 * How long does it take to visit everybody, by the number of hops?
 *
 * Each trial is a full breadth-first search from somebody drawn at random: wp_reach_find() by hops
 * without a limit, against the same direction-optimising search on the in-memory twin; once with
 * the twin's arcs of 8 bytes, once with arcs of 4 bytes that have no cost and so need half of the
 * memory traffic. The answer is everybody reached, ordered by hops, then number; the two must be
 * equal. The unit per arc counts all arcs of the graph, although a search that goes bottom-up looks
 * at few of them.
 */
#include <stdio.h>
#include <stdlib.h>

#include "csr_bfs.h"
#include "graph.h"
#include "questions.h"

#define IDS_ARCS_MAX 150000000u /* beyond, the second twin does not fit beside the file */

typedef struct session {
    const graph *network;
    wp_txn *txn;
    csr twin;
    csr_bfs bfs;
    random_stream random;
    uint32_t source;
    wp_reach *reach;
    csr_reached *found;
    size_t found_count;
} session;

static void prepare(void *context, uint64_t trial)
{
    session *it = context;
    (void)trial;
    it->source = question_person(it->txn, it->network, &it->random);
}

static void search(void *context)
{
    session *it = context;
    wp_error err;
    wp_reach_query query = WP_REACH_QUERY_INIT;
    wp_reach_free(it->reach);
    query.sources = &it->source;
    query.source_count = 1;
    query.day = it->network->day;
    query.hops_max = WP_HOPS_ANY;
    query.is_plain = true;
    query.is_by_hops = true;
    bench_check(wp_reach_find(it->txn, &query, &it->reach, &err), &err);
}

static void search_twin(void *context)
{
    session *it = context;
    free(it->found);
    it->found = csr_bfs_run(&it->bfs, it->source, false, &it->found_count);
}

static void search_ids(void *context)
{
    session *it = context;
    free(it->found);
    it->found = csr_bfs_run(&it->bfs, it->source, true, &it->found_count);
}

static bool verify(void *context, size_t contestant)
{
    session *it = context;
    const wp_reached *items = wp_reach_items(it->reach);
    (void)contestant;
    if (wp_reach_count(it->reach) != it->found_count || !wp_reach_is_complete(it->reach))
        return false;
    for (size_t i = 0; i < it->found_count; i++)
        if (items[i].person != it->found[i].person || items[i].hops != it->found[i].hops)
            return false;
    return true;
}

static void run(bench_options *options, session *it, const char *name, const char *unit,
                double factor)
{
    bench_contestant twin[] = {{.run = search}, {.name = "csr", .run = search_twin}};
    bench_contestant ids[] = {{.run = search}, {.name = "csr-ids", .run = search_ids}};
    bench_contest contest = {.name = name,
                             .context = it,
                             .prepare = prepare,
                             .verify = verify,
                             .contestants = twin,
                             .count = 2,
                             .unit = unit,
                             .factor = factor};
    bench_contest_run(options, &contest);
    contest.contestants = ids;
    if (it->twin.out.ids != NULL)
        bench_contest_run(options, &contest);
}

int main(int argc, char **argv)
{
    static const bench_about about = {
        "bfs", "How long does it take to visit everybody, by the number of hops?", "community-100k",
        30};
    bench_options options;
    graph network;
    wp_error err;
    bench_begin(&options, &about, argc, argv);
    graph_open(&options, &network);
    session it = {.network = &network, .random = {random_mix(options.seed)}};
    csr_load(&it.twin, network.db, network.people, network.day);
    if (it.twin.arc_count <= IDS_ARCS_MAX)
        csr_add_ids(&it.twin);
    csr_bfs_begin(&it.bfs, &it.twin);
    bench_check(wp_begin_read(network.db, &it.txn, &err), &err);
    run(&options, &it, "full, any hops", "us", 1);
    run(&options, &it, "full, any hops, per arc", "ns/arc", 1e3 / (double)it.twin.arc_count);
    wp_reach_free(it.reach);
    free(it.found);
    wp_abort(it.txn);
    csr_bfs_free(&it.bfs);
    csr_free(&it.twin);
    graph_close(&network);
    return bench_end(&options);
}
