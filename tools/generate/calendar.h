/*
 * Days and times as mail writes them. Pure integer arithmetic, Gregorian calendar, no time zone
 * database: a zone is a number of minutes east of UTC.
 */
#ifndef WARMPATH_GENERATE_CALENDAR_H
#define WARMPATH_GENERATE_CALENDAR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CALENDAR_DAY_S 86400
#define CALENDAR_TEXT_BYTES 48 /* enough for every text written here */

/* "2026-03-31" to days since 1970-01-01; false when it is no day between 1970 and 9999. */
bool calendar_parse_day(const char *text, int32_t *day);

/* Whether the day is Monday to Friday. */
bool calendar_is_workday(int32_t day);

/* "2026-03-31" */
const char *calendar_day_text(int32_t day, char out[CALENDAR_TEXT_BYTES]);

/* "2026-03-31T09:30:00Z" */
const char *calendar_time_text(int64_t time_s, char out[CALENDAR_TEXT_BYTES]);

/* "20260331093000", as it stands in message ids */
const char *calendar_stamp_text(int64_t time_s, char out[CALENDAR_TEXT_BYTES]);

/* "Tue, 31 Mar 2026 11:30:00 +0200": the Date header of somebody in that zone */
const char *calendar_mail_text(int64_t time_s, int zone_min, char out[CALENDAR_TEXT_BYTES]);

/* "Tue Mar 31 09:30:00 2026": the end of an mbox separator, UTC */
const char *calendar_mbox_text(int64_t time_s, char out[CALENDAR_TEXT_BYTES]);

#endif
