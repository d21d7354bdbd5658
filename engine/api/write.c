/*
 * Public calls that write: check the arguments, go one layer down.
 */
#include "api/handles.h"
#include "base/cancel.h"
#include "graph/barrier.h"
#include "graph/company.h"
#include "graph/consent.h"
#include "graph/employment.h"
#include "graph/group.h"
#include "graph/interaction.h"
#include "graph/mark.h"
#include "graph/opportunity.h"
#include "graph/person.h"
#include "graph/private.h"
#include "graph/regroup.h"
#include "graph/settings.h"
#include "graph/source.h"
#include "graph/tie.h"
#include "graph/together.h"

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

/* What a call gives beside its status. */
typedef struct given {
    wp_number number;
    bool is_new;
} given;

/* Where a caller asked for it; both may be NULL. A number that was given out before the call failed
 * is nobody's. */
static wp_status give(const given *out, wp_status status, wp_number *number, bool *is_new)
{
    if (number != NULL)
        *number = status == WP_OK ? out->number : 0;
    if (is_new != NULL)
        *is_new = status == WP_OK && out->is_new;
    return status;
}

static wp_status put_person(wp_txn *txn, const wp_person_facts *facts, given *out, wp_error *err)
{
    WPI_TRY(wpi_handles_enter_write(txn, err));
    WPI_TRY(wpi_handles_check_given(facts, "facts", err));
    WPI_TRY(check_size(facts->size, sizeof *facts, err));
    WPI_TRY(check_list(facts->identities, facts->identity_count, "identities", err));
    WPI_TRY(check_list(facts->spellings, facts->spelling_count, "spellings", err));
    return wpi_handles_leave_write(
        txn, wpi_person_put(&txn->graph, facts, &out->number, &out->is_new, err));
}

wp_status wp_person_put(wp_txn *txn, const wp_person_facts *facts, wp_number *person, bool *is_new,
                        wp_error *err)
{
    given out = {0, false};
    wp_status status = wpi_handles_check_given(person, "person", err);
    if (status == WP_OK)
        status = put_person(txn, facts, &out, err);
    return give(&out, status, person, is_new);
}

static wp_status put_company(wp_txn *txn, const wp_company_facts *facts, given *out, wp_error *err)
{
    WPI_TRY(wpi_handles_enter_write(txn, err));
    WPI_TRY(wpi_handles_check_given(facts, "facts", err));
    WPI_TRY(check_size(facts->size, sizeof *facts, err));
    WPI_TRY(check_list(facts->identities, facts->identity_count, "identities", err));
    WPI_TRY(check_list(facts->aliases, facts->alias_count, "aliases", err));
    return wpi_handles_leave_write(
        txn, wpi_company_put(&txn->graph, facts, &out->number, &out->is_new, err));
}

wp_status wp_company_put(wp_txn *txn, const wp_company_facts *facts, wp_number *company,
                         bool *is_new, wp_error *err)
{
    given out = {0, false};
    wp_status status = wpi_handles_check_given(company, "company", err);
    if (status == WP_OK)
        status = put_company(txn, facts, &out, err);
    return give(&out, status, company, is_new);
}

wp_status wp_company_drop_alias(wp_txn *txn, wp_number company, const char *alias, wp_error *err)
{
    WPI_TRY(wpi_handles_enter_write(txn, err));
    WPI_TRY(wpi_handles_check_given(alias, "alias", err));
    return wpi_handles_leave_write(txn, wpi_company_drop_alias(&txn->graph, company, alias, err));
}

wp_status wp_company_drop_identity(wp_txn *txn, wp_number company, const wp_identity *identity,
                                   wp_error *err)
{
    WPI_TRY(wpi_handles_enter_write(txn, err));
    WPI_TRY(wpi_handles_check_given(identity, "identity", err));
    return wpi_handles_leave_write(txn,
                                   wpi_company_drop_identity(&txn->graph, company, identity, err));
}

wp_status wp_company_drop_parent(wp_txn *txn, wp_number company, wp_number parent, wp_error *err)
{
    WPI_TRY(wpi_handles_enter_write(txn, err));
    return wpi_handles_leave_write(txn, wpi_company_drop_parent(&txn->graph, company, parent, err));
}

