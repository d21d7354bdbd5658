/*
 * Employments: who works where from when to when, both ways, and what an address suggests.
 *
 * What each source states is a record by person, company, first day and source. Two more kinds of
 * records stand among them: that an address suggests a company, with the source
 * WPI_SOURCE_IMPLIED, which stays as long as somebody states the address and counts while nothing
 * better is stated of the person; and that a source says of a person that no company is suggested,
 * for company 0. Numbers are as given; of a person or company all numbers are looked through.
 */
#ifndef WPI_GRAPH_EMPLOYMENT_H
#define WPI_GRAPH_EMPLOYMENT_H

#include "graph/party.h"

/* As wp_employment_put(); both numbers must exist. */
wp_status wpi_employment_put(wpi_graph *graph, const wp_employment *employment, wp_error *err);
/* The source says that no address of the person suggests a company. */
wp_status wpi_employment_put_none(wpi_graph *graph, uint32_t person, wp_error *err);
/* A new address suggests a company, which is created when new. */
wp_status wpi_employment_suggest(wpi_graph *graph, uint32_t person, const char *email,
                                 wp_error *err);
/* The address is gone. */
wp_status wpi_employment_unsuggest(wpi_graph *graph, uint32_t person, const char *email,
                                   wp_error *err);
/* Take one record of a source away. */
wp_status wpi_employment_delete(wpi_graph *graph, const wp_employment *employment, wp_error *err);

/* The employment that counts on a day: the latest first day of those that cover it, then the
 * company whose identity comes first in byte order. company 0: none. The title is borrowed. */
wp_status wpi_employment_on(wpi_graph *graph, uint32_t person, int32_t day, wp_employment *out,
                            wp_error *err);

/* Whether a day lies within the employment. */
bool wpi_employment_covers(const wp_employment *employment, int32_t day);

/* As wp_employment_next(). */
wp_status wpi_employment_next(wpi_graph *graph, wp_employment *employment, wp_error *err);
/* As wp_employment_statement_next(); with the records that are no statements: their source is
 * WPI_SOURCE_IMPLIED or their company 0. */
wp_status wpi_employment_record_next(wpi_graph *graph, wp_employment *at, wp_error *err);

/* Append the people employed at a company on a day (WP_DAY_NONE: on any) to an array of uint32_t,
 * in no order, perhaps more than once. */
wp_status wpi_employment_people(wpi_graph *graph, uint32_t company, int32_t day, wpi_array *people,
                                wp_error *err);

#endif
