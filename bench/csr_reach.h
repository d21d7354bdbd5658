/*
 * Everybody within reach on the in-memory twin, by cost: what wp_reach_find() answers on a graph
 * without loads and consent. The best path to each person; ties above the minimum strength do not
 * exist and paths below the minimum score are dropped, unless the question is plain; relay for each
 * intermediary beyond the first, unless plain.
 */
#ifndef BENCH_CSR_REACH_H
#define BENCH_CSR_REACH_H

#include "csr.h"
#include "heap.h"

#define CSR_REACH_LEVELS 33

/* Somebody reached. */
typedef struct csr_reach_end {
    uint64_t key; /* cost, then hops in the lowest byte */
    uint32_t person;
} csr_reach_end;

/* The memory of a search, reused, and its answer. */
typedef struct csr_reach {
    const csr *graph;
    uint32_t *ends;   /* best cost as an end, by person; UINT32_MAX: none */
    uint8_t *hops;    /* of that */
    uint32_t *labels; /* best cost as an intermediary */
    uint8_t *label_hops;
    uint32_t *seconds;            /* as the second intermediary, for three hops */
    heap touched;                 /* people with an end; used as a list */
    heap queue[CSR_REACH_LEVELS]; /* labels by how far their steps are, in lists; [0]: at hand */
    heap front;                   /* those of the step that is settled */
    uint32_t step;
    csr_reach_end *found;
    csr_reach_end *spare;
    size_t found_count;
    size_t capacity;
} csr_reach;

void csr_reach_begin(csr_reach *reach, const csr *graph);
void csr_reach_free(csr_reach *reach);

void csr_reach_three_hops(csr_reach *reach, uint32_t source);
void csr_reach_any_hops(csr_reach *reach, uint32_t source, bool is_plain);

#endif
