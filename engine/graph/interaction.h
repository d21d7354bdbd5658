/*
 * Interactions, unique by source id, each in the versions of its sources.
 */
#ifndef WPI_GRAPH_INTERACTION_H
#define WPI_GRAPH_INTERACTION_H

#include "graph/derive.h"
#include "graph/sight.h"

/* As wp_interaction_put(). */
wp_status wpi_interaction_put(wpi_graph *graph, const wp_interaction *interaction, bool *is_new,
                              wp_error *err);
/* The number of a source id; WP_ENOTFOUND (err alone). */
wp_status wpi_interaction_find(wpi_graph *graph, const char *source, uint64_t *number,
                               wp_error *err);
/* The version that counts, in lent memory; WP_ENOTFOUND (err alone). */
wp_status wpi_interaction_load(wpi_graph *graph, uint64_t number, wp_interaction *out,
                               wp_error *err);

/* Take a source's version away, and the interaction with the last one. */
wp_status wpi_interaction_remove(wpi_graph *graph, uint64_t number, uint32_t source, wp_error *err);
/* A version as it counts, with whom it answers and how it was answered, in lent memory; NULL: it is
 * not there. */
wp_status wpi_interaction_count(wpi_graph *graph, const wp_interaction *version, wpi_counted *out,
                                wp_error *err);

/* Asks made to a person up to a day, as far as they are seen, faded with a half-life of 30 days. */
wp_status wpi_interaction_asks(wpi_graph *graph, const wpi_sight *sight, uint32_t person,
                               int32_t day, double *asks, wp_error *err);

#endif
