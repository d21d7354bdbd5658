/*
 * Sides of barriers and members of groups: see side.h.
 */
#include "side.h"

#include "text.h"
#include "who.h"

const char *side_kind_name(wp_side_kind kind)
{
    switch (kind) {
    case WP_SIDE_PERSON:
        return "person";
    case WP_SIDE_COMPANY:
        return "company";
    case WP_SIDE_GROUP:
        return "group";
    }
    return NULL;
}

int side_find(app *self, const char *what, const char *text, bool may_be_group, wp_side *side)
{
    who_found found;
    int code = who_find(self, what, text, CODE_INPUT, &found);

    if (code != CODE_DONE)
        return code;
    if (found.kind == WHO_US || (found.kind == WHO_GROUP && !may_be_group))
        return app_fail(self, CODE_INPUT, "%s: %s, expected a person%s", what, text,
                        may_be_group ? ", a company or a group" : " or a company");
    side->kind = found.kind == WHO_PERSON    ? WP_SIDE_PERSON
                 : found.kind == WHO_COMPANY ? WP_SIDE_COMPANY
                                             : WP_SIDE_GROUP;
    side->number = found.number;
    if (found.kind == WHO_PERSON)
        return who_find_identity(self, what, text, &side->number);
    return CODE_DONE;
}

int side_text(app *self, wp_side side, char **out)
{
    wp_group group;
    wp_identity identity = {.text = NULL};
    wp_status status = WP_OK;

    *out = NULL;
    if (side.kind == WP_SIDE_GROUP)
        status = wp_group_get(self->txn, side.number, &group, &self->err);
    else
        status = side.kind == WP_SIDE_PERSON
                     ? wp_person_identity(self->txn, side.number, &identity, &self->err)
                     : wp_company_identity(self->txn, side.number, &identity, &self->err);
    if (status == WP_ENOTFOUND)
        return CODE_DONE;
    if (status != WP_OK)
        return app_fail_status(self, "sides");
    bool is_id = identity.kind == WP_IDENTITY_ID || identity.kind == WP_IDENTITY_COMPANY_ID;
    const char *prefix = is_id ? "id:" : identity.kind == WP_IDENTITY_LINKEDIN ? "linkedin:" : "";
    *out = side.kind == WP_SIDE_GROUP ? text_copy(group.name)
                                      : text_format("%s%s", prefix, identity.text);
    return CODE_DONE;
}
