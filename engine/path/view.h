/*
 * The neighbour view: a person's ties as a query may see them. The single place where policy is
 * enforced, and all that searches see.
 *
 * A walk gives the ties of a person, outbound or inbound, roughly from the cheapest on, each with
 * the exact cost of the query's day. It leaves out: people who must not be contacted or are
 * avoided; people who opted out of introductions, unless they are an end of the query; severed ties
 * and those below the minimum strength. The colleague floor is applied here, because it is part of
 * what a tie costs. What is left out leaves no trace but the steps of the meter.
 *
 * Lists are sorted by lower bounds of the costs, so a walk ends as soon as no tie can cost `bound`
 * or less. On a day before the newest evidence of a list its bounds do not hold, and the list is
 * walked to its end.
 */
#ifndef WPI_PATH_VIEW_H
#define WPI_PATH_VIEW_H

#include "base/bitset.h"
#include "format/adjacency.h"
#include "path/meter.h"
#include "path/policy.h"

typedef struct wpi_view {
    wpi_graph *graph;
    const wpi_policy *policy;
    wpi_meter *meter;
    int32_t day;
    uint32_t cost_max;  /* ties above do not exist; below WP_COST_NONE */
    bool is_plain;      /* no colleague floor, no load, no relay */
    bool is_open_ended; /* everybody may be an end (reach) */
    const wpi_bitset *sources;
    const wpi_bitset *targets; /* may be NULL */
    const wpi_bitset *avoided; /* may be NULL */
    wpi_map loads;             /* person -> load, for those asked */
} wpi_view;

/* One tie: the other person, and the cost in the direction of the walk. */
typedef struct wpi_hop {
    uint32_t other;
    uint32_t cost;
} wpi_hop;

typedef struct wpi_walk {
    wpi_view *view;
    uint32_t person;
    bool is_inbound; /* ties from others to the person */
    bool is_floored; /* some tie may cost less than its stored bound */
    bool was_cut;    /* after the end: ties above the bound were left */
    bool is_exact;   /* bounds hold on this day */
    uint32_t part;
    uint32_t index;
    wpi_arc_list list;
} wpi_walk;

void wpi_view_free(wpi_view *view);

/* Whether a person may be on a path at all, is a source or target, may be in the middle. */
bool wpi_view_is_visible(const wpi_view *view, uint32_t person);
bool wpi_view_is_end(const wpi_view *view, uint32_t person);
bool wpi_view_is_intermediary(const wpi_view *view, uint32_t person);

/* Begin a walk. Walks of people who may not be passed are empty. */
wp_status wpi_view_begin(wpi_view *view, uint32_t person, bool is_inbound, wpi_walk *walk,
                         wp_error *err);
/* The next tie that costs at most `bound`; WP_ENOTFOUND at the end. Bounds may shrink. */
wp_status wpi_view_next(wpi_walk *walk, uint64_t bound, wpi_hop *hop, wp_error *err);

/* The colleague floor for a tie that was read: lowers its cost and raises p and tier. */
void wpi_view_apply_floor(const wpi_view *view, wp_tie *tie);

/* What passing through an intermediary costs: load, and the relay factor beyond the first. `hops`
 * is its place on the path, 1 for the first. */
wp_status wpi_view_passage(wpi_view *view, uint32_t person, uint32_t hops, uint64_t *cost,
                           wp_error *err);

#endif
