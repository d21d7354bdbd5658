/*
 * Arcs and lists to and from bytes: see adjacency.h for the layout.
 *
 * Reading checks the size against the count, the day and the people once; the arcs are then read in
 * place.
 */
#include "format/adjacency.h"

#include <assert.h>
#include <stdlib.h>

#include "base/time.h"
#include "format/arcs.h"

#define HEADER_BYTES 12u
#define HAS_COLD 1u

int wpi_arc_compare(const void *a, const void *b)
{
    const wpi_arc_hot *x = a, *y = b; /* a wpi_arc begins with its hot half */
    uint32_t low_x = wpi_arc_lowest(x), low_y = wpi_arc_lowest(y);
    if (low_x != low_y)
        return low_x < low_y ? -1 : 1;
    return x->other < y->other ? -1 : x->other > y->other;
}

wpi_evidence wpi_arc_list_cold(const wpi_arc_list *list, uint32_t index)
{
    return wpi_arcs_cold(list, index);
}

bool wpi_arc_list_is_sane(const wpi_arc_list *list, uint32_t person_max)
{
    const unsigned char *at = list->hot;
    bool is_sane = true;
    for (uint32_t i = 0; i < list->count; i++, at += WPI_ARC_HOT_BYTES)
        is_sane &= wpi_bytes_get_le32(at) - 1 < person_max; /* 0 wraps */
    return is_sane;
}

bool wpi_arc_is_day(int32_t day)
{
    return day == WP_DAY_NONE || (day >= 0 && day <= WPI_DAY_MAX);
}

int32_t wpi_arc_day_first(int32_t day)
{
    return day < WPI_ARC_DAYS_BEFORE ? 0 : day - WPI_ARC_DAYS_BEFORE;
}

void wpi_arc_fit(wpi_arc *arc, int32_t day)
{
    int32_t first = wpi_arc_day_first(day);
    for (int i = 0; i < 2; i++) {
        if (arc->hot.cost[i] < WPI_ARC_COST_MAX || arc->hot.cost[i] == WP_COST_NONE)
            continue;
        arc->hot.cost[i] = WPI_ARC_COST_MAX;
        arc->hot.flags = WPI_ARC_INTRICATE;
    }
    int32_t evidence_day = arc->cold.day;
    bool is_outside = evidence_day < first || evidence_day - first > WPI_ARC_DAYS;
    if ((arc->hot.flags & WPI_ARC_CONSTANT) != 0 && evidence_day < first)
        arc->cold.day = first;
    else if (is_outside) {
        arc->cold = (wpi_evidence){.day = first};
        arc->hot.flags = WPI_ARC_INTRICATE;
    }
}

/* Make room for more bytes, and for one word that is written beyond them. */
static wp_status make_room(wpi_array *bytes, size_t count, unsigned char **at, wp_error *err)
{
    WPI_TRY(wpi_array_reserve(bytes, bytes->count + count + sizeof(uint64_t), err));
    *at = (unsigned char *)bytes->items + bytes->count;
    bytes->count += count;
    return WP_OK;
}

wp_status wpi_arcs_write_hot(wpi_array *bytes, const wpi_arc *arcs, size_t count, wp_error *err)
{
    unsigned char *at;
    WPI_TRY(make_room(bytes, count * WPI_ARC_HOT_BYTES, &at, err));
    for (size_t i = 0; i < count; i++, at += WPI_ARC_HOT_BYTES) {
        const wpi_arc_hot *hot = &arcs[i].hot;
        uint64_t costs = (uint64_t)(hot->cost[0] & WPI_ARC_COST_NONE) |
                         (uint64_t)(hot->cost[1] & WPI_ARC_COST_NONE) << WPI_ARC_COST_BITS |
                         (uint64_t)hot->flags << 2 * WPI_ARC_COST_BITS;
        memcpy(at, &hot->other, 4);
        memcpy(at + 4, &costs, 8); /* the last byte is the next one's */
    }
    return WP_OK;
}

wp_status wpi_arcs_write_cold(wpi_array *bytes, const wpi_arc *arcs, size_t count,
                              int32_t day_first, wp_error *err)
{
    unsigned char *at;
    WPI_TRY(make_room(bytes, count * WPI_ARC_COLD_BYTES, &at, err));
    for (size_t i = 0; i < count; i++, at += WPI_ARC_COLD_BYTES) {
        const wpi_evidence *evidence = &arcs[i].cold;
        assert(evidence->day >= day_first && evidence->day - day_first <= WPI_ARC_DAYS);
        uint64_t fast =
            wpi_amount_pack(evidence->fast[0]) | (uint64_t)wpi_amount_pack(evidence->fast[1]) << 24;
        uint64_t slow =
            wpi_amount_pack(evidence->slow[0]) | (uint64_t)wpi_amount_pack(evidence->slow[1]) << 24;
        uint16_t day = (uint16_t)(evidence->day - day_first);
        memcpy(at, &fast, sizeof fast);
        memcpy(at + 6, &slow, sizeof slow);
        memcpy(at + 12, &day, sizeof day);
    }
    return WP_OK;
}

