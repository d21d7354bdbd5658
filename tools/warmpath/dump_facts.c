/*
 * The lines of everything but people, companies and interactions: sources, merges by hand,
 * employments, stated ties, decisions, private ties, opportunities and parts in them; groups and
 * barriers are in dump_groups.c.
 *
 * What is keyed by a person is read person by person in the order of references, so that nothing is
 * held but the lines of one.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "dump_lines.h"
#include "text.h"

static int end_of(dump *out, wp_status status, const char *what)
{
    return status == WP_OK || status == WP_ENOTFOUND ? CODE_DONE : app_fail_status(out->self, what);
}

int dump_sources(dump *out)
{
    app *self = out->self;
    int code = CODE_DONE;

    for (size_t i = 0; i < out->sources.count && code == CODE_DONE; i++) {
        wp_source source;
        json_t *line = dump_new("source");
        if (wp_source_get(self->txn, out->sources.items[i].number, &source, &self->err) != WP_OK) {
            json_decref(line);
            return app_fail_status(self, "sources");
        }
        doc_put(line, "name", doc_text(source.name));
        dump_put_text(line, "format", source.format);
        dump_add(out, line, WP_SOURCE_HAND);
        code = dump_write_group(out);
    }
    return code;
}

int dump_settings(dump *out)
{
    app *self = out->self;
    wp_together together;
    wp_settings settings;

    if (wp_together_get(self->txn, &together, &self->err) != WP_OK ||
        wp_settings_get(self->txn, &settings, &self->err) != WP_OK)
        return app_fail_status(self, "settings");
    json_t *line = dump_new("setting");
    size_t unsaid = json_object_size(line);
    if (together.people_max != WP_TOGETHER_DEFAULT)
        doc_put(line, "worked_together_max", json_integer(together.people_max));
    if (settings.introductions != WP_CHOICE_IN)
        doc_put(line, "default_introductions", doc_text(wp_choice_name(settings.introductions)));
    if (settings.contact != WP_CHOICE_IN)
        doc_put(line, "default_contact", doc_text(wp_choice_name(settings.contact)));
    if (settings.sharing != WP_SHARING_OPEN)
        doc_put(line, "default_sharing", doc_text(wp_sharing_name(settings.sharing)));
    if (settings.mutual == WP_CHOICE_IN)
        doc_put(line, "mutual_sharing", json_true());
    if (json_object_size(line) == unsaid) {
        json_decref(line);
        return CODE_DONE;
    }
    dump_add(out, line, WP_SOURCE_HAND);
    return dump_write_group(out);
}

json_t *dump_suppression(const wp_suppression *at)
{
    json_t *line = dump_new("suppressed");
    char *key = text_format("%016llx", (unsigned long long)at->key);
    char *hash = text_format("%016llx%016llx", (unsigned long long)at->hash[0],
                             (unsigned long long)at->hash[1]);

    doc_put(line, "key", doc_text(key));
    doc_put(line, "hash", doc_text(hash));
    doc_put(line, "since", doc_time(at->time_s));
    free(key);
    free(hash);
    return line;
}

int dump_suppressions(dump *out)
{
    wp_suppression at = {0};
    wp_status status;
    int code = CODE_DONE;

    while (code == CODE_DONE &&
           (status = wp_suppression_next(out->self->txn, &at, &out->self->err)) != WP_ENOTFOUND) {
        if (status != WP_OK)
            return app_fail_status(out->self, "suppressions");
        dump_add(out, dump_suppression(&at), WP_SOURCE_HAND);
        code = dump_write_group(out);
    }
    return code;
}

static int dump_merges(dump *out)
{
    wp_merge at = {0};
    wp_status status;

    while ((status = wp_merge_next(out->self->txn, &at, &out->self->err)) == WP_OK) {
        const char *a = dump_index_text(&out->people, at.a);
        const char *b = dump_index_text(&out->people, at.b);
        json_t *line = dump_new(at.a == at.b ? "unmerge" : "merge");
        if (at.a == at.b) {
            doc_put(line, "person", doc_text(a));
        } else {
            json_t *both = doc_array();
            bool is_up = strcmp(a, b) < 0;
            doc_add(both, doc_text(is_up ? a : b));
            doc_add(both, doc_text(is_up ? b : a));
            doc_put(line, "people", both);
        }
        dump_add(out, line, WP_SOURCE_HAND);
    }
    int code = end_of(out, status, "merges");
    return code == CODE_DONE ? dump_write_group(out) : code;
}

static int dump_employments_of(dump *out, wp_number person)
{
    app *self = out->self;
    wp_employment at = {.person = person};
    wp_status status;
    int code = CODE_DONE;

    while (code == CODE_DONE &&
           (status = wp_employment_statement_of(self->txn, &at, &self->err)) == WP_OK) {
        json_t *line = dump_new("employment"), *title = doc_text(at.title);
        dump_put_person(out, line, "person", person);
        code = dump_put_company(out, line, "company", at.company, at.source);
        doc_put(line, "title", title);
        doc_put(line, "from", doc_day(at.from_day));
        doc_put(line, "to", doc_day(at.to_day));
        dump_add(out, line, at.source);
        at.title = NULL; /* borrowed, and ended by the look-ups */
    }
    return code == CODE_DONE ? end_of(out, status, "employments") : code;
}

