/*
 * The facts of an export: what each source states of the person, and what follows from it.
 */
#include <stdlib.h>
#include <string.h>

#include "export.h"
#include "logged.h"
#include "text.h"

bool export_is_person(const exporting *self, wp_number number)
{
    for (size_t i = 0; i < self->numbers.count; i++)
        if (self->numbers.items[i] == number)
            return true;
    return false;
}

json_t *export_person_text(const exporting *self, wp_number number)
{
    if (self->are_others_hidden && !export_is_person(self, number))
        return doc_text("another person");
    return doc_text(dump_index_text(&self->index.people, number));
}

json_t *export_source_text(const exporting *self, uint32_t source)
{
    return doc_text(source == WP_SOURCE_HAND ? "by hand"
                                             : dump_index_text(&self->index.sources, source));
}

static json_t *company_text(const exporting *self, wp_number company)
{
    return company == 0 ? json_null() : doc_text(dump_index_text(&self->index.companies, company));
}

/* The end of a walk is no failure. */
static int end_of(const exporting *self, wp_status status, const char *what)
{
    return status == WP_OK || status == WP_ENOTFOUND ? CODE_DONE
                                                     : app_fail_status(self->self, what);
}

static json_t *statement_json(const exporting *self, const wp_statement *at)
{
    json_t *object = doc_object(), *with = doc_array(), *names = doc_array();

    doc_put(object, "source", export_source_text(self, at->source));
    doc_put(object, "known_as", export_person_text(self, at->number));
    doc_put(object, "name", doc_text(at->name));
    doc_put(object, "title", doc_text(at->title));
    doc_put(object, "us", at->us == WP_US_UNSAID ? json_null() : json_boolean(at->us == WP_US_YES));
    for (size_t i = 0; i < at->link_count; i++)
        doc_add(with, export_person_text(self, at->links[i]));
    doc_put(object, "together_with", with);
    for (size_t i = 0; i < at->spelling_count; i++) {
        char *seen = text_format("%s (%u times)", at->spellings[i].name, at->spellings[i].count);
        doc_add(names, doc_text(seen));
        free(seen);
    }
    doc_put(object, "names_seen", names);
    return object;
}

static int add_statements(exporting *self, json_t *document)
{
    json_t *list = doc_array();
    int code = CODE_DONE;

    doc_put(document, "stated", list);
    for (size_t i = 0; i < self->numbers.count && code == CODE_DONE; i++) {
        wp_statement at = {.number = self->numbers.items[i]};
        wp_status status;
        while ((status = wp_person_statement_of(self->self->txn, &at, &self->self->err)) == WP_OK)
            doc_add(list, statement_json(self, &at));
        code = end_of(self, status, "statements");
    }
    return code;
}

static int add_employments(exporting *self, json_t *document)
{
    json_t *list = doc_array();
    int code = CODE_DONE;

    doc_put(document, "employments", list);
    for (size_t i = 0; i < self->numbers.count && code == CODE_DONE; i++) {
        wp_employment at = {.person = self->numbers.items[i]};
        wp_status status;
        while ((status = wp_employment_statement_of(self->self->txn, &at, &self->self->err)) ==
               WP_OK) {
            json_t *object = doc_object();
            doc_put(object, "company", company_text(self, at.company));
            doc_put(object, "title", doc_text(at.title));
            doc_put(object, "from", doc_day(at.from_day));
            doc_put(object, "to", doc_day(at.to_day));
            doc_put(object, "source", export_source_text(self, at.source));
            doc_add(list, object);
            at.title = NULL;
        }
        code = end_of(self, status, "employments");
    }
    return code;
}

/* The name of a group, borrowed until the next call. */
static int group_name(exporting *self, wp_number group, const char **name)
{
    wp_group found;

    if (wp_group_get(self->self->txn, group, &found, &self->self->err) != WP_OK)
        return app_fail_status(self->self, "groups");
    *name = found.name;
    return CODE_DONE;
}

static int add_decision(exporting *self, json_t *list, const wp_consent *at)
{
    const char *matter = at->contact != WP_CHOICE_UNSAID         ? "contact"
                         : at->introductions != WP_CHOICE_UNSAID ? "introductions"
                                                                 : "sharing";
    const char *choice = at->contact != WP_CHOICE_UNSAID         ? wp_choice_name(at->contact)
                         : at->introductions != WP_CHOICE_UNSAID ? wp_choice_name(at->introductions)
                                                                 : wp_sharing_name(at->sharing);
    json_t *object = doc_object(), *groups = doc_array();
    wp_number numbers[WP_SHARING_GROUPS_MAX];
    size_t count = at->group_count;
    int code = CODE_DONE;

    for (size_t i = 0; i < count; i++)
        numbers[i] = at->groups[i]; /* borrowed, and ended by the look-ups */
    doc_put(object, "matter", doc_text(matter));
    doc_put(object, "choice", doc_text(choice));
    doc_put(object, "since", doc_day(at->since));
    doc_put(object, "source", export_source_text(self, at->source));
    doc_add(list, object);
    for (size_t i = 0; i < count && code == CODE_DONE; i++) {
        const char *name = NULL;
        code = group_name(self, numbers[i], &name);
        if (code == CODE_DONE)
            doc_add(groups, doc_text(name));
    }
    if (count > 0)
        doc_put(object, "groups", groups);
    else
        json_decref(groups);
    return code;
}

