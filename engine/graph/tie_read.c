/*
 * Ties: what they say on a day.
 *
 * The stored state serves every day from that of the last interaction on. For a day before it the
 * state is replayed from the evidence, so that the past is seen as it was.
 */
#include <assert.h>
#include <math.h>
#include <stdlib.h>

#include "base/time.h"
#include "graph/adjacency.h"
#include "graph/evidence.h"
#include "graph/sight.h"
#include "graph/tie.h"
#include "rules/strength.h"

#define YEAR_DAYS 365

static int64_t end_of(int32_t day)
{
    return ((int64_t)day + 1) * WPI_DAY_SECONDS;
}

/* The state as it was at the end of a day: replayed from the evidence when anything came later.
 * WP_ENOTFOUND (err alone) also when the two had not met yet. */
static wp_status load_on(wpi_graph *graph, uint32_t low, uint32_t high, int32_t day,
                         wpi_tie_state *out, wp_error *err)
{
    WPI_TRY(wpi_tie_load(graph, low, high, out, err));
    bool has_more = out->reference_s != WP_TIME_NONE && out->reference_s >= end_of(day);
    if (has_more) {
        wpi_tie_state past = WPI_TIE_STATE_INIT;
        past.stated[0] = out->stated[0];
        past.stated[1] = out->stated[1];
        *out = past;
        WPI_TRY(wpi_evidence_replay(graph, low, high, end_of(day), out, err));
    }
    bool exists = out->reference_s != WP_TIME_NONE || out->stated[0].kind != WPI_STATED_NONE ||
                  out->stated[1].kind != WPI_STATED_NONE;
    if (!exists) /* at most interactions that do not count, such as automatic mail */
        WPI_TRY(wpi_evidence_exists(graph, low, high, end_of(day), &exists, err));
    return exists ? WP_OK : WP_ENOTFOUND;
}

wp_status wpi_tie_read_strength(wpi_graph *graph, uint32_t from, uint32_t to, int32_t day,
                                wp_tie *out, wp_error *err)
{
    wpi_tie_state state;
    bool is_up = from < to;
    WPI_TRY(load_on(graph, is_up ? from : to, is_up ? to : from, day, &state, err));
    *out = (wp_tie){.from = from, .to = to, .last_contact_s = state.last_s};
    wpi_strength_read(&state, is_up ? 0 : 1, day, out);
    return WP_OK;
}

wp_status wpi_tie_expect(wp_status status, wp_error *err)
{
    return status != WP_ENOTFOUND
               ? status
               : wpi_error_set(err, WP_ECORRUPT, "a neighbour list has a tie that is not stored");
}

wp_status wpi_tie_check_listed(wpi_graph *graph, uint32_t from, uint32_t to, wp_error *err)
{
    wpi_tie_state state;
    uint32_t low = from < to ? from : to, high = from < to ? to : from;
    return wpi_tie_expect(wpi_tie_load(graph, low, high, &state, err), err);
}

typedef struct message_count {
    wp_tie *tie;
    int direction;
} message_count;

static wp_status count_message(void *context, const wpi_evidence_row *row, wp_error *err)
{
    message_count *count = context;
    (void)err;
    if (!wpi_evidence_counts(&row->record) || row->record.kind == WP_KIND_SUMMARY)
        return WP_OK;
    count->tie->messages_out += row->record.has_direction[count->direction] ? 1 : 0;
    count->tie->messages_in += row->record.has_direction[!count->direction] ? 1 : 0;
    return WP_OK;
}

wp_status wpi_tie_read(wpi_graph *graph, uint32_t from, uint32_t to, int32_t day, wp_tie *out,
                       wp_error *err)
{
    bool is_up = from < to;
    message_count count = {out, is_up ? 0 : 1};
    WPI_TRY(wpi_tie_read_strength(graph, from, to, day, out, err));
    if (out->last_contact_s == WP_TIME_NONE)
        return WP_OK;
    return wpi_evidence_each(graph, is_up ? from : to, is_up ? to : from,
                             end_of(day) - (int64_t)YEAR_DAYS * WPI_DAY_SECONDS, end_of(day),
                             count_message, &count, err);
}

static int compare_tie(const void *a, const void *b)
{
    const wp_tie *x = a, *y = b;
    if (x->cost != y->cost)
        return x->cost < y->cost ? -1 : 1;
    uint32_t other_x = x->from ^ x->to, other_y = y->from ^ y->to; /* one end is the same in all */
    uint32_t same = x->from == y->from ? x->from : x->to;
    other_x ^= same;
    other_y ^= same;
    return other_x < other_y ? -1 : other_x > other_y;
}

static wp_status read_all(wpi_graph *graph, const wpi_neighbours *neighbours, int32_t day,
                          bool is_inbound, const wpi_sight *sight, wpi_array *ties, wp_error *err)
{
    uint32_t at = 0, person = neighbours->person;
    wpi_arc_hot arc;
    while (wpi_neighbours_next(neighbours, &at, &arc)) {
        wp_tie tie;
        if (wpi_sight_hides(sight, person, arc.other))
            continue;
        wp_status status = wpi_tie_read(graph, is_inbound ? arc.other : person,
                                        is_inbound ? person : arc.other, day, &tie, err);
        if (status == WP_ENOTFOUND) {
            WPI_TRY(wpi_tie_check_listed(graph, person, arc.other, err));
            continue; /* not met yet on the day */
        }
        WPI_TRY(status);
        WPI_TRY(wpi_array_push(ties, &tie, err));
    }
    return WP_OK;
}

wp_status wpi_tie_read_all(wpi_graph *graph, const struct wpi_sight *sight, uint32_t person,
                           int32_t day, bool is_inbound, wp_ties *out, wp_error *err)
{
    wpi_array ties = WPI_ARRAY_OF(wp_tie);
    wpi_neighbours neighbours;
    WPI_TRY(wpi_tie_flush(graph, err));
    WPI_TRY(wpi_adjacency_find(graph, person, &neighbours, err));
    wp_status status = read_all(graph, &neighbours, day, is_inbound, sight, &ties, err);
    if (status != WP_OK) {
        wpi_array_free(&ties);
        return status;
    }
    if (ties.count > 1)
        qsort(ties.items, ties.count, sizeof(wp_tie), compare_tie);
    *out = (wp_ties){ties.items, ties.count};
    return WP_OK;
}
