/*
 * Recurrence rules read: "FREQ=MONTHLY;BYDAY=-1FR;COUNT=10".
 *
 * Numbers are checked against the range that RFC 5545 gives each list, so that the expansion never
 * meets one that it has no bit for. Of RFC 7529 what changes nothing is taken: RSCALE=GREGORIAN and
 * SKIP=OMIT. Unknown X- parts are passed over, unknown others refused: a
 * rule must not be expanded to more than it says.
 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "import/recur.h"

#define PART_BYTES 2048
#define INTERVAL_MAX 1000000000

static const char *const weekday_names = "SUMOTUWETHFRSA";

static void put_number(recur_set *set, long number)
{
    unsigned long n = (unsigned long)labs(number);
    uint64_t *words = number < 0 ? set->below : set->above;
    words[n / 64] |= UINT64_C(1) << (n % 64);
    set->is_used = true;
}

/* "1,-1,15" of numbers between `low` and `high`; a negative low excludes 0. */
static bool read_numbers(const char *text, long low, long high, recur_set *out)
{
    for (;;) {
        char *end;
        if (*text != '-' && *text != '+' && !isdigit((unsigned char)*text))
            return false;
        long number = strtol(text, &end, 10);
        if (end == text || number < low || number > high || (low < 0 && number == 0))
            return false;
        put_number(out, number);
        if (*end == '\0')
            return true;
        if (*end != ',')
            return false;
        text = end + 1;
    }
}

static int find_weekday(const char *text)
{
    for (int i = 0; i < 7; i++)
        if (strncasecmp(text, weekday_names + 2 * i, 2) == 0)
            return i;
    return -1;
}

/* "MO,-1FR,2TU" */
static bool read_days(const char *text, recur *out)
{
    for (;;) {
        char *end = (char *)text;
        long number = 0;
        if (*text == '-' || *text == '+' || isdigit((unsigned char)*text))
            number = strtol(text, &end, 10);
        int weekday = *end == '\0' ? -1 : find_weekday(end);
        if (weekday < 0 || (end != text && number == 0) || labs(number) > 53)
            return false;
        if (number == 0)
            out->weekdays |= 1u << weekday;
        else if (out->nth_count < RECUR_DAYS_MAX)
            out->nth[out->nth_count++] = (recur_nth){weekday, (int)number};
        else
            return false;
        if (end[2] == '\0')
            return true;
        if (end[2] != ',')
            return false;
        text = end + 3;
    }
}

static bool read_count(const char *text, int64_t *out)
{
    char *end;
    if (!isdigit((unsigned char)*text))
        return false;
    *out = strtoll(text, &end, 10);
    return *end == '\0' && *out > 0 && *out <= INTERVAL_MAX;
}

static bool read_unit(const char *text, recur *out)
{
    static const char *const names[] = {"SECONDLY", "MINUTELY", "HOURLY", "DAILY",
                                        "WEEKLY",   "MONTHLY",  "YEARLY"};
    for (int i = 0; i < 7; i++)
        if (strcasecmp(text, names[i]) == 0) {
            out->unit = (recur_unit)i;
            return true;
        }
    return false;
}

static bool read_week_start(const char *text, recur *out)
{
    out->week_start = strlen(text) == 2 ? find_weekday(text) : -1;
    return out->week_start >= 0;
}

/* One part of a rule; NULL or what is wrong with it. */
static const char *read_part(const char *name, const char *value, recur *out)
{
    struct {
        const char *name;
        recur_set *set;
        long low, high;
        const char *problem;
    } lists[] = {
        {"BYSECOND", &out->seconds, 0, 60, "BYSECOND is no list of 0 to 60"},
        {"BYMINUTE", &out->minutes, 0, 59, "BYMINUTE is no list of 0 to 59"},
        {"BYHOUR", &out->hours, 0, 23, "BYHOUR is no list of 0 to 23"},
        {"BYMONTHDAY", &out->month_days, -31, 31, "BYMONTHDAY is no list of 1 to 31 or -31 to -1"},
        {"BYYEARDAY", &out->year_days, -366, 366, "BYYEARDAY is no list of 1 to 366 or negative"},
        {"BYWEEKNO", &out->weeks, -53, 53, "BYWEEKNO is no list of 1 to 53 or -53 to -1"},
        {"BYMONTH", &out->months, 1, 12, "BYMONTH is no list of 1 to 12"},
        {"BYSETPOS", &out->positions, -366, 366, "BYSETPOS is no list of 1 to 366 or negative"},
    };
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++)
        if (strcasecmp(name, lists[i].name) == 0)
            return read_numbers(value, lists[i].low, lists[i].high, lists[i].set)
                       ? NULL
                       : lists[i].problem;
    if (strcasecmp(name, "FREQ") == 0)
        return read_unit(value, out) ? NULL : "FREQ is none of SECONDLY to YEARLY";
    if (strcasecmp(name, "INTERVAL") == 0)
        return read_count(value, &out->interval) ? NULL : "INTERVAL is no number from 1 to 10^9";
    if (strcasecmp(name, "COUNT") == 0)
        return read_count(value, &out->count) ? NULL : "COUNT is no number from 1 to 10^9";
    if (strcasecmp(name, "BYDAY") == 0)
        return read_days(value, out) ? NULL : "BYDAY is no list of days such as MO or -1FR";
    if (strcasecmp(name, "WKST") == 0)
        return read_week_start(value, out) ? NULL : "WKST is no day such as MO";
    if (strcasecmp(name, "UNTIL") == 0) {
        out->has_until = caltime_parse(value, &out->until);
        return out->has_until ? NULL : "UNTIL is no day or time such as 20240301T120000Z";
    }
    if (strcasecmp(name, "RSCALE") == 0)
        return strcasecmp(value, "GREGORIAN") == 0 ? NULL : "RSCALE is not GREGORIAN";
    if (strcasecmp(name, "SKIP") == 0)
        return strcasecmp(value, "OMIT") == 0 ? NULL : "SKIP is not OMIT";
    return strncasecmp(name, "X-", 2) == 0 ? NULL : "a part that is none of RFC 5545";
}

/* Weekdays with a number count within a month or year; elsewhere only the day is meant. */
static void settle_days(recur *out)
{
    if (out->unit == RECUR_MONTH || (out->unit == RECUR_YEAR && !out->weeks.is_used))
        return;
    for (size_t i = 0; i < out->nth_count; i++)
        out->weekdays |= 1u << out->nth[i].weekday;
    out->nth_count = 0;
}

const char *recur_parse(const char *text, recur *out)
{
    bool has_unit = false;
    *out = (recur){.interval = 1, .week_start = 1};
    while (*text != '\0') {
        char part[PART_BYTES];
        size_t length = strcspn(text, ";");
        if (length >= sizeof part)
            return "a part of more than 2047 bytes";
        memcpy(part, text, length);
        part[length] = '\0';
        while (length > 0 && isspace((unsigned char)part[length - 1]))
            part[--length] = '\0';
        text += strcspn(text, ";");
        text += *text == ';' ? 1 : 0;
        char *name = part + strspn(part, " \t"), *equals = strchr(part, '=');
        if (*name == '\0')
            continue;
        if (equals == NULL)
            return "a part without =";
        *equals = '\0';
        const char *problem = read_part(name, equals + 1, out);
        if (problem != NULL)
            return problem;
        has_unit = has_unit || strcasecmp(name, "FREQ") == 0;
    }
    settle_days(out);
    return has_unit ? NULL : "no FREQ";
}
