/*
 * Private ties: pairs of people between whom the tie is one person's own.
 *
 * Statements are keyed by the numbers as given: person, owner, source. For everybody but the owner
 * the tie does not exist, in neither direction.
 */
#ifndef WPI_GRAPH_PRIVATE_H
#define WPI_GRAPH_PRIVATE_H

#include "base/bitset.h"
#include "graph/graph.h"

/* As wp_private_put(). */
wp_status wpi_private_put(wpi_graph *graph, const wp_private *statement, bool is_private,
                          wp_error *err);
wp_status wpi_private_delete(wpi_graph *graph, uint32_t person, uint32_t owner, uint32_t source,
                             wp_error *err);
/* As wp_private_statement_next(). */
wp_status wpi_private_next(wpi_graph *graph, wp_private *at, wp_error *err);

/* The pairs hidden from a viewer (0: from everybody but owners), low << 32 | high by canonical
 * numbers, and the people in any. */
wp_status wpi_private_sets(wpi_graph *graph, uint32_t viewer, wpi_map *pairs, wpi_bitset *people,
                           wp_error *err);

static inline uint64_t wpi_private_pair(uint32_t a, uint32_t b)
{
    return a < b ? (uint64_t)a << 32 | b : (uint64_t)b << 32 | a;
}

#endif
