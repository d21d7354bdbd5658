/*
 * Values of CRM exports.
 *
 * What could be read in two ways is refused or said to be guessed: an amount that is off by a
 * thousand is worse than none.
 */
#include "import/crm_value.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "import/address.h"
#include "import/charset.h"
#include "import/fold.h"
#include "warmpath.h"

#include "warmpath/date.h"

#define DIGITS_MAX 18
#define AMOUNT_MAX 1e18 /* as many digits */
#define COUNT(array) (sizeof(array) / sizeof *(array))

/* Letters and digits of ASCII, whatever the locale. */
static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_capital(char c)
{
    return c >= 'A' && c <= 'Z';
}

static bool is_alphanumeric(char c)
{
    return is_digit(c) || is_capital(c) || (c >= 'a' && c <= 'z');
}

/* --- ids --- */

bool crm_salesforce_id(const char *text, char out[CRM_SALESFORCE_ID_BYTES])
{
    static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345";
    size_t length = strlen(text);
    out[0] = '\0';
    if (length != 15 && length != 18)
        return false;
    for (size_t i = 0; i < length; i++)
        if (!is_alphanumeric(text[i]))
            return false;
    char whole[CRM_SALESFORCE_ID_BYTES] = {0};
    memcpy(whole, text, 15);
    for (size_t part = 0; part < 3; part++) {
        unsigned bits = 0;
        for (size_t i = 0; i < 5; i++)
            bits |= is_capital(text[5 * part + i]) ? 1u << i : 0;
        whole[15 + part] = letters[bits];
    }
    if (length == 18 && strcasecmp(whole + 15, text + 15) != 0)
        return false;
    memcpy(out, whole, sizeof whole);
    return true;
}

bool crm_hubspot_id(const char *text, char out[CRM_HUBSPOT_ID_BYTES])
{
    size_t length = strlen(text);
    out[0] = '\0';
    if (length == 0 || length > 20 || strspn(text, "0123456789") != length)
        return false;
    snprintf(out, CRM_HUBSPOT_ID_BYTES, "hubspot:%s", text);
    return true;
}

/* --- days and times --- */

/* A number of at most `digits_max` digits; false: none. */
static bool take_number(const char **at, int digits_max, int *out)
{
    int digits = 0;
    for (*out = 0; is_digit(**at) && digits < digits_max; digits++)
        *out = 10 * *out + *(*at)++ - '0';
    return digits > 0 && !is_digit(**at);
}

static void skip_blanks(const char **at)
{
    while (**at == ' ' || **at == ',')
        (*at)++;
}

/* "14:37", "2:37 PM", "14:37:05.000", and a zone; nothing is midnight. Seconds of the day; in
 * *zone_s what is to be taken off for UTC. */
static bool take_clock(const char *at, int *seconds, int *zone_s)
{
    int hour = 0, minute = 0, second = 0, zone_hour = 0, zone_minute = 0;
    *seconds = *zone_s = 0;
    if (*at == '\0')
        return true;
    if (!take_number(&at, 2, &hour) || *at++ != ':' || !take_number(&at, 2, &minute))
        return false;
    if (*at == ':' && (at++, !take_number(&at, 2, &second)))
        return false;
    if (*at == '.')
        for (at++; is_digit(*at); at++)
            continue;
    skip_blanks(&at);
    bool is_afternoon = strncasecmp(at, "pm", 2) == 0;
    if (is_afternoon || strncasecmp(at, "am", 2) == 0) {
        if (hour < 1 || hour > 12)
            return false;
        hour = hour % 12 + (is_afternoon ? 12 : 0);
        at += 2;
    }
    if (*at == 'Z') {
        at++;
    } else if (*at == '+' || *at == '-') {
        int sign = *at++ == '+' ? 1 : -1;
        if (strlen(at) != 4 && !(strlen(at) == 5 && at[2] == ':'))
            return false;
        if (sscanf(at, at[2] == ':' ? "%2d:%2d" : "%2d%2d", &zone_hour, &zone_minute) != 2)
            return false;
        *zone_s = sign * (zone_hour * 3600 + zone_minute * 60);
        at += strlen(at);
    }
    *seconds = hour * 3600 + minute * 60 + second;
    return *at == '\0' && hour < 24 && minute < 60 && second < 61 && zone_hour < 15 &&
           zone_minute < 60;
}

