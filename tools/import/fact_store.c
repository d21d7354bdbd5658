/*
 * Facts stored: one function a type. A fact is known when storing it changes nothing that can be
 * asked for: the person or company exists, the employment, tie or decision says the same.
 *
 * In a dry run every function looks up what it would have written, and nothing else. What earlier
 * rows would have brought is remembered (fact_seen.h), and what later rows depend on (rehearsal.h).
 */
#include <stdlib.h>
#include <string.h>

#include "import/fact.h"
#include "import/fact_seen.h"
#include "import/rehearsal.h"
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

/* For a dry run: the company a reference names, remembered when unknown. */
static wp_status see_company_ref(run *self, const wp_identity *ref, uint64_t seen, wp_number *out,
                                 wp_error *err)
{
    wp_status status = store_find_seen(self, ref, seen, out, err);
    if (status == WP_OK && *out == 0)
        (void)people_see(&self->people, seen);
    return status;
}

/* The company a reference names, created when unknown (dry run: 0). */
static wp_status store_company_ref(run *self, const wp_identity *ref, wp_number *out, wp_error *err)
{
    wp_company_facts facts = WP_COMPANY_FACTS_INIT;
    if (self->options->is_dry_run)
        return see_company_ref(self, ref, store_seen_hash(self, ref), out, err);
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
    const char *aliases[FACT_SPELLINGS_MAX];
    bool has_identity = row->identity_count > 0;
    wp_status status = WP_OK;
    if (row->other.text != NULL)
        status = store_company_ref(self, &row->other, &facts.parent, err);
    if (self->options->is_dry_run) {
        const wp_identity *known_by = has_identity ? row->identities : &by_name;
        size_t count = has_identity ? row->identity_count : 1;
        fact_seen seen;
        if (status == WP_OK)
            status = fact_seen_company(self, known_by, count, &seen, is_new, err);
        return status == WP_OK ? rehearse_same(self, row, &seen, err) : status;
    }
    for (size_t i = 0; i < row->spelling_count; i++)
        aliases[i] = row->spellings[i].name;
    facts.identities = row->identities;
    facts.identity_count = row->identity_count;
    facts.name = row->name;
    facts.us = row->us;
    facts.aliases = aliases;
    facts.alias_count = row->spelling_count;
    return status == WP_OK ? wp_company_put(self->txn, &facts, &company, is_new, err) : status;
}

/* Whether the employment holds already. */
static wp_status is_employed(run *self, const wp_employment *wanted, bool *is_known, wp_error *err)
{
    wp_company company;
    wp_employment at = {.person = wanted->person};
    *is_known = false;
    if (wanted->person == 0 || wanted->company == 0)
        return WP_OK;
    wp_status status = wp_company_get(self->txn, wanted->company, &company, err);
    wp_number number = company.number;
    while (status == WP_OK && !*is_known) {
        status = wp_employment_next(self->txn, &at, err);
        bool is_same_title =
            status == WP_OK &&
            (wanted->title == NULL || (at.title != NULL && strcmp(wanted->title, at.title) == 0));
        *is_known = is_same_title && !at.is_suggested && at.company == number &&
                    at.from_day == wanted->from_day && at.to_day == wanted->to_day;
    }
    return status == WP_ENOTFOUND ? WP_OK : status;
}

/* Whether a statement of the same source says all that a row says, or what it keeps instead. */
static bool says_all(const wp_employment *stated, const wp_employment *wanted)
{
    const char *a = stated->title, *b = wanted->title;
    size_t a_bytes = a == NULL ? 0 : strlen(a), b_bytes = b == NULL ? 0 : strlen(b);
    bool has_end = wanted->to_day == WP_DAY_NONE ||
                   (stated->to_day != WP_DAY_NONE && stated->to_day >= wanted->to_day);
    bool has_title = b == NULL || a_bytes > b_bytes || (a_bytes == b_bytes && strcmp(a, b) <= 0);
    return has_end && has_title && stated->from_day == wanted->from_day;
}

