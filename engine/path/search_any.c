/*
 * The two-sided search without a limit of hops, for the k best introducers.
 *
 * Forward labels spread from the sources, cheapest first; backward labels from the targets, one for
 * each person and last introducer. Where a person has both, a total is known. The list of a settled
 * person is read only as far as the search has come: of the ties behind, the cheapest waits in a
 * queue beside the labels. So hardly more people are labelled than settled, whatever the bound.
 *
 * People are settled in fronts: those whose labels differ by less than what the cheapest step adds,
 * so that none of them leads to another (as in the buckets of Dinitz 1978). First the lists with
 * ties that lead into the front are read, then all of its people are settled and their lists asked
 * for. They are opened, that is their cheapest tie is put into the queue, when the side goes on;
 * until then that tie is taken to cost as little as any. A front of very many is done in parts.
 *
 * When the cheapest that wait on both sides exceed the bound together, one tie of a better way may
 * still be unread: from somebody settled ahead to somebody settled behind. The one of the two who
 * was settled first has it in the list, and the other costs no less than the other side had come to
 * at that time. So each list is read on as far as that leaves room within the bound, for people
 * with a label of the other side alone. (That totals are noted when a label is set, on either side,
 * is Nicholson 1966; lists that wait for their next tie are those of Dantzig 1960.)
 *
 * Afterwards the forward labels are completed along the cheapest ways found, so that paths are
 * traced as after any other search: from each person where such a way is known on both sides, over
 * the ties by which one backward label follows exactly from another.
 */
#include <assert.h>

#include "base/heap.h"
#include "path/search.h"
#include "rules/cost.h"
#include "rules/path_cost.h"

#define BATCH 32
#define FRONT_MAX 256 /* lists and people at once, so that limits are met in time */
#define LINES 2       /* fetched of a list */
#define JOINED 8      /* lists fetched together at the end */
#define LINES_JOINED 6
#define CHUNK_FIRST 120000u /* of cost: what is read of a list beyond the tie that waited */
#define GRACE_STEPS 20000   /* ties, a millisecond or two */

/* A person with labels on both sides. */
typedef struct meeting {
    uint64_t total;
    uint32_t person;
    uint32_t root;
} meeting;

/* One side of the search. */
typedef struct side {
    const wpi_array *labels; /* heap of open labels */
    wpi_frontier *frontier;
} side;

typedef struct any_search {
    wpi_search *search;
    wpi_labels *labels; /* forward */
    wpi_back *back;
    side ahead, behind;
    wpi_array meetings; /* of meeting */
    uint64_t relay;
    uint64_t width; /* of a front: the least that a label costs more than one it follows from */
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
    wpi_person_filter_add(&any->ahead.frontier->labelled, person);
    const wpi_back_label *back = wpi_back_first(any->back, person);
    for (; back != NULL; back = wpi_back_next(any->back, back))
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
    WPI_TRY(wpi_back_offer(any->back, &offer, any->search->k, &is_better, err));
    if (!is_better)
        return WP_OK;
    wpi_person_filter_add(&any->behind.frontier->labelled, person);
    const wpi_label *label = wpi_labels_only(any->labels, person);
    return label == NULL ? WP_OK : meet(any, person, root, label->cost + cost, err);
}

static bool is_ahead(const any_search *any, const side *from)
{
    return from == &any->ahead;
}

/* The least that a label settled from now on can cost; UINT64_MAX when there will be none. */
static uint64_t least_of(const side *it)
{
    uint64_t label = wpi_heap_cost(it->labels), unread = wpi_heap_cost(&it->frontier->unread);
    uint64_t least = label < unread ? label : unread;
    return least < it->frontier->unopened ? least : it->frontier->unopened;
}

/* What a tie may cost beside what is spent; false when nothing. */
static bool has_room(const any_search *any, const wpi_open_list *list, uint64_t *room)
{
    uint64_t bound = wpi_search_bound(any->search);
    bool has_room = list->other_side <= bound && list->spent <= bound - list->other_side;
    *room = has_room ? bound - list->other_side - list->spent : 0;
    return has_room;
}