/* The groups that the person is in by name, not only as staff of a company. */
static int add_groups(exporting *self, json_t *document)
{
    wp_member at = {0};
    json_t *list = doc_array();
    wp_status status;

    doc_put(document, "groups", list);
    while ((status = wp_member_statement_next(self->self->txn, &at, &self->self->err)) == WP_OK) {
        const char *name = NULL;
        if (at.who.kind != WP_SIDE_PERSON || !export_is_person(self, at.who.number))
            continue;
        int code = group_name(self, at.group, &name);
        if (code != CODE_DONE)
            return code;
        json_t *object = doc_object();
        doc_put(object, "group", doc_text(name));
        doc_put(object, "source", export_source_text(self, at.source));
        doc_add(list, object);
    }
    return end_of(self, status, "groups");
}

static int add_decisions(exporting *self, json_t *document)
{
    wp_consent at = WP_CONSENT_INIT;
    json_t *list = doc_array();
    wp_status status;
    int code;

    doc_put(document, "decisions", list);
    while ((status = wp_consent_statement_next(self->self->txn, &at, &self->self->err)) == WP_OK) {
        if (!export_is_person(self, at.person))
            continue;
        if ((code = add_decision(self, list, &at)) != CODE_DONE)
            return code;
    }
    return end_of(self, status, "decisions");
}

static int add_private(exporting *self, json_t *document)
{
    wp_private at = {0};
    json_t *list = doc_array();
    wp_status status;

    doc_put(document, "private_ties", list);
    while ((status = wp_private_statement_next(self->self->txn, &at, &self->self->err)) == WP_OK) {
        if (!export_is_person(self, at.person) && !export_is_person(self, at.owner))
            continue;
        json_t *object = doc_object();
        doc_put(object, "between", export_person_text(self, at.person));
        doc_put(object, "owner", export_person_text(self, at.owner));
        doc_put(object, "whole_person", json_boolean(at.is_whole));
        doc_put(object, "source", export_source_text(self, at.source));
        doc_add(list, object);
    }
    return end_of(self, status, "private ties");
}

static int side_json(exporting *self, wp_side side, json_t **out)
{
    const char *name = NULL;
    int code = CODE_DONE;

    if (side.kind == WP_SIDE_GROUP)
        code = group_name(self, side.number, &name);
    *out = side.kind == WP_SIDE_PERSON    ? export_person_text(self, side.number)
           : side.kind == WP_SIDE_COMPANY ? company_text(self, side.number)
                                          : doc_text(name);
    return code;
}

/* From whom the person is kept apart; barriers of whole companies and groups are about nobody. */
static int add_barriers(exporting *self, json_t *document)
{
    wp_barrier at = {.source = 0};
    json_t *list = doc_array();
    wp_status status;

    doc_put(document, "barriers", list);
    while ((status = wp_barrier_statement_next(self->self->txn, &at, &self->self->err)) == WP_OK) {
        bool is_a = at.a.kind == WP_SIDE_PERSON && export_is_person(self, at.a.number);
        bool is_b = at.b.kind == WP_SIDE_PERSON && export_is_person(self, at.b.number);
        if (!is_a && !is_b)
            continue;
        json_t *object = doc_object(), *from = NULL;
        int code = side_json(self, is_a ? at.b : at.a, &from);
        doc_put(object, "from", from);
        if (code != CODE_DONE) {
            json_decref(object);
            return code;
        }
        doc_put(object, "source", export_source_text(self, at.source));
        doc_add(list, object);
    }
    return end_of(self, status, "barriers");
}

static int add_stated_ties(exporting *self, json_t *document)
{
    wp_stated_tie at = {0};
    json_t *list = doc_array();
    wp_status status;

    doc_put(document, "stated_strengths", list);
    while ((status = wp_stated_tie_next(self->self->txn, &at, &self->self->err)) == WP_OK) {
        if (!export_is_person(self, at.from) && !export_is_person(self, at.to))
            continue;
        json_t *object = doc_object();
        doc_put(object, "from", export_person_text(self, at.from));
        doc_put(object, "to", export_person_text(self, at.to));
        doc_put(object, "p", at.has_cost ? json_null() : doc_number(at.p));
        doc_put(object, "cost", at.has_cost ? doc_cost(at.cost) : json_null());
        doc_put(object, "source", export_source_text(self, at.source));
        doc_add(list, object);
    }
    return end_of(self, status, "stated strengths");
}

