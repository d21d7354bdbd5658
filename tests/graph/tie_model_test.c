/*
 * Ties through the public API compared with the model, and known figures of the model.
 *
 * Random histories are stored shuffled and in several transactions; every tie on several days must
 * be what the oracle sums up from the list of interactions. The rest are small histories with the
 * answers as literals: how strength grows and fades, what replies, lists, audiences and breaches of
 * trust do, and that neither order nor repetition matters.
 *
 * A case is one random history: `--cases N`.
 */
#include "case_tests.h"
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
#define YEARS 20

static random_arguments arguments = {1, 60};

/* ---- Random histories ---- */

/* Store a history in four transactions, each interaction once more with some chance. */
static void store_shuffled(random_source *random)
{
    size_t count = c.model->event_count;
    size_t *order = oracle_alloc(count, sizeof *order);
    random_order(random, order, count);
    for (size_t part = 0; part < 4; part++) {
        c.txn = oracle_begin_write(c.db);
        if (part == 0) {
            oracle_store_people(c.model, c.txn);
        }
        for (size_t i = count * part / 4; i < count * (part + 1) / 4; i++) {
            assert_true(oracle_store_event(c.model, c.txn, order[i]));
            if (random_chance(random, 0.2)) {
                assert_false(
                    oracle_store_event(c.model, c.txn, order[random_below(random, i + 1)]));
            }
        }
        oracle_commit(c.txn);
    }
    free(order);
    c.txn = oracle_begin_read(c.db);
}

static void tie_get__is_the_model_in_any_order(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < arguments.cases; i++) {
        random_source random = random_start(arguments.seed, i);
        char name[32];
        snprintf(name, sizeof name, "history%zu", i);
        c.model = oracle_random_history(&random, name, 2 + random_below(&random, 5), 150);
        store_shuffled(&random);
        bool is_equal = true;
        for (size_t j = 0; j < 6; j++) {
            oracle_graph *graph =
                oracle_graph_read(c.model, c.txn, oracle_random_day(&random, c.model));
            is_equal = oracle_check_ties(graph, 1e-5) && is_equal;
            oracle_graph_free(graph);
        }
        if (!is_equal) {
            fail_msg("seed %" PRIu64 ", case %zu", arguments.seed, i);
        }
        case_end(&c);
    }
}

/* Two databases' worth of the same events: once in order, once backwards. */
static void tie_get__does_not_depend_on_the_order_of_arrival(void **unused)
{
    (void)unused;
    wp_tie ties[2][20];
    for (size_t pass = 0; pass < 2; pass++) {
        random_source random = random_start(arguments.seed, 7);
        char name[32];
        snprintf(name, sizeof name, "order%zu", pass);
        c.model = oracle_random_history(&random, name, 5, 300);
        c.txn = oracle_begin_write(c.db);
        oracle_store_people(c.model, c.txn);
        for (size_t i = 0; i < c.model->event_count; i++) {
            size_t event = pass == 0 ? i : c.model->event_count - 1 - i;
            assert_true(oracle_store_event(c.model, c.txn, event));
        }
        oracle_commit(c.txn);
        c.txn = oracle_begin_read(c.db);
        for (size_t i = 0; i < 20; i++) {
            ties[pass][i] = case_tie(&c, i / 4, (i / 4 + 1 + i % 4) % 5, DAY + 10);
        }
        case_end(&c);
    }
    for (size_t i = 0; i < 20; i++) {
        case_assert_near(ties[0][i].inbound, ties[1][i].inbound, 1e-5 * ties[1][i].inbound);
        case_assert_near(ties[0][i].strength, ties[1][i].strength, 1e-5);
        case_assert_near(ties[0][i].trust, ties[1][i].trust, 1e-5);
        assert_int_equal(ties[0][i].last_contact_s, ties[1][i].last_contact_s);
    }
}

static void interaction_put__changes_nothing_the_second_time(void **unused)
{
    (void)unused;
    case_begin(&c, "again", 2);
    (void)case_put(&c, WP_KIND_MAIL, 0, 1, case_time(DAY - 3), ORACLE_NONE, 0);
    (void)case_put(&c, WP_KIND_MAIL, 1, 0, case_time(DAY - 2), 0, 0);
    case_store(&c);
    wp_tie before = case_tie(&c, 0, 1, DAY);
    wp_abort(c.txn);
    c.txn = oracle_begin_write(c.db);
    assert_false(oracle_store_event(c.model, c.txn, 1));
    assert_false(oracle_store_event(c.model, c.txn, 0));
    oracle_commit(c.txn);
    c.txn = oracle_begin_read(c.db);
    wp_tie after = case_tie(&c, 0, 1, DAY);
    assert_true(before.inbound == after.inbound && before.outbound == after.outbound);
    assert_int_equal(before.messages_out, 1);
    assert_int_equal(after.messages_out, 1);
    assert_int_equal(after.messages_in, 1);
}

