/*
 * Direction-optimising breadth-first search (Beamer, Asanovic and Patterson 2012) on the twin.
 *
 * Top-down, each person of the front offers its neighbours; bottom-up, each person not yet visited
 * looks for a neighbour in the front and stops at the first. The search goes bottom-up when the
 * arcs of the front exceed a fifteenth of those not yet looked at, and back when the front shrinks
 * below an eighteenth of the people; the constants are those of the GAP benchmark suite. The answer
 * is sorted by counting: one pass over the people in order, each written to the part of its hop.
 *
 * The functions take lists by a stride, 2 for {person, cost} and 1 for people alone, and are
 * compiled for each.
 */
#include "csr_bfs.h"

#include <stdlib.h>
#include <string.h>

#define ALPHA 15
#define BETA 18
#define HOPS_MAX 250 /* of graphs here; hops are held in a byte */

typedef struct lists {
    const uint64_t *starts;
    const uint32_t *people;
} lists;

void csr_bfs_begin(csr_bfs *bfs, const csr *graph)
{
    size_t words = graph->people / 64 + 1;
    *bfs = (csr_bfs){.graph = graph};
    bfs->visited = bench_new_huge(words, 8);
    bfs->front = bench_new_huge(words, 8);
    bfs->next = bench_new_huge(words, 8);
    bfs->hops = bench_new_huge((size_t)graph->people + 1, 1);
    bfs->queue = bench_new_huge((size_t)graph->people + 1, 4);
}

