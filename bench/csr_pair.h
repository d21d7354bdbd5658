/*
 * The cheapest path between two people on the in-memory twin, without a limit on hops: the sum of
 * the costs of its ties and nothing else.
 */
#ifndef BENCH_CSR_PAIR_H
#define BENCH_CSR_PAIR_H

#include "csr.h"
#include "heap.h"
#include "labels.h"

/* The list of a settled person, whose cheapest arc that was not followed waits in a queue. */
typedef struct csr_open {
    uint64_t cost;  /* of the person */
    uint64_t other; /* whom the other side settles later costs at least this */
    uint64_t at;    /* the arc that waits */
    uint64_t end;
} csr_open;

typedef struct csr_open_lists {
    csr_open *items;
    size_t count;
    size_t capacity;
} csr_open_lists;

/* The memory of searches, reused. */
typedef struct csr_pair {
    const csr *graph;
    uint32_t *dense[2]; /* costs by person, from either end; UINT32_MAX: not reached */
    heap touched[2];    /* people with a cost; used as lists */
    heap queue[2];
    label_table sparse[2];
    csr_open_lists open[2];
} csr_pair;

void csr_pair_begin(csr_pair *pair, const csr *graph);
void csr_pair_free(csr_pair *pair);

/* UINT64_MAX: there is no path. from and to differ. */
uint64_t csr_pair_one_sided(csr_pair *pair, uint32_t from, uint32_t to);
uint64_t csr_pair_two_sided(csr_pair *pair, uint32_t from, uint32_t to);
uint64_t csr_pair_pruned(csr_pair *pair, uint32_t from, uint32_t to);

#endif
