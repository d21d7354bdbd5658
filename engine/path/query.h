/*
 * What the queries share: checked and deduplicated sets of people, the view and the meter.
 */
#ifndef WPI_PATH_QUERY_H
#define WPI_PATH_QUERY_H

#include "path/view.h"

typedef struct wpi_query {
    wpi_meter meter;
    wpi_view view;
    wpi_roles roles;
    wpi_array source_list; /* of uint32_t, ascending, without targets */
    wpi_array target_list; /* of uint32_t, ascending */
    uint64_t cost_limit;
} wpi_query;

/* What both kinds of query say. */
typedef struct wpi_query_terms {
    const wp_number *sources;
    size_t source_count;
    const wp_number *targets; /* NULL with count 0: reach */
    size_t target_count;
    const wp_number *avoid;
    size_t avoid_count;
    int32_t day;
    uint32_t hops_max;
    double p_min;
    double score_min;
    bool is_plain;
    const wp_limits *limits;
} wpi_query_terms;

/* Check the terms and fill a query; free it whatever is returned. */
wp_status wpi_query_begin(wpi_query *query, wpi_graph *graph, const wpi_policy *policy,
                          const wpi_query_terms *terms, wp_error *err);
void wpi_query_free(wpi_query *query);

#endif
