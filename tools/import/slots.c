/*
 * A hash table of 64-bit keys that only grows: see slots.h.
 *
 * Doubling in place: slots are taken out and put in again in the order in which they stand, from
 * behind an empty one on. Each goes to its place in either half, or to the first empty slot behind
 * it, which is never behind where it stood; what was put in before it stays, so no way to a key has
 * a gap.
 */
#include "import/slots.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "import/large.h"

#define CAPACITY_MIN ((size_t)1024)
#define RESERVE_FROM ((size_t)1 << 16) /* slots: half a megabyte or one */
#define WORDS_MAX 2

void slots_free(slots *self)
{
    free(self->items);
    *self = (slots){0};
}

static void put_in(slots *self, size_t words, const uint64_t *slot)
{
    memcpy(slots_find(self, words, slot[0]), slot, words * sizeof *slot);
}

static bool move_to(slots *self, const slots_shape *shape, size_t capacity, size_t reserved)
{
    slots wider = {calloc(reserved, shape->words * sizeof *self->items), self->count, capacity,
                   reserved > capacity};
    if (wider.items == NULL)
        return false;
    if (wider.is_reserved)
        large_pages(wider.items, reserved * shape->words * sizeof *self->items);
    for (size_t i = 0; i < self->capacity; i++)
        if (self->items[shape->words * i] != 0)
            put_in(&wider, shape->words, self->items + shape->words * i);
    free(self->items);
    *self = wider;
    return true;
}

static void double_in_place(slots *self, size_t words)
{
    uint64_t slot[WORDS_MAX];
    size_t before = self->capacity, first = 0;
    assert(words <= WORDS_MAX);
    while (self->items[words * first] != 0) /* it is never full */
        first++;
    self->capacity *= 2;
    for (size_t i = 1; i < before; i++) {
        uint64_t *at = self->items + words * ((first + i) & (before - 1));
        if (at[0] == 0)
            continue;
        memcpy(slot, at, words * sizeof *slot);
        at[0] = 0;
        put_in(self, words, slot);
    }
}

static bool grow(slots *self, const slots_shape *shape)
{
    size_t capacity = self->capacity == 0 ? CAPACITY_MIN : 2 * self->capacity;
    if (capacity > shape->capacity_max)
        return false;
    if (self->is_reserved)
        double_in_place(self, shape->words);
    else
        return move_to(self, shape, capacity,
                       capacity >= RESERVE_FROM ? shape->capacity_max : capacity);
    return true;
}

bool slots_make_room(slots *self, const slots_shape *shape)
{
    return self->count < self->capacity / 8 * shape->eighths_full || grow(self, shape);
}
