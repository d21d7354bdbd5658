/*
 * What a graph looks like: degrees and clustering, for a line on stderr that tells whether a
 * generated network resembles a real one. Not a benchmark, and not exact: clustering is sampled.
 */
#ifndef BENCH_SHAPE_H
#define BENCH_SHAPE_H

#include "pairs.h"

typedef struct shape {
    uint32_t people; /* with a tie */
    size_t ties;
    double degree_mean;
    uint32_t degrees[5]; /* quantiles .1 .5 .9 .99 and the largest */
    double clustering;   /* chance that two neighbours of somebody know each other */
} shape;

/* `pairs` must be settled. */
void shape_measure(const pair_list *pairs, uint32_t people, uint64_t seed, shape *out);

#endif
