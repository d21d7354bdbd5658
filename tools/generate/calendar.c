/*
 * Days and times as mail writes them.
 *
 * The conversion between days and dates is the classical one that begins the year in March, so
 * that the leap day is the last day of a year (Hinnant, "chrono-compatible low-level date
 * algorithms"). Nothing before 1970 occurs here, which keeps the divisions simple.
 */
#include "calendar.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

typedef struct date {
    int year;
    int month; /* 1..12 */
    int day;   /* 1..31 */
} date;

static const char *const weekday_names[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
static const char *const month_names[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                          "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

static date date_of_day(int32_t day)
{
    int32_t since_0000 = day + 719468; /* from 0000-03-01 */
    int32_t era = since_0000 / 146097;
    int32_t of_era = since_0000 % 146097;
    int32_t year = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
    int32_t of_year = of_era - (365 * year + year / 4 - year / 100);
    int32_t month = (5 * of_year + 2) / 153; /* 0 is March */
    date out;
    out.day = of_year - (153 * month + 2) / 5 + 1;
    out.month = month < 10 ? month + 3 : month - 9;
    out.year = year + era * 400 + (out.month <= 2 ? 1 : 0);
    return out;
}

static int32_t day_of_date(date given)
{
    int32_t year = given.year - (given.month <= 2 ? 1 : 0);
    int32_t era = year / 400;
    int32_t of_era = year % 400;
    int32_t month = given.month > 2 ? given.month - 3 : given.month + 9;
    int32_t of_year = (153 * month + 2) / 5 + given.day - 1;
    return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

/* The number written with exactly `digits` digits, or -1. */
static int number_of(const char *text, int digits)
{
    int number = 0;
    for (int i = 0; i < digits; i++) {
        if (text[i] < '0' || text[i] > '9')
            return -1;
        number = number * 10 + (text[i] - '0');
    }
    return number;
}

bool calendar_parse_day(const char *text, int32_t *day)
{
    if (strlen(text) != 10 || text[4] != '-' || text[7] != '-')
        return false;
    date given = {number_of(text, 4), number_of(text + 5, 2), number_of(text + 8, 2)};
    if (given.year < 1970 || given.month < 1 || given.month > 12 || given.day < 1)
        return false;
    int32_t number = day_of_date(given);
    /* A day that the month does not have comes back as one of the next month. */
    if (given.day > 31 || date_of_day(number).month != given.month)
        return false;
    *day = number;
    return true;
}

static int weekday_of_day(int32_t day)
{
    return (int)((day + 4) % 7); /* 1970-01-01 was a Thursday */
}

bool calendar_is_workday(int32_t day)
{
    int weekday = weekday_of_day(day);
    return weekday != 0 && weekday != 6;
}

/* A time taken apart in some zone. */
typedef struct clock_reading {
    date on;
    int weekday;
    int hour;
    int minute;
    int second;
} clock_reading;

static clock_reading reading_of(int64_t time_s, int zone_min)
{
    int64_t local_s = time_s + (int64_t)zone_min * 60;
    assert(local_s >= 0);
    int32_t day = (int32_t)(local_s / CALENDAR_DAY_S);
    int in_day_s = (int)(local_s % CALENDAR_DAY_S);
    clock_reading out = {date_of_day(day), weekday_of_day(day), in_day_s / 3600, in_day_s / 60 % 60,
                         in_day_s % 60};
    return out;
}

const char *calendar_day_text(int32_t day, char out[CALENDAR_TEXT_BYTES])
{
    date on = date_of_day(day);
    snprintf(out, CALENDAR_TEXT_BYTES, "%04d-%02d-%02d", on.year, on.month, on.day);
    return out;
}

const char *calendar_time_text(int64_t time_s, char out[CALENDAR_TEXT_BYTES])
{
    clock_reading at = reading_of(time_s, 0);
    snprintf(out, CALENDAR_TEXT_BYTES, "%04d-%02d-%02dT%02d:%02d:%02dZ", at.on.year, at.on.month,
             at.on.day, at.hour, at.minute, at.second);
    return out;
}

const char *calendar_stamp_text(int64_t time_s, char out[CALENDAR_TEXT_BYTES])
{
    clock_reading at = reading_of(time_s, 0);
    snprintf(out, CALENDAR_TEXT_BYTES, "%04d%02d%02d%02d%02d%02d", at.on.year, at.on.month,
             at.on.day, at.hour, at.minute, at.second);
    return out;
}

const char *calendar_mail_text(int64_t time_s, int zone_min, char out[CALENDAR_TEXT_BYTES])
{
    clock_reading at = reading_of(time_s, zone_min);
    int east_min = zone_min < 0 ? -zone_min : zone_min;
    snprintf(out, CALENDAR_TEXT_BYTES, "%s, %d %s %04d %02d:%02d:%02d %c%02d%02d",
             weekday_names[at.weekday], at.on.day, month_names[at.on.month - 1], at.on.year,
             at.hour, at.minute, at.second, zone_min < 0 ? '-' : '+', east_min / 60, east_min % 60);
    return out;
}

const char *calendar_mbox_text(int64_t time_s, char out[CALENDAR_TEXT_BYTES])
{
    clock_reading at = reading_of(time_s, 0);
    snprintf(out, CALENDAR_TEXT_BYTES, "%s %s %2d %02d:%02d:%02d %04d", weekday_names[at.weekday],
             month_names[at.on.month - 1], at.on.day, at.hour, at.minute, at.second, at.on.year);
    return out;
}
