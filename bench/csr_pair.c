/*
 * Three searches for one pair on the twin: see csr_pair.h.
 *
 * One-sided and two-sided are Dijkstra's algorithm as textbooks have it, with dense costs and a
 * four-ary heap; the two-sided one settles on the side whose next person is nearer and stops when
 * the two next together cost as much as the best meeting.
 *
 * The pruned one makes use of the order of lists: of each settled person only the next arc waits in
 * the queue, so that hardly more people are labelled than settled. Its labels are a hash table,
 * because it touches few people; the smaller side goes on. When the two next together cost as much
 * as the best meeting, a better way can only lead over an arc that was not followed, between people
 * settled on either side. The one settled first has it in the list, and the other costs at least
 * what the other side had come to at that time.
 */
#include "csr_pair.h"

#define AHEAD 5 /* of a queue: the first and the children of that in the heap */

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
        free(pair->open[side].items);
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

static csr_open *add_open(csr_open_lists *lists)
{
    if (lists->count == lists->capacity) {
        lists->capacity = lists->capacity == 0 ? 1024 : 2 * lists->capacity;
        lists->items = realloc(lists->items, lists->capacity * sizeof *lists->items);
        if (lists->items == NULL)
            bench_die("no memory for %zu lists", lists->capacity);
    }
    return &lists->items[lists->count++];
}

/* Let the next arc of a list wait whose end has no label yet. */
static void wait_for_next(csr_pair *pair, int side, uint32_t number)
{
    const csr_side *lists = side_of(pair, side);
    csr_open *list = &pair->open[side].items[number];
    for (; list->at < list->end; list->at++) {
        wp_neighbour arc = lists->arcs[list->at];
        if (labels_find(&pair->sparse[side], arc.person) != LABELS_NONE)
            continue;
        bench_prefetch(&lists->starts[arc.person]);
        labels_prefetch(&pair->sparse[1 - side], arc.person);
        heap_push(&pair->queue[side], heap_item(list->cost + arc.cost, number));
        return;
    }
}

static void settle_pruned(csr_pair *pair, int side, uint32_t person, uint64_t cost, uint64_t *best)
{
    const csr_side *lists = side_of(pair, side);
    labels_improve(&pair->sparse[side], person, cost);
    uint64_t other = labels_find(&pair->sparse[1 - side], person);
    if (other != LABELS_NONE && cost + other < *best)
        *best = cost + other;
    uint32_t number = (uint32_t)pair->open[side].count;
    *add_open(&pair->open[side]) = (csr_open){cost, heap_top(&pair->queue[1 - side]),
                                              lists->starts[person], lists->starts[person + 1]};
    wait_for_next(pair, side, number);
}

/* Have the lists fetched to which the next arcs lead. */
static void fetch_ahead(const csr_pair *pair, int side)
{
    const csr_side *lists = side_of(pair, side);
    const heap *queue = &pair->queue[side];
    for (size_t i = 0; i < AHEAD && i < queue->count; i++) {
        const csr_open *list = &pair->open[side].items[(uint32_t)queue->items[i]];
        bench_prefetch(&lists->arcs[lists->starts[lists->arcs[list->at].person]]);
    }
}

/* Follow the next arc of a side. */
static void follow(csr_pair *pair, int side, uint64_t *best)
{
    uint64_t item = heap_pop(&pair->queue[side]);
    fetch_ahead(pair, side);
    uint32_t number = (uint32_t)item;
    uint32_t person = side_of(pair, side)->arcs[pair->open[side].items[number].at++].person;
    wait_for_next(pair, side, number);
    if (labels_find(&pair->sparse[side], person) == LABELS_NONE)
        settle_pruned(pair, side, person, heap_cost(item), best);
}

/* Look at the arcs that were not followed, from people settled on a side to those of the other. */
static void join(const csr_pair *pair, int side, uint64_t *best)
{
    const csr_side *lists = side_of(pair, side);
    for (size_t i = 0; i < pair->open[side].count; i++) {
        const csr_open *list = &pair->open[side].items[i];
        for (uint64_t at = list->at; at < list->end; at++) {
            uint64_t cost = list->cost + lists->arcs[at].cost;
            if (cost + list->other >= *best)
                break;
            uint64_t other = labels_find(&pair->sparse[1 - side], lists->arcs[at].person);
            if (other != LABELS_NONE && cost + other < *best)
                *best = cost + other;
        }
    }
}

uint64_t csr_pair_pruned(csr_pair *pair, uint32_t from, uint32_t to)
{
    uint64_t best = UINT32_MAX;
    for (int side = 0; side < 2; side++) {
        labels_clear(&pair->sparse[side]);
        pair->queue[side].count = 0;
        pair->open[side].count = 0;
    }
    settle_pruned(pair, 0, from, 0, &best);
    settle_pruned(pair, 1, to, 0, &best);
    pair->open[0].items[0].other = 0; /* the other side had not begun */
    while (heap_top(&pair->queue[0]) + heap_top(&pair->queue[1]) < best)
        follow(pair, pair->open[0].count <= pair->open[1].count ? 0 : 1, &best);
    join(pair, 0, &best);
    join(pair, 1, &best);
    return best == UINT32_MAX ? UINT64_MAX : best;
}
