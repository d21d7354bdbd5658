/*
 * The path query: from the question to the answer.
 */
#ifndef WPI_PATH_PATHS_H
#define WPI_PATH_PATHS_H

#include "path/policy.h"
#include "path/scratch.h"

struct wp_paths {
    wpi_arena arena; /* owns everything below */
    wp_path *items;
    size_t count;
    bool is_complete;
    double reach;
    uint64_t steps;
};

/* As wp_paths_find(), with memory of an earlier search or new. */
wp_status wpi_paths_find(wpi_graph *graph, const wpi_policy *policy, const wp_path_query *query,
                         wpi_scratch *scratch, wp_paths **out, wp_error *err);
void wpi_paths_free(wp_paths *paths);

#endif
