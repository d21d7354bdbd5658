/*
 * Events and time zones: who met, when, under which id, in which version.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "import/event.h"
#include "import_text.h"

#define NOW INT64_C(1711929600) /* 2024-04-01 */

/* An event read from its lines, and what follows from it. */
typedef struct fixture {
    event at;
    zones zones;
    occurrence items[EVENT_OCCURRENCES_MAX];
    occurrences found;
} fixture;

static fixture self;

static int setup(void **state)
{
    (void)state;
    self.found.items = self.items;
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    event_free(&self.at);
    zones_free(&self.zones);
    return 0;
}

/* Read the lines of an event that are not its BEGIN and END. */
static void read_event(event_method method, const char *text)
{
    text_file file;
    content_line line;
    text_open(&file, text);
    event_begin(&self.at, 1, method);
    while (content_next(&file.lines, &line) == LINES_OK)
        assert_true(event_line(&self.at, &line));
    text_close(&file);
}

/* Read the lines of a VTIMEZONE; "BEGIN:" begins a part. */
static void read_zone(const char *text)
{
    text_file file;
    content_line line;
    bool is_in_part = false;
    text_open(&file, text);
    assert_true(zone_begin(&self.zones, 1));
    while (content_next(&file.lines, &line) == LINES_OK) {
        if (content_is(&line, "BEGIN"))
            assert_true(zone_begin_part(&self.zones));
        else if (!content_is(&line, "END"))
            zone_line(&self.zones, is_in_part, &line);
        is_in_part = content_is(&line, "BEGIN") || (is_in_part && !content_is(&line, "END"));
    }
    zone_end(&self.zones);
    text_close(&file);
}

/* The occurrences as "0301T120000Z 0302T120000Z " and their number. */
static void check_occurrences(const char *text, const char *expected)
{
    char shown[1024] = "", when[CALTIME_TEXT_BYTES];
    size_t used = 0;
    read_event(EVENT_PUBLISH, text);
    assert_int_equal(self.at.what.outcome, OUTCOME_ADDED);
    assert_true(event_expand(&self.at, &self.zones, NOW, &self.found));
    for (size_t i = 0; i < self.found.count && used + 20 < sizeof shown; i++)
        used += (size_t)snprintf(shown + used, sizeof shown - used, "%s ",
                                 caltime_format(self.found.items[i].time_s, when) + 4);
    assert_string_equal(shown, expected);
}

static void check_source(event_method method, const char *text, const char *expected)
{
    char id[EVENT_SOURCE_BYTES];
    read_event(method, text);
    assert_true(event_expand(&self.at, &self.zones, NOW, &self.found));
    assert_int_equal(self.found.count, 1);
    event_source(&self.at, &self.found, 0, id);
    assert_string_equal(id, expected);
}

static void check_refused(const char *text, reason_id reason, const char *detail)
{
    read_event(EVENT_PUBLISH, text);
    if (self.at.what.outcome != OUTCOME_SKIPPED)
        assert_false(event_expand(&self.at, &self.zones, NOW, &self.found));
    assert_string_equal(reason_text(self.at.what.reason), reason_text(reason));
    assert_string_equal(self.at.what.detail, detail);
}

