/*
 * warmpath show: everything about one person or company. Here the choice between the two, and the
 * company; the person is in show_person.c.
 */
#include <stdlib.h>

#include "commands.h"
#include "date.h"
#include "elsewhere.h"
#include "known_by.h"
#include "output.h"
#include "person.h"
#include "show.h"
#include "stated.h"
#include "text.h"
#include "who.h"

#define TIES_SHOWN 10
#define PEOPLE_SHOWN 20

typedef struct company_facts {
    char *name;
    char *id;
    char **domains;
    size_t domain_count;
    char **aliases;
    size_t alias_count;
    wp_number parent; /* 0: none */
    char *parent_label;
    wp_us us;
    person_view *people;
    size_t people_count;
    char *elsewhere; /* where those with an address there are employed; NULL: nothing to say */
    known_by known;
    stated_facts stated; /* by whom, and opportunities */
} company_facts;

static void company_facts_free(company_facts *facts)
{
    free(facts->name);
    free(facts->id);
    for (size_t i = 0; i < facts->domain_count; i++)
        free(facts->domains[i]);
    free(facts->domains);
    for (size_t i = 0; i < facts->alias_count; i++)
        free(facts->aliases[i]);
    free(facts->aliases);
    free(facts->parent_label);
    stated_free(&facts->stated);
    for (size_t i = 0; i < facts->people_count; i++)
        person_free(&facts->people[i]);
    free(facts->people);
    free(facts->elsewhere);
    known_by_free(&facts->known);
}

static int read_company(app *self, wp_number number, company_facts *facts)
{
    wp_company found;

    if (wp_company_get(self->txn, number, &found, &self->err) != WP_OK)
        return app_fail_status(self, "company");
    facts->name = text_copy(found.name);
    facts->id = text_copy(found.id);
    facts->us = found.us;
    facts->domains = text_new(found.identity_count, sizeof *facts->domains);
    for (size_t i = 0; i < found.identity_count; i++)
        if (found.identities[i].kind == WP_IDENTITY_DOMAIN)
            facts->domains[facts->domain_count++] = text_copy(found.identities[i].text);
    facts->aliases = text_new(found.alias_count + 1, sizeof *facts->aliases);
    for (size_t i = 0; i < found.alias_count; i++)
        facts->aliases[facts->alias_count++] = text_copy(found.aliases[i].name);
    facts->parent = found.parent;
    return stated_read_sources(self, found.sources, found.source_count, &facts->stated);
}

/* Who owns it, and the deals with it. */
static int read_around(app *self, wp_number number, company_facts *facts)
{
    wp_numbers opportunities = {0};
    int code = facts->parent == 0 ? CODE_DONE
                                  : company_labels(self, facts->parent, NULL, &facts->parent_label);

    if (code != CODE_DONE)
        return code;
    if (wp_company_opportunities(self->txn, number, &opportunities, &self->err) != WP_OK)
        return app_fail_status(self, "opportunities");
    code = stated_read_opportunities(self, &opportunities, 0, &facts->stated);
    wp_numbers_free(&opportunities);
    return code;
}

static int read_people(app *self, wp_number number, company_facts *facts)
{
    who_list people = {0};
    int code = who_people(self, (who_found){WHO_COMPANY, number}, &people);

    facts->people = text_new(people.count, sizeof *facts->people);
    for (size_t i = 0; i < people.count && code == CODE_DONE; i++)
        code = person_read(self, people.items[i], &facts->people[facts->people_count++]);
    who_list_free(&people);
    return code;
}

/* Who of us knows people there; not an error here when nobody is of us. */
static int read_known(app *self, wp_number number, company_facts *facts)
{
    who_list us = {0};
    int code = who_people(self, (who_found){WHO_US, 0}, &us);
    size_t count = us.count;

    who_list_free(&us);
    if (code != CODE_DONE || count == 0)
        return code;
    return known_by_read(self, (who_found){WHO_COMPANY, number}, &facts->known);
}

