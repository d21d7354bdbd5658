/*
 * Rows of CRM exports: what all tables share, and which reader a row goes to.
 *
 * The values of a row are copied once into the reader's text, trimmed and with controls turned into
 * blanks, so that facts can borrow them whatever the caller does with its cells.
 */
#include "import/crm.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "import/address.h"
#include "import/charset.h"
#include "import/crm_row.h"
#include "import/crm_value.h"
#include "import/optout.h"

bool crm_is_hubspot(const crm_reader *self)
{
    return self->map->table <= CRM_HUBSPOT_COMPANIES;
}

static bool is_report(const crm_reader *self)
{
    return self->map->table >= CRM_REPORT_OPPORTUNITIES;
}

/* Whether each row is somebody, as opposed to something that somebody has a part in. */
static bool is_of_people(const crm_reader *self)
{
    crm_table table = self->map->table;
    return table == CRM_HUBSPOT_CONTACTS || table == CRM_SALESFORCE_CONTACTS ||
           table == CRM_SALESFORCE_USERS || table == CRM_REPORT_CONTACTS;
}

void crm_note(crm_reader *self, note_id note)
{
    self->notes[note]++;
}

/* --- texts --- */

/* Room for a text in the row; NULL, noted: there is none. */
static char *make_room(crm_reader *self, size_t bytes)
{
    if (bytes > CRM_TEXT_BYTES - self->text_used) {
        crm_note(self, NOTE_LONG_TEXT);
        return NULL;
    }
    char *room = self->text + self->text_used;
    self->text_used += bytes;
    return room;
}

static bool is_blank(char c)
{
    return c == ' ' || (unsigned char)c < 0x20 || c == 0x7f;
}

/* A cell without blanks around it and without controls; NULL: nothing is left. */
static const char *keep_cell(crm_reader *self, const char *cell)
{
    size_t length = strlen(cell);
    while (length > 0 && is_blank(cell[length - 1]))
        length--;
    while (length > 0 && is_blank(*cell)) {
        cell++;
        length--;
    }
    char *text = length == 0 ? NULL : make_room(self, length + 1);
    if (text == NULL)
        return NULL;
    for (size_t i = 0; i < length; i++)
        text[i] = is_blank(cell[i]) ? ' ' : cell[i];
    text[length] = '\0';
    return text;
}

const char *crm_text(crm_reader *self, const char *text)
{
    if (text == NULL)
        return NULL;
    if (charset_is_tidy_name(text))
        return crm_prefixed(self, text, "");
    char *tidy = NULL;
    if (!charset_tidy_name(text, &tidy))
        self->has_no_memory = true;
    char *kept = tidy == NULL ? NULL : make_room(self, strlen(tidy) + 1);
    if (kept != NULL)
        memcpy(kept, tidy, strlen(tidy) + 1);
    else if (tidy == NULL)
        crm_note(self, NOTE_LONG_TEXT);
    free(tidy);
    return kept;
}

const char *crm_prefixed(crm_reader *self, const char *prefix, const char *text)
{
    size_t bytes = strlen(prefix) + strlen(text) + 1;
    char *out = make_room(self, bytes);
    if (out != NULL)
        memcpy(mempcpy(out, prefix, strlen(prefix)), text, strlen(text) + 1);
    return out;
}

const char *crm_person_name(crm_reader *self)
{
    const char *first = crm_get(self, CRM_FIRST), *last = crm_get(self, CRM_LAST);
    if (first == NULL && last == NULL)
        return crm_text(self, crm_get(self, CRM_NAME));
    if (first == NULL || last == NULL)
        return crm_text(self, first == NULL ? last : first);
    const char *begin = crm_prefixed(self, first, " ");
    return begin == NULL ? NULL : crm_text(self, crm_prefixed(self, begin, last));
}

const char *crm_contact_name(crm_reader *self)
{
    bool has_parts = crm_get(self, CRM_FIRST) != NULL || crm_get(self, CRM_LAST) != NULL;
    if (has_parts || is_of_people(self))
        return crm_person_name(self);
    return crm_text(self, crm_get(self, CRM_CONTACT));
}

