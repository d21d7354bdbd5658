/*
 * The lines of a dump: what the engine holds, in the shapes of tools/import/jsonl.c, and who states
 * it.
 *
 * What belongs together (all that is stated of an employment, say) is collected and written as a
 * group: equal lines of several sources become one that names them all, and the order follows from
 * the texts alone.
 */
#ifndef WARMPATH_TOOL_DUMP_LINES_H
#define WARMPATH_TOOL_DUMP_LINES_H

#include "doc.h"
#include "dump_index.h"

typedef struct dump_line {
    json_t *object;
    char *text; /* without who states it */
    uint32_t source;
} dump_line;

typedef struct dump {
    app *self;
    FILE *stream;
    bool is_salvage; /* what is derived may be wrong, and the order does not matter */
    uint64_t line_count;
    dump_index people;
    dump_index companies;
    dump_index sources;
    dump_line *group; /* lines that are written together */
    size_t group_count;
    size_t group_capacity;
} dump;

/* Dump the database into a file; "-" is stdout. */
int dump_file(app *self, const char *path, bool is_salvage);

void dump_free(dump *out);

/* A line of a type, to be filled. */
json_t *dump_new(const char *type);
void dump_put_text(json_t *line, const char *key, const char *text); /* NULL: nothing */
void dump_put_person(const dump *out, json_t *line, const char *key, wp_number number);
/* Where a cursor over the statements of a number stands just before that of a source. */
wp_statement dump_before(wp_number number, uint32_t source);
/* A company as a source refers to it: by name as that source writes it. */
int dump_put_company(dump *out, json_t *line, const char *key, wp_number number, uint32_t source);
/* A number; an integer where it is one, so that a valence of 0 is written as 0. */
json_t *dump_number(double value);

/* Add a line of a source to the group. */
void dump_add(dump *out, json_t *line, uint32_t source);
/* Write the group and empty it. */
int dump_write_group(dump *out);

/* The line of a suppression. */
json_t *dump_suppression(const wp_suppression *at);

/* What one type of line is made from; each writes all of its lines. */
int dump_suppressions(dump *out);
int dump_sources(dump *out);  /* first, so that loading knows them before they state anything */
int dump_settings(dump *out); /* before what they change */
int dump_people(dump *out);
int dump_companies(dump *out);
int dump_interactions(dump *out);
int dump_groups(dump *out);
int dump_barriers(dump *out);
int dump_facts(dump *out); /* everything else, with these two */

/* The name of a group, borrowed. */
int dump_group_name(dump *out, wp_number group, const char **name);

#endif
