/*
 * A heap of items by cost, then hops: a 4-ary heap in an array. There is no lowering of an entry; a
 * better one is pushed, and whoever pops the older one later sees that it is out of date.
 */
#ifndef WPI_BASE_HEAP_H
#define WPI_BASE_HEAP_H

#include <stdint.h>

#include "base/array.h"

typedef struct wpi_heap_entry {
    uint64_t cost;
    uint32_t hops;
    uint32_t item;
} wpi_heap_entry;

/* The heap is a WPI_ARRAY_OF(wpi_heap_entry); the first item is the smallest. */
wp_status wpi_heap_push(wpi_array *heap, wpi_heap_entry added, wp_error *err);
/* Remove and return the smallest entry; there is one. */
wpi_heap_entry wpi_heap_pop(wpi_array *heap);
/* The smallest cost; UINT64_MAX of an empty heap. */
uint64_t wpi_heap_cost(const wpi_array *heap);

#endif
