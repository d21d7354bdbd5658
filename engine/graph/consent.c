/*
 * Consent records and the sets that queries work with: see consent.h.
 */
#include "graph/consent.h"

#include "graph/audit.h"
#include "graph/group.h"
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

static unsigned rank_of(wpi_matter matter, const wpi_consent_record *record)
{
    return matter == WPI_MATTER_SHARING ? record->choice
                                        : wpi_choice_rank((wp_choice)record->choice);
}

bool wpi_consent_is_sane(wpi_matter matter, const wpi_consent_record *record)
{
    unsigned most = matter == WPI_MATTER_CONTACT ? WP_CHOICE_OUT : 3;
    bool may_have = matter == WPI_MATTER_SHARING && record->choice == WP_SHARING_GROUPS;
    return record->choice >= 1 && record->choice <= most &&
           record->group_count <= (may_have ? WP_SHARING_GROUPS_MAX : 0);
}

/* The groups that both of two ascending lists have, in lent memory. */
static wp_status meet(wpi_graph *graph, const wpi_consent_record *a, wpi_consent_record *b,
                      wp_error *err)
{
    size_t count = 0;
    uint32_t *both = wpi_arena_take(&graph->lent, WP_SHARING_GROUPS_MAX, sizeof *both);
    if (both == NULL)
        return wpi_memory_failed(err);
    for (size_t i = 0, j = 0; i < a->group_count && j < b->group_count;) {
        uint32_t x = wpi_consent_group(a, i), y = wpi_consent_group(b, j);
        if (x == y && count < WP_SHARING_GROUPS_MAX)
            both[count++] = x;
        i += x <= y ? 1 : 0;
        j += y <= x ? 1 : 0;
    }
    b->groups = (const unsigned char *)both;
    b->group_count = count;
    return WP_OK;
}

/* Let the decision that holds of two of one number (by their days) or of one person, made as
 * different identities (the stricter one), stand in *holds. */
static wp_status settle(wpi_graph *graph, wpi_matter matter, bool is_by_day,
                        const wpi_consent_record *other, wpi_consent_record *holds, wp_error *err)
{
    unsigned rank = rank_of(matter, other), than = rank_of(matter, holds);
    int64_t age = age_of(other->since), than_age = age_of(holds->since);
    bool is_equal = rank == than && (age == than_age || !is_by_day);
    if (rank == 0)
        return WP_OK;
    if (is_equal && matter == WPI_MATTER_SHARING && rank == WP_SHARING_GROUPS)
        WPI_TRY(meet(graph, other, holds, err));
    bool wins = than == 0 || (is_by_day && age != than_age ? age > than_age : rank > than);
    if (wins)
        *holds = *other;
    else if (is_equal && age > than_age) {
        holds->since = other->since;
        holds->source = other->source;
    }
    return WP_OK;
}

static wp_status put_one(wpi_graph *graph, uint32_t person, wpi_matter matter,
                         wpi_consent_record record, bool *is_changed, wp_error *err)
{
    wpi_record_bytes value;
    wpi_consent_record before = {.choice = WP_CHOICE_UNSAID};
    wpi_key key = key_of(person, matter, graph->source);
    if (record.choice == WP_CHOICE_UNSAID)
        return WP_OK;
    wp_status status = wpi_graph_get(graph, WPI_TABLE_CONSENT, key, &value, err);
    if (status != WP_OK && status != WP_ENOTFOUND)
        return status;
    if (status == WP_OK)
        WPI_TRY(wpi_record_read_consent(value, &before, err));
    if (graph->source != WP_SOURCE_HAND)
        WPI_TRY(settle(graph, matter, true, &before, &record, err));
    if (record.choice == before.choice && record.since == before.since &&
        record.group_count == before.group_count &&
        (record.group_count == 0 ||
         memcmp(record.groups, before.groups, record.group_count * sizeof(uint32_t)) == 0))
        return WP_OK;
    *is_changed = true;
    wpi_record_write_consent(&graph->writer, &record);
    return wpi_graph_put(graph, WPI_TABLE_CONSENT, key, err);
}

