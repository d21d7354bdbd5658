/*
 * Barriers in searches: a path that touches both sides of one does not exist.
 *
 * No tie can tell that, so a search is solved as if there were no barriers, and when an answer
 * touches both sides of one, it is replaced by two searches: one without the people of the one
 * side, one without those of the other. Every path that may exist is found by one of the two, and
 * neither finds one that touches both, so the best of both is the answer; and so on with the next
 * barrier. A branch is which sides are left out.
 *
 * Where all sources or all targets stand on one side, the other one is left out from the start.
 * Most queries need no branch beyond. Branches are never deeper than the barriers are many; the
 * searches may be many in the worst case, and share the limits of the query. Whoever asks for all
 * introducers, or for everybody within reach, does not branch: see detour.h and sided_reach.h.
 */
#ifndef WPI_PATH_BRANCHES_H
#define WPI_PATH_BRANCHES_H

#include "path/query.h"

/* The barriers whose first, and whose second side is left out, a bit each. */
typedef struct wpi_branch {
    uint64_t without[2];
} wpi_branch;

typedef struct wpi_branches {
    wpi_query *query;
    const wpi_sight *sight;
    bool has_split;    /* there is or was more than one branch */
    bool had_hidden;   /* of the view, without any branch */
    wpi_branch now;    /* the one that the view of the query shows */
    wpi_bitset hidden; /* who is left out in it, hidden people included */
    wpi_array waiting; /* of wpi_branch */
} wpi_branches;

/* Begin with one branch; free it whatever is returned. */
wp_status wpi_branches_begin(wpi_branches *branches, wpi_query *query, wp_error *err);
void wpi_branches_free(wpi_branches *branches);

/* Let the view show the next branch; WP_ENOTFOUND when there is none. */
wp_status wpi_branches_next(wpi_branches *branches, wp_error *err);

/* The barriers both of whose sides a list of people touches, a bit each. */
uint64_t wpi_branches_touched(const wpi_sight *sight, const uint32_t *people, size_t count);

/* Add two branches to look at in place of the one shown, without the one and without the other side
 * of a barrier. */
wp_status wpi_branches_split(wpi_branches *branches, unsigned barrier, wp_error *err);

#endif
