/*
 * The date of an mbox envelope line: `Thu Nov  1 11:19:12 2001`, which asctime() writes, with the
 * additions of other programs (a zone before or after the year, seconds left out).
 *
 * The form decides where a mail box splits, so it is strict about what stands where; it knows
 * nothing of the lines around it.
 */
#ifndef WARMPATH_IMPORT_ENVELOPE_H
#define WARMPATH_IMPORT_ENVELOPE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Find the date that ends a text (sender, then date). False when there is none of the form. *time_s
 * is WP_TIME_NONE when the form is right and the day or time does not exist.
 */
bool envelope_parse_date(const char *text, size_t length, int64_t *time_s);

#endif