static wp_status malformed(wp_error *err)
{
    return wpi_error_set(err, WP_ECORRUPT, "overlay record is malformed");
}

wpi_delta wpi_delta_view(const void *data)
{
    const unsigned char *bytes = data;
    size_t count = wpi_bytes_get_le32(bytes);
    bool has_cold = (wpi_bytes_get_le32(bytes + 8) & HAS_COLD) != 0;
    wpi_delta delta = {.others = bytes + HEADER_BYTES};
    delta.list.count = (uint32_t)count;
    delta.list.day = (int32_t)wpi_bytes_get_le32(bytes + 4);
    delta.list.day_first = wpi_arc_day_first(delta.list.day);
    delta.list.hot = delta.others + 4 * count;
    delta.list.cold = has_cold ? delta.list.hot + WPI_ARC_HOT_BYTES * count : NULL;
    return delta;
}

wp_status wpi_delta_read(const void *data, size_t size, uint32_t person_max, wpi_delta *out,
                         wp_error *err)
{
    const unsigned char *bytes = data;
    *out = (wpi_delta){.others = NULL};
    if (size < HEADER_BYTES)
        return malformed(err);
    size_t count = wpi_bytes_get_le32(bytes);
    bool has_cold = (wpi_bytes_get_le32(bytes + 8) & HAS_COLD) != 0;
    size_t arc_bytes = 4 + WPI_ARC_HOT_BYTES + (has_cold ? WPI_ARC_COLD_BYTES : 0);
    if (size - HEADER_BYTES != count * arc_bytes)
        return malformed(err);
    *out = wpi_delta_view(data);
    bool is_sane = wpi_arc_is_day(out->list.day) && wpi_arc_list_is_sane(&out->list, person_max);
    return is_sane ? WP_OK : malformed(err);
}

static int compare_numbers(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return x < y ? -1 : x > y;
}

static wp_status write_others(wpi_array *bytes, const wpi_arc *arcs, size_t count, wp_error *err)
{
    wp_status status = WP_OK;
    wpi_array others = WPI_ARRAY_OF(uint32_t);
    for (size_t i = 0; i < count; i++)
        WPI_TRY_OUT(wpi_array_push(&others, &arcs[i].hot.other, err));
    if (count > 1)
        qsort(others.items, count, sizeof(uint32_t), compare_numbers);
    if (count > 0)
        WPI_TRY_OUT(wpi_array_extend(bytes, others.items, count * sizeof(uint32_t), err));
out:
    wpi_array_free(&others);
    return status;
}

static wp_status write_delta(wpi_array *bytes, const wpi_arc *arcs, size_t count, int32_t day_first,
                             bool has_cold, wp_error *err)
{
    WPI_TRY(write_others(bytes, arcs, count, err));
    WPI_TRY(wpi_arcs_write_hot(bytes, arcs, count, err));
    return has_cold ? wpi_arcs_write_cold(bytes, arcs, count, day_first, err) : WP_OK;
}

void wpi_delta_write(wpi_writer *writer, const wpi_arc *arcs, size_t count, int32_t day,
                     wp_error *err)
{
    bool has_cold = false;
    for (size_t i = 0; i < count && !has_cold; i++)
        has_cold = !wpi_arc_is_timeless(&arcs[i], wpi_arc_day_first(day));
    wpi_writer_u32(writer, (uint32_t)count);
    wpi_writer_u32(writer, (uint32_t)day);
    wpi_writer_u32(writer, has_cold ? HAS_COLD : 0);
    if (write_delta(&writer->bytes, arcs, count, wpi_arc_day_first(day), has_cold, err) != WP_OK)
        writer->has_failed = true;
}

bool wpi_delta_has(const wpi_delta *delta, uint32_t other)
{
    uint32_t from = 0, to = delta->list.count;
    while (from < to) {
        uint32_t middle = from + (to - from) / 2, found;
        memcpy(&found, delta->others + 4 * (size_t)middle, sizeof found);
        if (found == other)
            return true;
        if (found < other)
            from = middle + 1;
        else
            to = middle;
    }
    return false;
}