static void event_line__reads_people_and_their_parts(void **state)
{
    static const struct {
        const char *email, *name;
        wp_role role;
    } expected[] = {
        {"ann@x.test", "Ann Lee", WP_ROLE_TO},
        {"bob@x.test", NULL, WP_ROLE_TENTATIVE},
        {"cy@x.test", NULL, WP_ROLE_UNANSWERED},
        {"di@x.test", NULL, WP_ROLE_DECLINED},
        {"ed@x.test", NULL, WP_ROLE_DECLINED},
        {"flo@x.test", NULL, WP_ROLE_UNANSWERED},
        {"g+h@x.test", "J\xc3\xb6rg", WP_ROLE_UNANSWERED},
        {"i@x.test", NULL, WP_ROLE_TO},
        {"j@x.test", NULL, WP_ROLE_TO},
    };
    (void)state;
    read_event(
        EVENT_PUBLISH,
        "ORGANIZER;CN=\"Olga, Dr.\":MAILTO:Olga@x.test\n"
        "ATTENDEE;PARTSTAT=ACCEPTED;ROLE=CHAIR;CN=\"Lee, Ann\":mailto:ann@x.test\n"
        "ATTENDEE;PARTSTAT=tentative:mailto:bob@x.test\n"
        "ATTENDEE:mailto:cy@x.test\n"
        "ATTENDEE;PARTSTAT=DECLINED;ROLE=NON-PARTICIPANT:mailto:di@x.test\n"
        "ATTENDEE;PARTSTAT=DELEGATED:mailto:ed@x.test\n"
        "ATTENDEE;PARTSTAT=ACCEPTED;ROLE=NON-PARTICIPANT:mailto:flo@x.test\n"
        "ATTENDEE;PARTSTAT=X-MAYBE;CN=J\xc3\n \xb6rg;X-NUM-GUESTS=2:mailto:g%2Bh@x.test?a=b\n"
        "ATTENDEE;PARTSTAT=ACCEPTED;EMAIL=i@x.test:urn:uuid:1\n"
        "ATTENDEE;PARTSTAT=ACCEPTED;CUTYPE=UNKNOWN:j@x.test\n"
        "ATTENDEE;CUTYPE=ROOM;PARTSTAT=ACCEPTED:mailto:room@x.test\n"
        "ATTENDEE;CUTYPE=resource:mailto:beamer@x.test\n"
        "ATTENDEE;CUTYPE=GROUP:mailto:team@x.test\n"
        "ATTENDEE:mailto:abc@resource.calendar.google.com\n"
        "ATTENDEE:invalid:nomail\n");
    assert_int_equal(self.at.what.outcome, OUTCOME_ADDED);
    assert_string_equal(self.at.organizer.email, "Olga@x.test");
    assert_string_equal(self.at.chair.email, "ann@x.test");
    assert_int_equal(self.at.attendee_count, sizeof expected / sizeof *expected);
    for (size_t i = 0; i < self.at.attendee_count; i++) {
        const attendee *who = &self.at.attendees[i];
        assert_string_equal(who->email, expected[i].email);
        assert_int_equal(who->role, expected[i].role);
        if (expected[i].name != NULL)
            assert_string_equal(who->name, expected[i].name);
        else
            assert_null(who->name);
    }
    assert_int_equal(self.at.notes[NOTE_GROUP], 1);
    assert_int_equal(self.at.notes[NOTE_GUESTS], 1);
    assert_int_equal(self.at.notes[NOTE_NO_AT], 2);
}

static void event_line__reads_class_and_status(void **state)
{
    (void)state;
    read_event(EVENT_PUBLISH, "CLASS:CONFIDENTIAL\nSTATUS: cancelled \n");
    assert_true(self.at.is_private);
    assert_true(self.at.is_cancelled);
    read_event(EVENT_CANCEL, "CLASS:PUBLIC\n");
    assert_false(self.at.is_private);
    assert_true(self.at.is_cancelled);
    read_event(EVENT_PUBLISH, "STATUS:CONFIRMED\n");
    assert_false(self.at.is_cancelled);
}

