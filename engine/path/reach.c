/*
 * Reach: checking the question, choosing the search, listing its answer.
 *
 * By hops it is a breadth-first search (breadth.h), by cost labels spread (reach_spread.h); with
 * barriers both are done with labels that know their sides (sided_reach.h).
 */
#include "path/reach.h"

#include <math.h>
#include <stdlib.h>

#include "base/memory.h"
#include "path/breadth.h"
#include "path/query.h"
#include "path/reach_rank.h"
#include "path/reach_spread.h"
#include "path/sided_reach.h"

/* With barriers: the best ends of ways that may exist. */
static wp_status spread_sided(wpi_query *query, uint32_t hops_max, bool is_by_hops,
                              wpi_reach_table *table, wp_error *err)
{
    wpi_sided_reach sided;
    wpi_sided_reach_init(&sided, query, hops_max, is_by_hops);
    wp_status limit = wpi_sided_reach_run(&sided, err);
    wp_status status = wpi_meter_is_limit(limit) ? WP_OK : limit;
    for (size_t i = 0; i < sided.ends.count && status == WP_OK; i++) {
        wpi_reach_end *end;
        const wpi_sided_end *at = &WPI_ARRAY_AT(&sided.ends, wpi_sided_end, i);
        status = wpi_reach_table_offer(table, at->person, is_by_hops ? 0 : at->cost, at->hops, &end,
                                       err);
    }
    wpi_sided_reach_free(&sided);
    return status == WP_OK ? limit : status;
}

static int compare_by_hops(const void *a, const void *b)
{
    const wp_reached *x = a, *y = b;
    if (x->hops != y->hops)
        return x->hops < y->hops ? -1 : 1;
    return x->person < y->person ? -1 : x->person > y->person;
}

/* As wpi_breadth_find() lists them. */
static void relist_by_hops(wp_reach *out)
{
    for (size_t i = 0; i < out->count; i++)
        out->items[i].score = NAN;
    if (out->count > 1)
        qsort(out->items, out->count, sizeof *out->items, compare_by_hops);
}

static wp_status answer(wpi_query *query, const wp_reach_query *asked, wp_reach *out, wp_error *err)
{
    wpi_reach_table table;
    uint32_t hops_max = asked->hops_max == WP_HOPS_ANY ? UINT32_MAX : asked->hops_max;
    bool has_barriers = query->view.policy->sight.barriers.count > 0;
    wpi_reach_table_init(&table, query->view.graph->counters.people,
                         asked->limits.memory_bytes_max);
    wp_status limit = has_barriers ? spread_sided(query, hops_max, asked->is_by_hops, &table, err)
                                   : wpi_reach_spread(query, hops_max, &table, err);
    wp_status status = wpi_meter_is_limit(limit) ? WP_OK : limit;
    if (status == WP_OK)
        status = wpi_reach_rank(query, &table, &out->items, &out->count, err);
    if (wpi_meter_is_limit(status)) {
        limit = status;
        status = WP_OK;
    }
    out->is_complete = limit == WP_OK;
    if (status == WP_OK && asked->is_by_hops)
        relist_by_hops(out);
    wpi_reach_table_free(&table);
    return status == WP_OK ? limit : status;
}

static wp_status answer_by_hops(wpi_query *query, uint32_t hops_max, wp_reach *out, wp_error *err)
{
    uint32_t most = hops_max == WP_HOPS_ANY ? UINT32_MAX : hops_max;
    wp_status status = wpi_breadth_find(query, most, &out->items, &out->count, err);
    out->is_complete = status == WP_OK;
    return status;
}

wp_status wpi_reach_find(wpi_graph *graph, const wpi_policy *policy, const wp_reach_query *asked,
                         wp_reach **out, wp_error *err)
{
    wpi_query query;
    if (asked->size != sizeof *asked)
        return wpi_error_set(err, WP_EINVAL, "size of the query is %zu, expected %zu", asked->size,
                             sizeof *asked);
    wpi_query_terms terms = {.sources = asked->sources,
                             .source_count = asked->source_count,
                             .day = asked->day,
                             .hops_max = asked->hops_max,
                             .p_min = asked->p_min,
                             .score_min = asked->score_min,
                             .is_plain = asked->is_plain,
                             .limits = &asked->limits};
    wp_reach *reach = wpi_memory_new_zeroed(1, sizeof *reach);
    if (reach == NULL)
        return wpi_memory_failed(err);
    wp_status status = wpi_query_begin(&query, graph, policy, &terms, err);
    if (status == WP_OK)
        status = asked->is_by_hops && policy->sight.barriers.count == 0
                     ? answer_by_hops(&query, asked->hops_max, reach, err)
                     : answer(&query, asked, reach, err);
    wpi_query_free(&query);
    if (status != WP_OK && !wpi_meter_is_limit(status)) {
        wpi_reach_free(reach);
        return status;
    }
    *out = reach;
    return status;
}

void wpi_reach_free(wp_reach *reach)
{
    if (reach == NULL)
        return;
    wpi_memory_free(reach->items);
    wpi_memory_free(reach);
}
