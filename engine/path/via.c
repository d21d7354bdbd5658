/*
 * The search by way of one intermediary: best-first over partial paths (A*).
 *
 * The cheapest way from the sources to `via` and the cheapest way on may meet the same person, so
 * that labels per person do not give simple paths. Instead partial paths are extended in the order
 * of a lower bound of their total: what they cost so far, plus the cheapest way to `via` (if it is
 * still ahead) and on to a target, both computed backwards beforehand without regard to hops and to
 * repeated people. A complete path that comes up first is therefore the best one left; when there
 * are as many introducers as wanted, or as a way leads to within the threshold, the search is over.
 * The bounds count the relay factor for every intermediary, so one is taken off again at a source.
 *
 * Whether a way that meets nobody twice exists at all is a hard question: where ties lead one way,
 * that of two disjoint paths, for which only exponential algorithms are known. So partial paths are
 * bounded in number, and a query that needs more of them ends with what it has.
 */
#include "path/via.h"

#include <assert.h>

#include "base/heap.h"

#include "rules/path_cost.h"

#define THRESHOLD_FIRST 800000u
#define PARTIALS_BETWEEN_POLLS 64
#define PARTIALS_MAX ((size_t)1 << 21) /* 84 MB, and half of that for their queue */

/* A partial path, the last person of it; `before` is the index of the rest. */
typedef struct partial {
    uint64_t bound;
    uint64_t cost;
    uint32_t person;
    uint32_t hops;
    uint32_t widest;
    uint32_t before; /* UINT32_MAX: none */
    bool has_via;
    bool is_complete; /* person is a target */
} partial;

/* A tie by which somebody may speak to a target. */
typedef struct closing {
    uint32_t target;
    uint32_t cost;
    uint32_t next; /* index + 1 of another one of the same person; 0: none */
} closing;

typedef struct via_search {
    wpi_search *search;
    wpi_view *view;
    uint32_t via;
    size_t k;
    uint64_t threshold;
    bool was_cut;
    wpi_labels to_target; /* cost from a person to the nearest target */
    wpi_labels to_via;    /* cost from a person to via, its passage included */
    wpi_labels from_via;  /* cost from via to a person, its passage included */
    wpi_map introducers;  /* people next to a target -> index + 1 of the first closing */
    wpi_array closings;
    size_t wanted;       /* introducers, in this round */
    uint64_t via_onward; /* cost from via to the nearest target */
    wpi_array partials;
    wpi_array queue; /* heap of partials */
    wpi_map best;    /* introducer -> total */
    uint64_t kth;    /* total of the k-th introducer; UINT64_MAX: not there yet */
} via_search;

/* Tell the meter what all of it takes. */
static void report_memory(const via_search *via)
{
    via->view->meter->memory_bytes =
        wpi_labels_bytes(&via->to_target) + wpi_labels_bytes(&via->to_via) +
        wpi_labels_bytes(&via->from_via) + wpi_map_bytes(&via->introducers) +
        wpi_map_bytes(&via->best) + via->closings.capacity * sizeof(closing) +
        via->partials.capacity * sizeof(partial) + via->queue.capacity * sizeof(wpi_heap_entry);
}

/* Note that somebody may speak to a target. */
static wp_status add_closing(via_search *via, uint32_t target, const wpi_hop *hop, wp_error *err)
{
    uint64_t *first;
    closing added = {target, hop->cost, 0};
    WPI_TRY(wpi_map_put(&via->introducers, hop->other, 0, &first, NULL, err));
    added.next = (uint32_t)*first;
    *first = via->closings.count + 1;
    return wpi_array_push(&via->closings, &added, err);
}

/* The closing of an index + 1; NULL: none. */
static const closing *closing_at(const via_search *via, uint64_t index_plus_one)
{
    return index_plus_one == 0 ? NULL : &WPI_ARRAY_AT(&via->closings, closing, index_plus_one - 1);
}

/* Spread costs backwards from what the labels hold, up to `most`. */
static wp_status spread_backwards(via_search *via, wpi_labels *labels, uint64_t most, wp_error *err)
{
    wpi_label label;
    wp_status status;
    while ((status = wpi_labels_settle(labels, &label, err)) == WP_OK) {
        wpi_walk walk;
        wpi_hop hop;
        uint64_t passage = 0;
        bool is_bare = label.hops == 0; /* a target, or via itself */
        report_memory(via);
        if (!is_bare)
            WPI_TRY(wpi_view_passage(via->view, label.person, 2, &passage, err));
        if (label.cost + passage > most) {
            via->was_cut = true;
            continue;
        }
        if ((wpi_roles_of(via->view->roles, label.person) & WPI_ROLE_SOURCE) != 0)
            continue;
        uint64_t spent = label.cost + passage;
        WPI_TRY(wpi_view_begin(via->view, label.person, true, &walk, err));
        while ((status = wpi_view_next(&walk, most - spent, &hop, err)) == WP_OK) {
            wpi_label next = {
                .cost = spent + hop.cost, .person = hop.other, .hops = label.hops + 1};
            bool is_better;
            if ((hop.roles & WPI_ROLE_TARGET) == 0)
                WPI_TRY(wpi_labels_offer(labels, &next, &is_better, err));
            if (is_bare && labels == &via->to_target && (hop.roles & WPI_ROLE_END) == 0)
                WPI_TRY(add_closing(via, label.person, &hop, err));
        }
        via->was_cut |= walk.was_cut;
        if (status != WP_ENOTFOUND)
            return status;
    }
    return status == WP_ENOTFOUND ? WP_OK : status;
}

