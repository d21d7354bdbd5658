/*
 * The two-sided search without a limit of hops, for the k best introducers.
 *
 * Forward labels spread from the sources, cheapest first; backward labels from the targets, one for
 * each person and last introducer. Where a person has both, a total is known. A list is read no
 * further than a tie can still help: what was spent, the tie, and the cheapest open label of the
 * other side must not exceed the bound. That is sound because totals are noted when a label is set,
 * on either side (Nicholson 1966; the cut by the other side's minimum follows from the proof that
 * the search may stop when both minima together exceed the bound).
 *
 * Afterwards the forward labels are completed along the cheapest ways found, so that paths are
 * traced as after any other search: from each person where such a way is known on both sides, over
 * the ties by which one backward label follows exactly from another.
 */
#include <assert.h>

#include "base/heap.h"
#include "path/back.h"
#include "path/search.h"
#include "rules/path_cost.h"

#define BATCH 32
#define NEXT 5u /* of a queue: the first and the children of that in the heap */
#define LINES 4
#define GRACE_STEPS 20000 /* ties, a millisecond or two */

/* A person with labels on both sides. */
typedef struct meeting {
    uint64_t total;
    uint32_t person;
    uint32_t root;
} meeting;

typedef struct any_search {
    wpi_search *search;
    wpi_labels *labels; /* forward */
    wpi_back back;
    wpi_array meetings; /* of meeting */
    uint64_t relay;
} any_search;

static wp_status meet(any_search *any, uint32_t person, uint32_t root, uint64_t total,
                      wp_error *err)
{
    meeting met = {total, person, root};
    if (total > wpi_search_bound(any->search)) {
        any->search->was_cut = true;
        return WP_OK;
    }
    WPI_TRY(wpi_array_push(&any->meetings, &met, err));
    return wpi_search_offer(any->search, root, total, err);
}

/* The load of an intermediary. */
static wp_status load_of(any_search *any, uint32_t person, uint64_t *load, wp_error *err)
{
    return wpi_view_passage(any->search->view, person, 1, load, err);
}

static wp_status offer_forward(any_search *any, uint32_t person, uint64_t cost, uint32_t hops,
                               wp_error *err)
{
    uint64_t load;
    bool is_better;
    WPI_TRY(load_of(any, person, &load, err));
    wpi_label label = {.cost = cost + load, .person = person, .hops = hops};
    if (label.cost > wpi_search_bound(any->search)) {
        any->search->was_cut = true;
        return WP_OK;
    }
    WPI_TRY(wpi_labels_offer(any->labels, &label, &is_better, err));
    if (!is_better)
        return WP_OK;
    const wpi_back_label *back = wpi_back_first(&any->back, person);
    for (; back != NULL; back = wpi_back_next(&any->back, back))
        WPI_TRY(meet(any, person, back->root, label.cost + back->cost, err));
    return WP_OK;
}

static wp_status offer_backward(any_search *any, uint32_t person, uint32_t root, uint64_t cost,
                                wp_error *err)
{
    bool is_better;
    if (cost > wpi_search_bound(any->search)) {
        any->search->was_cut = true;
        return WP_OK;
    }
    wpi_back_label offer = {.cost = cost, .person = person, .root = root};
    WPI_TRY(wpi_back_offer(&any->back, &offer, any->search->k, &is_better, err));
    const wpi_label *label = is_better ? wpi_labels_only(any->labels, person) : NULL;
    return label == NULL ? WP_OK : meet(any, person, root, label->cost + cost, err);
}

/* What a tie may cost beside what is spent; false when nothing. */
static bool has_room(const any_search *any, uint64_t spent, uint64_t other_side, uint64_t *room)
{
    uint64_t bound = wpi_search_bound(any->search);
    bool has_room = other_side <= bound && spent <= bound - other_side;
    any->search->was_cut |= !has_room && other_side != UINT64_MAX;
    *room = has_room ? bound - other_side - spent : 0;
    return has_room;
}

/* The next ties of a walk that cost at most `room`, with what offers to the people behind them will
 * read on the way to the cache. */
static wp_status next_batch(const any_search *any, wpi_walk *walk, uint64_t room, uint32_t root,
                            wpi_hop *hops, size_t *count, wp_error *err)
{
    wpi_wanted wanted = {room, NULL, BATCH};
    wp_status status = wpi_view_take(walk, &wanted, hops, count, err);
    for (size_t i = 0; i < *count; i++) {
        wpi_labels_prefetch(any->labels, hops[i].other);
        wpi_back_prefetch(&any->back, hops[i].other, root);
    }
    return status;
}

