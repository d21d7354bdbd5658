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
#include "graph/person.h"

/* So many bytes of pending ties are written before the transaction ends. */
#define PENDING_BYTES_MAX (64u << 20)
/* Large transactions pass through the whole file: let go of its pages every so many ties. */
#define RELEASE_EVERY 512

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

static wpi_tie_state unpack(const wpi_graph *graph, const wpi_pending_tie *tie)
{
    wpi_tie_state state = WPI_TIE_STATE_INIT;
    if (tie->flows != WPI_PENDING_STATED)
        state = WPI_ARRAY_AT(&graph->pending_flows, wpi_tie_state, tie->flows);
    for (int i = 0; i < 2; i++) {
        wpi_stated *stated = &state.stated[i];
        *stated = (wpi_stated){.kind = WPI_STATED_NONE};
        if (tie->kind[i] == WPI_STATED_P)
            *stated = (wpi_stated){.kind = WPI_STATED_P, .p = tie->value[i]};
        else if (tie->kind[i] == WPI_STATED_COST)
            *stated = (wpi_stated){.kind = WPI_STATED_COST, .cost = (uint32_t)tie->value[i]};
    }
    return state;
}

wp_status wpi_tie_load(wpi_graph *graph, uint32_t low, uint32_t high, wpi_tie_state *out,
                       wp_error *err)
{
    uint64_t *at = wpi_map_find(&graph->pending_at, pair_of(low, high));
    if (at == NULL)
        return load_stored(graph, low, high, out, err);
    *out = unpack(graph, &WPI_ARRAY_AT(&graph->pending, wpi_pending_tie, *at));
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

static bool is_full(const wpi_graph *graph)
{
    return graph->pending.count * sizeof(wpi_pending_tie) +
               graph->pending_flows.count * sizeof(wpi_tie_state) >=
           PENDING_BYTES_MAX;
}

/* The pending entry of a pair, added when there is none. */
static wp_status find_pending(wpi_graph *graph, uint32_t low, uint32_t high, wpi_pending_tie **out,
                              wp_error *err)
{
    uint64_t *at = wpi_map_find(&graph->pending_at, pair_of(low, high));
    if (at == NULL) {
        wpi_pending_tie added = {.low = low, .high = high, .flows = WPI_PENDING_STATED};
        WPI_TRY(wpi_array_reserve(&graph->pending, graph->pending.count + 1, err));
        WPI_TRY(wpi_map_put(&graph->pending_at, pair_of(low, high), graph->pending.count, &at, NULL,
                            err));
        WPI_TRY(wpi_array_push(&graph->pending, &added, err));
        if (graph->pending.count % RELEASE_EVERY == 0)
            wpi_store_release_pages(graph->txn);
    }
    *out = &WPI_ARRAY_AT(&graph->pending, wpi_pending_tie, *at);
    return WP_OK;
}

wp_status wpi_tie_keep(wpi_graph *graph, uint32_t low, uint32_t high, const wpi_tie_state *state,
                       wp_error *err)
{
    wpi_pending_tie *tie = NULL;
    if (is_full(graph))
        WPI_TRY(wpi_tie_flush(graph, err));
    WPI_TRY(find_pending(graph, low, high, &tie, err));
    for (int i = 0; i < 2; i++) {
        const wpi_stated *stated = &state->stated[i];
        tie->kind[i] = (uint8_t)stated->kind;
        tie->value[i] = stated->kind == WPI_STATED_COST ? stated->cost : stated->p;
    }
    if (tie->flows != WPI_PENDING_STATED) {
        WPI_ARRAY_AT(&graph->pending_flows, wpi_tie_state, tie->flows) = *state;
    } else if (state->reference_s != WP_TIME_NONE) {
        WPI_TRY(wpi_array_push(&graph->pending_flows, state, err));
        tie->flows = (uint32_t)(graph->pending_flows.count - 1);
    }
    return WP_OK;
}

static int compare_pair(const void *a, const void *b)
{
    const wpi_pending_tie *x = a, *y = b;
    uint64_t pair_x = pair_of(x->low, x->high), pair_y = pair_of(y->low, y->high);
    return pair_x < pair_y ? -1 : pair_x > pair_y;
}

/* One end of a pending tie: whose list, who is the other, which tie. */
typedef struct tie_end {
    uint32_t person;
    uint32_t other;
    uint32_t tie;
} tie_end;

static int compare_end(const void *a, const void *b)
{
    const tie_end *x = a, *y = b;
    if (x->person != y->person)
        return x->person < y->person ? -1 : 1;
    return x->other < y->other ? -1 : x->other > y->other;
}

static wp_status write_states(wpi_graph *graph, wpi_array *ends, wp_error *err)
{
    const wpi_pending_tie *ties = graph->pending.items;
    WPI_TRY(wpi_array_reserve(ends, 2 * graph->pending.count, err));
    tie_end *to = ends->items;
    for (uint32_t i = 0; i < graph->pending.count; i++) {
        wpi_tie_state state = unpack(graph, &ties[i]);
        wpi_record_write_tie(&graph->writer, &state);
        WPI_TRY(
            wpi_graph_put(graph, WPI_TABLE_TIE, wpi_key_u32_u32(ties[i].low, ties[i].high), err));
        to[ends->count++] = (tie_end){ties[i].low, ties[i].high, i};
        to[ends->count++] = (tie_end){ties[i].high, ties[i].low, i};
        if (i % RELEASE_EVERY == 0)
            wpi_store_release_pages(graph->txn);
    }
    return WP_OK;
}

/* The arcs of some ends of one person. */
static wp_status make_arcs(wpi_graph *graph, const tie_end *ends, size_t count, wpi_array *arcs,
                           wp_error *err)
{
    arcs->count = 0;
    for (size_t i = 0; i < count; i++) {
        const wpi_pending_tie *tie = &WPI_ARRAY_AT(&graph->pending, wpi_pending_tie, ends[i].tie);
        wpi_tie_state state = unpack(graph, tie);
        wpi_arc arc = wpi_adjacency_arc(tie->low, tie->high, &state, ends[i].person == tie->low);
        WPI_TRY(wpi_array_push(arcs, &arc, err));
    }
    return WP_OK;
}

static wp_status write_lists(wpi_graph *graph, const wpi_array *ends, wp_error *err)
{
    wp_status status = WP_OK;
    const tie_end *items = ends->items;
    wpi_array arcs = WPI_ARRAY_OF(wpi_arc);
    size_t lists = 0;
    for (size_t from = 0, to; from < ends->count; from = to) {
        for (to = from + 1; to < ends->count && items[to].person == items[from].person; to++)
            ;
        WPI_TRY_OUT(make_arcs(graph, &items[from], to - from, &arcs, err));
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
    wpi_array ends = WPI_ARRAY_OF(tie_end);
    if (graph->pending.count == 0)
        return WP_OK;
    qsort(graph->pending.items, graph->pending.count, sizeof(wpi_pending_tie), compare_pair);
    graph->has_failed = true; /* until all of it is written */
    WPI_TRY_OUT(write_states(graph, &ends, err));
    qsort(ends.items, ends.count, sizeof(tie_end), compare_end);
    WPI_TRY_OUT(write_lists(graph, &ends, err));
    graph->pending.count = 0;
    graph->pending_flows.count = 0;
    wpi_map_clear(&graph->pending_at);
    graph->has_failed = false;
out:
    wpi_array_free(&ends);
    return status;
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
    wpi_tie_state state;
    WPI_TRY(check_stated(graph, tie, err));
    bool is_up = tie->from < tie->to;
    uint32_t low = is_up ? tie->from : tie->to, high = is_up ? tie->to : tie->from;
    WPI_TRY(wpi_tie_begin_change(graph, low, high, &state, err));
    wpi_stated *stated = &state.stated[is_up ? 0 : 1];
    *stated = (wpi_stated){.kind = WPI_STATED_NONE};
    if (tie->has_cost && tie->cost != WP_COST_NONE)
        *stated = (wpi_stated){.kind = WPI_STATED_COST, .cost = tie->cost};
    else if (!tie->has_cost && tie->p > 0.0)
        *stated = (wpi_stated){.kind = WPI_STATED_P, .p = tie->p};
    return wpi_tie_keep(graph, low, high, &state, err);
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
