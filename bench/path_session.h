/*
 * What the benches of path queries share: a database with its twin on a day, the question of the
 * trial, and the contest of the two over teams of sources and accounts of targets.
 *
 * Sources and targets are drawn anew for each trial, colleagues together; see questions.h. The
 * twin answers with the same pruned two-sided search. Verified: the costs of all introducers, in
 * order, and account reach when it is asked for.
 */
#ifndef BENCH_PATH_SESSION_H
#define BENCH_PATH_SESSION_H

#include "csr_pair.h"
#include "csr_path.h"
#include "graph.h"
#include "random.h"

#define SOURCES_MAX 500
#define TARGETS_MAX 200
#define PATHS 10

/* A session: a database and its twin on a day, and the question of the trial. */
typedef struct session {
    bench_options *options;
    const graph *network;
    wp_txn *txn;
    int32_t day;
    csr twin;
    csr_search search;
    csr_search exhaustive;
    csr_pair pair;
    random_stream random;
    uint32_t sources[SOURCES_MAX];
    uint32_t targets[TARGETS_MAX];
    size_t source_count;
    size_t target_count;
    uint32_t hops_max;
    bool with_reach;
    wp_paths *paths;
    uint64_t pair_costs[4]; /* for one pair: the library's, then the twin's */
} session;

void session_begin(session *it, bench_options *options, const graph *network, int32_t day);
void session_end(session *it);

/* Draw the question of a trial; a bench_contest's `prepare`. */
void session_draw(void *context, uint64_t trial);

/* Ask the library; a contestant's `run`. */
void session_find(void *context);
void session_find_on(session *it, int32_t day);

csr_question session_question(const session *it);
bool session_agrees(const wp_paths *paths, const csr_search *search);

/* The library against the twin; above four hops, which the twin has not, alone. */
void session_run(session *it, size_t sources, size_t targets, uint32_t hops, const char *suffix);

/* Name of a case. */
void session_name(const session *it, const char *suffix, char *out, size_t bytes);

#endif
