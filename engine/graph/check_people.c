/*
 * Integrity of people, companies, identities, employment, consent and names.
 */
#include <string.h>

#include "graph/check_internal.h"
#include "graph/company.h"
#include "graph/identity.h"
#include "graph/name.h"
#include "graph/person.h"

wp_status wpi_check_meta(wpi_check *check, wpi_record_bytes value, wp_error *err)
{
    static const char *const known[] = {"format", "settings", "counters", "adjacency", "token"};
    const char *key = check->key.data;
    (void)value;
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (check->key.bytes == strlen(known[i]) && memcmp(key, known[i], check->key.bytes) == 0)
            return WP_OK;
    if (check->key.bytes == 8 && memcmp(key, "us.p", 4) == 0)
        wpi_check_person(check, wpi_key_get_u32(key, 4));
    else if (check->key.bytes == 8 && memcmp(key, "us.c", 4) == 0)
        return wpi_check_record(check, WPI_TABLE_COMPANY, wpi_key_u32(wpi_key_get_u32(key, 4)),
                                "names a company that does not exist", err);
    else
        wpi_check_report(check, "key is unknown");
    return WP_OK;
}

/* Every identity in a record leads back to it. */
static wp_status check_identities(wpi_check *check, uint32_t number, const wp_identity *identities,
                                  size_t count, wp_error *err)
{
    for (size_t i = 0; i < count; i++) {
        wpi_identity normal;
        uint32_t holder = 0;
        if (wpi_identity_normalise(&identities[i], &normal, NULL) != WP_OK) {
            wpi_check_report(check, "has a malformed identity");
            continue;
        }
        wp_status status = wpi_identity_find(check->graph, &normal, &holder, err);
        if (status == WP_OK && holder != number)
            wpi_check_report(check, "has an identity that leads to another");
        WPI_TRY(wpi_check_expect(check, status, "has an identity that is not stored"));
    }
    return WP_OK;
}

/* Every word of the texts leads here. */
static wp_status check_texts(wpi_check *check, unsigned kind, uint32_t number,
                             const wpi_name_texts *texts, wp_error *err)
{
    wp_status status;
    wpi_array entries = WPI_ARRAY_OF(wpi_name_entry);
    WPI_TRY_OUT(wpi_name_entries(check->graph, kind, number, texts, &entries, err));
    check->names_wanted += entries.count;
    for (size_t i = 0; i < entries.count; i++) {
        status =
            wpi_name_has(check->graph, &WPI_ARRAY_AT(&entries, wpi_name_entry, i).key, number, err);
        WPI_TRY_OUT(wpi_check_expect(check, status, "has a name that is not in the index"));
    }
out:
    wpi_array_free(&entries);
    return status;
}

wp_status wpi_check_person_record(wpi_check *check, wpi_record_bytes value, wp_error *err)
{
    wpi_person_record record;
    wpi_name_texts texts;
    if (!wpi_check_key(check, 4))
        return WP_OK;
    uint32_t number = wpi_key_get_u32(check->key.data, 0);
    wpi_check_person(check, number);
    WPI_TRY(wpi_record_read_person(value, &check->graph->lent, &record, err));
    WPI_TRY(check_identities(check, number, record.identities, record.identity_count, err));
    if (!check->is_deep)
        return WP_OK;
    WPI_TRY(wpi_name_texts_of_person(check->graph, &record, &texts, err));
    return check_texts(check, WPI_NAME_PERSON, number, &texts, err);
}

wp_status wpi_check_company(wpi_check *check, wpi_record_bytes value, wp_error *err)
{
    wpi_company_record record;
    wpi_name_texts texts;
    if (!wpi_check_key(check, 4))
        return WP_OK;
    uint32_t number = wpi_key_get_u32(check->key.data, 0);
    if (number == 0 || number > check->graph->counters.companies)
        wpi_check_report(check, "number was never given out");
    WPI_TRY(wpi_record_read_company(value, &check->graph->lent, &record, err));
    WPI_TRY(check_identities(check, number, record.identities, record.identity_count, err));
    if (!check->is_deep)
        return WP_OK;
    WPI_TRY(wpi_name_texts_of_company(check->graph, &record, &texts, err));
    return check_texts(check, WPI_NAME_COMPANY, number, &texts, err);
}