/* The day in front: year first, or with points the day first, or with strokes the month. */
static crm_clarity take_day(const char **at, int date[3])
{
    crm_clarity clarity = CRM_CLEAR;
    int a, b, c;
    if (!take_number(at, 4, &a))
        return CRM_BAD;
    char separator = *(*at)++;
    if (strchr("-./", separator) == NULL || separator == '\0' || !take_number(at, 2, &b) ||
        *(*at)++ != separator || !take_number(at, 4, &c))
        return CRM_BAD;
    if (a > 999) {
        date[0] = a, date[1] = b, date[2] = c;
        return CRM_CLEAR;
    }
    if (c < 1000)
        return CRM_BAD;
    bool is_day_first = separator == '.' || (separator == '/' && a > 12);
    if (separator == '-')
        return CRM_BAD;
    if (separator == '/' && a <= 12 && b <= 12 && a != b)
        clarity = CRM_GUESSED;
    date[0] = c;
    date[1] = is_day_first ? b : a;
    date[2] = is_day_first ? a : b;
    return clarity;
}

crm_clarity crm_time(const char *text, int64_t *time_s)
{
    int date[3], seconds, zone_s;
    int32_t day;
    const char *at = text;
    *time_s = 0;
    crm_clarity clarity = take_day(&at, date);
    if (clarity == CRM_BAD || (*at != '\0' && *at != ' ' && *at != 'T' && *at != ','))
        return CRM_BAD;
    at += *at == 'T' ? 1 : 0;
    skip_blanks(&at);
    if (!date_of_numbers(date[0], date[1], date[2], &day) || !take_clock(at, &seconds, &zone_s))
        return CRM_BAD;
    *time_s = (int64_t)day * 86400 + seconds - zone_s;
    return *time_s < 0 ? CRM_BAD : clarity;
}

/* --- amounts --- */

/* The currency that a text around the number means; false: it means none. */
static bool read_currency(const char *text, size_t length, char currency[4])
{
    static const struct {
        const char *sign;
        const char *code;
    } signs[] = {{"€", "EUR"}, {"$", "USD"}, {"US$", "USD"}, {"£", "GBP"}, {"zł", "PLN"}};
    for (size_t i = 0; i < COUNT(signs); i++)
        if (strlen(signs[i].sign) == length && memcmp(signs[i].sign, text, length) == 0) {
            memcpy(currency, signs[i].code, 4);
            return true;
        }
    if (length != 3 || !is_capital(text[0]) || !is_capital(text[1]) || !is_capital(text[2]))
        return false;
    memcpy(currency, text, 3);
    currency[3] = '\0';
    return true;
}

/* Bytes of a blank at a place, no-break ones included; 0: none. */
static size_t blank_bytes(const char *at)
{
    if (*at == ' ')
        return 1;
    if (strncmp(at, "\xc2\xa0", 2) == 0)
        return 2;
    return strncmp(at, "\xe2\x80\xaf", 3) == 0 ? 3 : 0;
}

/* The number between signs, currency and blanks, its thousands still parted. False: there is more
 * than one number, or text that is no currency. */
static bool strip_amount(const char *text, char digits[64], bool *is_negative, char currency[4])
{
    size_t used = 0;
    bool is_over = false;
    currency[0] = '\0';
    *is_negative = false;
    for (const char *at = text; *at != '\0';) {
        size_t blank = blank_bytes(at), length = 0;
        if (blank > 0) {
            at += blank;
        } else if (is_digit(*at) || (strchr(".,'", *at) != NULL && used > 0)) {
            if (is_over || used == 63)
                return false;
            digits[used++] = *at++;
        } else if (strchr("-()", *at) != NULL) {
            *is_negative = *is_negative || *at != ')';
            is_over = used > 0;
            at++;
        } else {
            while (at[length] != '\0' && !is_digit(at[length]) &&
                   strchr(".,'-()", at[length]) == NULL && blank_bytes(at + length) == 0)
                length++;
            if (length == 0 || currency[0] != '\0' || !read_currency(at, length, currency))
                return false;
            is_over = used > 0;
            at += length;
        }
    }
    digits[used] = '\0';
    return used > 0;
}

