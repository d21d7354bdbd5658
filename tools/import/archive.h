/*
 * Reading a ZIP: the tables of LinkedIn in it, each as a file of its own.
 */
#ifndef WARMPATH_IMPORT_ARCHIVE_H
#define WARMPATH_IMPORT_ARCHIVE_H

#include "import/run.h"
#include "import/walk.h"

/* The open source is a ZIP. Its entry in the result gives way to those of its members. */
import_code archive_read(run *self, const walk_item *item);

#endif
