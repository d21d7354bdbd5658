/*
 * The two-sided, pruned, hop-limited search: see search.h.
 *
 * One round: collect the closings (ties into the targets); offer direct ties; spread labels from
 * the sources; pull the last step from the introducers. A round leaves exact totals up to its
 * bound. If fewer than k were found and something was cut, the threshold is raised.
 */
#include "path/search.h"

#include <assert.h>
#include <stdlib.h>

#define THRESHOLD_FIRST 400000u
#define THRESHOLD_FACTOR 3

void wpi_search_init(wpi_search *search, wpi_view *view, uint32_t hops_max, uint64_t cost_limit)
{
    *search = (wpi_search){.view = view,
                           .hops_max = hops_max == WP_HOPS_ANY ? UINT32_MAX : hops_max,
                           .cost_limit = cost_limit,
                           .closings = WPI_ARRAY_OF(wpi_closing),
                           .best = WPI_ARRAY_OF(wpi_total)};
    wpi_labels_init(&search->labels, hops_max != WP_HOPS_ANY);
}

void wpi_search_free(wpi_search *search)
{
    wpi_labels_free(&search->labels);
    wpi_array_free(&search->closings);
    wpi_array_free(&search->best);
    wpi_map_free(&search->closing_at);
    wpi_map_free(&search->totals);
}

uint64_t wpi_search_bound(const wpi_search *search)
{
    uint64_t kth = UINT64_MAX;
    if (search->best.count == search->k)
        kth = WPI_ARRAY_AT(&search->best, wpi_total, search->k - 1).cost;
    return kth < search->threshold ? kth : search->threshold;
}

const wpi_label *wpi_search_label(const wpi_search *search, uint32_t person, uint32_t hops)
{
    const wpi_label *label = wpi_labels_find(&search->labels, person, hops);
    return label == NULL || label->is_dominated ? NULL : label;
}

static int compare_closing(const void *a, const void *b)
{
    const wpi_closing *x = a, *y = b;
    if (x->cost != y->cost)
        return x->cost < y->cost ? -1 : 1;
    if (x->introducer != y->introducer)
        return x->introducer < y->introducer ? -1 : 1;
    return x->target < y->target ? -1 : x->target > y->target;
}

static wp_status collect_target(wpi_search *search, uint32_t target, wp_error *err)
{
    wpi_walk walk;
    wpi_hop hop;
    wp_status status;
    WPI_TRY(wpi_view_begin(search->view, target, true, &walk, err));
    while ((status = wpi_view_next(&walk, search->threshold, &hop, err)) == WP_OK) {
        if (wpi_bitset_has(search->view->targets, hop.other))
            continue;
        if (search->hops_max == 1 && !wpi_bitset_has(search->view->sources, hop.other))
            continue;
        wpi_closing closing = {hop.other, target, hop.cost};
        WPI_TRY(wpi_array_push(&search->closings, &closing, err));
    }
    search->was_cut |= walk.was_cut;
    return status == WP_ENOTFOUND ? WP_OK : status;
}

static wp_status collect_closings(wpi_search *search, wp_error *err)
{
    search->closings.count = 0;
    wpi_map_clear(&search->closing_at);
    search->closing_min = UINT64_MAX;
    for (size_t i = 0; i < search->target_count; i++)
        WPI_TRY(collect_target(search, search->targets[i], err));
    wpi_closing *items = search->closings.items;
    if (search->closings.count > 1)
        qsort(items, search->closings.count, sizeof *items, compare_closing);
    for (size_t i = 0; i < search->closings.count; i++) {
        uint64_t *first;
        WPI_TRY(wpi_map_put(&search->closing_at, items[i].introducer, i, &first, NULL, err));
        bool is_source = wpi_bitset_has(search->view->sources, items[i].introducer);
        if (!is_source && items[i].cost < search->closing_min)
            search->closing_min = items[i].cost;
    }
    return WP_OK;
}