static void event_line__says_where_something_is_wrong(void **state)
{
    static char many[64 * 1024 + 64] = "ATTENDEE:";
    (void)state;
    check_refused("UID:1\nDTSTART:yesterday\n", REASON_BAD_VALUE,
                  "line 2, byte 6: DTSTART is 'yesterday', expected a day or time such as "
                  "20240301T120000Z");
    check_refused("DTSTART:20240301\nDTSTART:20240302\n", REASON_BAD_VALUE,
                  "line 2, byte 17: a second DTSTART, expected one");
    check_refused("DTSTART:20240301\nRRULE:FREQ=NEVER\n", REASON_BAD_VALUE,
                  "line 2, byte 17: RRULE: FREQ is none of SECONDLY to YEARLY");
    check_refused("DTSTART:20240301\nEXDATE:20240301,x\n", REASON_BAD_VALUE,
                  "line 2, byte 17: EXDATE has 'x', expected days or times");
    check_refused("UID:1\n", REASON_NO_DATE, "no DTSTART, expected one");
    check_refused("DTSTART:19690101T000000Z\n", REASON_BAD_VALUE,
                  "a start before 1970, expected later");
    check_refused("DTSTART:20200101T000000Z\nRRULE:FREQ=SECONDLY\n", REASON_BAD_RECURRENCE,
                  "more than 500000 steps up to the present, expected fewer");
    memset(many + 9, 'x', sizeof many - 10);
    check_refused(many, REASON_LONG_LINE, "line 1, byte 0: ATTENDEE of more than 65536 bytes");
}

static void event_expand__excludes_and_adds_dates(void **state)
{
    (void)state;
    check_occurrences("DTSTART:20240301T120000Z\nRRULE:FREQ=DAILY;COUNT=5\n"
                      "EXDATE:20240302T120000Z\nEXDATE;VALUE=DATE:20240304\n"
                      "RDATE:20240310T080000Z,20240301T120000Z\n"
                      "RDATE;VALUE=PERIOD:20240311T080000Z/PT1H\nRDATE:\n",
                      "0301T120000Z 0303T120000Z 0305T120000Z 0310T080000Z 0311T080000Z ");
    check_occurrences("DTSTART:20240301T120000Z\nRRULE:FREQ=DAILY\n"
                      "EXRULE:FREQ=WEEKLY\nRRULE:FREQ=DAILY;UNTIL=20240303T120000Z\n"
                      "EXDATE:20240305T120000Z,20240306T120000Z\nEXRULE:FREQ=DAILY;INTERVAL=2\n",
                      "0302T120000Z 0304T120000Z 0310T120000Z 0312T120000Z "
                      "0314T120000Z 0316T120000Z 0318T120000Z 0320T120000Z 0324T120000Z "
                      "0326T120000Z 0328T120000Z 0330T120000Z ");
}

static void event_expand__leaves_out_further_dates_that_are_none(void **state)
{
    (void)state;
    check_occurrences("DTSTART:20240301T120000Z\nRRULE:FREQ=DAILY;COUNT=2\n"
                      "RDATE:never,20240310T080000Z,202403T080000Z/PT1H\n",
                      "0301T120000Z 0302T120000Z 0310T080000Z ");
    assert_int_equal(self.at.notes[NOTE_BAD_DAY], 2);
}

static void event_expand__ends_at_until_and_now(void **state)
{
    (void)state;
    check_occurrences("DTSTART:20240301T120000Z\nRRULE:FREQ=WEEKLY\n",
                      "0301T120000Z 0308T120000Z 0315T120000Z 0322T120000Z 0329T120000Z ");
    check_occurrences("DTSTART:20240301T120000Z\nRRULE:FREQ=WEEKLY;UNTIL=20240315T120000Z\n",
                      "0301T120000Z 0308T120000Z 0315T120000Z ");
    assert_false(self.found.is_future);
    check_occurrences("DTSTART:20240301T120000Z\nRRULE:FREQ=WEEKLY;UNTIL=20240315\n",
                      "0301T120000Z 0308T120000Z 0315T120000Z ");
    check_occurrences("DTSTART;VALUE=DATE:20240301\nRRULE:FREQ=WEEKLY;UNTIL=20240314T235959Z\n",
                      "0301T000000Z 0308T000000Z ");
    check_occurrences("DTSTART:20240501T120000Z\n", "");
    assert_true(self.found.is_future);
    check_occurrences("DTSTART:20240501T120000Z\nRRULE:FREQ=WEEKLY\n", "");
    assert_true(self.found.is_future);
}

