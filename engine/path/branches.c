/*
 * Barriers in searches: see branches.h.
 */
#include "path/branches.h"

#include <assert.h>

static bool are_all_on(const wpi_array *people, const wpi_bitset *side)
{
    bool is_all = people->count > 0;
    for (size_t i = 0; i < people->count && is_all; i++)
        is_all = wpi_bitset_has(side, WPI_ARRAY_AT(people, uint32_t, i));
    return is_all;
}

wp_status wpi_branches_begin(wpi_branches *branches, wpi_query *query, wp_error *err)
{
    wpi_branch first = {{0, 0}};
    *branches = (wpi_branches){.query = query,
                               .sight = &query->view.policy->sight,
                               .had_hidden = query->view.has_hidden,
                               .waiting = WPI_ARRAY_OF(wpi_branch)};
    assert(branches->sight->barriers.count <= WP_BARRIERS_MAX);
    for (size_t i = 0; i < branches->sight->barriers.count; i++)
        for (int side = 0; side < 2; side++) {
            const wpi_bitset *of = &wpi_sight_barrier(branches->sight, i)->of[side];
            if (are_all_on(&query->source_list, of) || are_all_on(&query->target_list, of))
                first.without[!side] |= UINT64_C(1) << i;
        }
    return wpi_array_push(&branches->waiting, &first, err);
}

void wpi_branches_free(wpi_branches *branches)
{
    wpi_bitset_free(&branches->hidden);
    wpi_array_free(&branches->waiting);
}

wp_status wpi_branches_next(wpi_branches *branches, wp_error *err)
{
    wpi_view *view = &branches->query->view;
    if (branches->waiting.count == 0)
        return WP_ENOTFOUND;
    branches->now = WPI_ARRAY_AT(&branches->waiting, wpi_branch, --branches->waiting.count);
    wpi_bitset_free(&branches->hidden);
    WPI_TRY(wpi_bitset_unite(&branches->hidden, &view->policy->hidden, err));
    for (size_t i = 0; i < branches->sight->barriers.count; i++)
        for (int side = 0; side < 2; side++)
            if ((branches->now.without[side] >> i & 1) != 0)
                WPI_TRY(wpi_bitset_unite(&branches->hidden,
                                         &wpi_sight_barrier(branches->sight, i)->of[side], err));
    view->hidden = &branches->hidden;
    view->has_hidden = branches->had_hidden || branches->hidden.count > 0;
    return WP_OK;
}

uint64_t wpi_branches_touched(const wpi_sight *sight, const uint32_t *people, size_t count)
{
    uint64_t touched = 0;
    for (size_t i = 0; i < sight->barriers.count; i++) {
        const wpi_sides *sides = wpi_sight_barrier(sight, i);
        bool has[2] = {false, false};
        for (size_t j = 0; j < count && !(has[0] && has[1]); j++)
            for (int side = 0; side < 2; side++)
                has[side] |= wpi_bitset_has(&sides->of[side], people[j]);
        touched |= (uint64_t)(has[0] && has[1]) << i;
    }
    return touched;
}

wp_status wpi_branches_split(wpi_branches *branches, unsigned barrier, wp_error *err)
{
    branches->has_split = true;
    for (int side = 0; side < 2; side++) {
        wpi_branch half = branches->now;
        assert((half.without[side] >> barrier & 1) == 0); /* or nobody of it would be found */
        half.without[side] |= UINT64_C(1) << barrier;
        WPI_TRY(wpi_array_push(&branches->waiting, &half, err));
    }
    return WP_OK;
}
