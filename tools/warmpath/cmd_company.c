/*
 * warmpath company: what is said by hand of which company is which, and its taking back.
 *
 * A domain or id means that very identity: what is said of it stays with it when the company turns
 * out to be two. A name means the first identity.
 */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "behind.h"
#include "commands.h"
#include "text.h"
#include "who.h"

#define PARENTS_MAX 64 /* looked at */

/* What is said: one of the three, of which identity. */
typedef struct saying {
    wp_number company;
    const char *alias;    /* NULL: none */
    wp_identity identity; /* a further domain; kind 0: none */
    wp_number parent;     /* 0: none */
} saying;

/* Who owns a company must not be owned by it, be it through others. */
static int check_parent(app *self, const saying *said)
{
    const char *text = self->given.words[2];
    wp_company above;

    if (wp_company_get(self->txn, said->company, &above, &self->err) != WP_OK)
        return app_fail_status(self, "COMPANY");
    wp_number company = above.number;
    above.parent = said->parent;
    for (size_t i = 0; i < PARENTS_MAX && above.parent != 0; i++) {
        if (wp_company_get(self->txn, above.parent, &above, &self->err) != WP_OK)
            return app_fail_status(self, "PARENT");
        if (above.number == company)
            return app_fail(self, CODE_INPUT, "PARENT: '%s': %s, expected another company", text,
                            i == 0 ? "the company itself" : "owned by the company");
    }
    return CODE_DONE;
}

static int read_saying(app *self, saying *said)
{
    const char *what = self->given.words[0], *value = self->given.words[2];

    if (strcmp(what, "alias") == 0)
        said->alias = value;
    else if (strcmp(what, "domain") == 0)
        said->identity = (wp_identity){WP_IDENTITY_DOMAIN, value};
    else if (strcmp(what, "parent") == 0)
        return who_find_company(self, "PARENT", value, &said->parent);
    else
        return app_fail(self, CODE_USAGE, "%s: expected alias, domain or parent", what);
    return CODE_DONE;
}

/* Whether what was said holds; also of a company that nobody states any more. */
static int is_said(app *self, const saying *said, bool *out)
{
    wp_company found;
    wp_number other = said->parent;
    wp_status status = WP_OK;

    *out = false;
    if (said->identity.text != NULL)
        status = wp_identity_find(self->txn, &said->identity, &other, &self->err);
    else if (said->parent != 0) {
        status = wp_company_get(self->txn, said->parent, &found, &self->err);
        other = status == WP_OK ? found.number : 0;
    }
    if (status == WP_OK)
        status = wp_company_get(self->txn, said->company, &found, &self->err);
    if (status != WP_OK)
        return status == WP_ENOTFOUND ? CODE_DONE : app_fail_status(self, self->given.words[2]);
    for (size_t i = 0; said->alias != NULL && i < found.alias_count && !*out; i++)
        *out = strcmp(found.aliases[i].name, said->alias) == 0;
    *out |= said->identity.text != NULL ? found.number == other
                                        : said->parent != 0 && found.parent == other;
    return CODE_DONE;
}

static wp_status drop(app *self, const saying *said)
{
    if (said->alias != NULL)
        return wp_company_drop_alias(self->txn, said->company, said->alias, &self->err);
    if (said->parent != 0)
        return wp_company_drop_parent(self->txn, said->company, said->parent, &self->err);
    return wp_company_drop_identity(self->txn, said->company, &said->identity, &self->err);
}

/* Whether the domain is the very one by which the company is meant: nobody need say so. */
static bool is_itself(app *self, const saying *said)
{
    wp_identity own;

    return said->identity.text != NULL &&
           wp_company_identity(self->txn, said->company, &own, NULL) == WP_OK &&
           strcasecmp(own.text, said->identity.text) == 0;
}

static int take_back(app *self, const saying *said, bool *is_left)
{
    const char *const *words = self->given.words;
    wp_status status = drop(self, said);
    int code = CODE_DONE;

    if (status == WP_OK || status == WP_ENOTFOUND)
        code = is_said(self, said, is_left);
    if (code == CODE_DONE && status == WP_ENOTFOUND)
        return app_fail(
            self, CODE_INPUT, "%s: %s %s: not said by hand%s", words[1], words[0], words[2],
            *is_left && !is_itself(self, said) ? ", but by an import ('import --undo')" : "");
    return code == CODE_DONE && status != WP_OK ? app_fail_status(self, words[2]) : code;
}

