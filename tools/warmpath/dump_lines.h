/*
 * The lines of a dump: what the engine holds, in the shapes of tools/import/jsonl.c.
 */
#ifndef WARMPATH_TOOL_DUMP_LINES_H
#define WARMPATH_TOOL_DUMP_LINES_H

#include "app.h"
#include "doc.h"

#define DUMP_CACHE_SLOTS 65536u /* power of two */

/* How a person is referred to, remembered by number. */
typedef struct dump_slot {
    wp_number number; /* 0: empty */
    char *reference;
} dump_slot;

typedef struct dump {
    app *self;
    FILE *stream;
    uint64_t line_count;
    dump_slot *people; /* DUMP_CACHE_SLOTS, direct-mapped; NULL while empty */
} dump;

void dump_free(dump *out);

/* The lines; *line is yours. Contents that the engine lends end with these calls. */
json_t *dump_company(const wp_company *company);
json_t *dump_person(const wp_person *found);
int dump_employment(dump *out, const wp_employment *employment, json_t **line);
int dump_interaction(dump *out, const wp_interaction *interaction, json_t **line);
int dump_tie(dump *out, const wp_stated_tie *tie, json_t **line);

/* A person's decisions: no line, one, or two when they were made on different days. */
void dump_decisions(const wp_person *found, json_t *lines[2]);

/*
 * The digits with which the numbers of a line are written: the fewest that read back as the same
 * numbers. Pure.
 */
int dump_digits(const json_t *line);

#endif
