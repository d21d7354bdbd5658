/*
 * Rows of a LinkedIn archive as facts.
 *
 * Connections are contacts (contact.c). A message has no id of its own: conversation, time and
 * sender stand for it, which are the same in everybody's archive. Its text is not looked at. An
 * invitation is no evidence of an answer, so it says who exists and nothing more. Tables that name
 * nobody are counted, so that each row of the archive is accounted for.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "import/charset.h"
#include "import/contact.h"
#include "import/linkedin.h"
#include "import/reader.h"
#include "import/stamp.h"

#define MESSAGE_SOURCE_BYTES 1000
#define CONVERSATION_BYTES_MAX 400 /* leaves room for time and sender */
#define RECIPIENTS_MAX 2048

typedef struct linkedin_reader {
    run *run;
    linkedin_columns columns;
    contact_reader contacts;           /* of the connections */
    const char *slugs[RECIPIENTS_MAX]; /* of the message at hand, kept by the table */
    size_t slug_count;
} linkedin_reader;

static bool is_header(void *context, const csv_row *row)
{
    linkedin_reader *self = context;
    if (!linkedin_columns_read(row, &self->columns))
        return false;
    if (self->columns.table == LINKEDIN_CONNECTIONS)
        (void)columns_read(row, NULL, &self->contacts.columns);
    self->run->result->files[self->run->file].table = linkedin_table_name(self->columns.table);
    return true;
}

static const char *column_taken_as(void *context, size_t column)
{
    static const char *const taken[LINKEDIN_TABLE_COUNT][LINKEDIN_FIELDS] = {
        [LINKEDIN_MESSAGES] = {"conversation", "from", "from", "to", "to", "time", "folder",
                               "draft", "draft"},
        [LINKEDIN_INVITATIONS] = {"name", "name", "direction", "linkedin", "linkedin"},
        [LINKEDIN_POSITIONS] = {"company", "title", "from", "to"},
        [LINKEDIN_EMAILS] = {"email", "confirmed", "primary"},
        [LINKEDIN_PROFILE] = {"first", "last"},
    };
    const linkedin_reader *self = context;
    if (self->columns.table == LINKEDIN_CONNECTIONS)
        return column_name(self->contacts.columns.ids[column]);
    for (size_t i = 0; i < LINKEDIN_FIELDS; i++)
        if (self->columns.at[i] == column)
            return taken[self->columns.table][i];
    return NULL;
}

static import_code fail_memory(const table *at, const csv_row *row)
{
    return run_fail_input(at->run, row->where.line, row->where.byte, "memory is exhausted");
}

/* State that the owner's addresses and profile are one person's, once. */
static import_code store_owner(table *at)
{
    owner *self = at->run->owner;
    if (self->is_stored || at->run->is_checking || owner_identity(self).kind == 0)
        return IMPORT_DONE;
    fact_begin(&at->fact, FACT_PERSON);
    for (size_t i = 0; i < self->email_count; i++)
        at->fact.identities[at->fact.identity_count++] =
            (wp_identity){WP_IDENTITY_EMAIL, self->emails[i]};
    if (self->slug[0] != '\0')
        at->fact.identities[at->fact.identity_count++] =
            (wp_identity){WP_IDENTITY_LINKEDIN, self->slug};
    at->fact.name = self->name[0] == '\0' ? NULL : self->name;
    self->is_stored = true;
    import_code code = table_store(at);
    if (at->refused.outcome == OUTCOME_SKIPPED) {
        at->refused = (verdict){0}; /* no fault of the row that happens to be the first */
        run_note(at->run, NOTE_OWNER);
    }
    return code;
}

/* A whole name without the degrees behind its comma; family names stand in front here. */
static const char *keep_name(table *at, const char *name)
{
    char text[2 * NAME_BYTES_MAX];
    size_t length = strcspn(name, ",");
    snprintf(text, sizeof text, "%.*s", length < sizeof text ? (int)length : (int)sizeof text - 1,
             name);
    return table_keep_name(at, text);
}

/* A person by profile; nothing when there is none. */
static import_code store_profile(table *at, const char *slug, const char *name)
{
    wp_identity who = {WP_IDENTITY_LINKEDIN, slug};
    if (slug == NULL || owner_is(at->run->owner, &who))
        return IMPORT_DONE;
    fact_begin(&at->fact, FACT_PERSON);
    at->fact.identities[0] = who;
    at->fact.identity_count = 1;
    at->fact.name = name == NULL ? NULL : keep_name(at, name);
    return table_store(at);
}

/* The slug of a web address, kept; NULL: none. */
static const char *keep_slug(table *at, const char *url)
{
    char slug[SLUG_BYTES];
    return slug_of(url, slug) ? table_keep(at, slug) : NULL;
}

/* Cut the next part off a list; false: there is none. */
static bool next_part(const char **rest, const char *separators, char *out, size_t bytes)
{
    if (*rest == NULL)
        return false;
    size_t length = strcspn(*rest, separators);
    snprintf(out, bytes, "%.*s", length < bytes ? (int)length : 0, *rest);
    *rest = (*rest)[length] == '\0' ? NULL : *rest + length + 1;
    return true;
}

