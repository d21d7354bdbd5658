/*
 * The integrity check: every table is walked once, each record by the function of its table.
 *
 * The store verifies checksums while it walks; a damaged record is reported and the walk goes on.
 * What a record refers to is looked up by key, so that memory does not grow with the database.
 */
#include "graph/check.h"

#include <stdio.h>

#include "graph/check_internal.h"
#include "graph/name.h"
#include "graph/party.h"
#include "graph/source_id.h"

#define KEY_SHOWN_MAX 32

void wpi_check_report(wpi_check *check, const char *what)
{
    char key[2 * KEY_SHOWN_MAX + 1];
    const unsigned char *bytes = check->key.data;
    size_t count = check->key.bytes < KEY_SHOWN_MAX ? check->key.bytes : KEY_SHOWN_MAX;
    key[0] = '\0';
    for (size_t i = 0; i < count; i++)
        snprintf(key + 2 * i, 3, "%02x", bytes[i]);
    check->faults++;
    if (check->fault != NULL)
        check->fault(check->context, wpi_table_name(check->table), key, what);
}

wp_status wpi_check_expect(wpi_check *check, wp_status found, const char *what)
{
    if (found == WP_ENOTFOUND)
        wpi_check_report(check, what);
    return found == WP_ENOTFOUND || found == WP_ECORRUPT ? WP_OK : found;
}

wp_status wpi_check_record(wpi_check *check, wpi_table table, wpi_key key, const char *what,
                           wp_error *err)
{
    wpi_record_bytes value;
    return wpi_check_expect(check, wpi_graph_get(check->graph, table, key, &value, err), what);
}

wp_status wpi_check_person(wpi_check *check, uint32_t person, wp_error *err)
{
    uint32_t canonical;
    wp_status status = wpi_party_find(check->graph, WPI_PERSON, person, &canonical, err);
    if (status == WP_OK && canonical == 0)
        wpi_check_report(check, "names a person who does not exist");
    return status == WP_ECORRUPT ? WP_OK : status;
}

wp_status wpi_check_canonical(wpi_check *check, uint32_t person, wp_error *err)
{
    uint32_t canonical;
    wp_status status = wpi_party_find(check->graph, WPI_PERSON, person, &canonical, err);
    if (status == WP_OK && (canonical == 0 || canonical != person))
        wpi_check_report(check, canonical == 0 ? "names a person who does not exist"
                                               : "names a person by another number");
    return status == WP_ECORRUPT ? WP_OK : status;
}

wp_status wpi_check_source(wpi_check *check, uint32_t source, wp_error *err)
{
    if (source == WP_SOURCE_HAND)
        return WP_OK;
    return wpi_check_record(check, WPI_TABLE_SOURCE, wpi_key_u32(source),
                            "is stated by a source that does not exist", err);
}

bool wpi_check_key(wpi_check *check, size_t bytes)
{
    if (check->key.bytes == bytes)
        return true;
    wpi_check_report(check, "key is malformed");
    return false;
}

/* Copy the key: it lies on a page that look-ups may not keep. */
static void take_key(wpi_check *check, wpi_slice key, unsigned char *copy)
{
    size_t bytes = key.bytes < WPI_KEY_BYTES_MAX ? key.bytes : WPI_KEY_BYTES_MAX;
    memcpy(copy, key.data, bytes);
    check->key = (wpi_slice){copy, bytes};
}

static wp_status walk_table(wpi_check *check, wpi_check_fn *each, wp_error *err)
{
    wpi_store_cursor *cursor = NULL;
    wpi_slice key, value;
    unsigned char copy[WPI_KEY_BYTES_MAX];
    WPI_TRY(wpi_store_cursor_open(check->graph->txn, check->table, &cursor, err));
    wp_status status = wpi_store_cursor_seek(cursor, (wpi_slice){NULL, 0}, &key, &value, err);
    while (status == WP_OK || (status == WP_ECORRUPT && key.data != NULL)) {
        take_key(check, key, copy);
        if (status == WP_ECORRUPT) {
            wpi_check_report(check, "checksum does not match");
        } else {
            wpi_graph_reclaim(check->graph);
            status = each(check, (wpi_record_bytes){value.data, value.bytes}, err);
            if (status == WP_ECORRUPT)
                wpi_check_report(check, "record is malformed");
            else if (status != WP_OK)
                break;
        }
        status = wpi_store_cursor_next(cursor, &key, &value, err);
    }
    wpi_store_cursor_close(cursor);
    return status == WP_ENOTFOUND ? WP_OK : status;
}

