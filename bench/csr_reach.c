/*
 * Reach by cost on the twin: see csr_reach.h.
 *
 * Within three hops no queue is needed: level by level, each person is expanded at most twice, once
 * as first and once as second intermediary. Without a limit it is Dijkstra's algorithm with dense
 * costs, and as in the library with a radix heap over steps of cost no wider than the cheapest tie,
 * so that all people of a step are settled at once and their lists fetched ahead. In both, what
 * somebody costs as an end and as an intermediary differ by the relay factor, so both are kept; who
 * is not reached better is not passed better either. The answer is sorted by radix, cost first,
 * then hops.
 */
#include "csr_reach.h"

#include <string.h>

#include "csr_path.h"

#define DIGIT_BITS 11
#define STEP_BITS 14 /* no tie costs less than 20 203 */
#define AHEAD_STARTS 16
#define AHEAD_ARCS 8
#define LINES 12

static uint32_t *new_costs(size_t people)
{
    uint32_t *costs = bench_new_huge(people + 1, sizeof *costs);
    memset(costs, 0xff, (people + 1) * sizeof *costs);
    return costs;
}

void csr_reach_begin(csr_reach *reach, const csr *graph)
{
    size_t people = graph->people;
    *reach = (csr_reach){.graph = graph};
    reach->ends = new_costs(people);
    reach->labels = new_costs(people);
    reach->seconds = new_costs(people);
    reach->hops = bench_new_huge(people + 1, 1);
    reach->label_hops = bench_new_huge(people + 1, 1);
    reach->capacity = people + 1;
    reach->found = bench_new_huge(reach->capacity, sizeof *reach->found);
    reach->spare = bench_new_huge(reach->capacity, sizeof *reach->spare);
}

void csr_reach_free(csr_reach *reach)
{
    size_t count = (size_t)reach->graph->people + 1;
    bench_free_huge(reach->ends, count, 4);
    bench_free_huge(reach->labels, count, 4);
    bench_free_huge(reach->seconds, count, 4);
    bench_free_huge(reach->hops, count, 1);
    bench_free_huge(reach->label_hops, count, 1);
    bench_free_huge(reach->found, count, sizeof *reach->found);
    bench_free_huge(reach->spare, count, sizeof *reach->spare);
    heap_free(&reach->touched);
    for (size_t i = 0; i < CSR_REACH_LEVELS; i++)
        heap_free(&reach->queue[i]);
    heap_free(&reach->front);
    *reach = (csr_reach){.graph = NULL};
}

static void append(heap *list, uint64_t item)
{
    if (list->count == list->capacity) {
        list->capacity = list->capacity == 0 ? 4096 : 2 * list->capacity;
        list->items = realloc(list->items, list->capacity * sizeof *list->items);
        if (list->items == NULL)
            bench_die("no memory for a list of %zu", list->capacity);
    }
    list->items[list->count++] = item;
}

/* Whether the end is better than what was known. */
static inline bool improve_end(csr_reach *reach, uint32_t person, uint64_t cost, uint8_t hops)
{
    uint32_t known = reach->ends[person];
    if (cost > known || (cost == known && hops >= reach->hops[person]))
        return false;
    if (known == UINT32_MAX)
        append(&reach->touched, person);
    reach->ends[person] = (uint32_t)cost;
    reach->hops[person] = hops;
    return true;
}

/* --- the answer --- */

/* By 44 bits of the key: 36 of cost and 8 of hops. */
static void sort_found(csr_reach *reach)
{
    for (unsigned shift = 0; shift < 44; shift += DIGIT_BITS) {
        size_t starts[(1 << DIGIT_BITS) + 1] = {0};
        for (size_t i = 0; i < reach->found_count; i++)
            starts[(reach->found[i].key >> shift & 2047) + 1]++;
        for (size_t i = 0; i < 2048; i++)
            starts[i + 1] += starts[i];
        for (size_t i = 0; i < reach->found_count; i++)
            reach->spare[starts[reach->found[i].key >> shift & 2047]++] = reach->found[i];
        csr_reach_end *found = reach->found;
        reach->found = reach->spare;
        reach->spare = found;
    }
}

static void answer(csr_reach *reach, uint32_t source)
{
    reach->found_count = 0;
    for (size_t i = 0; i < reach->touched.count; i++) {
        uint32_t person = (uint32_t)reach->touched.items[i];
        uint64_t key = (uint64_t)reach->ends[person] << 8 | reach->hops[person];
        if (person != source)
            reach->found[reach->found_count++] = (csr_reach_end){key, person};
        reach->ends[person] = UINT32_MAX;
        reach->labels[person] = UINT32_MAX;
        reach->seconds[person] = UINT32_MAX;
    }
    reach->touched.count = 0;
    sort_found(reach);
}

/* --- three hops --- */

static void spread(csr_reach *reach, uint32_t from, uint64_t spent, uint8_t hops)
{
    const csr_side *out = &reach->graph->out;
    uint32_t *labels = hops == 1 ? reach->labels : hops == 2 ? reach->seconds : NULL;
    uint64_t end = out->starts[from + 1];
    for (uint64_t at = out->starts[from]; at < end; at++) {
        wp_neighbour arc = out->arcs[at];
        uint64_t cost = spent + arc.cost;
        if (at + 8 < end)
            bench_prefetch(&reach->ends[out->arcs[at + 8].person]);
        if (arc.cost > CSR_TIE_MAX || cost > CSR_COST_MAX)
            return;
        if (!improve_end(reach, arc.person, cost, hops))
            continue;
        uint64_t label = cost + (hops > 1 ? CSR_RELAY : 0);
        if (labels != NULL && label < labels[arc.person])
            labels[arc.person] = (uint32_t)label;
    }
}

