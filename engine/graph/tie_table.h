/*
 * The table of ties: runs of the ties of one lower person, a record of at most 2 kB each, keyed by
 * that person and the first higher one of the run.
 *
 * A tie belongs to the last run of its lower person that begins at or before it, or to the first.
 * A run that grows too large is cut into equal pieces, or filled before the next is begun where all
 * of the new ties come last, so that sorted loads fill the file. Runs are never joined. To find or
 * change one tie costs one seek and one run, however many ties there are.
 *
 * What is pending is not seen here.
 */
#ifndef WPI_GRAPH_TIE_TABLE_H
#define WPI_GRAPH_TIE_TABLE_H

#include "format/tie_run.h"
#include "graph/pending.h"

/* The state of a pair, low < high; WP_ENOTFOUND (err alone). */
wp_status wpi_tie_table_find(wpi_graph *graph, uint32_t low, uint32_t high, wpi_tie_state *out,
                             wp_error *err);

/* Complete what is pending, which is sorted, with what is stored, and store it. */
wp_status wpi_tie_table_put(wpi_graph *graph, wp_error *err);

/* All ties in order, from the first at or beyond a pair on. */
typedef struct wpi_tie_walk {
    wpi_store_cursor *cursor;
    wpi_tie_run run;
    uint32_t low;
    wpi_tie_entry entry; /* where the walk is */
} wpi_tie_walk;

/* Stand at the first tie at or beyond (low, high). WP_ENOTFOUND when there is none. End the walk
 * whatever is returned. */
wp_status wpi_tie_walk_begin(wpi_graph *graph, uint32_t low, uint32_t high, wpi_tie_walk *out,
                             wp_error *err);
wp_status wpi_tie_walk_next(wpi_tie_walk *walk, wp_error *err);
void wpi_tie_walk_end(wpi_graph *graph, wpi_tie_walk *walk);

/* Close what is kept open between calls. */
void wpi_tie_table_close(wpi_graph *graph);

#endif
