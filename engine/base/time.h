/*
 * Days and the clock.
 */
#ifndef WPI_BASE_TIME_H
#define WPI_BASE_TIME_H

#include <stdint.h>

#include "warmpath.h"

#define WPI_DAY_SECONDS 86400
#define WPI_DAY_MAX ((int32_t)(WP_TIME_MAX / WPI_DAY_SECONDS))

/* The UTC day that contains a time; rounds towards the past for times before 1970. */
int32_t wpi_time_day(int64_t time_s);

/* Milliseconds of a clock that never goes back. */
uint64_t wpi_time_monotonic_ms(void);

#endif
