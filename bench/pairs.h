/*
 * A list of pairs of people, each pair a tie: what the generators and the reader of edge lists
 * give, and what databases and text files are written from.
 *
 * People are numbered from 1. A pair is one 64-bit word with the smaller number in the upper half,
 * so that sorting words sorts by the smaller, then the larger number.
 */
#ifndef BENCH_PAIRS_H
#define BENCH_PAIRS_H

#include <stddef.h>
#include <stdint.h>

typedef struct pair_list {
    uint64_t *items;
    size_t count;
    size_t capacity;
} pair_list;

static inline uint64_t pair_of(uint32_t a, uint32_t b)
{
    return a < b ? (uint64_t)a << 32 | b : (uint64_t)b << 32 | a;
}

static inline uint32_t pair_low(uint64_t pair)
{
    return (uint32_t)(pair >> 32);
}

static inline uint32_t pair_high(uint64_t pair)
{
    return (uint32_t)pair;
}

void pairs_add(pair_list *list, uint64_t pair);

/* Sort, and remove duplicates and people paired with themselves. */
void pairs_settle(pair_list *list);

void pairs_free(pair_list *list);

#endif
