/*
 * Days and times as text.
 *
 * The calendar is the proleptic Gregorian one, computed by shifting the year to begin in March, so
 * that the leap day is its last (Howard Hinnant, "chrono-compatible low-level date algorithms").
 * Nothing here depends on the time zone or the locale of the process.
 */
#include "date.h"

#include <stdio.h>
#include <time.h>

#define DAY_SECONDS 86400

static int32_t days_of_civil(int32_t year, int32_t month, int32_t day)
{
    int32_t shifted = month <= 2 ? year - 1 : year;
    int32_t era = shifted / 400; /* years are positive here */
    int32_t year_of_era = shifted - era * 400;
    int32_t day_of_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
    int32_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;

    return era * 146097 + day_of_era - 719468;
}

static void civil_of_days(int32_t days, int *year, int *month, int *day)
{
    int32_t z = days + 719468;
    int32_t era = (z >= 0 ? z : z - 146096) / 146097;
    int32_t doe = z - era * 146097;
    int32_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
    int32_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    int32_t mp = (5 * doy + 2) / 153;

    *day = doy - (153 * mp + 2) / 5 + 1;
    *month = mp < 10 ? mp + 3 : mp - 9;
    *year = yoe + era * 400 + (*month <= 2 ? 1 : 0);
}

static int32_t month_days(int32_t year, int32_t month)
{
    static const int32_t lengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool is_leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

    return month == 2 && is_leap ? 29 : lengths[month - 1];
}

/* Exactly `count` digits at *at as a number; -1 when they are not there. Moves *at behind them. */
static int32_t read_digits(const char **at, int count)
{
    int32_t value = 0;

    for (int i = 0; i < count; i++) {
        char c = (*at)[i];
        if (c < '0' || c > '9')
            return -1;
        value = value * 10 + (c - '0');
    }
    *at += count;
    return value;
}

static bool read_separator(const char **at, char separator)
{
    if (**at != separator)
        return false;
    (*at)++;
    return true;
}

bool date_of_numbers(int year, int month, int day, int32_t *out)
{
    if (year < 1970 || year > 9999 || month < 1 || month > 12 || day < 1 ||
        day > month_days(year, month))
        return false;
    *out = days_of_civil(year, month, day);
    return true;
}

static bool read_day(const char **at, int32_t *day)
{
    int32_t year, month, day_of_month;

    if ((year = read_digits(at, 4)) < 0 || !read_separator(at, '-') ||
        (month = read_digits(at, 2)) < 0 || !read_separator(at, '-') ||
        (day_of_month = read_digits(at, 2)) < 0)
        return false;
    return date_of_numbers(year, month, day_of_month, day);
}

bool date_parse_day(const char *text, int32_t *day)
{
    int32_t found;

    if (!read_day(&text, &found) || *text != '\0')
        return false;
    *day = found;
    return true;
}

static bool read_clock(const char **at, int64_t *seconds)
{
    int32_t hour, minute, second;

    if ((hour = read_digits(at, 2)) < 0 || hour > 23 || !read_separator(at, ':'))
        return false;
    if ((minute = read_digits(at, 2)) < 0 || minute > 59 || !read_separator(at, ':'))
        return false;
    if ((second = read_digits(at, 2)) < 0 || second > 59)
        return false;
    if (read_separator(at, '.'))
        do {
            if (read_digits(at, 1) < 0)
                return false;
        } while (**at >= '0' && **at <= '9');
    *seconds = (int64_t)hour * 3600 + minute * 60 + second;
    return true;
}

static bool read_offset(const char **at, int64_t *seconds)
{
    int32_t hour, minute;
    int64_t sign = **at == '-' ? -1 : 1;

    *seconds = 0;
    if (read_separator(at, 'Z') || read_separator(at, 'z'))
        return true;
    if (**at != '+' && **at != '-')
        return false;
    (*at)++;
    if ((hour = read_digits(at, 2)) < 0 || hour > 23 || !read_separator(at, ':'))
        return false;
    if ((minute = read_digits(at, 2)) < 0 || minute > 59)
        return false;
    *seconds = sign * ((int64_t)hour * 3600 + minute * 60);
    return true;
}

bool date_parse_time(const char *text, int64_t *time_s)
{
    int32_t day;
    int64_t clock = 0, offset = 0;

    if (!read_day(&text, &day))
        return false;
    if (*text != '\0') {
        if (*text != 'T' && *text != 't' && *text != ' ')
            return false;
        text++;
        if (!read_clock(&text, &clock) || !read_offset(&text, &offset) || *text != '\0')
            return false;
    }
    if ((int64_t)day * DAY_SECONDS + clock - offset < 0)
        return false;
    *time_s = (int64_t)day * DAY_SECONDS + clock - offset;
    return true;
}

const char *date_format_day(int32_t day, char out[DATE_TEXT_BYTES])
{
    int year, month, day_of_month;

    civil_of_days(day, &year, &month, &day_of_month);
    (void)snprintf(out, DATE_TEXT_BYTES, "%04d-%02d-%02d", year, month, day_of_month);
    return out;
}

int32_t date_of_time(int64_t time_s)
{
    int64_t day = time_s / DAY_SECONDS;

    return (int32_t)(time_s % DAY_SECONDS < 0 ? day - 1 : day);
}

const char *date_format_time(int64_t time_s, char out[DATE_TEXT_BYTES])
{
    int year, month, day_of_month;
    int32_t day = date_of_time(time_s);
    int clock = (int)(time_s - (int64_t)day * DAY_SECONDS);

    civil_of_days(day, &year, &month, &day_of_month);
    (void)snprintf(out, DATE_TEXT_BYTES, "%04d-%02d-%02dT%02d:%02d:%02dZ", year, month,
                   day_of_month, clock / 3600, clock / 60 % 60, clock % 60);
    return out;
}

int64_t date_now(void)
{
    return (int64_t)time(NULL);
}

int32_t date_today(void)
{
    return date_of_time(date_now());
}
