/*
 * warmpath barrier: between whom nothing may be told.
 *
 * A side is a person, meant by one identity as in `private`, a company or a group. A barrier is
 * listed with the sides as they were stated, whoever states it.
 */
#include <stdlib.h>
#include <string.h>

#include "commands.h"
#include "listing.h"
#include "side.h"

static int change(app *self, bool is_up)
{
    const char *a = self->given.words[1], *b = self->given.words[2];
    wp_barrier barrier = {.source = 0};
    int code = app_begin_write(self);

    if (code == CODE_DONE)
        code = side_find(self, "A", a, true, &barrier.a);
    if (code == CODE_DONE)
        code = side_find(self, "B", b, true, &barrier.b);
    if (code != CODE_DONE)
        return code;
    if (wp_barrier_put(self->txn, &barrier, is_up, &self->err) != WP_OK)
        return app_fail_status(self, a);
    code = app_commit(self);
    if (code == CODE_DONE)
        app_note(self, "%s and %s: %s", a, b, is_up ? "kept apart" : "no longer kept apart");
    return code;
}

typedef int row_fn(app *self, const char *a, const char *b, void *context);

static int add_json(app *self, const char *a, const char *b, void *context)
{
    json_t *object = doc_object();

    (void)self;
    doc_put(object, "a", doc_text(a));
    doc_put(object, "b", doc_text(b));
    doc_add(context, object);
    return CODE_DONE;
}

static int add_row(app *self, const char *a, const char *b, void *context)
{
    const char *cells[] = {a == NULL ? "(erased)" : a, b == NULL ? "(erased)" : b};

    (void)self;
    table_add(context, cells);
    return CODE_DONE;
}

static int each_barrier(app *self, row_fn *each, void *context)
{
    wp_barrier at = {.source = 0};
    wp_status status = WP_OK;
    int code = CODE_DONE;

    while (code == CODE_DONE &&
           (status = wp_barrier_statement_next(self->txn, &at, &self->err)) == WP_OK) {
        char *a = NULL, *b = NULL;
        code = side_text(self, at.a, &a);
        if (code == CODE_DONE)
            code = side_text(self, at.b, &b);
        if (code == CODE_DONE)
            code = each(self, a, b, context);
        free(a);
        free(b);
    }
    if (code == CODE_DONE && status != WP_ENOTFOUND)
        code = app_fail_status(self, "barriers");
    return code;
}

static int add_all(app *self, json_t *list, table *rows)
{
    return list != NULL ? each_barrier(self, add_json, list) : each_barrier(self, add_row, rows);
}

static int list(app *self)
{
    static const column columns[] = {{"one side", false, 20, false},
                                     {"the other", false, 20, false}};

    return listing_print(self, "barriers", columns, sizeof columns / sizeof columns[0], add_all,
                         "nobody is kept apart");
}

int cmd_barrier(app *self)
{
    const char *verb = self->given.words[0];
    bool is_list = strcmp(verb, "list") == 0, is_add = strcmp(verb, "add") == 0;

    if (!is_list && !is_add && strcmp(verb, "remove") != 0)
        return app_fail(self, CODE_USAGE, "%s: expected add, remove or list", verb);
    if (self->given.word_count != (is_list ? 1u : 3u))
        return app_fail(self, CODE_USAGE, "arguments: %zu given, expected %s",
                        self->given.word_count, is_list ? "list" : "add or remove, A and B");
    if (self->is_json && !is_list)
        return app_fail(self, CODE_USAGE, "--json: only barrier list has an answer in JSON");
    return is_list ? list(self) : change(self, is_add);
}
