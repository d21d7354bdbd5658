/*
 * A person's decisions: see decided.h.
 */
#include "decided.h"

#include <stdlib.h>
#include <string.h>

#include "text.h"
#include "who.h"

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
