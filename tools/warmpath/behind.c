/*
 * What rules that name a company cover: see behind.h.
 */
#include "behind.h"

#include <stdlib.h>
#include <string.h>

#include "side.h"
#include "text.h"

struct behind_item {
    wp_number rule;  /* of the company that the rule names; 0: the rule is that it is ours */
    wp_number other; /* an identity that is one with it */
    char *text;      /* which one */
    char *what;      /* what it is by the rule: "in team:sales" */
};

static bool has_item(const behind *self, const char *text, const char *what)
{
    for (size_t i = 0; i < self->count; i++)
        if (strcmp(self->items[i].text, text) == 0 && strcmp(self->items[i].what, what) == 0)
            return true;
    return false;
}

/* Add an identity; what several sources state is one rule. */
static int add(app *self, behind *out, wp_number rule, wp_number other, const char *what)
{
    char *text = NULL;
    int code = side_text(self, (wp_side){WP_SIDE_COMPANY, other}, &text);

    if (code != CODE_DONE || text == NULL || has_item(out, text, what)) {
        free(text);
        return code;
    }
    out->items = text_resize(out->items, out->count + 1, sizeof *out->items);
    out->items[out->count++] = (behind_item){rule, other, text, text_copy(what)};
    return CODE_DONE;
}

/* Add what is one company with the one named, but for that itself. */
static int add_company(app *self, behind *out, wp_number company, wp_number rule, const char *what)
{
    wp_numbers all = {0};
    int code = CODE_DONE;

    if (wp_company_numbers(self->txn, company, &all, &self->err) != WP_OK)
        return app_fail_status(self, "company");
    for (size_t i = 0; i < all.count && code == CODE_DONE; i++)
        if (all.items[i] != rule)
            code = add(self, out, rule, all.items[i], what);
    wp_numbers_free(&all);
    return code;
}

static int add_barrier(app *self, behind *out, const wp_barrier *at)
{
    char *a = NULL, *b = NULL, *what = NULL;
    int code = side_text(self, at->a, &a);

    if (code == CODE_DONE)
        code = side_text(self, at->b, &b);
    what = text_format("behind the barrier between %s and %s", a != NULL ? a : "(erased)",
                       b != NULL ? b : "(erased)");
    if (code == CODE_DONE && at->a.kind == WP_SIDE_COMPANY)
        code = add_company(self, out, at->a.number, at->a.number, what);
    if (code == CODE_DONE && at->b.kind == WP_SIDE_COMPANY)
        code = add_company(self, out, at->b.number, at->b.number, what);
    free(a);
    free(b);
    free(what);
    return code;
}

static int add_member(app *self, behind *out, const wp_member *at)
{
    wp_group group;

    if (at->who.kind != WP_SIDE_COMPANY)
        return CODE_DONE;
    if (wp_group_get(self->txn, at->group, &group, &self->err) != WP_OK)
        return app_fail_status(self, "groups");
    char *what = text_format("in %s", group.name);
    int code = add_company(self, out, at->who.number, at->who.number, what);
    free(what);
    return code;
}

int behind_read(app *self, wp_number company, behind *out)
{
    wp_barrier barrier = {.source = 0};
    wp_member member = {.source = 0};
    wp_company found;
    wp_status status;
    int code = CODE_DONE;

    *out = (behind){0};
    if (wp_company_get(self->txn, company, &found, &self->err) != WP_OK)
        return app_fail_status(self, "company");
    if (found.us == WP_US_YES)
        code = add_company(self, out, company, 0, "of our organisation");
    while (code == CODE_DONE &&
           (status = wp_barrier_statement_next(self->txn, &barrier, &self->err)) != WP_ENOTFOUND)
        code =
            status == WP_OK ? add_barrier(self, out, &barrier) : app_fail_status(self, "barriers");
    while (code == CODE_DONE &&
           (status = wp_member_statement_next(self->txn, &member, &self->err)) != WP_ENOTFOUND)
        code = status == WP_OK ? add_member(self, out, &member) : app_fail_status(self, "groups");
    return code;
}

/* Read a company; all zero when nobody states it any more. */
static int read(app *self, wp_number number, wp_company *out)
{
    wp_status status = wp_company_get(self->txn, number, out, &self->err);

    if (status == WP_ENOTFOUND)
        *out = (wp_company){0};
    return status == WP_OK || status == WP_ENOTFOUND ? CODE_DONE : app_fail_status(self, "company");
}

static void free_item(behind_item *item)
{
    free(item->text);
    free(item->what);
}

int behind_compare(app *self, behind *covered)
{
    size_t kept = 0;
    int code = CODE_DONE;

    for (size_t i = 0; i < covered->count; i++) {
        behind_item *at = &covered->items[i];
        wp_company rule = {0}, other = {0};
        if (code == CODE_DONE && at->rule != 0)
            code = read(self, at->rule, &rule);
        wp_number by_rule = rule.number;
        if (code == CODE_DONE)
            code = read(self, at->other, &other);
        bool is_covered = at->rule != 0 ? other.number == by_rule : other.us == WP_US_YES;
        if (code == CODE_DONE && !is_covered)
            covered->items[kept++] = *at;
        else
            free_item(at);
    }
    covered->count = kept;
    return code;
}

void behind_tell(const app *self, const behind *lost)
{
    for (size_t i = 0; i < lost->count; i++)
        (void)app_fail(self, CODE_DONE, "%s: no longer %s", lost->items[i].text,
                       lost->items[i].what);
}

void behind_free(behind *covered)
{
    for (size_t i = 0; i < covered->count; i++)
        free_item(&covered->items[i]);
    free(covered->items);
    *covered = (behind){0};
}
