/*
 * What the readers of all CRM tables share: the texts, identities and values of a row.
 *
 * Only the files crm_*.c include this. Texts are kept in the reader until the next row.
 */
#ifndef WARMPATH_IMPORT_CRM_ROW_H
#define WARMPATH_IMPORT_CRM_ROW_H

#include "import/crm.h"

/* The value of a field, trimmed; NULL: empty. */
static inline const char *crm_get(const crm_reader *self, crm_field field)
{
    return self->values[field];
}

bool crm_is_hubspot(const crm_reader *self);

/* A name, title or label in the form in which they are stored; NULL for NULL or one that is too
 * long, which is noted. */
const char *crm_text(crm_reader *self, const char *text);
/* Name fields joined; NULL: none. */
const char *crm_person_name(crm_reader *self);
/* That of the contact of a row, where another name may be that of something else. */
const char *crm_contact_name(crm_reader *self);
/* "salesforce:task:" and such in front of a text. */
const char *crm_prefixed(crm_reader *self, const char *prefix, const char *text);

/* The id as it is stored; NULL when it is none, without a note. */
const char *crm_id(crm_reader *self, const char *text);
/* The ids joined by ";" in a field, in *out; bad ones are noted. Returns how many. */
size_t crm_ids(crm_reader *self, crm_field field, const char *out[CRM_IDS_MAX]);
/* The usable address in a text; NULL: none, noted when there was something. */
const char *crm_email(crm_reader *self, const char *text);

/* The owner of a record, by address or by the id of a user; kind 0 and a note: cannot be told. */
wp_identity crm_owner(crm_reader *self);

/* The time in a field; false: none, noted when there was something. */
bool crm_get_time(crm_reader *self, crm_field field, int64_t *time_s);
/* The same as a day, WP_DAY_NONE. */
int32_t crm_get_day(crm_reader *self, crm_field field);

/* Add an identity to a fact under way, once. */
void crm_add_identity(fact *row, wp_identity_kind kind, const char *text);

/* Hand over the scratch fact. */
import_code crm_take(crm_reader *self);

void crm_note(crm_reader *self, note_id note);

/* What somebody decided by the opt-outs of the row, if anything. */
import_code crm_take_consent(crm_reader *self, wp_identity person);
/* The same of the contact in a row that is about something else, when it names one; by an address
 * and an id, that both are one person, which nothing else may say. */
import_code crm_read_consent(crm_reader *self);

/* One a kind of table. */
import_code crm_read_person(crm_reader *self);
import_code crm_read_company(crm_reader *self);
import_code crm_read_person_account(crm_reader *self);
import_code crm_read_deal(crm_reader *self);
import_code crm_read_role(crm_reader *self);
import_code crm_read_task(crm_reader *self);
import_code crm_read_event(crm_reader *self);
import_code crm_read_relation(crm_reader *self);
import_code crm_read_activity(crm_reader *self);

#endif
