/*
 * Integrity of the facts about people and companies: employments, decisions, private ties,
 * opportunities; and of sources, names and marks.
 */
#include <string.h>

#include "base/pattern.h"
#include "graph/barrier.h"
#include "graph/check_internal.h"
#include "graph/consent.h"
#include "graph/group.h"
#include "graph/name.h"
#include "graph/opportunity.h"
#include "graph/party.h"
#include "graph/private.h"
#include "graph/settings.h"
#include "graph/spelling.h"

/* Report unless somebody states a company. */
static wp_status check_company(wpi_check *check, uint32_t company, wp_error *err)
{
    uint32_t canonical;
    WPI_TRY(wpi_party_find(check->graph, WPI_COMPANY, company, &canonical, err));
    if (canonical == 0)
        wpi_check_report(check, "names a company that does not exist");
    return WP_OK;
}

wp_status wpi_check_employment(wpi_check *check, wpi_record_bytes value, wp_error *err)
{
    wpi_employment_record record;
    if (!wpi_check_key(check, 16))
        return WP_OK;
    const void *key = check->key.data;
    uint32_t person = wpi_key_get_u32(key, 0), company = wpi_key_get_u32(key, 4);
    uint32_t source = wpi_key_get_u32(key, 12);
    WPI_TRY(wpi_record_read_employment(value, &record, err));
    WPI_TRY(wpi_check_person(check, person, err));
    if (source == WPI_SOURCE_IMPLIED)
        check->suggestions_found++;
    else
        WPI_TRY(wpi_check_source(check, source, err));
    if (company == 0)
        return WP_OK; /* none is suggested */
    WPI_TRY(check_company(check, company, err));
    return wpi_check_record(check, WPI_TABLE_MEMBER,
                            wpi_key_u32_u32_u32(company, person, wpi_key_get_u32(key, 8)),
                            "is not in the list of the company", err);
}

wp_status wpi_check_member(wpi_check *check, wpi_record_bytes value, wp_error *err)
{
    const void *key = check->key.data;
    bool exists = false;
    (void)value;
    if (!wpi_check_key(check, 12))
        return WP_OK;
    wp_status status =
        wpi_graph_has(check->graph, WPI_TABLE_EMPLOYMENT,
                      wpi_key_u32_u32_u32(wpi_key_get_u32(key, 4), wpi_key_get_u32(key, 0),
                                          wpi_key_get_u32(key, 8)),
                      &exists, err);
    if (status == WP_OK && !exists)
        wpi_check_report(check, "has no employment");
    return status == WP_ECORRUPT ? WP_OK : status;
}

static wp_status check_side(wpi_check *check, wp_side side, wp_error *err)
{
    (void)err;
    if (side.kind != WP_SIDE_GROUP)
        return WP_OK;
    wp_status status = wpi_group_expect(check->graph, side.number, NULL);
    return wpi_check_expect(check, status, "names a group that does not exist");
}

static wp_status check_sharing(wpi_check *check, const wpi_consent_record *record, wp_error *err)
{
    bool has_sharing;
    WPI_TRY(wpi_settings_has_sharing(check->graph, &has_sharing, err));
    if (!has_sharing)
        wpi_check_report(check, "is a decision that the settings do not know of");
    for (size_t i = 0; i < record->group_count; i++)
        WPI_TRY(check_side(check, (wp_side){WP_SIDE_GROUP, wpi_consent_group(record, i)}, err));
    return WP_OK;
}

wp_status wpi_check_consent(wpi_check *check, wpi_record_bytes value, wp_error *err)
{
    wpi_consent_record record;
    if (!wpi_check_key(check, 9))
        return WP_OK;
    WPI_TRY(wpi_record_read_consent(value, &record, err));
    uint32_t person;
    wpi_matter matter;
    if (wpi_consent_read_key(check->key, &person, &matter, NULL) != WP_OK)
        wpi_check_report(check, "matter is unknown");
    else if (!wpi_consent_is_sane(matter, &record))
        wpi_check_report(check, matter == WPI_MATTER_CONTACT ? "contact is neither in nor out"
                                                             : "decision is not one of its matter");
    else if (matter == WPI_MATTER_SHARING)
        WPI_TRY(check_sharing(check, &record, err));
    WPI_TRY(wpi_check_source(check, wpi_key_get_u32(check->key.data, 5), err));
    return wpi_check_person(check, wpi_key_get_u32(check->key.data, 0), err);
}

