/*
 * Expanding people through the neighbour view: see neighbours.h.
 *
 * What an expansion waits for is memory: for the entry of the index, then for the list. Of many
 * people, both are fetched a few people ahead.
 */
#include "path/neighbours.h"

#define LINES 16 /* fetched of a list, most of which are shorter */
#define AHEAD_INDEX 16
#define AHEAD_LISTS 5

void wpi_expansion_begin(wpi_expansion *self, wpi_graph *graph, const wpi_policy *policy,
                         int32_t day, bool is_inbound, uint32_t cost_max)
{
    self->meter = (wpi_meter){.steps = 0};
    self->roles = (wpi_roles){.slots = NULL};
    self->is_inbound = is_inbound;
    self->view = (wpi_view){.graph = graph,
                            .policy = policy,
                            .meter = &self->meter,
                            .day = day,
                            .cost_max = cost_max,
                            .is_plain = true, /* so it never learns loads */
                            .is_open_ended = true,
                            .roles = &self->roles};
    wpi_view_init(&self->view, false);
}

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

/* Walk the ties that were not taken at once: when any were, of the base list alone. */
static wp_status copy_rest(wpi_expansion *self, uint32_t person, const wpi_open_take *from,
                           wp_neighbour *out, size_t capacity, size_t *count, wp_error *err)
{
    wpi_walk walk;
    wpi_hop hop;
    wp_status status = WP_OK;
    wpi_view *view = &self->view;
    const wpi_sight *sight = &view->policy->sight;
    size_t found = from->taken;
    WPI_TRY(wpi_view_begin_any(view, person, self->is_inbound, &walk, err));
    walk.index = from->looked_at;
    do {
        size_t taken = 0;
        if (found < capacity)
            WPI_TRY(wpi_view_take_many(&walk, out + found, capacity - found, &taken, err));
        if (taken > 0) {
            found += drop_hidden(sight, person, out + found, taken);
            status = wpi_walk_is_over(&walk) ? WP_ENOTFOUND : WP_OK;
            continue;
        }
        status = wpi_view_next(&walk, view->cost_max, &hop, err);
        if (status == WP_OK && sight->barriers.count > 0 &&
            wpi_sight_hides(sight, person, hop.other))
            continue;
        if (status == WP_OK && found < capacity)
            out[found] = (wp_neighbour){hop.other, hop.cost};
        found += status == WP_OK ? 1 : 0;
    } while (status == WP_OK);
    *count = found;
    return status == WP_ENOTFOUND ? WP_OK : status;
}

static wp_status copy(wpi_expansion *self, uint32_t person, wp_neighbour *out, size_t capacity,
                      size_t *count, wp_error *err)
{
    wpi_open_take take = {.out = out, .room = capacity};
    WPI_TRY(wpi_view_take_open(&self->view, person, self->is_inbound, &take, err));
    *count = take.taken;
    return take.is_over ? WP_OK : copy_rest(self, person, &take, out, capacity, count, err);
}

/* Whoever is hidden has no number; where nobody is, and no number stands for another, one that is
 * in use is its own. */
static wp_status resolve(const wpi_expansion *self, uint32_t *person, wp_error *err)
{
    wpi_graph *graph = self->view.graph;
    if (self->view.is_open && wpi_party_is_canonical(graph, *person))
        return WP_OK;
    return wpi_sight_resolve(&self->view.policy->sight, graph, WPI_PERSON, *person, person, err);
}

wp_status wpi_neighbours_copy(wpi_expansion *self, uint32_t person, wp_neighbour *out,
                              size_t capacity, size_t *count, wp_error *err)
{
    WPI_TRY(resolve(self, &person, err));
    return copy(self, person, out, capacity, count, err);
}

static void fetch_index(const wpi_expansion *self, const wpi_neighbours_many *many, size_t at)
{
    if (at < many->people_count)
        wpi_view_prefetch(&self->view, many->people[at]);
}

static void fetch_list(const wpi_expansion *self, const wpi_neighbours_many *many, size_t at)
{
    if (at < many->people_count)
        wpi_view_prefetch_list(&self->view, many->people[at], LINES);
}

static void fetch_first(const wpi_expansion *self, const wpi_neighbours_many *many)
{
    for (size_t i = 0; i < AHEAD_INDEX; i++)
        fetch_index(self, many, i);
    for (size_t i = 0; i < AHEAD_LISTS; i++)
        fetch_list(self, many, i);
}

wp_status wpi_neighbours_copy_many(wpi_expansion *self, wpi_neighbours_many *many, wp_error *err)
{
    size_t used = 0;
    fetch_first(self, many);
    for (; many->done < many->people_count; many->done++) {
        uint32_t person = many->people[many->done];
        size_t *count = &many->counts[many->done], room = many->capacity - used;
        fetch_index(self, many, many->done + AHEAD_INDEX);
        fetch_list(self, many, many->done + AHEAD_LISTS);
        WPI_TRY(resolve(self, &person, err));
        WPI_TRY(copy(self, person, room == 0 ? NULL : many->out + used, room, count, err));
        if (*count > room)
            return WP_OK;
        used += *count;
    }
    return WP_OK;
}
