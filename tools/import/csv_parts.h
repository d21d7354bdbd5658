/*
 * What the parts of the reader of delimited text share: csv_fill.c has bytes read and decoded,
 * csv.c finds records in them, csv_cut.c cuts these into cells.
 */
#ifndef WARMPATH_IMPORT_CSV_PARTS_H
#define WARMPATH_IMPORT_CSV_PARTS_H

#include "import/csv.h"

#define CSV_CHUNK_BYTES ((size_t)256 * 1024)

static inline lines_code csv_fail(csv *self, int failure)
{
    self->failure = failure;
    return LINES_FAILED;
}

static inline bool csv_is_wide(const csv *self)
{
    return self->shape.encoding == CSV_UTF16_LE || self->shape.encoding == CSV_UTF16_BE;
}

/* Line ends in a part of the buffer. */
uint64_t csv_count_lines(const csv *self, const char *text, size_t length);

/* Read a chunk behind what the buffer holds. At the end of the file `is_at_end` is set. */
lines_code csv_fill(csv *self);

/* Cut a record into cells in place, or say in it what is wrong. */
lines_code csv_cut(csv *self, char *text, size_t length, csv_row *out);

#endif
