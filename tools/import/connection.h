/*
 * A row of connections stored as one of the owner and the person of the row.
 *
 * A connection has no id of its own: it is called by both people, by profile where that is known,
 * so that the archives of both name it once. What is known of them grows: a table that is imported
 * before the owner's profile is known calls it otherwise. So what is stored under another name that
 * the two have is renamed, and the connection is there once, whichever is imported first.
 */
#ifndef WARMPATH_IMPORT_CONNECTION_H
#define WARMPATH_IMPORT_CONNECTION_H

#include "import/contact.h"

/* Store the connection with somebody, who is stored. */
import_code connection_store(table *at, const contact *from, csv_row *row);

#endif
