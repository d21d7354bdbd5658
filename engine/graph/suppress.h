/*
 * Suppression: identities that must not be stored again, because their person was erased.
 *
 * An identity is known by a 128-bit hash with a random key of the database, and by nothing else. A
 * list of suppressions that came from another database brings its key along; identities are then
 * looked up under each of the keys, of which there is one in practice.
 */
#ifndef WPI_GRAPH_SUPPRESS_H
#define WPI_GRAPH_SUPPRESS_H

#include "graph/identity.h"

/* Whether any identity was ever suppressed; cheap. */
wp_status wpi_suppress_is_used(wpi_graph *graph, bool *is_used, wp_error *err);
/* Whether an identity is suppressed. */
wp_status wpi_suppress_has(wpi_graph *graph, const wpi_identity *identity, bool *has,
                           wp_error *err);
/* Suppress an identity; again is the same. */
wp_status wpi_suppress_put(wpi_graph *graph, const wpi_identity *identity, wp_error *err);
/* Lift it; WP_ENOTFOUND (err alone): it is not suppressed. */
wp_status wpi_suppress_lift(wpi_graph *graph, const wpi_identity *identity, wp_error *err);

/* As wp_suppression_put() and wp_suppression_next(). */
wp_status wpi_suppress_put_hash(wpi_graph *graph, const wp_suppression *given, wp_error *err);
wp_status wpi_suppress_next(wpi_graph *graph, wp_suppression *at, wp_error *err);

#endif
