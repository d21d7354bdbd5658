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

/* Add an identity. */
static int add(app *self, behind *out, wp_number rule, wp_number other, const char *what)
{
    char *text = NULL;
    int code = side_text(self, (wp_side){WP_SIDE_COMPANY, other}, &text);

    if (code != CODE_DONE || text == NULL)
        return code;
    /* Powers of two are where the array is full. */
    if ((out->count & (out->count - 1)) == 0)
        out->items =
            text_resize(out->items, out->count == 0 ? 1 : 2 * out->count, sizeof *out->items);
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

static bool is_side(wp_side a, wp_side b)
{
    return a.kind == b.kind && a.number == b.number;
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

/* All barriers. What several sources state, one behind the other, is one rule. */
static int add_barriers(app *self, behind *out)
{
    wp_barrier at = {.source = 0};
    wp_status status;
    int code = CODE_DONE;

    for (wp_barrier last = at; code == CODE_DONE; last = at) {
        if ((status = wp_barrier_statement_next(self->txn, &at, &self->err)) == WP_ENOTFOUND)
            break;
        if (status != WP_OK)
            code = app_fail_status(self, "barriers");
        else if (!is_side(at.a, last.a) || !is_side(at.b, last.b))
            code = add_barrier(self, out, &at);
    }
    return code;
}

/* All companies in groups, likewise. */
static int add_members(app *self, behind *out)
{
    wp_member at = {.source = 0};
    wp_status status;
    int code = CODE_DONE;

    for (wp_member last = at; code == CODE_DONE; last = at) {
        if ((status = wp_member_statement_next(self->txn, &at, &self->err)) == WP_ENOTFOUND)
            break;
        if (status != WP_OK)
            code = app_fail_status(self, "groups");
        else if (at.group != last.group || !is_side(at.who, last.who))
            code = add_member(self, out, &at);
    }
    return code;
}

int behind_read(app *self, wp_number company, behind *out)
{
    wp_company found;
    int code = CODE_DONE;

    *out = (behind){0};
    if (wp_company_get(self->txn, company, &found, &self->err) != WP_OK)
        return app_fail_status(self, "company");
    if (found.us == WP_US_YES)
        code = add_company(self, out, company, 0, "of our organisation");
    if (code == CODE_DONE)
        code = add_barriers(self, out);
    return code == CODE_DONE ? add_members(self, out) : code;
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

/* Whether one before says the same: a rule may name two identities that were one company. */
static bool is_told(const behind *lost, size_t item)
{
    const behind_item *at = &lost->items[item];

    for (size_t i = 0; i < item; i++)
        if (strcmp(lost->items[i].text, at->text) == 0 &&
            strcmp(lost->items[i].what, at->what) == 0)
            return true;
    return false;
}

void behind_tell(const app *self, const behind *lost)
{
    for (size_t i = 0; i < lost->count; i++)
        if (!is_told(lost, i))
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
