/*
 * The neighbour view over base and overlay lists: see view.h.
 *
 * The hot half of an arc decides whether its exact cost is worth knowing; only then the cold half
 * or, for intricate ties, the tie's state is read.
 */
#include "path/view.h"

#include <assert.h>

#include "graph/interaction.h"
#include "graph/tie.h"
#include "rules/path_cost.h"

void wpi_view_init(wpi_view *view, bool has_avoided)
{
    view->hidden = &view->policy->hidden;
    view->has_hidden =
        has_avoided || view->policy->hidden.count > 0 || view->policy->opted_out.count > 0;
}

void wpi_view_free(wpi_view *view)
{
    wpi_map_free(&view->loads);
    wpi_memory_free(view->fadings);
    view->fadings = NULL;
}

bool wpi_view_is_intermediary(const wpi_view *view, uint32_t person)
{
    uint32_t roles = wpi_roles_of(view->roles, person);
    return wpi_view_is_visible(view, person, roles) && (roles & WPI_ROLE_END) == 0 &&
           !wpi_bitset_has(&view->policy->opted_out, person);
}

static bool is_source(const wpi_view *view, uint32_t person)
{
    return (wpi_roles_of(view->roles, person) & WPI_ROLE_SOURCE) != 0;
}

static bool is_colleague_hop(const wpi_view *view, uint32_t from, uint32_t to)
{
    return !view->is_plain && is_source(view, from) && wpi_bitset_has(&view->policy->us, from) &&
           wpi_bitset_has(&view->policy->us, to);
}

/* Whether some tie of the walk may be lifted by the colleague floor. */
static bool may_be_floored(const wpi_walk *walk)
{
    const wpi_view *view = walk->view;
    uint32_t person = walk->neighbours.person;
    if (view->is_plain || !wpi_bitset_has(&view->policy->us, person))
        return false;
    return walk->is_inbound || is_source(view, person);
}

static void open_list(wpi_walk *walk, const wpi_arc_list *list, bool is_base)
{
    int32_t day = walk->view->day;
    walk->index = 0;
    walk->list = *list;
    walk->is_base = is_base;
    walk->is_exact = list->cold == NULL || list->day == day;
    bool is_past = list->cold != NULL && day < list->day;
    walk->slack = is_past ? (uint64_t)(list->day - day) * WPI_ARC_FALL + 1 : 0;
}

wp_status wpi_view_begin_any(wpi_view *view, uint32_t person, bool is_inbound, wpi_walk *walk,
                             wp_error *err)
{
    walk->view = view;
    walk->is_inbound = is_inbound;
    walk->was_cut = false;
    walk->neighbours.person = person;
    WPI_TRY(wpi_adjacency_find(view->graph, person, &walk->neighbours, err));
    walk->is_floored = may_be_floored(walk);
    bool has_delta = walk->neighbours.delta.list.count > 0;
    open_list(walk, has_delta ? &walk->neighbours.delta.list : &walk->neighbours.base, !has_delta);
    walk->has_private = wpi_sight_may_veil(&view->policy->sight, person);
    walk->is_simple = !has_delta && walk->is_exact && !walk->is_floored && !walk->has_private;
    return WP_OK;
}

wp_status wpi_view_begin(wpi_view *view, uint32_t person, bool is_inbound, wpi_walk *walk,
                         wp_error *err)
{
    uint32_t roles = wpi_roles_of(view->roles, person);
    bool is_closed =
        view->has_hidden &&
        (!wpi_view_is_visible(view, person, roles) ||
         (wpi_bitset_has(&view->policy->opted_out, person) && (roles & WPI_ROLE_END) == 0));
    if (!is_closed)
        return wpi_view_begin_any(view, person, is_inbound, walk, err);
    *walk = (wpi_walk){.view = view, .is_simple = true};
    return WP_OK;
}

