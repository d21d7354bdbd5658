/*
 * Merging paths into a graph and laying it out.
 *
 * A person who is on several paths is one node, a tie one edge. Columns follow the ties from left
 * to right: a node stands one column right of the last of those that lead to it. Different paths
 * may cross the same two people in opposite directions, so the columns are raised a bounded number
 * of times and capped; such an edge is then drawn backwards. All targets stand in the last column.
 *
 * At most 1 000 paths are drawn, so searching lists one by one is good enough.
 */
#include "picture.h"

#include <stdlib.h>

#include "date.h"
#include "text.h"

static size_t put_node(picture *self, const person_view *who)
{
    for (size_t i = 0; i < self->node_count; i++)
        if (self->nodes[i].who->number == who->number)
            return i;
    self->nodes = text_resize(self->nodes, self->node_count + 1, sizeof *self->nodes);
    self->nodes[self->node_count] = (picture_node){.who = who};
    return self->node_count++;
}

static void put_edge(picture *self, size_t from, size_t to, const wp_tie *tie, bool is_best)
{
    for (size_t i = 0; i < self->edge_count; i++)
        if (self->edges[i].from == from && self->edges[i].to == to)
            return;
    self->edges = text_resize(self->edges, self->edge_count + 1, sizeof *self->edges);
    self->edges[self->edge_count++] = (picture_edge){from, to, tie, is_best};
}

static void add_path(picture *self, const path_item *item, bool is_best)
{
    size_t before = put_node(self, &item->people[0]);

    for (uint32_t i = 0; i < item->hops; i++) {
        size_t after = put_node(self, &item->people[i + 1]);
        put_edge(self, before, after, &item->ties[i], is_best);
        before = after;
    }
    if (item->introducer > 0)
        self->nodes[put_node(self, &item->people[item->introducer])].is_introducer = true;
    self->nodes[before].is_target = true;
}

static void set_columns(picture *self, uint32_t last)
{
    for (uint32_t round = 0; round < last; round++)
        for (size_t i = 0; i < self->edge_count; i++) {
            uint32_t next = self->nodes[self->edges[i].from].column + 1;
            picture_node *to = &self->nodes[self->edges[i].to];
            if (!to->is_target && to->column < next && next < last)
                to->column = next;
        }
    for (size_t i = 0; i < self->node_count; i++)
        if (self->nodes[i].is_target)
            self->nodes[i].column = last;
    self->column_count = last + 1;
}

static void set_rows(picture *self)
{
    uint32_t *used = text_new(self->column_count, sizeof *used);

    for (size_t i = 0; i < self->node_count; i++) {
        self->nodes[i].row = used[self->nodes[i].column]++;
        if (self->nodes[i].row + 1 > self->row_count)
            self->row_count = self->nodes[i].row + 1;
    }
    free(used);
}

void picture_build(const path_answer *answer, picture *out)
{
    uint32_t last = 1;

    *out = (picture){0};
    for (size_t i = 0; i < answer->count; i++) {
        add_path(out, &answer->items[i], i == 0);
        if (answer->items[i].hops > last)
            last = answer->items[i].hops;
    }
    set_columns(out, last);
    set_rows(out);
}

void picture_free(picture *self)
{
    free(self->nodes);
    free(self->edges);
    *self = (picture){0};
}

char *picture_title(const path_answer *answer)
{
    char day[DATE_TEXT_BYTES];
    char *title =
        text_format("%zu path%s from %s to %s on %s", answer->count, answer->count == 1 ? "" : "s",
                    answer->from, answer->to, date_format_day(answer->day, day));
    char *clean = text_clean(title);

    free(title);
    return clean;
}
