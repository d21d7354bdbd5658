/*
 * The parts of a search by name: the index proposes people and companies, their records decide
 * whether they match, and our ties rank them.
 *
 * Everything is bounded: the index by steps, the records by a number of candidates, our ties by a
 * number of arcs. Who is proposed beyond the bounds is left out, in a fixed order.
 */
#ifndef WPI_GRAPH_NAME_SEARCH_H
#define WPI_GRAPH_NAME_SEARCH_H

#include "base/bitset.h"
#include "graph/name.h"
#include "graph/sight.h"

/* What is known of somebody proposed, in the map `found`: the words of the query they have, and
 * which of them exactly; and whether their record was looked at. */
#define WPI_NAME_HAS(word) (UINT64_C(1) << (word))
#define WPI_NAME_HAS_EXACTLY(word) (UINT64_C(1) << (16 + (word)))
#define WPI_NAME_LOOKED_AT (UINT64_C(1) << 32)

typedef struct wpi_name_search {
    wpi_graph *graph;
    const wpi_sight *sight;
    int32_t day;
    wpi_name_words query;
    char folded[WPI_NAME_FOLDED_BYTES_MAX]; /* the query, umlauts not merged */
    wpi_map found;                          /* kind << 32 | number -> the bits above */
    bool is_cut;                            /* the index had more than was read */
    bool has_us;                            /* `us` is filled */
    wpi_bitset us;
    wpi_map known; /* person -> the cheapest cost from one of us, about; filled when needed */
    bool has_known;
} wpi_name_search;

/* How many letters of a word may be wrong, by its length. */
unsigned wpi_name_wrong_max(size_t length);

/* Propose whoever has words of the query, equal or as beginnings; and, with several words, those
 * who work at a company that has them. */
wp_status wpi_name_propose(wpi_name_search *search, wp_error *err);
/* Propose whoever has words that are nearly those of the query. */
wp_status wpi_name_propose_misspelt(wpi_name_search *search, wp_error *err);
/* Propose the people whom we know. */
wp_status wpi_name_propose_known(wpi_name_search *search, wp_error *err);

/* Fill `known` from the warmest ties of each of us. */
wp_status wpi_name_read_known(wpi_name_search *search, wp_error *err);
/* The warmest tie from one of us to a person, and how many ties the person has. */
wp_status wpi_name_warmest(wpi_name_search *search, uint32_t person, wp_tie *out, uint32_t *ties,
                           wp_error *err);

#endif
