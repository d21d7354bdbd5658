/*
 * People: records, their identities, names and what they say of our own organisation.
 */
#ifndef WPI_GRAPH_PERSON_H
#define WPI_GRAPH_PERSON_H

#include "graph/graph.h"

/* Spellings kept of one name; more kinds than that are not counted. */
#define WPI_SPELLINGS_MAX 8

/* As wp_person_put(). */
wp_status wpi_person_put(wpi_graph *graph, const wp_person_facts *facts, uint32_t *number,
                         bool *is_new, wp_error *err);
/* The record, in lent memory; WP_ENOTFOUND (err alone). */
wp_status wpi_person_load(wpi_graph *graph, uint32_t number, wpi_person_record *out, wp_error *err);
/* As wp_person_get(). */
wp_status wpi_person_get(wpi_graph *graph, uint32_t number, int32_t day, wp_person *out,
                         wp_error *err);
/* WP_OK, or WP_ENOTFOUND with a message. */
wp_status wpi_person_check(const wpi_graph *graph, uint32_t number, wp_error *err);

/* The text by which people are ordered: first id, else first address, else the number; in lent
 * memory. */
wp_status wpi_person_external_id(wpi_graph *graph, uint32_t number, const char **text,
                                 wp_error *err);

/* As wp_us_people(), into an array of uint32_t. */
wp_status wpi_person_us(wpi_graph *graph, int32_t day, wpi_array *people, wp_error *err);

#endif