/* The tie from its state; without cost when the two had not met yet. */
static wp_status read_tie(const wpi_walk *walk, uint32_t other, uint32_t *cost, bool *is_gone,
                          wp_error *err)
{
    wp_tie tie;
    uint32_t person = walk->neighbours.person;
    wp_status status =
        wpi_tie_read_strength(walk->view->graph, walk->is_inbound ? other : person,
                              walk->is_inbound ? person : other, walk->view->day, &tie, err);
    *cost = status == WP_OK ? tie.cost : WP_COST_NONE;
    *is_gone = status == WP_ENOTFOUND || tie.trust < WPI_TRUST_SEVERED;
    return status != WP_ENOTFOUND ? status
                                  : wpi_tie_check_listed(walk->view->graph, person, other, err);
}

static wp_status find_fading(wpi_view *view, int32_t days, const wpi_fading **out, wp_error *err)
{
    if (view->fadings == NULL) {
        view->fadings = wpi_memory_new(WPI_FADINGS, sizeof *view->fadings);
        if (view->fadings == NULL)
            return wpi_memory_failed(err);
        for (int32_t i = 0; i < WPI_FADINGS; i++)
            view->fadings[i].days = -1;
    }
    wpi_fading_slot *slot = &view->fadings[days & (WPI_FADINGS - 1)];
    if (slot->days != days)
        *slot = (wpi_fading_slot){days, wpi_strength_fading(days)};
    *out = &slot->fading;
    return WP_OK;
}

#define FADED 64 /* ties settled at once */

/* Ties whose costs are about to be settled: who, and what either side has put in by the day. */
typedef struct faded {
    uint32_t others[FADED];
    double in[FADED];
    double out[FADED];
    uint32_t costs[FADED];
    size_t count;
} faded;

/* Add a tie as of the day; false when its state must be read. */
static bool add_faded(const wpi_walk *walk, uint32_t index, faded *ties, wp_status *status,
                      wp_error *err)
{
    const wpi_fading *fading = NULL;
    double amounts[2];
    wpi_evidence evidence = wpi_arc_list_cold(&walk->list, index);
    if (evidence.day > walk->view->day)
        return false;
    *status = find_fading(walk->view, walk->view->day - evidence.day, &fading, err);
    if (*status != WP_OK)
        return false;
    wpi_strength_amounts(&evidence, fading, amounts);
    const unsigned char *hot = walk->list.hot + (size_t)index * WPI_ARC_HOT_BYTES;
    memcpy(&ties->others[ties->count], hot, sizeof(uint32_t));
    ties->in[ties->count] = amounts[!walk->is_inbound];
    ties->out[ties->count++] = amounts[walk->is_inbound];
    return true;
}

static size_t settle_faded(faded *ties, uint32_t most, wp_neighbour *out)
{
    size_t taken = 0;
    wpi_costs_between(ties->in, ties->out, ties->count, ties->costs);
    for (size_t i = 0; i < ties->count; i++) {
        out[taken] = (wp_neighbour){ties->others[i], ties->costs[i]};
        taken += ties->costs[i] <= most ? 1 : 0;
    }
    ties->count = 0;
    return taken;
}

/* Gather ties up to `room`; true when the walk is at its end or at a tie for wpi_view_next(). */
static bool gather_faded(wpi_walk *walk, uint32_t most, size_t room, faded *ties, wp_status *status,
                         wp_error *err)
{
    for (; walk->index < walk->list.count && ties->count < room; walk->index++) {
        wpi_arc_hot arc = wpi_arc_list_hot(&walk->list, walk->index);
        if (wpi_arc_lowest(&arc) > most)
            return true;
        if (arc.cost[walk->is_inbound] > most)
            continue;
        if (arc.flags != 0 || !add_faded(walk, walk->index, ties, status, err))
            return true;
    }
    return walk->index == walk->list.count;
}

wp_status wpi_view_take_faded(wpi_walk *walk, wp_neighbour *out, size_t room, size_t *taken,
                              wp_error *err)
{
    faded ties; /* not cleared: a kilobyte and a half that is written before it is read */
    wp_status status = WP_OK;
    uint32_t most = walk->view->cost_max;
    bool is_over = false;
    *taken = ties.count = 0;
    WPI_TRY(wpi_neighbours_trust_cold(&walk->neighbours, err));
    while (!is_over && *taken < room && status == WP_OK) {
        size_t left = room - *taken;
        is_over = gather_faded(walk, most, left < FADED ? left : FADED, &ties, &status, err);
        *taken += settle_faded(&ties, most, out + *taken);
    }
    return status;
}