/* Whether a statement is about a company: a dry run knows it by the number that stands for all. */
static bool is_about(run *self, const wp_employment *stated, wp_number company)
{
    wp_company found;
    wp_error unused;
    return stated->company == company ||
           (self->options->is_dry_run &&
            wp_company_get(self->txn, stated->company, &found, &unused) == WP_OK &&
            found.number == company);
}

/* Whether the source of the import states the employment, whatever others say of it: of the very
 * number that the row's identity has, which a dry run still has to look for. */
static wp_status is_own(run *self, const fact *row, wp_employment *wanted, bool *is_known,
                        wp_error *err)
{
    wp_status status = WP_OK;
    const wp_identity *who = row->identity_count > 0 ? &row->identities[0] : &row->person;
    if (wanted->person == 0 || wanted->company == 0)
        return WP_OK;
    if (self->options->is_dry_run)
        status = store_person_unstated(self, who, &wanted->person, err);
    if (status != WP_OK)
        return status;
    wp_employment at = {.person = wanted->person};
    while (!*is_known && (status = wp_employment_statement_next(self->txn, &at, err)) == WP_OK &&
           at.person == wanted->person)
        *is_known = at.source == self->stated_by_number && says_all(&at, wanted) &&
                    is_about(self, &at, wanted->company);
    return status == WP_ENOTFOUND ? WP_OK : status;
}

/* The same for a dry run: also by what earlier rows say of the two, who may have become one with
 * others that are stored. */
static wp_status rehearse_employed(run *self, const fact *row, const fact_seen *seen,
                                   const wp_employment *wanted, bool *is_known, wp_error *err)
{
    wp_employment at = *wanted, other = *wanted;
    wp_status status = rehearse_ends(self, row, seen, &at, &other, err);
    for (int i = 0; i < 4 && status == WP_OK && !*is_known; i++) {
        wp_employment tried = *wanted;
        tried.person = (i & 1) != 0 ? other.person : at.person;
        tried.company = (i & 2) != 0 ? other.company : at.company;
        status = is_employed(self, &tried, is_known, err);
    }
    return status;
}

static wp_status store_employment(run *self, const fact *row, wp_number person,
                                  const fact_seen *seen, bool *is_new, wp_error *err)
{
    bool is_known = false;
    wp_employment employment = {
        .person = person, .title = row->title, .from_day = row->from_day, .to_day = row->to_day};
    bool is_dry_run = self->options->is_dry_run;
    wp_status status =
        is_dry_run ? see_company_ref(self, &row->company, seen->company, &employment.company, err)
                   : store_company_ref(self, &row->company, &employment.company, err);
    if (status == WP_OK)
        status = is_employed(self, &employment, &is_known, err);
    if (status == WP_OK && !is_known && is_dry_run)
        status = rehearse_employed(self, row, seen, &employment, &is_known, err);
    if (status == WP_OK && !is_known)
        status = is_own(self, row, &employment, &is_known, err);
    *is_new = !is_known;
    if (status == WP_OK && *is_new && is_dry_run) {
        bool was_said = rehearse_had_employment(self, row, seen);
        *is_new = fact_see_employment(self, row, seen) && rehearse_employment(self, row, seen) &&
                  !was_said;
    }
    if (status != WP_OK || is_dry_run)
        return status;
    return wp_employment_put(self->txn, &employment, err);
}

static wp_status put_person(run *self, const fact *row, fact_seen *seen, wp_number *person,
                            bool *is_new, wp_error *err)
{
    wp_person_facts facts = WP_PERSON_FACTS_INIT;
    facts.identities = row->identities;
    facts.identity_count = row->identity_count;
    facts.name = row->name;
    facts.title = row->company.text == NULL ? row->title : NULL;
    facts.us = row->us;
    facts.has_no_company = row->has_no_company;
    if (self->options->is_dry_run) {
        wp_status found = fact_seen_person(self, row, seen, person, is_new, err);
        return found == WP_OK ? rehearse_same(self, row, seen, err) : found;
    }
    wp_status status = find_any(self, row->identities, row->identity_count, person, err);
    if (status != WP_OK)
        return status;
    *is_new = *person == 0;
    facts.spellings = row->spellings;
    facts.spelling_count = row->spelling_count;
    facts.has_totals = true; /* so that importing it again changes nothing */
    return wp_person_put(self->txn, &facts, person, NULL, err);
}

