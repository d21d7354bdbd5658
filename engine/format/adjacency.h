/*
 * The packed neighbour list of one person, in parts of at most WPI_ADJACENCY_PART_MAX arcs.
 *
 *   offset        size      meaning
 *   0             4         number of arcs, u32 LE
 *   4             4         latest evidence day in this part, i32 LE (WP_DAY_NONE: none fades)
 *   8             4         flags: 1 = evidence follows
 *   12            12 each   arc: other person u32, lowest cost out u32, lowest cost in u32
 *   12 + 12 n     24 each   evidence: fast out, fast in, slow out, slow in f32, day i32, flags u32
 *                           (only when flag 1; otherwise every arc is constant)
 *
 * Arcs are sorted by the cheaper of their two costs, then by number, across parts. The costs are
 * those of the arc's evidence day, without trust: lower bounds for every later day, exact on that
 * day. A constant arc's costs are exact on every day. An intricate arc (trust was hurt, or evidence
 * and statement meet) must be settled from the tie's state.
 */
#ifndef WPI_FORMAT_ADJACENCY_H
#define WPI_FORMAT_ADJACENCY_H

#include "base/array.h"
#include "base/bytes.h"

#if __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error "warmpath reads its neighbour lists in place and needs a little-endian machine"
#endif

#define WPI_ADJACENCY_PART_MAX 24000u
#define WPI_ADJACENCY_HEADER_BYTES 12u
#define WPI_ADJACENCY_HOT_BYTES 12u
#define WPI_ADJACENCY_COLD_BYTES 24u

#define WPI_ARC_CONSTANT 1u
#define WPI_ARC_INTRICATE 2u

/* The part that searches scan. cost[0]: from the list's person to `other`; cost[1]: back. */
typedef struct wpi_arc_hot {
    uint32_t other;
    uint32_t cost[2];
} wpi_arc_hot;

/* The part needed to settle the cost of another day; index 0 is what the list's person put in. */
typedef struct wpi_arc_cold {
    float fast[2];
    float slow[2];
    int32_t day;
    uint32_t flags;
} wpi_arc_cold;

typedef struct wpi_arc {
    wpi_arc_hot hot;
    wpi_arc_cold cold;
} wpi_arc;

/* A part read in place. */
typedef struct wpi_arc_list {
    const unsigned char *hot;
    const unsigned char *cold; /* NULL: all constant */
    uint32_t count;
    int32_t day_max;
} wpi_arc_list;

static inline uint32_t wpi_arc_lowest(const wpi_arc_hot *arc)
{
    return arc->cost[0] < arc->cost[1] ? arc->cost[0] : arc->cost[1];
}

static inline wpi_arc_hot wpi_arc_list_hot(const wpi_arc_list *list, uint32_t index)
{
    wpi_arc_hot hot;
    memcpy(&hot, list->hot + (size_t)index * WPI_ADJACENCY_HOT_BYTES, sizeof hot);
    return hot;
}

static inline wpi_arc_cold wpi_arc_list_cold(const wpi_arc_list *list, uint32_t index)
{
    wpi_arc_cold cold = {{0.0f, 0.0f}, {0.0f, 0.0f}, 0, WPI_ARC_CONSTANT};
    if (list->cold != NULL)
        memcpy(&cold, list->cold + (size_t)index * WPI_ADJACENCY_COLD_BYTES, sizeof cold);
    return cold;
}

/* The total order of arcs in a list; for qsort too. */
int wpi_arc_compare(const void *a, const void *b);

/* View a payload as a part. WP_ECORRUPT when the size does not fit. */
wp_status wpi_adjacency_read(const void *data, size_t size, wpi_arc_list *out, wp_error *err);

/* Append the payload of one part to an empty writer; count <= WPI_ADJACENCY_PART_MAX. */
void wpi_adjacency_write(wpi_writer *writer, const wpi_arc *arcs, size_t count, wp_error *err);

#endif
