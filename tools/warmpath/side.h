/*
 * Sides of barriers and members of groups: people, companies and groups as words of a command line.
 */
#ifndef WARMPATH_TOOL_SIDE_H
#define WARMPATH_TOOL_SIDE_H

#include "app.h"

/* Whom a text names: a person by the identity it says, a company, or a group where that may be. */
int side_find(app *self, const char *what, const char *text, bool may_be_group, wp_side *side);

/* "person", "company", "group"; NULL for a value that is none. */
const char *side_kind_name(wp_side_kind kind);

/* A side in the words that name it again; NULL: it was erased, or is hidden from the viewer. Yours:
 * free(). */
int side_text(app *self, wp_side side, char **out);

#endif
