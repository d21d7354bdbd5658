/*
 * Opt-outs in tables: which columns tell of them, and what their cells say.
 *
 * One list for all tables, of CRMs and of everybody: whichever of them a header is taken for, an
 * opt-out in it is kept.
 */
#ifndef WARMPATH_IMPORT_OPTOUT_H
#define WARMPATH_IMPORT_OPTOUT_H

#include <stdbool.h>

#include "import/fact.h"

/* What somebody does not want; a column may mean both. */
#define OPTOUT_MAIL 1u
#define OPTOUT_CALLS 2u

/* What the column with a label, folded, tells of; 0: of no opt-out. */
unsigned optout_of(const char *folded);

/* Whether a cell of such a column says so. */
bool optout_says(const char *cell);

/* Make a fact the decision of somebody who does not want some of it, or all. */
void optout_fill(fact *out, wp_identity person, unsigned unwanted);

/* Say that the opt-out of a row is nobody's who can be named, whatever else is right or wrong with
 * the row; `name`: of whom, NULL: unsaid. */
void optout_lose(verdict *what, const char *name);

#endif
