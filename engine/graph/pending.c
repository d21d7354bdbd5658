/*
 * Changes of ties that a transaction has not written yet: see pending.h.
 *
 * The index covers the first `pending_indexed` changes, each of another pair. It is extended when a
 * pair is asked for, which joins the changes behind it, so that a transaction that never reads its
 * own ties never builds it, and one that reads after each change does no work twice.
 */
#include "graph/pending.h"

#include <assert.h>
#include <string.h>

#include "base/sort.h"
#include "format/tie_run.h"
#include "graph/evidence.h"
#include "rules/strength.h"

/* Bytes of a change, and of its copy while sorting. */
#define BYTES_EACH (2 * sizeof(wpi_pending_tie))
#define NUMBER_MAX ((1u << WPI_PENDING_BITS) - 1)

static uint64_t pair_of(uint32_t low, uint32_t high)
{
    assert(low < high);
    return (uint64_t)low << 32 | high;
}

static wpi_pending_tie *at(const wpi_graph *graph, size_t index)
{
    return &WPI_ARRAY_AT(&graph->pending, wpi_pending_tie, index);
}

static uint32_t number_of(uint32_t stated)
{
    return stated & NUMBER_MAX;
}

/* The compact form of what is stated. */
static wp_status pack(wpi_graph *graph, const wpi_stated *stated, uint32_t *out, wp_error *err)
{
    uint32_t billionths = stated->kind == WPI_STATED_P ? wpi_tie_billionths(stated->p) : 0;
    if (billionths != 0) {
        *out = (uint32_t)WPI_PENDING_BILLIONTHS << WPI_PENDING_BITS | billionths;
    } else if (stated->kind == WPI_STATED_NONE) {
        *out = WPI_PENDING_NOTHING;
    } else if (stated->kind == WPI_STATED_COST && stated->cost <= NUMBER_MAX) {
        *out = (uint32_t)WPI_PENDING_COST << WPI_PENDING_BITS | stated->cost;
    } else {
        if (graph->pending_odd.count > NUMBER_MAX - 2)
            return wpi_memory_failed(err);
        *out = (uint32_t)graph->pending_odd.count + 2;
        return wpi_array_push(&graph->pending_odd, stated, err);
    }
    return WP_OK;
}

/* Whether a statement can be written without its source. */
static bool is_of_source(const wpi_graph *graph, const wpi_stated *stated)
{
    return stated->kind == WPI_STATED_NONE || stated->source == graph->source;
}

static void unpack(const wpi_graph *graph, uint32_t packed, wpi_stated *stated)
{
    uint32_t number = number_of(packed);
    switch (packed >> WPI_PENDING_BITS) {
    case WPI_PENDING_COST:
        *stated = (wpi_stated){.kind = WPI_STATED_COST, .cost = number};
        break;
    case WPI_PENDING_BILLIONTHS:
        *stated = (wpi_stated){.kind = WPI_STATED_P, .p = wpi_tie_billionths_back(number)};
        break;
    default:
        assert(packed >> WPI_PENDING_BITS == WPI_PENDING_ODD);
        if (packed == WPI_PENDING_NOTHING)
            *stated = (wpi_stated){.kind = WPI_STATED_NONE};
        else if (packed != WPI_PENDING_SAME)
            *stated = WPI_ARRAY_AT(&graph->pending_odd, wpi_stated, number - 2);
        break;
    }
    if (packed != WPI_PENDING_SAME)
        stated->source = graph->source;
}

static wpi_tie_state *whole_of(const wpi_graph *graph, const wpi_pending_tie *tie)
{
    return &WPI_ARRAY_AT(&graph->pending_states, wpi_tie_state, number_of(tie->stated[0]));
}

/* Keep a whole state and have a change refer to it. */
static wp_status make_whole(wpi_graph *graph, wpi_pending_tie *tie, const wpi_tie_state *state,
                            wp_error *err)
{
    size_t index = graph->pending_states.count;
    if (index > NUMBER_MAX)
        return wpi_memory_failed(err);
    WPI_TRY(wpi_array_push(&graph->pending_states, state, err));
    tie->stated[0] = (uint32_t)WPI_PENDING_WHOLE << WPI_PENDING_BITS | (uint32_t)index;
    tie->stated[1] = tie->stated[0];
    return WP_OK;
}

