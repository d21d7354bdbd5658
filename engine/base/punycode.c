/*
 * Punycode: see punycode.h. The names of the parameters and of the steps are those of RFC 3492,
 * sections 5 and 6.
 */
#include "base/punycode.h"

#include <stdint.h>
#include <string.h>

#include "base/text.h"
#include "base/utf8.h"

enum { BASE = 36, T_MIN = 1, T_MAX = 26, SKEW = 38, DAMP = 700, BIAS = 72, FIRST = 0x80 };
#define LABEL_MAX ((size_t)63)
#define LABEL_BYTES_MAX (WPI_UTF8_BYTES_MAX * LABEL_MAX + 1)

/* The value of a digit; BASE: it is none. */
static uint32_t digit_of(char c)
{
    if (c >= 'a' && c <= 'z')
        return (uint32_t)(c - 'a');
    return c >= '0' && c <= '9' ? (uint32_t)(c - '0') + 26 : BASE;
}

static uint32_t adapt(uint32_t delta, uint32_t points, bool is_first)
{
    uint32_t k = 0;
    delta = is_first ? delta / DAMP : delta / 2;
    delta += delta / points;
    for (; delta > (BASE - T_MIN) * T_MAX / 2; k += BASE)
        delta /= BASE - T_MIN;
    return k + (BASE - T_MIN + 1) * delta / (delta + SKEW);
}

/* Read a number of variable length; false when it is cut off, no digits, or too large. */
static bool read_delta(const char **at, const char *end, uint32_t bias, uint32_t *i)
{
    uint64_t weight = 1, value = *i;
    for (uint32_t k = BASE;; k += BASE) {
        uint32_t digit = *at < end ? digit_of(*(*at)++) : BASE;
        uint32_t t = k <= bias + T_MIN ? T_MIN : k >= bias + T_MAX ? T_MAX : k - bias;
        if (digit == BASE)
            return false;
        value += digit * weight;
        if (value > INT32_MAX)
            return false;
        if (digit < t)
            break;
        weight *= BASE - t;
        if (weight > INT32_MAX)
            return false;
    }
    *i = (uint32_t)value;
    return true;
}

/* The characters of a label without its "xn--"; 0 when it stands for none. */
static size_t decode(const char *label, size_t bytes, uint32_t points[LABEL_MAX])
{
    size_t count = 0, basic = bytes;
    uint32_t n = FIRST, i = 0, bias = BIAS;
    while (basic > 0 && label[basic - 1] != '-')
        basic--;
    for (; count + 1 < basic; count++)
        points[count] = (unsigned char)label[count];
    for (const char *at = label + basic, *end = label + bytes; at < end; i++) {
        uint32_t before = i;
        if (count == LABEL_MAX || !read_delta(&at, end, bias, &i))
            return 0;
        count++;
        bias = adapt(i - before, (uint32_t)count, before == 0);
        n += i / (uint32_t)count;
        i %= (uint32_t)count;
        if (n > 0x10FFFF || (n >= 0xD800 && n < 0xE000))
            return 0;
        memmove(points + i + 1, points + i, (count - 1 - i) * sizeof *points);
        points[i] = n;
    }
    return n == FIRST ? 0 : count; /* of letters of ASCII alone: another name for another label */
}

/* The bytes of a dot between labels, as keyboards of several scripts write it; 0: none. */
static size_t dot_bytes(const char *at)
{
    static const char *const others[] = {"\u3002", "\uFF0E", "\uFF61"};
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        if (strncmp(at, others[i], 3) == 0)
            return 3;
    return *at == '.' ? 1 : 0;
}

static bool has_dot(const char *text)
{
    while (*text != '\0' && dot_bytes(text) == 0)
        text++;
    return *text != '\0';
}

/* What a label stands for, as text in small letters; 0: nothing that a domain has. */
static size_t expand_label(const char *label, size_t bytes, char out[LABEL_BYTES_MAX])
{
    uint32_t points[LABEL_MAX];
    char text[LABEL_BYTES_MAX];
    size_t used = 0;
    if (bytes <= 4 || bytes > LABEL_MAX || memcmp(label, "xn--", 4) != 0)
        return 0;
    for (size_t i = 0; i < bytes; i++)
        if ((unsigned char)label[i] >= FIRST)
            return 0;
    size_t count = decode(label + 4, bytes - 4, points);
    for (size_t i = 0; i < count; i++)
        used += wpi_utf8_encode(points[i], text + used);
    text[used] = '\0';
    if (used == 0 || !wpi_text_is_valid(text, used) || has_dot(text))
        return 0;
    wpi_text_lower(text, out, LABEL_BYTES_MAX);
    return strlen(out);
}

void wpi_punycode_expand(char *domain, size_t bytes_max)
{
    char out[1024], label[LABEL_BYTES_MAX];
    size_t used = 0;
    for (const char *at = domain; *at != '\0';) {
        size_t bytes = 0;
        while (at[bytes] != '\0' && dot_bytes(at + bytes) == 0)
            bytes++;
        size_t length = expand_label(at, bytes, label), dot = dot_bytes(at + bytes);
        const char *text = length > 0 ? label : at;
        length = length > 0 ? length : bytes;
        if (used + length + 1 > bytes_max || used + length + 1 >= sizeof out)
            return;
        memcpy(out + used, text, length);
        used += length;
        if (dot > 0)
            out[used++] = '.';
        at += bytes + dot;
    }
    memcpy(domain, out, used);
    domain[used] = '\0';
}
