/*
 * What holds of a party, given all that is stated of it: rules that do not depend on the order in
 * which statements came.
 *
 * A text (name, title) stated by hand holds; else each source has one vote, for the best of what it
 * says, and the text with most votes holds, then the better one: longer, then first in byte order.
 * One yes makes a party ours. A spelling counts as often as in the source that saw it most.
 */
#ifndef WPI_GRAPH_SAID_H
#define WPI_GRAPH_SAID_H

#include "graph/party.h"

/* Spellings kept of a number for one source: the likeliest names of those seen. */
#define WPI_SPELLINGS_MAX 16

/* Which text of a statement. */
typedef const char *wpi_said_text_fn(const wpi_said *said);
const char *wpi_said_name_of(const wpi_said *said);
const char *wpi_said_title_of(const wpi_said *said);
/* The text that holds; NULL when nobody says any. */
const char *wpi_said_text(const wpi_said *all, wpi_said_text_fn *text_of);

/* Of two texts that one source states of one matter, or NULL, the one that holds. */
const char *wpi_said_better(const char *a, const char *b);

wp_us wpi_said_us(const wpi_said *all);
bool wpi_said_no_company(const wpi_said *all);
uint32_t wpi_said_parent(const wpi_said *all);

/* The identities, each once, in the order of wp_person; in lent memory. */
wp_status wpi_said_identities(wpi_graph *graph, const wpi_said *all, wp_identity **out,
                              size_t *count, wp_error *err);
/* The spellings with their counts, best first; in lent memory. */
wp_status wpi_said_spellings(wpi_graph *graph, const wpi_said *all, wp_spelling **out,
                             size_t *count, wp_error *err);
/* Who states anything, ascending, without the implied; in lent memory. */
wp_status wpi_said_sources(wpi_graph *graph, const wpi_said *all, uint32_t **out, size_t *count,
                           wp_error *err);

/* Which of two names a source with too many spellings keeps: < 0 is the first. */
int wpi_said_compare_likeness(const char *a, const char *b);

#endif
