/*
 * Three searches for one pair on the twin: see csr_pair.h.
 *
 * One-sided and two-sided are Dijkstra's algorithm as textbooks have it, with dense costs and a
 * four-ary heap; the two-sided one settles on the side whose next person is nearer and stops when
 * the two next together cost as much as the best meeting.
 *
 * The pruned one makes use of the order of lists. With a bound U, the smaller of a threshold and
 * the best meeting, and T the cost of the other side's next person, an arc from a person settled at
 * d is of no use when d + cost + T >= U, nor are those after it. Its labels are a hash table,
 * because it touches few people. When no path is below the threshold, the threshold is doubled.
 */
#include "csr_pair.h"

#define THRESHOLD_FIRST 500000u
#define AHEAD 8

static const csr_side *side_of(const csr_pair *pair, int side)
{
    return side == 0 ? &pair->graph->out : &pair->graph->in;
}

void csr_pair_begin(csr_pair *pair, const csr *graph)
{
    size_t count = (size_t)graph->people + 1;
    *pair = (csr_pair){.graph = graph};
    for (int side = 0; side < 2; side++) {
        pair->dense[side] = bench_new_huge(count, sizeof(uint32_t));
        memset(pair->dense[side], 0xff, count * sizeof(uint32_t));
    }
}

void csr_pair_free(csr_pair *pair)
{
    for (int side = 0; side < 2; side++) {
        bench_free_huge(pair->dense[side], (size_t)pair->graph->people + 1, sizeof(uint32_t));
        heap_free(&pair->touched[side]);
        heap_free(&pair->queue[side]);
        labels_free(&pair->sparse[side]);
    }
    *pair = (csr_pair){.graph = NULL};
}

static void touch(heap *list, uint32_t person)
{
    if (list->count == list->capacity) {
        list->capacity = list->capacity == 0 ? 4096 : 2 * list->capacity;
        list->items = realloc(list->items, list->capacity * sizeof *list->items);
        if (list->items == NULL)
            bench_die("no memory for a list of %zu", list->capacity);
    }
    list->items[list->count++] = person;
}

static inline bool improve(csr_pair *pair, int side, uint32_t person, uint64_t cost)
{
    uint32_t *known = &pair->dense[side][person];
    if (*known <= cost)
        return false;
    if (*known == UINT32_MAX)
        touch(&pair->touched[side], person);
    *known = (uint32_t)cost;
    heap_push(&pair->queue[side], heap_item(cost, person));
    return true;
}

static void forget(csr_pair *pair)
{
    for (int side = 0; side < 2; side++) {
        for (size_t i = 0; i < pair->touched[side].count; i++)
            pair->dense[side][pair->touched[side].items[i]] = UINT32_MAX;
        pair->touched[side].count = 0;
        pair->queue[side].count = 0;
    }
}

uint64_t csr_pair_one_sided(csr_pair *pair, uint32_t from, uint32_t to)
{
    uint64_t found = UINT64_MAX;
    const csr_side *out = &pair->graph->out;
    improve(pair, 0, from, 0);
    while (pair->queue[0].count > 0) {
        uint64_t item = heap_pop(&pair->queue[0]);
        uint32_t person = (uint32_t)item;
        if (heap_cost(item) != pair->dense[0][person])
            continue;
        if (person == to) {
            found = heap_cost(item);
            break;
        }
        for (uint64_t at = out->starts[person]; at < out->starts[person + 1]; at++)
            improve(pair, 0, out->arcs[at].person, (uint64_t)heap_cost(item) + out->arcs[at].cost);
    }
    forget(pair);
    return found;
}

static void settle(csr_pair *pair, int side, uint64_t *best)
{
    const csr_side *lists = side_of(pair, side);
    uint64_t item = heap_pop(&pair->queue[side]);
    uint32_t person = (uint32_t)item;
    if (heap_cost(item) != pair->dense[side][person])
        return;
    for (uint64_t at = lists->starts[person]; at < lists->starts[person + 1]; at++) {
        wp_neighbour arc = lists->arcs[at];
        uint64_t cost = (uint64_t)heap_cost(item) + arc.cost;
        uint32_t other = pair->dense[1 - side][arc.person];
        if (improve(pair, side, arc.person, cost) && other != UINT32_MAX && cost + other < *best)
            *best = cost + other;
    }
}

uint64_t csr_pair_two_sided(csr_pair *pair, uint32_t from, uint32_t to)
{
    uint64_t best = UINT64_MAX;
    improve(pair, 0, from, 0);
    improve(pair, 1, to, 0);
    while (pair->queue[0].count > 0 && pair->queue[1].count > 0) {
        uint64_t near = heap_top(&pair->queue[0]), far = heap_top(&pair->queue[1]);
        if (near + far >= best)
            break;
        settle(pair, near <= far ? 0 : 1, &best);
    }
    forget(pair);
    return best;
}

/* Settle one person on a side. Returns whether a list was cut short. */
static bool settle_pruned(csr_pair *pair, int side, uint64_t *bound)
{
    const csr_side *lists = side_of(pair, side);
    const label_table *others = &pair->sparse[1 - side];
    uint64_t other_top = heap_top(&pair->queue[1 - side]);
    uint64_t item = heap_pop(&pair->queue[side]);
    uint32_t person = (uint32_t)item;
    if (heap_cost(item) != labels_find(&pair->sparse[side], person))
        return false;
    uint64_t end = lists->starts[person + 1];
    for (uint64_t at = lists->starts[person]; at < end; at++) {
        wp_neighbour arc = lists->arcs[at];
        uint64_t cost = (uint64_t)heap_cost(item) + arc.cost;
        if (cost + other_top >= *bound)
            return true;
        if (at + AHEAD < end) {
            labels_prefetch(&pair->sparse[side], lists->arcs[at + AHEAD].person);
            labels_prefetch(others, lists->arcs[at + AHEAD].person);
        }
        if (!labels_improve(&pair->sparse[side], arc.person, cost))
            continue;
        heap_push(&pair->queue[side], heap_item(cost, arc.person));
        uint64_t other = labels_find(others, arc.person);
        if (other != LABELS_NONE && cost + other < *bound)
            *bound = cost + other;
    }
    return false;
}

/* All paths below the threshold: the cheapest cost, or the threshold when there is none. */
static uint64_t search_below(csr_pair *pair, uint32_t from, uint32_t to, uint64_t threshold,
                             bool *was_cut)
{
    uint64_t bound = threshold;
    for (int side = 0; side < 2; side++) {
        uint32_t person = side == 0 ? from : to;
        labels_clear(&pair->sparse[side]);
        pair->queue[side].count = 0;
        labels_improve(&pair->sparse[side], person, 0);
        heap_push(&pair->queue[side], heap_item(0, person));
    }
    *was_cut = false;
    while (pair->queue[0].count > 0 && pair->queue[1].count > 0) {
        uint64_t near = heap_top(&pair->queue[0]), far = heap_top(&pair->queue[1]);
        if (near + far >= bound) {
            *was_cut = true;
            break;
        }
        *was_cut |= settle_pruned(pair, near <= far ? 0 : 1, &bound);
    }
    return bound;
}

uint64_t csr_pair_pruned(csr_pair *pair, uint32_t from, uint32_t to)
{
    for (uint64_t threshold = THRESHOLD_FIRST;; threshold *= 2) {
        bool was_cut;
        uint64_t limit = threshold < UINT32_MAX ? threshold : UINT32_MAX;
        uint64_t found = search_below(pair, from, to, limit, &was_cut);
        if (found < limit)
            return found;
        if (!was_cut || limit == UINT32_MAX)
            return UINT64_MAX;
    }
}
