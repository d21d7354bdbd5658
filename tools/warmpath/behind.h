/*
 * What rules that name a company cover, before and after a change of which company is which: a
 * barrier, a group, and who is of us. Whoever weakens one of them without meaning to must be told.
 *
 * A rule names one identity and covers whatever is one company with it.
 */
#ifndef WARMPATH_TOOL_BEHIND_H
#define WARMPATH_TOOL_BEHIND_H

#include "app.h"

typedef struct behind_item behind_item;

/* Identities that rules cover without naming them. Free with behind_free(). */
typedef struct behind {
    behind_item *items;
    size_t count;
} behind;

/* Read what is covered: by all barriers and groups, and as one with a company that is ours. */
int behind_read(app *self, wp_number company, behind *out);

/* After the change, before the commit: keep those that are no longer covered. */
int behind_compare(app *self, behind *covered);

/* A line for each, with --quiet too. */
void behind_tell(const app *self, const behind *lost);

void behind_free(behind *covered);

#endif
