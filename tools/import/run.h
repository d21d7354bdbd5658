/*
 * One import under way: transactions, counts, marks, reports.
 *
 * Readers parse rows and hand each to a store function, which asks for the transaction and says
 * what became of the row in a `verdict`; run_row() counts it. The transaction begins with the first
 * row that needs it and ends after a batch, outside of which alone anything is printed. Invariants:
 *
 *   - the counts of a file that survive an abort are those of its committed rows;
 *   - a mark and the rows before it are committed together;
 *   - every row ends in exactly one run_row(), so read = added + known + skipped.
 */
#ifndef WARMPATH_IMPORT_RUN_H
#define WARMPATH_IMPORT_RUN_H

#include "import/edges_batch.h"
#include "import/import.h"
#include "import/lines.h"
#include "import/people.h"
#include "import/reason.h"
#include "import/rehearsal_table.h"
#include "import/retold.h"
#include "import/unkept.h"

/* A mark is a byte offset; a format that reads its file in several passes keeps the pass above. */
#define MARK_PASS_SHIFT 60
#define MARK_BYTE(mark) ((mark) & ((UINT64_C(1) << MARK_PASS_SHIFT) - 1))

/* Where a row is. */
typedef struct place {
    uint64_t line;
    uint64_t byte;
    uint64_t next;      /* where the import goes on after it, as a mark */
    uint64_t next_line; /* lines before that */
} place;

typedef enum outcome { OUTCOME_ADDED = 0, OUTCOME_KNOWN, OUTCOME_SKIPPED } outcome;

/* What became of a row. */
typedef struct verdict {
    outcome outcome;
    reason_id reason; /* of OUTCOME_SKIPPED */
    char detail[240]; /* seen, expected */
} verdict;

/* Set a verdict to skipped; false, so that it can stand in a return statement. */
bool verdict_skip(verdict *self, reason_id reason, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

typedef struct tally {
    uint64_t read, added, known;
    uint64_t reasons[REASON_COUNT];
    uint64_t notes[NOTE_COUNT];
} tally;

/* The file being read. */
typedef struct source {
    const char *path;
    int fd;
    uint64_t bytes; /* size; 0: unknown */
    char *head;     /* its first bytes, HEAD_BYTES at most */
    size_t head_bytes;
    char mark[64];   /* name under which its progress is kept; empty: it is not */
    bool has_mark;   /* something is stored under it */
    bool is_recoded; /* it was of another encoding and is UTF-8 now (recode.h) */
} source;

/* What a person or an interaction, a recipient of one, and a tie weigh in a batch. Edge lists have
 * batches of their own. */
#define RUN_ROW_WEIGHT ((uint64_t)200)
#define RUN_SEAT_WEIGHT ((uint64_t)100)
#define RUN_TIE_WEIGHT ((uint64_t)4)
/* A time at a company, which makes ties to as many people as a company may have. */
#define RUN_STAFF_WEIGHT ((uint64_t)8000)

#define HEAD_BYTES ((size_t)64 * 1024)

typedef struct run {
    wp_db *db;
    const import_options *options;
    import_result *result;
    import_error *error;
    people people;
    rehearsal rehearsal; /* of a dry run */
    lines lines;
    source source;
    const struct walk *found;  /* all that is imported */
    struct owner *owner;       /* whose file it is, as far as known (owner.h) */
    tally tally;               /* of the current file */
    size_t file;               /* its index in result->files */
    const char *folder;        /* the Maildir all of whose messages are that file; NULL: none */
    wp_txn *txn;               /* NULL between batches */
    const char *given;         /* the path given from which is read */
    uint64_t source_count;     /* of those that stated anything so far */
    char *stated_by;           /* the name of the source of what is stored; NULL: by hand */
    uint32_t stated_by_number; /* in this transaction, once it is used */
    bool has_erased;           /* of a dry run: somebody was erased from the database */
    bool is_source_used;       /* the transaction knows it: one that stores nothing is no source */
    size_t batch_file;         /* the file in which the batch began */
    tally batch_tally;         /* its counts at that moment */
    uint64_t batch_weight;
    uint64_t batch_weight_max; /* of the next batch; 0: of the first */
    size_t memory_bytes;       /* a batch that leaves more makes the next smaller */
    edges_batch edges;         /* rows that wait to be stored; counted as added */
    unkept unkept;             /* of the current file */
    retold retold;             /* ties that the file changed; counted as added */
    place last;                /* the last row counted */
    bool is_checking;          /* rows are read and taken apart, and nothing of the database */
    bool is_single;            /* strict: one transaction for the file */
    char *report;              /* lines to be written after the batch */
    size_t report_bytes;
    size_t report_capacity;
    uint64_t rows_shown; /* rows at the last progress call */
} run;

/* The transaction of the batch, begun if there is none: write, or read in a dry run. What it stores
 * is stated by the source at hand. */
import_code run_txn(run *self, wp_txn **txn);

/* Have a source state what is stored from the next run_txn() on; NULL: a hand. */
import_code run_use_source(run *self, const char *name);

/*
 * What a public call returned while a row was stored: WP_OK passes; a refusal of the row's own
 * facts becomes the verdict (and IMPORT_DONE); everything else ends the import.
 */
import_code run_check(run *self, wp_status status, const wp_error *err, verdict *out);

/* Fail with the database's error. */
import_code run_fail_database(run *self, const wp_error *err);
/* Fail because of the file. */
import_code run_fail_input(run *self, uint64_t line, uint64_t byte, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
/* What lines_open() or lines_next() returned, other than LINES_OK. */
import_code run_fail_lines(run *self, lines_code code);

/*
 * Count a row that was read, report it when skipped, and commit when the batch is heavy enough.
 * weight: what of the above it is made of.
 */
import_code run_row(run *self, const place *at, const verdict *what, uint64_t weight);
void run_note(run *self, note_id note);

/* Store the edges that wait and count those that said nothing new as known. */
import_code run_store_edges(run *self);

/* Commit the batch, then print what waits. is_inside: the file goes on, so a mark is stored. */
import_code run_commit(run *self, bool is_inside);
/* Abort the batch and take its rows out of the counts. */
void run_abort(run *self);

/* Turn the tally into the file's counts. False when memory is exhausted. */
bool run_settle(run *self);

/* Where an interrupted import of this file goes on; its rows are counted as known. All zero: none
 * was interrupted. */
import_code run_resume(run *self, place *from);
/* The file was read to its end: forget where it goes on. */
import_code run_finish(run *self);

#endif
