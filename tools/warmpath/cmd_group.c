/*
 * warmpath group: named sets of people and companies; warmpath sharing: who sees a person's ties.
 *
 * What is stated by hand can be taken back by hand; what an import states goes with the import.
 */
#include <stdlib.h>
#include <string.h>

#include "commands.h"
#include "decided.h"
#include "listing.h"
#include "side.h"
#include "text.h"
#include "who.h"

static int find_group(app *self, const char *name, wp_number *group)
{
    wp_status status = wp_group_find(self->txn, name, group, &self->err);

    if (status == WP_ENOTFOUND)
        return app_fail(self, CODE_INPUT, "%s: unknown, expected a group of 'group list'", name);
    return status == WP_OK ? CODE_DONE : app_fail_status(self, name);
}

static int put_members(app *self, wp_number group, bool is_in)
{
    int code = CODE_DONE;

    for (size_t i = 2; i < self->given.word_count && code == CODE_DONE; i++) {
        const char *text = self->given.words[i];
        wp_member member = {.group = group};
        code = side_find(self, "WHO", text, false, &member.who);
        if (code != CODE_DONE)
            return code;
        wp_status status = wp_member_put(self->txn, &member, is_in, &self->err);
        if (status == WP_ENOTFOUND)
            code = app_fail(self, CODE_INPUT, "%s: not in the group by hand", text);
        else if (status != WP_OK)
            code = app_fail_status(self, text);
    }
    return code;
}

static int add(app *self)
{
    const char *name = self->given.words[1];
    wp_number group = 0;
    bool is_new = false;
    int code = app_begin_write(self);

    if (code == CODE_DONE && wp_group_put(self->txn, name, &group, &is_new, &self->err) != WP_OK)
        code = app_fail_status(self, name);
    if (code == CODE_DONE)
        code = put_members(self, group, true);
    if (code == CODE_DONE)
        code = app_commit(self);
    if (code == CODE_DONE)
        app_note(self, "%s: %s%zu added", name, is_new ? "a new group, " : "",
                 self->given.word_count - 2);
    return code;
}

static int take_out(app *self)
{
    const char *name = self->given.words[1];
    wp_number group;
    int code = app_begin_write(self);

    if (code == CODE_DONE)
        code = find_group(self, name, &group);
    if (code == CODE_DONE)
        code = put_members(self, group, false);
    if (code == CODE_DONE)
        code = app_commit(self);
    if (code == CODE_DONE)
        app_note(self, "%s: %zu taken out", name, self->given.word_count - 2);
    return code;
}

/* Take out whoever is in it by hand. */
static int empty(app *self)
{
    const char *name = self->given.words[1];
    wp_number group;
    wp_status status = WP_OK;
    size_t count = 0;
    int code = app_begin_write(self);

    if (code == CODE_DONE)
        code = find_group(self, name, &group);
    if (code != CODE_DONE)
        return code;
    for (wp_member at = {.group = group};
         (status = wp_member_statement_next(self->txn, &at, &self->err)) == WP_OK &&
         at.group == group;) {
        if (at.source != WP_SOURCE_HAND)
            continue;
        if (wp_member_put(self->txn, &at, false, &self->err) != WP_OK)
            return app_fail_status(self, name);
        count++;
    }
    if (status != WP_OK && status != WP_ENOTFOUND)
        return app_fail_status(self, name);
    code = app_commit(self);
    if (code == CODE_DONE)
        app_note(self, "%s: %zu taken out", name, count);
    return code;
}

static int delete_group(app *self)
{
    const char *name = self->given.words[1];
    wp_number group;
    int code = app_begin_write(self);

    if (code == CODE_DONE)
        code = find_group(self, name, &group);
    if (code != CODE_DONE)
        return code;
    wp_status status = wp_group_delete(self->txn, group, &self->err);
    if (status == WP_ECONFLICT)
        return app_fail(self, CODE_INPUT, "%s: a barrier or somebody's sharing names it", name);
    if (status == WP_ENOTFOUND)
        return app_fail(self, CODE_INPUT, "%s: nothing is said of it by hand", name);
    if (status != WP_OK)
        return app_fail_status(self, name);
    code = app_commit(self);
    if (code == CODE_DONE)
        app_note(self, "%s: what was said of it by hand is gone", name);
    return code;
}

static int add_group(app *self, wp_number group, json_t *list, table *rows)
{
    wp_group found;
    wp_numbers people = {0};

    if (wp_group_people(self->txn, group, self->day, &people, &self->err) != WP_OK ||
        wp_group_get(self->txn, group, &found, &self->err) != WP_OK) {
        wp_numbers_free(&people);
        return app_fail_status(self, "groups");
    }
    char *count = text_format("%zu", people.count);
    const char *cells[] = {found.name, count};
    if (list != NULL) {
        json_t *object = doc_object();
        doc_put(object, "name", doc_text(found.name));
        doc_put(object, "people", json_integer((json_int_t)people.count));
        doc_add(list, object);
    } else {
        table_add(rows, cells);
    }
    free(count);
    wp_numbers_free(&people);
    return CODE_DONE;
}

