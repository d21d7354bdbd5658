/*
 * Choosing among equally cheap paths.
 *
 * The order is: cost, hops, the dearest tie, the last contact of introducer and target (latest
 * first), external ids person by person. What comes late in it is dear to know, so it is found out
 * only for candidates that are alike in all that comes before; people are traced only for those
 * that may be among the first k. All of it is work of the query and ends at its limits. What was
 * found is then shown nevertheless, by what it costs no time to know.
 */
#include "path/candidates.h"

#include <stdlib.h>

#define OPTIONS_BETWEEN_POLLS 64
#define HASTY_MAX 64u /* candidates that are shown once a limit was met */

wp_status wpi_candidates_contact(wpi_view *view, uint32_t introducer, uint32_t target,
                                 int64_t *contact_s, wp_error *err)
{
    wp_tie tie;
    WPI_TRY(wpi_view_read_strength(view, introducer, target, &tie, err));
    *contact_s = tie.last_contact_s;
    return WP_OK;
}

static int compare_numbers(const wpi_candidate *x, const wpi_candidate *y)
{
    if (x->total != y->total)
        return x->total < y->total ? -1 : 1;
    if (x->hops != y->hops)
        return x->hops < y->hops ? -1 : 1;
    if (x->widest != y->widest)
        return x->widest < y->widest ? -1 : 1;
    if (x->contact_s != y->contact_s)
        return x->contact_s > y->contact_s ? -1 : 1;
    return 0;
}

static int compare_untraced(const void *a, const void *b)
{
    const wpi_candidate *x = a, *y = b;
    int order = compare_numbers(x, y);
    if (order == 0)
        order = x->introducer < y->introducer ? -1 : x->introducer > y->introducer;
    if (order == 0)
        order = x->target < y->target ? -1 : x->target > y->target;
    return order;
}

static int compare_traced(const void *a, const void *b)
{
    const wpi_candidate *x = a, *y = b;
    int order = compare_numbers(x, y);
    for (uint32_t i = 0; order == 0 && i <= x->hops; i++) {
        order = strcmp(x->ids[i], y->ids[i]);
        if (order == 0)
            order = x->people[i] < y->people[i] ? -1 : x->people[i] > y->people[i];
    }
    return order;
}

/* Add one way of closing a path, after so many ties to the introducer, when it is the introducer's
 * cheapest. */
static wp_status add_option(const wpi_search *search, const wpi_closing *closing, uint32_t hops,
                            wpi_array *options, wp_error *err)
{
    uint64_t cost = hops == 0 ? 0 : wpi_search_cost(search, closing->introducer, hops);
    const uint64_t *best = wpi_map_find(&search->scratch->totals, closing->introducer);
    if (cost == UINT64_MAX || best == NULL || *best != cost + closing->cost ||
        *best > wpi_search_bound(search))
        return WP_OK;
    wpi_candidate option = {
        .total = *best,
        .hops = hops + 1,
        .introducer = closing->introducer,
        .target = closing->target,
        .widest = closing->cost,
        .contact_s = WP_TIME_NONE,
    };
    return wpi_array_push(options, &option, err);
}

static wp_status add_options(const wpi_search *search, const wpi_closing *closing,
                             wpi_array *options, wp_error *err)
{
    if ((wpi_roles_of(search->view->roles, closing->introducer) & WPI_ROLE_SOURCE) != 0)
        return add_option(search, closing, 0, options, err);
    if (search->hops_max == UINT32_MAX) {
        uint32_t hops = wpi_search_hops(search, closing->introducer);
        return hops == 0 ? WP_OK : add_option(search, closing, hops, options, err);
    }
    for (uint32_t hops = 1; hops < search->hops_max; hops++)
        WPI_TRY(add_option(search, closing, hops, options, err));
    return WP_OK;
}

/* Whether the cheapest ways to the introducer are the same, so that the last ties cost the same. */
static bool has_same_ways(const wpi_candidate *x, const wpi_candidate *y)
{
    return x->introducer == y->introducer && x->hops == y->hops && x->total == y->total;
}

/* Find out what tells an option from others that are as cheap and as short; `ranked` is the one
 * before it, NULL: none. Introducers with thousands of equal targets are traced once. */
static wp_status rank_option(const wpi_search *search, const wpi_candidate *ranked,
                             wpi_candidate *option, wp_error *err)
{
    uint32_t widest = 0;
    if (ranked != NULL && has_same_ways(ranked, option))
        widest = ranked->widest;
    else if (option->hops > 1)
        WPI_TRY(wpi_trace_widest(search, option->introducer, option->hops - 1, &widest, err));
    if (option->widest < widest)
        option->widest = widest;
    return wpi_candidates_contact(search->view, option->introducer, option->target,
                                  &option->contact_s, err);
}

