/*
 * The formats that can be read, and their readers.
 */
#ifndef WARMPATH_IMPORT_FORMATS_H
#define WARMPATH_IMPORT_FORMATS_H

#include "import/import.h"
#include "import/reader.h"

#define FORMATS_TEXT_BYTES 240

/* "jsonl, edges, mbox or eml" */
const char *formats_list(char out[FORMATS_TEXT_BYTES]);

/* The entry of import_formats[] that is called so; NULL: none. */
const char *formats_find(const char *name, reader_fn **reader);

/* Whether it is read by cells, by readers that know encodings themselves. */
bool formats_is_table(const char *name);
bool formats_is_mail(const char *name);

#endif