static wp_status store_person_row(run *self, const fact *row, bool *is_new, wp_error *err)
{
    wp_number person = 0;
    bool is_employment_new = false;
    fact_seen seen;
    if (self->options->is_dry_run)
        fact_seen_begin(self, row, &seen);
    wp_status status = put_person(self, row, &seen, &person, is_new, err);
    if (status != WP_OK || row->company.text == NULL)
        return status;
    status = store_employment(self, row, person, &seen, &is_employment_new, err);
    *is_new = *is_new || is_employment_new;
    return status;
}

static wp_status store_employment_row(run *self, const fact *row, bool *is_new, wp_error *err)
{
    wp_number person = 0;
    fact_seen seen;
    if (self->options->is_dry_run)
        fact_seen_begin(self, row, &seen);
    wp_status status = store_person(self, &row->person, strlen(row->person.text), &person, err);
    return status == WP_OK ? store_employment(self, row, person, &seen, is_new, err) : status;
}

static wp_status put_recipients(run *self, const fact *row, wp_participant *to, size_t *count,
                                wp_error *err)
{
    wp_status status = WP_OK;
    for (size_t i = 0; i < row->to_count && status == WP_OK; i++) {
        const wp_identity *who = &row->to[i].who;
        to[*count].role = row->to[i].role;
        status = store_person(self, who, strlen(who->text), &to[*count].person, err);
        status = store_count_recipient(status, count);
    }
    return status == WP_OK ? store_check_left(row->to_count, *count, err) : status;
}

/* A series can be from nobody. */
static wp_status store_sender(run *self, const fact *row, wp_number *from, wp_error *err)
{
    *from = 0;
    return row->person.text == NULL
               ? WP_OK
               : store_person(self, &row->person, strlen(row->person.text), from, err);
}

static wp_status put_interaction(run *self, const fact *row, wp_participant *to, bool *is_new,
                                 wp_error *err)
{
    wp_interaction interaction = WP_INTERACTION_INIT;
    size_t count = 0;
    wp_status status = store_sender(self, row, &interaction.from, err);
    if (status == WP_OK)
        status = put_recipients(self, row, to, &count, err);
    if (status != WP_OK)
        return status;
    interaction.source = row->source;
    interaction.kind = row->kind;
    interaction.time_s = row->time_s;
    interaction.to = to;
    interaction.to_count = store_unique(to, count);
    interaction.valence = row->valence;
    interaction.reply_to = row->reply_to;
    interaction.flags = row->flags | (row->is_cancelled ? WP_INTERACTION_CANCELLED : 0);
    interaction.revision = row->revision;
    interaction.series_revision = row->series_revision;
    interaction.sums = row->kind == WP_KIND_SUMMARY ? &row->sums : NULL;
    return wp_interaction_put(self->txn, &interaction, is_new, err);
}

/* For a dry run: name whom storing would name, and refuse what it would because of people erased.
 */
static wp_status refuse_interaction(run *self, const fact *row, wp_error *err)
{
    size_t count = 0;
    wp_number found;
    wp_status status = store_sender(self, row, &found, err);
    for (size_t i = 0; i < row->to_count && status == WP_OK; i++) {
        const wp_identity *who = &row->to[i].who;
        status = store_person(self, who, strlen(who->text), &found, err);
        status = store_count_recipient(status, &count);
    }
    return status == WP_OK ? store_check_left(row->to_count, count, err) : status;
}

