/*
 * Erasing a person: texts that are not about her and mention her, and what else a record of
 * somebody else says of her: who owns an opportunity.
 *
 * Each table is walked once; keys of the records concerned are collected first, since a walk must
 * not write.
 */
#include "graph/employment.h"
#include "graph/erase.h"
#include "graph/group.h"
#include "graph/name.h"
#include "graph/opportunity.h"
#include "graph/party.h"

static bool mentions(const wpi_erasing *self, const char *text)
{
    return wpi_veil_mentions(&self->strings, text);
}

/* Whether a record of a table says something that must go. */
typedef wp_status concerns_fn(const wpi_erasing *self, wpi_record_bytes value, wpi_arena *arena,
                              bool *concerns, wp_error *err);
/* Have it say that no more. `value` is a copy. */
typedef wp_status clean_fn(wpi_erasing *self, const wpi_key *key, wpi_record_bytes value,
                           wp_error *err);

static wp_status source_concerns(const wpi_erasing *self, wpi_record_bytes value, wpi_arena *arena,
                                 bool *concerns, wp_error *err)
{
    wpi_source_record record;
    (void)arena;
    WPI_TRY(wpi_record_read_source(value, &record, err));
    *concerns = mentions(self, record.name);
    return WP_OK;
}

static wp_status clean_source(wpi_erasing *self, const wpi_key *key, wpi_record_bytes value,
                              wp_error *err)
{
    wpi_source_record record;
    WPI_TRY(wpi_record_read_source(value, &record, err));
    WPI_TRY(wpi_veil_text(self->graph, record.name, &record.name, err));
    wpi_record_write_source(&self->graph->writer, &record);
    return wpi_graph_put(self->graph, WPI_TABLE_SOURCE, *key, err);
}

static const char *mark_name(wpi_record_bytes value)
{
    const unsigned char *data = value.data;
    wpi_reader reader = {data, data + value.size, false};
    (void)wpi_reader_u64(&reader);
    return wpi_reader_text(&reader);
}

static wp_status mark_concerns(const wpi_erasing *self, wpi_record_bytes value, wpi_arena *arena,
                               bool *concerns, wp_error *err)
{
    (void)arena;
    (void)err;
    *concerns = mentions(self, mark_name(value));
    return WP_OK;
}

/* A mark that nobody finds keeps its place, so that those behind it are found. */
static wp_status clean_mark(wpi_erasing *self, const wpi_key *key, wpi_record_bytes value,
                            wp_error *err)
{
    const char *veil;
    WPI_TRY(wpi_veil_text(self->graph, mark_name(value), &veil, err));
    wpi_writer_u64(&self->graph->writer, 0);
    wpi_writer_text(&self->graph->writer, veil);
    return wpi_graph_put(self->graph, WPI_TABLE_MARK, *key, err);
}

static wp_status employment_concerns(const wpi_erasing *self, wpi_record_bytes value,
                                     wpi_arena *arena, bool *concerns, wp_error *err)
{
    wpi_employment_record record;
    (void)arena;
    WPI_TRY(wpi_record_read_employment(value, &record, err));
    *concerns = mentions(self, record.title);
    return WP_OK;
}

static wp_status clean_employment(wpi_erasing *self, const wpi_key *key, wpi_record_bytes value,
                                  wp_error *err)
{
    wpi_employment_record record;
    WPI_TRY(wpi_record_read_employment(value, &record, err));
    const char *before = record.title;
    record.title = NULL;
    wpi_record_write_employment(&self->graph->writer, &record);
    WPI_TRY(wpi_graph_put(self->graph, WPI_TABLE_EMPLOYMENT, *key, err));
    return wpi_name_retitle(self->graph, wpi_key_get_u32(key->bytes, 0), before, NULL, err);
}

static wp_status person_concerns(const wpi_erasing *self, wpi_record_bytes value, wpi_arena *arena,
                                 bool *concerns, wp_error *err)
{
    wpi_statement_record record;
    WPI_TRY(wpi_record_read_statement(value, arena, &record, err));
    *concerns = mentions(self, record.title);
    return WP_OK;
}

/* Her own statements go as a whole. */
static wp_status clean_person(wpi_erasing *self, const wpi_key *key, wpi_record_bytes value,
                              wp_error *err)
{
    wpi_statement_record record;
    uint32_t number = wpi_key_get_u32(key->bytes, 0), source = wpi_key_get_u32(key->bytes, 4);
    if (wpi_erase_has(self, number))
        return WP_OK;
    WPI_TRY(wpi_record_read_statement(value, &self->graph->lent, &record, err));
    wpi_statement_record before = record;
    record.title = NULL;
    WPI_TRY(wpi_statement_put(self->graph, WPI_PERSON, number, source, &record, err));
    return wpi_name_settle(self->graph, WPI_PERSON, number, &before, err);
}

static wp_status role_concerns(const wpi_erasing *self, wpi_record_bytes value, wpi_arena *arena,
                               bool *concerns, wp_error *err)
{
    wp_contact_role record = {0};
    (void)arena;
    WPI_TRY(wpi_record_read_role(value, &record, err));
    *concerns = mentions(self, record.role);
    return WP_OK;
}

