/*
 * Recurrence rules: the examples of RFC 5545, what is refused, and rules that are meant to harm.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "import/recur.h"

#define SHOWN_BYTES 2048

/* Occurrences as text, "0901 0911 ", while there is room. */
typedef struct shown {
    char text[SHOWN_BYTES];
    size_t used;
    size_t count;
    const char *form; /* "d": month and day; "t": day and time */
} shown;

static bool show(void *context, int64_t local_s)
{
    shown *to = context;
    char text[CALTIME_TEXT_BYTES];
    caltime_format(local_s, text);
    to->count++;
    if (to->used + 16 < sizeof to->text)
        to->used += (size_t)snprintf(to->text + to->used, sizeof to->text - to->used,
                                     to->form[0] == 'd' ? "%.4s " : "%.9s ",
                                     text + (to->form[0] == 'd' ? 4 : 6));
    return true;
}

static int64_t at(const char *text)
{
    caltime time;
    assert_true(caltime_parse(text, &time));
    return time.local_s;
}

/* Expand until a time; the steps taken. */
static uint64_t expand(const char *text, const char *start, const char *end, shown *out)
{
    recur rule;
    uint64_t steps = 1000000;
    assert_null(recur_parse(text, &rule));
    assert_true(recur_expand(&rule, at(start), at(end), &steps, show, out));
    return 1000000 - steps;
}

/* The first two parts of a case are a rule and its start, the third what it names. */
static void recur_expand__follows_the_rfc(void **state)
{
    static const struct {
        const char *rule, *start, *end, *form, *expected;
    } cases[] = {
        {"FREQ=DAILY;COUNT=3", "19970902T090000", "19980101", "d", "0902 0903 0904 "},
        {"FREQ=DAILY;INTERVAL=10;COUNT=5", "19970902T090000", "19980101", "d",
         "0902 0912 0922 1002 1012 "},
        {"FREQ=WEEKLY;INTERVAL=2;COUNT=4;WKST=SU", "19970902T090000", "19980101", "d",
         "0902 0916 0930 1014 "},
        {"FREQ=WEEKLY;COUNT=4;BYDAY=TU,TH", "19970902T090000", "19980101", "d",
         "0902 0904 0909 0911 "},
        /* The week's first day decides which weeks are every second one. */
        {"FREQ=WEEKLY;INTERVAL=2;COUNT=4;BYDAY=TU,SU;WKST=MO", "19970805T090000", "19980101", "d",
         "0805 0810 0819 0824 "},
        {"FREQ=WEEKLY;INTERVAL=2;COUNT=4;BYDAY=TU,SU;WKST=SU", "19970805T090000", "19980101", "d",
         "0805 0817 0819 0831 "},
        {"FREQ=MONTHLY;COUNT=3;BYDAY=1FR", "19970905T090000", "19980101", "d", "0905 1003 1107 "},
        {"FREQ=MONTHLY;INTERVAL=2;COUNT=4;BYDAY=1SU,-1SU", "19970907T090000", "19980201", "d",
         "0907 0928 1102 1130 "},
        {"FREQ=MONTHLY;BYMONTHDAY=-3", "19970928T090000", "19980101", "d", "0928 1029 1128 1229 "},
        {"FREQ=MONTHLY;BYDAY=FR;BYMONTHDAY=13", "19980213T090000", "19981231", "d",
         "0213 0313 1113 "},
        {"FREQ=MONTHLY;COUNT=3;BYDAY=TU,WE,TH;BYSETPOS=3", "19970904T090000", "19980101", "d",
         "0904 1007 1106 "},
        {"FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-2", "19970929T090000", "19971231", "d",
         "0929 1030 1127 1230 "},
        /* Months without such a day are passed over. */
        {"FREQ=MONTHLY", "20240131T090000", "20240601", "d", "0131 0331 0531 "},
        {"FREQ=YEARLY", "20240229", "20330101", "d", "0229 0229 0229 "},
        {"RSCALE=GREGORIAN;FREQ=YEARLY;SKIP=OMIT", "20240229", "20330101", "d", "0229 0229 0229 "},
        {"FREQ=YEARLY;COUNT=4;BYMONTH=6,7", "19970610T090000", "20000101", "d",
         "0610 0710 0610 0710 "},
        {"FREQ=YEARLY;INTERVAL=3;COUNT=4;BYYEARDAY=1,100,200", "19970101T090000", "20100101", "d",
         "0101 0410 0719 0101 "},
        {"FREQ=YEARLY;BYDAY=20MO", "19970519T090000", "20000101", "d", "0519 0518 0517 "},
        {"FREQ=YEARLY;BYWEEKNO=20;BYDAY=MO", "19970512T090000", "20000101", "d", "0512 0511 0517 "},
        {"FREQ=YEARLY;INTERVAL=4;BYMONTH=11;BYDAY=TU;BYMONTHDAY=2,3,4,5,6,7,8", "19961105T090000",
         "20050101", "d", "1105 1107 1102 "},
        {"FREQ=HOURLY;INTERVAL=3", "19970902T090000", "19970902T170000", "t",
         "02T090000 02T120000 02T150000 "},
        {"FREQ=MINUTELY;INTERVAL=90;COUNT=3", "19970902T090000", "19980101", "t",
         "02T090000 02T103000 02T120000 "},
        {"FREQ=DAILY;BYHOUR=9,16;BYMINUTE=0,20;COUNT=5", "19970902T090000", "19980101", "t",
         "02T090000 02T092000 02T160000 02T162000 03T090000 "},
        {"FREQ=MINUTELY;INTERVAL=20;BYHOUR=9,10", "19970902T090000", "19970903T091000", "t",
         "02T090000 02T092000 02T094000 02T100000 02T102000 02T104000 03T090000 "},
        /* The start counts, also when the rule does not name it. */
        {"FREQ=WEEKLY;BYDAY=MO;COUNT=2", "20240103", "20250101", "d", "0103 0108 "},
        {"FREQ=DAILY", "20240103", "20240101", "d", ""},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        shown out = {.form = cases[i].form};
        expand(cases[i].rule, cases[i].start, cases[i].end, &out);
        assert_string_equal(out.text, cases[i].expected);
    }
}

