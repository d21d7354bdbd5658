/*
 * The name index: in which names, addresses and titles a word occurs, and the search that uses it.
 *
 * A text is folded, and "ae", "oe", "ue" lose their e, so that Müller, Mueller and Muller are one
 * word. A record of the table belongs to one word, one kind (person or company) and a block of
 * 65536 numbers:
 *
 *   key     length of the word, its first 3 bytes, keyed hash of it, kind, number >> 16
 *   value   u8 length and bytes of the word; the low halves of the numbers, u16 each, ascending
 *
 * The key's length and beginning let a search visit only words that begin alike; misspelt ones are
 * found by a dictionary of the words (spelling.h). The word itself stands in the value alone,
 * because B-tree separators keep deleted keys. Should two words have the same key, they share the
 * records under the word that came first: look-ups of names verify whom they find, so the other is
 * still found when it is written right.
 *
 * Numbers are those that identities have, not the canonical ones, so that parties can be merged and
 * parted without a change here.
 *
 * Derived: kept equal to what wpi_name_entries() says of the statements.
 */
#ifndef WPI_GRAPH_NAME_H
#define WPI_GRAPH_NAME_H

#include "graph/party.h"

#define WPI_NAME_WORDS_MAX 16      /* of a text; more are not looked at */
#define WPI_NAME_WORD_BYTES_MAX 64 /* of a word; it is cut there */
#define WPI_NAME_FOLDED_BYTES_MAX 2048
#define WPI_NAME_KEY_BYTES 12
#define WPI_NAME_PREFIX_BYTES 9 /* of a key: what all records of a word share */
#define WPI_NAME_BLOCK_BITS 16  /* of a number, which stand in the record */

/* The texts by which a number is found; at most a few dozen. */
typedef struct wpi_name_texts {
    const char **items;
    size_t count;
} wpi_name_texts;

/* The names and addresses in statements of numbers, in the graph's lent memory; each identity
 * once. */
wp_status wpi_name_texts_of(wpi_graph *graph, const wpi_said *all, wpi_name_texts *out,
                            wp_error *err);

/* The words of a text, not NUL-terminated. */
typedef struct wpi_name_words {
    char text[WPI_NAME_FOLDED_BYTES_MAX];
    const char *word[WPI_NAME_WORDS_MAX];
    size_t length[WPI_NAME_WORDS_MAX];
    size_t count;
} wpi_name_words;
void wpi_name_split(const char *text, wpi_name_words *out);
/* The same with umlauts as they are written. False: wpi_name_split() gives the same words. */
bool wpi_name_split_as_written(const char *text, wpi_name_words *out);

/* A record that somebody belongs to. */
typedef struct wpi_name_entry {
    wpi_key key;
    char word[WPI_NAME_WORD_BYTES_MAX];
} wpi_name_entry;

/* A record read in place. */
typedef struct wpi_name_record {
    const char *word;
    size_t length;
    const unsigned char *numbers; /* u16 each */
    size_t count;
    wpi_party party;
    uint32_t first; /* of the block */
} wpi_name_record;

wpi_key wpi_name_key(const wpi_graph *graph, const char *word, size_t length, wpi_party party,
                     uint32_t number);
/* The records that all statements of a number and its employments call for, by key, each once, in
 * an empty array of entries; none without a statement. */
wp_status wpi_name_entries(wpi_graph *graph, wpi_party party, uint32_t number, const wpi_said *all,
                           wpi_array *entries, wp_error *err);
/* False when the record or its key is malformed. */
bool wpi_name_read(wpi_slice key, wpi_record_bytes value, wpi_name_record *out);
uint32_t wpi_name_number(const wpi_name_record *record, size_t index);
/* The word of the records that share the beginning of a key, borrowed; WP_ENOTFOUND (err alone)
 * when there are none. */
wp_status wpi_name_word(wpi_graph *graph, const wpi_key *key, const char **word, size_t *length,
                        wp_error *err);

/* Have a number be put into a record, where it may stand, or taken out of it, where it may not. It
 * waits until wpi_name_flush(); nothing of the index may be read before. */
wp_status wpi_name_put(wpi_graph *graph, const wpi_name_entry *entry, uint32_t number,
                       wp_error *err);
wp_status wpi_name_take(wpi_graph *graph, const wpi_name_entry *entry, uint32_t number,
                        wp_error *err);
/* Write what waits. */
wp_status wpi_name_flush(wpi_graph *graph, wp_error *err);
/* Nothing waits at the beginning of a transaction; what does at its end is forgotten. */
void wpi_name_begin(wpi_graph *graph);
void wpi_name_end(wpi_graph *graph);
/* Whether somebody stands in a record; WP_ENOTFOUND (err alone) if not. */
wp_status wpi_name_has(wpi_graph *graph, const wpi_key *key, uint32_t number, wp_error *err);

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

/* Make it follow that an employment has another title, after it was stored; NULL: none. */
wp_status wpi_name_retitle(wpi_graph *graph, uint32_t person, const char *before, const char *after,
                           wp_error *err);

/* As wp_find_on(). */
struct wpi_sight;
wp_status wpi_name_find(wpi_graph *graph, const struct wpi_sight *sight, const wp_find_query *query,
                        wp_matches *matches, wp_error *err);

#endif
