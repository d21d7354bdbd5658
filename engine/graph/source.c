/*
 * Sources: their records, and taking one back.
 *
 * A removal reads one table of statements after the other: facts first, then the people and
 * companies they name, so that whoever is left without a statement is left without facts. One
 * transaction looks at so many records and removes so many; where it stopped is kept by the caller,
 * and an interrupted removal begins again, finding less. No index by source is kept, because a
 * removal is rare.
 */
#include "graph/source.h"

#include "graph/barrier.h"
#include "graph/company.h"
#include "graph/consent.h"
#include "graph/employment.h"
#include "graph/group.h"
#include "graph/interaction.h"
#include "graph/opportunity.h"
#include "graph/person.h"
#include "graph/private.h"
#include "graph/restate.h"
#include "graph/tie.h"
#include "graph/tie_table.h"
#include "graph/veil.h"

/* One transaction looks at so many records, and removes so many. */
#define LOOKED_AT_MAX 500000
#define REMOVED_MAX 2000
#define PARTIES_REMOVED_MAX 20000 /* nothing follows from them any more */
#define TIES_REMOVED_MAX 500000

#define NAME_BYTES_MAX 1000

static wp_status load(wpi_graph *graph, uint32_t number, wpi_source_record *out, wp_error *err)
{
    wpi_record_bytes value;
    WPI_TRY(wpi_graph_get(graph, WPI_TABLE_SOURCE, wpi_key_u32(number), &value, err));
    WPI_TRY(wpi_graph_keep(graph, &value, err));
    return wpi_record_read_source(value, out, err);
}

typedef struct name_walk {
    const wpi_graph *graph; /* whose keys of suppressions are loaded */
    const char *name;
    uint32_t number; /* 0: not found */
    bool is_leaving;
} name_walk;

/* Whether a source that is stored is the one with a name, which may have been veiled since. */
static bool is_called(const wpi_graph *graph, const char *stored, const char *name)
{
    char veil[WPI_VEIL_BYTES];
    bool is_it = strcmp(stored, name) == 0;
    for (size_t i = 0; !is_it && i < graph->suppression.count; i++) {
        wpi_veil_make(graph->suppression.keys[i], name, veil);
        is_it = strcmp(stored, veil) == 0;
    }
    return is_it;
}

static wp_status see_name(void *context, wpi_slice key, wpi_record_bytes value, wp_error *err)
{
    name_walk *walk = context;
    wpi_source_record record;
    if (key.bytes != 4)
        return wpi_error_set(err, WP_ECORRUPT, "source key is malformed");
    WPI_TRY(wpi_record_read_source(value, &record, err));
    if (!is_called(walk->graph, record.name, walk->name))
        return WP_OK;
    walk->number = wpi_key_get_u32(key.data, 0);
    walk->is_leaving = record.is_leaving;
    return WP_ENOTFOUND; /* ends the walk */
}

static wp_status look_up(wpi_graph *graph, const char *name, name_walk *walk, wp_error *err)
{
    bool is_used;
    *walk = (name_walk){.graph = graph, .name = name};
    if (name == NULL)
        return wpi_error_set(err, WP_EINVAL, "name is NULL");
    WPI_TRY(wpi_graph_check_text(name, "name", NAME_BYTES_MAX, err));
    WPI_TRY(wpi_suppress_is_used(graph, &is_used, err));
    return wpi_graph_each(graph, WPI_TABLE_SOURCE, (wpi_key){.size = 0}, see_name, walk, err);
}

wp_status wpi_source_find(wpi_graph *graph, const char *name, uint32_t *number, wp_error *err)
{
    name_walk walk;
    WPI_TRY(look_up(graph, name, &walk, err));
    *number = walk.number;
    return walk.number != 0 ? WP_OK : wpi_error_set(err, WP_ENOTFOUND, "no source has the name");
}

