/*
 * Expanding one person through the neighbour view: see neighbours.h.
 */
#include "path/neighbours.h"

#include "path/view.h"

#define LINES 32 /* fetched side by side */

/* Leave out whoever stands on the other side of a barrier; returns how many are left. */
static size_t drop_hidden(const wpi_sight *sight, uint32_t person, wp_neighbour *items,
                          size_t count)
{
    size_t kept = 0;
    if (sight->barriers.count == 0)
        return count;
    for (size_t i = 0; i < count; i++)
        if (!wpi_sight_hides(sight, person, items[i].person))
            items[kept++] = items[i];
    return kept;
}

wp_status wpi_neighbours_copy(wpi_graph *graph, const wpi_policy *policy, uint32_t person,
                              int32_t day, bool is_inbound, uint32_t cost_max, wp_neighbour *out,
                              size_t capacity, size_t *count, wp_error *err)
{
    wpi_walk walk;
    wpi_hop hop;
    wp_status status = WP_OK;
    wpi_meter meter = {.steps = 0};
    wpi_roles roles = {.slots = NULL};
    wpi_view view = {.graph = graph,
                     .policy = policy,
                     .meter = &meter,
                     .day = day,
                     .cost_max = cost_max,
                     .is_plain = true,
                     .is_open_ended = true,
                     .roles = &roles};
    size_t found = 0;
    wpi_view_init(&view, false);
    WPI_TRY(wpi_view_begin_any(&view, person, is_inbound, &walk, err));
    wpi_arc_list_prefetch(&walk.list, LINES);
    do {
        size_t taken = 0;
        if (found < capacity)
            WPI_TRY_OUT(wpi_view_take_many(&walk, out + found, capacity - found, &taken, err));
        found += drop_hidden(&policy->sight, person, out + found, taken);
        if (taken > 0)
            continue;
        status = wpi_view_next(&walk, cost_max, &hop, err);
        if (status == WP_OK && wpi_sight_hides(&policy->sight, person, hop.other))
            continue;
        if (status == WP_OK && found < capacity)
            out[found] = (wp_neighbour){hop.other, hop.cost};
        found += status == WP_OK ? 1 : 0;
    } while (status == WP_OK);
out:
    wpi_view_free(&view);
    *count = found;
    return status == WP_ENOTFOUND ? WP_OK : status;
}
