/*
 * warmpath record: one interaction by hand; optout and optin: a person's decision.
 *
 * An address that nobody has creates a person, as an import would; any other unknown name is an
 * error, since a slip of the pen must not create people. All is one transaction.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "commands.h"
#include "date.h"
#include "decided.h"
#include "doc.h"
#include "import/address.h"
#include "text.h"
#include "who.h"

static int find_kind(const app *self, const char *name, wp_kind *kind)
{
    text_buffer names = {0};

    /* What comes behind an ask follows from other facts, or is about one of them. */
    for (int i = WP_KIND_MAIL; i <= WP_KIND_ASK; i++) {
        if (strcmp(wp_kind_name((wp_kind)i), name) == 0) {
            *kind = (wp_kind)i;
            free(names.text);
            return CODE_DONE;
        }
        text_add_format(&names, "%s%s", i > WP_KIND_MAIL ? ", " : "", wp_kind_name((wp_kind)i));
    }
    int code = app_fail(self, CODE_USAGE, "KIND: %s, expected one of %s", name, names.text);
    free(names.text);
    return code;
}

/* The person meant; an address that nobody has creates one. */
static int find_or_create(app *self, const char *what, const char *text, wp_number *number)
{
    char held[WHO_HELD_BYTES];
    const char *rest;
    wp_identity identity = {WP_IDENTITY_EMAIL, text};
    wp_person_facts facts = WP_PERSON_FACTS_INIT;
    bool is_new;

    if (who_classify(text, held, &rest) != WHO_FORM_EMAIL)
        return who_find_identity(self, what, text, number);
    facts.identities = &identity;
    facts.identity_count = 1;
    if (wp_person_put(self->txn, &facts, number, &is_new, &self->err) != WP_OK)
        return app_fail_status(self, what);
    if (is_new && !address_is_usable(text))
        return app_fail(self, CODE_INPUT, "%s: '%s', expected an address", what, text);
    if (is_new)
        app_note(self, "new person %s", text);
    return CODE_DONE;
}

/* "record:2024-03-01T12:00:00Z:0123456789abcdef" */
static int make_source(const app *self, int64_t time_s, char **source)
{
    unsigned char bytes[8];
    char time[DATE_TEXT_BYTES];
    uint64_t value = 0;

    if (getrandom(bytes, sizeof bytes, 0) != (ssize_t)sizeof bytes)
        return app_fail(self, CODE_DATABASE, "--id: no random numbers, expected some or an id");
    memcpy(&value, bytes, sizeof value);
    *source =
        text_format("record:%s:%016llx", date_format_time(time_s, time), (unsigned long long)value);
    return CODE_DONE;
}

static int read_facts(app *self, wp_interaction *facts)
{
    const char *text = args_get(&self->given, "time");
    int code = find_kind(self, self->given.words[0], &facts->kind);

    if (code != CODE_DONE)
        return code;
    if (!args_has(&self->given, "from") || !args_has(&self->given, "to"))
        return app_fail(self, CODE_USAGE, "%s: missing, expected WHO",
                        args_has(&self->given, "from") ? "--to" : "--from");
    facts->time_s = date_now();
    if (text != NULL && !date_parse_time(text, &facts->time_s))
        return app_fail(self, CODE_USAGE, "--time: %s, expected YYYY-MM-DD or YYYY-MM-DDThh:mm:ssZ",
                        text);
    facts->source = args_get(&self->given, "id");
    return app_option_number(self, "valence", -1, 1, &facts->valence);
}

static int add_recipient(const app *self, wp_interaction *facts, wp_participant *to,
                         wp_number person, const char *text)
{
    if (person == facts->from)
        return app_fail(self, CODE_INPUT, "--to: %s: the sender, expected somebody else", text);
    for (size_t i = 0; i < facts->to_count; i++)
        if (to[i].person == person)
            return CODE_DONE; /* named twice is named once */
    to[facts->to_count++] = (wp_participant){person, WP_ROLE_TO};
    return CODE_DONE;
}

static int find_participants(app *self, wp_interaction *facts, wp_participant *to)
{
    const char *text;
    int code = find_or_create(self, "--from", args_get(&self->given, "from"), &facts->from);

    for (size_t i = 0; code == CODE_DONE && (text = args_at(&self->given, "to", i)) != NULL; i++) {
        wp_number person;
        code = find_or_create(self, "--to", text, &person);
        if (code == CODE_DONE)
            code = add_recipient(self, facts, to, person, text);
    }
    facts->to = to;
    return code;
}

static int store(app *self, const wp_interaction *facts)
{
    bool is_new = false;
    uint64_t known;
    wp_status status = wp_interaction_find(self->txn, facts->source, &known, &self->err);

    if (status == WP_ENOTFOUND)
        status = wp_interaction_put(self->txn, facts, &is_new, &self->err);
    if (status != WP_OK)
        return app_fail_status(self, facts->source);
    int code = app_commit(self);
    if (code != CODE_DONE)
        return code;
    if (self->is_json) {
        json_t *document = doc_object();
        doc_put(document, "id", doc_text(facts->source));
        doc_put(document, "new", json_boolean(is_new));
        doc_print(document);
    } else if (is_new) {
        app_note(self, "recorded as %s", facts->source);
    } else {
        app_note(self, "%s is known already, nothing was changed", facts->source);
    }
    return CODE_DONE;
}

int cmd_record(app *self)
{
    wp_interaction facts = WP_INTERACTION_INIT;
    wp_participant *to = NULL;
    char *source = NULL;
    int code = read_facts(self, &facts);

    if (code == CODE_DONE && facts.source == NULL) {
        code = make_source(self, facts.time_s, &source);
        facts.source = source;
    }
    if (code == CODE_DONE)
        code = app_begin_write(self);
    if (code == CODE_DONE) {
        to = text_new(self->given.option_count, sizeof *to);
        code = find_participants(self, &facts, to);
    }
    if (code == CODE_DONE)
        code = store(self, &facts);
    app_end(self);
    free(to);
    free(source);
    return code;
}

/* What follows from a decision, for the person who made it known. */
static const char *effect_of(wp_choice choice, bool is_contact)
{
    if (is_contact)
        return choice == WP_CHOICE_OUT ? "in no path any more" : "may be contacted";
    switch (choice) {
    case WP_CHOICE_OUT:
        return "no path leads through this person any more";
    case WP_CHOICE_ASK:
        return "paths may lead through this person, marked to ask first";
    default:
        return "paths may lead through this person again";
    }
}

static int decide(app *self, wp_choice choice)
{
    wp_consent consent = WP_CONSENT_INIT;
    bool is_contact = args_has(&self->given, "contact"), holds = false;

    if (is_contact && choice == WP_CHOICE_ASK)
        return app_fail(self, CODE_USAGE, "--ask, --contact: both given, expected one");
    int code = app_begin_write(self);
    if (code == CODE_DONE)
        code = who_find_identity(self, "WHO", self->given.words[0], &consent.person);
    if (code != CODE_DONE)
        return code;
    *(is_contact ? &consent.contact : &consent.introductions) = choice;
    consent.since = self->day;
    code = decided_put(self, self->given.words[0], &consent, &holds);
    if (code == CODE_DONE)
        code = app_commit(self);
    if (code == CODE_DONE && holds)
        app_note(self, "%s: %s", self->given.words[0], effect_of(choice, is_contact));
    return code;
}

int cmd_optout(app *self)
{
    return decide(self, WP_CHOICE_OUT);
}

int cmd_optin(app *self)
{
    return decide(self, args_has(&self->given, "ask") ? WP_CHOICE_ASK : WP_CHOICE_IN);
}
