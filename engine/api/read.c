/*
 * Public calls that read records: check the arguments, go one layer down.
 */
#include "api/handles.h"
#include "graph/company.h"
#include "graph/employment.h"
#include "graph/explain.h"
#include "graph/group.h"
#include "graph/identity.h"
#include "graph/interaction.h"
#include "graph/mark.h"
#include "graph/name.h"
#include "graph/opportunity.h"
#include "graph/overlay.h"
#include "graph/person.h"
#include "graph/source.h"
#include "graph/tie.h"

/* Make a number that a result names none when the viewer does not see whom. */
static wp_status hide_number(wp_txn *txn, wpi_party party, wp_number *number, wp_error *err)
{
    wpi_array one = WPI_ARRAY_OF(uint32_t);
    wp_number seen = *number;
    one.items = &seen;
    one.count = 1;
    WPI_TRY(wpi_handles_filter(txn, party, &one, err));
    if (one.count == 0)
        *number = 0;
    return WP_OK;
}

wp_status wp_person_get(wp_txn *txn, wp_number person, int32_t day, wp_person *out, wp_error *err)
{
    WPI_TRY(wpi_handles_check_given(out, "out", err));
    *out = (wp_person){.number = 0};
    WPI_READ(txn, err);
    WPI_TRY(wpi_handles_check_day(day, err));
    WPI_TRY(wpi_handles_resolve(txn, WPI_PERSON, person, &person, err));
    WPI_TRY(wpi_person_get(&txn->graph, person, day, out, err));
    if (wpi_handles_is_personal(txn))
        out->source_count = 0;
    return hide_number(txn, WPI_COMPANY, &out->company, err);
}

wp_status wp_company_get(wp_txn *txn, wp_number company, wp_company *out, wp_error *err)
{
    WPI_TRY(wpi_handles_check_given(out, "out", err));
    *out = (wp_company){.number = 0};
    WPI_READ(txn, err);
    WPI_TRY(wpi_handles_resolve(txn, WPI_COMPANY, company, &company, err));
    WPI_TRY(wpi_company_get(&txn->graph, company, out, err));
    if (wpi_handles_is_personal(txn))
        out->source_count = 0;
    return hide_number(txn, WPI_COMPANY, &out->parent, err);
}

wp_status wp_identity_find(wp_txn *txn, const wp_identity *identity, wp_number *number,
                           wp_error *err)
{
    wpi_identity normal;
    WPI_TRY(wpi_handles_check_given(number, "number", err));
    *number = 0;
    WPI_READ(txn, err);
    WPI_TRY(wpi_handles_check_given(identity, "identity", err));
    WPI_TRY(wpi_identity_normalise(identity, &normal, err));
    wp_status status = wpi_party_of(normal.kind) == WPI_COMPANY
                           ? wpi_company_find(&txn->graph, &normal, number, err)
                           : wpi_identity_find(&txn->graph, &normal, number, err);
    if (status == WP_OK)
        status = wpi_handles_resolve(txn, wpi_party_of(normal.kind), *number, number, err);
    if (status != WP_OK)
        *number = 0;
    return status == WP_ENOTFOUND ? wpi_error_set(err, status, "nobody has the identity") : status;
}

/* Hand an array over, or free it on failure. */
static wp_status give(wpi_array *people, wp_status status, wp_numbers *out)
{
    if (status != WP_OK)
        wpi_array_free(people);
    else
        *out = (wp_numbers){people->items, people->count};
    return status;
}

/* The numbers of a person or company. */
static wp_status list_numbers(wp_txn *txn, wpi_party party, wp_number number, wp_numbers *out,
                              wp_error *err)
{
    wpi_array found = WPI_ARRAY_OF(uint32_t);
    WPI_TRY(wpi_handles_check_given(out, "numbers", err));
    *out = (wp_numbers){NULL, 0};
    WPI_READ(txn, err);
    WPI_TRY(wpi_handles_resolve(txn, party, number, &number, err));
    wp_status status = wpi_party_numbers(&txn->graph, party, number, &found, err);
    wpi_array_sort_numbers(&found);
    return give(&found, status, out);
}

wp_status wp_person_numbers(wp_txn *txn, wp_number person, wp_numbers *numbers, wp_error *err)
{
    return list_numbers(txn, WPI_PERSON, person, numbers, err);
}

wp_status wp_company_numbers(wp_txn *txn, wp_number company, wp_numbers *numbers, wp_error *err)
{
    return list_numbers(txn, WPI_COMPANY, company, numbers, err);
}

