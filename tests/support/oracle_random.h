/*
 * Random models and queries for tests that compare the database with the oracle.
 *
 * Small graphs are made to be awkward rather than likely: hubs, parts without connection, one-way
 * ties, many equal costs, circles, people who opted out, sources that are targets. A model that
 * has asks is queried only on days a multiple of 30 from ORACLE_BASE_DAY, on which all asks happen
 * too: their loads are then sums of powers of two, exact also in single precision.
 *
 * Must not know how anything is stored or found.
 */
#ifndef WARMPATH_TESTS_SUPPORT_ORACLE_RANDOM_H
#define WARMPATH_TESTS_SUPPORT_ORACLE_RANDOM_H

#include "oracle_path.h"
#include "random.h"

/* The last day on which anything happens in a random model: 2024-03-01. */
#define ORACLE_BASE_DAY 19783

#define ORACLE_LIST_MAX 6

/* A query with the lists that it points to. Not to be copied once filled. */
typedef struct oracle_query {
    wp_path_query query;
    wp_number sources[ORACLE_LIST_MAX];
    wp_number targets[ORACLE_LIST_MAX];
    wp_number avoid[ORACLE_LIST_MAX];
} oracle_query;

/* A model of 2 to 14 people with everything in it. Yours: oracle_free(). */
oracle *oracle_random_small(random_source *random, const char *name);

/* A model of `people` people, each with about `degree` ties. Yours: oracle_free(). */
oracle *oracle_random_large(random_source *random, const char *name, size_t people, double degree);

/* A model of few people with many interactions of all kinds. Yours: oracle_free(). */
oracle *oracle_random_history(random_source *random, const char *name, size_t people,
                              size_t events);

/* A day on which the model may be asked. */
int32_t oracle_random_day(random_source *random, const oracle *model);

/* A path query on a small graph, such that its paths can be enumerated. */
void oracle_random_query(random_source *random, const oracle_graph *graph, oracle_query *out);

#endif
