/*
 * Ties: loading, changing, writing.
 *
 * Pending ties are found through a hash map by pair. Flushing sorts them once by pair for the tie
 * table and once by person for the neighbour lists.
 */
#include "graph/tie.h"

#include <assert.h>
#include <stdlib.h>

#include "graph/adjacency.h"

/* 64 MB of pending ties are written before the transaction ends. */
#define PENDING_MAX (64u * 1024 * 1024 / sizeof(wpi_pending_tie))

/* Large transactions pass through the whole file: let go of its pages every so many ties. */
#define RELEASE_EVERY 32768

static uint64_t pair_of(uint32_t low, uint32_t high)
{
    assert(low < high);
    return (uint64_t)low << 32 | high;
}

static wp_status load_stored(wpi_graph *graph, uint32_t low, uint32_t high, wpi_tie_state *out,
                             wp_error *err)
{
    wpi_record_bytes value;
    WPI_TRY(wpi_graph_get(graph, WPI_TABLE_TIE, wpi_key_u32_u32(low, high), &value, err));
    return wpi_record_read_tie(value, out, err);
}

wp_status wpi_tie_load(wpi_graph *graph, uint32_t low, uint32_t high, wpi_tie_state *out,
                       wp_error *err)
{
    uint64_t *at = wpi_map_find(&graph->pending_at, pair_of(low, high));
    if (at == NULL)
        return load_stored(graph, low, high, out, err);
    *out = WPI_ARRAY_AT(&graph->pending, wpi_pending_tie, *at).state;
    return WP_OK;
}

wp_status wpi_tie_change(wpi_graph *graph, uint32_t low, uint32_t high, wpi_tie_state **out,
                         wp_error *err)
{
    if (graph->pending.count >= PENDING_MAX)
        WPI_TRY(wpi_tie_flush(graph, err));
    uint64_t *at = wpi_map_find(&graph->pending_at, pair_of(low, high));
    if (at == NULL) {
        wpi_pending_tie pending = {low, high, WPI_TIE_STATE_INIT};
        wp_status status = load_stored(graph, low, high, &pending.state, err);
        if (status != WP_OK && status != WP_ENOTFOUND)
            return status;
        WPI_TRY(wpi_array_push(&graph->pending, &pending, err));
        if (graph->pending.count % RELEASE_EVERY == 0)
            wpi_store_release_pages(graph->txn);
        wp_status put = wpi_map_put(&graph->pending_at, pair_of(low, high),
                                    graph->pending.count - 1, &at, NULL, err);
        if (put != WP_OK) {
            graph->pending.count--;
            return put;
        }
    }
    *out = &WPI_ARRAY_AT(&graph->pending, wpi_pending_tie, *at).state;
    return WP_OK;
}

static int compare_pair(const void *a, const void *b)
{
    const wpi_pending_tie *x = a, *y = b;
    uint64_t pair_x = pair_of(x->low, x->high), pair_y = pair_of(y->low, y->high);
    return pair_x < pair_y ? -1 : pair_x > pair_y;
}

/* A changed arc and the list it belongs to. */
typedef struct change {
    uint32_t person;
    wpi_arc arc;
} change;

static int compare_change(const void *a, const void *b)
{
    const change *x = a, *y = b;
    if (x->person != y->person)
        return x->person < y->person ? -1 : 1;
    return x->arc.hot.other < y->arc.hot.other ? -1 : x->arc.hot.other > y->arc.hot.other;
}

static wp_status write_states(wpi_graph *graph, wpi_array *changes, wp_error *err)
{
    wpi_pending_tie *ties = graph->pending.items;
    WPI_TRY(wpi_array_reserve(changes, 2 * graph->pending.count, err));
    for (size_t i = 0; i < graph->pending.count; i++) {
        const wpi_pending_tie *tie = &ties[i];
        wpi_record_write_tie(&graph->writer, &tie->state);
        WPI_TRY(wpi_graph_put(graph, WPI_TABLE_TIE, wpi_key_u32_u32(tie->low, tie->high), err));
        change *pair = &WPI_ARRAY_AT(changes, change, changes->count);
        pair[0].person = tie->low;
        pair[0].arc = wpi_adjacency_arc(tie->low, tie->high, &tie->state, true);
        pair[1].person = tie->high;
        pair[1].arc = wpi_adjacency_arc(tie->low, tie->high, &tie->state, false);
        changes->count += 2;
    }
    return WP_OK;
}

