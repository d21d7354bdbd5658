/*
 * warmpath merge, unmerge, private, company: what is said by hand of who is whom, whose a tie is,
 * and which company is which.
 *
 * An address, id or profile means that very identity, because that is what can be taken back; a
 * name or number means the person.
 */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "commands.h"
#include "text.h"
#include "who.h"

#define PARENTS_MAX 64 /* looked at */

/* Two different people. */
static int find_two(app *self, wp_number numbers[2], wp_number people[2])
{
    int code = app_begin_write(self);

    for (size_t i = 0; i < 2 && code == CODE_DONE; i++) {
        wp_person found;
        code = who_find_identity(self, i == 0 ? "A" : "B", self->given.words[i], &numbers[i]);
        if (code != CODE_DONE)
            break;
        if (wp_person_get(self->txn, numbers[i], self->day, &found, &self->err) != WP_OK)
            return app_fail_status(self, "person");
        people[i] = found.number;
    }
    return code;
}

int cmd_merge(app *self)
{
    wp_number numbers[2], people[2];
    int code = find_two(self, numbers, people);

    if (code != CODE_DONE)
        return code;
    if (people[0] == people[1])
        return app_fail(self, CODE_INPUT, "%s and %s: one person already, expected two",
                        self->given.words[0], self->given.words[1]);
    if (wp_person_merge(self->txn, numbers[0], numbers[1], &self->err) != WP_OK)
        return app_fail_status(self, "merge");
    code = app_commit(self);
    if (code == CODE_DONE)
        app_note(self, "%s and %s are one person now", self->given.words[0], self->given.words[1]);
    return code;
}

int cmd_unmerge(app *self)
{
    wp_number a = 0, b = 0;
    int code = app_begin_write(self);

    if (code == CODE_DONE)
        code = who_find_identity(self, "A", self->given.words[0], &a);
    if (code == CODE_DONE && self->given.word_count > 1)
        code = who_find_identity(self, "B", self->given.words[1], &b);
    if (code != CODE_DONE)
        return code;
    wp_status status = wp_person_unmerge(self->txn, a, b, &self->err);
    if (status == WP_ENOTFOUND)
        return app_fail(self, CODE_INPUT, "%s: not merged with %s, expected one who is",
                        self->given.words[0], b != 0 ? self->given.words[1] : "anybody");
    if (status != WP_OK)
        return app_fail_status(self, "unmerge");
    code = app_commit(self);
    if (code == CODE_DONE)
        app_note(self, "%s: a person of its own again", self->given.words[0]);
    return code;
}

/* Whose the tie between two people is: the owner must be one of them. */
static int find_pair(app *self, const char *owner, wp_private *tie)
{
    const char *const *words = self->given.words;
    wp_number numbers[2] = {0, 0}, identities[2] = {0, 0}, of = 0;
    int code = who_find_person(self, "--owner", owner, CODE_INPUT, &of);

    for (int i = 0; i < 2 && code == CODE_DONE; i++) {
        code = who_find_person(self, "WHO", words[i], CODE_INPUT, &numbers[i]);
        if (code == CODE_DONE)
            code = who_find_identity(self, "WHO", words[i], &identities[i]);
    }
    if (code != CODE_DONE)
        return code;
    if (of != numbers[0] && of != numbers[1])
        return app_fail(self, CODE_INPUT, "--owner: %s, expected %s or %s", owner, words[0],
                        words[1]);
    tie->owner = identities[of == numbers[0] ? 0 : 1];
    tie->person = identities[of == numbers[0] ? 1 : 0];
    return CODE_DONE;
}

/* Without a second person the whole person is meant. */
static int find_private(app *self, const char *owner, wp_private *out)
{
    if (self->given.word_count == 2)
        return find_pair(self, owner, out);
    out->is_whole = true;
    int code = who_find_identity(self, "WHO", self->given.words[0], &out->person);
    return code == CODE_DONE ? who_find_identity(self, "--owner", owner, &out->owner) : code;
}

