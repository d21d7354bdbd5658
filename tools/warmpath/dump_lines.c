/*
 * The lines of a dump.
 *
 * A person is referred to by the first address, else id, else profile; a company by the first
 * domain, else id, else name. Keys that would say nothing are left out. A reference costs a look-up
 * and is needed for every participant of every interaction, so the last ones are remembered in a
 * cache of fixed size.
 */
#include "dump_lines.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "text.h"

void dump_free(dump *out)
{
    for (size_t i = 0; out->people != NULL && i < DUMP_CACHE_SLOTS; i++)
        free(out->people[i].reference);
    free(out->people);
    out->people = NULL;
}

static json_t *new_line(const char *type)
{
    json_t *line = doc_object();

    doc_put(line, "type", doc_text(type));
    return line;
}

/* A number; an integer where it is one, so that a valence of 0 is written as 0. */
static json_t *number_json(double value)
{
    return value == floor(value) ? json_integer((json_int_t)value) : doc_number(value);
}

int dump_digits(const json_t *line)
{
    const char *key;
    json_t *value;
    int digits = 1;

    json_object_foreach((json_t *)(uintptr_t)line, key, value)
    {
        if (!json_is_real(value))
            continue;
        for (; digits < 17; digits++) {
            char text[40];
            (void)snprintf(text, sizeof text, "%.*g", digits, json_real_value(value));
            if (strtod(text, NULL) == json_real_value(value))
                break;
        }
    }
    return digits;
}

static void put_text(json_t *line, const char *key, const char *text)
{
    if (text != NULL)
        doc_put(line, key, doc_text(text));
}

static void put_us(json_t *line, wp_us us)
{
    if (us != WP_US_UNSAID)
        doc_put(line, "us", json_boolean(us == WP_US_YES));
}

/* The identities of one kind: the first under its key, further ones under the plural. */
static void put_identities(json_t *line, const wp_identity *items, size_t count,
                           wp_identity_kind kind, const char *key, const char *plural)
{
    json_t *more = doc_array();
    bool is_first = true;

    for (size_t i = 0; i < count; i++) {
        if (items[i].kind != kind)
            continue;
        if (is_first)
            doc_put(line, key, doc_text(items[i].text));
        else
            doc_add(more, doc_text(items[i].text));
        is_first = false;
    }
    if (json_array_size(more) > 0)
        doc_put(line, plural, more);
    else
        json_decref(more);
}

json_t *dump_company(const wp_company *company)
{
    json_t *line = new_line("company");

    put_identities(line, company->identities, company->identity_count, WP_IDENTITY_DOMAIN, "domain",
                   "domains");
    put_identities(line, company->identities, company->identity_count, WP_IDENTITY_COMPANY_ID, "id",
                   "ids");
    put_text(line, "name", company->name);
    put_us(line, company->us);
    return line;
}

static void put_spellings(json_t *line, const wp_person *found)
{
    json_t *names;

    if (found->spelling_count == 0)
        return;
    names = doc_array();
    for (size_t i = 0; i < found->spelling_count; i++) {
        json_t *name = doc_object();
        doc_put(name, "name", doc_text(found->spellings[i].name));
        doc_put(name, "count", json_integer((json_int_t)found->spellings[i].count));
        doc_add(names, name);
    }
    doc_put(line, "names", names);
}

json_t *dump_person(const wp_person *found)
{
    json_t *line = new_line("person");

    put_identities(line, found->identities, found->identity_count, WP_IDENTITY_EMAIL, "email",
                   "emails");
    put_identities(line, found->identities, found->identity_count, WP_IDENTITY_ID, "id", "ids");
    put_identities(line, found->identities, found->identity_count, WP_IDENTITY_LINKEDIN, "linkedin",
                   "linkedins");
    put_text(line, "name", found->name_stated);
    put_spellings(line, found);
    put_text(line, "title", found->title_stated);
    put_us(line, found->us);
    if (found->has_no_company)
        doc_put(line, "no_company", json_true());
    return line;
}

/* "ann@us.com", "id:42" or "linkedin:ann"; NULL for a person without identity. Yours: free(). */
static char *reference_of(const wp_person *found)
{
    if (found->email != NULL)
        return text_copy(found->email);
    if (found->id != NULL)
        return text_format("id:%s", found->id);
    for (size_t i = 0; i < found->identity_count; i++)
        if (found->identities[i].kind == WP_IDENTITY_LINKEDIN)
            return text_format("linkedin:%s", found->identities[i].text);
    return NULL;
}

/* The reference to a person. Borrowed until the next call. */
static int refer_to_person(dump *out, wp_number number, const char **reference)
{
    app *self = out->self;
    wp_person found;

    if (out->people == NULL)
        out->people = text_new(DUMP_CACHE_SLOTS, sizeof *out->people);
    dump_slot *slot = &out->people[number & (DUMP_CACHE_SLOTS - 1)];
    if (slot->number != number) {
        if (wp_person_get(self->txn, number, 0, &found, &self->err) != WP_OK)
            return app_fail_status(self, "person");
        free(slot->reference);
        slot->reference = reference_of(&found);
        slot->number = number;
    }
    *reference = slot->reference;
    if (*reference == NULL)
        return app_fail(self, CODE_DATABASE, "person %u: no identity, expected one", number);
    return CODE_DONE;
}

/* Put a reference under a key. */
static int put_person(dump *out, json_t *line, const char *key, wp_number number)
{
    const char *reference;
    int code = refer_to_person(out, number, &reference);

    if (code == CODE_DONE)
        doc_put(line, key, doc_text(reference));
    return code;
}

