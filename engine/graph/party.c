/*
 * Numbers, statements and aliases of people and companies: see party.h.
 *
 * In a write transaction the numbers with an alias are a bitmap, loaded when first asked for, so
 * that ties can be stated by the million. Where no number has an alias nothing is looked up.
 */
#include "graph/party.h"

#include <assert.h>

wpi_table wpi_party_table(wpi_party party)
{
    return party == WPI_PERSON ? WPI_TABLE_PERSON : WPI_TABLE_COMPANY;
}

wpi_party wpi_party_of(wp_identity_kind kind)
{
    return wpi_identity_is_person(kind) ? WPI_PERSON : WPI_COMPANY;
}

const char *wpi_party_name(wpi_party party)
{
    return party == WPI_PERSON ? "person" : "company";
}

static uint32_t highest(const wpi_graph *graph, wpi_party party)
{
    return party == WPI_PERSON ? graph->counters.people : graph->counters.companies;
}

static wp_status add_aliased(void *context, wpi_slice key, wpi_record_bytes value, wp_error *err)
{
    wpi_graph *graph = context;
    (void)value;
    unsigned party = key.bytes == 5 ? *(const unsigned char *)key.data : 0;
    if (party != WPI_PERSON && party != WPI_COMPANY)
        return wpi_error_set(err, WP_ECORRUPT, "alias key is malformed");
    return wpi_bitset_add(&graph->aliased[party - 1], wpi_key_get_u32(key.data, 1), err);
}

/* Whether a number has an alias, as far as can be told without looking it up. */
static wp_status may_have_alias(wpi_graph *graph, wpi_party party, uint32_t number, bool *may_have,
                                wp_error *err)
{
    *may_have = graph->counters.aliases[party - 1] > 0;
    if (!*may_have || !graph->is_write)
        return WP_OK;
    if (!graph->has_aliased)
        WPI_TRY(
            wpi_graph_each(graph, WPI_TABLE_ALIAS, (wpi_key){.size = 0}, add_aliased, graph, err));
    graph->has_aliased = true;
    *may_have = wpi_bitset_has(&graph->aliased[party - 1], number);
    return WP_OK;
}

wp_status wpi_party_find(wpi_graph *graph, wpi_party party, uint32_t number, uint32_t *canonical,
                         wp_error *err)
{
    wpi_record_bytes value;
    bool may_have;
    *canonical = number;
    if (number == 0 || number > highest(graph, party)) {
        *canonical = 0;
        return WP_OK;
    }
    WPI_TRY(may_have_alias(graph, party, number, &may_have, err));
    if (!may_have)
        return WP_OK;
    wp_status status =
        wpi_graph_get(graph, WPI_TABLE_ALIAS, wpi_key_u8_u32((uint8_t)party, number), &value, err);
    if (status == WP_ENOTFOUND)
        return WP_OK;
    WPI_TRY(status);
    uint32_t found = value.size == 4 ? wpi_bytes_get_le32(value.data) : UINT32_MAX;
    if (found > highest(graph, party)) /* sets of people are as large as their highest number */
        return wpi_error_set(err, WP_ECORRUPT, "alias record is malformed");
    *canonical = found;
    return WP_OK;
}

wp_status wpi_party_unknown(wpi_party party, uint32_t number, wp_error *err)
{
    return wpi_error_set(err, WP_ENOTFOUND, "no %s has number %u", wpi_party_name(party), number);
}

wp_status wpi_party_resolve(wpi_graph *graph, wpi_party party, uint32_t number, uint32_t *canonical,
                            wp_error *err)
{
    WPI_TRY(wpi_party_find(graph, party, number, canonical, err));
    return *canonical != 0 ? WP_OK : wpi_party_unknown(party, number, err);
}

static wpi_key part_key(wpi_party party, uint32_t canonical, uint32_t number)
{
    return wpi_key_add_u32(wpi_key_u8_u32((uint8_t)party, canonical), number);
}

