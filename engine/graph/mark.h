/*
 * Marks: small numbers that importers keep beside what they stored.
 */
#ifndef WPI_GRAPH_MARK_H
#define WPI_GRAPH_MARK_H

#include "graph/graph.h"

/* As wp_mark_put() and wp_mark_get(). */
wp_status wpi_mark_put(wpi_graph *graph, const char *name, uint64_t value, wp_error *err);
wp_status wpi_mark_get(wpi_graph *graph, const char *name, uint64_t *value, wp_error *err);

#endif
