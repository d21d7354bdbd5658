/*
 * A cache from identities to the numbers of people.
 *
 * The set of seen hashes is an open-addressing table that doubles at seven eighths full and stops
 * growing at SEEN_SLOTS_MAX: a dry run of a larger import counts a repeated row as new rather than
 * using memory without bound.
 */
#include "import/people.h"

#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#define XXH_INLINE_ALL
#include <xxhash.h>

#include "import/large.h"

#define SLOTS_MIN ((size_t)1 << 12)
#define SLOTS_MAX ((size_t)1 << 20)
#define SLOTS_MANY ((size_t)1 << 24)
#define PROBES_MAX ((size_t)16)
#define SEEN_SLOTS_MAX ((size_t)1 << 22)
#define TEXT_BYTES_MAX 1024

bool people_init(people *self)
{
    *self = (people){0};
    if (getrandom(&self->seed, sizeof self->seed, 0) != (ssize_t)sizeof self->seed)
        return false;
    self->capacity = SLOTS_MIN;
    self->capacity_max = SLOTS_MAX;
    self->slots = calloc(SLOTS_MIN, sizeof *self->slots);
    return self->slots != NULL;
}

void people_allow_many(people *self)
{
    self->capacity_max = SLOTS_MANY;
}

void people_free(people *self)
{
    free(self->slots);
    free(self->seen);
    *self = (people){0};
}

uint64_t people_hash(const people *self, wp_identity_kind kind, const char *text, size_t length)
{
    char lower[TEXT_BYTES_MAX];
    bool has_case = kind != WP_IDENTITY_EMAIL && kind != WP_IDENTITY_LINKEDIN;
    if (!has_case && length <= sizeof lower) {
        for (size_t i = 0; i < length; i++)
            lower[i] = text[i] >= 'A' && text[i] <= 'Z' ? (char)(text[i] | 0x20) : text[i];
        text = lower;
    }
    uint64_t hash = XXH3_64bits_withSeed(text, length, self->seed + (uint64_t)kind);
    return hash == 0 ? 1 : hash;
}

/* The place of a hash: where it stands, an empty place for it, or the one it displaces. */
static people_slot *slot_of(const people *self, uint64_t hash)
{
    size_t mask = self->capacity - 1;
    size_t at = (size_t)hash & mask;
    for (size_t i = 0; i < PROBES_MAX; i++) {
        people_slot *slot = &self->slots[(at + i) & mask];
        if (slot->hash == hash || slot->number == 0)
            return slot;
    }
    return &self->slots[at];
}

void people_fetch(const people *self, uint64_t hash)
{
    __builtin_prefetch(&self->slots[(size_t)hash & (self->capacity - 1)]);
}

wp_number people_find(const people *self, uint64_t hash)
{
    if (self->count == 0)
        return 0; /* As in a dry run into an empty database. */
    const people_slot *slot = slot_of(self, hash);
    return slot->hash == hash ? slot->number : 0;
}

/* Without memory it stays as it is: a smaller cache. */
static void grow_slots(people *self)
{
    people narrow = *self, wider = *self;
    wider.capacity = 2 * self->capacity;
    wider.slots = calloc(wider.capacity, sizeof *wider.slots);
    if (wider.slots == NULL)
        return;
    large_pages(wider.slots, wider.capacity * sizeof *wider.slots);
    for (size_t i = 0; i < narrow.capacity; i++)
        if (narrow.slots[i].number != 0)
            *slot_of(&wider, narrow.slots[i].hash) = narrow.slots[i];
    free(narrow.slots);
    self->slots = wider.slots;
    self->capacity = wider.capacity;
}

void people_keep(people *self, uint64_t hash, wp_number number)
{
    if (2 * self->count >= self->capacity && self->capacity < self->capacity_max)
        grow_slots(self);
    people_slot *slot = slot_of(self, hash);
    self->count += slot->number == 0 ? 1 : 0;
    *slot = (people_slot){hash, number};
}

void people_forget(people *self)
{
    if (self->count == 0)
        return; /* Of a directory each file begins with this. */
    memset(self->slots, 0, self->capacity * sizeof *self->slots);
    self->count = 0;
}

static size_t seen_index(size_t capacity, uint64_t hash)
{
    return (size_t)(hash >> 20) & (capacity - 1);
}

static uint64_t *seen_at(uint64_t *table, size_t capacity, uint64_t hash)
{
    size_t at = seen_index(capacity, hash);
    while (table[at] != 0 && table[at] != hash)
        at = (at + 1) & (capacity - 1);
    return &table[at];
}

static bool grow_seen(people *self)
{
    size_t capacity = self->seen_capacity == 0 ? 1024 : 2 * self->seen_capacity;
    uint64_t *wider = capacity > SEEN_SLOTS_MAX ? NULL : calloc(capacity, sizeof *wider);
    if (wider == NULL)
        return false;
    large_pages(wider, capacity * sizeof *wider);
    for (size_t i = 0; i < self->seen_capacity; i++)
        if (self->seen[i] != 0)
            *seen_at(wider, capacity, self->seen[i]) = self->seen[i];
    free(self->seen);
    self->seen = wider;
    self->seen_capacity = capacity;
    return true;
}

void people_fetch_seen(const people *self, uint64_t hash)
{
    if (self->seen_capacity > 0)
        __builtin_prefetch(&self->seen[seen_index(self->seen_capacity, hash)]);
}

bool people_has_seen(const people *self, uint64_t hash)
{
    return self->seen_capacity > 0 && *seen_at(self->seen, self->seen_capacity, hash) == hash;
}

bool people_see(people *self, uint64_t hash)
{
    /* Fuller than usual: the last doubling holds old and new, which counts against an import. */
    size_t full = self->seen_capacity - self->seen_capacity / 8;
    bool has_room = self->seen_count < full || grow_seen(self);
    if (self->seen_capacity == 0)
        return true;
    uint64_t *at = seen_at(self->seen, self->seen_capacity, hash);
    if (*at == hash)
        return false;
    if (has_room) {
        *at = hash;
        self->seen_count++;
    }
    return true;
}
