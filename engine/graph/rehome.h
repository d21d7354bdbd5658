/*
 * Numbers that become another person's: what is derived of people moves with them.
 *
 * Before the canonical numbers change, the evidence of all interactions that concern the people
 * left is taken away, and what is stated of their ties put by the numbers as given; afterwards both
 * are made anew. All of a person's interactions are found through the rows of evidence with the
 * neighbours and with herself; those that answer one of them concern the author as well.
 */
#ifndef WPI_GRAPH_REHOME_H
#define WPI_GRAPH_REHOME_H

#include "graph/graph.h"

/* A number and the canonical ones before and after. */
typedef struct wpi_move {
    uint32_t number;
    uint32_t before;
    uint32_t after;
} wpi_move;

typedef struct wpi_rehoming {
    wpi_array left;         /* of uint32_t: canonical numbers that somebody leaves */
    wpi_array interactions; /* of uint64_t */
    wpi_array neighbours;   /* of uint32_t */
} wpi_rehoming;

#define WPI_REHOMING_INIT                                                                          \
    {                                                                                              \
        WPI_ARRAY_OF(uint32_t), WPI_ARRAY_OF(uint64_t), WPI_ARRAY_OF(uint32_t)                     \
    }

/* To be called under the old canonical numbers. */
wp_status wpi_rehome_begin(wpi_graph *graph, const wpi_array *moves, wpi_rehoming *out,
                           wp_error *err);
/* To be called under the new ones. components: of all numbers concerned. */
wp_status wpi_rehome_end(wpi_graph *graph, const wpi_array *numbers, const uint32_t *components,
                         wpi_rehoming *rehoming, wp_error *err);
void wpi_rehome_free(wpi_rehoming *rehoming);

#endif
