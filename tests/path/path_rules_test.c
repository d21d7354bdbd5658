/*
 * The rules of paths, one small network each, with the answers as literals.
 *
 * Read this file as the rules by example: s is the source, t the target, answers are people and
 * micro-nats. Costs of frequent p: .9 105361, .8 223144, .7 356675, .6 510826, .5 693147,
 * .25 1386294, .2 1609438, .1 2302585, .05 2995732; a relay factor is 223000, one fresh ask 346574.
 */
#include "facts.h"
#include "net_tests.h"
#include "oracle_world.h"
#include "scratch.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

/* ---- Hops ---- */

static void path_find__follows_ties_in_their_direction(void **unused)
{
    (void)unused;
    net_given("direction", "sa=.5 at=.5");
    assert_string_equal(net_ask(&n, "s", "t"), "sat 1386294");
    assert_string_equal(net_ask(&n, "t", "s"), "");
}

static void path_find__never_has_a_hop_too_many(void **unused)
{
    (void)unused;
    net_given("too_many", "sa=.9 ab=.9 bt=.9");
    wp_path_query query = net_query(&n, "s", "t");
    query.hops_max = 2;
    assert_string_equal(net_find(&n, &query), "");
    query.hops_max = 3;
    assert_string_equal(net_find(&n, &query), "sabt 539083");
    query.hops_max = WP_HOPS_ANY;
    assert_string_equal(net_find(&n, &query), "sabt 539083");
}

static void path_find__is_not_misled_by_a_cheaper_longer_way(void **unused)
{
    (void)unused;
    /* The cheapest way to x takes two hops; with it, t is three hops away. */
    net_given("hidden", "sx=.5 sy=.9 yx=.9 xt=.9");
    wp_path_query query = net_query(&n, "s", "t");
    query.is_plain = true;
    query.hops_max = 2;
    assert_string_equal(net_find(&n, &query), "sxt 798508");
    query.hops_max = 3;
    assert_string_equal(net_find(&n, &query), "syxt 316083");
}

static void path_find__goes_far_without_a_limit(void **unused)
{
    (void)unused;
    net_given("far", "sa=.98 ab=.98 bc=.98 cd=.98 de=.98 ef=.98 fg=.98 gt=.98");
    wp_path_query query = net_query(&n, "s", "t");
    query.is_plain = true;
    query.hops_max = 6;
    assert_string_equal(net_find(&n, &query), "");
    query.hops_max = WP_HOPS_ANY;
    assert_string_equal(net_find(&n, &query), "sabcdefgt 161624");
}

static void path_find__meets_nobody_twice(void **unused)
{
    (void)unused;
    net_given("twice", "sa-.9 ab-.9 bs-.9 bt=.9");
    wp_path_query query = net_query(&n, "s", "t");
    query.hops_max = 6;
    assert_string_equal(net_find(&n, &query), "sbt 210722");
}

/* ---- Introducers ---- */

static void path_find__has_one_path_for_each_introducer(void **unused)
{
    (void)unused;
    net_given("introducers", "sa=.9 sb=.9 ab=.9 at=.5 bt=.5 sc=.9 cb=.9");
    assert_string_equal(net_ask_plain(&n, "s", "t"), "sat 798508, sbt 798508");
}

static void path_find__has_one_path_for_an_introducer_of_several_targets(void **unused)
{
    (void)unused;
    net_given("targets", "sa=.9 at=.5 au=.6 sb=.9 bu=.25");
    assert_string_equal(net_ask(&n, "s", "tu"), "sau 616187, sbu 1491655");
}

static void path_find__takes_a_source_with_a_direct_tie_as_introducer(void **unused)
{
    (void)unused;
    net_given("direct", "st=.25 sa=.9 at=.5 rt=.5");
    assert_string_equal(net_ask(&n, "sr", "t"), "rt 693147, sat 798508, st 1386294");
}

static void path_find__returns_the_first_k(void **unused)
{
    (void)unused;
    net_given("first_k", "sa=.9 sb=.9 sc=.9 at=.7 bt=.6 ct=.5");
    wp_path_query query = net_query(&n, "s", "t");
    query.k = 2;
    assert_string_equal(net_find(&n, &query), "sat 462036, sbt 616187");
    query.k = 1;
    assert_string_equal(net_find(&n, &query), "sat 462036");
}

/* ---- Ties in cost ---- */

static void path_find__prefers_fewer_hops_at_equal_cost(void **unused)
{
    (void)unused;
    net_given("fewer", "st=400000 sa=200000 at=200000 sx=300000 sy=100000 yx=200000 xt=100000");
    assert_string_equal(net_ask_plain(&n, "s", "t"), "st 400000, sat 400000, sxt 400000");
}

