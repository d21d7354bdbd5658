/*
 * Having worked together: what follows from employments whose times overlap, in figures.
 *
 * Months are 30.4375 days. All days are relative to DAY, the day asked about. That evidence follows
 * every change, whatever its order, is compared at random in statements_model_test.c.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "facts.h"
#include "given.h"
#include "scratch.h"
#include "warmpath.h"

#define DAY 19783 /* 2024-03-01 */
#define NONE WP_DAY_NONE

static wp_number ann, bob, acme;

static wp_number put_company(const char *domain, const char *name)
{
    wp_number number = 0;
    wp_identity identity = {WP_IDENTITY_DOMAIN, domain};
    wp_company_facts facts = facts_of_company(&identity);
    facts.name = name;
    assert_int_equal(wp_company_put(txn, &facts, &number, NULL, NULL), WP_OK);
    return number;
}

/* From and to are days before DAY; NONE: unknown, or goes on. */
static void employ(wp_number person, wp_number company, int32_t from, int32_t to)
{
    wp_employment job = {.person = person,
                         .company = company,
                         .from_day = from == NONE ? NONE : DAY - from,
                         .to_day = to == NONE ? NONE : DAY - to};
    assert_int_equal(wp_employment_put(txn, &job, NULL), WP_OK);
}

/* What each has put in; both ways are the same. */
static double amount(wp_number a, wp_number b, int32_t day)
{
    wp_tie tie;
    wp_status status = wp_tie_get(txn, a, b, day, &tie, NULL);
    if (status == WP_ENOTFOUND)
        return 0.0;
    assert_int_equal(status, WP_OK);
    assert_true(tie.inbound == tie.outbound);
    return tie.inbound;
}

static void expect_near(double seen, double expected)
{
    if (fabs(seen - expected) > 1e-9)
        fail_msg("%.12g, expected %.12g", seen, expected);
}

static void expect_sound(void)
{
    uint64_t faults = 0;
    assert_int_equal(wp_check(txn, true, NULL, NULL, &faults, NULL), WP_OK);
    assert_int_equal(faults, 0);
}

static int begin(void **unused)
{
    (void)given_empty(unused);
    ann = oracle_put_person(txn, "ann@gmail.com");
    bob = oracle_put_person(txn, "bob@gmail.com");
    acme = put_company("acme.example", "Acme");
    return 0;
}

static void together__weighs_three_fifths_a_month_from_the_last_day(void **unused)
{
    (void)unused;
    employ(ann, acme, 500, 0);
    employ(bob, acme, 400, 0);
    /* 401 days are 13 whole months. */
    expect_near(amount(ann, bob, DAY), 7.8);
    expect_near(amount(ann, bob, DAY + 365), 3.9);
    expect_near(amount(ann, bob, DAY - 1), 0.0);
    expect_sound();
}

static void together__counts_at_most_two_years(void **unused)
{
    (void)unused;
    employ(ann, acme, 4000, 0);
    employ(bob, acme, 4000, 0);
    expect_near(amount(ann, bob, DAY), 14.4);
}

static void together__grows_while_it_goes_on(void **unused)
{
    (void)unused;
    employ(ann, acme, 31, NONE);
    employ(bob, acme, 31, NONE);
    expect_near(amount(ann, bob, DAY - 2), 0.0);
    expect_near(amount(ann, bob, DAY - 1), 0.6);
    /* After 91 days two months more, at day 91; the first has faded for 61 days. */
    expect_near(amount(ann, bob, DAY + 60), 1.2 + 0.6 * exp2(-61.0 / 365));
    expect_sound();
}

static void together__adds_up_over_several_employments(void **unused)
{
    (void)unused;
    employ(ann, acme, 1000, 800);
    employ(ann, acme, 799, 0); /* a promotion leaves no gap */
    employ(bob, acme, 900, 700);
    employ(bob, acme, 100, 0);
    /* 201 and 101 days: 9 whole months. */
    expect_near(amount(ann, bob, DAY), 5.4);
    expect_sound();
}

