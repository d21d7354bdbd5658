/*
 * Erasing a person: see erase.h.
 *
 * Facts go before the statements about the person, as when a source is taken back, and with the
 * same functions. Keys are collected before anything is removed, since a walk must not write.
 */
#include "graph/erase.h"

#include <stdlib.h>
#include <time.h>

#include "graph/adjacency.h"
#include "graph/answer.h"
#include "graph/audit.h"
#include "graph/employment.h"
#include "graph/opportunity.h"
#include "graph/person.h"
#include "graph/private.h"
#include "graph/restate.h"
#include "graph/said.h"
#include "graph/source.h"
#include "graph/tie.h"

static int compare_number(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return x < y ? -1 : x > y;
}

bool wpi_erase_has(const wpi_erasing *self, uint32_t number)
{
    return bsearch(&number, self->numbers.items, self->numbers.count, sizeof number,
                   compare_number) != NULL;
}

static uint32_t number_at(const wpi_erasing *self, size_t index)
{
    return WPI_ARRAY_AT(&self->numbers, uint32_t, index);
}

/* All numbers, and the strings that are hers; her identities are suppressed from here on. */
static wp_status learn(wpi_erasing *self, uint32_t canonical, wp_error *err)
{
    wpi_said *all;
    wpi_graph *graph = self->graph;
    WPI_TRY(wpi_party_numbers(graph, WPI_PERSON, canonical, &self->numbers, err));
    wpi_array_sort_numbers(&self->numbers);
    self->out->identities = self->numbers.count;
    WPI_TRY(wpi_party_load(graph, WPI_PERSON, canonical, &all, err));
    for (; all != NULL; all = all->next) {
        wpi_identity identity = {.kind = all->record.identity.kind};
        memcpy(identity.text, all->record.identity.text, strlen(all->record.identity.text) + 1);
        WPI_TRY(wpi_suppress_put(graph, &identity, err));
        WPI_TRY(wpi_veil_add_identity(&self->strings, &all->record.identity, err));
        WPI_TRY(wpi_veil_add_name(&self->strings, all->record.name, err));
        for (size_t i = 0; i < all->record.spelling_count; i++)
            WPI_TRY(wpi_veil_add_name(&self->strings, all->record.spellings[i].name, err));
    }
    return WP_OK;
}

/* The keys of a table that name the person in one of two places. */
typedef struct key_walk {
    const wpi_erasing *self;
    size_t key_bytes;
    size_t places[2];
    bool has_parties; /* the byte before each place says what it is the number of */
    wpi_array *keys;  /* of wpi_key */
} key_walk;

static wp_status collect_key(void *context, wpi_slice key, wpi_record_bytes value, wp_error *err)
{
    key_walk *walk = context;
    wpi_key copy = {.size = key.bytes};
    (void)value;
    if (key.bytes != walk->key_bytes)
        return wpi_error_set(err, WP_ECORRUPT, "key is malformed");
    memcpy(copy.bytes, key.data, key.bytes);
    for (size_t i = 0; i < 2; i++) {
        bool is_person = !walk->has_parties || copy.bytes[walk->places[i] - 1] == WPI_PERSON;
        if (is_person && wpi_erase_has(walk->self, wpi_key_get_u32(key.data, walk->places[i])))
            return wpi_array_push(walk->keys, &copy, err);
    }
    return WP_OK;
}

typedef wp_status remove_fn(wpi_graph *graph, const wpi_key *key, wp_error *err);

static wp_status remove_employment(wpi_graph *graph, const wpi_key *key, wp_error *err)
{
    wp_employment employment = {.person = wpi_key_get_u32(key->bytes, 0),
                                .company = wpi_key_get_u32(key->bytes, 4),
                                .from_day = wpi_key_day_back(wpi_key_get_u32(key->bytes, 8)),
                                .source = wpi_key_get_u32(key->bytes, 12)};
    if (employment.source == WPI_SOURCE_IMPLIED)
        return WP_OK; /* goes with the address */
    return wpi_employment_delete(graph, &employment, err);
}

