/*
 * Sorting by pairs of numbers: for millions of ties, where comparing items costs more than moving
 * them. Stable, so that of equal pairs the one that came last stands last.
 */
#ifndef WPI_BASE_SORT_H
#define WPI_BASE_SORT_H

#include "base/array.h"

/* The largest item that can be sorted. Who sorts structs that may grow asserts it when compiled. */
#define WPI_SORT_ITEM_BYTES_MAX 80

/*
 * Sort an array whose items begin with two uint32_t, by the first and then the second. Items have
 * at most WPI_SORT_ITEM_BYTES_MAX bytes, a multiple of 4. Memory for a copy of the items is taken
 * unless they are few or sorted already; WP_ENOMEM leaves them as they are.
 */
wp_status wpi_sort_pairs(wpi_array *array, wp_error *err);

#endif
