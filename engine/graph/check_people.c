/*
 * Integrity of people and companies: statements, identities, and who is one with whom.
 *
 * Deep: components are computed anew from links, merges and names; the name index is held
 * against all statements and employments of each number, the lists of who is ours against the
 * statements.
 */
#include <string.h>

#include "graph/check_internal.h"
#include "graph/company.h"
#include "graph/company_name.h"
#include "graph/employment.h"
#include "graph/name.h"
#include "graph/regroup.h"
#include "graph/said.h"
#include "graph/settings.h"

wp_status wpi_check_meta(wpi_check *check, wpi_record_bytes value, wp_error *err)
{
    static const char *const known[] = {"format",   "settings", "counters",    "adjacency",
                                        "token",    "audit",    "suppression", "erasures",
                                        "together", "groups",   "folded"};
    wp_settings settings;
    const char *key = check->key.data;
    bool exists = true;
    (void)value;
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (check->key.bytes == strlen(known[i]) && memcmp(key, known[i], check->key.bytes) == 0)
            return WP_OK;
    if (check->key.bytes == strlen(WPI_SETTINGS_KEY) &&
        memcmp(key, WPI_SETTINGS_KEY, check->key.bytes) == 0)
        return wpi_settings_get(check->graph, &settings, err);
    if (check->key.bytes == 8 && memcmp(key, "us.p", 4) == 0)
        return wpi_check_person(check, wpi_key_get_u32(key, 4), err);
    if (check->key.bytes == 8 && memcmp(key, "us.c", 4) == 0)
        WPI_TRY(wpi_party_exists(check->graph, WPI_COMPANY, wpi_key_get_u32(key, 4), &exists, err));
    else
        wpi_check_report(check, "key is unknown");
    if (!exists)
        wpi_check_report(check, "names a company that does not exist");
    return WP_OK;
}

/* Every word of the texts and titles leads here. */
static wp_status check_texts(wpi_check *check, wpi_party party, uint32_t number,
                             const wpi_said *said, wp_error *err)
{
    wp_status status;
    wpi_array entries = WPI_ARRAY_OF(wpi_name_entry);
    WPI_TRY_OUT(wpi_name_entries(check->graph, party, number, said, &entries, err));
    check->name_records += entries.count;
    for (size_t i = 0; i < entries.count; i++) {
        const wpi_key *key = &WPI_ARRAY_AT(&entries, wpi_name_entry, i).key;
        status = wpi_name_has(check->graph, key, number, err);
        WPI_TRY_OUT(wpi_check_expect(check, status, "has a name that is not in the index"));
    }
out:
    wpi_array_free(&entries);
    return status;
}

/* The list of who is ours has a number exactly when a statement says so. */
static wp_status check_us(wpi_check *check, wpi_party party, uint32_t number, const wpi_said *said,
                          wp_error *err)
{
    wpi_record_bytes value;
    wp_us us = wpi_said_us(said);
    bool is_said = party == WPI_PERSON ? us != WP_US_UNSAID : us == WP_US_YES;
    wpi_key key = wpi_key_text(party == WPI_PERSON ? "us.p" : "us.c", number);
    wp_status status = wpi_graph_get(check->graph, WPI_TABLE_META, key, &value, err);
    if (status != WP_ECORRUPT && (status == WP_OK) != is_said)
        wpi_check_report(check, "and the list of who is ours differ");
    return status == WP_ENOTFOUND || status == WP_ECORRUPT ? WP_OK : status;
}

/* A company with a domain or id is listed under its names. */
static wp_status check_namesakes(wpi_check *check, uint32_t number, const wpi_said *said,
                                 wp_error *err)
{
    wp_status status;
    wpi_array names = WPI_ARRAY_OF(wpi_identity *);
    WPI_TRY_OUT(wpi_company_name_list(check->graph, said, &names, err));
    check->namesakes += names.count;
    for (size_t i = 0; i < names.count; i++)
        WPI_TRY_OUT(wpi_check_record(
            check, WPI_TABLE_NAMESAKE,
            wpi_company_name_key(check->graph, WPI_ARRAY_AT(&names, wpi_identity *, i)->text,
                                 number),
            "is not listed under its name", err));
out:
    wpi_array_free(&names);
    return status;
}

