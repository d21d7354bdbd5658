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
#include "rules/cost.h"
#include "rules/path_cost.h"

void wpi_view_init(wpi_view *view, bool has_avoided)
{
    view->hidden = &view->policy->hidden;
    view->has_hidden =
        has_avoided || view->policy->hidden.count > 0 || view->policy->opted_out.count > 0;
    view->is_open =
        view->is_plain && !view->has_hidden && !wpi_sight_may_hide(&view->policy->sight);
}

void wpi_view_free(wpi_view *view)
{
    wpi_map_free(&view->loads);
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
    walk->is_regular = !walk->is_floored && !walk->has_private;
    walk->is_simple = walk->is_regular && !has_delta && walk->is_exact;
    return WP_OK;
}

wp_status wpi_view_take_open(const wpi_view *view, uint32_t person, bool is_inbound,
                             wpi_open_take *take, wp_error *err)
{
    wpi_arc_list list;
    const wpi_segment *segment;
    const wpi_lists *lists = view->graph->lists;
    take->taken = 0;
    take->is_over = false;
    if (!view->is_open || lists == NULL || wpi_bitset_has(&lists->changed, person))
        return WP_OK;
    WPI_TRY(wpi_base_find(lists->base, person, &segment, err));
    if (segment == NULL || (segment->cold != NULL && segment->day != view->day))
        return WP_OK;
    WPI_TRY(wpi_base_trust(lists->base, person, false, err));
    wpi_segment_list(segment, person & (WPI_SEGMENT_PEOPLE - 1), &list);
    take->taken =
        wpi_arcs_take(&list, &take->looked_at, is_inbound, view->cost_max, take->out, take->room);
    take->is_over = take->looked_at == list.count;
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

/* The fadings of the transaction, made when they are first needed. */
static wp_status need_fadings(const wpi_view *view, wp_error *err)
{
    wpi_graph *graph = view->graph;
    if (graph->fadings != NULL)
        return WP_OK;
    graph->fadings = wpi_memory_new_zeroed(1, sizeof *graph->fadings);
    return graph->fadings == NULL ? wpi_memory_failed(err) : WP_OK;
}

/* Have ready what the exact costs of the list at hand are settled from. */
static wp_status prepare_cold(const wpi_walk *walk, wp_error *err)
{
    WPI_TRY(need_fadings(walk->view, err));
    return walk->is_base ? wpi_neighbours_trust_cold(&walk->neighbours, err) : WP_OK;
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

/* What both sides have put in by the day, the one that goes into the cost most first; false when
 * the tie's state must be read. */
static bool amounts_of(const wpi_walk *walk, uint32_t index, double *in, double *out)
{
    double amounts[2];
    wpi_evidence evidence = wpi_arcs_cold(&walk->list, index);
    int32_t age_days = walk->view->day - evidence.day;
    if (age_days < 0)
        return false;
    wpi_strength_amounts(&evidence, wpi_fadings_at(walk->view->graph->fadings, age_days), amounts);
    *in = amounts[!walk->is_inbound];
    *out = amounts[walk->is_inbound];
    return true;
}

/* Add a tie as of the day; false when its state must be read. */
static bool add_faded(const wpi_walk *walk, uint32_t index, faded *ties)
{
    if (!amounts_of(walk, index, &ties->in[ties->count], &ties->out[ties->count]))
        return false;
    const unsigned char *hot = walk->list.hot + (size_t)index * WPI_ARC_HOT_BYTES;
    memcpy(&ties->others[ties->count++], hot, sizeof(uint32_t));
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
static bool gather_faded(wpi_walk *walk, uint32_t most, size_t room, faded *ties)
{
    for (; walk->index < walk->list.count && ties->count < room; walk->index++) {
        wpi_arc_hot arc = wpi_arc_list_hot(&walk->list, walk->index);
        if (wpi_arc_lowest(&arc) > most)
            return true;
        if (arc.cost[walk->is_inbound] > most)
            continue;
        if (arc.flags != 0 || !add_faded(walk, walk->index, ties))
            return true;
    }
    return walk->index == walk->list.count;
}

wp_status wpi_view_take_faded(wpi_walk *walk, wp_neighbour *out, size_t room, size_t *taken,
                              wp_error *err)
{
    faded ties; /* not cleared: a kilobyte and a half that is written before it is read */
    uint32_t most = walk->view->cost_max;
    bool is_over = false;
    *taken = ties.count = 0;
    WPI_TRY(prepare_cold(walk, err));
    while (!is_over && *taken < room) {
        size_t left = room - *taken;
        is_over = gather_faded(walk, most, left < FADED ? left : FADED, &ties);
        *taken += settle_faded(&ties, most, out + *taken);
    }
    return WP_OK;
}

/* The exact cost of the day, from the cheapest sufficient source. */
static wp_status settle(const wpi_walk *walk, const wpi_arc_hot *hot, uint32_t *cost, bool *is_gone,
                        wp_error *err)
{
    double in, out;
    *is_gone = false;
    *cost = hot->cost[walk->is_inbound];
    if (hot->flags == WPI_ARC_INTRICATE)
        return read_tie(walk, hot->other, cost, is_gone, err);
    if (walk->is_exact || (hot->flags == WPI_ARC_CONSTANT && walk->slack == 0))
        return WP_OK;
    WPI_TRY(prepare_cold(walk, err));
    if (!amounts_of(walk, walk->index, &in, &out))
        return read_tie(walk, hot->other, cost, is_gone, err);
    if (hot->flags != WPI_ARC_CONSTANT)
        *cost = wpi_cost_between(in, out);
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

/* What wpi_view_take() looks for: ties that cost at most `most`, `room` of them. */
typedef struct taking {
    uint64_t most;
    const wpi_person_filter *only; /* as in wpi_wanted */
    size_t room;
    wpi_hop *hops;
    size_t count;
} taking;

/* The ties of a take whose costs are still to be settled. */
typedef struct unsettled {
    uint32_t at[FADED]; /* indices of hops */
    double in[FADED];
    double out[FADED];
    uint32_t costs[FADED];
    size_t count;
} unsettled;

/* Whether the walk may go where a tie leads: to no end of the query, and it is not masked. */
static inline bool is_open(const wpi_walk *walk, const unsigned char *at,
                           const wpi_person_filter *only, wpi_hop *hop)
{
    memcpy(&hop->other, at, sizeof hop->other);
    if (only != NULL && !wpi_person_filter_may_have(only, hop->other))
        return false;
    hop->roles = wpi_roles_of(walk->view->roles, hop->other);
    return (hop->roles & WPI_ROLE_END) == 0 &&
           wpi_view_is_visible(walk->view, hop->other, hop->roles) &&
           !(walk->is_base && wpi_neighbours_mask(&walk->neighbours, hop->other));
}

/* Gather from the list at hand; *later: ties whose costs fade (NULL: the list is exact). Stops when
 * the room is full, at the end, and at a tie for wpi_view_next(). */
static void gather(wpi_walk *walk, taking *what, unsettled *later)
{
    const unsigned char *at = walk->list.hot + (size_t)walk->index * WPI_ARC_HOT_BYTES;
    unsigned shift = walk->is_inbound ? WPI_ARC_COST_BITS : 0, back = WPI_ARC_COST_BITS - shift;
    uint32_t index = walk->index, end = walk->list.count;
    bool has_skipped = false;
    for (; index < end && what->count < what->room; index++, at += WPI_ARC_HOT_BYTES) {
        uint64_t packed = wpi_arc_packed(at);
        uint32_t cost = (uint32_t)(packed >> shift) & WPI_ARC_COST_NONE;
        wpi_hop *hop = &what->hops[what->count];
        if (cost > what->most && ((uint32_t)(packed >> back) & WPI_ARC_COST_NONE) > what->most)
            break;
        if (wpi_arc_is_intricate(packed))
            break;
        has_skipped |= cost > what->most && cost != WPI_ARC_COST_NONE;
        if (cost > what->most || !is_open(walk, at, what->only, hop))
            continue;
        hop->cost = cost;
        if (later != NULL && !wpi_arc_is_constant(packed)) {
            if (!amounts_of(walk, index, &later->in[later->count], &later->out[later->count]))
                break;
            later->at[later->count++] = (uint32_t)what->count;
        }
        what->count++;
    }
    walk->view->meter->steps += index - walk->index;
    walk->index = index;
    walk->was_cut |= has_skipped;
}

/* Give the hops from `first` on their costs, and drop those that are too dear after all. */
static void settle_hops(wpi_walk *walk, taking *what, size_t first, unsettled *later)
{
    size_t kept = first;
    wpi_costs_between(later->in, later->out, later->count, later->costs);
    for (size_t i = 0; i < later->count; i++)
        what->hops[later->at[i]].cost = later->costs[i];
    for (size_t i = first; i < what->count; i++) {
        what->hops[kept] = what->hops[i];
        kept += what->hops[i].cost <= what->most ? 1 : 0;
    }
    walk->was_cut |= kept < what->count;
    what->count = kept;
}

/* Gather what can be told of a regular walk; the rest is for wpi_view_next(). */
static wp_status take_regular(wpi_walk *walk, taking *what, wp_error *err)
{
    unsettled later; /* not cleared */
    if (walk->is_exact) {
        gather(walk, what, NULL);
        return WP_OK;
    }
    if (walk->slack > 0)
        return WP_OK;
    WPI_TRY(prepare_cold(walk, err));
    for (uint32_t from = walk->index - 1; from != walk->index && what->count < what->room;) {
        taking part = *what;
        from = walk->index;
        later.count = 0;
        part.room = what->room - what->count < FADED ? what->room : what->count + FADED;
        gather(walk, &part, &later);
        size_t first = what->count;
        what->count = part.count;
        settle_hops(walk, what, first, &later);
    }
    return WP_OK;
}

wp_status wpi_view_take(wpi_walk *walk, const wpi_wanted *wanted, wpi_hop *hops, size_t *count,
                        wp_error *err)
{
    wp_status status = WP_OK;
    const wpi_view *view = walk->view;
    bool had_cut = walk->was_cut, has_bound = wanted->bound < view->cost_max;
    taking what = {has_bound ? wanted->bound : view->cost_max, wanted->only, wanted->room, hops, 0};
    if (what.most >= WPI_ARC_COST_MAX)
        what.most = WPI_ARC_COST_MAX - 1; /* dearer ones are intricate */
    *count = 0;
    while (status == WP_OK && what.count < what.room) {
        uint64_t steps = view->meter->steps;
        if (walk->is_regular)
            WPI_TRY(take_regular(walk, &what, err));
        if (!has_bound)
            walk->was_cut = had_cut; /* what was left out does not exist */
        status = wpi_meter_poll_at(view->meter, view->meter->steps - steps, err);
        if (status != WP_OK || what.count == what.room)
            break;
        status = wpi_view_next(walk, wanted->bound, &hops[what.count], err);
        if (status == WP_OK)
            what.count += (hops[what.count].roles & WPI_ROLE_END) == 0;
        had_cut = walk->was_cut;
    }
    *count = what.count;
    return status;
}

/* The least cost above `most` in the list of a simple walk; UINT64_MAX: there is none. */
static uint64_t least_above(const wpi_walk *walk, uint64_t most)
{
    uint64_t least = UINT64_MAX;
    for (uint32_t i = 0; i < walk->list.count; i++) {
        wpi_arc_hot arc = wpi_arc_list_hot(&walk->list, i);
        uint32_t cost = arc.cost[walk->is_inbound];
        if (wpi_arc_lowest(&arc) >= least)
            break;
        if (cost > most && cost < least)
            least = cost;
        if (cost <= most && arc.flags == WPI_ARC_INTRICATE)
            return most + 1; /* the bound of one that may have cost more */
    }
    return least <= walk->view->cost_max ? least : UINT64_MAX;
}

uint64_t wpi_view_least(const wpi_walk *walk)
{
    return walk->is_simple ? least_above(walk, 0) : 0;
}

uint64_t wpi_view_left(const wpi_walk *walk, uint64_t most)
{
    if (!walk->was_cut)
        return UINT64_MAX;
    return walk->is_simple ? least_above(walk, most) : most + 1;
}

void wpi_view_announce(const wpi_view *view, const uint32_t *people, size_t step, size_t count)
{
    if (view->graph->lists != NULL)
        wpi_lists_announce(view->graph->lists, people, step, count, view->day);
}

static wp_status load_of(wpi_view *view, uint32_t person, uint32_t *load, wp_error *err)
{
    uint64_t *known = wpi_map_find(&view->loads, person);
    double asks = 0.0;
    if (known == NULL) {
        WPI_TRY(
            wpi_interaction_asks(view->graph, &view->policy->sight, person, view->day, &asks, err));
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
