/*
 * Numbers that become another person's: see rehome.h.
 */
#include "graph/rehome.h"

#include <stdlib.h>

#include "graph/adjacency.h"
#include "graph/answer.h"
#include "graph/derive.h"
#include "graph/interaction.h"
#include "graph/party.h"
#include "graph/restate.h"
#include "graph/source_id.h"
#include "graph/tie.h"
#include "graph/together.h"

void wpi_rehome_free(wpi_rehoming *rehoming)
{
    wpi_array_free(&rehoming->left);
    wpi_array_free(&rehoming->interactions);
    wpi_array_free(&rehoming->neighbours);
}

static int compare_u64(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return x < y ? -1 : x > y;
}

static void sort_unique(wpi_array *numbers)
{
    uint64_t *items = numbers->items;
    size_t kept = 0;
    if (numbers->count > 1)
        qsort(items, numbers->count, sizeof *items, compare_u64);
    for (size_t i = 0; i < numbers->count; i++)
        if (kept == 0 || items[kept - 1] != items[i])
            items[kept++] = items[i];
    numbers->count = kept;
}

static wp_status add_interaction(void *context, const wpi_evidence_row *row, wp_error *err)
{
    bool is_event = (row->interaction & WPI_TOGETHER) == 0; /* the others follow by themselves */
    return is_event ? wpi_array_push(context, &row->interaction, err) : WP_OK;
}

static wp_status collect_rows(wpi_graph *graph, uint32_t a, uint32_t b, wpi_rehoming *out,
                              wp_error *err)
{
    return wpi_evidence_each(graph, a < b ? a : b, a < b ? b : a, 0, WP_TIME_MAX + 1,
                             add_interaction, &out->interactions, err);
}

/* All that concerns one person. */
static wp_status leave(wpi_graph *graph, uint32_t person, wpi_rehoming *out, wp_error *err)
{
    wpi_neighbours neighbours;
    wpi_arc_hot arc;
    uint32_t at = 0;
    size_t first = out->neighbours.count;
    WPI_TRY(wpi_tie_flush(graph, err));
    WPI_TRY(wpi_adjacency_find(graph, person, &neighbours, err));
    while (wpi_neighbours_next(&neighbours, &at, &arc))
        WPI_TRY(wpi_array_push(&out->neighbours, &arc.other, err));
    for (size_t i = first; i < out->neighbours.count; i++) {
        uint32_t other = WPI_ARRAY_AT(&out->neighbours, uint32_t, i);
        WPI_TRY(collect_rows(graph, person, other, out, err));
        WPI_TRY(wpi_restate_unstate(graph, person < other ? person : other,
                                    person < other ? other : person, err));
    }
    return collect_rows(graph, person, person, out, err);
}

/* Interactions that answer those found depend on who their author is, and meetings on who answered
 * them. */
static wp_status collect_replies(wpi_graph *graph, wpi_rehoming *out, wp_error *err)
{
    sort_unique(&out->interactions);
    for (size_t i = 0, count = out->interactions.count; i < count; i++) {
        wp_interaction found;
        WPI_TRY(wpi_interaction_load(graph, WPI_ARRAY_AT(&out->interactions, uint64_t, i), &found,
                                     err));
        WPI_TRY(wpi_source_id_replies(graph, found.source, &out->interactions, err));
        WPI_TRY(wpi_answer_meetings(graph, &found, &out->interactions, err));
    }
    sort_unique(&out->interactions);
    return WP_OK;
}

static wp_status change_one(wpi_graph *graph, uint64_t number, const wp_interaction *found,
                            bool is_made, wp_error *err)
{
    wpi_counted counted, none = {.interaction = NULL};
    WPI_TRY(wpi_interaction_count(graph, found, &counted, err));
    return wpi_derive_change(graph, number, is_made ? &none : &counted, is_made ? &counted : &none,
                             err);
}

/* Take what follows from the interactions away, answers last, or make it anew, answers first: their
 * meetings find them then. */
static wp_status change_all(wpi_graph *graph, const wpi_rehoming *rehoming, bool is_made,
                            wp_error *err)
{
    for (int pass = 0; pass < 2; pass++)
        for (size_t i = 0; i < rehoming->interactions.count; i++) {
            uint64_t number = WPI_ARRAY_AT(&rehoming->interactions, uint64_t, i);
            wp_interaction found;
            WPI_TRY(wpi_interaction_load(graph, number, &found, err));
            if ((found.kind == WP_KIND_ANSWER) == (is_made == (pass == 0)))
                WPI_TRY(change_one(graph, number, &found, is_made, err));
        }
    return WP_OK;
}

wp_status wpi_rehome_begin(wpi_graph *graph, const wpi_array *moves, wpi_rehoming *out,
                           wp_error *err)
{
    WPI_TRY(wpi_answer_settle(graph, err));
    for (size_t i = 0; i < moves->count; i++) {
        uint32_t before = WPI_ARRAY_AT(moves, wpi_move, i).before;
        if (before != 0)
            WPI_TRY(wpi_array_push(&out->left, &before, err));
    }
    wpi_array_sort_numbers(&out->left);
    for (size_t i = 0; i < out->left.count; i++)
        WPI_TRY(leave(graph, WPI_ARRAY_AT(&out->left, uint32_t, i), out, err));
    WPI_TRY(collect_replies(graph, out, err));
    return change_all(graph, out, false, err);
}

/* Who the people concerned are now. */
static wp_status list_people(const wpi_array *numbers, const uint32_t *components,
                             wpi_array *people, wp_error *err)
{
    for (size_t i = 0; i < numbers->count; i++)
        if (components[i] != 0)
            WPI_TRY(wpi_array_push(people, &components[i], err));
    wpi_array_sort_numbers(people);
    return WP_OK;
}

/* What is stated between the people concerned and whoever they had ties with. */
static wp_status restate(wpi_graph *graph, const wpi_array *people, wpi_rehoming *rehoming,
                         wp_error *err)
{
    for (size_t i = 0; i < rehoming->neighbours.count; i++) {
        uint32_t *other = &WPI_ARRAY_AT(&rehoming->neighbours, uint32_t, i), canonical;
        WPI_TRY(wpi_party_find(graph, WPI_PERSON, *other, &canonical, err));
        *other = canonical;
    }
    wpi_array_sort_numbers(&rehoming->neighbours);
    for (size_t i = 0; i < people->count; i++) {
        uint32_t person = WPI_ARRAY_AT(people, uint32_t, i);
        for (size_t j = 0; j < rehoming->neighbours.count; j++) {
            uint32_t other = WPI_ARRAY_AT(&rehoming->neighbours, uint32_t, j);
            if (other != 0)
                WPI_TRY(wpi_restate_pair(graph, person, other, err));
        }
        for (size_t j = 0; j < i; j++)
            WPI_TRY(wpi_restate_pair(graph, person, WPI_ARRAY_AT(people, uint32_t, j), err));
    }
    return WP_OK;
}

wp_status wpi_rehome_end(wpi_graph *graph, const wpi_array *numbers, const uint32_t *components,
                         wpi_rehoming *rehoming, wp_error *err)
{
    wp_status status;
    wpi_array people = WPI_ARRAY_OF(uint32_t);
    WPI_TRY_OUT(list_people(numbers, components, &people, err));
    WPI_TRY_OUT(change_all(graph, rehoming, true, err));
    WPI_TRY_OUT(restate(graph, &people, rehoming, err));
    WPI_TRY_OUT(wpi_restate_all(graph, err));
out:
    wpi_array_free(&people);
    return status;
}
