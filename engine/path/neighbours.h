/*
 * Expanding people: the ties of their lists as a search sees them, copied to the caller.
 */
#ifndef WPI_PATH_NEIGHBOURS_H
#define WPI_PATH_NEIGHBOURS_H

#include "path/view.h"

/* A view of everybody's ties on a day, in one direction and up to a cost; and what it points to. It
 * stays where it is, and owns nothing. */
typedef struct wpi_expansion {
    wpi_meter meter;
    wpi_roles roles;
    wpi_view view;
    bool is_inbound;
} wpi_expansion;

void wpi_expansion_begin(wpi_expansion *self, wpi_graph *graph, const wpi_policy *policy,
                         int32_t day, bool is_inbound, uint32_t cost_max);

/* Whether it was begun so, and for nothing that was written since. */
static inline bool wpi_expansion_is(const wpi_expansion *self, int32_t day, bool is_inbound,
                                    uint32_t cost_max)
{
    return self->view.policy != NULL && self->view.day == day && self->is_inbound == is_inbound &&
           self->view.cost_max == cost_max;
}

/* Many people to be expanded, and where their neighbours go; see wp_neighbours_many(). */
typedef struct wpi_neighbours_many {
    const uint32_t *people; /* not canonical */
    size_t people_count;
    wp_neighbour *out;
    size_t capacity;
    size_t *counts;
    size_t done;
} wpi_neighbours_many;

/* As wp_neighbours() and wp_neighbours_many(); no number is canonical. */
wp_status wpi_neighbours_copy(wpi_expansion *self, uint32_t person, wp_neighbour *out,
                              size_t capacity, size_t *count, wp_error *err);
wp_status wpi_neighbours_copy_many(wpi_expansion *self, wpi_neighbours_many *many, wp_error *err);

#endif