/* By source, so that a dump is loaded without changing sources back and forth, then by whom. */
static int compare_tie(const void *a, const void *b, void *context)
{
    const wp_stated_tie *x = a, *y = b;
    const dump *out = context;
    if (x->source != y->source) {
        size_t i = x->source == WP_SOURCE_HAND ? 0 : dump_index_rank(&out->sources, x->source) + 1;
        size_t j = y->source == WP_SOURCE_HAND ? 0 : dump_index_rank(&out->sources, y->source) + 1;
        return i < j ? -1 : 1;
    }
    size_t i = dump_index_rank(&out->people, x->to), j = dump_index_rank(&out->people, y->to);
    return i < j ? -1 : i > j;
}

static void add_tie(dump *out, const wp_stated_tie *tie)
{
    json_t *line = dump_new("tie");

    dump_put_person(out, line, "from", tie->from);
    dump_put_person(out, line, "to", tie->to);
    doc_put(line, tie->has_cost ? "cost" : "p",
            tie->has_cost ? json_integer((json_int_t)tie->cost) : dump_number(tie->p));
    dump_add(out, line, tie->source);
}

/* All stated ties as they are stored: the neighbour lists, by which those of one person are found,
 * are derived. */
static int dump_ties_stored(dump *out)
{
    wp_stated_tie at = {0};
    wp_status status;
    int code = CODE_DONE;

    while (code == CODE_DONE &&
           (status = wp_stated_tie_next(out->self->txn, &at, &out->self->err)) == WP_OK) {
        add_tie(out, &at);
        code = dump_write_group(out);
    }
    return code == CODE_DONE ? end_of(out, status, "ties") : code;
}

static int dump_ties_of(dump *out, wp_number person)
{
    app *self = out->self;
    wp_stated_ties ties;
    int code = CODE_DONE;

    if (wp_stated_ties_from(self->txn, person, &ties, &self->err) != WP_OK)
        return app_fail_status(self, "ties");
    if (ties.count > 1)
        qsort_r(ties.items, ties.count, sizeof *ties.items, compare_tie, out);
    for (size_t i = 0; i < ties.count && code == CODE_DONE; i++) {
        add_tie(out, &ties.items[i]);
        code = dump_write_group(out);
    }
    wp_stated_ties_free(&ties);
    return code;
}

/* The names of groups, in their order. */
static int put_groups(dump *out, json_t *line, const wp_consent *at)
{
    json_t *groups = doc_array();
    size_t count = at->group_count;
    wp_number numbers[WP_SHARING_GROUPS_MAX];

    doc_put(line, "groups", groups);
    for (size_t i = 0; i < count; i++)
        numbers[i] = at->groups[i]; /* borrowed, and ended by the look-ups */
    for (size_t i = 0; i < count; i++) {
        const char *name = NULL;
        int code = dump_group_name(out, numbers[i], &name);
        if (code != CODE_DONE)
            return code;
        size_t place = 0;
        while (place < json_array_size(groups) &&
               strcmp(json_string_value(json_array_get(groups, place)), name) < 0)
            place++;
        doc_insert(groups, place, doc_text(name));
    }
    return CODE_DONE;
}

static int add_decision(dump *out, const wp_consent *at)
{
    json_t *line = dump_new("consent");
    uint32_t source = at->source;
    int code = CODE_DONE;

    dump_put_person(out, line, "person", at->person);
    dump_put_text(line, "introductions", wp_choice_name(at->introductions));
    dump_put_text(line, "contact", wp_choice_name(at->contact));
    dump_put_text(line, "sharing", wp_sharing_name(at->sharing));
    if (at->since != WP_DAY_NONE)
        doc_put(line, "since", doc_day(at->since));
    if (at->sharing == WP_SHARING_GROUPS)
        code = put_groups(out, line, at);
    dump_add(out, line, source);
    return code;
}