static size_t count_parts(const char *text, const char *separators)
{
    size_t count = 1;
    for (; *text != '\0'; text++)
        count += strchr(separators, *text) != NULL ? 1 : 0;
    return count;
}

/* Whether a message counts, and when it was sent. */
static bool check_message(const linkedin_reader *self, csv_row *row, int64_t *time_s)
{
    const linkedin_columns *layout = &self->columns;
    stamp when;
    const char *date = linkedin_cell(layout, row, MESSAGE_DATE);
    if (linkedin_says_yes(linkedin_cell(layout, row, MESSAGE_IS_DRAFT)) ||
        linkedin_says_yes(linkedin_cell(layout, row, MESSAGE_IN_DRAFT)))
        return verdict_skip(&row->what, REASON_UNSENT, "IS MESSAGE DRAFT says yes");
    if (strcasecmp(linkedin_cell(layout, row, MESSAGE_FOLDER), "SPAM") == 0)
        return verdict_skip(&row->what, REASON_SPAM, "FOLDER is SPAM");
    if (strncasecmp(linkedin_cell(layout, row, MESSAGE_FOLDER), "DRAFT", 5) == 0)
        return verdict_skip(&row->what, REASON_UNSENT, "FOLDER is that of drafts");
    if (!stamp_parse(date, &when))
        return csv_fault(row, layout->at[MESSAGE_DATE], REASON_NO_DATE,
                         "'%.40s', expected 2023-06-11 15:33:58 UTC", date);
    *time_s = when.time_s;
    return table_check_key(row, layout->at[MESSAGE_CONVERSATION],
                           linkedin_cell(layout, row, MESSAGE_CONVERSATION),
                           CONVERSATION_BYTES_MAX);
}

/* Store the recipients as people and keep their profiles in `slugs`. */
static import_code collect_recipients(linkedin_reader *self, table *at, csv_row *row)
{
    const char *urls = linkedin_cell(&self->columns, row, MESSAGE_TO_URLS);
    const char *names = linkedin_cell(&self->columns, row, MESSAGE_TO);
    /* Names hold commas, so they are told apart only where they are as many as the profiles. */
    const char *between = strchr(names, ';') != NULL ? ";" : ",";
    bool is_one = count_parts(urls, ";,") == 1;
    bool has_names = is_one || count_parts(names, between) == count_parts(urls, ";,");
    char url[1024], name[1024];
    import_code code = IMPORT_DONE;
    self->slug_count = 0;
    while (code == IMPORT_DONE && next_part(&urls, ";,", url, sizeof url)) {
        const char *slug = keep_slug(at, url);
        bool has_name = has_names && next_part(&names, is_one ? "" : between, name, sizeof name);
        if (slug == NULL)
            continue;
        if (self->slug_count == RECIPIENTS_MAX) {
            verdict_skip(&row->what, REASON_MANY_RECIPIENTS, "expected at most %d recipients",
                         RECIPIENTS_MAX);
            break;
        }
        self->slugs[self->slug_count++] = slug;
        code = store_profile(at, slug, has_name ? name : NULL);
    }
    if (self->slug_count == 0)
        verdict_skip(&row->what, REASON_NO_RECIPIENTS, "no profile among the recipients");
    return code;
}

static import_code store_message(const linkedin_reader *self, table *at, csv_row *row,
                                 const char *sender, int64_t time_s)
{
    char id[MESSAGE_SOURCE_BYTES];
    fact_begin(&at->fact, FACT_INTERACTION);
    snprintf(id, sizeof id, "linkedin:message:%s:%lld:%s",
             linkedin_cell(&self->columns, row, MESSAGE_CONVERSATION), (long long)time_s, sender);
    at->fact.kind = WP_KIND_MESSAGE;
    at->fact.source = id;
    at->fact.time_s = time_s;
    at->fact.person = (wp_identity){WP_IDENTITY_LINKEDIN, sender};
    for (size_t i = 0; i < self->slug_count; i++)
        if (!fact_add_recipient(&at->fact, (wp_identity){WP_IDENTITY_LINKEDIN, self->slugs[i]},
                                WP_ROLE_TO, &row->what))
            return fail_memory(at, row);
    return table_store(at);
}

static import_code take_message(linkedin_reader *self, table *at, csv_row *row)
{
    int64_t time_s = 0;
    if (!check_message(self, row, &time_s))
        return IMPORT_DONE;
    const char *sender = keep_slug(at, linkedin_cell(&self->columns, row, MESSAGE_FROM_URL));
    if (sender == NULL) {
        verdict_skip(&row->what, REASON_NO_IDENTITY, "the sender has no profile");
        return IMPORT_DONE;
    }
    import_code code = collect_recipients(self, at, row);
    if (code != IMPORT_DONE || row->what.outcome == OUTCOME_SKIPPED)
        return code;
    code = store_profile(at, sender, linkedin_cell(&self->columns, row, MESSAGE_FROM));
    return code == IMPORT_DONE ? store_message(self, at, row, sender, time_s) : code;
}

