/*
 * Days and the clock.
 *
 * A day is a whole UTC day; leap seconds do not exist in it, as in POSIX. Division rounds towards
 * the past, so that a moment before 1970 belongs to the day that contains it. Times beyond the
 * range of days give the first or last day: WP_TIME_NONE becomes WP_DAY_NONE. The monotonic clock
 * is for deadlines alone; its zero means nothing.
 */
#include "base/time.h"

#include <time.h>

int32_t wpi_time_day(int64_t time_s)
{
    int64_t day = time_s / WPI_DAY_SECONDS - (time_s % WPI_DAY_SECONDS < 0 ? 1 : 0);
    if (day < INT32_MIN)
        return INT32_MIN;
    return day > INT32_MAX ? INT32_MAX : (int32_t)day;
}

uint64_t wpi_time_monotonic_ms(void)
{
    struct timespec now;
    if (clock_gettime(CLOCK_MONOTONIC, &now) != 0)
        return 0; /* Cannot happen on Linux; a deadline then never passes. */
    return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}