/* Spread costs from via on, up to `most`. */
static wp_status spread_onwards(via_search *via, uint64_t most, wp_error *err)
{
    wpi_label label = {.person = via->via};
    wp_status status;
    bool is_better;
    WPI_TRY(wpi_labels_offer(&via->from_via, &label, &is_better, err));
    while ((status = wpi_labels_settle(&via->from_via, &label, err)) == WP_OK) {
        wpi_walk walk;
        wpi_hop hop;
        uint64_t passage;
        report_memory(via);
        WPI_TRY(wpi_view_begin(via->view, label.person, false, &walk, err));
        while ((status = wpi_view_next(&walk, most - label.cost, &hop, err)) == WP_OK) {
            wpi_label next = {.person = hop.other, .hops = label.hops + 1};
            if ((hop.roles & WPI_ROLE_END) != 0)
                continue;
            WPI_TRY(wpi_view_passage(via->view, hop.other, 2, &passage, err));
            next.cost = label.cost + hop.cost + passage;
            if (next.cost <= most)
                WPI_TRY(wpi_labels_offer(&via->from_via, &next, &is_better, err));
            via->was_cut |= next.cost > most;
        }
        via->was_cut |= walk.was_cut;
        if (status != WP_ENOTFOUND)
            return status;
    }
    return status == WP_ENOTFOUND ? WP_OK : status;
}

/* Measure what is ahead. Every passage is counted with the relay factor. Behind `via` all pay it;
 * before, the first does not, so what is counted there may pass the threshold by one factor. */
static wp_status measure(via_search *via, wp_error *err)
{
    bool is_better;
    uint64_t spare = via->view->is_plain ? 0 : WPI_COST_RELAY;
    uint64_t passage;
    wpi_labels_clear(&via->to_target);
    wpi_labels_clear(&via->to_via);
    wpi_labels_clear(&via->from_via);
    wpi_map_clear(&via->introducers);
    via->closings.count = 0;
    for (size_t i = 0; i < via->search->target_count; i++) {
        wpi_label target = {.person = via->search->targets[i]};
        WPI_TRY(wpi_labels_offer(&via->to_target, &target, &is_better, err));
    }
    WPI_TRY(spread_backwards(via, &via->to_target, via->threshold, err));
    const wpi_label *onward = wpi_labels_only(&via->to_target, via->via);
    via->via_onward = onward == NULL ? UINT64_MAX : onward->cost;
    if (onward == NULL)
        return WP_OK;
    WPI_TRY(wpi_view_passage(via->view, via->via, 2, &passage, err));
    wpi_label start = {.person = via->via, .cost = passage};
    WPI_TRY(wpi_labels_offer(&via->to_via, &start, &is_better, err));
    return spread_backwards(via, &via->to_via, via->threshold + spare, err);
}

/* A lower bound of what is still to come after a person; UINT64_MAX: no way within reach. */
static uint64_t ahead_of(const via_search *via, uint32_t person, bool has_via, bool is_source)
{
    const wpi_label *label = wpi_labels_only(has_via ? &via->to_target : &via->to_via, person);
    if (label == NULL || via->via_onward == UINT64_MAX)
        return UINT64_MAX;
    uint64_t cost = label->cost + (has_via ? 0 : via->via_onward);
    if (is_source && !via->view->is_plain)
        cost = cost > WPI_COST_RELAY ? cost - WPI_COST_RELAY : 0;
    return cost;
}

static wp_status push(via_search *via, const partial *added, wp_error *err)
{
    if (added->bound > via->threshold) {
        via->was_cut = true;
        return WP_OK;
    }
    if (via->partials.count == PARTIALS_MAX)
        return wpi_error_set(err, WP_EBUDGET, "query by way of somebody reached %zu partial paths",
                             PARTIALS_MAX);
    wpi_heap_entry next = {added->bound, added->hops, (uint32_t)via->partials.count};
    WPI_TRY(wpi_array_push(&via->partials, added, err));
    WPI_TRY(wpi_heap_push(&via->queue, next, err));
    return WP_OK;
}