/* Have what offers to these people will read brought into the cache. */
static void prefetch_labels(const any_search *any, const wpi_open_list *list, const wpi_hop *hops,
                            size_t count)
{
    for (size_t i = 0; i < count; i++) {
        wpi_labels_prefetch(any->labels, hops[i].other);
        wpi_back_prefetch(any->back, hops[i].other, list->root);
    }
}

/* Offer the ties of a list that cost at most wanted->bound. */
static wp_status read_list(any_search *any, const side *from, wpi_open_list *list,
                           wpi_wanted *wanted, wp_error *err)
{
    wpi_walk walk;
    wpi_hop hops[BATCH];
    size_t count;
    wp_status status = WP_OK;
    bool is_forward = is_ahead(any, from), is_last = wanted->only != NULL;
    WPI_TRY(wpi_view_begin(any->search->view, list->person, !is_forward, &walk, err));
    while (status == WP_OK) {
        status = wpi_view_take(&walk, wanted, hops, &count, err);
        prefetch_labels(any, list, hops, count);
        for (size_t i = 0; i < count; i++) {
            uint32_t other = hops[i].other;
            uint64_t cost = list->spent + hops[i].cost;
            if (hops[i].cost < list->left)
                continue; /* read before */
            if (is_last && (is_forward ? wpi_back_first(any->back, other) == NULL
                                       : wpi_labels_only(any->labels, other) == NULL))
                continue;
            WPI_TRY(is_forward ? offer_forward(any, other, cost, list->hops + 1, err)
                               : offer_backward(any, other, list->root, cost, err));
        }
    }
    list->left = wpi_view_left(&walk, wanted->bound);
    return status == WP_ENOTFOUND ? WP_OK : status;
}

/* Put a list into the queue, if anything is left in it. */
static wp_status wait(wpi_frontier *frontier, uint32_t index, wp_error *err)
{
    const wpi_open_list *list = &WPI_ARRAY_AT(&frontier->lists, wpi_open_list, index);
    wpi_heap_entry next = {list->spent + list->left, 0, index};
    return list->left == UINT64_MAX ? WP_OK : wpi_heap_push(&frontier->unread, next, err);
}

/* Read on in a list, as far as its ties lead into the front that ends there. */
static wp_status read_on(any_search *any, const side *from, uint32_t index, uint64_t end,
                         wp_error *err)
{
    uint64_t room;
    wpi_open_list list = WPI_ARRAY_AT(&from->frontier->lists, wpi_open_list, index);
    uint64_t into_front = end - 1 - list.spent, chunk = list.left + list.chunk;
    wpi_wanted wanted = {into_front > chunk ? into_front : chunk, NULL, BATCH};
    if (!has_room(any, &list, &room) || list.left > room)
        return WP_OK; /* what leads beyond the bound is not next; damaged files have such lists */
    if (wanted.bound > room)
        wanted.bound = room;
    WPI_TRY(read_list(any, from, &list, &wanted, err));
    list.chunk *= 2;
    WPI_ARRAY_AT(&from->frontier->lists, wpi_open_list, index) = list;
    return wait(from->frontier, index, err);
}

/* Let the cheapest tie of a source or of a settled person wait for the search. */
static wp_status open(any_search *any, const side *from, uint32_t index, wp_error *err)
{
    uint64_t room;
    wpi_walk walk;
    wpi_open_list *list = &WPI_ARRAY_AT(&from->frontier->lists, wpi_open_list, index);
    if (!has_room(any, list, &room)) {
        any->search->was_cut = true;
        return WP_OK;
    }
    WPI_TRY(wpi_view_begin(any->search->view, list->person, !is_ahead(any, from), &walk, err));
    list->left = wpi_view_least(&walk);
    return wait(from->frontier, index, err);
}

/* Put a list behind those of a side, to be opened when the side goes on. */
static wp_status add_list(const any_search *any, const side *from, wpi_open_list list,
                          wp_error *err)
{
    wpi_frontier *frontier = from->frontier;
    list.other_side = least_of(is_ahead(any, from) ? &any->behind : &any->ahead);
    list.left = WPI_COST_MIN;
    list.chunk = CHUNK_FIRST;
    if (list.spent + list.left < frontier->unopened)
        frontier->unopened = list.spent + list.left;
    wpi_view_prefetch(any->search->view, list.person);
    return WPI_ARRAY_PUSH(&frontier->lists, wpi_open_list, list, err);
}