static wp_status remove_role(wpi_graph *graph, const wpi_key *key, wp_error *err)
{
    return wpi_role_delete(graph, wpi_key_get_u32(key->bytes, 0), wpi_key_get_u32(key->bytes, 4),
                           wpi_key_get_u32(key->bytes, 8), err);
}

static wp_status remove_restated(wpi_graph *graph, const wpi_key *key, wp_error *err)
{
    wpi_stated nothing = {.kind = WPI_STATED_NONE, .source = wpi_key_get_u32(key->bytes, 8)};
    return wpi_restate_put(graph, wpi_key_get_u32(key->bytes, 0), wpi_key_get_u32(key->bytes, 4),
                           &nothing, err);
}

/* Tables with a person in their keys, in the order in which they are emptied of her. */
static const struct {
    wpi_table table;
    size_t key_bytes;
    size_t places[2];
    bool is_by_person; /* the key begins with the person */
    remove_fn *remove; /* NULL: nothing follows from the record, which is all that goes */
} steps[] = {
    {WPI_TABLE_EMPLOYMENT, 16, {0, 0}, true, remove_employment},
    {WPI_TABLE_CONSENT, 9, {0, 0}, true, NULL},
    {WPI_TABLE_PRIVATE, 12, {0, 4}, false, NULL},
    {WPI_TABLE_BARRIER, 14, {1, 6}, false, NULL},
    {WPI_TABLE_ROLE, 12, {4, 4}, false, remove_role},
    {WPI_TABLE_RESTATED, 12, {0, 4}, false, remove_restated},
    {WPI_TABLE_MERGE, 8, {0, 4}, false, NULL},
};

static wp_status remove_by_keys(wpi_erasing *self, wp_error *err)
{
    wp_status status = WP_OK;
    wpi_array keys = WPI_ARRAY_OF(wpi_key);
    for (size_t step = 0; step < sizeof steps / sizeof *steps; step++) {
        key_walk walk = {.self = self,
                         .key_bytes = steps[step].key_bytes,
                         .places = {steps[step].places[0], steps[step].places[1]},
                         .has_parties = steps[step].table == WPI_TABLE_BARRIER,
                         .keys = &keys};
        size_t walks = steps[step].is_by_person ? self->numbers.count : 1;
        keys.count = 0;
        for (size_t i = 0; i < walks; i++) {
            wpi_key prefix =
                steps[step].is_by_person ? wpi_key_u32(number_at(self, i)) : (wpi_key){.size = 0};
            WPI_TRY_OUT(
                wpi_graph_each(self->graph, steps[step].table, prefix, collect_key, &walk, err));
        }
        for (size_t i = 0; i < keys.count; i++) {
            const wpi_key *key = &WPI_ARRAY_AT(&keys, wpi_key, i);
            WPI_TRY_OUT(steps[step].remove != NULL
                            ? steps[step].remove(self->graph, key, err)
                            : wpi_graph_delete(self->graph, steps[step].table, *key, err));
        }
    }
out:
    wpi_array_free(&keys);
    return status;
}

/* What one source alone states of a tie, in the entry of the tie. */
static wp_status collect_entries(wpi_erasing *self, wpi_array *own, wp_error *err)
{
    wpi_graph *graph = self->graph;
    wpi_neighbours neighbours;
    wpi_arc_hot arc;
    wpi_tie_state state;
    uint32_t at = 0, canonical = number_at(self, 0);
    WPI_TRY(wpi_tie_flush(graph, err));
    WPI_TRY(wpi_adjacency_find(graph, canonical, &neighbours, err));
    while (wpi_neighbours_next(&neighbours, &at, &arc)) {
        uint32_t low = canonical < arc.other ? canonical : arc.other;
        uint32_t high = canonical < arc.other ? arc.other : canonical;
        WPI_TRY(wpi_tie_expect(wpi_tie_load(graph, low, high, &state, err), err));
        for (int i = 0; i < 2; i++) {
            wpi_clash clash = {i == 0 ? low : high, i == 0 ? high : low, state.stated[i]};
            if (clash.stated.kind != WPI_STATED_NONE && clash.stated.source != WP_SOURCE_NONE)
                WPI_TRY(wpi_array_push(own, &clash, err));
        }
    }
    return WP_OK;
}

