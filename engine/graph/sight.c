/*
 * Which ties a viewer may see: see sight.h.
 */
#include "graph/sight.h"

wp_status wpi_sight_build(wpi_graph *graph, uint32_t viewer, int32_t day, wpi_sight *out,
                          wp_error *err)
{
    *out = (wpi_sight){.viewer = viewer, .barriers = WPI_ARRAY_OF(wpi_sides)};
    if (viewer == WP_VIEW_ALL)
        return WP_OK;
    WPI_TRY(wpi_private_sets(graph, viewer, &out->private_pairs, &out->has_private, err));
    WPI_TRY(wpi_barrier_sides(graph, day, &out->barriers, err));
    for (size_t i = 0; i < out->barriers.count; i++)
        for (int side = 0; side < 2; side++)
            WPI_TRY(wpi_bitset_unite(&out->sided, &wpi_sight_barrier(out, i)->of[side], err));
    return WP_OK;
}

void wpi_sight_free(wpi_sight *sight)
{
    for (size_t i = 0; i < sight->barriers.count; i++)
        for (int side = 0; side < 2; side++)
            wpi_bitset_free(&WPI_ARRAY_AT(&sight->barriers, wpi_sides, i).of[side]);
    wpi_array_free(&sight->barriers);
    wpi_bitset_free(&sight->sided);
    wpi_map_free(&sight->private_pairs);
    wpi_bitset_free(&sight->has_private);
}

wp_status wpi_sight_is_open(wpi_graph *graph, bool *is_open, wp_error *err)
{
    uint64_t private_ties = 0, barriers = 0;
    WPI_TRY(wpi_store_count(graph->txn, WPI_TABLE_PRIVATE, &private_ties, err));
    WPI_TRY(wpi_store_count(graph->txn, WPI_TABLE_BARRIER, &barriers, err));
    *is_open = private_ties == 0 && barriers == 0;
    return WP_OK;
}

bool wpi_sight_concerns(const wpi_sight *sight, uint32_t person)
{
    /* Whoever stands on both sides of a barrier has no tie that is seen, with whomever. */
    return sight->barriers.count > 0 || wpi_bitset_has(&sight->has_private, person);
}

bool wpi_sight_hides(const wpi_sight *sight, uint32_t a, uint32_t b)
{
    if (wpi_sight_is_private(sight, a, b))
        return true;
    bool is_sided = wpi_bitset_has(&sight->sided, a) || wpi_bitset_has(&sight->sided, b);
    for (size_t i = 0; i < sight->barriers.count && is_sided; i++) {
        const wpi_bitset *of = wpi_sight_barrier(sight, i)->of;
        bool has[2] = {wpi_bitset_has(&of[0], a) || wpi_bitset_has(&of[0], b),
                       wpi_bitset_has(&of[1], a) || wpi_bitset_has(&of[1], b)};
        if (has[0] && has[1])
            return true;
    }
    return false;
}
