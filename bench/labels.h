/*
 * Labels of the twin's searches: a hash table of person -> cost, 8 bytes a label.
 *
 * Open addressing with linear probing; at most half full. A slot is one word, the person in the
 * lower half and the cost in the upper; person 0 means free. The table starts small in each search,
 * so that clearing it costs what the search touches, and its memory is reused. A slot can be
 * prefetched before its label is needed: that is worth almost half of the time of a search on a
 * large graph.
 */
#ifndef BENCH_LABELS_H
#define BENCH_LABELS_H

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "harness.h"

#define LABELS_BITS_MIN 12u
#define LABELS_NONE UINT64_MAX

typedef struct label_table {
    uint64_t *slots;
    size_t capacity; /* of the memory */
    unsigned bits;   /* of the table in use */
    size_t count;
} label_table;

static inline size_t labels_home(const label_table *it, uint32_t person)
{
    return (size_t)((person * UINT64_C(0x9e3779b97f4a7c15)) >> (64 - it->bits));
}

static inline void labels_reserve(label_table *it, unsigned bits)
{
    it->bits = bits;
    if (it->capacity < (size_t)1 << bits) {
        free(it->slots);
        it->capacity = (size_t)1 << bits;
        it->slots = bench_new(it->capacity, sizeof *it->slots);
    }
    memset(it->slots, 0, sizeof *it->slots << bits);
    it->count = 0;
}

static inline void labels_clear(label_table *it)
{
    labels_reserve(it, LABELS_BITS_MIN);
}

static inline void labels_free(label_table *it)
{
    free(it->slots);
    *it = (label_table){NULL, 0, 0, 0};
}

static inline void labels_prefetch(const label_table *it, uint32_t person)
{
    bench_prefetch(&it->slots[labels_home(it, person)]);
}

/* The slot of a person, or the free one where it would go. */
static inline uint64_t *labels_slot(const label_table *it, uint32_t person)
{
    size_t mask = ((size_t)1 << it->bits) - 1;
    size_t at = labels_home(it, person);
    while (it->slots[at] != 0 && (uint32_t)it->slots[at] != person)
        at = (at + 1) & mask;
    return &it->slots[at];
}

static inline uint64_t labels_find(const label_table *it, uint32_t person)
{
    uint64_t slot = *labels_slot(it, person);
    return slot == 0 ? LABELS_NONE : slot >> 32;
}

static inline void labels_grow(label_table *it)
{
    size_t old_size = (size_t)1 << it->bits;
    uint64_t *old = bench_new(old_size, sizeof *old);
    memcpy(old, it->slots, old_size * sizeof *old);
    labels_reserve(it, it->bits + 2);
    for (size_t i = 0; i < old_size; i++) {
        if (old[i] == 0)
            continue;
        *labels_slot(it, (uint32_t)old[i]) = old[i];
        it->count++;
    }
    free(old);
}

/* Set a label unless there is one that costs no more. */
static inline bool labels_improve(label_table *it, uint32_t person, uint64_t cost)
{
    uint64_t *slot = labels_slot(it, person);
    bool is_new = *slot == 0;
    if (!is_new && *slot >> 32 <= cost)
        return false;
    *slot = cost << 32 | person;
    if (is_new && 2 * ++it->count > (size_t)1 << it->bits)
        labels_grow(it);
    return true;
}

#endif
