/*
 * Versions of an interaction: what each source says of one source id, and which one counts.
 *
 * The version of the highest revision counts, then a cancelled one, then the one with most
 * participants, then the first by what it says, people compared by their identities: so the order
 * in which sources came does not matter. It counts with the highest revision of a series that any
 * of them has, so that the version of one source can say that its series still has what another
 * source, or another row, changed.
 */
#ifndef WPI_GRAPH_VERSION_H
#define WPI_GRAPH_VERSION_H

#include "graph/graph.h"

typedef struct wpi_version {
    struct wpi_version *next; /* by source */
    uint32_t source;
    wp_interaction interaction;
} wpi_version;

/* All versions, in lent memory; NULL when there is none. */
wp_status wpi_versions_of(wpi_graph *graph, uint64_t number, wpi_version **out, wp_error *err);
/* The revision that is compared with that of a series. */
int64_t wpi_version_series(const wp_interaction *of);
/* The one that counts, as it counts: not always one of `all` itself; NULL of none. */
wp_status wpi_version_best(wpi_graph *graph, wpi_version *all, wpi_version **best, wp_error *err);
/* < 0 when the first counts, 0 when they say the same. */
wp_status wpi_version_compare(wpi_graph *graph, const wp_interaction *a, const wp_interaction *b,
                              int *order, wp_error *err);
/* Whether two say the same of the same people, though they may name them by other identities. */
wp_status wpi_version_is_alike(wpi_graph *graph, const wp_interaction *a, const wp_interaction *b,
                               bool *is_alike, wp_error *err);
/* Of two versions of one source what is kept: `given` in place of `*kept`, or what of it is more.
 * *is_known: nothing is. */
wp_status wpi_version_join(wpi_graph *graph, const wp_interaction *given, wp_interaction *kept,
                           bool *is_known, wp_error *err);
/* Store the first version of a new interaction, whose number is the highest there is. */
wp_status wpi_version_add(wpi_graph *graph, uint64_t number, const wp_interaction *interaction,
                          wp_error *err);
wp_status wpi_version_put(wpi_graph *graph, uint64_t number, uint32_t source,
                          const wp_interaction *interaction, wp_error *err);

#endif
