/*
 * The cost of a tie: -ln p in whole micro-nats, from p or from what both sides have put in.
 */
#ifndef WPI_RULES_COST_H
#define WPI_RULES_COST_H

#include <stddef.h>
#include <stdint.h>

#include "warmpath.h"

#define WPI_HALF_STRENGTH_Z 1.34
#define WPI_P_MAX 0.98
#define WPI_COST_MIN 20203u
#define WPI_COST_P_LEAST 2.2250738585072014e-308 /* smaller ones are taken for 0 */

/* -ln p in micro-nats, rounded to nearest, at least WPI_COST_MIN; WP_COST_NONE for p that is 0,
 * negative or NaN. */
uint32_t wpi_cost_of(double p);

/* The strength towards somebody who has put in `in` and got `out`; neither is negative. */
double wpi_cost_strength(double in, double out);

/* The cost of that strength. */
uint32_t wpi_cost_between(double in, double out);
/* The same for many, a few nanoseconds each. */
void wpi_costs_between(const double *in, const double *out, size_t count, uint32_t *costs);

#endif