/* The exact cost of the day, from the cheapest sufficient source. */
static wp_status settle(const wpi_walk *walk, const wpi_arc_hot *hot, uint32_t *cost, bool *is_gone,
                        wp_error *err)
{
    const wpi_fading *fading = NULL;
    int direction = walk->is_inbound ? 1 : 0;
    *is_gone = false;
    *cost = hot->cost[direction];
    if (hot->flags == WPI_ARC_INTRICATE)
        return read_tie(walk, hot->other, cost, is_gone, err);
    if (hot->flags == WPI_ARC_CONSTANT || walk->is_exact)
        return WP_OK;
    if (walk->is_base)
        WPI_TRY(wpi_neighbours_trust_cold(&walk->neighbours, err));
    wpi_evidence evidence = wpi_arc_list_cold(&walk->list, walk->index);
    if (evidence.day > walk->view->day)
        return read_tie(walk, hot->other, cost, is_gone, err);
    WPI_TRY(find_fading(walk->view, walk->view->day - evidence.day, &fading, err));
    *cost = wpi_strength_cost_under(&evidence, direction, fading);
    return WP_OK;
}

/* Whether a tie of this stored bound must cost more than `bound`, which may be anything. */
static bool is_beyond(const wpi_walk *walk, uint64_t lowest, uint64_t bound)
{
    return lowest > bound && lowest - bound > walk->slack;
}

/* Whether an arc is visible at `bound`, and its cost. */
static wp_status look_at(const wpi_walk *walk, const wpi_arc_hot *hot, uint64_t bound,
                         bool *is_visible, wpi_hop *hop, wp_error *err)
{
    const wpi_view *view = walk->view;
    bool is_gone;
    uint32_t person = walk->neighbours.person, lowest = hot->cost[walk->is_inbound];
    *is_visible = false;
    bool has_floor =
        walk->is_floored && is_colleague_hop(view, walk->is_inbound ? hot->other : person,
                                             walk->is_inbound ? person : hot->other);
    if (!has_floor && (lowest == WP_COST_NONE || is_beyond(walk, lowest, bound)))
        return WP_OK;
    hop->other = hot->other;
    hop->roles = wpi_roles_of(view->roles, hot->other);
    if (!wpi_view_is_visible(view, hot->other, hop->roles))
        return WP_OK;
    if (walk->is_base && wpi_neighbours_mask(&walk->neighbours, hot->other))
        return WP_OK;
    if (walk->has_private && wpi_sight_veils(&view->policy->sight, person, hot->other))
        return WP_OK;
    WPI_TRY(settle(walk, hot, &hop->cost, &is_gone, err));
    if (has_floor && !is_gone && hop->cost > WPI_COST_COLLEAGUE)
        hop->cost = WPI_COST_COLLEAGUE;
    *is_visible = hop->cost <= view->cost_max && hop->cost <= bound;
    return WP_OK;
}

/* Lowers the cost of a tie between colleagues and raises p and tier. */
static void apply_floor(const wpi_view *view, wp_tie *tie)
{
    if (!is_colleague_hop(view, tie->from, tie->to) || tie->trust < WPI_TRUST_SEVERED ||
        tie->cost <= WPI_COST_COLLEAGUE)
        return;
    tie->cost = WPI_COST_COLLEAGUE;
    tie->p = WPI_P_COLLEAGUE;
    tie->tier = wpi_strength_tier(tie->p);
}

wp_status wpi_view_read_tie(const wpi_view *view, uint32_t from, uint32_t to, wp_tie *out,
                            wp_error *err)
{
    WPI_TRY(wpi_tie_expect(wpi_tie_read(view->graph, from, to, view->day, out, err), err));
    apply_floor(view, out);
    return WP_OK;
}

wp_status wpi_view_read_strength(const wpi_view *view, uint32_t from, uint32_t to, wp_tie *out,
                                 wp_error *err)
{
    WPI_TRY(wpi_tie_expect(wpi_tie_read_strength(view->graph, from, to, view->day, out, err), err));
    apply_floor(view, out);
    return WP_OK;
}

