/*
 * What a dry run remembers by hashes: see rehearsal_table.h.
 *
 * The table is larger than a processor's cache, so a key asked for costs the memory's time unless
 * it was fetched before; neighbouring places are tried, which mostly are in the same line of it.
 */
#include "import/rehearsal_table.h"

#include <stdlib.h>
#include <string.h>

#include "import/large.h"

#define SLOTS_MIN ((size_t)1024)
#define SLOTS_MAX ((size_t)1 << 20)
#define TEXT_BYTES_MIN ((size_t)64 << 10)
#define TEXT_BYTES_MAX ((size_t)8 << 20)

void rehearsal_free(rehearsal *self)
{
    free(self->slots);
    free(self->texts);
    *self = (rehearsal){0};
}

static size_t first_place(size_t capacity, uint64_t key)
{
    return (size_t)(key >> 20) & (capacity - 1);
}

static size_t place_of(const rehearsal_slot *slots, size_t capacity, uint64_t key)
{
    size_t at = first_place(capacity, key);
    while (slots[at].key != 0 && slots[at].key != key)
        at = (at + 1) & (capacity - 1);
    return at;
}

static bool grow_to(rehearsal *self, size_t capacity)
{
    rehearsal_slot *wider = capacity > SLOTS_MAX ? NULL : calloc(capacity, sizeof *wider);
    if (wider == NULL)
        return false;
    large_pages(wider, capacity * sizeof *wider);
    for (size_t i = 0; i < self->capacity; i++)
        if (self->slots[i].key != 0)
            wider[place_of(wider, capacity, self->slots[i].key)] = self->slots[i];
    free(self->slots);
    self->slots = wider;
    self->capacity = capacity;
    return true;
}

static bool grow(rehearsal *self)
{
    return grow_to(self, self->capacity == 0 ? SLOTS_MIN : 2 * self->capacity);
}

void rehearsal_expect(rehearsal *self, uint64_t count)
{
    size_t capacity = SLOTS_MIN;
    while (capacity < SLOTS_MAX && capacity - capacity / 4 < count)
        capacity *= 2;
    if (capacity > self->capacity)
        (void)grow_to(self, capacity);
}

void rehearsal_fetch(const rehearsal *self, uint64_t key)
{
    if (self->capacity > 0)
        __builtin_prefetch(&self->slots[first_place(self->capacity, key)]);
}

bool rehearsal_get(const rehearsal *self, uint64_t key, uint64_t *value)
{
    if (self->capacity == 0)
        return false;
    const rehearsal_slot *slot = &self->slots[place_of(self->slots, self->capacity, key)];
    if (slot->key == key)
        *value = slot->value;
    return slot->key == key;
}

bool rehearsal_put(rehearsal *self, uint64_t key, uint64_t value)
{
    bool has_room = self->count < self->capacity - self->capacity / 4 || grow(self);
    if (self->capacity == 0)
        return false;
    rehearsal_slot *slot = &self->slots[place_of(self->slots, self->capacity, key)];
    if (slot->key == 0 && !has_room)
        return false;
    self->count += slot->key == 0 ? 1 : 0;
    *slot = (rehearsal_slot){key, value};
    return true;
}

bool rehearsal_keep(rehearsal *self, const char *text, size_t bytes, size_t *at)
{
    size_t capacity = self->text_capacity == 0 ? TEXT_BYTES_MIN : self->text_capacity;
    while (capacity < TEXT_BYTES_MAX && capacity - self->text_bytes < bytes)
        capacity *= 2;
    if (capacity - self->text_bytes < bytes)
        return false;
    if (capacity > self->text_capacity) {
        char *wider = realloc(self->texts, capacity);
        if (wider == NULL)
            return false;
        self->texts = wider;
        self->text_capacity = capacity;
    }
    *at = self->text_bytes;
    memcpy(self->texts + *at, text, bytes);
    self->text_bytes += bytes;
    return true;
}
