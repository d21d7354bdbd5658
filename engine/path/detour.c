/*
 * Following ways backwards from an introducer: see detour.h.
 */
#include "path/detour.h"

#include <assert.h>
#include <stdlib.h>

#include "base/heap.h"
#include "rules/path_cost.h"

/* A partial way: from a person on to a target, by way of the introducer. */
typedef struct detour_step {
    uint64_t rest;   /* what it costs without the person's own passage */
    wpi_touch touch; /* the person and the target included */
    uint32_t person; /* 0: it is whole, and `rest` is its total */
    uint32_t ties;   /* from the person to the introducer */
    uint32_t before; /* number of another one followed at the same person; 0: none */
} detour_step;

void wpi_detour_init(wpi_detour *detour, wpi_search *search)
{
    *detour = (wpi_detour){.search = search,
                           .steps = WPI_ARRAY_OF(detour_step),
                           .queue = WPI_ARRAY_OF(wpi_heap_entry)};
}

void wpi_detour_free(wpi_detour *detour)
{
    wpi_array_free(&detour->steps);
    wpi_array_free(&detour->queue);
    wpi_map_free(&detour->last);
}

/* What the way from the sources to a person with at most so many ties costs at least, the person's
 * passage included; UINT64_MAX when nothing within the bound leads there. */
static uint64_t least_before(const wpi_detour *detour, uint32_t person, uint32_t hops_max)
{
    const wpi_search *search = detour->search;
    uint64_t least = UINT64_MAX;
    if (search->hops_max == UINT32_MAX) {
        uint32_t hops = wpi_search_hops(search, person);
        return hops == 0 ? UINT64_MAX : wpi_search_cost(search, person, hops);
    }
    for (uint32_t hops = 1; hops <= hops_max; hops++) {
        uint64_t cost = wpi_search_cost(search, person, hops);
        bool is_half_level = search->has_levels && hops > 1 && hops + 2 == search->hops_max;
        if (cost == UINT64_MAX && is_half_level)
            cost = detour->unlabelled;
        least = cost < least ? cost : least;
    }
    return least;
}

/* Add a partial way whose person stands before one that touches `after`, unless it is beyond the
 * bound or forbidden. `before`: the least that leads to the person. */
static wp_status push(wpi_detour *detour, detour_step step, uint32_t person, wpi_touch after,
                      uint64_t before, uint64_t bound, wp_error *err)
{
    if (before == UINT64_MAX || before + step.rest > bound)
        return WP_OK;
    step.touch = wpi_touch_both(after, wpi_touch_of(&detour->search->view->policy->sight, person));
    if (wpi_touch_is_forbidden(step.touch))
        return WP_OK;
    wpi_heap_entry entry = {before + step.rest, step.ties, (uint32_t)detour->steps.count};
    WPI_TRY(wpi_array_push(&detour->steps, &step, err));
    return wpi_heap_push(&detour->queue, entry, err);
}

/* Whether a way that was followed from the same person, after as many ties where these are limited,
 * serves as well: it came first, so it is not dearer. Otherwise this one is remembered. */
static wp_status is_dominated(wpi_detour *detour, uint32_t index, bool *is, wp_error *err)
{
    detour_step *items = detour->steps.items, *step = &items[index];
    uint64_t *last = NULL, ties = detour->search->hops_max == UINT32_MAX ? 0 : step->ties;
    *is = false;
    WPI_TRY(wpi_map_put(&detour->last, ties << 32 | step->person, 0, &last, NULL, err));
    for (uint64_t at = *last; at != 0 && !*is; at = items[at - 1].before)
        *is = wpi_touch_is_within(items[at - 1].touch, step->touch);
    step->before = (uint32_t)*last;
    if (!*is)
        *last = index + 1;
    return WP_OK;
}

/* How many ties may lead to the person of a step. */
static uint32_t hops_left(const wpi_detour *detour, uint32_t ties)
{
    uint32_t most = detour->search->hops_max;
    return most == UINT32_MAX ? most : most - 1 - ties;
}

/* Follow the ties into the person of a step. */
static wp_status follow(wpi_detour *detour, detour_step step, uint64_t bound, wp_error *err)
{
    wpi_walk walk;
    wpi_hop hop;
    uint64_t passage;
    wpi_view *view = detour->search->view;
    uint64_t relay = view->is_plain ? 0 : WPI_COST_RELAY;
    uint32_t left = hops_left(detour, step.ties);
    assert(left >= 1);
    WPI_TRY(wpi_view_passage(view, step.person, 1, &passage, err));
    uint64_t spent = step.rest + passage;
    wp_status status =
        spent > bound ? WP_ENOTFOUND : wpi_view_begin(view, step.person, true, &walk, err);
    while (status == WP_OK && (status = wpi_view_next(&walk, bound - spent, &hop, err)) == WP_OK) {
        bool is_source = (hop.roles & WPI_ROLE_SOURCE) != 0;
        if ((hop.roles & WPI_ROLE_TARGET) != 0 || (!is_source && left == 1))
            continue;
        detour_step next = {.rest = spent + hop.cost + (is_source ? 0 : relay),
                            .person = is_source ? 0 : hop.other,
                            .ties = step.ties + 1};
        uint64_t before = is_source ? 0 : least_before(detour, hop.other, left - 1);
        WPI_TRY(push(detour, next, hop.other, step.touch, before, bound, err));
    }
    return status == WP_ENOTFOUND ? WP_OK : status;
}

