/*
 * The interactions of a community: how the ties of its groups came to be.
 *
 * Every tie of every group is in at least one dated interaction. Members invite the others they
 * know to meetings, write to several at once and get answers from some, or connect; a share of the
 * pairs moreover exchange mail for themselves, few of them very often. Interactions lie in the
 * three years up to the newest day, recent ones most densely.
 *
 * The visits are the same in each run; the sources of interactions are unique in the graph.
 */
#ifndef BENCH_CONTACTS_H
#define BENCH_CONTACTS_H

#include "community.h"
#include "warmpath.h"

#define CONTACTS_DAY 20000 /* the newest */

/* `interaction` is borrowed for the call. */
typedef void contacts_visit(void *context, const wp_interaction *interaction);

void contacts_each(const community *it, contacts_visit *visit, void *context);

#endif
