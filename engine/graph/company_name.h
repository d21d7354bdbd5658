/*
 * Companies known by a name alone: which company they are.
 *
 * The identity of such a company is its folded name. It stands for the company with a domain or id
 * that is called so, when there is exactly one. The table `namesake` lists, by the keyed hash of a
 * folded name, the numbers with a domain or id of which somebody states that name or alias.
 */
#ifndef WPI_GRAPH_COMPANY_NAME_H
#define WPI_GRAPH_COMPANY_NAME_H

#include "graph/party.h"

/* The identity of a company that is called so. */
wp_status wpi_company_name_identity(const char *name, wpi_identity *out, wp_error *err);

/* Make the table follow a change of what is stated of a number, and settle the names concerned. */
wp_status wpi_company_name_update(wpi_graph *graph, uint32_t number, const wpi_said *before,
                                  const wpi_said *after, wp_error *err);
/* After numbers became other parties: find anew whom their names stand for. */
wp_status wpi_company_name_settle_all(wpi_graph *graph, const wpi_array *numbers, wp_error *err);
/* Who is called so: 0 nobody or several. */
wp_status wpi_company_name_holder(wpi_graph *graph, const wpi_identity *name, uint32_t *canonical,
                                  size_t *count, wp_error *err);
/* The folded names that statements of one number give it, each once, in lent memory; for names
 * of companies with a domain or id. */
wp_status wpi_company_name_list(wpi_graph *graph, const wpi_said *said, wpi_array *names,
                                wp_error *err);
/* Where a number is listed under a name. */
wpi_key wpi_company_name_key(const wpi_graph *graph, const char *folded, uint32_t number);

#endif
