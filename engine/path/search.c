/*
 * Rounds of a path search: see search.h.
 *
 * One round: collect the closings (ties into the targets); offer direct ties; spread labels. A
 * round leaves exact totals up to its bound. If fewer than k were found and something was cut, the
 * threshold is raised. Before paths of H hops those of fewer are looked for, from 3 on: their k-th
 * total is a threshold that needs no raising. Four hops go on from the labels and totals of three.
 */
#include "path/search.h"

#include <assert.h>

#define THRESHOLD_FIRST 1000000u
#define HOPS_SHORT 3u
/* Costs up to here fit the labels of levels. */
#define THRESHOLD_LEVELS (UINT32_MAX - 1)

uint64_t wpi_search_cost(const wpi_search *search, uint32_t person, uint32_t hops)
{
    const wpi_scratch *scratch = search->scratch;
    if (!search->has_levels) {
        const wpi_label *label = wpi_labels_find(&scratch->labels, person, hops);
        return label == NULL || label->is_dominated ? UINT64_MAX : label->cost;
    }
    uint32_t cost =
        hops < WPI_SCRATCH_LEVELS ? wpi_level_cost(&scratch->levels[hops], person) : UINT32_MAX;
    return cost == UINT32_MAX ? UINT64_MAX : cost;
}

uint32_t wpi_search_hops(const wpi_search *search, uint32_t person)
{
    assert(search->hops_max == UINT32_MAX);
    const wpi_label *only = wpi_labels_only(&search->scratch->labels, person);
    return only == NULL ? 0 : only->hops;
}

static wp_status collect_target(wpi_search *search, uint32_t target, wp_error *err)
{
    wpi_walk walk;
    wpi_hop hop;
    wp_status status;
    bool is_better;
    wpi_scratch *scratch = search->scratch;
    WPI_TRY(wpi_view_begin(search->view, target, true, &walk, err));
    while ((status = wpi_view_next(&walk, search->threshold, &hop, err)) == WP_OK) {
        bool is_direct = (hop.roles & WPI_ROLE_SOURCE) != 0;
        if ((hop.roles & WPI_ROLE_TARGET) != 0 || (search->hops_max == 1 && !is_direct))
            continue;
        wpi_closing closing = {hop.other, target, hop.cost};
        WPI_TRY(wpi_array_push(&scratch->closings, &closing, err));
        if (is_direct)
            WPI_TRY(wpi_search_offer(search, hop.other, hop.cost, err));
        else
            WPI_TRY(wpi_level_offer(&scratch->closing, hop.other, hop.cost, &is_better, err));
        if (!is_direct && hop.cost < search->closing_min)
            search->closing_min = hop.cost;
    }
    search->was_cut |= walk.was_cut;
    return status == WP_ENOTFOUND ? WP_OK : status;
}

/* Keep the list of the k best: insert or move up one introducer. */
static wp_status rank_total(wpi_search *search, uint32_t introducer, uint64_t cost, wp_error *err)
{
    wpi_array *best = &search->scratch->best;
    wpi_total *items = best->items;
    size_t at = 0;
    while (at < best->count && items[at].introducer != introducer)
        at++;
    if (at == best->count) {
        if (best->count == search->k) {
            if (cost >= items[best->count - 1].cost)
                return WP_OK;
            at--;
        } else {
            wpi_total none = {0, 0};
            WPI_TRY(wpi_array_push(best, &none, err));
            items = best->items;
        }
    }
    for (; at > 0 && items[at - 1].cost > cost; at--)
        items[at] = items[at - 1];
    items[at] = (wpi_total){cost, introducer};
    return WP_OK;
}

wp_status wpi_search_offer(wpi_search *search, uint32_t introducer, uint64_t cost, wp_error *err)
{
    uint64_t *known = NULL;
    bool is_new = false;
    if (cost > wpi_search_bound(search)) {
        search->was_cut = true;
        return WP_OK;
    }
    WPI_TRY(wpi_map_put(&search->scratch->totals, introducer, cost, &known, &is_new, err));
    if (!is_new && *known <= cost)
        return WP_OK;
    *known = cost;
    return search->k == SIZE_MAX ? WP_OK : rank_total(search, introducer, cost, err);
}

static wp_status run_round(wpi_search *search, wp_error *err)
{
    wpi_scratch *scratch = search->scratch;
    search->was_cut = false;
    search->closing_min = UINT64_MAX;
    wpi_scratch_clear(scratch);
    search->has_levels = search->hops_max != UINT32_MAX && search->threshold <= THRESHOLD_LEVELS;
    wpi_view_announce(search->view, search->targets, 1, search->target_count);
    for (size_t i = 0; i < search->target_count; i++)
        WPI_TRY(collect_target(search, search->targets[i], err));
    if (search->hops_max == 1 || search->closing_min == UINT64_MAX)
        return WP_OK;
    size_t introducers = scratch->closing.count + scratch->totals.count;
    if (!search->was_cut && search->k != SIZE_MAX && introducers < search->k)
        search->k = introducers; /* the bound is known when all of them are found */
    if (search->has_levels)
        return wpi_search_levels(search, err);
    bool is_two_sided = search->hops_max == UINT32_MAX && search->k != SIZE_MAX;
    return is_two_sided ? wpi_search_any(search, err) : wpi_search_labels(search, err);
}

/* The threshold after one under which too few were found. */
static uint64_t raised(uint64_t threshold, uint64_t limit)
{
    uint64_t next = 4 * threshold;
    if (next > THRESHOLD_LEVELS && threshold < THRESHOLD_LEVELS)
        next = THRESHOLD_LEVELS;
    return next > limit - limit / 5 ? limit : next;
}

/* Rounds under rising thresholds, from the present one on, until nothing is missing. */
static wp_status run_rounds(wpi_search *search, wp_error *err)
{
    bool is_begun = search->is_begun && search->hops_max == HOPS_SHORT + 1;
    search->is_begun = false;
    if (is_begun)
        return wpi_search_levels_go_on(search, err);
    for (;;) {
        WPI_TRY(run_round(search, err));
        bool is_enough = search->scratch->best.count == search->k || !search->was_cut;
        if (is_enough || search->threshold == search->cost_limit)
            return WP_OK;
        search->threshold = raised(search->threshold, search->cost_limit);
    }
}

/* The k best by paths of at most `hops` ties are a bound for those by longer ones, and cost much
 * less to find. Sets the threshold for the latter. */
static wp_status bound_by_shorter(wpi_search *search, uint32_t hops, wp_error *err)
{
    uint32_t hops_max = search->hops_max;
    size_t k = search->k;
    search->hops_max = hops;
    wp_status status = run_rounds(search, err);
    bool is_found = status == WP_OK && search->scratch->best.count == k;
    search->hops_max = hops_max;
    search->k = k;
    search->threshold = is_found ? wpi_search_bound(search) : THRESHOLD_FIRST;
    search->is_begun = is_found && search->has_levels && hops == HOPS_SHORT;
    return status;
}

wp_status wpi_search_run(wpi_search *search, size_t k, wp_error *err)
{
    assert(k >= 1);
    search->k = k;
    search->is_begun = false;
    bool is_at_once = k == SIZE_MAX || search->cost_limit < THRESHOLD_FIRST;
    bool has_hop_limit = search->hops_max != UINT32_MAX;
    search->threshold = is_at_once ? search->cost_limit : THRESHOLD_FIRST;
    for (uint32_t hops = HOPS_SHORT; !is_at_once && has_hop_limit && hops < search->hops_max;
         hops++)
        WPI_TRY(bound_by_shorter(search, hops, err));
    return run_rounds(search, err);
}
