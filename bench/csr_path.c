/*
 * The pruned two-sided search on the twin: see csr_path.h.
 *
 * With U the cost at which nothing more is of interest, the smaller of a threshold and the k-th
 * best so far, and lists sorted by cost:
 *   1. closings F[w]: ties into the targets while they cost less than U;
 *   2. first arrivals B[y]: ties from the sources while cost + min F < U; join F[y];
 *   3. second arrivals B[z] up to U/2: for y by ascending B, its ties; join F[z];
 *   4. for w by ascending F, ties (z, w) while min B + cost + F[w] < U: join B[z]; and keep those
 *      that leave at most U/2 as approaches of z;
 *   5. for y by ascending B, the ties (y, z) beyond U/2, while they leave the least that an
 * approach leaves: join the approaches of z. When fewer than k introducers were found and something
 * was cut, the threshold is raised and the search runs anew. For four hops U is first found for
 * three, whose steps 1 and 2 then serve for four. First arrivals are frozen in a list when they are
 * expanded, because a cheaper second arrival must not be expanded again: that would be a hop too
 * many.
 */
#include "csr_path.h"

#define THRESHOLD_FIRST 1000000u
#define AHEAD 8 /* labels are prefetched so many arcs early */

/* --- the memory --- */

void csr_search_begin(csr_search *search, const csr *graph)
{
    size_t words = graph->people / 64 + 1;
    *search = (csr_search){.graph = graph};
    search->is_source = bench_new(words, sizeof *search->is_source);
    search->is_target = bench_new(words, sizeof *search->is_target);
}

void csr_search_free(csr_search *search)
{
    labels_free(&search->closings);
    labels_free(&search->arrivals);
    labels_free(&search->totals);
    labels_free(&search->approach_at);
    free(search->approaches);
    heap_free(&search->closing_list);
    heap_free(&search->first_list);
    heap_free(&search->other);
    for (size_t i = 0; i < 3; i++)
        bench_free_huge(search->dense[i], (size_t)search->graph->people + 1, sizeof(uint32_t));
    free(search->is_source);
    free(search->is_target);
    free(search->found);
    *search = (csr_search){.graph = NULL};
}

void csr_search_mark(csr_search *search, const csr_question *question)
{
    size_t capacity = question->k == SIZE_MAX ? 0 : question->k;
    search->question = *question;
    for (size_t i = 0; i < question->source_count; i++)
        search->is_source[question->sources[i] / 64] |= UINT64_C(1) << question->sources[i] % 64;
    for (size_t i = 0; i < question->target_count; i++) {
        uint64_t bit = UINT64_C(1) << question->targets[i] % 64;
        search->is_target[question->targets[i] / 64] |= bit;
        search->is_source[question->targets[i] / 64] &= ~bit;
    }
    if (capacity > 0) {
        free(search->found);
        search->found = bench_new(capacity, sizeof *search->found);
    }
    search->found_count = 0;
}

void csr_search_unmark(csr_search *search)
{
    for (size_t i = 0; i < search->question.source_count; i++)
        search->is_source[search->question.sources[i] / 64] = 0;
    for (size_t i = 0; i < search->question.target_count; i++)
        search->is_target[search->question.targets[i] / 64] = 0;
}

/* --- the answer --- */

/* Insert an introducer among the k best, or move it up. */
void csr_search_rank(csr_search *search, uint32_t person, uint64_t cost)
{
    csr_introducer *found = search->found;
    size_t at = 0;
    while (at < search->found_count && found[at].person != person)
        at++;
    if (at < search->found_count && found[at].cost <= cost)
        return;
    if (at == search->found_count) {
        if (search->found_count == search->question.k) {
            if (cost >= found[at - 1].cost)
                return;
            at--;
        } else {
            search->found_count++;
        }
    }
    for (; at > 0 && found[at - 1].cost > cost; at--)
        found[at] = found[at - 1];
    found[at] = (csr_introducer){cost, person};
}

static inline void offer(csr_search *search, uint32_t person, uint64_t cost)
{
    if (cost >= search->bound) {
        search->was_cut = true;
        return;
    }
    if (search->question.k == SIZE_MAX) {
        labels_improve(&search->totals, person, cost);
        return;
    }
    csr_search_rank(search, person, cost);
    if (search->found_count == search->question.k &&
        search->found[search->found_count - 1].cost < search->bound)
        search->bound = search->found[search->found_count - 1].cost;
}

/* --- lists sorted by cost --- */

