/*
 * Opportunities and the parts people have in them.
 *
 * Each has a number, found by the external id as an identity of a kind of its own, and one record a
 * source; so has each part. The table `stake` leads from a person or company, by the number given,
 * to the opportunities that name it: once for each statement that does. An opportunity exists while
 * a source states it; a part names it, but does not keep it.
 */
#ifndef WPI_GRAPH_OPPORTUNITY_H
#define WPI_GRAPH_OPPORTUNITY_H

#include "graph/party.h"

/* As wp_opportunity_put() and the like; `is_new` is not NULL. */
wp_status wpi_opportunity_put(wpi_graph *graph, const wp_opportunity *opportunity, uint32_t *number,
                              bool *is_new, wp_error *err);
wp_status wpi_opportunity_find(wpi_graph *graph, const char *id, uint32_t *number, wp_error *err);
wp_status wpi_opportunity_get(wpi_graph *graph, uint32_t number, wp_opportunity *out,
                              wp_error *err);
wp_status wpi_opportunity_next_statement(wpi_graph *graph, wp_opportunity *at, wp_error *err);
wp_status wpi_role_put(wpi_graph *graph, const wp_contact_role *role, wp_error *err);
wp_status wpi_role_next(wpi_graph *graph, wp_contact_role *at, wp_error *err);
/* Append the opportunities in which a party has a stake to an array of uint32_t, ascending. */
wp_status wpi_opportunity_of(wpi_graph *graph, wpi_party party, uint32_t canonical,
                             wpi_array *numbers, wp_error *err);

/* Take what a source states away. */
wp_status wpi_opportunity_delete(wpi_graph *graph, uint32_t number, uint32_t source, wp_error *err);
wp_status wpi_role_delete(wpi_graph *graph, uint32_t opportunity, uint32_t person, uint32_t source,
                          wp_error *err);

/* Put a statement in the place of another of the same opportunity and source; the id may differ,
 * when it does in all statements. */
wp_status wpi_opportunity_replace(wpi_graph *graph, const wp_opportunity *before,
                                  const wp_opportunity *after, wp_error *err);

/* The part a party plays for an opportunity, as the last byte of a stake's key. */
enum { WPI_STAKE_COMPANY = 1, WPI_STAKE_OWNER, WPI_STAKE_ROLE };
wpi_key wpi_stake_key(wpi_party party, uint32_t number, uint32_t opportunity, uint32_t source,
                      unsigned part);

#endif
