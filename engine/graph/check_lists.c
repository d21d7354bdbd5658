/*
 * Integrity of the neighbour lists: base segments, overlay records, and who is in the overlay.
 *
 * Every list must be sorted and name each person once. Deep: every arc is computed anew from the
 * state of its tie and compared bit for bit; an intricate arc need only be a lower bound. Arcs that
 * the overlay masks are not compared and not counted, so that the totals of arcs and ties agree.
 */
#include "graph/adjacency.h"
#include "graph/check_internal.h"
#include "graph/overlay.h"
#include "graph/tie.h"

static bool is_same_arc(const wpi_arc *expected, const wpi_arc *arc)
{
    if ((expected->hot.flags & WPI_ARC_INTRICATE) != 0 || (arc->hot.flags & WPI_ARC_INTRICATE) != 0)
        return (arc->hot.flags & WPI_ARC_INTRICATE) != 0 &&
               arc->hot.cost[0] <= expected->hot.cost[0] &&
               arc->hot.cost[1] <= expected->hot.cost[1];
    return memcmp(&expected->hot, &arc->hot, sizeof arc->hot) == 0 &&
           (arc->hot.flags == WPI_ARC_CONSTANT
                ? expected->cold.day == arc->cold.day
                : memcmp(&expected->cold, &arc->cold, sizeof arc->cold) == 0);
}

/* An arc against the state of its tie. */
static wp_status check_arc(wpi_check *check, uint32_t person, const wpi_arc *arc, int32_t day,
                           wp_error *err)
{
    wpi_tie_state state;
    uint32_t other = arc->hot.other;
    uint32_t low = person < other ? person : other, high = person < other ? other : person;
    if (person == other) {
        wpi_check_report(check, "joins a person to itself");
        return WP_OK;
    }
    wp_status status = wpi_tie_load(check->graph, low, high, &state, err);
    if (status == WP_OK && check->is_deep) {
        wpi_arc expected = wpi_adjacency_arc(low, high, &state, person == low);
        wpi_adjacency_move(&expected, expected.cold.day, day);
        if (!is_same_arc(&expected, arc))
            wpi_check_report(check, "an arc differs from the state of its tie");
    }
    return wpi_check_expect(check, status, "has an arc without a tie");
}

/* A list; arcs that `mask` has (it may be NULL) count as replaced. */
static wp_status check_list(wpi_check *check, uint32_t person, const wpi_arc_list *list,
                            const wpi_delta *mask, wp_error *err)
{
    wp_status status = WP_OK;
    wpi_map seen = {NULL, 0, 0};
    wpi_arc before = {.hot = {0, {0, 0}, 0}};
    for (uint32_t i = 0; i < list->count && status == WP_OK; i++) {
        wpi_arc arc = wpi_adjacency_at(list, i);
        uint64_t *slot;
        bool is_new = true;
        if (i > 0 && wpi_arc_compare(&before, &arc) >= 0)
            wpi_check_report(check, "arcs are out of order");
        before = arc;
        if (check->is_deep)
            status = wpi_map_put(&seen, arc.hot.other, 0, &slot, &is_new, err);
        if (!is_new)
            wpi_check_report(check, "has an arc twice");
        if (status != WP_OK || (mask != NULL && wpi_delta_has(mask, arc.hot.other)))
            continue;
        check->arcs++;
        status = check_arc(check, person, &arc, list->day, err);
    }
    wpi_map_free(&seen);
    return status;
}

wp_status wpi_check_overlay(wpi_check *check, wpi_record_bytes value, wp_error *err)
{
    wpi_delta delta;
    wpi_changed changed;
    if (!wpi_check_key(check, 4))
        return WP_OK;
    uint32_t person = wpi_key_get_u32(check->key.data, 0);
    WPI_TRY(wpi_delta_read(value.data, value.size, check->graph->counters.people, &delta, err));
    for (uint32_t i = 0; i < delta.list.count; i++)
        if (!wpi_delta_has(&delta, wpi_arc_list_hot(&delta.list, i).other))
            wpi_check_report(check, "people and arcs differ");
    check->overlay_people++;
    wp_status status = wpi_overlay_load(check->graph, person >> WPI_SEGMENT_BITS, &changed, err);
    if (status == WP_OK && !wpi_changed_has(&changed, person))
        wpi_check_report(check, "is not among the people changed");
    WPI_TRY(status == WP_ECORRUPT ? WP_OK : status);
    return check_list(check, person, &delta.list, NULL, err);
}

static wp_status check_place(wpi_check *check, const wpi_segment *segment, uint32_t place,
                             wp_error *err)
{
    wpi_neighbours found = {.person = segment->first + place};
    WPI_TRY(wpi_segment_verify(segment, place, false, err));
    WPI_TRY(wpi_segment_verify(segment, place, true, err));
    wpi_segment_list(segment, place, &found.base);
    if (found.base.count == 0)
        return WP_OK;
    wp_status status = wpi_adjacency_find_delta(check->graph, found.person, &found, err);
    WPI_TRY(status == WP_ECORRUPT ? WP_OK : status);
    return check_list(check, found.person, &found.base, &found.delta, err);
}

wp_status wpi_check_segment(wpi_check *check, wpi_record_bytes value, wp_error *err)
{
    wpi_segment segment;
    if (!wpi_check_key(check, 4))
        return WP_OK;
    uint32_t number = wpi_key_get_u32(check->key.data, 0);
    if (number > check->graph->counters.people >> WPI_SEGMENT_BITS) {
        wpi_check_report(check, "is for people who do not exist");
        return WP_OK;
    }
    uint32_t person_max = check->graph->counters.people;
    WPI_TRY(wpi_segment_read(value.data, value.size, number, person_max, &segment, err));
    check->segment_arcs += segment.arcs;
    for (uint32_t place = 0; place < segment.people; place++)
        WPI_TRY(check_place(check, &segment, place, err));
    return WP_OK;
}

wp_status wpi_check_changed(wpi_check *check, wpi_record_bytes value, wp_error *err)
{
    wpi_changed changed;
    (void)value;
    if (!wpi_check_key(check, 4))
        return WP_OK;
    uint32_t number = wpi_key_get_u32(check->key.data, 0);
    WPI_TRY(wpi_overlay_load(check->graph, number, &changed, err));
    uint32_t arcs = 0;
    for (uint32_t place = 0; place < WPI_SEGMENT_PEOPLE; place++) {
        wpi_neighbours found = {.person = (number << WPI_SEGMENT_BITS) + place};
        if (!wpi_changed_has(&changed, place))
            continue;
        WPI_TRY(wpi_check_record(check, WPI_TABLE_OVERLAY, wpi_key_u32(found.person),
                                 "names a person without overlay record", err));
        wp_status status = wpi_adjacency_find_delta(check->graph, found.person, &found, err);
        WPI_TRY(status == WP_ECORRUPT ? WP_OK : status);
        arcs += found.delta.list.count;
    }
    if (arcs != changed.arcs)
        wpi_check_report(check, "number of arcs differs from the overlay records");
    return WP_OK;
}

wp_status wpi_check_list_totals(wpi_check *check, wp_error *err)
{
    wpi_adjacency_totals totals;
    WPI_TRY(wpi_overlay_totals(check->graph, &totals, err));
    check->table = WPI_TABLE_META;
    if (totals.segment_arcs != check->segment_arcs ||
        totals.overlay_people != check->overlay_people)
        wpi_check_report(check, "adjacency totals differ from the lists");
    return WP_OK;
}
