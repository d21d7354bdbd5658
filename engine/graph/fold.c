/*
 * Merging base, overlay and changed ties into segments: see fold.h.
 *
 * A person's new list is the changed arcs, then those of the overlay that did not change, then
 * those of the base that neither replaces. Its arcs are moved to the day of the new segment, the
 * latest evidence in it up to today, and sorted anew; lists that nothing touched are copied as
 * bytes while the day stays.
 */
#include "graph/fold.h"

#include <assert.h>
#include <stdlib.h>

#include "base/sort.h"
#include "graph/adjacency.h"
#include "graph/overlay.h"
#include "graph/tie.h"

/* A segment is written anew when so many of its arcs change, and at least one in so many. */
#define FOLD_ARCS_MIN 512
#define FOLD_SHARE 8
/* The overlay may have so many arcs, or one for so many of the base. */
#define OVERLAY_ARCS_MAX 65536
#define OVERLAY_SHARE 20
/* A person with more in the overlay would make every change of it slow. */
#define DELTA_ARCS_MAX 4096
/* One transaction folds so many arcs, or one in so many of the base. */
#define STEP_ARCS_MIN 500000
#define STEP_SHARE 25

typedef struct fold {
    wpi_graph *graph;
    uint32_t number;
    const wpi_tie_end *ends; /* of this segment */
    size_t count;
    wpi_changed changed;
    wpi_segment old; /* people is 0 when there is none */
    size_t old_bytes;
    int32_t day;
    wpi_array arcs;      /* of the person at hand */
    wpi_array places[2]; /* of two and of three numbers; see sort_arcs() */
    wpi_array sorted;
    wpi_segment_writer writer;
} fold;

static wp_status read_old(wpi_graph *graph, uint32_t number, wpi_segment *out, size_t *bytes,
                          wp_error *err)
{
    wpi_slice value;
    wpi_key key = wpi_key_u32(number);
    *out = (wpi_segment){.first = number << WPI_SEGMENT_BITS, .day = WP_DAY_NONE};
    *bytes = 0;
    wp_status status = wpi_store_get_unverified(graph->txn, WPI_TABLE_SEGMENT,
                                                (wpi_slice){key.bytes, key.size}, &value, err);
    if (status == WP_ENOTFOUND)
        return WP_OK;
    WPI_TRY(status);
    *bytes = value.bytes;
    return wpi_segment_read(value.data, value.bytes, number, graph->counters.people, out, err);
}

static void raise_day(fold *self, const wpi_arc *arc, int32_t today)
{
    if (!wpi_arc_is_timeless(arc, 0) && arc->cold.day > self->day && arc->cold.day <= today)
        self->day = arc->cold.day;
}

/* The day of the new segment. */
static wp_status find_day(fold *self, wp_error *err)
{
    wpi_neighbours found = {.base.count = 0};
    int32_t today = wpi_overlay_today();
    self->day = self->old.day;
    for (size_t i = 0; i < self->count; i++) {
        if (!wpi_pending_is_whole(&self->ends[i].tie))
            continue; /* no interactions */
        wpi_arc arc = wpi_tie_arc(self->graph, &self->ends[i]);
        raise_day(self, &arc, today);
    }
    for (uint32_t place = 0; place < WPI_SEGMENT_PEOPLE; place++) {
        if (!wpi_changed_has(&self->changed, place))
            continue;
        WPI_TRY(wpi_adjacency_find_delta(self->graph, self->old.first + place, &found, err));
        if (found.delta.list.day > self->day)
            self->day = found.delta.list.day;
    }
    return WP_OK;
}

static int compare_end(const void *a, const void *b)
{
    uint32_t x = ((const wpi_tie_end *)a)->other, y = ((const wpi_tie_end *)b)->other;
    return x < y ? -1 : x > y;
}

static bool is_end(const wpi_tie_end *ends, size_t count, uint32_t other)
{
    wpi_tie_end wanted = {.other = other};
    return count > 0 && bsearch(&wanted, ends, count, sizeof wanted, compare_end) != NULL;
}

/*
 * Sort the arcs as they stand in lists: by their lowest cost, then by the other person. Their
 * places are sorted, which are smaller than they: the cost, the other person unless the arcs come
 * in that order, and the index.
 */
static wp_status sort_arcs(fold *self, bool is_by_other, wp_error *err)
{
    const wpi_arc *arcs = self->arcs.items;
    size_t count = self->arcs.count, width = is_by_other ? 2 : 3;
    wpi_array *places = &self->places[width - 2];
    places->count = self->sorted.count = 0;
    WPI_TRY(wpi_array_reserve(places, count, err));
    WPI_TRY(wpi_array_reserve(&self->sorted, count, err));
    uint32_t *place = places->items;
    for (uint32_t i = 0; i < count; i++, place += width) {
        place[0] = wpi_arc_lowest(&arcs[i].hot);
        place[1] = arcs[i].hot.other;
        place[width - 1] = i;
    }
    places->count = count;
    WPI_TRY(wpi_sort_pairs(places, err));
    place = places->items;
    for (size_t i = 0; i < count; i++, place += width)
        WPI_ARRAY_AT(&self->sorted, wpi_arc, i) = arcs[place[width - 1]];
    self->sorted.count = count;
    return WP_OK;
}

