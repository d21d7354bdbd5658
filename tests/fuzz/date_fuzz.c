/*
 * Any bytes as a date, of an envelope line and of the tool's own forms. Promised: a time that is
 * read can be stored, and written out it is read as the same time again.
 */
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"
#include "import/envelope.h"
#include "warmpath.h"
#include "warmpath/date.h"

static bool is_storable(int64_t time_s)
{
    return time_s >= 0 && time_s <= WP_TIME_MAX;
}

static void check_envelope(const char *text, size_t count)
{
    int64_t time_s = 0;
    (void)envelope_is_likely(text, count);
    if (envelope_parse(text, count, &time_s) != ENVELOPE_NONE)
        fuzz_expect(time_s == WP_TIME_NONE || is_storable(time_s), "an envelope date is storable");
}

static void check_tool(const char *text)
{
    char written[DATE_TEXT_BYTES];
    int64_t time_s = 0, again_s = 0;
    int32_t day = 0, again = 0;
    if (date_parse_time(text, &time_s)) {
        fuzz_expect(is_storable(time_s), "a time is storable");
        fuzz_expect(date_parse_time(date_format_time(time_s, written), &again_s), "it is read");
        fuzz_expect(time_s == again_s, "a time is read as it was written");
    }
    if (date_parse_day(text, &day)) {
        fuzz_expect(date_parse_day(date_format_day(day, written), &again), "it is read again");
        fuzz_expect(day == again, "a day is read as it was written");
    }
}

void fuzz_input(const uint8_t *bytes, size_t count, uint64_t choice)
{
    char *text = fuzz_copy(bytes, count);
    (void)choice;
    check_envelope(text, count);
    check_tool(text);
    free(text);
}
