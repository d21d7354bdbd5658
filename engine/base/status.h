/*
 * Status propagation and error messages.
 *
 * The lowest function that knows the reason fills the caller's wp_error; nobody overwrites it.
 * Messages are one line, no period, seen and expected, without personal data.
 */
#ifndef WPI_BASE_STATUS_H
#define WPI_BASE_STATUS_H

#include "warmpath.h"

/* Return a failure at once; for functions that own nothing yet. */
#define WPI_TRY(call)                                                                              \
    do {                                                                                           \
        wp_status try_status_ = (call);                                                            \
        if (try_status_ != WP_OK)                                                                  \
            return try_status_;                                                                    \
    } while (0)

/* Store the status in a local `status` and go to the one label `out` on failure. */
#define WPI_TRY_OUT(call)                                                                          \
    do {                                                                                           \
        status = (call);                                                                           \
        if (status != WP_OK)                                                                       \
            goto out;                                                                              \
    } while (0)

/* Fill `err` (may be NULL) and return `status`, so that it can stand in a return statement. */
wp_status wpi_error_set(wp_error *err, wp_status status, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

#endif