static wp_status store_interaction(run *self, const fact *row, bool *is_new, wp_error *err)
{
    uint64_t number = 0;
    bool is_dry_run = self->options->is_dry_run;
    uint64_t hash =
        is_dry_run ? people_hash(&self->people, WP_IDENTITY_ID, row->source, strlen(row->source))
                   : 0;
    people_fetch_seen(&self->people, hash);
    rehearse_fetch_interaction(self, hash);
    wp_status status = wp_interaction_find(self->txn, row->source, &number, err);
    *is_new = status == WP_ENOTFOUND;
    if (status != WP_OK && status != WP_ENOTFOUND)
        return status;
    if (is_dry_run) {
        status = refuse_interaction(self, row, err);
        return status == WP_OK ? rehearse_interaction(self, row, hash, number, is_new, err)
                               : status;
    }
    wp_participant *to = calloc(row->to_count + 1, sizeof *to);
    if (to == NULL) {
        *err = (wp_error){WP_ENOMEM, "memory is exhausted"};
        return WP_ENOMEM;
    }
    status = put_interaction(self, row, to, is_new, err);
    free(to);
    return status;
}

static uint64_t hash_of(const run *self, const wp_identity *who)
{
    return people_hash(&self->people, who->kind, who->text, strlen(who->text));
}

static wp_status store_tie_row(run *self, const fact *row, bool *is_new, wp_error *err)
{
    wp_stated_tie tie = row->tie;
    uint64_t from = hash_of(self, &row->person), to = hash_of(self, &row->other);
    *is_new = false;
    wp_status status = store_person_of(self, &row->person, from, &tie.from, err);
    if (status == WP_OK)
        status = store_person_of(self, &row->other, to, &tie.to, err);
    if (status == WP_OK)
        status = store_tie(self, &tie, store_pair_hash(self, from, to), is_new, err);
    wp_stated_tie back = tie;
    back.from = tie.to;
    back.to = tie.from;
    if (status == WP_OK && row->is_both)
        status = store_tie(self, &back, store_pair_hash(self, to, from), is_new, err);
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
    bool is_same_introductions =
        row->introductions == WP_CHOICE_UNSAID ||
        (person.introductions == row->introductions && person.introductions_since == row->from_day);
    bool is_same_contact =
        row->contact == WP_CHOICE_UNSAID ||
        (person.contact == row->contact && person.contact_since == row->from_day);
    bool is_same_sharing = row->sharing == WP_SHARING_UNSAID ||
                           (row->sharing != WP_SHARING_GROUPS && person.sharing == row->sharing &&
                            person.sharing_since == row->from_day);
    *is_known = is_same_introductions && is_same_contact && is_same_sharing;
    return WP_OK;
}

/* Whether a choice that is stored, by its rank, holds against what a row says of the same matter.
 */
static bool holds(unsigned stored, int32_t since, unsigned said, const fact *row)
{
    if (stored == 0 || since < row->from_day)
        return false;
    return since > row->from_day || stored >= said;
}

/* Whether the source of the import states the decision of one matter, or a later one, whatever
 * others say: of one source the later decision holds, and of two on one day the stricter one. */
static wp_status is_own_decision(run *self, const fact *row, wp_number number, bool *is_known,
                                 wp_error *err)
{
    wp_consent at = WP_CONSENT_INIT;
    bool has_introductions = row->introductions == WP_CHOICE_UNSAID;
    bool has_contact = row->contact == WP_CHOICE_UNSAID;
    bool has_sharing = row->sharing == WP_SHARING_UNSAID;
    wp_status status = WP_OK;
    at.person = number;
    if (number == 0)
        return WP_OK;
    while ((status = wp_consent_statement_next(self->txn, &at, err)) == WP_OK &&
           at.person == number) {
        bool is_own = at.source == self->stated_by_number;
        has_introductions |= is_own && holds(wp_choice_rank(at.introductions), at.since,
                                             wp_choice_rank(row->introductions), row);
        has_contact |= is_own && holds(wp_choice_rank(at.contact), at.since,
                                       wp_choice_rank(row->contact), row);
        has_sharing |= is_own && holds(at.sharing, at.since, row->sharing, row) &&
                       (at.sharing != WP_SHARING_GROUPS || at.since > row->from_day);
    }
    *is_known = has_introductions && has_contact && has_sharing;
    return status == WP_ENOTFOUND ? WP_OK : status;
}

