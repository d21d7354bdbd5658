/*
 * Two-sided search without pruning on the twin, as one would write it first: all closings, all
 * arrivals within two hops, all joins.
 *
 * Labels are dense arrays in huge pages, which is the fastest that a search can have when it
 * touches much of the graph, and lists are prefetched; so it is what pruning has to beat. Only ties
 * that do not exist for the query (above tie_max) end a list early.
 */
#include "csr_path.h"

typedef struct touched {
    uint32_t *cost;
    heap people; /* used as a list */
} touched;

static void improve(touched *it, uint32_t person, uint64_t cost)
{
    if (it->cost[person] == UINT32_MAX) {
        heap *list = &it->people;
        if (list->count == list->capacity) {
            list->capacity = list->capacity == 0 ? 4096 : 2 * list->capacity;
            list->items = realloc(list->items, list->capacity * sizeof *list->items);
            if (list->items == NULL)
                bench_die("no memory for a list of %zu", list->capacity);
        }
        list->items[list->count++] = person;
    }
    if (cost < it->cost[person])
        it->cost[person] = (uint32_t)cost;
}

static void forget(touched *it)
{
    for (size_t i = 0; i < it->people.count; i++)
        it->cost[it->people.items[i]] = UINT32_MAX;
    heap_free(&it->people);
}

static uint32_t *new_costs(size_t people)
{
    uint32_t *costs = bench_new_huge(people + 1, sizeof *costs);
    memset(costs, 0xff, (people + 1) * sizeof *costs);
    return costs;
}

static inline void prefetch_list(const csr_side *side, const heap *list, size_t at)
{
    if (at + 8 < list->count)
        bench_prefetch(&side->starts[list->items[at + 8]]);
    if (at + 4 < list->count)
        bench_prefetch(&side->arcs[side->starts[list->items[at + 4]]]);
}

static void spread(const csr_search *search, uint32_t from, uint64_t spent, touched *to)
{
    const csr_side *out = &search->graph->out;
    for (uint64_t at = out->starts[from]; at < out->starts[from + 1]; at++) {
        wp_neighbour arc = out->arcs[at];
        if (arc.cost > CSR_TIE_MAX)
            return;
        if (!csr_is_end(search, arc.person))
            improve(to, arc.person, spent + arc.cost);
    }
}

static void collect(csr_search *search, touched *closings)
{
    const csr_side *in = &search->graph->in;
    for (size_t i = 0; i < search->question.target_count; i++) {
        uint32_t target = search->question.targets[i];
        for (uint64_t at = in->starts[target]; at < in->starts[target + 1]; at++) {
            wp_neighbour arc = in->arcs[at];
            if (arc.cost > CSR_TIE_MAX)
                break;
            if (csr_has(search->is_source, arc.person))
                csr_search_rank(search, arc.person, arc.cost);
            else if (!csr_has(search->is_target, arc.person))
                improve(closings, arc.person, arc.cost);
        }
    }
}

/* The best way to an introducer, through labels of both arrivals. */
static uint64_t best_arrival(const csr_search *search, uint32_t introducer, const touched *first,
                             const touched *second)
{
    const csr_side *in = &search->graph->in;
    uint64_t best = first->cost[introducer];
    if (search->question.hops_max >= 3 && second->cost[introducer] < best)
        best = second->cost[introducer];
    for (uint64_t at = in->starts[introducer];
         search->question.hops_max >= 3 && at < in->starts[introducer + 1]; at++) {
        wp_neighbour arc = in->arcs[at];
        if (arc.cost > CSR_TIE_MAX)
            break;
        uint64_t before = first->cost[arc.person];
        if (search->question.hops_max >= 4 && second->cost[arc.person] < before)
            before = second->cost[arc.person];
        if (before != UINT32_MAX && before + arc.cost + CSR_RELAY < best)
            best = before + arc.cost + CSR_RELAY;
    }
    return best;
}

static void rank_all(csr_search *search, const touched *closings, const touched *first,
                     const touched *second)
{
    for (size_t i = 0; i < closings->people.count; i++) {
        uint32_t introducer = (uint32_t)closings->people.items[i];
        prefetch_list(&search->graph->in, &closings->people, i);
        uint64_t arrival = best_arrival(search, introducer, first, second);
        uint64_t cost = arrival + closings->cost[introducer];
        if (arrival != UINT32_MAX && cost <= CSR_COST_MAX)
            csr_search_rank(search, introducer, cost);
    }
}

void csr_search_exhaustively(csr_search *search, const csr_question *question)
{
    touched costs[3];
    csr_search_mark(search, question);
    for (size_t i = 0; i < 3; i++) {
        if (search->dense[i] == NULL)
            search->dense[i] = new_costs(search->graph->people);
        costs[i] = (touched){search->dense[i], {NULL, 0, 0}};
    }
    collect(search, &costs[0]);
    for (size_t i = 0; question->hops_max >= 2 && i < question->source_count; i++)
        if (csr_has(search->is_source, question->sources[i]))
            spread(search, question->sources[i], 0, &costs[1]);
    const heap *list = &costs[1].people;
    for (size_t i = 0; question->hops_max >= 4 && i < list->count; i++) {
        uint32_t person = (uint32_t)list->items[i];
        prefetch_list(&search->graph->out, list, i);
        spread(search, person, costs[1].cost[person] + (uint64_t)CSR_RELAY, &costs[2]);
    }
    if (question->hops_max >= 2)
        rank_all(search, &costs[0], &costs[1], &costs[2]);
    for (size_t i = 0; i < 3; i++)
        forget(&costs[i]);
    csr_search_unmark(search);
}
