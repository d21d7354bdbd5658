/*
 * Tracing back over tight ties: those by which one label follows exactly from another.
 *
 * Backwards, hop by hop, all tight ties not dearer than `widest` are collected; every person met
 * has a way to a source, because its label's own widest tie is within the limit. Forwards, the
 * first person by external id is taken at each hop, which gives the first path in the order of ids.
 */
#include "path/trace.h"

#include <assert.h>

#include "graph/person.h"

typedef struct tight_tie {
    uint32_t from;
    uint32_t to;
} tight_tie;

wp_status wpi_trace_id(wpi_trace_ids *ids, uint32_t person, const char **text, wp_error *err)
{
    uint64_t *known = wpi_map_find(&ids->at, person);
    if (known != NULL) {
        *text = (const char *)(uintptr_t)*known;
        return WP_OK;
    }
    WPI_TRY(wpi_person_external_id(ids->graph, person, text, err));
    return wpi_map_put(&ids->at, person, (uint64_t)(uintptr_t)*text, &known, NULL, err);
}

wp_status wpi_trace_compare(wpi_trace_ids *ids, uint32_t a, uint32_t b, int *order, wp_error *err)
{
    const char *text_a = NULL, *text_b = NULL;
    *order = 0;
    if (a == b)
        return WP_OK;
    WPI_TRY(wpi_trace_id(ids, a, &text_a, err));
    WPI_TRY(wpi_trace_id(ids, b, &text_b, err));
    *order = strcmp(text_a, text_b);
    if (*order == 0)
        *order = a < b ? -1 : 1;
    return WP_OK;
}

/* The tight ties into one person at a hop. */
static wp_status trace_one(const wpi_search *search, uint32_t person, uint32_t hops,
                           uint32_t widest, wpi_array *ties, wp_error *err)
{
    wpi_walk walk;
    wpi_hop hop;
    uint64_t passage;
    wp_status status;
    const wpi_label *label = wpi_search_label(search, person, hops);
    assert(label != NULL);
    WPI_TRY(wpi_view_passage(search->view, person, hops, &passage, err));
    uint64_t needed = label->cost - passage;
    WPI_TRY(wpi_view_begin(search->view, person, true, &walk, err));
    while ((status = wpi_view_next(&walk, needed < widest ? needed : widest, &hop, err)) == WP_OK) {
        bool is_tight = false;
        if (hops == 1) {
            is_tight = hop.cost == needed && wpi_bitset_has(search->view->sources, hop.other) &&
                       !wpi_bitset_has(search->view->targets, hop.other);
        } else if (!wpi_view_is_end(search->view, hop.other)) {
            const wpi_label *before = wpi_search_label(search, hop.other, hops - 1);
            is_tight =
                before != NULL && before->cost + hop.cost == needed && before->widest <= widest;
        }
        tight_tie tie = {hop.other, person};
        if (is_tight)
            WPI_TRY(wpi_array_push(ties, &tie, err));
    }
    return status == WP_ENOTFOUND ? WP_OK : status;
}

/* The distinct starts of some ties. */
static wp_status starts_of(const tight_tie *ties, size_t count, wpi_array *people, wp_error *err)
{
    people->count = 0;
    for (size_t i = 0; i < count; i++)
        WPI_TRY(wpi_array_push(people, &ties[i].from, err));
    wpi_array_sort_numbers(people);
    return WP_OK;
}

/* Collect the tight ties of all hops, last hop first; from[h] is where those of hop h begin. */
static wp_status collect(const wpi_search *search, uint32_t introducer, uint32_t hops,
                         uint32_t widest, wpi_array *ties, wpi_array *from, wp_error *err)
{
    wp_status status;
    wpi_array people = WPI_ARRAY_OF(uint32_t);
    WPI_TRY_OUT(wpi_array_push(&people, &introducer, err));
    for (uint32_t hop = hops; hop >= 1; hop--) {
        size_t start = ties->count;
        WPI_TRY_OUT(wpi_array_push(from, &start, err));
        for (size_t i = 0; i < people.count; i++)
            WPI_TRY_OUT(
                trace_one(search, WPI_ARRAY_AT(&people, uint32_t, i), hop, widest, ties, err));
        assert(ties->count > start);
        WPI_TRY_OUT(
            starts_of(&WPI_ARRAY_AT(ties, tight_tie, start), ties->count - start, &people, err));
    }
out:
    wpi_array_free(&people);
    return status;
}

/* The first by id among the starts (person 0) or among the ends of the ties from `person`. */
static wp_status choose(wpi_trace_ids *ids, const tight_tie *ties, size_t count, uint32_t person,
                        uint32_t *chosen, wp_error *err)
{
    *chosen = 0;
    for (size_t i = 0; i < count; i++) {
        int order = -1;
        uint32_t candidate = person == 0 ? ties[i].from : ties[i].to;
        if (person != 0 && ties[i].from != person)
            continue;
        if (*chosen != 0)
            WPI_TRY(wpi_trace_compare(ids, candidate, *chosen, &order, err));
        if (order < 0)
            *chosen = candidate;
    }
    assert(*chosen != 0);
    return WP_OK;
}

wp_status wpi_trace_people(const wpi_search *search, wpi_trace_ids *ids, uint32_t introducer,
                           uint32_t hops, uint32_t widest, wpi_array *people, wp_error *err)
{
    wp_status status;
    uint32_t person = 0;
    wpi_array ties = WPI_ARRAY_OF(tight_tie), from = WPI_ARRAY_OF(size_t);
    WPI_TRY_OUT(collect(search, introducer, hops, widest, &ties, &from, err));
    for (uint32_t hop = 0; hop <= hops; hop++) {
        size_t level = hop == 0 ? from.count - 1 : from.count - hop;
        size_t start = WPI_ARRAY_AT(&from, size_t, level);
        size_t end = level + 1 < from.count ? WPI_ARRAY_AT(&from, size_t, level + 1) : ties.count;
        const tight_tie *items = &WPI_ARRAY_AT(&ties, tight_tie, start);
        WPI_TRY_OUT(choose(ids, items, end - start, person, &person, err));
        WPI_TRY_OUT(wpi_array_push(people, &person, err));
    }
out:
    wpi_array_free(&ties);
    wpi_array_free(&from);
    return status;
}
