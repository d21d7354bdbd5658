/*
 * Counting what is withheld: the question is asked of the graph without any policy, and each path
 * of the answer is held against the policy of everybody's view. Searches never see this policy
 * without rules but here.
 */
#include "path/withheld.h"

#include "path/branches.h"
#include "path/paths.h"

/* The policy without its rules: consent and sight hide nobody. */
static wp_status build_bare(wpi_graph *graph, int32_t day, wpi_policy *out, wp_error *err)
{
    WPI_TRY(wpi_policy_build(graph, WP_VIEW_ALL, day, out, err));
    wpi_bitset_free(&out->opted_out);
    wpi_bitset_free(&out->hidden);
    return WP_OK;
}

static bool has_any(const wpi_bitset *set, const wp_number *people, size_t count)
{
    bool is_any = false;
    for (size_t i = 0; i < count; i++)
        is_any |= wpi_bitset_has(set, people[i]);
    return is_any;
}

typedef bool is_hidden_fn(const wpi_sight *sight, uint32_t a, uint32_t b);

static bool has_tie(const wpi_sight *sight, is_hidden_fn *is_hidden, const wp_path *path)
{
    bool is_any = false;
    for (uint32_t i = 0; i < path->hops; i++)
        is_any |= is_hidden(sight, path->people[i], path->people[i + 1]);
    return is_any;
}

/* Where a path is counted: under the first rule that forbids it. */
static uint32_t *place_of(const wpi_policy *policy, const wp_path *path, wp_withheld *counts)
{
    if (has_any(&policy->sight.private_to.whole, path->people, path->hops + 1))
        return &counts->by_private;
    if (has_any(&policy->hidden, path->people, path->hops + 1))
        return &counts->by_contact;
    if (has_any(&policy->opted_out, path->people + 1, path->hops - 1))
        return &counts->by_opt_out;
    if (has_tie(&policy->sight, wpi_sight_is_private, path))
        return &counts->by_private;
    if (has_tie(&policy->sight, wpi_sight_is_closed, path))
        return &counts->by_sharing;
    if (wpi_branches_touched(&policy->sight, path->people, path->hops + 1) != 0)
        return &counts->by_barrier;
    return &counts->shown;
}

wp_status wpi_withheld_count(wpi_graph *graph, const wp_path_query *query, wpi_scratch *scratch,
                             wp_withheld *out, wp_error *err)
{
    wp_status status;
    wpi_policy bare = {.day = 0}, shared = {.day = 0};
    wp_paths *paths = NULL;
    WPI_TRY_OUT(build_bare(graph, query->day, &bare, err));
    WPI_TRY_OUT(wpi_policy_build(graph, WP_VIEW_SHARED, query->day, &shared, err));
    WPI_TRY_OUT(wpi_paths_find(graph, &bare, query, scratch, &paths, err));
    for (size_t i = 0; i < paths->count; i++)
        ++*place_of(&shared, &paths->items[i], out);
out:
    wpi_paths_free(paths);
    wpi_policy_free(&shared);
    wpi_policy_free(&bare);
    return status;
}
