/*
 * warmpath audit: the audit log.
 */
#include <stdlib.h>
#include <string.h>

#include "commands.h"
#include "date.h"
#include "digest.h"
#include "doc.h"
#include "logged.h"
#include "output.h"
#include "side.h"
#include "text.h"
#include "who.h"

static int set_mode(app *self, wp_audit_mode mode)
{
    int code = app_begin_write(self);

    if (code != CODE_DONE)
        return code;
    if (wp_audit_set_mode(self->txn, mode, &self->err) != WP_OK)
        return app_fail_status(self, "audit");
    code = app_commit(self);
    if (code == CODE_DONE)
        app_note(self, "the audit log is set to %s", wp_audit_mode_name(mode));
    return code;
}

static json_t *entry_json(const wp_audit_entry *at)
{
    char hash[DIGEST_TEXT_BYTES];
    const char *action = wp_audit_action_name(at->action);
    json_t *entry = doc_object();

    doc_put(entry, "number", json_integer((json_int_t)at->number));
    doc_put(entry, "time", doc_time(at->time_s));
    doc_put(entry, "action", doc_text(action));
    doc_put(entry, "user", at->user == WP_USER_NONE ? json_null() : json_integer(at->user));
    doc_put(entry, "actor", at->actor == 0 ? json_null() : json_integer(at->actor));
    doc_put(entry, "subject", at->subject == 0 ? json_null() : json_integer(at->subject));
    doc_put(entry, "object", at->object == 0 ? json_null() : json_integer(at->object));
    doc_put(entry, "subject_kind", doc_text(side_kind_name(at->subject_kind)));
    doc_put(entry, "object_kind", doc_text(side_kind_name(at->object_kind)));
    doc_put(entry, "hash", doc_text(digest_text(at->hash, hash)));
    return entry;
}

/* Which entries are shown. */
typedef struct wanted {
    bool has_person;
    who_list numbers; /* of the person */
    wp_number person;
    int64_t since_s;
} wanted;

static bool is_about(const wanted *self, const wp_audit_entry *at)
{
    logged_people about = logged_about(at);
    return who_list_has(&self->numbers, at->actor) || who_list_has(&self->numbers, about.first) ||
           who_list_has(&self->numbers, about.second);
}

/* Whether the person stood on a side on the day of an entry: is employed at a company, or in a
 * group as it is now. */
static int stands_on(app *self, wp_side side, const wanted *which, int32_t day, bool *is)
{
    wp_numbers people = {0};
    wp_status status = WP_ENOTFOUND;

    if (side.kind == WP_SIDE_COMPANY)
        status = wp_company_people(self->txn, side.number, day, &people, &self->err);
    else if (side.kind == WP_SIDE_GROUP)
        status = wp_group_people(self->txn, side.number, day, &people, &self->err);
    for (size_t i = 0; i < people.count; i++)
        *is |= people.items[i] == which->person;
    wp_numbers_free(&people);
    return status == WP_OK || status == WP_ENOTFOUND ? CODE_DONE : app_fail_status(self, "audit");
}

static int is_wanted(app *self, const wanted *which, const wp_audit_entry *at, bool *is)
{
    int32_t day = date_of_time(at->time_s);

    *is = at->time_s >= which->since_s && (!which->has_person || is_about(which, at));
    if (*is || at->time_s < which->since_s)
        return CODE_DONE;
    if (at->action != WP_AUDIT_BARRIER_ADD && at->action != WP_AUDIT_BARRIER_REMOVE)
        return CODE_DONE;
    int code = stands_on(self, (wp_side){at->subject_kind, at->subject}, which, day, is);
    return code == CODE_DONE
               ? stands_on(self, (wp_side){at->object_kind, at->object}, which, day, is)
               : code;
}

static int read_wanted(app *self, wanted *out)
{
    const char *person = args_get(&self->given, "person"), *since = args_get(&self->given, "since");
    wp_number number;
    int32_t day = 0;

    *out = (wanted){.since_s = INT64_MIN};
    if (since != NULL && !date_parse_day(since, &day))
        return app_fail(self, CODE_USAGE, "--since: %s, expected YYYY-MM-DD", since);
    if (since != NULL)
        out->since_s = (int64_t)day * 86400;
    if (person == NULL)
        return CODE_DONE;
    out->has_person = true;
    int code = who_find_person(self, "--person", person, CODE_INPUT, &number);
    if (code != CODE_DONE)
        return code;
    wp_numbers all;
    out->person = number;
    if (wp_person_numbers(self->txn, number, &all, &self->err) != WP_OK)
        return app_fail_status(self, "--person");
    out->numbers.items = text_new(all.count + 1, sizeof *out->numbers.items);
    memcpy(out->numbers.items, all.items, all.count * sizeof *all.items);
    out->numbers.count = all.count;
    wp_numbers_free(&all);
    return CODE_DONE;
}

static char *number_text(uint32_t number, uint32_t none)
{
    return number == none ? text_copy("") : text_format("%u", number);
}

static void add_row(table *rows, const wp_audit_entry *at)
{
    char time[DATE_TEXT_BYTES], *number = text_format("%llu", (unsigned long long)at->number);
    char *user = number_text(at->user, WP_USER_NONE), *actor = number_text(at->actor, 0);
    char *subject = number_text(at->subject, 0), *object = number_text(at->object, 0);
    const char *cells[] = {number,
                           date_format_time(at->time_s, time),
                           wp_audit_action_name(at->action),
                           user,
                           actor,
                           subject,
                           object};

    table_add(rows, cells);
    free(number);
    free(user);
    free(actor);
    free(subject);
    free(object);
}

