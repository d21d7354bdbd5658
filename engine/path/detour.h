/*
 * Barriers in account reach: the best way by way of an introducer that touches both sides of none.
 *
 * A search that knows nothing of barriers leaves, for each person, what the way from the sources
 * costs at least. From an introducer backwards, partial ways are followed in the order of what they
 * cost altogether at least, so that the first one to arrive at a source is the best. What a partial
 * way touches is kept with it, and one that touches both sides of a barrier is dropped; of two that
 * are at one person after as many ties, the one that is neither cheaper nor touches less. (What
 * passes somebody twice is never best: the way without the loop is cheaper and touches no more.)
 *
 * The introducer's best total is tried first: only ways that cost just that are followed then,
 * which takes a look at as many lists as the way has ties. Few introducers need more.
 */
#ifndef WPI_PATH_DETOUR_H
#define WPI_PATH_DETOUR_H

#include "path/search.h"
#include "path/touch.h"

typedef struct wpi_detour {
    wpi_search *search;
    size_t search_bytes; /* what the finished search holds */
    wpi_array steps;     /* partial ways of one introducer */
    wpi_array queue;     /* heap of them */
    wpi_map last;        /* person and number of ties -> number of the last one followed there */
    uint64_t unlabelled; /* what a way to somebody whom the search's last level may have left
                            without a label costs at least */
} wpi_detour;

/* The search is finished, for all introducers. */
void wpi_detour_init(wpi_detour *detour, wpi_search *search);
void wpi_detour_free(wpi_detour *detour);

/* Make the totals of the search those of ways that may exist, one of wpi_total for each introducer
 * who has any. */
wp_status wpi_detour_totals(wpi_detour *detour, wpi_array *out, wp_error *err);

#endif
