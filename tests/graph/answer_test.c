/*
 * Answers to invitations, in figures: whose word counts for a part, and what is refused.
 *
 * Meetings take place at the midnight that is asked about, so that a part weighs 4 attended and 1
 * unanswered between two people. That meetings and answers come and go in any order, with merging,
 * erasing and retention, is compared at random in statements_model_test.c and its neighbours.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "api/handles.h"
#include "facts.h"
#include "given.h"
#include "scratch.h"
#include "warmpath.h"

#define DAY 19783 /* 2024-03-01 */
#define FADED (1.0 + 30.0 / 365.0)

static wp_number ann, bob;

static wp_interaction make(const char *id, wp_kind kind, wp_number from, const wp_participant *to,
                           int64_t revision)
{
    wp_interaction it = facts_of_mail(id, INT64_C(86400) * DAY, from, to);
    it.kind = kind;
    it.revision = revision;
    it.reply_to = kind == WP_KIND_ANSWER ? "meeting" : NULL;
    return it;
}

/* Bob invites Ann. */
static void invite(wp_role role, int64_t revision)
{
    wp_participant to = {ann, role};
    wp_interaction it = make("meeting", WP_KIND_MEETING, bob, &to, revision);
    assert_int_equal(wp_interaction_put(txn, &it, NULL, NULL), WP_OK);
}

static void answer(const char *id, wp_number from, wp_role role, int64_t revision)
{
    wp_participant to = {from, role};
    wp_interaction it = make(id, WP_KIND_ANSWER, from, &to, revision);
    assert_int_equal(wp_interaction_put(txn, &it, NULL, NULL), WP_OK);
}

/* What each has put in; both ways are the same. */
static void expect_weight(double expected)
{
    wp_tie tie = {.inbound = 0.0};
    wp_status status = wp_tie_get(txn, ann, bob, DAY, &tie, NULL);
    assert_true(status == WP_OK || (status == WP_ENOTFOUND && expected == 0.0));
    if (fabs(tie.inbound - expected * FADED) > 1e-9)
        fail_msg("%.12g, expected %.12g", tie.inbound, expected * FADED);
}

static int begin(void **unused)
{
    (void)given_empty(unused);
    ann = oracle_put_person(txn, "ann@acme.example");
    bob = oracle_put_person(txn, "bob@us.example");
    return 0;
}

static void answer__takes_an_open_part_whatever_its_revision(void **unused)
{
    (void)unused;
    invite(WP_ROLE_UNANSWERED, 5);
    expect_weight(1.0);
    answer("a", ann, WP_ROLE_TO, 1);
    expect_weight(4.0);
}

static void answer__waits_for_its_meeting(void **unused)
{
    (void)unused;
    answer("a", ann, WP_ROLE_TENTATIVE, 1);
    expect_weight(0.0);
    invite(WP_ROLE_UNANSWERED, 0);
    expect_weight(2.0);
}

static void answer__gives_way_to_what_the_organizer_knew_later(void **unused)
{
    (void)unused;
    answer("a", ann, WP_ROLE_DECLINED, 3);
    invite(WP_ROLE_TO, 2);
    expect_weight(0.0);
    invite(WP_ROLE_TO, 3);
    expect_weight(4.0);
}

static void answer__of_the_highest_revision_holds(void **unused)
{
    (void)unused;
    invite(WP_ROLE_UNANSWERED, 0);
    answer("a", ann, WP_ROLE_TO, 2);
    answer("b", ann, WP_ROLE_DECLINED, 1);
    expect_weight(4.0);
    answer("b", ann, WP_ROLE_DECLINED, 3);
    expect_weight(0.0);
}

static void answer__of_another_address_counts_once_both_are_one_person(void **unused)
{
    (void)unused;
    wp_number home = oracle_put_person(txn, "ann@gmail.com");
    invite(WP_ROLE_UNANSWERED, 0);
    answer("a", home, WP_ROLE_TO, 1);
    expect_weight(1.0);
    assert_int_equal(wp_person_merge(txn, ann, home, NULL), WP_OK);
    expect_weight(4.0);
    assert_int_equal(wp_person_unmerge(txn, ann, home, NULL), WP_OK);
    expect_weight(1.0);
}

/* Reduce what was until the day of the meeting: it goes with its answer "a". */
static void expect_reduced_with_meeting(void)
{
    wp_retention asked = WP_RETENTION_INIT;
    wp_retained done;
    uint64_t number;
    oracle_commit(txn);
    asked.before_s = INT64_C(86400) * DAY + 1;
    assert_int_equal(wp_retain(db, &asked, &done, NULL), WP_OK);
    assert_int_equal(done.taken, 2);
    txn = oracle_begin_write(db);
    assert_int_equal(wp_interaction_find(txn, "a", &number, NULL), WP_ENOTFOUND);
}