/* ---- Known figures ---- */

/* A mail from one to the other every so many days for twenty years, the last `silent` days before
 * DAY. */
static void write_every(int32_t gap, size_t from, size_t to, double silent)
{
    for (int32_t back = 0; back < YEARS * 365; back += gap) {
        int64_t time_s = case_time(DAY - back) - (int64_t)(silent * (double)ORACLE_DAY_S);
        (void)case_put(&c, WP_KIND_MAIL, from, to, time_s, ORACLE_NONE, 0);
    }
}

static void tie_get__knows_what_regular_mail_is_worth(void **unused)
{
    (void)unused;
    case_begin(&c, "regular", 9);
    write_every(7, 0, 1, 3.5);
    write_every(7, 1, 0, 3.5);
    write_every(30, 2, 3, 15.0);
    write_every(30, 3, 2, 15.0);
    write_every(7, 4, 5, 3.5);
    write_every(30, 5, 4, 15.0);
    write_every(7, 6, 7, 3.5);
    case_store(&c);
    case_assert_near(case_tie(&c, 0, 1, DAY).strength, 0.724, 0.002);
    case_assert_near(case_tie(&c, 1, 0, DAY).strength, 0.724, 0.002);
    case_assert_near(case_tie(&c, 2, 3, DAY).strength, 0.557, 0.002);
    case_assert_near(case_tie(&c, 4, 5, DAY).strength, 0.602, 0.002);
    assert_int_equal(case_tie(&c, 0, 1, DAY).tier, WP_TIER_STRONG);
    assert_int_equal(case_tie(&c, 2, 3, DAY).tier, WP_TIER_WARM);
    case_check(&c, DAY);
}

static void tie_get__gives_one_way_traffic_nothing(void **unused)
{
    (void)unused;
    case_begin(&c, "one_way", 2);
    write_every(7, 0, 1, 3.5);
    case_store(&c);
    wp_tie out = case_tie(&c, 0, 1, DAY);
    assert_true(out.strength == 0.0 && out.p == 0.0 && out.inbound == 0.0);
    assert_int_equal(out.cost, WP_COST_NONE);
    assert_int_equal(out.tier, WP_TIER_COLD);
    wp_tie back = case_tie(&c, 1, 0, DAY);
    assert_true(back.strength > 0.6 && back.outbound == 0.0);
}

static void tie_get__fades_with_silence(void **unused)
{
    (void)unused;
    case_begin(&c, "silence", 2);
    write_every(7, 0, 1, 3.5);
    write_every(7, 1, 0, 3.5);
    case_store(&c);
    case_assert_near(case_tie(&c, 0, 1, DAY + 30).strength, 0.690, 0.003);
    case_assert_near(case_tie(&c, 0, 1, DAY + 90).strength, 0.646, 0.003);
    case_assert_near(case_tie(&c, 0, 1, DAY + 365).strength, 0.568, 0.003);
    assert_int_equal(case_tie(&c, 0, 1, DAY).messages_out, 52);
    assert_int_equal(case_tie(&c, 0, 1, DAY + 366).messages_out, 0);
}

static void tie_get__sees_only_what_had_happened(void **unused)
{
    (void)unused;
    case_begin(&c, "past", 2);
    for (int32_t i = 0; i < 50; i++) {
        (void)case_put(&c, WP_KIND_MAIL, (size_t)i % 2, 1 - (size_t)i % 2,
                       case_time(DAY - 7 * i) + 7000, ORACLE_NONE, 0);
    }
    case_store(&c);
    for (int32_t day = DAY - 400; day <= DAY + 20; day += 13) {
        case_check(&c, day);
    }
    wp_tie tie;
    assert_int_equal(wp_tie_get(c.txn, c.model->people[0].number, c.model->people[1].number,
                                DAY - 344, &tie, NULL),
                     WP_ENOTFOUND);
    /* The day includes its last second. */
    assert_int_equal(case_tie(&c, 0, 1, DAY - 343).last_contact_s, case_time(DAY - 343) + 7000);
}

/* ---- Reading in other ways ---- */

