/*
 * A file with a header and rows: what all readers of such files share.
 *
 * A reader says how to know the header and what to do with a row; here the file is opened, the
 * header found behind whatever preamble, rows are counted, and the columns told that are not kept.
 * The header is read again when an interrupted import goes on behind it.
 */
#ifndef WARMPATH_IMPORT_TABLE_H
#define WARMPATH_IMPORT_TABLE_H

#include "import/csv.h"
#include "import/fact.h"
#include "import/run.h"

#define TABLE_TEXT_BYTES ((size_t)64 << 10)

typedef struct table table;

/* How a format reads a table; `context` is the reader's own. */
typedef struct table_reader {
    /* Whether a record is the header; remembers what its columns are. */
    bool (*is_header)(void *context, const csv_row *row);
    /* Store what a good row says, with table_store(), or skip it in its verdict. Anything but
     * IMPORT_DONE ends the import. */
    import_code (*take_row)(void *context, table *at, csv_row *row);
    /* What a column is taken for; NULL: it is not kept. */
    const char *(*column_taken_as)(void *context, size_t column);
    const char *expected; /* "a column of e-mail addresses" */
    void *context;
} table_reader;

struct table {
    run *run;
    const table_reader *reader;
    csv csv;
    fact fact;          /* to fill for table_store() */
    bool is_new;        /* a fact of the row was */
    uint64_t hash;      /* of the row's cells, where the reader has it made */
    uint64_t facts;     /* of the row so far */
    verdict refused;    /* the first that the database refused */
    size_t text_used;   /* of `text` */
    bool has_no_memory; /* for a text of the row */
    import_column *columns;
    size_t column_count;
    bool has_unlabelled;         /* a row has values behind the last column of the header */
    char text[TABLE_TEXT_BYTES]; /* tidy texts of the row's facts */
};

/* Read the run's source from a place to its end. */
import_code table_read(run *self, const table_reader *reader, const place *from);

/* Make the number that stands for a row in a dry run, of whose facts some are known by nothing else
 * (fact_store()), before its cells are changed. */
void table_hash_row(table *self, const csv_row *row);

/* Store table.fact as a fact of the row at hand. */
import_code table_store(table *self);

/* Keep a text until the next row; NULL when the row has too many. */
const char *table_keep(table *self, const char *text);

/* Keep a tidy copy of a name, company or title; NULL when nothing is left of it, or when memory is
 * exhausted: then the row ends the import. */
const char *table_keep_name(table *self, const char *text);

/* Whether a value can be a key, or part of one: at most so many bytes, without control characters.
 * Else the row is skipped, and says where. */
bool table_check_key(csv_row *row, size_t column, const char *text, size_t bytes_max);

/* Count that a value of a column was not kept though its kind is. */
void table_drop(table *self, size_t column);

#endif