wp_status wpi_check_private(wpi_check *check, wpi_record_bytes value, wp_error *err)
{
    wp_private read;
    const void *key = check->key.data;
    if (!wpi_check_key(check, 12))
        return WP_OK;
    WPI_TRY(wpi_private_read(check->key, value, &read, err));
    WPI_TRY(wpi_check_person(check, wpi_key_get_u32(key, 0), err));
    WPI_TRY(wpi_check_person(check, wpi_key_get_u32(key, 4), err));
    return wpi_check_source(check, wpi_key_get_u32(key, 8), err);
}

/* A member that was erased stands for nobody; its group and source must be there. */
static wp_status check_group(wpi_check *check, wpi_record_bytes value, wp_error *err)
{
    wp_member at;
    if (wpi_group_read_key(check->key, &at, NULL) != WP_OK) {
        wpi_check_report(check, "key is malformed");
        return WP_OK;
    }
    if ((at.who.kind == 0) == (value.size == 0))
        wpi_check_report(check, "record is malformed");
    wp_status status = wpi_group_expect(check->graph, at.group, NULL);
    WPI_TRY(wpi_check_expect(check, status, "names a group that does not exist"));
    return wpi_check_source(check, at.source, err);
}

/* A side that was erased keeps nobody apart, and is no fault. */
wp_status wpi_check_barrier(wpi_check *check, wpi_record_bytes value, wp_error *err)
{
    wp_barrier barrier;
    if (wpi_group_is_key(check->key))
        return check_group(check, value, err);
    if (wpi_barrier_read(check->key, &barrier, NULL) != WP_OK) {
        wpi_check_report(check, "key is malformed");
        return WP_OK;
    }
    WPI_TRY(check_side(check, barrier.a, err));
    WPI_TRY(check_side(check, barrier.b, err));
    return wpi_check_source(check, barrier.source, err);
}

wp_status wpi_check_opportunity_id(wpi_check *check, const wpi_identity_record *record,
                                   wp_error *err)
{
    wp_opportunity found;
    wp_status status = wpi_opportunity_get(check->graph, record->number, &found, err);
    if (status == WP_OK && strcmp(found.id, record->text) != 0)
        wpi_check_report(check, "its opportunity has another id");
    return wpi_check_expect(check, status, "its opportunity does not exist");
}

/* That a stake leads back, and count it. */
static wp_status check_stake(wpi_check *check, wpi_key key, wp_error *err)
{
    check->stakes++;
    return wpi_check_record(check, WPI_TABLE_STAKE, key, "is not among the stakes of whom it names",
                            err);
}

wp_status wpi_check_opportunity(wpi_check *check, wpi_record_bytes value, wp_error *err)
{
    wp_opportunity record;
    uint32_t found = 0;
    if (!wpi_check_key(check, 8))
        return WP_OK;
    uint32_t number = wpi_key_get_u32(check->key.data, 0);
    uint32_t source = wpi_key_get_u32(check->key.data, 4);
    WPI_TRY(wpi_record_read_opportunity(value, &record, err));
    WPI_TRY(wpi_check_source(check, source, err));
    check->opportunities += number != check->number ? 1 : 0;
    check->number = number;
    wp_status status = wpi_opportunity_find(check->graph, record.id, &found, err);
    if (status == WP_OK && found != number)
        wpi_check_report(check, "its id leads to another");
    WPI_TRY(wpi_check_expect(check, status, "its id is not stored"));
    if (record.company != 0) {
        WPI_TRY(check_company(check, record.company, err));
        WPI_TRY(check_stake(
            check, wpi_stake_key(WPI_COMPANY, record.company, number, source, WPI_STAKE_COMPANY),
            err));
    }
    if (record.owner == 0)
        return WP_OK;
    WPI_TRY(wpi_check_person(check, record.owner, err));
    return check_stake(
        check, wpi_stake_key(WPI_PERSON, record.owner, number, source, WPI_STAKE_OWNER), err);
}

