/*
 * How far a word is from many others: the optimal string alignment distance (a letter wrong,
 * missing, added, or two neighbours swapped; no part edited twice), in letters and not in bytes.
 *
 * The word is prepared once; each comparison then takes a few operations a letter, because a whole
 * row of the table of distances is two machine words (Hyyro, "A bit-vector algorithm for computing
 * Levenshtein and Damerau edit distances", 2003). That bounds words to 64 letters.
 *
 * Words are UTF-8, perhaps cut inside of a character: such bytes are a letter too. Nothing is read
 * beyond a word's end.
 */
#ifndef WPI_BASE_PATTERN_H
#define WPI_BASE_PATTERN_H

#include <stddef.h>
#include <stdint.h>

#define WPI_PATTERN_BYTES_MAX 64 /* of a word; longer ones are near to nothing but themselves */

typedef struct wpi_pattern {
    const char *word; /* borrowed */
    size_t bytes;
    size_t letters;
    uint32_t set;        /* as wpi_pattern_set() */
    uint64_t ascii[128]; /* where a letter stands: a bit for each place */
    uint32_t others[WPI_PATTERN_BYTES_MAX];
    uint64_t other_places[WPI_PATTERN_BYTES_MAX];
    size_t other_count;
} wpi_pattern;

void wpi_pattern_make(const char *word, size_t bytes, wpi_pattern *out);

/* At most `limit`; limit + 1 when it is more. */
unsigned wpi_pattern_distance(const wpi_pattern *pattern, const char *word, size_t bytes,
                              unsigned limit);

/* How many letters a word has. */
size_t wpi_pattern_letters(const char *word, size_t bytes);

/* A bit for each letter that occurs, letters sharing 32 bits. A wrong letter takes at most one bit
 * away and brings at most one, so most words are told apart without a distance. */
uint32_t wpi_pattern_set(const char *word, size_t bytes);

/* The places of those of some sets that have at most so many letters beside another set's, and lack
 * at most so many of them (0 to 2 each), ascending. `out` has room for all. Returns how many. */
size_t wpi_pattern_filter(const uint32_t *sets, size_t count, uint32_t set, unsigned added,
                          unsigned lost, uint32_t *out);

#endif
