/*
 * Labels spread from the sources until nothing is left within the limits.
 *
 * A person is reached as the end of a way and passed as an intermediary of longer ones. What
 * passing costs is the person's own, except for the relay factor, which everybody pays but the
 * first of a way. So whoever is reached in a better way is passed in a better way, with one
 * exception: the neighbours of sources, who may be reached best over others and yet passed best as
 * the first. The table of ends therefore serves for labels as well.
 *
 * Without a limit of hops labels wait in a queue, cheapest first, then shortest (Dijkstra 1959). An
 * end that improves is queued again, and of several entries of a person the first settles it; that
 * also picks the better label of a source's neighbour. With a limit, a longer way may lead on where
 * a cheaper one has no hops left, so labels spread hop by hop (Bellman 1958): from whoever was
 * reached in a better way at the last hop than at all before. No queue is needed for that, and each
 * person is passed at most once a hop.
 *
 * Who opted out of introductions is reached and never passed.
 */
#include "path/reach_spread.h"

#include "base/heap.h"
#include "path/reach_rank.h"

#define BATCH 64 /* ties read at once */
#define AHEAD_INDEX 16
#define AHEAD_LISTS 8
#define LINES 12
#define WAITING 16
#define PEOPLE_BETWEEN_POLLS 1024

/* A person to be passed at the hop at hand, and what that costs. */
typedef struct passing {
    uint32_t person;
    uint64_t cost;
} passing;

typedef struct spreading {
    wpi_query *query;
    uint32_t hops_max;
    wpi_reach_table *table;
    wpi_array queue; /* heap of people, without a limit of hops; their mark: they are settled */
    wpi_heap_entry waiting[WAITING]; /* a ring of entries taken from the queue */
    size_t waiting_first;
    size_t waiting_count;
    wpi_array front; /* of passing, with one */
    wpi_array next;  /* of uint32_t: whose ends improved at this hop, which their marks say */
    wpi_map first;   /* neighbour of a source -> what passing costs as the first */
} spreading;

static bool has_queue(const spreading *self)
{
    return self->hops_max == UINT32_MAX;
}

static void note_memory(spreading *self)
{
    self->query->meter.memory_bytes =
        wpi_reach_table_bytes(self->table) + self->table->count * WPI_REACH_RANK_BYTES +
        self->queue.capacity * sizeof(wpi_heap_entry) + self->front.capacity * sizeof(passing) +
        self->next.capacity * sizeof(uint32_t) + wpi_map_bytes(&self->first);
}

/* What a way to a person costs that goes on from there; false when none does. */
static wp_status may_pass(spreading *self, uint32_t person, const wpi_reach_end *end, bool *may,
                          uint64_t *cost, wp_error *err)
{
    uint64_t passage;
    wpi_view *view = &self->query->view;
    *may = !view->has_hidden || wpi_view_is_intermediary(view, person);
    if (!*may)
        return WP_OK;
    WPI_TRY(wpi_view_passage(view, person, end->hops, &passage, err));
    *cost = end->cost + passage;
    *may = *cost <= self->query->cost_limit;
    return WP_OK;
}

/* Remember that ways go on from a person whose end improved. */
static wp_status go_on_from(spreading *self, uint32_t person, wpi_reach_end *end, wp_error *err)
{
    bool may;
    wpi_heap_entry entry = {.hops = end->hops, .item = person};
    if (has_queue(self)) {
        WPI_TRY(may_pass(self, person, end, &may, &entry.cost, err));
        return may ? wpi_heap_push(&self->queue, entry, err) : WP_OK;
    }
    if (end->hops == self->hops_max || end->mark == end->hops)
        return WP_OK;
    end->mark = end->hops;
    return wpi_array_push(&self->next, &person, err);
}

/* Offer the neighbours of a person who is passed at a cost, or of a source. */
static wp_status spread(spreading *self, uint32_t person, uint64_t cost, uint32_t hops,
                        wp_error *err)
{
    wpi_walk walk;
    wpi_hop ties[BATCH];
    wpi_wanted wanted = {self->query->cost_limit - cost, NULL, BATCH};
    wp_status status = WP_OK;
    WPI_TRY(wpi_view_begin(&self->query->view, person, false, &walk, err));
    while (status == WP_OK) {
        size_t count;
        status = wpi_view_take(&walk, &wanted, ties, &count, err);
        for (size_t i = 0; i < count; i++)
            wpi_reach_table_prefetch_offer(self->table, ties[i].other);
        for (size_t i = 0; i < count; i++) {
            wpi_reach_end *end;
            WPI_TRY(wpi_reach_table_offer(self->table, ties[i].other, cost + ties[i].cost, hops + 1,
                                          &end, err));
            if (end != NULL)
                WPI_TRY(go_on_from(self, ties[i].other, end, err));
        }
    }
    return status == WP_ENOTFOUND ? WP_OK : status;
}

/* ---- Without a limit of hops ---- */

/* The entry that was taken from the queue `place` entries after the first that waits. */
static wpi_heap_entry *waiting(spreading *self, size_t place)
{
    return &self->waiting[(self->waiting_first + place) % WAITING];
}

static bool is_before_all(const wpi_array *queue, const wpi_heap_entry *entry)
{
    return queue->count > 0 && wpi_heap_is_before(queue->items, entry);
}