static void print_json(const app *self, wp_number number, const company_facts *facts)
{
    json_t *document = doc_object(), *domains = doc_array(), *people = doc_array();
    json_t *known = doc_array(), *aliases = doc_array();

    for (size_t i = 0; i < facts->alias_count; i++)
        doc_add(aliases, doc_text(facts->aliases[i]));
    for (size_t i = 0; i < facts->domain_count; i++)
        doc_add(domains, doc_text(facts->domains[i]));
    for (size_t i = 0; i < facts->people_count; i++)
        doc_add(people, person_json(&facts->people[i]));
    for (size_t i = 0; i < facts->known.count; i++)
        doc_add(known, known_by_json(&facts->known.items[i]));
    doc_put(document, "day", doc_day(self->day));
    doc_put(document, "kind", doc_text("company"));
    doc_put(document, "number", json_integer((json_int_t)number));
    doc_put(document, "name", doc_text(facts->name));
    doc_put(document, "id", doc_text(facts->id));
    doc_put(document, "domains", domains);
    doc_put(document, "aliases", aliases);
    doc_put(document, "parent", doc_text(facts->parent_label));
    doc_put(document, "us", json_boolean(facts->us == WP_US_YES));
    doc_put(document, "people", people);
    doc_put(document, "known_by", known);
    stated_put(document, &facts->stated);
    doc_print(document);
}

static void print_people(const app *self, const company_facts *facts)
{
    static const column columns[] = {{"person", false, 16, false},
                                     {"title", false, 8, false},
                                     {"known as", false, 12, false},
                                     {"", false, 0, false}};
    table *rows = table_new(columns, sizeof columns / sizeof columns[0]);
    size_t count = facts->people_count;
    size_t listed = count < PEOPLE_SHOWN ? count : PEOPLE_SHOWN;

    for (size_t i = 0; i < listed; i++) {
        const person_view *found = &facts->people[i];
        const char *cells[] = {person_label(found), found->title, found->handle,
                               person_mark(found)};
        table_add(rows, cells);
    }
    (void)printf("\n%zu %s employed there\n", count, count == 1 ? "person is" : "people are");
    table_print(self, rows, 2);
    if (facts->elsewhere != NULL) {
        char *clean = text_clean(facts->elsewhere);
        (void)fputs("  ", stdout);
        text_wrap(stdout, clean, 2, 2, self->width);
        free(clean);
    }
    if (listed < count)
        (void)printf("  … and %zu more (--json lists all)\n", count - listed);
    table_free(rows);
}

static void print_field(const char *name, const char *text)
{
    char *clean = text_clean(text);

    (void)printf("  %-10s %s\n", name, clean);
    free(clean);
}

static void print_text(const app *self, const company_facts *facts)
{
    char day[DATE_TEXT_BYTES];
    const char *label = facts->name != NULL       ? facts->name
                        : facts->domain_count > 0 ? facts->domains[0]
                                                  : "a company without a name";
    char *heading =
        text_format("%s, a company%s, on %s", label, facts->us == WP_US_YES ? " of ours" : "",
                    date_format_day(self->day, day));

    output_heading(self, heading);
    free(heading);
    for (size_t i = 0; i < facts->domain_count; i++)
        print_field("domain", facts->domains[i]);
    if (facts->id != NULL)
        print_field("id", facts->id);
    for (size_t i = 0; i < facts->alias_count; i++)
        print_field("also", facts->aliases[i]);
    if (facts->parent_label != NULL)
        print_field("owned by", facts->parent_label);
    stated_print_sources(&facts->stated);
    print_people(self, facts);
    stated_print_opportunities(self, &facts->stated);
    if (facts->known.count > 0) {
        (void)printf("\nWho of us knows them\n");
        known_by_print(self, &facts->known, 2, TIES_SHOWN);
    }
}

static int show_company(app *self, wp_number number)
{
    company_facts facts = {0};
    int code = read_company(self, number, &facts);

    if (code == CODE_DONE)
        code = read_people(self, number, &facts);
    if (code == CODE_DONE)
        code = read_around(self, number, &facts);
    if (code == CODE_DONE)
        code = read_known(self, number, &facts);
    if (code == CODE_DONE && facts.people_count == 0 && !self->is_json)
        facts.elsewhere = elsewhere_hint(self, number);
    app_end(self);
    if (code == CODE_DONE && self->is_json)
        print_json(self, number, &facts);
    else if (code == CODE_DONE)
        print_text(self, &facts);
    company_facts_free(&facts);
    return code;
}

int cmd_show(app *self)
{
    who_found found = {WHO_PERSON, 0};
    int code = who_begin_read(self);

    if (code == CODE_DONE)
        code = who_find(self, "WHO", self->given.words[0], CODE_NOTHING, &found);
    if (code != CODE_DONE)
        return code;
    if (found.kind == WHO_US)
        return app_fail(self, CODE_INPUT, "WHO: 'us' is a group, expected a person or company");
    if (found.kind == WHO_GROUP)
        return app_fail(self, CODE_INPUT, "WHO: '%s' is a group, see 'warmpath group list %s'",
                        self->given.words[0], self->given.words[0]);
    who_asked(self, found);
    if (found.kind == WHO_COMPANY)
        return show_company(self, found.number);
    return show_person(self, found.number);
}
