/*
 * Lists of pairs: see pairs.h.
 *
 * Sorting is by radix, three passes of eleven bits for each half that has any, least significant
 * digit first: a few nanoseconds a pair, where a comparison sort of the same hundred million pairs
 * would take minutes. It needs as much memory again while it runs.
 */
#include "pairs.h"

#include <stdlib.h>
#include <string.h>

#include "harness.h"

#define DIGIT_BITS 11
#define DIGITS (1u << DIGIT_BITS)

void pairs_add(pair_list *list, uint64_t pair)
{
    if (list->count == list->capacity) {
        size_t capacity = list->capacity == 0 ? 4096 : list->capacity + list->capacity / 2;
        uint64_t *items = realloc(list->items, capacity * sizeof *items);
        if (items == NULL)
            bench_die("no memory for %zu ties", capacity);
        list->items = items;
        list->capacity = capacity;
    }
    list->items[list->count++] = pair;
}

/* One pass by the digit at `shift`; false, and nothing moved, when all have the same digit. */
static bool pass(const uint64_t *from, uint64_t *to, size_t count, unsigned shift)
{
    size_t starts[DIGITS + 1] = {0};
    for (size_t i = 0; i < count; i++)
        starts[(from[i] >> shift & (DIGITS - 1)) + 1]++;
    for (size_t i = 0; i < DIGITS; i++) {
        if (starts[i + 1] == count)
            return false;
        starts[i + 1] += starts[i];
    }
    for (size_t i = 0; i < count; i++)
        to[starts[from[i] >> shift & (DIGITS - 1)]++] = from[i];
    return true;
}

void pairs_settle(pair_list *list)
{
    size_t kept = 0;
    uint64_t *other = bench_new(list->count, sizeof *other);
    for (unsigned shift = 0; shift < 64; shift += DIGIT_BITS) {
        if (list->count > 0 && pass(list->items, other, list->count, shift)) {
            uint64_t *items = list->items;
            list->items = other;
            other = items;
            list->capacity = list->count;
        }
    }
    free(other);
    for (size_t i = 0; i < list->count; i++) {
        uint64_t pair = list->items[i];
        if (pair_low(pair) != pair_high(pair) && (kept == 0 || list->items[kept - 1] != pair))
            list->items[kept++] = pair;
    }
    list->count = kept;
}

void pairs_free(pair_list *list)
{
    free(list->items);
    *list = (pair_list){NULL, 0, 0};
}
