/*
 * Breadth-first search on the in-memory twin: the fewest hops to everybody.
 */
#ifndef BENCH_CSR_BFS_H
#define BENCH_CSR_BFS_H

#include "csr.h"

/* Somebody reached, and by how many hops. */
typedef struct csr_reached {
    uint32_t person;
    uint32_t hops;
} csr_reached;

/* The memory of a search, reused. */
typedef struct csr_bfs {
    const csr *graph;
    size_t words;
    uint64_t *met; /* bits */
    uint64_t *front;
    uint64_t *next;
    uint32_t *order; /* people met, by hops, then number */
    size_t count;
} csr_bfs;

void csr_bfs_begin(csr_bfs *bfs, const csr *graph);
void csr_bfs_free(csr_bfs *bfs);

/* Everybody reached from `source`, without it, by hops, then number. Yours: free(). With
 * `is_by_ids` the lists are those of people alone, which csr_add_ids() made. */
csr_reached *csr_bfs_run(csr_bfs *bfs, uint32_t source, bool is_by_ids, size_t *count);

#endif
