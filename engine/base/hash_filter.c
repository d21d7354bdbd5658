/*
 * Filters of hashes: see hash_filter.h.
 */
#include "base/hash_filter.h"

#include <assert.h>

#include "base/memory.h"

#define BITS_EACH 16
#define BITS_MIN 10
#define BITS_MAX 27 /* 16 MB */

wp_status wpi_hash_filter_make(wpi_hash_filter *filter, uint64_t members, wp_error *err)
{
    unsigned bits = BITS_MIN;
    assert(filter->words == NULL);
    while (bits < BITS_MAX && UINT64_C(1) << bits < members * BITS_EACH)
        bits++;
    filter->words = wpi_memory_new_zeroed((size_t)1 << bits >> 6, sizeof *filter->words);
    if (filter->words == NULL)
        return wpi_memory_failed(err);
    filter->shift = 64 - bits;
    filter->left = members;
    return WP_OK;
}

void wpi_hash_filter_add(wpi_hash_filter *filter, uint64_t hash)
{
    if (filter->words == NULL)
        return;
    if (filter->left == 0) {
        wpi_hash_filter_free(filter);
        return;
    }
    uint64_t bit = hash >> filter->shift;
    filter->words[bit >> 6] |= UINT64_C(1) << (bit & 63);
    filter->left--;
}

void wpi_hash_filter_free(wpi_hash_filter *filter)
{
    wpi_memory_free(filter->words);
    *filter = (wpi_hash_filter){.words = NULL};
}
