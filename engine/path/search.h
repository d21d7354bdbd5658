/*
 * The path search: for each last introducer, the cheapest way from the sources to the targets.
 *
 * Introducers are the in-neighbours of the targets. With a limit H on hops, labels spread from the
 * sources hop by hop up to hop H - 2, and the last step is pulled from the introducers' side, so
 * that both sides are explored to about half the distance and each introducer still gets its own
 * answer (search_levels.c). Without a limit, labels spread from both sides, cheapest first, until
 * they meet (search_any.c). For all introducers without a limit, and when totals do not fit a
 * level's labels, they spread from the sources alone (search_labels.c).
 *
 * Everything is cut at a bound: the k-th best total so far, or a threshold that is raised until k
 * introducers are found under it. No total at or below the bound is missed. Costs are positive, so
 * cheapest ways are simple paths.
 *
 * Afterwards labels and closings hold what is needed to trace the paths.
 */
#ifndef WPI_PATH_SEARCH_H
#define WPI_PATH_SEARCH_H

#include "path/scratch.h"
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
    wpi_scratch *scratch;
    const uint32_t *sources;
    size_t source_count;
    const uint32_t *targets;
    size_t target_count;
    uint32_t hops_max;    /* UINT32_MAX: any */
    uint64_t cost_limit;  /* totals above are dropped */
    size_t k;             /* introducers wanted; SIZE_MAX: all */
    uint64_t threshold;   /* of this round */
    bool has_levels;      /* this round's labels are in levels */
    bool was_cut;         /* something above the threshold was left */
    bool is_begun;        /* the scratch holds the labels and totals of three hops */
    uint64_t closing_min; /* of introducers that are not sources; UINT64_MAX: none */
} wpi_search;

/* Find the k best introducers. On a limit of the meter what was found stands. */
wp_status wpi_search_run(wpi_search *search, size_t k, wp_error *err);

/* Totals at or below this are exact and complete. */
static inline uint64_t wpi_search_bound(const wpi_search *search)
{
    const wpi_array *best = &search->scratch->best;
    if (best->count < search->k)
        return search->threshold;
    uint64_t kth = WPI_ARRAY_AT(best, wpi_total, search->k - 1).cost;
    return kth < search->threshold ? kth : search->threshold;
}

/* The cost of the label of a person after so many ties, the person's passage included;
 * UINT64_MAX when there is none, or one with fewer ties that is not dearer. */
uint64_t wpi_search_cost(const wpi_search *search, uint32_t person, uint32_t hops);
/* Without a limit of hops: the number of ties of a person's only label; 0 when there is none. */
uint32_t wpi_search_hops(const wpi_search *search, uint32_t person);

/* For the two forms of the search. */

/* Note a way to the targets by way of an introducer. */
wp_status wpi_search_offer(wpi_search *search, uint32_t introducer, uint64_t cost, wp_error *err);
/* Spread labels within the threshold. */
wp_status wpi_search_levels(wpi_search *search, wp_error *err);
/* The same for paths of four hops when the scratch holds all labels within the threshold of those
 * of three. */
wp_status wpi_search_levels_go_on(wpi_search *search, wp_error *err);
wp_status wpi_search_labels(wpi_search *search, wp_error *err);
wp_status wpi_search_any(wpi_search *search, wp_error *err);

#endif
