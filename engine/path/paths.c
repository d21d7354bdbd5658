/*
 * The path query: search, choose, read the ties of the chosen paths, and reach when asked.
 *
 * When a limit stops the search, or the choice among what it found, some of that is still returned:
 * the meter's limits are lifted for it, because the rest takes a few look-ups a path.
 */
#include "path/paths.h"

#include <math.h>
#include <stdlib.h>

#include "graph/party.h"
#include "path/branches.h"
#include "path/candidates.h"
#include "path/detour.h"
#include "path/query.h"
#include "path/via.h"
#include "rules/path_cost.h"

#define K_MAX 1000

static wp_status check_query(const wp_path_query *query, wp_error *err)
{
    if (query->size != sizeof *query)
        return wpi_error_set(err, WP_EINVAL, "size of the query is %zu, expected %zu", query->size,
                             sizeof *query);
    if (query->k < 1 || query->k > K_MAX)
        return wpi_error_set(err, WP_EINVAL, "k is %u, expected 1..%d", query->k, K_MAX);
    if (!(query->diverse >= 0.0 && query->diverse <= 1.0))
        return wpi_error_set(err, WP_EINVAL, "diverse is %g, expected 0..1", query->diverse);
    if (query->target_count == 0 || query->targets == NULL)
        return wpi_error_set(err, WP_EINVAL, "target_count is 0, expected at least 1");
    return WP_OK;
}

static bool contains(const uint32_t *people, uint32_t count, uint32_t person)
{
    for (uint32_t i = 0; i < count; i++)
        if (people[i] == person)
            return true;
    return false;
}

/* Shared share of two paths' intermediaries; 0 when neither has any. */
static double overlap(const wpi_candidate *a, const wpi_candidate *b)
{
    uint32_t shared = 0;
    for (uint32_t i = 1; i < a->hops; i++)
        shared += contains(b->people + 1, b->hops - 1, a->people[i]) ? 1 : 0;
    uint32_t all = a->hops - 1 + (b->hops - 1) - shared;
    return all == 0 ? 0.0 : (double)shared / all;
}

/* Drop candidates that overlap too much with a better one that was kept. */
static void diversify(wpi_array *candidates, double most, size_t k)
{
    wpi_candidate *items = candidates->items;
    size_t kept = 0;
    for (size_t i = 0; i < candidates->count && kept < k; i++) {
        bool is_kept = true;
        for (size_t j = 0; j < kept && is_kept; j++)
            is_kept = overlap(&items[i], &items[j]) <= most;
        if (is_kept)
            items[kept++] = items[i];
    }
    candidates->count = kept;
}

/* What a query is answered with. */
typedef struct path_finder {
    wpi_query *query;
    wpi_search search;
    uint32_t via; /* 0: none */
    wpi_trace_ids ids;
    wpi_arena arena; /* of candidates */
} path_finder;

/* The k best candidates of the view as it is; fewer when there are no more. */
static wp_status find_seen(wpi_search *search, uint32_t via, size_t k, wpi_trace_ids *ids,
                           wpi_arena *arena, wpi_array *out, wp_error *err)
{
    wpi_meter *meter = search->view->meter;
    out->count = 0;
    if (via != 0)
        return wpi_via_find(search, via, k, ids, arena, out, err);
    wp_status status = wpi_search_run(search, k, err);
    if (status == WP_OK)
        status = wpi_candidates_choose(search, ids, arena, k, out, err);
    if (!wpi_meter_is_limit(status))
        return status;
    meter->limits = (wp_limits){0, 0, 0, NULL};
    wp_status chosen = wpi_candidates_choose_hastily(search, ids, arena, k, out, err);
    return chosen == WP_OK ? status : chosen;
}

/* Keep the candidates that touch both sides of no barrier; `forbidden` gets those that others do, a
 * bit each. */
static void drop_forbidden(const wpi_branches *branches, wpi_array *candidates, uint64_t *forbidden)
{
    wpi_candidate *items = candidates->items;
    size_t kept = 0;
    *forbidden = 0;
    for (size_t i = 0; i < candidates->count; i++) {
        uint64_t touched =
            wpi_branches_touched(branches->sight, items[i].people, items[i].hops + 1);
        *forbidden |= touched;
        if (touched == 0)
            items[kept++] = items[i];
    }
    candidates->count = kept;
}

/* Read what decides among paths as cheap and as short, which a branch knows of its own ones alone.
 */
static wp_status read_ranks(wpi_view *view, wpi_array *candidates, wp_error *err)
{
    for (size_t i = 0; i < candidates->count; i++) {
        wpi_candidate *at = &WPI_ARRAY_AT(candidates, wpi_candidate, i);
        at->widest = 0;
        for (uint32_t j = 0; j < at->hops; j++) {
            wp_tie tie;
            WPI_TRY(wpi_view_read_strength(view, at->people[j], at->people[j + 1], &tie, err));
            at->widest = tie.cost > at->widest ? tie.cost : at->widest;
        }
        WPI_TRY(wpi_candidates_contact(view, at->introducer, at->target, &at->contact_s, err));
    }
    return WP_OK;
}

