/*
 * The generator's own random numbers: splitmix64 (Steele, Lea, Flood 2014), integers only.
 *
 * The same seed gives the same numbers on every machine, because nothing here depends on libc,
 * libm or the width of a long. Every part of a generated network draws from its own stream
 * (dice_fork), so that a change to one part leaves the others as they were.
 */
#ifndef WARMPATH_GENERATE_DICE_H
#define WARMPATH_GENERATE_DICE_H

#include <stdbool.h>
#include <stdint.h>

typedef struct dice {
    uint64_t state;
} dice;

/* The next 64 random bits. */
static inline uint64_t dice_bits(dice *self)
{
    uint64_t bits = self->state += UINT64_C(0x9e3779b97f4a7c15);
    bits = (bits ^ (bits >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    bits = (bits ^ (bits >> 27)) * UINT64_C(0x94d049bb133111eb);
    return bits ^ (bits >> 31);
}

/* A number from 0 to count - 1; the bias is below count / 2^32. */
static inline uint32_t dice_below(dice *self, uint32_t count)
{
    return (uint32_t)(((dice_bits(self) >> 32) * count) >> 32);
}

/* True in `chances` of `of` cases. */
static inline bool dice_hits(dice *self, uint32_t chances, uint32_t of)
{
    return dice_below(self, of) < chances;
}

/* A stream of its own for part `part` of the network with this seed. */
static inline dice dice_fork(uint64_t seed, uint64_t part)
{
    dice mixed = {seed ^ (part * UINT64_C(0xd6e8feb86659fd93))};
    return (dice){dice_bits(&mixed)};
}

#endif