static bool is_alike(const wpi_candidate *x, const wpi_candidate *y)
{
    return x->total == y->total && x->hops == y->hops;
}

/* Sort options by all numbers; what is dear to know only of those that are alike in the others. */
static wp_status sort_options(const wpi_search *search, wpi_array *options, wp_error *err)
{
    wpi_candidate *items = options->items;
    size_t count = options->count;
    if (count < 2)
        return WP_OK;
    qsort(items, count, sizeof *items, compare_untraced);
    for (size_t i = 0; i < count; i++) {
        if (i % OPTIONS_BETWEEN_POLLS == 0)
            WPI_TRY(wpi_meter_poll(search->view->meter, err));
        if ((i > 0 && is_alike(&items[i], &items[i - 1])) ||
            (i + 1 < count && is_alike(&items[i], &items[i + 1])))
            WPI_TRY(rank_option(search, i == 0 ? NULL : &items[i - 1], &items[i], err));
    }
    qsort(items, count, sizeof *items, compare_untraced);
    return WP_OK;
}

/* How many of the sorted options may be among the best k introducers. */
static size_t count_relevant(const wpi_array *options, size_t k, wpi_map *seen, wp_status *status,
                             wp_error *err)
{
    const wpi_candidate *items = options->items;
    size_t at = 0;
    *status = WP_OK;
    for (; at < options->count && *status == WP_OK; at++) {
        bool is_done = seen->count >= k && compare_numbers(&items[at - 1], &items[at]) != 0;
        uint64_t *slot;
        if (is_done)
            break;
        *status = wpi_map_put(seen, items[at].introducer, 0, &slot, NULL, err);
    }
    return at;
}

static wp_status keep_people(wpi_candidate *candidate, const uint32_t *people, wpi_arena *arena,
                             wp_error *err)
{
    candidate->people = wpi_arena_take(arena, candidate->hops + 1, sizeof *people);
    if (candidate->people == NULL)
        return wpi_memory_failed(err);
    memcpy(candidate->people, people, candidate->hops * sizeof *people);
    candidate->people[candidate->hops] = candidate->target;
    return WP_OK;
}

/* Find the people of a candidate; without ids, any of those who are as cheap. */
static wp_status trace(const wpi_search *search, wpi_trace_ids *ids, wpi_arena *arena,
                       wpi_candidate *candidate, wp_error *err)
{
    wp_status status;
    wpi_array people = WPI_ARRAY_OF(uint32_t);
    if (candidate->hops == 1)
        WPI_TRY_OUT(wpi_array_push(&people, &candidate->introducer, err));
    else if (ids == NULL)
        WPI_TRY_OUT(
            wpi_trace_any(search, candidate->introducer, candidate->hops - 1, &people, err));
    else
        WPI_TRY_OUT(wpi_trace_people(search, ids, candidate->introducer, candidate->hops - 1,
                                     candidate->widest, &people, err));
    WPI_TRY_OUT(keep_people(candidate, people.items, arena, err));
out:
    wpi_array_free(&people);
    return status;
}

/* Find the people of sorted candidates, once for those of one introducer that are alike. */
static wp_status trace_all(const wpi_search *search, wpi_trace_ids *ids, wpi_arena *arena,
                           wpi_array *candidates, wp_error *err)
{
    wpi_candidate *items = candidates->items;
    for (size_t i = 0; i < candidates->count; i++) {
        bool is_known = i > 0 && has_same_ways(&items[i - 1], &items[i]) &&
                        items[i - 1].widest == items[i].widest;
        if (i % OPTIONS_BETWEEN_POLLS == 0)
            WPI_TRY(wpi_meter_poll(search->view->meter, err));
        WPI_TRY(is_known ? keep_people(&items[i], items[i - 1].people, arena, err)
                         : trace(search, ids, arena, &items[i], err));
    }
    return WP_OK;
}

