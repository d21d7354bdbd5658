/*
 * Recurrence rules (RFC 5545, RRULE), expanded in local time.
 *
 * Written here because a rule from outside must end: the iterators of the common libraries look for
 * the next occurrence inside one call, and for "every second of every 30 February" that call does
 * not return. Here every day or instant looked at is a step, and steps are paid from a budget.
 *
 * The first occurrence is always the start itself, as RFC 5545 says of DTSTART and COUNT, also when
 * the rule alone would not name it. RSCALE and SKIP are refused.
 */
#ifndef WARMPATH_IMPORT_RECUR_H
#define WARMPATH_IMPORT_RECUR_H

#include "import/caltime.h"

#define RECUR_DAYS_MAX 64 /* entries of BYDAY with a number */

typedef enum recur_unit {
    RECUR_SECOND = 0,
    RECUR_MINUTE,
    RECUR_HOUR,
    RECUR_DAY,
    RECUR_WEEK,
    RECUR_MONTH,
    RECUR_YEAR
} recur_unit;

/* Numbers from -366 to 366 as they stand in a BY list. */
typedef struct recur_set {
    uint64_t above[6]; /* bit n: n */
    uint64_t below[6]; /* bit n: -n */
    bool is_used;
} recur_set;

/* BYDAY with a number: the second Monday, the last Friday. */
typedef struct recur_nth {
    int weekday; /* 0: Sunday */
    int number;
} recur_nth;

typedef struct recur {
    recur_unit unit;
    int64_t interval;
    int64_t count; /* 0: unsaid */
    bool has_until;
    caltime until;
    recur_set seconds, minutes, hours, month_days, year_days, weeks, months, positions;
    unsigned weekdays; /* bit 0: Sunday; BYDAY without a number */
    recur_nth nth[RECUR_DAYS_MAX];
    size_t nth_count;
    int week_start; /* 0: Sunday */
} recur;

/* Read a rule. NULL, or what is wrong with it: "FREQ is 'X', expected SECONDLY to YEARLY". */
const char *recur_parse(const char *text, recur *out);

/* Called for each occurrence, in order; false ends the expansion. */
typedef bool recur_visit(void *context, int64_t local_s);

/*
 * Visit the occurrences from `start_s` to `end_s`. UNTIL is the visitor's affair, because only it
 * knows the time zone. Each step is taken from *steps; false: they are used up.
 */
bool recur_expand(const recur *rule, int64_t start_s, int64_t end_s, uint64_t *steps,
                  recur_visit *visit, void *context);

#endif
