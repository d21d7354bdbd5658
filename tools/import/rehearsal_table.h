/*
 * What a dry run remembers by hashes: two tables from keys to values, and texts.
 *
 * A table doubles at three quarters full and stops at a million places (16 MB), the texts at
 * 8 MB; what has no room then is not remembered. The kinds of what is remembered in a table have
 * salts of their own, by which their keys differ. Knows nothing of what keys and values mean.
 */
#ifndef WARMPATH_IMPORT_REHEARSAL_TABLE_H
#define WARMPATH_IMPORT_REHEARSAL_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "import/slots.h"

/* All-zero is empty. */
typedef struct rehearsal {
    slots table;
    slots jobs;
    bool has_all_jobs; /* that there is room for */
    char *texts;
    size_t text_bytes;
    size_t text_capacity;
    bool has_same; /* something is known by several identities or by name */
} rehearsal;

void rehearsal_free(rehearsal *self);

/* Have the place of a key fetched that is asked for soon. */
void rehearsal_fetch(const rehearsal *self, uint64_t key);

/* The value of a key; false: there is none. */
bool rehearsal_get(const rehearsal *self, uint64_t key, uint64_t *value);
/* Have a key lead to a value; false: there is no room for another one. */
bool rehearsal_put(rehearsal *self, uint64_t key, uint64_t value);

/* The same of the table of jobs. */
void rehearsal_fetch_job(const rehearsal *self, uint64_t key);
bool rehearsal_get_job(const rehearsal *self, uint64_t key, uint64_t *value);
bool rehearsal_put_job(rehearsal *self, uint64_t key, uint64_t value);

/* Keep bytes; *at: where they stand in `texts`, whose place may change. False: no room. */
bool rehearsal_keep(rehearsal *self, const char *text, size_t bytes, size_t *at);

#endif
