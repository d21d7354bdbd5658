/*
 * Series of meetings, in figures: which occurrences count, beside whichever version of the series.
 *
 * Occurrences take place at the midnight that is asked about, so that each weighs 4 between two
 * people. That versions come and go in any order, with merging, erasing and retention, is compared
 * at random in statements_model_test.c and its neighbours, whole calendars in
 * cli/calendar_series.py.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "facts.h"
#include "given.h"
#include "scratch.h"
#include "warmpath.h"

#define DAY 19783 /* 2024-03-01 */
#define FADED (1.0 + 30.0 / 365.0)

static wp_number ann, bob;

static wp_interaction occurrence(const char *id, const wp_participant *to, int64_t revision)
{
    wp_interaction it = facts_of_mail(id, INT64_C(86400) * DAY, bob, to);
    it.kind = WP_KIND_MEETING;
    it.reply_to = "series";
    it.flags = WP_INTERACTION_OCCURRENCE;
    it.revision = revision;
    return it;
}

static wp_interaction series(int64_t revision, uint32_t flags)
{
    wp_interaction it = WP_INTERACTION_INIT;
    it.source = "series";
    it.kind = WP_KIND_SERIES;
    it.time_s = 0;
    it.from = bob;
    it.flags = flags;
    it.revision = revision;
    return it;
}

static void put_occurrence(const char *id, int64_t revision)
{
    wp_participant to = {ann, WP_ROLE_TO};
    wp_interaction it = occurrence(id, &to, revision);
    assert_int_equal(wp_interaction_put(txn, &it, NULL, NULL), WP_OK);
}

static void put_series(int64_t revision, uint32_t flags, int64_t time_s)
{
    wp_interaction it = series(revision, flags);
    it.time_s = time_s;
    assert_int_equal(wp_interaction_put(txn, &it, NULL, NULL), WP_OK);
}

static void use(const char *source)
{
    uint32_t number;
    assert_int_equal(wp_source_put(txn, source, NULL, WP_TIME_NONE, &number, NULL), WP_OK);
    assert_int_equal(wp_txn_use_source(txn, number, NULL), WP_OK);
    (void)oracle_put_person(txn, "ann@acme.example");
    (void)oracle_put_person(txn, "bob@us.example");
}

static void expect_count(size_t expected)
{
    wp_tie tie = {.inbound = 0.0};
    wp_status status = wp_tie_get(txn, ann, bob, DAY, &tie, NULL);
    assert_true(status == WP_OK || (status == WP_ENOTFOUND && expected == 0));
    if (fabs(tie.inbound - 4.0 * (double)expected * FADED) > 1e-9)
        fail_msg("%.12g, expected %zu meetings", tie.inbound, expected);
}

static int begin(void **unused)
{
    (void)given_empty(unused);
    ann = oracle_put_person(txn, "ann@acme.example");
    bob = oracle_put_person(txn, "bob@us.example");
    return 0;
}

static void series__of_a_newer_version_lacks_what_only_older_ones_have(void **unused)
{
    (void)unused;
    put_occurrence("one", 1);
    put_occurrence("two", 1);
    expect_count(2);
    put_series(1, 0, 0);
    expect_count(2);
    put_series(2, 0, 0);
    expect_count(0);
    put_occurrence("two", 2);
    put_occurrence("changed", 9);
    expect_count(2);
}

/* An occurrence that was changed by itself, at revision 2 of its series. */
static void put_changed(const char *id)
{
    wp_participant to = {ann, WP_ROLE_TO};
    wp_interaction it = occurrence(id, &to, 1000);
    it.series_revision = 2;
    assert_int_equal(wp_interaction_put(txn, &it, NULL, NULL), WP_OK);
}

static void occurrence__that_was_changed_goes_with_the_version_that_lacks_it(void **unused)
{
    (void)unused;
    put_changed("one");
    put_series(2, 0, 0);
    expect_count(1);
    put_series(3, 0, 0);
    expect_count(0);
    put_occurrence("one", 3);
    expect_count(1);
    put_series(4, 0, 0);
    expect_count(0);
}

