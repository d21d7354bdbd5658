/*
 * What each kind of evidence does to a tie, through the public API: kinds, roles, audiences,
 * replies, lists, automatic mail, breaches of trust, statements, and asks, which add to the load of
 * the person asked. Small histories with the answers as literals; where there is more to a tie than
 * the literal says, it is compared with the oracle too.
 */
#include "case_tests.h"
#include "facts.h"
#include "oracle_random.h"
#include "oracle_store.h"
#include "oracle_world.h"
#include "scratch.h"

#include <inttypes.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define DAY ORACLE_BASE_DAY

/* ---- Audience ---- */

static void tie_get__shares_a_blast_among_its_recipients(void **unused)
{
    (void)unused;
    case_begin(&c, "blast", 503);
    oracle_recipient *all = oracle_alloc(500, sizeof *all);
    for (size_t i = 0; i < 500; i++) {
        all[i] = (oracle_recipient){i + 2, WP_ROLE_TO};
    }
    oracle_event blast = {WP_KIND_MAIL, case_time(DAY), 0, all, 500, 0.0, ORACLE_NONE, 0};
    (void)oracle_event_add(c.model, &blast);
    (void)case_put(&c, WP_KIND_MAIL, 0, 1, case_time(DAY), ORACLE_NONE, 0);
    free(all);
    case_store(&c);
    double ratio = case_tie(&c, 0, 1, DAY).outbound / case_tie(&c, 0, 400, DAY).outbound;
    case_assert_near(ratio, 22.36068, 1e-3);
}

static void interaction_put__ignores_the_sender_among_recipients(void **unused)
{
    (void)unused;
    case_begin(&c, "self", 3);
    oracle_recipient both[] = {{0, WP_ROLE_TO}, {1, WP_ROLE_TO}};
    oracle_event event = {WP_KIND_MAIL, case_time(DAY), 0, both, 2, 0.0, ORACLE_NONE, 0};
    (void)oracle_event_add(c.model, &event);
    oracle_recipient self[] = {{2, WP_ROLE_TO}};
    oracle_event alone = {WP_KIND_MAIL, case_time(DAY), 2, self, 1, 0.0, ORACLE_NONE, 0};
    (void)oracle_event_add(c.model, &alone);
    case_store(&c);
    case_assert_near(case_tie(&c, 0, 1, DAY).outbound, 1.0 + 30.0 / 365.0, 1e-6);
    case_check(&c, DAY);
    wp_ties ties = {NULL, 0};
    assert_int_equal(wp_person_ties(c.txn, c.model->people[2].number, DAY, false, &ties, NULL),
                     WP_OK);
    assert_int_equal(ties.count, 0);
    wp_ties_free(&ties);
}

static void interaction_put__takes_an_interaction_without_recipients(void **unused)
{
    (void)unused;
    case_begin(&c, "nobody", 1);
    oracle_event event = {WP_KIND_MAIL, case_time(DAY), 0, NULL, 0, 0.0, ORACLE_NONE, 0};
    (void)oracle_event_add(c.model, &event);
    case_store(&c);
    uint64_t number = 0;
    assert_int_equal(wp_interaction_find(c.txn, "nobody/0", &number, NULL), WP_OK);
}

