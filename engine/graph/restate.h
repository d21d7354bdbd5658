/*
 * Ties computed anew: from all their evidence when some of it went, and from all that is stated of
 * them when several sources, or several identities of one person, state something.
 *
 * A direction of which one source alone states something, by the canonical numbers of both people,
 * has the statement in its entry in the run of ties. Otherwise all statements of the direction
 * stand in the table `restated`, by the numbers as given, and the entry holds the strongest of
 * them, with WP_SOURCE_NONE for the source. Statements between two identities of one person stand
 * in `restated` too and make no tie.
 *
 * Pairs wait in the graph's lists `stale` and `restale` until the end of the public call or the
 * next flush, so that each is computed once.
 */
#ifndef WPI_GRAPH_RESTATE_H
#define WPI_GRAPH_RESTATE_H

#include "graph/graph.h"

/* The evidence of a pair changed, and not by a gain alone. */
wp_status wpi_restate_evidence(wpi_graph *graph, uint32_t low, uint32_t high, wp_error *err);
/* Compute all such pairs. */
wp_status wpi_restate_all(wpi_graph *graph, wp_error *err);
/* Compute one from its evidence, now. */
wp_status wpi_restate_tie(wpi_graph *graph, uint32_t low, uint32_t high, wp_error *err);

/* State something by numbers that are not the canonical ones of two people; kind none: nothing. */
wp_status wpi_restate_put(wpi_graph *graph, uint32_t from, uint32_t to, const wpi_stated *stated,
                          wp_error *err);
/* What is stated of a pair has to be computed anew. The two may be one person: nothing then. */
wp_status wpi_restate_pair(wpi_graph *graph, uint32_t a, uint32_t b, wp_error *err);
/* Move what the entry of a pair states to the table, and have it state nothing. */
wp_status wpi_restate_unstate(wpi_graph *graph, uint32_t low, uint32_t high, wp_error *err);
/* Settle clashes and compute all such pairs; changed ties are pending then. For the flush. */
wp_status wpi_restate_statements(wpi_graph *graph, wp_error *err);

/* The strongest of what stands in the table for a direction, given all numbers of both people;
 * *count: how many statements there are; *only: by the canonical numbers, when it is one. */
wp_status wpi_restate_read(wpi_graph *graph, uint32_t from, uint32_t to, wpi_stated *out,
                           size_t *count, bool *is_canonical, wp_error *err);

/* As wp_stated_ties_from(), into an array of wp_stated_tie. */
wp_status wpi_stated_from(wpi_graph *graph, uint32_t from, wpi_array *ties, wp_error *err);
/* As wp_stated_tie_next() and wp_stated_tie_get(). */
wp_status wpi_stated_next(wpi_graph *graph, wp_stated_tie *tie, wp_error *err);
wp_status wpi_stated_get(wpi_graph *graph, wp_stated_tie *tie, wp_error *err);

#endif