static void push(heap *list, uint64_t cost, uint32_t person)
{
    if (list->count == list->capacity) {
        list->capacity = list->capacity == 0 ? 4096 : 2 * list->capacity;
        list->items = realloc(list->items, list->capacity * sizeof *list->items);
        if (list->items == NULL)
            bench_die("no memory for a list of %zu", list->capacity);
    }
    list->items[list->count++] = heap_item(cost, person);
}

static void sort_few(uint64_t *items, size_t count)
{
    for (size_t i = 1; i < count; i++) {
        uint64_t item = items[i];
        size_t at = i;
        for (; at > 0 && items[at - 1] > item; at--)
            items[at] = items[at - 1];
        items[at] = item;
    }
}

/* By the 22 bits in which costs differ, in two passes of 11; short lists by insertion. */
static void sort_list(heap *list, heap *other)
{
    if (list->count <= 48) {
        sort_few(list->items, list->count);
        return;
    }
    if (other->capacity < list->count) {
        free(other->items);
        other->capacity = list->capacity;
        other->items = bench_new(other->capacity, sizeof *other->items);
    }
    for (unsigned shift = 32; shift < 54; shift += 11) {
        uint32_t starts[2049] = {0};
        for (size_t i = 0; i < list->count; i++)
            starts[(list->items[i] >> shift & 2047) + 1]++;
        for (size_t i = 0; i < 2048; i++)
            starts[i + 1] += starts[i];
        for (size_t i = 0; i < list->count; i++)
            other->items[starts[list->items[i] >> shift & 2047]++] = list->items[i];
        heap swapped = *list;
        size_t count = list->count;
        *list = *other;
        *other = swapped;
        list->count = count;
    }
}

/* Keep of each person the entry that is its label, and sort. */
static void settle_list(heap *list, const label_table *kept, heap *other)
{
    size_t count = 0;
    for (size_t i = 0; i < list->count; i++)
        if (labels_find(kept, (uint32_t)list->items[i]) == heap_cost(list->items[i]))
            list->items[count++] = list->items[i];
    list->count = count;
    sort_list(list, other);
}

/* --- the steps --- */

/* The lists of the people a few places further on, for whoever walks over a list of people. */
static inline void prefetch_lists(const csr_side *side, const heap *list, size_t at)
{
    if (at + 8 < list->count)
        bench_prefetch(&side->starts[(uint32_t)list->items[at + 8]]);
    if (at + 4 < list->count)
        bench_prefetch(&side->arcs[side->starts[(uint32_t)list->items[at + 4]]]);
}

static void collect_closings(csr_search *search)
{
    const csr_side *in = &search->graph->in;
    search->closing_min = LABELS_NONE;
    for (size_t i = 0; i < search->question.target_count; i++) {
        uint32_t target = search->question.targets[i];
        for (uint64_t at = in->starts[target]; at < in->starts[target + 1]; at++) {
            wp_neighbour arc = in->arcs[at];
            if (arc.cost > CSR_TIE_MAX)
                break;
            if (arc.cost >= search->bound) {
                search->was_cut = true;
                break;
            }
            if (csr_has(search->is_source, arc.person)) {
                offer(search, arc.person, arc.cost);
            } else if (!csr_has(search->is_target, arc.person) &&
                       labels_improve(&search->closings, arc.person, arc.cost)) {
                push(&search->closing_list, arc.cost, arc.person);
                search->closing_min =
                    arc.cost < search->closing_min ? arc.cost : search->closing_min;
            }
        }
    }
    settle_list(&search->closing_list, &search->closings, &search->other);
}

static inline uint32_t filter_bit(uint32_t person)
{
    return person * UINT32_C(2246822519) >> (32 - CSR_FILTER_BITS);
}

static inline void filter_add(uint64_t *filter, uint32_t person)
{
    filter[filter_bit(person) / 64] |= UINT64_C(1) << filter_bit(person) % 64;
}

static inline bool filter_may_have(const uint64_t *filter, uint32_t person)
{
    return (filter[filter_bit(person) / 64] >> filter_bit(person) % 64 & 1) != 0;
}

/* Arrive at the neighbours of somebody by way of `spent`, labelled up to `most`; keep the list when
 * it is the first hop, or keep labels at all only when they can still be followed by a tie and a
 * closing. */
