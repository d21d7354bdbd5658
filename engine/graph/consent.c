/*
 * Consent records and the sets that queries work with: see consent.h.
 */
#include "graph/consent.h"

#include "graph/audit.h"
#include "graph/party.h"
#include "graph/settings.h"

static wpi_key key_of(uint32_t person, unsigned matter, uint32_t source)
{
    return wpi_key_add_u32(wpi_key_add_u8(wpi_key_u32(person), (uint8_t)matter), source);
}

unsigned wpi_choice_rank(wp_choice choice)
{
    switch (choice) {
    case WP_CHOICE_UNSAID:
        return 0;
    case WP_CHOICE_IN:
        return 1;
    case WP_CHOICE_ASK:
        return 2;
    case WP_CHOICE_OUT:
        return 3;
    }
    return 0;
}

/* A day as decisions are ordered by: none is the oldest. */
static int64_t age_of(int32_t since)
{
    return since == WP_DAY_NONE ? INT64_MIN : since;
}

/* Of two decisions of one number the one that holds. */
static wpi_consent_record later(wpi_consent_record a, wpi_consent_record b)
{
    if (a.choice == WP_CHOICE_UNSAID || b.choice == WP_CHOICE_UNSAID)
        return a.choice == WP_CHOICE_UNSAID ? b : a;
    if (a.since != b.since)
        return age_of(a.since) > age_of(b.since) ? a : b;
    return wpi_choice_rank(a.choice) >= wpi_choice_rank(b.choice) ? a : b;
}

/* Of two decisions of one person, made as different identities, the one that holds. */
static wpi_consent_record stricter(wpi_consent_record a, wpi_consent_record b)
{
    if (a.choice != b.choice)
        return wpi_choice_rank(a.choice) > wpi_choice_rank(b.choice) ? a : b;
    return age_of(a.since) > age_of(b.since) ? a : b;
}

static wp_status put_one(wpi_graph *graph, uint32_t person, wpi_matter matter,
                         wpi_consent_record record, bool *is_changed, wp_error *err)
{
    wpi_record_bytes value;
    wpi_consent_record before = {WP_CHOICE_UNSAID, WP_DAY_NONE};
    wpi_key key = key_of(person, matter, graph->source);
    if (record.choice == WP_CHOICE_UNSAID)
        return WP_OK;
    wp_status status = wpi_graph_get(graph, WPI_TABLE_CONSENT, key, &value, err);
    if (status != WP_OK && status != WP_ENOTFOUND)
        return status;
    if (status == WP_OK)
        WPI_TRY(wpi_record_read_consent(value, &before, err));
    if (graph->source != WP_SOURCE_HAND)
        record = later(record, before);
    if (record.choice == before.choice && record.since == before.since)
        return WP_OK;
    *is_changed = true;
    wpi_record_write_consent(&graph->writer, &record);
    return wpi_graph_put(graph, WPI_TABLE_CONSENT, key, err);
}

wp_status wpi_consent_put(wpi_graph *graph, const wp_consent *consent, wp_error *err)
{
    bool is_changed = false;
    WPI_TRY(wpi_party_mention(graph, WPI_PERSON, consent->person, err));
    WPI_TRY(put_one(graph, consent->person, WPI_MATTER_INTRODUCTIONS,
                    (wpi_consent_record){consent->introductions, consent->since}, &is_changed,
                    err));
    WPI_TRY(put_one(graph, consent->person, WPI_MATTER_CONTACT,
                    (wpi_consent_record){consent->contact, consent->since}, &is_changed, err));
    if (!is_changed)
        return WP_OK;
    return wpi_audit_append(graph, WP_AUDIT_CONSENT, 0, consent->person,
                            10u * consent->introductions + consent->contact, err);
}

static wp_status read_key(wpi_slice key, uint32_t *person, unsigned *matter, wp_error *err)
{
    *matter = key.bytes == 9 ? ((const unsigned char *)key.data)[4] : WPI_MATTERS;
    if (*matter >= WPI_MATTERS)
        return wpi_error_set(err, WP_ECORRUPT, "consent key is malformed");
    *person = wpi_key_get_u32(key.data, 0);
    return WP_OK;
}

wp_status wpi_consent_delete(wpi_graph *graph, wpi_slice key, wp_error *err)
{
    uint32_t person = 0;
    unsigned matter;
    WPI_TRY(read_key(key, &person, &matter, err));
    WPI_TRY(wpi_graph_delete(graph, WPI_TABLE_CONSENT,
                             key_of(person, matter, wpi_key_get_u32(key.data, 5)), err));
    return wpi_audit_append(graph, WP_AUDIT_CONSENT, 0, person, 0, err);
}

wp_status wpi_consent_next(wpi_graph *graph, wp_consent *at, wp_error *err)
{
    wpi_store_cursor *cursor = NULL;
    wpi_slice key, value;
    wpi_consent_record record;
    unsigned matter =
        at->contact == WP_CHOICE_UNSAID ? WPI_MATTER_INTRODUCTIONS : WPI_MATTER_CONTACT;
    wpi_key from = key_of(at->person, at->person == 0 ? 0 : matter, at->source);
    WPI_TRY(wpi_store_cursor_open(graph->txn, WPI_TABLE_CONSENT, &cursor, err));
    wp_status status =
        wpi_store_cursor_seek(cursor, (wpi_slice){from.bytes, from.size}, &key, &value, err);
    if (status == WP_OK && key.bytes == from.size && memcmp(key.data, from.bytes, from.size) == 0)
        status = wpi_store_cursor_next(cursor, &key, &value, err);
    if (status == WP_OK)
        status = read_key(key, &at->person, &matter, err);
    if (status == WP_OK)
        status = wpi_record_read_consent((wpi_record_bytes){value.data, value.bytes}, &record, err);
    if (status == WP_OK) {
        at->source = wpi_key_get_u32(key.data, 5);
        at->since = record.since;
        at->introductions = matter == WPI_MATTER_INTRODUCTIONS ? record.choice : WP_CHOICE_UNSAID;
        at->contact = matter == WPI_MATTER_CONTACT ? record.choice : WP_CHOICE_UNSAID;
    }
    wpi_store_cursor_close(cursor);
    return status;
}

