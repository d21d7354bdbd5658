/*
 * Which numbers are one party: the components of the graph that links and merges make.
 *
 * People are linked by rows of sources that name several of their identities, and merged by hand
 * (table `merge`, in both directions). A number with a merge record to itself stands apart: links
 * of rows do not reach it. Companies are linked by rows; a company known by its name alone belongs
 * to the one with a domain or id that has this name, when there is exactly one (table `namesake`).
 *
 * Merging states nobody, so that taking it back leaves nothing behind. Only when the last statement
 * of a number goes that a hand merged or set apart, the hand states it instead (person_remove.c).
 */
#ifndef WPI_GRAPH_REGROUP_H
#define WPI_GRAPH_REGROUP_H

#include "graph/party.h"

/* Numbers of one person or company, at most. */
#define WPI_NUMBERS_MAX 1000

/* After links, merges or statements of some numbers changed: find their components anew, and make
 * what is derived of people follow. */
wp_status wpi_regroup_numbers(wpi_graph *graph, wpi_party party, const wpi_array *numbers,
                              wp_error *err);
/* Which component each number is in: the lowest number of it; 0 for one that nobody states.
 * `numbers` is ascending and closed under links. */
wp_status wpi_regroup_components(wpi_graph *graph, wpi_party party, const wpi_array *numbers,
                                 bool has_merges, uint32_t *components, wp_error *err);

/* Whether a hand merged a number or set it apart: it must not vanish then. */
wp_status wpi_regroup_has_merge(wpi_graph *graph, uint32_t number, bool *has, wp_error *err);

/* As wp_person_merge() and wp_person_unmerge(). */
wp_status wpi_person_merge(wpi_graph *graph, uint32_t a, uint32_t b, wp_error *err);
wp_status wpi_person_unmerge(wpi_graph *graph, uint32_t a, uint32_t b, wp_error *err);
/* As wp_person_set_apart(). */
wp_status wpi_person_set_apart(wpi_graph *graph, uint32_t a, bool is_apart, wp_error *err);
/* WP_ECONFLICT when some numbers, and so many new ones, would become a party of too many. */
wp_status wpi_regroup_check(wpi_graph *graph, wpi_party party, const uint32_t *numbers,
                            size_t count, size_t more, wp_error *err);

#endif
