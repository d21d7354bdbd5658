/*
 * Reading one file: its entry in the result, who states it, whose it is, its rows from where an
 * interrupted import stopped, and what is kept when it ends early.
 *
 * Knows neither how files are found nor how formats are guessed.
 */
#ifndef WARMPATH_IMPORT_READING_H
#define WARMPATH_IMPORT_READING_H

#include "import/reader.h"
#include "import/run.h"
#include "import/walk.h"

/* Begin a new entry of the result. False when memory is exhausted. */
bool reading_begin(run *self, const char *path);

/* Read the rows of the open source, twice where they are checked first. */
import_code reading_rows(run *self, reader_fn *reader, const char *format, int64_t changed_ns);

/* Read the open source as a format of import_formats[], its owner being known as far as it can be,
 * and settle its counts. */
import_code reading_as(run *self, const char *name, int64_t changed_ns);

/* What is kept of a file that was not read to its end. Returns the code, or a worse one. */
import_code reading_stop(run *self, import_code code);

/* The file as a whole cannot be imported; an error only when it was named itself. */
import_code reading_leave_out(run *self, const walk_item *item, const char *problem);

/* A file of no bytes is an export of nothing, whatever its format: no error, but said. */
import_code reading_leave_empty(run *self);

/* Keep the problem of a file that was named itself as the error of the import, unless there is one;
 * with what was expected instead, unless the problem says so. */
void reading_note_problem(run *self, const walk_item *item, const char *problem,
                          const char *expected);

/* Begin with an owner of whom only the option is known. */
void reading_forget_owner(run *self);
/* What the option says is the best, whatever an archive says of itself. */
void reading_prefer_owner(run *self);
/* Fail when there was no memory for what was learnt of the owner. */
import_code reading_check_owner(run *self);

#endif
