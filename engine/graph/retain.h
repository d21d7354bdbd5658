/*
 * Retention: interactions before a time are reduced to what they contribute to ties, or removed.
 *
 * What a pair of people had put into their tie by the interactions that go is kept as one summary a
 * source: an interaction of a kind of its own whose evidence has sums instead of a weight. So
 * everything that holds of interactions holds of summaries.
 */
#ifndef WPI_GRAPH_RETAIN_H
#define WPI_GRAPH_RETAIN_H

#include "graph/graph.h"

/* Where a retention is. */
typedef struct wpi_retaining {
    int64_t before_s;
    bool is_removal;
    bool is_dry_run;
    uint64_t next; /* the number to look at; 0: a pass has ended */
    uint64_t looked_at;
    uint64_t taken_in_pass;
    wp_retained *out;
} wpi_retaining;

/* Begin a pass over all interactions, the newest numbers first. */
void wpi_retain_begin_pass(wpi_graph *graph, wpi_retaining *self);
/* One transaction's worth of a pass. */
wp_status wpi_retain_some(wpi_graph *graph, wpi_retaining *self, wp_error *err);

#endif
