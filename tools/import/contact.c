/*
 * Rows of address books.
 *
 * A cell may hold several values, joined by " ::: ". Companies and titles are paired by their
 * place; the first is the employment of the person's own fact. A name in columns of its own loses
 * what stands behind a comma, since "Lee, MBA" is no family name; a whole name is turned round at
 * its comma unless a degree stands behind it.
 */
#include "import/contact.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "import/address.h"
#include "import/reader.h"
#include "import/stamp.h"
#include "import/store.h"

#define VALUES_MAX 16
#define NAME_PARTS 3
#define NAME_TEXT_BYTES 1024

/* A row taken apart. Texts are the table's or the row's. */
typedef struct contact {
    wp_identity identities[CONTACT_IDENTITIES_MAX];
    size_t identity_count;
    const char *whole;             /* the name as one; NULL: none, as all below */
    const char *parts[NAME_PARTS]; /* first, middle, last */
    const char *companies[VALUES_MAX];
    size_t company_count;
    const char *titles[VALUES_MAX];
    size_t title_count;
    const char *domain;
    int32_t from_day;
    int32_t to_day;
    int64_t connected_s; /* WP_TIME_NONE */
    bool is_private;
    bool is_blank;
} contact;

bool contact_is_header(void *context, const csv_row *row)
{
    contact_reader *self = context;
    if (!columns_read(row, self->map, &self->columns))
        return false;
    /* One word alone is a header only where nothing stands in front of it. */
    return self->map != NULL || row->where.line == 1 || columns_taken(&self->columns) >= 2;
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
    join = strstr(value, ":::");
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
    if (*value == '/') {
        run_note(at->run, NOTE_EXCHANGE);
        return true;
    }
    for (char *c = value; *c != '\0'; c++)
        *c = (unsigned char)*c < 0x20 ? ' ' : *c;
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
    else if (strpbrk(value, "/: ") == NULL)
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
    if (id == COLUMN_CONNECTED)
        out->connected_s = (int64_t)when.first_day * 86400;
    else if (id == COLUMN_FROM)
        out->from_day = when.first_day;
    else
        out->to_day = when.last_day;
}

static void push(const char *items[VALUES_MAX], size_t *count, const char *value)
{
    if (*count < VALUES_MAX)
        items[(*count)++] = value;
}

static void take_domain(table *at, contact *out, const char *value)
{
    if (address_is_domain(value))
        out->domain = table_keep(at, value);
    else
        run_note(at->run, NOTE_BAD_DOMAIN);
}

/* One value of a column. False: memory. */
static bool take_value(table *at, column_id id, size_t column, char *value, contact *out)
{
    switch (id) {
    case COLUMN_EMAIL:
        return take_emails(at, out, value);
    case COLUMN_NAME:
        out->whole = out->whole == NULL ? value : out->whole;
        break;
    case COLUMN_FIRST:
    case COLUMN_MIDDLE:
    case COLUMN_LAST:
        out->parts[id - COLUMN_FIRST] = value;
        break;
    case COLUMN_COMPANY:
        push(out->companies, &out->company_count, table_keep_name(at, value));
        break;
    case COLUMN_TITLE:
        push(out->titles, &out->title_count, table_keep_name(at, value));
        break;
    case COLUMN_DOMAIN:
        take_domain(at, out, value);
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
        bool is_paired = id == COLUMN_COMPANY || id == COLUMN_TITLE;
        if ((*value != '\0' || is_paired) && !take_value(at, id, column, value, out))
            return false;
    }
    return true;
}

/* Whether what stands behind the comma of "Ann Lee, MBA" is a degree or the like rather than the
 * given name of "Lee, Ann": mostly capitals, unless the family name alone is written so too. */
static bool has_degree(const char *name, const char *comma)
{
    const char *at = comma + 1 + strspn(comma + 1, " ");
    size_t length = strcspn(at, " ,"), letters = 0, capitals = 0;
    bool is_shouted = true;
    for (const char *c = name; c < comma; c++)
        is_shouted = is_shouted && !islower((unsigned char)*c) && *c != ' ';
    for (size_t i = 0; i < length; i++) {
        unsigned char c = (unsigned char)at[i];
        letters += isalpha(c) || c >= 0x80 ? 1 : 0;
        capitals += isupper(c) ? 1 : 0;
    }
    bool is_generation = strncasecmp(at, "Jr", 2) == 0 || strncasecmp(at, "Sr", 2) == 0;
    return (is_generation && letters == 2) ||
           (letters >= 2 && 2 * capitals > letters && !is_shouted);
}

/* A whole name, without a degree and with the given name first. */
static const char *straighten(table *at, const char *whole)
{
    char text[NAME_TEXT_BYTES];
    const char *comma = strchr(whole, ',');
    if (comma == NULL)
        return table_keep_name(at, whole);
    bool is_cut = has_degree(whole, comma);
    snprintf(text, sizeof text, "%.*s", is_cut ? (int)(comma - whole) : NAME_TEXT_BYTES - 1, whole);
    char *turned = NULL;
    if (!is_cut && !address_clean_name(text, &turned))
        at->has_no_memory = true;
    const char *kept = turned != NULL ? table_keep(at, turned) : table_keep_name(at, text);
    free(turned);
    return kept;
}

/* A name as one text, tidy; NULL: none. */
static const char *name_of(table *at, const contact *from)
{
    char text[NAME_TEXT_BYTES] = "";
    size_t used = 0;
    if (from->whole != NULL && *from->whole != '\0')
        return straighten(at, from->whole);
    for (size_t i = 0; i < NAME_PARTS; i++) {
        const char *part = from->parts[i] == NULL ? "" : from->parts[i];
        int length = (int)strcspn(part, ",");
        if (length > 0 && length < 300)
            used += (size_t)snprintf(text + used, sizeof text - used, "%s%.*s",
                                     used == 0 ? "" : " ", length, part);
    }
    return table_keep_name(at, text);
}

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
    at->fact.name = name_of(at, from);
    at->fact.company = company;
    at->fact.title = value_at(from->titles, from->title_count, 0);
    at->fact.from_day = from->from_day;
    at->fact.to_day = from->to_day;
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

static import_code store_contact(table *at, const contact *from, csv_row *row)
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

import_code contact_take_row(void *context, table *at, csv_row *row)
{
    const contact_reader *self = context;
    contact taken = {.from_day = WP_DAY_NONE,
                     .to_day = WP_DAY_NONE,
                     .connected_s = WP_TIME_NONE,
                     .is_blank = true};
    for (size_t i = 0; i < row->count && i < self->columns.count; i++)
        if (!take_cell(at, &self->columns, row, i, &taken))
            return run_fail_input(at->run, row->where.line, row->where.byte, "memory is exhausted");
    if (taken.is_blank)
        verdict_skip(&row->what, REASON_BLANK, "no name, address or profile");
    else if (taken.identity_count == 0)
        verdict_skip(&row->what, REASON_NO_IDENTITY, "none that can be used");
    else if (taken.is_private && owner_identity(at->run->owner).kind == 0)
        verdict_skip(&row->what, REASON_PRIVATE, "marked private and no owner given");
    else
        return store_contact(at, &taken, row);
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
