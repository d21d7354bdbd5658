/*
 * The name index: folded trigrams of names and addresses, and the search that uses it.
 *
 * A word is padded with one blank at either side and cut into overlapping runs of three bytes; the
 * table holds one empty record per trigram and number of a person or company. Derived: kept equal
 * to what wpi_name_trigrams() says of the statements.
 */
#ifndef WPI_GRAPH_NAME_H
#define WPI_GRAPH_NAME_H

#include "graph/party.h"

/* The texts by which a number is found. */
typedef struct wpi_name_texts {
    const char **items;
    size_t count;
} wpi_name_texts;

/* The searchable texts of statements of numbers, in the graph's lent memory; each identity once. */
wp_status wpi_name_texts_of(wpi_graph *graph, const wpi_said *all, wpi_name_texts *out,
                            wp_error *err);

/* Their trigrams, ascending without duplicates, appended to an array of uint32_t. */
wp_status wpi_name_trigrams(const wpi_name_texts *texts, wpi_array *trigrams, wp_error *err);

/* Find a new number by its identity. */
wp_status wpi_name_enter(wpi_graph *graph, wpi_party party, uint32_t number,
                         const wp_identity *identity, wp_error *err);
/* Make the index follow a change of one statement of a number, which is stored. */
wp_status wpi_name_follow(wpi_graph *graph, wpi_party party, uint32_t number,
                          const wpi_statement_record *before, const wpi_statement_record *after,
                          wp_error *err);
/* Make it follow that a statement went: what no other statement of the number calls for goes. */
wp_status wpi_name_settle(wpi_graph *graph, wpi_party party, uint32_t number,
                          const wpi_statement_record *gone, wp_error *err);

/* As wp_find(). */
wp_status wpi_name_find(wpi_graph *graph, const char *text, size_t limit, wp_matches *matches,
                        wp_error *err);

#endif