static void occurrence__that_was_changed_is_had_by_whichever_version_comes_first(void **unused)
{
    (void)unused;
    bool is_new;
    wp_participant to = {ann, WP_ROLE_TO};
    wp_interaction planned = occurrence("one", &to, 3);
    put_series(3, 0, 0);
    put_occurrence("one", 3);
    put_changed("one");
    expect_count(1);
    assert_int_equal(wp_interaction_put(txn, &planned, &is_new, NULL), WP_OK);
    assert_false(is_new);
}

static void occurrence__that_was_changed_goes_with_the_source_that_has_it(void **unused)
{
    (void)unused;
    uint32_t number;
    use("/has it");
    put_occurrence("one", 3);
    use("/changed it");
    put_changed("one");
    use("/newer");
    put_series(3, 0, 0);
    expect_count(1);
    assert_int_equal(wp_source_find(txn, "/has it", &number, NULL), WP_OK);
    oracle_commit(txn);
    assert_int_equal(wp_source_remove(db, number, NULL, NULL, NULL, NULL), WP_OK);
    txn = oracle_begin_write(db);
    expect_count(0);
}

static void series__may_leave_changed_occurrences_alone(void **unused)
{
    (void)unused;
    wp_interaction it = series(3, 0);
    it.series_revision = 1;
    put_changed("one");
    put_occurrence("two", 2);
    assert_int_equal(wp_interaction_put(txn, &it, NULL, NULL), WP_OK);
    expect_count(1);
}

static void series__may_be_from_nobody_alone(void **unused)
{
    (void)unused;
    wp_participant to = {ann, WP_ROLE_TO};
    wp_interaction it = series(2, 0), read = WP_INTERACTION_INIT;
    uint64_t interaction;
    it.from = 0;
    put_occurrence("one", 1);
    assert_int_equal(wp_interaction_put(txn, &it, NULL, NULL), WP_OK);
    assert_int_equal(wp_interaction_find(txn, "series", &interaction, NULL), WP_OK);
    assert_int_equal(wp_interaction_get(txn, interaction, &read, NULL), WP_OK);
    assert_int_equal(read.from, 0);
    expect_count(0);
    it = occurrence("two", &to, 2);
    it.from = 0;
    assert_int_equal(wp_interaction_put(txn, &it, NULL, NULL), WP_ENOTFOUND);
}

static void series__may_come_before_its_occurrences(void **unused)
{
    (void)unused;
    put_series(2, 0, 0);
    put_occurrence("one", 1);
    put_occurrence("two", 2);
    expect_count(1);
}

static void series__that_is_called_off_has_no_occurrences(void **unused)
{
    (void)unused;
    put_occurrence("one", 1);
    put_occurrence("changed", 9);
    put_series(2, WP_INTERACTION_CANCELLED, 0);
    expect_count(0);
    put_series(3, 0, 0);
    expect_count(1);
}

static void series__tells_nothing_of_what_was_before_its_time(void **unused)
{
    (void)unused;
    put_occurrence("one", 1);
    put_series(2, 0, INT64_C(86400) * DAY + 1);
    expect_count(1);
    put_series(3, 0, INT64_C(86400) * DAY);
    expect_count(0);
}

static void series__gives_way_to_a_single_meeting_of_a_newer_version(void **unused)
{
    (void)unused;
    wp_participant to = {ann, WP_ROLE_TO};
    wp_interaction single = occurrence("series", &to, 2);
    single.flags = 0;
    single.reply_to = NULL;
    put_occurrence("one", 1);
    put_occurrence("two", 1);
    put_series(1, 0, 0);
    assert_int_equal(wp_interaction_put(txn, &single, NULL, NULL), WP_OK);
    expect_count(1);
}

static void series__comes_back_when_the_source_of_the_newer_version_goes(void **unused)
{
    (void)unused;
    uint32_t newer;
    use("/older");
    put_occurrence("one", 1);
    put_series(1, 0, 0);
    use("/newer");
    put_series(2, 0, 0);
    assert_int_equal(wp_source_find(txn, "/newer", &newer, NULL), WP_OK);
    expect_count(0);
    oracle_commit(txn);
    assert_int_equal(wp_source_remove(db, newer, NULL, NULL, NULL, NULL), WP_OK);
    txn = oracle_begin_write(db);
    expect_count(1);
}