/* Search one branch, add what it finds to `out`, and split it where that is not all. Paths that are
 * dearer than the k-th found already are not looked for. */
static wp_status find_in_branch(path_finder *self, wpi_branches *branches, size_t k, wpi_array *out,
                                wp_error *err)
{
    wp_status status, limit;
    wpi_array found = WPI_ARRAY_OF(wpi_candidate);
    uint64_t forbidden = 0;
    uint64_t all = self->query->cost_limit;
    uint64_t kth = out->count < k ? all : WPI_ARRAY_AT(out, wpi_candidate, k - 1).total;
    self->search.cost_limit = kth < all ? kth : all;
    limit = find_seen(&self->search, self->via, k, &self->ids, &self->arena, &found, err);
    self->search.cost_limit = all;
    status = wpi_meter_is_limit(limit) ? WP_OK : limit;
    WPI_TRY_OUT(status);
    drop_forbidden(branches, &found, &forbidden);
    if (forbidden != 0 || branches->has_split)
        WPI_TRY_OUT(read_ranks(&self->query->view, &found, err));
    WPI_TRY_OUT(wpi_array_extend(out, found.items, found.count, err));
    WPI_TRY_OUT(wpi_candidates_order(&self->ids, &self->arena, out, k, err));
    if (limit == WP_OK && forbidden != 0)
        WPI_TRY_OUT(wpi_branches_split(branches, (unsigned)__builtin_ctzll(forbidden), err));
out:
    wpi_array_free(&found);
    return status == WP_OK ? limit : status;
}

/* The k best candidates; fewer when there are no more. */
static wp_status find_best(path_finder *self, size_t k, wpi_array *out, wp_error *err)
{
    wpi_branches branches;
    out->count = 0;
    if (self->query->view.policy->sight.barriers.count == 0)
        return find_seen(&self->search, self->via, k, &self->ids, &self->arena, out, err);
    wp_status status = wpi_branches_begin(&branches, self->query, err);
    while (status == WP_OK && (status = wpi_branches_next(&branches, err)) == WP_OK)
        status = find_in_branch(self, &branches, k, out, err);
    wpi_branches_free(&branches);
    return status == WP_ENOTFOUND ? WP_OK : status;
}

/* The candidates of the answer: k of them, diverse if asked. */
static wp_status find_answer(path_finder *self, const wp_path_query *query, wpi_array *out,
                             wp_error *err)
{
    size_t wanted = query->k;
    for (;;) {
        wp_status status = find_best(self, wanted, out, err);
        bool is_all = out->count < wanted || status != WP_OK;
        if (status != WP_OK && !wpi_meter_is_limit(status))
            return status;
        if (query->diverse < 1.0)
            diversify(out, query->diverse, query->k);
        if (is_all || out->count == query->k)
            return status;
        /* Ranking takes a step for each wanted, so beyond K_MAX all are asked for. */
        wanted = wanted < K_MAX || query->via != 0 ? wanted * 2 : SIZE_MAX;
    }
}

static wp_status read_path(wpi_view *view, const wpi_candidate *candidate, wpi_arena *arena,
                           wp_path *path, wp_error *err)
{
    wp_tie *ties = wpi_arena_take(arena, candidate->hops, sizeof *ties);
    wp_number *people = wpi_arena_take(arena, candidate->hops + 1, sizeof *people);
    if (ties == NULL || people == NULL)
        return wpi_memory_failed(err);
    memcpy(people, candidate->people, (candidate->hops + 1) * sizeof *people);
    uint32_t weakest = 0;
    for (uint32_t i = 0; i < candidate->hops; i++) {
        WPI_TRY(wpi_view_read_tie(view, people[i], people[i + 1], &ties[i], err));
        if (ties[i].cost > ties[weakest].cost)
            weakest = i;
    }
    *path = (wp_path){
        .score = wpi_path_cost_score(candidate->total),
        .cost = candidate->total,
        .hops = candidate->hops,
        .introducer = candidate->introducer,
        .people = people,
        .ties = ties,
        .weakest = weakest,
    };
    return WP_OK;
}

static wp_status read_paths(wpi_view *view, const wpi_array *candidates, wp_paths *out,
                            wp_error *err)
{
    out->items = wpi_arena_take(&out->arena, candidates->count + 1, sizeof *out->items);
    if (out->items == NULL)
        return wpi_memory_failed(err);
    for (size_t i = 0; i < candidates->count; i++) {
        const wpi_candidate *candidate = &WPI_ARRAY_AT(candidates, wpi_candidate, i);
        WPI_TRY(read_path(view, candidate, &out->arena, &out->items[i], err));
        out->count = i + 1;
    }
    return WP_OK;
}

static int compare_total(const void *a, const void *b)
{
    const wpi_total *x = a, *y = b;
    if (x->cost != y->cost)
        return x->cost < y->cost ? -1 : 1;
    return x->introducer < y->introducer ? -1 : x->introducer > y->introducer;
}

