/*
 * Connections: two people are connected once, however many archives tell of it and by whatever
 * keys.
 *
 * Several of one moment are stored under different ids, as the archives of both or two exports of
 * one do. One counts while any is there; which of them was stored first does not matter.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "oracle_db.h"
#include "scratch.h"
#include "warmpath.h"

#define DAY 19783 /* 2024-03-01 */
#define WEIGHT 1.2

static wp_db *db;
static wp_txn *txn;
static wp_number ann, bob, ben; /* ben is who bob is with another address, once merged */

static void put(const char *source_name, const char *id, wp_number from, wp_number to, int32_t day)
{
    uint32_t source;
    assert_int_equal(wp_source_put(txn, source_name, NULL, WP_TIME_NONE, &source, NULL), WP_OK);
    assert_int_equal(wp_txn_use_source(txn, source, NULL), WP_OK);
    wp_participant whom = {to, WP_ROLE_TO};
    wp_interaction it = WP_INTERACTION_INIT;
    it.source = id;
    it.kind = WP_KIND_CONNECTION;
    it.time_s = INT64_C(86400) * day;
    it.from = from;
    it.to = &whom;
    it.to_count = 1;
    assert_int_equal(wp_interaction_put(txn, &it, NULL, NULL), WP_OK);
}

/* What is told of a tie: how many connections, what they weigh, and the day of one that weighs. */
typedef struct told {
    size_t count;
    double weight;
    int64_t day;
} told;

static told explain(wp_number from, wp_number to, int32_t day)
{
    told out = {0, 0.0, -1};
    double sum = 0.0;
    wp_explanation *found = NULL;
    if (wp_explain(txn, from, to, day, &found, NULL) == WP_ENOTFOUND)
        return out;
    for (size_t i = 0; i < found->count; i++) {
        const wp_contribution *item = &found->items[i];
        sum += item->contribution;
        out.count += item->is_outbound ? 1 : 0;
        out.weight += item->is_outbound ? item->weight : 0.0;
        if (item->weight > 0.0)
            out.day = item->time_s / 86400;
    }
    assert_true(fabs(sum - found->tie.inbound - found->tie.outbound) < 1e-9);
    wp_explanation_free(found);
    return out;
}

static void expect(wp_number from, wp_number to, told wanted)
{
    told found = explain(from, to, DAY);
    assert_int_equal(found.count, wanted.count);
    assert_true(fabs(found.weight - wanted.weight) < 1e-12);
    assert_int_equal(found.day, wanted.day);
}

static int begin(void **unused)
{
    (void)unused;
    db = oracle_open_fresh("connection");
    txn = oracle_begin_write(db);
    ann = oracle_put_person(txn, "ann@acme.example");
    bob = oracle_put_person(txn, "bob@us.example");
    ben = oracle_put_person(txn, "ben@us.example");
    return 0;
}

static int end(void **unused)
{
    (void)unused;
    oracle_commit(txn);
    oracle_expect_sound(db, 0, 0, "at the end");
    wp_close(db);
    return 0;
}

static void connection__counts_once_under_two_ids(void **unused)
{
    (void)unused;
    put("/a", "one", bob, ann, DAY - 10);
    put("/b", "other", ann, bob, DAY - 10);
    expect(bob, ann, (told){2, WEIGHT, DAY - 10});
    expect(ann, bob, (told){2, WEIGHT, DAY - 10});
}

static void connection__counts_again_at_another_moment(void **unused)
{
    (void)unused;
    put("/a", "one", bob, ann, DAY - 10);
    put("/b", "later", ann, bob, DAY - 9);
    put("/b", "other", ann, bob, DAY - 10);
    expect(bob, ann, (told){3, 2 * WEIGHT, DAY - 9});
}