static wp_status forget_alias(wpi_graph *graph, wpi_party party, uint32_t number, wp_error *err)
{
    uint32_t before;
    WPI_TRY(wpi_party_find(graph, party, number, &before, err));
    if (before == number)
        return WP_OK;
    WPI_TRY(wpi_graph_delete(graph, WPI_TABLE_ALIAS, wpi_key_u8_u32((uint8_t)party, number), err));
    graph->counters.aliases[party - 1]--;
    graph->is_counting = true;
    if (graph->has_aliased)
        wpi_bitset_remove(&graph->aliased[party - 1], number);
    if (before == 0)
        return WP_OK;
    return wpi_graph_delete(graph, WPI_TABLE_PART, part_key(party, before, number), err);
}

wp_status wpi_party_set_canonical(wpi_graph *graph, wpi_party party, uint32_t number,
                                  uint32_t canonical, wp_error *err)
{
    WPI_TRY(forget_alias(graph, party, number, err));
    if (canonical == number)
        return WP_OK;
    wpi_writer_u32(&graph->writer, canonical);
    WPI_TRY(wpi_graph_put(graph, WPI_TABLE_ALIAS, wpi_key_u8_u32((uint8_t)party, number), err));
    graph->counters.aliases[party - 1]++;
    graph->is_counting = true;
    if (graph->has_aliased)
        WPI_TRY(wpi_bitset_add(&graph->aliased[party - 1], number, err));
    if (canonical == 0)
        return WP_OK;
    return wpi_graph_put(graph, WPI_TABLE_PART, part_key(party, canonical, number), err);
}

static wp_status add_part(void *context, wpi_slice key, wpi_record_bytes value, wp_error *err)
{
    (void)value;
    if (key.bytes != 9)
        return wpi_error_set(err, WP_ECORRUPT, "part key is malformed");
    uint32_t number = wpi_key_get_u32(key.data, 5);
    return wpi_array_push(context, &number, err);
}

wp_status wpi_party_numbers(wpi_graph *graph, wpi_party party, uint32_t canonical,
                            wpi_array *numbers, wp_error *err)
{
    WPI_TRY(wpi_array_push(numbers, &canonical, err));
    if (graph->counters.aliases[party - 1] == 0)
        return WP_OK;
    return wpi_graph_each(graph, WPI_TABLE_PART, wpi_key_u8_u32((uint8_t)party, canonical),
                          add_part, numbers, err);
}

wp_status wpi_statement_get(wpi_graph *graph, wpi_party party, uint32_t number, uint32_t source,
                            wpi_statement_record *out, wp_error *err)
{
    wpi_record_bytes value;
    WPI_TRY(
        wpi_graph_get(graph, wpi_party_table(party), wpi_key_u32_u32(number, source), &value, err));
    WPI_TRY(wpi_graph_keep(graph, &value, err));
    return wpi_record_read_statement(value, &graph->lent, out, err);
}

wp_status wpi_statement_put(wpi_graph *graph, wpi_party party, uint32_t number, uint32_t source,
                            const wpi_statement_record *record, wp_error *err)
{
    wpi_record_write_statement(&graph->writer, record);
    wpi_key key = wpi_key_u32_u32(number, source);
    return number == highest(graph, party)
               ? wpi_graph_append(graph, wpi_party_table(party), key, err)
               : wpi_graph_put(graph, wpi_party_table(party), key, err);
}

wp_status wpi_statement_delete(wpi_graph *graph, wpi_party party, uint32_t number, uint32_t source,
                               wp_error *err)
{
    if (source == graph->mentioned_source)
        wpi_bitset_remove(&graph->mentioned[party - 1], number);
    return wpi_graph_delete(graph, wpi_party_table(party), wpi_key_u32_u32(number, source), err);
}

bool wpi_statement_link(wpi_statement_record *record, uint32_t number)
{
    size_t at = 0;
    while (at < record->link_count && record->links[at] < number)
        at++;
    if (at < record->link_count && record->links[at] == number)
        return false;
    memmove(&record->links[at + 1], &record->links[at],
            (record->link_count - at) * sizeof *record->links);
    record->links[at] = number;
    record->link_count++;
    return true;
}