static void tie_get__weighs_roles_and_audience(void **unused)
{
    (void)unused;
    case_begin(&c, "roles", 6);
    oracle_recipient mail[] = {{1, WP_ROLE_TO}, {2, WP_ROLE_CC}, {3, WP_ROLE_BCC}, {0, WP_ROLE_TO}};
    oracle_event event = {WP_KIND_MAIL, case_time(DAY), 0, mail, 4, 0.0, ORACLE_NONE, 0};
    (void)oracle_event_add(c.model, &event);
    oracle_recipient meeting[] = {
        {1, WP_ROLE_TENTATIVE}, {2, WP_ROLE_UNANSWERED}, {3, WP_ROLE_DECLINED}, {4, WP_ROLE_TO}};
    event = (oracle_event){WP_KIND_MEETING, case_time(DAY), 5, meeting, 4, 0.0, ORACLE_NONE, 0};
    (void)oracle_event_add(c.model, &event);
    case_store(&c);
    double one = 1.0 + 30.0 / 365.0;
    case_assert_near(case_tie(&c, 0, 1, DAY).outbound, one / sqrt(3.0), 1e-6);
    case_assert_near(case_tie(&c, 0, 2, DAY).outbound, one / 2.0 / sqrt(3.0), 1e-6);
    case_assert_near(case_tie(&c, 0, 3, DAY).outbound, one / 4.0 / sqrt(3.0), 1e-6);
    case_assert_near(case_tie(&c, 5, 4, DAY).outbound, 4.0 * one / 2.0, 1e-6);
    case_assert_near(case_tie(&c, 5, 4, DAY).inbound, 4.0 * one / 2.0, 1e-6);
    case_assert_near(case_tie(&c, 1, 5, DAY).outbound, 2.0 * one / 2.0, 1e-6);
    case_assert_near(case_tie(&c, 2, 5, DAY).inbound, one / 2.0, 1e-6);
    case_check(&c, DAY);
}

static void tie_get__weighs_kinds(void **unused)
{
    (void)unused;
    static const wp_kind KINDS[] = {
        WP_KIND_MAIL, WP_KIND_CALL, WP_KIND_MEETING,      WP_KIND_MESSAGE, WP_KIND_COMMENT,
        WP_KIND_LIKE, WP_KIND_VIEW, WP_KIND_INTRODUCTION, WP_KIND_FAVOUR,  WP_KIND_ASK};
    static const double WEIGHTS[] = {1.0, 3.0, 4.0, 1.0, 0.3, 0.05, 0.05, 5.0, 5.0, 0.0};
    case_begin(&c, "kinds", 12);
    for (size_t i = 0; i < 10; i++) {
        (void)case_put(&c, KINDS[i], 0, i + 1, case_time(DAY), ORACLE_NONE, 0);
    }
    (void)case_put(&c, WP_KIND_CONNECTION, 0, 11, case_time(DAY), ORACLE_NONE, 0);
    case_store(&c);
    for (size_t i = 0; i < 9; i++) {
        case_assert_near(case_tie(&c, 0, i + 1, DAY).outbound, WEIGHTS[i] * (1.0 + 30.0 / 365.0),
                         1e-5);
    }
    /* A connection is slow: 1.2 at first, half of it after a year, both ways. */
    case_assert_near(case_tie(&c, 0, 11, DAY).outbound, 1.2, 1e-5);
    case_assert_near(case_tie(&c, 0, 11, DAY).inbound, 1.2, 1e-5);
    case_assert_near(case_tie(&c, 0, 11, DAY + 365).outbound, 0.6, 1e-5);
}

/* ---- Replies, lists, automatic mail ---- */

static void tie_get__gives_replies_more_whenever_they_arrive(void **unused)
{
    (void)unused;
    double one = 1.0 + 30.0 / 365.0;
    for (size_t pass = 0; pass < 2; pass++) {
        case_begin(&c, pass == 0 ? "reply" : "reply_first", 3);
        (void)case_put(&c, WP_KIND_MAIL, 0, 1, case_time(DAY), ORACLE_NONE, 0);
        oracle_recipient both[] = {{0, WP_ROLE_TO}, {2, WP_ROLE_TO}};
        oracle_event reply = {WP_KIND_MAIL, case_time(DAY), 1, both, 2, 0.0, 0, 0};
        (void)oracle_event_add(c.model, &reply);
        c.txn = oracle_begin_write(c.db);
        oracle_store_people(c.model, c.txn);
        assert_true(oracle_store_event(c.model, c.txn, pass == 0 ? 0 : 1));
        oracle_commit(c.txn);
        c.txn = oracle_begin_write(c.db);
        assert_true(oracle_store_event(c.model, c.txn, pass == 0 ? 1 : 0));
        oracle_commit(c.txn);
        c.txn = oracle_begin_read(c.db);
        case_assert_near(case_tie(&c, 1, 0, DAY).outbound, 1.5 * one / sqrt(2.0), 1e-6);
        case_assert_near(case_tie(&c, 1, 2, DAY).outbound, one / sqrt(2.0), 1e-6);
        case_check(&c, DAY);
        case_end(&c);
    }
}

