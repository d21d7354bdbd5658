/*
 * The neighbour view: a person's ties as a query may see them. The single place where policy is
 * enforced, and all that searches see.
 *
 * A walk gives the ties of a person, outbound or inbound, roughly from the cheapest on, each with
 * the exact cost of the query's day. It leaves out: people who must not be contacted or are
 * avoided; people who opted out of introductions, unless they are an end of the query; ties and
 * people that the viewer does not see (graph/sight.h), severed ties and those below the minimum
 * strength. The colleague floor is applied here, because it is part of what a tie costs. What is
 * left out leaves no trace but the steps of the meter.
 *
 * Lists are sorted by lower bounds of the costs, so a walk ends as soon as no tie can cost `bound`
 * or less. On a day before that of a list its bounds are lowered by what a cost can rise until
 * then. The common case, a base list on its own day without overlay and floor, is walked inline.
 */
#ifndef WPI_PATH_VIEW_H
#define WPI_PATH_VIEW_H

#include "format/arcs.h"
#include "graph/adjacency.h"
#include "path/meter.h"
#include "path/person_filter.h"
#include "path/policy.h"
#include "path/roles.h"
#include "rules/strength.h"

typedef struct wpi_view {
    wpi_graph *graph;
    const wpi_policy *policy;
    wpi_meter *meter;
    int32_t day;
    uint32_t cost_max;        /* ties above do not exist; below WP_COST_NONE */
    bool is_plain;            /* no colleague floor, no load, no relay */
    bool is_open_ended;       /* everybody may be an end (reach) */
    bool has_hidden;          /* somebody is hidden, opted out or avoided */
    bool is_open;             /* nothing is hidden, lifted or barred, whoever is asked about */
    const wpi_bitset *hidden; /* who is on no path: the policy's, or those of a branch as well */
    const wpi_roles *roles;
    wpi_map loads; /* person -> load, for those asked */
} wpi_view;

/* One tie: the other person, what they are to the query, and the cost in the walk's direction. */
typedef struct wpi_hop {
    uint32_t other;
    uint32_t cost;
    uint32_t roles;
} wpi_hop;

typedef struct wpi_walk {
    wpi_view *view;
    uint32_t index;
    bool is_inbound;  /* ties from others to the person */
    bool is_simple;   /* nothing to mask, hide, lift or fade: the inline walk will do */
    bool is_regular;  /* nothing to hide or lift: wpi_view_take() can tell most ties itself */
    bool has_private; /* some tie of the person may be hidden for itself */
    bool is_floored;  /* some tie may cost less than its stored bound */
    bool is_base;     /* the base is being walked, after the overlay */
    bool is_exact;    /* the costs of the list are those of the day */
    bool was_cut;     /* after the end: ties above the bound were left */
    uint64_t slack;   /* what costs of the list may be below their bounds on the day */
    wpi_arc_list list;
    wpi_neighbours neighbours;
} wpi_walk;

/* Where wpi_view_take_open() puts ties, and how far it came. */
typedef struct wpi_open_take {
    wp_neighbour *out;
    size_t room;
    size_t taken;
    uint32_t looked_at; /* arcs of the list, from where a take or a walk goes on; 0 at first */
    bool is_over;       /* nothing follows */
} wpi_open_take;

/* Set what the view keeps of its policy; to be called when all other fields are. */
void wpi_view_init(wpi_view *view, bool has_avoided);
void wpi_view_free(wpi_view *view);

/* Whether a person with these roles may be on a path at all, may be in the middle. */
static inline bool wpi_view_is_visible(const wpi_view *view, uint32_t person, uint32_t roles)
{
    if (!view->has_hidden)
        return true;
    if ((roles & WPI_ROLE_AVOIDED) != 0 || wpi_bitset_has(view->hidden, person))
        return false;
    return view->is_open_ended || (roles & WPI_ROLE_END) != 0 ||
           !wpi_bitset_has(&view->policy->opted_out, person);
}
bool wpi_view_is_intermediary(const wpi_view *view, uint32_t person);

/* Begin a walk. Walks of people who may not be passed are empty. */
wp_status wpi_view_begin(wpi_view *view, uint32_t person, bool is_inbound, wpi_walk *walk,
                         wp_error *err);
/* Begin a walk whoever the person is, for showing their ties. */
wp_status wpi_view_begin_any(wpi_view *view, uint32_t person, bool is_inbound, wpi_walk *walk,
                             wp_error *err);

/*
 * Take the ties of a person from the base list in one go, before any walk, where the view is open,
 * the list is of its day and nothing has changed since; nothing is looked at where that does not
 * hold.
 */
wp_status wpi_view_take_open(const wpi_view *view, uint32_t person, bool is_inbound,
                             wpi_open_take *take, wp_error *err);

/* The next tie of a walk that is not simple, or at the end of a list. */
wp_status wpi_view_next_slow(wpi_walk *walk, uint64_t bound, wpi_hop *hop, wp_error *err);

/* Whether the next tie of a walk can be told by wpi_view_next_bare(). */
static inline bool wpi_walk_is_bare(const wpi_walk *walk)
{
    return walk->is_simple && !walk->view->has_hidden;
}

/*
 * The next ties of a bare walk that cost at most the view's maximum, `room` at most, without the
 * others' roles and without counting steps: for searches that read whole lists. Returns how many;
 * 0 at the end, and at a tie that wpi_view_next() must read; go on with that in either case.
 */
static inline size_t wpi_view_take_bare(wpi_walk *walk, wp_neighbour *out, size_t room)
{
    return wpi_arcs_take(&walk->list, &walk->index, walk->is_inbound, walk->view->cost_max, out,
                         room);
}

