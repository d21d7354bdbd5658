/*
 * Overlay records and totals: see overlay.h.
 *
 * The day of an overlay record is that of its latest evidence, so that it is exact on the day when
 * the tie was last touched; evidence in the future does not count for it.
 */
#include "graph/overlay.h"

#include <stdlib.h>
#include <time.h>

#include "base/time.h"
#include "graph/adjacency.h"

#define TOTALS_BYTES 48
#define CHANGED_BYTES (4 + WPI_SEGMENT_PEOPLE / 8)

int32_t wpi_overlay_today(void)
{
    return wpi_time_day((int64_t)time(NULL));
}

wp_status wpi_overlay_totals(wpi_graph *graph, wpi_adjacency_totals *out, wp_error *err)
{
    wpi_record_bytes value;
    *out = (wpi_adjacency_totals){.generation = 0};
    if (graph->has_totals) {
        *out = graph->totals;
        return WP_OK;
    }
    wp_status status =
        wpi_graph_get(graph, WPI_TABLE_META, wpi_key_text("adjacency", 0), &value, err);
    if (status == WP_ENOTFOUND)
        return WP_OK;
    WPI_TRY(status);
    if (value.size != TOTALS_BYTES)
        return wpi_error_set(err, WP_ECORRUPT, "adjacency totals are malformed");
    const unsigned char *bytes = value.data;
    out->generation = wpi_bytes_get_le64(bytes);
    out->segments = wpi_bytes_get_le64(bytes + 8);
    out->segment_arcs = wpi_bytes_get_le64(bytes + 16);
    out->segment_bytes = wpi_bytes_get_le64(bytes + 24);
    out->overlay_people = wpi_bytes_get_le64(bytes + 32);
    out->overlay_arcs = wpi_bytes_get_le64(bytes + 40);
    return WP_OK;
}

wp_status wpi_overlay_begin(wpi_graph *graph, wp_error *err)
{
    if (graph->has_totals)
        return WP_OK;
    WPI_TRY(wpi_overlay_totals(graph, &graph->totals, err));
    graph->totals_stored = graph->totals;
    graph->has_totals = true;
    return WP_OK;
}

wp_status wpi_overlay_finish(wpi_graph *graph, wp_error *err)
{
    wpi_writer *writer = &graph->writer;
    if (memcmp(&graph->totals, &graph->totals_stored, sizeof graph->totals) == 0)
        return WP_OK;
    graph->totals_stored = graph->totals;
    wpi_writer_u64(writer, graph->totals.generation);
    wpi_writer_u64(writer, graph->totals.segments);
    wpi_writer_u64(writer, graph->totals.segment_arcs);
    wpi_writer_u64(writer, graph->totals.segment_bytes);
    wpi_writer_u64(writer, graph->totals.overlay_people);
    wpi_writer_u64(writer, graph->totals.overlay_arcs);
    return wpi_graph_put(graph, WPI_TABLE_META, wpi_key_text("adjacency", 0), err);
}

static wp_status read_changed(wpi_record_bytes value, wpi_changed *out, wp_error *err)
{
    if (value.size != CHANGED_BYTES)
        return wpi_error_set(err, WP_ECORRUPT, "changed record is malformed");
    out->arcs = wpi_bytes_get_le32(value.data);
    memcpy(out->people, (const unsigned char *)value.data + 4, sizeof out->people);
    return WP_OK;
}

wp_status wpi_overlay_load(wpi_graph *graph, uint32_t segment, wpi_changed *out, wp_error *err)
{
    wpi_record_bytes value;
    memset(out, 0, sizeof *out);
    wp_status status = wpi_graph_get(graph, WPI_TABLE_CHANGED, wpi_key_u32(segment), &value, err);
    if (status == WP_ENOTFOUND)
        return WP_OK;
    return status == WP_OK ? read_changed(value, out, err) : status;
}

wp_status wpi_overlay_save(wpi_graph *graph, uint32_t segment, const wpi_changed *changed,
                           wp_error *err)
{
    wpi_writer_u32(&graph->writer, changed->arcs);
    if (wpi_array_extend(&graph->writer.bytes, changed->people, sizeof changed->people, err) !=
        WP_OK)
        graph->writer.has_failed = true;
    return wpi_graph_put(graph, WPI_TABLE_CHANGED, wpi_key_u32(segment), err);
}

static wp_status add_people(void *context, wpi_slice key, wpi_record_bytes value, wp_error *err)
{
    wpi_changed changed;
    if (key.bytes != 4)
        return wpi_error_set(err, WP_ECORRUPT, "changed key is malformed");
    WPI_TRY(read_changed(value, &changed, err));
    uint32_t first = wpi_key_get_u32(key.data, 0) << WPI_SEGMENT_BITS;
    for (uint32_t word = 0; word < WPI_SEGMENT_PEOPLE / 64; word++)
        for (uint64_t bits = changed.people[word]; bits != 0; bits &= bits - 1)
            WPI_TRY(
                wpi_bitset_add(context, first + word * 64 + (uint32_t)__builtin_ctzll(bits), err));
    return WP_OK;
}

