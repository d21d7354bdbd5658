/*
 * Foreign text made fit for the database.
 *
 * Printable ASCII is the common case: it is passed over and copied as it is. Everything else goes
 * through utf8proc_iterate(), which refuses overlong forms and surrogates.
 */
#include "import/charset.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>

/* What 0x80..0x9f are in Windows-1252; the five that are nothing become U+FFFD. */
static const uint16_t windows_high[32] = {
    0x20ac, 0xfffd, 0x201a, 0x0192, 0x201e, 0x2026, 0x2020, 0x2021, 0x02c6, 0x2030, 0x0160,
    0x2039, 0x0152, 0xfffd, 0x017d, 0xfffd, 0xfffd, 0x2018, 0x2019, 0x201c, 0x201d, 0x2022,
    0x2013, 0x2014, 0x02dc, 0x2122, 0x0161, 0x203a, 0x0153, 0xfffd, 0x017e, 0x0178};

static bool is_control(int32_t code)
{
    return code < 0x20 || (code >= 0x7f && code <= 0x9f);
}

/* Bytes of the character at `at`, 0 when it is no UTF-8. */
static size_t decode(const char *at, size_t left, int32_t *code)
{
    if ((unsigned char)*at < 0x80) {
        *code = *at;
        return 1;
    }
    utf8proc_ssize_t bytes =
        utf8proc_iterate((const utf8proc_uint8_t *)at, (utf8proc_ssize_t)left, code);
    return bytes > 0 ? (size_t)bytes : 0;
}

static size_t encode(int32_t code, char *at)
{
    return (size_t)utf8proc_encode_char(code, (utf8proc_uint8_t *)at);
}

/* How many bytes at the beginning are printable ASCII. */
static size_t plain_bytes(const char *text, size_t length)
{
    size_t plain = 0;
    while (plain < length && text[plain] >= 0x20 && text[plain] < 0x7f)
        plain++;
    return plain;
}

bool charset_is_clean(const char *text, size_t length)
{
    for (size_t i = plain_bytes(text, length); i < length; i += plain_bytes(text + i, length - i)) {
        int32_t code = 0;
        size_t bytes = decode(text + i, length - i, &code);
        if (bytes == 0 || is_control(code))
            return false;
        i += bytes;
    }
    return true;
}

static bool is_utf8(const char *text, size_t length)
{
    for (size_t i = 0; i < length;) {
        int32_t code = 0;
        size_t bytes = decode(text + i, length - i, &code);
        if (bytes == 0)
            return false;
        i += bytes;
    }
    return true;
}

char *charset_repair(const char *text, size_t length)
{
    bool is_windows;
    return charset_guess(text, length, &is_windows);
}

char *charset_guess(const char *text, size_t length, bool *is_windows)
{
    size_t plain = plain_bytes(text, length), used = plain;
    bool is_decoded = is_utf8(text + plain, length - plain);
    *is_windows = !is_decoded;
    char *out = malloc(is_decoded ? length + 1 : 3 * length + 1);
    if (out == NULL)
        return NULL;
    memcpy(out, text, plain);
    for (size_t i = plain; i < length;) {
        int32_t code = (unsigned char)text[i];
        size_t bytes = is_decoded ? decode(text + i, length - i, &code) : 1;
        if (!is_decoded && code >= 0x80 && code < 0xa0)
            code = windows_high[code - 0x80];
        used += encode(is_control(code) ? ' ' : code, out + used);
        i += bytes;
    }
    out[used] = '\0';
    return out;
}

size_t charset_encode_windows(unsigned char byte, char *out)
{
    return encode(byte >= 0x80 && byte < 0xa0 ? windows_high[byte - 0x80] : byte, out);
}

/* Zero-width, bidirectional and byte-order characters: they only make equal names differ. */
static bool is_invisible(int32_t code)
{
    return (code >= 0x200b && code <= 0x200f) || (code >= 0x202a && code <= 0x202e) ||
           (code >= 0x2060 && code <= 0x206f) || code == 0xfeff || code == 0x00ad;
}

static bool is_blank(int32_t code)
{
    return code == ' ' || code == 0xa0 || code == 0x3000 || is_control(code);
}

size_t charset_squeeze(char *text)
{
    size_t length = strlen(text), used = 0;
    bool is_pending = false;
    if (plain_bytes(text, length) == length && memchr(text, ' ', length) == NULL)
        return length;
    for (size_t i = 0; i < length;) {
        int32_t code = 0;
        size_t bytes = decode(text + i, length - i, &code);
        if (bytes == 0) {
            text[0] = '\0';
            return 0;
        }
        i += bytes;
        if (is_blank(code)) {
            is_pending = used > 0;
        } else if (!is_invisible(code)) {
            if (is_pending)
                text[used++] = ' ';
            is_pending = false;
            used += encode(code, text + used);
        }
    }
    text[used] = '\0';
    return used;
}

bool charset_is_tidy_name(const char *text)
{
    size_t length = 0;
    char last = ' ';
    for (; text[length] >= ' ' && text[length] < 0x7f; last = text[length++])
        if (last == ' ' && text[length] == ' ')
            return false;
    return text[length] == '\0' && last != ' ' && length <= NAME_BYTES_MAX;
}

/* What cannot be seen goes first: it may part letters that only then are composed. */
bool charset_tidy_name(const char *text, char **out)
{
    char *plain = strdup(text);
    *out = NULL;
    if (plain == NULL)
        return false;
    size_t length = charset_squeeze(plain);
    char *name = plain;
    if (length > 0 && plain_bytes(plain, length) < length) {
        name = (char *)utf8proc_NFC((utf8proc_uint8_t *)plain);
        free(plain);
    }
    bool is_done = name != NULL;
    if (is_done && length > 0 && strlen(name) <= NAME_BYTES_MAX)
        *out = name;
    else
        free(name);
    return is_done;
}