/* The number by which results know the person who has a number. */
static wp_status canonical(app *self, wp_number number, wp_number *out)
{
    wp_person found;
    wp_status status = wp_person_get(self->txn, number, self->day, &found, &self->err);

    *out = status == WP_OK ? found.number : 0;
    return status;
}

/* Whether a statement is of the same two people, whatever identities it names. */
static wp_status is_about(app *self, const wp_private *at, const wp_private *wanted, bool *out)
{
    wp_number person = 0, owner = 0;
    wp_status status = canonical(self, at->person, &person);

    if (status == WP_OK)
        status = canonical(self, at->owner, &owner);
    *out = person == wanted->person && owner == wanted->owner;
    return status;
}

/* Take back all that a hand states of two people; *removed: how many statements. *left: what
 * sources state, which stays. There are few statements. */
static wp_status take_back(app *self, const wp_private *given, size_t *removed, size_t *left)
{
    wp_private wanted = *given, at = {0};
    wp_status status = canonical(self, given->person, &wanted.person);
    bool is_meant = false;

    if (status == WP_OK)
        status = canonical(self, given->owner, &wanted.owner);
    while (status == WP_OK &&
           (status = wp_private_statement_next(self->txn, &at, &self->err)) == WP_OK &&
           (status = is_about(self, &at, &wanted, &is_meant)) == WP_OK) {
        if (!is_meant)
            continue;
        *(at.source == WP_SOURCE_HAND ? removed : left) += 1;
        if (at.source == WP_SOURCE_HAND)
            status = wp_private_put(self->txn, &at, false, &self->err);
    }
    if (status == WP_ENOTFOUND)
        status = *removed > 0 ? WP_OK : WP_ENOTFOUND;
    return status;
}

int cmd_private(app *self)
{
    size_t removed = 0, left = 0;
    wp_private wanted = {0};
    const char *owner = args_get(&self->given, "owner");
    bool is_private = !args_has(&self->given, "off");

    if (owner == NULL)
        return app_fail(self, CODE_USAGE, "--owner: missing, expected WHO");
    int code = app_begin_write(self);
    if (code == CODE_DONE)
        code = find_private(self, owner, &wanted);
    if (code != CODE_DONE)
        return code;
    wp_status status = is_private ? wp_private_put(self->txn, &wanted, true, &self->err)
                                  : take_back(self, &wanted, &removed, &left);
    if (status == WP_EINVAL || status == WP_ENOTFOUND)
        return app_fail(self, CODE_INPUT, "%s: %s", self->given.words[0],
                        status == WP_EINVAL ? "the owner, expected somebody else"
                                            : "not said to be private by hand");
    if (status != WP_OK)
        return app_fail_status(self, "private");
    code = app_commit(self);
    if (code == CODE_DONE && left > 0)
        app_note(self, "%s: taken back by hand, but an import says so as well, which stays",
                 self->given.words[0]);
    else if (code == CODE_DONE)
        app_note(self, "%s: %s %s", self->given.words[0],
                 wanted.is_whole ? "for everybody but the owner this person" : "the tie",
                 is_private ? wanted.is_whole ? "is not there now" : "is the owner's alone now"
                 : wanted.is_whole ? "is there again"
                                   : "is anybody's again");
    return code;
}

/* The identity by which a company can be told apart: a domain, else an id; kind 0: by name. */
static int company_identity(app *self, wp_number number, wp_identity *out, char **name)
{
    wp_company found;

    if (wp_company_get(self->txn, number, &found, &self->err) != WP_OK)
        return app_fail_status(self, "company");
    *out = (wp_identity){0};
    *name = text_copy(found.name);
    if (found.identity_count > 0)
        *out = (wp_identity){found.identities[0].kind, text_copy(found.identities[0].text)};
    return CODE_DONE;
}

