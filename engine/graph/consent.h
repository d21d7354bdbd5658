/*
 * Consent: what people decided. Only decisions are stored; nobody's record is the default.
 */
#ifndef WPI_GRAPH_CONSENT_H
#define WPI_GRAPH_CONSENT_H

#include "base/bitset.h"
#include "graph/graph.h"

/* As wp_consent_put(). */
wp_status wpi_consent_put(wpi_graph *graph, const wp_consent *consent, wp_error *err);
/* The decisions of a person; unsaid when there are none. */
wp_status wpi_consent_get(wpi_graph *graph, uint32_t person, wpi_consent_record *out,
                          wp_error *err);
/* Everybody who opted out of introductions, and everybody not to be contacted. */
wp_status wpi_consent_sets(wpi_graph *graph, wpi_bitset *opted_out, wpi_bitset *hidden,
                           wp_error *err);

#endif
