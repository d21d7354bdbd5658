/*
 * Mending what was saved; see mend.h.
 *
 * One pass over the tables of truth notes which people, companies, sources, opportunities and
 * groups are named, and which exist. The identity table then supplies the identities of those that
 * lost all statements; who is not found there either gets the identity "lost:N". They are stated by
 * hand, because who stated them is what was lost. The counters are raised above every number seen,
 * so that no number is given out twice, also when only the audit log knows it any more. The log
 * goes on behind its last entry. A suppression whose key was lost is good for nothing: it is left
 * out, and that is reported.
 *
 * A record that cannot be decoded although its checksum holds was never written by this library; it
 * is left alone, and the check that follows reports it.
 */
#include "graph/mend.h"

#include <inttypes.h>
#include <stdio.h>

#include "format/tie_run.h"
#include "graph/audit.h"
#include "graph/barrier.h"
#include "graph/consent.h"
#include "graph/group.h"
#include "graph/party.h"
#include "graph/settings.h"
#include "graph/suppress.h"
#include "store/salvage.h"

/* Numbers of one kind. */
typedef struct numbers {
    wpi_bitset named;
    wpi_bitset stated; /* something is stated of them */
    uint32_t highest;
} numbers;

enum { PEOPLE, COMPANIES, SOURCES, OPPORTUNITIES, GROUPS, KINDS };

typedef struct mend {
    wpi_graph graph;
    wpi_table table; /* of the record being looked at */
    numbers kinds[KINDS];
    uint64_t interaction_highest;
    bool has_sharing;  /* somebody decided whom ties are shared with */
    wpi_array keyless; /* of wpi_key: suppressions whose key was lost */
} mend;

/* A number was given out, unless it is that of nobody. */
static void see(mend *m, int kind, uint32_t number)
{
    numbers *all = &m->kinds[kind];
    if (number != UINT32_MAX && number > all->highest)
        all->highest = number;
}

