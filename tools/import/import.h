/*
 * Importing files: what the tool's `import` and `load` call.
 *
 * Rows of a foreign format become calls of the public API in batches of one transaction each; how
 * far a file was read is stored in the same transaction, so an interrupted import goes on where it
 * stopped. Importing the same file twice adds nothing. No row is lost silently: for each file
 * read = added + known + skipped, and every skipped row has a reason.
 *
 * Memory does not depend on the size of a file. The callers see rows and reasons only; formats are
 * behind import_paths().
 */
#ifndef WARMPATH_IMPORT_IMPORT_H
#define WARMPATH_IMPORT_IMPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "warmpath.h"

/* What the third column of an edge list means. */
typedef enum import_weight {
    IMPORT_WEIGHT_GUESS = 0, /* p when 95 % of a sample of weights are in 0..1, else cost */
    IMPORT_WEIGHT_P,         /* 0..1 */
    IMPORT_WEIGHT_COST, /* nats in all rows when one of the sample has a point, else micro-nats */
    IMPORT_WEIGHT_NONE  /* not looked at; p = 0.5 */
} import_weight;

/*
 * Called after each batch and now and then while rows are only read, never while a write
 * transaction is open. Bytes and rows are those of the file at hand; `total_bytes` is 0 when
 * unknown.
 */
typedef void import_progress_fn(void *context, const char *path, uint64_t done_bytes,
                                uint64_t total_bytes, uint64_t rows);

/* All-zero is a plain import with guessed formats. */
typedef struct import_options {
    const char *format;   /* one of import_formats[], or NULL: guessed from the content */
    const char *encoding; /* of tables, cards and such that are no UTF-8, as iconv() calls it; NULL:
                             found by the content; mail and archives are refused with it */
    const char *owner;    /* address of whose mailbox it is; NULL: unsaid */
    bool has_lists;       /* replies on mailing lists count */
    bool is_dry_run;      /* nothing is written; the counts are those of a real import */
    bool is_strict;       /* a bad row stops the import; of its file nothing is written */
    bool is_parse_only;   /* rows are taken apart up to what would be stored, and nothing is looked
                             up: `db` may be NULL, and all that could be stored counts as added */
    import_weight weight; /* edge lists */
    bool is_both;         /* edge lists: in both directions */
    const char *source;   /* the name of the source that states all of it; NULL: the absolute path
                             of each file or directory given, "-" for standard input */
    const char *database; /* the path of `db`: neither it nor its lock is opened; NULL: unsaid */
    bool is_dump;         /* JSON lines: rows are stated by the sources they name, else by hand */
    const struct column_map *map; /* tables: what columns are (columns.h); NULL: by their labels */
    FILE *report; /* one JSON line {"file","line","byte","reason","seen"} for each skipped
                     row, written outside of transactions; NULL: none */
    import_progress_fn *progress; /* NULL: none */
    void *progress_context;
    const volatile int *cancel; /* stops soon after it becomes non-zero; NULL: never */
} import_options;

/* "jsonl", "edges", "mbox", "eml", "vcard", "ical", "hubspot", "salesforce", "csv", "google",
 * "outlook", "linkedin"; ends with NULL. */
extern const char *const import_formats[];

/* What bytes are taken for that are no UTF-8. */
#define IMPORT_ENCODING_GUESSED "Windows-1252"

/* Rows that share a reason. */
typedef struct import_reason {
    const char *text; /* short and stable, "no recipients"; not to be freed */
    uint64_t count;
    bool is_bad; /* malformed, as opposed to left out on purpose (spam, list posts) */
} import_reason;

/* A column of a table. */
typedef struct import_column {
    char *name;           /* as the file calls it */
    const char *taken_as; /* "email"; not to be freed; NULL: not kept */
    uint64_t filled;      /* rows with a value in it */
    uint64_t dropped;     /* values that were not kept */
} import_column;

/* What became of one file. */
typedef struct import_file {
    char *path;           /* as given or found; "-" for standard input */
    const char *format;   /* given or guessed; NULL: not recognised, or an empty file */
    const char *weights;  /* of an edge list: "p", "cost in nats", "cost in micro-nats" or "none";
                             not to be freed; NULL: no edge list */
    const char *table;    /* of several of a format: "linkedin messages"; not to be freed; NULL */
    const char *encoding; /* what it was read as: "Windows-1252", or what was given; not to be
                             freed; NULL: UTF-8, or each text as it says itself */
    char *unkept; /* names of what has values that are not kept, joined by ", "; NULL: none */
    import_column *columns; /* of a table, in their order */
    size_t column_count;
    const char *problem; /* why the file as a whole was left out; NULL: it was read */
    uint64_t read;       /* rows; always added + known + skipped */
    uint64_t added;
    uint64_t known; /* stored before, or earlier in the same file */
    uint64_t skipped;
    uint64_t resumed_byte;  /* where an interrupted import was resumed; 0: from the start */
    import_reason *reasons; /* of skipped rows, in a fixed order; counts sum to `skipped` */
    size_t reason_count;
    import_reason *notes; /* parts of kept rows that were left out: "address without @" */
    size_t note_count;
} import_file;

typedef struct import_result {
    import_file *files; /* in the order of reading */
    size_t file_count;
    uint64_t hidden_count; /* hidden files and directories that a walk passed over */
} import_result;

/* How an import ended, by what the tool's exit code depends on. */
typedef enum import_code {
    IMPORT_DONE = 0,
    IMPORT_BAD_INPUT, /* a file could not be read or recognised, or has a malformed row: 3 */
    IMPORT_DATABASE,  /* the database refused: 4 */
    IMPORT_CANCELLED  /* the cancel flag: 5; what was committed stays and can be resumed */
} import_code;

typedef struct import_error {
    char path[512];    /* the file, cut if longer; empty when it is none's fault */
    uint64_t line;     /* from 1; 0: no line */
    uint64_t byte;     /* offset of the row */
    char message[320]; /* one line without the file: seen, expected */
    wp_error database; /* for IMPORT_DATABASE */
} import_error;

/*
 * Import files and directories (walked recursively, sorted by name, hidden ones passed over); "-"
 * is standard input. A path that does not exist is refused before anything is read. A file that is
 * not recognised is left out and the others are imported; when it was named itself, the code is
 * IMPORT_BAD_INPUT in the end.
 *
 * A malformed row of an edge list or of JSON lines is left out, the others are imported, and the
 * code is IMPORT_BAD_INPUT in the end with the first such row. Malformed mail is only counted.
 *
 * strict: a file is first read without writing; then, up to 200 000 rows, written in one
 * transaction. A longer file is written in batches, so a contradiction with the database that only
 * writing can find leaves the batches before it.
 *
 * `result` is filled also on failure, with what was committed: free it with import_result_free().
 * `error` is filled unless IMPORT_DONE.
 */
import_code import_paths(wp_db *db, const char *const *paths, size_t count,
                         const import_options *options, import_result *result, import_error *error);

/* The name of the source that a path is when options name none: absolute, its bytes made text that
 * the database accepts, since files may have any names. Yours: free(). NULL: memory. */
char *import_source_name(const char *path);

/* The sum over the files; `path` is NULL, reasons and notes are merged. Free its arrays with
 * import_file_free(). False when memory is exhausted. */
bool import_result_total(const import_result *result, import_file *total);

/* Free the contents and make it empty; NULL is allowed. */
void import_file_free(import_file *file);
/* Only what it says of columns. */
void import_file_free_columns(import_file *file);
void import_result_free(import_result *result);

#endif
