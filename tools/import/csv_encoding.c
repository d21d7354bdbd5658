/*
 * Encodings of delimited text.
 *
 * ASCII is passed over eight bytes at a time. The places of a file in UTF-16 are counted back from
 * its text: every character of up to three bytes was one unit, those of four bytes were two.
 */
#include "import/csv_encoding.h"

#include <string.h>
#include <utf8proc.h>

#include "import/charset.h"

#define ZERO_SAMPLE_BYTES ((size_t)256)

size_t csv_ascii_bytes(const char *text, size_t length)
{
    size_t at = 0;
    for (; at + 8 <= length; at += 8) {
        uint64_t word;
        memcpy(&word, text + at, sizeof word);
        if ((word & UINT64_C(0x8080808080808080)) != 0)
            break;
    }
    while (at < length && (unsigned char)text[at] < 0x80)
        at++;
    return at;
}

size_t csv_utf8_bytes(const char *text, size_t length)
{
    size_t at = csv_ascii_bytes(text, length);
    while (at < length) {
        utf8proc_int32_t character;
        utf8proc_ssize_t bytes = utf8proc_iterate((const utf8proc_uint8_t *)text + at,
                                                  (utf8proc_ssize_t)(length - at), &character);
        if (bytes <= 0)
            break;
        at += (size_t)bytes;
        at += csv_ascii_bytes(text + at, length - at);
    }
    return at;
}

/* ASCII in UTF-16 has a zero in every other place; nothing else that is text has any. */
static csv_encoding count_zeros(const char *head, size_t bytes)
{
    size_t zeros[2] = {0, 0};
    size_t sample = bytes < ZERO_SAMPLE_BYTES ? bytes & ~(size_t)1 : ZERO_SAMPLE_BYTES;
    for (size_t i = 0; i < sample; i++)
        zeros[i % 2] += head[i] == '\0' ? 1 : 0;
    bool is_wide =
        sample >= 8 && (zeros[0] == 0) != (zeros[1] == 0) && zeros[0] + zeros[1] >= sample / 4;
    if (!is_wide)
        return CSV_UTF8;
    return zeros[1] > 0 ? CSV_UTF16_LE : CSV_UTF16_BE;
}

csv_encoding csv_marked_encoding(const char *head, size_t bytes, size_t *mark_bytes)
{
    *mark_bytes = 0;
    if (bytes >= 3 && memcmp(head, "\xef\xbb\xbf", 3) == 0) {
        *mark_bytes = 3;
        return CSV_UTF8;
    }
    if (bytes >= 2 && (memcmp(head, "\xff\xfe", 2) == 0 || memcmp(head, "\xfe\xff", 2) == 0)) {
        *mark_bytes = 2;
        return *head == '\xff' ? CSV_UTF16_LE : CSV_UTF16_BE;
    }
    return count_zeros(head, bytes);
}

size_t csv_from_windows(const char *text, size_t length, char *out)
{
    size_t written = 0;
    for (size_t i = 0; i < length; i++)
        written += charset_encode_windows((unsigned char)text[i], out + written);
    return written;
}

/* Three bytes for a half of a pair too, which utf8proc would not write. */
static size_t encode(uint32_t character, char *out)
{
    if (character >= 0xd800 && character < 0xe000) {
        out[0] = (char)(0xe0 | (character >> 12));
        out[1] = (char)(0x80 | ((character >> 6) & 0x3f));
        out[2] = (char)(0x80 | (character & 0x3f));
        return 3;
    }
    return (size_t)utf8proc_encode_char((utf8proc_int32_t)character, (utf8proc_uint8_t *)out);
}

static uint32_t unit(const char *raw, bool is_big)
{
    uint32_t first = (unsigned char)raw[0], second = (unsigned char)raw[1];
    return is_big ? first << 8 | second : second << 8 | first;
}

size_t csv_from_utf16(const char *raw, size_t bytes, bool is_big, bool is_last, char *out,
                      size_t *used)
{
    size_t written = 0, at = 0;
    while (at + 2 <= bytes) {
        uint32_t character = unit(raw + at, is_big);
        bool is_pair = character >= 0xd800 && character < 0xdc00;
        if (is_pair && at + 4 > bytes && !is_last)
            break;
        uint32_t second = is_pair && at + 4 <= bytes ? unit(raw + at + 2, is_big) : 0;
        is_pair = is_pair && second >= 0xdc00 && second < 0xe000;
        if (is_pair)
            character = 0x10000 + ((character - 0xd800) << 10) + (second - 0xdc00);
        written += encode(character, out + written);
        at += is_pair ? 4 : 2;
    }
    if (is_last && at < bytes) {
        out[written++] = '\xff';
        at = bytes;
    }
    *used = at;
    return written;
}

uint64_t csv_utf16_bytes(const char *text, size_t length)
{
    uint64_t units = 0;
    for (size_t i = 0; i < length; i++) {
        unsigned char byte = (unsigned char)text[i];
        units += (byte & 0xc0) != 0x80 ? 1 : 0;
        units += byte >= 0xf0 && byte != 0xff ? 1 : 0;
    }
    return 2 * units;
}
