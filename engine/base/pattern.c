/*
 * The distance of words: see pattern.h.
 *
 * The rows of the table are those of the prepared word, one bit each; the columns are the letters
 * of the other word, taken one after another. `up` and `down` say where the next row of a column is
 * larger or smaller by one, so the last row's value is followed by looking at one bit a column.
 */
#include "base/pattern.h"

#include <assert.h>
#include <stdbool.h>
#include <string.h>
#if defined(__x86_64__)
#include <immintrin.h>
#endif

static bool is_inside(unsigned char byte)
{
    return (byte & 0xC0) == 0x80; /* of a character of several bytes */
}

/* The letter at *at, which is moved behind it: a number that equal letters share. */
static uint32_t next_letter(const char **at, const char *end)
{
    uint32_t letter = (unsigned char)*(*at)++;
    if (letter < 0x80)
        return letter;
    while (*at < end && is_inside((unsigned char)**at))
        letter = letter << 6 | ((unsigned char)*(*at)++ & 0x3F);
    return letter;
}

size_t wpi_pattern_letters(const char *word, size_t bytes)
{
    const char *at = word, *end = word + bytes;
    size_t count = 0;
    for (; at < end; count++)
        (void)next_letter(&at, end);
    return count;
}

uint32_t wpi_pattern_set(const char *word, size_t bytes)
{
    const char *at = word, *end = word + bytes;
    uint32_t set = 0;
    while (at < end)
        set |= UINT32_C(1) << (next_letter(&at, end) & 31);
    return set;
}

static uint64_t *places_of(wpi_pattern *pattern, uint32_t letter)
{
    size_t i = 0;
    if (letter < 128)
        return &pattern->ascii[letter];
    while (i < pattern->other_count && pattern->others[i] != letter)
        i++;
    if (i == pattern->other_count) {
        pattern->others[pattern->other_count++] = letter;
        pattern->other_places[i] = 0;
    }
    return &pattern->other_places[i];
}

void wpi_pattern_make(const char *word, size_t bytes, wpi_pattern *out)
{
    const char *at = word, *end = word + bytes;
    out->word = word;
    out->bytes = bytes;
    out->letters = 0;
    out->other_count = 0;
    out->set = wpi_pattern_set(word, bytes);
    memset(out->ascii, 0, sizeof out->ascii);
    if (bytes > WPI_PATTERN_BYTES_MAX)
        return;
    while (at < end)
        *places_of(out, next_letter(&at, end)) |= UINT64_C(1) << out->letters++;
}

static uint64_t find_places(const wpi_pattern *pattern, uint32_t letter)
{
    if (letter < 128)
        return pattern->ascii[letter];
    for (size_t i = 0; i < pattern->other_count; i++)
        if (pattern->others[i] == letter)
            return pattern->other_places[i];
    return 0;
}

/* The last row's value after all columns; the word has a letter at least. */
static unsigned walk_columns(const wpi_pattern *pattern, const char *word, size_t bytes)
{
    const char *at = word, *end = word + bytes;
    uint64_t up = UINT64_MAX, down = 0, diagonal = 0, before = 0;
    unsigned value = (unsigned)pattern->letters;
    assert(pattern->letters >= 1 && pattern->letters <= 64);
    uint64_t last = UINT64_C(1) << (pattern->letters - 1);
    while (at < end) {
        uint64_t places = find_places(pattern, next_letter(&at, end));
        uint64_t swaps = ((~diagonal & places) << 1) & before;
        diagonal = (((places & up) + up) ^ up) | places | down | swaps;
        uint64_t right_up = down | ~(diagonal | up), right_down = diagonal & up;
        value += (right_up & last) != 0;
        value -= (right_down & last) != 0;
        right_up = right_up << 1 | 1;
        right_down <<= 1;
        up = right_down | ~(diagonal | right_up);
        down = right_up & diagonal;
        before = places;
    }
    return value;
}

unsigned wpi_pattern_distance(const wpi_pattern *pattern, const char *word, size_t bytes,
                              unsigned limit)
{
    if (pattern->bytes == bytes && (bytes == 0 || memcmp(pattern->word, word, bytes) == 0))
        return 0;
    if (pattern->bytes > WPI_PATTERN_BYTES_MAX || bytes > WPI_PATTERN_BYTES_MAX)
        return limit + 1;
    unsigned distance = pattern->letters == 0 ? (unsigned)wpi_pattern_letters(word, bytes)
                                              : walk_columns(pattern, word, bytes);
    return distance > limit ? limit + 1 : distance;
}

/* Whether a set has at most so many letters, 0 to 2. Counting bits is a call on some processors. */
static bool has_few(uint32_t set, unsigned most)
{
    for (; most > 0; most--)
        set &= set - 1;
    return set == 0;
}

static size_t filter_each(const uint32_t *sets, size_t from, size_t to, uint32_t set,
                          unsigned added, unsigned lost, uint32_t *out)
{
    size_t found = 0;
    for (size_t i = from; i < to; i++)
        if (has_few(sets[i] & ~set, added) && has_few(set & ~sets[i], lost))
            out[found++] = (uint32_t)i;
    return found;
}

#if defined(__x86_64__)
#define WIDE 8u

__attribute__((target("avx2"))) static inline __m256i without_one(__m256i sets)
{
    return _mm256_and_si256(sets, _mm256_add_epi32(sets, _mm256_set1_epi32(-1)));
}

/* Eight sets at a time, as many as there are such groups. */
__attribute__((target("avx2"))) static size_t filter_wide(const uint32_t *sets, size_t count,
                                                          uint32_t set, unsigned added,
                                                          unsigned lost, uint32_t *out)
{
    const __m256i own = _mm256_set1_epi32((int)set);
    size_t found = 0;
    for (size_t i = 0; i + WIDE <= count; i += WIDE) {
        __m256i other = _mm256_loadu_si256((const __m256i *)(const void *)(sets + i));
        __m256i more = _mm256_andnot_si256(own, other), less = _mm256_andnot_si256(other, own);
        for (unsigned j = 0; j < added; j++)
            more = without_one(more);
        for (unsigned j = 0; j < lost; j++)
            less = without_one(less);
        __m256i fits = _mm256_cmpeq_epi32(_mm256_or_si256(more, less), _mm256_setzero_si256());
        unsigned left = (unsigned)_mm256_movemask_ps(_mm256_castsi256_ps(fits));
        for (; left != 0; left &= left - 1)
            out[found++] = (uint32_t)i + (uint32_t)__builtin_ctz(left);
    }
    return found;
}
#endif

size_t wpi_pattern_filter(const uint32_t *sets, size_t count, uint32_t set, unsigned added,
                          unsigned lost, uint32_t *out)
{
    size_t done = 0, found = 0;
    assert(added <= 2 && lost <= 2);
#if defined(__x86_64__)
    if (__builtin_cpu_supports("avx2")) {
        found = filter_wide(sets, count, set, added, lost, out);
        done = count - count % WIDE;
    }
#endif
    return found + filter_each(sets, done, count, set, added, lost, out + found);
}
