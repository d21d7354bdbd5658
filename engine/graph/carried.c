/*
 * What a writer knows from one transaction to the next: see carried.h.
 *
 * A write transaction's snapshot number is one more than that of the snapshot it builds on, and
 * becomes that of another when its commit fails: what is known after it may be kept only when it
 * succeeded.
 */
#include "graph/carried.h"

#include <assert.h>

void wpi_carried_take(wpi_carried *carried, wpi_graph *graph)
{
    assert(graph->is_write);
    if (carried->snapshot == 0 || carried->snapshot + 1 != wpi_store_snapshot(graph->txn)) {
        wpi_carried_free(carried);
        return;
    }
    graph->mentioned_source = carried->mentioned_source;
    graph->has_aliased = carried->has_aliased;
    for (int i = 0; i < 2; i++) {
        graph->mentioned[i] = carried->mentioned[i];
        graph->aliased[i] = carried->aliased[i];
    }
    graph->source_ids.known = carried->source_ids;
    graph->replies.known = carried->replies;
    *carried = (wpi_carried){.snapshot = 0};
}

wpi_carried wpi_carried_of(wpi_graph *graph)
{
    wpi_carried known = {.snapshot = wpi_store_snapshot(graph->txn),
                         .mentioned_source = graph->mentioned_source,
                         .mentioned = {graph->mentioned[0], graph->mentioned[1]},
                         .has_aliased = graph->has_aliased,
                         .aliased = {graph->aliased[0], graph->aliased[1]},
                         .source_ids = graph->source_ids.known,
                         .replies = graph->replies.known};
    assert(graph->is_write);
    for (int i = 0; i < 2; i++)
        graph->mentioned[i] = graph->aliased[i] = (wpi_bitset){.words = NULL};
    graph->has_aliased = false;
    graph->source_ids.known = (wpi_hashed_known){.lookups = 0};
    graph->replies.known = (wpi_hashed_known){.lookups = 0};
    return known;
}

void wpi_carried_free(wpi_carried *carried)
{
    for (int i = 0; i < 2; i++) {
        wpi_bitset_free(&carried->mentioned[i]);
        wpi_bitset_free(&carried->aliased[i]);
    }
    wpi_hash_filter_free(&carried->source_ids.filter);
    wpi_hash_filter_free(&carried->replies.filter);
    *carried = (wpi_carried){.snapshot = 0};
}
