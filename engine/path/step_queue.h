/*
 * The queue of a search that settles people in the order of their labels, step by step.
 *
 * A step is as wide as the cheapest tie there can be, so whatever people of a step lead to belongs
 * to a later one: all labels of a step can be taken at once, and what passing their people reads
 * can be fetched well ahead. (Buckets of the least weight: Dinitz 1978.)
 *
 * The steps to come are kept as in a radix heap (Ahuja, Mehlhorn, Orlin and Tarjan 1990): labels
 * are told apart by the highest bit in which their step differs from the one at hand. Few of them
 * are ever compared, each moves down by a few levels until its step has come, and all memory is
 * read from its beginning to its end.
 */
#ifndef WPI_PATH_STEP_QUEUE_H
#define WPI_PATH_STEP_QUEUE_H

#include <stdint.h>

#include "base/array.h"

#define WPI_STEP_BITS 14u /* 16 384 micro-nats */
#define WPI_STEP_LEVELS (64 - WPI_STEP_BITS + 1)

/* A label. It begins with what it is sorted by within a step. */
typedef struct wpi_step_label {
    uint32_t cost_lower;
    uint32_t hops;
    uint32_t cost_upper;
    uint32_t person;
} wpi_step_label;

typedef struct wpi_step_queue {
    uint64_t step;                     /* at hand: costs >> WPI_STEP_BITS; nothing comes before */
    size_t count;                      /* of labels */
    wpi_array levels[WPI_STEP_LEVELS]; /* of wpi_step_label; [0]: of that step */
} wpi_step_queue;

static inline uint64_t wpi_step_cost(const wpi_step_label *label)
{
    return (uint64_t)label->cost_upper << 32 | label->cost_lower;
}

void wpi_step_queue_init(wpi_step_queue *queue);
void wpi_step_queue_free(wpi_step_queue *queue);
/* What its labels take at most. */
size_t wpi_step_queue_bytes(const wpi_step_queue *queue);

/* Add a label. One that costs less than the step at hand, as a damaged file may have it, counts
 * for that. */
wp_status wpi_step_queue_push(wpi_step_queue *queue, uint64_t cost, uint32_t hops, uint32_t person,
                              wp_error *err);

/* Put all labels of the next step into an array of wpi_step_label, by cost, then hops; none are
 * left when it is empty. */
wp_status wpi_step_queue_take(wpi_step_queue *queue, wpi_array *labels, wp_error *err);

#endif