static int find_company(app *self, const char *what, const char *text, wp_number *number)
{
    who_found meant;
    int code = who_find(self, what, text, CODE_INPUT, &meant);

    if (code == CODE_DONE && meant.kind != WHO_COMPANY)
        return app_fail(self, CODE_INPUT, "%s: '%s': no company, expected one", what, text);
    *number = meant.number;
    return code;
}

/* Who owns a company must not be owned by it, be it through others. */
static int find_parent(app *self, wp_number company, const char *text, wp_number *parent)
{
    wp_company above = {.number = company};
    int code = find_company(self, "PARENT", text, parent);

    above.parent = code == CODE_DONE ? *parent : 0;
    for (size_t i = 0; i < PARENTS_MAX && above.parent != 0; i++) {
        if (above.parent == company)
            return app_fail(self, CODE_INPUT, "PARENT: '%s': %s, expected another company", text,
                            i == 0 ? "the company itself" : "owned by the company");
        if (wp_company_get(self->txn, above.parent, &above, &self->err) != WP_OK)
            return app_fail_status(self, "PARENT");
    }
    return code;
}

/* Whether somebody else has a domain, who will be one with the company. */
static bool is_anothers(app *self, const char *domain, wp_number company)
{
    wp_identity identity = {WP_IDENTITY_DOMAIN, domain};
    wp_number holder;

    return wp_identity_find(self->txn, &identity, &holder, NULL) == WP_OK && holder != company;
}

/* Fill what is said of the company: another name, another domain, or who owns it. */
static int read_company_fact(app *self, wp_number company, wp_company_facts *facts,
                             wp_identity identities[2], bool *is_merge)
{
    const char *said = self->given.words[0], *value = self->given.words[2];

    if (strcmp(said, "alias") == 0) {
        facts->aliases = &self->given.words[2];
        facts->alias_count = 1;
    } else if (strcmp(said, "domain") == 0 && wp_domain_is_free(value)) {
        return app_fail(self, CODE_USAGE,
                        "%s: belongs to a provider of free mail, expected a domain of the company",
                        value);
    } else if (strcmp(said, "domain") == 0) {
        identities[1] = (wp_identity){WP_IDENTITY_DOMAIN, value};
        facts->identity_count++;
        *is_merge = is_anothers(self, value, company);
    } else if (strcmp(said, "parent") == 0) {
        return find_parent(self, company, value, &facts->parent);
    } else {
        return app_fail(self, CODE_USAGE, "%s: expected alias, domain or parent", said);
    }
    return CODE_DONE;
}

int cmd_company(app *self)
{
    wp_company_facts facts = WP_COMPANY_FACTS_INIT;
    wp_identity identities[2] = {{0}};
    wp_number number = 0;
    char *name = NULL;
    bool is_merge = false;
    int code = app_begin_write(self);

    if (code == CODE_DONE)
        code = find_company(self, "COMPANY", self->given.words[1], &number);
    if (code == CODE_DONE)
        code = company_identity(self, number, &identities[0], &name);
    facts.identities = identities;
    facts.identity_count = identities[0].text != NULL ? 1 : 0;
    facts.name = identities[0].text != NULL ? NULL : name;
    if (code == CODE_DONE && facts.identity_count == 0 &&
        strcmp(self->given.words[0], "domain") == 0)
        code = app_fail(self, CODE_INPUT,
                        "%s: known by its name alone, expected a company with a domain or id",
                        self->given.words[1]);
    if (code == CODE_DONE)
        code = read_company_fact(self, number, &facts, identities, &is_merge);
    if (code == CODE_DONE && wp_company_put(self->txn, &facts, &number, NULL, &self->err) != WP_OK)
        code = app_fail_status(self, self->given.words[2]);
    if (code == CODE_DONE)
        code = app_commit(self);
    if (code == CODE_DONE)
        app_note(self, "%s: %s %s%s", self->given.words[1], self->given.words[0],
                 self->given.words[2], is_merge ? ", a company so far: they are one now" : "");
    free((char *)(uintptr_t)identities[0].text);
    free(name);
    return code;
}
