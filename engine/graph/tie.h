/*
 * Ties: their states, pending changes, and what they say on a day.
 *
 * A write transaction collects the ties it changes and writes them, with the neighbour lists of
 * both people, when it ends (or when very many are pending): a list is then rewritten once however
 * many of its ties changed. Readers of ties see what is pending; readers of lists flush first.
 */
#ifndef WPI_GRAPH_TIE_H
#define WPI_GRAPH_TIE_H

#include "format/adjacency.h"
#include "graph/fold.h"

/* The state of a pair, low < high; WP_ENOTFOUND (err alone). */
wp_status wpi_tie_load(wpi_graph *graph, uint32_t low, uint32_t high, wpi_tie_state *out,
                       wp_error *err);
/* The same for a tie about to change: an empty state when there is none. Change it, then keep it.
 */
wp_status wpi_tie_begin_change(wpi_graph *graph, uint32_t low, uint32_t high, wpi_tie_state *out,
                               wp_error *err);
/* Keep a changed state, to be written later. */
wp_status wpi_tie_keep(wpi_graph *graph, uint32_t low, uint32_t high, const wpi_tie_state *state,
                       wp_error *err);
/* The arc of a pending tie as one of its ends sees it, on the day of its evidence. */
wpi_arc wpi_tie_arc(const wpi_graph *graph, const wpi_tie_end *end);
/* Write what is pending. */
wp_status wpi_tie_flush(wpi_graph *graph, wp_error *err);

/* The strength fields alone, without the counts of messages: for searches. */
wp_status wpi_tie_read_strength(wpi_graph *graph, uint32_t from, uint32_t to, int32_t day,
                                wp_tie *out, wp_error *err);
/* The status of reading a tie that a neighbour list has: when it is not stored, that is damage. */
wp_status wpi_tie_expect(wp_status status, wp_error *err);
/* For a tie of a list that could not be read because the two had not met on the day: WP_ECORRUPT
 * when it is not stored at all. */
wp_status wpi_tie_check_listed(wpi_graph *graph, uint32_t from, uint32_t to, wp_error *err);
/* As wp_tie_get(). */
wp_status wpi_tie_read(wpi_graph *graph, uint32_t from, uint32_t to, int32_t day, wp_tie *out,
                       wp_error *err);
/* As wp_person_ties(). */
struct wpi_sight;
wp_status wpi_tie_read_all(wpi_graph *graph, const struct wpi_sight *sight, uint32_t person,
                           int32_t day, bool is_inbound, wp_ties *out, wp_error *err);
/* As wp_stated_tie_put(). */
wp_status wpi_tie_state_strength(wpi_graph *graph, const wp_stated_tie *tie, wp_error *err);

#endif