static void event_expand__keeps_the_latest_of_many(void **state)
{
    char when[CALTIME_TEXT_BYTES];
    (void)state;
    read_event(EVENT_PUBLISH, "DTSTART:20100101T120000Z\nRRULE:FREQ=DAILY\n");
    assert_true(event_expand(&self.at, &self.zones, NOW, &self.found));
    assert_int_equal(self.found.count, 1000);
    assert_true(self.found.is_cut);
    assert_string_equal(caltime_format(self.found.items[999].time_s, when), "20240331T120000Z");
    assert_string_equal(caltime_format(self.found.items[0].time_s, when), "20210706T120000Z");
}

/* 400 guests leave room for 249 occurrences. */
static void event_expand__bounds_seats(void **state)
{
    static char text[20000] = "DTSTART:20230101T120000Z\nRRULE:FREQ=DAILY\n";
    size_t used = strlen(text);
    (void)state;
    for (int i = 0; i < 400; i++)
        used +=
            (size_t)snprintf(text + used, sizeof text - used, "ATTENDEE:mailto:p%d@x.test\n", i);
    read_event(EVENT_PUBLISH, text);
    assert_true(event_expand(&self.at, &self.zones, NOW, &self.found));
    assert_int_equal(self.found.count, 249);
    assert_true(self.found.is_cut);
}

static void zone_to_utc__follows_the_file_first(void **state)
{
    (void)state;
    read_zone("TZID:Europe/Berlin\nBEGIN:STANDARD\nDTSTART:19700101T000000\nTZOFFSETFROM:+0500\n"
              "TZOFFSETTO:+0500\nEND:STANDARD\n");
    check_occurrences("DTSTART;TZID=Europe/Berlin:20240301T120000\n", "0301T070000Z ");
    check_occurrences("DTSTART;TZID=America/New_York:20240301T120000\n", "0301T170000Z ");
    check_occurrences("DTSTART;TZID=/mozilla.org/20050126_1/Europe/Paris:20240301T120000\n",
                      "0301T110000Z ");
    assert_false(self.found.has_odd_zone);
    check_occurrences("DTSTART;TZID=Nowhere/Else:20240301T120000\n", "0301T120000Z ");
    assert_true(self.found.has_odd_zone);
    check_occurrences("DTSTART;TZID=../../etc/passwd:20240301T120000\n", "0301T120000Z ");
    assert_true(self.found.has_odd_zone);
    check_occurrences("DTSTART:20240301T120000\n", "0301T120000Z ");
    check_occurrences("DTSTART;VALUE=DATE:20240301\n", "0301T000000Z ");
}

/* Names escape their commas as a value and are quoted as a parameter. */
static void zone_to_utc__changes_clocks_by_rule(void **state)
{
    (void)state;
    read_zone("TZID:Berlin\\, Rome\nBEGIN:DAYLIGHT\nDTSTART:16010101T020000\nTZOFFSETFROM:+0100\n"
              "TZOFFSETTO:+0200\nRRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU\nEND:DAYLIGHT\n"
              "BEGIN:STANDARD\nDTSTART:16010101T030000\nTZOFFSETFROM:+0200\nTZOFFSETTO:+0100\n"
              "RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU\nEND:STANDARD\n");
    /* 12:00 stays 12:00 on the wall. */
    check_occurrences("DTSTART;TZID=\"Berlin, Rome\":20231028T120000\nRRULE:FREQ=DAILY;COUNT=3\n",
                      "1028T100000Z 1029T110000Z 1030T110000Z ");
    /* The hour that comes twice is its first, the hour that is skipped is by the clock before. */
    check_occurrences("DTSTART;TZID=\"Berlin, Rome\":20231029T023000\n", "1029T003000Z ");
    check_occurrences("DTSTART;TZID=\"Berlin, Rome\":20240331T023000\n", "0331T013000Z ");
    check_occurrences("DTSTART;TZID=Europe/Berlin:20231029T023000\n", "1029T003000Z ");
    check_occurrences("DTSTART;TZID=Europe/Berlin:20240331T023000\n", "0331T013000Z ");
    check_occurrences("DTSTART;TZID=Europe/Berlin:20240331T033000\n", "0331T013000Z ");
}

