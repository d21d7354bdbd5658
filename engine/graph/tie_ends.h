/*
 * The two ends of each pending tie, by person: what neighbour lists are written from.
 *
 * Pending ties are sorted by their lower person. The order by the higher one is kept beside them,
 * four bytes a tie; ends are made of both for a group of people at a time, with the tie in them,
 * so that whoever writes lists reads memory front to back and millions of ends never exist at once.
 */
#ifndef WPI_GRAPH_TIE_ENDS_H
#define WPI_GRAPH_TIE_ENDS_H

#include "graph/pending.h"

/* Whose list, who is the other, which tie. */
typedef struct wpi_tie_end {
    uint32_t person;
    uint32_t other;
    wpi_pending_tie tie;
} wpi_tie_end;

typedef struct wpi_tie_ends {
    const wpi_graph *graph;
    wpi_array order; /* of uint32_t: indexes of pending ties, by higher and then lower person */
    size_t low_at;   /* the next lower end; its index */
    size_t high_at;  /* the next higher end; its place in the order */
    wpi_array ends;  /* of wpi_tie_end: those of the group at hand, by person and other */
} wpi_tie_ends;

/* Stand before the first group. What is pending is sorted and complete, and stays so. */
wp_status wpi_tie_ends_begin(const wpi_graph *graph, wpi_tie_ends *out, wp_error *err);
/* The ends of the next group of 2^bits people of whom any has one; WP_ENOTFOUND: there is none. */
wp_status wpi_tie_ends_next(wpi_tie_ends *self, unsigned bits, wp_error *err);
void wpi_tie_ends_free(wpi_tie_ends *self);

#endif
