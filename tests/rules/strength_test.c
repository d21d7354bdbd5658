/*
 * The formulas of strength against the worked figures of the model.
 *
 * Regular traffic is given as the accumulators of a constant rate: a mail every `gap` days makes
 * F = (30/ln 2)/gap and L = (365/ln 2)/gap. Figures are to three digits, as the model states them.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "rules/path_cost.h"
#include "rules/strength.h"

#define DAY 20000
#define LN2 0.69314718055994530942

static wpi_flow regular(double gap_days)
{
    return (wpi_flow){.fast = 30.0 / LN2 / gap_days, .slow = 365.0 / LN2 / gap_days, .count = 100};
}

/* s from low to high, `silent_days` after the reference time. */
static double strength(wpi_flow out, wpi_flow in, int32_t silent_days)
{
    wp_tie tie;
    wpi_tie_state state = {.reference_s = (int64_t)DAY * 86400, .flow = {out, in}};
    wpi_strength_read(&state, 0, DAY + silent_days, &tie);
    assert_true(fabs(tie.p - fmin(0.98, tie.strength)) < 1e-6);
    return tie.strength;
}

#define ASSERT_NEAR(value, expected, tolerance)                                                    \
    assert_true(fabs((value) - (expected)) < (tolerance))

static void strength_read__has_the_worked_figures(void **unused)
{
    (void)unused;
    wpi_flow weekly = regular(7.0), monthly = regular(365.0 / 12.0), none = {.fast = 0.0};
    ASSERT_NEAR(strength(weekly, weekly, 0), 0.724, 0.0006);
    ASSERT_NEAR(strength(monthly, monthly, 0), 0.557, 0.0006);
    ASSERT_NEAR(strength(weekly, monthly, 0), 0.602, 0.0006);
    ASSERT_NEAR(strength(weekly, weekly, 30), 0.690, 0.0006);
    ASSERT_NEAR(strength(weekly, weekly, 90), 0.646, 0.0006);
    ASSERT_NEAR(strength(weekly, weekly, 365), 0.568, 0.0006);
    ASSERT_NEAR(strength(regular(365.0 / 7.6), regular(365.0 / 7.6), 0), 0.5, 0.001);
    assert_true(strength(weekly, none, 0) == 0.0);
}

static void strength_weight__shares_a_blast(void **unused)
{
    (void)unused;
    double one = wpi_strength_weight(WP_KIND_MAIL, WP_ROLE_TO, 1, false);
    double blast = wpi_strength_weight(WP_KIND_MAIL, WP_ROLE_TO, 500, false);
    ASSERT_NEAR(one / blast, 22.4, 0.05);
    ASSERT_NEAR(wpi_strength_weight(WP_KIND_MAIL, WP_ROLE_CC, 4, true), 0.375, 1e-15);
    ASSERT_NEAR(wpi_strength_weight(WP_KIND_MEETING, WP_ROLE_UNANSWERED, 1, false), 1.0, 1e-15);
    assert_true(wpi_strength_weight(WP_KIND_MEETING, WP_ROLE_DECLINED, 1, false) == 0.0);
}

static double trust(double positive, double negative)
{
    wpi_tie_state state = {.reference_s = (int64_t)DAY * 86400,
                           .flow = {{.positive = positive, .negative = negative}}};
    return wpi_strength_trust(&state, 0, DAY);
}

static void strength_trust__falls_by_a_breach_and_recovers(void **unused)
{
    (void)unused;
    assert_true(trust(5.0, 0.0) == 1.0);
    ASSERT_NEAR(trust(0.0, 1.0), 0.3333, 0.0001);
    ASSERT_NEAR(trust(10.0, 1.0), 0.75, 1e-12);
    wpi_tie_state state = {
        .reference_s = (int64_t)DAY * 86400,
        .flow = {{.fast = 10.0, .slow = 10.0, .negative = 2.0}, {.fast = 10.0, .slow = 10.0}}};
    wp_tie tie;
    wpi_strength_read(&state, 0, DAY, &tie);
    ASSERT_NEAR(tie.trust, 0.2, 1e-12);
    assert_true(tie.p == 0.0 && tie.cost == WP_COST_NONE && tie.tier == WP_TIER_COLD);
    wpi_strength_read(&state, 0, DAY + 730, &tie);
    ASSERT_NEAR(tie.trust, 1.0 / 3.0, 1e-12);
    assert_true(tie.p > 0.0);
}

