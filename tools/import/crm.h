/*
 * Exports of HubSpot and Salesforce: rows of cells turned into facts.
 *
 * A header is compared, folded, with the labels that each table is known to have; a table is taken
 * for what it is when the columns it cannot do without are there, whatever the file is called. A
 * row then becomes facts that are handed to the caller one by one. Nothing here reads a file or
 * knows the database, so every rule can be tested on cells.
 *
 * Identities. A Salesforce id is unique in the world of Salesforce and is kept as its 18
 * characters. HubSpot counts each account's records from small numbers, which must never join two
 * people of different systems: "hubspot:101".
 */
#ifndef WARMPATH_IMPORT_CRM_H
#define WARMPATH_IMPORT_CRM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "import/fact.h"

#define CRM_COLUMNS_MAX 1000
#define CRM_IDS_MAX 100      /* ids joined in one cell */
#define CRM_TEXT_BYTES 65536 /* the texts of one row's facts */

typedef enum crm_table {
    CRM_NONE = 0,
    CRM_HUBSPOT_DEALS,
    CRM_HUBSPOT_CONTACTS,
    CRM_HUBSPOT_COMPANIES,
    CRM_SALESFORCE_ROLES,
    CRM_SALESFORCE_RELATIONS,
    CRM_SALESFORCE_OPPORTUNITIES,
    CRM_SALESFORCE_EVENTS,
    CRM_SALESFORCE_TASKS,
    CRM_SALESFORCE_USERS,
    CRM_SALESFORCE_CONTACTS,
    CRM_SALESFORCE_PERSON_ACCOUNTS, /* accounts of which some are people */
    CRM_SALESFORCE_ACCOUNTS,
    CRM_REPORT_OPPORTUNITIES, /* Salesforce reports: labels instead of names */
    CRM_REPORT_ACTIVITIES,
    CRM_REPORT_CONTACTS,
    CRM_REPORT_ACCOUNTS,
    CRM_TABLE_COUNT
} crm_table;

/* What a column is, in whichever table. */
typedef enum crm_field {
    CRM_UNUSED = 0, /* not kept */
    CRM_KNOWN,      /* not kept either, but tells which table it is */
    CRM_ID,
    CRM_EMAIL,
    CRM_EMAILS, /* further ones, joined by ";" */
    CRM_NAME,
    CRM_FIRST,
    CRM_LAST,
    CRM_TITLE,
    CRM_COMPANY,     /* a name, as text */
    CRM_COMPANY_IDS, /* joined by ";" */
    CRM_COMPANIES,   /* the names of CRM_COMPANY_IDS, joined by ";" */
    CRM_DOMAIN,
    CRM_WEBSITE,
    CRM_OWNER,
    CRM_OPTOUT, /* what of is in crm_map.unwanted */
    CRM_DELETED,
    CRM_STAGE,
    CRM_AMOUNT,
    CRM_CURRENCY,
    CRM_CREATED,
    CRM_CLOSED, /* the day a deal is closed or expected to be */
    CRM_IS_CLOSED,
    CRM_IS_WON,
    CRM_CONTACT_IDS, /* joined by ";" */
    CRM_CONTACT,     /* the name of one, where CRM_NAME is that of something else */
    CRM_DEAL_ID,
    CRM_ROLE,
    CRM_PRIMARY,
    CRM_STATUS,
    CRM_TYPE,
    CRM_SUBTYPE,
    CRM_CALL_TYPE,
    CRM_DURATION,
    CRM_DISPOSITION,
    CRM_SUBJECT,
    CRM_DATE,
    CRM_START,
    CRM_DONE_AT,
    CRM_PRIVATE,
    CRM_USER_TYPE,
    CRM_EVENT_ID,
    CRM_RELATION_ID,
    CRM_FIELD_COUNT
} crm_field;

/* A header understood. */
typedef struct crm_map {
    crm_table table;
    size_t column_count;
    crm_field columns[CRM_COLUMNS_MAX]; /* up to CRM_KNOWN: not kept, to be named to the user */
    unsigned char unwanted[CRM_COLUMNS_MAX]; /* optout_of() each */
} crm_map;

/* What a table is called to users: "salesforce tasks"; NULL for CRM_NONE. */
const char *crm_table_name(crm_table table);

/* Understand a header; false, and CRM_NONE, when it is none of the tables. */
bool crm_map_read(crm_map *self, const char *const *cells, size_t count);

/* Takes a fact, whose texts end with the call; anything but IMPORT_DONE ends the row. */
typedef import_code crm_take_fn(void *context, const fact *row);

/* One row at a time; all-zero before the first. */
typedef struct crm_reader {
    const crm_map *map;
    int64_t now_s; /* what is later has not taken place */
    crm_take_fn *take;
    void *context;
    uint64_t notes[NOTE_COUNT]; /* of the last row */
    fact scratch;
    const char *values[CRM_FIELD_COUNT]; /* of the row; NULL: empty */
    unsigned unwanted;                   /* by the person of the row, of optout.h */
    bool is_decided;                     /* somebody is named who wants none of it */
    char text[CRM_TEXT_BYTES];
    size_t text_used;
    bool has_no_memory; /* for a text of some row */
    verdict *what;
} crm_reader;

/*
 * Read a row. Its facts are handed to `take`; `what` is left as it is, or set to skipped with the
 * reason. Cells are UTF-8 and end with NUL; missing ones at the end are empty.
 */
import_code crm_read_row(crm_reader *self, const char *const *cells, size_t count, verdict *what);

void crm_reader_free(crm_reader *self);

/* "hubspot" or "salesforce" when the first record is the header of one of their tables, else NULL;
 * errno is ENOMEM when memory was exhausted, else 0. */
const char *crm_guess(const char *head, size_t bytes);

#endif
