/*
 * What a path costs beyond its ties: load, relay, colleague floor; and the border between p and
 * cost. All in micro-nats, so that sums are exact.
 */
#ifndef WPI_RULES_PATH_COST_H
#define WPI_RULES_PATH_COST_H

#include <stdint.h>

/* For each intermediary beyond the first: .223 nats, a factor .8. */
#define WPI_COST_RELAY 223000u
/* The most a hop from a source to a colleague costs: -ln .7. */
#define WPI_COST_COLLEAGUE 356675u
#define WPI_P_COLLEAGUE 0.7

/* Load of somebody of whom introductions were asked: ln 2 * asks / 2, asks faded to the day. */
uint32_t wpi_path_cost_load(double asks_faded);

/* The largest cost that still counts for a minimum p or score: rounded -ln p; UINT64_MAX for 0. */
uint64_t wpi_path_cost_limit(double p_min);

/* exp(-cost / 10^6) */
double wpi_path_cost_score(uint64_t cost);

#endif
