/*
 * The oracle of searches: two obvious ways to the same answers.
 *
 * The first enumerates every simple path within the hop limit and keeps the best of each last
 * introducer by the total order; it gives everything, and is fit for a dozen people. The second
 * (Bellman and Ford, one layer a hop) knows only the cost and hops of the best path to everybody
 * and through every introducer; it is fit for thousands. Where both apply, they must agree.
 *
 * Both work on a graph: the ties of one day with what they cost, read from a database or computed
 * by the model. Queries are those of warmpath.h.
 */
#ifndef WARMPATH_TESTS_SUPPORT_ORACLE_PATH_H
#define WARMPATH_TESTS_SUPPORT_ORACLE_PATH_H

#include "oracle.h"

/* The most people in a graph whose paths are enumerated. */
#define ORACLE_PATH_PEOPLE_MAX 16

/* A tie by the indices of its people. */
typedef struct oracle_edge {
    size_t from;
    size_t to;
    wp_tie tie;
} oracle_edge;

#define ORACLE_BARRIERS_MAX 6

/* An information barrier: who stands on either side. */
typedef struct oracle_barrier {
    bool has[2][ORACLE_PATH_PEOPLE_MAX];
} oracle_barrier;

/* The ties of one day. */
typedef struct oracle_graph {
    const oracle *model; /* Borrowed. */
    int32_t day;
    oracle_edge *edges; /* By from, then to. */
    size_t edge_count;
    size_t *first;   /* Edges of person i are first[i] to first[i + 1] - 1. */
    uint64_t *loads; /* Of each person, micro-nats. */
    oracle_barrier barriers[ORACLE_BARRIERS_MAX]; /* Seen by the enumeration alone. */
    size_t barrier_count;
} oracle_graph;

/* A path, by the indices of its people. */
typedef struct oracle_path {
    uint64_t cost;
    uint32_t hops;
    uint32_t weakest_cost; /* Largest cost of a tie, as used. */
    int64_t last_contact_s;
    size_t people[ORACLE_PATH_PEOPLE_MAX];
} oracle_path;

/* The answer to a path query. */
typedef struct oracle_answer {
    oracle_path *paths; /* At most k, best first. */
    size_t count;
    size_t introducers; /* All of them, before k and diverse. */
    double reach;
} oracle_answer;

/* Best cost and its fewest hops; cost UINT64_MAX when there is none. */
typedef struct oracle_best {
    uint64_t cost;
    uint32_t hops;
} oracle_best;

/* Find the pairs of different people with anything between them, in the order of edges. Returns
 * their number; `edges` is the caller's to free and has everything but the tie. */
size_t oracle_edges_find(const oracle *model, oracle_edge **edges);

/* A graph of edges that the function takes over, sorted by from and to. */
oracle_graph *oracle_graph_new(const oracle *model, int32_t day, oracle_edge *edges, size_t count);

/* The graph that the model says. */
oracle_graph *oracle_graph_compute(const oracle *model, int32_t day);

/* Free a graph. NULL is allowed. */
void oracle_graph_free(oracle_graph *graph);

/* The index of the person with this number; ORACLE_NONE when there is none. */
size_t oracle_person_find(const oracle *model, wp_number number);

/* What a query pays for a tie; UINT32_MAX when the tie does not exist for it. */
uint32_t oracle_edge_cost(const oracle_graph *graph, const oracle_edge *edge, double p_min,
                          bool is_plain, bool is_first);

/* Answer a path query by enumeration. Free with oracle_answer_free(). */
void oracle_paths_find(const oracle_graph *graph, const wp_path_query *query, oracle_answer *out);

/* Free the contents of an answer. */
void oracle_answer_free(oracle_answer *answer);

/* Best path through each last introducer, by layers: `out` has an item for each person. Neither
 * via, k nor diverse is looked at. */
void oracle_introducers_find(const oracle_graph *graph, const wp_path_query *query,
                             oracle_best *out);

/* Best path to each person, by layers: `out` has an item for each person, none for sources. */
void oracle_reach_find(const oracle_graph *graph, const wp_reach_query *query, oracle_best *out);

#endif
