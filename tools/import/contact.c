/*
 * Rows of address books: what the cells of one say.
 *
 * A cell may hold several values, joined by " ::: ". Companies and titles are paired by their
 * place. What is made of a row is contact_store.c's affair, what becomes of names contact_name.c's.
 */
#include "import/contact.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "import/address.h"
#include "import/charset.h"
#include "import/crm_value.h"
#include "import/optout.h"
#include "import/reader.h"
#include "import/slug.h"
#include "import/stamp.h"

#define DOMAIN_BYTES 256
#define ID_BYTES_MAX 512 /* of an identity, see warmpath.h */

bool contact_is_header(void *context, const csv_row *row)
{
    contact_reader *self = context;
    if (!columns_read(row, self->map, &self->columns))
        return false;
    self->has_family_names = false;
    for (size_t i = 0; i < self->columns.count; i++)
        self->has_family_names |= self->columns.ids[i] == COLUMN_LAST;
    /* One word alone is a header only where nothing stands in front of it. */
    return self->map != NULL || row->is_first || columns_taken(&self->columns) >= 2;
}

const char *contact_column(void *context, size_t column)
{
    const contact_reader *self = context;
    return column_name(self->columns.ids[column]);
}

/* The next of the values of a cell, cut out in place, without blanks and the mark of a default. */
static char *next_value(char **rest)
{
    char *value = *rest, *join;
    if (value == NULL)
        return NULL;
    join = strchr(value, ':');
    join = join == NULL ? NULL : strstr(join, ":::");
    *rest = join == NULL ? NULL : join + 3;
    if (join != NULL)
        *join = '\0';
    value += strncmp(value, "* ", 2) == 0 ? 2 : 0;
    value += strspn(value, " \t\r\n");
    size_t length = strlen(value);
    while (length > 0 && strchr(" \t\r\n", value[length - 1]) != NULL)
        value[--length] = '\0';
    return value;
}

static void add_identity(table *at, contact *out, wp_identity_kind kind, const char *text)
{
    const char *kept = NULL;
    for (size_t i = 0; i < out->identity_count; i++)
        if (out->identities[i].kind == kind && strcasecmp(out->identities[i].text, text) == 0)
            return;
    if (out->identity_count < CONTACT_IDENTITIES_MAX)
        kept = table_keep(at, text);
    if (kept == NULL)
        run_note(at->run, NOTE_MANY_IDENTITIES);
    else
        out->identities[out->identity_count++] = (wp_identity){kind, kept};
}

/* False: memory. */
static bool take_emails(table *at, contact *out, char *value)
{
    address_list found = {0};
    if (address_is_plain(value)) {
        add_identity(at, out, WP_IDENTITY_EMAIL, value);
        return true;
    }
    if (*value == '/') {
        run_note(at->run, NOTE_EXCHANGE);
        return true;
    }
    for (char *c = value; *c != '\0'; c++) {
        bool is_between = *c == '\n' || *c == '\r' || *c == '|';
        *c = is_between ? ';' : (unsigned char)*c < 0x20 ? ' ' : *c;
    }
    bool is_done = address_parse(value, WP_ROLE_TO, &found);
    for (size_t i = 0; i < found.count; i++)
        add_identity(at, out, WP_IDENTITY_EMAIL, found.items[i].email);
    for (int i = 0; i < NOTE_COUNT; i++)
        for (uint64_t n = found.notes[i]; n > 0; n--)
            run_note(at->run, (note_id)i);
    address_list_free(&found);
    return is_done;
}

static void take_profile(table *at, contact *out, size_t column, bool is_web, const char *value)
{
    char slug[SLUG_BYTES];
    if (slug_of(value, slug))
        add_identity(at, out, WP_IDENTITY_LINKEDIN, slug);
    else if (is_web)
        table_drop(at, column);
    else if (strpbrk(value, "/: ") == NULL && charset_is_clean(value, strlen(value)))
        add_identity(at, out, WP_IDENTITY_LINKEDIN, value);
    else
        run_note(at->run, NOTE_BAD_PROFILE);
}

/* Outlook says yes in its language, or counts: 0 normal, 1 personal, 2 private, 3 confidential. */
static bool says_private(const char *value)
{
    static const char *const words[] = {
        "true",      "yes", "private", "personal",   "confidential",
        "wahr",      "ja",  "privat",  "persönlich", "vertraulich",
        "vrai",      "oui", "privé",   "personnel",  "confidentiel",
        "verdadero", "sí",  "si",      "privado",    "confidencial"};
    if (value[0] >= '1' && value[0] <= '3' && value[1] == '\0')
        return true;
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (strcasecmp(value, words[i]) == 0)
            return true;
    return false;
}

static void take_day(table *at, column_id id, contact *out, const char *value)
{
    stamp when;
    if (!stamp_parse(value, &when)) {
        run_note(at->run, NOTE_BAD_DAY);
        return;
    }
    /* What networks write is known; a column that the user names may be anybody's. */
    if (when.is_guessed && at->run->options->map != NULL)
        run_note(at->run, NOTE_DAY_GUESSED);
    if (id == COLUMN_CONNECTED)
        out->connected_s = (int64_t)when.first_day * 86400;
    else if (id == COLUMN_FROM)
        out->from_day = when.first_day;
    else
        out->to_day = when.last_day;
}

static void push(table *at, size_t column, const char *items[CONTACT_VALUES_MAX], size_t *count,
                 const char *value)
{
    if (*count < CONTACT_VALUES_MAX)
        items[(*count)++] = value;
    else if (value != NULL)
        table_drop(at, column);
}

/* Keep the first of several values of which there can be one. */
static void take_first(table *at, size_t column, const char **kept, const char *value)
{
    if (*kept == NULL)
        *kept = value;
    else if (value == NULL || strcmp(*kept, value) != 0)
        table_drop(at, column);
}

