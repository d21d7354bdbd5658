/*
 * Public cursors: everything in the order of numbers, and what is stated.
 */
#include "api/handles.h"
#include "graph/barrier.h"
#include "graph/consent.h"
#include "graph/employment.h"
#include "graph/group.h"
#include "graph/opportunity.h"
#include "graph/private.h"
#include "graph/restate.h"
#include "graph/source.h"
#include "graph/tie.h"
#include "graph/version.h"

#define POSITION "position"

static wp_status no_further(wp_status status, const char *what, wp_error *err)
{
    if (status != WP_ENOTFOUND)
        return status;
    return wpi_error_set(err, status, "there is no further %s", what);
}

/* The next number that a table has, that is not another's alias and that the viewer may know of.
 */
static wp_status next_number(wp_txn *txn, wpi_party party, wp_number *number, wp_error *err)
{
    wpi_graph_record next;
    uint32_t at, canonical = 0;
    WPI_READ(txn, err);
    WPI_TRY(wpi_handles_check_given(number, POSITION, err));
    for (at = *number; canonical != at || at == *number;) {
        wp_status status = at == UINT32_MAX ? WP_ENOTFOUND
                                            : wpi_graph_behind(&txn->graph, wpi_party_table(party),
                                                               wpi_key_u32(at + 1), 8, &next, err);
        if (status != WP_OK)
            return no_further(status, wpi_party_name(party), err);
        at = wpi_key_get_u32(next.key.bytes, 0);
        status = wpi_handles_resolve(txn, party, at, &canonical, err);
        if (status == WP_ENOTFOUND)
            canonical = 0; /* hidden, or nobody states it any more */
        else
            WPI_TRY(status);
        wpi_graph_reclaim(&txn->graph);
    }
    *number = at;
    return WP_OK;
}

wp_status wp_person_next(wp_txn *txn, wp_number *number, wp_error *err)
{
    return next_number(txn, WPI_PERSON, number, err);
}

wp_status wp_company_next(wp_txn *txn, wp_number *number, wp_error *err)
{
    return next_number(txn, WPI_COMPANY, number, err);
}

wp_status wp_interaction_next(wp_txn *txn, uint64_t *interaction, wp_error *err)
{
    wpi_graph_record next;
    WPI_READ_RECORDS(txn, err);
    WPI_TRY(wpi_handles_check_given(interaction, POSITION, err));
    wp_status status = *interaction == UINT64_MAX
                           ? WP_ENOTFOUND
                           : wpi_graph_behind(&txn->graph, WPI_TABLE_INTERACTION,
                                              wpi_key_u64(*interaction + 1), 12, &next, err);
    if (status == WP_OK)
        *interaction = wpi_key_get_u64(next.key.bytes, 0);
    return no_further(status, "interaction", err);
}

wp_status wp_interaction_version_next(wp_txn *txn, uint64_t interaction, uint64_t *position,
                                      uint32_t *source, wp_interaction *out, wp_error *err)
{
    wpi_version *all;
    WPI_READ_RECORDS(txn, err);
    WPI_TRY(wpi_handles_check_given(position, POSITION, err));
    WPI_TRY(wpi_handles_check_given(source, "source", err));
    WPI_TRY(wpi_handles_check_given(out, "out", err));
    WPI_TRY(wpi_versions_of(&txn->graph, interaction, &all, err));
    while (all != NULL && all->source < *position)
        all = all->next;
    if (all == NULL)
        return no_further(WP_ENOTFOUND, "version", err);
    *position = (uint64_t)all->source + 1;
    *source = all->source;
    *out = all->interaction;
    return WP_OK;
}

/* The key behind which the statements go on; an unset identity: those of the number. */
static wpi_key position_of(const wp_statement *at, bool is_of_one)
{
    bool is_before_all = at->number == 0 || (is_of_one && at->identity.text == NULL);
    return is_before_all ? wpi_key_u32(at->number) : wpi_key_u32_u32(at->number, at->source);
}