static void path_find__prefers_the_stronger_weakest_tie(void **unused)
{
    (void)unused;
    net_given("weakest", "sa=100000 at=300000 sb=200000 bt=200000");
    assert_string_equal(net_ask(&n, "s", "t"), "sbt 400000, sat 400000");
}

static void path_find__prefers_the_later_contact(void **unused)
{
    (void)unused;
    net_begin(&n, db, "later");
    net_ties(&n, "sa=.5 at=.5 sb=.5 bt=.5 sc=.5 ct=.5");
    net_event(&n, WP_KIND_VIEW, 'b', "t", net_time(-900), 0.0);
    net_event(&n, WP_KIND_VIEW, 't', "c", net_time(-800), 0.0);
    net_read(&n);
    assert_string_equal(net_ask(&n, "s", "t"), "sct 1386294, sbt 1386294, sat 1386294");
}

static void path_find__orders_by_external_ids_at_last(void **unused)
{
    (void)unused;
    net_given("ids", "sc=.5 ct=.5 sb=.5 bt=.5 sa=.5 at=.5");
    assert_string_equal(net_ask(&n, "s", "t"), "sat 1386294, sbt 1386294, sct 1386294");
    assert_string_equal(net_ask(&n, "s", "t"), "sat 1386294, sbt 1386294, sct 1386294");
}

static void path_find__compares_ids_from_the_source_on(void **unused)
{
    (void)unused;
    net_given("ids_first", "sb=.5 ax=.5 bx=.5 ra=.5 xt=.9");
    wp_path_query query = net_query(&n, "sr", "t");
    assert_string_equal(net_find(&n, &query), "raxt 1714655");
}

/* ---- Costs beside the ties ---- */

static void path_find__charges_for_each_intermediary_beyond_the_first(void **unused)
{
    (void)unused;
    net_given("relay", "sa=.9 at=.9 ab=.9 bu=.9 bc=.9 cv=.9");
    assert_string_equal(net_ask(&n, "s", "t"), "sat 210722");
    assert_string_equal(net_ask(&n, "s", "u"), "sabu 539083");
    wp_path_query query = net_query(&n, "s", "v");
    query.hops_max = 4;
    assert_string_equal(net_find(&n, &query), "sabcv 867444");
}

static void path_find__takes_colleagues_for_warm(void **unused)
{
    (void)unused;
    net_begin(&n, db, "colleagues");
    net_us(&n, "sab");
    net_ties(&n, "sa=.2 at=.5 sb=.9 bu=.5 sx=.2 xv=.5");
    net_read(&n);
    assert_string_equal(net_ask(&n, "s", "t"), "sat 1049822");
    assert_string_equal(net_ask(&n, "s", "a"), "sa 356675");
    assert_string_equal(net_ask(&n, "s", "u"), "sbu 798508");
    assert_string_equal(net_ask(&n, "s", "v"), "sxv 2302585");
}

static void path_find__shows_the_p_and_cost_used(void **unused)
{
    (void)unused;
    net_begin(&n, db, "used");
    net_us(&n, "sa");
    net_ties(&n, "sa=.2 at=.5");
    net_read(&n);
    wp_path_query query = net_query(&n, "s", "t");
    wp_paths *paths = NULL;
    assert_int_equal(wp_paths_find(n.txn, &query, &paths, NULL), WP_OK);
    const wp_path *path = wp_paths_at(paths, 0);
    assert_non_null(path);
    assert_int_equal(path->ties[0].cost, 356675);
    assert_true(fabs(path->ties[0].p - 0.7) < 1e-12);
    assert_int_equal(path->ties[1].cost, 693147);
    assert_int_equal(path->weakest, 1);
    assert_int_equal(path->introducer, n.people['a' - 'a']);
    assert_true(fabs(path->score - exp(-1.049822)) < 1e-12);
    wp_paths_free(paths);
}

static void path_find__lifts_only_the_first_hop_among_colleagues(void **unused)
{
    (void)unused;
    net_begin(&n, db, "first_hop");
    net_us(&n, "sab");
    net_ties(&n, "sa=.9 ab=.5 bt=.9 xa=.5");
    net_read(&n);
    assert_string_equal(net_ask(&n, "s", "t"), "sabt 1126869");
    assert_string_equal(net_ask(&n, "x", "a"), "xa 693147");
}