static void recur_expand__ends_without_an_occurrence(void **state)
{
    static const char *const rules[] = {
        "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30", "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=MONTHLY;BYDAY=MO;BYSETPOS=300", "FREQ=YEARLY;BYWEEKNO=30;BYMONTH=1",
        "FREQ=YEARLY;INTERVAL=1000000000"};
    (void)state;
    for (size_t i = 0; i < sizeof rules / sizeof *rules; i++) {
        shown out = {.form = "d"};
        assert_in_range(expand(rules[i], "20000101T120000", "20240101", &out), 0, 20000);
        assert_string_equal(out.text, "0101 ");
    }
}

static void recur_expand__stops_when_steps_are_used_up(void **state)
{
    static const char *const rules[] = {
        "FREQ=SECONDLY", "FREQ=SECONDLY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=YEARLY;BYHOUR=1,2,3;BYMINUTE=1,2,3,4;BYSECOND=1,2,3,4,5,6,7,8,9;BYDAY=MO"};
    (void)state;
    for (size_t i = 0; i < sizeof rules / sizeof *rules; i++) {
        recur rule;
        shown out = {.form = "d"};
        uint64_t steps = 1000;
        assert_null(recur_parse(rules[i], &rule));
        assert_false(recur_expand(&rule, at("20000101"), at("20240101"), &steps, show, &out));
        assert_int_equal(steps, 0);
        assert_in_range(out.count, 1, 1001);
    }
}

static void recur_parse__refuses_what_it_cannot_expand(void **state)
{
    static const struct {
        const char *rule, *problem;
    } cases[] = {
        {"", "no FREQ"},
        {"COUNT=1", "no FREQ"},
        {"FREQ=FORTNIGHTLY", "FREQ is none of SECONDLY to YEARLY"},
        {"FREQ=DAILY;INTERVAL=0", "INTERVAL is no number from 1 to 10^9"},
        {"FREQ=DAILY;COUNT=-1", "COUNT is no number from 1 to 10^9"},
        {"FREQ=DAILY;COUNT=99999999999999999999", "COUNT is no number from 1 to 10^9"},
        {"FREQ=DAILY;BYMONTH=13", "BYMONTH is no list of 1 to 12"},
        {"FREQ=DAILY;BYMONTH=1,", "BYMONTH is no list of 1 to 12"},
        {"FREQ=DAILY;BYSETPOS=0", "BYSETPOS is no list of 1 to 366 or negative"},
        {"FREQ=DAILY;BYDAY=", "BYDAY is no list of days such as MO or -1FR"},
        {"FREQ=DAILY;BYDAY=0MO", "BYDAY is no list of days such as MO or -1FR"},
        {"FREQ=DAILY;BYDAY=99MO", "BYDAY is no list of days such as MO or -1FR"},
        {"FREQ=DAILY;UNTIL=soon", "UNTIL is no day or time such as 20240301T120000Z"},
        {"FREQ=DAILY;WKST=XX", "WKST is no day such as MO"},
        {"RSCALE=CHINESE;FREQ=YEARLY", "RSCALE is not GREGORIAN"},
        {"RSCALE=GREGORIAN;FREQ=YEARLY;SKIP=FORWARD", "SKIP is not OMIT"},
        {"FREQ=YEARLY;EVERY=2", "a part that is none of RFC 5545"},
        {"FREQ", "a part without ="},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        recur rule;
        const char *problem = recur_parse(cases[i].rule, &rule);
        assert_non_null(problem);
        assert_string_equal(problem, cases[i].problem);
    }
}

static void caltime_parse__knows_days_and_times(void **state)
{
    static const struct {
        const char *text;
        int64_t seconds;
    } good[] = {{"19700101", 0},
                {"20240229T123015Z", 1709209815},
                {" 20240229T123015 ", 1709209815},
                {"20161231T235960Z", 1483228799},
                {"16010101T000000", -11644473600},
                {"99991231T235959Z", 253402300799}};
    static const char *const bad[] = {"",
                                      "2024",
                                      "20230229",
                                      "20240001",
                                      "20241301",
                                      "00000101",
                                      "20240101T240000",
                                      "20240101t120000",
                                      "20240101T1200",
                                      "2024-01-01"};
    caltime time;
    (void)state;
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        char text[CALTIME_TEXT_BYTES];
        assert_true(caltime_parse(good[i].text, &time));
        assert_true(time.local_s == good[i].seconds);
        caltime_format(time.local_s, text);
        assert_true(caltime_parse(text, &time));
        assert_true(time.local_s == good[i].seconds);
    }
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_false(caltime_parse(bad[i], &time));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(recur_expand__follows_the_rfc),
        cmocka_unit_test(recur_expand__ends_without_an_occurrence),
        cmocka_unit_test(recur_expand__stops_when_steps_are_used_up),
        cmocka_unit_test(recur_parse__refuses_what_it_cannot_expand),
        cmocka_unit_test(caltime_parse__knows_days_and_times),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
