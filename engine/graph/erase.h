/*
 * Erasing a person: everything stated of her goes, in one transaction, and her identities are
 * suppressed.
 *
 * What is left is what a database would hold whose imports had left her out from the beginning:
 * interactions without her among the recipients, and not those that she sent or that reached nobody
 * else. Others who were named only beside her stay. Texts that are about somebody or something else
 * and contain one of her strings are veiled (ids, names of sources and marks) or unsaid (titles,
 * names, stages and parts of opportunities); names of other people and of companies are theirs.
 *
 * The bytes stay in free pages of the file until it is rebuilt; until then the erasure is pending.
 */
#ifndef WPI_GRAPH_ERASE_H
#define WPI_GRAPH_ERASE_H

#include "graph/veil.h"

/* Who is being erased. */
typedef struct wpi_erasing {
    wpi_graph *graph;
    wpi_array numbers; /* of uint32_t: all of the person, the canonical one first, ascending */
    wpi_veil_strings strings;
    wp_erasure *out;
} wpi_erasing;

/* As wp_person_erase(). */
wp_status wpi_erase_person(wpi_graph *graph, uint32_t person, wp_erasure *out, wp_error *err);
/* How many erasures wait for the file to be rebuilt, and since when; WP_TIME_NONE: none does. */
wp_status wpi_erase_pending(wpi_graph *graph, uint64_t *count, int64_t *since_s, wp_error *err);
/* Note that one more does. */
wp_status wpi_erase_note_pending(wpi_graph *graph, wp_error *err);
/* The key of the meta table under which that stands: gone from a rebuilt file. */
#define WPI_ERASURES_KEY "erasures"

/* Whether a number is one of the person's. */
bool wpi_erase_has(const wpi_erasing *self, uint32_t number);
/* The parts of an erasure: erase_interactions.c, erase_texts.c. */
wp_status wpi_erase_interactions(wpi_erasing *self, wp_error *err);
wp_status wpi_erase_texts(wpi_erasing *self, wp_error *err);

#endif