void wpi_pending_apply(const wpi_graph *graph, const wpi_pending_tie *tie, wpi_tie_state *state)
{
    if (wpi_pending_is_whole(tie)) {
        *state = *whole_of(graph, tie);
        return;
    }
    unpack(graph, tie->stated[0], &state->stated[0]);
    unpack(graph, tie->stated[1], &state->stated[1]);
}

/* Have a state say what is stated, unless another source states something of it. */
static wp_status merge(wpi_graph *graph, const wpi_pending_tie *tie, wpi_tie_state *state,
                       wp_error *err)
{
    for (int i = 0; i < 2; i++) {
        wpi_clash clash = {.from = i == 0 ? tie->low : tie->high,
                           .to = i == 0 ? tie->high : tie->low};
        if (tie->stated[i] == WPI_PENDING_SAME)
            continue;
        unpack(graph, tie->stated[i], &clash.stated);
        if (is_of_source(graph, &state->stated[i]))
            state->stated[i] = clash.stated;
        else
            WPI_TRY(wpi_array_push(&graph->pending_clashes, &clash, err));
    }
    return WP_OK;
}

/* Join a later change of the same pair to an earlier one. */
static wp_status join(wpi_graph *graph, wpi_pending_tie *earlier, const wpi_pending_tie *later,
                      wp_error *err)
{
    if (wpi_pending_is_whole(later)) {
        *earlier = *later;
    } else if (wpi_pending_is_whole(earlier)) {
        return merge(graph, later, whole_of(graph, earlier), err);
    } else {
        for (int i = 0; i < 2; i++)
            if (later->stated[i] != WPI_PENDING_SAME)
                earlier->stated[i] = later->stated[i];
    }
    return WP_OK;
}

/* Extend the index to all changes. On failure some may stand twice, which does no harm. */
static wp_status index_all(wpi_graph *graph, wp_error *err)
{
    size_t kept = graph->pending_indexed;
    for (size_t i = kept; i < graph->pending.count; i++) {
        uint64_t *slot;
        bool is_new;
        const wpi_pending_tie *tie = at(graph, i);
        WPI_TRY(wpi_map_put(&graph->pending_at, pair_of(tie->low, tie->high), kept, &slot, &is_new,
                            err));
        if (is_new)
            *at(graph, kept++) = *tie;
        else
            WPI_TRY(join(graph, at(graph, *slot), tie, err));
    }
    graph->pending.count = graph->pending_indexed = kept;
    return WP_OK;
}

wp_status wpi_pending_find(wpi_graph *graph, uint32_t low, uint32_t high, wpi_pending_tie **out,
                           wp_error *err)
{
    *out = NULL;
    if (graph->pending.count == 0)
        return WP_OK;
    if (graph->pending_indexed < graph->pending.count) {
        wp_status status = index_all(graph, err);
        graph->has_failed |= status != WP_OK;
        WPI_TRY(status);
    }
    const uint64_t *index = wpi_map_find(&graph->pending_at, pair_of(low, high));
    if (index != NULL)
        *out = at(graph, *index);
    return WP_OK;
}

wp_status wpi_pending_find_clash(wpi_graph *graph, uint32_t from, uint32_t to,
                                 const wpi_clash **out, wp_error *err)
{
    size_t *indexed = &graph->pending_clash_indexed;
    *out = NULL;
    for (; *indexed < graph->pending_clashes.count; ++*indexed) {
        const wpi_clash *clash = &WPI_ARRAY_AT(&graph->pending_clashes, wpi_clash, *indexed);
        uint64_t *index;
        WPI_TRY(wpi_map_put(&graph->pending_clash_at, (uint64_t)clash->from << 32 | clash->to, 0,
                            &index, NULL, err));
        *index = *indexed;
    }
    const uint64_t *found = wpi_map_find(&graph->pending_clash_at, (uint64_t)from << 32 | to);
    if (found != NULL)
        *out = &WPI_ARRAY_AT(&graph->pending_clashes, wpi_clash, *found);
    return WP_OK;
}

