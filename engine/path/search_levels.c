/*
 * The two-sided, pruned, hop-limited search: see search.h.
 *
 * Level h holds, for each person, the cheapest way with exactly h ties that no way with fewer ties
 * matches. A level is complete before the next is spread from it, so labels are never expanded with
 * a tie too many. The people of a level are expanded roughly cheapest first, so that good totals
 * come early and lower the bound for the rest.
 *
 * Beyond the first hop labels are spread only while they can be followed by one more intermediary:
 * what that costs at least is a good part of the bound. The labels of introducers themselves are
 * pulled from their own lists afterwards, which join the labels of all levels up to H - 2.
 *
 * The last of these levels would be by far the largest. It is labelled up to half of the bound
 * only; the dearer rest of a way then costs at most the other half, and is found from the
 * introducers' side: their ties up to that are kept as approaches, and the ties that would have
 * spread the level further look for them. Labels beyond the half are kept only of people by whom a
 * total within the bound was found; those that lie on the paths of the answer are among them, with
 * exact costs.
 */
#include <assert.h>

#include "path/search.h"
#include "rules/path_cost.h"

#define BATCH 32
#define AHEAD_LISTS 6
#define AHEAD_INDEX 24
#define LINES 6
#define ANNOUNCED 4096

/* Whether a way with fewer ties is not dearer. */
static bool is_dominated(const wpi_scratch *scratch, uint32_t person, uint32_t hops, uint64_t cost)
{
    for (uint32_t i = 1; i < hops; i++)
        if (wpi_level_cost(&scratch->levels[i], person) <= cost)
            return true;
    return false;
}

/* Label a person after so many ties for a cost without the person's load, and offer the total when
 * it is an introducer. */
static wp_status offer_label(wpi_search *search, uint32_t person, uint32_t hops, uint64_t cost,
                             wp_error *err)
{
    wpi_scratch *scratch = search->scratch;
    uint64_t load = 0;
    bool is_better;
    if (wpi_bitset_has(&search->view->policy->asked, person))
        WPI_TRY(wpi_view_passage(search->view, person, 1, &load, err));
    if (cost + load + search->closing_min > wpi_search_bound(search)) {
        search->was_cut = true;
        return WP_OK;
    }
    if (is_dominated(scratch, person, hops, cost + load))
        return WP_OK;
    WPI_TRY(
        wpi_level_offer(&scratch->levels[hops], person, (uint32_t)(cost + load), &is_better, err));
    if (is_better)
        wpi_person_filter_add(&scratch->labelled, person);
    uint32_t closing = is_better ? wpi_level_cost(&scratch->closing, person) : UINT32_MAX;
    return closing == UINT32_MAX ? WP_OK
                                 : wpi_search_offer(search, person, cost + load + closing, err);
}

/* What a tie may cost when so much is spent already; false when nothing. */
static bool has_room(wpi_search *search, uint64_t spent, uint64_t *room)
{
    uint64_t bound = wpi_search_bound(search);
    *room = bound - spent;
    search->was_cut |= spent > bound;
    return spent <= bound;
}

/* The relay factor of an intermediary after so many ties. */
static uint64_t relay_of(const wpi_search *search, uint32_t hops)
{
    return search->view->is_plain || hops < 2 ? 0 : WPI_COST_RELAY;
}

/* The least that follows after a label which is spread: another intermediary, and a closing. */
static uint64_t least_after(const wpi_search *search)
{
    return relay_of(search, 2) + WPI_COST_MIN + search->closing_min;
}

/* The next ties of a walk that cost at most `room`, to those who are in `only`, with a level's
 * labels of the people behind them on the way to the cache. */
static wp_status next_batch(wpi_walk *walk, uint64_t room, const wpi_person_filter *only,
                            const wpi_level *level, wpi_hop *hops, size_t *count, wp_error *err)
{
    wpi_wanted wanted = {room, only, BATCH};
    wp_status status = wpi_view_take(walk, &wanted, hops, count, err);
    for (size_t i = 0; i < *count; i++)
        wpi_level_prefetch(level, hops[i].other);
    return status;
}

