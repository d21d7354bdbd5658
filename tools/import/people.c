/*
 * A cache from identities to the numbers of people.
 *
 * The set of seen hashes doubles at seven eighths full and stops at 32 MB: a dry run of a larger
 * import counts a repeated row as new rather than using memory without bound.
 */
#include "import/people.h"

#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#define XXH_INLINE_ALL
#include <xxhash.h>

#include "import/fetch.h"
#include "import/large.h"

#define SLOTS_MIN ((size_t)1 << 12)
#define SLOTS_MAX ((size_t)1 << 20)
#define SLOTS_MANY ((size_t)1 << 24)
#define PROBES_MAX ((size_t)16)
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
    slots_free(&self->seen);
    *self = (people){0};
}

/* Eight bytes with capitals of ASCII made small: of each byte the highest bit is found that says
 * whether it is one, and moved to where small letters differ. */
static uint64_t lower_letters(uint64_t bytes)
{
    const uint64_t each = UINT64_C(0x0101010101010101);
    uint64_t low = bytes & 0x7f * each;
    uint64_t from_a = low + (0x80 - 'A') * each, behind_z = low + (0x7f - 'Z') * each;
    return bytes | (((from_a ^ behind_z) & ~bytes & 0x80 * each) >> 2);
}

uint64_t people_hash(const people *self, wp_identity_kind kind, const char *text, size_t length)
{
    uint64_t lower[TEXT_BYTES_MAX / 8];
    bool has_case = kind != WP_IDENTITY_EMAIL && kind != WP_IDENTITY_LINKEDIN;
    if (!has_case && length > 0 && length <= sizeof lower) {
        lower[(length - 1) / 8] = 0;
        memcpy(lower, text, length);
        for (size_t i = 0; 8 * i < length; i++)
            lower[i] = lower_letters(lower[i]);
        text = (const char *)lower;
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
    fetch_line(&self->slots[(size_t)hash & (self->capacity - 1)]);
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

/* Fuller than usual, and the largest of all that a dry run has. */
static const slots_shape seen_shape = {1, (size_t)1 << 22, 7};

void people_fetch_seen(const people *self, uint64_t hash)
{
    slots_fetch(&self->seen, 1, hash);
}

bool people_has_seen(const people *self, uint64_t hash)
{
    return self->seen.capacity > 0 && *slots_find(&self->seen, 1, hash) == hash;
}

bool people_see(people *self, uint64_t hash)
{
    bool has_room = slots_make_room(&self->seen, &seen_shape);
    if (self->seen.capacity == 0)
        return true;
    uint64_t *at = slots_find(&self->seen, 1, hash);
    if (*at == hash)
        return false;
    if (has_room) {
        *at = hash;
        self->seen.count++;
    }
    return true;
}