static void together__needs_first_days_and_one_company(void **unused)
{
    (void)unused;
    employ(ann, acme, NONE, NONE);
    employ(bob, acme, 400, NONE);
    expect_near(amount(ann, bob, DAY), 0.0);
    employ(ann, put_company("beta.example", "Beta"), 400, NONE);
    expect_near(amount(ann, bob, DAY), 0.0);
    employ(ann, acme, 300, 290);
    expect_near(amount(ann, bob, DAY), 0.0); /* less than a month */
    expect_sound();
}

static void together__follows_an_employment_that_ends_later_than_was_known(void **unused)
{
    (void)unused;
    employ(ann, acme, 400, NONE);
    employ(bob, acme, 400, 300);
    expect_near(amount(ann, bob, DAY), 1.8 * exp2(-300.0 / 365));
    employ(bob, acme, 400, 0);
    expect_near(amount(ann, bob, DAY), 7.8);
    expect_sound();
}

static void together__is_not_for_large_companies(void **unused)
{
    wp_together said;
    (void)unused;
    employ(ann, acme, 400, 0);
    employ(bob, acme, 400, 0);
    assert_int_equal(wp_together_get(txn, &said, NULL), WP_OK);
    assert_int_equal(said.people_max, 500);
    assert_int_equal(said.companies_left_out, 0);
    assert_int_equal(wp_together_put(txn, 2, NULL), WP_OK);
    expect_near(amount(ann, bob, DAY), 7.8);
    wp_number eve = oracle_put_person(txn, "eve@gmail.com");
    employ(eve, acme, NONE, NONE); /* does not count */
    expect_near(amount(ann, bob, DAY), 7.8);
    employ(eve, acme, 4000, 3900);
    expect_near(amount(ann, bob, DAY), 0.0);
    assert_int_equal(wp_together_get(txn, &said, NULL), WP_OK);
    assert_int_equal(said.companies_left_out, 1);
    assert_int_equal(wp_person_merge(txn, bob, eve, NULL), WP_OK); /* two people are left */
    expect_near(amount(ann, bob, DAY), 7.8);
    assert_int_equal(wp_together_put(txn, 1, NULL), WP_OK);
    expect_near(amount(ann, bob, DAY), 0.0);
    assert_int_equal(wp_together_put(txn, WP_TOGETHER_MAX + 1, NULL), WP_EINVAL);
    expect_sound();
}

static void together__is_explained_by_the_company(void **unused)
{
    wp_explanation *found = NULL;
    (void)unused;
    employ(ann, acme, 400, 0);
    employ(bob, acme, 400, 0);
    assert_int_equal(wp_explain(txn, ann, bob, DAY, &found, NULL), WP_OK);
    assert_int_equal(found->count, 2);
    for (size_t i = 0; i < 2; i++) {
        assert_int_equal(found->items[i].interaction, 0);
        assert_int_equal(found->items[i].company, acme);
        assert_int_equal(found->items[i].kind, WP_KIND_TOGETHER);
        expect_near(found->items[i].contribution, 7.8);
    }
    wp_explanation_free(found);
}

static void together__of_many_people_is_all_pairs(void **unused)
{
    wp_stats stats;
    (void)unused;
    for (int i = 0; i < 120; i++) {
        char address[32];
        (void)snprintf(address, sizeof address, "p%d@gmail.com", i);
        employ(oracle_put_person(txn, address), acme, 400, 0);
    }
    assert_int_equal(wp_stats_get(txn, &stats, NULL), WP_OK);
    assert_int_equal(stats.ties, 120 * 119 / 2);
    assert_int_equal(wp_together_put(txn, 119, NULL), WP_OK);
    assert_int_equal(wp_stats_get(txn, &stats, NULL), WP_OK);
    assert_int_equal(stats.ties, 0);
    expect_sound();
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, given_forget)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(together__weighs_three_fifths_a_month_from_the_last_day),
        TEST(together__counts_at_most_two_years),
        TEST(together__grows_while_it_goes_on),
        TEST(together__adds_up_over_several_employments),
        TEST(together__needs_first_days_and_one_company),
        TEST(together__follows_an_employment_that_ends_later_than_was_known),
        TEST(together__is_not_for_large_companies),
        TEST(together__is_explained_by_the_company),
        TEST(together__of_many_people_is_all_pairs),
    };
    return scratch_end(cmocka_run_group_tests(tests, NULL, NULL));
}
