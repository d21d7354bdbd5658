/*
 * The Date of a message.
 */
#ifndef WARMPATH_IMPORT_MAIL_DATE_H
#define WARMPATH_IMPORT_MAIL_DATE_H

#include <stdbool.h>
#include <stdint.h>

/* Read a date of RFC 5322 or of a form near it. *has_clock: it tells the time of day, else it is
 * read as midnight. False: it is none, or none since 1970. */
bool mail_date_parse(const char *text, int64_t *time_s, bool *has_clock);

#endif
