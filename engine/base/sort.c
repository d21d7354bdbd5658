/*
 * Sorting by pairs of numbers: a radix sort from the least digit up.
 *
 * One pass counts the values of all six digits; digits that are equal in all items, as the upper
 * ones of small numbers are, cost no pass of their own. Each other digit moves the items once
 * between the array and a copy. Few items are sorted by insertion and merging, since counting alone
 * would take longer, and sorted ones are seen as such first, since data often comes in order.
 */
#include "base/sort.h"

#include <assert.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "base/memory.h"

#define DIGIT_BITS 11
#define DIGIT_VALUES (1u << DIGIT_BITS)
#define DIGITS 6 /* three of each number */
#define FEW 2048
#define RUN 12

typedef struct digit_counts {
    size_t of[DIGITS][DIGIT_VALUES];
} digit_counts;

static uint64_t pair_at(const unsigned char *item)
{
    uint32_t pair[2];
    memcpy(pair, item, sizeof pair);
    return (uint64_t)pair[0] << 32 | pair[1];
}

static unsigned digit_of(uint64_t pair, unsigned digit)
{
    uint32_t number = (uint32_t)(digit < 3 ? pair : pair >> 32);
    return number >> (digit % 3 * DIGIT_BITS) & (DIGIT_VALUES - 1);
}

static bool is_sorted(const wpi_array *array)
{
    const unsigned char *item = array->items;
    uint64_t before = 0;
    for (size_t i = 0; i < array->count; i++, item += array->item_bytes) {
        uint64_t pair = pair_at(item);
        if (pair < before)
            return false;
        before = pair;
    }
    return true;
}

/* Inlined with the sizes that matter, so that an item is moved by a few instructions. */
#define FOR_SIZE static inline __attribute__((always_inline))

FOR_SIZE void insert_run(unsigned char *items, size_t count, size_t bytes)
{
    unsigned char held[WPI_SORT_ITEM_BYTES_MAX];
    for (size_t i = 1; i < count; i++) {
        uint64_t pair = pair_at(items + i * bytes);
        size_t to = i;
        memcpy(held, items + i * bytes, bytes);
        for (; to > 0 && pair_at(items + (to - 1) * bytes) > pair; to--)
            memcpy(items + to * bytes, items + (to - 1) * bytes, bytes);
        memcpy(items + to * bytes, held, bytes);
    }
}

/* Merge neighbouring runs of so many items. Which item comes next is a matter of chance, so that it
 * is chosen without a branch. */
FOR_SIZE void merge_runs(const unsigned char *from, unsigned char *to, size_t count, size_t run,
                         size_t bytes)
{
    for (size_t start = 0; start < count; start += 2 * run) {
        size_t half = start + run < count ? start + run : count;
        size_t whole = half + run < count ? half + run : count;
        const unsigned char *left = from + start * bytes, *middle = from + half * bytes;
        const unsigned char *right = middle, *end = from + whole * bytes;
        while (left < middle && right < end) {
            size_t is_right = pair_at(right) < pair_at(left);
            memcpy(to, is_right != 0 ? right : left, bytes);
            right += is_right * bytes;
            left += (1 - is_right) * bytes;
            to += bytes;
        }
        memcpy(to, left, (size_t)(middle - left));
        to += middle - left;
        memcpy(to, right, (size_t)(end - right));
        to += end - right;
    }
}

/* Sort by insertion and merging; the result lies in `items` or in `copy`. */
FOR_SIZE unsigned char *sort_some(unsigned char *items, unsigned char *copy, size_t count,
                                  size_t bytes)
{
    for (size_t i = 0; i < count; i += RUN)
        insert_run(items + i * bytes, count - i < RUN ? count - i : RUN, bytes);
    for (size_t run = RUN; run < count; run *= 2) {
        unsigned char *other = items;
        merge_runs(items, copy, count, run, bytes);
        items = copy;
        copy = other;
    }
    return items;
}

static unsigned char *sort_few(unsigned char *items, unsigned char *copy, const wpi_array *array)
{
    if (array->item_bytes == 8)
        return sort_some(items, copy, array->count, 8);
    if (array->item_bytes == 12)
        return sort_some(items, copy, array->count, 12);
    if (array->item_bytes == 16)
        return sort_some(items, copy, array->count, 16);
    return sort_some(items, copy, array->count, array->item_bytes);
}

static void count_digits(const wpi_array *array, digit_counts *counts)
{
    const unsigned char *item = array->items;
    memset(counts, 0, sizeof *counts);
    for (size_t i = 0; i < array->count; i++, item += array->item_bytes) {
        uint64_t pair = pair_at(item);
        for (unsigned digit = 0; digit < DIGITS; digit++)
            counts->of[digit][digit_of(pair, digit)]++;
    }
}

/* Turn counts into the places of the first item of each value; false when all have the same. */
static bool place_values(size_t *counts, size_t total)
{
    size_t place = 0;
    for (unsigned value = 0; value < DIGIT_VALUES; value++) {
        size_t count = counts[value];
        if (count == total)
            return false;
        counts[value] = place;
        place += count;
    }
    return true;
}

/* Inlined for the sizes that matter, so that an item is moved by a few instructions. */
static inline __attribute__((always_inline)) void move_items(const unsigned char *from,
                                                             unsigned char *to, size_t count,
                                                             size_t bytes, size_t *places,
                                                             unsigned digit)
{
    for (size_t i = 0; i < count; i++, from += bytes)
        memcpy(to + places[digit_of(pair_at(from), digit)]++ * bytes, from, bytes);
}

static void move_digit(const unsigned char *from, unsigned char *to, const wpi_array *array,
                       size_t *places, unsigned digit)
{
    if (array->item_bytes == 12)
        move_items(from, to, array->count, 12, places, digit);
    else if (array->item_bytes == 16)
        move_items(from, to, array->count, 16, places, digit);
    else
        move_items(from, to, array->count, array->item_bytes, places, digit);
}

/* Sort digit by digit; the result lies in `items` or in `copy`. */
static unsigned char *sort_many(unsigned char *items, unsigned char *copy, const wpi_array *array,
                                digit_counts *counts)
{
    count_digits(array, counts);
    for (unsigned digit = 0; digit < DIGITS; digit++) {
        if (!place_values(counts->of[digit], array->count))
            continue;
        move_digit(items, copy, array, counts->of[digit], digit);
        unsigned char *other = items;
        items = copy;
        copy = other;
    }
    return items;
}

wp_status wpi_sort_pairs(wpi_array *array, wp_error *err)
{
    bool is_few = array->count <= FEW;
    assert(array->item_bytes % 4 == 0 && array->item_bytes <= WPI_SORT_ITEM_BYTES_MAX);
    if (is_sorted(array))
        return WP_OK;
    if (array->count <= RUN) {
        insert_run(array->items, array->count, array->item_bytes);
        return WP_OK;
    }
    digit_counts *counts = is_few ? NULL : wpi_memory_new(1, sizeof *counts);
    unsigned char *copy = wpi_memory_new(array->count, array->item_bytes);
    if ((counts == NULL && !is_few) || copy == NULL) {
        wpi_memory_free(counts);
        wpi_memory_free(copy);
        return wpi_memory_failed(err);
    }
    wpi_memory_use_large(copy, array->count * array->item_bytes);
    const unsigned char *sorted =
        is_few ? sort_few(array->items, copy, array) : sort_many(array->items, copy, array, counts);
    if (sorted == copy)
        memcpy(array->items, copy, array->count * array->item_bytes);
    wpi_memory_free(copy);
    wpi_memory_free(counts);
    return WP_OK;
}