wp_status wpi_source_put(wpi_graph *graph, const char *name, const char *format, int64_t time_s,
                         uint32_t *number, wp_error *err)
{
    name_walk walk;
    WPI_TRY(look_up(graph, name, &walk, err));
    WPI_TRY(wpi_graph_check_text(format, "format", 100, err));
    *number = walk.number;
    if (walk.is_leaving)
        return wpi_error_set(err, WP_ECONFLICT, "source %u is being removed", walk.number);
    if (walk.number != 0)
        return WP_OK;
    if (graph->counters.sources == UINT32_MAX - 2)
        return wpi_error_set(err, WP_EFULL, "no number of a source is left");
    bool is_due;
    WPI_TRY(wpi_veil_is_due(graph, name, &is_due, err));
    if (is_due)
        WPI_TRY(wpi_veil_text(graph, name, &name, err));
    *number = ++graph->counters.sources;
    graph->is_counting = true;
    wpi_source_record record = {false, time_s, name, format};
    wpi_record_write_source(&graph->writer, &record);
    return wpi_graph_put(graph, WPI_TABLE_SOURCE, wpi_key_u32(*number), err);
}

static wp_status not_found(wp_status status, uint32_t number, wp_error *err)
{
    if (status != WP_ENOTFOUND)
        return status;
    return wpi_error_set(err, status, "no source has number %u", number);
}

wp_status wpi_source_get(wpi_graph *graph, uint32_t number, wp_source *out, wp_error *err)
{
    wpi_source_record record;
    WPI_TRY(not_found(load(graph, number, &record, err), number, err));
    *out = (wp_source){number, record.name, record.format, record.time_s, record.is_leaving};
    return WP_OK;
}

static wp_status take_number(void *context, wpi_slice key, wpi_record_bytes value, wp_error *err)
{
    uint32_t *number = context;
    (void)value;
    uint32_t found = key.bytes == 4 ? wpi_key_get_u32(key.data, 0) : 0;
    if (found == 0)
        return wpi_error_set(err, WP_ECORRUPT, "source key is malformed");
    if (found <= number[0])
        return WP_OK;
    number[1] = found;
    return WP_ENOTFOUND; /* ends the walk */
}

wp_status wpi_source_next(wpi_graph *graph, uint32_t *number, wp_error *err)
{
    uint32_t walk[2] = {*number, 0};
    WPI_TRY(wpi_graph_each(graph, WPI_TABLE_SOURCE, (wpi_key){.size = 0}, take_number, walk, err));
    if (walk[1] == 0)
        return wpi_error_set(err, WP_ENOTFOUND, "there is no further source");
    *number = walk[1];
    return WP_OK;
}

/* What is stated of ties and not yet written takes its source from the transaction. */
wp_status wpi_source_switch(wpi_graph *graph, uint32_t number, wp_error *err)
{
    if (number == graph->source)
        return WP_OK;
    if (graph->pending_stated > 0)
        WPI_TRY(wpi_tie_flush(graph, err));
    graph->source = number;
    return WP_OK;
}

wp_status wpi_source_use(wpi_graph *graph, uint32_t number, wp_error *err)
{
    wpi_source_record record;
    if (number != WP_SOURCE_HAND) {
        WPI_TRY(not_found(load(graph, number, &record, err), number, err));
        if (record.is_leaving)
            return wpi_error_set(err, WP_ECONFLICT, "source %u is being removed", number);
    }
    return wpi_source_switch(graph, number, err);
}

/* A record of the source: where it stands, and its key. */
typedef wp_status remove_fn(wpi_graph *graph, wpi_slice key, uint32_t source, wp_error *err);

static wp_status remove_interaction(wpi_graph *graph, wpi_slice key, uint32_t source, wp_error *err)
{
    return wpi_interaction_remove(graph, wpi_key_get_u64(key.data, 0), source, err);
}

static wp_status remove_employment(wpi_graph *graph, wpi_slice key, uint32_t source, wp_error *err)
{
    wp_employment employment = {.person = wpi_key_get_u32(key.data, 0),
                                .company = wpi_key_get_u32(key.data, 4),
                                .from_day = wpi_key_day_back(wpi_key_get_u32(key.data, 8)),
                                .source = source};
    return wpi_employment_delete(graph, &employment, err);
}

static wp_status remove_consent(wpi_graph *graph, wpi_slice key, uint32_t source, wp_error *err)
{
    (void)source;
    return wpi_consent_delete(graph, key, err);
}

static wp_status remove_private(wpi_graph *graph, wpi_slice key, uint32_t source, wp_error *err)
{
    return wpi_private_delete(graph, wpi_key_get_u32(key.data, 0), wpi_key_get_u32(key.data, 4),
                              source, err);
}

static wp_status remove_barrier(wpi_graph *graph, wpi_slice key, uint32_t source, wp_error *err)
{
    wp_barrier barrier;
    (void)source;
    if (wpi_group_is_key(key))
        return wpi_group_remove(graph, key, err);
    WPI_TRY(wpi_barrier_read(key, &barrier, err));
    return wpi_barrier_delete(graph, &barrier, err);
}

