/*
 * Companies: what is stated of them, and whether they are ours.
 *
 * A company exists while a source states it, or while somebody has an address at its domain: that
 * is a statement of the source WPI_SOURCE_IMPLIED.
 */
#ifndef WPI_GRAPH_COMPANY_H
#define WPI_GRAPH_COMPANY_H

#include "graph/party.h"

/* As wp_company_put(); `is_new` is not NULL. */
wp_status wpi_company_put(wpi_graph *graph, const wp_company_facts *facts, uint32_t *number,
                          bool *is_new, wp_error *err);
/* As wp_company_get(). */
wp_status wpi_company_get(wpi_graph *graph, uint32_t number, wp_company *out, wp_error *err);
/* Whether a company is said to be ours. */
wp_status wpi_company_is_us(wpi_graph *graph, uint32_t company, bool *is_us, wp_error *err);

/* The number of a mail domain; 0 for a free-mail domain and one that nobody states. */
wp_status wpi_company_of_domain(wpi_graph *graph, const char *domain, uint32_t *number,
                                wp_error *err);
/* The same, stated because somebody has an address there. */
wp_status wpi_company_imply(wpi_graph *graph, const char *domain, uint32_t *number, wp_error *err);
/* Take what a source states of a number away, and the number with the last statement. */
wp_status wpi_company_remove(wpi_graph *graph, uint32_t number, uint32_t source, wp_error *err);

/* Store a statement in the place of another (NULL: none), and have the indexes follow. */
wp_status wpi_company_replace(wpi_graph *graph, uint32_t number, uint32_t source,
                              const wpi_statement_record *before, const wpi_statement_record *after,
                              wp_error *err);
/* Whether a statement of a company says more than that it exists. */
bool wpi_company_says_more(const wpi_statement_record *record);

/* As wp_company_drop_alias(), wp_company_drop_identity(), wp_company_drop_parent(). */
wp_status wpi_company_drop_alias(wpi_graph *graph, uint32_t company, const char *alias,
                                 wp_error *err);
wp_status wpi_company_drop_identity(wpi_graph *graph, uint32_t company, const wp_identity *given,
                                    wp_error *err);
wp_status wpi_company_drop_parent(wpi_graph *graph, uint32_t company, uint32_t parent,
                                  wp_error *err);

/* The number of the company that has an identity; by name also who is called so. */
wp_status wpi_company_find(wpi_graph *graph, const wpi_identity *identity, uint32_t *canonical,
                           wp_error *err);

#endif
