/*
 * The date of an mbox envelope line, in the forms that programs have written it: asctime()'s
 * `Sat Jan  3 01:05:34 1996`, mail's `Sat, 3 Jan 1996 01:05:34 +0100`, ISO 8601's
 * `1996-01-03T01:05:34Z`; with or without seconds and weekday, zones before or after the year,
 * `remote from HOST` behind it.
 *
 * The form decides where a mail box splits, so it is strict about what a date is made of; it knows
 * nothing of the lines around it.
 */
#ifndef WARMPATH_IMPORT_ENVELOPE_H
#define WARMPATH_IMPORT_ENVELOPE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef enum envelope_form {
    ENVELOPE_NONE = 0, /* the text does not end in a date */
    ENVELOPE_DATED,    /* in another form than the next */
    ENVELOPE_ASCTIME   /* weekday and month first, as nearly all programs write it */
} envelope_form;

/*
 * Find the date that ends a text (sender, then date): a day with its month and year, and a time of
 * day. *time_s is UTC unless the zone is numeric; WP_TIME_NONE when there is no date, or when its
 * day or time does not exist or lies before 1970.
 */
envelope_form envelope_parse(const char *text, size_t length, int64_t *time_s);

/* Whether a text without a date can name a sender: it is one word, has an address, or is empty. */
bool envelope_is_sender(const char *text, size_t length);

/* Whether a text looks more like a sender and a date than like prose: an address alone or with a
 * time of day, or a time with seconds. For telling of lines that were not taken. */
bool envelope_is_likely(const char *text, size_t length);

#endif
