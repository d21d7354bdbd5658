/*
 * Delimited text of any size in bounded memory: RFC 4180 and what programs make of it.
 *
 * Records are cut from one buffer in place: cells are closed by NULs where they stand, so nothing
 * is allocated or copied for them unless they are of another encoding than UTF-8. A record without
 * quotes takes the short way. Invariants:
 *
 *   - the quotes alone say where a record ends, also of one that is refused: text inside quotes is
 *     never taken for rows;
 *   - cells are UTF-8 without NULs, whatever the file was; they may hold control characters;
 *   - a record knows its place in the file as it lies on disk, so that an error names it and an
 *     interrupted import goes on behind it.
 *
 * What is taken besides RFC 4180: other delimiters, line feeds or carriage returns alone, a byte
 * order mark, quotes inside of a cell that does not begin with one, blanks behind a closing quote.
 * Lines of nothing are no records. Knows nothing of what columns mean.
 */
#ifndef WARMPATH_IMPORT_CSV_H
#define WARMPATH_IMPORT_CSV_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "import/lines.h"
#include "import/run.h"

#define CSV_RECORD_BYTES_MAX ((size_t)4 << 20)
#define CSV_FIELD_BYTES_MAX ((size_t)64 << 10)
#define CSV_COLUMNS_MAX ((size_t)1000)

typedef enum csv_encoding {
    CSV_UTF8 = 0,
    CSV_WINDOWS, /* Windows-1252, which contains what is printable of Latin-1 */
    CSV_UTF16_LE,
    CSV_UTF16_BE
} csv_encoding;

/* How a file is written; holds for all of it. */
typedef struct csv_shape {
    char delimiter; /* , ; tab |, or what the file declares */
    char line_end;  /* line feed, in front of which a carriage return may stand; or that alone */
    csv_encoding encoding;
    size_t mark_bytes;     /* of the byte order mark in front */
    size_t declared_bytes; /* of a first line "sep=;", which is passed over; 0: there is none */
} csv_shape;

/* A record. Its cells are good until the next call. */
typedef struct csv_row {
    char **cells; /* each closed by a NUL */
    size_t count;
    char line_end; /* as in the file's shape */
    bool is_first; /* nothing stands in front of it but blank lines */
    place where;
    verdict what; /* OUTCOME_ADDED; or skipped, with what is wrong with it, and no cells */
} csv_row;

/* A file being read. All-zero before the first csv_open(); buffers are kept from file to file. */
typedef struct csv {
    int fd; /* borrowed */
    const volatile int *cancel;
    csv_shape shape;
    char *buffer; /* UTF-8 or Windows-1252 */
    size_t capacity;
    size_t start; /* of the record at hand */
    size_t end;   /* of what was read */
    char *raw;    /* UTF-16 before it is decoded */
    size_t raw_bytes;
    char *wide; /* cells decoded from Windows-1252 */
    size_t wide_capacity;
    size_t scanned;       /* bytes of the record that were looked at */
    bool is_quoted;       /* what follows is inside quotes */
    bool has_quotes;      /* the record has a quoted cell */
    uint64_t dropped;     /* bytes of a record that is too long, gone from the buffer */
    uint64_t dropped_raw; /* the same as they lie on disk */
    uint64_t dropped_lines;
    uint64_t position; /* where the record begins in the file */
    uint64_t line;     /* its first line, from 1 */
    bool is_at_end;    /* of the file */
    bool is_begun;     /* a record was handed out, or stands in front of where reading began */
    int failure;       /* errno of LINES_FAILED */
    char *cells[CSV_COLUMNS_MAX + 1];
} csv;

/*
 * Find how a file is written: the encoding from its byte order mark or the first part that is not
 * plain ASCII, line ends and delimiter from its first records, or the
 * delimiter from a first line that declares it. LINES_FAILED: errno says why.
 */
lines_code csv_sniff(int fd, csv_shape *out);

/* Tell in the result what encoding the file at hand is read in, unless it is UTF-8. */
void csv_note_encoding(run *self, const csv_shape *shape);

/* The same of the beginning of a file in memory, by which a guess is made. */
csv_shape csv_sniff_head(const char *head, size_t bytes);

/* Begin where a record begins; `line` is the number of lines before it. A byte order mark and
 * a line that declares the delimiter are passed over at the beginning of the file. LINES_FAILED:
 * `failure` says why. */
lines_code csv_open(csv *self, int fd, const csv_shape *shape, uint64_t position, uint64_t line,
                    const volatile int *cancel);

/* The same for a text in memory, all of it, which is copied; places are those in the text. */
lines_code csv_open_text(csv *self, const char *text, size_t bytes, const csv_shape *shape);

/* The next record, good or bad. LINES_END: there is none. */
lines_code csv_next(csv *self, csv_row *out);

/* The line in which a cell begins, which differs from the record's behind line feeds in quotes. */
uint64_t csv_cell_line(const csv_row *row, size_t column);

/* Say that a cell (from 0) is wrong: "line 7, column 3: …". False, as verdict_skip(). */
bool csv_fault(csv_row *row, size_t column, reason_id reason, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

void csv_free(csv *self);

/* What reading a file without storing anything meets; for measuring. */
typedef struct csv_count {
    uint64_t records, cells, bad, bytes;
} csv_count;
lines_code csv_measure(int fd, csv_count *out);

#endif