static void zone_end__does_without_a_hostile_zone(void **state)
{
    (void)state;
    read_zone("TZID:Mine\nBEGIN:STANDARD\nDTSTART:19700101T000000\nTZOFFSETFROM:+0100\n"
              "TZOFFSETTO:+0100\nRRULE:FREQ=SECONDLY\nEND:STANDARD\n");
    check_occurrences("DTSTART;TZID=Mine:20240301T120000\n", "0301T120000Z ");
    assert_true(self.found.has_odd_zone);
}

static void event_source__names_occurrences_of_a_series(void **state)
{
    static char text[1200] = "DTSTART:20240301T120000Z\nUID:";
    (void)state;
    check_source(EVENT_PUBLISH, "UID: a@b \nDTSTART:20240301T120000Z\n", "a@b");
    check_source(EVENT_PUBLISH, "UID:a@b\nDTSTART:20240301T120000Z\nRRULE:FREQ=DAILY;COUNT=1\n",
                 "a@b/20240301T120000Z");
    check_source(EVENT_ADD, "UID:a@b\nDTSTART:20240301T120000Z\n", "a@b/20240301T120000Z");
    check_source(EVENT_PUBLISH,
                 "UID:a@b\nRECURRENCE-ID;TZID=Europe/Paris:20240302T130000\n"
                 "DTSTART:20240301T120000Z\n",
                 "a@b/20240302T120000Z");
    check_source(EVENT_PUBLISH,
                 "UID:a@b\nRECURRENCE-ID;TZID=Asia/Tokyo:20240302T000000\n"
                 "DTSTART;VALUE=DATE:20240301\n",
                 "a@b/20240302T000000Z");
    check_source(EVENT_CANCEL, "UID:a@b\nDTSTAMP:20240301T120000Z\n", "a@b");
    check_source(EVENT_PUBLISH, "DTSTART:20240301T120000Z\nORGANIZER:mailto:a@b\n",
                 "xxh:3bc5def9344deac2db86677cbcb22ccf");
    memset(text + strlen(text), 'u', 1005);
    check_source(EVENT_PUBLISH, text, "xxh:6be1412aa332ba147027ec2d2a3e1eff");
}

static void event_revision__puts_changed_occurrences_first(void **state)
{
    static const char *const ascending[] = {
        "UID:1\n",
        "DTSTAMP:20240301T120000Z\n",
        "DTSTAMP:20240301T120001Z\n",
        "SEQUENCE:1\n",
        "SEQUENCE:1\nDTSTAMP:20240301T120000Z\n",
        "SEQUENCE:99999999999999999999\nDTSTAMP:99991231T235959Z\n",
        "RECURRENCE-ID:20240301\nSEQUENCE:-2\n",
        "RECURRENCE-ID:20240301\nSEQUENCE:99999999999999999999\nDTSTAMP:99991231T235959Z\n",
    };
    int64_t before = -1;
    (void)state;
    for (size_t i = 0; i < sizeof ascending / sizeof *ascending; i++) {
        read_event(EVENT_PUBLISH, ascending[i]);
        assert_true(event_revision(&self.at) > before);
        before = event_revision(&self.at);
    }
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(event_line__reads_people_and_their_parts),
        TEST(event_line__reads_class_and_status),
        TEST(event_line__says_where_something_is_wrong),
        TEST(event_expand__excludes_and_adds_dates),
        TEST(event_expand__leaves_out_further_dates_that_are_none),
        TEST(event_expand__ends_at_until_and_now),
        TEST(event_expand__keeps_the_latest_of_many),
        TEST(event_expand__bounds_seats),
        TEST(zone_to_utc__follows_the_file_first),
        TEST(zone_to_utc__changes_clocks_by_rule),
        TEST(zone_end__does_without_a_hostile_zone),
        TEST(event_source__names_occurrences_of_a_series),
        TEST(event_revision__puts_changed_occurrences_first),
    };
#undef TEST
    return cmocka_run_group_tests(tests, NULL, NULL);
}