/* Calls back with what holds of each number and matter. */
typedef struct decision_walk {
    wpi_decisions *number; /* what holds of the number so far */
} decision_walk;

static wp_status add_decision(void *context, wpi_slice key, wpi_record_bytes value, wp_error *err)
{
    decision_walk *walk = context;
    wpi_consent_record record;
    uint32_t person = 0;
    unsigned matter = WPI_MATTERS;
    WPI_TRY(read_key(key, &person, &matter, err));
    WPI_TRY(wpi_record_read_consent(value, &record, err));
    walk->number->of[matter] = later(walk->number->of[matter], record);
    return WP_OK;
}

static const wpi_decisions nothing = {
    {{WP_CHOICE_UNSAID, WP_DAY_NONE}, {WP_CHOICE_UNSAID, WP_DAY_NONE}}};

wp_status wpi_consent_get(wpi_graph *graph, uint32_t person, wpi_decisions *out, wp_error *err)
{
    wp_status status;
    wpi_array numbers = WPI_ARRAY_OF(uint32_t);
    *out = nothing;
    WPI_TRY_OUT(wpi_party_numbers(graph, WPI_PERSON, person, &numbers, err));
    for (size_t i = 0; i < numbers.count; i++) {
        wpi_decisions of_number = nothing;
        decision_walk walk = {&of_number};
        WPI_TRY_OUT(wpi_graph_each(graph, WPI_TABLE_CONSENT,
                                   wpi_key_u32(WPI_ARRAY_AT(&numbers, uint32_t, i)), add_decision,
                                   &walk, err));
        for (int matter = 0; matter < WPI_MATTERS; matter++)
            out->of[matter] = stricter(out->of[matter], of_number.of[matter]);
    }
out:
    wpi_array_free(&numbers);
    return status;
}

typedef struct set_walk {
    wpi_graph *graph;
    wpi_bitset *sets[WPI_MATTERS];
    wpi_bitset decided[WPI_MATTERS];
    uint32_t number; /* whose decisions are being read */
    wpi_decisions decisions;
} set_walk;

/* Add whoever the number read so far belongs to. */
static wp_status end_number(set_walk *walk, wp_error *err)
{
    uint32_t person;
    if (walk->number == 0)
        return WP_OK;
    WPI_TRY(wpi_party_find(walk->graph, WPI_PERSON, walk->number, &person, err));
    for (int matter = 0; matter < WPI_MATTERS && person != 0; matter++) {
        wp_choice choice = walk->decisions.of[matter].choice;
        if (choice != WP_CHOICE_UNSAID)
            WPI_TRY(wpi_bitset_add(&walk->decided[matter], person, err));
        if (choice == WP_CHOICE_OUT)
            WPI_TRY(wpi_bitset_add(walk->sets[matter], person, err));
    }
    return WP_OK;
}

static wp_status add_to_sets(void *context, wpi_slice key, wpi_record_bytes value, wp_error *err)
{
    set_walk *walk = context;
    decision_walk inner = {&walk->decisions};
    uint32_t person = 0;
    unsigned matter = WPI_MATTERS;
    WPI_TRY(read_key(key, &person, &matter, err));
    if (person != walk->number) {
        WPI_TRY(end_number(walk, err));
        walk->number = person;
        walk->decisions = nothing;
    }
    return add_decision(&inner, key, value, err);
}

/* Where the default is out, whoever decided nothing is in the set: by any of their numbers. */
static wp_status add_undecided(set_walk *walk, wp_error *err)
{
    wp_settings settings;
    uint32_t people = walk->graph->counters.people;
    WPI_TRY(wpi_settings_get(walk->graph, &settings, err));
    wp_choice defaults[WPI_MATTERS] = {settings.introductions, settings.contact};
    for (int matter = 0; matter < WPI_MATTERS; matter++)
        if (defaults[matter] == WP_CHOICE_OUT && people > 0)
            WPI_TRY(wpi_bitset_add_others(walk->sets[matter], &walk->decided[matter], people, err));
    return WP_OK;
}

wp_status wpi_consent_sets(wpi_graph *graph, wpi_bitset *opted_out, wpi_bitset *hidden,
                           wp_error *err)
{
    wp_status status;
    set_walk walk = {.graph = graph, .sets = {opted_out, hidden}};
    WPI_TRY_OUT(
        wpi_graph_each(graph, WPI_TABLE_CONSENT, (wpi_key){.size = 0}, add_to_sets, &walk, err));
    WPI_TRY_OUT(end_number(&walk, err));
    WPI_TRY_OUT(add_undecided(&walk, err));
out:
    for (int matter = 0; matter < WPI_MATTERS; matter++)
        wpi_bitset_free(&walk.decided[matter]);
    return status;
}
