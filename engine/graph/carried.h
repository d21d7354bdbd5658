/*
 * What a writer knows that still holds in its next transaction, unless somebody else wrote in
 * between: whom its source states, and which source ids are certainly not stored.
 *
 * A commit leaves it behind under its snapshot's number; the next write transaction takes it when
 * it follows that snapshot, and forgets it otherwise. An abort leaves nothing. Only the writer of
 * the moment touches it, so that it needs no lock.
 */
#ifndef WPI_GRAPH_CARRIED_H
#define WPI_GRAPH_CARRIED_H

#include "graph/graph.h"

typedef struct wpi_carried {
    uint64_t snapshot;
    uint32_t mentioned_source;
    wpi_bitset mentioned[2];
    wpi_hashed_known source_ids;
    wpi_hashed_known replies;
} wpi_carried;

/* An all-zero one is empty. */
void wpi_carried_take(wpi_carried *carried, wpi_graph *graph);
/* Before the commit of what the graph has finished. */
void wpi_carried_leave(wpi_carried *carried, wpi_graph *graph);
void wpi_carried_free(wpi_carried *carried);

#endif
