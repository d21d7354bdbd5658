/*
 * Random numbers for graphs and questions: the same on every machine, from a seed.
 *
 * SplitMix64 (Steele, Lea and Flood 2014): a counter and a mixing function, so that it serves both
 * as a stream and, through random_mix(), as a hash that gives each tie its own fixed numbers
 * without any of them being stored.
 */
#ifndef BENCH_RANDOM_H
#define BENCH_RANDOM_H

#include <stdint.h>

typedef struct random_stream {
    uint64_t state;
} random_stream;

static inline uint64_t random_mix(uint64_t value)
{
    value = (value ^ (value >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    value = (value ^ (value >> 27)) * UINT64_C(0x94d049bb133111eb);
    return value ^ (value >> 31);
}

static inline uint64_t random_next(random_stream *stream)
{
    stream->state += UINT64_C(0x9e3779b97f4a7c15);
    return random_mix(stream->state);
}

/* 0 <= result < limit, for a limit up to 2^32; the bias is below 2^-32. */
static inline uint32_t random_below(random_stream *stream, uint64_t limit)
{
    return (uint32_t)(((random_next(stream) >> 32) * limit) >> 32);
}

/* 0 <= result < 1 from 53 bits. */
static inline double random_unit_of(uint64_t bits)
{
    return (double)(bits >> 11) * 0x1p-53;
}

static inline double random_unit(random_stream *stream)
{
    return random_unit_of(random_next(stream));
}

#endif
