/*
 * The set of small numbers.
 *
 * One bit a number, in words of 64. The set grows to the next power of two when a number beyond
 * its size is added, and new words are cleared before the size says that they exist. It never
 * shrinks. The largest set, of all 32-bit numbers, takes half a gigabyte; callers add numbers that
 * they have checked against the number of people, pages or the like.
 */
#include "base/bitset.h"

#include <string.h>

#include "base/memory.h"

#define WORDS_MIN 16

static wp_status grow(wpi_bitset *set, uint32_t number, wp_error *err)
{
    size_t old_count = set->size / 64;
    size_t count = old_count < WORDS_MIN ? WORDS_MIN : old_count;
    while (count <= number / 64)
        count *= 2;
    uint64_t *words = wpi_memory_resize(set->words, count, sizeof(*words));
    if (words == NULL)
        return wpi_memory_failed(err);
    memset(words + old_count, 0, (count - old_count) * sizeof(*words));
    set->words = words;
    set->size = count * 64;
    return WP_OK;
}

wp_status wpi_bitset_add(wpi_bitset *set, uint32_t number, wp_error *err)
{
    if (number >= set->size)
        WPI_TRY(grow(set, number, err));
    if (!wpi_bitset_has(set, number)) {
        set->words[number >> 6] |= UINT64_C(1) << (number & 63);
        set->count++;
    }
    return WP_OK;
}

wp_status wpi_bitset_unite(wpi_bitset *set, const wpi_bitset *other, wp_error *err)
{
    if (other->size > set->size)
        WPI_TRY(grow(set, (uint32_t)(other->size - 1), err));
    for (size_t i = 0; i < other->size / 64; i++) {
        uint64_t added = other->words[i] & ~set->words[i];
        set->words[i] |= added;
        set->count += (size_t)__builtin_popcountll(added);
    }
    return WP_OK;
}

wp_status wpi_bitset_add_others(wpi_bitset *set, const wpi_bitset *absent, uint32_t last,
                                wp_error *err)
{
    if (last >= set->size)
        WPI_TRY(grow(set, last, err));
    for (size_t i = 0; i <= last / 64; i++) {
        uint64_t wanted = i < absent->size / 64 ? ~absent->words[i] : UINT64_MAX;
        if (i == 0)
            wanted &= ~UINT64_C(1);
        if (i == last / 64)
            wanted &= UINT64_MAX >> (63 - last % 64);
        uint64_t added = wanted & ~set->words[i];
        set->words[i] |= added;
        set->count += (size_t)__builtin_popcountll(added);
    }
    return WP_OK;
}

void wpi_bitset_remove(wpi_bitset *set, uint32_t number)
{
    if (!wpi_bitset_has(set, number))
        return;
    set->words[number >> 6] &= ~(UINT64_C(1) << (number & 63));
    set->count--;
}

void wpi_bitset_free(wpi_bitset *set)
{
    wpi_memory_free(set->words);
    *set = (wpi_bitset){NULL, 0, 0};
}