static void strength_cost__is_in_micro_nats(void **unused)
{
    (void)unused;
    assert_int_equal(wpi_cost_of(0.5), 693147);
    assert_int_equal(wpi_cost_of(0.98), 20203);
    assert_int_equal(wpi_cost_of(1.0), 20203);
    assert_int_equal(wpi_cost_of(0.05), 2995732);
    assert_int_equal(wpi_cost_of(0.0), WP_COST_NONE);
    assert_int_equal(wpi_path_cost_limit(0.02), 3912023);
    assert_int_equal(wpi_path_cost_load(1.0), 346574);
    assert_true(wpi_path_cost_limit(0.0) == UINT64_MAX);
}

static void strength_tier__changes_at_its_borders(void **unused)
{
    (void)unused;
    assert_int_equal(wpi_strength_tier(0.0), WP_TIER_COLD);
    assert_int_equal(wpi_strength_tier(0.3499), WP_TIER_WEAK);
    assert_int_equal(wpi_strength_tier(0.35), WP_TIER_WARM);
    assert_int_equal(wpi_strength_tier(0.5999), WP_TIER_WARM);
    assert_int_equal(wpi_strength_tier(0.60), WP_TIER_STRONG);
}

/* The same interactions forwards and backwards in time. */
static void strength_add__does_not_depend_on_order(void **unused)
{
    (void)unused;
    wpi_tie_state forwards = WPI_TIE_STATE_INIT, backwards = WPI_TIE_STATE_INIT;
    for (int i = 0; i < 1000; i++) {
        wpi_gain gain = {
            .weight = 1.0 + i % 3, .valence = i % 7 == 0 ? -0.1 : 0.2, .is_counted = true};
        wpi_strength_add(&forwards, i % 2, (int64_t)(19000 + i) * 86400 + i, &gain);
    }
    for (int i = 999; i >= 0; i--) {
        wpi_gain gain = {
            .weight = 1.0 + i % 3, .valence = i % 7 == 0 ? -0.1 : 0.2, .is_counted = true};
        wpi_strength_add(&backwards, i % 2, (int64_t)(19000 + i) * 86400 + i, &gain);
    }
    wp_tie a, b;
    wpi_strength_read(&forwards, 0, DAY, &a);
    wpi_strength_read(&backwards, 0, DAY, &b);
    assert_int_equal(forwards.first_s, backwards.first_s);
    ASSERT_NEAR(a.inbound, b.inbound, 1e-5 * a.inbound);
    ASSERT_NEAR(a.outbound, b.outbound, 1e-5 * a.outbound);
    ASSERT_NEAR(a.trust, b.trust, 1e-9);
    assert_true(a.inbound > 0.0 && a.trust < 1.0);
}

/* A list keeps evidence, and stored costs are lower bounds on every later day. */
static void strength_cost_faded__only_grows(void **unused)
{
    (void)unused;
    wpi_tie_state state = {.reference_s = (int64_t)DAY * 86400 + 5000,
                           .flow = {regular(20.0), regular(9.0)}};
    wpi_evidence evidence = wpi_strength_evidence(&state);
    uint32_t before = 0;
    assert_int_equal(evidence.day, DAY);
    for (int32_t day = DAY; day < DAY + 3000; day += 7) {
        wp_tie tie;
        uint32_t cost = wpi_strength_cost_faded(&evidence, 1, day);
        wpi_strength_read(&state, 1, day, &tie);
        assert_int_equal(cost, tie.cost);
        assert_true(cost >= before);
        before = cost;
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(strength_read__has_the_worked_figures),
        cmocka_unit_test(strength_weight__shares_a_blast),
        cmocka_unit_test(strength_trust__falls_by_a_breach_and_recovers),
        cmocka_unit_test(strength_cost__is_in_micro_nats),
        cmocka_unit_test(strength_tier__changes_at_its_borders),
        cmocka_unit_test(strength_add__does_not_depend_on_order),
        cmocka_unit_test(strength_cost_faded__only_grows),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
