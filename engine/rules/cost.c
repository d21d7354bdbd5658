/*
 * From amounts to costs, one at a time and many at once.
 *
 * Both run the same operations in the same order: additions, products, quotients, square roots, and
 * integers on the bits of a double. The compiler may turn the loop over many into vectors of any
 * width without changing a bit of the result, which is the same on every machine.
 */
#include "rules/cost.h"

#include <math.h>
#include <string.h>

#define SQRT_HALF_BITS UINT64_C(0x3fe6a09e667f3bcd)
#define ONE_BITS UINT64_C(0x3ff0000000000000)
#define FRACTION_BITS UINT64_C(0x000fffffffffffff)
#define INTEGER_BITS                                                                               \
    UINT64_C(0x4330000000000000) /* of 2^52: an integer below lies in its fraction */
#define LN_2 0.693147180559945309417
#define TO_INTEGER 6755399441055744.0 /* 1.5 * 2^52: adding it rounds to a whole number */

static inline double double_of(uint64_t bits)
{
    double value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

/*
 * ln p for p > 0 that is no denormal number: with p = 2^e m and m around 1, e ln 2 + ln m, and
 * ln m = 2 (s + s^3/3 + s^5/5 + ...) for s = (m - 1)/(m + 1); s is below .172, so that the terms up
 * to s^21 are exact to the last digits.
 */
static inline double ln(double p)
{
    uint64_t bits;
    memcpy(&bits, &p, sizeof bits);
    bits += ONE_BITS - SQRT_HALF_BITS;
    double e = double_of((bits >> 52) | INTEGER_BITS) - double_of(INTEGER_BITS + 1023);
    double m = double_of((bits & FRACTION_BITS) + SQRT_HALF_BITS);
    double s = (m - 1.0) / (m + 1.0), q = s * s;
    double sum = 1.0 / 21;
    sum = sum * q + 1.0 / 19;
    sum = sum * q + 1.0 / 17;
    sum = sum * q + 1.0 / 15;
    sum = sum * q + 1.0 / 13;
    sum = sum * q + 1.0 / 11;
    sum = sum * q + 1.0 / 9;
    sum = sum * q + 1.0 / 7;
    sum = sum * q + 1.0 / 5;
    sum = sum * q + 1.0 / 3;
    return e * LN_2 + 2.0 * (s + s * q * sum);
}

/* The largest cost, of the smallest p, is 708396419: it fits an int32_t; -1 is WP_COST_NONE. */
static inline uint32_t cost_of(double p)
{
    double cost = (ln(p) * -1e6 + TO_INTEGER) - TO_INTEGER;
    cost = cost < (double)WPI_COST_MIN ? (double)WPI_COST_MIN : cost;
    cost = p >= WPI_COST_P_LEAST ? cost : -1.0;
    return (uint32_t)(int32_t)cost;
}

static inline double strength_of(double in, double out)
{
    double most = 4.0 * in;
    double z = 0.8 * sqrt(in) + 0.2 * sqrt(out < most ? out : most);
    return z / (z + WPI_HALF_STRENGTH_Z);
}

static inline uint32_t cost_between(double in, double out)
{
    double p = strength_of(in, out);
    return cost_of(p < WPI_P_MAX ? p : WPI_P_MAX);
}

uint32_t wpi_cost_of(double p)
{
    return cost_of(p);
}

double wpi_cost_strength(double in, double out)
{
    return strength_of(in, out);
}

uint32_t wpi_cost_between(double in, double out)
{
    return cost_between(in, out);
}

static inline __attribute__((always_inline)) void costs_between(const double *in, const double *out,
                                                                size_t count, uint32_t *costs)
{
    for (size_t i = 0; i < count; i++)
        costs[i] = cost_between(in[i], out[i]);
}

#if defined(__x86_64__)
__attribute__((target("avx2"))) static void costs_between_wide(const double *in, const double *out,
                                                               size_t count, uint32_t *costs)
{
    costs_between(in, out, count, costs);
}
#endif

void wpi_costs_between(const double *in, const double *out, size_t count, uint32_t *costs)
{
#if defined(__x86_64__)
    if (__builtin_cpu_supports("avx2")) {
        costs_between_wide(in, out, count, costs);
        return;
    }
#endif
    costs_between(in, out, count, costs);
}