wp_status wpi_check_role(wpi_check *check, wpi_record_bytes value, wp_error *err)
{
    wp_contact_role record;
    const void *key = check->key.data;
    if (!wpi_check_key(check, 12))
        return WP_OK;
    uint32_t opportunity = wpi_key_get_u32(key, 0), person = wpi_key_get_u32(key, 4);
    uint32_t source = wpi_key_get_u32(key, 8);
    WPI_TRY(wpi_record_read_role(value, &record, err));
    WPI_TRY(wpi_check_person(check, person, err));
    WPI_TRY(wpi_check_source(check, source, err));
    WPI_TRY(wpi_check_record(check, WPI_TABLE_OPPORTUNITY, wpi_key_u32_u32(opportunity, source),
                             "names an opportunity that its source does not state", err));
    return check_stake(check,
                       wpi_stake_key(WPI_PERSON, person, opportunity, source, WPI_STAKE_ROLE), err);
}

wp_status wpi_check_stake(wpi_check *check, wpi_record_bytes value, wp_error *err)
{
    (void)value;
    (void)err;
    (void)wpi_check_key(check, 14);
    return WP_OK; /* compared by number: what calls for a stake looks for it */
}

wp_status wpi_check_source_record(wpi_check *check, wpi_record_bytes value, wp_error *err)
{
    wpi_source_record record;
    if (!wpi_check_key(check, 4))
        return WP_OK;
    uint32_t number = wpi_key_get_u32(check->key.data, 0);
    if (number == WP_SOURCE_HAND || number > check->graph->counters.sources)
        wpi_check_report(check, "number was never given out");
    return wpi_record_read_source(value, &record, err);
}

/* A word is in the dictionary, unless it is a number; the records of one lie together. */
static wp_status check_word(wpi_check *check, const wpi_name_record *record, wp_error *err)
{
    bool is_known = memcmp(check->name_before, check->key.data, WPI_NAME_PREFIX_BYTES) == 0;
    memcpy(check->name_before, check->key.data, WPI_NAME_PREFIX_BYTES);
    if (is_known || wpi_spelling_is_number(record->word, record->length))
        return WP_OK;
    check->words++;
    wp_status status = wpi_spelling_has(check->graph, record->word, record->length, err);
    return wpi_check_expect(check, status, "has a word that is not in the dictionary");
}

wp_status wpi_check_spelling(wpi_check *check, wpi_record_bytes value, wp_error *err)
{
    wpi_spelling_record record;
    (void)err;
    if (!wpi_spelling_read(check->key, value, &record)) {
        wpi_check_report(check, "record is malformed");
        return WP_OK;
    }
    check->spellings += record.count;
    for (size_t i = 0; i < record.count; i++) {
        const char *word = wpi_spelling_word(&record, i);
        if (wpi_pattern_letters(word, record.bytes) != record.letters ||
            wpi_pattern_set(word, record.bytes) != wpi_spelling_set(&record, i) ||
            wpi_spelling_hash(check->graph, word, record.bytes) < record.hash)
            wpi_check_report(check, "word is not where it belongs");
    }
    return WP_OK;
}

wp_status wpi_check_name(wpi_check *check, wpi_record_bytes value, wp_error *err)
{
    wpi_name_record record;
    if (!wpi_name_read(check->key, value, &record)) {
        wpi_check_report(check, "record is malformed");
        return WP_OK;
    }
    check->names += record.count;
    if (record.party != WPI_PERSON && record.party != WPI_COMPANY) {
        wpi_check_report(check, "party is unknown");
        return WP_OK;
    }
    if (check->is_deep)
        WPI_TRY(check_word(check, &record, err));
    for (size_t i = 0; i < record.count; i++) {
        bool exists;
        uint32_t number = wpi_name_number(&record, i);
        if (i > 0 && number <= wpi_name_number(&record, i - 1))
            wpi_check_report(check, "numbers do not ascend");
        WPI_TRY(wpi_party_exists(check->graph, record.party, number, &exists, err));
        if (!exists)
            wpi_check_report(check, "names somebody who does not exist");
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
