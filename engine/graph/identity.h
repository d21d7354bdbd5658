/*
 * Identities: from an address, id, slug, domain or name to the number of who or what has it.
 *
 * Keys are hashes with the database's own random key, so that they are no personal data and nobody
 * can make them collide; the record holds the text and confirms the match.
 */
#ifndef WPI_GRAPH_IDENTITY_H
#define WPI_GRAPH_IDENTITY_H

#include "graph/graph.h"

#define WPI_IDENTITY_BYTES_MAX 1024

/* A text as it is compared: checked and normalised by kind. */
typedef struct wpi_identity {
    wp_identity_kind kind;
    char text[WPI_IDENTITY_BYTES_MAX];
} wpi_identity;

/* One that is not written yet. */
typedef struct wpi_identity_entry {
    uint32_t hash[2]; /* high, low: they sort like keys */
    uint32_t number;
    uint32_t text; /* where it begins in identity_texts */
    uint8_t kind;
    uint8_t probe;
} wpi_identity_entry;

bool wpi_identity_is_person(wp_identity_kind kind);

/* Check and normalise; WP_EINVAL says what is wrong without the text. */
wp_status wpi_identity_normalise(const wp_identity *given, wpi_identity *out, wp_error *err);

/* Who has it; WP_ENOTFOUND (err alone). */
wp_status wpi_identity_find(wpi_graph *graph, const wpi_identity *identity, uint32_t *number,
                            wp_error *err);
/* Give it to a number. It must not be anybody's. It is found from now on and written later. */
wp_status wpi_identity_add(wpi_graph *graph, const wpi_identity *identity, uint32_t number,
                           wp_error *err);

/* Take it from whoever has it; it must be somebody's. */
wp_status wpi_identity_remove(wpi_graph *graph, const wpi_identity *identity, wp_error *err);

/* Write those that were added, in the order of their keys. */
wp_status wpi_identity_flush(wpi_graph *graph, wp_error *err);
void wpi_identity_free(wpi_graph *graph);

/* The keyed hash of a text of some class. */
uint64_t wpi_identity_hash(const wpi_graph *graph, unsigned class, const char *text);
#define WPI_HASH_CLASS_SOURCE 100u
#define WPI_HASH_CLASS_MARK 101u
#define WPI_HASH_CLASS_NAMESAKE 102u
#define WPI_HASH_CLASS_VEIL 103u

/* Kinds that no caller gives: the ids of opportunities. */
#define WPI_IDENTITY_OPPORTUNITY ((wp_identity_kind)7)

#endif
