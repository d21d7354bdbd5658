/*
 * Path costs: loads, limits and scores (MODEL: cost of a path). Pure functions.
 *
 * The half-life of an ask is 30 days; the caller fades and sums the asks. A limit is rounded like
 * the costs of ties, so that a tie of just the minimum strength passes.
 */
#include "rules/path_cost.h"

#include <assert.h>
#include <math.h>

uint32_t wpi_path_cost_load(double asks_faded)
{
    assert(asks_faded >= 0.0);
    double cost = nearbyint(1e6 * log(2.0) * asks_faded / 2.0);
    return cost < 4e9 ? (uint32_t)cost : 4000000000u;
}

uint64_t wpi_path_cost_limit(double p_min)
{
    if (!(p_min > 0.0))
        return UINT64_MAX;
    double cost = nearbyint(-log(p_min) * 1e6);
    return cost > 0.0 ? (uint64_t)cost : 0;
}

double wpi_path_cost_score(uint64_t cost)
{
    return exp(-(double)cost / 1e6);
}
