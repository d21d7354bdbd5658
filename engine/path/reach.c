/*
 * Reach: labels spread from the sources until nothing is left within the limits.
 *
 * A person is reached as the end of a path and labelled as an intermediary of longer ones; the two
 * differ by the person's own passage, so the best end is kept beside the labels. Who opted out of
 * introductions is reached and never passed: the view closes their lists.
 */
#include "path/reach.h"

#include <math.h>
#include <stdlib.h>

#include "path/breadth.h"
#include "path/labels.h"
#include "path/query.h"
#include "path/sided_reach.h"
#include "path/trace.h"
#include "rules/path_cost.h"

/* Best ends: cost, then hops. */
typedef struct reach_end {
    uint64_t cost;
    uint32_t hops;
    uint32_t person;
} reach_end;

typedef struct reach_search {
    wpi_query *query;
    uint32_t hops_max; /* UINT32_MAX: any */
    wpi_labels labels;
    wpi_map end_at; /* person -> index */
    wpi_array ends;
} reach_search;

static wp_status offer_end(reach_search *reach, const reach_end *end, wp_error *err)
{
    uint64_t *at = NULL;
    bool is_new = false;
    WPI_TRY(wpi_map_put(&reach->end_at, end->person, reach->ends.count, &at, &is_new, err));
    if (is_new)
        return wpi_array_push(&reach->ends, end, err);
    reach_end *known = &WPI_ARRAY_AT(&reach->ends, reach_end, *at);
    if (end->cost < known->cost || (end->cost == known->cost && end->hops < known->hops))
        *known = *end;
    return WP_OK;
}

static wp_status offer(reach_search *reach, const wpi_label *from, const wpi_hop *hop,
                       wp_error *err)
{
    wpi_view *view = &reach->query->view;
    uint64_t passage;
    bool is_better;
    uint32_t hops = from->hops + 1;
    reach_end end = {from->cost + hop->cost, hops, hop->other};
    WPI_TRY(offer_end(reach, &end, err));
    if (hops >= reach->hops_max || !wpi_view_is_intermediary(view, hop->other))
        return WP_OK;
    WPI_TRY(wpi_view_passage(view, hop->other, hops, &passage, err));
    wpi_label label = {.cost = end.cost + passage, .person = hop->other, .hops = hops};
    if (label.cost > reach->query->cost_limit)
        return WP_OK;
    return wpi_labels_offer(&reach->labels, &label, &is_better, err);
}

static wp_status spread(reach_search *reach, const wpi_label *from, wp_error *err)
{
    wpi_walk walk;
    wpi_hop hop;
    wp_status status;
    uint64_t limit = reach->query->cost_limit;
    WPI_TRY(wpi_view_begin(&reach->query->view, from->person, false, &walk, err));
    while ((status = wpi_view_next(&walk, limit - from->cost, &hop, err)) == WP_OK)
        if ((hop.roles & WPI_ROLE_SOURCE) == 0)
            WPI_TRY(offer(reach, from, &hop, err));
    return status == WP_ENOTFOUND ? WP_OK : status;
}

static wp_status spread_all(reach_search *reach, wp_error *err)
{
    wpi_label label;
    wp_status status;
    for (size_t i = 0; i < reach->query->source_list.count; i++) {
        wpi_label source = {.person = WPI_ARRAY_AT(&reach->query->source_list, uint32_t, i)};
        WPI_TRY(spread(reach, &source, err));
    }
    while ((status = wpi_labels_settle(&reach->labels, &label, err)) == WP_OK) {
        reach->query->meter.memory_bytes = wpi_labels_bytes(&reach->labels) +
                                           wpi_map_bytes(&reach->end_at) +
                                           reach->ends.capacity * sizeof(reach_end);
        WPI_TRY(spread(reach, &label, err));
    }
    return status == WP_ENOTFOUND ? WP_OK : status;
}

/* An end with the text that decides among equals. */
typedef struct ranked_end {
    reach_end end;
    const char *id;
} ranked_end;

static int compare_ranked(const void *a, const void *b)
{
    const ranked_end *x = a, *y = b;
    if (x->end.cost != y->end.cost)
        return x->end.cost < y->end.cost ? -1 : 1;
    if (x->end.hops != y->end.hops)
        return x->end.hops < y->end.hops ? -1 : 1;
    int order = x->id == NULL || y->id == NULL ? 0 : strcmp(x->id, y->id);
    if (order != 0)
        return order;
    return x->end.person < y->end.person ? -1 : x->end.person > y->end.person;
}

