/*
 * warmpath settings: what holds for whoever decided nothing.
 *
 * A setting is called by its name on the command line; the key of the JSON document and of a dump
 * is the same with underscores.
 */
#include <string.h>

#include "commands.h"
#include "doc.h"

static int show(app *self)
{
    wp_settings found;
    int code = app_begin_read(self);

    if (code != CODE_DONE)
        return code;
    if (wp_settings_get(self->txn, &found, &self->err) != WP_OK)
        return app_fail_status(self, "settings");
    const char *introductions = wp_choice_name(found.introductions);
    const char *contact = wp_choice_name(found.contact);
    if (self->is_json) {
        json_t *document = doc_object();
        doc_put(document, "default_introductions", doc_text(introductions));
        doc_put(document, "default_contact", doc_text(contact));
        doc_print(document);
    } else {
        (void)printf("default-introductions  %s\ndefault-contact        %s\n", introductions,
                     contact);
    }
    return CODE_DONE;
}

/* The choice of that name, up to `last`; UNSAID: there is none. */
static wp_choice choice_of(const char *name, wp_choice last)
{
    for (int choice = WP_CHOICE_IN; choice <= (int)last; choice++)
        if (strcmp(name, wp_choice_name((wp_choice)choice)) == 0)
            return (wp_choice)choice;
    return WP_CHOICE_UNSAID;
}

static int change(app *self, const char *name, const char *value)
{
    wp_settings wanted = WP_SETTINGS_INIT;
    bool is_contact = strcmp(name, "default-contact") == 0;
    wp_choice choice = choice_of(value, is_contact ? WP_CHOICE_OUT : WP_CHOICE_ASK);

    if (!is_contact && strcmp(name, "default-introductions") != 0)
        return app_fail(self, CODE_USAGE,
                        "%s: unknown setting, expected default-introductions or default-contact",
                        name);
    if (choice == WP_CHOICE_UNSAID)
        return app_fail(self, CODE_USAGE, "%s: '%s', expected %s", name, value,
                        is_contact ? "in or out" : "in, ask or out");
    *(is_contact ? &wanted.contact : &wanted.introductions) = choice;
    int code = app_begin_write(self);
    if (code != CODE_DONE)
        return code;
    if (wp_settings_put(self->txn, &wanted, &self->err) != WP_OK)
        return app_fail_status(self, name);
    code = app_commit(self);
    if (code == CODE_DONE)
        app_note(self, "%s is %s", name, value);
    return code;
}

int cmd_settings(app *self)
{
    const char *const *words = self->given.words;

    if (self->given.word_count == 1)
        return app_fail(self, CODE_USAGE, "%s: no value given, expected NAME VALUE", words[0]);
    if (self->given.word_count == 2 && self->is_json)
        return app_fail(self, CODE_USAGE, "--json: only settings without NAME VALUE has an answer");
    return self->given.word_count == 0 ? show(self) : change(self, words[0], words[1]);
}
