/*
 * The queue of steps, compared with a list that is searched from end to end.
 *
 * A search is imitated: labels are taken step by step, and each leads to some further labels that
 * cost more by at least the cheapest tie, among them ones that are very far away.
 *
 * `--cases N`: searches.
 */
#include "path/step_queue.h"
#include "random.h"
#include "rules/cost.h"

#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define LABELS_MAX 4000

static random_arguments arguments = {1, 60};

typedef struct label {
    uint64_t cost;
    uint32_t hops;
    bool is_taken;
} label;

static label labels[LABELS_MAX]; /* by person */
static size_t label_count;

static void push(wpi_step_queue *queue, uint64_t cost, uint32_t hops)
{
    labels[label_count] = (label){cost, hops, false};
    assert_int_equal(wpi_step_queue_push(queue, cost, hops, (uint32_t)label_count, NULL), WP_OK);
    label_count++;
}

static uint64_t least_step(void)
{
    uint64_t least = UINT64_MAX;
    for (size_t i = 0; i < label_count; i++)
        if (!labels[i].is_taken && labels[i].cost >> WPI_STEP_BITS < least)
            least = labels[i].cost >> WPI_STEP_BITS;
    return least;
}

static size_t count_in(uint64_t step)
{
    size_t count = 0;
    for (size_t i = 0; i < label_count; i++)
        count += !labels[i].is_taken && labels[i].cost >> WPI_STEP_BITS == step;
    return count;
}

/* All labels of the next step, in order, and nothing else. */
static void assert_step(const wpi_array *taken)
{
    uint64_t step = least_step();
    const wpi_step_label *items = taken->items;
    assert_int_equal(taken->count, step == UINT64_MAX ? 0 : count_in(step));
    for (size_t i = 0; i < taken->count; i++) {
        label *known = &labels[items[i].person];
        assert_false(known->is_taken);
        known->is_taken = true;
        assert_true(wpi_step_cost(&items[i]) == known->cost && items[i].hops == known->hops);
        assert_int_equal(known->cost >> WPI_STEP_BITS, step);
        if (i > 0)
            assert_true(
                wpi_step_cost(&items[i - 1]) < known->cost ||
                (wpi_step_cost(&items[i - 1]) == known->cost && items[i - 1].hops <= known->hops));
    }
}

/* What a tie costs: of any size, often the least or about a step. */
static uint64_t random_tie(random_source *random)
{
    unsigned bits = (unsigned)random_below(random, 33);
    uint64_t more = random_chance(random, 0.3) ? 0 : random_below(random, UINT64_C(1) << bits);
    return WPI_COST_MIN + more;
}

static void lead_on(wpi_step_queue *queue, random_source *random, const wpi_array *taken)
{
    for (size_t i = 0; i < taken->count; i++) {
        const wpi_step_label *from = &WPI_ARRAY_AT(taken, wpi_step_label, i);
        for (uint64_t ties = random_below(random, 4); ties > 0 && label_count < LABELS_MAX; ties--)
            push(queue, wpi_step_cost(from) + random_tie(random), from->hops + 1);
    }
}

static void step_queue__gives_each_step_in_order(void **unused)
{
    (void)unused;
    for (uint64_t i = 0; i < arguments.cases; i++) {
        wpi_step_queue queue;
        wpi_array taken = WPI_ARRAY_OF(wpi_step_label);
        random_source random = random_start(arguments.seed, i);
        uint64_t base = i % 3 == 0 ? 0 : UINT64_C(1) << random_below(&random, 61);
        label_count = 0;
        wpi_step_queue_init(&queue);
        for (int j = 0; j < 20; j++)
            push(&queue, base + random_tie(&random), 1);
        do {
            assert_int_equal(wpi_step_queue_take(&queue, &taken, NULL), WP_OK);
            assert_step(&taken);
            lead_on(&queue, &random, &taken);
        } while (taken.count > 0);
        assert_int_equal(queue.count, 0);
        wpi_array_free(&taken);
        wpi_step_queue_free(&queue);
    }
    printf("seed %" PRIu64 ", %" PRIu64 " searches\n", arguments.seed, (uint64_t)arguments.cases);
}

/* A tie of a damaged file may cost nothing: what it leads to is not lost. */
static void step_queue__counts_what_is_late_for_the_step_at_hand(void **unused)
{
    static const uint64_t late[] = {0, 999999, 1000000};
    wpi_step_queue queue;
    wpi_array taken = WPI_ARRAY_OF(wpi_step_label);
    (void)unused;
    wpi_step_queue_init(&queue);
    assert_int_equal(wpi_step_queue_push(&queue, 1000000, 1, 1, NULL), WP_OK);
    assert_int_equal(wpi_step_queue_push(&queue, 9000000, 1, 2, NULL), WP_OK);
    assert_int_equal(wpi_step_queue_take(&queue, &taken, NULL), WP_OK);
    assert_int_equal(taken.count, 1);
    for (size_t i = 0; i < 3; i++)
        assert_int_equal(wpi_step_queue_push(&queue, late[i], 2, 3, NULL), WP_OK);
    assert_int_equal(wpi_step_queue_take(&queue, &taken, NULL), WP_OK);
    assert_int_equal(taken.count, 3);
    assert_int_equal(wpi_step_queue_take(&queue, &taken, NULL), WP_OK);
    assert_int_equal(taken.count, 1);
    assert_int_equal(WPI_ARRAY_AT(&taken, wpi_step_label, 0).person, 2);
    assert_int_equal(wpi_step_queue_take(&queue, &taken, NULL), WP_OK);
    assert_int_equal(taken.count, 0);
    wpi_array_free(&taken);
    wpi_step_queue_free(&queue);
}

static void step_queue__tells_no_less_than_it_holds(void **unused)
{
    wpi_step_queue queue;
    wpi_array taken = WPI_ARRAY_OF(wpi_step_label);
    (void)unused;
    wpi_step_queue_init(&queue);
    for (uint32_t i = 0; i < 5000; i++) {
        size_t held = 0;
        assert_int_equal(wpi_step_queue_push(&queue, 1000 * (uint64_t)i, 1, i, NULL), WP_OK);
        for (size_t j = 0; j < WPI_STEP_LEVELS; j++)
            held += queue.levels[j].capacity * sizeof(wpi_step_label);
        assert_true(held <= wpi_step_queue_bytes(&queue));
        if (i % 1000 == 999)
            assert_int_equal(wpi_step_queue_take(&queue, &taken, NULL), WP_OK);
    }
    wpi_array_free(&taken);
    wpi_step_queue_free(&queue);
}

int main(int argc, char **argv)
{
    if (!random_arguments_read(argc, argv, &arguments))
        return 2;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(step_queue__gives_each_step_in_order),
        cmocka_unit_test(step_queue__counts_what_is_late_for_the_step_at_hand),
        cmocka_unit_test(step_queue__tells_no_less_than_it_holds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
