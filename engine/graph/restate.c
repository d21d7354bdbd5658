/*
 * Ties computed anew: see restate.h.
 */
#include "graph/restate.h"

#include "base/sort.h"
#include "graph/evidence.h"
#include "graph/party.h"
#include "graph/pending.h"
#include "graph/tie.h"
#include "rules/strength.h"

static wp_status push_pair(wpi_array *pairs, uint32_t a, uint32_t b, wp_error *err)
{
    wpi_pair pair = {a < b ? a : b, a < b ? b : a};
    return a == b || a == 0 || b == 0 ? WP_OK : wpi_array_push(pairs, &pair, err);
}

wp_status wpi_restate_evidence(wpi_graph *graph, uint32_t low, uint32_t high, wp_error *err)
{
    return push_pair(&graph->stale, low, high, err);
}

wp_status wpi_restate_pair(wpi_graph *graph, uint32_t a, uint32_t b, wp_error *err)
{
    return push_pair(&graph->restale, a, b, err);
}

static bool is_repeated(const wpi_array *pairs, size_t index)
{
    const wpi_pair *items = pairs->items;
    return index > 0 && items[index - 1].low == items[index].low &&
           items[index - 1].high == items[index].high;
}

wp_status wpi_restate_tie(wpi_graph *graph, uint32_t low, uint32_t high, wp_error *err)
{
    wpi_tie_state before, after = WPI_TIE_STATE_INIT;
    WPI_TRY(wpi_tie_begin_change(graph, low, high, &before, err));
    after.stated[0] = before.stated[0];
    after.stated[1] = before.stated[1];
    WPI_TRY(wpi_evidence_replay(graph, low, high, WP_TIME_MAX + 1, &after, err));
    return wpi_tie_keep(graph, low, high, &after, err);
}

wp_status wpi_restate_all(wpi_graph *graph, wp_error *err)
{
    wp_status status = WP_OK;
    wpi_array pairs = graph->stale;
    if (pairs.count == 0)
        return WP_OK;
    graph->stale = WPI_ARRAY_OF(wpi_pair);
    WPI_TRY_OUT(wpi_sort_pairs(&pairs, err));
    for (size_t i = 0; i < pairs.count; i++) {
        const wpi_pair *pair = &WPI_ARRAY_AT(&pairs, wpi_pair, i);
        if (!is_repeated(&pairs, i))
            WPI_TRY_OUT(wpi_restate_tie(graph, pair->low, pair->high, err));
    }
out:
    wpi_array_free(&pairs);
    return status;
}

static wpi_key key_of(uint32_t from, uint32_t to, uint32_t source)
{
    return wpi_key_u32_u32_u32(from, to, source);
}

/* Put a statement into the table, or take it out. */
static wp_status write(wpi_graph *graph, uint32_t from, uint32_t to, const wpi_stated *stated,
                       wp_error *err)
{
    wpi_key key = key_of(from, to, stated->source);
    if (stated->kind != WPI_STATED_NONE) {
        wpi_record_write_restated(&graph->writer, stated);
        return wpi_graph_put(graph, WPI_TABLE_RESTATED, key, err);
    }
    wp_status status = wpi_graph_delete(graph, WPI_TABLE_RESTATED, key, err);
    return status == WP_ENOTFOUND ? WP_OK : status;
}

wp_status wpi_restate_put(wpi_graph *graph, uint32_t from, uint32_t to, const wpi_stated *stated,
                          wp_error *err)
{
    uint32_t a, b;
    WPI_TRY(write(graph, from, to, stated, err));
    WPI_TRY(wpi_party_find(graph, WPI_PERSON, from, &a, err));
    WPI_TRY(wpi_party_find(graph, WPI_PERSON, to, &b, err));
    return wpi_restate_pair(graph, a, b, err);
}

wp_status wpi_restate_unstate(wpi_graph *graph, uint32_t low, uint32_t high, wp_error *err)
{
    wpi_tie_state state;
    wp_status status = wpi_tie_load(graph, low, high, &state, err);
    if (status == WP_ENOTFOUND)
        return WP_OK;
    WPI_TRY(status);
    if (state.stated[0].kind == WPI_STATED_NONE && state.stated[1].kind == WPI_STATED_NONE)
        return WP_OK;
    for (int i = 0; i < 2; i++) {
        const wpi_stated *stated = &state.stated[i];
        if (stated->kind != WPI_STATED_NONE && stated->source != WP_SOURCE_NONE)
            WPI_TRY(write(graph, i == 0 ? low : high, i == 0 ? high : low, stated, err));
        state.stated[i] = (wpi_stated){.kind = WPI_STATED_NONE};
    }
    return wpi_tie_keep(graph, low, high, &state, err);
}

/* Whether a statement is stronger; of equal ones the order is by what they say. */
static bool is_stronger(const wpi_stated *a, const wpi_stated *b)
{
    uint32_t x = wpi_strength_cost_stated(a), y = wpi_strength_cost_stated(b);
    if (x != y)
        return x < y;
    if (a->kind != b->kind)
        return a->kind == WPI_STATED_P;
    return a->kind == WPI_STATED_P ? a->p > b->p : a->cost < b->cost;
}