/* The same on a day later than the list's, for a walk that wpi_walk_is_faded(): the costs of many
 * ties are settled at once. */
wp_status wpi_view_take_faded(wpi_walk *walk, wp_neighbour *out, size_t room, size_t *taken,
                              wp_error *err);

static inline bool wpi_walk_is_faded(const wpi_walk *walk)
{
    return !walk->is_exact && walk->is_base && walk->slack == 0 && walk->is_regular &&
           walk->neighbours.delta.list.count == 0 && !walk->view->has_hidden;
}

/* Whichever of the two serves a walk; *taken is 0 at the end, and where wpi_view_next() must go on
 * for a tie or for good. */
static inline wp_status wpi_view_take_many(wpi_walk *walk, wp_neighbour *out, size_t room,
                                           size_t *taken, wp_error *err)
{
    if (wpi_walk_is_faded(walk))
        return wpi_view_take_faded(walk, out, room, taken, err);
    *taken = wpi_walk_is_bare(walk) ? wpi_view_take_bare(walk, out, room) : 0;
    return WP_OK;
}

/* Whether nothing follows, without a look at what does. */
static inline bool wpi_walk_is_over(const wpi_walk *walk)
{
    return walk->is_base && walk->index == walk->list.count;
}

/* The next tie that costs at most `bound`; WP_ENOTFOUND at the end. Bounds may shrink. */
static inline wp_status wpi_view_next(wpi_walk *walk, uint64_t bound, wpi_hop *hop, wp_error *err)
{
    const wpi_view *view = walk->view;
    if (!walk->is_simple)
        return wpi_view_next_slow(walk, bound, hop, err);
    uint64_t most = bound < view->cost_max ? bound : view->cost_max;
    while (walk->index < walk->list.count) {
        wpi_arc_hot arc = wpi_arc_list_hot(&walk->list, walk->index);
        hop->cost = arc.cost[walk->is_inbound];
        if (hop->cost > most) {
            if (wpi_arc_lowest(&arc) > most)
                break;
            walk->was_cut |= bound < view->cost_max && hop->cost != WP_COST_NONE;
            walk->index++;
            continue;
        }
        if (arc.flags == WPI_ARC_INTRICATE)
            return wpi_view_next_slow(walk, bound, hop, err);
        WPI_TRY(wpi_meter_step(view->meter, err));
        walk->index++;
        hop->other = arc.other;
        hop->roles = wpi_roles_of(view->roles, arc.other);
        if (wpi_view_is_visible(view, arc.other, hop->roles))
            return WP_OK;
    }
    walk->was_cut |= bound < view->cost_max && walk->index < walk->list.count;
    return WP_ENOTFOUND;
}

/* What wpi_view_take() looks for: ties that cost at most `bound`, to those who are in `only` (NULL:
 * to anybody), `room` at most. */
typedef struct wpi_wanted {
    uint64_t bound;
    const wpi_person_filter *only;
    size_t room;
} wpi_wanted;

/* The next ties as wpi_view_next() gives them, those to sources and targets left out, and perhaps
 * those to others than `only`. *count of them with WP_OK; the last ones with WP_ENOTFOUND. */
wp_status wpi_view_take(wpi_walk *walk, const wpi_wanted *wanted, wpi_hop *hops, size_t *count,
                        wp_error *err);

/* Of a walk that has just begun: a lower bound of what its ties cost; UINT64_MAX when there are
 * none. */
uint64_t wpi_view_least(const wpi_walk *walk);

/* After a take of all ties that cost at most `most`: a lower bound of what another one costs;
 * UINT64_MAX when there is none. */
uint64_t wpi_view_left(const wpi_walk *walk, uint64_t most);

/* Say whose lists will be read next, so that those that were never read come from the disk side by
 * side. `people`: of each, its first word is the person; the next is `step` words on. */
void wpi_view_announce(const wpi_view *view, const uint32_t *people, size_t step, size_t count);

/* Have what a walk of a person will read first brought into the cache: the entry of the index; and
 * when that is there, the beginning of the list. */
static inline void wpi_view_prefetch(const wpi_view *view, uint32_t person)
{
    if (view->graph->lists != NULL)
        wpi_lists_prefetch(view->graph->lists, person);
}

static inline void wpi_view_prefetch_list(const wpi_view *view, uint32_t person, uint32_t lines_max)
{
    if (view->graph->lists != NULL)
        wpi_lists_prefetch_list(view->graph->lists, person, lines_max, view->day);
}

/* How many arcs a person's list has in the base, of a segment that was read: to weigh ways of a
 * search, not to be relied on. */
static inline uint32_t wpi_view_guess_count(const wpi_view *view, uint32_t person)
{
    return view->graph->lists == NULL ? 0 : wpi_lists_guess_count(view->graph->lists, person);
}

/* A tie of a path that was found, as the path uses it, with the colleague floor; the second one
 * without the counts of messages. */
wp_status wpi_view_read_tie(const wpi_view *view, uint32_t from, uint32_t to, wp_tie *out,
                            wp_error *err);
wp_status wpi_view_read_strength(const wpi_view *view, uint32_t from, uint32_t to, wp_tie *out,
                                 wp_error *err);

/* What passing through an intermediary costs: load, and the relay factor beyond the first. `hops`
 * is its place on the path, 1 for the first. */
wp_status wpi_view_passage(wpi_view *view, uint32_t person, uint32_t hops, uint64_t *cost,
                           wp_error *err);

#endif
