/*
 * Edge lists: numbers, fields, rows.
 *
 * Numbers up to 2^53 with at most 22 decimal places are exact in one multiplication or division of
 * doubles (Clinger's fast path); the others go to GLib's strtod, which knows no locale.
 */
#include <glib.h>
#include <math.h>
#include <string.h>

#include "import/charset.h"
#include "import/edges.h"

#define ID_BYTES_MAX ((size_t)512)
#define NUMBER_BYTES_MAX 64

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool read_digits(const char **at, const char *end, uint64_t *mantissa, int *digits)
{
    const char *start = *at;
    for (; *at < end && is_digit(**at); (*at)++) {
        if (*digits < 19)
            *mantissa = *mantissa * 10 + (uint64_t)(**at - '0');
        *digits += *mantissa != 0 ? 1 : 0;
    }
    return *at > start;
}

static bool read_exponent(const char **at, const char *end, int *exponent)
{
    bool is_negative = false;
    int value = 0;
    if (*at == end || (**at != 'e' && **at != 'E'))
        return true;
    (*at)++;
    if (*at < end && (**at == '-' || **at == '+'))
        is_negative = *(*at)++ == '-';
    if (*at == end)
        return false;
    for (; *at < end && is_digit(**at); (*at)++)
        value = value < 10000 ? value * 10 + (**at - '0') : value;
    *exponent += is_negative ? -value : value;
    return true;
}

