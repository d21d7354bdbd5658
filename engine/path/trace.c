/*
 * Tracing back over tight ties: those by which one label follows exactly from another.
 *
 * Backwards from the introducer, hop by hop, all tight ties are collected: every way of the cost
 * that the labels say goes over them. Forwards, the smallest dearest tie of the ways to each person
 * follows. To choose a path, ties are collected once more, those alone that lie on a way of that
 * dearest tie; then the first person by external id is taken at each hop, which gives the first
 * path in the order of ids.
 */
#include "path/trace.h"

#include <assert.h>

#include "graph/person.h"

#define IDS_BETWEEN_POLLS 64

typedef struct tight_tie {
    uint32_t from;
    uint32_t to;
    uint32_t cost;
} tight_tie;

/* The tight ties of a way with so many hops, last hop first; of each hop, those from `starts` on.
 */
typedef struct trace {
    const wpi_search *search;
    uint32_t introducer;
    uint32_t hops;
    wpi_array ties;   /* of tight_tie */
    wpi_array starts; /* of size_t: hops of them, and the number of ties */
    wpi_map widest;   /* hop and person -> smallest dearest tie of the ways there */
} trace;

wp_status wpi_trace_id(wpi_trace_ids *ids, uint32_t person, const char **text, wp_error *err)
{
    uint64_t *known = wpi_map_find(&ids->at, person);
    if (known != NULL) {
        *text = (const char *)(uintptr_t)*known;
        return WP_OK;
    }
    if (ids->meter != NULL && ids->at.count % IDS_BETWEEN_POLLS == 0)
        WPI_TRY(wpi_meter_poll(ids->meter, err));
    WPI_TRY(wpi_person_external_id(ids->graph, person, text, err));
    return wpi_map_put(&ids->at, person, (uint64_t)(uintptr_t)*text, &known, NULL, err);
}

static wp_status compare_ids(wpi_trace_ids *ids, uint32_t a, uint32_t b, int *order, wp_error *err)
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

static uint64_t key_of(uint32_t person, uint32_t hops)
{
    return (uint64_t)hops << 32 | person;
}

/* Whether a tie into a person at a hop is tight: its cost is just what is missing. */
static bool is_tight(const wpi_search *search, const wpi_hop *hop, uint32_t hops, uint64_t needed)
{
    if (hops == 1)
        return hop->cost == needed && (hop->roles & WPI_ROLE_SOURCE) != 0;
    if ((hop->roles & WPI_ROLE_END) != 0)
        return false;
    uint64_t before = wpi_search_cost(search, hop->other, hops - 1);
    return before != UINT64_MAX && before + hop->cost == needed;
}

/* The tight ties into one person at a hop, on ways whose dearest tie is at most `widest` when
 * those are known. */
