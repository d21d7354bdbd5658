/*
 * Days and times as exports of address books and networks write them.
 */
#ifndef WARMPATH_IMPORT_STAMP_H
#define WARMPATH_IMPORT_STAMP_H

#include <stdbool.h>
#include <stdint.h>

/* A time, and the days it may mean: "Jul 2023" is a month, "2023" a year. */
typedef struct stamp {
    int64_t time_s; /* UTC; at the first midnight when no clock time is there */
    int32_t first_day;
    int32_t last_day;
    bool is_guessed; /* the day could be the month as well */
} stamp;

/*
 * "05 Mar 2024", "9-Mar-24", "Mar 5, 2024", "1/2/18, 3:04 PM", "2023-06-11 15:33:58 UTC",
 * "2023-06-11T15:33:58.000Z", "05.03.2024", "Jul 2023", "2023-07", "07/2023", "2023". Slashes have
 * the month first unless it can be none. Years of two digits are 1970..2069. Clock times are UTC.
 * False when it is none of these.
 */
bool stamp_parse(const char *text, stamp *out);

#endif