/* Whether the list is at its end, or no tie left in it can cost `bound` or less. */
static bool is_list_over(wpi_walk *walk, uint64_t bound, wpi_arc_hot *hot)
{
    if (walk->index == walk->list.count)
        return true;
    *hot = wpi_arc_list_hot(&walk->list, walk->index);
    uint64_t lowest = wpi_arc_lowest(hot), cost_max = walk->view->cost_max;
    if (walk->is_floored && bound >= WPI_COST_COLLEAGUE)
        return false;
    if (!walk->is_floored && is_beyond(walk, lowest, cost_max))
        return true;
    bool is_over = is_beyond(walk, lowest, bound);
    walk->was_cut |= is_over;
    return is_over;
}

wp_status wpi_view_next_slow(wpi_walk *walk, uint64_t bound, wpi_hop *hop, wp_error *err)
{
    wpi_arc_hot hot;
    for (;;) {
        if (is_list_over(walk, bound, &hot)) {
            if (walk->is_base)
                return WP_ENOTFOUND;
            open_list(walk, &walk->neighbours.base, true);
            continue;
        }
        WPI_TRY(wpi_meter_step(walk->view->meter, err));
        bool is_visible;
        WPI_TRY(look_at(walk, &hot, bound, &is_visible, hop, err));
        walk->index++;
        if (is_visible)
            return WP_OK;
        walk->was_cut |= walk->is_floored || (bound < walk->view->cost_max &&
                                              hot.cost[walk->is_inbound] != WP_COST_NONE);
    }
}

/* The part of wpi_view_take() that a simple walk can tell; false when wpi_view_next() must go on.
 */
static bool take_simple(wpi_walk *walk, uint64_t bound, wpi_hop *hops, size_t room, size_t *count)
{
    wpi_view *view = walk->view;
    const unsigned char *at = walk->list.hot + (size_t)walk->index * WPI_ARC_HOT_BYTES;
    uint64_t most = bound < view->cost_max ? bound : view->cost_max;
    unsigned shift = walk->is_inbound ? WPI_ARC_COST_BITS : 0, back = WPI_ARC_COST_BITS - shift;
    uint32_t index = walk->index, end = walk->list.count;
    bool has_skipped = false;
    if (most >= WPI_ARC_COST_MAX)
        most = WPI_ARC_COST_MAX - 1; /* dearer ones are intricate */
    for (; index < end && *count < room; index++, at += WPI_ARC_HOT_BYTES) {
        uint64_t packed = wpi_arc_packed(at);
        uint32_t cost = (uint32_t)(packed >> shift) & WPI_ARC_COST_NONE;
        wpi_hop *hop = &hops[*count];
        if (cost > most && ((uint32_t)(packed >> back) & WPI_ARC_COST_NONE) > most)
            break;
        if (wpi_arc_is_intricate(packed))
            break;
        has_skipped |= cost > most && cost != WPI_ARC_COST_NONE;
        if (cost > most)
            continue;
        memcpy(&hop->other, at, sizeof hop->other);
        hop->cost = cost;
        hop->roles = wpi_roles_of(view->roles, hop->other);
        *count +=
            (hop->roles & WPI_ROLE_END) == 0 && wpi_view_is_visible(view, hop->other, hop->roles);
    }
    view->meter->steps += index - walk->index;
    walk->index = index;
    walk->was_cut |= has_skipped && bound < view->cost_max;
    return *count == room;
}

wp_status wpi_view_take(wpi_walk *walk, uint64_t bound, wpi_hop *hops, size_t room, size_t *count,
                        wp_error *err)
{
    wp_status status = WP_OK;
    *count = 0;
    if (walk->is_simple && take_simple(walk, bound, hops, room, count))
        return wpi_meter_poll_at(walk->view->meter, room, err);
    while (*count < room && (status = wpi_view_next(walk, bound, &hops[*count], err)) == WP_OK)
        *count += (hops[*count].roles & WPI_ROLE_END) == 0;
    return status;
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