static wp_status put_employment(wpi_graph *graph, const wp_employment *employment, wp_error *err)
{
    uint32_t canonical;
    WPI_TRY(wpi_party_resolve(graph, WPI_PERSON, employment->person, &canonical, err));
    WPI_TRY(wpi_party_resolve(graph, WPI_COMPANY, employment->company, &canonical, err));
    WPI_TRY(wpi_graph_check_text(employment->title, "title", WPI_TEXT_BYTES_MAX, err));
    if (employment->to_day != WP_DAY_NONE && employment->to_day < employment->from_day)
        return wpi_error_set(err, WP_EINVAL, "to_day is %d, expected %d or later",
                             employment->to_day, employment->from_day);
    return wpi_employment_put(graph, employment, err);
}

wp_status wp_employment_put(wp_txn *txn, const wp_employment *employment, wp_error *err)
{
    WPI_TRY(wpi_handles_enter_write(txn, err));
    WPI_TRY(wpi_handles_check_given(employment, "employment", err));
    return wpi_handles_leave_write(txn, put_employment(&txn->graph, employment, err));
}

wp_status wp_together_put(wp_txn *txn, uint32_t people_max, wp_error *err)
{
    WPI_TRY(wpi_handles_enter_write(txn, err));
    return wpi_handles_leave_write(txn, wpi_together_set(&txn->graph, people_max, err));
}

static wp_status put_interaction(wp_txn *txn, const wp_interaction *interaction, given *out,
                                 wp_error *err)
{
    WPI_TRY(wpi_handles_enter_write(txn, err));
    WPI_TRY(wpi_handles_check_given(interaction, "interaction", err));
    WPI_TRY(check_size(interaction->size, sizeof *interaction, err));
    WPI_TRY(check_list(interaction->to, interaction->to_count, "to", err));
    return wpi_handles_leave_write(
        txn, wpi_interaction_put(&txn->graph, interaction, &out->is_new, err));
}

wp_status wp_interaction_put(wp_txn *txn, const wp_interaction *interaction, bool *is_new,
                             wp_error *err)
{
    given out = {0, false};
    return give(&out, put_interaction(txn, interaction, &out, err), NULL, is_new);
}

wp_status wp_stated_tie_put(wp_txn *txn, const wp_stated_tie *tie, wp_error *err)
{
    WPI_TRY(wpi_handles_enter_write(txn, err));
    WPI_TRY(wpi_handles_check_given(tie, "tie", err));
    return wpi_handles_leave_write(txn, wpi_tie_state_strength(&txn->graph, tie, err));
}

static wp_status check_choices(wp_choice introductions, wp_choice contact, wp_sharing sharing,
                               wp_error *err)
{
    if ((unsigned)sharing > WP_SHARING_CLOSED)
        return wpi_error_set(err, WP_EINVAL, "sharing is %d, expected 0..3", (int)sharing);
    if ((unsigned)introductions > WP_CHOICE_ASK)
        return wpi_error_set(err, WP_EINVAL, "introductions is %d, expected 0..3",
                             (int)introductions);
    if ((unsigned)contact > WP_CHOICE_OUT)
        return wpi_error_set(err, WP_EINVAL, "contact is %d, expected 0..2", (int)contact);
    return WP_OK;
}

/* Groups are given with WP_SHARING_GROUPS, and with nothing else. */
static wp_status check_groups(wpi_graph *graph, const wp_consent *consent, wp_error *err)
{
    bool has_groups = consent->sharing == WP_SHARING_GROUPS;
    if (has_groups ? consent->group_count < 1 || consent->group_count > WP_SHARING_GROUPS_MAX
                   : consent->group_count > 0)
        return wpi_error_set(err, WP_EINVAL, "group_count is %zu, expected %s",
                             consent->group_count, has_groups ? "1..64" : "0");
    WPI_TRY(check_list(consent->groups, consent->group_count, "groups", err));
    for (size_t i = 0; i < consent->group_count; i++)
        WPI_TRY(wpi_group_expect(graph, consent->groups[i], err));
    return WP_OK;
}

