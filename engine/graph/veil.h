/*
 * Veiled texts: ids, names of sources and other texts that are not about a person, but contain a
 * string of somebody who was erased, are replaced by "erased:" and a keyed hash of them.
 *
 * The hash has a key of the suppressions, so that what comes again under the same id is known to be
 * the same, in this database and in one that the suppressions were carried to.
 */
#ifndef WPI_GRAPH_VEIL_H
#define WPI_GRAPH_VEIL_H

#include "graph/suppress.h"

#define WPI_VEIL_BYTES 24 /* with the NUL */

/* The veil of a text under one of the keys. */
void wpi_veil_make(uint64_t key, const char *text, char out[WPI_VEIL_BYTES]);
/* The veil under the key with an index, which must exist, in lent memory; under the first one. */
wp_status wpi_veil_under(wpi_graph *graph, size_t index, const char *text, const char **out,
                         wp_error *err);
wp_status wpi_veil_text(wpi_graph *graph, const char *text, const char **out, wp_error *err);
/* Whether a text contains a suppressed address. */
wp_status wpi_veil_is_due(wpi_graph *graph, const char *text, bool *is_due, wp_error *err);

/* The strings by which somebody is looked for in texts: addresses anywhere, names, profiles and ids
 * as whole words, all whatever their case and accents. Those that say little are left out: shorter
 * than 4 bytes, or numbers shorter than 6. */
typedef struct wpi_veil_strings {
    wpi_array addresses; /* of char: lower-cased, each with its NUL */
    wpi_array words;     /* of char: folded between two spaces, each with its NUL */
} wpi_veil_strings;

#define WPI_VEIL_STRINGS_INIT                                                                      \
    {                                                                                              \
        WPI_ARRAY_OF(char), WPI_ARRAY_OF(char)                                                     \
    }

wp_status wpi_veil_add_identity(wpi_veil_strings *strings, const wp_identity *identity,
                                wp_error *err);
wp_status wpi_veil_add_name(wpi_veil_strings *strings, const char *name, wp_error *err);
/* Whether a text contains one of them; NULL does not. */
bool wpi_veil_mentions(const wpi_veil_strings *strings, const char *text);
void wpi_veil_strings_free(wpi_veil_strings *strings);

#endif