/* Offer the neighbours of a person who was reached with one tie less for `cost`, to be labelled up
 * to `label_max`. */
static wp_status spread(wpi_search *search, uint32_t person, uint64_t cost, uint32_t hops,
                        uint64_t label_max, wp_error *err)
{
    wpi_walk walk;
    wpi_hop batch[BATCH];
    uint64_t room;
    size_t count;
    wp_status status = WP_OK;
    const wpi_level *level = &search->scratch->levels[hops];
    cost += relay_of(search, hops);
    uint64_t least = cost + (hops == 1 ? search->closing_min : least_after(search));
    if (cost > label_max || !has_room(search, least, &room))
        return WP_OK;
    WPI_TRY(wpi_view_begin(search->view, person, false, &walk, err));
    while (status == WP_OK && has_room(search, least, &room)) {
        room = room < label_max - cost ? room : label_max - cost;
        status = next_batch(&walk, room, NULL, level, batch, &count, err);
        for (size_t i = 0; i < count; i++)
            WPI_TRY(offer_label(search, batch[i].other, hops, cost + batch[i].cost, err));
    }
    search->was_cut |= walk.was_cut;
    return status == WP_ENOTFOUND ? WP_OK : status;
}

/* What the introducers' lists are pulled for: joins with the labels of some levels, of which the
 * cheapest costs `cheapest`; and approaches with a rest of at most `rest_max`. */
typedef struct pulling {
    uint32_t first;
    uint32_t last;
    uint64_t cheapest;
    uint64_t rest_max;
} pulling;

/* Offer an introducer by way of somebody next to it, after each label that person has in the
 * levels. */
static wp_status join(wpi_search *search, uint32_t introducer, const wpi_hop *hop,
                      const pulling *what, wp_error *err)
{
    for (uint32_t hops = what->first; hops <= what->last; hops++) {
        uint32_t cost = wpi_level_cost(&search->scratch->levels[hops], hop->other);
        if (cost != UINT32_MAX)
            WPI_TRY(offer_label(search, introducer, hops + 1,
                                (uint64_t)cost + relay_of(search, hops + 1) + hop->cost, err));
    }
    return WP_OK;
}

/* Keep a tie into an introducer. What is dearer than `rest_max` only ends ways beyond the bound. */
static wp_status approach(wpi_search *search, const wpi_level_label *closing, uint64_t load,
                          const wpi_hop *hop, uint64_t rest_max, wp_error *err)
{
    uint64_t rest = relay_of(search, 2) + hop->cost + load + closing->cost;
    if (rest > rest_max) {
        search->was_cut = true;
        return WP_OK;
    }
    wpi_approach found = {closing->person, hop->cost, (uint32_t)rest, 0};
    return wpi_approaches_add(&search->scratch->approaches, hop->other, found, err);
}

static wp_status pull(wpi_search *search, const wpi_level_label *closing, const pulling *what,
                      wp_error *err)
{
    wpi_walk walk;
    wpi_hop batch[BATCH];
    uint64_t room, load = 0;
    size_t count;
    wp_status status = WP_OK;
    const wpi_level *last = &search->scratch->levels[what->last];
    const wpi_person_filter *only = what->rest_max > 0 ? NULL : &search->scratch->labelled;
    uint64_t least = what->cheapest + relay_of(search, 2) + closing->cost;
    if (!has_room(search, least, &room))
        return WP_OK;
    WPI_TRY(wpi_view_passage(search->view, closing->person, 1, &load, err));
    WPI_TRY(wpi_view_begin(search->view, closing->person, true, &walk, err));
    while (status == WP_OK && has_room(search, least, &room)) {
        status = next_batch(&walk, room, only, last, batch, &count, err);
        for (size_t i = 0; i < count; i++) {
            WPI_TRY(join(search, closing->person, &batch[i], what, err));
            if (what->rest_max > 0)
                WPI_TRY(approach(search, closing, load, &batch[i], what->rest_max, err));
        }
    }
    search->was_cut |= walk.was_cut;
    return status == WP_ENOTFOUND ? WP_OK : status;
}