static wp_status put_consent(wpi_graph *graph, const wp_consent *consent, wp_error *err)
{
    uint32_t canonical;
    WPI_TRY(check_size(consent->size, sizeof *consent, err));
    WPI_TRY(wpi_party_resolve(graph, WPI_PERSON, consent->person, &canonical, err));
    WPI_TRY(check_choices(consent->introductions, consent->contact, consent->sharing, err));
    WPI_TRY(check_groups(graph, consent, err));
    return wpi_consent_put(graph, consent, err);
}

wp_status wp_consent_put(wp_txn *txn, const wp_consent *consent, wp_error *err)
{
    WPI_TRY(wpi_handles_enter_write(txn, err));
    WPI_TRY(wpi_handles_check_given(consent, "consent", err));
    return wpi_handles_leave_write(txn, put_consent(&txn->graph, consent, err));
}

wp_status wp_settings_put(wp_txn *txn, const wp_settings *settings, wp_error *err)
{
    WPI_TRY(wpi_handles_enter_write(txn, err));
    WPI_TRY(wpi_handles_check_given(settings, "settings", err));
    WPI_TRY(check_size(settings->size, sizeof *settings, err));
    WPI_TRY(check_choices(settings->introductions, settings->contact, settings->sharing, err));
    if (settings->sharing == WP_SHARING_GROUPS)
        return wpi_error_set(err, WP_EINVAL, "sharing is \"groups\", expected open or closed");
    if ((unsigned)settings->mutual > WP_CHOICE_OUT)
        return wpi_error_set(err, WP_EINVAL, "mutual is %d, expected 0..2", (int)settings->mutual);
    return wpi_handles_leave_write(txn, wpi_settings_put(&txn->graph, settings, err));
}

wp_status wp_mark_put(wp_txn *txn, const char *name, uint64_t value, wp_error *err)
{
    WPI_TRY(wpi_handles_enter_write(txn, err));
    return wpi_handles_leave_write(txn, wpi_mark_put(&txn->graph, name, value, err));
}

wp_status wp_source_put(wp_txn *txn, const char *name, const char *format, int64_t time_s,
                        uint32_t *number, wp_error *err)
{
    WPI_TRY(wpi_handles_check_given(number, "number", err));
    *number = 0;
    WPI_TRY(wpi_handles_enter_write(txn, err));
    return wpi_handles_leave_write(txn,
                                   wpi_source_put(&txn->graph, name, format, time_s, number, err));
}

wp_status wp_txn_use_source(wp_txn *txn, uint32_t source, wp_error *err)
{
    WPI_TRY(wpi_handles_enter_write(txn, err));
    return wpi_handles_leave_write(txn, wpi_source_use(&txn->graph, source, err));
}

wp_status wp_person_merge(wp_txn *txn, wp_number a, wp_number b, wp_error *err)
{
    WPI_TRY(wpi_handles_enter_write(txn, err));
    return wpi_handles_leave_write(txn, wpi_person_merge(&txn->graph, a, b, err));
}

wp_status wp_person_unmerge(wp_txn *txn, wp_number a, wp_number b, wp_error *err)
{
    WPI_TRY(wpi_handles_enter_write(txn, err));
    return wpi_handles_leave_write(txn, wpi_person_unmerge(&txn->graph, a, b, err));
}

static wp_status keep_person(wp_txn *txn, const wp_identity *identity, given *out, wp_error *err)
{
    WPI_TRY(wpi_handles_enter_write(txn, err));
    WPI_TRY(wpi_handles_check_given(identity, "identity", err));
    return wpi_handles_leave_write(txn, wpi_person_keep(&txn->graph, identity, &out->number, err));
}

wp_status wp_person_keep(wp_txn *txn, const wp_identity *identity, wp_number *number, wp_error *err)
{
    given out = {0, false};
    wp_status status = wpi_handles_check_given(number, "number", err);
    if (status == WP_OK)
        status = keep_person(txn, identity, &out, err);
    return give(&out, status, number, NULL);
}

wp_status wp_person_set_apart(wp_txn *txn, wp_number number, bool is_apart, wp_error *err)
{
    WPI_TRY(wpi_handles_enter_write(txn, err));
    return wpi_handles_leave_write(txn, wpi_person_set_apart(&txn->graph, number, is_apart, err));
}