/* Who decides to share with groups states that they exist. */
static wp_status put_sharing(wpi_graph *graph, const wp_consent *consent, wp_error *err)
{
    bool is_changed = false;
    wp_status status = WP_OK;
    wpi_array groups = WPI_ARRAY_OF(uint32_t);
    if (consent->sharing == WP_SHARING_UNSAID)
        return WP_OK;
    WPI_TRY_OUT(wpi_array_extend(&groups, consent->groups, consent->group_count, err));
    wpi_array_sort_numbers(&groups);
    for (size_t i = 0; i < groups.count; i++)
        WPI_TRY_OUT(wpi_group_mention(graph, WPI_ARRAY_AT(&groups, uint32_t, i), err));
    wpi_consent_record record = {consent->sharing, consent->since, 0, groups.items, groups.count};
    WPI_TRY_OUT(put_one(graph, consent->person, WPI_MATTER_SHARING, record, &is_changed, err));
    if (is_changed) {
        WPI_TRY_OUT(wpi_settings_note_sharing(graph, err));
        WPI_TRY_OUT(
            wpi_audit_append(graph, WP_AUDIT_SHARING, 0, consent->person, consent->sharing, err));
    }
out:
    wpi_array_free(&groups);
    return status;
}

wp_status wpi_consent_put(wpi_graph *graph, const wp_consent *consent, wp_error *err)
{
    bool is_changed = false;
    wpi_consent_record introductions = {.choice = consent->introductions, .since = consent->since};
    wpi_consent_record contact = {.choice = consent->contact, .since = consent->since};
    WPI_TRY(wpi_party_mention(graph, WPI_PERSON, consent->person, err));
    WPI_TRY(
        put_one(graph, consent->person, WPI_MATTER_INTRODUCTIONS, introductions, &is_changed, err));
    WPI_TRY(put_one(graph, consent->person, WPI_MATTER_CONTACT, contact, &is_changed, err));
    if (is_changed)
        WPI_TRY(wpi_audit_append(graph, WP_AUDIT_CONSENT, 0, consent->person,
                                 10u * consent->introductions + consent->contact, err));
    return put_sharing(graph, consent, err);
}

wp_status wpi_consent_read_key(wpi_slice key, uint32_t *person, wpi_matter *matter, wp_error *err)
{
    *matter = key.bytes == 9 ? (wpi_matter)((const unsigned char *)key.data)[4] : WPI_MATTERS;
    if (*matter >= WPI_MATTERS)
        return wpi_error_set(err, WP_ECORRUPT, "consent key is malformed");
    *person = wpi_key_get_u32(key.data, 0);
    return WP_OK;
}

/* A record with its key. */
static wp_status read_record(wpi_slice key, wpi_record_bytes value, uint32_t *person,
                             wpi_matter *matter, wpi_consent_record *out, wp_error *err)
{
    WPI_TRY(wpi_consent_read_key(key, person, matter, err));
    WPI_TRY(wpi_record_read_consent(value, out, err));
    out->source = wpi_key_get_u32(key.data, 5);
    return wpi_consent_is_sane(*matter, out)
               ? WP_OK
               : wpi_error_set(err, WP_ECORRUPT, "consent record is malformed");
}

wp_status wpi_consent_delete(wpi_graph *graph, wpi_slice key, wp_error *err)
{
    uint32_t person = 0;
    wpi_matter matter = WPI_MATTERS;
    WPI_TRY(wpi_consent_read_key(key, &person, &matter, err));
    WPI_TRY(wpi_graph_delete(graph, WPI_TABLE_CONSENT,
                             key_of(person, matter, wpi_key_get_u32(key.data, 5)), err));
    return wpi_audit_append(graph,
                            matter == WPI_MATTER_SHARING ? WP_AUDIT_SHARING : WP_AUDIT_CONSENT, 0,
                            person, 0, err);
}

/* Which matter a decision that was read is about; WPI_MATTERS: it is a person alone. */
static wpi_matter matter_of(const wp_consent *at)
{
    if (at->introductions != WP_CHOICE_UNSAID)
        return WPI_MATTER_INTRODUCTIONS;
    if (at->contact != WP_CHOICE_UNSAID)
        return WPI_MATTER_CONTACT;
    return at->sharing != WP_SHARING_UNSAID ? WPI_MATTER_SHARING : WPI_MATTERS;
}

wp_status wpi_consent_lend_groups(wpi_graph *graph, const wpi_consent_record *record,
                                  const uint32_t **groups, wp_error *err)
{
    wpi_record_bytes bytes = {record->groups, record->group_count * sizeof(uint32_t)};
    *groups = NULL;
    if (record->group_count == 0)
        return WP_OK;
    WPI_TRY(wpi_graph_keep(graph, &bytes, err));
    *groups = bytes.data;
    return WP_OK;
}