static void series__does_not_rule_meetings_that_merely_answer(void **unused)
{
    (void)unused;
    wp_participant to = {ann, WP_ROLE_TO};
    wp_interaction answer = occurrence("one", &to, 1);
    answer.flags = 0;
    assert_int_equal(wp_interaction_put(txn, &answer, NULL, NULL), WP_OK);
    put_series(2, WP_INTERACTION_CANCELLED, 0);
    expect_count(1);
}

static uint64_t retain(int32_t before_day, bool is_removal)
{
    wp_retained done;
    wp_retention asked = WP_RETENTION_INIT;
    asked.before_s = INT64_C(86400) * before_day;
    asked.is_removal = is_removal;
    asked.is_dry_run = true;
    oracle_commit(txn);
    assert_int_equal(wp_retain(db, &asked, &done, NULL), WP_OK);
    uint64_t foretold = done.taken;
    asked.is_dry_run = false;
    assert_int_equal(wp_retain(db, &asked, &done, NULL), WP_OK);
    assert_int_equal(done.taken, foretold);
    txn = oracle_begin_write(db);
    return done.taken;
}

static void expect_stored(const char *id, bool is_stored)
{
    uint64_t number;
    wp_status status = wp_interaction_find(txn, id, &number, NULL);
    assert_int_equal(status, is_stored ? WP_OK : WP_ENOTFOUND);
}

/* Its time of 0 says that it tells of all time, not that it is old. */
static void series__without_occurrences_outlives_retention(void **unused)
{
    (void)unused;
    put_series(2, WP_INTERACTION_CANCELLED, 0);
    assert_int_equal(retain(DAY, false), 0);
    assert_int_equal(retain(DAY, true), 0);
    put_occurrence("one", 1);
    expect_count(0);
}

static void expect_gone_with_occurrences(bool is_removal)
{
    put_series(2, 0, 0);
    put_occurrence("one", 1);
    put_occurrence("two", 2);
    assert_int_equal(retain(DAY, is_removal), 0);
    assert_int_equal(retain(DAY + 1, is_removal), 3);
    expect_stored("series", false);
    expect_count(is_removal ? 0 : 1);
}

static void series__is_reduced_with_the_last_of_its_occurrences(void **unused)
{
    (void)unused;
    expect_gone_with_occurrences(false);
}

static void series__is_removed_with_the_last_of_its_occurrences(void **unused)
{
    (void)unused;
    expect_gone_with_occurrences(true);
}

static void series__goes_with_its_occurrences_when_it_came_last(void **unused)
{
    (void)unused;
    put_occurrence("one", 2);
    put_series(2, 0, 0);
    assert_int_equal(retain(DAY + 1, false), 2);
    expect_stored("series", false);
}

/* What it took the place of tells of people, and is not kept longer than other meetings. */
static void series__goes_with_the_meeting_that_it_took_the_place_of(void **unused)
{
    (void)unused;
    wp_participant to = {ann, WP_ROLE_TO};
    wp_interaction single = occurrence("series", &to, 1);
    single.flags = 0;
    single.reply_to = NULL;
    use("/older");
    assert_int_equal(wp_interaction_put(txn, &single, NULL, NULL), WP_OK);
    use("/newer");
    put_series(2, WP_INTERACTION_CANCELLED, 0);
    assert_int_equal(retain(DAY, false), 0);
    assert_int_equal(retain(DAY + 1, false), 1);
    expect_stored("series", false);
}

static void answer__to_a_series_without_occurrences_goes_by_its_own_time(void **unused)
{
    (void)unused;
    wp_participant self = {ann, WP_ROLE_TO};
    wp_interaction answer = facts_of_mail("answer", INT64_C(86400) * DAY, ann, &self);
    answer.kind = WP_KIND_ANSWER;
    answer.reply_to = "series";
    put_series(2, 0, 0);
    assert_int_equal(wp_interaction_put(txn, &answer, NULL, NULL), WP_OK);
    assert_int_equal(retain(DAY, false), 0);
    assert_int_equal(retain(DAY + 1, false), 1);
    expect_stored("answer", false);
    expect_stored("series", true);
}

