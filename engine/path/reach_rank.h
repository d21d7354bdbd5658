/*
 * Listing those who were reached, best first.
 */
#ifndef WPI_PATH_REACH_RANK_H
#define WPI_PATH_REACH_RANK_H

#include "path/query.h"
#include "path/reach_table.h"

/* What listing takes for each person beside the ids that decide among equals. */
#define WPI_REACH_RANK_BYTES (2 * 16 + sizeof(wp_reached))

/*
 * List all ends by cost, hops, external id and number; the table is emptied. With a limit of the
 * meter the list is complete, and equals whose ids were not read stand in the order of numbers.
 */
wp_status wpi_reach_rank(wpi_query *query, wpi_reach_table *table, wp_reached **items,
                         size_t *count, wp_error *err);

#endif
