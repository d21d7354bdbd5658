/*
 * Public calls that write: check the arguments, go one layer down.
 */
#include "api/handles.h"
#include "graph/company.h"
#include "graph/consent.h"
#include "graph/employment.h"
#include "graph/interaction.h"
#include "graph/mark.h"
#include "graph/person.h"
#include "graph/tie.h"

static wp_status check_size(size_t size, size_t expected, wp_error *err)
{
    if (size == expected)
        return WP_OK;
    return wpi_error_set(err, WP_EINVAL, "size of the struct is %zu, expected %zu", size, expected);
}

static wp_status check_list(const void *items, size_t count, const char *what, wp_error *err)
{
    return count == 0 ? WP_OK : wpi_handles_check_given(items, what, err);
}

wp_status wp_person_put(wp_txn *txn, const wp_person_facts *facts, wp_number *person, bool *is_new,
                        wp_error *err)
{
    WPI_TRY(wpi_handles_check_given(person, "person", err));
    *person = 0;
    WPI_TRY(wpi_handles_enter_write(txn, err));
    WPI_TRY(wpi_handles_check_given(facts, "facts", err));
    WPI_TRY(check_size(facts->size, sizeof *facts, err));
    WPI_TRY(check_list(facts->identities, facts->identity_count, "identities", err));
    WPI_TRY(check_list(facts->spellings, facts->spelling_count, "spellings", err));
    return wpi_handles_leave_write(txn, wpi_person_put(&txn->graph, facts, person, is_new, err));
}

wp_status wp_company_put(wp_txn *txn, const wp_company_facts *facts, wp_number *company,
                         bool *is_new, wp_error *err)
{
    WPI_TRY(wpi_handles_check_given(company, "company", err));
    *company = 0;
    WPI_TRY(wpi_handles_enter_write(txn, err));
    WPI_TRY(wpi_handles_check_given(facts, "facts", err));
    WPI_TRY(check_size(facts->size, sizeof *facts, err));
    WPI_TRY(check_list(facts->identities, facts->identity_count, "identities", err));
    return wpi_handles_leave_write(txn, wpi_company_put(&txn->graph, facts, company, is_new, err));
}

static wp_status check_company(wpi_graph *graph, uint32_t company, wp_error *err)
{
    if (company == 0 || company > graph->counters.companies)
        return wpi_error_set(err, WP_ENOTFOUND, "no company has number %u", company);
    return WP_OK;
}

wp_status wp_employment_put(wp_txn *txn, const wp_employment *employment, wp_error *err)
{
    WPI_TRY(wpi_handles_enter_write(txn, err));
    WPI_TRY(wpi_handles_check_given(employment, "employment", err));
    WPI_TRY(wpi_person_check(&txn->graph, employment->person, err));
    WPI_TRY(check_company(&txn->graph, employment->company, err));
    WPI_TRY(wpi_graph_check_text(employment->title, "title", WPI_TEXT_BYTES_MAX, err));
    if (employment->to_day != WP_DAY_NONE && employment->to_day < employment->from_day)
        return wpi_error_set(err, WP_EINVAL, "to_day is %d, expected %d or later",
                             employment->to_day, employment->from_day);
    return wpi_handles_leave_write(txn, wpi_employment_put(&txn->graph, employment, err));
}

wp_status wp_interaction_put(wp_txn *txn, const wp_interaction *interaction, bool *is_new,
                             wp_error *err)
{
    if (is_new != NULL)
        *is_new = false;
    WPI_TRY(wpi_handles_enter_write(txn, err));
    WPI_TRY(wpi_handles_check_given(interaction, "interaction", err));
    WPI_TRY(check_size(interaction->size, sizeof *interaction, err));
    WPI_TRY(check_list(interaction->to, interaction->to_count, "to", err));
    return wpi_handles_leave_write(txn, wpi_interaction_put(&txn->graph, interaction, is_new, err));
}

wp_status wp_stated_tie_put(wp_txn *txn, const wp_stated_tie *tie, wp_error *err)
{
    WPI_TRY(wpi_handles_enter_write(txn, err));
    WPI_TRY(wpi_handles_check_given(tie, "tie", err));
    return wpi_handles_leave_write(txn, wpi_tie_state_strength(&txn->graph, tie, err));
}

wp_status wp_consent_put(wp_txn *txn, const wp_consent *consent, wp_error *err)
{
    WPI_TRY(wpi_handles_enter_write(txn, err));
    WPI_TRY(wpi_handles_check_given(consent, "consent", err));
    WPI_TRY(check_size(consent->size, sizeof *consent, err));
    WPI_TRY(wpi_person_check(&txn->graph, consent->person, err));
    if (consent->introductions > WP_CHOICE_OUT || consent->contact > WP_CHOICE_OUT)
        return wpi_error_set(err, WP_EINVAL, "choice is %d, expected 0..2",
                             (int)(consent->introductions > WP_CHOICE_OUT ? consent->introductions
                                                                          : consent->contact));
    return wpi_handles_leave_write(txn, wpi_consent_put(&txn->graph, consent, err));
}

wp_status wp_mark_put(wp_txn *txn, const char *name, uint64_t value, wp_error *err)
{
    WPI_TRY(wpi_handles_enter_write(txn, err));
    return wpi_handles_leave_write(txn, wpi_mark_put(&txn->graph, name, value, err));
}