static void arrive(csr_search *search, uint32_t from, uint64_t spent, uint64_t most, bool is_first)
{
    const csr_side *out = &search->graph->out;
    uint64_t end = out->starts[from + 1];
    for (uint64_t at = out->starts[from]; at < end; at++) {
        wp_neighbour arc = out->arcs[at];
        uint64_t cost = spent + arc.cost;
        if (arc.cost > CSR_TIE_MAX || cost > most)
            return;
        if (cost + search->closing_min >= search->bound) {
            search->was_cut = true;
            return;
        }
        if (at + AHEAD < end) {
            labels_prefetch(&search->arrivals, out->arcs[at + AHEAD].person);
            labels_prefetch(&search->closings, out->arcs[at + AHEAD].person);
        }
        if (csr_is_end(search, arc.person))
            continue;
        uint64_t closing = labels_find(&search->closings, arc.person);
        if (closing != LABELS_NONE)
            offer(search, arc.person, cost + closing);
        if (!is_first && cost + CSR_COST_LEAST + CSR_RELAY + search->closing_min >= search->bound) {
            search->was_cut = true;
            continue;
        }
        if (labels_improve(&search->arrivals, arc.person, cost) && is_first) {
            push(&search->first_list, cost, arc.person);
            filter_add(search->arrived, arc.person);
        }
        search->arrival_min = cost < search->arrival_min ? cost : search->arrival_min;
    }
}

static void arrive_first(csr_search *search)
{
    const csr_question *question = &search->question;
    search->arrival_min = LABELS_NONE;
    for (size_t i = 0; i < question->source_count; i++)
        if (csr_has(search->is_source, question->sources[i]))
            arrive(search, question->sources[i], 0, LABELS_NONE, true);
}

static void arrive_second(csr_search *search, uint64_t half)
{
    const heap *list = &search->first_list;
    for (size_t i = 0; i < list->count; i++) {
        prefetch_lists(&search->graph->out, list, i);
        arrive(search, (uint32_t)list->items[i], heap_cost(list->items[i]) + CSR_RELAY, half,
               false);
    }
}

static void approach(csr_search *search, uint32_t person, uint32_t introducer, uint64_t rest)
{
    uint64_t *slot = labels_slot(&search->approach_at, person);
    uint64_t first = *slot == 0 ? 0 : *slot >> 32;
    if (search->approach_count == search->approach_capacity) {
        search->approach_capacity =
            search->approach_capacity == 0 ? 4096 : 2 * search->approach_capacity;
        search->approaches =
            realloc(search->approaches, search->approach_capacity * sizeof *search->approaches);
        if (search->approaches == NULL)
            bench_die("no memory for %zu approaches", search->approach_capacity);
    }
    search->approaches[search->approach_count++] =
        (csr_approach){introducer, (uint32_t)rest, (uint32_t)first};
    if (first == 0)
        labels_improve(&search->approach_at, person, search->approach_count);
    else
        *slot = (uint64_t)search->approach_count << 32 | person;
    filter_add(search->filter, person);
    search->rest_min = rest < search->rest_min ? rest : search->rest_min;
}

static void join(csr_search *search, uint32_t introducer, uint64_t spent, uint64_t rest_max)
{
    const csr_side *in = &search->graph->in;
    uint64_t end = in->starts[introducer + 1];
    for (uint64_t at = in->starts[introducer]; at < end; at++) {
        wp_neighbour arc = in->arcs[at];
        if (arc.cost > CSR_TIE_MAX)
            return;
        if (spent + arc.cost + search->arrival_min >= search->bound) {
            search->was_cut = true;
            return;
        }
        if (rest_max == 0 && !filter_may_have(search->arrived, arc.person))
            continue;
        if (rest_max > 0 && at + AHEAD < end)
            labels_prefetch(&search->arrivals, in->arcs[at + AHEAD].person);
        /* Sources and targets have no labels. */
        uint64_t arrival = labels_find(&search->arrivals, arc.person);
        if (arrival != LABELS_NONE)
            offer(search, introducer, spent + arc.cost + arrival);
        if (rest_max == 0 || csr_is_end(search, arc.person))
            continue;
        if (spent + arc.cost <= rest_max)
            approach(search, arc.person, introducer, spent + arc.cost);
        else
            search->was_cut = true;
    }
}

static void join_all(csr_search *search, uint64_t rest_max)
{
    const heap *list = &search->closing_list;
    for (size_t i = 0; i < list->count; i++) {
        prefetch_lists(&search->graph->in, list, i);
        join(search, (uint32_t)list->items[i], heap_cost(list->items[i]) + CSR_RELAY, rest_max);
    }
}

