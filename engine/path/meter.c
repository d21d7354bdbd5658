/*
 * Polling the limits of a query: see meter.h. Messages say the limit, never what was searched.
 */
#include "path/meter.h"

#include "base/cancel.h"
#include "base/time.h"

void wpi_meter_start(wpi_meter *meter, const wp_limits *limits)
{
    *meter = (wpi_meter){.limits = *limits, .started_ms = wpi_time_monotonic_ms()};
}

wp_status wpi_meter_poll(wpi_meter *meter, wp_error *err)
{
    const wp_limits *limits = &meter->limits;
    if (wpi_is_cancelled(limits->cancel))
        return wpi_error_set(err, WP_ECANCELLED, "query was cancelled");
    if (limits->steps_max != 0 && meter->steps >= limits->steps_max)
        return wpi_error_set(err, WP_EBUDGET, "query reached its budget of %llu steps",
                             (unsigned long long)limits->steps_max);
    if (limits->memory_bytes_max != 0 && meter->memory_bytes > limits->memory_bytes_max)
        return wpi_error_set(err, WP_EBUDGET, "query reached its budget of %zu bytes",
                             limits->memory_bytes_max);
    if (limits->deadline_ms != 0 &&
        wpi_time_monotonic_ms() - meter->started_ms >= limits->deadline_ms)
        return wpi_error_set(err, WP_EDEADLINE, "query reached its deadline of %u ms",
                             limits->deadline_ms);
    return WP_OK;
}
