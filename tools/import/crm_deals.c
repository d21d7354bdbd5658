/*
 * CRM deals, and who has a part in them.
 *
 * How a deal stands is what the export says of it (IsClosed, IsWon), else what its stage says in
 * words; a stage that says nothing is open, or lost where the deal is closed. A report names deals
 * without ids: there name and account stand for one.
 */
#include <stdio.h>
#include <string.h>

#include "import/crm_row.h"
#include "import/crm_value.h"
#include "import/fold.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

/* Whether a folded text has one of the words. */
static bool has_word(const char *folded, const char *const *words, size_t count)
{
    for (const char *at = folded; *at != '\0';) {
        size_t length = strcspn(at, " ");
        for (size_t i = 0; i < count; i++)
            if (strlen(words[i]) == length && memcmp(at, words[i], length) == 0)
                return true;
        at += length + strspn(at + length, " ");
    }
    return false;
}

static fact_state state_of_stage(const char *stage)
{
    static const char *const won[] = {"won",   "closedwon", "gewonnen", "ganado", "ganada",
                                      "gagne", "gagnee",    "wygrana",  "wygrany"};
    static const char *const lost[] = {"lost",  "closedlost", "verloren",  "perdido", "perdida",
                                       "perdu", "perdue",     "przegrana", "utracona"};
    char folded[256];
    if (stage == NULL || !fold_words(stage, folded, sizeof folded))
        return FACT_OPEN;
    if (has_word(folded, lost, COUNT(lost)))
        return FACT_LOST;
    return has_word(folded, won, COUNT(won)) ? FACT_WON : FACT_OPEN;
}

static fact_state read_state(const crm_reader *self)
{
    const char *is_closed = crm_get(self, CRM_IS_CLOSED), *is_won = crm_get(self, CRM_IS_WON);
    if (crm_is_yes(is_won))
        return FACT_WON;
    fact_state said = state_of_stage(crm_get(self, CRM_STAGE));
    if (is_closed == NULL)
        return said;
    if (!crm_is_yes(is_closed))
        return FACT_OPEN;
    return is_won == NULL && said == FACT_WON ? FACT_WON : FACT_LOST;
}

static void fill_amount(crm_reader *self, fact *row)
{
    const char *text = crm_get(self, CRM_AMOUNT), *said = crm_get(self, CRM_CURRENCY);
    char currency[4] = "";
    bool has_point = self->map->table == CRM_SALESFORCE_OPPORTUNITIES;
    if (text != NULL && crm_amount(text, has_point, &row->amount, currency) == CRM_BAD)
        crm_note(self, NOTE_BAD_AMOUNT);
    row->currency = said != NULL          ? said
                    : currency[0] == '\0' ? NULL
                                          : crm_prefixed(self, currency, "");
}

/* What stands for the deal everywhere; NULL: nothing, and the verdict says so. */
static const char *deal_id(crm_reader *self, const char *text)
{
    const char *id = text == NULL ? NULL : crm_id(self, text);
    const char *name = crm_get(self, CRM_NAME), *company = crm_get(self, CRM_COMPANY);
    if (id != NULL && crm_is_hubspot(self))
        return crm_prefixed(self, "hubspot:deal:", id + strlen("hubspot:"));
    if (id != NULL)
        return id;
    if (text == NULL && name != NULL && self->map->table == CRM_REPORT_OPPORTUNITIES &&
        strlen(name) < 400 && (company == NULL || strlen(company) < 400)) {
        const char *begin = crm_prefixed(self, "salesforce:opportunity:", name);
        begin = begin == NULL ? NULL : crm_prefixed(self, begin, " @ ");
        return begin == NULL ? NULL : crm_prefixed(self, begin, company == NULL ? "" : company);
    }
    verdict_skip(self->what, REASON_BAD_ID, "id of the deal is '%.40s', expected %s",
                 text == NULL ? "" : text,
                 crm_is_hubspot(self) ? "1..20 digits" : "15 or 18 letters and digits");
    return NULL;
}