static wp_status choose(const wpi_search *search, wpi_trace_ids *ids, wpi_arena *arena, size_t k,
                        wpi_array *out, wp_error *err)
{
    wp_status status;
    wpi_map seen = {NULL, 0, 0};
    const wpi_array *closings = &search->scratch->closings;
    out->count = 0;
    for (size_t i = 0; i < closings->count; i++) {
        if (i % OPTIONS_BETWEEN_POLLS == 0)
            WPI_TRY(wpi_meter_poll(search->view->meter, err));
        WPI_TRY(add_options(search, &WPI_ARRAY_AT(closings, wpi_closing, i), out, err));
    }
    WPI_TRY(sort_options(search, out, err));
    size_t relevant = count_relevant(out, k, &seen, &status, err);
    wpi_map_free(&seen);
    WPI_TRY(status);
    out->count = relevant;
    WPI_TRY(trace_all(search, ids, arena, out, err));
    return wpi_candidates_order(ids, arena, out, k, err);
}

wp_status wpi_candidates_choose(const wpi_search *search, wpi_trace_ids *ids, wpi_arena *arena,
                                size_t k, wpi_array *out, wp_error *err)
{
    ids->meter = search->view->meter;
    wp_status status = choose(search, ids, arena, k, out, err);
    ids->meter = NULL;
    return status;
}

/* Leave the best `most` of some options, as far as they are known. */
static void keep_best(wpi_array *options, size_t most)
{
    if (options->count > 1)
        qsort(options->items, options->count, sizeof(wpi_candidate), compare_untraced);
    if (options->count > most)
        options->count = most;
}

wp_status wpi_candidates_choose_hastily(const wpi_search *search, wpi_trace_ids *ids,
                                        wpi_arena *arena, size_t k, wpi_array *out, wp_error *err)
{
    const wpi_array *closings = &search->scratch->closings;
    size_t most = k < HASTY_MAX ? k : HASTY_MAX;
    out->count = 0;
    for (size_t i = 0; i < closings->count; i++) {
        WPI_TRY(add_options(search, &WPI_ARRAY_AT(closings, wpi_closing, i), out, err));
        if (out->count >= 16 * most)
            keep_best(out, most);
    }
    keep_best(out, most);
    WPI_TRY(trace_all(search, NULL, arena, out, err));
    return wpi_candidates_order(ids, arena, out, k, err);
}

static wp_status read_ids(wpi_trace_ids *ids, wpi_arena *arena, wpi_candidate *candidate,
                          wp_error *err)
{
    candidate->ids = wpi_arena_take(arena, candidate->hops + 1, sizeof *candidate->ids);
    if (candidate->ids == NULL)
        return wpi_memory_failed(err);
    for (uint32_t i = 0; i <= candidate->hops; i++)
        WPI_TRY(wpi_trace_id(ids, candidate->people[i], &candidate->ids[i], err));
    return WP_OK;
}

wp_status wpi_candidates_order(wpi_trace_ids *ids, wpi_arena *arena, wpi_array *candidates,
                               size_t k, wp_error *err)
{
    wpi_candidate *items = candidates->items;
    wpi_map seen = {NULL, 0, 0};
    wp_status status = WP_OK;
    size_t kept = 0;
    if (candidates->count > 1)
        qsort(items, candidates->count, sizeof *items, compare_untraced);
    for (size_t i = 0; i < candidates->count; i++)
        if ((i > 0 && compare_numbers(&items[i], &items[i - 1]) == 0) ||
            (i + 1 < candidates->count && compare_numbers(&items[i], &items[i + 1]) == 0))
            WPI_TRY(read_ids(ids, arena, &items[i], err));
    for (size_t i = 0; i < candidates->count && status == WP_OK; i++) {
        uint64_t *at = NULL;
        bool is_new = false;
        status = wpi_map_put(&seen, items[i].introducer, kept, &at, &is_new, err);
        if (is_new)
            items[kept++] = items[i];
        else if (status == WP_OK && compare_traced(&items[i], &items[*at]) < 0)
            items[*at] = items[i];
    }
    wpi_map_free(&seen);
    if (kept > 1)
        qsort(items, kept, sizeof *items, compare_traced);
    candidates->count = kept < k ? kept : k;
    return status;
}

wp_status wpi_candidates_order_hastily(wpi_trace_ids *ids, wpi_arena *arena, wpi_array *candidates,
                                       size_t k, wp_error *err)
{
    wpi_candidate *items = candidates->items;
    wpi_map seen = {NULL, 0, 0};
    wp_status status = WP_OK;
    size_t kept = 0;
    for (size_t i = 0; i < candidates->count && status == WP_OK; i++) {
        uint64_t *slot;
        bool is_new = false;
        status = wpi_map_put(&seen, items[i].introducer, 0, &slot, &is_new, err);
        if (is_new)
            items[kept++] = items[i];
    }
    wpi_map_free(&seen);
    candidates->count = kept;
    return status == WP_OK ? wpi_candidates_order(ids, arena, candidates, k, err) : status;
}