static wp_status collect_one(trace *self, uint32_t person, uint32_t hops, uint32_t widest,
                             wp_error *err)
{
    wpi_walk walk;
    wpi_hop hop;
    uint64_t passage;
    wp_status status;
    const wpi_search *search = self->search;
    WPI_TRY(wpi_view_passage(search->view, person, hops, &passage, err));
    uint64_t needed = wpi_search_cost(search, person, hops) - passage;
    uint64_t most = needed < widest ? needed : widest;
    WPI_TRY(wpi_view_begin(search->view, person, true, &walk, err));
    while ((status = wpi_view_next(&walk, most, &hop, err)) == WP_OK) {
        tight_tie tie = {hop.other, person, hop.cost};
        uint64_t *before =
            hops == 1 ? NULL : wpi_map_find(&self->widest, key_of(hop.other, hops - 1));
        bool is_on_way = before == NULL || *before <= widest;
        if (is_on_way && is_tight(search, &hop, hops, needed))
            WPI_TRY(wpi_array_push(&self->ties, &tie, err));
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

static wp_status collect(trace *self, uint32_t widest, wp_error *err)
{
    wp_status status;
    wpi_array people = WPI_ARRAY_OF(uint32_t);
    self->ties.count = 0;
    self->starts.count = 0;
    WPI_TRY_OUT(wpi_array_push(&people, &self->introducer, err));
    for (uint32_t hops = self->hops; hops >= 1; hops--) {
        size_t start = self->ties.count;
        WPI_TRY_OUT(wpi_array_push(&self->starts, &start, err));
        for (size_t i = 0; i < people.count; i++)
            WPI_TRY_OUT(collect_one(self, WPI_ARRAY_AT(&people, uint32_t, i), hops, widest, err));
        if (self->ties.count == start) {
            status = wpi_error_set(err, WP_ECORRUPT, "neighbour lists of two people disagree");
            goto out;
        }
        WPI_TRY_OUT(starts_of(&WPI_ARRAY_AT(&self->ties, tight_tie, start),
                              self->ties.count - start, &people, err));
    }
    WPI_TRY_OUT(wpi_array_push(&self->starts, &self->ties.count, err));
out:
    wpi_array_free(&people);
    return status;
}

/* The ties of a hop. */
static const tight_tie *ties_of(const trace *self, uint32_t hops, size_t *count)
{
    size_t level = self->hops - hops;
    size_t start = WPI_ARRAY_AT(&self->starts, size_t, level);
    *count = WPI_ARRAY_AT(&self->starts, size_t, level + 1) - start;
    return &WPI_ARRAY_AT(&self->ties, tight_tie, start);
}

/* The smallest dearest tie of the ways to each person collected. */
static wp_status find_widest(trace *self, uint32_t *widest, wp_error *err)
{
    for (uint32_t hops = 1; hops <= self->hops; hops++) {
        size_t count;
        const tight_tie *ties = ties_of(self, hops, &count);
        for (size_t i = 0; i < count; i++) {
            uint64_t *known, *before = NULL;
            if (hops > 1)
                before = wpi_map_find(&self->widest, key_of(ties[i].from, hops - 1));
            uint64_t here = ties[i].cost;
            if (before != NULL && *before > here)
                here = *before;
            WPI_TRY(wpi_map_put(&self->widest, key_of(ties[i].to, hops), here, &known, NULL, err));
            if (here < *known)
                *known = here;
        }
    }
    *widest = (uint32_t)*wpi_map_find(&self->widest, key_of(self->introducer, self->hops));
    return WP_OK;
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
            WPI_TRY(compare_ids(ids, candidate, *chosen, &order, err));
        if (order < 0)
            *chosen = candidate;
    }
    assert(*chosen != 0);
    return WP_OK;
}

static wp_status choose_people(const trace *self, wpi_trace_ids *ids, wpi_array *people,
                               wp_error *err)
{
    uint32_t person = 0;
    for (uint32_t hops = 0; hops <= self->hops; hops++) {
        size_t count;
        const tight_tie *ties = ties_of(self, hops == 0 ? 1 : hops, &count);
        WPI_TRY(choose(ids, ties, count, person, &person, err));
        WPI_TRY(wpi_array_push(people, &person, err));
    }
    return WP_OK;
}

/* The people of the ties collected when there is one for each hop. */
static wp_status take_only_way(const trace *self, wpi_array *people, wp_error *err)
{
    const tight_tie *ties = self->ties.items;
    for (uint32_t hops = self->hops; hops >= 1; hops--)
        WPI_TRY(wpi_array_push(people, &ties[hops - 1].from, err));
    return wpi_array_push(people, &self->introducer, err);
}

/* Find the smallest dearest tie, or choose people with that of `widest`. */
static wp_status run(const wpi_search *search, wpi_trace_ids *ids, uint32_t introducer,
                     uint32_t hops, uint32_t *widest, wpi_array *people, wp_error *err)
{
    wp_status status;
    uint32_t smallest;
    trace self = {.search = search,
                  .introducer = introducer,
                  .hops = hops,
                  .ties = WPI_ARRAY_OF(tight_tie),
                  .starts = WPI_ARRAY_OF(size_t)};
    WPI_TRY_OUT(collect(&self, UINT32_MAX, err));
    if (people != NULL && self.ties.count == hops) {
        WPI_TRY_OUT(take_only_way(&self, people, err));
        goto out;
    }
    WPI_TRY_OUT(find_widest(&self, &smallest, err));
    if (people == NULL) {
        *widest = smallest;
    } else {
        WPI_TRY_OUT(collect(&self, smallest > *widest ? smallest : *widest, err));
        WPI_TRY_OUT(choose_people(&self, ids, people, err));
    }
out:
    wpi_array_free(&self.ties);
    wpi_array_free(&self.starts);
    wpi_map_free(&self.widest);
    return status;
}

/* Somebody from whom a tight tie leads to a person at a hop. */
static wp_status find_before(const wpi_search *search, uint32_t person, uint32_t hops,
                             uint32_t *before, wp_error *err)
{
    wpi_walk walk;
    wpi_hop hop;
    uint64_t passage;
    wp_status status;
    WPI_TRY(wpi_view_passage(search->view, person, hops, &passage, err));
    uint64_t needed = wpi_search_cost(search, person, hops) - passage;
    WPI_TRY(wpi_view_begin(search->view, person, true, &walk, err));
    do
        status = wpi_view_next(&walk, needed, &hop, err);
    while (status == WP_OK && !is_tight(search, &hop, hops, needed));
    if (status == WP_ENOTFOUND)
        return wpi_error_set(err, WP_ECORRUPT, "neighbour lists of two people disagree");
    *before = hop.other;
    return status;
}

wp_status wpi_trace_any(const wpi_search *search, uint32_t introducer, uint32_t hops,
                        wpi_array *people, wp_error *err)
{
    uint32_t person = introducer;
    size_t first = people->count;
    WPI_TRY(wpi_array_push(people, &person, err));
    for (uint32_t at = hops; at >= 1; at--) {
        WPI_TRY(find_before(search, person, at, &person, err));
        WPI_TRY(wpi_array_push(people, &person, err));
    }
    uint32_t *items = &WPI_ARRAY_AT(people, uint32_t, first);
    for (uint32_t i = 0; i < (hops + 1) / 2; i++) {
        uint32_t other = items[hops - i];
        items[hops - i] = items[i];
        items[i] = other;
    }
    return WP_OK;
}

wp_status wpi_trace_widest(const wpi_search *search, uint32_t introducer, uint32_t hops,
                           uint32_t *widest, wp_error *err)
{
    return run(search, NULL, introducer, hops, widest, NULL, err);
}

wp_status wpi_trace_people(const wpi_search *search, wpi_trace_ids *ids, uint32_t introducer,
                           uint32_t hops, uint32_t widest, wpi_array *people, wp_error *err)
{
    return run(search, ids, introducer, hops, &widest, people, err);
}
