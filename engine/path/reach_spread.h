/*
 * Spreading from the sources to everybody within reach, by cost, where there are no barriers.
 */
#ifndef WPI_PATH_REACH_SPREAD_H
#define WPI_PATH_REACH_SPREAD_H

#include "path/query.h"
#include "path/reach_table.h"

/* hops_max: UINT32_MAX: any. On a limit of the meter the ends found so far stand. */
wp_status wpi_reach_spread(wpi_query *query, uint32_t hops_max, wpi_reach_table *table,
                           wp_error *err);

#endif
