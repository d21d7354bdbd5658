/*
 * A person's decisions: see decided.h.
 */
#include "decided.h"

#include <stdlib.h>
#include <string.h>

#include "date.h"
#include "side.h"
#include "text.h"
#include "who.h"

/* Whether a decision, stated under another identity of the person, would hold instead. Of two that
 * share with groups only those named by both would be left. */
static bool is_stricter(const wp_consent *other, const wp_consent *given)
{
    if (given->introductions != WP_CHOICE_UNSAID)
        return wp_choice_rank(other->introductions) > wp_choice_rank(given->introductions);
    if (given->contact != WP_CHOICE_UNSAID)
        return wp_choice_rank(other->contact) > wp_choice_rank(given->contact);
    return other->sharing > given->sharing ||
           (other->sharing == WP_SHARING_GROUPS && given->sharing == WP_SHARING_GROUPS);
}

static bool is_same(const wp_consent *a, const wp_consent *b)
{
    return a->introductions == b->introductions && a->contact == b->contact &&
           a->sharing == b->sharing && a->group_count == b->group_count &&
           (a->group_count == 0 ||
            memcmp(a->groups, b->groups, a->group_count * sizeof *a->groups) == 0);
}

/* The day of a decision and what it says of the one matter that it is of. */
static const char *say_day(int32_t since, char day[DATE_TEXT_BYTES])
{
    return since == WP_DAY_NONE ? "an unknown day" : date_format_day(since, day);
}

static const char *say_choice(const wp_consent *of)
{
    if (of->introductions != WP_CHOICE_UNSAID)
        return wp_choice_name(of->introductions);
    return of->contact != WP_CHOICE_UNSAID ? wp_choice_name(of->contact)
                                           : wp_sharing_name(of->sharing);
}

/* Say that another identity's decision is replaced, and what it was: that is not undone with what
 * makes the two one person, but can be said again. */
static int tell(app *self, wp_number number, const wp_consent *was)
{
    char *text = NULL, day[DATE_TEXT_BYTES];
    int code = side_text(self, (wp_side){WP_SIDE_PERSON, number}, &text);

    if (code == CODE_DONE && text != NULL)
        app_note(self, "%s: the same person's stricter decision of %s, '%s', is replaced", text,
                 say_day(was->since, day), say_choice(was));
    free(text);
    return code;
}

/* State a decision of one number as well where a stricter one, by whomever, would hold instead. */
static int put_instead(app *self, wp_number number, wp_consent given)
{
    wp_consent at = WP_CONSENT_INIT, was = given;
    wp_status status;
    bool is_needed = false, is_known = number == given.person;

    at.person = given.person = number;
    while ((status = wp_consent_statement_next(self->txn, &at, &self->err)) == WP_OK &&
           at.person == number) {
        if (is_stricter(&at, &given) && (!is_needed || is_stricter(&at, &was)))
            was = at;
        is_needed = is_needed || is_stricter(&at, &given);
        is_known = is_known || (at.source == WP_SOURCE_HAND && is_same(&at, &given));
    }
    if (status == WP_OK || status == WP_ENOTFOUND)
        status = is_needed ? wp_consent_put(self->txn, &given, &self->err) : WP_OK;
    if (status != WP_OK)
        return app_fail_status(self, "decision");
    return is_needed && !is_known ? tell(self, number, &was) : CODE_DONE;
}

/* Whether a decision is what holds of the person; *since, *choice: of the one that does. */
static bool is_holding(const wp_person *person, const wp_consent *given, int32_t *since,
                       const char **choice)
{
    if (given->introductions != WP_CHOICE_UNSAID) {
        *since = person->introductions_since;
        *choice = wp_choice_name(person->introductions);
        return person->introductions == given->introductions;
    }
    if (given->contact != WP_CHOICE_UNSAID) {
        *since = person->contact_since;
        *choice = wp_choice_name(person->contact);
        return person->contact == given->contact;
    }
    *since = person->sharing_since;
    *choice = wp_sharing_name(person->sharing);
    return person->sharing == given->sharing;
}

int decided_put(app *self, const char *what, const wp_consent *given, bool *holds)
{
    wp_numbers all = {0};
    wp_person found;
    const char *choice;
    char day[DATE_TEXT_BYTES];
    int32_t since;
    int code = CODE_DONE;

    if (given->since > date_today())
        return app_fail(self, CODE_USAGE, "--day: %s has not come, expected a day until today",
                        date_format_day(given->since, day));
    if (wp_consent_put(self->txn, given, &self->err) != WP_OK ||
        wp_person_numbers(self->txn, given->person, &all, &self->err) != WP_OK)
        return app_fail_status(self, what);
    for (size_t i = 0; i < all.count && code == CODE_DONE; i++)
        code = put_instead(self, all.items[i], *given);
    wp_numbers_free(&all);
    if (code != CODE_DONE)
        return code;
    if (wp_person_get(self->txn, given->person, self->day, &found, &self->err) != WP_OK)
        return app_fail_status(self, what);
    *holds = is_holding(&found, given, &since, &choice);
    if (!*holds)
        app_note(self, "%s: noted, but the decision of %s holds, which is '%s'", what,
                 say_day(since, day), choice);
    return CODE_DONE;
}