/* Answers to an occurrence count as those to any meeting, once it is there. */
static void occurrence__takes_answers(void **unused)
{
    (void)unused;
    wp_participant to = {ann, WP_ROLE_UNANSWERED}, self = {ann, WP_ROLE_TO};
    wp_interaction meeting = occurrence("one", &to, 1), answer = WP_INTERACTION_INIT;
    answer.source = "answer";
    answer.kind = WP_KIND_ANSWER;
    answer.time_s = meeting.time_s;
    answer.reply_to = "one";
    answer.from = ann;
    answer.to = &self;
    answer.to_count = 1;
    put_series(2, 0, 0);
    assert_int_equal(wp_interaction_put(txn, &meeting, NULL, NULL), WP_OK);
    assert_int_equal(wp_interaction_put(txn, &answer, NULL, NULL), WP_OK);
    expect_count(0);
    meeting.revision = 2;
    assert_int_equal(wp_interaction_put(txn, &meeting, NULL, NULL), WP_OK);
    expect_count(1);
}

static void series__is_to_nobody_and_occurrences_are_meetings(void **unused)
{
    (void)unused;
    wp_participant to = {ann, WP_ROLE_TO};
    wp_interaction it = series(0, 0);
    it.to = &to;
    it.to_count = 1;
    assert_int_equal(wp_interaction_put(txn, &it, NULL, NULL), WP_EINVAL);
    it = series(0, WP_INTERACTION_LIST);
    assert_int_equal(wp_interaction_put(txn, &it, NULL, NULL), WP_EINVAL);
    it = series(0, 0);
    it.reply_to = "another";
    assert_int_equal(wp_interaction_put(txn, &it, NULL, NULL), WP_EINVAL);
    it = occurrence("one", &to, 0);
    it.reply_to = NULL;
    assert_int_equal(wp_interaction_put(txn, &it, NULL, NULL), WP_EINVAL);
    it = series(0, 0);
    it.series_revision = -1;
    assert_int_equal(wp_interaction_put(txn, &it, NULL, NULL), WP_EINVAL);
    it = occurrence("one", &to, 0);
    it.flags = 0;
    it.series_revision = 1;
    it.kind = WP_KIND_CALL;
    assert_int_equal(wp_interaction_put(txn, &it, NULL, NULL), WP_EINVAL);
    it = occurrence("one", &to, 0);
    it.kind = WP_KIND_MAIL;
    assert_int_equal(wp_interaction_put(txn, &it, NULL, NULL), WP_EINVAL);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, given_keep_sound)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(series__of_a_newer_version_lacks_what_only_older_ones_have),
        TEST(series__may_come_before_its_occurrences),
        TEST(series__that_is_called_off_has_no_occurrences),
        TEST(series__tells_nothing_of_what_was_before_its_time),
        TEST(series__gives_way_to_a_single_meeting_of_a_newer_version),
        TEST(series__comes_back_when_the_source_of_the_newer_version_goes),
        TEST(series__does_not_rule_meetings_that_merely_answer),
        TEST(occurrence__that_was_changed_goes_with_the_version_that_lacks_it),
        TEST(occurrence__that_was_changed_is_had_by_whichever_version_comes_first),
        TEST(occurrence__that_was_changed_goes_with_the_source_that_has_it),
        TEST(series__may_leave_changed_occurrences_alone),
        TEST(series__may_be_from_nobody_alone),
        TEST(series__without_occurrences_outlives_retention),
        TEST(series__is_reduced_with_the_last_of_its_occurrences),
        TEST(series__is_removed_with_the_last_of_its_occurrences),
        TEST(series__goes_with_its_occurrences_when_it_came_last),
        TEST(series__goes_with_the_meeting_that_it_took_the_place_of),
        TEST(answer__to_a_series_without_occurrences_goes_by_its_own_time),
        TEST(occurrence__takes_answers),
        TEST(series__is_to_nobody_and_occurrences_are_meetings),
    };
    return scratch_end(cmocka_run_group_tests(tests, NULL, NULL));
}