wp_status wpi_statement_unlink(wpi_graph *graph, wpi_party party, uint32_t other, uint32_t source,
                               uint32_t number, wp_error *err)
{
    wpi_statement_record record;
    wp_status status = wpi_statement_get(graph, party, other, source, &record, err);
    if (status != WP_OK)
        return status == WP_ENOTFOUND ? WP_OK : status;
    size_t kept = 0;
    for (size_t i = 0; i < record.link_count; i++)
        if (record.links[i] != number)
            record.links[kept++] = record.links[i];
    if (kept == record.link_count)
        return WP_OK;
    record.link_count = kept;
    return wpi_statement_put(graph, party, other, source, &record, err);
}

typedef struct said_walk {
    wpi_graph *graph;
    wpi_said **end;
} said_walk;

static wp_status add_said(void *context, wpi_slice key, wpi_record_bytes value, wp_error *err)
{
    said_walk *walk = context;
    wpi_said *said = wpi_arena_take(&walk->graph->lent, 1, sizeof *said);
    if (said == NULL)
        return wpi_memory_failed(err);
    if (key.bytes != 8)
        return wpi_error_set(err, WP_ECORRUPT, "key of a statement is malformed");
    said->next = NULL;
    said->number = wpi_key_get_u32(key.data, 0);
    said->source = wpi_key_get_u32(key.data, 4);
    WPI_TRY(wpi_graph_keep(walk->graph, &value, err));
    WPI_TRY(wpi_record_read_statement(value, &walk->graph->lent, &said->record, err));
    *walk->end = said;
    walk->end = &said->next;
    return WP_OK;
}

wp_status wpi_statements_of(wpi_graph *graph, wpi_party party, uint32_t number, wpi_said **out,
                            wp_error *err)
{
    said_walk walk = {graph, out};
    *out = NULL;
    return wpi_graph_each(graph, wpi_party_table(party), wpi_key_u32(number), add_said, &walk, err);
}

wp_status wpi_party_load(wpi_graph *graph, wpi_party party, uint32_t canonical, wpi_said **out,
                         wp_error *err)
{
    wp_status status = WP_OK;
    said_walk walk = {graph, out};
    wpi_array numbers = WPI_ARRAY_OF(uint32_t);
    *out = NULL;
    WPI_TRY_OUT(wpi_party_numbers(graph, party, canonical, &numbers, err));
    for (size_t i = 0; i < numbers.count; i++)
        WPI_TRY_OUT(wpi_graph_each(graph, wpi_party_table(party),
                                   wpi_key_u32(WPI_ARRAY_AT(&numbers, uint32_t, i)), add_said,
                                   &walk, err));
    if (*out == NULL)
        status = wpi_error_set(err, WP_ENOTFOUND, "no %s has number %u", wpi_party_name(party),
                               canonical);
out:
    wpi_array_free(&numbers);
    return status;
}

wp_status wpi_party_exists(wpi_graph *graph, wpi_party party, uint32_t number, bool *exists,
                           wp_error *err)
{
    return wpi_graph_has(graph, wpi_party_table(party), wpi_key_u32(number), exists, err);
}

typedef struct identity_walk {
    wpi_graph *graph;
    wp_identity *out;
} identity_walk;

static wp_status take_identity(void *context, wpi_slice key, wpi_record_bytes value, wp_error *err)
{
    identity_walk *walk = context;
    wpi_statement_record record;
    (void)key;
    WPI_TRY(wpi_graph_keep(walk->graph, &value, err));
    WPI_TRY(wpi_record_read_statement(value, &walk->graph->lent, &record, err));
    *walk->out = record.identity;
    return WP_ENOTFOUND; /* all say the same: ends the walk */
}

