/*
 * What is in memory of a mapped file, and asking for more of it: hints alone, nothing fails.
 */
#ifndef WPI_BASE_RESIDENCE_H
#define WPI_BASE_RESIDENCE_H

#include <stdbool.h>
#include <stddef.h>

/* Whether the page with this byte can be read without waiting for the disk; true when that cannot
 * be told. Cost: a system call. */
bool wpi_residence_has(const void *byte);

/* Have the pages of these bytes read from the disk, without waiting for them. */
void wpi_residence_want(const void *memory, size_t bytes);

#endif
