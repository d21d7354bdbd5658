/*
 * Arcs from tie states, and finding a person's lists: see adjacency.h.
 */
#include "graph/adjacency.h"

#include <assert.h>

#include "rules/strength.h"

wpi_arc wpi_adjacency_arc(uint32_t low, uint32_t high, const wpi_tie_state *state, bool is_low_list)
{
    wpi_evidence evidence = wpi_strength_evidence(state);
    bool has_evidence = state->reference_s != WP_TIME_NONE;
    bool is_stated =
        state->stated[0].kind != WPI_STATED_NONE || state->stated[1].kind != WPI_STATED_NONE;
    bool is_hurt = state->flow[0].negative > 0.0 || state->flow[1].negative > 0.0;
    bool is_settled = is_stated && !is_hurt; /* what is stated holds, both ways */
    wpi_arc arc = {.hot.other = is_low_list ? high : low, .cold.day = evidence.day};
    for (int i = 0; i < 2; i++) {
        int direction = is_low_list ? i : !i; /* i: as this list sees it */
        uint32_t faded = has_evidence ? wpi_strength_cost_faded(&evidence, direction, evidence.day)
                                      : WP_COST_NONE;
        uint32_t stated = wpi_strength_cost_stated(&state->stated[direction]);
        arc.hot.cost[i] = faded < stated ? faded : stated;
        is_settled &= stated <= faded;
        arc.cold.fast[i] = evidence.fast[direction];
        arc.cold.slow[i] = evidence.slow[direction];
    }
    if (is_settled)
        arc.hot.flags = WPI_ARC_CONSTANT;
    else if (is_hurt || is_stated == has_evidence)
        arc.hot.flags = WPI_ARC_INTRICATE; /* both, or only interactions that do not count */
    return arc;
}

/* What a cost can have been so many days earlier, at least; a list without a day is 2^31 days
 * before 1970. */
static uint32_t lowered(uint32_t cost, int64_t days)
{
    uint64_t fall = (uint64_t)days * WPI_ARC_FALL;
    if (cost == WP_COST_NONE)
        return cost;
    return cost < fall + WPI_COST_MIN ? WPI_COST_MIN : cost - (uint32_t)fall;
}

static void move(wpi_arc *arc, int32_t day)
{
    const wpi_evidence *evidence = &arc->cold;
    if (!wpi_arc_is_timeless(arc, 0) && evidence->day > day) {
        for (int i = 0; i < 2; i++)
            arc->hot.cost[i] = lowered(arc->hot.cost[i], (int64_t)evidence->day - day);
        arc->hot.flags = WPI_ARC_INTRICATE;
        arc->cold = (wpi_evidence){.day = wpi_arc_day_first(day)}; /* so that it falls once */
    } else if (arc->hot.flags == 0) {
        for (int i = 0; i < 2; i++)
            arc->hot.cost[i] = wpi_strength_cost_faded(evidence, i, day);
    }
}

void wpi_adjacency_move(wpi_arc *arc, int32_t from, int32_t day)
{
    if (from != day)
        move(arc, day);
    wpi_arc_fit(arc, day);
}

wpi_arc wpi_adjacency_at(const wpi_arc_list *list, uint32_t index)
{
    return (wpi_arc){wpi_arc_list_hot(list, index), wpi_arc_list_cold(list, index)};
}

/* Read and verify an overlay record; *payload is NULL when there is none. */
static wp_status read_delta(wpi_graph *graph, uint32_t person, wpi_neighbours *out,
                            const unsigned char **payload, wp_error *err)
{
    wpi_record_bytes value;
    *payload = NULL;
    wp_status status = wpi_graph_get(graph, WPI_TABLE_OVERLAY, wpi_key_u32(person), &value, err);
    if (status == WP_ENOTFOUND)
        return WP_OK;
    WPI_TRY(status);
    WPI_TRY(wpi_delta_read(value.data, value.size, graph->counters.people, &out->delta, err));
    out->mask = 0;
    for (uint32_t i = 0; i < out->delta.list.count; i++) {
        uint32_t other = wpi_bytes_get_le32(out->delta.others + 4 * (size_t)i);
        out->mask |= UINT64_C(1) << (other & 63);
    }
    *payload = value.data;
    return WP_OK;
}

wp_status wpi_adjacency_find_delta(wpi_graph *graph, uint32_t person, wpi_neighbours *out,
                                   wp_error *err)
{
    const unsigned char *payload;
    if (graph->lists == NULL || !wpi_bitset_has(&graph->lists->changed, person))
        return read_delta(graph, person, out, &payload, err);
    wpi_found_delta *found = wpi_lists_delta(graph->lists, person);
    payload = atomic_load_explicit(&found->payload, memory_order_acquire);
    if (payload != NULL) {
        out->delta = wpi_delta_view(payload);
        out->mask = atomic_load_explicit(&found->mask, memory_order_relaxed);
        return WP_OK;
    }
    WPI_TRY(read_delta(graph, person, out, &payload, err));
    if (payload == NULL)
        return wpi_error_set(err, WP_ECORRUPT, "an overlay record is missing");
    atomic_store_explicit(&found->mask, out->mask, memory_order_relaxed);
    atomic_store_explicit(&found->payload, payload, memory_order_release);
    return WP_OK;
}

wp_status wpi_adjacency_find_stored(wpi_graph *graph, uint32_t person, wpi_neighbours *out,
                                    wp_error *err)
{
    wpi_slice value;
    wpi_segment segment;
    uint32_t number = person >> WPI_SEGMENT_BITS, place = person & (WPI_SEGMENT_PEOPLE - 1);
    wpi_key key = wpi_key_u32(number);
    *out = (wpi_neighbours){.person = person};
    wp_status status = wpi_store_get_unverified(graph->txn, WPI_TABLE_SEGMENT,
                                                (wpi_slice){key.bytes, key.size}, &value, err);
    if (status == WP_OK)
        status = wpi_segment_read(value.data, value.bytes, number, graph->counters.people, &segment,
                                  err);
    if (status == WP_OK && place < segment.people) {
        WPI_TRY(wpi_segment_verify(&segment, place, false, err));
        WPI_TRY(wpi_segment_verify(&segment, place, true, err));
        wpi_segment_list(&segment, place, &out->base);
    }
    if (status != WP_OK && status != WP_ENOTFOUND)
        return status;
    return wpi_adjacency_find_delta(graph, person, out, err);
}

bool wpi_neighbours_next(const wpi_neighbours *neighbours, uint32_t *at, wpi_arc_hot *arc)
{
    uint32_t changed = neighbours->delta.list.count;
    for (; *at < changed + neighbours->base.count; ++*at) {
        bool is_delta = *at < changed;
        *arc = is_delta ? wpi_arc_list_hot(&neighbours->delta.list, *at)
                        : wpi_arc_list_hot(&neighbours->base, *at - changed);
        if (is_delta || !wpi_neighbours_mask(neighbours, arc->other)) {
            ++*at;
            return true;
        }
    }
    return false;
}
