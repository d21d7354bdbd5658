/*
 * Mending what was saved; see mend.h.
 *
 * One pass over the tables of truth notes which people, companies, sources and opportunities are
 * named, and which exist. The identity table then supplies the identities of those that lost all
 * statements; who is not found there either gets the identity "lost:N". They are stated by hand,
 * because who stated them is what was lost. The counters are raised above every number seen, so
 * that no number is given out twice.
 *
 * A record that cannot be decoded although its checksum holds was never written by this library; it
 * is left alone, and the check that follows reports it.
 */
#include "graph/mend.h"

#include <stdio.h>

#include "format/tie_run.h"
#include "graph/identity.h"
#include "graph/party.h"
#include "store/salvage.h"

/* Numbers of one kind. */
typedef struct numbers {
    wpi_bitset named;
    wpi_bitset stated; /* something is stated of them */
    uint32_t highest;
} numbers;

enum { PEOPLE, COMPANIES, SOURCES, OPPORTUNITIES, KINDS };

typedef struct mend {
    wpi_graph graph;
    wpi_table table; /* of the record being looked at */
    numbers kinds[KINDS];
    uint64_t interaction_highest;
} mend;

static wp_status note(mend *m, int kind, uint32_t number, bool is_stated, wp_error *err)
{
    numbers *all = &m->kinds[kind];
    if (number == 0 || number == UINT32_MAX)
        return WP_OK;
    all->highest = number > all->highest ? number : all->highest;
    return wpi_bitset_add(is_stated ? &all->stated : &all->named, number, err);
}

static wp_status name(mend *m, int kind, uint32_t number, wp_error *err)
{
    return note(m, kind, number, false, err);
}

/* Where a table's keys name somebody: offsets of numbers, -1: none. */
typedef struct key_shape {
    size_t bytes;
    int people[2];
    int company;
    int source;
    int opportunity;
    int stated; /* the kind whose number at offset 0 the record states; -1: none */
} key_shape;

static key_shape shape_of(wpi_table table)
{
    switch ((int)table) {
    case WPI_TABLE_PERSON:
        return (key_shape){8, {-1, -1}, -1, 4, -1, PEOPLE};
    case WPI_TABLE_COMPANY:
        return (key_shape){8, {-1, -1}, -1, 4, -1, COMPANIES};
    case WPI_TABLE_SOURCE:
        return (key_shape){4, {-1, -1}, -1, -1, -1, SOURCES};
    case WPI_TABLE_EMPLOYMENT:
        return (key_shape){16, {0, -1}, 4, 12, -1, -1};
    case WPI_TABLE_INTERACTION:
        return (key_shape){12, {-1, -1}, -1, 8, -1, -1};
    case WPI_TABLE_RESTATED:
    case WPI_TABLE_PRIVATE:
        return (key_shape){12, {0, 4}, -1, 8, -1, -1};
    case WPI_TABLE_OPPORTUNITY:
        return (key_shape){8, {-1, -1}, -1, 4, -1, OPPORTUNITIES};
    case WPI_TABLE_ROLE:
        return (key_shape){12, {4, -1}, -1, 8, 0, -1};
    case WPI_TABLE_CONSENT:
        return (key_shape){9, {0, -1}, -1, 5, -1, -1};
    case WPI_TABLE_MERGE:
        return (key_shape){8, {0, 4}, -1, -1, -1, -1};
    case WPI_TABLE_TIE:
        return (key_shape){8, {0, -1}, -1, -1, -1, -1};
    default:
        return (key_shape){0, {-1, -1}, -1, -1, -1, -1};
    }
}

static wp_status note_key(mend *m, wpi_slice key, wp_error *err)
{
    key_shape shape = shape_of(m->table);
    if (shape.bytes != key.bytes)
        return WP_OK;
    for (int i = 0; i < 2; i++)
        if (shape.people[i] >= 0)
            WPI_TRY(name(m, PEOPLE, wpi_key_get_u32(key.data, (size_t)shape.people[i]), err));
    if (shape.company >= 0)
        WPI_TRY(name(m, COMPANIES, wpi_key_get_u32(key.data, (size_t)shape.company), err));
    if (shape.source >= 0)
        WPI_TRY(name(m, SOURCES, wpi_key_get_u32(key.data, (size_t)shape.source), err));
    if (shape.opportunity >= 0)
        WPI_TRY(name(m, OPPORTUNITIES, wpi_key_get_u32(key.data, (size_t)shape.opportunity), err));
    if (shape.stated >= 0)
        WPI_TRY(note(m, shape.stated, wpi_key_get_u32(key.data, 0), true, err));
    return WP_OK;
}