/* The group with a name, stated when unknown (dry run: 0). */
static wp_status store_group_ref(run *self, const char *name, wp_number *out, bool *is_new,
                                 wp_error *err)
{
    if (!self->options->is_dry_run)
        return wp_group_put(self->txn, name, out, is_new, err);
    wp_status status = wp_group_find(self->txn, name, out, err);
    *is_new = status == WP_ENOTFOUND;
    return status == WP_ENOTFOUND ? WP_OK : status;
}

/* The groups that somebody shares with. */
static wp_status store_groups(run *self, const fact *row, wp_number *groups, wp_error *err)
{
    bool is_new;
    wp_status status = WP_OK;
    for (size_t i = 0; i < row->identity_count && status == WP_OK; i++)
        status = store_group_ref(self, row->identities[i].text, &groups[i], &is_new, err);
    return status;
}

static wp_status store_consent(run *self, const fact *row, bool *is_new, wp_error *err)
{
    bool is_known = false;
    wp_number groups[FACT_IDENTITIES_MAX];
    wp_consent consent = WP_CONSENT_INIT;
    wp_status status =
        store_person(self, &row->person, strlen(row->person.text), &consent.person, err);
    if (status == WP_OK)
        status = is_decided(self, row, consent.person, &is_known, err);
    if (status == WP_OK && !is_known)
        status = is_own_decision(self, row, consent.person, &is_known, err);
    *is_new = !is_known;
    if (status != WP_OK || self->options->is_dry_run)
        return status;
    consent.introductions = row->introductions;
    consent.contact = row->contact;
    consent.since = row->from_day;
    consent.sharing = row->sharing;
    consent.groups = groups;
    consent.group_count = row->identity_count;
    status = store_groups(self, row, groups, err);
    return status == WP_OK ? wp_consent_put(self->txn, &consent, err) : status;
}

/* Whether a tie is private to its owner by this source. */
static wp_status is_private(run *self, const wp_private *wanted, bool *is_known, wp_error *err)
{
    wp_private at = *wanted;
    *is_known = false;
    if (wanted->person == 0 || wanted->owner == 0)
        return WP_OK;
    /* The cursor goes on from what it is given, so begin just before it. */
    at.source = self->stated_by_number;
    if (at.source > 0)
        at.source--;
    else
        at = (wp_private){wanted->person, wanted->owner - 1, UINT32_MAX, false};
    wp_status status = wp_private_statement_next(self->txn, &at, err);
    *is_known = status == WP_OK && at.person == wanted->person && at.owner == wanted->owner &&
                at.source == self->stated_by_number && (at.is_whole || !wanted->is_whole);
    return status == WP_ENOTFOUND ? WP_OK : status;
}

static wp_status store_private(run *self, const fact *row, bool *is_new, wp_error *err)
{
    bool is_known = false;
    wp_private statement = {.is_whole = row->is_whole};
    wp_status status =
        store_person(self, &row->other, strlen(row->other.text), &statement.person, err);
    if (status == WP_OK)
        status = store_person(self, &row->person, strlen(row->person.text), &statement.owner, err);
    if (status == WP_OK)
        status = is_private(self, &statement, &is_known, err);
    *is_new = !is_known;
    if (status != WP_OK || self->options->is_dry_run)
        return status;
    return wp_private_put(self->txn, &statement, true, err);
}

/* The opportunity with an id; 0: there is none. */
static wp_status find_opportunity(run *self, const char *id, wp_number *out, wp_error *err)
{
    wp_status status = wp_opportunity_find(self->txn, id, out, err);
    return status == WP_ENOTFOUND ? WP_OK : status;
}

