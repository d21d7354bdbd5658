/*
 * Neighbour lists: one packed, sorted list a person, in parts.
 *
 * An update reads the whole list, drops the arcs that changed, merges the new ones in and writes it
 * back; transactions batch their updates so that this happens once a list and commit.
 */
#include "graph/adjacency.h"

#include <assert.h>
#include <stdlib.h>

#include "rules/strength.h"

wpi_arc wpi_adjacency_arc(uint32_t low, uint32_t high, const wpi_tie_state *state, bool is_low_list)
{
    wpi_evidence evidence = wpi_strength_evidence(state);
    bool has_evidence = state->reference_s != WP_TIME_NONE;
    bool is_stated =
        state->stated[0].kind != WPI_STATED_NONE || state->stated[1].kind != WPI_STATED_NONE;
    bool is_hurt = state->flow[0].negative > 0.0 || state->flow[1].negative > 0.0;
    wpi_arc arc = {.hot.other = is_low_list ? high : low, .cold.day = evidence.day};
    for (int i = 0; i < 2; i++) {
        int direction = is_low_list ? i : !i; /* i: as this list sees it */
        uint32_t faded = wpi_strength_cost_faded(&evidence, direction, evidence.day);
        uint32_t stated = wpi_strength_cost_stated(&state->stated[direction]);
        arc.hot.cost[i] = faded < stated ? faded : stated;
        arc.cold.fast[i] = evidence.fast[direction];
        arc.cold.slow[i] = evidence.slow[direction];
    }
    if (is_hurt || is_stated == has_evidence)
        arc.cold.flags = WPI_ARC_INTRICATE; /* both, or only interactions that do not count */
    else if (is_stated)
        arc.cold.flags = WPI_ARC_CONSTANT;
    return arc;
}

wp_status wpi_adjacency_part(wpi_graph *graph, uint32_t person, uint32_t part, wpi_arc_list *out,
                             wp_error *err)
{
    wpi_record_bytes value;
    assert(part <= UINT16_MAX);
    WPI_TRY(wpi_graph_get(graph, WPI_TABLE_ADJACENCY, wpi_key_part(person, (uint16_t)part), &value,
                          err));
    return wpi_adjacency_read(value.data, value.size, out, err);
}

static int compare_other(const void *a, const void *b)
{
    uint32_t x = ((const wpi_arc *)a)->hot.other, y = ((const wpi_arc *)b)->hot.other;
    return x < y ? -1 : x > y;
}

/* Append the arcs of the stored list that are not about to be replaced, in their order. */
static wp_status read_kept(wpi_graph *graph, uint32_t person, const wpi_arc *arcs, size_t count,
                           wpi_array *kept, uint32_t *parts, wp_error *err)
{
    wpi_arc_list list;
    wp_status status;
    for (*parts = 0; (status = wpi_adjacency_part(graph, person, *parts, &list, err)) == WP_OK;
         ++*parts) {
        WPI_TRY(wpi_array_reserve(kept, kept->count + list.count, err));
        for (uint32_t i = 0; i < list.count; i++) {
            wpi_arc arc = {wpi_arc_list_hot(&list, i), wpi_arc_list_cold(&list, i)};
            if (bsearch(&arc, arcs, count, sizeof arc, compare_other) == NULL)
                WPI_ARRAY_AT(kept, wpi_arc, kept->count++) = arc;
        }
    }
    return status == WP_ENOTFOUND ? WP_OK : status;
}

/* Merge two sorted runs. */
static wp_status merge(const wpi_array *kept, const wpi_arc *added, size_t count, wpi_array *out,
                       wp_error *err)
{
    const wpi_arc *old = kept->items;
    size_t o = 0, n = 0;
    WPI_TRY(wpi_array_reserve(out, kept->count + count, err));
    wpi_arc *to = out->items;
    while (o < kept->count || n < count) {
        bool takes_old = n == count || (o < kept->count && wpi_arc_compare(&old[o], &added[n]) < 0);
        to[out->count++] = takes_old ? old[o++] : added[n++];
    }
    return WP_OK;
}

static wp_status write_parts(wpi_graph *graph, uint32_t person, const wpi_array *arcs,
                             uint32_t parts_before, wp_error *err)
{
    uint32_t part = 0;
    for (size_t from = 0; from < arcs->count; from += WPI_ADJACENCY_PART_MAX, part++) {
        size_t count = arcs->count - from;
        if (count > WPI_ADJACENCY_PART_MAX)
            count = WPI_ADJACENCY_PART_MAX;
        if (part > UINT16_MAX)
            return wpi_error_set(err, WP_EINVAL, "person %u has more than %u ties", person,
                                 WPI_ADJACENCY_PART_MAX * (UINT16_MAX + 1u));
        wpi_adjacency_write(&graph->writer, &WPI_ARRAY_AT(arcs, wpi_arc, from), count, err);
        WPI_TRY(
            wpi_graph_put(graph, WPI_TABLE_ADJACENCY, wpi_key_part(person, (uint16_t)part), err));
    }
    for (; part < parts_before; part++)
        WPI_TRY(wpi_graph_delete(graph, WPI_TABLE_ADJACENCY, wpi_key_part(person, (uint16_t)part),
                                 err));
    return WP_OK;
}

wp_status wpi_adjacency_update(wpi_graph *graph, uint32_t person, wpi_arc *arcs, size_t count,
                               wp_error *err)
{
    wp_status status;
    uint32_t parts = 0;
    wpi_array kept = WPI_ARRAY_OF(wpi_arc), merged = WPI_ARRAY_OF(wpi_arc);
    WPI_TRY_OUT(read_kept(graph, person, arcs, count, &kept, &parts, err));
    qsort(arcs, count, sizeof *arcs, wpi_arc_compare);
    WPI_TRY_OUT(merge(&kept, arcs, count, &merged, err));
    WPI_TRY_OUT(write_parts(graph, person, &merged, parts, err));
out:
    wpi_array_free(&kept);
    wpi_array_free(&merged);
    return status;
}
