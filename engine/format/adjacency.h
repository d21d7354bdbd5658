/*
 * Arcs and packed lists of them: what base segments and overlay records have in common.
 *
 * An arc is one tie as the list of one of its people sees it. It has a hot half, which searches
 * scan, and a cold half, from which the cost of another day follows:
 *
 *   hot, 11 bytes    other person u32, cost out 27 bits, cost back 27 bits, flags 2 bits
 *   cold, 14 bytes   fast out, fast in, slow out, slow in: amounts of 24 bits (tie_state.h);
 *                    evidence day u16, counted from the day_first of the list
 *
 * Every list has a day. Its costs are exact on that day, without trust: lower bounds for every
 * later day, because without new evidence a cost only grows. Going back, a cost falls by at most
 * WPI_ARC_FALL micro-nats a day. Arcs are sorted by the cheaper of their two costs, then by number.
 *
 * A constant arc's costs are exact on every day from its evidence day on: they are stated, and
 * evidence that there may be says no more and only fades. Before that day it must be settled from
 * the state of its tie, and an intricate arc on any day: trust was hurt, evidence and statement
 * differ by direction in which of them holds, its evidence is younger than the list's day or too
 * old for it, or a cost does not fit. Lists whose arcs are all constant and without evidence have
 * no cold half.
 */
#ifndef WPI_FORMAT_ADJACENCY_H
#define WPI_FORMAT_ADJACENCY_H

#include "base/array.h"
#include "base/bytes.h"
#include "base/prefetch.h"
#include "base/tie_state.h"

#if __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error "warmpath reads its neighbour lists in place and needs a little-endian machine"
#endif

#define WPI_ARC_HOT_BYTES 11u
#define WPI_ARC_COLD_BYTES 14u

#define WPI_ARC_CONSTANT 1u
#define WPI_ARC_INTRICATE 2u

/* Costs in a list: NONE, or at most COST_MAX; arcs with that one are intricate. */
#define WPI_ARC_COST_BITS 27
#define WPI_ARC_COST_NONE 0x7ffffffu
#define WPI_ARC_COST_MAX 0x7fffffeu

/* Evidence at most doubles going back 30 days, z by the root of that, p with z: ln 2 / 60. */
#define WPI_ARC_FALL 11553

/* Evidence days reach so far before and after day_first. */
#define WPI_ARC_DAYS 0xffff
#define WPI_ARC_DAYS_BEFORE 40000

/* cost[0]: from the list's person to `other`; cost[1]: back. WP_COST_NONE when there is none. */
typedef struct wpi_arc_hot {
    uint32_t other;
    uint32_t cost[2];
    uint32_t flags;
} wpi_arc_hot;

/* Index 0 of the evidence is what the list's person put in. */
typedef struct wpi_arc {
    wpi_arc_hot hot;
    wpi_evidence cold;
} wpi_arc;

/* A list read in place. */
typedef struct wpi_arc_list {
    const unsigned char *hot;
    const unsigned char *cold; /* NULL: all timeless */
    uint32_t count;
    int32_t day;
    int32_t day_first;
} wpi_arc_list;

/* Whether an arc in a list with this day_first is the same on every day. */
static inline bool wpi_arc_is_timeless(const wpi_arc *arc, int32_t day_first)
{
    return (arc->hot.flags & WPI_ARC_CONSTANT) != 0 && arc->cold.day <= day_first;
}

static inline uint32_t wpi_arc_lowest(const wpi_arc_hot *arc)
{
    return arc->cost[0] < arc->cost[1] ? arc->cost[0] : arc->cost[1];
}

static inline uint32_t wpi_arc_cost(uint32_t packed)
{
    return packed == WPI_ARC_COST_NONE ? WP_COST_NONE : packed;
}

/* The costs and flags of an arc as they are stored, and whether it is intricate. */
static inline uint64_t wpi_arc_packed(const unsigned char *at)
{
    uint64_t packed;
    memcpy(&packed, at + sizeof(uint32_t), sizeof packed);
    return packed;
}

static inline bool wpi_arc_is_intricate(uint64_t packed)
{
    return (packed >> 2 * WPI_ARC_COST_BITS & WPI_ARC_INTRICATE) != 0;
}

