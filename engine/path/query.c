/*
 * Checking the terms of a query, once for all kinds.
 */
#include "path/query.h"

#include "base/time.h"
#include "rules/path_cost.h"

static wp_status check_share(double value, const char *what, wp_error *err)
{
    if (value >= 0.0 && value <= 1.0)
        return WP_OK;
    return wpi_error_set(err, WP_EINVAL, "%s is %g, expected 0..1", what, value);
}

static wp_status check_terms(const wpi_query_terms *terms, wp_error *err)
{
    if (terms->hops_max > 6)
        return wpi_error_set(err, WP_EINVAL, "hops_max is %u, expected 1..6 or 0 for any",
                             terms->hops_max);
    if (terms->day < 0 || terms->day > WPI_DAY_MAX)
        return wpi_error_set(err, WP_EINVAL, "day is %d, expected 0..%d", terms->day, WPI_DAY_MAX);
    WPI_TRY(check_share(terms->p_min, "p_min", err));
    WPI_TRY(check_share(terms->score_min, "score_min", err));
    if (terms->source_count == 0 || terms->sources == NULL)
        return wpi_error_set(err, WP_EINVAL, "source_count is 0, expected at least 1");
    return WP_OK;
}

/* Give people a role and, in ascending order, list those without another role. */
static wp_status add_people(wpi_query *query, wpi_graph *graph, const wp_number *people,
                            size_t count, uint32_t role, wpi_array *list, wp_error *err)
{
    if (people == NULL && count > 0)
        return wpi_error_set(err, WP_EINVAL, "list of %zu people is NULL", count);
    for (size_t i = 0; i < count; i++) {
        uint32_t person;
        WPI_TRY(wpi_sight_resolve(&query->view.policy->sight, graph, WPI_PERSON, people[i], &person,
                                  err));
        uint32_t before = wpi_roles_of(&query->roles, person);
        if (list != NULL && (before & WPI_ROLE_END) != 0)
            continue;
        WPI_TRY(wpi_roles_add(&query->roles, person, role, err));
        if (list != NULL)
            WPI_TRY(wpi_array_push(list, &person, err));
    }
    if (list != NULL)
        wpi_array_sort_numbers(list);
    return WP_OK;
}

wp_status wpi_query_begin(wpi_query *query, wpi_graph *graph, const wpi_policy *policy,
                          const wpi_query_terms *terms, wp_error *err)
{
    *query =
        (wpi_query){.source_list = WPI_ARRAY_OF(uint32_t), .target_list = WPI_ARRAY_OF(uint32_t)};
    WPI_TRY(check_terms(terms, err));
    query->view.policy = policy;
    WPI_TRY(add_people(query, graph, terms->targets, terms->target_count, WPI_ROLE_TARGET,
                       &query->target_list, err));
    WPI_TRY(add_people(query, graph, terms->sources, terms->source_count, WPI_ROLE_SOURCE,
                       &query->source_list, err));
    WPI_TRY(
        add_people(query, graph, terms->avoid, terms->avoid_count, WPI_ROLE_AVOIDED, NULL, err));
    wpi_meter_start(&query->meter, terms->limits);
    uint64_t cost_max = terms->is_plain ? UINT64_MAX : wpi_path_cost_limit(terms->p_min);
    query->cost_limit = terms->is_plain ? UINT64_MAX / 4 : wpi_path_cost_limit(terms->score_min);
    if (query->cost_limit > UINT64_MAX / 4)
        query->cost_limit = UINT64_MAX / 4;
    query->view = (wpi_view){
        .graph = graph,
        .policy = policy,
        .meter = &query->meter,
        .day = terms->day,
        .cost_max = cost_max < WP_COST_NONE ? (uint32_t)cost_max : WP_COST_NONE - 1,
        .is_plain = terms->is_plain,
        .is_open_ended = terms->target_count == 0,
        .roles = &query->roles,
    };
    wpi_view_init(&query->view, terms->avoid_count > 0);
    return WP_OK;
}

void wpi_query_free(wpi_query *query)
{
    wpi_view_free(&query->view);
    wpi_roles_free(&query->roles);
    wpi_array_free(&query->source_list);
    wpi_array_free(&query->target_list);
}
