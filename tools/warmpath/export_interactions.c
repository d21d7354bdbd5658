/*
 * The interactions of an export: all that name the person, in every version, also those that weigh
 * nothing. There is no list of them, so all interactions are read.
 */
#include <stdlib.h>
#include <string.h>

#include "export.h"

static const char *role_name(wp_role role)
{
    switch (role) {
    case WP_ROLE_TO:
        return "to";
    case WP_ROLE_CC:
        return "cc";
    case WP_ROLE_BCC:
        return "bcc";
    case WP_ROLE_TENTATIVE:
        return "tentative";
    case WP_ROLE_UNANSWERED:
        return "unanswered";
    case WP_ROLE_DECLINED:
        return "declined";
    }
    return "";
}

/* The part of the person; NULL: she has none. */
static const char *part_of(const exporting *self, const wp_interaction *at)
{
    if (export_is_person(self, at->from))
        return "from";
    for (size_t i = 0; i < at->to_count; i++)
        if (export_is_person(self, at->to[i].person))
            return role_name(at->to[i].role);
    return NULL;
}

static json_t *flags_json(uint32_t flags)
{
    static const struct {
        uint32_t flag;
        const char *name;
    } names[] = {{WP_INTERACTION_AUTOMATIC, "automatic"},
                 {WP_INTERACTION_LIST, "list"},
                 {WP_INTERACTION_PRIVATE, "private"},
                 {WP_INTERACTION_CANCELLED, "cancelled"}};
    json_t *list = doc_array();

    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if ((flags & names[i].flag) != 0)
            doc_add(list, doc_text(names[i].name));
    return list;
}

static json_t *interaction_json(const exporting *self, const wp_interaction *at, const char *part,
                                uint32_t source)
{
    json_t *object = doc_object(), *to = doc_array();

    doc_put(object, "time", doc_time(at->time_s));
    doc_put(object, "kind", doc_text(wp_kind_name(at->kind)));
    doc_put(object, "part", doc_text(part));
    doc_put(object, "from", export_person_text(self, at->from));
    for (size_t i = 0; i < at->to_count; i++)
        doc_add(to, export_person_text(self, at->to[i].person));
    doc_put(object, "to", to);
    doc_put(object, "valence", doc_number(at->valence));
    doc_put(object, "flags", flags_json(at->flags));
    doc_put(object, "id", doc_text(at->source));
    doc_put(object, "reply_to", doc_text(at->reply_to));
    doc_put(object, "source", export_source_text(self, source));
    return object;
}

static int add_versions(exporting *self, uint64_t number, json_t *list)
{
    app *run = self->self;
    wp_interaction found;
    uint64_t position = 0;
    uint32_t source;
    wp_status status;

    while ((status = wp_interaction_version_next(run->txn, number, &position, &source, &found,
                                                 &run->err)) == WP_OK) {
        const char *part = part_of(self, &found);
        if (part != NULL)
            doc_add(list, interaction_json(self, &found, part, source));
    }
    return status == WP_ENOTFOUND ? CODE_DONE : app_fail_status(run, "interactions");
}

int export_interactions(exporting *self, json_t *document)
{
    app *run = self->self;
    json_t *list = doc_array();
    uint64_t number = 0;
    wp_status status;
    int code = CODE_DONE;

    doc_put(document, "interactions", list);
    while (code == CODE_DONE &&
           (status = wp_interaction_next(run->txn, &number, &run->err)) != WP_ENOTFOUND) {
        if (status != WP_OK)
            return app_fail_status(run, "interactions");
        if (app_is_cancelled(run))
            return app_fail(run, CODE_STOPPED, "interrupted: nothing was written");
        code = add_versions(self, number, list);
    }
    return code;
}
