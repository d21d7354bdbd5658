/*
 * Who is meant.
 *
 * A name must match wholly (folded, so case and accents do not matter): a name that matches only in
 * part today may match somebody else tomorrow, and scripts would not notice. What matches in part
 * is offered as a suggestion instead.
 *
 * Exit codes: an ambiguous name is bad input (3) everywhere. An unknown one is "nothing found" (1)
 * where it is what the command looks for (path --to, who, show) and bad input (3) where it is a
 * condition of the question (explain, record, path --from, --via, --avoid, optout, optin).
 */
#include "who.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "elsewhere.h"
#include "import/crm_value.h"
#include "person.h"
#include "text.h"

#define MATCHES_MAX 100 /* looked at to tell whether a name is ambiguous */
#define CANDIDATES_SHOWN 10
#define NEAREST_SHOWN 3
#define SCORE_SAME 0.9999999 /* the same name; below it is a guess */

static bool has_prefix(const char *text, const char *prefix, const char **rest)
{
    size_t length = strlen(prefix);

    if (strncmp(text, prefix, length) != 0)
        return false;
    *rest = text + length;
    return true;
}

who_form who_classify(const char *text, char held[WHO_HELD_BYTES], const char **rest)
{
    const char *dot = strchr(text, '.');

    *rest = text;
    if (strcmp(text, "us") == 0)
        return WHO_FORM_US;
    if (has_prefix(text, "team:", rest) || has_prefix(text, "list:", rest) ||
        has_prefix(text, "tag:", rest))
        return WHO_FORM_GROUP;
    if (has_prefix(text, "id:", rest))
        return WHO_FORM_ID;
    bool is_profile = has_prefix(text, "linkedin:", rest);
    if (strchr(text, ' ') == NULL && slug_of(*rest, held)) {
        *rest = held;
        return WHO_FORM_LINKEDIN;
    }
    if (is_profile)
        return WHO_FORM_LINKEDIN;
    if (text[0] == '#' && text[1] != '\0' && strspn(text + 1, "0123456789") == strlen(text + 1))
        return has_prefix(text, "#", rest) ? WHO_FORM_NUMBER : WHO_FORM_NAME;
    if (strchr(text, ' ') == NULL && strchr(text, '@') != NULL)
        return WHO_FORM_EMAIL;
    if (strchr(text, ' ') == NULL && dot != NULL && dot != text && dot[1] != '\0')
        return WHO_FORM_DOMAIN;
    return WHO_FORM_NAME;
}

/* "Ann Lee <ann@us.com>, VP Sales at Acme" or "Acme (acme.com)". Yours: free(). */
static char *describe(app *self, const wp_match *match)
{
    char *text = NULL;
    person_view found;

    if (match->is_company) {
        char *domain = NULL, *name = NULL;
        if (company_labels(self, match->number, &domain, &name) == CODE_DONE)
            text = name != NULL && strcmp(name, domain) != 0 ? text_format("%s (%s)", name, domain)
                                                             : text_copy(domain);
        free(domain);
        free(name);
        return text;
    }
    if (person_read(self, match->number, &found) != CODE_DONE)
        return NULL;
    text = found.name != NULL ? text_format("%s <%s>", found.name, found.handle)
                              : text_copy(found.handle);
    person_free(&found);
    return text;
}

static bool is_wanted(const wp_match *match, bool wants_company)
{
    return wants_company || !match->is_company;
}

/* Fail because nothing has that name; the nearest names are part of the one line. */
static int fail_unknown(app *self, const char *what, const char *text, bool wants_company, int code)
{
    wp_matches matches = {0};
    text_buffer nearest = {0};
    size_t shown = 0;
    wp_error ignored;

    /* A text that cannot be searched for (too long, say) has no nearest names: that is no error. */
    if (wp_find(self->txn, text, MATCHES_MAX, &matches, &ignored) != WP_OK)
        matches = (wp_matches){0};
    for (size_t i = 0; i < matches.count && shown < NEAREST_SHOWN; i++) {
        char *line =
            is_wanted(&matches.items[i], wants_company) ? describe(self, &matches.items[i]) : NULL;
        if (line != NULL)
            text_add_format(&nearest, "%s%s", shown++ > 0 ? ", " : "", line);
        free(line);
    }
    wp_matches_free(&matches);
    code = app_fail(self, code, "%s: '%s': unknown, expected %s%s%s", what, text,
                    wants_company ? "a person or company" : "a person",
                    shown > 0 ? "; nearest: " : "", shown > 0 ? nearest.text : "");
    free(nearest.text);
    return code;
}

