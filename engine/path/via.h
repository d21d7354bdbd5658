/*
 * Paths that must pass a given intermediary.
 */
#ifndef WPI_PATH_VIA_H
#define WPI_PATH_VIA_H

#include "path/candidates.h"

/*
 * The k best paths that have `via` as an intermediary, one for each last introducer, in the total
 * order. On a limit of the meter, what was found so far, and the limit as the status.
 */
wp_status wpi_via_find(wpi_search *search, uint32_t via, size_t k, wpi_trace_ids *ids,
                       wpi_arena *arena, wpi_array *out, wp_error *err);

#endif