/* Offer the neighbours of a source (hops 0) or of a settled intermediary. */
static wp_status spread_forward(any_search *any, const wpi_label *from, wp_error *err)
{
    wpi_walk walk;
    wpi_hop batch[BATCH];
    size_t count;
    uint64_t room, spent = from->cost + (from->hops > 0 ? any->relay : 0);
    wp_status status = WP_OK;
    WPI_TRY(wpi_view_begin(any->search->view, from->person, false, &walk, err));
    while (status == WP_OK && has_room(any, spent, wpi_heap_cost(&any->back.queue), &room)) {
        status = next_batch(any, &walk, room, 0, batch, &count, err);
        for (size_t i = 0; i < count; i++)
            WPI_TRY(offer_forward(any, batch[i].other, spent + batch[i].cost, from->hops + 1, err));
    }
    any->search->was_cut |= walk.was_cut;
    return status == WP_ENOTFOUND ? WP_OK : status;
}

static wp_status spread_backward(any_search *any, const wpi_back_label *from, wp_error *err)
{
    wpi_walk walk;
    wpi_hop batch[BATCH];
    size_t count;
    uint64_t room, load;
    wp_status status = WP_OK;
    WPI_TRY(load_of(any, from->person, &load, err));
    uint64_t spent = from->cost + load + any->relay;
    WPI_TRY(wpi_view_begin(any->search->view, from->person, true, &walk, err));
    while (status == WP_OK && has_room(any, spent, wpi_heap_cost(&any->labels->queue), &room)) {
        status = next_batch(any, &walk, room, from->root, batch, &count, err);
        for (size_t i = 0; i < count; i++)
            WPI_TRY(offer_backward(any, batch[i].other, from->root, spent + batch[i].cost, err));
    }
    any->search->was_cut |= walk.was_cut;
    return status == WP_ENOTFOUND ? WP_OK : status;
}

/* Have the lists of those who are next in a queue fetched: of the first the list, of those right
 * behind the entry of the index. */
static void fetch_ahead(const any_search *any, bool is_forward)
{
    const wpi_view *view = any->search->view;
    const wpi_array *queue = is_forward ? &any->labels->queue : &any->back.queue;
    for (size_t i = 0; i < queue->count && i < NEXT; i++) {
        uint32_t item = WPI_ARRAY_AT(queue, wpi_heap_entry, i).item;
        uint32_t person = is_forward ? WPI_ARRAY_AT(&any->labels->labels, wpi_label, item).person
                                     : WPI_ARRAY_AT(&any->back.labels, wpi_back_label, item).person;
        if (i == 0)
            wpi_view_prefetch_list(view, person, LINES);
        else
            wpi_view_prefetch(view, person);
    }
}

static wp_status start(any_search *any, wp_error *err)
{
    const wpi_scratch *scratch = any->search->scratch;
    for (size_t i = 0; i < scratch->closings.count; i++) {
        const wpi_closing *closing = &WPI_ARRAY_AT(&scratch->closings, wpi_closing, i);
        if (wpi_level_cost(&scratch->closing, closing->introducer) == closing->cost)
            WPI_TRY(
                offer_backward(any, closing->introducer, closing->introducer, closing->cost, err));
    }
    for (size_t i = 0; i < any->search->source_count; i++) {
        wpi_label source = {.person = any->search->sources[i]};
        WPI_TRY(spread_forward(any, &source, err));
    }
    return WP_OK;
}

static wp_status run(any_search *any, wp_error *err)
{
    WPI_TRY(start(any, err));
    for (;;) {
        wpi_label label;
        wpi_back_label back;
        wp_status status;
        uint64_t ahead = wpi_heap_cost(&any->labels->queue);
        uint64_t behind = wpi_heap_cost(&any->back.queue);
        uint64_t bound = wpi_search_bound(any->search);
        if (ahead > bound || behind > bound - ahead) {
            any->search->was_cut |= ahead != UINT64_MAX && behind != UINT64_MAX;
            return WP_OK;
        }
        if (any->labels->queue.count <= any->back.queue.count) {
            status = wpi_labels_settle(any->labels, &label, err);
            fetch_ahead(any, true);
            if (status == WP_OK)
                status = spread_forward(any, &label, err);
        } else {
            status = wpi_back_settle(&any->back, any->search->k, &back);
            fetch_ahead(any, false);
            if (status == WP_OK)
                status = spread_backward(any, &back, err);
        }
        if (status != WP_ENOTFOUND)
            WPI_TRY(status);
        any->search->view->meter->memory_bytes =
            wpi_scratch_bytes(any->search->scratch) + wpi_back_bytes(&any->back);
    }
}