/* The contributions must add up to both sides, and each be what the model says of its age. */
static void check_explanation(size_t from, size_t to, int32_t day)
{
    wp_explanation *out = NULL;
    wp_error err;
    oracle_must(wp_explain(c.txn, c.model->people[from].number, c.model->people[to].number, day,
                           &out, &err),
                &err, "explain");
    double inbound = 0.0;
    double outbound = 0.0;
    for (size_t i = 0; i < out->count; i++) {
        const wp_contribution *item = &out->items[i];
        inbound += item->is_outbound ? 0.0 : item->contribution;
        outbound += item->is_outbound ? item->contribution : 0.0;
        assert_true(i == 0 || out->items[i - 1].time_s <= item->time_s);
        assert_true(item->time_s < case_time(day + 1));
        double age = (double)(case_time(day) - item->time_s) / (double)ORACLE_DAY_S;
        double slow = 30.0 / 365.0 * exp2(-age / 365.0);
        if (item->kind != WP_KIND_CONNECTION) {
            double want = item->weight * (exp2(-age / 30.0) + slow);
            case_assert_near(item->contribution, want, 1e-6 * want);
        }
    }
    wp_tie tie = case_tie(&c, from, to, day);
    case_assert_near(inbound, tie.inbound, 1e-6 * tie.inbound);
    case_assert_near(outbound, tie.outbound, 1e-6 * tie.outbound);
    case_assert_near(out->tie.inbound, tie.inbound, 0.0);
    case_assert_near(out->tie.p, tie.p, 0.0);
    wp_explanation_free(out);
}

static void explain__adds_up(void **unused)
{
    (void)unused;
    random_source random = random_start(arguments.seed, 1);
    c.model = oracle_random_history(&random, "explain", 4, 400);
    case_store(&c);
    for (size_t from = 0; from < 4; from++) {
        for (size_t to = 0; to < 4; to++) {
            if (from != to) {
                check_explanation(from, to, DAY);
                check_explanation(from, to, DAY + 77);
                check_explanation(from, to, DAY - 333);
            }
        }
    }
}

static void check_person_ties(size_t person, bool is_inbound)
{
    wp_ties ties = {NULL, 0};
    wp_error err;
    oracle_must(wp_person_ties(c.txn, c.model->people[person].number, DAY, is_inbound, &ties, &err),
                &err, "person_ties");
    size_t stored = 0;
    for (size_t other = 0; other < c.model->people_count; other++) {
        oracle_tie want;
        oracle_tie_read(c.model, is_inbound ? other : person, is_inbound ? person : other, DAY,
                        &want);
        stored += other != person && want.must_exist;
    }
    assert_true(ties.count >= stored);
    for (size_t i = 0; i < ties.count; i++) {
        const wp_tie *tie = &ties.items[i];
        size_t from = oracle_person_find(c.model, tie->from);
        size_t to = oracle_person_find(c.model, tie->to);
        assert_int_equal(is_inbound ? to : from, person);
        wp_tie same = case_tie(&c, from, to, DAY);
        assert_true(same.p == tie->p && same.cost == tie->cost);
        assert_true(same.inbound == tie->inbound && same.outbound == tie->outbound);
        assert_true(i == 0 || ties.items[i - 1].cost <= tie->cost);
    }
    wp_ties_free(&ties);
}

static void person_ties__are_those_of_tie_get(void **unused)
{
    (void)unused;
    random_source random = random_start(arguments.seed, 2);
    c.model = oracle_random_history(&random, "record", 12, 150);
    case_store(&c);
    for (size_t i = 0; i < 12; i++) {
        check_person_ties(i, false);
        check_person_ties(i, true);
    }
}

int main(int argc, char **argv)
{
    if (!random_arguments_read(argc, argv, &arguments)) {
        return 2;
    }
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(tie_get__is_the_model_in_any_order, case_tests_end),
        cmocka_unit_test_teardown(tie_get__does_not_depend_on_the_order_of_arrival, case_tests_end),
        cmocka_unit_test_teardown(interaction_put__changes_nothing_the_second_time, case_tests_end),
        cmocka_unit_test_teardown(tie_get__knows_what_regular_mail_is_worth, case_tests_end),
        cmocka_unit_test_teardown(tie_get__gives_one_way_traffic_nothing, case_tests_end),
        cmocka_unit_test_teardown(tie_get__fades_with_silence, case_tests_end),
        cmocka_unit_test_teardown(tie_get__sees_only_what_had_happened, case_tests_end),
        cmocka_unit_test_teardown(explain__adds_up, case_tests_end),
        cmocka_unit_test_teardown(person_ties__are_those_of_tie_get, case_tests_end),
    };
    return scratch_end(cmocka_run_group_tests(tests, case_tests_open, case_tests_close));
}
