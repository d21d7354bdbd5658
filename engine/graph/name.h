/*
 * The name index: folded trigrams of names and addresses, and the search that uses it.
 *
 * A word is padded with one blank at either side and cut into overlapping runs of three bytes; the
 * table holds one empty record per trigram and person or company. Derived: kept equal to what
 * wpi_name_trigrams() says of the records.
 */
#ifndef WPI_GRAPH_NAME_H
#define WPI_GRAPH_NAME_H

#include "graph/graph.h"

#define WPI_NAME_PERSON 1u
#define WPI_NAME_COMPANY 2u

/* The texts by which somebody is found; at most a few dozen. */
typedef struct wpi_name_texts {
    const char **items;
    size_t count;
} wpi_name_texts;

/* The searchable texts of a record, in the graph's lent memory; the strings are borrowed. */
wp_status wpi_name_texts_of_person(wpi_graph *graph, const wpi_person_record *record,
                                   wpi_name_texts *out, wp_error *err);
wp_status wpi_name_texts_of_company(wpi_graph *graph, const wpi_company_record *record,
                                    wpi_name_texts *out, wp_error *err);

/* Their trigrams, ascending without duplicates, appended to an array of uint32_t. */
wp_status wpi_name_trigrams(const wpi_name_texts *texts, wpi_array *trigrams, wp_error *err);

/* Make the index follow a change from the texts `before` to the texts `after`. */
wp_status wpi_name_update(wpi_graph *graph, unsigned kind, uint32_t number,
                          const wpi_name_texts *before, const wpi_name_texts *after, wp_error *err);

/* As wp_find(). */
wp_status wpi_name_find(wpi_graph *graph, const char *text, size_t limit, wp_matches *matches,
                        wp_error *err);

#endif
