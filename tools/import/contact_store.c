/*
 * What a row of an address book is stored as: a person with the first employment, further
 * employments, the connection to the owner, that the owner keeps the person private, and opt-outs.
 */
#include <string.h>

#include "import/connection.h"
#include "import/optout.h"

static const char *value_at(const char *const *items, size_t count, size_t at)
{
    return at < count ? items[at] : NULL;
}

/* The company as facts name it, with its domain told when both are there. */
static import_code name_company(table *at, const contact *from, wp_identity *out)
{
    const char *name = value_at(from->companies, from->company_count, 0);
    *out = (wp_identity){0};
    if (from->domain == NULL) {
        if (name != NULL)
            *out = (wp_identity){WP_IDENTITY_COMPANY_NAME, name};
        return IMPORT_DONE;
    }
    *out = (wp_identity){WP_IDENTITY_DOMAIN, from->domain};
    fact_begin(&at->fact, FACT_COMPANY);
    at->fact.identities[0] = *out;
    at->fact.identity_count = 1;
    at->fact.name = name;
    return table_store(at);
}

static import_code store_person_fact(table *at, const contact *from)
{
    wp_identity company;
    import_code code = name_company(at, from, &company);
    fact_begin(&at->fact, FACT_PERSON);
    memcpy(at->fact.identities, from->identities, from->identity_count * sizeof *from->identities);
    at->fact.identity_count = from->identity_count;
    at->fact.name = contact_name(at, from);
    at->fact.company = company;
    at->fact.title = value_at(from->titles, from->title_count, 0);
    if (!fact_set_days(&at->fact, from->from_day, from->to_day))
        run_note(at->run, NOTE_BAD_DAY);
    return code == IMPORT_DONE ? table_store(at) : code;
}

/* Companies beyond the first, each with the title at its place. */
static import_code store_employments(table *at, const contact *from)
{
    import_code code = IMPORT_DONE;
    for (size_t i = 1; i < from->company_count && code == IMPORT_DONE; i++) {
        if (from->companies[i] == NULL)
            continue;
        fact_begin(&at->fact, FACT_EMPLOYMENT);
        at->fact.person = from->identities[0];
        at->fact.company = (wp_identity){WP_IDENTITY_COMPANY_NAME, from->companies[i]};
        at->fact.title = value_at(from->titles, from->title_count, i);
        code = table_store(at);
    }
    return code;
}

static import_code store_private(table *at, const contact *from)
{
    fact_begin(&at->fact, FACT_PRIVATE);
    at->fact.person = owner_identity(at->run->owner);
    at->fact.other = from->identities[0];
    at->fact.is_whole = true;
    return table_store(at);
}

static import_code store_consent(table *at, const contact *from)
{
    if (from->unwanted == 0)
        return IMPORT_DONE;
    optout_fill(&at->fact, from->identities[0], from->unwanted);
    return table_store(at);
}

import_code contact_store(table *at, const contact *from, csv_row *row)
{
    bool is_own = false;
    import_code code = store_person_fact(at, from);
    /* What else the row says would bring her back by an identity that she had not then. */
    if (at->refused.outcome == OUTCOME_SKIPPED && at->refused.reason == REASON_ERASED)
        return code;
    if (code == IMPORT_DONE)
        code = store_employments(at, from);
    for (size_t i = 0; i < from->identity_count; i++)
        is_own = is_own || owner_is(at->run->owner, &from->identities[i]);
    if (code == IMPORT_DONE && from->connected_s != WP_TIME_NONE && !is_own)
        code = connection_store(at, from, row);
    if (code == IMPORT_DONE && from->is_private && !is_own)
        code = store_private(at, from);
    return code == IMPORT_DONE ? store_consent(at, from) : code;
}
