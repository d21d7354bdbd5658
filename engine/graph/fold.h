/*
 * Writing neighbour lists: into the overlay, or folded into base segments.
 *
 * A flush brings the changed arcs of many people. Those of a segment of which little changes go to
 * the overlay; a segment of which much changes is written anew with them. When the overlay grows
 * past a share of the base, the segments with most of it are folded, a few a transaction, so that
 * the file can reuse the pages that earlier transactions freed.
 */
#ifndef WPI_GRAPH_FOLD_H
#define WPI_GRAPH_FOLD_H

#include "graph/tie_ends.h"

/* Write changed lists: begin, write the ends of one segment after the other, finish. */
wp_status wpi_fold_begin(wpi_graph *graph, wp_error *err);
/* The ends are those of people of one segment, sorted by person and other. */
wp_status wpi_fold_write(wpi_graph *graph, const wpi_tie_end *ends, size_t count, wp_error *err);
wp_status wpi_fold_finish(wpi_graph *graph, wp_error *err);

/* Fold what one transaction may; *segments_left says in how many something is left in the overlay.
 * At least one segment is folded when there is any. */
wp_status wpi_fold_some(wpi_graph *graph, size_t *segments_left, wp_error *err);

#endif
