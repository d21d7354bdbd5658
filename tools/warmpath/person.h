/*
 * A person as the tool shows them: a copy that outlives the transaction.
 */
#ifndef WARMPATH_TOOL_PERSON_H
#define WARMPATH_TOOL_PERSON_H

#include "app.h"
#include "doc.h"

typedef struct person_view {
    wp_number number;
    char *name;         /* NULL: none */
    char *email;        /* NULL: none */
    char *id;           /* NULL: none */
    char *title;        /* NULL: none */
    char *company;      /* domain, else name, else id:TEXT; NULL: none */
    char *company_name; /* name, else domain, else id:TEXT; NULL: none */
    char *handle;       /* names the person on a command line: address, id:, linkedin:, #NUMBER */
    bool is_us;
    bool is_asked_first; /* before introductions */
    bool is_do_not_contact;
} person_view;

/* Read a person on app->day. Free with person_free(). */
int person_read(app *self, wp_number number, person_view *out);

void person_free(person_view *self);

/* The name, else the handle. Borrowed. */
const char *person_label(const person_view *self);

/*
 * What one calls a person in a sentence: the first word of a name in the usual order ("Ann Lee"),
 * else the whole label. Yours: free().
 */
char *person_first_name(const person_view *self);

/* "VP Sales at Acme", "VP Sales", "at Acme" or "". Yours: free(). */
char *person_position(const person_view *self);

/* "do not contact", which a list says of those for whom it holds; NULL: nothing. */
const char *person_mark(const person_view *self);

/* {"number","name","email","id","company","title","us"}, and "ask_first":true and
 * "do_not_contact":true where it is so */
json_t *person_json(const person_view *self);

/* The labels of a company: *domain_first and *name_first, either may be NULL. Yours: free(). */
int company_labels(app *self, wp_number company, char **domain_first, char **name_first);

#endif