static int fail_ambiguous(app *self, const char *what, const char *text, const wp_matches *same)
{
    size_t shown = same->count < CANDIDATES_SHOWN ? same->count : CANDIDATES_SHOWN;
    int code =
        app_fail(self, CODE_INPUT, "%s: '%s': %zu have this name, expected one; they are:", what,
                 text, same->count);

    for (size_t i = 0; i < shown; i++) {
        char *line = describe(self, &same->items[i]);
        char *clean = text_clean(line != NULL ? line : "?");
        if (same->items[i].is_company)
            (void)fprintf(stderr, "  company  %s\n", clean);
        else
            (void)fprintf(stderr, "  #%-7u %s\n", same->items[i].number, clean);
        free(clean);
        free(line);
    }
    if (shown < same->count)
        (void)fprintf(stderr, "  … and %zu more\n", same->count - shown);
    return code;
}

/* Keep the matches that bear exactly this name and are of a wanted kind. */
static void keep_same(wp_matches *matches, bool wants_company)
{
    size_t kept = 0;

    for (size_t i = 0; i < matches->count; i++)
        if (matches->items[i].score >= SCORE_SAME && is_wanted(&matches->items[i], wants_company))
            matches->items[kept++] = matches->items[i];
    matches->count = kept;
}

static int find_name(app *self, const char *what, const char *text, bool wants_company,
                     int code_unknown, who_found *found)
{
    wp_matches matches = {0};
    int code = CODE_DONE;

    if (text[0] == '\0')
        return app_fail(self, CODE_INPUT, "%s: an empty name, expected a person or company", what);
    if (wp_find(self->txn, text, MATCHES_MAX, &matches, &self->err) != WP_OK)
        return app_fail_status(self, what);
    keep_same(&matches, wants_company);
    if (matches.count == 1)
        *found = (who_found){matches.items[0].is_company ? WHO_COMPANY : WHO_PERSON,
                             matches.items[0].number};
    else if (matches.count == 0)
        code = fail_unknown(self, what, text, wants_company, code_unknown);
    else
        code = fail_ambiguous(self, what, text, &matches);
    wp_matches_free(&matches);
    return code;
}

/* Look an identity up: CODE_DONE with *number 0 when nobody has it. */
static int find_identity(app *self, const char *what, wp_identity_kind kind, const char *text,
                         wp_number *number)
{
    wp_identity identity = {kind, text};

    *number = 0;
    switch (wp_identity_find(self->txn, &identity, number, &self->err)) {
    case WP_OK:
        return CODE_DONE;
    case WP_ENOTFOUND:
        *number = 0;
        return CODE_DONE;
    default:
        return app_fail_status(self, what);
    }
}

static int find_number(app *self, const char *what, const char *text, const char *digits,
                       int code_unknown, who_found *found)
{
    unsigned long long number = strtoull(digits, NULL, 10);
    wp_person ignored;
    wp_status status = WP_ENOTFOUND;

    if (number > 0 && number <= UINT32_MAX)
        status = wp_person_get(self->txn, (wp_number)number, self->day, &ignored, &self->err);
    if (status == WP_ENOTFOUND)
        return app_fail(self, code_unknown, "%s: '%s': unknown, expected a person", what, text);
    if (status != WP_OK)
        return app_fail_status(self, what);
    *found = (who_found){WHO_PERSON, (wp_number)number};
    return CODE_DONE;
}

/* An id as it is stored: as it is, or of 18 characters where it has 15 (crm_salesforce_id). */
static const char *stored_id(app *self, wp_identity_kind kind, const char *id,
                             char held[WHO_HELD_BYTES])
{
    wp_identity given = {kind, id}, whole = {kind, held};
    wp_number number;
    bool is_short = strlen(id) == CRM_SALESFORCE_ID_BYTES - 4 && crm_salesforce_id(id, held);

    if (is_short && wp_identity_find(self->txn, &given, &number, NULL) == WP_ENOTFOUND &&
        wp_identity_find(self->txn, &whole, &number, NULL) == WP_OK)
        return held;
    return id;
}

