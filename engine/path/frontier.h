/*
 * One side of a two-sided search: the lists of the people settled, which are read as the search
 * comes to their ties, and who has a label.
 */
#ifndef WPI_PATH_FRONTIER_H
#define WPI_PATH_FRONTIER_H

#include "base/array.h"
#include "path/person_filter.h"

/* The list of a settled person, or of a source. */
typedef struct wpi_open_list {
    uint64_t spent;      /* the label that a tie leads to costs so much more than the tie */
    uint64_t other_side; /* whom the other side settles later costs at least this */
    uint64_t left;       /* a tie that was not read costs at least this; UINT64_MAX: all were */
    uint64_t chunk;      /* how much dearer than the next tie others are that are read with it */
    uint32_t person;
    uint32_t root; /* of a backward label */
    uint32_t hops; /* of a forward label */
} wpi_open_list;

typedef struct wpi_frontier {
    wpi_array lists;            /* of wpi_open_list */
    size_t opened;              /* how many of them were looked into */
    uint64_t unopened;          /* a tie of the others leads to this at least */
    wpi_array unread;           /* heap of lists by the least that a tie left in them leads to */
    wpi_array due;              /* of uint32_t, lists that are read on for a front */
    wpi_person_filter labelled; /* who may have a label */
} wpi_frontier;

void wpi_frontier_init(wpi_frontier *frontier);
/* Forget what is in it, keep the memory. */
void wpi_frontier_clear(wpi_frontier *frontier);
void wpi_frontier_free(wpi_frontier *frontier);
size_t wpi_frontier_bytes(const wpi_frontier *frontier);

#endif