static bool is_equal(const ranked_end *a, const ranked_end *b)
{
    return a->end.cost == b->end.cost && a->end.hops == b->end.hops;
}

/* Sort by numbers first, then read ids only for groups of equals. At a limit, those that were not
 * read yet stay in the order of numbers. */
static wp_status rank(wpi_query *query, ranked_end *ends, size_t count, wp_error *err)
{
    wp_status status = WP_OK;
    wpi_trace_ids ids = {query->view.graph, {NULL, 0, 0}, &query->meter};
    if (count > 1)
        qsort(ends, count, sizeof *ends, compare_ranked);
    for (size_t i = 0, next; i < count; i = next) {
        for (next = i + 1; next < count && is_equal(&ends[i], &ends[next]); next++)
            ;
        for (size_t j = i; next - i > 1 && j < next; j++)
            WPI_TRY_OUT(wpi_trace_id(&ids, ends[j].end.person, &ends[j].id, err));
        if (next - i > 1)
            qsort(&ends[i], next - i, sizeof *ends, compare_ranked);
    }
out:
    wpi_map_free(&ids.at);
    return status;
}

static wp_status list_ends(reach_search *reach, wp_reach *out, wp_error *err)
{
    size_t count = reach->ends.count;
    wp_status status;
    ranked_end *ranked = wpi_memory_new_zeroed(count + 1, sizeof *ranked);
    out->items = wpi_memory_new_zeroed(count + 1, sizeof *out->items);
    if (ranked == NULL || out->items == NULL) {
        wpi_memory_free(ranked);
        return wpi_memory_failed(err);
    }
    for (size_t i = 0; i < count; i++)
        ranked[i].end = WPI_ARRAY_AT(&reach->ends, reach_end, i);
    status = rank(reach->query, ranked, count, err);
    for (size_t i = 0; i < count; i++)
        out->items[i] = (wp_reached){ranked[i].end.person, ranked[i].end.hops, ranked[i].end.cost,
                                     wpi_path_cost_score(ranked[i].end.cost)};
    out->count = count;
    wpi_memory_free(ranked);
    return status;
}

static void init_search(reach_search *reach, wpi_query *query, uint32_t hops_max)
{
    *reach = (reach_search){.query = query,
                            .hops_max = hops_max == WP_HOPS_ANY ? UINT32_MAX : hops_max,
                            .ends = WPI_ARRAY_OF(reach_end)};
    wpi_labels_init(&reach->labels, hops_max != WP_HOPS_ANY);
}

static void free_search(reach_search *reach)
{
    wpi_labels_free(&reach->labels);
    wpi_map_free(&reach->end_at);
    wpi_array_free(&reach->ends);
}

/* With barriers: the best ends of ways that may exist. */
static wp_status spread_sided(reach_search *reach, bool is_by_hops, wp_error *err)
{
    wpi_sided_reach sided;
    wpi_sided_reach_init(&sided, reach->query, reach->hops_max, is_by_hops);
    wp_status limit = wpi_sided_reach_run(&sided, err);
    wp_status status = wpi_meter_is_limit(limit) ? WP_OK : limit;
    for (size_t i = 0; i < sided.ends.count && status == WP_OK; i++) {
        const wpi_sided_end *at = &WPI_ARRAY_AT(&sided.ends, wpi_sided_end, i);
        reach_end end = {is_by_hops ? 0 : at->cost, at->hops, at->person};
        status = offer_end(reach, &end, err);
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
    reach_search reach;
    bool has_barriers = query->view.policy->sight.barriers.count > 0;
    init_search(&reach, query, asked->hops_max);
    wp_status limit =
        has_barriers ? spread_sided(&reach, asked->is_by_hops, err) : spread_all(&reach, err);
    wp_status status = wpi_meter_is_limit(limit) ? WP_OK : limit;
    if (status == WP_OK)
        status = list_ends(&reach, out, err);
    if (wpi_meter_is_limit(status)) {
        limit = status;
        status = WP_OK;
    }
    out->is_complete = limit == WP_OK;
    if (status == WP_OK && asked->is_by_hops)
        relist_by_hops(out);
    free_search(&reach);
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