static void tie_get__gives_nothing_more_for_an_unknown_answered(void **unused)
{
    (void)unused;
    case_begin(&c, "unknown", 2);
    (void)case_put(&c, WP_KIND_MAIL, 1, 0, case_time(DAY), ORACLE_UNKNOWN, 0);
    (void)case_put(&c, WP_KIND_MAIL, 0, 1, case_time(DAY), ORACLE_NONE, 0);
    (void)case_put(&c, WP_KIND_MAIL, 0, 1, case_time(DAY), 1, 0);
    case_store(&c);
    case_assert_near(case_tie(&c, 1, 0, DAY).outbound, 1.0 + 30.0 / 365.0, 1e-6);
    /* Nor for an answer to oneself. */
    case_assert_near(case_tie(&c, 0, 1, DAY).outbound, 2.0 * (1.0 + 30.0 / 365.0), 1e-6);
}

static void tie_get__counts_a_list_post_for_the_one_answered(void **unused)
{
    (void)unused;
    for (size_t pass = 0; pass < 2; pass++) {
        case_begin(&c, pass == 0 ? "list" : "list_first", 4);
        oracle_recipient list[] = {{2, WP_ROLE_TO}, {3, WP_ROLE_CC}};
        oracle_event post = {WP_KIND_MAIL, case_time(DAY),     0, list, 2, 0.0,
                             ORACLE_NONE,  WP_INTERACTION_LIST};
        (void)oracle_event_add(c.model, &post);
        post.from = 1;
        post.reply_to = 0;
        (void)oracle_event_add(c.model, &post);
        c.txn = oracle_begin_write(c.db);
        oracle_store_people(c.model, c.txn);
        assert_true(oracle_store_event(c.model, c.txn, pass == 0 ? 0 : 1));
        assert_true(oracle_store_event(c.model, c.txn, pass == 0 ? 1 : 0));
        oracle_commit(c.txn);
        c.txn = oracle_begin_read(c.db);
        case_assert_near(case_tie(&c, 1, 0, DAY).outbound, 1.5 * (1.0 + 30.0 / 365.0), 1e-6);
        assert_true(case_tie(&c, 0, 1, DAY).outbound == 0.0);
        wp_tie tie;
        assert_int_equal(wp_tie_get(c.txn, c.model->people[1].number, c.model->people[2].number,
                                    DAY, &tie, NULL),
                         WP_ENOTFOUND);
        case_check(&c, DAY);
        case_end(&c);
    }
}

static void tie_get__gives_automatic_mail_nothing(void **unused)
{
    (void)unused;
    case_begin(&c, "automatic", 2);
    (void)case_put(&c, WP_KIND_MAIL, 0, 1, case_time(DAY), ORACLE_NONE, WP_INTERACTION_AUTOMATIC);
    (void)case_put(&c, WP_KIND_MAIL, 1, 0, case_time(DAY), 0, WP_INTERACTION_AUTOMATIC);
    (void)case_put(&c, WP_KIND_LIKE, 1, 0, case_time(DAY), ORACLE_NONE, 0);
    case_store(&c);
    assert_true(case_tie(&c, 0, 1, DAY).outbound == 0.0);
    case_assert_near(case_tie(&c, 0, 1, DAY).inbound, 0.05 * (1.0 + 30.0 / 365.0), 1e-7);
}

/* ---- Trust ---- */

