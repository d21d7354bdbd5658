/*
 * Ties: loading, changing, writing.
 *
 * Changes wait in the transaction's memory (pending.h). Flushing sorts them once by pair for the
 * tie table, which completes them, and once by person for the neighbour lists.
 */
#include "graph/tie.h"

#include "graph/adjacency.h"
#include "graph/answer.h"
#include "graph/gains.h"
#include "graph/party.h"
#include "graph/pending.h"
#include "graph/restate.h"
#include "graph/tie_table.h"

/* Large transactions pass through the whole file: let go of its pages every so many ties. */
#define RELEASE_EVERY 512

wp_status wpi_tie_load(wpi_graph *graph, uint32_t low, uint32_t high, wpi_tie_state *out,
                       wp_error *err)
{
    wpi_pending_tie *pending = NULL;
    WPI_TRY(wpi_gains_settle(graph, err));
    if (graph->restale.count > 0)
        WPI_TRY(wpi_tie_flush(graph, err));
    WPI_TRY(wpi_pending_find(graph, low, high, &pending, err));
    if (pending != NULL && wpi_pending_is_whole(pending)) {
        wpi_pending_apply(graph, pending, out);
        return WP_OK;
    }
    if (pending != NULL) /* another source may have stated the tie */
        WPI_TRY(wpi_tie_flush(graph, err));
    return wpi_tie_table_find(graph, low, high, out, err);
}

wp_status wpi_tie_begin_change(wpi_graph *graph, uint32_t low, uint32_t high, wpi_tie_state *out,
                               wp_error *err)
{
    wp_status status = wpi_tie_load(graph, low, high, out, err);
    if (status == WP_ENOTFOUND)
        *out = (wpi_tie_state)WPI_TIE_STATE_INIT;
    return status == WP_ENOTFOUND ? WP_OK : status;
}

/* Make room for another change. */
static wp_status limit_pending(wpi_graph *graph, wp_error *err)
{
    if (wpi_pending_bytes(graph) < graph->pending_bytes_max)
        return WP_OK;
    return wpi_tie_flush(graph, err);
}

wp_status wpi_tie_keep(wpi_graph *graph, uint32_t low, uint32_t high, const wpi_tie_state *state,
                       wp_error *err)
{
    WPI_TRY(limit_pending(graph, err));
    WPI_TRY(wpi_pending_put(graph, low, high, state, err));
    if (graph->pending.count % RELEASE_EVERY == 0)
        wpi_store_release_pages(graph->txn);
    return WP_OK;
}

wpi_arc wpi_tie_arc(const wpi_graph *graph, const wpi_tie_end *end)
{
    const wpi_pending_tie *tie = &end->tie;
    wpi_tie_state state = WPI_TIE_STATE_INIT;
    uint32_t costs[2];
    bool is_low = end->person == tie->low;
    if (wpi_pending_costs(tie, costs))
        return (wpi_arc){
            .hot = {end->other, {costs[!is_low], costs[is_low]}, WPI_ARC_CONSTANT},
        };
    wpi_pending_apply(graph, tie, &state);
    return wpi_adjacency_arc(tie->low, tie->high, &state, is_low);
}

/* Write the neighbour lists, a segment of people at a time. */
static wp_status write_lists(wpi_graph *graph, wp_error *err)
{
    wpi_tie_ends ends;
    wp_status status = wpi_fold_begin(graph, err);
    if (status != WP_OK)
        return status;
    status = wpi_tie_ends_begin(graph, &ends, err);
    while (status == WP_OK) {
        status = wpi_tie_ends_next(&ends, WPI_SEGMENT_BITS, err);
        if (status == WP_OK)
            status = wpi_fold_write(graph, ends.ends.items, ends.ends.count, err);
    }
    wpi_tie_ends_free(&ends);
    return status == WP_ENOTFOUND ? wpi_fold_finish(graph, err) : status;
}

static wp_status flush_pending(wpi_graph *graph, wp_error *err)
{
    WPI_TRY(wpi_gains_flush(graph, err));
    if (graph->pending.count > 0) {
        WPI_TRY(wpi_pending_sort(graph, err));
        WPI_TRY(wpi_tie_table_put(graph, err));
        WPI_TRY(write_lists(graph, err));
    }
    wpi_pending_clear(graph);
    return WP_OK;
}

wp_status wpi_tie_flush(wpi_graph *graph, wp_error *err)
{
    WPI_TRY(wpi_answer_settle(graph, err));
    if (graph->gains.count == 0 && graph->pending.count == 0 && graph->restale.count == 0)
        return WP_OK;
    bool has_failed = graph->has_failed; /* another flush may be under way */
    graph->has_failed = true;            /* until all of it is written */
    WPI_TRY(flush_pending(graph, err));
    WPI_TRY(wpi_restate_statements(graph, err));
    WPI_TRY(flush_pending(graph, err));
    graph->has_failed = has_failed;
    return WP_OK;
}

static wp_status check_stated(const wp_stated_tie *tie, wp_error *err)
{
    if (tie->from == tie->to)
        return wpi_error_set(err, WP_EINVAL, "tie joins person %u to itself", tie->from);
    if (!tie->has_cost && !(tie->p >= 0.0 && tie->p <= 1.0))
        return wpi_error_set(err, WP_EINVAL, "p is %g, expected 0..1", tie->p);
    return WP_OK;
}

/* Whoever is stated by hand to have a tie must not vanish. Imports state their people themselves,
 * so that millions of ties need no look-up. */
static wp_status mention_by_hand(wpi_graph *graph, const wp_stated_tie *tie, wp_error *err)
{
    if (graph->source != WP_SOURCE_HAND)
        return WP_OK;
    WPI_TRY(wpi_party_mention(graph, WPI_PERSON, tie->from, err));
    return wpi_party_mention(graph, WPI_PERSON, tie->to, err);
}

static wpi_stated stated_of(const wpi_graph *graph, const wp_stated_tie *tie)
{
    if (tie->has_cost && tie->cost != WP_COST_NONE)
        return (wpi_stated){.kind = WPI_STATED_COST, .cost = tie->cost, .source = graph->source};
    if (!tie->has_cost && tie->p > 0.0)
        return (wpi_stated){.kind = WPI_STATED_P, .p = tie->p, .source = graph->source};
    return (wpi_stated){.kind = WPI_STATED_NONE, .source = graph->source};
}

wp_status wpi_tie_state_strength(wpi_graph *graph, const wp_stated_tie *tie, wp_error *err)
{
    uint32_t from, to;
    wpi_stated stated = stated_of(graph, tie);
    WPI_TRY(check_stated(tie, err));
    WPI_TRY(wpi_party_resolve(graph, WPI_PERSON, tie->from, &from, err));
    WPI_TRY(wpi_party_resolve(graph, WPI_PERSON, tie->to, &to, err));
    WPI_TRY(limit_pending(graph, err));
    WPI_TRY(mention_by_hand(graph, tie, err));
    if (from != tie->from || to != tie->to)
        return wpi_restate_put(graph, tie->from, tie->to, &stated, err);
    bool is_up = from < to;
    return wpi_pending_state(graph, is_up ? from : to, is_up ? to : from, is_up ? 0 : 1, &stated,
                             err);
}
