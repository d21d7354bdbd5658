/*
 * Companies: records, their identities and whether they are ours.
 */
#ifndef WPI_GRAPH_COMPANY_H
#define WPI_GRAPH_COMPANY_H

#include "graph/graph.h"

/* As wp_company_put(). */
wp_status wpi_company_put(wpi_graph *graph, const wp_company_facts *facts, uint32_t *number,
                          bool *is_new, wp_error *err);
/* The record, in lent memory; WP_ENOTFOUND (err alone). */
wp_status wpi_company_load(wpi_graph *graph, uint32_t number, wpi_company_record *out,
                           wp_error *err);
/* As wp_company_get(). */
wp_status wpi_company_get(wpi_graph *graph, uint32_t number, wp_company *out, wp_error *err);
/* The company of a mail domain, created when new; 0 for a free-mail domain. */
wp_status wpi_company_of_domain(wpi_graph *graph, const char *domain, uint32_t *number,
                                wp_error *err);

#endif