static int add_groups(app *self, json_t *list, table *rows)
{
    wp_number at = 0;
    wp_status status = WP_OK;
    int code = CODE_DONE;

    while (code == CODE_DONE && (status = wp_group_next(self->txn, &at, &self->err)) == WP_OK)
        code = add_group(self, at, list, rows);
    if (code == CODE_DONE && status != WP_ENOTFOUND)
        code = app_fail_status(self, "groups");
    return code;
}

/* What several sources state is listed once. */
static int add_members(app *self, json_t *list, table *rows)
{
    wp_side last = {0};
    wp_status status = WP_OK;
    wp_member at = {0};
    wp_number group;
    int code = find_group(self, self->given.words[1], &group);

    at.group = group;
    while (code == CODE_DONE &&
           (status = wp_member_statement_next(self->txn, &at, &self->err)) == WP_OK &&
           at.group == group) {
        char *text = NULL;
        bool is_person = at.who.kind == WP_SIDE_PERSON;
        if (at.who.kind == last.kind && at.who.number == last.number)
            continue;
        last = at.who;
        code = side_text(self, at.who, &text);
        const char *cells[] = {is_person ? "person" : "company", text};
        if (text != NULL && list != NULL) {
            json_t *object = doc_object();
            doc_put(object, cells[0], doc_text(text));
            doc_add(list, object);
        } else if (text != NULL) {
            table_add(rows, cells);
        }
        free(text);
    }
    if (code == CODE_DONE && status != WP_OK && status != WP_ENOTFOUND)
        code = app_fail_status(self, "members");
    return code;
}

static int list(app *self)
{
    static const column groups[] = {{"group", false, 20, false}, {"people", true, 0, false}};
    static const column members[] = {{"", false, 0, false}, {"member", false, 20, false}};
    int code = app_option_day(self);

    if (code != CODE_DONE)
        return code;
    return self->given.word_count == 1
               ? listing_print(self, "groups", groups, sizeof groups / sizeof *groups, add_groups,
                               "there is no group")
               : listing_print(self, "members", members, sizeof members / sizeof *members,
                               add_members, "nobody is in it");
}

int cmd_group(app *self)
{
    static const struct {
        const char *verb;
        size_t words_min;
        size_t words_max;
        int (*run)(app *self);
    } verbs[] = {{"add", 2, SIZE_MAX, add},
                 {"remove", 3, SIZE_MAX, take_out},
                 {"empty", 2, 2, empty},
                 {"delete", 2, 2, delete_group},
                 {"list", 1, 2, list}};

    for (size_t i = 0; i < sizeof verbs / sizeof *verbs; i++) {
        size_t count = self->given.word_count;
        if (strcmp(self->given.words[0], verbs[i].verb) != 0)
            continue;
        if (count < verbs[i].words_min || count > verbs[i].words_max)
            return app_fail(self, CODE_USAGE, "%s: %zu arguments, see 'warmpath group --help'",
                            verbs[i].verb, count - 1);
        if (self->is_json && verbs[i].run != list)
            return app_fail(self, CODE_USAGE, "--json: only group list has an answer in JSON");
        return verbs[i].run(self);
    }
    return app_fail(self, CODE_USAGE, "%s: expected add, remove, empty, delete or list",
                    self->given.words[0]);
}

/* open, closed, or the names of groups. */
static int read_sharing(app *self, wp_consent *consent, wp_number *groups)
{
    const char *const *words = self->given.words;
    size_t count = self->given.word_count - 1;
    int code = CODE_DONE;

    if (count == 1 && strcmp(words[1], "open") == 0)
        consent->sharing = WP_SHARING_OPEN;
    else if (count == 1 && strcmp(words[1], "closed") == 0)
        consent->sharing = WP_SHARING_CLOSED;
    if (consent->sharing != WP_SHARING_UNSAID)
        return CODE_DONE;
    consent->sharing = WP_SHARING_GROUPS;
    consent->groups = groups;
    consent->group_count = count;
    for (size_t i = 0; i < count && code == CODE_DONE; i++)
        code = find_group(self, words[i + 1], &groups[i]);
    return code;
}

int cmd_sharing(app *self)
{
    wp_number groups[WP_SHARING_GROUPS_MAX];
    wp_consent consent = WP_CONSENT_INIT;
    const char *who = self->given.words[0];
    bool holds = false;
    int code = app_option_day(self);

    consent.since = self->day;
    if (code == CODE_DONE)
        code = app_begin_write(self);
    if (code == CODE_DONE)
        code = who_find_identity(self, "WHO", who, &consent.person);
    if (code == CODE_DONE)
        code = read_sharing(self, &consent, groups);
    if (code == CODE_DONE)
        code = decided_put(self, who, &consent, &holds);
    if (code == CODE_DONE)
        code = app_commit(self);
    if (code == CODE_DONE && holds)
        app_note(self, "%s: ties are seen by %s", who,
                 consent.sharing == WP_SHARING_OPEN     ? "everybody"
                 : consent.sharing == WP_SHARING_CLOSED ? "nobody else"
                                                        : "the groups named");
    return code;
}
