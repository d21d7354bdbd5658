/*
 * Sifting up and down: see heap.h. Four children a node make the heap half as high as two, and lie
 * in one cache line.
 */
#include "base/heap.h"

#include <assert.h>
#include <stdbool.h>

#include "base/prefetch.h"

#define ARITY 4

/* Without a branch: which of two children comes first is a matter of chance. */
static inline size_t is_before(const wpi_heap_entry *a, const wpi_heap_entry *b)
{
    return (a->cost < b->cost) | ((a->cost == b->cost) & (a->hops < b->hops));
}

/* The first of two places. */
static inline size_t first_of(const wpi_heap_entry *items, size_t a, size_t b)
{
    return a + (b - a) * is_before(&items[b], &items[a]);
}

/* The first of the children of a node that has all of them. Theirs lie side by side and are fetched
 * meanwhile. */
static inline size_t first_child(const wpi_heap_entry *items, size_t child, size_t count)
{
    size_t next = child * ARITY + 1;
    if (next + ARITY * ARITY <= count)
        for (size_t i = 0; i < ARITY; i++)
            wpi_prefetch(&items[next + i * ARITY]);
    return first_of(items, first_of(items, child, child + 1),
                    first_of(items, child + 2, child + 3));
}

wp_status wpi_heap_push(wpi_array *heap, wpi_heap_entry added, wp_error *err)
{
    WPI_TRY(WPI_ARRAY_PUSH(heap, wpi_heap_entry, added, err));
    wpi_heap_entry *items = heap->items;
    size_t at = heap->count - 1;
    while (at > 0 && is_before(&added, &items[(at - 1) / ARITY])) {
        items[at] = items[(at - 1) / ARITY];
        at = (at - 1) / ARITY;
    }
    items[at] = added;
    return WP_OK;
}

wpi_heap_entry wpi_heap_pop(wpi_array *heap)
{
    assert(heap->count > 0);
    wpi_heap_entry *items = heap->items;
    wpi_heap_entry first = items[0], last = items[--heap->count];
    size_t at = 0, count = heap->count;
    for (;;) {
        size_t child = at * ARITY + 1, best = child;
        if (child >= count)
            break;
        if (child + ARITY <= count)
            best = first_child(items, child, count);
        else
            for (size_t i = child + 1; i < count; i++)
                best = first_of(items, best, i);
        if (!is_before(&items[best], &last))
            break;
        items[at] = items[best];
        at = best;
    }
    items[at] = last;
    return first;
}

uint64_t wpi_heap_cost(const wpi_array *heap)
{
    return heap->count == 0 ? UINT64_MAX : WPI_ARRAY_AT(heap, wpi_heap_entry, 0).cost;
}