/* Begin with the ties from an introducer to the targets. */
static wp_status begin(wpi_detour *detour, const wpi_closing *closings, size_t count,
                       uint64_t bound, wp_error *err)
{
    const wpi_view *view = detour->search->view;
    const wpi_sight *sight = &view->policy->sight;
    uint32_t introducer = closings[0].introducer;
    bool is_source = (wpi_roles_of(view->roles, introducer) & WPI_ROLE_SOURCE) != 0;
    uint64_t before = is_source ? 0 : least_before(detour, introducer, hops_left(detour, 0));
    detour->steps.count = 0;
    detour->queue.count = 0;
    wpi_map_clear(&detour->last);
    for (size_t i = 0; i < count; i++) {
        detour_step step = {.rest = closings[i].cost, .person = is_source ? 0 : introducer};
        wpi_touch after = wpi_touch_of(sight, closings[i].target);
        WPI_TRY(push(detour, step, introducer, after, before, bound, err));
    }
    return WP_OK;
}

/* Tell the meter what the ways of one introducer take beside the search. */
static void report_memory(const wpi_detour *detour)
{
    detour->search->view->meter->memory_bytes = detour->search_bytes +
                                                wpi_map_bytes(&detour->last) +
                                                detour->steps.capacity * sizeof(detour_step) +
                                                detour->queue.capacity * sizeof(wpi_heap_entry);
}

/* The best total within a bound by way of the introducer of some closings; UINT64_MAX: none. */
static wp_status find(wpi_detour *detour, const wpi_closing *closings, size_t count, uint64_t bound,
                      uint64_t *total, wp_error *err)
{
    bool is_known;
    *total = UINT64_MAX;
    WPI_TRY(begin(detour, closings, count, bound, err));
    while (detour->queue.count > 0) {
        wpi_heap_entry next = wpi_heap_pop(&detour->queue);
        detour_step step = WPI_ARRAY_AT(&detour->steps, detour_step, next.item);
        if (step.person == 0) {
            *total = step.rest;
            return WP_OK;
        }
        report_memory(detour);
        WPI_TRY(is_dominated(detour, next.item, &is_known, err));
        if (!is_known)
            WPI_TRY(follow(detour, step, bound, err));
    }
    return WP_OK;
}

/* *total: the introducer's best total whatever it touches; what it is replaced by. The last level
 * before those of introducers has labels up to half of the bound, and those of the best ways. */
static wp_status find_either(wpi_detour *detour, const wpi_closing *closings, size_t count,
                             uint64_t *total, wp_error *err)
{
    uint64_t bound = wpi_search_bound(detour->search);
    detour->unlabelled = UINT64_MAX;
    WPI_TRY(find(detour, closings, count, *total, total, err));
    detour->unlabelled = bound / 2;
    return *total != UINT64_MAX ? WP_OK : find(detour, closings, count, bound, total, err);
}

static int compare_closing(const void *a, const void *b)
{
    const wpi_closing *x = a, *y = b;
    if (x->introducer != y->introducer)
        return x->introducer < y->introducer ? -1 : 1;
    return x->cost < y->cost ? -1 : x->cost > y->cost;
}

wp_status wpi_detour_totals(wpi_detour *detour, wpi_array *out, wp_error *err)
{
    const wpi_search *search = detour->search;
    wpi_array *closings = &search->scratch->closings;
    const wpi_closing *items = closings->items;
    detour->search_bytes = wpi_scratch_bytes(search->scratch);
    if (closings->count > 1)
        qsort(closings->items, closings->count, sizeof(wpi_closing), compare_closing);
    for (size_t i = 0, next; i < closings->count; i = next) {
        for (next = i + 1; next < closings->count && items[next].introducer == items[i].introducer;)
            next++;
        const uint64_t *best = wpi_map_find(&search->scratch->totals, items[i].introducer);
        if (best == NULL)
            continue;
        wpi_total total = {*best, items[i].introducer};
        WPI_TRY(find_either(detour, &items[i], next - i, &total.cost, err));
        if (total.cost != UINT64_MAX)
            WPI_TRY(wpi_array_push(out, &total, err));
    }
    return WP_OK;
}