static wp_status note(mend *m, int kind, uint32_t number, bool is_stated, wp_error *err)
{
    numbers *all = &m->kinds[kind];
    if (number == 0 || number == UINT32_MAX)
        return WP_OK;
    see(m, kind, number);
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
    case WPI_TABLE_BARRIER:
        return (key_shape){14, {-1, -1}, -1, 10, -1, -1};
    case WPI_TABLE_SUPPRESSED:
        return (key_shape){16, {-1, -1}, -1, -1, -1, -1};
    case WPI_TABLE_AUDIT:
        return (key_shape){8, {-1, -1}, -1, -1, -1, -1};
    case WPI_TABLE_ALIAS:
        return (key_shape){5, {-1, -1}, -1, -1, -1, -1};
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

static int kind_of(wp_side_kind kind)
{
    return kind == WP_SIDE_PERSON ? PEOPLE : kind == WP_SIDE_COMPANY ? COMPANIES : GROUPS;
}

static wp_status note_side(mend *m, wp_side side, wp_error *err)
{
    return name(m, kind_of(side.kind), side.number, err);
}

static wp_status note_group(mend *m, wpi_slice key, wp_error *err)
{
    wp_member at;
    WPI_TRY(wpi_group_read_key(key, &at, err));
    if (at.who.kind == 0)
        return note(m, GROUPS, at.group, true, err);
    WPI_TRY(name(m, GROUPS, at.group, err));
    return note_side(m, at.who, err);
}

static wp_status note_sharing(mend *m, wpi_slice key, wpi_record_bytes value, wp_error *err)
{
    wpi_consent_record record;
    wpi_matter matter;
    uint32_t person;
    WPI_TRY(wpi_consent_read_key(key, &person, &matter, err));
    WPI_TRY(wpi_record_read_consent(value, &record, err));
    m->has_sharing |= matter == WPI_MATTER_SHARING;
    for (size_t i = 0; i < record.group_count; i++)
        WPI_TRY(name(m, GROUPS, wpi_consent_group(&record, i), err));
    return WP_OK;
}

static wp_status note_barrier(mend *m, wpi_slice key, wp_error *err)
{
    wp_barrier barrier;
    if (wpi_group_is_key(key))
        return note_group(m, key, err);
    WPI_TRY(wpi_barrier_read(key, &barrier, err));
    WPI_TRY(note_side(m, barrier.a, err));
    return note_side(m, barrier.b, err);
}

static wp_status note_suppressed(mend *m, wpi_slice key, wpi_record_bytes value, wp_error *err)
{
    wpi_suppressed_record record;
    bool is_used;
    WPI_TRY(wpi_suppress_is_used(&m->graph, &is_used, err)); /* reads the keys */
    WPI_TRY(wpi_record_read_suppressed(value, &record, err));
    if (key.bytes != 16 || record.list < m->graph.suppression.count)
        return WP_OK;
    wpi_key keyless = wpi_key_u64_u64(wpi_key_get_u64(key.data, 0), wpi_key_get_u64(key.data, 8));
    return wpi_array_push(&m->keyless, &keyless, err);
}

/* Before their kinds were noted (0), sides were people or companies. */
static wp_status see_sides(mend *m, const wpi_audit_record *record)
{
    const uint32_t kinds[2] = {record->actor / 10, record->actor % 10};
    const uint32_t sides[2] = {record->subject, record->object};
    for (int i = 0; i < 2; i++) {
        see(m, kinds[i] == 0 ? PEOPLE : kind_of((wp_side_kind)kinds[i]), sides[i]);
        see(m, COMPANIES, kinds[i] == 0 ? sides[i] : 0);
    }
    return WP_OK;
}

/* Whom an entry of the audit log is about may have been erased since. */
static wp_status see_entry(mend *m, wpi_record_bytes value, wp_error *err)
{
    wpi_audit_record record;
    WPI_TRY(wpi_record_read_audit(value, &record, err));
    wp_audit_action action = (wp_audit_action)record.action;
    bool is_sides = wpi_audit_is_about_sides(action);
    bool has_owner = action == WP_AUDIT_PRIVATE || action == WP_AUDIT_SHARED ||
                     action == WP_AUDIT_PRIVATE_PERSON;
    bool has_person = has_owner || action == WP_AUDIT_CONSENT || action == WP_AUDIT_SHARING ||
                      action == WP_AUDIT_ERASE || action == WP_AUDIT_EXPORT ||
                      action == WP_AUDIT_ASK_PERSON;
    if (is_sides)
        return see_sides(m, &record);
    see(m, PEOPLE, record.actor);
    see(m, PEOPLE, has_person ? record.subject : 0);
    see(m, PEOPLE, has_owner ? record.object : 0);
    see(m, COMPANIES, action == WP_AUDIT_ASK_COMPANY ? record.subject : 0);
    return WP_OK;
}

/* A number that nobody states any more leaves an alias alone. */
static wp_status see_alias(mend *m, wpi_slice key)
{
    const unsigned char *bytes = key.data;
    if (key.bytes == 5)
        see(m, bytes[0] == WPI_PERSON ? PEOPLE : COMPANIES, wpi_key_get_u32(bytes, 1));
    return WP_OK;
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
    case WPI_TABLE_BARRIER:
        return note_barrier(m, key, err);
    case WPI_TABLE_CONSENT:
        return note_sharing(m, key, value, err);
    case WPI_TABLE_SUPPRESSED:
        return note_suppressed(m, key, value, err);
    case WPI_TABLE_AUDIT:
        return see_entry(m, value, err);
    case WPI_TABLE_ALIAS:
        return see_alias(m, key);
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
    if (kind == GROUPS) {
        (void)snprintf(text, sizeof text, "list:lost %u", number);
        return wpi_group_restore(&m->graph, number, text, err);
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

static wp_status drop_keyless(mend *m, const wpi_salvage *salvage, wp_error *err)
{
    for (size_t i = 0; i < m->keyless.count; i++) {
        const wpi_key *key = &WPI_ARRAY_AT(&m->keyless, wpi_key, i);
        char shown[40];
        (void)snprintf(shown, sizeof shown, "%016" PRIx64 "%016" PRIx64,
                       wpi_key_get_u64(key->bytes, 0), wpi_key_get_u64(key->bytes, 8));
        if (salvage->fault != NULL)
            salvage->fault(salvage->context, wpi_table_name(WPI_TABLE_SUPPRESSED), shown,
                           "is left out, because the key it was hashed with is lost");
        WPI_TRY(wpi_graph_delete(&m->graph, WPI_TABLE_SUPPRESSED, *key, err));
    }
    return WP_OK;
}

static wp_status mend_all(mend *m, const wpi_salvage *salvage, wp_error *err)
{
    static const wpi_key all = {.size = 0};
    for (unsigned i = 0; i < WPI_TABLE_COUNT; i++) {
        m->table = (wpi_table)i;
        if (shape_of(m->table).bytes > 0)
            WPI_TRY(wpi_graph_each(&m->graph, m->table, all, note_record, m, err));
    }
    WPI_TRY(wpi_graph_each(&m->graph, WPI_TABLE_IDENTITY, all, state_identity, m, err));
    WPI_TRY(put_all_lost(m, err));
    if (m->has_sharing)
        WPI_TRY(wpi_settings_note_sharing(&m->graph, err));
    WPI_TRY(drop_keyless(m, salvage, err));
    WPI_TRY(wpi_audit_mend(&m->graph, err));
    WPI_TRY(wpi_group_raise_counter(&m->graph, m->kinds[GROUPS].highest, err));
    raise_counters(m);
    return wpi_graph_finish(&m->graph, err);
}

static wp_status mend_store(wpi_store *store, void *context, wp_error *err)
{
    mend m = {.keyless = WPI_ARRAY_OF(wpi_key)};
    wpi_store_txn *txn;
    WPI_TRY(wpi_store_begin(store, true, &txn, err));
    wp_status status = wpi_graph_begin(&m.graph, txn, err);
    if (status == WP_OK)
        status = mend_all(&m, context, err);
    wpi_graph_end(&m.graph);
    wpi_array_free(&m.keyless);
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
