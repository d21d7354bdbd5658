/*
 * Path queries on the in-memory twin: the same question as wp_paths_find() on a graph without
 * loads, consent and an organisation of our own, for at most 4 hops.
 *
 * For each last introducer, the cheapest path from a source to a target: ties of at most
 * `tie_max`, relay for each intermediary beyond the first, sources and targets never inside. The
 * answer is the k cheapest introducers, none above `cost_max`.
 */
#ifndef BENCH_CSR_PATH_H
#define BENCH_CSR_PATH_H

#include "csr.h"
#include "heap.h"
#include "labels.h"

#define CSR_RELAY 223000u
#define CSR_TIE_MAX 2995732u  /* -ln .05 */
#define CSR_COST_MAX 3912023u /* -ln .02 */
#define CSR_COST_LEAST 20203u /* of any tie */

typedef struct csr_question {
    const uint32_t *sources;
    size_t source_count;
    const uint32_t *targets;
    size_t target_count;
    uint32_t hops_max; /* 1..4 */
    size_t k;          /* SIZE_MAX: all */
} csr_question;

typedef struct csr_introducer {
    uint64_t cost;
    uint32_t person;
} csr_introducer;

/* A tie into an introducer: what is left from the label of the person it comes from. */
typedef struct csr_approach {
    uint32_t introducer;
    uint32_t rest;
    uint32_t next; /* index + 1 of another one of the same person */
} csr_approach;

#define CSR_FILTER_BITS 17u

/* The memory of a search, reused, and its answer. */
typedef struct csr_search {
    const csr *graph;
    uint64_t *is_source; /* bits */
    uint64_t *is_target;
    csr_question question;
    uint64_t bound; /* what is found must cost less */
    bool was_cut;   /* something was left out because of the bound */
    label_table closings;
    label_table arrivals;    /* what it costs to have arrived and to pass */
    label_table totals;      /* when all introducers are wanted */
    label_table approach_at; /* person -> index + 1 of the first approach, in place of a cost */
    csr_approach *approaches;
    size_t approach_count;
    size_t approach_capacity;
    uint64_t filter[(1u << CSR_FILTER_BITS) / 64];  /* people with approaches, a bit each */
    uint64_t arrived[(1u << CSR_FILTER_BITS) / 64]; /* people of the first hop */
    uint64_t rest_min;
    uint64_t closing_min;
    uint64_t arrival_min;
    heap closing_list; /* (cost, person); used as a list */
    heap first_list;
    heap other;
    uint32_t *dense[3]; /* of the exhaustive search: closing, first, second arrival */
    csr_introducer *found;
    size_t found_count;
} csr_search;

void csr_search_begin(csr_search *search, const csr *graph);
void csr_search_free(csr_search *search);

/* The pruned two-sided search. */
void csr_search_run(csr_search *search, const csr_question *question);

/* Two hops from either side, joined; nothing is cut but ties above tie_max. */
void csr_search_exhaustively(csr_search *search, const csr_question *question);

/* For both: the members of sources and targets, and the list of the best. */
void csr_search_mark(csr_search *search, const csr_question *question);
void csr_search_unmark(csr_search *search);
void csr_search_rank(csr_search *search, uint32_t person, uint64_t cost);

static inline bool csr_has(const uint64_t *bits, uint32_t person)
{
    return (bits[person / 64] >> person % 64 & 1) != 0;
}

static inline bool csr_is_end(const csr_search *search, uint32_t person)
{
    return csr_has(search->is_source, person) || csr_has(search->is_target, person);
}

#endif
