/*
 * The answer of a command that lists something: a document with one list, or a table.
 */
#ifndef WARMPATH_TOOL_LISTING_H
#define WARMPATH_TOOL_LISTING_H

#include "doc.h"
#include "output.h"

/* Add everything to the one that is not NULL: with --json the list, else the table. */
typedef int listing_fn(app *self, json_t *list, table *rows);

/* Begin to read, have everything added and print it: as `key` of a document, or with `columns`;
 * `none` is said instead of a table without rows. */
int listing_print(app *self, const char *key, const column *columns, size_t column_count,
                  listing_fn *fill, const char *none);

#endif