static wp_status settle_forward(any_search *any, wp_error *err)
{
    wpi_label label;
    wp_status status = wpi_labels_settle_first(any->labels, &label, err);
    if (status != WP_OK)
        return status == WP_ENOTFOUND ? WP_OK : status;
    wpi_open_list list = {
        .spent = label.cost + any->relay, .person = label.person, .hops = label.hops};
    return add_list(any, &any->ahead, list, err);
}

static wp_status settle_backward(any_search *any, wp_error *err)
{
    uint64_t load;
    wpi_back_label label;
    if (wpi_back_settle_first(any->back, any->search->k, &label) != WP_OK)
        return WP_OK;
    WPI_TRY(load_of(any, label.person, &load, err));
    wpi_open_list list = {
        .spent = label.cost + load + any->relay, .person = label.person, .root = label.root};
    return add_list(any, &any->behind, list, err);
}

/* Have a list fetched, whose entry of the index was asked for. */
static void fetch(const any_search *any, const side *from, uint32_t index)
{
    const wpi_open_list *list = &WPI_ARRAY_AT(&from->frontier->lists, wpi_open_list, index);
    wpi_view_prefetch_list(any->search->view, list->person, LINES);
}

/* Read the ties that lead into the front that ends there; the end becomes what is still unread. */
static wp_status read_due(any_search *any, const side *from, uint64_t *end, wp_error *err)
{
    wpi_frontier *frontier = from->frontier;
    wpi_array *due = &frontier->due;
    due->count = 0;
    while (wpi_heap_cost(&frontier->unread) < *end && due->count < FRONT_MAX) {
        uint32_t index = wpi_heap_pop(&frontier->unread).item;
        WPI_TRY(WPI_ARRAY_PUSH(due, uint32_t, index, err));
    }
    for (size_t i = 0; i < due->count; i++)
        fetch(any, from, WPI_ARRAY_AT(due, uint32_t, i));
    for (size_t i = 0; i < due->count; i++) {
        WPI_TRY(read_on(any, from, WPI_ARRAY_AT(due, uint32_t, i), *end, err));
        any->search->view->meter->memory_bytes = wpi_scratch_bytes(any->search->scratch);
    }
    uint64_t unread = wpi_heap_cost(&frontier->unread);
    *end = unread < *end ? unread : *end;
    return WP_OK;
}

/* Settle the people of a front, and have their lists fetched. */
static wp_status settle_front(any_search *any, const side *from, uint64_t end, wp_error *err)
{
    const wpi_array *lists = &from->frontier->lists;
    size_t first = lists->count;
    while (wpi_heap_cost(from->labels) < end && lists->count - first < FRONT_MAX) {
        WPI_TRY(wpi_meter_step(any->search->view->meter, err)); /* many settle before one tie */
        WPI_TRY(is_ahead(any, from) ? settle_forward(any, err) : settle_backward(any, err));
    }
    for (size_t i = first; i < lists->count; i++)
        fetch(any, from, (uint32_t)i);
    return WP_OK;
}

/* Open the lists of the front before. */
static wp_status open_front(any_search *any, const side *from, wp_error *err)
{
    wpi_frontier *frontier = from->frontier;
    for (; frontier->opened < frontier->lists.count; frontier->opened++)
        WPI_TRY(open(any, from, (uint32_t)frontier->opened, err));
    frontier->unopened = UINT64_MAX;
    return WP_OK;
}

/* Settle the next front of a side: nothing of it may lead beyond the bound. */
static wp_status advance(any_search *any, const side *from, const side *to, wp_error *err)
{
    WPI_TRY(open_front(any, from, err));
    uint64_t least = least_of(from), most = wpi_search_bound(any->search) - least_of(to);
    bool is_last = least > most || most - least < any->width;
    uint64_t end = is_last ? most + 1 : least + any->width;
    WPI_TRY(read_due(any, from, &end, err));
    return settle_front(any, from, end, err);
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
        wpi_open_list source = {.person = any->search->sources[i]};
        WPI_TRY(add_list(any, &any->ahead, source, err));
    }
    return WP_OK;
}