static void connection__counts_once_when_both_come_in_one_batch_or_two(void **unused)
{
    (void)unused;
    put("/a", "one", bob, ann, DAY - 10);
    put("/a", "other", bob, ann, DAY - 10);
    oracle_commit(txn);
    txn = oracle_begin_write(db);
    expect(bob, ann, (told){2, WEIGHT, DAY - 10});
    put("/b", "third", ann, bob, DAY - 10);
    oracle_commit(txn);
    txn = oracle_begin_write(db);
    expect(bob, ann, (told){3, WEIGHT, DAY - 10});
}

static void connection__leaves_the_other_when_its_source_goes(void **unused)
{
    (void)unused;
    uint32_t source;
    put("/a", "one", bob, ann, DAY - 10);
    put("/b", "other", ann, bob, DAY - 10);
    assert_int_equal(wp_source_find(txn, "/b", &source, NULL), WP_OK);
    oracle_commit(txn);
    assert_int_equal(wp_source_remove(db, source, NULL, NULL, NULL, NULL), WP_OK);
    txn = oracle_begin_write(db);
    expect(bob, ann, (told){1, WEIGHT, DAY - 10});
}

static void connection__counts_once_for_people_who_become_one(void **unused)
{
    (void)unused;
    put("/a", "by bob", bob, ann, DAY - 10);
    put("/b", "by ben", ben, ann, DAY - 10);
    expect(bob, ann, (told){1, WEIGHT, DAY - 10});
    assert_int_equal(wp_person_merge(txn, bob, ben, NULL), WP_OK);
    expect(bob, ann, (told){2, WEIGHT, DAY - 10});
    assert_int_equal(wp_person_unmerge(txn, bob, ben, NULL), WP_OK);
    expect(bob, ann, (told){1, WEIGHT, DAY - 10});
    expect(ben, ann, (told){1, WEIGHT, DAY - 10});
}

static void connection__is_not_there_before_its_moment(void **unused)
{
    (void)unused;
    put("/a", "one", bob, ann, DAY - 10);
    put("/b", "other", bob, ann, DAY - 10);
    assert_int_equal(explain(bob, ann, DAY - 11).count, 0);
    assert_int_equal(explain(bob, ann, DAY - 10).count, 2);
    assert_true(fabs(explain(bob, ann, DAY - 10).weight - WEIGHT) < 1e-12);
}

static void connection__counts_for_one_message_of_the_year(void **unused)
{
    (void)unused;
    wp_tie tie;
    put("/a", "one", bob, ann, DAY - 10);
    put("/b", "other", bob, ann, DAY - 10);
    assert_int_equal(wp_tie_get(txn, bob, ann, DAY, &tie, NULL), WP_OK);
    assert_int_equal(tie.messages_out, 1);
    assert_int_equal(tie.last_contact_s / 86400, DAY - 10);
}

static void connection__is_reduced_unless_told_twice(void **unused)
{
    (void)unused;
    wp_retained done;
    wp_retention asked = WP_RETENTION_INIT;
    put("/a", "one", bob, ann, DAY - 10);
    put("/b", "other", bob, ann, DAY - 10);
    put("/a", "earlier", bob, ann, DAY - 20);
    oracle_commit(txn);
    asked.before_s = INT64_C(86400) * DAY;
    assert_int_equal(wp_retain(db, &asked, &done, NULL), WP_OK);
    assert_int_equal(done.taken, 1);
    asked.is_removal = true;
    assert_int_equal(wp_retain(db, &asked, &done, NULL), WP_OK);
    assert_int_equal(done.taken, 3); /* the summary of the other, too */
    txn = oracle_begin_write(db);
    assert_int_equal(explain(bob, ann, DAY).count, 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(connection__counts_once_under_two_ids),
        TEST(connection__counts_again_at_another_moment),
        TEST(connection__counts_once_when_both_come_in_one_batch_or_two),
        TEST(connection__leaves_the_other_when_its_source_goes),
        TEST(connection__counts_once_for_people_who_become_one),
        TEST(connection__is_not_there_before_its_moment),
        TEST(connection__counts_for_one_message_of_the_year),
        TEST(connection__is_reduced_unless_told_twice),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    scratch_remove();
    return failed;
}
