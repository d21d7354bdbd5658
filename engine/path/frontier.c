/*
 * The memory of one side of a two-sided search: see frontier.h.
 */
#include "path/frontier.h"

#include <string.h>

#include "base/heap.h"

void wpi_frontier_init(wpi_frontier *frontier)
{
    frontier->lists = WPI_ARRAY_OF(wpi_open_list);
    frontier->unread = WPI_ARRAY_OF(wpi_heap_entry);
    frontier->due = WPI_ARRAY_OF(uint32_t);
    memset(&frontier->labelled, 0, sizeof frontier->labelled);
}

void wpi_frontier_clear(wpi_frontier *frontier)
{
    frontier->lists.count = 0;
    frontier->opened = 0;
    frontier->unopened = UINT64_MAX;
    frontier->unread.count = 0;
    memset(&frontier->labelled, 0, sizeof frontier->labelled);
}

void wpi_frontier_free(wpi_frontier *frontier)
{
    wpi_array_free(&frontier->lists);
    wpi_array_free(&frontier->unread);
    wpi_array_free(&frontier->due);
}

size_t wpi_frontier_bytes(const wpi_frontier *frontier)
{
    return frontier->lists.capacity * sizeof(wpi_open_list) +
           frontier->unread.capacity * sizeof(wpi_heap_entry) +
           frontier->due.capacity * sizeof(uint32_t);
}
