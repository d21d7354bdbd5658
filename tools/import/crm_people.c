/*
 * CRM contacts, users and companies.
 *
 * Consent. A contact who opted out of mail or of calls is not asked for introductions; one who
 * opted out of both must not be contacted at all and is in no path. A box that is not ticked says
 * nothing: an import never takes back what somebody decided.
 */
#include <string.h>

#include "import/crm_row.h"
#include "import/crm_value.h"
#include "import/optout.h"

/* The n-th of texts joined by ";", kept; NULL: there are not as many. */
static const char *nth_text(crm_reader *self, const char *joined, size_t n)
{
    char one[256];
    for (; joined != NULL && n > 0; n--) {
        joined = strchr(joined, ';');
        joined = joined == NULL ? NULL : joined + 1;
    }
    if (joined == NULL)
        return NULL;
    size_t length = strcspn(joined, ";");
    if (length == 0 || length >= sizeof one)
        return NULL;
    memcpy(one, joined, length);
    one[length] = '\0';
    return crm_text(self, one);
}

static size_t count_texts(const char *joined)
{
    size_t count = joined == NULL ? 0 : 1;
    for (; joined != NULL && *joined != '\0'; joined++)
        count += *joined == ';' ? 1 : 0;
    return count;
}

static void add_addresses(crm_reader *self)
{
    fact *row = &self->scratch;
    const char *rest = crm_get(self, CRM_EMAILS);
    crm_add_identity(row, WP_IDENTITY_EMAIL, crm_email(self, crm_get(self, CRM_EMAIL)));
    for (size_t i = 0; i < count_texts(rest); i++)
        crm_add_identity(row, WP_IDENTITY_EMAIL, crm_email(self, nth_text(self, rest, i)));
}

import_code crm_take_consent(crm_reader *self, wp_identity person)
{
    if (self->unwanted == 0)
        return IMPORT_DONE;
    self->is_decided = true;
    optout_fill(&self->scratch, person, self->unwanted);
    return crm_take(self);
}

import_code crm_read_consent(crm_reader *self)
{
    const char *ids[CRM_IDS_MAX];
    import_code code = IMPORT_DONE;
    if (self->unwanted == 0)
        return IMPORT_DONE;
    fact_begin(&self->scratch, FACT_PERSON);
    crm_add_identity(&self->scratch, WP_IDENTITY_EMAIL, crm_email(self, crm_get(self, CRM_EMAIL)));
    if (crm_ids(self, CRM_CONTACT_IDS, ids) > 0)
        crm_add_identity(&self->scratch, WP_IDENTITY_ID, ids[0]);
    size_t count = self->scratch.identity_count;
    wp_identity person = self->scratch.identities[0];
    if (count > 1)
        code = crm_take(self);
    return code == IMPORT_DONE && count > 0 ? crm_take_consent(self, person) : code;
}

/* The companies after the first, which the person fact itself states. */
static import_code take_further_jobs(crm_reader *self, wp_identity person,
                                     const char *const ids[CRM_IDS_MAX], size_t count)
{
    import_code code = IMPORT_DONE;
    for (size_t i = 1; i < count && code == IMPORT_DONE; i++) {
        fact_begin(&self->scratch, FACT_EMPLOYMENT);
        self->scratch.person = person;
        self->scratch.company = (wp_identity){WP_IDENTITY_COMPANY_ID, ids[i]};
        code = crm_take(self);
    }
    return code;
}

/* The names of companies that stand beside their ids, when there is one for each. */
static import_code take_company_names(crm_reader *self, const char *const ids[CRM_IDS_MAX],
                                      size_t count)
{
    const char *names = crm_get(self, crm_is_hubspot(self) ? CRM_COMPANIES : CRM_COMPANY);
    import_code code = IMPORT_DONE;
    if (crm_is_hubspot(self) ? count_texts(names) != count : names == NULL)
        return IMPORT_DONE;
    for (size_t i = 0; i < count && code == IMPORT_DONE; i++) {
        const char *name = crm_is_hubspot(self) ? nth_text(self, names, i) : crm_text(self, names);
        fact_begin(&self->scratch, FACT_COMPANY);
        crm_add_identity(&self->scratch, WP_IDENTITY_COMPANY_ID, ids[i]);
        self->scratch.name = name;
        code = name == NULL ? IMPORT_DONE : crm_take(self);
    }
    return code;
}

/* Users are ours, but for those of portals and communities. */
static wp_us user_is_us(const crm_reader *self)
{
    const char *type = crm_get(self, CRM_USER_TYPE);
    bool is_user = self->map->table == CRM_SALESFORCE_USERS;
    return is_user && (type == NULL || strcmp(type, "Standard") == 0) ? WP_US_YES : WP_US_UNSAID;
}

