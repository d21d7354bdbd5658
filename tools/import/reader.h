/*
 * The readers: one function a format, which takes the run's source from a place on to its end.
 *
 * A reader opens the run's lines on the source, turns each row into a struct of its own, has it
 * stored unless the run is only checking, and ends every row with run_row(). It returns at once
 * what run_row() returns when that is not IMPORT_DONE.
 */
#ifndef WARMPATH_IMPORT_READER_H
#define WARMPATH_IMPORT_READER_H

#include "import/run.h"

typedef import_code reader_fn(run *self, const place *from);

reader_fn jsonl_read, edges_read, mbox_read, eml_read, vcard_read, ical_read, crm_read,
    contact_read, linkedin_read;

#endif