static wp_status next_statement(wp_txn *txn, wpi_party party, bool is_of_one, wp_statement *at,
                                wp_error *err)
{
    wpi_graph_record next;
    wpi_statement_record record;
    WPI_READ_RECORDS(txn, err);
    WPI_TRY(wpi_handles_check_given(at, POSITION, err));
    next.key = position_of(at, is_of_one);
    do {
        wp_status status =
            wpi_graph_behind(&txn->graph, wpi_party_table(party), next.key, 8, &next, err);
        if (status == WP_OK && is_of_one && wpi_key_get_u32(next.key.bytes, 0) != at->number)
            status = WP_ENOTFOUND;
        if (status != WP_OK)
            return no_further(status, "statement", err);
    } while (wpi_key_get_u32(next.key.bytes, 4) == WPI_SOURCE_IMPLIED);
    WPI_TRY(wpi_record_read_statement(next.value, &txn->graph.lent, &record, err));
    *at = (wp_statement){.number = wpi_key_get_u32(next.key.bytes, 0),
                         .source = wpi_key_get_u32(next.key.bytes, 4),
                         .identity = record.identity,
                         .name = record.name,
                         .title = record.title,
                         .us = record.us,
                         .has_no_company = record.has_no_company,
                         .parent = record.parent,
                         .links = record.links,
                         .link_count = record.link_count,
                         .spellings = record.spellings,
                         .spelling_count = record.spelling_count};
    return WP_OK;
}

wp_status wp_person_statement_next(wp_txn *txn, wp_statement *at, wp_error *err)
{
    return next_statement(txn, WPI_PERSON, false, at, err);
}

wp_status wp_person_statement_of(wp_txn *txn, wp_statement *at, wp_error *err)
{
    return next_statement(txn, WPI_PERSON, true, at, err);
}

wp_status wp_company_statement_next(wp_txn *txn, wp_statement *at, wp_error *err)
{
    return next_statement(txn, WPI_COMPANY, false, at, err);
}

wp_status wp_company_statement_of(wp_txn *txn, wp_statement *at, wp_error *err)
{
    return next_statement(txn, WPI_COMPANY, true, at, err);
}

wp_status wp_employment_next(wp_txn *txn, wp_employment *employment, wp_error *err)
{
    WPI_READ(txn, err);
    WPI_TRY(wpi_handles_check_given(employment, POSITION, err));
    return no_further(wpi_employment_next(&txn->graph, employment, err), "employment", err);
}

static wp_status next_employment(wp_txn *txn, bool is_of_one, wp_employment *at, wp_error *err)
{
    wp_status status;
    WPI_READ_RECORDS(txn, err);
    WPI_TRY(wpi_handles_check_given(at, POSITION, err));
    uint32_t person = at->person;
    do
        status = wpi_employment_record_next(&txn->graph, at, err);
    while (status == WP_OK && (!is_of_one || at->person == person) &&
           (at->source == WPI_SOURCE_IMPLIED || at->company == 0));
    if (status == WP_OK && is_of_one && at->person != person)
        status = WP_ENOTFOUND;
    return no_further(status, "employment", err);
}

wp_status wp_employment_statement_next(wp_txn *txn, wp_employment *at, wp_error *err)
{
    return next_employment(txn, false, at, err);
}

wp_status wp_employment_statement_of(wp_txn *txn, wp_employment *at, wp_error *err)
{
    return next_employment(txn, true, at, err);
}

wp_status wp_consent_statement_next(wp_txn *txn, wp_consent *at, wp_error *err)
{
    WPI_READ_RECORDS(txn, err);
    WPI_TRY(wpi_handles_check_given(at, POSITION, err));
    return no_further(wpi_consent_next(&txn->graph, at, err), "decision", err);
}

wp_status wp_private_statement_next(wp_txn *txn, wp_private *at, wp_error *err)
{
    WPI_READ_RECORDS(txn, err);
    WPI_TRY(wpi_handles_check_given(at, POSITION, err));
    return no_further(wpi_private_next(&txn->graph, at, err), "private tie", err);
}

wp_status wp_barrier_statement_next(wp_txn *txn, wp_barrier *at, wp_error *err)
{
    WPI_READ_RECORDS(txn, err);
    WPI_TRY(wpi_handles_check_given(at, POSITION, err));
    return no_further(wpi_barrier_next(&txn->graph, at, err), "barrier", err);
}

wp_status wp_merge_next(wp_txn *txn, wp_merge *at, wp_error *err)
{
    wpi_graph_record next;
    WPI_READ_RECORDS(txn, err);
    WPI_TRY(wpi_handles_check_given(at, POSITION, err));
    next.key = wpi_key_u32_u32(at->a, at->b);
    do {
        wp_status status = wpi_graph_behind(&txn->graph, WPI_TABLE_MERGE, next.key, 8, &next, err);
        if (status != WP_OK)
            return no_further(status, "merge", err);
    } while (wpi_key_get_u32(next.key.bytes, 0) > wpi_key_get_u32(next.key.bytes, 4));
    *at = (wp_merge){wpi_key_get_u32(next.key.bytes, 0), wpi_key_get_u32(next.key.bytes, 4)};
    return WP_OK;
}