/* The person fact; false: nothing names the person. */
static bool fill_person(crm_reader *self, const char *const *companies, size_t company_count)
{
    fact *row = &self->scratch;
    const char *name = crm_person_name(self), *title = crm_text(self, crm_get(self, CRM_TITLE));
    const char *id = crm_get(self, CRM_ID) == NULL ? NULL : crm_id(self, crm_get(self, CRM_ID));
    if (id == NULL && crm_get(self, CRM_ID) != NULL)
        crm_note(self, NOTE_BAD_ID);
    const char *company =
        crm_text(self, crm_get(self, CRM_COMPANY) == NULL ? crm_get(self, CRM_COMPANIES)
                                                          : crm_get(self, CRM_COMPANY));
    fact_begin(row, FACT_PERSON);
    add_addresses(self);
    crm_add_identity(row, WP_IDENTITY_ID, id);
    row->name = name;
    row->title = title;
    row->us = user_is_us(self);
    if (company_count > 0)
        row->company = (wp_identity){WP_IDENTITY_COMPANY_ID, companies[0]};
    else if (company != NULL)
        row->company = (wp_identity){WP_IDENTITY_COMPANY_NAME, company};
    return row->identity_count > 0 ||
           verdict_skip(self->what, REASON_NO_IDENTITY, "seen neither a usable address nor an id");
}

import_code crm_read_person(crm_reader *self)
{
    const char *companies[CRM_IDS_MAX];
    size_t company_count = crm_ids(self, CRM_COMPANY_IDS, companies);
    import_code code = take_company_names(self, companies, company_count);
    if (code != IMPORT_DONE || !fill_person(self, companies, company_count))
        return code;
    wp_identity person = self->scratch.identities[0];
    code = crm_take(self);
    if (code == IMPORT_DONE)
        code = take_further_jobs(self, person, companies, company_count);
    return code == IMPORT_DONE ? crm_take_consent(self, person) : code;
}

/* The company fact; false: nothing names the company. */
static bool fill_company(crm_reader *self)
{
    char domain[256];
    const char *id = crm_get(self, CRM_ID) == NULL ? NULL : crm_id(self, crm_get(self, CRM_ID));
    const char *name = crm_text(self, crm_get(self, CRM_NAME));
    const char *site = crm_get(self, CRM_DOMAIN);
    site = site == NULL ? crm_get(self, CRM_WEBSITE) : site;
    bool has_domain = site != NULL && crm_domain(site, domain, sizeof domain);
    if (site != NULL && !has_domain)
        crm_note(self, NOTE_BAD_DOMAIN);
    if (id == NULL && crm_get(self, CRM_ID) != NULL)
        crm_note(self, NOTE_BAD_ID);
    fact_begin(&self->scratch, FACT_COMPANY);
    crm_add_identity(&self->scratch, WP_IDENTITY_COMPANY_ID, id);
    if (has_domain)
        crm_add_identity(&self->scratch, WP_IDENTITY_DOMAIN, crm_prefixed(self, domain, ""));
    self->scratch.name = name;
    return self->scratch.identity_count > 0 || name != NULL;
}

import_code crm_read_company(crm_reader *self)
{
    if (fill_company(self))
        return crm_take(self);
    verdict_skip(self->what, REASON_NO_IDENTITY, "seen a company without id, domain and name");
    return IMPORT_DONE;
}

/* The person that an account is as well, when there is an address or the id of her contact. */
static import_code take_account_person(crm_reader *self, const char *email, const char *id)
{
    const char *name = crm_person_name(self), *title = crm_text(self, crm_get(self, CRM_TITLE));
    fact_begin(&self->scratch, FACT_PERSON);
    crm_add_identity(&self->scratch, WP_IDENTITY_EMAIL, email);
    crm_add_identity(&self->scratch, WP_IDENTITY_ID, id);
    self->scratch.name = name;
    self->scratch.title = title;
    return crm_take(self);
}

import_code crm_read_person_account(crm_reader *self)
{
    const char *ids[CRM_IDS_MAX];
    const char *email = crm_email(self, crm_get(self, CRM_EMAIL));
    const char *id = crm_ids(self, CRM_CONTACT_IDS, ids) > 0 ? ids[0] : NULL;
    if (email == NULL && id == NULL)
        return crm_read_company(self);
    import_code code = fill_company(self) ? crm_take(self) : IMPORT_DONE;
    return code == IMPORT_DONE ? take_account_person(self, email, id) : code;
}