static void answer__goes_with_its_meeting_when_that_is_reduced(void **unused)
{
    (void)unused;
    answer("a", ann, WP_ROLE_TO, 1);
    invite(WP_ROLE_UNANSWERED, 0);
    expect_reduced_with_meeting();
    expect_weight(4.0);
}

static void answer__that_was_called_off_goes_with_its_meeting(void **unused)
{
    wp_participant self = {ann, WP_ROLE_TO};
    wp_interaction it = make("a", WP_KIND_ANSWER, ann, &self, 1);
    (void)unused;
    it.flags = WP_INTERACTION_CANCELLED;
    invite(WP_ROLE_UNANSWERED, 0);
    assert_int_equal(wp_interaction_put(txn, &it, NULL, NULL), WP_OK);
    expect_reduced_with_meeting();
}

static void answer__is_to_its_sender_alone_and_to_something(void **unused)
{
    (void)unused;
    wp_participant other = {bob, WP_ROLE_TO}, self = {ann, WP_ROLE_TO};
    wp_interaction it = make("a", WP_KIND_ANSWER, ann, &other, 0);
    assert_int_equal(wp_interaction_put(txn, &it, NULL, NULL), WP_EINVAL);
    it.to = &self;
    it.reply_to = NULL;
    assert_int_equal(wp_interaction_put(txn, &it, NULL, NULL), WP_EINVAL);
    it.reply_to = "meeting";
    it.flags = WP_INTERACTION_PRIVATE;
    assert_int_equal(wp_interaction_put(txn, &it, NULL, NULL), WP_EINVAL);
    it.flags = 0;
    it.kind = WP_KIND_TOGETHER;
    assert_int_equal(wp_interaction_put(txn, &it, NULL, NULL), WP_EINVAL);
    it.kind = WP_KIND_ANSWER;
    assert_int_equal(wp_interaction_put(txn, &it, NULL, NULL), WP_OK);
}

static void expect_waiting(size_t meetings, size_t rows)
{
    assert_int_equal(txn->graph.waiting.meetings.count, meetings);
    assert_int_equal(txn->graph.waiting.rows, rows);
}

/* Of many answers to one meeting, new, known or revised, none has the others read again. */
static void answer__leaves_a_meeting_waiting_until_somebody_reads(void **unused)
{
    (void)unused;
    invite(WP_ROLE_UNANSWERED, 0);
    for (int pass = 0; pass < 3; pass++)
        for (int i = 0; i < 20; i++) {
            char id[16], address[32];
            (void)snprintf(id, sizeof id, "a%d", i);
            (void)snprintf(address, sizeof address, "p%d@acme.example", i);
            wp_number other = i == 0 ? ann : oracle_put_person(txn, address);
            answer(id, other, i == 0 && pass == 2 ? WP_ROLE_TENTATIVE : WP_ROLE_TO, pass / 2);
            expect_waiting(1, 1); /* as before all of them */
        }
    expect_weight(2.0);
    expect_waiting(0, 0);
    answer("b", ann, WP_ROLE_TO, 2);
    expect_waiting(1, 1);
    invite(WP_ROLE_UNANSWERED, 1); /* the meeting itself changes */
    expect_waiting(0, 0);
    expect_weight(4.0);
}

static void put_answer_to(const char *id, wp_number from, wp_role role, const char *meeting,
                          int64_t revision)
{
    wp_participant to = {from, role};
    wp_interaction it = make(id, WP_KIND_ANSWER, from, &to, revision);
    it.reply_to = meeting;
    assert_int_equal(wp_interaction_put(txn, &it, NULL, NULL), WP_OK);
}

/* However the meetings take turns, each waits from its first answer to the end of them. */
static void answers__to_many_meetings_leave_each_waiting(void **unused)
{
    (void)unused;
    wp_participant to = {ann, WP_ROLE_UNANSWERED};
    char id[16], meeting[16];
    for (int i = 0; i < 30; i++) {
        (void)snprintf(meeting, sizeof meeting, "m%d", i);
        wp_interaction it = make(meeting, WP_KIND_MEETING, bob, &to, 0);
        assert_int_equal(wp_interaction_put(txn, &it, NULL, NULL), WP_OK);
    }
    for (int i = 0; i < 90; i++) {
        (void)snprintf(id, sizeof id, "a%d", i);
        (void)snprintf(meeting, sizeof meeting, "m%d", i % 30);
        put_answer_to(id, ann, i < 60 ? WP_ROLE_DECLINED : WP_ROLE_TO, meeting, i);
        expect_waiting(i < 30 ? (size_t)i + 1 : 30, i < 30 ? (size_t)i + 1 : 30);
    }
    expect_weight(4.0 * 30);
    expect_waiting(0, 0);
}