bool who_identity(app *self, const char *text, char held[WHO_HELD_BYTES], wp_identity *out)
{
    const char *rest;

    switch (who_classify(text, held, &rest)) {
    case WHO_FORM_EMAIL:
        *out = (wp_identity){WP_IDENTITY_EMAIL, rest};
        return true;
    case WHO_FORM_ID:
        *out = (wp_identity){WP_IDENTITY_ID, stored_id(self, WP_IDENTITY_ID, rest, held)};
        return true;
    case WHO_FORM_LINKEDIN:
        *out = (wp_identity){WP_IDENTITY_LINKEDIN, rest};
        return true;
    default:
        return false;
    }
}

static int find_id(app *self, const char *what, const char *text, const char *id,
                   bool wants_company, int code_unknown, who_found *found)
{
    char held[WHO_HELD_BYTES];
    wp_number person = 0, company = 0;
    int code = find_identity(self, what, WP_IDENTITY_ID, stored_id(self, WP_IDENTITY_ID, id, held),
                             &person);

    if (code == CODE_DONE && wants_company)
        code = find_identity(self, what, WP_IDENTITY_COMPANY_ID,
                             stored_id(self, WP_IDENTITY_COMPANY_ID, id, held), &company);
    if (code != CODE_DONE)
        return code;
    if (person != 0 && company != 0)
        return app_fail(self, CODE_INPUT,
                        "%s: '%s': a person and a company have this id, expected one", what, text);
    if (person == 0 && company == 0)
        return app_fail(self, code_unknown, "%s: '%s': unknown, expected an id given at import",
                        what, text);
    *found = person != 0 ? (who_found){WHO_PERSON, person} : (who_found){WHO_COMPANY, company};
    return CODE_DONE;
}

/* An identity that is written down exactly: unknown when nobody has it. */
static int find_exact(app *self, const char *what, wp_identity_kind kind, const char *text,
                      const char *rest, bool wants_company, int code_unknown, who_found *found)
{
    wp_number number;
    int code = find_identity(self, what, kind, rest, &number);

    if (code != CODE_DONE)
        return code;
    if (number == 0)
        return fail_unknown(self, what, text, wants_company, code_unknown);
    *found = (who_found){kind == WP_IDENTITY_DOMAIN ? WHO_COMPANY : WHO_PERSON, number};
    return CODE_DONE;
}

static int find_domain(app *self, const char *what, const char *text, int code_unknown,
                       who_found *found)
{
    wp_identity identity = {WP_IDENTITY_DOMAIN, text};
    wp_number number;

    /* A text that cannot be a domain ("J.R.") may still be a name, so every failure falls back. */
    if (wp_identity_find(self->txn, &identity, &number, NULL) != WP_OK)
        return find_name(self, what, text, true, code_unknown, found);
    *found = (who_found){WHO_COMPANY, number};
    return CODE_DONE;
}

static int find_group(app *self, const char *what, const char *text, bool wants_company,
                      int code_unknown, who_found *found)
{
    if (!wants_company)
        return app_fail(self, CODE_INPUT, "%s: '%s' is a group, expected one person", what, text);
    *found = (who_found){WHO_GROUP, 0};
    switch (wp_group_find(self->txn, text, &found->number, &self->err)) {
    case WP_OK:
        return CODE_DONE;
    case WP_ENOTFOUND:
        return app_fail(self, code_unknown, "%s: '%s': unknown, expected a group of 'group list'",
                        what, text);
    default:
        return app_fail_status(self, what);
    }
}