static wp_status read_identity(wp_txn *txn, wpi_party party, wp_number number, wp_identity *out,
                               wp_error *err)
{
    WPI_TRY(wpi_handles_check_given(out, "out", err));
    *out = (wp_identity){.text = NULL};
    uint32_t canonical;
    WPI_READ(txn, err);
    WPI_TRY(wpi_handles_resolve(txn, party, number, &canonical, err));
    return wpi_party_identity(&txn->graph, party, number, out, err);
}

wp_status wp_person_identity(wp_txn *txn, wp_number number, wp_identity *out, wp_error *err)
{
    return read_identity(txn, WPI_PERSON, number, out, err);
}

wp_status wp_company_identity(wp_txn *txn, wp_number number, wp_identity *out, wp_error *err)
{
    return read_identity(txn, WPI_COMPANY, number, out, err);
}

void wp_numbers_free(wp_numbers *numbers)
{
    if (numbers == NULL)
        return;
    wpi_memory_free(numbers->items);
    *numbers = (wp_numbers){NULL, 0};
}

wp_status wp_company_people(wp_txn *txn, wp_number company, int32_t day, wp_numbers *people,
                            wp_error *err)
{
    wpi_array found = WPI_ARRAY_OF(uint32_t);
    WPI_TRY(wpi_handles_check_given(people, "people", err));
    *people = (wp_numbers){NULL, 0};
    WPI_READ(txn, err);
    WPI_TRY(wpi_handles_check_day(day, err));
    WPI_TRY(wpi_handles_resolve(txn, WPI_COMPANY, company, &company, err));
    wp_status status = wpi_employment_people(&txn->graph, company, day, &found, err);
    if (status == WP_OK)
        status = wpi_handles_filter(txn, WPI_PERSON, &found, err);
    wpi_array_sort_numbers(&found);
    return give(&found, status, people);
}

wp_status wp_us_people(wp_txn *txn, int32_t day, wp_numbers *people, wp_error *err)
{
    wpi_array found = WPI_ARRAY_OF(uint32_t);
    WPI_TRY(wpi_handles_check_given(people, "people", err));
    *people = (wp_numbers){NULL, 0};
    WPI_READ(txn, err);
    WPI_TRY(wpi_handles_check_day(day, err));
    wp_status status = wpi_person_us(&txn->graph, day, &found, err);
    if (status == WP_OK)
        status = wpi_handles_filter(txn, WPI_PERSON, &found, err);
    return give(&found, status, people);
}

wp_status wp_interaction_find(wp_txn *txn, const char *source, uint64_t *interaction, wp_error *err)
{
    WPI_TRY(wpi_handles_check_given(interaction, "interaction", err));
    *interaction = 0;
    WPI_READ_RECORDS(txn, err);
    WPI_TRY(wpi_handles_check_given(source, "source", err));
    wp_status status = wpi_interaction_find(&txn->graph, source, interaction, err);
    if (status != WP_ENOTFOUND)
        return status;
    *interaction = 0;
    return wpi_error_set(err, status, "no interaction has the source id");
}

/* What a person may know of an interaction, on the day that the transaction asked about last. */
static wp_status keep_seen(wp_txn *txn, wp_interaction *interaction, wp_error *err)
{
    const wpi_sight *sight = NULL;
    int32_t day = txn->policy != NULL ? txn->policy->policy.day : wpi_overlay_today();
    WPI_TRY(wpi_handles_get_sight(txn, day, &sight, err));
    WPI_TRY(wpi_sight_of_interaction(&txn->graph, sight, interaction, err));
    return interaction->to_count > 0 ? WP_OK : WP_ENOTFOUND;
}

wp_status wp_interaction_get(wp_txn *txn, uint64_t interaction, wp_interaction *out, wp_error *err)
{
    WPI_TRY(wpi_handles_check_given(out, "out", err));
    *out = (wp_interaction)WP_INTERACTION_INIT;
    WPI_READ(txn, err);
    wp_status status = wpi_interaction_load(&txn->graph, interaction, out, err);
    if (status == WP_OK && wpi_handles_is_personal(txn))
        status = keep_seen(txn, out, err);
    if (status != WP_OK)
        *out = (wp_interaction)WP_INTERACTION_INIT;
    if (status == WP_ENOTFOUND)
        return wpi_error_set(err, status, "no interaction has number %llu",
                             (unsigned long long)interaction);
    return status;
}

wp_status wp_mark_get(wp_txn *txn, const char *name, uint64_t *value, wp_error *err)
{
    WPI_TRY(wpi_handles_check_given(value, "value", err));
    *value = 0;
    WPI_READ_RECORDS(txn, err);
    return wpi_mark_get(&txn->graph, name, value, err);
}

static wp_status no_tie(wp_status status, wp_number from, wp_number to, wp_error *err)
{
    if (status != WP_ENOTFOUND)
        return status;
    return wpi_error_set(err, status, "people %u and %u have no tie", from, to);
}

