/*
 * UTF-8 text: validity. Folding and lower case are in text_fold.c.
 *
 * Validity is what the rest of the engine relies on: whatever is stored has passed it, so that
 * nothing behind the border meets half a character, a control character or a terminal escape.
 */
#include "base/text.h"

#include <assert.h>

#include "base/utf8.h"

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
        if (*at >= 0x20 && *at < 0x7F) {
            at++;
            continue;
        }
        uint32_t character = wpi_utf8_decode(&at, end);
        bool is_control = character < 0x20 || (character >= 0x7F && character <= 0x9F);
        if (is_control || character == WPI_UTF8_INVALID)
            return false;
    }
    return true;
}
