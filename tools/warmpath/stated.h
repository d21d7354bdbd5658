/*
 * What `show` says beside the facts: who states them, and the opportunities they are part of.
 */
#ifndef WARMPATH_TOOL_STATED_H
#define WARMPATH_TOOL_STATED_H

#include "app.h"
#include "doc.h"

typedef struct stated_opportunity {
    char *id;
    char *name;
    char *stage;
    char *amount; /* "1250.5 EUR"; NULL: unsaid */
    char *part;   /* "Champion", "owner", …; NULL: of a company */
    const char *state;
    int32_t closed_day;
} stated_opportunity;

typedef struct stated_facts {
    bool has_sources; /* they are told to the right to audit alone: a path tells who knows whom */
    char **sources;   /* names; "by hand" */
    size_t source_count;
    stated_opportunity *opportunities;
    size_t opportunity_count;
} stated_facts;

void stated_free(stated_facts *facts);
/* The numbers are copied before anything is looked up. */
int stated_read_sources(app *self, const uint32_t *numbers, size_t count, stated_facts *facts);
/* Who states an interaction; 0: nobody, it is none. */
int stated_read_interaction(app *self, uint64_t interaction, stated_facts *facts);
/* person: whose part is shown; 0: nobody's. */
int stated_read_opportunities(app *self, const wp_numbers *numbers, wp_number person,
                              stated_facts *facts);
/* The names of the sources as a list; null when they are not told. */
json_t *stated_sources_json(const stated_facts *facts);
/* The file name of the first source and how many others there are: "mail.mbox +2". Yours. */
char *stated_sources_short(const stated_facts *facts);
void stated_put(json_t *document, const stated_facts *facts);
void stated_print_sources(const stated_facts *facts);
void stated_print_opportunities(const app *self, const stated_facts *facts);

#endif
