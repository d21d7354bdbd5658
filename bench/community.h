/*
 * A community: people who know each other from the groups they belong to.
 *
 * Everybody works in a team of a company; companies have departments, and across companies there
 * are circles (projects, associations, friends). A few people belong to very many circles. Ties
 * arise inside groups alone, which gives what social networks have: degrees with a heavy tail, many
 * triangles, small worlds. Circles are added until the mean degree is that of a social network of
 * the size, n^(0.512 - 0.028 log10 n) / 2 neighbours.
 *
 * People are numbered at random, so that neighbours are not neighbours in memory. Everything
 * follows from the number of people and the seed.
 */
#ifndef BENCH_COMMUNITY_H
#define BENCH_COMMUNITY_H

#include <stdbool.h>

#include "pairs.h"

typedef enum community_kind {
    COMMUNITY_TEAM,
    COMMUNITY_DEPARTMENT,
    COMMUNITY_CIRCLE
} community_kind;

/* A group; the ties it makes are `pair_of` two members for which community_is_tied() holds. */
typedef struct community_group {
    community_kind kind;
    uint64_t number;         /* from 0 in the order of the visits */
    const uint32_t *members; /* numbers of people, each once */
    size_t count;
    double density; /* share of the pairs that are ties */
} community_group;

typedef struct community {
    uint32_t people;
    uint64_t seed;
    size_t ties_wanted;
    uint32_t *number_at; /* place in the hidden order, where colleagues are adjacent -> number */
    uint32_t *company_starts; /* company_count + 1 places */
    uint32_t company_count;
    uint32_t *slots; /* places, each as often as its person is likely in a circle */
    size_t slot_count;
} community;

void community_begin(community *it, uint32_t people, uint64_t seed);
void community_free(community *it);

/* The companies of all people: company[number - 1], from 0. Yours: free(). */
uint32_t *community_companies(const community *it);

typedef void community_visit(void *context, const community_group *group);

/* Visit all groups, always the same in the same order. */
void community_each(const community *it, community_visit *visit, void *context);

bool community_is_tied(const community_group *group, size_t a, size_t b);

/* All ties, settled. */
void community_pairs(const community *it, pair_list *out);

#endif
