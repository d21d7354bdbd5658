/*
 * What a writer knows that still holds in its next transaction, unless somebody else wrote in
 * between: whom its source states, which numbers stand for others, and which source ids are
 * certainly not stored.
 *
 * It goes by the number of the snapshot after which it holds: a write transaction that follows that
 * snapshot takes it, and any other forgets it. What was known in one that was aborted, or whose
 * commit failed, is lost.
 */
#ifndef WPI_GRAPH_CARRIED_H
#define WPI_GRAPH_CARRIED_H

#include "graph/graph.h"

typedef struct wpi_carried {
    uint64_t snapshot;
    uint32_t mentioned_source;
    wpi_bitset mentioned[2];
    bool has_aliased;
    wpi_bitset aliased[2];
    wpi_hashed_known source_ids;
    wpi_hashed_known replies;
} wpi_carried;

/* An all-zero one is empty. Have a write transaction that begins know it, if it may. */
void wpi_carried_take(wpi_carried *carried, wpi_graph *graph);
/* What a graph that is finished knows, for when its commit has succeeded; yours: _free. */
wpi_carried wpi_carried_of(wpi_graph *graph);
void wpi_carried_free(wpi_carried *carried);

#endif
