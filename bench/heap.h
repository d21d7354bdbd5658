/*
 * A heap of (cost, person) for the twin's searches: four children a node, no decrease of keys.
 *
 * An item is one word with the cost in the upper half, so that the smallest word is the cheapest
 * item. Outdated items are left in the heap and skipped by whoever takes them out, which measures
 * faster than moving them.
 */
#ifndef BENCH_HEAP_H
#define BENCH_HEAP_H

#include <stdint.h>
#include <stdlib.h>

#include "harness.h"

typedef struct heap {
    uint64_t *items;
    size_t count;
    size_t capacity;
} heap;

static inline uint64_t heap_item(uint64_t cost, uint32_t person)
{
    return cost << 32 | person;
}

static inline uint32_t heap_cost(uint64_t item)
{
    return (uint32_t)(item >> 32);
}

/* The lowest cost in the heap, or UINT32_MAX. */
static inline uint64_t heap_top(const heap *it)
{
    return it->count == 0 ? UINT32_MAX : it->items[0] >> 32;
}

static inline void heap_push(heap *it, uint64_t item)
{
    if (it->count == it->capacity) {
        it->capacity = it->capacity == 0 ? 1024 : 2 * it->capacity;
        it->items = realloc(it->items, it->capacity * sizeof *it->items);
        if (it->items == NULL)
            bench_die("no memory for a heap of %zu", it->capacity);
    }
    size_t at = it->count++;
    for (; at > 0 && it->items[(at - 1) / 4] > item; at = (at - 1) / 4)
        it->items[at] = it->items[(at - 1) / 4];
    it->items[at] = item;
}

static inline uint64_t heap_pop(heap *it)
{
    uint64_t taken = it->items[0];
    uint64_t last = it->items[--it->count];
    size_t at = 0;
    for (;;) {
        size_t child = 4 * at + 1;
        if (child >= it->count)
            break;
        size_t end = child + 4 < it->count ? child + 4 : it->count;
        size_t least = child;
        for (size_t i = child + 1; i < end; i++)
            least = it->items[i] < it->items[least] ? i : least;
        if (it->items[least] >= last)
            break;
        it->items[at] = it->items[least];
        at = least;
    }
    if (it->count > 0)
        it->items[at] = last;
    return taken;
}

static inline void heap_free(heap *it)
{
    free(it->items);
    *it = (heap){NULL, 0, 0};
}

#endif