/* --- identities --- */

const char *crm_id(crm_reader *self, const char *text)
{
    char hubspot[CRM_HUBSPOT_ID_BYTES], salesforce[CRM_SALESFORCE_ID_BYTES];
    if (crm_is_hubspot(self))
        return crm_hubspot_id(text, hubspot) ? crm_prefixed(self, hubspot, "") : NULL;
    return crm_salesforce_id(text, salesforce) ? crm_prefixed(self, salesforce, "") : NULL;
}

size_t crm_ids(crm_reader *self, crm_field field, const char *out[CRM_IDS_MAX])
{
    size_t count = 0;
    const char *at = crm_get(self, field);
    while (at != NULL && *at != '\0') {
        char one[64];
        size_t length = strcspn(at, ";"), blanks = strspn(at, " ");
        const char *begin = at + (blanks < length ? blanks : length);
        size_t bytes = (size_t)(at + length - begin);
        while (bytes > 0 && begin[bytes - 1] == ' ')
            bytes--;
        snprintf(one, sizeof one, "%.*s", bytes < sizeof one ? (int)bytes : (int)sizeof one, begin);
        const char *id =
            bytes == 0 || bytes >= sizeof one || count == CRM_IDS_MAX ? NULL : crm_id(self, one);
        if (id != NULL)
            out[count++] = id;
        else if (bytes > 0)
            crm_note(self, NOTE_BAD_ID);
        at += length + (at[length] == ';' ? 1 : 0);
    }
    return count;
}

const char *crm_email(crm_reader *self, const char *text)
{
    if (text == NULL || address_is_plain(text))
        return text;
    char *kept = make_room(self, strlen(text) + 1);
    if (kept == NULL)
        return NULL;
    memcpy(kept, text, strlen(text) + 1);
    (void)charset_squeeze(kept);
    if (address_is_usable(kept))
        return kept;
    crm_note(self, NOTE_BAD_ADDRESS);
    return NULL;
}

wp_identity crm_owner(crm_reader *self)
{
    const char *text = crm_get(self, CRM_OWNER), *id = NULL;
    if (text == NULL)
        return (wp_identity){0};
    if (strchr(text, '@') != NULL && address_is_usable(text))
        return (wp_identity){WP_IDENTITY_EMAIL, text};
    /* Queues own records as well; only ids that begin with 005 are users. */
    if (!crm_is_hubspot(self) && strncmp(text, "005", 3) == 0)
        id = crm_id(self, text);
    if (id == NULL)
        crm_note(self, NOTE_NO_OWNER);
    return id == NULL ? (wp_identity){0} : (wp_identity){WP_IDENTITY_ID, id};
}

void crm_add_identity(fact *row, wp_identity_kind kind, const char *text)
{
    if (text == NULL || row->identity_count == FACT_IDENTITIES_MAX)
        return;
    for (size_t i = 0; i < row->identity_count; i++)
        if (row->identities[i].kind == kind && strcmp(row->identities[i].text, text) == 0)
            return;
    row->identities[row->identity_count++] = (wp_identity){kind, text};
}

/* --- values --- */

bool crm_get_time(crm_reader *self, crm_field field, int64_t *time_s)
{
    const char *text = crm_get(self, field);
    crm_clarity clarity = text == NULL ? CRM_BAD : crm_time(text, time_s);
    if (clarity == CRM_GUESSED)
        crm_note(self, NOTE_DAY_GUESSED);
    if (text != NULL && clarity == CRM_BAD)
        crm_note(self, NOTE_BAD_DAY);
    return clarity != CRM_BAD;
}

int32_t crm_get_day(crm_reader *self, crm_field field)
{
    int64_t time_s;
    return crm_get_time(self, field, &time_s) ? (int32_t)(time_s / 86400) : WP_DAY_NONE;
}

/* --- rows --- */

import_code crm_take(crm_reader *self)
{
    return self->take(self->context, &self->scratch);
}

/* Lines behind the rows of a report: a name, "Copyright (c) …", "Generated By: …", alone in the
 * first cell. */
