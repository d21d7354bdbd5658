/*
 * Private ties: pairs of people between whom the tie is one person's own; and private people, who
 * are with all their ties.
 *
 * Statements are keyed by the numbers as given: person, owner, source; the record says whether the
 * whole person is meant. For everybody but the owner the tie does not exist, in neither direction,
 * nor does somebody who is private, but to himself.
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
wp_status wpi_private_read(wpi_slice key, wpi_record_bytes value, wp_private *out, wp_error *err);
/* As wp_private_statement_next(). */
wp_status wpi_private_next(wpi_graph *graph, wp_private *at, wp_error *err);

/* What is hidden from a viewer (0: from everybody but owners), by canonical numbers. */
typedef struct wpi_private_sets {
    wpi_map pairs;     /* low << 32 | high */
    wpi_bitset paired; /* people in any of them */
    wpi_bitset whole;  /* hidden people */
} wpi_private_sets;

/* Free them whatever is returned. */
wp_status wpi_private_build(wpi_graph *graph, uint32_t viewer, wpi_private_sets *out,
                            wp_error *err);
void wpi_private_free(wpi_private_sets *sets);

static inline uint64_t wpi_private_pair(uint32_t a, uint32_t b)
{
    return a < b ? (uint64_t)a << 32 | b : (uint64_t)b << 32 | a;
}

#endif
