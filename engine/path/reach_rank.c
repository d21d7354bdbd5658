/*
 * The order of an answer: by radix on the cost, which most people share with few or nobody; among
 * equals by hops, and only where these are equal as well by external id, which must be read.
 *
 * Ids are read in the order of numbers, in which people are stored: those side by side share pages,
 * where those of equal costs lie anywhere.
 */
#include "path/reach_rank.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/sort.h"
#include "graph/person.h"
#include "rules/path_cost.h"

#define IDS_BETWEEN_POLLS 64

/* The cost comes first, since items are sorted by that pair. */
typedef struct ranked {
    uint32_t cost_upper;
    uint32_t cost_lower;
    uint32_t hops;
    uint32_t person;
} ranked;

/* Somebody among equals; sorted by number, later by place in the list. */
typedef struct named {
    uint32_t key;
    uint32_t other; /* the place while the key is the number, and the other way round */
    const char *id;
} named;

typedef struct ranking {
    wpi_query *query;
    ranked *items;
    size_t count;
    wpi_array equals; /* of named */
    wpi_arena texts;  /* their ids */
} ranking;

static uint64_t cost_of(const ranked *at)
{
    return (uint64_t)at->cost_upper << 32 | at->cost_lower;
}

static int compare_hops(const void *a, const void *b)
{
    const ranked *x = a, *y = b;
    if (x->hops != y->hops)
        return x->hops < y->hops ? -1 : 1;
    return x->person < y->person ? -1 : x->person > y->person;
}

/* Of named by place. */
static int compare_named(const void *a, const void *b)
{
    const named *x = a, *y = b;
    int order = strcmp(x->id, y->id);
    if (order != 0)
        return order;
    return x->other < y->other ? -1 : x->other > y->other;
}

static bool is_equal(const ranking *self, size_t a, size_t b)
{
    return cost_of(&self->items[a]) == cost_of(&self->items[b]) &&
           self->items[a].hops == self->items[b].hops;
}

/* Sort people of one cost by hops, then number, and add those with equals to these. */
static wp_status order_by_hops(ranking *self, size_t from, size_t to, wp_error *err)
{
    qsort(&self->items[from], to - from, sizeof *self->items, compare_hops);
    for (size_t i = from; i < to; i++) {
        named equal = {self->items[i].person, (uint32_t)i, NULL};
        bool has_equal =
            (i > from && is_equal(self, i - 1, i)) || (i + 1 < to && is_equal(self, i, i + 1));
        if (has_equal)
            WPI_TRY(wpi_array_push(&self->equals, &equal, err));
    }
    return WP_OK;
}

static wp_status order_by_numbers(ranking *self, wp_error *err)
{
    for (size_t from = 0, to; from < self->count; from = to) {
        for (to = from + 1; to < self->count; to++)
            if (cost_of(&self->items[to]) != cost_of(&self->items[from]))
                break;
        if (to - from > 1)
            WPI_TRY(order_by_hops(self, from, to, err));
    }
    return WP_OK;
}

/* Read somebody's id. What the look-up lent is given back at once. */
static wp_status read_id(ranking *self, named *equal, wp_error *err)
{
    const char *text = NULL;
    wpi_graph *graph = self->query->view.graph;
    WPI_TRY(wpi_person_external_id(graph, equal->key, &text, err));
    size_t bytes = strlen(text) + 1;
    char *copy = wpi_arena_take(&self->texts, bytes, 1);
    if (copy == NULL)
        return wpi_memory_failed(err);
    memcpy(copy, text, bytes);
    equal->id = copy;
    wpi_graph_reclaim(graph);
    return WP_OK;
}

/* Read the ids of all equals. Sorting these takes a copy. */
static wp_status read_ids(ranking *self, wp_error *err)
{
    wpi_meter *meter = &self->query->meter;
    size_t bytes = self->count * WPI_REACH_RANK_BYTES + 2 * self->equals.capacity * sizeof(named);
    for (size_t i = 0; i < self->equals.count; i++) {
        meter->memory_bytes = bytes + self->texts.total_bytes;
        if (i % IDS_BETWEEN_POLLS == 0)
            WPI_TRY(wpi_meter_poll(meter, err));
        if (i == 0)
            WPI_TRY(wpi_sort_pairs(&self->equals, err));
        WPI_TRY(read_id(self, &WPI_ARRAY_AT(&self->equals, named, i), err));
    }
    return WP_OK;
}

/* Give equals their places in the order of ids. */
static void order_by_ids(ranking *self)
{
    named *equals = self->equals.items;
    for (size_t from = 0, to; from < self->equals.count; from = to) {
        uint32_t place = equals[from].key;
        for (to = from + 1; to < self->equals.count; to++)
            if (!is_equal(self, place, equals[to].key))
                break;
        qsort(&equals[from], to - from, sizeof *equals, compare_named);
        for (size_t i = from; i < to; i++)
            self->items[place + (i - from)].person = equals[i].other;
    }
}

/* Order equals by id. At a limit they stay in the order of numbers. */
static wp_status order_equals(ranking *self, wp_error *err)
{
    WPI_TRY(read_ids(self, err));
    for (size_t i = 0; i < self->equals.count; i++) {
        named *at = &WPI_ARRAY_AT(&self->equals, named, i);
        *at = (named){at->other, at->key, at->id};
    }
    WPI_TRY(wpi_sort_pairs(&self->equals, err));
    order_by_ids(self);
    return WP_OK;
}

static wp_status take_ends(wpi_reach_table *table, wpi_array *list, wp_error *err)
{
    uint32_t person;
    size_t at = 0;
    const wpi_reach_end *end;
    WPI_TRY(wpi_array_reserve(list, table->count, err));
    while ((end = wpi_reach_table_next(table, &at, &person)) != NULL) {
        ranked item = {(uint32_t)(end->cost >> 32), (uint32_t)end->cost, end->hops, person};
        WPI_TRY(wpi_array_push(list, &item, err));
    }
    wpi_reach_table_free(table);
    return WP_OK;
}

static wp_status list_items(const wpi_array *list, wp_reached **out, wp_error *err)
{
    const ranked *from = list->items;
    wp_reached *items = wpi_memory_new(list->count, sizeof *items);
    if (items == NULL)
        return wpi_memory_failed(err);
    for (size_t i = 0; i < list->count; i++) {
        uint64_t cost = cost_of(&from[i]);
        bool is_known = i > 0 && cost == items[i - 1].cost;
        double score = is_known ? items[i - 1].score : wpi_path_cost_score(cost);
        items[i] = (wp_reached){from[i].person, from[i].hops, cost, score};
    }
    *out = items;
    return WP_OK;
}

wp_status wpi_reach_rank(wpi_query *query, wpi_reach_table *table, wp_reached **items,
                         size_t *count, wp_error *err)
{
    wp_status status, limit = WP_OK;
    wpi_array list = WPI_ARRAY_OF(ranked);
    ranking self = {.query = query, .equals = WPI_ARRAY_OF(named)};
    WPI_TRY_OUT(take_ends(table, &list, err));
    WPI_TRY_OUT(wpi_sort_pairs(&list, err));
    self.items = list.items;
    self.count = list.count;
    WPI_TRY_OUT(order_by_numbers(&self, err));
    limit = order_equals(&self, err);
    if (limit != WP_OK && !wpi_meter_is_limit(limit)) {
        status = limit;
        goto out;
    }
    WPI_TRY_OUT(list_items(&list, items, err));
    *count = list.count;
out:
    wpi_array_free(&list);
    wpi_array_free(&self.equals);
    wpi_arena_free(&self.texts);
    return status == WP_OK ? limit : status;
}
