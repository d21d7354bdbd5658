/*
 * Facts stored: one function a type. A fact is known when storing it changes nothing that can be
 * asked for: the person or company exists, the employment, tie or decision says the same.
 *
 * In a dry run every function looks up what it would have written, and nothing else.
 */
#include <stdlib.h>
#include <string.h>

#include "import/fact.h"
#include "import/store.h"

/* The first person or company with one of the identities; 0: none. */
static wp_status find_any(run *self, const wp_identity *identities, size_t count, wp_number *out,
                          wp_error *err)
{
    wp_status status = WP_OK;
    *out = 0;
    for (size_t i = 0; i < count && *out == 0 && status == WP_OK; i++)
        status = store_find(self, &identities[i], out, err);
    return status;
}

/* The company a reference names, created when unknown (dry run: 0). */
static wp_status store_company_ref(run *self, const wp_identity *ref, wp_number *out, wp_error *err)
{
    wp_company_facts facts = WP_COMPANY_FACTS_INIT;
    if (self->options->is_dry_run)
        return store_find(self, ref, out, err);
    if (ref->kind == WP_IDENTITY_COMPANY_NAME) {
        facts.name = ref->text;
    } else {
        facts.identities = ref;
        facts.identity_count = 1;
    }
    return wp_company_put(self->txn, &facts, out, NULL, err);
}

static wp_status store_company(run *self, const fact *row, bool *is_new, wp_error *err)
{
    wp_number company = 0;
    wp_company_facts facts = WP_COMPANY_FACTS_INIT;
    wp_identity by_name = {WP_IDENTITY_COMPANY_NAME, row->name};
    bool has_identity = row->identity_count > 0;
    if (self->options->is_dry_run) {
        wp_status status = find_any(self, has_identity ? row->identities : &by_name,
                                    has_identity ? row->identity_count : 1, &company, err);
        *is_new = company == 0;
        return status;
    }
    facts.identities = row->identities;
    facts.identity_count = row->identity_count;
    facts.name = row->name;
    facts.us = row->us;
    return wp_company_put(self->txn, &facts, &company, is_new, err);
}

/* Whether the employment is stored and says the same. */
static wp_status is_employed(run *self, const wp_employment *wanted, bool *is_known, wp_error *err)
{
    wp_employment at = *wanted;
    *is_known = false;
    if (wanted->person == 0 || wanted->company == 0)
        return WP_OK;
    /* Begin just before it: the cursor goes on from what it is given. */
    if (wanted->from_day == WP_DAY_NONE) {
        at.company--;
        at.from_day = INT32_MAX;
    } else {
        at.from_day--;
    }
    wp_status status = wp_employment_next(self->txn, &at, err);
    if (status == WP_ENOTFOUND)
        return WP_OK;
    bool is_same_title = status == WP_OK && (wanted->title == NULL || at.title == NULL
                                                 ? wanted->title == at.title
                                                 : strcmp(wanted->title, at.title) == 0);
    *is_known = is_same_title && !at.is_suggested && at.person == wanted->person &&
                at.company == wanted->company && at.from_day == wanted->from_day &&
                at.to_day == wanted->to_day;
    return status;
}

static wp_status store_employment(run *self, const fact *row, wp_number person, bool *is_new,
                                  wp_error *err)
{
    bool is_known = false;
    wp_employment employment = {
        .person = person, .title = row->title, .from_day = row->from_day, .to_day = row->to_day};
    wp_status status = store_company_ref(self, &row->company, &employment.company, err);
    if (status == WP_OK)
        status = is_employed(self, &employment, &is_known, err);
    *is_new = !is_known;
    if (status != WP_OK || is_known || self->options->is_dry_run)
        return status;
    return wp_employment_put(self->txn, &employment, err);
}

static wp_status put_person(run *self, const fact *row, wp_number *person, bool *is_new,
                            wp_error *err)
{
    wp_person_facts facts = WP_PERSON_FACTS_INIT;
    facts.identities = row->identities;
    facts.identity_count = row->identity_count;
    facts.name = row->name;
    facts.title = row->company.text == NULL ? row->title : NULL;
    facts.us = row->us;
    facts.has_no_company = row->has_no_company;
    wp_status status = find_any(self, row->identities, row->identity_count, person, err);
    if (status != WP_OK)
        return status;
    *is_new = *person == 0;
    if (self->options->is_dry_run)
        return WP_OK;
    /* Counts of spellings add up, so those of somebody known would grow with every import. */
    if (*is_new) {
        facts.spellings = row->spellings;
        facts.spelling_count = row->spelling_count;
    }
    return wp_person_put(self->txn, &facts, person, NULL, err);
}

static wp_status store_person_row(run *self, const fact *row, bool *is_new, wp_error *err)
{
    wp_number person = 0;
    bool is_employment_new = false;
    wp_status status = put_person(self, row, &person, is_new, err);
    if (status != WP_OK || row->company.text == NULL)
        return status;
    status = store_employment(self, row, person, &is_employment_new, err);
    *is_new = *is_new || is_employment_new;
    return status;
}

static wp_status store_employment_row(run *self, const fact *row, bool *is_new, wp_error *err)
{
    wp_number person = 0;
    wp_status status = store_person(self, &row->person, strlen(row->person.text), &person, err);
    return status == WP_OK ? store_employment(self, row, person, is_new, err) : status;
}