static void add_tie(const exporting *self, json_t *list, const wp_tie *tie, wp_number other,
                    bool is_inbound)
{
    json_t *object = doc_object();

    doc_put(object, "with", export_person_text(self, other));
    doc_put(
        object, "question",
        doc_text(is_inbound ? "would the person answer them?" : "would they answer the person?"));
    doc_put(object, "strength", doc_number(tie->strength));
    doc_put(object, "trust", doc_number(tie->trust));
    doc_put(object, "p", doc_number(tie->p));
    doc_put(object, "tier", doc_text(wp_tier_name(tie->tier)));
    doc_put(object, "last_contact", doc_day_of_time(tie->last_contact_s));
    doc_add(list, object);
}

static int add_ties(exporting *self, json_t *document)
{
    json_t *list = doc_array();
    app *run = self->self;

    doc_put(document, "computed_ties", list);
    for (int is_inbound = 0; is_inbound < 2; is_inbound++) {
        wp_ties ties = {0};
        if (wp_person_ties(run->txn, self->person, run->day, is_inbound == 1, &ties, &run->err) !=
            WP_OK)
            return app_fail_status(run, "ties");
        for (size_t i = 0; i < ties.count; i++)
            add_tie(self, list, &ties.items[i],
                    is_inbound == 1 ? ties.items[i].from : ties.items[i].to, is_inbound == 1);
        wp_ties_free(&ties);
    }
    return CODE_DONE;
}

static int add_roles(exporting *self, json_t *list)
{
    wp_contact_role at = {0};
    wp_opportunity deal;
    wp_status status;
    app *run = self->self;

    while ((status = wp_contact_role_next(run->txn, &at, &run->err)) == WP_OK) {
        if (!export_is_person(self, at.person))
            continue;
        json_t *object = doc_object();
        doc_put(object, "part", doc_text(at.role == NULL ? "contact" : at.role));
        doc_put(object, "source", export_source_text(self, at.source));
        at.role = NULL; /* borrowed, and about to end */
        if (wp_opportunity_get(run->txn, at.opportunity, &deal, &run->err) != WP_OK) {
            json_decref(object);
            return app_fail_status(run, "opportunity");
        }
        doc_put(object, "id", doc_text(deal.id));
        doc_put(object, "name", doc_text(deal.name));
        doc_add(list, object);
    }
    return end_of(self, status, "parts in opportunities");
}

static int add_opportunities(exporting *self, json_t *document)
{
    wp_opportunity at = WP_OPPORTUNITY_INIT;
    json_t *list = doc_array();
    wp_status status;
    app *run = self->self;

    doc_put(document, "opportunities", list);
    while ((status = wp_opportunity_statement_next(run->txn, &at, &run->err)) == WP_OK) {
        if (at.owner == 0 || !export_is_person(self, at.owner))
            continue;
        json_t *object = doc_object();
        doc_put(object, "part", doc_text("owner"));
        doc_put(object, "source", export_source_text(self, at.source));
        doc_put(object, "id", doc_text(at.id));
        doc_put(object, "name", doc_text(at.name));
        doc_add(list, object);
    }
    int code = end_of(self, status, "opportunities");
    return code == CODE_DONE ? add_roles(self, list) : code;
}

/* Entries of the audit log about the person. */
static int add_log(exporting *self, json_t *document)
{
    wp_audit_entry at = {0};
    json_t *list = doc_array();
    wp_status status;

    doc_put(document, "audit_log", list);
    while ((status = wp_audit_next(self->self->txn, &at, &self->self->err)) == WP_OK) {
        logged_people about = logged_about(&at);
        if (!export_is_person(self, about.first) && !export_is_person(self, about.second))
            continue;
        json_t *object = doc_object();
        doc_put(object, "time", doc_time(at.time_s));
        doc_put(object, "action", doc_text(wp_audit_action_name(at.action)));
        doc_put(object, "user", at.user == WP_USER_NONE ? json_null() : json_integer(at.user));
        doc_add(list, object);
    }
    return end_of(self, status, "audit log");
}

int export_facts(exporting *self, json_t *document)
{
    static int (*const parts[])(exporting *, json_t *) = {
        add_statements, add_employments, add_decisions,   add_groups,        add_private,
        add_barriers,   add_ties,        add_stated_ties, add_opportunities, add_log};
    int code = CODE_DONE;

    for (size_t i = 0; i < sizeof parts / sizeof *parts && code == CODE_DONE; i++)
        code = parts[i](self, document);
    return code;
}
