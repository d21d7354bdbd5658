/*
 * Explanations: a tie and what each interaction contributes to it.
 */
#ifndef WPI_GRAPH_EXPLAIN_H
#define WPI_GRAPH_EXPLAIN_H

#include "graph/graph.h"

/* As wp_explain(). */
wp_status wpi_explain_tie(wpi_graph *graph, uint32_t from, uint32_t to, int32_t day,
                          wp_explanation **out, wp_error *err);
void wpi_explain_free(wp_explanation *explanation);

#endif
