/*
 * The path search: for each last introducer, the cheapest way from the sources to the targets.
 *
 * Introducers are the in-neighbours of the targets. Labels spread from the sources, cheapest first;
 * with a hop limit H they are spread up to hop H - 2 and the last step is pulled from the
 * introducers' side, so that both sides are explored to about half the distance and each introducer
 * still gets its own answer. Everything is cut at a bound: the k-th best total so far, or a
 * threshold that is tripled until k introducers are found under it (exactness: no total at or below
 * the bound is missed). Costs are positive, so cheapest ways are simple paths.
 *
 * Afterwards `labels` and `closings` hold what is needed to trace the paths.
 */
#ifndef WPI_PATH_SEARCH_H
#define WPI_PATH_SEARCH_H

#include "path/labels.h"
#include "path/view.h"

/* A tie from an introducer to a target. */
typedef struct wpi_closing {
    uint32_t introducer;
    uint32_t target;
    uint32_t cost;
} wpi_closing;

/* The best total of an introducer. */
typedef struct wpi_total {
    uint64_t cost;
    uint32_t introducer;
} wpi_total;

typedef struct wpi_search {
    wpi_view *view;
    const uint32_t *sources;
    size_t source_count;
    const uint32_t *targets;
    size_t target_count;
    uint32_t hops_max;   /* UINT32_MAX: any */
    uint64_t cost_limit; /* totals above are dropped */
    size_t k;            /* introducers wanted; SIZE_MAX: all */
    uint64_t threshold;  /* of this round */
    bool was_cut;        /* something above the threshold was left */
    wpi_labels labels;
    wpi_array closings;   /* of wpi_closing, cheapest first */
    wpi_map closing_at;   /* introducer -> its cheapest closing */
    uint64_t closing_min; /* of introducers that are not sources; UINT64_MAX: none */
    wpi_map totals;       /* introducer -> best total */
    wpi_array best;       /* of wpi_total, the k best, ascending */
} wpi_search;

void wpi_search_init(wpi_search *search, wpi_view *view, uint32_t hops_max, uint64_t cost_limit);
void wpi_search_free(wpi_search *search);

/* Find the k best introducers. On a limit of the meter what was found stands. */
wp_status wpi_search_run(wpi_search *search, size_t k, wp_error *err);

/* Totals at or below this are exact and complete. */
uint64_t wpi_search_bound(const wpi_search *search);

/* The label of an introducer at a hop as wpi_labels_find(), without dominated ones. */
const wpi_label *wpi_search_label(const wpi_search *search, uint32_t person, uint32_t hops);

#endif
