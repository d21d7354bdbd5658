/*
 * Reach: the best path from the sources to everybody.
 */
#ifndef WPI_PATH_REACH_H
#define WPI_PATH_REACH_H

#include "path/policy.h"

struct wp_reach {
    wp_reached *items;
    size_t count;
    bool is_complete;
};

/* As wp_reach_find(). */
wp_status wpi_reach_find(wpi_graph *graph, const wpi_policy *policy, const wp_reach_query *query,
                         wp_reach **out, wp_error *err);
void wpi_reach_free(wp_reach *reach);

#endif
