/*
 * A growable array of items of one size. An all-zero array with item_bytes set is empty.
 */
#ifndef WPI_BASE_ARRAY_H
#define WPI_BASE_ARRAY_H

#include <stddef.h>

#include "base/status.h"

typedef struct wpi_array {
    void *items;
    size_t count;
    size_t capacity;
    size_t item_bytes;
} wpi_array;

#define WPI_ARRAY_OF(type) ((wpi_array){NULL, 0, 0, sizeof(type)})

/* Room for at least `count` items in all; count is unchanged. WP_ENOMEM leaves it as it was. */
wp_status wpi_array_reserve(wpi_array *array, size_t count, wp_error *err);
/* Append a copy of one item. */
wp_status wpi_array_push(wpi_array *array, const void *item, wp_error *err);
/* The same with the type of the items at hand, so that the copy takes a few moves: for loops. */
#define WPI_ARRAY_PUSH(array, type, value, err)                                                    \
    (((array)->count < (array)->capacity ||                                                        \
      wpi_array_reserve(array, (array)->count + 1, err) == WP_OK)                                  \
         ? (((type *)(array)->items)[(array)->count++] = (value), WP_OK)                           \
         : WP_ENOMEM)
/* Append `count` items copied from `items`. */
wp_status wpi_array_extend(wpi_array *array, const void *items, size_t count, wp_error *err);
/* Free the items; the array is empty and usable afterwards. */
void wpi_array_free(wpi_array *array);

/* For an array of uint32_t: sort ascending and keep each number once. */
void wpi_array_sort_numbers(wpi_array *numbers);

#define WPI_ARRAY_AT(array, type, index) (((type *)(array)->items)[index])

#endif