static wp_status store_opportunity(run *self, const fact *row, bool *is_new, wp_error *err)
{
    static const wp_opportunity_state states[] = {[FACT_OPEN] = WP_OPPORTUNITY_OPEN,
                                                  [FACT_WON] = WP_OPPORTUNITY_WON,
                                                  [FACT_LOST] = WP_OPPORTUNITY_LOST};
    wp_number number = 0;
    wp_opportunity opportunity = WP_OPPORTUNITY_INIT;
    wp_status status = find_opportunity(self, row->source, &number, err);
    *is_new = number == 0;
    if (status != WP_OK)
        return status;
    if (row->company.text != NULL)
        status = store_company_ref(self, &row->company, &opportunity.company, err);
    if (status == WP_OK && row->person.text != NULL)
        status =
            store_person(self, &row->person, strlen(row->person.text), &opportunity.owner, err);
    if (status != WP_OK && status != WP_EERASED) /* it goes without an owner then */
        return status;
    if (self->options->is_dry_run) {
        *is_new &= fact_see_opportunity(self, row);
        return WP_OK;
    }
    opportunity.id = row->source;
    opportunity.name = row->name;
    opportunity.amount = row->amount;
    opportunity.currency = row->currency;
    opportunity.stage = row->stage;
    opportunity.state = states[row->state];
    opportunity.created_day = row->from_day;
    opportunity.closed_day = row->to_day;
    return wp_opportunity_put(self->txn, &opportunity, NULL, is_new, err);
}

/* Whether somebody has a part in an opportunity, as any source states it. */
static wp_status has_role(run *self, wp_number opportunity, wp_number person, bool *is_known,
                          wp_error *err)
{
    wp_contact_role at = {.opportunity = opportunity, .person = person - 1, .source = UINT32_MAX};
    *is_known = false;
    if (opportunity == 0 || person == 0)
        return WP_OK;
    wp_status status = wp_contact_role_next(self->txn, &at, err);
    *is_known = status == WP_OK && at.opportunity == opportunity && at.person == person;
    return status == WP_ENOTFOUND ? WP_OK : status;
}

static wp_status store_role(run *self, const fact *row, bool *is_new, wp_error *err)
{
    bool is_known = false;
    wp_opportunity stub = WP_OPPORTUNITY_INIT;
    wp_contact_role role = {.role = row->role, .is_primary = row->is_primary};
    wp_status status =
        store_person(self, &row->person, strlen(row->person.text), &role.person, err);
    if (status == WP_OK)
        status = find_opportunity(self, row->source, &role.opportunity, err);
    if (status == WP_OK)
        status = has_role(self, role.opportunity, role.person, &is_known, err);
    *is_new = !is_known;
    if (self->options->is_dry_run && role.opportunity == 0)
        (void)fact_see_opportunity(self, row);
    if (status != WP_OK || self->options->is_dry_run)
        return status;
    stub.id = row->source;
    if (role.opportunity == 0)
        status = wp_opportunity_put(self->txn, &stub, &role.opportunity, NULL, err);
    return status == WP_OK ? wp_contact_role_put(self->txn, &role, err) : status;
}

/* A source of a dump, which may state nothing else. */
static wp_status store_source(run *self, const fact *row, bool *is_new, wp_error *err)
{
    uint32_t number = 0;
    wp_status status = WP_OK;
    if (self->options->is_dump)
        status = wp_source_put(self->txn, row->name, row->title, WP_TIME_NONE, &number, err);
    *is_new = self->options->is_dump;
    return status;
}

/* A setting of a dump; an import is no reason to change it. */
static wp_status store_setting(run *self, const fact *row, bool *is_new, wp_error *err)
{
    wp_status status = WP_OK;
    *is_new = self->options->is_dump;
    if (!self->options->is_dump || self->options->is_dry_run)
        return WP_OK;
    if (row->has_people_max)
        status = wp_together_put(self->txn, row->people_max, err);
    return status == WP_OK ? wp_settings_put(self->txn, &row->settings, err) : status;
}