static import_code take_invitation(linkedin_reader *self, table *at, csv_row *row)
{
    const linkedin_columns *layout = &self->columns;
    const char *from = keep_slug(at, linkedin_cell(layout, row, INVITATION_FROM_URL));
    const char *to = keep_slug(at, linkedin_cell(layout, row, INVITATION_TO_URL));
    if (from == NULL && to == NULL) {
        verdict_skip(&row->what, REASON_NO_IDENTITY, "neither side has a profile");
        return IMPORT_DONE;
    }
    import_code code = store_profile(at, from, linkedin_cell(layout, row, INVITATION_FROM));
    return code == IMPORT_DONE ? store_profile(at, to, linkedin_cell(layout, row, INVITATION_TO))
                               : code;
}

static int32_t day_of(table *at, const char *text, bool is_last)
{
    stamp when;
    if (*text == '\0')
        return WP_DAY_NONE;
    if (!stamp_parse(text, &when)) {
        run_note(at->run, NOTE_BAD_DAY);
        return WP_DAY_NONE;
    }
    return is_last ? when.last_day : when.first_day;
}

static import_code take_position(linkedin_reader *self, table *at, csv_row *row)
{
    const linkedin_columns *layout = &self->columns;
    const char *company = table_keep_name(at, linkedin_cell(layout, row, POSITION_COMPANY));
    fact_begin(&at->fact, FACT_EMPLOYMENT);
    at->fact.person = owner_identity(at->run->owner);
    at->fact.title = table_keep_name(at, linkedin_cell(layout, row, POSITION_TITLE));
    if (!fact_set_days(&at->fact, day_of(at, linkedin_cell(layout, row, POSITION_FROM), false),
                       day_of(at, linkedin_cell(layout, row, POSITION_TO), true)))
        run_note(at->run, NOTE_BAD_DAY);
    if (company == NULL)
        verdict_skip(&row->what, REASON_BLANK, "no company");
    else if (at->fact.person.kind == 0)
        verdict_skip(&row->what, REASON_NO_OWNER, "positions are those of the owner");
    if (row->what.outcome == OUTCOME_SKIPPED)
        return IMPORT_DONE;
    at->fact.company = (wp_identity){WP_IDENTITY_COMPANY_NAME, company};
    return table_store(at);
}

/* Addresses and profile were learnt before, and are stored with the first row that is read. */
static import_code take_own(linkedin_reader *self, table *at, csv_row *row)
{
    const char *email = linkedin_cell(&self->columns, row, EMAIL_ADDRESS);
    bool is_email = self->columns.table == LINKEDIN_EMAILS;
    wp_identity who = owner_identity(at->run->owner);
    if (is_email && !linkedin_says_yes(linkedin_cell(&self->columns, row, EMAIL_CONFIRMED)))
        verdict_skip(&row->what, REASON_UNCONFIRMED, "Confirmed does not say yes");
    else if (is_email && !owner_is(at->run->owner, &(wp_identity){WP_IDENTITY_EMAIL, email}))
        csv_fault(row, self->columns.at[EMAIL_ADDRESS], REASON_BAD_VALUE,
                  "'%.60s', expected an address", email);
    else if (who.kind == 0)
        verdict_skip(&row->what, REASON_NO_OWNER, "no address and no profile of the owner");
    return IMPORT_DONE;
}

static import_code take_row(void *context, table *at, csv_row *row)
{
    linkedin_reader *self = context;
    import_code code = store_owner(at);
    if (code != IMPORT_DONE)
        return code;
    switch (self->columns.table) {
    case LINKEDIN_CONNECTIONS:
        return contact_take_row(&self->contacts, at, row);
    case LINKEDIN_MESSAGES:
        return take_message(self, at, row);
    case LINKEDIN_INVITATIONS:
        return take_invitation(self, at, row);
    case LINKEDIN_POSITIONS:
        return take_position(self, at, row);
    case LINKEDIN_EMAILS:
    case LINKEDIN_PROFILE:
        return take_own(self, at, row);
    case LINKEDIN_EDUCATION:
    case LINKEDIN_REACTIONS:
    case LINKEDIN_COMMENTS:
    case LINKEDIN_SHARES:
    case LINKEDIN_FOLLOWS:
    case LINKEDIN_COMPANIES:
    case LINKEDIN_NOTHING:
    case LINKEDIN_NONE:
    case LINKEDIN_TABLE_COUNT:
        break;
    }
    verdict_skip(&row->what, REASON_NOBODY, "%s say with whom of nobody",
                 linkedin_table_name(self->columns.table));
    return IMPORT_DONE;
}

import_code linkedin_read(run *self, const place *from)
{
    linkedin_reader *reader = calloc(1, sizeof *reader);
    if (reader == NULL)
        return run_fail_input(self, 0, 0, "memory is exhausted");
    reader->run = self;
    table_reader how = {is_header, take_row, column_taken_as,
                        "the header of a table of a LinkedIn archive", reader};
    import_code code = table_read(self, &how, from);
    free(reader);
    return code;
}
