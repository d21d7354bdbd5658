/*
 * The growable array.
 *
 * Capacity doubles, so that pushing n items costs O(n). A failed growth leaves the items where
 * they are: what was gathered so far stays valid and can still be freed. Items are moved by memcpy
 * and realloc, so they must not point into the array themselves. An item may be pushed from a
 * place inside the same array only if there is room for it already.
 */
#include "base/array.h"

#include <stdlib.h>

#include <stdint.h>

#include <assert.h>
#include <string.h>

#include "base/memory.h"

#define CAPACITY_MIN 16

wp_status wpi_array_reserve(wpi_array *array, size_t count, wp_error *err)
{
    assert(array->item_bytes > 0);
    if (count <= array->capacity)
        return WP_OK;
    size_t capacity = array->capacity < CAPACITY_MIN ? CAPACITY_MIN : array->capacity;
    while (capacity < count) {
        if (__builtin_mul_overflow(capacity, (size_t)2, &capacity))
            return wpi_memory_failed(err);
    }
    void *items = wpi_memory_resize(array->items, capacity, array->item_bytes);
    if (items == NULL)
        return wpi_memory_failed(err);
    array->items = items;
    array->capacity = capacity;
    wpi_memory_use_large(items, capacity * array->item_bytes);
    return WP_OK;
}

wp_status wpi_array_push(wpi_array *array, const void *item, wp_error *err)
{
    return wpi_array_extend(array, item, 1, err);
}

wp_status wpi_array_extend(wpi_array *array, const void *items, size_t count, wp_error *err)
{
    size_t total;
    if (count == 0)
        return WP_OK;
    if (__builtin_add_overflow(array->count, count, &total))
        return wpi_memory_failed(err);
    WPI_TRY(wpi_array_reserve(array, total, err));
    unsigned char *end = (unsigned char *)array->items + array->count * array->item_bytes;
    memcpy(end, items, count * array->item_bytes);
    array->count = total;
    return WP_OK;
}

void wpi_array_free(wpi_array *array)
{
    wpi_memory_free(array->items);
    array->items = NULL;
    array->count = 0;
    array->capacity = 0;
}

static int compare_numbers(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return x < y ? -1 : x > y;
}

void wpi_array_sort_numbers(wpi_array *numbers)
{
    uint32_t *items = numbers->items;
    size_t kept = 0;
    assert(numbers->item_bytes == sizeof *items);
    if (numbers->count > 1)
        qsort(items, numbers->count, sizeof *items, compare_numbers);
    for (size_t i = 0; i < numbers->count; i++)
        if (kept == 0 || items[i] != items[kept - 1])
            items[kept++] = items[i];
    numbers->count = kept;
}
