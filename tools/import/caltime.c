/*
 * Times as calendars write them.
 *
 * Days are counted by years that begin in March, where the leap day is the last: then a date is a
 * sum without tables (Hinnant, "chrono-compatible low-level date algorithms").
 */
#include "import/caltime.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#define ERA_DAYS 146097 /* of 400 years */

int64_t caltime_days(civil date)
{
    int64_t year = date.month <= 2 ? date.year - 1 : date.year;
    int64_t era = (year >= 0 ? year : year - 399) / 400;
    int64_t year_of_era = year - era * 400;
    int64_t day_of_year = (153 * (date.month + (date.month > 2 ? -3 : 9)) + 2) / 5 + date.day - 1;
    return era * ERA_DAYS + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year -
           719468;
}

civil caltime_civil(int64_t days)
{
    civil out;
    days += 719468;
    int64_t era = (days >= 0 ? days : days - (ERA_DAYS - 1)) / ERA_DAYS;
    int64_t day_of_era = days - era * ERA_DAYS;
    int64_t year =
        (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / (ERA_DAYS - 1)) / 365;
    int64_t day_of_year = day_of_era - (365 * year + year / 4 - year / 100);
    int64_t month = (5 * day_of_year + 2) / 153;
    out.day = (int)(day_of_year - (153 * month + 2) / 5 + 1);
    out.month = (int)(month < 10 ? month + 3 : month - 9);
    out.year = (int)(year + era * 400 + (out.month <= 2 ? 1 : 0));
    return out;
}

bool caltime_is_leap(int year)
{
    return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

int caltime_month_days(int year, int month)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    return month == 2 && caltime_is_leap(year) ? 29 : days[month - 1];
}

int64_t caltime_day_of(int64_t seconds)
{
    return seconds / DAY_SECONDS - (seconds % DAY_SECONDS < 0 ? 1 : 0);
}

/* A number of exactly `count` digits; -1: it is none. */
static int read_digits(const char *text, size_t count)
{
    int value = 0;
    for (size_t i = 0; i < count; i++) {
        if (text[i] < '0' || text[i] > '9')
            return -1;
        value = value * 10 + (text[i] - '0');
    }
    return value;
}

/* "120000" in seconds; -1: no such time. */
static int read_clock(const char *text)
{
    int hour = read_digits(text, 2);
    int minute = hour < 0 ? -1 : read_digits(text + 2, 2);
    int second = minute < 0 ? -1 : read_digits(text + 4, 2);
    if (hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 60)
        return -1;
    return hour * 3600 + minute * 60 + (second == 60 ? 59 : second);
}

bool caltime_parse(const char *text, caltime *out)
{
    text += strspn(text, " \t");
    size_t length = strlen(text);
    while (length > 0 && isspace((unsigned char)text[length - 1]))
        length--;
    if (length != 8 && length != 15 && !(length == 16 && text[15] == 'Z'))
        return false;
    civil date = {read_digits(text, 4), read_digits(text + 4, 2), read_digits(text + 6, 2)};
    if (date.year < 1 || date.month < 1 || date.month > 12 || date.day < 1 ||
        date.day > caltime_month_days(date.year, date.month))
        return false;
    int clock = length == 8 ? 0 : text[8] == 'T' ? read_clock(text + 9) : -1;
    *out = (caltime){.local_s = caltime_days(date) * DAY_SECONDS + clock,
                     .is_date = length == 8,
                     .is_utc = length == 16};
    return clock >= 0;
}

bool caltime_parse_offset(const char *text, int32_t *out)
{
    text += strspn(text, " \t");
    size_t length = strlen(text);
    while (length > 0 && isspace((unsigned char)text[length - 1]))
        length--;
    if ((length != 5 && length != 7) || (text[0] != '+' && text[0] != '-'))
        return false;
    int hour = read_digits(text + 1, 2), minute = read_digits(text + 3, 2);
    int second = length == 7 ? read_digits(text + 5, 2) : 0;
    if (hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 59)
        return false;
    *out = hour * 3600 + minute * 60 + second;
    *out = text[0] == '-' ? -*out : *out;
    return true;
}

const char *caltime_format(int64_t utc_s, char out[CALTIME_TEXT_BYTES])
{
    int64_t days = caltime_day_of(utc_s);
    civil date = caltime_civil(days);
    int clock = (int)(utc_s - days * DAY_SECONDS);
    snprintf(out, CALTIME_TEXT_BYTES, "%04d%02d%02dT%02d%02d%02dZ", date.year, date.month, date.day,
             clock / 3600, clock / 60 % 60, clock % 60);
    return out;
}
