/*
 * Taking many arcs of a list at once: for whoever reads whole lists whose costs are exact.
 */
#ifndef WPI_FORMAT_ARCS_H
#define WPI_FORMAT_ARCS_H

#include <string.h>

#include "format/adjacency.h"

/* The cold half of an arc, for loops; wpi_arc_list_cold() is the same. */
static inline wpi_evidence wpi_arcs_cold(const wpi_arc_list *list, uint32_t index)
{
    wpi_evidence evidence = {{0.0f, 0.0f}, {0.0f, 0.0f}, list->day_first};
    uint64_t fast, slow;
    uint16_t day;
    if (list->cold == NULL)
        return evidence;
    const unsigned char *at = list->cold + (size_t)index * WPI_ARC_COLD_BYTES;
    memcpy(&fast, at, sizeof fast);
    memcpy(&slow, at + 6, sizeof slow);
    memcpy(&day, at + 12, sizeof day);
    evidence.fast[0] = wpi_amount_unpack((uint32_t)fast & 0xffffff);
    evidence.fast[1] = wpi_amount_unpack((uint32_t)(fast >> 24) & 0xffffff);
    evidence.slow[0] = wpi_amount_unpack((uint32_t)slow & 0xffffff);
    evidence.slow[1] = wpi_amount_unpack((uint32_t)(slow >> 24) & 0xffffff);
    evidence.day += day;
    return evidence;
}

/*
 * Take the arcs from *at on that cost at most `most` in the direction, looking at `room` arcs or
 * fewer; *at is moved behind them. Stops before an intricate arc, and at the first of which no
 * cost is small enough, as there is none behind it. Returns how many were taken.
 */
size_t wpi_arcs_take(const wpi_arc_list *list, uint32_t *at, bool is_inbound, uint32_t most,
                     wp_neighbour *out, size_t room);

/* How many arcs are taken at a time: wpi_arcs_take() takes as many as the processor can. */
typedef enum wpi_arcs_width { WPI_ARCS_ONE, WPI_ARCS_FOUR, WPI_ARCS_EIGHT } wpi_arcs_width;

/* The same, `width` or, where the processor cannot, fewer at a time. */
size_t wpi_arcs_take_by(wpi_arcs_width width, const wpi_arc_list *list, uint32_t *at,
                        bool is_inbound, uint32_t most, wp_neighbour *out, size_t room);

#endif
