/*
 * The dictionary of the name index: its distinct words, so that misspelt ones are looked for among
 * words instead of among people.
 *
 * The records hold the words of so many letters and bytes in the order of their hashes, those from
 * the hash in a record's key up to the one in the next key:
 *
 *   key     letters u8, bytes u8, keyed hash u32
 *   value   for each word, in the order of hashes, then of bytes: the set of its letters u32
 *           (wpi_pattern_set()), its bytes
 *
 * A search passes over all words of similar lengths; the sets of letters tell most of them apart
 * (dictionary.h). Words stand in values alone, because B-tree separators keep deleted keys.
 *
 * Numbers are not in it: they are not misspelt, and every address can bring another one.
 *
 * Derived: a word is in it exactly while the name index has a record of it.
 */
#ifndef WPI_GRAPH_SPELLING_H
#define WPI_GRAPH_SPELLING_H

#include "graph/graph.h"

/* Words of a record, read in place. */
typedef struct wpi_spelling_record {
    const unsigned char *entries;
    size_t count;
    size_t letters;
    size_t bytes; /* of each word */
    uint32_t hash;
} wpi_spelling_record;

/* Whether a word is one that the dictionary has nothing of. */
bool wpi_spelling_is_number(const char *word, size_t bytes);

/* Add a word that may be in it, take one out that may not. Numbers are passed over. */
wp_status wpi_spelling_put(wpi_graph *graph, const char *word, size_t bytes, wp_error *err);
wp_status wpi_spelling_take(wpi_graph *graph, const char *word, size_t bytes, wp_error *err);
/* WP_ENOTFOUND (err alone) when a word is not in it. */
wp_status wpi_spelling_has(wpi_graph *graph, const char *word, size_t bytes, wp_error *err);

/* Call for each record of words with so many letters. A status other than WP_OK ends the walk,
 * WP_ENOTFOUND without being an error. */
typedef wp_status wpi_spelling_fn(void *context, const wpi_spelling_record *record, wp_error *err);
wp_status wpi_spelling_each(wpi_graph *graph, size_t letters, wpi_spelling_fn *each, void *context,
                            wp_error *err);

/* False when the record or its key is malformed. */
bool wpi_spelling_read(wpi_slice key, wpi_record_bytes value, wpi_spelling_record *out);
/* The hash that places a word. */
uint32_t wpi_spelling_hash(const wpi_graph *graph, const char *word, size_t bytes);

static inline uint32_t wpi_spelling_set(const wpi_spelling_record *record, size_t index)
{
    return wpi_bytes_get_le32(record->entries + index * (4 + record->bytes));
}

static inline const char *wpi_spelling_word(const wpi_spelling_record *record, size_t index)
{
    return (const char *)record->entries + index * (4 + record->bytes) + 4;
}

#endif