wp_status wpi_overlay_people(wpi_graph *graph, wpi_bitset *people, wp_error *err)
{
    return wpi_graph_each(graph, WPI_TABLE_CHANGED, (wpi_key){.size = 0}, add_people, people, err);
}

static wp_status add_segment(void *context, wpi_slice key, wpi_record_bytes value, wp_error *err)
{
    wpi_changed changed;
    if (key.bytes != 4)
        return wpi_error_set(err, WP_ECORRUPT, "changed key is malformed");
    WPI_TRY(read_changed(value, &changed, err));
    wpi_overlay_segment segment = {wpi_key_get_u32(key.data, 0), changed.arcs};
    return wpi_array_push(context, &segment, err);
}

static int compare_segments(const void *a, const void *b)
{
    const wpi_overlay_segment *x = a, *y = b;
    if (x->arcs != y->arcs)
        return x->arcs > y->arcs ? -1 : 1;
    return x->number < y->number ? -1 : x->number > y->number;
}

wp_status wpi_overlay_segments(wpi_graph *graph, wpi_array *out, wp_error *err)
{
    WPI_TRY(wpi_graph_each(graph, WPI_TABLE_CHANGED, (wpi_key){.size = 0}, add_segment, out, err));
    if (out->count > 1)
        qsort(out->items, out->count, sizeof(wpi_overlay_segment), compare_segments);
    return WP_OK;
}

static int compare_other(const void *a, const void *b)
{
    uint32_t x = ((const wpi_arc *)a)->hot.other, y = ((const wpi_arc *)b)->hot.other;
    return x < y ? -1 : x > y;
}

/* Add arcs on the days of their evidence, moved to a day. */
static wp_status add_changed(const wpi_array *arcs, int32_t day, wpi_array *out, wp_error *err)
{
    for (size_t i = 0; i < arcs->count; i++) {
        wpi_arc arc = WPI_ARRAY_AT(arcs, wpi_arc, i);
        wpi_adjacency_move(&arc, arc.cold.day, day);
        WPI_TRY(wpi_array_push(out, &arc, err));
    }
    return WP_OK;
}

/* Add the arcs of the record that are not about to be replaced, moved to a day; arcs are sorted by
 * other. */
static wp_status add_kept(const wpi_delta *delta, const wpi_array *arcs, int32_t day,
                          wpi_array *out, wp_error *err)
{
    for (uint32_t i = 0; i < delta->list.count; i++) {
        wpi_arc arc = wpi_adjacency_at(&delta->list, i);
        if (bsearch(&arc, arcs->items, arcs->count, sizeof arc, compare_other) != NULL)
            continue;
        wpi_adjacency_move(&arc, delta->list.day, day);
        WPI_TRY(wpi_array_push(out, &arc, err));
    }
    return WP_OK;
}

/* The day of a record that had one before: that of its latest evidence up to today. */
static int32_t day_of(const wpi_array *arcs, int32_t day)
{
    int32_t today = wpi_overlay_today();
    for (size_t i = 0; i < arcs->count; i++) {
        const wpi_arc *arc = &WPI_ARRAY_AT(arcs, wpi_arc, i);
        if (!wpi_arc_is_timeless(arc, 0) && arc->cold.day > day && arc->cold.day <= today)
            day = arc->cold.day;
    }
    return day;
}

static wp_status write_delta(wpi_graph *graph, uint32_t person, wpi_array *arcs, int32_t day,
                             wp_error *err)
{
    qsort(arcs->items, arcs->count, sizeof(wpi_arc), wpi_arc_compare);
    wpi_delta_write(&graph->writer, arcs->items, arcs->count, day, err);
    return wpi_graph_put(graph, WPI_TABLE_OVERLAY, wpi_key_u32(person), err);
}

wp_status wpi_overlay_update(wpi_graph *graph, uint32_t person, const wpi_array *arcs,
                             wpi_changed *changed, size_t *arcs_now, wp_error *err)
{
    wp_status status;
    wpi_neighbours before = {.delta.list.day = WP_DAY_NONE};
    wpi_array all = WPI_ARRAY_OF(wpi_arc);
    uint32_t place = person & (WPI_SEGMENT_PEOPLE - 1);
    if (wpi_changed_has(changed, person))
        WPI_TRY(wpi_adjacency_find_delta(graph, person, &before, err));
    else
        graph->totals.overlay_people++;
    int32_t day = day_of(arcs, before.delta.list.day);
    WPI_TRY_OUT(wpi_array_reserve(&all, arcs->count + before.delta.list.count, err));
    WPI_TRY_OUT(add_changed(arcs, day, &all, err));
    WPI_TRY_OUT(add_kept(&before.delta, arcs, day, &all, err));
    WPI_TRY_OUT(write_delta(graph, person, &all, day, err));
    *arcs_now = all.count;
    uint32_t added = (uint32_t)all.count - before.delta.list.count;
    graph->totals.overlay_arcs += added;
    changed->arcs += added;
    changed->people[place >> 6] |= UINT64_C(1) << (place & 63);
out:
    wpi_array_free(&all);
    return status;
}