wp_status wp_barrier_put(wp_txn *txn, const wp_barrier *barrier, bool is_up, wp_error *err)
{
    WPI_TRY(wpi_handles_enter_write(txn, err));
    WPI_TRY(wpi_handles_check_given(barrier, "barrier", err));
    return wpi_handles_leave_write(txn, wpi_barrier_put(&txn->graph, barrier, is_up, err));
}

static wp_status put_group(wp_txn *txn, const char *name, given *out, wp_error *err)
{
    WPI_TRY(wpi_handles_enter_write(txn, err));
    return wpi_handles_leave_write(
        txn, wpi_group_put(&txn->graph, name, &out->number, &out->is_new, err));
}

wp_status wp_group_put(wp_txn *txn, const char *name, wp_number *number, bool *is_new,
                       wp_error *err)
{
    given out = {0, false};
    wp_status status = wpi_handles_check_given(number, "number", err);
    if (status == WP_OK)
        status = put_group(txn, name, &out, err);
    return give(&out, status, number, is_new);
}

wp_status wp_group_delete(wp_txn *txn, wp_number group, wp_error *err)
{
    WPI_TRY(wpi_handles_enter_write(txn, err));
    return wpi_handles_leave_write(txn, wpi_group_delete(&txn->graph, group, err));
}

wp_status wp_member_put(wp_txn *txn, const wp_member *member, bool is_in, wp_error *err)
{
    WPI_TRY(wpi_handles_enter_write(txn, err));
    WPI_TRY(wpi_handles_check_given(member, "member", err));
    return wpi_handles_leave_write(txn, wpi_member_put(&txn->graph, member, is_in, err));
}

wp_status wp_private_put(wp_txn *txn, const wp_private *statement, bool is_private, wp_error *err)
{
    WPI_TRY(wpi_handles_enter_write(txn, err));
    WPI_TRY(wpi_handles_check_given(statement, "statement", err));
    return wpi_handles_leave_write(txn, wpi_private_put(&txn->graph, statement, is_private, err));
}

static wp_status put_opportunity(wp_txn *txn, const wp_opportunity *opportunity, given *out,
                                 wp_error *err)
{
    WPI_TRY(wpi_handles_enter_write(txn, err));
    WPI_TRY(wpi_handles_check_given(opportunity, "opportunity", err));
    WPI_TRY(check_size(opportunity->size, sizeof *opportunity, err));
    return wpi_handles_leave_write(
        txn, wpi_opportunity_put(&txn->graph, opportunity, &out->number, &out->is_new, err));
}

wp_status wp_opportunity_put(wp_txn *txn, const wp_opportunity *opportunity, wp_number *number,
                             bool *is_new, wp_error *err)
{
    given out = {0, false};
    return give(&out, put_opportunity(txn, opportunity, &out, err), number, is_new);
}

wp_status wp_contact_role_put(wp_txn *txn, const wp_contact_role *role, wp_error *err)
{
    WPI_TRY(wpi_handles_enter_write(txn, err));
    WPI_TRY(wpi_handles_check_given(role, "role", err));
    return wpi_handles_leave_write(txn, wpi_role_put(&txn->graph, role, err));
}

/* One transaction of a removal. */
static wp_status leave_once(wp_db *db, wpi_leaving *leaving, wp_error *err)
{
    wp_txn *txn = NULL;
    WPI_TRY(wp_begin_write(db, &txn, err));
    wpi_store_use_reserve(txn->graph.txn);
    wp_status status = wpi_handles_leave_write(txn, wpi_source_leave(&txn->graph, leaving, err));
    if (status == WP_OK)
        return wp_commit(txn, err);
    wp_abort(txn);
    return status;
}

wp_status wp_source_remove(wp_db *db, uint32_t source, wp_progress_fn *progress, void *context,
                           const volatile int *cancel, wp_error *err)
{
    wpi_leaving leaving = {.source = source};
    WPI_TRY(wpi_handles_check_given(db, "db", err));
    while (!leaving.is_done) {
        WPI_TRY(leave_once(db, &leaving, err));
        if (progress != NULL)
            progress(context, leaving.records, 0);
        if (wpi_is_cancelled(cancel) && !leaving.is_done)
            return wpi_error_set(err, WP_ECANCELLED, "cancelled: the source is partly removed");
    }
    return WP_OK;
}