/* The decimal separator of a number; '\0': none. False: it can be read in two ways. */
static bool find_decimal(const char *digits, bool has_point, char *decimal)
{
    const char *point = strrchr(digits, '.'), *comma = strrchr(digits, ',');
    *decimal = '\0';
    if (point != NULL && comma != NULL) {
        *decimal = point > comma ? '.' : ',';
        return strchr(digits, *decimal) == strrchr(digits, *decimal);
    }
    const char *only = point != NULL ? point : comma;
    if (only == NULL || strchr(digits, *only) != only)
        return true;
    bool is_thousand = strlen(only + 1) == 3 && only - digits <= 3 && digits[0] != '0';
    if (is_thousand && (*only == ',' || !has_point))
        return *only == ',';
    *decimal = *only;
    return true;
}

/* "1.25E7": Java's form of 10 million and more, which the Data Loader writes. */
static bool read_exponent(const char *text, double *amount)
{
    const char *at = text + (*text == '-' ? 1 : 0);
    size_t whole = strspn(at, "0123456789");
    size_t parts = at[whole] == '.' ? strspn(at + whole + 1, "0123456789") : 0;
    const char *exponent = at + whole + (parts > 0 ? parts + 1 : 0);
    size_t digits = *exponent == 'E' ? strspn(exponent + 1, "0123456789") : 0;
    if (whole != 1 || digits < 1 || digits > 2 || exponent[1 + digits] != '\0')
        return false;
    *amount = strtod(text, NULL);
    return fabs(*amount) < AMOUNT_MAX;
}

crm_clarity crm_amount(const char *text, bool has_point, double *amount, char currency[4])
{
    char digits[64], plain[64], decimal;
    bool is_negative;
    size_t used = 0, count = 0;
    currency[0] = '\0';
    if (has_point && read_exponent(text, amount))
        return CRM_CLEAR;
    *amount = NAN;
    if (!strip_amount(text, digits, &is_negative, currency) ||
        !find_decimal(digits, has_point, &decimal))
        return CRM_BAD;
    for (const char *at = digits; *at != '\0'; at++) {
        if (is_digit(*at))
            count++;
        if (is_digit(*at) || *at == decimal)
            plain[used++] = is_digit(*at) ? *at : '.';
        else if (!is_digit(at[1]) || !is_digit(at[2]) || !is_digit(at[3]) || is_digit(at[4]))
            return CRM_BAD; /* thousands are parted in threes */
    }
    plain[used] = '\0';
    if (count > DIGITS_MAX)
        return CRM_BAD;
    *amount = (is_negative ? -1.0 : 1.0) * strtod(plain, NULL);
    return CRM_CLEAR;
}

/* --- the rest --- */

bool crm_is_yes(const char *text)
{
    static const char *const yes[] = {"1",    "true", "yes",       "ja",  "wahr",   "oui",
                                      "vrai", "si",   "verdadero", "tak", "prawda", "x"};
    char folded[16];
    if (text == NULL || !fold_words(text, folded, sizeof folded))
        return false;
    for (size_t i = 0; i < COUNT(yes); i++)
        if (strcmp(yes[i], folded) == 0)
            return true;
    return false;
}

bool crm_domain(const char *text, char *out, size_t bytes)
{
    static const char *const shared[] = {
        "linkedin.com", "facebook.com", "twitter.com",   "x.com",        "instagram.com",
        "youtube.com",  "xing.com",     "google.com",    "github.com",   "medium.com",
        "wixsite.com",  "blogspot.com", "wordpress.com", "business.site"};
    const char *begin = strstr(text, "://");
    begin = begin == NULL ? text : begin + 3;
    if (strncasecmp(begin, "www.", 4) == 0)
        begin += 4;
    size_t length = strcspn(begin, "/:?#");
    bool is_page = begin[length] != '\0' && strcmp(begin + length, "/") != 0;
    out[0] = '\0';
    if (length == 0 || length >= bytes)
        return false;
    for (size_t i = 0; i < length; i++)
        out[i] = is_capital(begin[i]) ? (char)(begin[i] | 0x20) : begin[i];
    out[length] = '\0';
    length = charset_squeeze(out);
    if (strchr(out, '.') == NULL || !address_is_domain(out))
        return false;
    for (size_t i = 0; i < COUNT(shared); i++) {
        size_t tail = strlen(shared[i]);
        bool is_below = length > tail && out[length - tail - 1] == '.' &&
                        strcmp(out + length - tail, shared[i]) == 0;
        if (is_below || (is_page && strcmp(out, shared[i]) == 0))
            return false;
    }
    return !wp_domain_is_free(out);
}