/* What somebody may be asked who was part of a person that might not; NULL: nothing. */
static const char *freedom_of(const wp_person *before, const wp_person *now)
{
    if (before->is_do_not_contact && !now->is_do_not_contact)
        return "may be contacted";
    if (before->has_opted_out && !now->has_opted_out)
        return "is no longer opted out of introductions";
    return before->is_asked_first && !now->has_opted_out && !now->is_asked_first
               ? "is no longer asked first before introductions"
               : NULL;
}

static int tell_freed(app *self, const wp_person *before, const wp_person *now)
{
    char *text = NULL;
    const char *what = freedom_of(before, now);
    int code =
        what == NULL ? CODE_DONE : side_text(self, (wp_side){WP_SIDE_PERSON, now->number}, &text);

    if (code == CODE_DONE && text != NULL)
        (void)app_fail(self, CODE_DONE, "%s: %s", text, what);
    free(text);
    return code;
}

int decided_tell_freed(app *self, const wp_numbers *numbers, const wp_person *before)
{
    int code = CODE_DONE;

    for (size_t i = 0; i < numbers->count && code == CODE_DONE; i++) {
        wp_person now;
        wp_number number = numbers->items[i];
        wp_status status = wp_person_get(self->txn, number, self->day, &now, &self->err);
        if (status != WP_OK && status != WP_ENOTFOUND)
            return app_fail_status(self, "person");
        if (status == WP_OK && now.number == number) /* once each */
            code = tell_freed(self, before, &now);
    }
    return code;
}

static int read_source(app *self, uint32_t number, decision *out)
{
    wp_source source;

    if (out->choice == NULL || (number != WP_SOURCE_HAND && !who_is_audit(self)))
        return CODE_DONE; /* the path of an import can tell who knows whom */
    if (number != WP_SOURCE_HAND && wp_source_get(self->txn, number, &source, &self->err) != WP_OK)
        return app_fail_status(self, "source");
    out->source = text_copy(number == WP_SOURCE_HAND ? "by hand" : source.name);
    return CODE_DONE;
}

static int read_groups(app *self, const wp_number *numbers, size_t count, decided *out)
{
    int code = CODE_DONE;

    out->groups = text_new(count + 1, sizeof *out->groups);
    for (size_t i = 0; i < count && code == CODE_DONE; i++) {
        wp_group group;
        if (wp_group_get(self->txn, numbers[i], &group, &self->err) != WP_OK)
            code = app_fail_status(self, "groups");
        else
            out->groups[out->group_count++] = text_copy(group.name);
    }
    return code;
}

int decided_read(app *self, const wp_person *person, decided *out)
{
    wp_number groups[WP_SHARING_GROUPS_MAX];
    size_t count = person->sharing_group_count;
    const uint32_t sources[3] = {person->introductions_source, person->contact_source,
                                 person->sharing_source};

    *out = (decided){
        .introductions = {wp_choice_name(person->introductions), person->introductions_since, NULL},
        .contact = {wp_choice_name(person->contact), person->contact_since, NULL},
        .sharing = {wp_sharing_name(person->sharing), person->sharing_since, NULL}};
    if (count > 0)
        memcpy(groups, person->sharing_groups, count * sizeof *groups);
    int code = read_source(self, sources[0], &out->introductions);
    if (code == CODE_DONE)
        code = read_source(self, sources[1], &out->contact);
    if (code == CODE_DONE)
        code = read_source(self, sources[2], &out->sharing);
    return code == CODE_DONE ? read_groups(self, groups, count, out) : code;
}

static json_t *decision_json(const decision *of)
{
    if (of->choice == NULL)
        return json_null();
    json_t *object = doc_object();
    doc_put(object, "choice", doc_text(of->choice));
    doc_put(object, "since", doc_day(of->since));
    doc_put(object, "source", doc_text(of->source));
    return object;
}

json_t *decided_json(const decided *facts)
{
    json_t *object = doc_object(), *sharing = decision_json(&facts->sharing);

    doc_put(object, "introductions", decision_json(&facts->introductions));
    doc_put(object, "contact", decision_json(&facts->contact));
    if (facts->sharing.choice != NULL) {
        json_t *groups = doc_array();
        for (size_t i = 0; i < facts->group_count; i++)
            doc_add(groups, doc_text(facts->groups[i]));
        doc_put(sharing, "groups", groups);
    }
    doc_put(object, "sharing", sharing);
    return object;
}

void decided_free(decided *facts)
{
    free(facts->introductions.source);
    free(facts->contact.source);
    free(facts->sharing.source);
    for (size_t i = 0; i < facts->group_count; i++)
        free(facts->groups[i]);
    free(facts->groups);
    *facts = (decided){.groups = NULL};
}
