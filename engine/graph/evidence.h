/*
 * Evidence: each interaction as it counts for each tie, by pair and time. The states of ties can
 * be computed anew from it, for a day in the past or for a check, and explanations read it.
 *
 * Connections of a pair at one moment are one, told by several archives under several keys: the
 * weightiest counts, of equals the first stored, and the others weigh nothing.
 */
#ifndef WPI_GRAPH_EVIDENCE_H
#define WPI_GRAPH_EVIDENCE_H

#include "graph/graph.h"

/* One row as read back. */
typedef struct wpi_evidence_row {
    int64_t time_s;
    uint64_t interaction;
    wpi_evidence_record record;
} wpi_evidence_row;

/* The row of a pair, low <= high. */
typedef struct wpi_derived_row {
    uint32_t low;
    uint32_t high;
    wpi_evidence_row row;
} wpi_derived_row;

/* Whether a row makes a contact: automatic mail and declined meetings do not. */
bool wpi_evidence_counts(const wpi_evidence_record *record);

/* NULL is none. */
bool wpi_evidence_is_same_sums(const wp_sums *a, const wp_sums *b);

/* Add a row's gains to a state. */
void wpi_evidence_apply(wpi_tie_state *state, const wpi_evidence_row *row);

/* Put a row, through a cursor of the table when it is not NULL. */
wp_status wpi_evidence_put(wpi_graph *graph, wpi_store_cursor *cursor, const wpi_derived_row *row,
                           wp_error *err);
/* The record of one row, whose time and interaction are given. */
wp_status wpi_evidence_get(wpi_graph *graph, uint32_t low, uint32_t high, wp_sums *sums,
                           wpi_evidence_row *row, wp_error *err);

/* Walk the rows of a pair from a time on, in the order of time, as they weigh. */
typedef wp_status wpi_evidence_each_fn(void *context, const wpi_evidence_row *row, wp_error *err);
wp_status wpi_evidence_each(wpi_graph *graph, uint32_t low, uint32_t high, int64_t from_s,
                            int64_t before_s, wpi_evidence_each_fn *each, void *context,
                            wp_error *err);

/* Whether another connection of the pair is stored at the same moment as this one, which is too. */
wp_status wpi_evidence_is_told_twice(wpi_graph *graph, const wpi_derived_row *connection, bool *is,
                                     wp_error *err);

/* Whether a pair has any row before a time. */
wp_status wpi_evidence_exists(wpi_graph *graph, uint32_t low, uint32_t high, int64_t before_s,
                              bool *exists, wp_error *err);

/* Add all rows before a time to a state. */
wp_status wpi_evidence_replay(wpi_graph *graph, uint32_t low, uint32_t high, int64_t before_s,
                              wpi_tie_state *state, wp_error *err);

#endif