static void tie_get__loses_trust_by_a_breach(void **unused)
{
    (void)unused;
    case_begin(&c, "breach", 6);
    case_put_valence(&c, 0, 1, DAY, -1.0);
    case_put_valence(&c, 1, 0, DAY, 0.0);
    for (size_t i = 0; i < 10; i++) {
        case_put_valence(&c, 2, 3, DAY, 1.0);
    }
    case_put_valence(&c, 2, 3, DAY, -1.0);
    case_put_valence(&c, 3, 2, DAY, 0.0);
    case_put_valence(&c, 4, 5, DAY, -1.0);
    case_put_valence(&c, 4, 5, DAY, -1.0);
    case_put_valence(&c, 5, 4, DAY, 0.0);
    case_store(&c);
    case_assert_near(case_tie(&c, 0, 1, DAY).trust, 1.0 / 3.0, 1e-6);
    case_assert_near(case_tie(&c, 1, 0, DAY).trust, 1.0, 0.0);
    case_assert_near(case_tie(&c, 2, 3, DAY).trust, 0.75, 1e-6);
    wp_tie severed = case_tie(&c, 4, 5, DAY);
    case_assert_near(severed.trust, 0.2, 1e-6);
    assert_true(severed.p == 0.0 && severed.strength > 0.0);
    assert_int_equal(severed.cost, WP_COST_NONE);
    assert_int_equal(severed.tier, WP_TIER_COLD);
    /* Harm fades by half in two years. */
    case_assert_near(case_tie(&c, 4, 5, DAY + 730).trust, 1.0 / 3.0, 1e-6);
    assert_true(case_tie(&c, 4, 5, DAY + 730).p > 0.0);
    case_check(&c, DAY);
    case_check(&c, DAY + 100);
}

/* ---- Stated ties and tiers ---- */

static void tie_get__puts_stated_ties_into_tiers(void **unused)
{
    (void)unused;
    static const double P[] = {0.0001, 0.3499, 0.35, 0.5999, 0.6, 0.98, 1.0};
    static const wp_tier TIERS[] = {WP_TIER_WEAK,   WP_TIER_WEAK,   WP_TIER_WARM,  WP_TIER_WARM,
                                    WP_TIER_STRONG, WP_TIER_STRONG, WP_TIER_STRONG};
    case_begin(&c, "tiers", 8);
    for (size_t i = 0; i < 7; i++) {
        case_state(&c, 0, i + 1, P[i]);
    }
    case_store(&c);
    for (size_t i = 0; i < 7; i++) {
        wp_tie tie = case_tie(&c, 0, i + 1, DAY);
        assert_int_equal(tie.tier, TIERS[i]);
        case_assert_near(tie.p, fmin(P[i], 0.98), 1e-9);
        assert_int_equal(tie.cost, oracle_cost(fmin(P[i], 0.98)));
    }
    assert_int_equal(case_tie(&c, 0, 7, DAY).cost, 20203);
}

static void tie_get__uses_a_stated_cost_as_given(void **unused)
{
    (void)unused;
    static const uint32_t COSTS[] = {20203, 20204, 123457, 2995732, 30000001, 7};
    case_begin(&c, "costs", 8);
    for (size_t i = 0; i < 6; i++) {
        oracle_stated stated = {0, i + 1, true, 0.0, COSTS[i]};
        oracle_tie_state(c.model, &stated);
    }
    case_state(&c, 0, 7, 0.5);
    case_state(&c, 0, 7, 0.0);
    (void)case_put(&c, WP_KIND_LIKE, 0, 7, case_time(DAY), ORACLE_NONE, 0);
    case_store(&c);
    for (size_t i = 0; i < 5; i++) {
        assert_int_equal(case_tie(&c, 0, i + 1, DAY).cost, COSTS[i]);
        assert_int_equal(case_tie(&c, 0, i + 1, DAY + 1000).cost, COSTS[i]);
    }
    assert_int_equal(case_tie(&c, 0, 6, DAY).cost, 20203);
    assert_true(isnan(case_tie(&c, 0, 7, DAY).stated));
    assert_int_equal(case_tie(&c, 0, 7, DAY).cost, WP_COST_NONE);
}

