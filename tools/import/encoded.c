/*
 * Encoded words in headers (RFC 2047).
 *
 * GMime decodes them, but takes the padding of a base64 word for the end of all that follow, and
 * programs cut long texts into words with paddings of their own, some within a character. So words
 * of one charset that follow each other are first made one.
 */
#include "import/encoded.h"

#include <gmime/gmime.h>
#include <stdbool.h>
#include <string.h>
#include <strings.h>

/* "=?charset?B?data?=" */
typedef struct word {
    const char *charset;
    size_t charset_bytes; /* without a language */
    bool is_base64;
    const char *data;
    size_t data_bytes;
    const char *end; /* behind it */
} word;

static bool read_word(const char *at, word *out)
{
    if (strncmp(at, "=?", 2) != 0)
        return false;
    out->charset = at + 2;
    size_t charset = strcspn(out->charset, "? \t");
    const char *kind = out->charset + charset;
    out->charset_bytes = strcspn(out->charset, "*?");
    if (charset == 0 || *kind != '?' || kind[1] == '\0' || strchr("BbQq", kind[1]) == NULL ||
        kind[2] != '?')
        return false;
    out->is_base64 = kind[1] == 'B' || kind[1] == 'b';
    out->data = kind + 3;
    const char *close = strstr(out->data, "?=");
    if (close == NULL)
        return false;
    out->data_bytes = (size_t)(close - out->data);
    out->end = close + 2;
    return true;
}

/* The next word, if only blanks stand before it and it has the same charset. */
static bool read_next(const word *before, word *out)
{
    return read_word(before->end + strspn(before->end, " \t\r\n"), out) &&
           out->charset_bytes == before->charset_bytes &&
           strncasecmp(out->charset, before->charset, out->charset_bytes) == 0;
}

static void add_bytes(const word *from, GByteArray *to)
{
    gint state = 0;
    guint save = 0;
    guint before = to->len;
    g_byte_array_set_size(to, before + (guint)from->data_bytes + 3);
    if (from->is_base64) {
        to->len = before + (guint)g_base64_decode_step(from->data, from->data_bytes,
                                                       to->data + before, &state, &save);
        return;
    }
    to->len = before;
    for (const char *at = from->data; at < from->data + from->data_bytes; at++) {
        bool is_code = *at == '=' && from->data + from->data_bytes - at > 2 &&
                       g_ascii_isxdigit(at[1]) && g_ascii_isxdigit(at[2]);
        int value = is_code ? g_ascii_xdigit_value(at[1]) * 16 + g_ascii_xdigit_value(at[2]) : *at;
        to->data[to->len++] = (guint8)(*at == '_' ? ' ' : value);
        at += is_code ? 2 : 0;
    }
}

/* Add a word and those that go on with it as one; returns what stands behind them. */
static const char *add_run(const char *at, word first, GString *out)
{
    word next;
    if (!read_next(&first, &next)) {
        g_string_append_len(out, at, first.end - at);
        return first.end;
    }
    GByteArray *bytes = g_byte_array_new();
    word last = first;
    add_bytes(&first, bytes);
    while (read_next(&last, &next)) {
        add_bytes(&next, bytes);
        last = next;
    }
    char *data = g_base64_encode(bytes->data, bytes->len);
    g_string_append_printf(out, "=?%.*s?B?%s?=", (int)first.charset_bytes, first.charset, data);
    g_free(data);
    g_byte_array_free(bytes, TRUE);
    return last.end;
}

char *encoded_decode(const char *raw)
{
    word first;
    const char *begin = strstr(raw, "=?");
    if (begin == NULL || strstr(begin + 2, "=?") == NULL)
        return g_mime_utils_header_decode_text(NULL, raw);
    GString *joined = g_string_sized_new(strlen(raw) + 1);
    for (const char *at = raw; *at != '\0';) {
        size_t plain = read_word(at, &first) ? 0 : 1 + strcspn(at + 1, "=");
        g_string_append_len(joined, at, (gssize)plain);
        at = plain > 0 ? at + plain : add_run(at, first, joined);
    }
    char *decoded = g_mime_utils_header_decode_text(NULL, joined->str);
    g_string_free(joined, TRUE);
    return decoded;
}
