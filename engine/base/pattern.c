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
