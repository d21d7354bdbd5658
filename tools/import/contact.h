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
#define CONTACT_VALUES_MAX 16
#define CONTACT_NAME_PARTS 3

/* A row taken apart. Texts are the table's or the row's. Of the arrays at the end only as many
 * mean anything as are counted. */
typedef struct contact {
    size_t identity_count;
    const char *whole;                     /* the name as one; NULL: none, as all below */
    const char *parts[CONTACT_NAME_PARTS]; /* first, middle, last */
    size_t company_count;
    size_t title_count;
    const char *domain;
    int32_t from_day;
    int32_t to_day;
    int64_t connected_s;   /* WP_TIME_NONE */
    bool has_family_names; /* the table has a column of them */
    bool is_private;
    unsigned unwanted; /* of optout.h */
    bool is_blank;
    wp_identity identities[CONTACT_IDENTITIES_MAX];
    const char *companies[CONTACT_VALUES_MAX];
    const char *titles[CONTACT_VALUES_MAX];
} contact;

typedef struct contact_reader {
    columns columns;
    const column_map *map; /* NULL: guessed */
    bool has_family_names; /* a column of them */
} contact_reader;

/* Whether a record is the header of an address book. */
bool contact_is_header(void *context, const csv_row *row);

/* Store a row; `context` is the contact_reader. */
import_code contact_take_row(void *context, table *at, csv_row *row);

/* The name of a row as one text, tidy; NULL: none. */
const char *contact_name(table *at, const contact *from);
/* Store what a row says, of somebody with an identity at least. */
import_code contact_store(table *at, const contact *from, csv_row *row);

const char *contact_column(void *context, size_t column);

#endif
