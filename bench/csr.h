/*
 * The limit: the same graph in memory, as a program that needs no database would hold it.
 *
 * Compressed sparse rows of {person, cost}, 8 bytes an arc, each list sorted by cost, outbound and
 * inbound, in huge pages. It is filled through wp_neighbours() for one day, so it holds exactly
 * what searches on that day see; it cannot be changed and knows neither other days nor consent.
 */
#ifndef BENCH_CSR_H
#define BENCH_CSR_H

#include "harness.h"

/* Lists of one direction: those of person p are arcs[starts[p] .. starts[p + 1]). */
typedef struct csr_side {
    uint64_t *starts;
    wp_neighbour *arcs;
    uint32_t
        *ids; /* the people alone, 4 bytes an arc, for breadth-first search; NULL: not wanted */
} csr_side;

typedef struct csr {
    uint32_t people; /* numbers 1..people */
    size_t arc_count;
    csr_side out;
    csr_side in;
} csr;

void csr_load(csr *it, wp_db *db, uint32_t people, int32_t day);
void csr_add_ids(csr *it);
void csr_free(csr *it);

/* Whether a sample of the lists is what wp_person_ties() says. */
bool csr_agrees(const csr *it, wp_db *db, int32_t day, uint64_t seed);

#endif