static wp_status note_statement(mend *m, int kind, wpi_record_bytes value, wp_error *err)
{
    wpi_statement_record record;
    WPI_TRY(wpi_record_read_statement(value, &m->graph.lent, &record, err));
    for (size_t i = 0; i < record.link_count; i++)
        WPI_TRY(name(m, kind, record.links[i], err));
    return kind == COMPANIES ? name(m, COMPANIES, record.parent, err) : WP_OK;
}

static wp_status note_interaction(mend *m, wpi_slice key, wpi_record_bytes value, wp_error *err)
{
    wp_interaction record;
    uint64_t number = wpi_key_get_u64(key.data, 0);
    m->interaction_highest = number > m->interaction_highest ? number : m->interaction_highest;
    WPI_TRY(wpi_record_read_interaction(value, &m->graph.lent, &record, err));
    WPI_TRY(name(m, PEOPLE, record.from, err));
    for (size_t i = 0; i < record.to_count; i++)
        WPI_TRY(name(m, PEOPLE, record.to[i].person, err));
    return WP_OK;
}

static wp_status note_ties(mend *m, wpi_record_bytes value, wp_error *err)
{
    wpi_tie_run run = wpi_tie_run_of(value);
    wpi_tie_entry entry;
    wpi_tie_state state;
    while (wpi_tie_run_next(&run, &entry)) {
        WPI_TRY(name(m, PEOPLE, entry.high, err));
        WPI_TRY(wpi_tie_entry_read(&entry, &state, err));
        for (int i = 0; i < 2; i++)
            if (state.stated[i].kind != WPI_STATED_NONE)
                WPI_TRY(name(m, SOURCES, state.stated[i].source, err));
    }
    return wpi_tie_run_status(&run, err);
}

static wp_status note_value(mend *m, wpi_slice key, wpi_record_bytes value, wp_error *err)
{
    wp_opportunity opportunity;
    switch ((int)m->table) {
    case WPI_TABLE_PERSON:
        return note_statement(m, PEOPLE, value, err);
    case WPI_TABLE_COMPANY:
        return note_statement(m, COMPANIES, value, err);
    case WPI_TABLE_INTERACTION:
        return key.bytes == 12 ? note_interaction(m, key, value, err) : WP_OK;
    case WPI_TABLE_TIE:
        return note_ties(m, value, err);
    case WPI_TABLE_OPPORTUNITY:
        WPI_TRY(wpi_record_read_opportunity(value, &opportunity, err));
        WPI_TRY(name(m, PEOPLE, opportunity.owner, err));
        return name(m, COMPANIES, opportunity.company, err);
    default:
        return WP_OK;
    }
}

static wp_status note_record(void *context, wpi_slice key, wpi_record_bytes value, wp_error *err)
{
    mend *m = context;
    wp_error ignored;
    WPI_TRY(note_key(m, key, err));
    wp_status status = note_value(m, key, value, &ignored);
    wpi_graph_reclaim(&m->graph);
    if (status == WP_OK || status == WP_ECORRUPT)
        return WP_OK;
    return wpi_error_set(err, status, "%s", ignored.message);
}

/* Say by hand that there is somebody with an identity. */
static wp_status state(mend *m, int kind, uint32_t number, wp_identity identity, wp_error *err)
{
    wpi_statement_record record = {.identity = identity, .us = WP_US_UNSAID};
    if (identity.kind == WP_IDENTITY_COMPANY_NAME)
        record.name = identity.text;
    WPI_TRY(note(m, kind, number, true, err));
    return wpi_statement_put(&m->graph, kind == PEOPLE ? WPI_PERSON : WPI_COMPANY, number,
                             WP_SOURCE_HAND, &record, err);
}

/* An identity whose number lost all statements. */
static wp_status state_identity(void *context, wpi_slice key, wpi_record_bytes value, wp_error *err)
{
    mend *m = context;
    wpi_identity_record record;
    wp_error ignored;
    (void)key;
    bool is_sound = wpi_record_read_identity(value, &record, &ignored) == WP_OK;
    if (!is_sound || record.kind == WPI_IDENTITY_OPPORTUNITY)
        return WP_OK;
    int kind = wpi_identity_is_person(record.kind) ? PEOPLE : COMPANIES;
    if (record.number == 0 || wpi_bitset_has(&m->kinds[kind].stated, record.number))
        return WP_OK;
    return state(m, kind, record.number, (wp_identity){record.kind, record.text}, err);
}