static double scale(uint64_t mantissa, int exponent)
{
    static const double powers[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                    1e8,  1e9,  1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
                                    1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
    return exponent < 0 ? (double)mantissa / powers[-exponent]
                        : (double)mantissa * powers[exponent];
}

bool edges_parse_number(const char *text, size_t length, edges_number *out)
{
    const char *at = text, *end = text + length;
    uint64_t mantissa = 0;
    int digits = 0, exponent = 0;
    bool is_negative = length > 0 && *at == '-';
    if (length > 0 && (*at == '-' || *at == '+'))
        at++;
    bool has_digits = read_digits(&at, end, &mantissa, &digits);
    out->is_integer = true;
    if (at < end && *at == '.') {
        out->is_integer = false;
        const char *fraction = ++at;
        has_digits |= read_digits(&at, end, &mantissa, &digits);
        exponent -= (int)(at - fraction);
    }
    if (!has_digits || length >= NUMBER_BYTES_MAX || !read_exponent(&at, end, &exponent) ||
        at != end)
        return false;
    out->is_integer = out->is_integer && exponent >= 0;
    if (digits <= 19 && mantissa <= (UINT64_C(1) << 53) && exponent >= -22 && exponent <= 22) {
        out->value = is_negative ? -scale(mantissa, exponent) : scale(mantissa, exponent);
        return true;
    }
    char copy[NUMBER_BYTES_MAX];
    memcpy(copy, text, length);
    copy[length] = '\0';
    out->value = g_ascii_strtod(copy, NULL);
    return isfinite(out->value);
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

bool edges_is_comment(const char *text, size_t length)
{
    size_t i = 0;
    while (i < length && is_blank(text[i]))
        i++;
    return i == length || text[i] == '#' || text[i] == '%';
}

/* The next field from *at on, trimmed of blanks and one pair of quotes; NULL: there is none. */
static char *cut_field(char delimiter, char **at, char *end, size_t *length)
{
    char *start = *at;
    while (start < end && is_blank(*start) && *start != delimiter)
        start++;
    while (delimiter == ' ' && start < end && is_blank(*start))
        start++;
    if (start >= end && (delimiter == ' ' || *at > end))
        return NULL;
    char *stop = start;
    if (delimiter == ' ')
        while (stop < end && !is_blank(*stop))
            stop++;
    else
        while (stop < end && *stop != delimiter)
            stop++;
    *at = stop + 1;
    while (stop > start && is_blank(stop[-1]))
        stop--;
    if (stop - start >= 2 && *start == '"' && stop[-1] == '"') {
        start++;
        stop--;
    }
    *length = (size_t)(stop - start);
    return start;
}

static bool check_id(const char *text, size_t length, verdict *what)
{
    if (length == 0)
        return verdict_skip(what, REASON_BAD_ID, "id is empty, expected 1..512 bytes");
    if (length > ID_BYTES_MAX)
        return verdict_skip(what, REASON_BAD_ID, "id has %zu bytes, expected 1..512", length);
    if (!charset_is_clean(text, length))
        return verdict_skip(what, REASON_BAD_ID, "id is '%.*s', expected UTF-8 without controls",
                            length > 60 ? 60 : (int)length, text);
    return true;
}

const char *edges_reading(const edges_shape *shape)
{
    switch (shape->weight) {
    case IMPORT_WEIGHT_P:
        return "p";
    case IMPORT_WEIGHT_COST:
        return shape->is_nats ? "cost in nats" : "cost in micro-nats";
    case IMPORT_WEIGHT_GUESS:
    case IMPORT_WEIGHT_NONE:
        break;
    }
    return "none";
}

static const char *expected_weight(const edges_shape *shape, bool is_odd_unit)
{
    if (shape->weight == IMPORT_WEIGHT_P)
        return "p in 0..1";
    if (is_odd_unit)
        return "a whole number, since the first rows of the file are costs in micro-nats";
    return shape->is_nats ? "a cost of 0..4294.967294 nats" : "a cost of 0..4294967294 micro-nats";
}

static bool set_weight(const edges_shape *shape, const char *text, size_t length, edge *out,
                       verdict *what)
{
    edges_number number;
    int shown = length > 60 ? 60 : (int)length;
    bool is_p = shape->weight == IMPORT_WEIGHT_P;
    bool is_number = edges_parse_number(text, length, &number);
    bool is_odd_unit = is_number && !is_p && !shape->is_nats && !number.is_integer;
    if (is_number && is_p && number.value >= 0.0 && number.value <= 1.0) {
        out->tie.p = number.value;
        return true;
    }
    bool is_cost = is_number && !is_p && !is_odd_unit;
    double cost = is_cost ? round(shape->is_nats ? number.value * 1e6 : number.value) : -1.0;
    if (cost >= 0.0 && cost < (double)UINT32_MAX) {
        out->tie.has_cost = true;
        out->tie.cost = (uint32_t)cost;
        return true;
    }
    return verdict_skip(what, REASON_BAD_WEIGHT, "weight is '%.*s', expected %s", shown, text,
                        expected_weight(shape, is_odd_unit));
}

bool edges_parse(const edges_shape *shape, char *text, size_t length, edge *out, verdict *what)
{
    char *at = text, *end = text + length;
    size_t weight_length = 0;
    char *weight = NULL;
    *out = (edge){.tie = {.p = 0.5}};
    char *from = cut_field(shape->delimiter, &at, end, &out->from_length);
    char *to = from == NULL ? NULL : cut_field(shape->delimiter, &at, end, &out->to_length);
    if (to == NULL)
        return verdict_skip(what, REASON_FEW_COLUMNS, "row is '%.60s', expected two columns", text);
    if (shape->weight != IMPORT_WEIGHT_NONE) {
        weight = cut_field(shape->delimiter, &at, end, &weight_length);
        if (weight == NULL)
            return verdict_skip(what, REASON_FEW_COLUMNS, "row is '%.60s', expected a weight",
                                text);
    }
    if (!check_id(from, out->from_length, what) || !check_id(to, out->to_length, what))
        return false;
    if (weight != NULL && !set_weight(shape, weight, weight_length, out, what))
        return false;
    from[out->from_length] = '\0';
    to[out->to_length] = '\0';
    out->from = from;
    out->to = to;
    if (out->from_length == out->to_length && memcmp(from, to, out->from_length) == 0)
        return verdict_skip(what, REASON_SELF_LOOP, "both ends are '%.60s'", from);
    return true;
}