void csr_bfs_free(csr_bfs *bfs)
{
    size_t words = bfs->graph->people / 64 + 1;
    bench_free_huge(bfs->visited, words, 8);
    bench_free_huge(bfs->front, words, 8);
    bench_free_huge(bfs->next, words, 8);
    bench_free_huge(bfs->hops, (size_t)bfs->graph->people + 1, 1);
    bench_free_huge(bfs->queue, (size_t)bfs->graph->people + 1, 4);
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

/* From queue[start..end) to the queue's end. Returns the arcs of those found. */
static inline uint64_t step_down(csr_bfs *bfs, lists out, unsigned stride, size_t start, size_t end,
                                 uint8_t hops)
{
    uint64_t arcs = 0;
    for (size_t i = start; i < end; i++) {
        uint32_t person = bfs->queue[i];
        if (i + 16 < end)
            __builtin_prefetch(&out.starts[bfs->queue[i + 16]]);
        if (i + 8 < end)
            __builtin_prefetch(&out.people[out.starts[bfs->queue[i + 8]] * stride]);
        for (uint64_t at = out.starts[person]; at < out.starts[person + 1]; at++) {
            uint32_t other = out.people[at * stride];
            if (has(bfs->visited, other))
                continue;
            add(bfs->visited, other);
            bfs->hops[other] = hops;
            bfs->queue[bfs->queue_count++] = other;
            arcs += out.starts[other + 1] - out.starts[other];
        }
    }
    return arcs;
}

/* The people of a word of `next`: those not visited that have a neighbour in the front. */
static inline uint64_t look_up(const csr_bfs *bfs, lists in, unsigned stride, size_t word)
{
    uint64_t found = 0;
    uint64_t missing = ~bfs->visited[word];
    for (; missing != 0; missing &= missing - 1) {
        uint32_t person = (uint32_t)(word * 64) + (uint32_t)__builtin_ctzll(missing);
        if (person == 0 || person > bfs->graph->people)
            continue;
        for (uint64_t at = in.starts[person]; at < in.starts[person + 1]; at++)
            if (has(bfs->front, in.people[at * stride])) {
                found |= missing & -missing;
                break;
            }
    }
    return found;
}

/* From the front to the next one, in bits. Returns how many were found. */
static inline size_t step_up(csr_bfs *bfs, lists in, unsigned stride, uint8_t hops)
{
    size_t count = 0;
    size_t words = bfs->graph->people / 64 + 1;
    for (size_t word = 0; word < words; word++) {
        uint64_t found = look_up(bfs, in, stride, word);
        bfs->next[word] = found;
        count += (size_t)__builtin_popcountll(found);
        for (; found != 0; found &= found - 1)
            bfs->hops[word * 64 + (size_t)__builtin_ctzll(found)] = hops;
    }
    for (size_t word = 0; word < words; word++)
        bfs->visited[word] |= bfs->next[word];
    uint64_t *front = bfs->front;
    bfs->front = bfs->next;
    bfs->next = front;
    return count;
}

static void front_from_queue(csr_bfs *bfs, size_t start)
{
    memset(bfs->front, 0, (bfs->graph->people / 64 + 1) * sizeof *bfs->front);
    for (size_t i = start; i < bfs->queue_count; i++)
        add(bfs->front, bfs->queue[i]);
}

static void queue_from_front(csr_bfs *bfs)
{
    bfs->queue_count = 0;
    for (size_t word = 0; word <= bfs->graph->people / 64; word++)
        for (uint64_t bits = bfs->front[word]; bits != 0; bits &= bits - 1)
            bfs->queue[bfs->queue_count++] =
                (uint32_t)(word * 64) + (uint32_t)__builtin_ctzll(bits);
}

/* Visit everybody; returns the last hop at which somebody was found. */
static inline uint8_t visit(csr_bfs *bfs, lists out, lists in, unsigned stride)
{
    uint64_t left = bfs->graph->arc_count;
    uint64_t arcs = out.starts[bfs->queue[0] + 1] - out.starts[bfs->queue[0]];
    uint8_t hops = 0;
    size_t start = 0;
    while (start < bfs->queue_count && hops < HOPS_MAX) {
        if (arcs > left / ALPHA) {
            size_t before, found = bfs->queue_count - start;
            front_from_queue(bfs, start);
            do {
                before = found;
                found = step_up(bfs, in, stride, ++hops);
            } while (found > 0 && hops < HOPS_MAX &&
                     (found >= before || found > bfs->graph->people / BETA));
            queue_from_front(bfs);
            start = 0;
            arcs = 1;
        } else {
            size_t end = bfs->queue_count;
            left -= arcs < left ? arcs : left;
            arcs = step_down(bfs, out, stride, start, end, ++hops);
            start = end;
        }
    }
    return hops;
}

static csr_reached *list_by_hops(const csr_bfs *bfs, uint32_t source, uint8_t hops_max,
                                 size_t *count)
{
    size_t starts[HOPS_MAX + 2] = {0};
    size_t total = 0;
    for (size_t word = 0; word <= bfs->graph->people / 64; word++)
        for (uint64_t bits = bfs->visited[word]; bits != 0; bits &= bits - 1)
            starts[bfs->hops[word * 64 + (size_t)__builtin_ctzll(bits)] + 1]++;
    starts[1] = 0; /* the source itself */
    for (size_t hops = 0; hops <= hops_max; hops++)
        starts[hops + 1] += starts[hops];
    total = starts[(size_t)hops_max + 1];
    csr_reached *out = malloc((total + 1) * sizeof *out);
    if (out == NULL)
        bench_die("no memory for %zu people", total);
    for (size_t word = 0; word <= bfs->graph->people / 64; word++)
        for (uint64_t bits = bfs->visited[word]; bits != 0; bits &= bits - 1) {
            uint32_t person = (uint32_t)(word * 64) + (uint32_t)__builtin_ctzll(bits);
            uint8_t hops = bfs->hops[person];
            if (person != source)
                out[starts[hops]++] = (csr_reached){person, hops};
        }
    *count = total;
    return out;
}

csr_reached *csr_bfs_run(csr_bfs *bfs, uint32_t source, bool is_by_ids, size_t *count)
{
    lists out = lists_of(&bfs->graph->out, is_by_ids);
    lists in = lists_of(&bfs->graph->in, is_by_ids);
    memset(bfs->visited, 0, (bfs->graph->people / 64 + 1) * sizeof *bfs->visited);
    add(bfs->visited, source);
    bfs->hops[source] = 0;
    bfs->queue[0] = source;
    bfs->queue_count = 1;
    uint8_t hops = is_by_ids ? visit(bfs, out, in, 1) : visit(bfs, out, in, 2);
    return list_by_hops(bfs, source, hops, count);
}
