/*
 * Levels of a radix heap over steps: see step_queue.h.
 *
 * Invariant: the step of a label at level n > 0 differs from the step at hand in bit n - 1 and no
 * higher one, and is greater. So the lowest level that is not empty holds the next step, and once
 * that is at hand all labels of the level belong further down.
 */
#include "path/step_queue.h"

#include <assert.h>

#include "base/sort.h"
#include "rules/cost.h"

_Static_assert(1u << WPI_STEP_BITS <= WPI_COST_MIN, "a tie may lead into its own step");

#define ARRAY_MIN 16

void wpi_step_queue_init(wpi_step_queue *queue)
{
    queue->step = 0;
    queue->count = 0;
    for (size_t i = 0; i < WPI_STEP_LEVELS; i++)
        queue->levels[i] = WPI_ARRAY_OF(wpi_step_label);
}

void wpi_step_queue_free(wpi_step_queue *queue)
{
    for (size_t i = 0; i < WPI_STEP_LEVELS; i++)
        wpi_array_free(&queue->levels[i]);
}

/* Arrays are at most twice as large as what is in them, but for small ones. */
size_t wpi_step_queue_bytes(const wpi_step_queue *queue)
{
    return (2 * queue->count + ARRAY_MIN * WPI_STEP_LEVELS) * sizeof(wpi_step_label);
}

static uint64_t step_of(const wpi_step_label *label)
{
    return wpi_step_cost(label) >> WPI_STEP_BITS;
}

static wpi_array *level_of(wpi_step_queue *queue, uint64_t step)
{
    bool is_at_hand = step <= queue->step;
    return &queue->levels[is_at_hand ? 0 : 64 - __builtin_clzll(step ^ queue->step)];
}

static inline wp_status append(wpi_array *level, const wpi_step_label *label, wp_error *err)
{
    if (level->count == level->capacity)
        return wpi_array_push(level, label, err);
    WPI_ARRAY_AT(level, wpi_step_label, level->count++) = *label;
    return WP_OK;
}

wp_status wpi_step_queue_push(wpi_step_queue *queue, uint64_t cost, uint32_t hops, uint32_t person,
                              wp_error *err)
{
    wpi_step_label label = {(uint32_t)cost, hops, (uint32_t)(cost >> 32), person};
    queue->count++;
    return append(level_of(queue, cost >> WPI_STEP_BITS), &label, err);
}

/* Have the first step of a level at hand, and its labels where they belong then. */
static wp_status descend(wpi_step_queue *queue, wpi_array *level, wp_error *err)
{
    const wpi_step_label *labels = level->items;
    uint64_t first = UINT64_MAX;
    for (size_t i = 0; i < level->count; i++)
        first = step_of(&labels[i]) < first ? step_of(&labels[i]) : first;
    queue->step = first;
    for (size_t i = 0; i < level->count; i++) {
        wpi_array *below = level_of(queue, step_of(&labels[i]));
        assert(below < level);
        WPI_TRY(append(below, &labels[i], err));
    }
    wpi_array_free(level);
    return WP_OK;
}

wp_status wpi_step_queue_take(wpi_step_queue *queue, wpi_array *labels, wp_error *err)
{
    wpi_array *level = queue->levels, *end = queue->levels + WPI_STEP_LEVELS;
    while (level < end && level->count == 0)
        level++;
    labels->count = 0;
    if (level == end)
        return WP_OK;
    if (level > queue->levels)
        WPI_TRY(descend(queue, level, err));
    wpi_array empty = *labels;
    *labels = queue->levels[0];
    queue->levels[0] = empty;
    queue->count -= labels->count;
    return wpi_sort_pairs(labels, err);
}