/* Take entries from the queue ahead of their time, as long as they come in order, and have what
 * settling them reads first brought into the cache. */
static void take_ahead(spreading *self)
{
    while (self->queue.count > 0 && self->waiting_count < WAITING) {
        size_t count = self->waiting_count;
        if (count > 0 && is_before_all(&self->queue, waiting(self, count - 1)))
            return;
        wpi_heap_entry next = wpi_heap_pop(&self->queue);
        *waiting(self, self->waiting_count++) = next;
        wpi_reach_table_prefetch(self->table, next.item);
        wpi_view_prefetch(&self->query->view, next.item);
    }
}

/* The first of those that wait and of the queue, to which a better one may have come since. */
static wpi_heap_entry take_next(spreading *self)
{
    if (is_before_all(&self->queue, waiting(self, 0)))
        return wpi_heap_pop(&self->queue);
    wpi_heap_entry next = *waiting(self, 0);
    self->waiting_first++;
    self->waiting_count--;
    if (self->waiting_count > AHEAD_LISTS)
        wpi_view_prefetch_list(&self->query->view, waiting(self, AHEAD_LISTS)->item, LINES);
    return next;
}

static wp_status settle_all(spreading *self, wp_error *err)
{
    for (take_ahead(self); self->waiting_count > 0; take_ahead(self)) {
        wpi_reach_end *end;
        wpi_heap_entry next = take_next(self);
        WPI_TRY(wpi_meter_step(&self->query->meter, err)); /* many may settle before one tie */
        WPI_TRY(wpi_reach_table_find(self->table, next.item, &end, err));
        if (end->mark != 0)
            continue;
        end->mark = 1;
        note_memory(self);
        WPI_TRY(spread(self, next.item, next.cost, next.hops, err));
    }
    return WP_OK;
}

/* ---- With a limit of hops ---- */

/* Whether passing a neighbour of a source as the first costs as little. */
static bool is_as_cheap_first(const spreading *self, uint32_t person, uint64_t cost)
{
    const uint64_t *first = wpi_map_find(&self->first, person);
    return first != NULL && *first <= cost;
}

/* Turn those whose ends improved at a hop into the front, before their ends improve further. */
static wp_status turn_to_front(spreading *self, uint32_t hops, wp_error *err)
{
    self->front.count = 0;
    for (size_t i = 0; i < self->next.count; i++) {
        bool may;
        wpi_reach_end *end;
        passing at = {.person = WPI_ARRAY_AT(&self->next, uint32_t, i)};
        if (i % PEOPLE_BETWEEN_POLLS == 0)
            WPI_TRY(wpi_meter_poll(&self->query->meter, err));
        WPI_TRY(wpi_reach_table_find(self->table, at.person, &end, err));
        WPI_TRY(may_pass(self, at.person, end, &may, &at.cost, err));
        if (!may || (hops > 1 && is_as_cheap_first(self, at.person, at.cost)))
            continue;
        if (hops == 1)
            WPI_TRY(wpi_map_put(&self->first, at.person, at.cost, NULL, NULL, err));
        WPI_TRY(wpi_array_push(&self->front, &at, err));
    }
    self->next.count = 0;
    return WP_OK;
}

static wp_status pass_front(spreading *self, uint32_t hops, wp_error *err)
{
    const passing *front = self->front.items;
    size_t count = self->front.count;
    for (size_t i = 0; i < count; i++) {
        if (i + AHEAD_INDEX < count)
            wpi_view_prefetch(&self->query->view, front[i + AHEAD_INDEX].person);
        if (i + AHEAD_LISTS < count)
            wpi_view_prefetch_list(&self->query->view, front[i + AHEAD_LISTS].person, LINES);
        if (i % PEOPLE_BETWEEN_POLLS == 0)
            WPI_TRY(wpi_meter_poll(&self->query->meter, err));
        note_memory(self);
        WPI_TRY(spread(self, front[i].person, front[i].cost, hops, err));
    }
    return WP_OK;
}

static wp_status go_hop_by_hop(spreading *self, wp_error *err)
{
    for (uint32_t hops = 1; self->next.count > 0; hops++) {
        WPI_TRY(turn_to_front(self, hops, err));
        WPI_TRY(pass_front(self, hops, err));
    }
    return WP_OK;
}

wp_status wpi_reach_spread(wpi_query *query, uint32_t hops_max, wpi_reach_table *table,
                           wp_error *err)
{
    wp_status status;
    spreading self = {.query = query,
                      .hops_max = hops_max,
                      .table = table,
                      .queue = WPI_ARRAY_OF(wpi_heap_entry),
                      .front = WPI_ARRAY_OF(passing),
                      .next = WPI_ARRAY_OF(uint32_t)};
    for (size_t i = 0; i < query->source_list.count; i++)
        WPI_TRY_OUT(spread(&self, WPI_ARRAY_AT(&query->source_list, uint32_t, i), 0, 0, err));
    status = has_queue(&self) ? settle_all(&self, err) : go_hop_by_hop(&self, err);
out:
    wpi_array_free(&self.queue);
    wpi_array_free(&self.front);
    wpi_array_free(&self.next);
    wpi_map_free(&self.first);
    return status;
}
