/*
 * Neighbour lists: keeping them, and reading them in place.
 */
#ifndef WPI_GRAPH_ADJACENCY_H
#define WPI_GRAPH_ADJACENCY_H

#include "format/adjacency.h"
#include "graph/graph.h"

/* The arc of a tie as it stands in the list of `person` (the low or the high one). */
wpi_arc wpi_adjacency_arc(uint32_t low, uint32_t high, const wpi_tie_state *state,
                          bool is_low_list);

/* Replace or insert arcs in the list of a person; `arcs` are sorted by `other` and distinct. */
wp_status wpi_adjacency_update(wpi_graph *graph, uint32_t person, wpi_arc *arcs, size_t count,
                               wp_error *err);

/* Part `part` of a list, read in place; WP_ENOTFOUND (err alone) after the last one. */
wp_status wpi_adjacency_part(wpi_graph *graph, uint32_t person, uint32_t part, wpi_arc_list *out,
                             wp_error *err);

#endif
