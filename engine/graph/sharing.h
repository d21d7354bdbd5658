/*
 * Sharing: whose ties a viewer does not see because they are not shared with him.
 *
 * A tie between others is seen when both ends share it. Somebody shares as decided (consent.h);
 * who decided nothing shares by the default of the database where he is or ever was ours, and with
 * everybody elsewhere: that somebody left must open nothing, nor a question about an early day.
 * Where sharing is mutual, the ties of others who decided, or are or were ours, are seen only by
 * viewers who share with them likewise; the shared view, which has nothing to share, sees what is
 * open.
 *
 * The two ends of a tie always see it: that is for the caller.
 */
#ifndef WPI_GRAPH_SHARING_H
#define WPI_GRAPH_SHARING_H

#include "base/bitset.h"
#include "graph/graph.h"

/* Add everybody, by canonical numbers, who does not share with a viewer (0: the shared view) on a
 * day. Cost: O(decisions + our people + members of groups), nothing while all is open. */
wp_status wpi_sharing_closed(wpi_graph *graph, uint32_t viewer, int32_t day, wpi_bitset *closed,
                             wp_error *err);

#endif