static import_code take_role(crm_reader *self, const char *deal, wp_identity person)
{
    const char *role = crm_text(self, crm_get(self, CRM_ROLE));
    fact_begin(&self->scratch, FACT_ROLE);
    self->scratch.source = deal;
    self->scratch.person = person;
    self->scratch.role = role;
    self->scratch.is_primary = crm_is_yes(crm_get(self, CRM_PRIMARY));
    return crm_take(self);
}

static import_code take_roles(crm_reader *self, const char *deal)
{
    const char *ids[CRM_IDS_MAX];
    size_t count = crm_ids(self, CRM_CONTACT_IDS, ids);
    import_code code = IMPORT_DONE;
    for (size_t i = 0; i < count && code == IMPORT_DONE; i++)
        code = take_role(self, deal, (wp_identity){WP_IDENTITY_ID, ids[i]});
    return code;
}

/* A report names the contact of a deal in the deal's row. */
static import_code take_contact(crm_reader *self, const char *deal)
{
    const char *ids[CRM_IDS_MAX], *name = crm_contact_name(self);
    const char *email = crm_email(self, crm_get(self, CRM_EMAIL));
    const char *title = crm_text(self, crm_get(self, CRM_TITLE));
    size_t count = crm_ids(self, CRM_CONTACT_IDS, ids);
    fact_begin(&self->scratch, FACT_PERSON);
    crm_add_identity(&self->scratch, WP_IDENTITY_EMAIL, email);
    crm_add_identity(&self->scratch, WP_IDENTITY_ID, count > 0 ? ids[0] : NULL);
    if (self->scratch.identity_count == 0) {
        if (name != NULL || crm_get(self, CRM_ROLE) != NULL)
            crm_note(self, NOTE_NO_CONTACT);
        return IMPORT_DONE;
    }
    wp_identity person = self->scratch.identities[0];
    self->scratch.name = name;
    self->scratch.title = title;
    import_code code = crm_take(self);
    return code == IMPORT_DONE ? take_role(self, deal, person) : code;
}

static void fill_company(crm_reader *self, fact *row)
{
    const char *ids[CRM_IDS_MAX];
    size_t count = crm_ids(self, CRM_COMPANY_IDS, ids);
    const char *name = crm_text(self, crm_get(self, CRM_COMPANY));
    for (size_t i = 1; i < count; i++)
        crm_note(self, NOTE_COMPANIES);
    if (count > 0)
        row->company = (wp_identity){WP_IDENTITY_COMPANY_ID, ids[0]};
    else if (name != NULL)
        row->company = (wp_identity){WP_IDENTITY_COMPANY_NAME, name};
}

import_code crm_read_deal(crm_reader *self)
{
    fact *row = &self->scratch;
    const char *deal = deal_id(self, crm_get(self, CRM_ID));
    if (deal == NULL)
        return IMPORT_DONE;
    fact_begin(row, FACT_OPPORTUNITY);
    row->source = deal;
    row->name = crm_text(self, crm_get(self, CRM_NAME));
    row->stage = crm_text(self, crm_get(self, CRM_STAGE));
    row->state = read_state(self);
    row->from_day = crm_get_day(self, CRM_CREATED);
    row->to_day = crm_get_day(self, CRM_CLOSED);
    row->person = crm_owner(self);
    fill_amount(self, row);
    fill_company(self, row);
    import_code code = crm_take(self);
    if (code != IMPORT_DONE)
        return code;
    return self->map->table == CRM_REPORT_OPPORTUNITIES ? take_contact(self, deal)
                                                        : take_roles(self, deal);
}

import_code crm_read_role(crm_reader *self)
{
    const char *ids[CRM_IDS_MAX];
    const char *deal = deal_id(self, crm_get(self, CRM_DEAL_ID));
    if (deal == NULL)
        return IMPORT_DONE;
    if (crm_ids(self, CRM_CONTACT_IDS, ids) > 0)
        return take_role(self, deal, (wp_identity){WP_IDENTITY_ID, ids[0]});
    verdict_skip(self->what, REASON_NO_IDENTITY, "ContactId is '%.40s', expected an id",
                 crm_get(self, CRM_CONTACT_IDS) == NULL ? "" : crm_get(self, CRM_CONTACT_IDS));
    return IMPORT_DONE;
}