static const partial *partial_at(const via_search *via, uint32_t index)
{
    return &WPI_ARRAY_AT(&via->partials, partial, index);
}

static bool is_on_path(const via_search *via, uint32_t index, uint32_t person)
{
    for (; index != UINT32_MAX; index = partial_at(via, index)->before)
        if (partial_at(via, index)->person == person)
            return true;
    return false;
}

static wp_status extend_by(via_search *via, uint32_t index, const wpi_hop *hop, wp_error *err)
{
    partial from = *partial_at(via, index);
    partial next = {.cost = from.cost + hop->cost,
                    .person = hop->other,
                    .hops = from.hops + 1,
                    .widest = from.widest > hop->cost ? from.widest : hop->cost,
                    .before = index,
                    .has_via = from.has_via || hop->other == via->via};
    if ((hop->roles & WPI_ROLE_END) != 0 || is_on_path(via, index, hop->other))
        return WP_OK;
    uint64_t passage, ahead = ahead_of(via, hop->other, next.has_via, false);
    if (ahead == UINT64_MAX)
        return WP_OK; /* measured up to the threshold: a cut there was noted */
    WPI_TRY(wpi_view_passage(via->view, hop->other, next.hops, &passage, err));
    next.cost += passage;
    /* The bound of via itself to via counts its own passage, which the cost holds already. */
    next.bound = next.cost + ahead;
    return push(via, &next, err);
}

/* Complete a partial path by the ties from its last person to targets. */
static wp_status close_path(via_search *via, uint32_t index, wp_error *err)
{
    partial from = *partial_at(via, index);
    const uint64_t *first = wpi_map_find(&via->introducers, from.person);
    const closing *at = first == NULL || !from.has_via ? NULL : closing_at(via, *first);
    for (; at != NULL; at = closing_at(via, at->next)) {
        uint64_t cost = from.cost + at->cost;
        partial next = {.bound = cost,
                        .cost = cost,
                        .person = at->target,
                        .hops = from.hops + 1,
                        .widest = from.widest > at->cost ? from.widest : at->cost,
                        .before = index,
                        .has_via = true,
                        .is_complete = true};
        WPI_TRY(push(via, &next, err));
    }
    return WP_OK;
}

/* When one tie is left, lists need not be read: it must be one into a target. */
static wp_status extend(via_search *via, uint32_t index, wp_error *err)
{
    wpi_walk walk;
    wpi_hop hop;
    wp_status status;
    uint64_t cost = partial_at(via, index)->cost;
    WPI_TRY(close_path(via, index, err));
    if (partial_at(via, index)->hops + 2 > via->search->hops_max)
        return WP_OK;
    WPI_TRY(wpi_view_begin(via->view, partial_at(via, index)->person, false, &walk, err));
    while ((status = wpi_view_next(&walk, via->threshold - cost, &hop, err)) == WP_OK)
        WPI_TRY(extend_by(via, index, &hop, err));
    via->was_cut |= walk.was_cut;
    return status == WP_ENOTFOUND ? WP_OK : status;
}

/* Note a complete path when it is as good as its introducer's best. */
static wp_status note(via_search *via, uint32_t index, wpi_arena *arena, wpi_array *out,
                      wp_error *err)
{
    const partial *last = partial_at(via, index);
    uint32_t introducer = partial_at(via, last->before)->person;
    uint64_t *best = NULL;
    bool is_new = false;
    WPI_TRY(wpi_map_put(&via->best, introducer, last->cost, &best, &is_new, err));
    if (is_new && via->best.count == via->wanted)
        via->kth = last->cost;
    if (*best != last->cost)
        return WP_OK;
    wpi_candidate candidate = {.total = last->cost,
                               .hops = last->hops,
                               .widest = last->widest,
                               .introducer = introducer,
                               .target = last->person,
                               .people = wpi_arena_take(arena, last->hops + 1, sizeof(uint32_t))};
    if (candidate.people == NULL)
        return wpi_memory_failed(err);
    uint32_t at = last->hops;
    for (uint32_t i = index; i != UINT32_MAX; i = partial_at(via, i)->before)
        candidate.people[at--] = partial_at(via, i)->person;
    WPI_TRY(wpi_candidates_contact(via->view, introducer, last->person, &candidate.contact_s, err));
    return wpi_array_push(out, &candidate, err);
}

static uint32_t cheapest_closing(const via_search *via, uint64_t first)
{
    uint32_t cost = UINT32_MAX;
    for (const closing *at = closing_at(via, first); at != NULL; at = closing_at(via, at->next))
        cost = at->cost < cost ? at->cost : cost;
    return cost;
}

