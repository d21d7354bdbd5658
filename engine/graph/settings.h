/*
 * What holds for people who decided nothing: one record of the meta table, absent until somebody
 * says so. A default is no decision: it is not stored with anybody, has no day and no source, and
 * yields to any decision, also to an older one.
 *
 * The record also remembers whether anybody ever decided on sharing, so that where nobody did,
 * single ties are read without looking for such decisions.
 */
#ifndef WPI_GRAPH_SETTINGS_H
#define WPI_GRAPH_SETTINGS_H

#include "graph/graph.h"

#define WPI_SETTINGS_KEY "consent"

/* As wp_settings_put() and wp_settings_get(). */
wp_status wpi_settings_put(wpi_graph *graph, const wp_settings *settings, wp_error *err);
wp_status wpi_settings_get(wpi_graph *graph, wp_settings *out, wp_error *err);

/* Remember that somebody decided on sharing. */
wp_status wpi_settings_note_sharing(wpi_graph *graph, wp_error *err);
/* Whether anybody did; and whether sharing may hide anything at all. */
wp_status wpi_settings_has_sharing(wpi_graph *graph, bool *has, wp_error *err);
wp_status wpi_settings_may_close(wpi_graph *graph, bool *may, wp_error *err);

#endif