static void take_domain(table *at, size_t column, contact *out, const char *value)
{
    char domain[DOMAIN_BYTES];
    if (!crm_domain(value, domain, sizeof domain))
        run_note(at->run, NOTE_BAD_DOMAIN);
    else
        take_first(at, column, &out->domain, table_keep(at, domain));
}

/* One value of a column. False: memory. */
static bool take_value(table *at, column_id id, size_t column, char *value, contact *out)
{
    switch (id) {
    case COLUMN_EMAIL:
        return take_emails(at, out, value);
    case COLUMN_NAME:
        take_first(at, column, &out->whole, value);
        break;
    case COLUMN_FIRST:
    case COLUMN_MIDDLE:
    case COLUMN_LAST:
        take_first(at, column, &out->parts[id - COLUMN_FIRST], value);
        break;
    case COLUMN_COMPANY:
        push(at, column, out->companies, &out->company_count, table_keep_name(at, value));
        break;
    case COLUMN_TITLE:
        push(at, column, out->titles, &out->title_count, table_keep_name(at, value));
        break;
    case COLUMN_DOMAIN:
        take_domain(at, column, out, value);
        break;
    case COLUMN_LINKEDIN:
    case COLUMN_WEB:
        take_profile(at, out, column, id == COLUMN_WEB, value);
        break;
    case COLUMN_ID:
        add_identity(at, out, WP_IDENTITY_ID, value);
        break;
    case COLUMN_CONNECTED:
    case COLUMN_FROM:
    case COLUMN_TO:
        take_day(at, id, out, value);
        break;
    case COLUMN_NO_MAIL:
        out->unwanted |= optout_says(value) ? OPTOUT_MAIL : 0;
        break;
    case COLUMN_NO_CALLS:
        out->unwanted |= optout_says(value) ? OPTOUT_CALLS : 0;
        break;
    case COLUMN_NO_CONTACT:
        out->unwanted |= optout_says(value) ? OPTOUT_MAIL | OPTOUT_CALLS : 0;
        break;
    case COLUMN_PRIVATE:
    case COLUMN_SENSITIVITY:
        out->is_private = out->is_private || says_private(value);
        break;
    case COLUMN_EMAIL_TYPE:
    case COLUMN_UNUSED:
    case COLUMN_COUNT:
        break;
    }
    return true;
}

/* Whether the column behind an address says that it is one of Exchange. */
static bool is_exchange(const columns *from, const csv_row *row, size_t column)
{
    for (size_t i = column + 1; i < row->count && i < from->count; i++) {
        if (from->ids[i] == COLUMN_EMAIL)
            return false;
        if (from->ids[i] == COLUMN_EMAIL_TYPE)
            return strcasecmp(row->cells[i], "EX") == 0;
    }
    return false;
}

/* False: memory. */
static bool take_cell(table *at, const columns *from, csv_row *row, size_t column, contact *out)
{
    char *rest = row->cells[column], *value;
    column_id id = from->ids[column];
    /* Their day alone does not make a row one of somebody. */
    if (*rest != '\0' && id != COLUMN_CONNECTED)
        out->is_blank = false;
    if (*rest == '\0' || id == COLUMN_UNUSED)
        return true;
    if (id == COLUMN_EMAIL && is_exchange(from, row, column)) {
        run_note(at->run, NOTE_EXCHANGE);
        return true;
    }
    while ((value = next_value(&rest)) != NULL) {
        if (id == COLUMN_ID && !table_check_key(row, column, value, ID_BYTES_MAX))
            return true;
        bool is_paired = id == COLUMN_COMPANY || id == COLUMN_TITLE;
        if ((*value != '\0' || is_paired) && !take_value(at, id, column, value, out))
            return false;
    }
    return true;
}

import_code contact_take_row(void *context, table *at, csv_row *row)
{
    const contact_reader *self = context;
    contact taken;
    memset(&taken, 0, offsetof(contact, identities));
    taken.from_day = taken.to_day = WP_DAY_NONE;
    taken.connected_s = WP_TIME_NONE;
    taken.has_family_names = self->has_family_names;
    taken.is_blank = true;
    if (self->columns.has_marks)
        table_hash_row(at, row);
    for (size_t i = 0; i < row->count && i < self->columns.count; i++)
        if (!take_cell(at, &self->columns, row, i, &taken))
            return run_fail_input(at->run, row->where.line, row->where.byte, "memory is exhausted");
    if (row->what.outcome == OUTCOME_SKIPPED)
        return IMPORT_DONE;
    if (taken.identity_count == 0 && taken.unwanted != 0)
        optout_lose(&row->what, contact_name(at, &taken));
    else if (taken.is_blank)
        verdict_skip(&row->what, REASON_BLANK, "no name, address or profile");
    else if (taken.identity_count == 0)
        verdict_skip(&row->what, REASON_NO_IDENTITY, "none that can be used");
    else if (taken.is_private && owner_identity(at->run->owner).kind == 0)
        verdict_skip(&row->what, REASON_PRIVATE, "marked private and no owner given");
    else
        return contact_store(at, &taken, row);
    return IMPORT_DONE;
}

import_code contact_read(run *self, const place *from)
{
    static const char expected[] =
        "a record that names a column of addresses or profiles, or --map";
    contact_reader *reader = calloc(1, sizeof *reader);
    if (reader == NULL)
        return run_fail_input(self, 0, 0, "memory is exhausted");
    reader->map = self->options->map;
    table_reader how = {contact_is_header, contact_take_row, contact_column,
                        reader->map != NULL ? "a record with the columns of --map" : expected,
                        reader};
    import_code code = table_read(self, &how, from);
    free(reader);
    return code;
}
