/*
 * A cache from identities to the numbers of people, and the set of what a dry run would have added.
 *
 * The cache is a hash table that doubles at half full, up to a million entries (16 MB), or sixteen
 * million for edge lists, which do nothing else; beyond that people displace others, who cost one
 * look-up in the database when they come again, never more memory. It compares 64-bit hashes under
 * a random key, so that no file can be made to confuse two people. It must be emptied when a
 * transaction is aborted, since people created in it are gone.
 */
#ifndef WARMPATH_IMPORT_PEOPLE_H
#define WARMPATH_IMPORT_PEOPLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "import/slots.h"
#include "warmpath.h"

typedef struct people_slot {
    uint64_t hash;
    wp_number number; /* 0: empty */
} people_slot;

typedef struct people {
    people_slot *slots;
    size_t capacity; /* power of two */
    size_t capacity_max;
    size_t count;
    uint64_t seed;
    slots seen; /* hashes alone */
} people;

/* False when memory or random numbers are not to be had. */
bool people_init(people *self);
void people_free(people *self);
/* Let the cache grow up to 256 MB. */
void people_allow_many(people *self);

/* The hash under which an identity (or any text) is known here; never 0. Letters of addresses and
 * profile slugs count without case. */
uint64_t people_hash(const people *self, wp_identity_kind kind, const char *text, size_t length);

/* Have the place of a hash fetched, for a look-up soon after. */
void people_fetch(const people *self, uint64_t hash);
/* The number kept for a hash; 0: none. */
wp_number people_find(const people *self, uint64_t hash);
void people_keep(people *self, uint64_t hash, wp_number number);
void people_forget(people *self);

/* Have the place of a hash fetched that is asked for soon. */
void people_fetch_seen(const people *self, uint64_t hash);
/* Whether a hash is remembered. */
bool people_has_seen(const people *self, uint64_t hash);
/* Remember a hash; false when it was there already. Beyond three and a half million hashes (32 MB)
 * or without memory nothing more is remembered. */
bool people_see(people *self, uint64_t hash);

#endif
