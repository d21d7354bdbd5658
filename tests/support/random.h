/*
 * Random numbers for tests: reproducible, seeded from the command line.
 *
 * Every random test prints its seed and accepts `--seed N` and `--cases N`, so that a failure can
 * be replayed. A generator is a value; two generators started with the same seed and stream give
 * the same numbers on every machine. Streams let case 1234 be replayed without the 1233 before it.
 *
 * Must not know what the numbers are used for.
 */
#ifndef WARMPATH_TESTS_SUPPORT_RANDOM_H
#define WARMPATH_TESTS_SUPPORT_RANDOM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A generator (splitmix64). */
typedef struct random_source {
    uint64_t state;
} random_source;

/* What the command line of a random test may say. */
typedef struct random_arguments {
    uint64_t seed;
    uint64_t cases; /* How much to do; what a case is, the test decides. */
} random_arguments;

/* Read `--seed N` and `--cases N`, which replace what `arguments` holds, and print the seed.
 * Returns false, after printing how the program is used, when the arguments are none of these. */
bool random_arguments_read(int argc, char **argv, random_arguments *arguments);

/* A generator for one stream of a seed. */
random_source random_start(uint64_t seed, uint64_t stream);

/* 64 random bits. */
uint64_t random_bits(random_source *source);

/* A number from 0 to bound - 1; 0 when bound is 0. */
size_t random_below(random_source *source, size_t bound);

/* A number from low to high, both included. */
int64_t random_between(random_source *source, int64_t low, int64_t high);

/* A number in [0, 1). */
double random_unit(random_source *source);

/* True with the probability given. */
bool random_chance(random_source *source, double probability);

/* The numbers 0 to count - 1 in random order. */
void random_order(random_source *source, size_t *items, size_t count);

#endif