/* Likewise: an import suppresses nobody. */
static wp_status store_suppressed(run *self, const fact *row, bool *is_new, wp_error *err)
{
    *is_new = self->options->is_dump;
    return self->options->is_dump ? wp_suppression_put(self->txn, &row->suppression, err) : WP_OK;
}

/* What was done by hand to who is whom: lines of a dump. Whom only they name is stated by nobody.
 * What an import says of who is whom is its own: see jsonl.c. */
static wp_status store_merge(run *self, const fact *row, bool *is_new, wp_error *err)
{
    wp_number a = 0, b = 0;
    wp_status status = wp_person_keep(self->txn, &row->identities[0], &a, err);
    *is_new = true;
    if (status != WP_OK || row->type == FACT_APART)
        return status == WP_OK ? wp_person_set_apart(self->txn, a, true, err) : status;
    status = wp_person_keep(self->txn, &row->identities[1], &b, err);
    return status == WP_OK ? wp_person_merge(self->txn, a, b, err) : status;
}

static wp_status find_side(run *self, const wp_identity *identity, wp_side *out, wp_error *err)
{
    bool is_new;
    if (identity->kind == FACT_IDENTITY_GROUP) {
        out->kind = WP_SIDE_GROUP;
        return store_group_ref(self, identity->text, &out->number, &is_new, err);
    }
    switch (identity->kind) {
    case WP_IDENTITY_EMAIL:
    case WP_IDENTITY_ID:
    case WP_IDENTITY_LINKEDIN:
        out->kind = WP_SIDE_PERSON;
        return store_person(self, identity, strlen(identity->text), &out->number, err);
    case WP_IDENTITY_DOMAIN:
    case WP_IDENTITY_COMPANY_ID:
    case WP_IDENTITY_COMPANY_NAME:
        break;
    }
    out->kind = WP_SIDE_COMPANY;
    return store_company_ref(self, identity, &out->number, err);
}

static wp_status store_group(run *self, const fact *row, bool *is_new, wp_error *err)
{
    wp_number group = 0;
    return store_group_ref(self, row->name, &group, is_new, err);
}

/* Whether the source of the import states a member already. */
static wp_status is_in_group(run *self, const wp_member *wanted, bool *is_known, wp_error *err)
{
    wp_member at = *wanted;
    *is_known = false;
    if (wanted->group == 0 || wanted->who.number == 0)
        return WP_OK;
    /* The cursor goes on from what it is given, so begin just before it. */
    at.source = self->stated_by_number - 1;
    if (self->stated_by_number == WP_SOURCE_HAND)
        at = (wp_member){wanted->group, {wanted->who.kind, wanted->who.number - 1}, UINT32_MAX};
    wp_status status = wp_member_statement_next(self->txn, &at, err);
    *is_known = status == WP_OK && at.group == wanted->group && at.who.kind == wanted->who.kind &&
                at.who.number == wanted->who.number && at.source == self->stated_by_number;
    return status == WP_ENOTFOUND ? WP_OK : status;
}

static wp_status store_member(run *self, const fact *row, bool *is_new, wp_error *err)
{
    wp_member member = {.source = 0};
    bool is_known = false, is_new_group;
    wp_status status = store_group_ref(self, row->name, &member.group, &is_new_group, err);
    if (status == WP_OK)
        status = find_side(self, &row->identities[0], &member.who, err);
    if (status == WP_OK)
        status = is_in_group(self, &member, &is_known, err);
    *is_new = !is_known;
    if (status != WP_OK || is_known || self->options->is_dry_run)
        return status;
    return wp_member_put(self->txn, &member, true, err);
}

static bool is_same_side(wp_side a, wp_side b)
{
    return a.kind == b.kind && a.number == b.number;
}

