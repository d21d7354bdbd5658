/*
 * The order of an answer: by radix on the cost, which most people share with few or nobody; among
 * equals by hops, and only where these are equal as well by external id, which must be read.
 *
 * Ids are read one group of equals after the other and forgotten after each, so that they take no
 * more memory than those of the largest group.
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

/* Somebody among equals. */
typedef struct named {
    const char *id;
    uint32_t person;
} named;

typedef struct ranking {
    wpi_query *query;
    size_t memory_bytes; /* of the list */
    uint32_t ids;        /* read so far */
    wpi_array equals;    /* of named */
    wpi_arena texts;     /* their ids */
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

static int compare_named(const void *a, const void *b)
{
    const named *x = a, *y = b;
    int order = strcmp(x->id, y->id);
    if (order != 0)
        return order;
    return x->person < y->person ? -1 : x->person > y->person;
}

/* Read somebody's id and add it to the equals. What the look-up lent is given back at once. */
static wp_status add_equal(ranking *self, uint32_t person, wp_error *err)
{
    const char *text = NULL;
    wpi_meter *meter = &self->query->meter;
    meter->memory_bytes =
        self->memory_bytes + self->texts.total_bytes + self->equals.capacity * sizeof(named);
    if (self->ids++ % IDS_BETWEEN_POLLS == 0)
        WPI_TRY(wpi_meter_poll(meter, err));
    WPI_TRY(wpi_person_external_id(self->query->view.graph, person, &text, err));
    size_t bytes = strlen(text) + 1;
    char *copy = wpi_arena_take(&self->texts, bytes, 1);
    if (copy == NULL)
        return wpi_memory_failed(err);
    memcpy(copy, text, bytes);
    wpi_graph_reclaim(self->query->view.graph);
    named equal = {copy, person};
    return wpi_array_push(&self->equals, &equal, err);
}

/* Order people of one cost and number of hops by their ids. */
static wp_status order_equals(ranking *self, ranked *items, size_t count, wp_error *err)
{
    self->equals.count = 0;
    wpi_arena_reset(&self->texts);
    for (size_t i = 0; i < count; i++)
        WPI_TRY(add_equal(self, items[i].person, err));
    qsort(self->equals.items, count, sizeof(named), compare_named);
    for (size_t i = 0; i < count; i++)
        items[i].person = WPI_ARRAY_AT(&self->equals, named, i).person;
    return WP_OK;
}

/* Order people of one cost, by hops all of them before any by ids. */
static wp_status order_cost(ranking *self, ranked *items, size_t count, wp_error *err)
{
    for (size_t i = 0, next; i < count; i = next) {
        for (next = i + 1; next < count && items[next].hops == items[i].hops; next++)
            ;
        if (next - i > 1)
            WPI_TRY(order_equals(self, &items[i], next - i, err));
    }
    return WP_OK;
}

/* Where people of another cost begin. */
static size_t end_of_cost(const ranked *items, size_t from, size_t count)
{
    size_t to = from + 1;
    while (to < count && cost_of(&items[to]) == cost_of(&items[from]))
        to++;
    return to;
}

static wp_status order_all(ranking *self, ranked *items, size_t count, wp_error *err)
{
    for (size_t i = 0, next; i < count; i = next) {
        next = end_of_cost(items, i, count);
        if (next - i > 1)
            qsort(&items[i], next - i, sizeof *items, compare_hops);
    }
    for (size_t i = 0, next; i < count; i = next) {
        next = end_of_cost(items, i, count);
        if (next - i > 1)
            WPI_TRY(order_cost(self, &items[i], next - i, err));
    }
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
    self.memory_bytes = list.count * WPI_REACH_RANK_BYTES;
    limit = order_all(&self, list.items, list.count, err);
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
