/*
 * The neighbour view over the packed lists: see view.h.
 *
 * The hot half of an arc decides whether its exact cost is worth knowing; only then the cold half
 * or, for intricate ties and past days, the tie's state is read.
 */
#include "path/view.h"

#include <assert.h>

#include "graph/adjacency.h"
#include "graph/interaction.h"
#include "graph/tie.h"
#include "rules/path_cost.h"
#include "rules/strength.h"

void wpi_view_free(wpi_view *view)
{
    wpi_map_free(&view->loads);
}

bool wpi_view_is_end(const wpi_view *view, uint32_t person)
{
    return wpi_bitset_has(view->sources, person) ||
           (view->targets != NULL && wpi_bitset_has(view->targets, person));
}

bool wpi_view_is_visible(const wpi_view *view, uint32_t person)
{
    if (wpi_bitset_has(&view->policy->hidden, person))
        return false;
    if (view->avoided != NULL && wpi_bitset_has(view->avoided, person))
        return false;
    return view->is_open_ended || !wpi_bitset_has(&view->policy->opted_out, person) ||
           wpi_view_is_end(view, person);
}

bool wpi_view_is_intermediary(const wpi_view *view, uint32_t person)
{
    return wpi_view_is_visible(view, person) && !wpi_view_is_end(view, person) &&
           !wpi_bitset_has(&view->policy->opted_out, person);
}

static bool is_colleague_hop(const wpi_view *view, uint32_t from, uint32_t to)
{
    return !view->is_plain && wpi_bitset_has(view->sources, from) &&
           wpi_bitset_has(&view->policy->us, from) && wpi_bitset_has(&view->policy->us, to);
}

/* Whether some tie of the walk may be lifted by the colleague floor. */
static bool may_be_floored(const wpi_walk *walk)
{
    const wpi_view *view = walk->view;
    if (view->is_plain || !wpi_bitset_has(&view->policy->us, walk->person))
        return false;
    return walk->is_inbound || wpi_bitset_has(view->sources, walk->person);
}

static wp_status load_part(wpi_walk *walk, wp_error *err)
{
    walk->index = 0;
    walk->list.count = 0;
    WPI_TRY(wpi_adjacency_part(walk->view->graph, walk->person, walk->part, &walk->list, err));
    walk->is_exact = walk->list.day_max <= walk->view->day;
    return WP_OK;
}

wp_status wpi_view_begin(wpi_view *view, uint32_t person, bool is_inbound, wpi_walk *walk,
                         wp_error *err)
{
    *walk = (wpi_walk){.view = view, .person = person, .is_inbound = is_inbound};
    bool is_closed =
        !wpi_view_is_visible(view, person) ||
        (wpi_bitset_has(&view->policy->opted_out, person) && !wpi_view_is_end(view, person));
    if (is_closed)
        return WP_OK;
    walk->is_floored = may_be_floored(walk);
    wp_status status = load_part(walk, err);
    return status == WP_ENOTFOUND ? WP_OK : status;
}

/* The tie from its state; without cost when the two had not met yet. */
static wp_status read_tie(const wpi_walk *walk, uint32_t other, uint32_t *cost, bool *is_gone,
                          wp_error *err)
{
    wp_tie tie;
    wp_status status =
        wpi_tie_read_strength(walk->view->graph, walk->is_inbound ? other : walk->person,
                              walk->is_inbound ? walk->person : other, walk->view->day, &tie, err);
    *cost = status == WP_OK ? tie.cost : WP_COST_NONE;
    *is_gone = status == WP_ENOTFOUND || tie.trust < WPI_TRUST_SEVERED;
    return status == WP_ENOTFOUND ? WP_OK : status;
}

/* The exact cost of the day, from the cheapest sufficient source. */
static wp_status settle(const wpi_walk *walk, const wpi_arc_hot *hot, uint32_t *cost, bool *is_gone,
                        wp_error *err)
{
    int direction = walk->is_inbound ? 1 : 0;
    *is_gone = false;
    *cost = hot->cost[direction];
    if (walk->list.cold == NULL)
        return WP_OK;
    wpi_arc_cold cold = wpi_arc_list_cold(&walk->list, walk->index);
    if ((cold.flags & WPI_ARC_CONSTANT) != 0)
        return WP_OK;
    if ((cold.flags & WPI_ARC_INTRICATE) != 0 || cold.day > walk->view->day)
        return read_tie(walk, hot->other, cost, is_gone, err);
    if (cold.day != walk->view->day) {
        wpi_evidence evidence = {
            {cold.fast[0], cold.fast[1]}, {cold.slow[0], cold.slow[1]}, cold.day};
        *cost = wpi_strength_cost_faded(&evidence, direction, walk->view->day);
    }
    return WP_OK;
}

