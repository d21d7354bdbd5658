/*
 * Sight: what a viewer may see. The single place where that is decided: searches ask it through the
 * neighbour view, everything else that shows people or ties asks it directly.
 *
 * A tie is hidden when it is private and the viewer is none of its owners; when an end does not
 * share it with the viewer, who is no end of it; when an end is hidden; and when it leads from one
 * side of a barrier to the other. That no path touches both sides of a barrier is more than can be
 * said of one tie: see path/branches.h. A person is hidden who is private to somebody else; a
 * company, when nothing is stated but that hidden people are or were employed there.
 *
 * It is built for a snapshot, a day and a viewer; who is hidden does not depend on the day. Knows
 * nothing of consent to introductions and contact, which holds for paths alone and for every
 * viewer.
 */
#ifndef WPI_GRAPH_SIGHT_H
#define WPI_GRAPH_SIGHT_H

#include "graph/barrier.h"
#include "graph/party.h"
#include "graph/private.h"

typedef struct wpi_sight {
    uint32_t viewer;                /* WP_VIEW_SHARED, WP_VIEW_ALL or a canonical number */
    wpi_private_sets private_to;    /* hidden as somebody else's own */
    wpi_bitset closed;              /* whose ties are not shared with the viewer */
    wpi_bitset hidden[WPI_COMPANY]; /* people and companies, by all their numbers */
    uint32_t hidden_companies;      /* how many companies these are */
    wpi_array barriers;             /* of wpi_sides; at most WP_BARRIERS_MAX */
    wpi_bitset sided;               /* who stands on a side of one */
} wpi_sight;

/* Free it whatever is returned. Cost: O(private ties + people on the sides of barriers), and that
 * of sharing.h. */
wp_status wpi_sight_build(wpi_graph *graph, uint32_t viewer, int32_t day, wpi_sight *out,
                          wp_error *err);
void wpi_sight_free(wpi_sight *sight);

/* Whether everything is visible to everybody. */
wp_status wpi_sight_is_open(wpi_graph *graph, bool *is_open, wp_error *err);

static inline const wpi_sides *wpi_sight_barrier(const wpi_sight *sight, size_t index)
{
    return &WPI_ARRAY_AT(&sight->barriers, wpi_sides, index);
}

/* Whether somebody or a company exists for the viewer, by any number. */
static inline bool wpi_sight_has(const wpi_sight *sight, wpi_party party, uint32_t number)
{
    return !wpi_bitset_has(&sight->hidden[party - 1], number);
}

/* As wpi_party_resolve(): who is hidden is nobody, in the same words. */
wp_status wpi_sight_resolve(const wpi_sight *sight, wpi_graph *graph, wpi_party party,
                            uint32_t number, uint32_t *canonical, wp_error *err);
/* Take whoever is hidden out of a list of numbers. */
void wpi_sight_filter(const wpi_sight *sight, wpi_party party, wpi_array *numbers);

/* Whether some tie of a person may be hidden for itself, whatever barriers there are. */
static inline bool wpi_sight_may_veil(const wpi_sight *sight, uint32_t person)
{
    return sight->closed.count > 0 || wpi_bitset_has(&sight->private_to.paired, person);
}

/* Whether anybody, or some tie, may be hidden from the viewer at all. */
static inline bool wpi_sight_may_hide(const wpi_sight *sight)
{
    return sight->barriers.count > 0 || sight->closed.count > 0 ||
           sight->private_to.paired.count > 0 || sight->private_to.whole.count > 0 ||
           sight->hidden[WPI_PERSON - 1].count > 0;
}

/* Whether the tie between two people who are not hidden is, for itself: it is private, or not
 * shared. */
static inline bool wpi_sight_is_private(const wpi_sight *sight, uint32_t a, uint32_t b)
{
    return wpi_bitset_has(&sight->private_to.paired, a) &&
           wpi_map_find(&sight->private_to.pairs, wpi_private_pair(a, b)) != NULL;
}
static inline bool wpi_sight_is_closed(const wpi_sight *sight, uint32_t a, uint32_t b)
{
    return a != sight->viewer && b != sight->viewer &&
           (wpi_bitset_has(&sight->closed, a) || wpi_bitset_has(&sight->closed, b));
}
static inline bool wpi_sight_veils(const wpi_sight *sight, uint32_t a, uint32_t b)
{
    return wpi_sight_is_private(sight, a, b) || wpi_sight_is_closed(sight, a, b);
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