/* All arcs of a person whose ends are given, moved to the day of the segment. */
static wp_status gather(fold *self, const wpi_neighbours *old, const wpi_tie_end *ends,
                        size_t count, wp_error *err)
{
    uint32_t at = 0;
    wpi_arc_hot hot;
    self->arcs.count = 0;
    WPI_TRY(wpi_array_reserve(&self->arcs, count + old->delta.list.count + old->base.count, err));
    wpi_arc *to = self->arcs.items;
    for (size_t i = 0; i < count; i++) {
        *to = wpi_tie_arc(self->graph, &ends[i]);
        wpi_adjacency_move(to, to->cold.day, self->day);
        to++;
    }
    while (wpi_neighbours_next(old, &at, &hot)) {
        uint32_t index = at - 1, changed = old->delta.list.count;
        const wpi_arc_list *list = index < changed ? &old->delta.list : &old->base;
        if (is_end(ends, count, hot.other))
            continue;
        *to = wpi_adjacency_at(list, index < changed ? index : index - changed);
        wpi_adjacency_move(to, list->day, self->day);
        to++;
    }
    self->arcs.count = (size_t)(to - (wpi_arc *)self->arcs.items);
    return sort_arcs(self, self->arcs.count == count, err);
}

static wp_status fold_person(fold *self, uint32_t place, const wpi_tie_end *ends, size_t count,
                             wp_error *err)
{
    wpi_neighbours old = {.person = self->old.first + place};
    if (place < self->old.people) {
        WPI_TRY(wpi_segment_verify(&self->old, place, false, err));
        WPI_TRY(wpi_segment_verify(&self->old, place, true, err));
        wpi_segment_list(&self->old, place, &old.base);
    }
    bool is_changed = wpi_changed_has(&self->changed, place);
    if (is_changed)
        WPI_TRY(wpi_adjacency_find_delta(self->graph, old.person, &old, err));
    if (!is_changed && count == 0 && old.base.cold != NULL && old.base.day == self->day)
        return wpi_segment_copy(&self->writer, place, &old.base, err);
    WPI_TRY(gather(self, &old, ends, count, err));
    return wpi_segment_add(&self->writer, place, self->sorted.items, self->sorted.count, err);
}

static wp_status fold_people(fold *self, wp_error *err)
{
    size_t from = 0;
    for (uint32_t place = 0; place < WPI_SEGMENT_PEOPLE; place++) {
        size_t to = from;
        while (to < self->count && self->ends[to].person == self->old.first + place)
            to++;
        WPI_TRY(fold_person(self, place, &self->ends[from], to - from, err));
        from = to;
    }
    assert(from == self->count);
    return WP_OK;
}

static wp_status clear_overlay(fold *self, wp_error *err)
{
    wpi_adjacency_totals *totals = &self->graph->totals;
    for (uint32_t place = 0; place < WPI_SEGMENT_PEOPLE; place++) {
        if (!wpi_changed_has(&self->changed, place))
            continue;
        totals->overlay_people--;
        wp_status status = wpi_graph_delete(self->graph, WPI_TABLE_OVERLAY,
                                            wpi_key_u32(self->old.first + place), err);
        if (status != WP_ENOTFOUND)
            WPI_TRY(status);
    }
    totals->overlay_arcs -= self->changed.arcs;
    wp_status status =
        wpi_graph_delete(self->graph, WPI_TABLE_CHANGED, wpi_key_u32(self->number), err);
    return status == WP_ENOTFOUND ? WP_OK : status;
}

static wp_status write_segment(fold *self, wp_error *err)
{
    wpi_adjacency_totals *totals = &self->graph->totals;
    wpi_segment_write(&self->writer, &self->graph->writer, err);
    totals->generation++;
    totals->segments += self->old_bytes == 0 ? 1 : 0;
    totals->segment_arcs += self->writer.arcs;
    totals->segment_arcs -= self->old.arcs;
    totals->segment_bytes += self->graph->writer.bytes.count;
    totals->segment_bytes -= self->old_bytes;
    WPI_TRY(wpi_graph_put(self->graph, WPI_TABLE_SEGMENT, wpi_key_u32(self->number), err));
    return clear_overlay(self, err);
}

