/*
 * A hash table of 64-bit keys that only grows: what a dry run remembers is in two of them.
 *
 * A slot is a key and as many words behind it as the table has; neighbouring slots are tried, which
 * mostly are in the same line of the cache. A small table moves when it doubles. A larger one has
 * the memory of the largest from then on, of which the system gives only what is touched, and
 * doubles in place: nothing is copied, and no page is cleared twice.
 */
#ifndef WARMPATH_IMPORT_SLOTS_H
#define WARMPATH_IMPORT_SLOTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "import/fetch.h"

/* What is the same for all tables of a kind. */
typedef struct slots_shape {
    size_t words;        /* of a slot, the key among them */
    size_t capacity_max; /* slots, power of two */
    size_t eighths_full; /* at which it doubles */
} slots_shape;

/* All-zero is empty. */
typedef struct slots {
    uint64_t *items;
    size_t count;
    size_t capacity;  /* power of two */
    bool is_reserved; /* there is memory for capacity_max */
} slots;

void slots_free(slots *self);

/* Make room for another key. False: there is none, as is when memory is exhausted. */
bool slots_make_room(slots *self, const slots_shape *shape);

static inline uint64_t *slots_first(const slots *self, size_t words, uint64_t key)
{
    return self->items + words * ((size_t)(key >> 20) & (self->capacity - 1));
}

/* The slot of a key, or the empty one where it would stand; its key is 0. The capacity is not 0. */
static inline uint64_t *slots_find(const slots *self, size_t words, uint64_t key)
{
    size_t at = (size_t)(key >> 20) & (self->capacity - 1);
    while (self->items[words * at] != 0 && self->items[words * at] != key)
        at = (at + 1) & (self->capacity - 1);
    return self->items + words * at;
}

/* Have the place of a key fetched that is asked for soon. */
static inline void slots_fetch(const slots *self, size_t words, uint64_t key)
{
    if (self->capacity > 0)
        fetch_line(slots_first(self, words, key));
}

#endif
