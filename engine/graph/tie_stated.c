/*
 * Reading what is stated of ties, statement by statement: those in the entries of runs first, then
 * those of the table `restated`; see restate.h.
 */
#include <stdlib.h>

#include "graph/adjacency.h"
#include "graph/party.h"
#include "graph/pending.h"
#include "graph/restate.h"
#include "graph/tie.h"
#include "graph/tie_table.h"

static void fill(wp_stated_tie *out, uint32_t from, uint32_t to, const wpi_stated *stated)
{
    *out = (wp_stated_tie){
        .from = from,
        .to = to,
        .has_cost = stated->kind == WPI_STATED_COST,
        .p = stated->p,
        .cost = stated->cost,
        .source = stated->source,
    };
}

/* The first direction of a tie, from direction `from` on, that its entry states; or false. */
static bool take_stated(uint32_t low, uint32_t high, const wpi_tie_state *state, int from,
                        wp_stated_tie *out)
{
    for (int i = from; i < 2; i++) {
        const wpi_stated *stated = &state->stated[i];
        if (stated->kind == WPI_STATED_NONE || stated->source == WP_SOURCE_NONE)
            continue;
        fill(out, i == 0 ? low : high, i == 0 ? high : low, stated);
        return true;
    }
    return false;
}

static wp_status next_in_runs(wpi_graph *graph, wp_stated_tie *tie, wp_error *err)
{
    wpi_tie_walk walk;
    wpi_tie_state state;
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

/* The first record of the table at or beyond a key, or beyond it. */
static wp_status next_restated(wpi_graph *graph, wpi_key from, bool is_beyond, wp_stated_tie *tie,
                               wp_error *err)
{
    wpi_store_cursor *cursor = NULL;
    wpi_slice key, value;
    wpi_stated stated;
    WPI_TRY(wpi_store_cursor_open(graph->txn, WPI_TABLE_RESTATED, &cursor, err));
    wp_status status =
        wpi_store_cursor_seek(cursor, (wpi_slice){from.bytes, from.size}, &key, &value, err);
    if (status == WP_OK && is_beyond && key.bytes == from.size &&
        memcmp(key.data, from.bytes, from.size) == 0)
        status = wpi_store_cursor_next(cursor, &key, &value, err);
    if (status == WP_OK && key.bytes != 12)
        status = wpi_error_set(err, WP_ECORRUPT, "restated key is malformed");
    if (status == WP_OK)
        status =
            wpi_record_read_restated((wpi_record_bytes){value.data, value.bytes}, &stated, err);
    if (status == WP_OK) {
        stated.source = wpi_key_get_u32(key.data, 8);
        fill(tie, wpi_key_get_u32(key.data, 0), wpi_key_get_u32(key.data, 4), &stated);
    }
    wpi_store_cursor_close(cursor);
    return status;
}

wp_status wpi_stated_next(wpi_graph *graph, wp_stated_tie *tie, wp_error *err)
{
    wpi_record_bytes value;
    wpi_key key = wpi_key_u32_u32_u32(tie->from, tie->to, tie->source);
    WPI_TRY(wpi_tie_flush(graph, err));
    wp_status status = wpi_graph_get(graph, WPI_TABLE_RESTATED, key, &value, err);
    if (status == WP_OK)
        return next_restated(graph, key, true, tie, err);
    if (status == WP_ENOTFOUND)
        status = next_in_runs(graph, tie, err);
    if (status != WP_ENOTFOUND)
        return status;
    return next_restated(graph, wpi_key_u32_u32_u32(0, 0, 0), false, tie, err);
}

/* What the source of the transaction has said of a direction since the pending was written. */
static wp_status read_pending(wpi_graph *graph, const wp_stated_tie *tie, wpi_stated *out,
                              bool *is_said, wp_error *err)
{
    wpi_tie_state state = WPI_TIE_STATE_INIT;
    wpi_pending_tie *pending;
    const wpi_clash *clash = NULL;
    bool is_up = tie->from < tie->to;
    uint32_t low = is_up ? tie->from : tie->to, high = is_up ? tie->to : tie->from;
    *is_said = false;
    if (tie->source != graph->source)
        return WP_OK;
    WPI_TRY(wpi_pending_find(graph, low, high, &pending, err));
    if (pending == NULL)
        return WP_OK;
    wpi_pending_apply(graph, pending, &state);
    *out = state.stated[is_up ? 0 : 1];
    if (!wpi_pending_is_whole(pending)) {
        *is_said = pending->stated[is_up ? 0 : 1] != WPI_PENDING_SAME;
        return WP_OK;
    }
    /* What the state says itself of this source came later than a clash, and is read from it. */
    if (out->kind == WPI_STATED_NONE || out->source != graph->source)
        WPI_TRY(wpi_pending_find_clash(graph, tie->from, tie->to, &clash, err));
    *is_said = clash != NULL;
    if (clash != NULL)
        *out = clash->stated;
    return WP_OK;
}

/* What the entry of a pair states, or will when the pending is written. */
static wp_status read_entry(wpi_graph *graph, const wp_stated_tie *tie, wpi_stated *out,
                            wp_error *err)
{
    wpi_tie_state state = WPI_TIE_STATE_INIT;
    wpi_pending_tie *pending;
    bool is_up = tie->from < tie->to;
    uint32_t low = is_up ? tie->from : tie->to, high = is_up ? tie->to : tie->from;
    WPI_TRY(wpi_pending_find(graph, low, high, &pending, err));
    if (pending != NULL && wpi_pending_is_whole(pending)) {
        wpi_pending_apply(graph, pending, &state);
    } else {
        wp_status status = wpi_tie_table_find(graph, low, high, &state, err);
        if (status != WP_ENOTFOUND)
            WPI_TRY(status);
    }
    *out = state.stated[is_up ? 0 : 1];
    return WP_OK;
}

/* What stands beside the statements of others, else the one of the entry. */
static wp_status read_stored(wpi_graph *graph, const wp_stated_tie *tie, wpi_stated *out,
                             wp_error *err)
{
    wpi_record_bytes value;
    wp_status status =
        wpi_graph_get(graph, WPI_TABLE_RESTATED,
                      wpi_key_u32_u32_u32(tie->from, tie->to, tie->source), &value, err);
    if (status == WP_ENOTFOUND)
        return read_entry(graph, tie, out, err);
    WPI_TRY(status);
    WPI_TRY(wpi_record_read_restated(value, out, err));
    out->source = tie->source;
    return WP_OK;
}

wp_status wpi_stated_get(wpi_graph *graph, wp_stated_tie *tie, wp_error *err)
{
    wpi_stated stated;
    bool is_said;
    if (tie->from == 0 || tie->to == 0 || tie->from == tie->to)
        return WP_ENOTFOUND;
    WPI_TRY(read_pending(graph, tie, &stated, &is_said, err));
    if (!is_said)
        WPI_TRY(read_stored(graph, tie, &stated, err));
    if (stated.kind == WPI_STATED_NONE || stated.source != tie->source)
        return WP_ENOTFOUND;
    fill(tie, tie->from, tie->to, &stated);
    return WP_OK;
}

/* The statements in entries: those by the canonical number. */
static wp_status add_entries(wpi_graph *graph, uint32_t from, wpi_array *ties, wp_error *err)
{
    wpi_neighbours neighbours;
    wpi_arc_hot arc;
    wpi_tie_state state;
    uint32_t at = 0;
    WPI_TRY(wpi_adjacency_find(graph, from, &neighbours, err));
    while (wpi_neighbours_next(&neighbours, &at, &arc)) {
        wp_stated_tie tie;
        bool is_up = from < arc.other;
        uint32_t low = is_up ? from : arc.other, high = is_up ? arc.other : from;
        WPI_TRY(wpi_tie_expect(wpi_tie_table_find(graph, low, high, &state, err), err));
        const wpi_stated *stated = &state.stated[is_up ? 0 : 1];
        if (stated->kind == WPI_STATED_NONE || stated->source == WP_SOURCE_NONE)
            continue;
        fill(&tie, from, arc.other, stated);
        WPI_TRY(wpi_array_push(ties, &tie, err));
    }
    return WP_OK;
}

static wp_status add_restated(void *context, wpi_slice key, wpi_record_bytes value, wp_error *err)
{
    wpi_stated stated;
    wp_stated_tie tie;
    if (key.bytes != 12)
        return wpi_error_set(err, WP_ECORRUPT, "restated key is malformed");
    WPI_TRY(wpi_record_read_restated(value, &stated, err));
    stated.source = wpi_key_get_u32(key.data, 8);
    fill(&tie, wpi_key_get_u32(key.data, 0), wpi_key_get_u32(key.data, 4), &stated);
    return wpi_array_push(context, &tie, err);
}

static int compare_tie(const void *a, const void *b)
{
    const wp_stated_tie *x = a, *y = b;
    if (x->to != y->to)
        return x->to < y->to ? -1 : 1;
    return x->source < y->source ? -1 : x->source > y->source;
}

wp_status wpi_stated_from(wpi_graph *graph, uint32_t from, wpi_array *ties, wp_error *err)
{
    uint32_t canonical;
    WPI_TRY(wpi_party_resolve(graph, WPI_PERSON, from, &canonical, err));
    WPI_TRY(wpi_tie_flush(graph, err));
    if (canonical == from)
        WPI_TRY(add_entries(graph, from, ties, err));
    WPI_TRY(wpi_graph_each(graph, WPI_TABLE_RESTATED, wpi_key_u32(from), add_restated, ties, err));
    if (ties->count > 1)
        qsort(ties->items, ties->count, sizeof(wp_stated_tie), compare_tie);
    return WP_OK;
}