static int find_any(app *self, const char *what, const char *text, bool wants_company,
                    int code_unknown, who_found *found)
{
    char held[WHO_HELD_BYTES];
    const char *rest;

    switch (who_classify(text, held, &rest)) {
    case WHO_FORM_US:
        if (!wants_company)
            return app_fail(self, CODE_INPUT, "%s: 'us' is a group, expected one person", what);
        *found = (who_found){WHO_US, 0};
        return CODE_DONE;
    case WHO_FORM_GROUP:
        return find_group(self, what, text, wants_company, code_unknown, found);
    case WHO_FORM_ID:
        return find_id(self, what, text, rest, wants_company, code_unknown, found);
    case WHO_FORM_LINKEDIN:
        return find_exact(self, what, WP_IDENTITY_LINKEDIN, text, rest, wants_company, code_unknown,
                          found);
    case WHO_FORM_NUMBER:
        return find_number(self, what, text, rest, code_unknown, found);
    case WHO_FORM_EMAIL:
        return find_exact(self, what, WP_IDENTITY_EMAIL, text, rest, wants_company, code_unknown,
                          found);
    case WHO_FORM_DOMAIN:
        if (wants_company)
            return find_domain(self, what, text, code_unknown, found);
        return find_name(self, what, text, false, code_unknown, found);
    case WHO_FORM_NAME:
        return find_name(self, what, text, wants_company, code_unknown, found);
    }
    return CODE_INPUT;
}

int who_find_person(app *self, const char *what, const char *text, int code_unknown,
                    wp_number *number)
{
    who_found found = {WHO_PERSON, 0};
    int code = find_any(self, what, text, false, code_unknown, &found);

    *number = code == CODE_DONE ? found.number : 0;
    return code;
}

static bool is_same(const wp_identity *found, const wp_identity *wanted)
{
    bool is_id = found->kind == WP_IDENTITY_ID || found->kind == WP_IDENTITY_COMPANY_ID;

    return found->kind == wanted->kind &&
           (is_id ? strcmp(found->text, wanted->text) : strcasecmp(found->text, wanted->text)) == 0;
}

/* The number of an identity of a person or company; 0: it is none of them. */
static int find_number_of(app *self, who_found of, const wp_identity *wanted, wp_number *number)
{
    bool is_company = of.kind == WHO_COMPANY;
    wp_numbers all = {0};
    wp_identity found;
    int code = CODE_DONE;

    *number = 0;
    if ((is_company ? wp_company_numbers(self->txn, of.number, &all, &self->err)
                    : wp_person_numbers(self->txn, of.number, &all, &self->err)) != WP_OK)
        return app_fail_status(self, "identity");
    for (size_t i = 0; i < all.count && *number == 0 && code == CODE_DONE; i++) {
        if ((is_company ? wp_company_identity(self->txn, all.items[i], &found, &self->err)
                        : wp_person_identity(self->txn, all.items[i], &found, &self->err)) != WP_OK)
            code = app_fail_status(self, "identity");
        else if (is_same(&found, wanted))
            *number = all.items[i];
    }
    wp_numbers_free(&all);
    return code;
}

int who_find_identity(app *self, const char *what, const char *text, wp_number *number)
{
    char held[WHO_HELD_BYTES];
    wp_identity identity;
    wp_number person, exact = 0;
    int code = who_find_person(self, what, text, CODE_INPUT, &person);

    if (code == CODE_DONE && who_identity(self, text, held, &identity))
        code = find_number_of(self, (who_found){WHO_PERSON, person}, &identity, &exact);
    *number = exact != 0 ? exact : person;
    return code;
}

/* The number of the first identity of a company; one that is known by its name alone has none. */
static int find_first(app *self, wp_number company, wp_number *number)
{
    wp_company found;

    *number = company;
    if (wp_company_get(self->txn, company, &found, &self->err) != WP_OK)
        return app_fail_status(self, "company");
    if (found.identity_count == 0)
        return CODE_DONE;
    char *text = text_copy(found.identities[0].text);
    wp_identity first = {found.identities[0].kind, text};
    int code = find_number_of(self, (who_found){WHO_COMPANY, company}, &first, number);
    free(text);
    return code;
}

int who_find_company(app *self, const char *what, const char *text, wp_number *number)
{
    char held[WHO_HELD_BYTES];
    const char *rest;
    wp_identity identity = {WP_IDENTITY_DOMAIN, text};
    who_found found;
    int code = who_find(self, what, text, CODE_INPUT, &found);

    *number = 0;
    if (code != CODE_DONE)
        return code;
    if (found.kind != WHO_COMPANY)
        return app_fail(self, CODE_INPUT, "%s: '%s': no company, expected one", what, text);
    if (who_classify(text, held, &rest) == WHO_FORM_ID)
        identity = (wp_identity){WP_IDENTITY_COMPANY_ID,
                                 stored_id(self, WP_IDENTITY_COMPANY_ID, rest, held)};
    code = find_number_of(self, found, &identity, number);
    return code == CODE_DONE && *number == 0 ? find_first(self, found.number, number) : code;
}