static void tie_get__takes_the_stronger_of_stated_and_earned(void **unused)
{
    (void)unused;
    case_begin(&c, "stronger", 2);
    for (int32_t back = 0; back < 7000; back += 7) {
        (void)case_put(&c, WP_KIND_MAIL, 0, 1, case_time(DAY - back) - 302400, ORACLE_NONE, 0);
        (void)case_put(&c, WP_KIND_MAIL, 1, 0, case_time(DAY - back) - 302400, ORACLE_NONE, 0);
    }
    case_state(&c, 0, 1, 0.3);
    case_state(&c, 1, 0, 0.9);
    case_store(&c);
    case_assert_near(case_tie(&c, 0, 1, DAY).p, 0.724, 0.002);
    case_assert_near(case_tie(&c, 1, 0, DAY).p, 0.9, 1e-9);
    case_assert_near(case_tie(&c, 0, 1, DAY + 3650).p, 0.3, 1e-9);
}

/* ---- Load ---- */

/* Cost of the only path 0 - 1 - 2 on a day, less its two ties. */
static uint64_t load_on(int32_t day)
{
    wp_number ends[] = {c.model->people[0].number, c.model->people[2].number};
    wp_path_query query = paths_between(&ends[0], &ends[1], day);
    query.score_min = 0.0;
    wp_paths *paths = NULL;
    wp_error err;
    oracle_must(wp_paths_find(c.txn, &query, &paths, &err), &err, "paths_find");
    const wp_path *path = wp_paths_at(paths, 0);
    assert_non_null(path);
    uint64_t load = path->cost - path->ties[0].cost - path->ties[1].cost;
    wp_paths_free(paths);
    return load;
}

static void interaction_put__adds_asks_to_the_load(void **unused)
{
    (void)unused;
    case_begin(&c, "asks", 5);
    case_state(&c, 0, 1, 0.9);
    case_state(&c, 1, 2, 0.9);
    random_source random = random_start(1, 3);
    for (size_t i = 0; i < 12; i++) {
        oracle_recipient two[] = {{1, WP_ROLE_TO}, {3, WP_ROLE_TO}};
        oracle_event ask = {WP_KIND_ASK, case_time(DAY) - random_between(&random, 0, 9000000),
                            4,           two,
                            2,           0.0,
                            ORACLE_NONE, 0};
        (void)oracle_event_add(c.model, &ask);
    }
    case_store(&c);
    for (int32_t day = DAY - 120; day <= DAY + 120; day += 7) {
        uint64_t want = oracle_load(c.model, 1, day, NULL);
        assert_in_range(load_on(day), want - (want > 0), want + 1);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(tie_get__shares_a_blast_among_its_recipients, case_tests_end),
        cmocka_unit_test_teardown(interaction_put__ignores_the_sender_among_recipients,
                                  case_tests_end),
        cmocka_unit_test_teardown(interaction_put__takes_an_interaction_without_recipients,
                                  case_tests_end),
        cmocka_unit_test_teardown(tie_get__weighs_roles_and_audience, case_tests_end),
        cmocka_unit_test_teardown(tie_get__weighs_kinds, case_tests_end),
        cmocka_unit_test_teardown(tie_get__gives_replies_more_whenever_they_arrive, case_tests_end),
        cmocka_unit_test_teardown(tie_get__gives_nothing_more_for_an_unknown_answered,
                                  case_tests_end),
        cmocka_unit_test_teardown(tie_get__counts_a_list_post_for_the_one_answered, case_tests_end),
        cmocka_unit_test_teardown(tie_get__gives_automatic_mail_nothing, case_tests_end),
        cmocka_unit_test_teardown(tie_get__loses_trust_by_a_breach, case_tests_end),
        cmocka_unit_test_teardown(tie_get__puts_stated_ties_into_tiers, case_tests_end),
        cmocka_unit_test_teardown(tie_get__uses_a_stated_cost_as_given, case_tests_end),
        cmocka_unit_test_teardown(tie_get__takes_the_stronger_of_stated_and_earned, case_tests_end),
        cmocka_unit_test_teardown(interaction_put__adds_asks_to_the_load, case_tests_end),
    };
    return scratch_end(cmocka_run_group_tests(tests, case_tests_open, case_tests_close));
}