static bool is_footer(const crm_reader *self, const char *const *cells, size_t count)
{
    char id[CRM_SALESFORCE_ID_BYTES];
    for (size_t i = 1; i < count; i++)
        if (cells[i][strspn(cells[i], " ")] != '\0')
            return false;
    return is_report(self) && self->map->column_count > 1 && count > 0 &&
           !crm_salesforce_id(cells[0], id);
}

/* Whether a cell says what no other does and its column is not named: one behind the last label, or
 * a further one of the same kind. */
static bool is_lost(crm_reader *self, size_t column, const char *cell)
{
    if (cell[strspn(cell, " ")] == '\0')
        return false;
    if (column >= self->map->column_count)
        return true;
    crm_field field = self->map->columns[column];
    if (field <= CRM_KNOWN || field == CRM_OPTOUT)
        return false;
    const char *kept = keep_cell(self, cell);
    return kept != NULL && strcmp(kept, self->values[field]) != 0;
}

static void read_values(crm_reader *self, const char *const *cells, size_t count)
{
    memset(self->values, 0, sizeof self->values);
    memset(self->notes, 0, sizeof self->notes);
    self->text_used = 0;
    self->unwanted = 0;
    self->is_decided = false;
    for (size_t i = 0; i < count; i++) {
        crm_field field = i < self->map->column_count ? self->map->columns[i] : CRM_KNOWN;
        if (field == CRM_OPTOUT && optout_says(cells[i]))
            self->unwanted |= self->map->unwanted[i];
        else if (field > CRM_KNOWN && self->values[field] == NULL)
            self->values[field] = keep_cell(self, cells[i]);
        else if (is_lost(self, i, cells[i]))
            crm_note(self, NOTE_FURTHER_COLUMN);
    }
}

static import_code read_table_row(crm_reader *self)
{
    switch (self->map->table) {
    case CRM_HUBSPOT_CONTACTS:
    case CRM_SALESFORCE_CONTACTS:
    case CRM_SALESFORCE_USERS:
    case CRM_REPORT_CONTACTS:
        return crm_read_person(self);
    case CRM_SALESFORCE_PERSON_ACCOUNTS:
        return crm_read_person_account(self);
    case CRM_HUBSPOT_COMPANIES:
    case CRM_SALESFORCE_ACCOUNTS:
    case CRM_REPORT_ACCOUNTS:
        return crm_read_company(self);
    case CRM_HUBSPOT_DEALS:
    case CRM_SALESFORCE_OPPORTUNITIES:
    case CRM_REPORT_OPPORTUNITIES:
        return crm_read_deal(self);
    case CRM_SALESFORCE_ROLES:
        return crm_read_role(self);
    case CRM_SALESFORCE_TASKS:
        return crm_read_task(self);
    case CRM_SALESFORCE_EVENTS:
        return crm_read_event(self);
    case CRM_REPORT_ACTIVITIES:
        return crm_read_activity(self);
    case CRM_SALESFORCE_RELATIONS:
        return crm_read_relation(self);
    case CRM_NONE:
    case CRM_TABLE_COUNT:
        break;
    }
    return IMPORT_DONE;
}

import_code crm_read_row(crm_reader *self, const char *const *cells, size_t count, verdict *what)
{
    self->what = what;
    read_values(self, cells, count);
    if (is_footer(self, cells, count)) {
        verdict_skip(what, REASON_FOOTER, "seen '%.80s', expected a row", cells[0]);
        return IMPORT_DONE;
    }
    if (crm_is_yes(crm_get(self, CRM_DELETED))) {
        verdict_skip(what, REASON_DELETED, "IsDeleted is '%.20s'", crm_get(self, CRM_DELETED));
        return IMPORT_DONE;
    }
    import_code code = is_of_people(self) ? IMPORT_DONE : crm_read_consent(self);
    if (code == IMPORT_DONE)
        code = read_table_row(self);
    if (code == IMPORT_DONE && self->unwanted != 0 && !self->is_decided)
        optout_lose(what, crm_contact_name(self));
    return code;
}

void crm_reader_free(crm_reader *self)
{
    fact_free(&self->scratch);
}