/* Whether a record's own list has an identity. */
static bool lists(const wp_identity *identities, size_t count, const wpi_identity_record *record)
{
    for (size_t i = 0; i < count; i++)
        if (identities[i].kind == record->kind && strcmp(identities[i].text, record->text) == 0)
            return true;
    return false;
}

wp_status wpi_check_identity(wpi_check *check, wpi_record_bytes value, wp_error *err)
{
    wpi_identity_record record;
    wpi_person_record person;
    wpi_company_record company;
    bool is_listed = true;
    WPI_TRY(wpi_record_read_identity(value, &record, err));
    if (record.kind < WP_IDENTITY_EMAIL || record.kind > WP_IDENTITY_COMPANY_NAME) {
        wpi_check_report(check, "kind is unknown");
        return WP_OK;
    }
    bool is_person = wpi_identity_is_person(record.kind);
    wp_status status = is_person ? wpi_person_load(check->graph, record.number, &person, err)
                                 : wpi_company_load(check->graph, record.number, &company, err);
    if (status == WP_OK && is_person)
        is_listed = lists(person.identities, person.identity_count, &record);
    else if (status == WP_OK && record.kind != WP_IDENTITY_COMPANY_NAME)
        is_listed = lists(company.identities, company.identity_count, &record);
    if (!is_listed)
        wpi_check_report(check, "its holder does not list it");
    return wpi_check_expect(check, status, "its holder does not exist");
}

wp_status wpi_check_employment(wpi_check *check, wpi_record_bytes value, wp_error *err)
{
    wpi_employment_record record;
    if (!wpi_check_key(check, 12))
        return WP_OK;
    const void *key = check->key.data;
    WPI_TRY(wpi_record_read_employment(value, &record, err));
    wpi_check_person(check, wpi_key_get_u32(key, 0));
    WPI_TRY(wpi_check_record(check, WPI_TABLE_COMPANY, wpi_key_u32(wpi_key_get_u32(key, 4)),
                             "names a company that does not exist", err));
    return wpi_check_record(check, WPI_TABLE_MEMBER,
                            wpi_key_u32_u32_u32(wpi_key_get_u32(key, 4), wpi_key_get_u32(key, 0),
                                                wpi_key_get_u32(key, 8)),
                            "is not in the list of the company", err);
}

wp_status wpi_check_member(wpi_check *check, wpi_record_bytes value, wp_error *err)
{
    const void *key = check->key.data;
    (void)value;
    if (!wpi_check_key(check, 12))
        return WP_OK;
    return wpi_check_record(check, WPI_TABLE_EMPLOYMENT,
                            wpi_key_u32_u32_u32(wpi_key_get_u32(key, 4), wpi_key_get_u32(key, 0),
                                                wpi_key_get_u32(key, 8)),
                            "has no employment", err);
}

wp_status wpi_check_consent(wpi_check *check, wpi_record_bytes value, wp_error *err)
{
    wpi_consent_record record;
    if (wpi_check_key(check, 4))
        wpi_check_person(check, wpi_key_get_u32(check->key.data, 0));
    return wpi_record_read_consent(value, &record, err);
}

wp_status wpi_check_name(wpi_check *check, wpi_record_bytes value, wp_error *err)
{
    wpi_name_record record;
    if (!wpi_name_read(check->key, value, &record)) {
        wpi_check_report(check, "record is malformed");
        return WP_OK;
    }
    check->names += record.count;
    if (record.kind != WPI_NAME_PERSON && record.kind != WPI_NAME_COMPANY)
        wpi_check_report(check, "kind is unknown");
    for (size_t i = 0; i < record.count; i++) {
        uint32_t number = wpi_name_number(&record, i);
        if (i > 0 && number <= wpi_name_number(&record, i - 1))
            wpi_check_report(check, "numbers do not ascend");
        if (record.kind == WPI_NAME_PERSON)
            wpi_check_person(check, number);
        else
            WPI_TRY(wpi_check_record(check, WPI_TABLE_COMPANY, wpi_key_u32(number),
                                     "names a company that does not exist", err));
    }
    return WP_OK;
}

wp_status wpi_check_mark(wpi_check *check, wpi_record_bytes value, wp_error *err)
{
    const unsigned char *data = value.data;
    wpi_reader reader = {data, data + value.size, false};
    (void)err;
    (void)wpi_reader_u64(&reader);
    if (wpi_reader_text(&reader) == NULL || !wpi_reader_is_done(&reader))
        wpi_check_report(check, "record is malformed");
    return WP_OK;
}
