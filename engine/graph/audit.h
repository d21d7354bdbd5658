/*
 * The audit log: append-only entries of numbers, each with the SHA-256 of the one before and of
 * itself. What is logged is set in the meta table, beside the number and the hash of the last
 * entry.
 *
 * Changes are logged in the transaction that makes them, by the function that makes them. The
 * engine has no SHA-256 of its own: the program that opens the database gives one.
 */
#ifndef WPI_GRAPH_AUDIT_H
#define WPI_GRAPH_AUDIT_H

#include "graph/graph.h"

/* Log an action; does nothing when the mode leaves it out. `actor` is the person for whom it is
 * done, 0: unsaid. WP_EINVAL: the log is on and there is no SHA-256 function. */
wp_status wpi_audit_append(wpi_graph *graph, wp_audit_action action, uint32_t actor,
                           uint32_t subject, uint32_t object, wp_error *err);

/* As the public calls of these names. */
wp_status wpi_audit_set_mode(wpi_graph *graph, wp_audit_mode mode, wp_error *err);
wp_status wpi_audit_get_mode(wpi_graph *graph, wp_audit_mode *mode, wp_error *err);
wp_status wpi_audit_next(wpi_graph *graph, wp_audit_entry *at, wp_error *err);
wp_status wpi_audit_head(wpi_graph *graph, wp_audit_entry *head, wp_error *err);
wp_status wpi_audit_verify(wpi_graph *graph, uint64_t *broken, wp_error *err);

/* When what is set was lost, or is older than the entries: have the log go on behind the last one,
 * and log what it did. */
wp_status wpi_audit_mend(wpi_graph *graph, wp_error *err);

/* Whether entries of an action name sides. */
bool wpi_audit_is_about_sides(wp_audit_action action);
/* What stands in place of an actor in entries about sides: of what kind subject and object are. */
static inline uint32_t wpi_audit_kinds(wp_side_kind subject, wp_side_kind object)
{
    return 10u * subject + object;
}

#endif