static void path_find__lifts_a_colleague_above_the_minimum_strength(void **unused)
{
    (void)unused;
    net_begin(&n, db, "lifted");
    net_us(&n, "sa");
    net_ties(&n, "sa=.01 at=.9");
    net_read(&n);
    assert_string_equal(net_ask(&n, "s", "t"), "sat 462036");
    assert_string_equal(net_ask_plain(&n, "s", "t"), "sat 4710531");
}

static void path_find__needs_a_tie_between_colleagues(void **unused)
{
    (void)unused;
    net_begin(&n, db, "no_tie");
    net_us(&n, "sab");
    net_ties(&n, "at=.9 bt=.9 sb=.9");
    net_event(&n, WP_KIND_MAIL, 'a', "s", net_time(0), -1.0);
    net_event(&n, WP_KIND_MAIL, 's', "a", net_time(0), -1.0);
    net_event(&n, WP_KIND_MAIL, 's', "a", net_time(0), -1.0);
    net_read(&n);
    /* s has hurt a twice: that tie is severed, and stays so among colleagues. */
    assert_string_equal(net_ask(&n, "s", "t"), "sbt 210722");
}

static void path_find__lifts_a_cold_tie_between_colleagues(void **unused)
{
    (void)unused;
    /* s wrote to a and had no answer; b alone stated the tie of the two: both are cold from s. */
    net_begin(&n, db, "cold");
    net_us(&n, "sa");
    net_ties(&n, "at=.9");
    net_event(&n, WP_KIND_MAIL, 's', "a", net_time(0), 0.0);
    net_read(&n);
    assert_string_equal(net_ask(&n, "s", "t"), "sat 462036");
    net_end(&n);
    net_begin(&n, db, "cold_stated");
    net_us(&n, "sb");
    net_ties(&n, "bs=.9 bt=.9");
    net_read(&n);
    assert_string_equal(net_ask(&n, "s", "b"), "sb 356675");
    assert_string_equal(net_ask(&n, "s", "t"), "sbt 462036");
}

static void path_find__takes_no_colleagues_for_warm_before_they_met(void **unused)
{
    (void)unused;
    net_begin(&n, db, "not_met");
    net_us(&n, "sa");
    net_ties(&n, "at=.9");
    net_event(&n, WP_KIND_MAIL, 'a', "s", net_time(0), 0.0);
    net_event(&n, WP_KIND_MAIL, 's', "a", net_time(0), 0.0);
    net_read(&n);
    assert_string_equal(net_ask(&n, "s", "t"), "sat 462036");
    wp_path_query query = net_query(&n, "s", "t");
    query.day = NET_DAY - 1;
    assert_string_equal(net_find(&n, &query), "");
}

static void path_find__takes_no_colleagues_for_warm_before_a_meeting_was_declined(void **unused)
{
    (void)unused;
    net_begin(&n, db, "declined");
    net_us(&n, "sa");
    net_ties(&n, "at=.9");
    wp_participant declined = {net_person(&n, 'a'), WP_ROLE_DECLINED};
    wp_interaction meeting =
        facts_of_mail("declined/meeting", net_time(0), net_person(&n, 's'), &declined);
    meeting.kind = WP_KIND_MEETING;
    assert_int_equal(wp_interaction_put(n.txn, &meeting, NULL, NULL), WP_OK);
    net_read(&n);
    wp_path_query query = net_query(&n, "s", "t");
    query.day = NET_DAY - 1;
    assert_string_equal(net_find(&n, &query), "");
}

static void path_find__knows_colleagues_by_employment_on_the_day(void **unused)
{
    (void)unused;
    net_begin(&n, db, "employed");
    net_us(&n, "s");
    net_ties(&n, "sa=.2 at=.5");
    wp_identity domain = {WP_IDENTITY_DOMAIN, "us.example"};
    wp_company_facts facts = facts_of_company(&domain);
    facts.us = WP_US_YES;
    wp_number company = 0;
    assert_int_equal(wp_company_put(n.txn, &facts, &company, NULL, NULL), WP_OK);
    wp_employment job = {net_person(&n, 'a'), company, NULL, NET_DAY - 10, NET_DAY, false, 0};
    assert_int_equal(wp_employment_put(n.txn, &job, NULL), WP_OK);
    net_read(&n);
    wp_path_query query = net_query(&n, "s", "t");
    assert_string_equal(net_find(&n, &query), "sat 1049822");
    query.day = NET_DAY + 1;
    assert_string_equal(net_find(&n, &query), "sat 2302585");
    query.day = NET_DAY - 11;
    assert_string_equal(net_find(&n, &query), "sat 2302585");
}

