/*
 * A set of small numbers as bits. Numbers beyond the size are not in it.
 */
#ifndef WPI_BASE_BITSET_H
#define WPI_BASE_BITSET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/status.h"

typedef struct wpi_bitset {
    uint64_t *words; /* NULL while empty */
    size_t size;     /* in bits, multiple of 64 */
    size_t count;    /* members */
} wpi_bitset;

/* Add a number, growing the set when needed. */
wp_status wpi_bitset_add(wpi_bitset *set, uint32_t number, wp_error *err);
/* Add all members of another set. */
wp_status wpi_bitset_unite(wpi_bitset *set, const wpi_bitset *other, wp_error *err);
/* Add the numbers 1..last that another set does not have. */
wp_status wpi_bitset_add_others(wpi_bitset *set, const wpi_bitset *absent, uint32_t last,
                                wp_error *err);
void wpi_bitset_remove(wpi_bitset *set, uint32_t number);
void wpi_bitset_free(wpi_bitset *set);

static inline bool wpi_bitset_has(const wpi_bitset *set, uint32_t number)
{
    return number < set->size && (set->words[number >> 6] >> (number & 63) & 1) != 0;
}

/* Which of the sixty-four numbers from a multiple of it on are in the set, a bit each. */
static inline uint64_t wpi_bitset_word(const wpi_bitset *set, uint32_t first)
{
    return first < set->size ? set->words[first >> 6] : 0;
}

#endif
