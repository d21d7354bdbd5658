/*
 * What the columns of an address book are, by their labels or as the user says.
 *
 * Labels are compared folded and without numbers, so that "E-mail 2 Address" and "e-mail address"
 * are the same; several columns can be of one kind. A column that is called `id` is taken only when
 * the user says so: ids of different systems are small numbers and would join strangers.
 */
#ifndef WARMPATH_IMPORT_COLUMNS_H
#define WARMPATH_IMPORT_COLUMNS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "import/csv.h"

typedef enum column_id {
    COLUMN_UNUSED = 0,
    COLUMN_EMAIL,
    COLUMN_NAME,
    COLUMN_FIRST,
    COLUMN_MIDDLE,
    COLUMN_LAST,
    COLUMN_COMPANY,
    COLUMN_DOMAIN, /* of the company */
    COLUMN_TITLE,
    COLUMN_LINKEDIN,
    COLUMN_ID,
    COLUMN_CONNECTED, /* the day of a connection with whose list it is */
    COLUMN_FROM,      /* the first day of the employment */
    COLUMN_TO,        /* its last */
    COLUMN_NO_MAIL,   /* opt-outs, as optout.h has them */
    COLUMN_NO_CALLS,
    COLUMN_NO_CONTACT, /* both */
    COLUMN_PRIVATE,
    COLUMN_SENSITIVITY,
    COLUMN_EMAIL_TYPE, /* of the address in front: EX is none */
    COLUMN_WEB,        /* taken when it is a profile */
    COLUMN_COUNT
} column_id;

#define COLUMN_MAP_MAX 64

/* Columns that the user named. */
typedef struct column_map {
    size_t count;
    struct {
        column_id id;
        char *label; /* folded */
    } items[COLUMN_MAP_MAX];
} column_map;

/* The columns of a file. */
typedef struct columns {
    size_t count;
    bool has_marks; /* one of them says who is private or opted out */
    column_id ids[CSV_COLUMNS_MAX];
} columns;

/* "email"; NULL for COLUMN_UNUSED. */
const char *column_name(column_id id);

/* The column of a label that is folded already, with its numbers. */
column_id column_of(const char *folded);

/*
 * Read lines "key=Column"; blank lines and those that begin with # do not count. False: *problem is
 * a text that says why, yours, or NULL when memory is exhausted.
 */
bool column_map_parse(const char *text, column_map *out, char **problem);
void column_map_free(column_map *self);

/* Understand a record as a header. False: it is none; with a map, a column of it is not there. */
bool columns_read(const csv_row *row, const column_map *map, columns *out);

/* How many columns are taken for something. */
size_t columns_taken(const columns *self);

/* The column with a label, folded; row->count: none. */
size_t columns_find(const csv_row *row, const char *folded);

#endif
