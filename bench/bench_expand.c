/*
 * How fast is one hop: everybody next to a person, with what each tie costs?
 *
 * A trial sums the costs of all neighbours of ten thousand people drawn at random, through
 * wp_neighbours() into a reused buffer, person by person, then many at once through
 * wp_neighbours_many(), and in the in-memory twin, where the loop over the list is all there is;
 * against many at once also with the lists fetched a few people ahead, as the library does.
 * People are drawn anew in each trial, so that the lists of a large graph come from memory and not
 * from the caches. The sums must agree. Repeated for a day a month and a quarter after the newest
 * evidence, when every cost has to be settled anew.
 */
#include <stdio.h>
#include <stdlib.h>

#include "csr.h"
#include "graph.h"
#include "random.h"

#define BATCH 10000
#define NEIGHBOURS_MAX 1000000
#define CHUNK 16384 /* neighbours at once: they stay in the second-level cache */
#define AHEAD_STARTS 16
#define AHEAD_LISTS 5
#define LINES 12 /* fetched of a list */
#define ARCS_A_LINE 8

typedef struct expansion {
    const csr *twin;
    wp_txn *txn;
    int32_t day;
    random_stream random;
    uint32_t people[BATCH];
    wp_neighbour *buffer;
    size_t counts[BATCH];
    uint64_t sums[3];
    double arcs;
} expansion;

static void prepare(void *context, uint64_t trial)
{
    expansion *it = context;
    (void)trial;
    it->arcs = 0;
    for (size_t i = 0; i < BATCH; i++)
        it->people[i] = 1 + random_below(&it->random, it->twin->people);
}

static void expand(void *context)
{
    expansion *it = context;
    uint64_t sum = 0;
    for (size_t i = 0; i < BATCH; i++) {
        wp_error err;
        size_t count;
        bench_check(wp_neighbours(it->txn, it->people[i], it->day, false, WP_COST_NONE - 1,
                                  it->buffer, NEIGHBOURS_MAX, &count, &err),
                    &err);
        for (size_t j = 0; j < count; j++)
            sum += it->buffer[j].cost;
    }
    it->sums[0] = sum;
}

/* As many people at once as have CHUNK neighbours together; whoever has more, alone. */
static void expand_many(void *context)
{
    expansion *it = context;
    uint64_t sum = 0;
    for (size_t i = 0, done; i < BATCH; i += done) {
        wp_error err;
        size_t count = 0, room = CHUNK;
        for (done = 0; done == 0; room = NEIGHBOURS_MAX)
            bench_check(wp_neighbours_many(it->txn, it->people + i, BATCH - i, it->day, false,
                                           WP_COST_NONE - 1, it->buffer, room, it->counts, &done,
                                           &err),
                        &err);
        for (size_t j = 0; j < done; j++)
            count += it->counts[j];
        for (size_t j = 0; j < count; j++)
            sum += it->buffer[j].cost;
    }
    it->sums[0] = sum;
}

/* Have the list of somebody a few people on fetched. */
static inline void fetch_ahead(const expansion *it, size_t at)
{
    const csr_side *side = &it->twin->out;
    if (at + AHEAD_STARTS < BATCH)
        bench_prefetch(&side->starts[it->people[at + AHEAD_STARTS]]);
    if (at + AHEAD_LISTS >= BATCH)
        return;
    uint32_t person = it->people[at + AHEAD_LISTS];
    uint64_t first = side->starts[person], end = side->starts[person + 1];
    for (uint64_t j = first; j < end && j < first + LINES * ARCS_A_LINE; j += ARCS_A_LINE)
        bench_prefetch(&side->arcs[j]);
}

static inline uint64_t sum_twin(expansion *it, bool is_ahead)
{
    const csr_side *side = &it->twin->out;
    uint64_t sum = 0;
    size_t arcs = 0;
    for (size_t i = 0; i < BATCH; i++) {
        if (is_ahead)
            fetch_ahead(it, i);
        uint64_t end = side->starts[it->people[i] + 1];
        for (uint64_t j = side->starts[it->people[i]]; j < end; j++)
            sum += side->arcs[j].cost;
        arcs += end - side->starts[it->people[i]];
    }
    it->arcs = (double)arcs;
    return sum;
}

static void expand_twin(void *context)
{
    expansion *it = context;
    it->sums[1] = sum_twin(it, false);
}

static void expand_twin_ahead(void *context)
{
    expansion *it = context;
    it->sums[2] = sum_twin(it, true);
}

static bool verify(void *context, size_t contestant)
{
    const expansion *it = context;
    return it->sums[0] == it->sums[contestant];
}

static void run_day(bench_options *options, const graph *network, int32_t days_later)
{
    wp_error err;
    csr twin;
    char name[64];
    double people = BATCH;
    int32_t day = network->day + days_later;
    expansion it = {.twin = &twin, .day = day, .random = {random_mix(options->seed)}};
    bench_contestant contestants[] = {{.run = expand},
                                      {.name = "csr", .run = expand_twin},
                                      {.name = "csr-ahead", .run = expand_twin_ahead}};
    bench_contest contest = {name, &it, prepare, verify, contestants, 2, "ns/person", 1e3, &people};
    csr_load(&twin, network->db, network->people, day);
    if (options->is_verifying && !csr_agrees(&twin, network->db, day, options->seed))
        bench_die("wp_neighbours() and wp_person_ties() disagree");
    it.buffer = bench_new(NEIGHBOURS_MAX, sizeof *it.buffer);
    bench_check(wp_begin_read(network->db, &it.txn, &err), &err);
    snprintf(name, sizeof name, "1 hop, day +%d", (int)days_later);
    bench_contest_run(options, &contest);
    snprintf(name, sizeof name, "1 hop, day +%d, per arc", (int)days_later);
    contest.unit = "ns/arc";
    contest.work = &it.arcs;
    bench_contest_run(options, &contest);
    contestants[0].run = expand_many;
    contest.count = 3;
    snprintf(name, sizeof name, "1 hop of many, day +%d, per arc", (int)days_later);
    bench_contest_run(options, &contest);
    wp_abort(it.txn);
    free(it.buffer);
    csr_free(&twin);
}

int main(int argc, char **argv)
{
    static const bench_about about = {"expand",
                                      "How long does it take to read everybody next to a person?",
                                      "community-100k", 30};
    bench_options options;
    graph network;
    bench_begin(&options, &about, argc, argv);
    graph_open(&options, &network);
    run_day(&options, &network, 0);
    run_day(&options, &network, 30);
    run_day(&options, &network, 90);
    graph_close(&network);
    return bench_end(&options);
}