/* A domain reads as one only with a dot; everything else says what it is. */
static int put_company(dump *out, json_t *line, wp_number number)
{
    app *self = out->self;
    wp_company found;
    char *reference;

    if (wp_company_get(self->txn, number, &found, &self->err) != WP_OK)
        return app_fail_status(self, "company");
    if (found.domain != NULL && strchr(found.domain, '.') != NULL)
        reference = text_copy(found.domain);
    else if (found.id != NULL)
        reference = text_format("id:%s", found.id);
    else
        reference = text_format("name:%s", found.name != NULL ? found.name : "");
    doc_put(line, "company", doc_text(reference));
    free(reference);
    return CODE_DONE;
}

int dump_employment(dump *out, const wp_employment *employment, json_t **line)
{
    json_t *made = new_line("employment");
    json_t *title = doc_text(employment->title); /* before the look-ups end what is lent */
    wp_employment kept = *employment;
    int code = put_person(out, made, "person", kept.person);

    if (code == CODE_DONE)
        code = put_company(out, made, kept.company);
    doc_put(made, "title", title);
    doc_put(made, "from", doc_day(kept.from_day));
    doc_put(made, "to", doc_day(kept.to_day));
    if (code == CODE_DONE)
        *line = made;
    else
        json_decref(made);
    return code;
}

static const struct {
    const char *key;
    wp_role role;
    bool is_always; /* written even when it is empty */
} roles[] = {{"to", WP_ROLE_TO, true},
             {"cc", WP_ROLE_CC, true},
             {"bcc", WP_ROLE_BCC, true},
             {"tentative", WP_ROLE_TENTATIVE, false},
             {"unanswered", WP_ROLE_UNANSWERED, false},
             {"declined", WP_ROLE_DECLINED, false}};

static int put_participants(dump *out, json_t *line, const wp_participant *to, size_t count)
{
    for (size_t i = 0; i < sizeof roles / sizeof roles[0]; i++) {
        json_t *list = doc_array();
        for (size_t j = 0; j < count; j++) {
            const char *reference;
            if (to[j].role != roles[i].role)
                continue;
            int code = refer_to_person(out, to[j].person, &reference);
            if (code != CODE_DONE) {
                json_decref(list);
                return code;
            }
            doc_add(list, doc_text(reference));
        }
        if (roles[i].is_always || json_array_size(list) > 0)
            doc_put(line, roles[i].key, list);
        else
            json_decref(list);
    }
    return CODE_DONE;
}

int dump_interaction(dump *out, const wp_interaction *interaction, json_t **line)
{
    wp_interaction kept = *interaction; /* the texts and the list end with the first look-up */
    wp_participant *to = text_new(kept.to_count, sizeof *to);
    json_t *made = new_line("interaction"), *reply_to = doc_text(kept.reply_to);

    if (kept.to_count > 0)
        memcpy(to, kept.to, kept.to_count * sizeof *to);
    doc_put(made, "id", doc_text(kept.source));
    doc_put(made, "kind", doc_text(wp_kind_name(kept.kind)));
    doc_put(made, "time", doc_time(kept.time_s));
    int code = put_person(out, made, "from", kept.from);
    if (code == CODE_DONE)
        code = put_participants(out, made, to, kept.to_count);
    free(to);
    doc_put(made, "valence", number_json(kept.valence));
    doc_put(made, "reply_to", reply_to);
    if ((kept.flags & WP_INTERACTION_AUTOMATIC) != 0)
        doc_put(made, "automatic", json_true());
    if ((kept.flags & WP_INTERACTION_LIST) != 0)
        doc_put(made, "list", json_true());
    if (code == CODE_DONE)
        *line = made;
    else
        json_decref(made);
    return code;
}

int dump_tie(dump *out, const wp_stated_tie *tie, json_t **line)
{
    json_t *made = new_line("tie");
    int code = put_person(out, made, "from", tie->from);

    if (code == CODE_DONE)
        code = put_person(out, made, "to", tie->to);
    if (tie->has_cost)
        doc_put(made, "cost", json_integer((json_int_t)tie->cost));
    else
        doc_put(made, "p", number_json(tie->p));
    if (code == CODE_DONE)
        *line = made;
    else
        json_decref(made);
    return code;
}

/* One line for what was decided on a day; an unsaid decision is not put. */
static json_t *decision_line(const wp_person *found, bool has_introductions, bool has_contact,
                             int32_t since)
{
    json_t *line = new_line("consent");
    char *reference = reference_of(found);

    doc_put(line, "person", doc_text(reference));
    if (has_introductions)
        doc_put(line, "introductions", doc_text(found->has_opted_out ? "out" : "in"));
    if (has_contact)
        doc_put(line, "contact", doc_text(found->is_do_not_contact ? "out" : "in"));
    if (since != WP_DAY_NONE)
        doc_put(line, "since", doc_day(since));
    free(reference);
    return line;
}

void dump_decisions(const wp_person *found, json_t *lines[2])
{
    bool has_introductions = found->has_opted_out || found->introductions_since != WP_DAY_NONE;
    bool has_contact = found->is_do_not_contact || found->contact_since != WP_DAY_NONE;

    if (has_introductions && has_contact && found->introductions_since == found->contact_since) {
        lines[0] = decision_line(found, true, true, found->contact_since);
        return;
    }
    if (has_introductions)
        lines[0] = decision_line(found, true, false, found->introductions_since);
    if (has_contact)
        lines[1] = decision_line(found, false, true, found->contact_since);
}
