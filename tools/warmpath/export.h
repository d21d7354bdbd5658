/*
 * Everything held about one person, for that person: as a JSON document, and the same document as a
 * page that anybody can read.
 */
#ifndef WARMPATH_TOOL_EXPORT_H
#define WARMPATH_TOOL_EXPORT_H

#include "doc.h"
#include "dump_lines.h"

/* Who is meant, and how others are called. */
typedef struct exporting {
    app *self;
    dump index; /* its indexes: references of people, companies and sources */
    wp_number person;
    wp_numbers numbers;     /* all of the person */
    bool are_others_hidden; /* other people are "another person" */
} exporting;

/* The parts of it: export_facts.c, export_interactions.c. Each adds its list to the document. */
int export_facts(exporting *self, json_t *document);
int export_interactions(exporting *self, json_t *document);

/* Whether a number is the person's. */
bool export_is_person(const exporting *self, wp_number number);
/* A person, company or source as a text. */
json_t *export_person_text(const exporting *self, wp_number number);
json_t *export_source_text(const exporting *self, uint32_t source);

/* Write the document as a page of HTML. */
void export_write_page(FILE *stream, const json_t *document);

#endif
