/*
 * The two halves of `show`: everything about a person, everything about a company. Each reads,
 * ends the transaction, and prints.
 */
#ifndef WARMPATH_TOOL_SHOW_H
#define WARMPATH_TOOL_SHOW_H

#include "app.h"

int show_person(app *self, wp_number number);

#endif