static wp_status put_recipients(run *self, const fact *row, wp_participant *to, wp_error *err)
{
    wp_status status = WP_OK;
    for (size_t i = 0; i < row->to_count && status == WP_OK; i++) {
        const wp_identity *who = &row->to[i].who;
        to[i].role = row->to[i].role;
        status = store_person(self, who, strlen(who->text), &to[i].person, err);
    }
    return status;
}

static wp_status put_interaction(run *self, const fact *row, wp_participant *to, bool *is_new,
                                 wp_error *err)
{
    wp_interaction interaction = WP_INTERACTION_INIT;
    wp_status status =
        store_person(self, &row->person, strlen(row->person.text), &interaction.from, err);
    if (status == WP_OK)
        status = put_recipients(self, row, to, err);
    if (status != WP_OK)
        return status;
    interaction.source = row->source;
    interaction.kind = row->kind;
    interaction.time_s = row->time_s;
    interaction.to = to;
    interaction.to_count = store_unique(to, row->to_count);
    interaction.valence = row->valence;
    interaction.reply_to = row->reply_to;
    interaction.flags = row->flags;
    return wp_interaction_put(self->txn, &interaction, is_new, err);
}

static wp_status store_interaction(run *self, const fact *row, bool *is_new, wp_error *err)
{
    uint64_t number = 0;
    wp_status status = wp_interaction_find(self->txn, row->source, &number, err);
    *is_new = status == WP_ENOTFOUND;
    if (status != WP_ENOTFOUND || self->options->is_dry_run)
        return status == WP_ENOTFOUND ? WP_OK : status;
    wp_participant *to = calloc(row->to_count + 1, sizeof *to);
    if (to == NULL) {
        *err = (wp_error){WP_ENOMEM, "memory is exhausted"};
        return WP_ENOMEM;
    }
    status = put_interaction(self, row, to, is_new, err);
    free(to);
    return status;
}

static wp_status store_tie_row(run *self, const fact *row, uint64_t hash, bool *is_new,
                               wp_error *err)
{
    wp_stated_tie tie = row->tie;
    bool is_known = false, is_back_known = true;
    wp_status status = store_person(self, &row->person, strlen(row->person.text), &tie.from, err);
    if (status == WP_OK)
        status = store_person(self, &row->other, strlen(row->other.text), &tie.to, err);
    if (status == WP_OK)
        status = store_tie(self, &tie, hash, &is_known, err);
    if (status == WP_OK && row->is_both) {
        wp_number from = tie.from;
        tie.from = tie.to;
        tie.to = from;
        status = store_tie(self, &tie, hash + 1, &is_back_known, err);
    }
    *is_new = !(is_known && is_back_known);
    return status;
}

/* Whether the person decided so already. */
static wp_status is_decided(run *self, const fact *row, wp_number number, bool *is_known,
                            wp_error *err)
{
    wp_person person;
    *is_known = false;
    if (number == 0)
        return WP_OK;
    wp_status status = wp_person_get(self->txn, number, 0, &person, err);
    if (status != WP_OK)
        return status;
    bool is_same_introductions = row->introductions == WP_CHOICE_UNSAID ||
                                 (person.has_opted_out == (row->introductions == WP_CHOICE_OUT) &&
                                  person.introductions_since == row->from_day);
    bool is_same_contact = row->contact == WP_CHOICE_UNSAID ||
                           (person.is_do_not_contact == (row->contact == WP_CHOICE_OUT) &&
                            person.contact_since == row->from_day);
    *is_known = is_same_introductions && is_same_contact;
    return WP_OK;
}

static wp_status store_consent(run *self, const fact *row, bool *is_new, wp_error *err)
{
    bool is_known = false;
    wp_consent consent = WP_CONSENT_INIT;
    wp_status status =
        store_person(self, &row->person, strlen(row->person.text), &consent.person, err);
    if (status == WP_OK)
        status = is_decided(self, row, consent.person, &is_known, err);
    *is_new = !is_known;
    if (status != WP_OK || self->options->is_dry_run)
        return status;
    consent.introductions = row->introductions;
    consent.contact = row->contact;
    consent.since = row->from_day;
    return wp_consent_put(self->txn, &consent, err);
}

static wp_status store_row(run *self, const fact *row, uint64_t hash, bool *is_new, wp_error *err)
{
    switch (row->type) {
    case FACT_COMPANY:
        return store_company(self, row, is_new, err);
    case FACT_PERSON:
        return store_person_row(self, row, is_new, err);
    case FACT_EMPLOYMENT:
        return store_employment_row(self, row, is_new, err);
    case FACT_INTERACTION:
        return store_interaction(self, row, is_new, err);
    case FACT_TIE:
        return store_tie_row(self, row, hash, is_new, err);
    case FACT_CONSENT:
        return store_consent(self, row, is_new, err);
    case FACT_OPPORTUNITY:
    case FACT_ROLE:
        *err = (wp_error){WP_EINVAL, "deals and parts in them are not kept in this release"};
        return WP_EINVAL;
    case FACT_PRIVATE:
    case FACT_UNKNOWN:
        break;
    }
    return WP_OK;
}

import_code fact_store(run *self, const fact *row, uint64_t hash, verdict *what)
{
    wp_txn *txn = NULL;
    wp_error err;
    bool is_new = false;
    import_code code = run_txn(self, &txn);
    if (code != IMPORT_DONE)
        return code;
    wp_status status = store_row(self, row, hash, &is_new, &err);
    bool is_seen = self->options->is_dry_run && is_new && row->type != FACT_TIE &&
                   !people_see(&self->people, hash);
    what->outcome = is_new && !is_seen ? OUTCOME_ADDED : OUTCOME_KNOWN;
    return run_check(self, status, &err, what);
}