static int dump_decisions_of(dump *out, wp_number person)
{
    app *self = out->self;
    wp_consent at = WP_CONSENT_INIT;
    wp_status status;
    int code = CODE_DONE;

    at.person = person;
    while (code == CODE_DONE &&
           (status = wp_consent_statement_next(self->txn, &at, &self->err)) == WP_OK &&
           at.person == person)
        code = add_decision(out, &at);
    return code == CODE_DONE ? end_of(out, status, "decisions") : code;
}

static int dump_private_of(dump *out, wp_number person)
{
    app *self = out->self;
    wp_private at = {person - 1, UINT32_MAX, UINT32_MAX, false};
    wp_status status;

    while ((status = wp_private_statement_next(self->txn, &at, &self->err)) == WP_OK &&
           at.person == person) {
        json_t *line = dump_new("private");
        dump_put_person(out, line, "person", at.person);
        dump_put_person(out, line, "owner", at.owner);
        if (at.is_whole)
            doc_put(line, "whole", json_true());
        dump_add(out, line, at.source);
    }
    return end_of(out, status, "private ties");
}

typedef int of_fn(dump *out, wp_number person);

/* Everybody's lines of one type. */
static int dump_each(dump *out, of_fn *of)
{
    int code = CODE_DONE;

    for (size_t i = 0; i < out->people.count && code == CODE_DONE; i++) {
        code = of(out, out->people.items[i].number);
        if (code == CODE_DONE)
            code = dump_write_group(out);
    }
    return code;
}

static int add_opportunity(dump *out, const wp_opportunity *at)
{
    json_t *line = dump_new("opportunity");
    int code = CODE_DONE;

    doc_put(line, "id", doc_text(at->id));
    dump_put_text(line, "name", at->name);
    if (!isnan(at->amount))
        doc_put(line, "amount", dump_number(at->amount));
    dump_put_text(line, "currency", at->currency);
    dump_put_text(line, "stage", at->stage);
    if (at->state != WP_OPPORTUNITY_OPEN)
        doc_put(line, "state", doc_text(wp_opportunity_state_name(at->state)));
    if (at->created_day != WP_DAY_NONE)
        doc_put(line, "created", doc_day(at->created_day));
    if (at->closed_day != WP_DAY_NONE)
        doc_put(line, "closed", doc_day(at->closed_day));
    if (at->owner != 0)
        dump_put_person(out, line, "owner", at->owner);
    if (at->company != 0)
        code = dump_put_company(out, line, "company", at->company, at->source);
    dump_add(out, line, at->source);
    return code;
}

/* There are few beside everything else, so all lines are sorted at once. */
static int dump_opportunities(dump *out)
{
    app *self = out->self;
    wp_opportunity at = WP_OPPORTUNITY_INIT;
    wp_status status;
    int code = CODE_DONE;

    while (code == CODE_DONE &&
           (status = wp_opportunity_statement_next(self->txn, &at, &self->err)) == WP_OK)
        code = add_opportunity(out, &at);
    if (code == CODE_DONE)
        code = end_of(out, status, "opportunities");
    return code == CODE_DONE ? dump_write_group(out) : code;
}

static int dump_roles(dump *out)
{
    app *self = out->self;
    wp_contact_role at = {0};
    wp_opportunity of;
    wp_status status;

    while ((status = wp_contact_role_next(self->txn, &at, &self->err)) == WP_OK) {
        json_t *line = dump_new("role");
        json_t *role = doc_text(at.role);
        if (wp_opportunity_get(self->txn, at.opportunity, &of, &self->err) != WP_OK) {
            json_decref(line);
            json_decref(role);
            return app_fail_status(self, "roles");
        }
        doc_put(line, "opportunity", doc_text(of.id));
        dump_put_person(out, line, "person", at.person);
        doc_put(line, "role", role);
        if (at.is_primary)
            doc_put(line, "primary", json_true());
        dump_add(out, line, at.source);
        at.role = NULL; /* borrowed, and ended by the look-up */
    }
    int code = end_of(out, status, "roles");
    return code == CODE_DONE ? dump_write_group(out) : code;
}

int dump_facts(dump *out)
{
    int code = dump_merges(out);

    if (code == CODE_DONE)
        code = dump_each(out, dump_employments_of);
    if (code == CODE_DONE)
        code = out->is_salvage ? dump_ties_stored(out) : dump_each(out, dump_ties_of);
    if (code == CODE_DONE)
        code = dump_each(out, dump_decisions_of);
    if (code == CODE_DONE)
        code = dump_each(out, dump_private_of);
    if (code == CODE_DONE)
        code = dump_groups(out);
    if (code == CODE_DONE)
        code = dump_barriers(out);
    if (code == CODE_DONE)
        code = dump_opportunities(out);
    if (code == CODE_DONE)
        code = dump_roles(out);
    return code;
}
