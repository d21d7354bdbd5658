/*
 * Days and times as text: YYYY-MM-DD and RFC 3339, always UTC on output. Pure functions.
 */
#ifndef WARMPATH_TOOL_DATE_H
#define WARMPATH_TOOL_DATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define DATE_TEXT_BYTES 32 /* enough for either form with its NUL */

/* "2024-02-29" to days since 1970; false when it is not a day between 1970 and 9999. */
bool date_parse_day(const char *text, int32_t *day);

/* The day of a date in numbers; false when it is not a day between 1970 and 9999. */
bool date_of_numbers(int year, int month, int day, int32_t *out);

/*
 * "2024-02-29", "2024-02-29T12:30:00Z" or with an offset "+01:00" (a space may stand for the T, a
 * fraction of a second is cut off) to seconds since 1970; false when it is none of these.
 */
bool date_parse_time(const char *text, int64_t *time_s);

/* The day as YYYY-MM-DD; returns `out`. */
const char *date_format_day(int32_t day, char out[DATE_TEXT_BYTES]);

/* The time as YYYY-MM-DDThh:mm:ssZ; returns `out`. */
const char *date_format_time(int64_t time_s, char out[DATE_TEXT_BYTES]);

/* The UTC day that contains a time. */
int32_t date_of_time(int64_t time_s);

/* The time now, and the UTC day now. */
int64_t date_now(void);
int32_t date_today(void);

#endif
