/*
 * Expanding one person: the ties of a list as a search sees them, copied to the caller.
 */
#ifndef WPI_PATH_NEIGHBOURS_H
#define WPI_PATH_NEIGHBOURS_H

#include "path/policy.h"

/* As wp_neighbours(). */
wp_status wpi_neighbours_copy(wpi_graph *graph, const wpi_policy *policy, uint32_t person,
                              int32_t day, bool is_inbound, uint32_t cost_max, wp_neighbour *out,
                              size_t capacity, size_t *count, wp_error *err);

#endif
