/*
 * Barrier records, and who stands on the sides: see barrier.h.
 */
#include "graph/barrier.h"

#include "graph/audit.h"
#include "graph/group.h"
#include "graph/party.h"

#define KEY_BYTES 14

static wpi_key key_of(const wp_barrier *barrier, uint32_t source)
{
    wpi_key key = wpi_key_u8_u32((uint8_t)barrier->a.kind, barrier->a.number);
    key = wpi_key_add_u8(key, (uint8_t)barrier->b.kind);
    return wpi_key_add_u32(wpi_key_add_u32(key, barrier->b.number), source);
}

static int compare_sides(wp_side a, wp_side b)
{
    if (a.kind != b.kind)
        return a.kind < b.kind ? -1 : 1;
    return a.number < b.number ? -1 : a.number > b.number;
}

/* The same barrier with its lower side first. */
static wp_barrier in_order(const wp_barrier *barrier)
{
    wp_barrier out = *barrier;
    if (compare_sides(out.a, out.b) > 0) {
        out.a = barrier->b;
        out.b = barrier->a;
    }
    return out;
}

static bool is_side(wp_side side)
{
    return side.kind >= WP_SIDE_PERSON && side.kind <= WP_SIDE_GROUP;
}

static wpi_party party_of(wp_side side)
{
    return side.kind == WP_SIDE_PERSON ? WPI_PERSON : WPI_COMPANY;
}

wp_status wpi_barrier_read(wpi_slice key, wp_barrier *out, wp_error *err)
{
    const unsigned char *bytes = key.data;
    *out = (wp_barrier){.source = 0};
    if (key.bytes == KEY_BYTES) {
        out->a = (wp_side){bytes[0], wpi_key_get_u32(bytes, 1)};
        out->b = (wp_side){bytes[5], wpi_key_get_u32(bytes, 6)};
        out->source = wpi_key_get_u32(bytes, 10);
    }
    if (!is_side(out->a) || !is_side(out->b) || compare_sides(out->a, out->b) >= 0)
        return wpi_error_set(err, WP_ECORRUPT, "barrier key is malformed");
    return WP_OK;
}

wp_status wpi_barrier_next(wpi_graph *graph, wp_barrier *at, wp_error *err)
{
    wpi_graph_record next;
    wpi_key from = key_of(at, at->source);
    WPI_TRY(wpi_graph_behind(graph, WPI_TABLE_BARRIER, from, KEY_BYTES, &next, err));
    wpi_slice key = {next.key.bytes, next.key.size};
    return wpi_group_is_key(key) ? WP_ENOTFOUND /* groups stand behind */
                                 : wpi_barrier_read(key, at, err);
}

static wp_status note(wpi_graph *graph, wp_audit_action action, const wp_barrier *barrier,
                      wp_error *err)
{
    return wpi_audit_append(graph, action, wpi_audit_kinds(barrier->a.kind, barrier->b.kind),
                            barrier->a.number, barrier->b.number, err);
}

wp_status wpi_barrier_delete(wpi_graph *graph, const wp_barrier *barrier, wp_error *err)
{
    WPI_TRY(wpi_graph_delete(graph, WPI_TABLE_BARRIER, key_of(barrier, barrier->source), err));
    return note(graph, WP_AUDIT_BARRIER_REMOVE, barrier, err);
}

/* WP_EINVAL when there are as many as there may be. */
static wp_status check_room(wpi_graph *graph, wp_error *err)
{
    unsigned count = 0;
    wp_status status;
    wp_barrier at = {.source = 0};
    while ((status = wpi_barrier_next(graph, &at, err)) == WP_OK)
        count++;
    if (status != WP_ENOTFOUND)
        return status;
    if (count < WP_BARRIERS_MAX)
        return WP_OK;
    return wpi_error_set(err, WP_EINVAL, "%u barriers are stated, expected at most %u", count + 1,
                         WP_BARRIERS_MAX);
}

static wp_status check_side(wpi_graph *graph, wp_side side, wp_error *err)
{
    uint32_t canonical;
    if (!is_side(side))
        return wpi_error_set(err, WP_EINVAL, "kind of a side is %d, expected 1..3", (int)side.kind);
    if (side.kind == WP_SIDE_GROUP)
        return wpi_group_expect(graph, side.number, err);
    return wpi_party_resolve(graph, party_of(side), side.number, &canonical, err);
}

static wp_status take_down(wpi_graph *graph, const wp_barrier *barrier, wp_error *err)
{
    wp_status status = wpi_barrier_delete(graph, barrier, err);
    return status == WP_ENOTFOUND
               ? wpi_error_set(err, status, "the source does not state the barrier")
               : status;
}

/* Have the source state whom the barrier names. */
static wp_status mention(wpi_graph *graph, wp_side side, wp_error *err)
{
    return side.kind == WP_SIDE_GROUP ? wpi_group_mention(graph, side.number, err)
                                      : wpi_party_mention(graph, party_of(side), side.number, err);
}

wp_status wpi_barrier_put(wpi_graph *graph, const wp_barrier *given, bool is_up, wp_error *err)
{
    wp_barrier barrier = in_order(given);
    WPI_TRY(check_side(graph, given->a, err));
    WPI_TRY(check_side(graph, given->b, err));
    if (compare_sides(barrier.a, barrier.b) == 0)
        return wpi_error_set(err, WP_EINVAL, "both sides are %s %u",
                             barrier.a.kind == WP_SIDE_GROUP ? "group"
                                                             : wpi_party_name(party_of(barrier.a)),
                             barrier.a.number);
    barrier.source = graph->source;
    if (!is_up)
        return take_down(graph, &barrier, err);
    wpi_key key = key_of(&barrier, graph->source);
    wp_status known = wpi_graph_get(graph, WPI_TABLE_BARRIER, key, &(wpi_record_bytes){0}, err);
    if (known != WP_ENOTFOUND)
        return known;
    WPI_TRY(check_room(graph, err));
    WPI_TRY(mention(graph, barrier.a, err));
    WPI_TRY(mention(graph, barrier.b, err));
    WPI_TRY(wpi_graph_put(graph, WPI_TABLE_BARRIER, key, err));
    return note(graph, WP_AUDIT_BARRIER_ADD, &barrier, err);
}

wp_status wpi_barrier_sides(wpi_graph *graph, int32_t day, wpi_array *out, wp_error *err)
{
    wp_barrier at = {.source = 0};
    wp_status status;
    while ((status = wpi_barrier_next(graph, &at, err)) == WP_OK) {
        wpi_sides sides = {{{NULL, 0, 0}, {NULL, 0, 0}}};
        status = wpi_group_add_side(graph, at.a, day, &sides.of[0], err);
        if (status == WP_OK)
            status = wpi_group_add_side(graph, at.b, day, &sides.of[1], err);
        bool is_real = sides.of[0].count > 0 && sides.of[1].count > 0;
        if (status == WP_OK && is_real && out->count < WP_BARRIERS_MAX)
            status = wpi_array_push(out, &sides, err);
        else if (status == WP_OK && is_real)
            status = wpi_error_set(err, WP_ECORRUPT, "more than %u barriers", WP_BARRIERS_MAX);
        else
            is_real = false;
        if (status != WP_OK || !is_real)
            for (int i = 0; i < 2; i++)
                wpi_bitset_free(&sides.of[i]);
        WPI_TRY(status);
    }
    return status == WP_ENOTFOUND ? WP_OK : status;
}
