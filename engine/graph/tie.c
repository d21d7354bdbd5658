/*
 * Ties: loading, changing, writing.
 *
 * Changes wait in the transaction's memory (pending.h). Flushing sorts them once by pair for the
 * tie table, which completes them, and once by person for the neighbour lists.
 */
#include "graph/tie.h"

#include "graph/adjacency.h"
#include "graph/pending.h"
#include "graph/person.h"
#include "graph/tie_table.h"

/* Large transactions pass through the whole file: let go of its pages every so many ties. */
#define RELEASE_EVERY 512

wp_status wpi_tie_load(wpi_graph *graph, uint32_t low, uint32_t high, wpi_tie_state *out,
                       wp_error *err)
{
    wpi_pending_tie *pending = NULL;
    WPI_TRY(wpi_pending_find(graph, low, high, &pending, err));
    wp_status status = WP_ENOTFOUND;
    if (pending == NULL || !wpi_pending_is_whole(pending))
        status = wpi_tie_table_find(graph, low, high, out, err);
    if (pending == NULL || (status != WP_OK && status != WP_ENOTFOUND))
        return status;
    if (status == WP_ENOTFOUND)
        *out = (wpi_tie_state)WPI_TIE_STATE_INIT;
    wpi_pending_apply(graph, pending, out);
    return WP_OK;
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
    wpi_pending_apply(graph, tie, &state);
    return wpi_adjacency_arc(tie->low, tie->high, &state, end->person == tie->low);
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

wp_status wpi_tie_flush(wpi_graph *graph, wp_error *err)
{
    if (graph->pending.count == 0)
        return WP_OK;
    graph->has_failed = true; /* until all of it is written */
    WPI_TRY(wpi_pending_sort(graph, err));
    WPI_TRY(wpi_tie_table_put(graph, err));
    WPI_TRY(write_lists(graph, err));
    wpi_pending_clear(graph);
    graph->has_failed = false;
    return WP_OK;
}

static wp_status check_stated(const wpi_graph *graph, const wp_stated_tie *tie, wp_error *err)
{
    if (tie->from == tie->to)
        return wpi_error_set(err, WP_EINVAL, "tie joins person %u to itself", tie->from);
    if (!tie->has_cost && !(tie->p >= 0.0 && tie->p <= 1.0))
        return wpi_error_set(err, WP_EINVAL, "p is %g, expected 0..1", tie->p);
    WPI_TRY(wpi_person_check(graph, tie->from, err));
    return wpi_person_check(graph, tie->to, err);
}

wp_status wpi_tie_state_strength(wpi_graph *graph, const wp_stated_tie *tie, wp_error *err)
{
    wpi_stated stated = {.kind = WPI_STATED_NONE};
    WPI_TRY(check_stated(graph, tie, err));
    WPI_TRY(limit_pending(graph, err));
    bool is_up = tie->from < tie->to;
    uint32_t low = is_up ? tie->from : tie->to, high = is_up ? tie->to : tie->from;
    if (tie->has_cost && tie->cost != WP_COST_NONE)
        stated = (wpi_stated){.kind = WPI_STATED_COST, .cost = tie->cost};
    else if (!tie->has_cost && tie->p > 0.0)
        stated = (wpi_stated){.kind = WPI_STATED_P, .p = tie->p};
    return wpi_pending_state(graph, low, high, is_up ? 0 : 1, &stated, err);
}

/* The first stated direction of a tie, from direction `from` on, or false. */
static bool take_stated(uint32_t low, uint32_t high, const wpi_tie_state *state, int from,
                        wp_stated_tie *out)
{
    for (int i = from; i < 2; i++) {
        const wpi_stated *stated = &state->stated[i];
        if (stated->kind == WPI_STATED_NONE)
            continue;
        *out = (wp_stated_tie){
            .from = i == 0 ? low : high,
            .to = i == 0 ? high : low,
            .has_cost = stated->kind == WPI_STATED_COST,
            .p = stated->p,
            .cost = stated->cost,
        };
        return true;
    }
    return false;
}

wp_status wpi_tie_next_stated(wpi_graph *graph, wp_stated_tie *tie, wp_error *err)
{
    wpi_tie_walk walk;
    wpi_tie_state state;
    WPI_TRY(wpi_tie_flush(graph, err));
    bool was_back = tie->from > tie->to;
    uint32_t low = was_back ? tie->to : tie->from, high = was_back ? tie->from : tie->to;
    bool is_taken = false;
    wp_status status = wpi_tie_walk_begin(graph, low, high, &walk, err);
    while (status == WP_OK && !is_taken) {
        bool is_same = tie->from != 0 && walk.low == low && walk.entry.high == high;
        int from = !is_same ? 0 : was_back ? 2 : 1;
        status = wpi_tie_entry_read(&walk.entry, &state, err);
        if (status == WP_OK)
            is_taken = take_stated(walk.low, walk.entry.high, &state, from, tie);
        if (status == WP_OK && !is_taken)
            status = wpi_tie_walk_next(&walk, err);
    }
    wpi_tie_walk_end(graph, &walk);
    return status;
}