/* How many introducers a way by via leads to within the threshold, whomever it meets twice. */
static wp_status count_introducers(via_search *via, size_t *count, wp_error *err)
{
    uint64_t least = UINT64_MAX;
    *count = 0;
    for (size_t i = 0; i < via->search->source_count; i++) {
        const wpi_label *source = wpi_labels_only(&via->to_via, via->search->sources[i]);
        if (source != NULL && source->cost < least)
            least = source->cost;
    }
    if (least == UINT64_MAX)
        return WP_OK;
    if (!via->view->is_plain)
        least -= least < WPI_COST_RELAY ? least : WPI_COST_RELAY;
    if (least > via->threshold) {
        via->was_cut = true;
        return WP_OK;
    }
    WPI_TRY(spread_onwards(via, via->threshold - least, err));
    for (size_t i = 0; i < via->introducers.capacity; i++) {
        const wpi_map_slot *slot = &via->introducers.slots[i];
        const wpi_label *label = slot->key == WPI_MAP_KEY_NONE
                                     ? NULL
                                     : wpi_labels_only(&via->from_via, (uint32_t)slot->key);
        bool is_within = label != NULL &&
                         least + label->cost + cheapest_closing(via, slot->value) <= via->threshold;
        *count += is_within;
        via->was_cut |= label != NULL && !is_within;
    }
    return WP_OK;
}

static void clear_round(via_search *via)
{
    via->was_cut = false;
    via->partials.count = 0;
    via->queue.count = 0;
    wpi_map_clear(&via->best);
    via->kth = UINT64_MAX;
}

static wp_status run_round(via_search *via, wpi_arena *arena, wpi_array *out, wp_error *err)
{
    size_t introducers;
    clear_round(via);
    out->count = 0;
    WPI_TRY(measure(via, err));
    WPI_TRY(count_introducers(via, &introducers, err));
    via->wanted = introducers < via->k ? introducers : via->k;
    if (via->wanted == 0)
        return WP_OK;
    for (size_t i = 0; i < via->search->source_count; i++) {
        uint32_t source = via->search->sources[i];
        uint64_t ahead = ahead_of(via, source, false, true);
        partial start = {.bound = ahead, .person = source, .before = UINT32_MAX};
        if (ahead != UINT64_MAX)
            WPI_TRY(push(via, &start, err));
    }
    for (size_t popped = 1; via->queue.count > 0; popped++) {
        uint32_t index = wpi_heap_pop(&via->queue).item;
        report_memory(via);
        if (popped % PARTIALS_BETWEEN_POLLS == 0) /* complete ones look at no list */
            WPI_TRY(wpi_meter_poll(via->view->meter, err));
        if (partial_at(via, index)->bound > via->kth)
            return WP_OK;
        if (partial_at(via, index)->is_complete)
            WPI_TRY(note(via, index, arena, out, err));
        else
            WPI_TRY(extend(via, index, err));
    }
    return WP_OK;
}

static wp_status run(via_search *via, wpi_arena *arena, wpi_array *out, wp_error *err)
{
    uint64_t limit = via->search->cost_limit;
    via->threshold = THRESHOLD_FIRST;
    for (;;) {
        if (via->threshold > limit)
            via->threshold = limit;
        WPI_TRY(run_round(via, arena, out, err));
        if (via->best.count >= via->k || !via->was_cut || via->threshold == limit)
            return WP_OK;
        via->threshold *= 2;
    }
}

wp_status wpi_via_find(wpi_search *search, uint32_t person, size_t k, wpi_trace_ids *ids,
                       wpi_arena *arena, wpi_array *out, wp_error *err)
{
    via_search via = {.search = search,
                      .view = search->view,
                      .via = person,
                      .k = k,
                      .closings = WPI_ARRAY_OF(closing),
                      .partials = WPI_ARRAY_OF(partial),
                      .queue = WPI_ARRAY_OF(wpi_heap_entry)};
    if (!wpi_view_is_intermediary(search->view, person))
        return WP_OK;
    wpi_labels_init(&via.to_target, false);
    wpi_labels_init(&via.to_via, false);
    wpi_labels_init(&via.from_via, false);
    wp_status status = run(&via, arena, out, err);
    if (status == WP_OK) {
        ids->meter = search->view->meter;
        status = wpi_candidates_order(ids, arena, out, k, err);
        ids->meter = NULL;
    }
    if (wpi_meter_is_limit(status)) {
        search->view->meter->limits = (wp_limits){0, 0, 0, NULL};
        wp_status ordered = wpi_candidates_order_hastily(ids, arena, out, k, err);
        status = ordered == WP_OK ? status : ordered;
    }
    wpi_labels_free(&via.to_target);
    wpi_labels_free(&via.to_via);
    wpi_labels_free(&via.from_via);
    wpi_array_free(&via.closings);
    wpi_array_free(&via.partials);
    wpi_array_free(&via.queue);
    wpi_map_free(&via.best);
    wpi_map_free(&via.introducers);
    return status;
}