typedef struct strongest_walk {
    uint32_t from; /* canonical */
    uint32_t to;
    wpi_stated best;
    size_t count;
    bool is_canonical;
} strongest_walk;

static wp_status take_stronger(void *context, wpi_slice key, wpi_record_bytes value, wp_error *err)
{
    strongest_walk *walk = context;
    wpi_stated stated;
    if (key.bytes != 12)
        return wpi_error_set(err, WP_ECORRUPT, "restated key is malformed");
    WPI_TRY(wpi_record_read_restated(value, &stated, err));
    stated.source = wpi_key_get_u32(key.data, 8);
    walk->is_canonical =
        wpi_key_get_u32(key.data, 0) == walk->from && wpi_key_get_u32(key.data, 4) == walk->to;
    if (walk->count++ == 0 || is_stronger(&stated, &walk->best))
        walk->best = stated;
    return WP_OK;
}

wp_status wpi_restate_read(wpi_graph *graph, uint32_t from, uint32_t to, wpi_stated *out,
                           size_t *count, bool *is_canonical, wp_error *err)
{
    wp_status status;
    strongest_walk walk = {.from = from, .to = to};
    wpi_array a = WPI_ARRAY_OF(uint32_t), b = WPI_ARRAY_OF(uint32_t);
    WPI_TRY_OUT(wpi_party_numbers(graph, WPI_PERSON, from, &a, err));
    WPI_TRY_OUT(wpi_party_numbers(graph, WPI_PERSON, to, &b, err));
    for (size_t i = 0; i < a.count; i++)
        for (size_t j = 0; j < b.count; j++)
            WPI_TRY_OUT(wpi_graph_each(
                graph, WPI_TABLE_RESTATED,
                wpi_key_u32_u32(WPI_ARRAY_AT(&a, uint32_t, i), WPI_ARRAY_AT(&b, uint32_t, j)),
                take_stronger, &walk, err));
    *out = walk.best;
    *count = walk.count;
    *is_canonical = walk.count == 1 && walk.is_canonical;
out:
    wpi_array_free(&a);
    wpi_array_free(&b);
    return status;
}

/* What the entry of a direction is to hold, given what it holds. */
static wp_status settle_direction(wpi_graph *graph, uint32_t from, uint32_t to, wpi_stated *stated,
                                  wp_error *err)
{
    wpi_stated found;
    size_t count;
    bool is_canonical, is_own = stated->kind != WPI_STATED_NONE && stated->source != WP_SOURCE_NONE;
    WPI_TRY(wpi_restate_read(graph, from, to, &found, &count, &is_canonical, err));
    if (count == 0 && is_own)
        return WP_OK;
    if (is_own) {
        WPI_TRY(write(graph, from, to, stated, err));
        WPI_TRY(wpi_restate_read(graph, from, to, &found, &count, &is_canonical, err));
    }
    *stated = (wpi_stated){.kind = WPI_STATED_NONE};
    if (count == 0)
        return WP_OK;
    *stated = found;
    if (!is_canonical) {
        stated->source = WP_SOURCE_NONE;
        return WP_OK;
    }
    found.kind = WPI_STATED_NONE;
    return write(graph, from, to, &found, err);
}

static bool is_same(const wpi_stated *a, const wpi_stated *b)
{
    return a->kind == b->kind && (a->kind == WPI_STATED_NONE ||
                                  (a->source == b->source && a->p == b->p && a->cost == b->cost));
}

static wp_status settle_pair(wpi_graph *graph, const wpi_pair *pair, wp_error *err)
{
    wpi_tie_state state;
    WPI_TRY(wpi_tie_begin_change(graph, pair->low, pair->high, &state, err));
    wpi_stated before[2] = {state.stated[0], state.stated[1]};
    WPI_TRY(settle_direction(graph, pair->low, pair->high, &state.stated[0], err));
    WPI_TRY(settle_direction(graph, pair->high, pair->low, &state.stated[1], err));
    if (is_same(&before[0], &state.stated[0]) && is_same(&before[1], &state.stated[1]))
        return WP_OK;
    return wpi_pending_put(graph, pair->low, pair->high, &state, err);
}

static wp_status settle_clashes(wpi_graph *graph, wp_error *err)
{
    for (size_t i = 0; i < graph->pending_clashes.count; i++) {
        const wpi_clash *clash = &WPI_ARRAY_AT(&graph->pending_clashes, wpi_clash, i);
        WPI_TRY(wpi_restate_put(graph, clash->from, clash->to, &clash->stated, err));
    }
    wpi_pending_clear_clashes(graph);
    return WP_OK;
}

wp_status wpi_restate_statements(wpi_graph *graph, wp_error *err)
{
    wp_status status = WP_OK;
    WPI_TRY(settle_clashes(graph, err));
    wpi_array pairs = graph->restale;
    if (pairs.count == 0)
        return WP_OK;
    graph->restale = WPI_ARRAY_OF(wpi_pair);
    WPI_TRY_OUT(wpi_sort_pairs(&pairs, err));
    for (size_t i = 0; i < pairs.count; i++)
        if (!is_repeated(&pairs, i))
            WPI_TRY_OUT(settle_pair(graph, &WPI_ARRAY_AT(&pairs, wpi_pair, i), err));
out:
    wpi_array_free(&pairs);
    return status;
}
