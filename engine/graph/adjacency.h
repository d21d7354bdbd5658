/*
 * Neighbour lists, read in place: the list of the base segment, and the overlay's arcs that mask
 * those of the base to the same people.
 *
 * In a read transaction that was given its lists (lists.h), finding a person's neighbours takes two
 * loads; otherwise, and for people in the overlay, a look-up by key.
 */
#ifndef WPI_GRAPH_ADJACENCY_H
#define WPI_GRAPH_ADJACENCY_H

#include "graph/lists.h"

typedef struct wpi_neighbours {
    uint32_t person;
    wpi_base *lists; /* NULL: `base` is verified already */
    wpi_arc_list base;
    wpi_delta delta;
    uint64_t mask; /* a bit for each person of the delta: most others are not in it */
} wpi_neighbours;

/* The arc of a tie as it stands in the list of `person` (the low or the high one), on the day of
 * its evidence. */
wpi_arc wpi_adjacency_arc(uint32_t low, uint32_t high, const wpi_tie_state *state,
                          bool is_low_list);
/* Move an arc from a day, that of its list or of its evidence, to the day of another list. */
void wpi_adjacency_move(wpi_arc *arc, int32_t from, int32_t day);
/* An arc of a list. */
wpi_arc wpi_adjacency_at(const wpi_arc_list *list, uint32_t index);

/* When there is no look-up table, or the person is in the overlay. */
wp_status wpi_adjacency_find_stored(wpi_graph *graph, uint32_t person, wpi_neighbours *out,
                                    wp_error *err);
wp_status wpi_adjacency_find_delta(wpi_graph *graph, uint32_t person, wpi_neighbours *out,
                                   wp_error *err);

/* The neighbours of a person; both lists are empty when there are none. Valid until the next write
 * or the end of the transaction. */
static inline wp_status wpi_adjacency_find(wpi_graph *graph, uint32_t person, wpi_neighbours *out,
                                           wp_error *err)
{
    const wpi_segment *segment;
    if (graph->lists == NULL)
        return wpi_adjacency_find_stored(graph, person, out, err);
    wpi_base *base = graph->lists->base;
    WPI_TRY(wpi_base_find(base, person, &segment, err));
    out->person = person;
    out->lists = base;
    out->delta.list.count = 0;
    out->base.count = 0;
    out->base.cold = NULL;
    if (segment != NULL) {
        WPI_TRY(wpi_base_trust(base, person, false, err));
        wpi_segment_list(segment, person & (WPI_SEGMENT_PEOPLE - 1), &out->base);
    }
    if (wpi_bitset_has(&graph->lists->changed, person))
        return wpi_adjacency_find_delta(graph, person, out, err);
    return WP_OK;
}

/* Whether the delta masks a base arc to `other`. */
static inline bool wpi_neighbours_mask(const wpi_neighbours *neighbours, uint32_t other)
{
    return neighbours->delta.list.count != 0 && (neighbours->mask >> (other & 63) & 1) != 0 &&
           wpi_delta_has(&neighbours->delta, other);
}

/* Have the cold half of the base list verified before it is read. */
static inline wp_status wpi_neighbours_trust_cold(const wpi_neighbours *neighbours, wp_error *err)
{
    if (neighbours->lists == NULL || neighbours->base.cold == NULL)
        return WP_OK;
    return wpi_base_trust(neighbours->lists, neighbours->person, true, err);
}

/* The arc after *at (start with 0), delta first, without masked ones; false at the end. */
bool wpi_neighbours_next(const wpi_neighbours *neighbours, uint32_t *at, wpi_arc_hot *arc);

#endif
