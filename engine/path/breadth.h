/*
 * Reach by hops: direction-optimising breadth-first search.
 */
#ifndef WPI_PATH_BREADTH_H
#define WPI_PATH_BREADTH_H

#include "path/query.h"

/* Everybody within `hops_max` ties (UINT32_MAX: any) of the sources, by hops, then number, without
 * the sources: an array of wp_reached. On a limit of the meter what was found stands. */
wp_status wpi_breadth_find(wpi_query *query, uint32_t hops_max, wp_reached **out, size_t *count,
                           wp_error *err);

#endif
