/*
 * The meter of one query: steps, deadline, memory and the cancel flag in one place.
 *
 * Every tie looked at is a step, and so is every move of a search that settles people without a
 * look at their ties. The clock and the flag are polled every 256 steps, so that a query stops
 * within a fraction of a millisecond of its deadline.
 */
#ifndef WPI_PATH_METER_H
#define WPI_PATH_METER_H

#include "base/status.h"

typedef struct wpi_meter {
    wp_limits limits;
    uint64_t started_ms;
    uint64_t steps;
    size_t memory_bytes; /* reported by the search */
} wpi_meter;

void wpi_meter_start(wpi_meter *meter, const wp_limits *limits);

/* The slow part of a step. */
wp_status wpi_meter_poll(wpi_meter *meter, wp_error *err);

/* Count one step. WP_EBUDGET, WP_EDEADLINE or WP_ECANCELLED end the search with what it has. */
static inline wp_status wpi_meter_step(wpi_meter *meter, wp_error *err)
{
    meter->steps++;
    if ((meter->steps & 255) != 0 && meter->steps != meter->limits.steps_max)
        return WP_OK;
    return wpi_meter_poll(meter, err);
}

/* Poll after a list of so many ties was counted at once, when a multiple of 256 was passed. */
static inline wp_status wpi_meter_poll_at(wpi_meter *meter, uint64_t counted, wp_error *err)
{
    if ((meter->steps & 255) >= counted && meter->limits.steps_max == 0)
        return WP_OK;
    return wpi_meter_poll(meter, err);
}

/* Whether a status means that a limit was reached and partial results stand. */
static inline bool wpi_meter_is_limit(wp_status status)
{
    return status == WP_EBUDGET || status == WP_EDEADLINE || status == WP_ECANCELLED;
}

#endif
