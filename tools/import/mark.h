/*
 * Where an interrupted import goes on, kept in the database by wp_mark_put().
 *
 * A file is known by a hash over its size, time of change and first bytes and over the options that
 * decide what its rows become; the name holds no path, so nothing personal. Four numbers are kept:
 * the position, the line, the rows read and the rows skipped so far.
 */
#ifndef WARMPATH_IMPORT_MARK_H
#define WARMPATH_IMPORT_MARK_H

#include "import/run.h"

/* Name the progress of the current source; format is that of its file. */
void mark_name(run *self, const char *format, int64_t changed_ns);

/* Store where the source goes on, in the run's transaction. */
wp_status mark_put(run *self, wp_error *err);
/* Read it, add the rows to the tally. `from` is all zero when nothing is stored. */
wp_status mark_get(run *self, place *from, wp_error *err);
wp_status mark_forget(run *self, wp_error *err);

#endif
