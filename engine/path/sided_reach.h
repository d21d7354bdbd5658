/*
 * Reach with barriers: labels that know which sides their way touches.
 *
 * A person has several labels, none of which serves for all that another does: it is dearer, or has
 * more ties where these are limited, or touches a side that the other does not. A way that touches
 * both sides of a barrier gets no label, and everybody's best end is that of any of their labels'
 * ways. Most ways touch little, and one that touches nothing serves for all dearer ones, so there
 * are a few labels a person, where trying all combinations of sides would double with each barrier.
 * (In the worst case they may be as many as combinations of sides; the limits of the query hold.)
 */
#ifndef WPI_PATH_SIDED_REACH_H
#define WPI_PATH_SIDED_REACH_H

#include "path/query.h"
#include "path/touch.h"

/* The best end of a way to a person: cost, then hops. */
typedef struct wpi_sided_end {
    uint64_t cost; /* the number of ties when they alone count */
    uint32_t person;
    uint32_t hops;
} wpi_sided_end;

typedef struct wpi_sided_reach {
    wpi_query *query;
    uint32_t hops_max; /* UINT32_MAX: any */
    bool is_by_hops;   /* each tie costs 1, and nothing else does */
    wpi_map last;      /* person -> number of their last label */
    wpi_array labels;
    wpi_array queue; /* heap of labels */
    wpi_map end_at;  /* person -> index */
    wpi_array ends;  /* of wpi_sided_end */
} wpi_sided_reach;

void wpi_sided_reach_init(wpi_sided_reach *reach, wpi_query *query, uint32_t hops_max,
                          bool is_by_hops);
void wpi_sided_reach_free(wpi_sided_reach *reach);
/* On a limit of the meter the ends found so far stand. */
wp_status wpi_sided_reach_run(wpi_sided_reach *reach, wp_error *err);

#endif
