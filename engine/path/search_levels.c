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
 */
#include <assert.h>

#include "path/search.h"
#include "rules/path_cost.h"

#define BATCH 32
#define AHEAD_LISTS 8
#define AHEAD_INDEX 20
#define LINES 2

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

/* The next ties of a walk that cost at most `room`, with a level's labels of the people behind them
 * on the way to the cache. */
static wp_status next_batch(wpi_walk *walk, uint64_t room, const wpi_level *level, wpi_hop *hops,
                            size_t *count, wp_error *err)
{
    wp_status status = wpi_view_take(walk, room, hops, BATCH, count, err);
    for (size_t i = 0; i < *count; i++)
        wpi_level_prefetch(level, hops[i].other);
    return status;
}

/* Offer the neighbours of a person who was reached with one tie less for `cost`. */
static wp_status spread(wpi_search *search, uint32_t person, uint64_t cost, uint32_t hops,
                        wp_error *err)
{
    wpi_walk walk;
    wpi_hop batch[BATCH];
    uint64_t room;
    size_t count;
    wp_status status = WP_OK;
    const wpi_level *level = &search->scratch->levels[hops];
    cost += relay_of(search, hops);
    uint64_t least = cost + (hops == 1 ? search->closing_min : least_after(search));
    if (!has_room(search, least, &room))
        return WP_OK;
    WPI_TRY(wpi_view_begin(search->view, person, false, &walk, err));
    while (status == WP_OK && has_room(search, least, &room)) {
        status = next_batch(&walk, room, level, batch, &count, err);
        for (size_t i = 0; i < count; i++)
            WPI_TRY(offer_label(search, batch[i].other, hops, cost + batch[i].cost, err));
    }
    search->was_cut |= walk.was_cut;
    return status == WP_ENOTFOUND ? WP_OK : status;
}

/* Spread a complete level to the next. */
static wp_status spread_level(wpi_search *search, uint32_t hops, wp_error *err)
{
    wpi_scratch *scratch = search->scratch;
    uint64_t bound = wpi_search_bound(search);
    uint64_t least = least_after(search);
    if (bound < least)
        return WP_OK;
    WPI_TRY(wpi_level_list(&scratch->levels[hops - 1], bound - least, &scratch->order, err));
    const wpi_level_label *items = scratch->order.items;
    size_t count = scratch->order.count;
    for (size_t i = 0; i < count; i++) {
        if (i + AHEAD_INDEX < count)
            wpi_view_prefetch(search->view, items[i + AHEAD_INDEX].person);
        if (i + AHEAD_LISTS < count)
            wpi_view_prefetch_list(search->view, items[i + AHEAD_LISTS].person, LINES);
        WPI_TRY(spread(search, items[i].person, items[i].cost, hops, err));
    }
    search->view->meter->memory_bytes = wpi_scratch_bytes(scratch);
    return WP_OK;
}

/* Offer an introducer by way of somebody next to it, after each of that person's labels. */
static wp_status join(wpi_search *search, uint32_t introducer, const wpi_hop *hop, wp_error *err)
{
    for (uint32_t hops = 2; hops < search->hops_max; hops++) {
        uint32_t cost = wpi_level_cost(&search->scratch->levels[hops - 1], hop->other);
        if (cost != UINT32_MAX)
            WPI_TRY(offer_label(search, introducer, hops,
                                (uint64_t)cost + relay_of(search, hops) + hop->cost, err));
    }
    return WP_OK;
}

/* Join the labels of all levels with the ties into one introducer; `cheapest` is of all labels. */
static wp_status pull(wpi_search *search, const wpi_level_label *closing, uint64_t cheapest,
                      wp_error *err)
{
    wpi_walk walk;
    wpi_hop hop;
    uint64_t room;
    wp_status status = WP_OK;
    uint64_t least = cheapest + relay_of(search, 2) + closing->cost;
    if (!has_room(search, least, &room))
        return WP_OK;
    WPI_TRY(wpi_view_begin(search->view, closing->person, true, &walk, err));
    while (has_room(search, least, &room) &&
           (status = wpi_view_next(&walk, room, &hop, err)) == WP_OK)
        if ((hop.roles & WPI_ROLE_END) == 0)
            WPI_TRY(join(search, closing->person, &hop, err));
    search->was_cut |= walk.was_cut;
    return status == WP_ENOTFOUND ? WP_OK : status;
}

static wp_status pull_all(wpi_search *search, wp_error *err)
{
    wpi_scratch *scratch = search->scratch;
    uint64_t cheapest = UINT64_MAX;
    for (uint32_t i = 1; i + 1 < search->hops_max; i++)
        if (scratch->levels[i].count > 0 && scratch->levels[i].cheapest < cheapest)
            cheapest = scratch->levels[i].cheapest;
    if (cheapest == UINT64_MAX)
        return WP_OK;
    WPI_TRY(wpi_level_list(&scratch->closing, wpi_search_bound(search), &scratch->order, err));
    const wpi_level_label *items = scratch->order.items;
    size_t count = scratch->order.count;
    for (size_t i = 0; i < count; i++) {
        if (i + AHEAD_INDEX < count)
            wpi_view_prefetch(search->view, items[i + AHEAD_INDEX].person);
        if (i + AHEAD_LISTS < count)
            wpi_view_prefetch_list(search->view, items[i + AHEAD_LISTS].person, LINES);
        WPI_TRY(pull(search, &items[i], cheapest, err));
    }
    return WP_OK;
}

wp_status wpi_search_levels(wpi_search *search, wp_error *err)
{
    assert(search->hops_max >= 2 && search->hops_max <= WPI_SCRATCH_LEVELS);
    for (size_t i = 0; i < search->source_count; i++)
        WPI_TRY(spread(search, search->sources[i], 0, 1, err));
    for (uint32_t hops = 2; hops + 2 <= search->hops_max; hops++)
        WPI_TRY(spread_level(search, hops, err));
    return search->hops_max < 3 ? WP_OK : pull_all(search, err);
}