/* Whether an arc is visible at `bound`, and its cost. */
static wp_status look_at(const wpi_walk *walk, const wpi_arc_hot *hot, uint64_t bound,
                         bool *is_visible, wpi_hop *hop, wp_error *err)
{
    const wpi_view *view = walk->view;
    bool is_gone;
    *is_visible = false;
    bool has_floor =
        walk->is_floored && is_colleague_hop(view, walk->is_inbound ? hot->other : walk->person,
                                             walk->is_inbound ? walk->person : hot->other);
    if (walk->is_exact && !has_floor && hot->cost[walk->is_inbound ? 1 : 0] > bound)
        return WP_OK;
    if (!wpi_view_is_visible(view, hot->other))
        return WP_OK;
    WPI_TRY(settle(walk, hot, &hop->cost, &is_gone, err));
    if (has_floor && !is_gone && hop->cost > WPI_COST_COLLEAGUE)
        hop->cost = WPI_COST_COLLEAGUE;
    hop->other = hot->other;
    *is_visible = hop->cost <= view->cost_max && hop->cost <= bound;
    return WP_OK;
}

void wpi_view_apply_floor(const wpi_view *view, wp_tie *tie)
{
    if (!is_colleague_hop(view, tie->from, tie->to) || tie->trust < WPI_TRUST_SEVERED ||
        tie->cost <= WPI_COST_COLLEAGUE)
        return;
    tie->cost = WPI_COST_COLLEAGUE;
    tie->p = WPI_P_COLLEAGUE;
    tie->tier = wpi_strength_tier(tie->p);
}

static wp_status next_part(wpi_walk *walk, wp_error *err)
{
    if (walk->list.count < WPI_ADJACENCY_PART_MAX)
        return WP_ENOTFOUND;
    walk->part++;
    return load_part(walk, err);
}

wp_status wpi_view_next(wpi_walk *walk, uint64_t bound, wpi_hop *hop, wp_error *err)
{
    bool may_stop = !walk->is_floored || bound < WPI_COST_COLLEAGUE;
    for (;;) {
        if (walk->index == walk->list.count) {
            WPI_TRY(next_part(walk, err));
            continue;
        }
        wpi_arc_hot hot = wpi_arc_list_hot(&walk->list, walk->index);
        uint32_t lowest = wpi_arc_lowest(&hot);
        if (walk->is_exact && may_stop && lowest > bound) {
            walk->was_cut = true;
            return WP_ENOTFOUND;
        }
        WPI_TRY(wpi_meter_step(walk->view->meter, err));
        bool is_visible;
        WPI_TRY(look_at(walk, &hot, bound, &is_visible, hop, err));
        walk->index++;
        if (is_visible)
            return WP_OK;
        bool may_count = hot.cost[walk->is_inbound ? 1 : 0] != WP_COST_NONE || walk->is_floored;
        walk->was_cut |= may_count || !walk->is_exact;
    }
}

static wp_status load_of(wpi_view *view, uint32_t person, uint32_t *load, wp_error *err)
{
    uint64_t *known = wpi_map_find(&view->loads, person);
    double asks = 0.0;
    if (known == NULL) {
        WPI_TRY(wpi_interaction_asks(view->graph, person, view->day, &asks, err));
        WPI_TRY(wpi_map_put(&view->loads, person, wpi_path_cost_load(asks), &known, NULL, err));
    }
    *load = (uint32_t)*known;
    return WP_OK;
}

wp_status wpi_view_passage(wpi_view *view, uint32_t person, uint32_t hops, uint64_t *cost,
                           wp_error *err)
{
    uint32_t load = 0;
    assert(hops >= 1);
    *cost = 0;
    if (view->is_plain)
        return WP_OK;
    if (wpi_bitset_has(&view->policy->asked, person))
        WPI_TRY(load_of(view, person, &load, err));
    *cost = (uint64_t)load + (hops >= 2 ? WPI_COST_RELAY : 0);
    return WP_OK;
}