static wp_status remove_restated(wpi_graph *graph, wpi_slice key, uint32_t source, wp_error *err)
{
    wpi_stated nothing = {.kind = WPI_STATED_NONE, .source = source};
    return wpi_restate_put(graph, wpi_key_get_u32(key.data, 0), wpi_key_get_u32(key.data, 4),
                           &nothing, err);
}

static wp_status remove_role(wpi_graph *graph, wpi_slice key, uint32_t source, wp_error *err)
{
    return wpi_role_delete(graph, wpi_key_get_u32(key.data, 0), wpi_key_get_u32(key.data, 4),
                           source, err);
}

static wp_status remove_opportunity(wpi_graph *graph, wpi_slice key, uint32_t source, wp_error *err)
{
    return wpi_opportunity_delete(graph, wpi_key_get_u32(key.data, 0), source, err);
}

static wp_status remove_person(wpi_graph *graph, wpi_slice key, uint32_t source, wp_error *err)
{
    return wpi_person_remove(graph, wpi_key_get_u32(key.data, 0), source, err);
}

static wp_status remove_company(wpi_graph *graph, wpi_slice key, uint32_t source, wp_error *err)
{
    return wpi_company_remove(graph, wpi_key_get_u32(key.data, 0), source, err);
}

/* The tables of statements, in the order in which they are emptied. The ties come where it says
 * TIE: their statements stand inside of records. */
static const struct {
    wpi_table table;
    size_t source_at; /* in the key */
    remove_fn *remove;
} steps[] = {
    {WPI_TABLE_INTERACTION, 8, remove_interaction},
    {WPI_TABLE_EMPLOYMENT, 12, remove_employment},
    {WPI_TABLE_CONSENT, 5, remove_consent},
    {WPI_TABLE_PRIVATE, 8, remove_private},
    {WPI_TABLE_BARRIER, 10, remove_barrier},
    {WPI_TABLE_RESTATED, 8, remove_restated},
    {WPI_TABLE_TIE, 0, NULL},
    {WPI_TABLE_ROLE, 8, remove_role},
    {WPI_TABLE_OPPORTUNITY, 4, remove_opportunity},
    {WPI_TABLE_PERSON, 4, remove_person},
    {WPI_TABLE_COMPANY, 4, remove_company},
};

#define STEP_COUNT (sizeof steps / sizeof *steps)

/* Collect keys of the source from leaving->next on; *is_end: the table has no more. */
static wp_status collect(wpi_graph *graph, wpi_leaving *leaving, wpi_array *keys, bool *is_end,
                         wp_error *err)
{
    wpi_store_cursor *cursor = NULL;
    wpi_slice key, value;
    size_t at = steps[leaving->step].source_at, looked_at = 0;
    wpi_table table = steps[leaving->step].table;
    bool is_party = table == WPI_TABLE_PERSON || table == WPI_TABLE_COMPANY;
    size_t most = is_party ? PARTIES_REMOVED_MAX : REMOVED_MAX;
    WPI_TRY(wpi_store_cursor_open(graph->txn, table, &cursor, err));
    wp_status status = wpi_store_cursor_seek(
        cursor, (wpi_slice){leaving->next.bytes, leaving->next.size}, &key, &value, err);
    while (status == WP_OK && keys->count < most && looked_at < LOOKED_AT_MAX) {
        wpi_key copy = {.size = key.bytes};
        memcpy(copy.bytes, key.data, key.bytes < sizeof copy.bytes ? key.bytes : 0);
        if (key.bytes == at + 4 && wpi_key_get_u32(key.data, at) == leaving->source)
            status = wpi_array_push(keys, &copy, err);
        looked_at++;
        leaving->next = wpi_key_add_u8(copy, 0); /* just behind it */
        if (status == WP_OK)
            status = wpi_store_cursor_next(cursor, &key, &value, err);
    }
    wpi_store_cursor_close(cursor);
    leaving->records += looked_at;
    *is_end = status == WP_ENOTFOUND;
    return *is_end ? WP_OK : status;
}