/* An address suggests the company of its domain. */
static wp_status check_suggestion(wpi_check *check, uint32_t number, const char *email,
                                  wp_error *err)
{
    uint32_t company;
    WPI_TRY(wpi_company_of_domain(check->graph, strchr(email, '@') + 1, &company, err));
    if (company == 0)
        return WP_OK;
    check->suggestions++;
    wpi_key key = wpi_key_u32_u32_u32(number, company, wpi_key_day(WP_DAY_NONE));
    return wpi_check_record(check, WPI_TABLE_EMPLOYMENT, wpi_key_add_u32(key, WPI_SOURCE_IMPLIED),
                            "has an address that suggests no company", err);
}

/* All numbers of a person or company belong together, by links, merges or names. */
static wp_status check_component(wpi_check *check, wpi_party party, uint32_t canonical,
                                 wp_error *err)
{
    wp_status status;
    uint32_t *components = NULL;
    wpi_array numbers = WPI_ARRAY_OF(uint32_t);
    WPI_TRY_OUT(wpi_party_numbers(check->graph, party, canonical, &numbers, err));
    if (numbers.count == 1)
        goto out;
    wpi_array_sort_numbers(&numbers);
    components = wpi_memory_new(numbers.count, sizeof *components);
    status = components == NULL ? wpi_memory_failed(err) : WP_OK;
    if (status == WP_OK)
        status = wpi_regroup_components(check->graph, party, &numbers, true, components, err);
    for (size_t i = 0; i < numbers.count && status == WP_OK; i++) {
        wp_identity identity;
        uint32_t number = WPI_ARRAY_AT(&numbers, uint32_t, i);
        status = wpi_party_identity(check->graph, party, number, &identity, err);
        bool is_by_name = status == WP_OK && identity.kind == WP_IDENTITY_COMPANY_NAME;
        if (status == WP_OK && !is_by_name && components[i] != canonical)
            wpi_check_report(check, "has numbers that nothing links");
    }
out:
    wpi_memory_free(components);
    wpi_array_free(&numbers);
    return status == WP_ENOTFOUND || status == WP_ECORRUPT ? WP_OK : status;
}

/* A company known by its name alone stands for the only one that is called so. */
static wp_status check_by_name(wpi_check *check, uint32_t number, const char *text, wp_error *err)
{
    uint32_t holder, canonical;
    size_t count;
    wpi_identity name = {.kind = WP_IDENTITY_COMPANY_NAME};
    if (strlen(text) >= sizeof name.text)
        return WP_OK;
    memcpy(name.text, text, strlen(text) + 1);
    WPI_TRY(wpi_company_name_holder(check->graph, &name, &holder, &count, err));
    WPI_TRY(wpi_party_find(check->graph, WPI_COMPANY, number, &canonical, err));
    if (canonical != (count == 1 ? holder : number))
        wpi_check_report(check, "stands for another company than its name says");
    return WP_OK;
}

/* What holds of a number whatever is stated of it. */
static wp_status check_number(wpi_check *check, wpi_party party, uint32_t number, wp_error *err)
{
    wpi_said *said;
    uint32_t canonical;
    WPI_TRY(wpi_statements_of(check->graph, party, number, &said, err));
    if (said == NULL)
        return WP_OK;
    wp_identity identity = said->record.identity;
    WPI_TRY(check_texts(check, party, number, said, err));
    WPI_TRY(check_us(check, party, number, said, err));
    if (identity.kind == WP_IDENTITY_EMAIL)
        WPI_TRY(check_suggestion(check, number, identity.text, err));
    if (identity.kind == WP_IDENTITY_COMPANY_NAME)
        WPI_TRY(check_by_name(check, number, identity.text, err));
    else if (party == WPI_COMPANY)
        WPI_TRY(check_namesakes(check, number, said, err));
    WPI_TRY(wpi_party_find(check->graph, party, number, &canonical, err));
    if (canonical != number)
        return WP_OK;
    if (party == WPI_COMPANY)
        WPI_TRY(wpi_check_together(check, canonical, err));
    return check_component(check, party, canonical, err);
}

