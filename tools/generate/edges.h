/*
 * Random edge lists for load tests and benchmarks.
 */
#ifndef WARMPATH_GENERATE_EDGES_H
#define WARMPATH_GENERATE_EDGES_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

/* How ties are spread over people. */
typedef enum edges_shape {
    EDGES_UNIFORM, /* everybody has as many; whom they know is left to chance */
    EDGES_HUBS,    /* few people have very many, most have few (power law, exponent about 2.5) */
    EDGES_RMAT     /* recursive quadrants .57 .19 .19 .05, as Graph500 does: communities and hubs */
} edges_shape;

typedef struct edges_options {
    uint32_t people; /* at least 2 when there are ties */
    uint64_t ties;   /* at most edges_ties_max() */
    uint64_t seed;
    edges_shape shape;
    bool has_weights;
} edges_options;

/* The most ties that the people and shape allow: no self-loops; no duplicates except in rmat. */
uint64_t edges_ties_max(const edges_options *options);

/*
 * Write `src,dst,p` lines (`src,dst` without weights), people 1..people, p from .0200 to .9800,
 * low ones more often. Returns false when the stream or memory failed.
 */
bool edges_write(const edges_options *options, FILE *stream);

#endif
