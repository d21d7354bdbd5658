/*
 * Having worked together: evidence that follows from employments whose times overlap.
 *
 * Of two people, and of one company, employments count whose first day is known. What they share
 * weighs .6 a month, at most 24 months, both ways and slowly fading. A time that is over is dated
 * on its last day. One that goes on is dated as it passes 1, 3, 6, 12 and 24 months, so that what
 * follows depends on the facts alone and not on the day on which they are stored.
 *
 * A company that has employed more people than the setting says is left out. Rows stand in the
 * table of evidence; in place of an interaction they have WPI_TOGETHER and the canonical number of
 * the company. Whatever changes employments, or who is who, stands between _begin and _end, which
 * make the rows follow.
 */
#ifndef WPI_GRAPH_TOGETHER_H
#define WPI_GRAPH_TOGETHER_H

#include "graph/derive.h"

#define WPI_TOGETHER (UINT64_C(1) << 63)

/* The employments at some companies at one moment, by canonical numbers. */
typedef struct wpi_staff {
    wpi_array spans; /* of one company after the other, by person and first day, none touching */
    wpi_array large; /* of uint32_t: companies that are left out */
} wpi_staff;

typedef struct wpi_together {
    wpi_array companies; /* of uint32_t: numbers as given */
    wpi_array people;    /* of uint32_t: numbers as given */
    wpi_array before;    /* of uint32_t: their canonical numbers, ascending */
    bool is_everybody;   /* and not only `people` */
    wpi_staff staff;     /* before the change */
} wpi_together;

#define WPI_TOGETHER_INIT                                                                          \
    {                                                                                              \
        WPI_ARRAY_OF(uint32_t), WPI_ARRAY_OF(uint32_t), WPI_ARRAY_OF(uint32_t), false,             \
        {                                                                                          \
            {NULL, 0, 0, 0}, WPI_ARRAY_OF(uint32_t)                                                \
        }                                                                                          \
    }

/* Something changes that concerns employments at these companies; of these people alone unless
 * people is NULL. */
wp_status wpi_together_begin(wpi_graph *graph, const wpi_array *companies, const wpi_array *people,
                             wpi_together *out, wp_error *err);
/* It has changed. */
wp_status wpi_together_end(wpi_graph *graph, wpi_together *self, wp_error *err);
void wpi_together_free(wpi_together *self);

/* Append the companies, as given, at which numbers of people have employments that count. */
wp_status wpi_together_companies(wpi_graph *graph, const wpi_array *people, wpi_array *companies,
                                 wp_error *err);

/* Give each row that follows from employments at a company; the function may write. */
typedef wp_status wpi_together_fn(void *context, const wpi_derived_row *row, wp_error *err);
wp_status wpi_together_each(wpi_graph *graph, uint32_t company, wpi_together_fn *each,
                            void *context, wp_error *err);

/* As wp_together_put() and wp_together_get(). */
wp_status wpi_together_set(wpi_graph *graph, uint32_t people_max, wp_error *err);
wp_status wpi_together_get(wpi_graph *graph, uint32_t *people_max, wp_error *err);
wp_status wpi_together_left_out(wpi_graph *graph, uint32_t *count, wp_error *err);

#endif
