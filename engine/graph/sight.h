/*
 * Sight: which ties a viewer may see. The single place where that is decided: searches ask it
 * through the neighbour view, everything else that shows ties asks it directly.
 *
 * A tie is hidden when it is private and the viewer is none of its owners, and when it leads from
 * one side of a barrier to the other. That no path touches both sides of a barrier is more than can
 * be said of one tie: see path/branches.h.
 *
 * It is built for a snapshot, a day and a viewer. Knows nothing of consent, which holds for paths
 * alone and for every viewer.
 */
#ifndef WPI_GRAPH_SIGHT_H
#define WPI_GRAPH_SIGHT_H

#include "graph/barrier.h"
#include "graph/private.h"

typedef struct wpi_sight {
    uint32_t viewer;        /* WP_VIEW_SHARED, WP_VIEW_ALL or a canonical number */
    wpi_map private_pairs;  /* pairs hidden from the viewer, low << 32 | high */
    wpi_bitset has_private; /* in one of them */
    wpi_array barriers;     /* of wpi_sides; at most WP_BARRIERS_MAX */
    wpi_bitset sided;       /* who stands on a side of one */
} wpi_sight;

/* Free it whatever is returned. Cost: O(private ties + people on the sides of barriers). */
wp_status wpi_sight_build(wpi_graph *graph, uint32_t viewer, int32_t day, wpi_sight *out,
                          wp_error *err);
void wpi_sight_free(wpi_sight *sight);

/* Whether everything is visible to everybody. */
wp_status wpi_sight_is_open(wpi_graph *graph, bool *is_open, wp_error *err);

static inline const wpi_sides *wpi_sight_barrier(const wpi_sight *sight, size_t index)
{
    return &WPI_ARRAY_AT(&sight->barriers, wpi_sides, index);
}

/* Whether the tie between two people is somebody else's own. */
static inline bool wpi_sight_is_private(const wpi_sight *sight, uint32_t a, uint32_t b)
{
    return wpi_bitset_has(&sight->has_private, a) &&
           wpi_map_find(&sight->private_pairs, wpi_private_pair(a, b)) != NULL;
}

/* Whether any tie of a person may be hidden. */
bool wpi_sight_concerns(const wpi_sight *sight, uint32_t person);

/* Whether the tie between two people, by canonical numbers, is hidden for whatever reason. */
bool wpi_sight_hides(const wpi_sight *sight, uint32_t a, uint32_t b);

/* Leave of an interaction what the viewer may know: nothing of a private one, else the recipients
 * whose tie with the sender is seen, in lent memory. */
wp_status wpi_sight_of_interaction(wpi_graph *graph, const wpi_sight *sight,
                                   wp_interaction *interaction, wp_error *err);

/* What is hidden, as statistics count it. */
typedef struct wpi_sight_hidden {
    uint64_t ties;
    uint64_t interactions; /* all of whose recipients have a hidden tie with the sender */
} wpi_sight_hidden;

/* Cost: O(private ties + ties of people on the sides of barriers + interactions of hidden ties). */
wp_status wpi_sight_count_hidden(wpi_graph *graph, const wpi_sight *sight, wpi_sight_hidden *out,
                                 wp_error *err);

#endif
