/*
 * People: records, their identities, names and what they say of our own organisation.
 */
#ifndef WPI_GRAPH_PERSON_H
#define WPI_GRAPH_PERSON_H

#include "graph/graph.h"

/* As wp_person_put(); `is_new` is not NULL. */
wp_status wpi_person_put(wpi_graph *graph, const wp_person_facts *facts, uint32_t *number,
                         bool *is_new, wp_error *err);
/* As wp_person_keep(). */
wp_status wpi_person_keep(wpi_graph *graph, const wp_identity *identity, uint32_t *number,
                          wp_error *err);
/* Take what a source states of a number away, and the number with the last statement. A tie that
 * is stated of it by another source keeps it: that source states it then. */
wp_status wpi_person_remove(wpi_graph *graph, uint32_t number, uint32_t source, wp_error *err);
/* Make the list of who is ours follow what is stated of a number. */
wp_status wpi_person_save_us(wpi_graph *graph, uint32_t number, wp_error *err);
/* As wp_person_get(). */
wp_status wpi_person_get(wpi_graph *graph, uint32_t number, int32_t day, wp_person *out,
                         wp_error *err);
/* The text by which people are ordered: first id, else first address, else the slug; in lent
 * memory. */
wp_status wpi_person_external_id(wpi_graph *graph, uint32_t number, const char **text,
                                 wp_error *err);

/* As wp_us_people(), into an array of uint32_t; WP_DAY_NONE: whoever is or ever was ours. */
wp_status wpi_person_us(wpi_graph *graph, int32_t day, wpi_array *people, wp_error *err);

#endif