/* Links stand on both sides, and join people unless one is set apart. */
static wp_status check_links(wpi_check *check, wpi_party party, uint32_t number, uint32_t source,
                             const wpi_statement_record *record, wp_error *err)
{
    for (size_t i = 0; i < record->link_count; i++) {
        wpi_statement_record other;
        bool is_mutual = false;
        wp_status status =
            wpi_statement_get(check->graph, party, record->links[i], source, &other, err);
        for (size_t j = 0; status == WP_OK && j < other.link_count; j++)
            is_mutual |= other.links[j] == number;
        if (status == WP_OK && !is_mutual)
            wpi_check_report(check, "has a link that does not lead back");
        WPI_TRY(wpi_check_expect(check, status, "has a link to a number that is not stated"));
    }
    return WP_OK;
}

/* Somebody stands without a source because of what a hand said of who is whom. */
static wp_status check_kept(wpi_check *check, uint32_t number, wp_error *err)
{
    bool has_merge;
    WPI_TRY(wpi_regroup_has_merge(check->graph, number, &has_merge, err));
    if (!has_merge)
        wpi_check_report(check, "is kept for a merge that is not there");
    return WP_OK;
}

static wp_status check_statement(wpi_check *check, wpi_party party, wpi_record_bytes value,
                                 wp_error *err)
{
    wpi_statement_record record;
    wpi_identity identity;
    uint32_t holder = 0, canonical;
    if (!wpi_check_key(check, 8))
        return WP_OK;
    uint32_t number = wpi_key_get_u32(check->key.data, 0);
    uint32_t source = wpi_key_get_u32(check->key.data, 4);
    WPI_TRY(wpi_record_read_statement(value, &check->graph->lent, &record, err));
    WPI_TRY(wpi_party_find(check->graph, party, number, &canonical, err));
    if (canonical == 0)
        wpi_check_report(check, "number was never given out, or is nobody's");
    if (source != WPI_SOURCE_IMPLIED)
        WPI_TRY(wpi_check_source(check, source, err));
    else if (party == WPI_PERSON)
        WPI_TRY(check_kept(check, number, err));
    if (wpi_party_of(record.identity.kind) != party ||
        strlen(record.identity.text) >= sizeof identity.text) {
        wpi_check_report(check, "has a malformed identity");
        return WP_OK;
    }
    identity.kind = record.identity.kind;
    memcpy(identity.text, record.identity.text, strlen(record.identity.text) + 1);
    wp_status status = wpi_identity_find(check->graph, &identity, &holder, err);
    if (status == WP_OK && holder != number)
        wpi_check_report(check, "has an identity that leads to another");
    WPI_TRY(wpi_check_expect(check, status, "has an identity that is not stored"));
    WPI_TRY(check_links(check, party, number, source, &record, err));
    if (!check->is_deep || check->number == number)
        return WP_OK;
    check->number = number;
    return check_number(check, party, number, err);
}

wp_status wpi_check_person_record(wpi_check *check, wpi_record_bytes value, wp_error *err)
{
    return check_statement(check, WPI_PERSON, value, err);
}

wp_status wpi_check_company(wpi_check *check, wpi_record_bytes value, wp_error *err)
{
    return check_statement(check, WPI_COMPANY, value, err);
}