static void put_occurrence(const char *id, wp_role role, int64_t revision)
{
    wp_participant to = {ann, role};
    wp_interaction it = make(id, WP_KIND_MEETING, bob, &to, revision);
    it.reply_to = "series";
    it.flags = WP_INTERACTION_OCCURRENCE;
    assert_int_equal(wp_interaction_put(txn, &it, NULL, NULL), WP_OK);
}

static void answer__to_a_series_is_to_its_occurrences(void **unused)
{
    (void)unused;
    put_occurrence("one", WP_ROLE_UNANSWERED, 1);
    put_answer_to("a", ann, WP_ROLE_TO, "series", 1);
    expect_weight(4.0);
    put_occurrence("two", WP_ROLE_UNANSWERED, 1);
    expect_weight(8.0);
    put_answer_to("a", ann, WP_ROLE_TENTATIVE, "series", 2);
    expect_weight(4.0);
    put_answer_to("a", ann, WP_ROLE_DECLINED, "series", 3);
    expect_weight(0.0);
}

static void answer__to_an_occurrence_holds_against_older_ones_to_the_series(void **unused)
{
    (void)unused;
    put_occurrence("one", WP_ROLE_UNANSWERED, 1);
    put_occurrence("two", WP_ROLE_UNANSWERED, 1);
    put_answer_to("of one", ann, WP_ROLE_DECLINED, "one", WP_REVISION_CHANGED | 2);
    expect_weight(1.0);
    put_answer_to("of all", ann, WP_ROLE_TO, "series", 1);
    expect_weight(4.0);
    put_answer_to("of all", ann, WP_ROLE_TO, "series", 3);
    expect_weight(8.0);
}

/* What the organizer says of a changed occurrence is as old as what it was changed in. */
static void answer__to_a_series_is_compared_with_the_version_of_a_change(void **unused)
{
    (void)unused;
    put_occurrence("one", WP_ROLE_TENTATIVE, WP_REVISION_CHANGED | 2);
    put_answer_to("a", ann, WP_ROLE_TO, "series", 2);
    expect_weight(2.0);
    put_answer_to("b", ann, WP_ROLE_TO, "series", 3);
    expect_weight(4.0);
}

/* Also one that comes in a later transaction, whoever she is by then. */
static void answer__to_a_series_follows_whoever_gave_it(void **unused)
{
    (void)unused;
    uint32_t source;
    put_occurrence("one", WP_ROLE_UNANSWERED, 1);
    put_occurrence("two", WP_ROLE_UNANSWERED, 1);
    oracle_commit(txn);
    txn = oracle_begin_write(db);
    wp_number other = oracle_put_person(txn, "ann@home.example");
    assert_int_equal(wp_source_put(txn, "/answers", NULL, WP_TIME_NONE, &source, NULL), WP_OK);
    assert_int_equal(wp_txn_use_source(txn, source, NULL), WP_OK);
    put_answer_to("a", other, WP_ROLE_TO, "series", 1);
    expect_weight(2.0);
    assert_int_equal(wp_txn_use_source(txn, WP_SOURCE_HAND, NULL), WP_OK);
    assert_int_equal(wp_person_merge(txn, ann, other, NULL), WP_OK);
    expect_weight(8.0);
    oracle_commit(txn);
    oracle_expect_sound(db, 0, 0, "merged");
    assert_int_equal(wp_source_remove(db, source, NULL, NULL, NULL, NULL), WP_OK);
    txn = oracle_begin_write(db);
    expect_weight(2.0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, given_keep_sound)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(answer__takes_an_open_part_whatever_its_revision),
        TEST(answer__waits_for_its_meeting),
        TEST(answer__gives_way_to_what_the_organizer_knew_later),
        TEST(answer__of_the_highest_revision_holds),
        TEST(answer__of_another_address_counts_once_both_are_one_person),
        TEST(answer__goes_with_its_meeting_when_that_is_reduced),
        TEST(answer__that_was_called_off_goes_with_its_meeting),
        TEST(answer__is_to_its_sender_alone_and_to_something),
        TEST(answers__to_many_meetings_leave_each_waiting),
        TEST(answer__to_a_series_is_to_its_occurrences),
        TEST(answer__to_an_occurrence_holds_against_older_ones_to_the_series),
        TEST(answer__to_a_series_is_compared_with_the_version_of_a_change),
        TEST(answer__to_a_series_follows_whoever_gave_it),
        TEST(answer__leaves_a_meeting_waiting_until_somebody_reads),
    };
    return scratch_end(cmocka_run_group_tests(tests, NULL, NULL));
}