wp_status wpi_consent_next(wpi_graph *graph, wp_consent *at, wp_error *err)
{
    wpi_graph_record next;
    wpi_consent_record record = {.choice = WP_CHOICE_UNSAID};
    wpi_matter matter = matter_of(at);
    bool is_behind = matter != WPI_MATTERS;
    wpi_key from = is_behind ? key_of(at->person, matter, at->source) : wpi_key_u32(at->person);
    WPI_TRY(wpi_graph_behind(graph, WPI_TABLE_CONSENT, from, 9, &next, err));
    WPI_TRY(read_record((wpi_slice){next.key.bytes, next.key.size}, next.value, &at->person,
                        &matter, &record, err));
    WPI_TRY(wpi_consent_lend_groups(graph, &record, &at->groups, err));
    at->source = record.source;
    at->since = record.since;
    at->introductions =
        matter == WPI_MATTER_INTRODUCTIONS ? (wp_choice)record.choice : WP_CHOICE_UNSAID;
    at->contact = matter == WPI_MATTER_CONTACT ? (wp_choice)record.choice : WP_CHOICE_UNSAID;
    at->sharing = matter == WPI_MATTER_SHARING ? (wp_sharing)record.choice : WP_SHARING_UNSAID;
    at->group_count = record.group_count;
    return WP_OK;
}

/* What holds of a number so far, and whether sharing counts, too. */
typedef struct decision_walk {
    wpi_graph *graph;
    wpi_decisions *number;
    bool has_sharing;
} decision_walk;

static wp_status add_decision(void *context, wpi_slice key, wpi_record_bytes value, wp_error *err)
{
    decision_walk *walk = context;
    wpi_consent_record record;
    uint32_t person = 0;
    wpi_matter matter = WPI_MATTERS;
    WPI_TRY(read_record(key, value, &person, &matter, &record, err));
    if (matter == WPI_MATTER_SHARING && !walk->has_sharing)
        return WP_OK;
    return settle(walk->graph, matter, true, &record, &walk->number->of[matter], err);
}

#define UNSAID                                                                                     \
    {                                                                                              \
        WP_CHOICE_UNSAID, WP_DAY_NONE, WP_SOURCE_NONE, NULL, 0                                     \
    }
static const wpi_decisions nothing = {{UNSAID, UNSAID, UNSAID}};

wp_status wpi_consent_get(wpi_graph *graph, uint32_t person, wpi_decisions *out, wp_error *err)
{
    wp_status status;
    wpi_array numbers = WPI_ARRAY_OF(uint32_t);
    *out = nothing;
    WPI_TRY_OUT(wpi_party_numbers(graph, WPI_PERSON, person, &numbers, err));
    for (size_t i = 0; i < numbers.count; i++) {
        wpi_decisions of_number = nothing;
        decision_walk walk = {graph, &of_number, true};
        WPI_TRY_OUT(wpi_graph_each(graph, WPI_TABLE_CONSENT,
                                   wpi_key_u32(WPI_ARRAY_AT(&numbers, uint32_t, i)), add_decision,
                                   &walk, err));
        for (int matter = 0; matter < WPI_MATTERS; matter++)
            WPI_TRY_OUT(settle(graph, (wpi_matter)matter, false, &of_number.of[matter],
                               &out->of[matter], err));
    }
out:
    wpi_array_free(&numbers);
    return status;
}

/* Matters that say who is on a path; whom ties are shared with is another question (sharing.h). */
#define CONCERNS_PATHS WPI_MATTER_SHARING

typedef struct set_walk {
    wpi_graph *graph;
    wpi_bitset *sets[CONCERNS_PATHS];
    wpi_bitset decided[CONCERNS_PATHS];
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
    for (int matter = 0; matter < CONCERNS_PATHS && person != 0; matter++) {
        unsigned choice = walk->decisions.of[matter].choice;
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
    decision_walk inner = {walk->graph, &walk->decisions, false};
    uint32_t person = 0;
    wpi_matter matter = WPI_MATTERS;
    WPI_TRY(wpi_consent_read_key(key, &person, &matter, err));
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
    wp_choice defaults[CONCERNS_PATHS] = {settings.introductions, settings.contact};
    for (int matter = 0; matter < CONCERNS_PATHS; matter++)
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
    for (int matter = 0; matter < CONCERNS_PATHS; matter++)
        wpi_bitset_free(&walk.decided[matter]);
    return status;
}
