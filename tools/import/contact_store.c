/*
 * What a row of an address book is stored as: a person with the first employment, further
 * employments, the connection to the owner, and that the owner keeps the person private.
 */
#include <string.h>

#include "import/contact.h"
#include "import/store.h"

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

/* Look up the owner's profile, so that a connection is called the same in every import. */
static import_code find_owner_slug(table *at)
{
    owner *self = at->run->owner;
    wp_identity who = owner_identity(self);
    wp_number number = 0;
    wp_person person;
    wp_error err;
    wp_txn *txn = NULL;
    if (self->slug[0] != '\0' || at->run->is_checking)
        return IMPORT_DONE;
    import_code code = run_txn(at->run, &txn);
    if (code != IMPORT_DONE)
        return code;
    wp_status status = store_find(at->run, &who, &number, &err);
    if (status == WP_OK && number != 0)
        status = wp_person_get(txn, number, 0, &person, &err);
    if (status != WP_OK)
        return run_fail_database(at->run, &err);
    for (size_t i = 0; number != 0 && i < person.identity_count; i++)
        if (person.identities[i].kind == WP_IDENTITY_LINKEDIN && self->slug[0] == '\0')
            snprintf(self->slug, sizeof self->slug, "%s", person.identities[i].text);
    return IMPORT_DONE;
}

static const wp_identity *best_key(const contact *from)
{
    for (size_t i = 0; i < from->identity_count; i++)
        if (from->identities[i].kind == WP_IDENTITY_LINKEDIN)
            return &from->identities[i];
    return &from->identities[0];
}

static import_code store_connection(table *at, const contact *from, csv_row *row)
{
    char id[OWNER_SOURCE_BYTES];
    owner *self = at->run->owner;
    wp_identity who = owner_identity(self);
    if (who.kind == 0) {
        run_note(at->run, NOTE_CONNECTION);
        return IMPORT_DONE;
    }
    import_code code = find_owner_slug(at);
    if (code != IMPORT_DONE)
        return code;
    owner_source(self->slug[0] != '\0' ? self->slug : who.text, best_key(from)->text, id);
    fact_begin(&at->fact, FACT_INTERACTION);
    at->fact.kind = WP_KIND_CONNECTION;
    at->fact.person = who;
    at->fact.source = id;
    at->fact.time_s = from->connected_s;
    if (!fact_add_recipient(&at->fact, from->identities[0], WP_ROLE_TO, &row->what))
        return run_fail_input(at->run, row->where.line, row->where.byte, "memory is exhausted");
    return table_store(at);
}

static import_code store_private(table *at, const contact *from)
{
    fact_begin(&at->fact, FACT_PRIVATE);
    at->fact.person = owner_identity(at->run->owner);
    at->fact.other = from->identities[0];
    at->fact.is_whole = true;
    return table_store(at);
}

import_code contact_store(table *at, const contact *from, csv_row *row)
{
    bool is_own = false;
    import_code code = store_person_fact(at, from);
    if (code == IMPORT_DONE)
        code = store_employments(at, from);
    for (size_t i = 0; i < from->identity_count; i++)
        is_own = is_own || owner_is(at->run->owner, &from->identities[i]);
    if (code == IMPORT_DONE && from->connected_s != WP_TIME_NONE && !is_own)
        code = store_connection(at, from, row);
    if (code == IMPORT_DONE && from->is_private && !is_own)
        code = store_private(at, from);
    return code;
}
