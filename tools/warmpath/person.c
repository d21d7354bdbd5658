/*
 * People as the tool shows them.
 *
 * What the engine lends is valid until the next call only, so everything is copied. A person
 * without a name is called by what identifies them; that handle is always something that can be
 * typed after a command.
 */
#include "person.h"

#include <stdlib.h>
#include <string.h>

#include "text.h"

int company_labels(app *self, wp_number company, char **domain_first, char **name_first)
{
    wp_company found;
    char *id = NULL;

    if (wp_company_get(self->txn, company, &found, &self->err) != WP_OK)
        return app_fail_status(self, "company");
    if (found.id != NULL)
        id = text_format("id:%s", found.id);
    if (domain_first != NULL)
        *domain_first = text_copy(found.domain ? found.domain : found.name ? found.name : id);
    if (name_first != NULL)
        *name_first = text_copy(found.name ? found.name : found.domain ? found.domain : id);
    free(id);
    return CODE_DONE;
}

static char *handle_of(const wp_person *found)
{
    if (found->email != NULL)
        return text_copy(found->email);
    if (found->id != NULL)
        return text_format("id:%s", found->id);
    for (size_t i = 0; i < found->identity_count; i++)
        if (found->identities[i].kind == WP_IDENTITY_LINKEDIN)
            return text_format("linkedin:%s", found->identities[i].text);
    return text_format("#%u", found->number);
}

int person_read(app *self, wp_number number, person_view *out)
{
    wp_person found;

    *out = (person_view){0};
    if (wp_person_get(self->txn, number, self->day, &found, &self->err) != WP_OK)
        return app_fail_status(self, "person");
    wp_number company = found.company;
    *out = (person_view){.number = number,
                         .name = text_copy(found.name),
                         .email = text_copy(found.email),
                         .id = text_copy(found.id),
                         .title = text_copy(found.title),
                         .handle = handle_of(&found),
                         .is_us = found.is_us,
                         .is_asked_first = found.is_asked_first,
                         .is_do_not_contact = found.is_do_not_contact};
    if (company == 0)
        return CODE_DONE;
    int code = company_labels(self, company, &out->company, &out->company_name);
    if (code != CODE_DONE)
        person_free(out);
    return code;
}

void person_free(person_view *self)
{
    free(self->name);
    free(self->email);
    free(self->id);
    free(self->title);
    free(self->company);
    free(self->company_name);
    free(self->handle);
    *self = (person_view){0};
}

const char *person_label(const person_view *self)
{
    return self->name != NULL ? self->name : self->handle;
}

char *person_first_name(const person_view *self)
{
    size_t length;

    if (self->name == NULL || strchr(self->name, ',') != NULL || strchr(self->name, '@') != NULL)
        return text_copy(person_label(self));
    length = strcspn(self->name, " ");
    if (length < 2 || self->name[length - 1] == '.') /* an initial or "Dr." alone says too little */
        return text_copy(self->name);
    return text_format("%.*s", (int)length, self->name);
}

char *person_position(const person_view *self)
{
    if (self->title != NULL && self->company_name != NULL)
        return text_format("%s at %s", self->title, self->company_name);
    if (self->title != NULL)
        return text_copy(self->title);
    if (self->company_name != NULL)
        return text_format("at %s", self->company_name);
    return text_copy("");
}

const char *person_mark(const person_view *self)
{
    return self->is_do_not_contact ? "do not contact" : NULL;
}

json_t *person_json(const person_view *self)
{
    json_t *object = doc_object();

    doc_put(object, "number", json_integer((json_int_t)self->number));
    doc_put(object, "name", doc_text(self->name));
    doc_put(object, "email", doc_text(self->email));
    doc_put(object, "id", doc_text(self->id));
    doc_put(object, "company", doc_text(self->company));
    doc_put(object, "title", doc_text(self->title));
    doc_put(object, "us", json_boolean(self->is_us));
    if (self->is_asked_first)
        doc_put(object, "ask_first", json_true());
    if (self->is_do_not_contact)
        doc_put(object, "do_not_contact", json_true());
    return object;
}