/* Derived records that nothing calls for show in the totals. */
static wp_status compare_derived(wpi_check *check, wp_error *err)
{
    const struct {
        wpi_table table;
        uint64_t count;
        const char *what;
    } derived[] = {
        {WPI_TABLE_EVIDENCE, check->evidence, "has records that no interaction calls for"},
        {WPI_TABLE_ASK, check->asks, "has records that no interaction calls for"},
        {WPI_TABLE_REPLY, check->replies, "has records that no interaction calls for"},
        {WPI_TABLE_NAMESAKE, check->namesakes, "has records that no company calls for"},
        {WPI_TABLE_STAKE, check->stakes, "has records that no opportunity calls for"},
    };
    for (size_t i = 0; i < sizeof derived / sizeof *derived; i++) {
        uint64_t count = 0;
        WPI_TRY(wpi_store_count(check->graph->txn, derived[i].table, &count, err));
        check->table = derived[i].table;
        if (count != derived[i].count)
            wpi_check_report(check, derived[i].what);
    }
    check->table = WPI_TABLE_NAME;
    if (check->names != check->name_records)
        wpi_check_report(check, "has entries that no name calls for");
    check->table = WPI_TABLE_SPELLING;
    if (check->spellings != check->words)
        wpi_check_report(check, "has words that are in no name");
    check->table = WPI_TABLE_EMPLOYMENT;
    if (check->suggestions != check->suggestions_found)
        wpi_check_report(check, "has suggestions that no address calls for");
    check->table = WPI_TABLE_RESTATED;
    if (check->restated != check->restated_between)
        wpi_check_report(check, "has statements that no tie shows");
    check->table = WPI_TABLE_SEGMENT;
    if (check->arcs != 2 * check->entries)
        wpi_check_report(check, "number of arcs is not twice that of ties");
    return wpi_check_list_totals(check, err);
}

/* Records that no other record calls for show in the totals. */
static wp_status compare_totals(wpi_check *check, wp_error *err)
{
    const wpi_counters *counters = &check->graph->counters;
    check->key = (wpi_slice){"", 0};
    if (check->faults > 0)
        return WP_OK; /* totals differ then anyway */
    check->table = WPI_TABLE_TIE;
    if (check->ties != counters->ties)
        wpi_check_report(check, "number of ties is not that of the counters");
    check->table = WPI_TABLE_INTERACTION;
    if (check->interactions != counters->interaction_count)
        wpi_check_report(check, "number of interactions is not that of the counters");
    if (check->private_interactions != counters->private_count)
        wpi_check_report(check, "number of private interactions is not that of the counters");
    check->table = WPI_TABLE_OPPORTUNITY;
    if (check->opportunities != counters->opportunity_count)
        wpi_check_report(check, "number of opportunities is not that of the counters");
    check->table = WPI_TABLE_ALIAS;
    if (check->aliases[0] != counters->aliases[0] || check->aliases[1] != counters->aliases[1])
        wpi_check_report(check, "number of aliases is not that of the counters");
    return check->is_deep ? compare_derived(check, err) : WP_OK;
}

wp_status wpi_check_run(wpi_graph *graph, bool is_deep, wp_fault_fn *fault, void *context,
                        uint64_t *faults, wp_error *err)
{
    static const struct {
        wpi_table table;
        wpi_check_fn *each;
    } tables[] = {
        {WPI_TABLE_META, wpi_check_meta},
        {WPI_TABLE_PERSON, wpi_check_person_record},
        {WPI_TABLE_COMPANY, wpi_check_company},
        {WPI_TABLE_IDENTITY, wpi_check_identity},
        {WPI_TABLE_EMPLOYMENT, wpi_check_employment},
        {WPI_TABLE_MEMBER, wpi_check_member},
        {WPI_TABLE_INTERACTION, wpi_check_interaction},
        {WPI_TABLE_SOURCE_ID, wpi_check_source_id},
        {WPI_TABLE_REPLY, wpi_check_reply},
        {WPI_TABLE_EVIDENCE, wpi_check_evidence},
        {WPI_TABLE_TIE, wpi_check_tie},
        {WPI_TABLE_OVERLAY, wpi_check_overlay},
        {WPI_TABLE_CONSENT, wpi_check_consent},
        {WPI_TABLE_ASK, wpi_check_ask},
        {WPI_TABLE_NAME, wpi_check_name},
        {WPI_TABLE_MARK, wpi_check_mark},
        {WPI_TABLE_SEGMENT, wpi_check_segment},
        {WPI_TABLE_CHANGED, wpi_check_changed},
        {WPI_TABLE_SOURCE, wpi_check_source_record},
        {WPI_TABLE_ALIAS, wpi_check_alias},
        {WPI_TABLE_PART, wpi_check_part},
        {WPI_TABLE_MERGE, wpi_check_merge},
        {WPI_TABLE_NAMESAKE, wpi_check_namesake},
        {WPI_TABLE_RESTATED, wpi_check_restated},
        {WPI_TABLE_PRIVATE, wpi_check_private},
        {WPI_TABLE_OPPORTUNITY, wpi_check_opportunity},
        {WPI_TABLE_ROLE, wpi_check_role},
        {WPI_TABLE_STAKE, wpi_check_stake},
        {WPI_TABLE_SUPPRESSED, wpi_check_suppressed},
        {WPI_TABLE_AUDIT, wpi_check_audit},
        {WPI_TABLE_BARRIER, wpi_check_barrier},
        {WPI_TABLE_SPELLING, wpi_check_spelling},
    };
    wpi_check check = {.graph = graph, .is_deep = is_deep, .fault = fault, .context = context};
    wp_status status = wpi_identity_flush(graph, err);
    if (status == WP_OK)
        status = wpi_source_id_flush(graph, err);
    if (status == WP_OK)
        status = wpi_name_flush(graph, err);
    for (size_t i = 0; i < sizeof tables / sizeof tables[0] && status == WP_OK; i++) {
        check.table = tables[i].table;
        check.number = 0;
        status = walk_table(&check, tables[i].each, err);
    }
    if (status == WP_OK)
        status = compare_totals(&check, err);
    *faults = check.faults;
    return status;
}
