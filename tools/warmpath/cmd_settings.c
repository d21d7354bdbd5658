/*
 * warmpath settings: what holds for whoever decided nothing.
 *
 * A setting is called by its name on the command line; the key of the JSON document and of a dump
 * is the same with underscores.
 */
#include <string.h>

#include "commands.h"
#include "doc.h"

/* The settings by their names; a value is that of a wp_choice or wp_sharing. */
typedef struct setting {
    const char *name;
    const char *key;
    const char *const *values; /* by number, from 1 on; NULL: none of that number */
    const char *expected;
} setting;

static const char *const introductions[] = {NULL, "in", "out", "ask"};
static const char *const contact[] = {NULL, "in", "out", NULL};
static const char *const sharing[] = {NULL, "open", NULL, "closed"};
static const char *const mutual[] = {NULL, "yes", "no", NULL};
#define VALUES 4

static const setting settings[] = {
    {"default-introductions", "default_introductions", introductions, "in, ask or out"},
    {"default-contact", "default_contact", contact, "in or out"},
    {"default-sharing", "default_sharing", sharing, "open or closed"},
    {"mutual-sharing", "mutual_sharing", mutual, "yes or no"}};

#define SETTING_COUNT (sizeof settings / sizeof *settings)

static void take(const wp_settings *from, unsigned *values)
{
    values[0] = from->introductions;
    values[1] = from->contact;
    values[2] = from->sharing;
    values[3] = from->mutual;
}

static int show(app *self)
{
    wp_settings found;
    unsigned values[SETTING_COUNT];
    int code = app_begin_read(self);

    if (code != CODE_DONE)
        return code;
    if (wp_settings_get(self->txn, &found, &self->err) != WP_OK)
        return app_fail_status(self, "settings");
    take(&found, values);
    json_t *document = doc_object();
    for (size_t i = 0; i < SETTING_COUNT; i++) {
        const char *value = settings[i].values[values[i]];
        bool is_mutual = settings[i].values == mutual;
        doc_put(document, settings[i].key,
                is_mutual ? json_boolean(values[i] == WP_CHOICE_IN) : doc_text(value));
        if (!self->is_json)
            (void)printf("%-21s  %s\n", settings[i].name, value);
    }
    if (self->is_json)
        doc_print(document);
    else
        json_decref(document);
    return CODE_DONE;
}

/* Which setting; SETTING_COUNT: there is none of that name. */
static size_t setting_of(const char *name)
{
    size_t i = 0;

    while (i < SETTING_COUNT && strcmp(name, settings[i].name) != 0)
        i++;
    return i;
}

static int change(app *self, const char *name, const char *value)
{
    wp_settings wanted = WP_SETTINGS_INIT;
    unsigned values[SETTING_COUNT] = {0};
    size_t which = setting_of(name);

    if (which == SETTING_COUNT)
        return app_fail(self, CODE_USAGE,
                        "%s: unknown setting, expected default-introductions, default-contact, "
                        "default-sharing or mutual-sharing",
                        name);
    for (unsigned i = 1; i < VALUES; i++)
        if (settings[which].values[i] != NULL && strcmp(value, settings[which].values[i]) == 0)
            values[which] = i;
    if (values[which] == 0)
        return app_fail(self, CODE_USAGE, "%s: '%s', expected %s", name, value,
                        settings[which].expected);
    wanted.introductions = (wp_choice)values[0];
    wanted.contact = (wp_choice)values[1];
    wanted.sharing = (wp_sharing)values[2];
    wanted.mutual = (wp_choice)values[3];
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