static void cross(csr_search *search, uint32_t from, uint64_t spent, uint64_t half)
{
    const csr_side *out = &search->graph->out;
    uint64_t end = out->starts[from + 1];
    for (uint64_t at = out->starts[from]; at < end; at++) {
        wp_neighbour arc = out->arcs[at];
        uint64_t cost = spent + arc.cost;
        if (arc.cost > CSR_TIE_MAX)
            return;
        if (cost + search->rest_min >= search->bound) {
            search->was_cut = true;
            return;
        }
        if (cost <= half || !filter_may_have(search->filter, arc.person))
            continue;
        uint64_t first = labels_find(&search->approach_at, arc.person);
        for (uint64_t next = first == LABELS_NONE ? 0 : first; next != 0;) {
            const csr_approach *approach = &search->approaches[next - 1];
            offer(search, approach->introducer, cost + approach->rest);
            next = approach->next;
        }
    }
}

static void cross_all(csr_search *search, uint64_t half)
{
    const heap *list = &search->first_list;
    for (size_t i = 0; i < list->count; i++) {
        prefetch_lists(&search->graph->out, list, i);
        cross(search, (uint32_t)list->items[i], heap_cost(list->items[i]) + CSR_RELAY, half);
    }
}

static void clear(csr_search *search)
{
    search->was_cut = false;
    search->found_count = 0;
    search->closing_list.count = 0;
    search->first_list.count = 0;
    labels_clear(&search->closings);
    labels_clear(&search->arrivals);
    labels_clear(&search->totals);
    labels_clear(&search->approach_at);
    if (search->approach_count > 0)
        memset(search->filter, 0, sizeof search->filter);
    memset(search->arrived, 0, sizeof search->arrived);
    search->approach_count = 0;
    search->rest_min = LABELS_NONE;
}

/* The fourth hop, when closings and first arrivals are labelled within the bound. */
static void go_on(csr_search *search)
{
    uint64_t half = search->bound / 2;
    settle_list(&search->first_list, &search->arrivals, &search->other);
    arrive_second(search, half);
    join_all(search, search->bound - half);
    if (search->approach_count > 0)
        cross_all(search, half);
}

static void run_round(csr_search *search, uint64_t threshold)
{
    clear(search);
    search->bound = threshold;
    collect_closings(search);
    if (search->question.hops_max < 2 || search->closing_min == LABELS_NONE)
        return;
    arrive_first(search);
    if (search->question.hops_max < 3 || search->arrival_min == LABELS_NONE)
        return;
    if (search->question.hops_max < 4)
        join_all(search, 0);
    else
        go_on(search);
}

/* Rounds under rising thresholds until nothing is missing; whether k were found. */
static bool run_rounds(csr_search *search, uint64_t threshold)
{
    for (;; threshold *= 4) {
        threshold = threshold < CSR_COST_MAX + 1 ? threshold : CSR_COST_MAX + 1;
        run_round(search, threshold);
        bool is_found = search->found_count == search->question.k;
        if (is_found || !search->was_cut || threshold == CSR_COST_MAX + 1)
            return is_found;
    }
}

static int compare_introducers(const void *a, const void *b)
{
    const csr_introducer *x = a, *y = b;
    if (x->cost != y->cost)
        return x->cost < y->cost ? -1 : 1;
    return x->person < y->person ? -1 : x->person > y->person;
}

/* All introducers, when all are wanted. */
static void list_totals(csr_search *search)
{
    free(search->found);
    search->found = bench_new(search->totals.count, sizeof *search->found);
    for (size_t i = 0; i < (size_t)1 << search->totals.bits; i++) {
        uint64_t slot = search->totals.slots[i];
        if (slot != 0)
            search->found[search->found_count++] = (csr_introducer){slot >> 32, (uint32_t)slot};
    }
    qsort(search->found, search->found_count, sizeof *search->found, compare_introducers);
}

void csr_search_run(csr_search *search, const csr_question *question)
{
    bool has_all = question->k == SIZE_MAX, is_begun = false;
    uint64_t threshold = has_all ? CSR_COST_MAX + 1 : THRESHOLD_FIRST;
    csr_search_mark(search, question);
    if (!has_all && question->hops_max > 3) {
        search->question.hops_max = 3;
        is_begun = run_rounds(search, threshold);
        search->question.hops_max = question->hops_max;
    }
    if (is_begun)
        go_on(search);
    else
        run_rounds(search, threshold);
    if (has_all)
        list_totals(search);
    csr_search_unmark(search);
}
