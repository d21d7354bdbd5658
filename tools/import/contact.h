/*
 * Rows of address books: who somebody is, where they work, when they were connected.
 *
 * One reader for spreadsheets, Google, Outlook and LinkedIn's connections, because they differ in
 * what they call their columns and in nothing else that matters here.
 */
#ifndef WARMPATH_IMPORT_CONTACT_H
#define WARMPATH_IMPORT_CONTACT_H

#include "import/columns.h"
#include "import/owner.h"
#include "import/table.h"

#define CONTACT_IDENTITIES_MAX 60

typedef struct contact_reader {
    columns columns;
    const column_map *map; /* NULL: guessed */
} contact_reader;

/* Whether a record is the header of an address book. */
bool contact_is_header(void *context, const csv_row *row);

/* Store a row; `context` is the contact_reader. */
import_code contact_take_row(void *context, table *at, csv_row *row);

const char *contact_column(void *context, size_t column);

#endif