/* Keep the list of the k best: insert or move up one introducer. */
static wp_status rank_total(wpi_search *search, uint32_t introducer, uint64_t cost, wp_error *err)
{
    wpi_array *best = &search->best;
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

static wp_status offer_total(wpi_search *search, uint32_t introducer, uint64_t cost, wp_error *err)
{
    uint64_t *known = NULL;
    bool is_new = false;
    if (cost > wpi_search_bound(search)) {
        search->was_cut = true;
        return WP_OK;
    }
    WPI_TRY(wpi_map_put(&search->totals, introducer, cost, &known, &is_new, err));
    if (!is_new && *known <= cost)
        return WP_OK;
    *known = cost;
    return search->k == SIZE_MAX ? WP_OK : rank_total(search, introducer, cost, err);
}

static const wpi_closing *closing_of(const wpi_search *search, uint32_t introducer)
{
    uint64_t *at = wpi_map_find(&search->closing_at, introducer);
    return at == NULL ? NULL : &WPI_ARRAY_AT(&search->closings, wpi_closing, *at);
}

/* Label a person as an intermediary, and offer the total when it is an introducer. */
static wp_status offer_label(wpi_search *search, wpi_label *label, wp_error *err)
{
    uint64_t passage;
    bool is_better;
    WPI_TRY(wpi_view_passage(search->view, label->person, label->hops, &passage, err));
    label->cost += passage;
    if (label->cost + search->closing_min > wpi_search_bound(search)) {
        search->was_cut = true;
        return WP_OK;
    }
    WPI_TRY(wpi_labels_offer(&search->labels, label, &is_better, err));
    const wpi_closing *closing = is_better ? closing_of(search, label->person) : NULL;
    if (closing == NULL)
        return WP_OK;
    return offer_total(search, label->person, label->cost + closing->cost, err);
}

static uint32_t larger(uint32_t a, uint32_t b)
{
    return a > b ? a : b;
}

/* What a tie may cost when `spent` is spent already; UINT64_MAX + 1 never occurs as costs are
 * small against the bound's range. */
static bool has_room(const wpi_search *search, uint64_t spent, uint64_t *room)
{
    uint64_t bound = wpi_search_bound(search);
    *room = spent <= bound ? bound - spent : 0;
    return spent <= bound;
}

/* Offer the neighbours of a source (label NULL) or of a settled intermediary. */
static wp_status spread(wpi_search *search, uint32_t person, const wpi_label *label, wp_error *err)
{
    wpi_walk walk;
    wpi_hop hop;
    uint64_t room;
    wp_status status = WP_OK; /* stays so when there is no room at all */
    uint64_t spent = (label == NULL ? 0 : label->cost) + search->closing_min;
    WPI_TRY(wpi_view_begin(search->view, person, false, &walk, err));
    while (has_room(search, spent, &room) &&
           (status = wpi_view_next(&walk, room, &hop, err)) == WP_OK) {
        if (wpi_view_is_end(search->view, hop.other))
            continue;
        wpi_label next = {.cost = (label == NULL ? 0 : label->cost) + hop.cost,
                          .person = hop.other,
                          .hops = label == NULL ? 1 : label->hops + 1,
                          .widest = label == NULL ? hop.cost : larger(label->widest, hop.cost)};
        WPI_TRY(offer_label(search, &next, err));
    }
    search->was_cut |= walk.was_cut || status == WP_OK;
    return status == WP_ENOTFOUND ? WP_OK : status;
}

/* The last hop to which labels are spread from the sources. */
static uint32_t spread_hops_max(const wpi_search *search)
{
    if (search->hops_max == UINT32_MAX)
        return UINT32_MAX;
    return search->hops_max > 3 ? search->hops_max - 2 : 1;
}

static wp_status spread_all(wpi_search *search, wp_error *err)
{
    wpi_label label;
    wp_status status;
    for (size_t i = 0; i < search->source_count; i++)
        WPI_TRY(spread(search, search->sources[i], NULL, err));
    while ((status = wpi_labels_settle(&search->labels, &label, err)) == WP_OK) {
        search->view->meter->memory_bytes = wpi_labels_bytes(&search->labels);
        if (label.cost + search->closing_min > wpi_search_bound(search)) {
            search->was_cut = true;
            return WP_OK;
        }
        if (label.hops < spread_hops_max(search))
            WPI_TRY(spread(search, label.person, &label, err));
    }
    return status == WP_ENOTFOUND ? WP_OK : status;
}

/* Offer an introducer by way of one of its in-neighbours. */
static wp_status pull_one(wpi_search *search, const wpi_closing *closing, const wpi_hop *hop,
                          wp_error *err)
{
    for (uint32_t hops = 1; hops + 2 <= search->hops_max; hops++) {
        const wpi_label *before = wpi_search_label(search, hop->other, hops);
        if (before == NULL || !before->is_settled)
            continue;
        wpi_label next = {.cost = before->cost + hop->cost,
                          .person = closing->introducer,
                          .hops = hops + 1,
                          .widest = larger(before->widest, hop->cost)};
        WPI_TRY(offer_label(search, &next, err));
    }
    return WP_OK;
}

static wp_status pull(wpi_search *search, const wpi_closing *closing, uint64_t label_min,
                      wp_error *err)
{
    wpi_walk walk;
    wpi_hop hop;
    uint64_t room, passage;
    wp_status status = WP_OK; /* stays so when there is no room at all */
    WPI_TRY(wpi_view_passage(search->view, closing->introducer, 2, &passage, err));
    WPI_TRY(wpi_view_begin(search->view, closing->introducer, true, &walk, err));
    while (has_room(search, label_min + passage + closing->cost, &room) &&
           (status = wpi_view_next(&walk, room, &hop, err)) == WP_OK)
        if (!wpi_view_is_end(search->view, hop.other))
            WPI_TRY(pull_one(search, closing, &hop, err));
    search->was_cut |= walk.was_cut || status == WP_OK;
    return status == WP_ENOTFOUND ? WP_OK : status;
}

static wp_status pull_all(wpi_search *search, wp_error *err)
{
    const wpi_closing *items = search->closings.items;
    uint64_t label_min = UINT64_MAX;
    for (size_t i = 0; i < search->labels.labels.count; i++) {
        uint64_t cost = WPI_ARRAY_AT(&search->labels.labels, wpi_label, i).cost;
        label_min = cost < label_min ? cost : label_min;
    }
    if (label_min == UINT64_MAX)
        return WP_OK;
    for (size_t i = 0; i < search->closings.count; i++) {
        if (label_min + items[i].cost > wpi_search_bound(search)) {
            search->was_cut = true;
            break;
        }
        bool is_first = closing_of(search, items[i].introducer) == &items[i];
        if (is_first && !wpi_bitset_has(search->view->sources, items[i].introducer))
            WPI_TRY(pull(search, &items[i], label_min, err));
    }
    return WP_OK;
}

static wp_status run_round(wpi_search *search, wp_error *err)
{
    search->was_cut = false;
    wpi_labels_clear(&search->labels);
    WPI_TRY(collect_closings(search, err));
    for (size_t i = 0; i < search->closings.count; i++) {
        const wpi_closing *closing = &WPI_ARRAY_AT(&search->closings, wpi_closing, i);
        if (wpi_bitset_has(search->view->sources, closing->introducer))
            WPI_TRY(offer_total(search, closing->introducer, closing->cost, err));
    }
    if (search->hops_max == 1 || search->closing_min == UINT64_MAX)
        return WP_OK;
    WPI_TRY(spread_all(search, err));
    if (search->hops_max == UINT32_MAX || search->hops_max < 3)
        return WP_OK;
    return pull_all(search, err);
}

wp_status wpi_search_run(wpi_search *search, size_t k, wp_error *err)
{
    assert(k >= 1);
    search->k = k;
    search->best.count = 0;
    wpi_map_clear(&search->totals);
    search->threshold = k == SIZE_MAX ? search->cost_limit : THRESHOLD_FIRST;
    for (;;) {
        if (search->threshold > search->cost_limit)
            search->threshold = search->cost_limit;
        WPI_TRY(run_round(search, err));
        bool is_enough = search->best.count == k || !search->was_cut;
        if (is_enough || search->threshold == search->cost_limit)
            return WP_OK;
        bool is_near = search->threshold > search->cost_limit / (2 * THRESHOLD_FACTOR);
        search->threshold = is_near ? search->cost_limit : search->threshold * THRESHOLD_FACTOR;
    }
}
