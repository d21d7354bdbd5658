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
    uint64_t *visited; /* bits */
    uint64_t *front;
    uint64_t *next;
    uint8_t *hops; /* of people visited */
    uint32_t *queue;
    size_t queue_count;
} csr_bfs;

void csr_bfs_begin(csr_bfs *bfs, const csr *graph);
void csr_bfs_free(csr_bfs *bfs);

/* Everybody reached from `source`, without it, by hops, then number. Yours: free(). With
 * `is_by_ids` the lists are those of people alone, which csr_add_ids() made. */
csr_reached *csr_bfs_run(csr_bfs *bfs, uint32_t source, bool is_by_ids, size_t *count);

#endif
