/*
 * What the C programs of this directory share: reading edges and questions, asking, printing.
 *
 * Each program answers the same questions with another engine and is started by `run`. A question
 * is one line of decimal numbers: the hop limit (0: none), how many introducers are wanted, how
 * many sources and targets there are, the sources, the targets. The answer is, for each of the best
 * introducers, the cost of the cheapest path on which that person speaks to a target, dearest last.
 * Answers are printed as JSON, one line each, with the microseconds that they took, measured in
 * the process: neither the start of the process nor the printing counts.
 *
 * All questions are asked once to warm up, then again for the time; when the first pass is slow,
 * warming up does not matter any more and its times are the answer. Programs that fail say why on
 * stderr and exit with 1: these are benches, there is nothing to clean up. Nothing here knows any
 * engine.
 */
#ifndef PEERS_H
#define PEERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* One direction of a tie, as in the text of the graph. */
typedef struct edge {
    uint32_t from;
    uint32_t to;
    uint32_t cost; /* micro-nats */
} edge;

typedef struct edges {
    edge *items;
    size_t count;
    uint32_t person_max; /* the largest number of a person */
} edges;

/* Somebody who would speak to a target, and the cost of the best path that ends so. */
typedef struct introduction {
    uint32_t introducer;
    uint64_t cost; /* micro-nats */
} introduction;

typedef struct question {
    uint32_t hops_max; /* 0: no limit */
    size_t k;
    uint32_t *sources;
    size_t source_count;
    uint32_t *targets;
    size_t target_count;
} question;

/* The answer to one question; `items` has room for everybody in the graph. */
typedef struct answer {
    introduction *items;
    size_t count;
} answer;

/* Answers one question; this call alone is timed. */
typedef void ask_fn(void *context, const question *asked, answer *out);

/* Print a message and end with 1. */
__attribute__((noreturn, format(printf, 1, 2))) void peers_fail(const char *format, ...);

/* Memory that is there, filled with zeros. */
void *peers_allocate(size_t count, size_t bytes);

/* Microseconds on a clock that only goes forward. */
double peers_now_us(void);

/* Read a graph: lines `from to cost` of decimal numbers. */
void peers_read_edges(const char *path, edges *out);

/* Sort by cost, then introducer, and keep the first k. */
void peers_keep_best(answer *found, size_t k);

/* Ask every question of the file as described above; `people` is the room answers need. */
void peers_ask_all(const char *path, size_t people, ask_fn *ask, void *context);

/* Print what loading took. */
void peers_print_load(double started_us, const char *version);

#endif
