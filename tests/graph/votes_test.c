/*
 * What many sources state of one thing: all of them have a vote, and what a limit leaves out does
 * not depend on the order in which it came.
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

#define DAY 19783  /* 2024-03-01 */
#define ALIASES 65 /* one more than a source may state */

static void use_source(int number)
{
    char name[16];
    uint32_t source;
    (void)snprintf(name, sizeof name, "/%d", number);
    assert_int_equal(wp_source_put(txn, name, NULL, WP_TIME_NONE, &source, NULL), WP_OK);
    assert_int_equal(wp_txn_use_source(txn, source, NULL), WP_OK);
}

static wp_number put_company(const char *const *aliases, size_t count)
{
    wp_number number = 0;
    wp_identity identity = {WP_IDENTITY_DOMAIN, "acme.example"};
    wp_company_facts facts = facts_of_company(&identity);
    facts.aliases = aliases;
    facts.alias_count = count;
    assert_int_equal(wp_company_put(txn, &facts, &number, NULL, NULL), WP_OK);
    return number;
}

/* Sixty-four state the one title before sixty-five state the other. */
static void employment__has_the_title_of_most_sources_however_many(void **unused)
{
    (void)unused;
    wp_employment job = {.person = oracle_put_person(txn, "ann@gmail.com"),
                         .company = put_company(NULL, 0),
                         .from_day = WP_DAY_NONE,
                         .to_day = WP_DAY_NONE};
    for (int i = 0; i < 129; i++) {
        use_source(i);
        job.title = i < 64 ? "Assistant" : "Boss";
        assert_int_equal(wp_employment_put(txn, &job, NULL), WP_OK);
    }
    wp_person person;
    assert_int_equal(wp_person_get(txn, job.person, DAY, &person, NULL), WP_OK);
    assert_string_equal(person.title, "Boss");
}

static void company__keeps_the_same_aliases_in_any_order(void **unused)
{
    (void)unused;
    char names[ALIASES][16];
    const char *first[1] = {"Name 00"}, *later[ALIASES - 1];
    for (int i = 0; i < ALIASES; i++)
        (void)snprintf(names[i], sizeof names[i], "Name %02d", i);
    for (int i = 1; i < ALIASES; i++)
        later[i - 1] = names[i];
    (void)put_company(later, ALIASES - 1);
    wp_number number = put_company(first, 1);
    wp_company company;
    assert_int_equal(wp_company_get(txn, number, &company, NULL), WP_OK);
    assert_int_equal(company.alias_count, ALIASES - 1);
    for (size_t i = 0; i < company.alias_count; i++)
        assert_string_not_equal(company.aliases[i].name, "Name 64");
}

/* Each of three sources says two things of a deal: the first would win over the third by amount,
 * the third over the second by name, and the second over the first. */
static void state_deal(int which)
{
    static const wp_opportunity deals[] = {{.name = "C", .amount = 5, .stage = NULL},
                                           {.name = "B", .amount = NAN, .stage = "Won over"},
                                           {.name = "A", .amount = 3, .stage = NULL}};
    wp_number number;
    wp_opportunity deal = WP_OPPORTUNITY_INIT;
    use_source(which);
    deal.id = "deal";
    deal.name = deals[which].name;
    deal.amount = deals[which].amount;
    deal.stage = deals[which].stage;
    assert_int_equal(wp_opportunity_put(txn, &deal, &number, NULL, NULL), WP_OK);
}

static void opportunity__is_the_same_in_any_order_of_sources(void **unused)
{
    static const int orders[][3] = {{0, 1, 2}, {0, 2, 1}, {1, 0, 2},
                                    {1, 2, 0}, {2, 0, 1}, {2, 1, 0}};
    for (size_t i = 0; i < sizeof orders / sizeof *orders; i++) {
        for (size_t j = 0; j < 3; j++)
            state_deal(orders[i][j]);
        wp_number number;
        wp_opportunity deal;
        assert_int_equal(wp_opportunity_find(txn, "deal", &number, NULL), WP_OK);
        assert_int_equal(wp_opportunity_get(txn, number, &deal, NULL), WP_OK);
        assert_string_equal(deal.name, "C");
        (void)given_keep_sound(unused);
        (void)given_empty(unused);
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, given_empty, given_keep_sound)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(employment__has_the_title_of_most_sources_however_many),
        TEST(opportunity__is_the_same_in_any_order_of_sources),
        TEST(company__keeps_the_same_aliases_in_any_order),
    };
    return scratch_end(cmocka_run_group_tests(tests, NULL, NULL));
}
