/*
 * UTF-8 text: validity, ASCII lower case, distance between words. Folding is in text_fold.c.
 *
 * Validity is what the rest of the engine relies on: whatever is stored has passed it, so that
 * nothing behind the border meets half a character, a control character or a terminal escape.
 *
 * The distance is Damerau's in the form "optimal string alignment": no part is edited twice. It
 * counts bytes, which for folded text are letters in all but a few scripts. Three rows of the
 * usual table suffice because a swap looks back two rows; rows are left early when all of a row is
 * beyond the limit, since values never fall again further down.
 */
#include "base/text.h"

#include <assert.h>
#include <string.h>

#include "base/utf8.h"

#define DISTANCE_LENGTH_MAX 64

/* The length of a character by its first byte and the bits that byte carries; 0 if it is none. */
static size_t sequence_length(unsigned char lead, uint32_t *bits)
{
    if (lead >= 0xC2 && lead <= 0xDF) {
        *bits = lead & 0x1Fu;
        return 2;
    }
    if (lead >= 0xE0 && lead <= 0xEF) {
        *bits = lead & 0x0Fu;
        return 3;
    }
    if (lead >= 0xF0 && lead <= 0xF4) {
        *bits = lead & 0x07u;
        return 4;
    }
    *bits = lead;
    return lead < 0x80 ? 1 : 0;
}

uint32_t wpi_utf8_decode(const unsigned char **at, const unsigned char *end)
{
    static const uint32_t least[WPI_UTF8_BYTES_MAX + 1] = {0, 0, 0x80, 0x800, 0x10000};
    assert(*at < end);
    const unsigned char *first = (*at)++;
    uint32_t character;
    size_t length = sequence_length(*first, &character);
    if (length == 0 || (size_t)(end - first) < length)
        return WPI_UTF8_INVALID;
    for (size_t i = 1; i < length; i++) {
        if ((first[i] & 0xC0) != 0x80)
            return WPI_UTF8_INVALID;
        character = character << 6 | (first[i] & 0x3Fu);
    }
    bool is_surrogate = character >= 0xD800 && character <= 0xDFFF;
    if (character < least[length] || character > 0x10FFFF || is_surrogate)
        return WPI_UTF8_INVALID;
    *at = first + length;
    return character;
}

size_t wpi_utf8_encode(uint32_t character, char *out)
{
    if (character < 0x80) {
        out[0] = (char)character;
        return 1;
    }
    size_t length = character < 0x800 ? 2 : character < 0x10000 ? 3 : 4;
    static const unsigned char lead[WPI_UTF8_BYTES_MAX + 1] = {0, 0, 0xC0, 0xE0, 0xF0};
    for (size_t i = length - 1; i > 0; i--, character >>= 6)
        out[i] = (char)(0x80 | (character & 0x3F));
    out[0] = (char)(lead[length] | character);
    return length;
}

bool wpi_text_is_valid(const char *text, size_t length)
{
    const unsigned char *at = (const unsigned char *)text;
    const unsigned char *end = at + length;
    while (at < end) {
        uint32_t character = wpi_utf8_decode(&at, end);
        bool is_control = character < 0x20 || (character >= 0x7F && character <= 0x9F);
        if (is_control || character == WPI_UTF8_INVALID)
            return false;
    }
    return true;
}

void wpi_text_lower_ascii(const char *text, char *out, size_t capacity)
{
    assert(capacity > 0);
    size_t length = strlen(text);
    if (length >= capacity) {
        length = capacity - 1;
        while (length > 0 && ((unsigned char)text[length] & 0xC0) == 0x80)
            length--; /* Cut in front of a character, not inside it. */
    }
    for (size_t i = 0; i < length; i++)
        out[i] = (char)(text[i] >= 'A' && text[i] <= 'Z' ? text[i] - 'A' + 'a' : text[i]);
    out[length] = '\0';
}

static unsigned least_of(unsigned a, unsigned b)
{
    return a < b ? a : b;
}

/* The rows of the table around the byte a[i - 1]. */
typedef struct distance_rows {
    unsigned char *before_last;
    unsigned char *last;
    unsigned char *row;
} distance_rows;

/* Fill rows->row; returns its least value. */
static unsigned fill_row(const distance_rows *rows, const char *a, size_t i, const char *b,
                         size_t b_length)
{
    unsigned least = (unsigned)i;
    rows->row[0] = (unsigned char)i;
    for (size_t j = 1; j <= b_length; j++) {
        unsigned value = rows->last[j - 1] + (a[i - 1] == b[j - 1] ? 0u : 1u);
        value = least_of(value, rows->last[j] + 1u);
        value = least_of(value, rows->row[j - 1] + 1u);
        bool is_swap = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
        if (is_swap)
            value = least_of(value, rows->before_last[j - 2] + 1u);
        rows->row[j] = (unsigned char)value;
        least = least_of(least, value);
    }
    return least;
}

unsigned wpi_text_distance(const char *a, size_t a_length, const char *b, size_t b_length,
                           unsigned limit)
{
    if (a_length == b_length && (a_length == 0 || memcmp(a, b, a_length) == 0))
        return 0;
    size_t difference = a_length > b_length ? a_length - b_length : b_length - a_length;
    if (a_length > DISTANCE_LENGTH_MAX || b_length > DISTANCE_LENGTH_MAX || difference > limit)
        return limit + 1;
    unsigned char memory[3][DISTANCE_LENGTH_MAX + 1];
    distance_rows rows = {memory[0], memory[1], memory[2]};
    for (size_t j = 0; j <= b_length; j++)
        rows.last[j] = rows.before_last[j] = (unsigned char)j;
    unsigned least_before = 0;
    for (size_t i = 1; i <= a_length; i++) {
        unsigned least = fill_row(&rows, a, i, b, b_length);
        if (least > limit && least_before > limit)
            return limit + 1; /* A swap reaches back two rows, so both must be beyond. */
        least_before = least;
        rows = (distance_rows){rows.last, rows.row, rows.before_last};
    }
    unsigned distance = rows.last[b_length];
    return distance > limit ? limit + 1 : distance;
}
