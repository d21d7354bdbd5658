/*
 * Who states what is shown, and opportunities: see stated.h.
 */
#include "stated.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "date.h"
#include "output.h"
#include "text.h"
#include "who.h"

void stated_free(stated_facts *facts)
{
    for (size_t i = 0; i < facts->source_count; i++)
        free(facts->sources[i]);
    free(facts->sources);
    for (size_t i = 0; i < facts->opportunity_count; i++) {
        stated_opportunity *at = &facts->opportunities[i];
        free(at->id);
        free(at->name);
        free(at->stage);
        free(at->amount);
        free(at->part);
    }
    free(facts->opportunities);
    *facts = (stated_facts){0};
}

int stated_read_sources(app *self, const uint32_t *numbers, size_t count, stated_facts *facts)
{
    uint32_t *copy = text_new(count + 1, sizeof *copy);
    int code = CODE_DONE;

    facts->has_sources = who_is_audit(self);
    if (!facts->has_sources)
        count = 0;
    if (count > 0)
        memcpy(copy, numbers, count * sizeof *copy);
    facts->sources = text_new(count + 1, sizeof *facts->sources);
    for (size_t i = 0; i < count && code == CODE_DONE; i++) {
        wp_source source;
        if (copy[i] == WP_SOURCE_HAND)
            facts->sources[facts->source_count++] = text_copy("by hand");
        else if (wp_source_get(self->txn, copy[i], &source, &self->err) == WP_OK)
            facts->sources[facts->source_count++] = text_copy(source.name);
        else
            code = app_fail_status(self, "source");
    }
    free(copy);
    return code;
}

int stated_read_interaction(app *self, uint64_t interaction, stated_facts *facts)
{
    wp_interaction version;
    uint32_t *numbers = NULL, source = 0;
    uint64_t position = 0;
    size_t count = 0;
    wp_status status = WP_OK;

    while (interaction != 0 && who_is_audit(self) &&
           (status = wp_interaction_version_next(self->txn, interaction, &position, &source,
                                                 &version, &self->err)) == WP_OK) {
        numbers = text_resize(numbers, count + 1, sizeof *numbers);
        numbers[count++] = source;
    }
    int code = status == WP_OK || status == WP_ENOTFOUND
                   ? stated_read_sources(self, numbers, count, facts)
                   : app_fail_status(self, "sources");
    free(numbers);
    return code;
}

json_t *stated_sources_json(const stated_facts *facts)
{
    json_t *sources = facts->has_sources ? doc_array() : json_null();

    for (size_t i = 0; i < facts->source_count; i++)
        doc_add(sources, doc_text(facts->sources[i]));
    return sources;
}

char *stated_sources_short(const stated_facts *facts)
{
    if (facts->source_count == 0)
        return text_copy("");
    const char *first = facts->sources[0], *slash = strrchr(first, '/');
    const char *name = slash != NULL && slash[1] != '\0' ? slash + 1 : first;
    return facts->source_count == 1 ? text_copy(name)
                                    : text_format("%s +%zu", name, facts->source_count - 1);
}

/* The part of a person in an opportunity: as owner, or as the first source says that gives one. */
static int read_part(app *self, const wp_opportunity *of, wp_number person, char **part)
{
    wp_contact_role at = {.opportunity = of->number};
    wp_number number = of->number;
    wp_status status;

    *part = of->owner == person ? text_copy("owner") : NULL;
    while ((status = wp_contact_role_next(self->txn, &at, &self->err)) == WP_OK &&
           at.opportunity == number && *part == NULL) {
        char *role = text_copy(at.role);
        wp_person found;
        if (wp_person_get(self->txn, at.person, self->day, &found, &self->err) != WP_OK) {
            free(role);
            return app_fail_status(self, "person");
        }
        if (found.number == person)
            *part = text_format("%s%s", role == NULL ? "contact" : role,
                                at.is_primary ? " (primary)" : "");
        free(role);
        at.role = NULL;
    }
    return status == WP_OK || status == WP_ENOTFOUND ? CODE_DONE : app_fail_status(self, "roles");
}

int stated_read_opportunities(app *self, const wp_numbers *numbers, wp_number person,
                              stated_facts *facts)
{
    int code = CODE_DONE;

    facts->opportunities = text_new(numbers->count + 1, sizeof *facts->opportunities);
    for (size_t i = 0; i < numbers->count && code == CODE_DONE; i++) {
        wp_opportunity found;
        stated_opportunity *at = &facts->opportunities[facts->opportunity_count];
        if (wp_opportunity_get(self->txn, numbers->items[i], &found, &self->err) != WP_OK)
            return app_fail_status(self, "opportunity");
        *at = (stated_opportunity){.id = text_copy(found.id),
                                   .name = text_copy(found.name),
                                   .stage = text_copy(found.stage),
                                   .state = wp_opportunity_state_name(found.state),
                                   .closed_day = found.closed_day};
        if (!isnan(found.amount))
            at->amount = text_format("%.15g%s%s", found.amount, found.currency != NULL ? " " : "",
                                     found.currency != NULL ? found.currency : "");
        facts->opportunity_count++;
        if (person != 0)
            code = read_part(self, &found, person, &at->part);
    }
    return code;
}

void stated_put(json_t *document, const stated_facts *facts)
{
    json_t *opportunities = doc_array();

    for (size_t i = 0; i < facts->opportunity_count; i++) {
        const stated_opportunity *at = &facts->opportunities[i];
        json_t *object = doc_object();
        doc_put(object, "id", doc_text(at->id));
        doc_put(object, "name", doc_text(at->name));
        doc_put(object, "amount", doc_text(at->amount));
        doc_put(object, "stage", doc_text(at->stage));
        doc_put(object, "state", doc_text(at->state));
        doc_put(object, "closed", doc_day(at->closed_day));
        doc_put(object, "part", doc_text(at->part));
        doc_add(opportunities, object);
    }
    doc_put(document, "sources", stated_sources_json(facts));
    doc_put(document, "opportunities", opportunities);
}

void stated_print_sources(const stated_facts *facts)
{
    for (size_t i = 0; i < facts->source_count; i++) {
        char *clean = text_clean(facts->sources[i]);
        (void)printf("  %-10s %s\n", "source", clean);
        free(clean);
    }
}

void stated_print_opportunities(const app *self, const stated_facts *facts)
{
    static const column columns[] = {{"opportunity", false, 12, false}, {"amount", true, 0, false},
                                     {"stage", false, 8, false},        {"state", false, 0, false},
                                     {"closed", false, 0, false},       {"part", false, 8, false}};
    table *rows = table_new(columns, sizeof columns / sizeof columns[0]);

    for (size_t i = 0; i < facts->opportunity_count; i++) {
        const stated_opportunity *at = &facts->opportunities[i];
        char day[DATE_TEXT_BYTES] = "–";
        if (at->closed_day != WP_DAY_NONE)
            (void)date_format_day(at->closed_day, day);
        const char *cells[] = {
            at->name != NULL ? at->name : at->id, at->amount, at->stage, at->state, day, at->part};
        table_add(rows, cells);
    }
    if (facts->opportunity_count > 0)
        (void)fputc('\n', stdout);
    table_print(self, rows, 2);
    table_free(rows);
}
