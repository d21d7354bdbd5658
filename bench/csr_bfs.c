/*
 * Direction-optimising breadth-first search (Beamer, Asanovic and Patterson 2012) on the twin.
 *
 * Top-down, each person of the front marks its neighbours; bottom-up, each person not yet met
 * looks for a neighbour in the front and stops at the first. Who is met for the first time is told
 * after the step, all at once, so marking needs no look at who was met before. The steps, their
 * thresholds and what is fetched ahead are those of the library.
 *
 * The functions take lists by a stride, 2 for {person, cost} and 1 for people alone, and are
 * compiled for each.
 */
#include "csr_bfs.h"

#include <stdlib.h>
#include <string.h>

#define ALPHA 4
#define SAMPLE 4096
#define AHEAD_STARTS 16
#define AHEAD_LISTS 8
#define AHEAD_UP 16
#define LINE_WORDS 16 /* words of 4 bytes in a line of the cache */
#define LINES 12
#define LINES_UP 2

typedef struct lists {
    const uint64_t *starts;
    const uint32_t *people;
} lists;

void csr_bfs_begin(csr_bfs *bfs, const csr *graph)
{
    size_t words = graph->people / 64 + 1;
    *bfs = (csr_bfs){.graph = graph, .words = words};
    bfs->met = bench_new_huge(words, 8);
    bfs->front = bench_new_huge(words, 8);
    bfs->next = bench_new_huge(words, 8);
    bfs->order = bench_new_huge((size_t)graph->people + 1, 4);
}

void csr_bfs_free(csr_bfs *bfs)
{
    bench_free_huge(bfs->met, bfs->words, 8);
    bench_free_huge(bfs->front, bfs->words, 8);
    bench_free_huge(bfs->next, bfs->words, 8);
    bench_free_huge(bfs->order, (size_t)bfs->graph->people + 1, 4);
}

static inline lists lists_of(const csr_side *side, bool is_by_ids)
{
    return (lists){side->starts, is_by_ids ? side->ids : &side->arcs[0].person};
}

static inline bool has(const uint64_t *bits, uint32_t person)
{
    return (bits[person / 64] >> person % 64 & 1) != 0;
}

static inline void add(uint64_t *bits, uint32_t person)
{
    bits[person / 64] |= UINT64_C(1) << person % 64;
}

/* Have the beginning of a list brought into the cache. */
static inline void fetch(lists of, unsigned stride, uint32_t person, size_t lines_max)
{
    const uint32_t *list = &of.people[of.starts[person] * stride];
    size_t count = (of.starts[person + 1] - of.starts[person]) * stride;
    for (size_t at = 0; at < count && at < lines_max * LINE_WORDS; at += LINE_WORDS)
        bench_prefetch(&list[at]);
}

/* Mark all neighbours of order[from .. to). */
static inline void step_down(csr_bfs *bfs, lists out, unsigned stride, size_t from, size_t to)
{
    for (size_t i = from; i < to; i++) {
        uint32_t person = bfs->order[i];
        if (i + AHEAD_STARTS < to)
            bench_prefetch(&out.starts[bfs->order[i + AHEAD_STARTS]]);
        if (i + AHEAD_LISTS < to)
            fetch(out, stride, bfs->order[i + AHEAD_LISTS], LINES);
        for (uint64_t at = out.starts[person]; at < out.starts[person + 1]; at++)
            add(bfs->next, out.people[at * stride]);
    }
}

/* Mark everybody not met yet who has a neighbour in the front. */
static inline void step_up(csr_bfs *bfs, lists in, unsigned stride)
{
    uint32_t people = bfs->graph->people;
    for (size_t word = 0; word < bfs->words; word++)
        for (uint64_t bits = ~bfs->met[word]; bits != 0; bits &= bits - 1) {
            uint32_t person = (uint32_t)(word * 64) + (uint32_t)__builtin_ctzll(bits);
            if (person == 0 || person > people)
                continue;
            if (person + AHEAD_UP <= people)
                fetch(in, stride, person + AHEAD_UP, LINES_UP);
            for (uint64_t at = in.starts[person]; at < in.starts[person + 1]; at++)
                if (has(bfs->front, in.people[at * stride])) {
                    add(bfs->next, person);
                    break;
                }
        }
}

/* Append those marked and not met before; they are the front now. */
static inline void take_next(csr_bfs *bfs)
{
    for (size_t word = 0; word < bfs->words; word++) {
        uint64_t found = bfs->next[word] & ~bfs->met[word];
        bfs->met[word] |= found;
        bfs->front[word] = found;
        bfs->next[word] = 0;
        for (; found != 0; found &= found - 1)
            bfs->order[bfs->count++] = (uint32_t)(word * 64) + (uint32_t)__builtin_ctzll(found);
    }
}

/* About how many arcs order[from .. to) have. */
static inline uint64_t measure(const csr_bfs *bfs, lists out, size_t from, size_t to)
{
    uint64_t arcs = 0;
    size_t stride = (to - from) / SAMPLE + 1;
    for (size_t i = from; i < to; i += stride)
        arcs += out.starts[bfs->order[i] + 1] - out.starts[bfs->order[i]];
    return arcs * stride;
}

static inline bool is_up_shorter(const csr_bfs *bfs, lists out, size_t from, size_t to,
                                 uint64_t *arcs_left)
{
    uint64_t arcs = measure(bfs, out, from, to), unmet = bfs->graph->people - bfs->count;
    *arcs_left = *arcs_left > arcs + unmet ? *arcs_left - arcs : unmet;
    return arcs * ALPHA > *arcs_left;
}

/* Meet everybody, from order[0]; who is met is appended to `found`. */
static inline void visit(csr_bfs *bfs, lists out, lists in, unsigned stride, csr_reached *found)
{
    size_t from = 0, to = 1;
    uint64_t arcs_left = bfs->graph->arc_count;
    for (uint32_t hops = 1; from < to; hops++) {
        if (is_up_shorter(bfs, out, from, to, &arcs_left))
            step_up(bfs, in, stride);
        else
            step_down(bfs, out, stride, from, to);
        take_next(bfs);
        for (size_t i = to; i < bfs->count; i++)
            found[i - 1] = (csr_reached){bfs->order[i], hops};
        from = to;
        to = bfs->count;
    }
}

csr_reached *csr_bfs_run(csr_bfs *bfs, uint32_t source, bool is_by_ids, size_t *count)
{
    lists out = lists_of(&bfs->graph->out, is_by_ids);
    lists in = lists_of(&bfs->graph->in, is_by_ids);
    csr_reached *found = malloc(((size_t)bfs->graph->people + 1) * sizeof *found);
    if (found == NULL)
        bench_die("no memory for %u people", bfs->graph->people);
    memset(bfs->met, 0, bfs->words * sizeof *bfs->met);
    add(bfs->met, source);
    bfs->order[0] = source;
    bfs->count = 1;
    if (is_by_ids)
        visit(bfs, out, in, 1, found);
    else
        visit(bfs, out, in, 2, found);
    *count = bfs->count - 1;
    return found;
}