static inline bool wpi_arc_is_constant(uint64_t packed)
{
    return (packed >> 2 * WPI_ARC_COST_BITS & WPI_ARC_CONSTANT) != 0;
}

/* Lists are followed by at least one byte, so that the last arc can be read eight at a time. */
static inline wpi_arc_hot wpi_arc_list_hot(const wpi_arc_list *list, uint32_t index)
{
    wpi_arc_hot hot;
    uint64_t costs;
    const unsigned char *at = list->hot + (size_t)index * WPI_ARC_HOT_BYTES;
    memcpy(&hot.other, at, sizeof hot.other);
    memcpy(&costs, at + sizeof hot.other, sizeof costs);
    hot.cost[0] = wpi_arc_cost((uint32_t)costs & WPI_ARC_COST_NONE);
    hot.cost[1] = wpi_arc_cost((uint32_t)(costs >> WPI_ARC_COST_BITS) & WPI_ARC_COST_NONE);
    hot.flags = (uint32_t)(costs >> 2 * WPI_ARC_COST_BITS) & 3;
    return hot;
}

/* Have up to so many cache lines from the beginning of a list fetched side by side, and as many of
 * its cold half: a list is too short for the processor to see a stream in it. */
static inline void wpi_arc_list_prefetch(const wpi_arc_list *list, uint32_t lines_max, bool is_cold)
{
    size_t bytes = (size_t)list->count * WPI_ARC_HOT_BYTES, most = (size_t)lines_max * 64;
    for (size_t at = 0; at < bytes && at < most; at += 64) {
        wpi_prefetch(list->hot + at);
        if (is_cold && list->cold != NULL)
            wpi_prefetch(list->cold + at);
    }
}

wpi_evidence wpi_arc_list_cold(const wpi_arc_list *list, uint32_t index);

/* Whether the people in a list are among 1..person_max: searches count on it, and a checksum can be
 * right in a file that means harm. */
bool wpi_arc_list_is_sane(const wpi_arc_list *list, uint32_t person_max);
/* Whether a list can have this day. */
bool wpi_arc_is_day(int32_t day);

/* The total order of arcs in a list; for qsort too. */
int wpi_arc_compare(const void *a, const void *b);

/* The first day that evidence days of a list of `day` are counted from. */
int32_t wpi_arc_day_first(int32_t day);
/* Make what does not fit intricate: large costs, and evidence outside the days of the list. */
void wpi_arc_fit(wpi_arc *arc, int32_t day);

/* Append the halves of arcs that fit to arrays of bytes. */
wp_status wpi_arcs_write_hot(wpi_array *bytes, const wpi_arc *arcs, size_t count, wp_error *err);
wp_status wpi_arcs_write_cold(wpi_array *bytes, const wpi_arc *arcs, size_t count,
                              int32_t day_first, wp_error *err);

/*
 * The overlay record of a person: the arcs that changed since the base segment was written. They
 * mask the base's arcs to the same people.
 *
 *   offset   size    meaning
 *   0        4       number of arcs n, u32 LE
 *   4        4       day, i32 LE; WP_DAY_NONE: all constant
 *   8        4       flags: 1 = cold halves follow
 *   12       4 n     the other people, ascending, u32 LE
 *            11 n    hot halves
 *            14 n    cold halves, when flag 1
 */
typedef struct wpi_delta {
    wpi_arc_list list;
    const unsigned char *others; /* ascending */
} wpi_delta;

/* person_max: the highest number of a person. */
wp_status wpi_delta_read(const void *data, size_t size, uint32_t person_max, wpi_delta *out,
                         wp_error *err);
/* The same without a check, of a payload that wpi_delta_read() passed. */
wpi_delta wpi_delta_view(const void *data);
/* Append to an empty writer; arcs are sorted and fit the day. */
void wpi_delta_write(wpi_writer *writer, const wpi_arc *arcs, size_t count, int32_t day,
                     wp_error *err);
/* Whether the delta has an arc to a person. */
bool wpi_delta_has(const wpi_delta *delta, uint32_t other);

#endif