static wp_status clean_role(wpi_erasing *self, const wpi_key *key, wpi_record_bytes value,
                            wp_error *err)
{
    wp_contact_role record = {0};
    WPI_TRY(wpi_record_read_role(value, &record, err));
    record.role = NULL;
    wpi_record_write_role(&self->graph->writer, &record);
    return wpi_graph_put(self->graph, WPI_TABLE_ROLE, *key, err);
}

static wp_status opportunity_concerns(const wpi_erasing *self, wpi_record_bytes value,
                                      wpi_arena *arena, bool *concerns, wp_error *err)
{
    wp_opportunity record;
    (void)arena;
    WPI_TRY(wpi_record_read_opportunity(value, &record, err));
    *concerns = (record.owner != 0 && wpi_erase_has(self, record.owner)) ||
                mentions(self, record.id) || mentions(self, record.name) ||
                mentions(self, record.stage);
    return WP_OK;
}

static wp_status clean_opportunity(wpi_erasing *self, const wpi_key *key, wpi_record_bytes value,
                                   wp_error *err)
{
    wp_opportunity before, after;
    WPI_TRY(wpi_record_read_opportunity(value, &before, err));
    before.number = wpi_key_get_u32(key->bytes, 0);
    before.source = wpi_key_get_u32(key->bytes, 4);
    after = before;
    if (wpi_erase_has(self, before.owner))
        after.owner = 0;
    if (mentions(self, before.id))
        WPI_TRY(wpi_veil_text(self->graph, before.id, &after.id, err));
    after.name = mentions(self, before.name) ? NULL : before.name;
    after.stage = mentions(self, before.stage) ? NULL : before.stage;
    return wpi_opportunity_replace(self->graph, &before, &after, err);
}

static const char *group_name(wpi_record_bytes value)
{
    const unsigned char *data = value.data;
    wpi_reader reader = {data, data + value.size, false};
    return value.size == 0 ? NULL : wpi_reader_text(&reader);
}

static wp_status group_concerns(const wpi_erasing *self, wpi_record_bytes value, wpi_arena *arena,
                                bool *concerns, wp_error *err)
{
    (void)arena;
    (void)err;
    *concerns = mentions(self, group_name(value));
    return WP_OK;
}

static wp_status clean_group(wpi_erasing *self, const wpi_key *key, wpi_record_bytes value,
                             wp_error *err)
{
    return wpi_group_veil(self->graph, key, group_name(value), err);
}

static const struct {
    wpi_table table;
    concerns_fn *concerns;
    clean_fn *clean;
} steps[] = {
    {WPI_TABLE_SOURCE, source_concerns, clean_source},
    {WPI_TABLE_MARK, mark_concerns, clean_mark},
    {WPI_TABLE_EMPLOYMENT, employment_concerns, clean_employment},
    {WPI_TABLE_PERSON, person_concerns, clean_person},
    {WPI_TABLE_ROLE, role_concerns, clean_role},
    {WPI_TABLE_OPPORTUNITY, opportunity_concerns, clean_opportunity},
    {WPI_TABLE_BARRIER, group_concerns, clean_group},
};

#define STEP_COUNT (sizeof steps / sizeof *steps)

typedef struct text_walk {
    const wpi_erasing *self;
    concerns_fn *concerns;
    wpi_arena *arena;
    wpi_array *keys; /* of wpi_key */
} text_walk;

static wp_status collect(void *context, wpi_slice key, wpi_record_bytes value, wp_error *err)
{
    text_walk *walk = context;
    wpi_key copy = {.size = key.bytes};
    bool concerns = false;
    if (key.bytes > sizeof copy.bytes)
        return wpi_error_set(err, WP_ECORRUPT, "key is malformed");
    memcpy(copy.bytes, key.data, key.bytes);
    wpi_arena_reset(walk->arena);
    WPI_TRY(walk->concerns(walk->self, value, walk->arena, &concerns, err));
    return concerns ? wpi_array_push(walk->keys, &copy, err) : WP_OK;
}

static wp_status clean_all(wpi_erasing *self, size_t step, const wpi_array *keys, wp_error *err)
{
    wpi_graph *graph = self->graph;
    for (size_t i = 0; i < keys->count; i++) {
        const wpi_key *key = &WPI_ARRAY_AT(keys, wpi_key, i);
        wpi_record_bytes value;
        wpi_graph_reclaim(graph);
        WPI_TRY(wpi_graph_get(graph, steps[step].table, *key, &value, err));
        WPI_TRY(wpi_graph_keep(graph, &value, err));
        WPI_TRY(steps[step].clean(self, key, value, err));
    }
    self->out->texts += keys->count;
    return WP_OK;
}

wp_status wpi_erase_texts(wpi_erasing *self, wp_error *err)
{
    wp_status status = WP_OK;
    wpi_arena arena = {0};
    wpi_array keys = WPI_ARRAY_OF(wpi_key);
    for (size_t step = 0; step < STEP_COUNT; step++) {
        text_walk walk = {self, steps[step].concerns, &arena, &keys};
        keys.count = 0;
        WPI_TRY_OUT(wpi_graph_each(self->graph, steps[step].table, (wpi_key){.size = 0}, collect,
                                   &walk, err));
        WPI_TRY_OUT(clean_all(self, step, &keys, err));
    }
out:
    wpi_arena_free(&arena);
    wpi_array_free(&keys);
    return status;
}