/* Whether the source of the import states a barrier already. There are few. */
static wp_status is_kept_apart(run *self, const wp_barrier *wanted, bool *is_known, wp_error *err)
{
    wp_barrier at = {.source = 0};
    wp_status status = WP_OK;
    *is_known = false;
    while (!*is_known && (status = wp_barrier_statement_next(self->txn, &at, err)) == WP_OK)
        *is_known = at.source == self->stated_by_number &&
                    ((is_same_side(at.a, wanted->a) && is_same_side(at.b, wanted->b)) ||
                     (is_same_side(at.a, wanted->b) && is_same_side(at.b, wanted->a)));
    return status == WP_ENOTFOUND ? WP_OK : status;
}

static wp_status store_barrier(run *self, const fact *row, bool *is_new, wp_error *err)
{
    wp_barrier barrier = {.source = 0};
    bool is_known = false;
    wp_status status = find_side(self, &row->identities[0], &barrier.a, err);
    if (status == WP_OK)
        status = find_side(self, &row->identities[1], &barrier.b, err);
    if (status == WP_OK)
        status = is_kept_apart(self, &barrier, &is_known, err);
    *is_new = !is_known;
    if (status != WP_OK || self->options->is_dry_run)
        return status;
    return wp_barrier_put(self->txn, &barrier, true, err);
}

static wp_status store_row(run *self, const fact *row, bool *is_new, wp_error *err)
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
        return store_tie_row(self, row, is_new, err);
    case FACT_CONSENT:
        return store_consent(self, row, is_new, err);
    case FACT_PRIVATE:
        return store_private(self, row, is_new, err);
    case FACT_GROUP:
        return store_group(self, row, is_new, err);
    case FACT_MEMBER:
        return store_member(self, row, is_new, err);
    case FACT_BARRIER:
        return store_barrier(self, row, is_new, err);
    case FACT_OPPORTUNITY:
        return store_opportunity(self, row, is_new, err);
    case FACT_ROLE:
        return store_role(self, row, is_new, err);
    case FACT_MERGE:
    case FACT_APART:
        return store_merge(self, row, is_new, err);
    case FACT_SOURCE:
        return store_source(self, row, is_new, err);
    case FACT_SETTING:
        return store_setting(self, row, is_new, err);
    case FACT_SUPPRESSED:
        return store_suppressed(self, row, is_new, err);
    case FACT_SERIES:
    case FACT_UNKNOWN:
        break;
    }
    return WP_OK;
}

/* Store the row once for each source that states it. Of a dump alone; otherwise once. */
static wp_status store_stated(run *self, const fact *row, bool *is_new, import_code *code,
                              wp_error *err)
{
    wp_status status = WP_OK;
    wp_txn *txn = NULL;
    size_t count = self->options->is_dump && row->source_count > 1 ? row->source_count : 1;
    for (size_t i = 0; i < count && status == WP_OK && *code == IMPORT_DONE; i++) {
        bool is_changed = false;
        if (self->options->is_dump)
            *code = run_use_source(self, row->source_count > 0 ? row->sources[i] : NULL);
        if (*code == IMPORT_DONE)
            *code = run_txn(self, &txn);
        if (*code == IMPORT_DONE)
            status = store_row(self, row, &is_changed, err);
        *is_new |= is_changed;
    }
    return status;
}

import_code fact_store(run *self, const fact *row, uint64_t hash, verdict *what)
{
    wp_error err;
    bool is_new = false;
    import_code code = IMPORT_DONE;
    if (self->is_checking) {
        what->outcome = OUTCOME_ADDED;
        return IMPORT_DONE;
    }
    wp_status status = store_stated(self, row, &is_new, &code, &err);
    if (code != IMPORT_DONE)
        return code;
    bool is_seen = self->options->is_dry_run && is_new && fact_is_known_by_row(row) &&
                   !people_see(&self->people, hash);
    what->outcome = is_new && !is_seen ? OUTCOME_ADDED : OUTCOME_KNOWN;
    return run_check(self, status, &err, what);
}