/* Fill who the company is: by its identity, else by its name. The texts are yours: free(). */
static int fill_company(app *self, wp_number number, wp_company_facts *facts,
                        wp_identity identities[2])
{
    wp_company found;

    if (wp_company_identity(self->txn, number, &identities[0], &self->err) != WP_OK)
        return app_fail_status(self, "COMPANY");
    facts->identity_count = identities[0].kind != WP_IDENTITY_COMPANY_NAME ? 1 : 0;
    identities[0].text = facts->identity_count > 0 ? text_copy(identities[0].text) : NULL;
    if (facts->identity_count > 0)
        return CODE_DONE;
    if (wp_company_get(self->txn, number, &found, &self->err) != WP_OK)
        return app_fail_status(self, "COMPANY");
    facts->name = text_copy(found.name);
    return CODE_DONE;
}

static void free_company(wp_company_facts *facts, wp_identity identities[2])
{
    free((char *)(uintptr_t)identities[0].text);
    free((char *)(uintptr_t)facts->name);
}

/* Take the former owner back. The new one may be the same, stated for that alone, and then goes
 * with it: state it anew. */
static int replace_parent(app *self, const saying *said, wp_number *parent)
{
    wp_company_facts facts = WP_COMPANY_FACTS_INIT;
    wp_identity identities[2] = {{0}};
    wp_company found;
    int code = fill_company(self, said->parent, &facts, identities);

    *parent = said->parent;
    facts.identities = identities;
    if (code == CODE_DONE) {
        wp_status status = wp_company_drop_parent(self->txn, said->company, 0, &self->err);
        if (status == WP_OK || status == WP_ENOTFOUND)
            status = wp_company_get(self->txn, said->parent, &found, &self->err);
        if (status == WP_ENOTFOUND)
            status = wp_company_put(self->txn, &facts, parent, NULL, &self->err);
        code = status == WP_OK ? CODE_DONE : app_fail_status(self, self->given.words[2]);
    }
    free_company(&facts, identities);
    return code;
}

/* Put what is said; a hand says one owner at most, whichever identity it said it of. */
static int put(app *self, const saying *said, wp_company_facts *facts, wp_identity identities[2])
{
    wp_number number;
    int code = CODE_DONE;

    if (said->identity.text != NULL && facts->identity_count == 0)
        return app_fail(self, CODE_INPUT,
                        "%s: known by its name alone, expected a company with a domain or id",
                        self->given.words[1]);
    facts->identities = identities;
    if (said->identity.text != NULL)
        identities[facts->identity_count++] = said->identity;
    facts->aliases = &said->alias;
    facts->alias_count = said->alias != NULL ? 1 : 0;
    if (said->parent != 0)
        code = replace_parent(self, said, &facts->parent);
    if (code == CODE_DONE && wp_company_put(self->txn, facts, &number, NULL, &self->err) != WP_OK)
        code = app_fail_status(self, self->given.words[0]);
    return code;
}

/* Say it; *is_left: of a domain, whether it was another company's so far, who is one with it now.
 */
static int say(app *self, const saying *said, bool *is_left)
{
    wp_company_facts facts = WP_COMPANY_FACTS_INIT;
    wp_identity identities[2] = {{0}};
    wp_number holder;
    bool is_own = false;
    int code = CODE_DONE;

    if (said->identity.text != NULL && wp_domain_is_free(said->identity.text))
        return app_fail(self, CODE_USAGE,
                        "%s: belongs to a provider of free mail, expected a domain of the company",
                        said->identity.text);
    if (said->identity.text != NULL) {
        code = is_said(self, said, &is_own);
        *is_left = !is_own && wp_identity_find(self->txn, &said->identity, &holder, NULL) == WP_OK;
    } else if (said->parent != 0) {
        code = check_parent(self, said);
    }
    if (code == CODE_DONE)
        code = fill_company(self, said->company, &facts, identities);
    if (code == CODE_DONE)
        code = put(self, said, &facts, identities);
    free_company(&facts, identities);
    return code;
}

int cmd_company(app *self)
{
    const char *const *words = self->given.words;
    bool is_off = args_has(&self->given, "off"), is_left = false;
    saying said = {0};
    behind covered = {0};
    int code = app_begin_write(self);

    if (code == CODE_DONE)
        code = who_find_company(self, "COMPANY", words[1], &said.company);
    if (code == CODE_DONE)
        code = read_saying(self, &said);
    if (code == CODE_DONE)
        code = behind_read(self, said.company, &covered);
    if (code == CODE_DONE)
        code = is_off ? take_back(self, &said, &is_left) : say(self, &said, &is_left);
    if (code == CODE_DONE)
        code = behind_compare(self, &covered);
    if (code == CODE_DONE)
        code = app_commit(self);
    if (code == CODE_DONE) {
        app_note(self, "%s: %s %s%s%s", words[1], words[0], words[2], is_off ? " taken back" : "",
                 !is_left ? ""
                 : is_off ? ", but an import says so as well, which stays"
                          : ", a company so far: they are one now");
        behind_tell(self, &covered);
    }
    behind_free(&covered);
    return code;
}
