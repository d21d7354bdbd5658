/*
 * A row of connections stored as one of the owner and the person of the row.
 *
 * A connection has no id of its own: it is called by both people, by profile where the import knows
 * that, so that the archives of both mostly name it once. What is stored has no part in it, so an
 * import says the same whatever came before. Imports that call a connection differently store it
 * twice; it counts once all the same, because the engine weighs one connection of two people at
 * one moment.
 */
#ifndef WARMPATH_IMPORT_CONNECTION_H
#define WARMPATH_IMPORT_CONNECTION_H

#include "import/contact.h"

/* Store the connection with somebody, who is stored. */
import_code connection_store(table *at, const contact *from, csv_row *row);

#endif