wp_status wpi_pending_put(wpi_graph *graph, uint32_t low, uint32_t high, const wpi_tie_state *state,
                          wp_error *err)
{
    wpi_pending_tie *found = NULL;
    wpi_pending_tie tie = {.low = low, .high = high};
    WPI_TRY(wpi_pending_find(graph, low, high, &found, err));
    if (found != NULL && wpi_pending_is_whole(found)) {
        *whole_of(graph, found) = *state;
        return WP_OK;
    }
    if (found != NULL)
        return make_whole(graph, found, state, err);
    WPI_TRY(make_whole(graph, &tie, state, err));
    return wpi_array_push(&graph->pending, &tie, err);
}

wp_status wpi_pending_gain(wpi_graph *graph, uint32_t low, uint32_t high, size_t index,
                           wp_error *err)
{
    wpi_pending_tie tie = {.low = low, .high = high};
    if (index > NUMBER_MAX)
        return wpi_memory_failed(err);
    tie.stated[0] = (uint32_t)WPI_PENDING_WHOLE << WPI_PENDING_BITS | (uint32_t)index;
    return wpi_array_push(&graph->pending, &tie, err);
}

/* Whether the last change is what is stated of a pair, as when both directions are stated. */
static bool is_statement_of(const wpi_graph *graph, uint32_t low, uint32_t high)
{
    const wpi_pending_tie *last = at(graph, graph->pending.count - 1);
    return last->low == low && last->high == high && !wpi_pending_is_whole(last);
}

wp_status wpi_pending_state(wpi_graph *graph, uint32_t low, uint32_t high, int direction,
                            const wpi_stated *stated, wp_error *err)
{
    wpi_pending_tie tie = {.low = low, .high = high};
    assert(low < high);
    WPI_TRY(pack(graph, stated, &tie.stated[direction], err));
    graph->pending_stated++;
    if (graph->pending.count > graph->pending_indexed && is_statement_of(graph, low, high)) {
        at(graph, graph->pending.count - 1)->stated[direction] = tie.stated[direction];
        return WP_OK;
    }
    if (graph->pending.count == graph->pending.capacity)
        WPI_TRY(wpi_array_reserve(&graph->pending, graph->pending.count + 1, err));
    *at(graph, graph->pending.count++) = tie;
    return WP_OK;
}

wp_status wpi_pending_sort(wpi_graph *graph, wp_error *err)
{
    size_t kept = 0;
    WPI_TRY(wpi_sort_pairs(&graph->pending, err));
    for (size_t i = 0; i < graph->pending.count; i++) {
        const wpi_pending_tie *tie = at(graph, i);
        bool is_same = kept > 0 && at(graph, kept - 1)->low == tie->low &&
                       at(graph, kept - 1)->high == tie->high;
        if (is_same)
            WPI_TRY(join(graph, at(graph, kept - 1), tie, err));
        else if (kept++ != i)
            *at(graph, kept - 1) = *tie;
    }
    graph->pending.count = kept;
    return WP_OK;
}

static bool is_gain(const wpi_pending_tie *tie)
{
    return tie->stated[0] >> WPI_PENDING_BITS == WPI_PENDING_WHOLE && !wpi_pending_is_whole(tie);
}

/* Add the rows of a pair to what is stored. */
static wp_status gain(wpi_graph *graph, wpi_pending_tie *tie, const wpi_tie_state *stored,
                      wp_error *err)
{
    const wpi_array *rows = &graph->gaining;
    wpi_tie_state state = WPI_TIE_STATE_INIT;
    if (stored != NULL)
        state = *stored;
    for (size_t i = number_of(tie->stated[0]); i < rows->count; i++) {
        const wpi_derived_row *row = &WPI_ARRAY_AT(rows, wpi_derived_row, i);
        if (row->low != tie->low || row->high != tie->high)
            break;
        wpi_evidence_apply(&state, &row->row);
    }
    return make_whole(graph, tie, &state, err);
}