void csr_reach_three_hops(csr_reach *reach, uint32_t source)
{
    spread(reach, source, 0, 1);
    size_t first_end = reach->touched.count;
    for (size_t i = 0; i < first_end; i++) {
        uint32_t person = (uint32_t)reach->touched.items[i];
        if (person != source)
            spread(reach, person, reach->labels[person], 2);
    }
    size_t second_end = reach->touched.count;
    for (size_t i = 0; i < second_end; i++) {
        uint32_t person = (uint32_t)reach->touched.items[i];
        if (i + 8 < second_end)
            bench_prefetch(&reach->graph->out.starts[reach->touched.items[i + 8]]);
        /* Who is cheaper as the first intermediary leads nowhere cheaper as the second. */
        bool is_useful = reach->seconds[person] < reach->labels[person];
        if (person != source && is_useful && reach->seconds[person] <= CSR_COST_MAX)
            spread(reach, person, reach->seconds[person], 3);
    }
    /* First intermediaries at a cost that no second one undercuts were expanded as such: their
     * neighbours have ends of two hops. */
    answer(reach, source);
}

/* --- any hops --- */

/* Where a label waits: by the highest bit in which its step differs from the one at hand. */
static inline heap *level_of(csr_reach *reach, uint32_t label)
{
    uint32_t step = label >> STEP_BITS ^ reach->step;
    return &reach->queue[step == 0 ? 0 : 32 - __builtin_clz(step)];
}

/* Let the labels of the next step be the front; false when there are none. */
static bool take_step(csr_reach *reach)
{
    heap *level = reach->queue;
    while (level < reach->queue + CSR_REACH_LEVELS && level->count == 0)
        level++;
    if (level == reach->queue + CSR_REACH_LEVELS)
        return false;
    if (level > reach->queue) {
        uint64_t least = UINT64_MAX;
        for (size_t i = 0; i < level->count; i++)
            least = level->items[i] < least ? level->items[i] : least;
        reach->step = heap_cost(least) >> STEP_BITS;
        for (size_t i = 0; i < level->count; i++)
            append(level_of(reach, heap_cost(level->items[i])), level->items[i]);
        level->count = 0;
    }
    heap empty = reach->front;
    reach->front = reach->queue[0];
    reach->queue[0] = empty;
    reach->queue[0].count = 0;
    return true;
}

/* Have the list of somebody who is settled soon fetched. */
static void fetch_list(const csr_side *out, uint32_t person)
{
    const wp_neighbour *arc = &out->arcs[out->starts[person]];
    const wp_neighbour *end = &out->arcs[out->starts[person + 1]];
    for (int line = 0; line < LINES && arc < end; line++, arc += 8)
        bench_prefetch(arc);
}

static void settle(csr_reach *reach, uint32_t from, uint64_t spent, uint8_t hops, bool is_plain)
{
    const csr_side *out = &reach->graph->out;
    uint64_t end = out->starts[from + 1];
    uint64_t tie_max = is_plain ? UINT32_MAX : CSR_TIE_MAX;
    uint64_t cost_max = is_plain ? UINT32_MAX - 1 : CSR_COST_MAX;
    for (uint64_t at = out->starts[from]; at < end; at++) {
        wp_neighbour arc = out->arcs[at];
        uint64_t cost = spent + arc.cost;
        if (at + 8 < end)
            bench_prefetch(&reach->ends[out->arcs[at + 8].person]);
        if (arc.cost > tie_max || cost > cost_max)
            return;
        if (!improve_end(reach, arc.person, cost, hops))
            continue;
        uint64_t label = cost + (hops > 1 && !is_plain ? CSR_RELAY : 0);
        if (label > reach->labels[arc.person] || label > cost_max ||
            (label == reach->labels[arc.person] && hops >= reach->label_hops[arc.person]))
            continue;
        reach->labels[arc.person] = (uint32_t)label;
        reach->label_hops[arc.person] = hops;
        append(level_of(reach, (uint32_t)label), heap_item(label, arc.person));
    }
}

static void settle_front(csr_reach *reach, bool is_plain)
{
    const csr_side *out = &reach->graph->out;
    const uint64_t *items = reach->front.items;
    for (size_t i = 0; i < reach->front.count; i++) {
        uint32_t person = (uint32_t)items[i];
        if (i + AHEAD_STARTS < reach->front.count) {
            uint32_t next = (uint32_t)items[i + AHEAD_STARTS];
            bench_prefetch(&out->starts[next]);
            bench_prefetch(&reach->labels[next]);
        }
        if (i + AHEAD_ARCS < reach->front.count)
            fetch_list(out, (uint32_t)items[i + AHEAD_ARCS]);
        if (heap_cost(items[i]) != reach->labels[person])
            continue;
        settle(reach, person, heap_cost(items[i]), (uint8_t)(reach->label_hops[person] + 1),
               is_plain);
    }
}

void csr_reach_any_hops(csr_reach *reach, uint32_t source, bool is_plain)
{
    reach->step = 0;
    append(&reach->touched, source);
    reach->labels[source] = 0;
    settle(reach, source, 0, 1, is_plain);
    while (take_step(reach))
        settle_front(reach, is_plain);
    answer(reach, source);
}
