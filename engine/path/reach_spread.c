/*
 * Labels spread from the sources until nothing is left within the limits.
 *
 * A person is reached as the end of a way and passed as an intermediary of longer ones. What
 * passing costs is the person's own, except for the relay factor, which everybody pays but the
 * first of a way. So whoever is reached in a better way is passed in a better way, with one
 * exception: the neighbours of sources, who may be reached best over others and yet passed best as
 * the first. The table of ends therefore serves for labels as well.
 *
 * People are passed in fronts, of whom nobody leads to a better way to another. Without a limit of
 * hops a front is a step of costs no wider than the cheapest tie (Dijkstra 1959, with the queue of
 * step_queue.h): an end that improves is queued again, and of several labels of a person the first
 * is the one that counts, which also picks the better one of a source's neighbour. With a limit, a
 * longer way may lead on where a cheaper one has no hops left, so a front is a hop (Bellman 1958):
 * whoever was reached in a better way at the last hop than at all before. No queue is needed for
 * that, and each person is passed at most once a hop.
 *
 * Who opted out of introductions is reached and never passed.
 */
#include "path/reach_spread.h"

#include "path/reach_rank.h"
#include "path/step_queue.h"

#define BATCH 64 /* ties read at once */
#define AHEAD 16 /* people of a front whose lists are fetched together */
#define LINES 12
#define PEOPLE_BETWEEN_POLLS 1024

/* A person to be passed, and what a way there costs with that. */
typedef struct passing {
    uint32_t person;
    uint32_t hops;
    uint64_t cost;
} passing;

typedef struct spreading {
    wpi_query *query;
    uint32_t hops_max;
    wpi_reach_table *table;
    wpi_array front;      /* of passing */
    wpi_step_queue queue; /* without a limit of hops; marks say who was in a front */
    wpi_array step;       /* of wpi_step_label: those of the front, and some out of date */
    wpi_array next;       /* with a limit, of uint32_t: the next front, of whom marks say the hop */
    wpi_map first;        /* neighbour of a source -> what passing costs as the first */
} spreading;

static bool has_limit(const spreading *self)
{
    return self->hops_max != UINT32_MAX;
}

static void note_memory(spreading *self)
{
    self->query->meter.memory_bytes =
        wpi_reach_table_bytes(self->table) + self->table->count * WPI_REACH_RANK_BYTES +
        wpi_step_queue_bytes(&self->queue) + self->front.capacity * sizeof(passing) +
        self->step.capacity * sizeof(wpi_step_label) + self->next.capacity * sizeof(uint32_t) +
        wpi_map_bytes(&self->first);
}

/* What a way to a person costs that goes on from there, and whether any does. */
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
    uint64_t cost;
    if (!has_limit(self)) {
        WPI_TRY(may_pass(self, person, end, &may, &cost, err));
        return may ? wpi_step_queue_push(&self->queue, cost, end->hops, person, err) : WP_OK;
    }
    if (end->hops == self->hops_max || end->mark == end->hops)
        return WP_OK;
    end->mark = end->hops;
    return wpi_array_push(&self->next, &person, err);
}

/* Drop the ties that lead to nobody in a better way, and have what the others change fetched. */
static size_t keep_better(const spreading *self, wpi_hop *ties, size_t count, uint64_t cost)
{
    size_t kept = 0;
    for (size_t i = 0; i < count; i++)
        wpi_reach_table_prefetch_offer(self->table, ties[i].other);
    for (size_t i = 0; i < count; i++) {
        if (wpi_reach_table_is_worse(self->table, ties[i].other, cost + ties[i].cost))
            continue;
        wpi_reach_table_prefetch(self->table, ties[i].other);
        ties[kept++] = ties[i];
    }
    return kept;
}

/* Offer the neighbours of a person who is passed, or of a source. */
static wp_status spread(spreading *self, const passing *from, wp_error *err)
{
    wpi_walk walk;
    wpi_hop ties[BATCH];
    wpi_wanted wanted = {self->query->cost_limit - from->cost, NULL, BATCH};
    wp_status status = WP_OK;
    WPI_TRY(wpi_view_begin(&self->query->view, from->person, false, &walk, err));
    while (status == WP_OK) {
        size_t count;
        note_memory(self);
        status = wpi_view_take(&walk, &wanted, ties, &count, err);
        count = keep_better(self, ties, count, from->cost);
        for (size_t i = 0; i < count; i++) {
            wpi_reach_end *end;
            WPI_TRY(wpi_reach_table_offer(self->table, ties[i].other, from->cost + ties[i].cost,
                                          from->hops + 1, &end, err));
            if (end != NULL)
                WPI_TRY(go_on_from(self, ties[i].other, end, err));
        }
    }
    return status == WP_ENOTFOUND ? WP_OK : status;
}

