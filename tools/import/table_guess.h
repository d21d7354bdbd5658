/*
 * Which kind of table a delimited file is, by its header.
 */
#ifndef WARMPATH_IMPORT_TABLE_GUESS_H
#define WARMPATH_IMPORT_TABLE_GUESS_H

#include <stddef.h>

#include "import/columns.h"

/*
 * "linkedin", "google", "outlook", "csv", or NULL, from the first bytes of a file. With a map only
 * a file with all of its columns is "csv", and nothing else is anything. Without memory it is NULL
 * and errno ENOMEM; else errno is 0.
 */
const char *table_guess(const char *head, size_t bytes, const column_map *map);

#endif
