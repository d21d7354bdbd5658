/*
 * Which hashes are certainly not in a set: a bit for each value of their upper bits.
 *
 * For sets too large for a map, where most of what is asked for is absent. Hashes must be evenly
 * spread. With as many members as it was made for, at least 15 of 16 absent hashes are told; the
 * memory is limited, so that of more than eight million members fewer are.
 */
#ifndef WPI_BASE_HASH_FILTER_H
#define WPI_BASE_HASH_FILTER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/status.h"

typedef struct wpi_hash_filter {
    uint64_t *words; /* NULL: not made, and nothing is known */
    unsigned shift;  /* of a hash, to the number of its bit */
    uint64_t left;   /* members that it has room for */
} wpi_hash_filter;

/* Make an empty one for so many members. */
wp_status wpi_hash_filter_make(wpi_hash_filter *filter, uint64_t members, wp_error *err);
/* Add a member, if the filter is made. When it is full it is freed. */
void wpi_hash_filter_add(wpi_hash_filter *filter, uint64_t hash);
void wpi_hash_filter_free(wpi_hash_filter *filter);

/* False only when the filter is made and the hash was not added. */
static inline bool wpi_hash_filter_may_have(const wpi_hash_filter *filter, uint64_t hash)
{
    uint64_t bit = hash >> filter->shift;
    return filter->words == NULL || (filter->words[bit >> 6] >> (bit & 63) & 1) != 0;
}

#endif
