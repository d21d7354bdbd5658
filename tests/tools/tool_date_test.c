/*
 * Dates and times on the command line: known answers on both sides of every boundary.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "warmpath/date.h"

static int32_t day_of(const char *text)
{
    int32_t day = -1;

    return date_parse_day(text, &day) ? day : -1;
}

static int64_t time_of(const char *text)
{
    int64_t time_s = -1;

    return date_parse_time(text, &time_s) ? time_s : -1;
}

static void date_parse_day__knows_the_calendar(void **state)
{
    (void)state;
    assert_int_equal(day_of("1970-01-01"), 0);
    assert_int_equal(day_of("2000-02-29"), 11016);
    assert_int_equal(day_of("2024-02-29"), 19782);
    assert_int_equal(day_of("2024-03-01"), 19783);
    assert_int_equal(day_of("9999-12-31"), 2932896);
}

static void date_parse_day__refuses_what_is_no_day(void **state)
{
    static const char *const wrong[] = {"",           "2024",        "2024-02-30", "2023-02-29",
                                        "1900-02-29", "2024-00-01",  "2024-13-01", "2024-01-00",
                                        "2024-1-01",  "2024-01-01 ", "1969-12-31", "24-01-01",
                                        "today"};

    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
        assert_int_equal(day_of(wrong[i]), -1);
}

static void date_parse_time__takes_days_and_rfc3339(void **state)
{
    (void)state;
    assert_int_equal(time_of("2024-03-01"), 1709251200);
    assert_int_equal(time_of("2024-03-01T12:00:00Z"), 1709294400);
    assert_int_equal(time_of("2024-03-01 12:00:00Z"), 1709294400);
    assert_int_equal(time_of("2024-03-01T12:00:00.250Z"), 1709294400);
    assert_int_equal(time_of("2024-03-01T13:30:00+01:30"), 1709294400);
    assert_int_equal(time_of("2024-03-01T07:00:00-05:00"), 1709294400);
}

static void date_parse_time__refuses_what_is_no_time(void **state)
{
    static const char *const wrong[] = {
        "2024-03-01T12:00:00",       "2024-03-01T24:00:00Z",    "2024-03-01T12:60:00Z",
        "2024-03-01T12:00:60Z",      "2024-03-01T12:00Z",       "2024-03-01T12:00:00.Z",
        "2024-03-01T12:00:00+1:00",  "2024-03-01T12:00:00ZZ",   "2024-03-01X12:00:00Z",
        "1970-01-01T00:00:00+01:00", "2024-03-01T12:00:00+0100"};

    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
        assert_int_equal(time_of(wrong[i]), -1);
}

static void date_of_numbers__knows_the_calendar(void **state)
{
    static const int none[][3] = {{1969, 12, 31}, {2023, 2, 29}, {2024, 0, 1}, {2024, 13, 1},
                                  {2024, 4, 31},  {2024, 1, 0},  {10000, 1, 1}};
    int32_t day;
    (void)state;
    assert_true(date_of_numbers(2024, 2, 29, &day));
    assert_int_equal(day, 19782);
    assert_true(date_of_numbers(1970, 1, 1, &day));
    assert_int_equal(day, 0);
    for (size_t i = 0; i < sizeof none / sizeof *none; i++)
        assert_false(date_of_numbers(none[i][0], none[i][1], none[i][2], &day));
}

static void date_format__is_the_inverse(void **state)
{
    char text[DATE_TEXT_BYTES];

    (void)state;
    for (int32_t day = 0; day < 2932897; day += 97)
        assert_int_equal(day_of(date_format_day(day, text)), day);
    assert_string_equal(date_format_time(1709294400, text), "2024-03-01T12:00:00Z");
    assert_string_equal(date_format_time(253402300799, text), "9999-12-31T23:59:59Z");
    assert_int_equal(date_of_time(-1), -1);
    assert_int_equal(date_of_time(86399), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(date_parse_day__knows_the_calendar),
        cmocka_unit_test(date_parse_day__refuses_what_is_no_day),
        cmocka_unit_test(date_parse_time__takes_days_and_rfc3339),
        cmocka_unit_test(date_parse_time__refuses_what_is_no_time),
        cmocka_unit_test(date_of_numbers__knows_the_calendar),
        cmocka_unit_test(date_format__is_the_inverse),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