/* Find who the two are; a tie that the viewer does not see is none. */
static wp_status check_pair(wp_txn *txn, wp_number *from, wp_number *to, int32_t day, wp_error *err)
{
    const wpi_sight *sight = NULL;
    WPI_TRY(wpi_handles_check_day(day, err));
    WPI_TRY(wpi_handles_get_sight(txn, day, &sight, err));
    WPI_TRY(wpi_sight_resolve(sight, &txn->graph, WPI_PERSON, *from, from, err));
    WPI_TRY(wpi_sight_resolve(sight, &txn->graph, WPI_PERSON, *to, to, err));
    if (*from == *to)
        return wpi_error_set(err, WP_EINVAL, "from and to are both person %u", *from);
    return wpi_sight_hides(sight, *from, *to) ? no_tie(WP_ENOTFOUND, *from, *to, err) : WP_OK;
}

wp_status wp_tie_get(wp_txn *txn, wp_number from, wp_number to, int32_t day, wp_tie *out,
                     wp_error *err)
{
    WPI_TRY(wpi_handles_check_given(out, "out", err));
    *out = (wp_tie){.cost = WP_COST_NONE};
    WPI_READ(txn, err);
    WPI_TRY(check_pair(txn, &from, &to, day, err));
    return no_tie(wpi_tie_read(&txn->graph, from, to, day, out, err), from, to, err);
}

wp_status wp_person_ties(wp_txn *txn, wp_number person, int32_t day, bool is_inbound, wp_ties *ties,
                         wp_error *err)
{
    const wpi_sight *sight = NULL;
    WPI_TRY(wpi_handles_check_given(ties, "ties", err));
    *ties = (wp_ties){NULL, 0};
    WPI_READ(txn, err);
    WPI_TRY(wpi_handles_check_day(day, err));
    WPI_TRY(wpi_handles_acquire_lists(txn, err)); /* they know which records must be there */
    WPI_TRY(wpi_handles_get_sight(txn, day, &sight, err));
    WPI_TRY(wpi_sight_resolve(sight, &txn->graph, WPI_PERSON, person, &person, err));
    return wpi_tie_read_all(&txn->graph, sight, person, day, is_inbound, ties, err);
}

void wp_ties_free(wp_ties *ties)
{
    if (ties == NULL)
        return;
    wpi_memory_free(ties->items);
    *ties = (wp_ties){NULL, 0};
}

wp_status wp_explain(wp_txn *txn, wp_number from, wp_number to, int32_t day, wp_explanation **out,
                     wp_error *err)
{
    WPI_TRY(wpi_handles_check_given(out, "out", err));
    *out = NULL;
    WPI_READ(txn, err);
    WPI_TRY(check_pair(txn, &from, &to, day, err));
    return no_tie(wpi_explain_tie(&txn->graph, from, to, day, out, err), from, to, err);
}

void wp_explanation_free(wp_explanation *explanation)
{
    wpi_explain_free(explanation);
}

wp_status wp_find_on(wp_txn *txn, const wp_find_query *query, wp_matches *matches, wp_error *err)
{
    const wpi_sight *sight = NULL;
    WPI_TRY(wpi_handles_check_given(matches, "matches", err));
    *matches = (wp_matches){NULL, 0};
    WPI_READ(txn, err);
    WPI_TRY(wpi_handles_check_given(query, "query", err));
    if (query->size != sizeof *query)
        return wpi_error_set(err, WP_EINVAL, "query.size is %zu, expected %zu", query->size,
                             sizeof *query);
    WPI_TRY(wpi_handles_check_given(query->text, "text", err));
    WPI_TRY(wpi_graph_check_text(query->text, "text", WPI_TEXT_BYTES_MAX, err));
    if (query->limit < 1 || query->limit > 1000)
        return wpi_error_set(err, WP_EINVAL, "limit is %zu, expected 1..1000", query->limit);
    WPI_TRY(wpi_handles_check_day(query->day, err));
    WPI_TRY(wpi_handles_acquire_lists(txn, err)); /* they keep the dictionary */
    WPI_TRY(wpi_handles_get_finding_sight(txn, query->day, &sight, err));
    return wpi_name_find(&txn->graph, sight, query, matches, err);
}

wp_status wp_find(wp_txn *txn, const char *text, size_t limit, wp_matches *matches, wp_error *err)
{
    wp_find_query query = {sizeof query, text, limit, wpi_overlay_today()};
    return wp_find_on(txn, &query, matches, err);
}

void wp_matches_free(wp_matches *matches)
{
    if (matches == NULL)
        return;
    wpi_memory_free(matches->items);
    *matches = (wp_matches){NULL, 0};
}