/* Whether a person with this label lies on a cheapest way to a root. */
static bool is_on_way(const any_search *any, uint64_t cost, const wpi_back_label *back)
{
    const uint64_t *total = wpi_map_find(&any->search->scratch->totals, back->root);
    return total != NULL && *total == cost + back->cost && *total <= wpi_search_bound(any->search);
}

/* Offer the next people on the cheapest way to one root. */
static wp_status complete_to(any_search *any, const wpi_label *from, const wpi_back_label *back,
                             wp_error *err)
{
    wpi_walk walk;
    wpi_hop hop;
    wp_status status;
    bool is_better;
    if (back->cost < any->relay)
        return WP_OK; /* the root itself, or nothing in between */
    WPI_TRY(wpi_view_begin(any->search->view, from->person, false, &walk, err));
    while ((status = wpi_view_next(&walk, back->cost - any->relay, &hop, err)) == WP_OK) {
        uint64_t after = wpi_back_cost(&any->back, hop.other, back->root), load;
        if ((hop.roles & WPI_ROLE_END) != 0 || after == UINT64_MAX)
            continue;
        WPI_TRY(load_of(any, hop.other, &load, err));
        uint64_t step = any->relay + hop.cost + load;
        wpi_label next = {.cost = from->cost + step, .person = hop.other, .hops = from->hops + 1};
        if (step + after == back->cost)
            WPI_TRY(wpi_labels_offer(any->labels, &next, &is_better, err));
    }
    return status == WP_ENOTFOUND ? WP_OK : status;
}

/* Put the people where cheapest ways meet back into the queue of forward labels. */
static wp_status reopen(any_search *any, wp_error *err)
{
    any->labels->queue.count = 0;
    for (size_t i = 0; i < any->meetings.count; i++) {
        const meeting *met = &WPI_ARRAY_AT(&any->meetings, meeting, i);
        const uint64_t *total = wpi_map_find(&any->search->scratch->totals, met->root);
        if (total != NULL && *total == met->total)
            WPI_TRY(wpi_labels_reopen(any->labels, met->person, err));
    }
    return WP_OK;
}

static wp_status complete(any_search *any, wp_error *err)
{
    wpi_label label;
    wp_status status;
    WPI_TRY(reopen(any, err));
    while ((status = wpi_labels_settle(any->labels, &label, err)) == WP_OK) {
        const wpi_back_label *back = wpi_back_first(&any->back, label.person);
        for (; back != NULL; back = wpi_back_next(&any->back, back))
            if (is_on_way(any, label.cost, back))
                WPI_TRY(complete_to(any, &label, back, err));
    }
    return status == WP_ENOTFOUND ? WP_OK : status;
}

wp_status wpi_search_any(wpi_search *search, wp_error *err)
{
    wpi_view *view = search->view;
    any_search any = {.search = search,
                      .labels = &search->scratch->labels,
                      .meetings = WPI_ARRAY_OF(meeting),
                      .relay = view->is_plain ? 0 : WPI_COST_RELAY};
    assert(search->hops_max == UINT32_MAX && search->k != SIZE_MAX);
    any.labels->has_hop_limit = false;
    wpi_back_init(&any.back);
    wp_status status = run(&any, err);
    bool is_limit = wpi_meter_is_limit(status);
    if (status == WP_OK || is_limit) {
        /* Once a limit was met, as much is completed as takes no time. */
        wp_limits limits = view->meter->limits;
        if (is_limit)
            view->meter->limits = (wp_limits){.steps_max = view->meter->steps + GRACE_STEPS};
        wp_status completed = complete(&any, err);
        view->meter->limits = limits;
        if (completed != WP_OK && !(is_limit && wpi_meter_is_limit(completed)))
            status = completed;
    }
    wpi_back_free(&any.back);
    wpi_array_free(&any.meetings);
    return status;
}
