/*
 * The dictionary of the name index in memory: the letters of its words, so that a misspelt word is
 * compared with a hundred thousand others in tens of microseconds.
 *
 * A part holds the words of so many letters, in the order of their records (see spelling.h): of
 * each word the set of its letters, in one array that is passed over in vectors, four bytes a word;
 * the words themselves stay on the pages of the file, which are looked at for the few that remain.
 *
 * Parts are read when a search first needs them, and kept with the lists of the snapshot
 * (lists.h), whose searches share them; pages of a snapshot do not change while it is open. Write
 * transactions, whose words may change with each call, and parts beyond the bound are read for one
 * search.
 */
#ifndef WPI_GRAPH_DICTIONARY_H
#define WPI_GRAPH_DICTIONARY_H

#include <pthread.h>
#include <stdatomic.h>

#include "base/pattern.h"
#include "graph/graph.h"

#define WPI_DICTIONARY_LETTERS_MAX WPI_PATTERN_BYTES_MAX
#define WPI_DICTIONARY_WORDS_MAX ((size_t)3000000) /* of a part; more are not looked at */
#define WPI_DICTIONARY_KEPT_MAX ((size_t)8 << 20)  /* words with a snapshot: 32 MB */

/* Where words of a record lie. */
typedef struct wpi_dictionary_record {
    const unsigned char *entries;
    uint32_t first; /* the place of its first word in the part */
    uint32_t bytes; /* of each word */
} wpi_dictionary_record;

typedef struct wpi_dictionary_part {
    wpi_array sets;    /* of uint32_t, wpi_pattern_set() of each word */
    wpi_array records; /* of wpi_dictionary_record */
    bool is_cut;       /* there are more words */
} wpi_dictionary_part;

typedef struct wpi_dictionary {
    pthread_mutex_t mutex; /* for reading a part */
    size_t words;          /* in all parts */
    struct {
        atomic_bool is_read;
        wpi_dictionary_part part;
    } parts[WPI_DICTIONARY_LETTERS_MAX + 1]; /* by letters */
} wpi_dictionary;

wp_status wpi_dictionary_new(wpi_dictionary **out, wp_error *err);
void wpi_dictionary_free(wpi_dictionary *dictionary);

#define WPI_DICTIONARY_PART_INIT                                                                   \
    ((wpi_dictionary_part){WPI_ARRAY_OF(uint32_t), WPI_ARRAY_OF(wpi_dictionary_record), false})
void wpi_dictionary_part_free(wpi_dictionary_part *part);

/* The words of so many letters: those kept with the snapshot, or else read into `own`, which is
 * empty and the caller's to free. Borrowed. */
wp_status wpi_dictionary_find(wpi_graph *graph, size_t letters, wpi_dictionary_part *own,
                              const wpi_dictionary_part **out, wp_error *err);

/* The word at a place, not NUL-terminated. */
const char *wpi_dictionary_word(const wpi_dictionary_part *part, uint32_t place, size_t *bytes);

#endif
