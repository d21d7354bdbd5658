/*
 * Candidates: the paths among which a query chooses, and their total order.
 */
#ifndef WPI_PATH_CANDIDATES_H
#define WPI_PATH_CANDIDATES_H

#include "path/search.h"
#include "path/trace.h"

typedef struct wpi_candidate {
    uint64_t total;
    uint32_t hops;
    uint32_t widest;   /* cost of the dearest tie, where another one is as cheap and as short */
    int64_t contact_s; /* last contact of introducer and target, likewise; WP_TIME_NONE */
    uint32_t introducer;
    uint32_t target;
    uint32_t *people; /* hops + 1, in the arena; NULL: not traced yet */
    const char **ids; /* their external ids, where all numbers of another one are the same */
} wpi_candidate;

/* The k best paths of a finished search, one for each introducer, in the total order, as an array
 * of wpi_candidate. Ends at the limits of the query. */
wp_status wpi_candidates_choose(const wpi_search *search, wpi_trace_ids *ids, wpi_arena *arena,
                                size_t k, wpi_array *out, wp_error *err);

/* Some of the best paths that a search found by the time a limit was met, chosen in no time. */
wp_status wpi_candidates_choose_hastily(const wpi_search *search, wpi_trace_ids *ids,
                                        wpi_arena *arena, size_t k, wpi_array *out, wp_error *err);

/* Order traced candidates and keep the first of each introducer, k at most. */
wp_status wpi_candidates_order(wpi_trace_ids *ids, wpi_arena *arena, wpi_array *candidates,
                               size_t k, wp_error *err);

/* The same without telling equals apart: the first of each introducer, where candidates come best
 * first. For what was found by the time a limit was met. */
wp_status wpi_candidates_order_hastily(wpi_trace_ids *ids, wpi_arena *arena, wpi_array *candidates,
                                       size_t k, wp_error *err);

/* The last contact of two people up to the day of the view. */
wp_status wpi_candidates_contact(wpi_view *view, uint32_t introducer, uint32_t target,
                                 int64_t *contact_s, wp_error *err);

#endif