/* The totals of a finished search as a list. */
static wp_status list_totals(const wpi_search *search, wpi_array *totals, wp_error *err)
{
    const wpi_map *found = &search->scratch->totals;
    for (size_t i = 0; i < found->capacity; i++) {
        wpi_total total = {found->slots[i].value, (uint32_t)found->slots[i].key};
        if (found->slots[i].key != WPI_MAP_KEY_NONE)
            WPI_TRY(wpi_array_push(totals, &total, err));
    }
    return WP_OK;
}

/* The best total of every introducer: of a search without barriers where none was left out for the
 * sake of one, else of ways that may exist. */
static wp_status find_totals(path_finder *self, wpi_array *totals, wp_error *err)
{
    wp_status status;
    wpi_branches branches;
    wpi_detour detour;
    WPI_TRY(wpi_branches_begin(&branches, self->query, err));
    wpi_detour_init(&detour, &self->search);
    WPI_TRY_OUT(wpi_branches_next(&branches, err));
    WPI_TRY_OUT(wpi_search_run(&self->search, SIZE_MAX, err));
    if (branches.sight->barriers.count > 0)
        WPI_TRY_OUT(wpi_detour_totals(&detour, totals, err));
    else
        WPI_TRY_OUT(list_totals(&self->search, totals, err));
out:
    wpi_detour_free(&detour);
    wpi_branches_free(&branches);
    return status;
}

/* 1 - product of (1 - score) over all introducers, in a fixed order. */
static wp_status find_reach(path_finder *self, double *reach, wp_error *err)
{
    wpi_array totals = WPI_ARRAY_OF(wpi_total);
    double missed = 1.0;
    wp_status status;
    WPI_TRY_OUT(find_totals(self, &totals, err));
    if (totals.count > 1)
        qsort(totals.items, totals.count, sizeof(wpi_total), compare_total);
    for (size_t i = 0; i < totals.count; i++)
        missed *= 1.0 - wpi_path_cost_score(WPI_ARRAY_AT(&totals, wpi_total, i).cost);
    *reach = 1.0 - missed;
out:
    wpi_array_free(&totals);
    return status;
}

static wp_status answer(wpi_query *query, const wp_path_query *asked, wpi_scratch *scratch,
                        wp_paths *out, wp_error *err)
{
    wpi_array candidates = WPI_ARRAY_OF(wpi_candidate);
    wp_status status, limit;
    path_finder self = {
        .query = query,
        .search = {.view = &query->view,
                   .scratch = scratch,
                   .sources = query->source_list.items,
                   .source_count = query->source_list.count,
                   .targets = query->target_list.items,
                   .target_count = query->target_list.count,
                   .hops_max = asked->hops_max == WP_HOPS_ANY ? UINT32_MAX : asked->hops_max,
                   .cost_limit = query->cost_limit},
        .via = asked->via,
        .ids = {query->view.graph, {NULL, 0, 0}, NULL},
    };
    wpi_arena_init(&self.arena, 0);
    limit = find_answer(&self, asked, &candidates, err);
    status = wpi_meter_is_limit(limit) ? WP_OK : limit;
    if (status == WP_OK)
        status = read_paths(&query->view, &candidates, out, err);
    if (status == WP_OK && limit == WP_OK && asked->with_reach && asked->via == 0)
        limit = find_reach(&self, &out->reach, err);
    out->is_complete = limit == WP_OK;
    out->steps = query->meter.steps;
    wpi_map_free(&self.ids.at);
    wpi_array_free(&candidates);
    wpi_arena_free(&self.arena);
    return status == WP_OK ? limit : status;
}

wp_status wpi_paths_find(wpi_graph *graph, const wpi_policy *policy, const wp_path_query *asked,
                         wpi_scratch *scratch, wp_paths **out, wp_error *err)
{
    wpi_query query;
    WPI_TRY(check_query(asked, err));
    wp_path_query resolved = *asked;
    if (asked->via != 0)
        WPI_TRY(
            wpi_sight_resolve(&policy->sight, graph, WPI_PERSON, asked->via, &resolved.via, err));
    wpi_query_terms terms = {asked->sources,      asked->source_count, asked->targets,
                             asked->target_count, asked->avoid,        asked->avoid_count,
                             asked->day,          asked->hops_max,     asked->p_min,
                             asked->score_min,    asked->is_plain,     &asked->limits};
    wp_paths *paths = wpi_memory_new_zeroed(1, sizeof *paths);
    if (paths == NULL)
        return wpi_memory_failed(err);
    paths->reach = NAN;
    wp_status status = wpi_query_begin(&query, graph, policy, &terms, err);
    if (status == WP_OK)
        status = answer(&query, &resolved, scratch, paths, err);
    wpi_query_free(&query);
    if (status != WP_OK && !wpi_meter_is_limit(status)) {
        wpi_paths_free(paths);
        return status;
    }
    *out = paths;
    return status;
}

void wpi_paths_free(wp_paths *paths)
{
    if (paths == NULL)
        return;
    wpi_arena_free(&paths->arena);
    wpi_memory_free(paths);
}
