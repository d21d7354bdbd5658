/*
 * The lines of groups, of who is in them, and of barriers.
 *
 * Groups are written in the order of their names, each with its members, so that the order follows
 * from texts and nothing is held but the lines of one.
 */
#include <stdlib.h>
#include <string.h>

#include "dump_lines.h"
#include "text.h"

typedef struct named_group {
    wp_number number;
    char *name;
} named_group;

typedef struct group_names {
    named_group *items;
    size_t count;
} group_names;

int dump_group_name(dump *out, wp_number group, const char **name)
{
    wp_group found;

    if (wp_group_get(out->self->txn, group, &found, &out->self->err) != WP_OK)
        return app_fail_status(out->self, "groups");
    *name = found.name;
    return CODE_DONE;
}

static int compare_names(const void *a, const void *b)
{
    return strcmp(((const named_group *)a)->name, ((const named_group *)b)->name);
}

static int read_names(dump *out, group_names *names)
{
    app *self = out->self;
    wp_number at = 0;
    wp_status status;

    names->items = text_new(WP_GROUPS_MAX, sizeof *names->items);
    while (names->count < WP_GROUPS_MAX &&
           (status = wp_group_next(self->txn, &at, &self->err)) == WP_OK) {
        const char *name = NULL;
        int code = dump_group_name(out, at, &name);
        if (code != CODE_DONE)
            return code;
        names->items[names->count++] = (named_group){at, text_copy(name)};
    }
    if (names->count < WP_GROUPS_MAX && status != WP_ENOTFOUND)
        return app_fail_status(self, "groups");
    qsort(names->items, names->count, sizeof *names->items, compare_names);
    return CODE_DONE;
}

/* A person, company or group as a side, under the key that says which. */
static int put_side(dump *out, json_t *line, const char *const keys[3], wp_side side,
                    uint32_t source)
{
    const char *name = NULL;

    if (side.kind == WP_SIDE_COMPANY)
        return dump_put_company(out, line, keys[1], side.number, source);
    if (side.kind == WP_SIDE_PERSON) {
        dump_put_person(out, line, keys[0], side.number);
        return CODE_DONE;
    }
    int code = dump_group_name(out, side.number, &name);
    dump_put_text(line, keys[2], name);
    return code;
}

static int add_statements(dump *out, const named_group *group)
{
    app *self = out->self;
    wp_group at = {.number = group->number - 1, .source = UINT32_MAX};
    wp_status status;

    while ((status = wp_group_statement_next(self->txn, &at, &self->err)) == WP_OK &&
           at.number == group->number) {
        json_t *line = dump_new("group");
        doc_put(line, "name", doc_text(group->name));
        dump_add(out, line, at.source);
    }
    return status == WP_OK || status == WP_ENOTFOUND ? CODE_DONE : app_fail_status(self, "groups");
}

static int add_members(dump *out, const named_group *group)
{
    static const char *const keys[3] = {"person", "company", NULL};
    app *self = out->self;
    wp_member at = {.group = group->number};
    wp_status status;

    while ((status = wp_member_statement_next(self->txn, &at, &self->err)) == WP_OK &&
           at.group == group->number) {
        json_t *line = dump_new("member");
        doc_put(line, "group", doc_text(group->name));
        int code = put_side(out, line, keys, at.who, at.source);
        dump_add(out, line, at.source);
        if (code != CODE_DONE)
            return code;
    }
    return status == WP_OK || status == WP_ENOTFOUND ? CODE_DONE : app_fail_status(self, "members");
}

int dump_groups(dump *out)
{
    group_names names = {0};
    int code = read_names(out, &names);

    for (size_t i = 0; i < names.count && code == CODE_DONE; i++) {
        code = add_statements(out, &names.items[i]);
        if (code == CODE_DONE)
            code = dump_write_group(out);
        if (code == CODE_DONE)
            code = add_members(out, &names.items[i]);
        if (code == CODE_DONE)
            code = dump_write_group(out);
    }
    for (size_t i = 0; i < names.count; i++)
        free(names.items[i].name);
    free(names.items);
    return code;
}

/* Whether the sides are in the order of their texts, in which they are written: people, companies,
 * groups. */
static int is_in_order(dump *out, const wp_barrier *at, bool *is)
{
    const dump_index *index = at->a.kind == WP_SIDE_PERSON ? &out->people : &out->companies;
    const char *name = NULL;

    *is = at->a.kind < at->b.kind;
    if (at->a.kind != at->b.kind)
        return CODE_DONE;
    if (at->a.kind != WP_SIDE_GROUP) {
        *is = dump_index_rank(index, at->a.number) <= dump_index_rank(index, at->b.number);
        return CODE_DONE;
    }
    int code = dump_group_name(out, at->a.number, &name);
    char *first = code == CODE_DONE ? text_copy(name) : NULL;
    if (code == CODE_DONE)
        code = dump_group_name(out, at->b.number, &name);
    *is = code == CODE_DONE && strcmp(first, name) <= 0;
    free(first);
    return code;
}

static int add_barrier(dump *out, const wp_barrier *at)
{
    static const char *const keys[3] = {"person", "company", "group"};
    static const char *const others[3] = {"other_person", "other_company", "other_group"};
    bool is_first = true;
    json_t *line = dump_new("barrier");
    int code = is_in_order(out, at, &is_first);

    if (code == CODE_DONE)
        code = put_side(out, line, keys, is_first ? at->a : at->b, at->source);
    if (code == CODE_DONE)
        code = put_side(out, line, others, is_first ? at->b : at->a, at->source);
    dump_add(out, line, at->source);
    return code;
}

/* One group of lines, so that the order follows from the texts. */
int dump_barriers(dump *out)
{
    app *self = out->self;
    wp_barrier at = {.source = 0};
    wp_status status;
    int code = CODE_DONE;

    while (code == CODE_DONE &&
           (status = wp_barrier_statement_next(self->txn, &at, &self->err)) == WP_OK)
        code = add_barrier(out, &at);
    if (code == CODE_DONE && status != WP_ENOTFOUND)
        code = app_fail_status(self, "barriers");
    return code == CODE_DONE ? dump_write_group(out) : code;
}
