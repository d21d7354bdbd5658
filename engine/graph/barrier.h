/*
 * Information barriers: pairs of sides between which nothing may be told.
 *
 * Statements are keyed by the sides as given, the lower one first, and source. Who stands on a side
 * follows on the day of a question: the person a number has become, those employed at a company, or
 * the members of a group, whose records stand behind those of barriers (group.h). There are at most
 * WP_BARRIERS_MAX statements, so that a set of barriers fits a word.
 */
#ifndef WPI_GRAPH_BARRIER_H
#define WPI_GRAPH_BARRIER_H

#include "base/bitset.h"
#include "graph/graph.h"

/* As wp_barrier_put(). */
wp_status wpi_barrier_put(wpi_graph *graph, const wp_barrier *barrier, bool is_up, wp_error *err);
/* Take away what barrier->source states. */
wp_status wpi_barrier_delete(wpi_graph *graph, const wp_barrier *barrier, wp_error *err);
/* As wp_barrier_statement_next(). */
wp_status wpi_barrier_next(wpi_graph *graph, wp_barrier *at, wp_error *err);
wp_status wpi_barrier_read(wpi_slice key, wp_barrier *out, wp_error *err);

/* Who stands on either side, by canonical numbers. */
typedef struct wpi_sides {
    wpi_bitset of[2];
} wpi_sides;

/* Append the sides of every barrier on a day to an array of wpi_sides; free each of them whatever
 * is returned. Barriers with nobody on a side are left out. */
wp_status wpi_barrier_sides(wpi_graph *graph, int32_t day, wpi_array *out, wp_error *err);

#endif
