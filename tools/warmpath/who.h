/*
 * Who is meant: from the text on a command line to people and companies.
 *
 * A person: an e-mail address; id:TEXT; linkedin:SLUG or the address of a profile; #NUMBER; a name
 * when it is unambiguous. A company: a domain, id:TEXT, or a name. `us`: everybody of our own
 * organisation.
 */
#ifndef WARMPATH_TOOL_WHO_H
#define WARMPATH_TOOL_WHO_H

#include "app.h"
#include "import/slug.h"

/* app_begin_read() for the viewer of --as. */
int who_begin_read(app *self);
/* Whether everything is to be shown: --as audit. */
bool who_is_audit(const app *self);

/* What a text looks like. */
typedef enum who_form {
    WHO_FORM_US,
    WHO_FORM_GROUP, /* team:NAME, list:NAME, tag:NAME */
    WHO_FORM_ID,
    WHO_FORM_LINKEDIN,
    WHO_FORM_NUMBER,
    WHO_FORM_EMAIL,
    WHO_FORM_DOMAIN, /* one word with a dot inside: a domain first, else a name */
    WHO_FORM_NAME
} who_form;

/* Look at a text; *rest is what follows the prefix, the text itself when there is none; of the
 * address of a LinkedIn profile its slug, which stands in `held`. Pure. */
#define WHO_HELD_BYTES SLUG_BYTES
who_form who_classify(const char *text, char held[WHO_HELD_BYTES], const char **rest);

/* The identity that an address, id or profile is; false: the text is none. An id of 15 characters
 * that nobody has is that of 18 when somebody has this one, as Salesforce shows both. */
bool who_identity(app *self, const char *text, char held[WHO_HELD_BYTES], wp_identity *out);

typedef enum who_kind { WHO_PERSON, WHO_COMPANY, WHO_GROUP, WHO_US } who_kind;

typedef struct who_found {
    who_kind kind;
    wp_number number; /* 0 for WHO_US */
} who_found;

/*
 * Find the person that `text` names. `what` begins the message ("--via"). Nobody: `code_unknown`
 * and the nearest names; several: CODE_INPUT and the candidates.
 */
int who_find_person(app *self, const char *what, const char *text, int code_unknown,
                    wp_number *number);

/* The same; an address, id or profile gives the number of that identity, whoever else it is one
 * with. Unknown: CODE_INPUT. */
int who_find_identity(app *self, const char *what, const char *text, wp_number *number);

/* Find the company that `text` names; a domain or id gives the number of that identity, whatever
 * else it is one with, a name that of the first. Unknown: CODE_INPUT. */
int who_find_company(app *self, const char *what, const char *text, wp_number *number);

/* Find the person, company, group or `us` that `text` names; as who_find_person(). */
int who_find(app *self, const char *what, const char *text, int code_unknown, who_found *found);

/* People, ascending, without duplicates. Free with who_list_free(). */
typedef struct who_list {
    wp_number *items;
    size_t count;
} who_list;

/* Remember for the audit log that somebody was asked about (app_asked). */
void who_asked(app *self, who_found meant);

/* The people meant: the person, those employed at the company or in the group on app->day, or all
 * of us. */
int who_people(app *self, who_found meant, who_list *people);

/* Everybody of our organisation; nobody is an error that says how to set it. */
int who_us(app *self, who_list *people);

/* Whether a person is in the list. */
bool who_list_has(const who_list *people, wp_number person);

void who_list_free(who_list *people);

#endif