/* Have the lists of people a few places on fetched, from the disk of many at once. */
static void fetch_ahead(const wpi_search *search, const wpi_level_label *items, size_t at,
                        size_t count)
{
    if (at % ANNOUNCED == 0)
        wpi_view_announce(search->view, &items[at].person, sizeof *items / sizeof(uint32_t),
                          count - at < ANNOUNCED ? count - at : ANNOUNCED);
    if (at + AHEAD_INDEX < count)
        wpi_view_prefetch(search->view, items[at + AHEAD_INDEX].person);
    if (at + AHEAD_LISTS < count)
        wpi_view_prefetch_list(search->view, items[at + AHEAD_LISTS].person, LINES);
}

/* List the people of a level who, with `after` more, are within the bound, and cost at most `most`.
 */
static wp_status list_people(wpi_search *search, const wpi_level *level, uint64_t after,
                             uint64_t most, wp_error *err)
{
    uint64_t bound = wpi_search_bound(search);
    wpi_array *order = &search->scratch->order;
    order->count = 0;
    if (bound >= after) {
        most = most < bound - after ? most : bound - after;
        WPI_TRY(wpi_level_list(level, most, order, err));
    }
    search->was_cut |= order->count < level->count;
    return WP_OK;
}

/* Join the labels of levels first..last with the ties into all introducers, and keep those ties
 * that leave at most `rest_max` as approaches (0: keep none), for which labels cost the rest of the
 * bound at least. */
static wp_status pull_all(wpi_search *search, uint32_t first, uint32_t last, uint64_t rest_max,
                          wp_error *err)
{
    wpi_scratch *scratch = search->scratch;
    pulling what = {first, last, UINT64_MAX, rest_max};
    for (uint32_t i = first; i <= last; i++)
        if (scratch->levels[i].count > 0 && scratch->levels[i].cheapest < what.cheapest)
            what.cheapest = scratch->levels[i].cheapest;
    if (rest_max > 0 && what.cheapest > wpi_search_bound(search) - rest_max)
        what.cheapest = wpi_search_bound(search) - rest_max;
    if (what.cheapest == UINT64_MAX)
        return WP_OK;
    uint64_t after = relay_of(search, 2) + WPI_COST_MIN + what.cheapest;
    WPI_TRY(list_people(search, &scratch->closing, after, UINT64_MAX, err));
    const wpi_level_label *items = scratch->order.items;
    for (size_t i = 0; i < scratch->order.count; i++) {
        fetch_ahead(search, items, i, scratch->order.count);
        WPI_TRY(pull(search, &items[i], &what, err));
    }
    return WP_OK;
}

/* Somebody was reached after so many ties for a cost without the person's load: offer those whom
 * the person's ties lead to. The label is kept when one of them is of interest. */
static wp_status meet(wpi_search *search, uint32_t person, uint32_t hops, uint64_t cost,
                      wp_error *err)
{
    bool is_better, is_kept = false;
    uint64_t load;
    wpi_scratch *scratch = search->scratch;
    const wpi_approaches *approaches = &scratch->approaches;
    const wpi_approach *at = wpi_approaches_first(approaches, person);
    if (at == NULL)
        return WP_OK;
    WPI_TRY(wpi_view_passage(search->view, person, 1, &load, err));
    cost += load;
    if (is_dominated(scratch, person, hops, cost))
        return WP_OK;
    for (; at != NULL; at = wpi_approaches_at(approaches, at->next)) {
        if (cost + at->rest > wpi_search_bound(search)) {
            search->was_cut = true;
            continue;
        }
        is_kept = true;
        uint64_t there = cost + relay_of(search, hops + 1) + at->tie;
        WPI_TRY(offer_label(search, at->introducer, hops + 1, there, err));
    }
    return is_kept
               ? wpi_level_offer(&scratch->levels[hops], person, (uint32_t)cost, &is_better, err)
               : WP_OK;
}

/* Meet the approaches from the neighbours of a person reached with one tie less for `cost`, where
 * that costs more than `label_max`. */
