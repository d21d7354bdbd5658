/*
 * Costs: against libm's logarithm, and many at once against one at a time.
 */
#include "rules/cost.h"

#include <float.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdlib.h>

#include <cmocka.h>

#include "random.h"

#define MANY 1000

static random_arguments arguments = {1, 200000};
static random_source source;

/* 2^e (1 + f) for random e in -low .. high and f. */
static double draw(int low, int high)
{
    int exponent = (int)random_below(&source, (size_t)(low + high + 1)) - low;
    return ldexp(1.0 + random_unit(&source), exponent);
}

static void cost_of__is_the_rounded_logarithm(void **unused)
{
    (void)unused;
    for (uint64_t i = 0; i < arguments.cases; i++) {
        double p = i % 2 == 0 ? draw(4, -1) : draw(1000, -1);
        double expected = nearbyint(-log(p) * 1e6);
        if (expected < WPI_COST_MIN)
            expected = WPI_COST_MIN;
        double off = fabs((double)wpi_cost_of(p) - expected);
        if (off > (expected > 1e8 ? 1.0 : 0.0)) /* 1e8: a tie of 16 digits may round either way */
            fail_msg("p %a costs %u, expected %.0f", p, wpi_cost_of(p), expected);
    }
}

static void cost_of__has_no_cost_for_what_is_no_probability(void **unused)
{
    (void)unused;
    assert_int_equal(wpi_cost_of(0.0), WP_COST_NONE);
    assert_int_equal(wpi_cost_of(-0.0), WP_COST_NONE);
    assert_int_equal(wpi_cost_of(-1.0), WP_COST_NONE);
    assert_int_equal(wpi_cost_of(DBL_MIN / 2), WP_COST_NONE);
    assert_int_equal(wpi_cost_of((double)NAN), WP_COST_NONE);
    assert_int_equal(wpi_cost_of(DBL_MIN), 708396419);
    assert_int_equal(wpi_cost_of(1.0), 20203);
}

static void cost_between__is_none_when_nothing_came_in(void **unused)
{
    (void)unused;
    assert_int_equal(wpi_cost_between(0.0, 5.0), WP_COST_NONE);
    assert_int_equal(wpi_cost_between(0.0, 0.0), WP_COST_NONE);
    assert_int_equal(wpi_cost_between(1e12, 1e12), 20203);
}

static void costs_between__are_those_of_one_at_a_time(void **unused)
{
    (void)unused;
    static double in[MANY], out[MANY];
    static uint32_t costs[MANY];
    for (size_t i = 0; i < MANY; i++) {
        in[i] = i % 17 == 0 ? 0.0 : draw(40, 24);
        out[i] = i % 13 == 0 ? 0.0 : draw(40, 24);
    }
    for (size_t count = 0; count < MANY; count += 1 + count / 3) { /* odd ends of vectors */
        wpi_costs_between(in, out, count, costs);
        for (size_t i = 0; i < count; i++)
            if (costs[i] != wpi_cost_between(in[i], out[i]))
                fail_msg("in %a, out %a: %u of many, %u alone", in[i], out[i], costs[i],
                         wpi_cost_between(in[i], out[i]));
    }
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cost_of__is_the_rounded_logarithm),
        cmocka_unit_test(cost_of__has_no_cost_for_what_is_no_probability),
        cmocka_unit_test(cost_between__is_none_when_nothing_came_in),
        cmocka_unit_test(costs_between__are_those_of_one_at_a_time),
    };
    if (!random_arguments_read(argc, argv, &arguments))
        return 2;
    source = random_start(arguments.seed, 0);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
