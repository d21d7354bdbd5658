/*
 * Expanding people: the ties of their lists as a search sees them, copied to the caller.
 */
#ifndef WPI_PATH_NEIGHBOURS_H
#define WPI_PATH_NEIGHBOURS_H

#include "path/policy.h"

/* Many people to be expanded, and where their neighbours go; see wp_neighbours_many(). */
typedef struct wpi_neighbours_many {
    const uint32_t *people; /* not canonical */
    size_t people_count;
    wp_neighbour *out;
    size_t capacity;
    size_t *counts;
    size_t done;
} wpi_neighbours_many;

/* As wp_neighbours() and wp_neighbours_many(). */
wp_status wpi_neighbours_copy(wpi_graph *graph, const wpi_policy *policy, uint32_t person,
                              int32_t day, bool is_inbound, uint32_t cost_max, wp_neighbour *out,
                              size_t capacity, size_t *count, wp_error *err);
wp_status wpi_neighbours_copy_many(wpi_graph *graph, const wpi_policy *policy, int32_t day,
                                   bool is_inbound, uint32_t cost_max, wpi_neighbours_many *many,
                                   wp_error *err);

#endif
