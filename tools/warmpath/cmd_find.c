/*
 * warmpath find: people and companies by words of names, addresses, titles and companies; with the
 * warmest tie that one of us has to each person.
 */
#include <stdlib.h>

#include "commands.h"
#include "doc.h"
#include "output.h"
#include "person.h"
#include "text.h"
#include "who.h"

#define LIMIT_DEFAULT 20

/* Why it matched, where that is not plain to see. */
static const char *why(const wp_match *match)
{
    if ((match->how & WP_HOW_MISSPELT) != 0)
        return "nearly";
    return (match->how & WP_HOW_OTHER_TEXT) != 0 ? "other spelling or address" : NULL;
}

/* The warmest tie from one of us; *ours is yours: free(), NULL when nobody has one. */
static int read_known(app *self, const wp_match *match, wp_tie *tie, json_t **json, char **ours)
{
    person_view found;
    *ours = NULL;
    *json = NULL;
    if (match->known_by == 0)
        return CODE_DONE;
    if (wp_tie_get(self->txn, match->known_by, match->number, self->day, tie, &self->err) != WP_OK)
        return app_fail_status(self, "tie");
    int code = person_read(self, match->known_by, &found);
    if (code != CODE_DONE)
        return code;
    *ours = text_copy(person_label(&found));
    if (self->is_json)
        *json = person_json(&found);
    person_free(&found);
    return CODE_DONE;
}

static void add_person(const wp_match *match, const person_view *found, const wp_tie *tie,
                       const char *ours, table *rows)
{
    char number[16];
    char *position = person_position(found);
    const char *tier = found->is_us ? "us" : ours != NULL ? wp_tier_name(tie->tier) : NULL;
    const char *cells[] = {
        number,     found->name,       found->handle, position, tier, found->is_us ? NULL : ours,
        why(match), person_mark(found)};
    (void)snprintf(number, sizeof number, "#%u", found->number);
    table_add(rows, cells);
    free(position);
}

static int describe_person(app *self, const wp_match *match, table *rows, json_t *list)
{
    person_view found;
    wp_tie tie = {0};
    json_t *known_by = NULL;
    char *ours = NULL;
    int code = read_known(self, match, &tie, &known_by, &ours);

    if (code == CODE_DONE)
        code = person_read(self, match->number, &found);
    if (code != CODE_DONE) {
        json_decref(known_by);
        free(ours);
        return code;
    }
    if (list != NULL) {
        json_t *object = person_json(&found);
        doc_put(object, "kind", doc_text("person"));
        doc_put(object, "score", doc_number(match->score));
        doc_put(object, "why", doc_text(why(match)));
        doc_put(object, "known_by", known_by != NULL ? known_by : json_null());
        doc_put(object, "p", known_by != NULL ? doc_number(match->p) : json_null());
        doc_put(object, "tier", doc_text(known_by != NULL ? wp_tier_name(tie.tier) : NULL));
        doc_add(list, object);
    } else {
        add_person(match, &found, &tie, ours, rows);
    }
    free(ours);
    person_free(&found);
    return CODE_DONE;
}

static int describe_company(app *self, const wp_match *match, table *rows, json_t *list)
{
    wp_company found;

    if (wp_company_get(self->txn, match->number, &found, &self->err) != WP_OK)
        return app_fail_status(self, "company");
    if (list != NULL) {
        json_t *object = doc_object();
        doc_put(object, "number", json_integer((json_int_t)found.number));
        doc_put(object, "name", doc_text(found.name));
        doc_put(object, "domain", doc_text(found.domain));
        doc_put(object, "id", doc_text(found.id));
        doc_put(object, "kind", doc_text("company"));
        doc_put(object, "score", doc_number(match->score));
        doc_put(object, "why", doc_text(why(match)));
        doc_add(list, object);
    } else {
        const char *cells[] = {"company", found.name, found.domain, NULL,
                               NULL,      NULL,       why(match),   NULL};
        table_add(rows, cells);
    }
    return CODE_DONE;
}

static void print_json(const char *text, json_t *list)
{
    json_t *document = doc_object();

    doc_put(document, "text", doc_text(text));
    doc_put(document, "matches", list);
    doc_print(document);
}

int cmd_find(app *self)
{
    static const column columns[] = {{"", false, 0, false},          {"name", false, 12, false},
                                     {"known as", false, 12, false}, {"position", false, 8, false},
                                     {"tie", false, 0, true},        {"from", false, 6, false},
                                     {"", false, 6, false},          {"", false, 0, false}};
    const char *text = self->given.words[0];
    char held[WHO_HELD_BYTES];
    wp_identity identity;
    uint32_t limit = LIMIT_DEFAULT;
    wp_matches matches = {0};
    int code = app_option_u32(self, "limit", 1, 1000, &limit);

    if (code == CODE_DONE)
        code = who_begin_read(self);
    if (code != CODE_DONE)
        return code;
    wp_find_query query = WP_FIND_QUERY_INIT;
    query.text = who_identity(self, text, held, &identity) ? identity.text : text;
    query.limit = limit;
    query.day = self->day;
    if (wp_find_on(self->txn, &query, &matches, &self->err) != WP_OK)
        return app_fail_status(self, "text");
    app_asked(self, WP_AUDIT_ASK_NAME, 0);
    table *rows = table_new(columns, sizeof columns / sizeof columns[0]);
    json_t *list = self->is_json ? doc_array() : NULL;
    for (size_t i = 0; i < matches.count && code == CODE_DONE; i++)
        code = matches.items[i].is_company ? describe_company(self, &matches.items[i], rows, list)
                                           : describe_person(self, &matches.items[i], rows, list);
    app_end(self);
    if (code == CODE_DONE && matches.count == 0)
        code = app_fail(self, CODE_NOTHING, "%s: nothing found", text);
    if (list != NULL && (code == CODE_DONE || code == CODE_NOTHING))
        print_json(text, list);
    else
        table_print(self, rows, 0);
    table_free(rows);
    wp_matches_free(&matches);
    return code;
}