wp_status wp_stated_tie_next(wp_txn *txn, wp_stated_tie *tie, wp_error *err)
{
    WPI_READ_RECORDS(txn, err);
    WPI_TRY(wpi_handles_check_given(tie, POSITION, err));
    return no_further(wpi_stated_next(&txn->graph, tie, err), "stated tie", err);
}

wp_status wp_stated_tie_get(wp_txn *txn, wp_stated_tie *tie, wp_error *err)
{
    WPI_READ_RECORDS(txn, err);
    WPI_TRY(wpi_handles_check_given(tie, POSITION, err));
    wp_status status = wpi_stated_get(&txn->graph, tie, err);
    if (status != WP_ENOTFOUND)
        return status;
    return wpi_error_set(err, status, "the source states nothing of the tie");
}

wp_status wp_stated_ties_from(wp_txn *txn, wp_number from, wp_stated_ties *ties, wp_error *err)
{
    wpi_array found = WPI_ARRAY_OF(wp_stated_tie);
    WPI_TRY(wpi_handles_check_given(ties, "ties", err));
    *ties = (wp_stated_ties){NULL, 0};
    WPI_READ_RECORDS(txn, err);
    wp_status status = wpi_stated_from(&txn->graph, from, &found, err);
    if (status == WP_OK)
        *ties = (wp_stated_ties){found.items, found.count};
    else
        wpi_array_free(&found);
    return status;
}

void wp_stated_ties_free(wp_stated_ties *ties)
{
    if (ties == NULL)
        return;
    wpi_memory_free(ties->items);
    *ties = (wp_stated_ties){NULL, 0};
}

wp_status wp_source_next(wp_txn *txn, uint32_t *number, wp_error *err)
{
    WPI_READ_RECORDS(txn, err);
    WPI_TRY(wpi_handles_check_given(number, POSITION, err));
    return wpi_source_next(&txn->graph, number, err);
}

wp_status wp_opportunity_next(wp_txn *txn, wp_number *number, wp_error *err)
{
    wpi_graph_record next;
    WPI_READ(txn, err);
    WPI_TRY(wpi_handles_check_given(number, POSITION, err));
    wp_status status = *number == UINT32_MAX
                           ? WP_ENOTFOUND
                           : wpi_graph_behind(&txn->graph, WPI_TABLE_OPPORTUNITY,
                                              wpi_key_u32(*number + 1), 8, &next, err);
    if (status == WP_OK)
        *number = wpi_key_get_u32(next.key.bytes, 0);
    return no_further(status, "opportunity", err);
}

wp_status wp_opportunity_statement_next(wp_txn *txn, wp_opportunity *at, wp_error *err)
{
    WPI_READ_RECORDS(txn, err);
    WPI_TRY(wpi_handles_check_given(at, POSITION, err));
    return no_further(wpi_opportunity_next_statement(&txn->graph, at, err), "opportunity", err);
}

wp_status wp_contact_role_next(wp_txn *txn, wp_contact_role *at, wp_error *err)
{
    WPI_READ(txn, err);
    WPI_TRY(wpi_handles_check_given(at, POSITION, err));
    return no_further(wpi_role_next(&txn->graph, at, err), "role", err);
}

wp_status wp_group_next(wp_txn *txn, wp_number *number, wp_error *err)
{
    WPI_READ(txn, err);
    WPI_TRY(wpi_handles_check_given(number, POSITION, err));
    return no_further(wpi_group_next(&txn->graph, number, err), "group", err);
}

wp_status wp_group_statement_next(wp_txn *txn, wp_group *at, wp_error *err)
{
    WPI_READ_RECORDS(txn, err);
    WPI_TRY(wpi_handles_check_given(at, POSITION, err));
    return no_further(wpi_group_next_statement(&txn->graph, at, err), "group", err);
}

wp_status wp_member_statement_next(wp_txn *txn, wp_member *at, wp_error *err)
{
    WPI_READ_RECORDS(txn, err);
    WPI_TRY(wpi_handles_check_given(at, POSITION, err));
    return no_further(wpi_member_next(&txn->graph, at, err), "member", err);
}