/* Write one segment anew with what of it is in the overlay and with some ends. */
static wp_status fold_segment(wpi_graph *graph, uint32_t number, const wpi_tie_end *ends,
                              size_t count, wp_error *err)
{
    wp_status status;
    fold self = {.graph = graph,
                 .number = number,
                 .ends = ends,
                 .count = count,
                 .arcs = WPI_ARRAY_OF(wpi_arc),
                 .places = {WPI_ARRAY_OF(uint32_t[2]), WPI_ARRAY_OF(uint32_t[3])},
                 .sorted = WPI_ARRAY_OF(wpi_arc)};
    WPI_TRY(wpi_overlay_load(graph, number, &self.changed, err));
    WPI_TRY(read_old(graph, number, &self.old, &self.old_bytes, err));
    WPI_TRY(find_day(&self, err));
    wpi_segment_writer_init(&self.writer, number, self.day);
    WPI_TRY_OUT(fold_people(&self, err));
    WPI_TRY_OUT(write_segment(&self, err));
    wpi_store_release_pages(graph->txn);
out:
    wpi_segment_writer_free(&self.writer);
    wpi_array_free(&self.places[0]);
    wpi_array_free(&self.places[1]);
    wpi_array_free(&self.sorted);
    wpi_array_free(&self.arcs);
    return status;
}

/* Add the ends of a segment to the overlay. */
static wp_status write_overlay(wpi_graph *graph, uint32_t number, wpi_changed *changed,
                               const wpi_tie_end *ends, size_t count, wp_error *err)
{
    wp_status status = WP_OK;
    size_t arcs_now, arcs_max = 0;
    wpi_changed before = *changed;
    wpi_array arcs = WPI_ARRAY_OF(wpi_arc);
    for (size_t from = 0, to = 0; from < count; from = to) {
        arcs.count = 0;
        for (; to < count && ends[to].person == ends[from].person; to++) {
            wpi_arc arc = wpi_tie_arc(graph, &ends[to]);
            WPI_TRY_OUT(wpi_array_push(&arcs, &arc, err));
        }
        WPI_TRY_OUT(wpi_overlay_update(graph, ends[from].person, &arcs, changed, &arcs_now, err));
        arcs_max = arcs_now > arcs_max ? arcs_now : arcs_max;
    }
    if (memcmp(&before, changed, sizeof before) != 0)
        WPI_TRY_OUT(wpi_overlay_save(graph, number, changed, err));
    if (arcs_max > DELTA_ARCS_MAX)
        status = fold_segment(graph, number, NULL, 0, err);
out:
    wpi_array_free(&arcs);
    return status;
}

static wp_status write_one(wpi_graph *graph, uint32_t number, const wpi_tie_end *ends, size_t count,
                           wp_error *err)
{
    wpi_changed changed;
    wpi_segment old;
    size_t bytes;
    WPI_TRY(wpi_overlay_load(graph, number, &changed, err));
    size_t all = count + changed.arcs;
    if (all >= FOLD_ARCS_MIN) {
        WPI_TRY(read_old(graph, number, &old, &bytes, err));
        if (all >= old.arcs / FOLD_SHARE)
            return fold_segment(graph, number, ends, count, err);
    }
    return write_overlay(graph, number, &changed, ends, count, err);
}

/* Fold the segments with most in the overlay until it has at most `goal` arcs, or enough was
 * written. */
static wp_status fold_until(wpi_graph *graph, uint64_t goal, size_t *left, wp_error *err)
{
    wp_status status;
    wpi_array segments = WPI_ARRAY_OF(wpi_overlay_segment);
    uint64_t written = 0, most = graph->totals.segment_arcs / STEP_SHARE;
    size_t at = 0;
    if (most < STEP_ARCS_MIN)
        most = STEP_ARCS_MIN;
    WPI_TRY_OUT(wpi_overlay_segments(graph, &segments, err));
    for (; at < segments.count && graph->totals.overlay_arcs > goal && written < most; at++) {
        uint32_t number = WPI_ARRAY_AT(&segments, wpi_overlay_segment, at).number;
        uint64_t before = graph->totals.segment_arcs;
        WPI_TRY_OUT(fold_segment(graph, number, NULL, 0, err));
        written += WPI_ARRAY_AT(&segments, wpi_overlay_segment, at).arcs +
                   before / (graph->totals.segments + 1);
    }
    *left = segments.count - at;
out:
    wpi_array_free(&segments);
    return status;
}

wp_status wpi_fold_begin(wpi_graph *graph, wp_error *err)
{
    return wpi_overlay_begin(graph, err);
}

wp_status wpi_fold_write(wpi_graph *graph, const wpi_tie_end *ends, size_t count, wp_error *err)
{
    assert(count > 0);
    return write_one(graph, ends[0].person >> WPI_SEGMENT_BITS, ends, count, err);
}

wp_status wpi_fold_finish(wpi_graph *graph, wp_error *err)
{
    uint64_t most = graph->totals.segment_arcs / OVERLAY_SHARE;
    size_t left;
    if (most < OVERLAY_ARCS_MAX)
        most = OVERLAY_ARCS_MAX;
    if (graph->totals.overlay_arcs > most)
        WPI_TRY(fold_until(graph, most - most / 4, &left, err));
    return wpi_overlay_finish(graph, err);
}

wp_status wpi_fold_some(wpi_graph *graph, size_t *segments_left, wp_error *err)
{
    WPI_TRY(wpi_overlay_begin(graph, err));
    WPI_TRY(fold_until(graph, 0, segments_left, err));
    return wpi_overlay_finish(graph, err);
}
