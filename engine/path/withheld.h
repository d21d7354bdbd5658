/*
 * How many introductions policy withholds, and by which rule: for the right to audit.
 */
#ifndef WPI_PATH_WITHHELD_H
#define WPI_PATH_WITHHELD_H

#include "path/policy.h"
#include "path/scratch.h"

/* As wp_paths_withheld(). */
wp_status wpi_withheld_count(wpi_graph *graph, const wp_path_query *query, wpi_scratch *scratch,
                             wp_withheld *out, wp_error *err);

#endif
