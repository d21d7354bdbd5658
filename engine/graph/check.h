/*
 * Integrity: every record readable, every reference answered, every derived record equal to what
 * the truth says.
 */
#ifndef WPI_GRAPH_CHECK_H
#define WPI_GRAPH_CHECK_H

#include "graph/graph.h"

/* As wp_check(). */
wp_status wpi_check_run(wpi_graph *graph, bool is_deep, wp_fault_fn *fault, void *context,
                        uint64_t *faults, wp_error *err);

#endif
