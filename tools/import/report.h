/*
 * What an import says: the counts of a file, and one JSON line for each skipped row.
 *
 * Lines are collected in memory while a transaction is open and printed afterwards, since whoever
 * reads the report may be slow.
 */
#ifndef WARMPATH_IMPORT_REPORT_H
#define WARMPATH_IMPORT_REPORT_H

#include "import/run.h"

/* Add a line about a skipped row, if a report is wanted. False when memory is exhausted. */
bool report_add(run *self, const place *at, const verdict *what);
/* Print what was added. */
void report_print(run *self);

/* The counts of a file from its tally, replacing what was there. False when memory is exhausted. */
bool report_settle(import_file *file, const tally *from);
/* The file has no rows any more. */
void report_clear(import_file *file);

#endif