static wp_status put_lost(mend *m, int kind, uint32_t number, wp_error *err)
{
    char text[32];
    (void)snprintf(text, sizeof text, "lost:%u", number);
    if (kind == PEOPLE || kind == COMPANIES) {
        wp_identity_kind of = kind == PEOPLE ? WP_IDENTITY_ID : WP_IDENTITY_COMPANY_ID;
        return state(m, kind, number, (wp_identity){of, text}, err);
    }
    if (kind == SOURCES) {
        wpi_source_record source = {.time_s = WP_TIME_NONE, .name = text};
        wpi_record_write_source(&m->graph.writer, &source);
        return wpi_graph_put(&m->graph, WPI_TABLE_SOURCE, wpi_key_u32(number), err);
    }
    wp_opportunity opportunity = WP_OPPORTUNITY_INIT;
    opportunity.id = text;
    wpi_record_write_opportunity(&m->graph.writer, &opportunity);
    return wpi_graph_put(&m->graph, WPI_TABLE_OPPORTUNITY, wpi_key_u32_u32(number, WP_SOURCE_HAND),
                         err);
}

static wp_status put_all_lost(mend *m, wp_error *err)
{
    for (int kind = 0; kind < KINDS; kind++) {
        const numbers *all = &m->kinds[kind];
        for (uint32_t i = 1; i <= all->highest && i < all->named.size; i++)
            if (wpi_bitset_has(&all->named, i) && !wpi_bitset_has(&all->stated, i))
                WPI_TRY(put_lost(m, kind, i, err));
    }
    return WP_OK;
}

static uint32_t larger(uint32_t a, uint32_t b)
{
    return a > b ? a : b;
}

static void raise_counters(mend *m)
{
    wpi_counters *counters = &m->graph.counters;
    counters->people = larger(counters->people, m->kinds[PEOPLE].highest);
    counters->companies = larger(counters->companies, m->kinds[COMPANIES].highest);
    counters->sources = larger(counters->sources, m->kinds[SOURCES].highest);
    counters->opportunities = larger(counters->opportunities, m->kinds[OPPORTUNITIES].highest);
    if (counters->interactions < m->interaction_highest)
        counters->interactions = m->interaction_highest;
    m->graph.is_counting = true;
}

static wp_status mend_all(mend *m, wp_error *err)
{
    static const wpi_key all = {.size = 0};
    for (unsigned i = 0; i < WPI_TABLE_COUNT; i++) {
        m->table = (wpi_table)i;
        if (shape_of(m->table).bytes > 0)
            WPI_TRY(wpi_graph_each(&m->graph, m->table, all, note_record, m, err));
    }
    WPI_TRY(wpi_graph_each(&m->graph, WPI_TABLE_IDENTITY, all, state_identity, m, err));
    WPI_TRY(put_all_lost(m, err));
    raise_counters(m);
    return wpi_graph_finish(&m->graph, err);
}

static wp_status mend_store(wpi_store *store, void *context, wp_error *err)
{
    mend m = {0};
    wpi_store_txn *txn;
    (void)context;
    WPI_TRY(wpi_store_begin(store, true, &txn, err));
    wp_status status = wpi_graph_begin(&m.graph, txn, err);
    if (status == WP_OK)
        status = mend_all(&m, err);
    wpi_graph_end(&m.graph);
    for (int i = 0; i < KINDS; i++) {
        wpi_bitset_free(&m.kinds[i].named);
        wpi_bitset_free(&m.kinds[i].stated);
    }
    if (status == WP_OK)
        return wpi_store_commit(txn, err);
    wpi_store_abort(txn);
    return status;
}

wp_status wpi_mend_salvage(const char *damaged, const char *path, wp_fault_fn *fault,
                           wp_salvage_fn *table, void *context, wp_error *err)
{
    wpi_graph_us us = {NULL, 0};
    wpi_salvage salvage = {.fault = fault,
                           .table = table,
                           .context = context,
                           .init = wpi_graph_create,
                           .init_context = &us,
                           .mend = mend_store};
    return wpi_store_salvage(damaged, path, &salvage, err);
}
