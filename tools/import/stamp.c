/*
 * Days and times of exports.
 *
 * The text is cut into at most three parts, numbers or names of months, whose order follows from
 * what they are and from the character between them; what is left is a clock time.
 */
#include "import/stamp.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "warmpath/date.h"

#define PARTS_MAX 3
#define DAY_SECONDS 86400

typedef struct part {
    int value;      /* a number, or a month from 1 */
    int digits;     /* 0: the name of a month */
    char separator; /* behind it */
} part;

static void skip_blanks(const char **at)
{
    while (**at == ' ')
        (*at)++;
}

static bool take_number(const char **at, part *out)
{
    for (; isdigit((unsigned char)**at); (*at)++) {
        if (out->digits++ == 4)
            return false;
        out->value = 10 * out->value + (**at - '0');
    }
    return out->digits > 0;
}

static bool take_month(const char **at, part *out)
{
    static const char names[] = "janfebmaraprmayjunjulaugsepoctnovdec";
    for (int month = 1; month <= 12 && out->value == 0; month++)
        if (strncasecmp(*at, names + 3 * (month - 1), 3) == 0)
            out->value = month;
    while (isalpha((unsigned char)**at))
        (*at)++;
    return out->value > 0;
}

/* The parts of the date; *count: how many. False: something else stands there. */
static bool take_parts(const char **at, part parts[PARTS_MAX], int *count)
{
    for (*count = 0; *count < PARTS_MAX && **at != '\0'; (*count)++) {
        part *to = &parts[*count];
        *to = (part){0};
        const char *before = *at;
        bool is_number = isdigit((unsigned char)**at);
        if (is_number ? !take_number(at, to) : !take_month(at, to))
            return false;
        if (**at == ':') { /* a clock time behind a month or year */
            *at = before;
            return *count > 0;
        }
        to->separator = **at;
        if (**at != '\0' && strchr(*count == 2 ? "-/. ,T" : "-/. ,", **at) == NULL)
            return false;
        *at += **at != '\0' && **at != ' ' && **at != ',' ? 1 : 0;
        while (*count + 1 < PARTS_MAX && **at == ',')
            (*at)++;
        skip_blanks(at);
    }
    return *count > 0;
}

static int full_year(const part *from)
{
    if (from->digits == 4)
        return from->value;
    return from->digits != 2 ? 0 : from->value >= 70 ? 1900 + from->value : 2000 + from->value;
}

/* Which part is what, when there are three. */
static bool order(const part parts[PARTS_MAX], int *year, int *month, int *day)
{
    int at_year = 2, at_month = 1, at_day = 0;
    if (parts[0].digits == 4) {
        at_year = 0;
        at_day = 2;
    } else if (parts[0].digits == 0 || (parts[0].separator == '/' && parts[0].value <= 12)) {
        at_month = 0;
        at_day = 1;
    }
    bool has_months = parts[at_year].digits > 0 && parts[at_day].digits > 0;
    *year = full_year(&parts[at_year]);
    *month = parts[at_month].value;
    *day = parts[at_day].value;
    return has_months && *year > 0;
}

/* The day before a month begins. */
static bool day_before(int year, int month, int32_t *out)
{
    bool is_next_year = month > 12;
    if (!date_of_numbers(is_next_year ? year + 1 : year, is_next_year ? 1 : month, 1, out))
        return false;
    (*out)--;
    return true;
}

static bool read_days(const part parts[PARTS_MAX], int count, stamp *out)
{
    int year, month, day;
    if (count == 3) {
        if (!order(parts, &year, &month, &day) ||
            !date_of_numbers(year, month, day, &out->first_day))
            return false;
        out->last_day = out->first_day;
        out->is_guessed = parts[0].separator == '/' && parts[0].digits > 0 && parts[0].digits < 4 &&
                          parts[0].value <= 12 && parts[1].value <= 12 &&
                          parts[0].value != parts[1].value;
        return true;
    }
    bool has_month = count == 2, is_year_first = has_month && parts[0].digits == 4;
    const part *of_year = &parts[is_year_first ? 0 : count - 1];
    const part *of_month = &parts[is_year_first ? 1 : 0];
    if (of_year->digits != 4 || (has_month && of_month->digits > 2))
        return false;
    month = has_month ? of_month->value : 1;
    return date_of_numbers(of_year->value, month, 1, &out->first_day) &&
           day_before(of_year->value, has_month ? month + 1 : 13, &out->last_day);
}

/* One or two digits. */
static bool take_digits(const char **at, int *out)
{
    int digits = 0;
    for (*out = 0; digits < 2 && isdigit((unsigned char)**at); digits++)
        *out = 10 * *out + (*(*at)++ - '0');
    return digits > 0;
}

/* "3:04 PM", "15:33:58 UTC", or nothing. */
static bool read_clock(const char *at, int *seconds)
{
    int hour, minute, second = 0;
    *seconds = 0;
    while (*at == ' ' || *at == ',')
        at++;
    if (*at == '\0')
        return true;
    if (!take_digits(&at, &hour) || *at++ != ':' || !take_digits(&at, &minute) || hour > 23 ||
        minute > 59)
        return false;
    if (*at == ':' && (at++, !take_digits(&at, &second) || second > 59))
        return false;
    if (*at == '.')
        for (at++; isdigit((unsigned char)*at); at++)
            continue;
    skip_blanks(&at);
    bool is_before = strncasecmp(at, "am", 2) == 0, is_after = strncasecmp(at, "pm", 2) == 0;
    if ((is_before || is_after) && (hour < 1 || hour > 12))
        return false;
    if (is_before || is_after)
        hour = hour % 12 + (is_after ? 12 : 0);
    at += is_before || is_after ? 2 : 0;
    at += strncasecmp(at, "utc", 3) == 0 ? 3 : *at == 'Z' ? 1 : 0;
    *seconds = hour * 3600 + minute * 60 + second;
    return *at == '\0';
}

bool stamp_parse(const char *text, stamp *out)
{
    part parts[PARTS_MAX];
    int count = 0, seconds = 0;
    out->is_guessed = false;
    skip_blanks(&text);
    if (!take_parts(&text, parts, &count) || !read_days(parts, count, out) ||
        !read_clock(text, &seconds))
        return false;
    out->time_s = (int64_t)out->first_day * DAY_SECONDS + seconds;
    return true;
}