wp_status wpi_party_identity(wpi_graph *graph, wpi_party party, uint32_t number, wp_identity *out,
                             wp_error *err)
{
    identity_walk walk = {graph, out};
    *out = (wp_identity){.text = NULL};
    WPI_TRY(wpi_graph_each(graph, wpi_party_table(party), wpi_key_u32(number), take_identity, &walk,
                           err));
    if (out->text == NULL)
        return wpi_error_set(err, WP_ENOTFOUND, "no %s has number %u", wpi_party_name(party),
                             number);
    return WP_OK;
}

wp_status wpi_party_number(wpi_graph *graph, const wpi_identity *identity, uint32_t *number,
                           bool *is_new, wp_error *err)
{
    wpi_party party = wpi_party_of(identity->kind);
    uint32_t *last = party == WPI_PERSON ? &graph->counters.people : &graph->counters.companies;
    wp_status status = wpi_identity_find(graph, identity, number, err);
    *is_new = status == WP_ENOTFOUND;
    if (!*is_new)
        return status;
    if (*last >= UINT32_MAX - 1)
        return wpi_error_set(err, WP_EFULL, "4294967294 numbers are given out, none is left");
    *number = ++*last;
    graph->is_counting = true;
    return wpi_identity_add(graph, identity, *number, err);
}

wp_status wpi_party_name_all(wpi_graph *graph, const wpi_identity *identities, size_t count,
                             wpi_named *out, wp_error *err)
{
    out->count = 0;
    for (size_t i = 0; i < count; i++) {
        size_t at = out->count;
        bool is_repeated = false;
        WPI_TRY(wpi_party_number(graph, &identities[i], &out->numbers[at], &out->is_new[at], err));
        out->identities[at] = &identities[i];
        for (size_t j = 0; j < at; j++)
            is_repeated |= out->numbers[j] == out->numbers[at];
        out->count += is_repeated ? 0 : 1;
    }
    return WP_OK;
}

bool wpi_party_is_all_new(const wpi_named *named)
{
    bool is_all_new = true;
    for (size_t i = 0; i < named->count; i++)
        is_all_new &= named->is_new[i];
    return is_all_new;
}

/* The numbers that the transaction's source is known to state. */
static wpi_bitset *mentioned_of(wpi_graph *graph, wpi_party party)
{
    if (graph->mentioned_source != graph->source)
        for (int i = 0; i < 2; i++)
            wpi_bitset_free(&graph->mentioned[i]);
    graph->mentioned_source = graph->source;
    return &graph->mentioned[party - 1];
}

wp_status wpi_party_note(wpi_graph *graph, wpi_party party, uint32_t number, wp_error *err)
{
    return wpi_bitset_add(mentioned_of(graph, party), number, err);
}

/* What every statement of a number says: its identity, and a company that is known by its name
 * alone the name as it is written. */
static wp_status copy_identity(wpi_graph *graph, wpi_party party, uint32_t number,
                               wpi_statement_record *record, wp_error *err)
{
    wpi_said *all;
    WPI_TRY(wpi_party_identity(graph, party, number, &record->identity, err));
    if (record->identity.kind != WP_IDENTITY_COMPANY_NAME)
        return WP_OK;
    WPI_TRY(wpi_statements_of(graph, party, number, &all, err));
    for (; all != NULL && record->name == NULL; all = all->next)
        record->name = all->record.name;
    return WP_OK;
}

wp_status wpi_party_mention(wpi_graph *graph, wpi_party party, uint32_t number, wp_error *err)
{
    wpi_record_bytes value;
    if (wpi_bitset_has(mentioned_of(graph, party), number))
        return WP_OK;
    wp_status status = wpi_graph_get(graph, wpi_party_table(party),
                                     wpi_key_u32_u32(number, graph->source), &value, err);
    if (status == WP_ENOTFOUND) {
        wpi_statement_record record = {.us = WP_US_UNSAID};
        WPI_TRY(copy_identity(graph, party, number, &record, err));
        status = wpi_statement_put(graph, party, number, graph->source, &record, err);
    }
    WPI_TRY(status);
    return wpi_party_note(graph, party, number, err);
}