static int show_entries(app *self, const wanted *which)
{
    static const column columns[] = {{"entry", true, 0, false},   {"time", false, 0, false},
                                     {"action", false, 0, false}, {"user", true, 0, false},
                                     {"actor", true, 0, false},   {"subject", true, 0, false},
                                     {"object", true, 0, false}};
    wp_audit_entry at = {0};
    wp_audit_mode mode;
    wp_status status;
    int code = CODE_DONE;
    json_t *list = doc_array();
    table *rows = table_new(columns, sizeof columns / sizeof columns[0]);

    while ((status = wp_audit_next(self->txn, &at, &self->err)) == WP_OK) {
        bool is = false;
        if ((code = is_wanted(self, which, &at, &is)) != CODE_DONE)
            break;
        if (!is)
            continue;
        if (self->is_json)
            doc_add(list, entry_json(&at));
        else
            add_row(rows, &at);
    }
    if (code == CODE_DONE && status != WP_ENOTFOUND)
        code = app_fail_status(self, "audit");
    if (code == CODE_DONE && wp_audit_get_mode(self->txn, &mode, &self->err) != WP_OK)
        code = app_fail_status(self, "audit");
    if (code == CODE_DONE && self->is_json) {
        json_t *document = doc_object();
        doc_put(document, "mode", doc_text(wp_audit_mode_name(mode)));
        doc_put(document, "entries", list);
        doc_print(document);
        list = NULL;
    } else if (code == CODE_DONE) {
        table_print(self, rows, 0);
        app_note(self, "the audit log is set to %s", wp_audit_mode_name(mode));
    }
    json_decref(list);
    table_free(rows);
    return code;
}

static int show(app *self)
{
    wanted which = {0};
    int code = app_begin_read_all(self);

    if (code == CODE_DONE)
        code = read_wanted(self, &which);
    if (code == CODE_DONE)
        code = show_entries(self, &which);
    who_list_free(&which.numbers);
    return code;
}

static int head(app *self)
{
    wp_audit_entry last;
    char hash[DIGEST_TEXT_BYTES];
    int code = app_begin_read_all(self);

    if (code != CODE_DONE)
        return code;
    wp_status status = wp_audit_head(self->txn, &last, &self->err);
    if (status == WP_ENOTFOUND)
        return app_fail(self, CODE_NOTHING, "the log is empty");
    if (status != WP_OK)
        return app_fail_status(self, "audit");
    if (self->is_json)
        doc_print(entry_json(&last));
    else
        (void)printf("%llu:%s\n", (unsigned long long)last.number, digest_text(last.hash, hash));
    return CODE_DONE;
}

/* Whether an entry that was noted is in the log as it was. */
static int check_noted(app *self, const char *text)
{
    char hash[DIGEST_TEXT_BYTES], *colon;
    unsigned long long number = strtoull(text, &colon, 10);
    wp_audit_entry at = {.number = number - 1};

    if (number == 0 || *colon != ':' || strlen(colon + 1) != DIGEST_TEXT_BYTES - 1)
        return app_fail(self, CODE_USAGE, "--head: %s, expected NUMBER:HASH as of 'audit head'",
                        text);
    wp_status status = wp_audit_next(self->txn, &at, &self->err);
    if (status != WP_OK && status != WP_ENOTFOUND)
        return app_fail_status(self, "--head");
    if (status == WP_ENOTFOUND || at.number != number)
        return app_fail(self, CODE_DATABASE, "--head: entry %llu is missing", number);
    if (strcmp(digest_text(at.hash, hash), colon + 1) != 0)
        return app_fail(self, CODE_DATABASE, "--head: entry %llu is another one", number);
    return CODE_DONE;
}

static int verify(app *self)
{
    const char *noted = args_get(&self->given, "head");
    uint64_t broken = 0;
    wp_audit_entry last = {0};
    int code = app_begin_read_all(self);

    if (code == CODE_DONE && wp_audit_verify(self->txn, &broken, &self->err) != WP_OK)
        return app_fail_status(self, "audit");
    if (code == CODE_DONE && broken == 0 && noted != NULL)
        code = check_noted(self, noted);
    if (code != CODE_DONE)
        return code;
    wp_status status = wp_audit_head(self->txn, &last, &self->err);
    if (broken == 0 && status != WP_OK && status != WP_ENOTFOUND)
        return app_fail_status(self, "audit");
    if (self->is_json) {
        json_t *document = doc_object();
        doc_put(document, "ok", json_boolean(broken == 0));
        doc_put(document, "entries", json_integer((json_int_t)last.number));
        doc_put(document, "broken", broken == 0 ? json_null() : json_integer((json_int_t)broken));
        doc_print(document);
    } else if (broken == 0) {
        (void)printf("%llu entries, all as they were written\n", (unsigned long long)last.number);
    }
    if (broken > 0)
        return app_fail(self, CODE_DATABASE, "entry %llu is not as it was written",
                        (unsigned long long)broken);
    return CODE_DONE;
}

int cmd_audit(app *self)
{
    const char *word = self->given.words[0];

    for (int mode = WP_AUDIT_OFF; wp_audit_mode_name((wp_audit_mode)mode) != NULL; mode++)
        if (strcmp(word, wp_audit_mode_name((wp_audit_mode)mode)) == 0)
            return set_mode(self, (wp_audit_mode)mode);
    if (strcmp(word, "show") == 0)
        return show(self);
    if (strcmp(word, "verify") == 0)
        return verify(self);
    if (strcmp(word, "head") == 0)
        return head(self);
    return app_fail(self, CODE_USAGE,
                    "%s: unknown, expected off, changes, all, show, verify or head", word);
}