int who_find(app *self, const char *what, const char *text, int code_unknown, who_found *found)
{
    *found = (who_found){WHO_PERSON, 0};
    return find_any(self, what, text, true, code_unknown, found);
}

static void copy_numbers(const wp_numbers *numbers, who_list *people)
{
    people->items = text_new(numbers->count, sizeof *people->items);
    people->count = numbers->count;
    if (numbers->count > 0)
        memcpy(people->items, numbers->items, numbers->count * sizeof *people->items);
}

int who_people(app *self, who_found meant, who_list *people)
{
    wp_numbers numbers = {0};
    wp_status status;

    *people = (who_list){0};
    if (meant.kind == WHO_PERSON) {
        numbers = (wp_numbers){&meant.number, 1};
        copy_numbers(&numbers, people);
        return CODE_DONE;
    }
    if (meant.kind == WHO_GROUP)
        status = wp_group_people(self->txn, meant.number, self->day, &numbers, &self->err);
    else if (meant.kind == WHO_COMPANY)
        status = wp_company_people(self->txn, meant.number, self->day, &numbers, &self->err);
    else
        status = wp_us_people(self->txn, self->day, &numbers, &self->err);
    if (status != WP_OK)
        return app_fail_status(self, "people");
    copy_numbers(&numbers, people);
    wp_numbers_free(&numbers);
    return CODE_DONE;
}

/* Where those with an address at one of our domains are employed; NULL: nothing to say. */
static char *ours_elsewhere(app *self)
{
    char *hint = NULL;
    wp_number number = 0;
    wp_company company;

    while (hint == NULL && wp_company_next(self->txn, &number, &self->err) == WP_OK)
        if (wp_company_get(self->txn, number, &company, &self->err) == WP_OK &&
            company.us == WP_US_YES)
            hint = elsewhere_hint(self, number);
    return hint;
}

int who_us(app *self, who_list *people)
{
    int code = who_people(self, (who_found){WHO_US, 0}, people);

    if (code != CODE_DONE || people->count > 0)
        return code;
    who_list_free(people);
    char *hint = ours_elsewhere(self);
    code = app_fail(self, CODE_INPUT, "us: nobody is of our organisation; %s",
                    hint != NULL
                        ? hint
                        : "name its domain when the database is made (warmpath init --us DOMAIN), "
                          "import a company with \"us\":true, or use --from");
    free(hint);
    return code;
}

static int compare_numbers(const void *a, const void *b)
{
    wp_number x = *(const wp_number *)a, y = *(const wp_number *)b;

    return (x > y) - (x < y);
}

bool who_list_has(const who_list *people, wp_number number)
{
    return people->count > 0 &&
           bsearch(&number, people->items, people->count, sizeof number, compare_numbers) != NULL;
}

void who_list_free(who_list *people)
{
    free(people->items);
    *people = (who_list){0};
}

bool who_is_audit(const app *self)
{
    const char *viewer = args_get(&self->given, "as");

    return viewer != NULL && strcmp(viewer, "audit") == 0;
}

int who_begin_read(app *self)
{
    const char *viewer = args_get(&self->given, "as");
    wp_number number = WP_VIEW_ALL;
    int code = app_begin_read(self);

    if (viewer == NULL || code != CODE_DONE)
        return code;
    if (!who_is_audit(self)) {
        code = who_find_person(self, "--as", viewer, CODE_INPUT, &self->actor);
        number = self->actor;
    }
    if (code == CODE_DONE && wp_txn_use_viewer(self->txn, number, &self->err) != WP_OK)
        code = app_fail_status(self, "--as");
    return code;
}

void who_asked(app *self, who_found meant)
{
    wp_audit_action action = meant.kind == WHO_PERSON    ? WP_AUDIT_ASK_PERSON
                             : meant.kind == WHO_COMPANY ? WP_AUDIT_ASK_COMPANY
                                                         : WP_AUDIT_ASK_ALL;
    app_asked(self, action, meant.kind == WHO_GROUP ? 0 : meant.number);
}
