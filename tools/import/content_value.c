/*
 * Content lines: parameters and values decoded.
 *
 * A charset that iconv does not know, or bytes that are not in it, leave the bytes as they are for
 * charset_repair(), which makes clean UTF-8 of anything.
 */
#include <ctype.h>
#include <errno.h>
#include <iconv.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "import/charset.h"
#include "import/content.h"

static bool is_encoding(const char *word)
{
    return strcasecmp(word, "QUOTED-PRINTABLE") == 0 || strcasecmp(word, "BASE64") == 0 ||
           strcasecmp(word, "8BIT") == 0 || strcasecmp(word, "7BIT") == 0;
}

/* Copy at most `room` - 1 bytes without blanks around them. */
static void copy_trimmed(const char *text, size_t length, char *out, size_t room)
{
    while (length > 0 && isspace((unsigned char)*text)) {
        text++;
        length--;
    }
    while (length > 0 && isspace((unsigned char)text[length - 1]))
        length--;
    length = length < room ? length : room - 1;
    memmove(out, text, length);
    out[length] = '\0';
}

/* A value up to the comma or semicolon that closes it; returns the place of that. */
static const char *read_value(const char *at, char out[CONTENT_PARAM_BYTES])
{
    size_t used = 0;
    bool is_inside = false;
    for (; *at != '\0' && (is_inside || (*at != ';' && *at != ',')); at++) {
        char c = *at;
        if (c == '"') {
            is_inside = !is_inside;
            continue;
        }
        if (c == '^' && (at[1] == 'n' || at[1] == '^' || at[1] == '\'')) {
            at++;
            c = *at == 'n' ? ' ' : *at == '^' ? '^' : '"';
        }
        /* Values are written so, and some programs write parameters so, too. */
        if (c == '\\' && at[1] == ',')
            c = *++at;
        if (used + 1 < CONTENT_PARAM_BYTES)
            out[used++] = c;
    }
    copy_trimmed(out, used, out, CONTENT_PARAM_BYTES);
    return at;
}

bool content_param_next(const char **at, content_param *out)
{
    const char *text = *at;
    /* A comma: the next value of the list whose name is still in `out`. */
    if (*text != ',') {
        text += strspn(text, "; \t");
        if (*text == '\0')
            return false;
        size_t length = strcspn(text, "=;,\"");
        bool has_name = text[length] == '=';
        copy_trimmed(has_name ? text : "TYPE", has_name ? length : 4, out->name, sizeof out->name);
        for (char *c = out->name; *c != '\0'; c++)
            *c = (char)toupper((unsigned char)*c);
        *at = read_value(has_name ? text + length + 1 : text, out->value);
        if (!has_name && is_encoding(out->value))
            copy_trimmed("ENCODING", 8, out->name, sizeof out->name);
        return true;
    }
    *at = read_value(text + 1, out->value);
    return true;
}

bool content_param_get(const content_line *line, const char *name, content_param *out)
{
    const char *at = line->params;
    while (content_param_next(&at, out))
        if (strcmp(out->name, name) == 0)
            return true;
    return false;
}

bool content_param_has(const content_line *line, const char *name, const char *value)
{
    content_param param;
    const char *at = line->params;
    while (content_param_next(&at, &param))
        if (strcmp(param.name, name) == 0 && strcasecmp(param.value, value) == 0)
            return true;
    return false;
}

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c = (char)(c | 0x20);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Decode quoted-printable in place; what is no code stays. Returns the length. */
static size_t decode_quoted(char *text, size_t length)
{
    size_t used = 0;
    for (size_t i = 0; i < length; i++) {
        int high = text[i] == '=' && i + 2 < length ? hex_digit(text[i + 1]) : -1;
        int low = high >= 0 ? hex_digit(text[i + 2]) : -1;
        text[used++] = low >= 0 ? (char)(high * 16 + low) : text[i];
        i += low >= 0 ? 2 : 0;
    }
    return used;
}

/* A copy in UTF-8; NULL with errno ENOMEM or, when the charset does not fit, anything else. */
static char *convert(const char *charset, char *text, size_t length, size_t *out_length)
{
    size_t room = 4 * length + 1, left = room;
    iconv_t converter = iconv_open("UTF-8", charset);
    if (converter == (iconv_t)-1)
        return NULL;
    char *out = malloc(room), *at = out;
    size_t failed = out == NULL ? (size_t)-1 : iconv(converter, &text, &length, &at, &left);
    int failure = out == NULL ? ENOMEM : errno;
    iconv_close(converter);
    if (failed == (size_t)-1) {
        free(out);
        errno = failure;
        return NULL;
    }
    *out_length = room - left;
    return out;
}

char *content_decode(const content_line *line, bool *is_guessed)
{
    content_param charset;
    size_t length = line->value_bytes;
    char *bytes = malloc(length + 1), *converted = NULL;
    if (bytes == NULL)
        return NULL;
    memcpy(bytes, line->value, length);
    bool is_quoted = content_param_has(line, "ENCODING", "QUOTED-PRINTABLE");
    if (is_quoted)
        length = decode_quoted(bytes, length);
    bool is_declared = (is_quoted || !line->is_utf8) &&
                       content_param_get(line, "CHARSET", &charset) && charset.value[0] != '\0';
    if (is_declared)
        converted = convert(charset.value, bytes, length, &length);
    char *clean = charset_guess(converted == NULL ? bytes : converted, length, is_guessed);
    free(converted);
    free(bytes);
    return clean;
}

bool content_component(const char *text, char separator, size_t index, char *out)
{
    size_t used = 0;
    for (; *text != '\0' && !(*text == separator && index == 0); text++) {
        char c = *text;
        if (c == separator) {
            index--;
            continue;
        }
        if (c == '\\' && text[1] != '\0') {
            text++;
            c = *text == 'n' || *text == 'N' ? ' ' : *text;
        }
        if (index == 0)
            out[used++] = c;
    }
    copy_trimmed(out, used, out, used + 1);
    return index == 0;
}

void content_decode_mailto(char *text)
{
    char *to = text;
    for (const char *at = text; *at != '\0' && *at != '?'; at++) {
        int high = *at == '%' ? hex_digit(at[1]) : -1;
        int low = high >= 0 ? hex_digit(at[2]) : -1;
        *to++ = low >= 0 ? (char)(high * 16 + low) : *at;
        at += low >= 0 ? 2 : 0;
    }
    *to = '\0';
}