static wp_status write_lists(wpi_graph *graph, const wpi_array *changes, wp_error *err)
{
    wp_status status = WP_OK;
    const change *items = changes->items;
    wpi_array arcs = WPI_ARRAY_OF(wpi_arc);
    size_t lists = 0;
    for (size_t from = 0, to; from < changes->count; from = to) {
        arcs.count = 0;
        for (to = from; to < changes->count && items[to].person == items[from].person; to++)
            WPI_TRY_OUT(wpi_array_push(&arcs, &items[to].arc, err));
        WPI_TRY_OUT(wpi_adjacency_update(graph, items[from].person, arcs.items, arcs.count, err));
        if (++lists % RELEASE_EVERY == 0)
            wpi_store_release_pages(graph->txn);
    }
out:
    wpi_array_free(&arcs);
    return status;
}

wp_status wpi_tie_flush(wpi_graph *graph, wp_error *err)
{
    wp_status status;
    wpi_array changes = WPI_ARRAY_OF(change);
    if (graph->pending.count == 0)
        return WP_OK;
    qsort(graph->pending.items, graph->pending.count, sizeof(wpi_pending_tie), compare_pair);
    graph->has_failed = true; /* until all of it is written */
    WPI_TRY_OUT(write_states(graph, &changes, err));
    qsort(changes.items, changes.count, sizeof(change), compare_change);
    WPI_TRY_OUT(write_lists(graph, &changes, err));
    graph->pending.count = 0;
    wpi_map_clear(&graph->pending_at);
    graph->has_failed = false;
out:
    wpi_array_free(&changes);
    return status;
}

static wp_status check_stated(const wpi_graph *graph, const wp_stated_tie *tie, wp_error *err)
{
    if (tie->from == tie->to)
        return wpi_error_set(err, WP_EINVAL, "tie joins person %u to itself", tie->from);
    if (!tie->has_cost && !(tie->p >= 0.0 && tie->p <= 1.0))
        return wpi_error_set(err, WP_EINVAL, "p is %g, expected 0..1", tie->p);
    uint32_t higher = tie->from > tie->to ? tie->from : tie->to;
    if (tie->from == 0 || tie->to == 0 || higher > graph->counters.people)
        return wpi_error_set(err, WP_ENOTFOUND, "no person has number %u",
                             tie->from == 0 || tie->to == 0 ? 0 : higher);
    return WP_OK;
}

wp_status wpi_tie_state_strength(wpi_graph *graph, const wp_stated_tie *tie, wp_error *err)
{
    wpi_tie_state *state = NULL;
    WPI_TRY(check_stated(graph, tie, err));
    bool is_up = tie->from < tie->to;
    WPI_TRY(wpi_tie_change(graph, is_up ? tie->from : tie->to, is_up ? tie->to : tie->from, &state,
                           err));
    wpi_stated *stated = &state->stated[is_up ? 0 : 1];
    *stated = (wpi_stated){.kind = WPI_STATED_NONE};
    if (tie->has_cost && tie->cost != WP_COST_NONE)
        *stated = (wpi_stated){.kind = WPI_STATED_COST, .cost = tie->cost};
    else if (!tie->has_cost && tie->p > 0.0)
        *stated = (wpi_stated){.kind = WPI_STATED_P, .p = tie->p};
    return WP_OK;
}

/* The first stated direction after (pair, is_back) within one record, or false. */
static bool take_stated(uint32_t low, uint32_t high, const wpi_tie_state *state, bool skips_first,
                        wp_stated_tie *out)
{
    for (int i = skips_first ? 1 : 0; i < 2; i++) {
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
    wpi_store_cursor *cursor = NULL;
    WPI_TRY(wpi_tie_flush(graph, err));
    bool was_back = tie->from > tie->to;
    wpi_key start = wpi_key_u32_u32(was_back ? tie->to : tie->from, was_back ? tie->from : tie->to);
    wpi_slice at = {start.bytes, start.size}, key, value;
    WPI_TRY(wpi_store_cursor_open(graph->txn, WPI_TABLE_TIE, &cursor, err));
    wp_status status = wpi_store_cursor_seek(cursor, at, &key, &value, err);
    bool is_taken = false;
    while (status == WP_OK && !is_taken) {
        wpi_tie_state state;
        bool is_same = key.bytes == 8 && memcmp(key.data, start.bytes, 8) == 0 && tie->from != 0;
        status = key.bytes == 8
                     ? wpi_record_read_tie((wpi_record_bytes){value.data, value.bytes}, &state, err)
                     : wpi_error_set(err, WP_ECORRUPT, "tie key is malformed");
        if (status == WP_OK && !(is_same && was_back))
            is_taken = take_stated(wpi_key_get_u32(key.data, 0), wpi_key_get_u32(key.data, 4),
                                   &state, is_same, tie);
        if (status == WP_OK && !is_taken)
            status = wpi_store_cursor_next(cursor, &key, &value, err);
    }
    wpi_store_cursor_close(cursor);
    return status;
}