wp_status wpi_check_identity(wpi_check *check, wpi_record_bytes value, wp_error *err)
{
    wpi_identity_record record;
    wp_identity held = {.text = NULL};
    WPI_TRY(wpi_record_read_identity(value, &record, err));
    if (record.kind == WPI_IDENTITY_OPPORTUNITY)
        return wpi_check_opportunity_id(check, &record, err);
    if (record.kind < WP_IDENTITY_EMAIL || record.kind > WP_IDENTITY_COMPANY_NAME) {
        wpi_check_report(check, "kind is unknown");
        return WP_OK;
    }
    wp_status status =
        wpi_party_identity(check->graph, wpi_party_of(record.kind), record.number, &held, err);
    if (status == WP_OK && (held.kind != record.kind || strcmp(held.text, record.text) != 0))
        wpi_check_report(check, "its holder has another");
    return wpi_check_expect(check, status, "its holder does not exist");
}

/* The party of a key that begins with one. */
static bool read_party(wpi_check *check, wpi_party *party)
{
    unsigned found = *(const unsigned char *)check->key.data;
    *party = found == WPI_COMPANY ? WPI_COMPANY : WPI_PERSON;
    if (found != WPI_PERSON && found != WPI_COMPANY)
        wpi_check_report(check, "party is unknown");
    return found == WPI_PERSON || found == WPI_COMPANY;
}

wp_status wpi_check_alias(wpi_check *check, wpi_record_bytes value, wp_error *err)
{
    wpi_party party;
    bool exists;
    uint32_t further = 0;
    if (!wpi_check_key(check, 5) || !read_party(check, &party))
        return WP_OK;
    if (value.size != 4) {
        wpi_check_report(check, "record is malformed");
        return WP_OK;
    }
    uint32_t number = wpi_key_get_u32(check->key.data, 1);
    uint32_t canonical = wpi_bytes_get_le32(value.data);
    check->aliases[party - 1]++;
    WPI_TRY(wpi_party_exists(check->graph, party, number, &exists, err));
    if (exists == (canonical == 0))
        wpi_check_report(check, "is wrong about whether anybody states the number");
    if (canonical == 0)
        return WP_OK;
    WPI_TRY(wpi_party_find(check->graph, party, canonical, &further, err));
    if (further != canonical)
        wpi_check_report(check, "leads to a number that is not canonical");
    return wpi_check_record(check, WPI_TABLE_PART,
                            wpi_key_add_u32(wpi_key_u8_u32((uint8_t)party, canonical), number),
                            "is not among the numbers of whom it leads to", err);
}

wp_status wpi_check_part(wpi_check *check, wpi_record_bytes value, wp_error *err)
{
    wpi_party party;
    uint32_t canonical;
    (void)value;
    if (!wpi_check_key(check, 9) || !read_party(check, &party))
        return WP_OK;
    WPI_TRY(
        wpi_party_find(check->graph, party, wpi_key_get_u32(check->key.data, 5), &canonical, err));
    if (canonical != wpi_key_get_u32(check->key.data, 1))
        wpi_check_report(check, "number has another alias");
    return WP_OK;
}

wp_status wpi_check_merge(wpi_check *check, wpi_record_bytes value, wp_error *err)
{
    const void *key = check->key.data;
    uint32_t a, b;
    (void)value;
    if (!wpi_check_key(check, 8))
        return WP_OK;
    uint32_t first = wpi_key_get_u32(key, 0), second = wpi_key_get_u32(key, 4);
    WPI_TRY(wpi_check_person(check, first, err));
    WPI_TRY(wpi_party_find(check->graph, WPI_PERSON, first, &a, err));
    WPI_TRY(wpi_party_find(check->graph, WPI_PERSON, second, &b, err));
    if (a != b)
        wpi_check_report(check, "merges two who are not one");
    return wpi_check_record(check, WPI_TABLE_MERGE, wpi_key_u32_u32(second, first),
                            "does not lead back", err);
}

wp_status wpi_check_namesake(wpi_check *check, wpi_record_bytes value, wp_error *err)
{
    bool exists;
    (void)value;
    if (!wpi_check_key(check, 12))
        return WP_OK;
    WPI_TRY(wpi_party_exists(check->graph, WPI_COMPANY, wpi_key_get_u32(check->key.data, 8),
                             &exists, err));
    if (!exists)
        wpi_check_report(check, "names a company that does not exist");
    return WP_OK;
}
