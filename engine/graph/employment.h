/*
 * Employments: who works where from when to when, both ways, and what an address suggests.
 *
 * A suggested employment has no days and yields to the first stated one: an address tells the
 * company only until somebody says it.
 */
#ifndef WPI_GRAPH_EMPLOYMENT_H
#define WPI_GRAPH_EMPLOYMENT_H

#include "graph/graph.h"

/* As wp_employment_put(); both numbers must exist. */
wp_status wpi_employment_put(wpi_graph *graph, const wp_employment *employment, wp_error *err);
/* Suggest one, unless the person has a stated employment. */
wp_status wpi_employment_suggest(wpi_graph *graph, uint32_t person, uint32_t company,
                                 wp_error *err);
wp_status wpi_employment_remove_suggested(wpi_graph *graph, uint32_t person, wp_error *err);

/* The employment that counts on a day: the latest first day of those that cover it, then the
 * lowest company number. company 0: none. The title is borrowed. */
wp_status wpi_employment_on(wpi_graph *graph, uint32_t person, int32_t day, wp_employment *out,
                            wp_error *err);

/* Whether a day lies within the employment. */
bool wpi_employment_covers(const wp_employment *employment, int32_t day);

/* As wp_employment_next(). */
wp_status wpi_employment_next(wpi_graph *graph, wp_employment *employment, wp_error *err);

/* Append the people employed at a company on a day to an array of uint32_t, ascending. */
wp_status wpi_employment_people(wpi_graph *graph, uint32_t company, int32_t day, wpi_array *people,
                                wp_error *err);

#endif