wp_status wp_source_find(wp_txn *txn, const char *name, uint32_t *number, wp_error *err)
{
    WPI_TRY(wpi_handles_check_given(number, "number", err));
    *number = 0;
    WPI_READ_RECORDS(txn, err);
    return wpi_source_find(&txn->graph, name, number, err);
}

wp_status wp_source_get(wp_txn *txn, uint32_t number, wp_source *out, wp_error *err)
{
    WPI_TRY(wpi_handles_check_given(out, "out", err));
    *out = (wp_source){.number = 0};
    WPI_READ_RECORDS(txn, err);
    return wpi_source_get(&txn->graph, number, out, err);
}

const char *wp_opportunity_state_name(wp_opportunity_state state)
{
    switch (state) {
    case WP_OPPORTUNITY_OPEN:
        return "open";
    case WP_OPPORTUNITY_WON:
        return "won";
    case WP_OPPORTUNITY_LOST:
        return "lost";
    }
    return NULL;
}

wp_status wp_opportunity_find(wp_txn *txn, const char *id, wp_number *number, wp_error *err)
{
    WPI_TRY(wpi_handles_check_given(number, "number", err));
    *number = 0;
    WPI_READ(txn, err);
    wp_status status = wpi_opportunity_find(&txn->graph, id, number, err);
    if (status == WP_ENOTFOUND)
        return wpi_error_set(err, status, "no opportunity has the id");
    return status;
}

wp_status wp_opportunity_get(wp_txn *txn, wp_number number, wp_opportunity *out, wp_error *err)
{
    WPI_TRY(wpi_handles_check_given(out, "out", err));
    *out = (wp_opportunity)WP_OPPORTUNITY_INIT;
    WPI_READ(txn, err);
    WPI_TRY(wpi_opportunity_get(&txn->graph, number, out, err));
    WPI_TRY(hide_number(txn, WPI_COMPANY, &out->company, err));
    return hide_number(txn, WPI_PERSON, &out->owner, err);
}

static wp_status list_opportunities(wp_txn *txn, wpi_party party, wp_number number, wp_numbers *out,
                                    wp_error *err)
{
    wpi_array found = WPI_ARRAY_OF(uint32_t);
    WPI_TRY(wpi_handles_check_given(out, "numbers", err));
    *out = (wp_numbers){NULL, 0};
    WPI_READ(txn, err);
    WPI_TRY(wpi_handles_resolve(txn, party, number, &number, err));
    return give(&found, wpi_opportunity_of(&txn->graph, party, number, &found, err), out);
}

wp_status wp_person_opportunities(wp_txn *txn, wp_number person, wp_numbers *numbers, wp_error *err)
{
    return list_opportunities(txn, WPI_PERSON, person, numbers, err);
}

wp_status wp_company_opportunities(wp_txn *txn, wp_number company, wp_numbers *numbers,
                                   wp_error *err)
{
    return list_opportunities(txn, WPI_COMPANY, company, numbers, err);
}

/* --- groups --- */

wp_status wp_group_find(wp_txn *txn, const char *name, wp_number *number, wp_error *err)
{
    WPI_TRY(wpi_handles_check_given(number, "number", err));
    *number = 0;
    WPI_READ(txn, err);
    return wpi_group_find(&txn->graph, name, number, err);
}

wp_status wp_group_get(wp_txn *txn, wp_number group, wp_group *out, wp_error *err)
{
    WPI_TRY(wpi_handles_check_given(out, "out", err));
    *out = (wp_group){.number = 0};
    WPI_READ(txn, err);
    return wpi_group_get(&txn->graph, group, out, err);
}

wp_status wp_group_people(wp_txn *txn, wp_number group, int32_t day, wp_numbers *people,
                          wp_error *err)
{
    wp_status status;
    wpi_bitset in = {NULL, 0, 0};
    wpi_array found = WPI_ARRAY_OF(uint32_t);
    WPI_TRY(wpi_handles_check_given(people, "people", err));
    *people = (wp_numbers){NULL, 0};
    WPI_READ(txn, err);
    WPI_TRY(wpi_handles_check_day(day, err));
    WPI_TRY(wpi_group_expect(&txn->graph, group, err));
    WPI_TRY_OUT(wpi_group_people(&txn->graph, group, day, &in, err));
    for (size_t i = 0; i < in.size; i++) {
        uint32_t person = (uint32_t)i;
        if (wpi_bitset_has(&in, person))
            WPI_TRY_OUT(wpi_array_push(&found, &person, err));
    }
    WPI_TRY_OUT(wpi_handles_filter(txn, WPI_PERSON, &found, err));
out:
    wpi_bitset_free(&in);
    return give(&found, status, people);
}