/* Have the lists of the next few people of the front fetched, and the entries of the index for
 * those after them: together, since finding their pages takes longer than reading them. */
static void fetch_ahead(const spreading *self, size_t at)
{
    const passing *front = self->front.items;
    size_t lists = at + AHEAD, indices = lists + AHEAD, count = self->front.count;
    for (size_t i = indices; i < indices + AHEAD && i < count; i++)
        wpi_view_prefetch(&self->query->view, front[i].person);
    for (size_t i = lists; i < indices && i < count; i++)
        wpi_view_prefetch_list(&self->query->view, front[i].person, LINES);
}

static wp_status pass_front(spreading *self, wp_error *err)
{
    const passing *front = self->front.items;
    size_t count = self->front.count;
    for (size_t i = 0; i < count; i++) {
        if (i % AHEAD == 0)
            fetch_ahead(self, i);
        if (i % PEOPLE_BETWEEN_POLLS == 0)
            WPI_TRY(wpi_meter_poll(&self->query->meter, err)); /* many may have no ties */
        WPI_TRY(spread(self, &front[i], err));
    }
    return WP_OK;
}

/* ---- Fronts without a limit of hops ---- */

/* Let the people of the next step be the front, each with the first of their labels. */
static wp_status turn_step(spreading *self, wp_error *err)
{
    WPI_TRY(wpi_step_queue_take(&self->queue, &self->step, err));
    const wpi_step_label *labels = self->step.items;
    size_t count = self->step.count;
    for (size_t i = 0; i < count; i++) {
        wpi_reach_end *end;
        passing at = {labels[i].person, labels[i].hops, wpi_step_cost(&labels[i])};
        if (i + AHEAD < count)
            wpi_reach_table_prefetch(self->table, labels[i + AHEAD].person);
        WPI_TRY(wpi_reach_table_find(self->table, at.person, &end, err));
        if (end->mark != 0)
            continue;
        end->mark = 1;
        WPI_TRY(wpi_array_push(&self->front, &at, err));
    }
    return WP_OK;
}

/* ---- Fronts with a limit of hops ---- */

/* Whether passing a neighbour of a source as the first costs as little. */
static bool is_as_cheap_first(const spreading *self, const passing *at)
{
    const uint64_t *first = wpi_map_find(&self->first, at->person);
    return first != NULL && *first <= at->cost;
}

/* Let those whose ends improved at the last hop be the front, before their ends improve further. */
static wp_status turn_hop(spreading *self, wp_error *err)
{
    const uint32_t *next = self->next.items;
    for (size_t i = 0; i < self->next.count; i++) {
        bool may;
        wpi_reach_end *end;
        passing at = {.person = next[i]};
        if (i + AHEAD < self->next.count)
            wpi_reach_table_prefetch(self->table, next[i + AHEAD]);
        WPI_TRY(wpi_reach_table_find(self->table, at.person, &end, err));
        WPI_TRY(may_pass(self, at.person, end, &may, &at.cost, err));
        at.hops = end->hops;
        if (!may || (at.hops > 1 && is_as_cheap_first(self, &at)))
            continue;
        if (at.hops == 1)
            WPI_TRY(wpi_map_put(&self->first, at.person, at.cost, NULL, NULL, err));
        WPI_TRY(wpi_array_push(&self->front, &at, err));
    }
    self->next.count = 0;
    return WP_OK;
}

/* ---- All ---- */

static wp_status pass_all(spreading *self, wp_error *err)
{
    bool is_left = true;
    while (is_left) {
        self->front.count = 0;
        WPI_TRY(has_limit(self) ? turn_hop(self, err) : turn_step(self, err));
        is_left = has_limit(self) ? self->front.count > 0 : self->step.count > 0;
        WPI_TRY(pass_front(self, err));
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
                      .front = WPI_ARRAY_OF(passing),
                      .step = WPI_ARRAY_OF(wpi_step_label),
                      .next = WPI_ARRAY_OF(uint32_t)};
    wpi_step_queue_init(&self.queue);
    for (size_t i = 0; i < query->source_list.count; i++) {
        passing source = {.person = WPI_ARRAY_AT(&query->source_list, uint32_t, i)};
        WPI_TRY_OUT(spread(&self, &source, err));
    }
    status = pass_all(&self, err);
out:
    wpi_step_queue_free(&self.queue);
    wpi_array_free(&self.front);
    wpi_array_free(&self.step);
    wpi_array_free(&self.next);
    wpi_map_free(&self.first);
    return status;
}
