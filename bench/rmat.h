/*
 * R-MAT graphs with the parameters of Graph500 (a .57, b .19, c .19, d .05), bit for bit those of
 * the GAP benchmark suite: the same generator, seeding and renumbering, so that published counts
 * apply. Scale 10 with 16 edges a vertex has 10 496 undirected edges.
 */
#ifndef BENCH_RMAT_H
#define BENCH_RMAT_H

#include "pairs.h"

#define RMAT_EDGE_FACTOR 16

/* The ties of 2^scale people, settled; vertex v of the suite is person v + 1. `seed` is added to
 * the suite's own; 0 gives the published graphs. */
void rmat_generate(unsigned scale, uint64_t seed, pair_list *out);

#endif