static wp_status leave_table(wpi_graph *graph, wpi_leaving *leaving, bool *is_end, wp_error *err)
{
    wp_status status;
    wpi_array keys = WPI_ARRAY_OF(wpi_key);
    WPI_TRY_OUT(collect(graph, leaving, &keys, is_end, err));
    for (size_t i = 0; i < keys.count; i++) {
        const wpi_key *key = &WPI_ARRAY_AT(&keys, wpi_key, i);
        wpi_graph_reclaim(graph);
        WPI_TRY_OUT(steps[leaving->step].remove(graph, (wpi_slice){key->bytes, key->size},
                                                leaving->source, err));
    }
    WPI_TRY_OUT(wpi_restate_all(graph, err));
out:
    wpi_array_free(&keys);
    return status;
}

/* Collect the directions that the source states alone. */
static wp_status collect_ties(wpi_graph *graph, wpi_leaving *leaving, wpi_array *clashes,
                              bool *is_end, wp_error *err)
{
    wpi_tie_walk walk;
    wpi_tie_state state;
    size_t looked_at = 0;
    uint32_t low = leaving->next.size == 8 ? wpi_key_get_u32(leaving->next.bytes, 0) : 0;
    uint32_t high = leaving->next.size == 8 ? wpi_key_get_u32(leaving->next.bytes, 4) : 0;
    wp_status status = wpi_tie_walk_begin(graph, low, high, &walk, err);
    while (status == WP_OK && clashes->count < TIES_REMOVED_MAX) {
        status = wpi_tie_entry_read(&walk.entry, &state, err);
        for (int i = 0; i < 2 && status == WP_OK; i++) {
            wpi_clash own = {i == 0 ? walk.low : walk.entry.high,
                             i == 0 ? walk.entry.high : walk.low, state.stated[i]};
            if (own.stated.kind != WPI_STATED_NONE && own.stated.source == leaving->source)
                status = wpi_array_push(clashes, &own, err);
        }
        looked_at++;
        leaving->next = wpi_key_u32_u32(walk.low, walk.entry.high + 1);
        if (status == WP_OK)
            status = wpi_tie_walk_next(&walk, err);
    }
    wpi_tie_walk_end(graph, &walk);
    leaving->records += looked_at;
    *is_end = status == WP_ENOTFOUND;
    return *is_end ? WP_OK : status;
}

/* What one source alone states is taken back the way it is stated. */
static wp_status leave_ties(wpi_graph *graph, wpi_leaving *leaving, bool *is_end, wp_error *err)
{
    wp_status status;
    wpi_array own = WPI_ARRAY_OF(wpi_clash);
    WPI_TRY_OUT(wpi_tie_flush(graph, err));
    WPI_TRY_OUT(collect_ties(graph, leaving, &own, is_end, err));
    WPI_TRY_OUT(wpi_source_switch(graph, leaving->source, err));
    for (size_t i = 0; i < own.count; i++) {
        const wpi_clash *at = &WPI_ARRAY_AT(&own, wpi_clash, i);
        wp_stated_tie nothing = {.from = at->from, .to = at->to};
        WPI_TRY_OUT(wpi_tie_state_strength(graph, &nothing, err));
    }
    WPI_TRY_OUT(wpi_source_switch(graph, WP_SOURCE_HAND, err));
out:
    wpi_array_free(&own);
    return status;
}

static wp_status mark_leaving(wpi_graph *graph, uint32_t number, wp_error *err)
{
    wpi_source_record record;
    WPI_TRY(not_found(load(graph, number, &record, err), number, err));
    if (record.is_leaving)
        return WP_OK;
    record.is_leaving = true;
    wpi_record_write_source(&graph->writer, &record);
    return wpi_graph_put(graph, WPI_TABLE_SOURCE, wpi_key_u32(number), err);
}

wp_status wpi_source_leave(wpi_graph *graph, wpi_leaving *leaving, wp_error *err)
{
    bool is_end = false;
    WPI_TRY(mark_leaving(graph, leaving->source, err));
    if (leaving->step == STEP_COUNT) {
        leaving->is_done = true;
        return wpi_graph_delete(graph, WPI_TABLE_SOURCE, wpi_key_u32(leaving->source), err);
    }
    WPI_TRY(steps[leaving->step].remove == NULL ? leave_ties(graph, leaving, &is_end, err)
                                                : leave_table(graph, leaving, &is_end, err));
    wpi_store_release_pages(graph->txn); /* it passes through the whole file */
    if (is_end) {
        leaving->step++;
        leaving->next = (wpi_key){.size = 0};
    }
    return WP_OK;
}
