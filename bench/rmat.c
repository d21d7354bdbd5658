/*
 * R-MAT as in the GAP benchmark suite (generator.h of Beamer, Asanovic and Patterson): see rmat.h.
 *
 * The suite draws from std::mt19937, seeded anew for each block of 2^18 edges, compares the 32-bit
 * numbers with thresholds, and shuffles the vertices with std::shuffle. Both are reproduced here:
 * the twister as published by Matsumoto and Nishimura (1998), the shuffle as in libstdc++ since
 * version 11, where two swaps share one random number while the square of the range fits 32 bits.
 */
#include "rmat.h"

#include <stdlib.h>

#include "harness.h"

#define SEED UINT64_C(27491095)
#define BLOCK ((size_t)1 << 18)
#define TWISTER_WORDS 624
#define TWISTER_SHIFT 397

typedef struct twister {
    uint32_t words[TWISTER_WORDS];
    unsigned at;
} twister;

static void seed_twister(twister *it, uint32_t seed)
{
    it->words[0] = seed;
    for (uint32_t i = 1; i < TWISTER_WORDS; i++) {
        uint32_t before = it->words[i - 1];
        it->words[i] = UINT32_C(1812433253) * (before ^ before >> 30) + i;
    }
    it->at = TWISTER_WORDS;
}

static void refill(twister *it)
{
    for (unsigned i = 0; i < TWISTER_WORDS; i++) {
        uint32_t mixed = (it->words[i] & UINT32_C(0x80000000)) |
                         (it->words[(i + 1) % TWISTER_WORDS] & UINT32_C(0x7fffffff));
        uint32_t other = it->words[(i + TWISTER_SHIFT) % TWISTER_WORDS];
        it->words[i] = other ^ mixed >> 1 ^ ((mixed & 1) != 0 ? UINT32_C(0x9908b0df) : 0);
    }
    it->at = 0;
}

static uint32_t draw(twister *it)
{
    if (it->at == TWISTER_WORDS)
        refill(it);
    uint32_t value = it->words[it->at++];
    value ^= value >> 11;
    value ^= value << 7 & UINT32_C(0x9d2c5680);
    value ^= value << 15 & UINT32_C(0xefc60000);
    return value ^ value >> 18;
}

/* 0 <= result < range, as std::uniform_int_distribution with a 32-bit generator (Lemire 2019). */
static uint32_t draw_below(twister *it, uint32_t range)
{
    uint64_t product = (uint64_t)draw(it) * range;
    if ((uint32_t)product < range) {
        uint32_t threshold = (0u - range) % range;
        while ((uint32_t)product < threshold)
            product = (uint64_t)draw(it) * range;
    }
    return (uint32_t)(product >> 32);
}

static void swap(uint32_t *items, size_t a, size_t b)
{
    uint32_t item = items[a];
    items[a] = items[b];
    items[b] = item;
}

/* std::shuffle for ranges whose square fits a random number: two swaps a number. */
static void shuffle_by_twos(twister *it, uint32_t *items, size_t count)
{
    size_t i = 1;
    if (count % 2 == 0) {
        swap(items, i, draw_below(it, 2));
        i++;
    }
    for (; i < count; i += 2) {
        uint32_t range = (uint32_t)i + 1;
        uint32_t both = draw_below(it, range * (range + 1));
        swap(items, i, both / (range + 1));
        swap(items, i + 1, both % (range + 1));
    }
}

static void shuffle(twister *it, uint32_t *items, size_t count)
{
    if (UINT32_MAX / count >= count) {
        shuffle_by_twos(it, items, count);
        return;
    }
    for (size_t i = 1; i < count; i++)
        swap(items, i, draw_below(it, (uint32_t)i + 1));
}

static uint64_t draw_edge(twister *it, unsigned scale)
{
    const uint32_t a = (uint32_t)(0.57 * UINT32_MAX);
    const uint32_t b = (uint32_t)(0.19 * UINT32_MAX);
    const uint32_t c = (uint32_t)(0.19 * UINT32_MAX);
    uint32_t from = 0, to = 0;
    for (unsigned depth = 0; depth < scale; depth++) {
        uint32_t point = draw(it);
        from <<= 1;
        to <<= 1;
        if (point < a + b) {
            to += point > a;
        } else {
            from++;
            to += point > a + b + c;
        }
    }
    return (uint64_t)from << 32 | to;
}

void rmat_generate(unsigned scale, uint64_t seed, pair_list *out)
{
    size_t people = (size_t)1 << scale;
    size_t edges = people * RMAT_EDGE_FACTOR;
    uint32_t *renumbered = bench_new(people, sizeof *renumbered);
    twister it;
    seed_twister(&it, (uint32_t)(SEED + seed));
    for (uint32_t i = 0; i < people; i++)
        renumbered[i] = i;
    shuffle(&it, renumbered, people);
    for (size_t edge = 0; edge < edges; edge++) {
        if (edge % BLOCK == 0)
            seed_twister(&it, (uint32_t)(SEED + seed + edge / BLOCK));
        uint64_t drawn = draw_edge(&it, scale);
        pairs_add(out, pair_of(renumbered[drawn >> 32] + 1, renumbered[(uint32_t)drawn] + 1));
    }
    free(renumbered);
    pairs_settle(out);
}
