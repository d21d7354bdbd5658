/*
 * The flag by which a caller stops work that goes on: set by another thread or a signal handler,
 * while we read it.
 */
#ifndef WPI_BASE_CANCEL_H
#define WPI_BASE_CANCEL_H

#include <stdbool.h>
#include <stddef.h>

/* A flag that is not there is never set. */
static inline bool wpi_is_cancelled(const volatile int *flag)
{
    return flag != NULL && __atomic_load_n(flag, __ATOMIC_RELAXED) != 0;
}

#endif
