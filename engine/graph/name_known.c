/*
 * How well we know somebody: the warmest tie from one of us.
 *
 * Exactly, for one person: the arcs of the person's own list that lead to us, cheapest first; the
 * tie itself is read only while an arc's cost on the day of the list is below the best tie found,
 * since later costs are not lower. Roughly, for choosing among many: the first arcs of the lists of
 * each of us, as they stand in them.
 */
#include "graph/adjacency.h"
#include "graph/name_search.h"
#include "graph/person.h"
#include "graph/tie.h"

#define ARCS_MAX 40000
#define ARCS_OF_ONE_MIN 16
#define ARCS_OF_PERSON_MAX 4096 /* of a list; hubs beyond are known well enough by then */

static wp_status read_us(wpi_name_search *search, wpi_array *people, wp_error *err)
{
    WPI_TRY(wpi_person_us(search->graph, search->day, people, err));
    if (search->has_us)
        return WP_OK;
    for (size_t i = 0; i < people->count; i++)
        WPI_TRY(wpi_bitset_add(&search->us, WPI_ARRAY_AT(people, uint32_t, i), err));
    search->has_us = true;
    return WP_OK;
}

static wp_status add_known(wpi_name_search *search, uint32_t one_of_us, size_t most, wp_error *err)
{
    wpi_neighbours neighbours;
    wpi_arc_hot arc;
    uint32_t at = 0;
    uint64_t *cost;
    WPI_TRY(wpi_adjacency_find(search->graph, one_of_us, &neighbours, err));
    for (size_t i = 0; i < most && wpi_neighbours_next(&neighbours, &at, &arc);) {
        if (wpi_sight_hides(search->sight, one_of_us, arc.other))
            continue;
        i++;
        WPI_TRY(wpi_map_put(&search->known, arc.other, arc.cost[0], &cost, NULL, err));
        *cost = arc.cost[0] < *cost ? arc.cost[0] : *cost;
        WPI_TRY(wpi_bitset_add(&search->known_people, arc.other, err));
    }
    return WP_OK;
}

wp_status wpi_name_read_known(wpi_name_search *search, wp_error *err)
{
    wp_status status = WP_OK;
    wpi_array people = WPI_ARRAY_OF(uint32_t);
    if (search->has_known)
        return WP_OK;
    WPI_TRY_OUT(read_us(search, &people, err));
    size_t each = people.count == 0 ? 0 : ARCS_MAX / people.count;
    each = each < ARCS_OF_ONE_MIN ? ARCS_OF_ONE_MIN : each;
    for (size_t i = 0; i < people.count && i < ARCS_MAX / ARCS_OF_ONE_MIN; i++)
        WPI_TRY_OUT(add_known(search, WPI_ARRAY_AT(&people, uint32_t, i), each, err));
    search->has_known = true;
out:
    wpi_array_free(&people);
    return status;
}

/* Whether the costs of a list are lower bounds on a day: those of a day before the list's can have
 * been lower. */
static bool is_bound_on(const wpi_arc_list *list, int32_t day)
{
    return list->count == 0 || list->cold == NULL || list->day <= day;
}

static bool is_warmer(const wp_tie *tie, const wp_tie *than)
{
    return tie->cost < than->cost || (tie->cost == than->cost && tie->from < than->from);
}

wp_status wpi_name_warmest(wpi_name_search *search, uint32_t person, wp_tie *out, uint32_t *ties,
                           wp_error *err)
{
    wp_status status = WP_OK;
    wpi_array people = WPI_ARRAY_OF(uint32_t);
    wpi_neighbours neighbours;
    wpi_arc_hot arc;
    uint32_t at = 0;
    *out = (wp_tie){.cost = WP_COST_NONE};
    *ties = 0;
    if (!search->has_us)
        WPI_TRY_OUT(read_us(search, &people, err));
    WPI_TRY_OUT(wpi_adjacency_find(search->graph, person, &neighbours, err));
    bool is_bound = is_bound_on(&neighbours.base, search->day) &&
                    is_bound_on(&neighbours.delta.list, search->day);
    while (*ties < ARCS_OF_PERSON_MAX && wpi_neighbours_next(&neighbours, &at, &arc)) {
        wp_tie tie;
        if (wpi_sight_hides(search->sight, person, arc.other))
            continue;
        ++*ties;
        bool is_dearer =
            is_bound && (arc.flags & WPI_ARC_INTRICATE) == 0 && arc.cost[1] > out->cost;
        if (!wpi_bitset_has(&search->us, arc.other) || is_dearer)
            continue;
        status = wpi_tie_read_strength(search->graph, arc.other, person, search->day, &tie, err);
        if (status == WP_ENOTFOUND) {
            status = WP_OK; /* not met yet on the day */
            continue;
        }
        WPI_TRY_OUT(status);
        if (tie.cost != WP_COST_NONE && is_warmer(&tie, out))
            *out = tie;
    }
out:
    wpi_array_free(&people);
    return status;
}
