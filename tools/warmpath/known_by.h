/*
 * Who of us knows whom: the ties of our people to a person or to the people of a company.
 */
#ifndef WARMPATH_TOOL_KNOWN_BY_H
#define WARMPATH_TOOL_KNOWN_BY_H

#include "doc.h"
#include "person.h"
#include "who.h"

typedef struct known_by_item {
    person_view ours;
    person_view target;
    wp_tie tie; /* from ours to target */
} known_by_item;

/* Strongest first, then the larger s, then numbers. */
typedef struct known_by {
    known_by_item *items;
    size_t count;
} known_by;

/* Nobody of us is an error, nobody who has a tie an empty answer. Free with known_by_free(). */
int known_by_read(app *self, who_found target, known_by *answer);

/* Print a table of at most `limit` ties, and how many there are besides. */
void known_by_print(const app *self, const known_by *answer, size_t indent, size_t limit);

/* {"person","target","p","strength","tier","last_contact","messages_out","messages_in"} */
json_t *known_by_json(const known_by_item *item);

void known_by_free(known_by *answer);

#endif