static wp_status cross(wpi_search *search, uint32_t person, uint64_t cost, uint32_t hops,
                       uint64_t label_max, wp_error *err)
{
    wpi_walk walk;
    wpi_hop batch[BATCH];
    uint64_t room;
    size_t count;
    wp_status status = WP_OK;
    const wpi_approaches *approaches = &search->scratch->approaches;
    cost += relay_of(search, hops);
    uint64_t least = cost + approaches->rest_min;
    if (!has_room(search, least, &room))
        return WP_OK;
    WPI_TRY(wpi_view_begin(search->view, person, false, &walk, err));
    while (status == WP_OK && has_room(search, least, &room)) {
        wpi_wanted wanted = {room, &approaches->filter, BATCH};
        status = wpi_view_take(&walk, &wanted, batch, &count, err);
        for (size_t i = 0; i < count; i++)
            if (cost + batch[i].cost > label_max)
                WPI_TRY(meet(search, batch[i].other, hops, cost + batch[i].cost, err));
    }
    search->was_cut |= walk.was_cut;
    return status == WP_ENOTFOUND ? WP_OK : status;
}

typedef wp_status expand_fn(wpi_search *search, uint32_t person, uint64_t cost, uint32_t hops,
                            uint64_t label_max, wp_error *err);

/* Expand the people of the level before `hops`, from whose neighbours it costs `after` more at
 * least, as far as neighbours labelled up to `most` are of interest. */
static wp_status expand_level(wpi_search *search, uint32_t hops, uint64_t after, expand_fn *expand,
                              uint64_t most, uint64_t label_max, wp_error *err)
{
    wpi_scratch *scratch = search->scratch;
    uint64_t step = relay_of(search, hops) + WPI_COST_MIN;
    search->was_cut |= most < step;
    if (most < step)
        return WP_OK;
    WPI_TRY(list_people(search, &scratch->levels[hops - 1], after + step, most - step, err));
    const wpi_level_label *items = scratch->order.items;
    for (size_t i = 0; i < scratch->order.count; i++) {
        fetch_ahead(search, items, i, scratch->order.count);
        WPI_TRY(expand(search, items[i].person, items[i].cost, hops, label_max, err));
    }
    search->view->meter->memory_bytes = wpi_scratch_bytes(scratch);
    return WP_OK;
}

/* The last level of labels, H - 2, and the ties from there into the introducers, which have been
 * joined with the levels before `first`. */
static wp_status join_last(wpi_search *search, uint32_t first, wp_error *err)
{
    wpi_scratch *scratch = search->scratch;
    uint32_t last = search->hops_max - 2;
    uint64_t half = wpi_search_bound(search) / 2;
    if (last == 1)
        return pull_all(search, first, last, 0, err);
    WPI_TRY(expand_level(search, last, least_after(search), spread, half, half, err));
    WPI_TRY(pull_all(search, first, last, wpi_search_bound(search) - half, err));
    if (scratch->approaches.items.count == 0)
        return WP_OK;
    return expand_level(search, last, scratch->approaches.rest_min, cross, UINT64_MAX, half, err);
}

wp_status wpi_search_levels(wpi_search *search, wp_error *err)
{
    assert(search->hops_max >= 2 && search->hops_max <= WPI_SCRATCH_LEVELS);
    wpi_view_announce(search->view, search->sources, 1, search->source_count);
    for (size_t i = 0; i < search->source_count; i++)
        WPI_TRY(spread(search, search->sources[i], 0, 1, UINT64_MAX, err));
    for (uint32_t hops = 2; hops + 2 < search->hops_max; hops++)
        WPI_TRY(
            expand_level(search, hops, least_after(search), spread, UINT64_MAX, UINT64_MAX, err));
    return search->hops_max < 3 ? WP_OK : join_last(search, 1, err);
}

wp_status wpi_search_levels_go_on(wpi_search *search, wp_error *err)
{
    assert(search->hops_max == 4 && search->has_levels);
    search->was_cut = false;
    return join_last(search, 2, err);
}