wp_status wpi_pending_complete(wpi_graph *graph, wpi_pending_tie *tie, const wpi_tie_state *stored,
                               wp_error *err)
{
    if (wpi_pending_is_whole(tie))
        return WP_OK;
    if (is_gain(tie))
        return gain(graph, tie, stored, err);
    bool is_plain = stored == NULL || (stored->reference_s == WP_TIME_NONE &&
                                       is_of_source(graph, &stored->stated[0]) &&
                                       is_of_source(graph, &stored->stated[1]));
    if (!is_plain) {
        wpi_tie_state state = *stored;
        WPI_TRY(merge(graph, tie, &state, err));
        return make_whole(graph, tie, &state, err);
    }
    for (int i = 0; i < 2; i++) {
        if (tie->stated[i] != WPI_PENDING_SAME)
            continue;
        tie->stated[i] = WPI_PENDING_NOTHING;
        if (stored != NULL)
            WPI_TRY(pack(graph, &stored->stated[i], &tie->stated[i], err));
    }
    return WP_OK;
}

static uint32_t cost_of(const wpi_stated *stated, wpi_known_cost *known)
{
    uint64_t bits;
    if (known == NULL || stated->kind != WPI_STATED_P)
        return wpi_strength_cost_stated(stated);
    memcpy(&bits, &stated->p, sizeof bits);
    wpi_known_cost *at = &known[bits * UINT64_C(0x9E3779B97F4A7C15) >> 52];
    if (at->cost == 0 || at->p != stated->p)
        *at = (wpi_known_cost){stated->p, wpi_strength_cost_stated(stated)};
    return at->cost;
}

void wpi_pending_written(wpi_pending_tie *tie, const wpi_tie_state *state, wpi_known_cost *known)
{
    if (wpi_pending_is_whole(tie))
        return;
    for (int i = 0; i < 2; i++) {
        bool is_as_other = i == 1 && state->stated[1].kind == state->stated[0].kind &&
                           state->stated[1].p == state->stated[0].p &&
                           state->stated[1].cost == state->stated[0].cost;
        uint32_t cost = is_as_other ? 0 : cost_of(&state->stated[i], known);
        if (is_as_other)
            tie->stated[1] = tie->stated[0];
        else if (cost <= NUMBER_MAX)
            tie->stated[i] = (uint32_t)WPI_PENDING_COST << WPI_PENDING_BITS | cost;
    }
}

void wpi_pending_clear(wpi_graph *graph)
{
    graph->pending.count = 0;
    graph->pending_states.count = 0;
    graph->pending_odd.count = 0;
    graph->pending_indexed = 0;
    graph->pending_stated = 0;
    graph->gaining.count = 0;
    wpi_map_clear(&graph->pending_at);
}

void wpi_pending_clear_clashes(wpi_graph *graph)
{
    graph->pending_clashes.count = 0;
    if (graph->pending_clash_indexed > 0)
        wpi_map_clear(&graph->pending_clash_at);
    graph->pending_clash_indexed = 0;
}

void wpi_pending_free(wpi_graph *graph)
{
    wpi_map_free(&graph->pending_at);
    wpi_array_free(&graph->pending);
    wpi_array_free(&graph->pending_states);
    wpi_array_free(&graph->pending_odd);
    wpi_array_free(&graph->pending_clashes);
    wpi_map_free(&graph->pending_clash_at);
    graph->pending_indexed = 0;
}

size_t wpi_pending_bytes(const wpi_graph *graph)
{
    return graph->pending.count * BYTES_EACH + graph->pending_states.count * sizeof(wpi_tie_state) +
           graph->pending_odd.count * sizeof(wpi_stated) +
           graph->pending_clashes.count * sizeof(wpi_clash) + wpi_map_bytes(&graph->pending_at) +
           wpi_map_bytes(&graph->pending_clash_at);
}
