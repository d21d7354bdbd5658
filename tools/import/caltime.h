/*
 * Times as calendars write them: a clock on a wall, which a time zone makes an instant.
 *
 * A local time is counted in seconds since 1970 as if the wall were in Greenwich. Only functions of
 * numbers; zones are in zone.h.
 */
#ifndef WARMPATH_IMPORT_CALTIME_H
#define WARMPATH_IMPORT_CALTIME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define DAY_SECONDS 86400

/* A value of DTSTART and its like. */
typedef struct caltime {
    int64_t local_s;
    bool is_date;     /* a whole day: local_s is its midnight */
    bool is_utc;      /* written with a Z */
    const char *tzid; /* borrowed; NULL: none, a floating time unless is_utc */
} caltime;

typedef struct civil {
    int year, month, day; /* month and day from 1 */
} civil;

int64_t caltime_days(civil date);
civil caltime_civil(int64_t days);
bool caltime_is_leap(int year);
int caltime_month_days(int year, int month);
/* The whole days in a number of seconds, rounded down. */
int64_t caltime_day_of(int64_t seconds);

/* "20240301", "20240301T120000", "20240301T120000Z" of the years 1..9999, blanks around allowed;
 * a leap second is the one before it. False: it is none of these, or no such day or time. */
bool caltime_parse(const char *text, caltime *out);

/* The seconds that "+0100" or "-003000" stand for. */
bool caltime_parse_offset(const char *text, int32_t *out);

/* "20240301T120000Z" */
#define CALTIME_TEXT_BYTES 32
const char *caltime_format(int64_t utc_s, char out[CALTIME_TEXT_BYTES]);

#endif