/* They are taken back the way they are stated. */
static wp_status remove_stated(wpi_erasing *self, wp_error *err)
{
    wp_status status;
    wpi_graph *graph = self->graph;
    wpi_array own = WPI_ARRAY_OF(wpi_clash);
    uint32_t source = graph->source;
    WPI_TRY_OUT(collect_entries(self, &own, err));
    for (size_t i = 0; i < own.count; i++) {
        const wpi_clash *at = &WPI_ARRAY_AT(&own, wpi_clash, i);
        wp_stated_tie nothing = {.from = at->from, .to = at->to};
        WPI_TRY_OUT(wpi_source_switch(graph, at->stated.source, err));
        WPI_TRY_OUT(wpi_tie_state_strength(graph, &nothing, err));
    }
    WPI_TRY_OUT(wpi_source_switch(graph, source, err));
out:
    wpi_array_free(&own);
    return status;
}

/* The statements about her, and with the last of each number its identity. */
static wp_status remove_statements(wpi_erasing *self, wp_error *err)
{
    for (size_t i = 0; i < self->numbers.count; i++) {
        wpi_said *all;
        WPI_TRY(wpi_statements_of(self->graph, WPI_PERSON, number_at(self, i), &all, err));
        for (; all != NULL; all = all->next)
            WPI_TRY(wpi_person_remove(self->graph, all->number, all->source, err));
    }
    return WP_OK;
}

wp_status wpi_erase_pending(wpi_graph *graph, uint64_t *count, int64_t *since_s, wp_error *err)
{
    wpi_record_bytes value;
    *count = 0;
    *since_s = WP_TIME_NONE;
    wp_status status =
        wpi_graph_get(graph, WPI_TABLE_META, wpi_key_text(WPI_ERASURES_KEY, 0), &value, err);
    if (status != WP_OK)
        return status == WP_ENOTFOUND ? WP_OK : status;
    if (value.size != 16)
        return wpi_error_set(err, WP_ECORRUPT, "record of pending erasures is malformed");
    *count = wpi_bytes_get_le64(value.data);
    *since_s = (int64_t)wpi_bytes_get_le64((const unsigned char *)value.data + 8);
    return WP_OK;
}

wp_status wpi_erase_note_pending(wpi_graph *graph, wp_error *err)
{
    uint64_t count;
    int64_t since_s;
    WPI_TRY(wpi_erase_pending(graph, &count, &since_s, err));
    wpi_writer_u64(&graph->writer, count + 1);
    wpi_writer_u64(&graph->writer, (uint64_t)(count == 0 ? (int64_t)time(NULL) : since_s));
    return wpi_graph_put(graph, WPI_TABLE_META, wpi_key_text(WPI_ERASURES_KEY, 0), err);
}

static wp_status erase(wpi_erasing *self, uint32_t canonical, wp_error *err)
{
    wpi_graph *graph = self->graph;
    WPI_TRY(wpi_answer_settle(graph, err));
    WPI_TRY(learn(self, canonical, err));
    WPI_TRY(wpi_erase_interactions(self, err));
    WPI_TRY(remove_stated(self, err));
    WPI_TRY(remove_by_keys(self, err));
    WPI_TRY(wpi_erase_texts(self, err));
    WPI_TRY(wpi_tie_flush(graph, err));
    WPI_TRY(remove_statements(self, err));
    WPI_TRY(wpi_restate_all(graph, err));
    WPI_TRY(wpi_erase_note_pending(graph, err));
    return wpi_audit_append(graph, WP_AUDIT_ERASE, 0, canonical, 0, err);
}

wp_status wpi_erase_person(wpi_graph *graph, uint32_t person, wp_erasure *out, wp_error *err)
{
    uint32_t canonical;
    wpi_erasing self = {.graph = graph,
                        .numbers = WPI_ARRAY_OF(uint32_t),
                        .strings = WPI_VEIL_STRINGS_INIT,
                        .out = out};
    WPI_TRY(wpi_party_resolve(graph, WPI_PERSON, person, &canonical, err));
    wp_status status = erase(&self, canonical, err);
    graph->has_failed |= status != WP_OK;
    wpi_array_free(&self.numbers);
    wpi_veil_strings_free(&self.strings);
    return status;
}
