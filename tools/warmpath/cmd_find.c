/*
 * warmpath find: people and companies by name, address or domain.
 */
#include <stdlib.h>

#include "commands.h"
#include "doc.h"
#include "output.h"
#include "person.h"
#include "text.h"

#define LIMIT_DEFAULT 20

static int describe_person(app *self, const wp_match *match, table *rows, json_t *list)
{
    person_view found;
    int code = person_read(self, match->number, &found);

    if (code != CODE_DONE)
        return code;
    if (list != NULL) {
        json_t *object = person_json(&found);
        doc_put(object, "kind", doc_text("person"));
        doc_put(object, "score", doc_number(match->score));
        doc_add(list, object);
    } else {
        char number[16];
        char *position = person_position(&found);
        (void)snprintf(number, sizeof number, "#%u", found.number);
        const char *cells[] = {number, found.name, found.handle, position};
        table_add(rows, cells);
        free(position);
    }
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
        doc_add(list, object);
    } else {
        const char *cells[] = {"company", found.name, found.domain, ""};
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
    static const column columns[] = {{"", false, 0, false},
                                     {"name", false, 12, false},
                                     {"known as", false, 12, false},
                                     {"position", false, 8, false}};
    const char *text = self->given.words[0];
    uint32_t limit = LIMIT_DEFAULT;
    wp_matches matches = {0};
    int code = app_option_u32(self, "limit", 1, 1000, &limit);

    if (code == CODE_DONE)
        code = app_begin_read(self);
    if (code != CODE_DONE)
        return code;
    if (wp_find(self->txn, text, limit, &matches, &self->err) != WP_OK)
        return app_fail_status(self, "text");
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
