/*
 * What a dump refers to: people, companies and sources by texts instead of numbers, and their
 * order.
 *
 * All references are held in memory, some forty bytes an identity, so that a participant costs no
 * look-up and everything can be written in the order of texts: two databases that hold the same
 * give the same dump, whatever their numbers are.
 */
#ifndef WARMPATH_TOOL_DUMP_INDEX_H
#define WARMPATH_TOOL_DUMP_INDEX_H

#include "app.h"

typedef struct dump_entry {
    wp_number number;
    char *reference; /* "ann@us.com", "id:42"; "us.com", "name:us"; the name of a source */
} dump_entry;

typedef struct dump_index {
    dump_entry *items; /* in the order of references */
    size_t count;
    size_t capacity;
    uint32_t *ranks; /* by number: index in items, plus 1; 0: none */
    size_t rank_count;
    wp_number *apart; /* people who stand apart, ascending */
    size_t apart_count;
} dump_index;

/* Fill an index. */
int dump_index_people(app *self, dump_index *out);
int dump_index_companies(app *self, dump_index *out);
int dump_index_sources(app *self, dump_index *out);
void dump_index_free(dump_index *index);

/* The reference of a number; "" when there is none, which a check would report. */
const char *dump_index_text(const dump_index *index, wp_number number);
/* Its place in the order. */
size_t dump_index_rank(const dump_index *index, wp_number number);
bool dump_index_is_apart(const dump_index *index, wp_number number);

#endif
