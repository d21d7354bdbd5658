/*
 * Spreading labels that know their sides: see sided_reach.h.
 */
#include "path/sided_reach.h"

#include "base/heap.h"

/* A way to a person as an intermediary. */
typedef struct sided_label {
    uint64_t cost; /* the person's passage included */
    wpi_touch touch;
    uint32_t person;
    uint32_t hops;
    uint32_t before; /* number of another label of the person; 0: none */
} sided_label;

void wpi_sided_reach_init(wpi_sided_reach *reach, wpi_query *query, uint32_t hops_max,
                          bool is_by_hops)
{
    *reach = (wpi_sided_reach){.query = query,
                               .hops_max = hops_max,
                               .is_by_hops = is_by_hops,
                               .labels = WPI_ARRAY_OF(sided_label),
                               .queue = WPI_ARRAY_OF(wpi_heap_entry),
                               .ends = WPI_ARRAY_OF(wpi_sided_end)};
}

void wpi_sided_reach_free(wpi_sided_reach *reach)
{
    wpi_map_free(&reach->last);
    wpi_map_free(&reach->end_at);
    wpi_array_free(&reach->labels);
    wpi_array_free(&reach->queue);
    wpi_array_free(&reach->ends);
}

static wp_status offer_end(wpi_sided_reach *reach, const wpi_sided_end *end, wp_error *err)
{
    uint64_t *at = NULL;
    bool is_new = false;
    WPI_TRY(wpi_map_put(&reach->end_at, end->person, reach->ends.count, &at, &is_new, err));
    if (is_new)
        return wpi_array_push(&reach->ends, end, err);
    wpi_sided_end *known = &WPI_ARRAY_AT(&reach->ends, wpi_sided_end, *at);
    if (end->cost < known->cost || (end->cost == known->cost && end->hops < known->hops))
        *known = *end;
    return WP_OK;
}

/* Whether one label serves for all that another does. */
static bool serves_for(const wpi_sided_reach *reach, const sided_label *one,
                       const sided_label *other)
{
    bool is_as_cheap =
        one->cost < other->cost || (one->cost == other->cost && one->hops <= other->hops);
    bool is_as_short = reach->hops_max == UINT32_MAX || one->hops <= other->hops;
    return is_as_cheap && is_as_short && wpi_touch_is_within(one->touch, other->touch);
}

/* Whether a label of the same person serves for one; `last` is the number of the person's last. */
static bool is_served(const wpi_sided_reach *reach, const sided_label *label, uint64_t last)
{
    const sided_label *items = reach->labels.items;
    for (uint64_t at = last; at != 0; at = items[at - 1].before)
        if (&items[at - 1] != label && serves_for(reach, &items[at - 1], label))
            return true;
    return false;
}

static wp_status add_label(wpi_sided_reach *reach, sided_label label, wp_error *err)
{
    uint64_t *last = NULL;
    WPI_TRY(wpi_map_put(&reach->last, label.person, 0, &last, NULL, err));
    if (is_served(reach, &label, *last))
        return WP_OK;
    label.before = (uint32_t)*last;
    WPI_TRY(wpi_array_push(&reach->labels, &label, err));
    *last = reach->labels.count;
    wpi_heap_entry entry = {label.cost, label.hops, (uint32_t)reach->labels.count - 1};
    return wpi_heap_push(&reach->queue, entry, err);
}

/* Go on from a label over a tie. */
static wp_status offer(wpi_sided_reach *reach, const sided_label *from, const wpi_hop *hop,
                       wp_error *err)
{
    wpi_view *view = &reach->query->view;
    uint64_t passage = 0;
    sided_label label = {
        .cost = from->cost + (reach->is_by_hops ? 1 : hop->cost),
        .touch = wpi_touch_both(from->touch, wpi_touch_of(&view->policy->sight, hop->other)),
        .person = hop->other,
        .hops = from->hops + 1};
    if (wpi_touch_is_forbidden(label.touch))
        return WP_OK;
    wpi_sided_end end = {label.cost, label.person, label.hops};
    WPI_TRY(offer_end(reach, &end, err));
    if (label.hops >= reach->hops_max || !wpi_view_is_intermediary(view, hop->other))
        return WP_OK;
    if (!reach->is_by_hops)
        WPI_TRY(wpi_view_passage(view, hop->other, label.hops, &passage, err));
    label.cost += passage;
    if (!reach->is_by_hops && label.cost > reach->query->cost_limit)
        return WP_OK;
    return add_label(reach, label, err);
}

/* The bytes of all labels and ends. */
static size_t bytes_of(const wpi_sided_reach *reach)
{
    return wpi_map_bytes(&reach->last) + wpi_map_bytes(&reach->end_at) +
           reach->labels.capacity * sizeof(sided_label) +
           reach->queue.capacity * sizeof(wpi_heap_entry) +
           reach->ends.capacity * sizeof(wpi_sided_end);
}

static wp_status spread(wpi_sided_reach *reach, sided_label from, wp_error *err)
{
    wpi_walk walk;
    wpi_hop hop;
    wp_status status;
    uint64_t room = reach->is_by_hops ? UINT64_MAX : reach->query->cost_limit - from.cost;
    reach->query->meter.memory_bytes = bytes_of(reach);
    WPI_TRY(wpi_view_begin(&reach->query->view, from.person, false, &walk, err));
    while ((status = wpi_view_next(&walk, room, &hop, err)) == WP_OK)
        if ((hop.roles & WPI_ROLE_SOURCE) == 0)
            WPI_TRY(offer(reach, &from, &hop, err));
    return status == WP_ENOTFOUND ? WP_OK : status;
}

wp_status wpi_sided_reach_run(wpi_sided_reach *reach, wp_error *err)
{
    const wpi_sight *sight = &reach->query->view.policy->sight;
    for (size_t i = 0; i < reach->query->source_list.count; i++) {
        uint32_t person = WPI_ARRAY_AT(&reach->query->source_list, uint32_t, i);
        sided_label source = {.person = person, .touch = wpi_touch_of(sight, person)};
        if (!wpi_touch_is_forbidden(source.touch))
            WPI_TRY(spread(reach, source, err));
    }
    while (reach->queue.count > 0) {
        wpi_heap_entry next = wpi_heap_pop(&reach->queue);
        const sided_label *label = &WPI_ARRAY_AT(&reach->labels, sided_label, next.item);
        if (!is_served(reach, label, *wpi_map_find(&reach->last, label->person)))
            WPI_TRY(spread(reach, *label, err));
    }
    return WP_OK;
}
