/*
 * A world: many small random models, disjoint, in one database file.
 *
 * Creating a file takes longer than hundreds of queries, so tests put all their graphs into one.
 * The models are stored in two transactions, their interactions shuffled, so that what the first
 * wrote the second changes. The database is opened anew between the two. Half of the models are for
 * other defaults of consent than a new file has.
 *
 * Calls that fail unexpectedly fail the test (cmocka).
 */
#ifndef WARMPATH_TESTS_SUPPORT_ORACLE_WORLD_H
#define WARMPATH_TESTS_SUPPORT_ORACLE_WORLD_H

#include "oracle.h"
#include "oracle_db.h"
#include "random.h"

/* The models, and in which order the interactions of each are stored. */
typedef struct oracle_world {
    size_t count;
    oracle **models;
    size_t **orders;
} oracle_world;

/* A snapshot in which the defaults of consent are those of a model, set before where they were
 * others. Questions to models of a world are asked in such. */
wp_txn *oracle_begin_read_of(wp_db *db, const oracle *model);

/* Make `count` models; each depends on the seed and its index alone. */
void oracle_world_make(oracle_world *world, uint64_t seed, size_t count);

/* Store them in a new database of this name; returns it open. What is stored first is compacted, so
 * that ties stand in base segments, in the overlay, and in both. */
wp_db *oracle_world_store(oracle_world *world, const char *name);

/* Ask each model of a stored world, until five answers are wrong; returns how many were. `index` is
 * that of the model. */
typedef size_t oracle_world_ask_fn(wp_txn *txn, const oracle *model, size_t index);
size_t oracle_world_ask(const oracle_world *world, wp_db *db, oracle_world_ask_fn *ask);

/* Ask random models of many people, each stored when its turn comes; returns how many answers were
 * wrong. */
typedef struct oracle_large {
    size_t people;
    double degree;
} oracle_large;
typedef size_t oracle_large_ask_fn(wp_txn *txn, const oracle *model, random_source *random);
size_t oracle_large_ask(uint64_t seed, const oracle_large *sizes, size_t count,
                        oracle_large_ask_fn *ask);

/* Free the contents of a world. */
void oracle_world_free(oracle_world *world);

#endif