/* Read some lists to their ends, for people with a label of the other side. */
static wp_status join_some(any_search *any, const side *from, const side *to, const uint32_t *some,
                           size_t count, wp_error *err)
{
    for (size_t i = 0; i < count; i++) {
        wpi_open_list list = WPI_ARRAY_AT(&from->frontier->lists, wpi_open_list, some[i]);
        wpi_wanted wanted = {0, &to->frontier->labelled, BATCH};
        if (has_room(any, &list, &wanted.bound))
            WPI_TRY(read_list(any, from, &list, &wanted, err));
        any->search->was_cut |= list.left != UINT64_MAX;
    }
    return WP_OK;
}

/* Read the ties from people settled on one side to people settled on the other. */
static wp_status join(any_search *any, const side *from, const side *to, wp_error *err)
{
    uint32_t some[JOINED];
    size_t count = 0;
    for (size_t i = 0; i < from->frontier->lists.count; i++) {
        uint64_t room;
        const wpi_open_list *list = &WPI_ARRAY_AT(&from->frontier->lists, wpi_open_list, i);
        if (list->left == UINT64_MAX)
            continue;
        if (!has_room(any, list, &room) || list->left > room) {
            any->search->was_cut = true;
            continue;
        }
        wpi_view_prefetch_list(any->search->view, list->person, LINES_JOINED);
        some[count++] = (uint32_t)i;
        if (count < JOINED)
            continue;
        WPI_TRY(join_some(any, from, to, some, count, err));
        count = 0;
    }
    return join_some(any, from, to, some, count, err);
}

static wp_status run(any_search *any, wp_error *err)
{
    WPI_TRY(start(any, err));
    for (;;) {
        uint64_t ahead = least_of(&any->ahead), behind = least_of(&any->behind);
        uint64_t bound = wpi_search_bound(any->search);
        if (ahead > bound || behind > bound - ahead) {
            any->search->was_cut |= ahead != UINT64_MAX && behind != UINT64_MAX;
            WPI_TRY(join(any, &any->ahead, &any->behind, err));
            return join(any, &any->behind, &any->ahead, err);
        }
        bool is_ahead_smaller =
            any->ahead.frontier->lists.count <= any->behind.frontier->lists.count;
        WPI_TRY(is_ahead_smaller ? advance(any, &any->ahead, &any->behind, err)
                                 : advance(any, &any->behind, &any->ahead, err));
        any->search->view->meter->memory_bytes = wpi_scratch_bytes(any->search->scratch);
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
        uint64_t after = wpi_back_cost(any->back, hop.other, back->root), load;
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
        const wpi_back_label *back = wpi_back_first(any->back, label.person);
        for (; back != NULL; back = wpi_back_next(any->back, back))
            if (is_on_way(any, label.cost, back))
                WPI_TRY(complete_to(any, &label, back, err));
    }
    return status == WP_ENOTFOUND ? WP_OK : status;
}

wp_status wpi_search_any(wpi_search *search, wp_error *err)
{
    wpi_view *view = search->view;
    wpi_scratch *scratch = search->scratch;
    any_search any = {.search = search,
                      .labels = &scratch->labels,
                      .back = &scratch->back,
                      .ahead = {&scratch->labels.queue, &scratch->ahead},
                      .behind = {&scratch->back.queue, &scratch->behind},
                      .meetings = WPI_ARRAY_OF(meeting),
                      .relay = view->is_plain ? 0 : WPI_COST_RELAY};
    any.width = any.relay + WPI_COST_MIN;
    assert(search->hops_max == UINT32_MAX && search->k != SIZE_MAX);
    any.labels->has_hop_limit = false;
    wpi_frontier_clear(any.ahead.frontier);
    wpi_frontier_clear(any.behind.frontier);
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
    wpi_array_free(&any.meetings);
    return status;
}
