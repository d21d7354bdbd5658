/*
 * Addresses at a company that employs nobody: see elsewhere.h.
 */
#include "elsewhere.h"

#include <stdlib.h>
#include <string.h>

#include "text.h"

#define EMPLOYERS_MAX 64 /* of whom the one with the most addresses is named */

typedef struct employer {
    wp_number number;
    size_t addresses;
} employer;

typedef struct tally {
    char **domains; /* of the company */
    size_t domain_count;
    size_t addresses;
    employer employers[EMPLOYERS_MAX];
    size_t employer_count;
} tally;

static void read_domains(app *self, wp_number company, tally *out)
{
    wp_company found;

    if (wp_company_get(self->txn, company, &found, &self->err) != WP_OK)
        return;
    out->domains = text_new(found.identity_count + 1, sizeof *out->domains);
    for (size_t i = 0; i < found.identity_count; i++)
        if (found.identities[i].kind == WP_IDENTITY_DOMAIN)
            out->domains[out->domain_count++] = text_copy(found.identities[i].text);
}

static bool is_there(const tally *self, const wp_identity *identity)
{
    const char *at = identity->kind == WP_IDENTITY_EMAIL ? strrchr(identity->text, '@') : NULL;

    for (size_t i = 0; at != NULL && i < self->domain_count; i++)
        if (strcmp(at + 1, self->domains[i]) == 0)
            return true;
    return false;
}

static void count(tally *self, wp_number company)
{
    size_t i = 0;

    self->addresses++;
    while (i < self->employer_count && self->employers[i].number != company)
        i++;
    if (company == 0 || i == EMPLOYERS_MAX)
        return;
    if (i == self->employer_count)
        self->employers[self->employer_count++] = (employer){company, 0};
    self->employers[i].addresses++;
}

static void count_addresses(app *self, tally *out)
{
    wp_statement at = {0};
    wp_number last = 0;
    wp_person person;

    while (wp_person_statement_next(self->txn, &at, &self->err) == WP_OK) {
        wp_number number = at.number;
        if (number == last || !is_there(out, &at.identity))
            continue;
        last = number;
        if (wp_person_get(self->txn, number, self->day, &person, &self->err) == WP_OK)
            count(out, person.company);
    }
}

static const employer *most_of(const tally *self)
{
    const employer *most = NULL;

    for (size_t i = 0; i < self->employer_count; i++)
        if (most == NULL || self->employers[i].addresses > most->addresses)
            most = &self->employers[i];
    return most;
}

/* A word of a shell's command line. */
static void add_word(text_buffer *out, const char *text)
{
    static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_";

    if (strspn(text, plain) == strlen(text)) {
        text_add(out, text);
        return;
    }
    text_add(out, "'");
    for (; *text != '\0'; text++)
        text_add_format(out, *text == '\'' ? "'\\''" : "%c", *text);
    text_add(out, "'");
}

/* What makes both one: the employer has the company's domain, or is what the company is called. */
static char *tell(const tally *self, const employer *most, const wp_company *who)
{
    text_buffer out = {0};
    const char *name = who->name != NULL ? who->name : who->domain != NULL ? who->domain : who->id;
    char *id = who->id != NULL ? text_format("id:%s", who->id) : NULL;
    const char *handle = who->domain != NULL ? who->domain : id;

    text_add_format(&out,
                    "%zu of %zu address%s there %s of people employed at %s; to make the two one: "
                    "warmpath company ",
                    most->addresses, self->addresses, self->addresses == 1 ? "" : "es",
                    most->addresses == 1 ? "is" : "are", name);
    text_add(&out, handle != NULL ? "domain " : "alias ");
    add_word(&out, handle != NULL ? handle : self->domains[0]);
    text_add(&out, " ");
    add_word(&out, handle != NULL ? self->domains[0] : name);
    free(id);
    return out.text;
}

char *elsewhere_hint(app *self, wp_number company)
{
    tally found = {0};
    wp_company who;
    char *hint = NULL;

    read_domains(self, company, &found);
    if (found.domain_count > 0)
        count_addresses(self, &found);
    const employer *most = most_of(&found);
    if (most != NULL && wp_company_get(self->txn, most->number, &who, &self->err) == WP_OK)
        hint = tell(&found, most, &who);
    for (size_t i = 0; i < found.domain_count; i++)
        free(found.domains[i]);
    free(found.domains);
    return hint;
}