static void path_find__spares_people_who_were_asked(void **unused)
{
    (void)unused;
    net_begin(&n, db, "load");
    net_ties(&n, "sa=.9 at=.9 sb=.8 bt=.9");
    net_read(&n);
    assert_string_equal(net_ask(&n, "s", "t"), "sat 210722, sbt 328505");
    net_write(&n);
    net_event(&n, WP_KIND_ASK, 's', "a", net_time(0), 0.0);
    net_read(&n);
    assert_string_equal(net_ask(&n, "s", "t"), "sbt 328505, sat 557296");
    wp_path_query query = net_query(&n, "s", "t");
    query.day = NET_DAY + 30;
    assert_string_equal(net_find(&n, &query), "sbt 328505, sat 384009");
    query.day = NET_DAY - 1;
    assert_string_equal(net_find(&n, &query), "sat 210722, sbt 328505");
    net_write(&n);
    net_event(&n, WP_KIND_ASK, 't', "a", net_time(0), 0.0);
    net_read(&n);
    assert_string_equal(net_ask(&n, "s", "t"), "sbt 328505, sat 903869");
    assert_string_equal(net_ask_plain(&n, "s", "t"), "sat 210722, sbt 328505");
}

static void path_find__charges_no_load_at_the_ends(void **unused)
{
    (void)unused;
    net_begin(&n, db, "load_ends");
    net_ties(&n, "sa=.9 at=.9 rt=.9");
    net_event(&n, WP_KIND_ASK, 'a', "srt", net_time(0), 0.0);
    net_read(&n);
    assert_string_equal(net_ask(&n, "sr", "t"), "rt 105361, sat 210722");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(path_find__follows_ties_in_their_direction, net_tests_end),
        cmocka_unit_test_teardown(path_find__never_has_a_hop_too_many, net_tests_end),
        cmocka_unit_test_teardown(path_find__is_not_misled_by_a_cheaper_longer_way, net_tests_end),
        cmocka_unit_test_teardown(path_find__goes_far_without_a_limit, net_tests_end),
        cmocka_unit_test_teardown(path_find__meets_nobody_twice, net_tests_end),
        cmocka_unit_test_teardown(path_find__has_one_path_for_each_introducer, net_tests_end),
        cmocka_unit_test_teardown(path_find__has_one_path_for_an_introducer_of_several_targets,
                                  net_tests_end),
        cmocka_unit_test_teardown(path_find__takes_a_source_with_a_direct_tie_as_introducer,
                                  net_tests_end),
        cmocka_unit_test_teardown(path_find__returns_the_first_k, net_tests_end),
        cmocka_unit_test_teardown(path_find__prefers_fewer_hops_at_equal_cost, net_tests_end),
        cmocka_unit_test_teardown(path_find__prefers_the_stronger_weakest_tie, net_tests_end),
        cmocka_unit_test_teardown(path_find__prefers_the_later_contact, net_tests_end),
        cmocka_unit_test_teardown(path_find__orders_by_external_ids_at_last, net_tests_end),
        cmocka_unit_test_teardown(path_find__compares_ids_from_the_source_on, net_tests_end),
        cmocka_unit_test_teardown(path_find__charges_for_each_intermediary_beyond_the_first,
                                  net_tests_end),
        cmocka_unit_test_teardown(path_find__takes_colleagues_for_warm, net_tests_end),
        cmocka_unit_test_teardown(path_find__shows_the_p_and_cost_used, net_tests_end),
        cmocka_unit_test_teardown(path_find__lifts_only_the_first_hop_among_colleagues,
                                  net_tests_end),
        cmocka_unit_test_teardown(path_find__lifts_a_colleague_above_the_minimum_strength,
                                  net_tests_end),
        cmocka_unit_test_teardown(path_find__needs_a_tie_between_colleagues, net_tests_end),
        cmocka_unit_test_teardown(path_find__lifts_a_cold_tie_between_colleagues, net_tests_end),
        cmocka_unit_test_teardown(path_find__takes_no_colleagues_for_warm_before_they_met,
                                  net_tests_end),
        cmocka_unit_test_teardown(
            path_find__takes_no_colleagues_for_warm_before_a_meeting_was_declined, net_tests_end),
        cmocka_unit_test_teardown(path_find__knows_colleagues_by_employment_on_the_day,
                                  net_tests_end),
        cmocka_unit_test_teardown(path_find__spares_people_who_were_asked, net_tests_end),
        cmocka_unit_test_teardown(path_find__charges_no_load_at_the_ends, net_tests_end),
    };
    return scratch_end(cmocka_run_group_tests(tests, net_tests_open, net_tests_close));
}
