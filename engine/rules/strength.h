/*
 * Strength: the state of a tie, how an interaction changes it, and what it says on a day.
 *
 * All accumulators of a state stand at one reference time, so that reading a later day only fades
 * them and arrival order does not matter.
 *
 * Costs are computed from the accumulators rounded at the midnight that begins the day of the
 * reference time (wpi_evidence). The neighbour lists store just that, so that a cost computed from
 * a list and one computed from the state are the same bits; p goes with its cost. Amounts, z and
 * strength are read from the accumulators themselves.
 */
#ifndef WPI_RULES_STRENGTH_H
#define WPI_RULES_STRENGTH_H

#include <stdbool.h>
#include <stdint.h>

#include "base/tie_state.h"
#include "rules/cost.h"

#define WPI_HALF_LIFE_FAST_DAYS 30.0
#define WPI_HALF_LIFE_SLOW_DAYS 365.0
#define WPI_HALF_LIFE_POSITIVE_DAYS 365.0
#define WPI_HALF_LIFE_NEGATIVE_DAYS 730.0
#define WPI_SLOW_SHARE (WPI_HALF_LIFE_FAST_DAYS / WPI_HALF_LIFE_SLOW_DAYS)
#define WPI_TRUST_SEVERED 0.25

/* What one interaction adds to one direction. */
typedef struct wpi_gain {
    double weight;     /* kind, role, audience */
    bool is_slow_only; /* connection and the like: `weight` is met by the slow component alone */
    double valence;    /* -1..1 */
    bool is_counted;   /* false for a later correction of an interaction counted already */
} wpi_gain;

/* Add an interaction's gain to one direction. Any order of times. */
void wpi_strength_add(wpi_tie_state *state, int direction, int64_t time_s, const wpi_gain *gain);

/* Add what a summary has put in by a time; sums[0] of low. */
void wpi_strength_add_sums(wpi_tie_state *state, int64_t time_s, const wp_sums *sums);

/* The evidence of a state. A state without interactions gives zeros on day 0. */
wpi_evidence wpi_strength_evidence(const wpi_tie_state *state);

/* What is left of the two accumulators after some days; the slow one with its share. */
typedef struct wpi_fading {
    double fast;
    double slow;
} wpi_fading;
wpi_fading wpi_strength_fading(int32_t days);

/* Fadings that were asked for before, direct-mapped by their days. Zeroed: none. */
#define WPI_FADINGS 1024
typedef struct wpi_fading_slot {
    int32_t days_and_1; /* 0: empty */
    wpi_fading fading;
} wpi_fading_slot;

typedef struct wpi_fadings {
    wpi_fading_slot slots[WPI_FADINGS];
} wpi_fadings;

/* The fading over a number of days, not below 0. */
static inline const wpi_fading *wpi_fadings_at(wpi_fadings *fadings, int32_t days)
{
    wpi_fading_slot *slot = &fadings->slots[days & (WPI_FADINGS - 1)];
    if (slot->days_and_1 != days + 1)
        *slot = (wpi_fading_slot){days + 1, wpi_strength_fading(days)};
    return &slot->fading;
}

/* The cost of a tie by evidence alone, without trust and statements: a lower bound on every later
 * day. */
uint32_t wpi_strength_cost_faded(const wpi_evidence *evidence, int direction, int32_t day);
/* What the two sides have put in, of index 0 of the evidence first, faded. */
static inline void wpi_strength_amounts(const wpi_evidence *evidence, const wpi_fading *fading,
                                        double amounts[2])
{
    for (int i = 0; i < 2; i++)
        amounts[i] = evidence->fast[i] * fading->fast + evidence->slow[i] * fading->slow;
}

/* The cost that a statement stands for; WP_COST_NONE when nothing is stated. */
uint32_t wpi_strength_cost_stated(const wpi_stated *stated);

/* Trust of a direction on a day: 1 without a breach. */
double wpi_strength_trust(const wpi_tie_state *state, int direction, int32_t day);

/* Fill the strength fields of `out` (inbound .. tier) for one direction. day is not before the
 * day of the reference time. */
void wpi_strength_read(const wpi_tie_state *state, int direction, int32_t day, wp_tie *out);

wp_tier wpi_strength_tier(double p);

/* The share of one interaction in inbound or outbound on a day. */
double wpi_strength_contribution(double weight, bool is_slow_only, int64_t time_s, int32_t day);

/* The same of a summary, for one of its directions. */
double wpi_strength_contribution_of(const wp_sums *sums, int direction, int64_t time_s,
                                    int32_t day);

/* kind_weight * role_weight * audience^(-1/2); audience >= 1. */
double wpi_strength_weight(wp_kind kind, wp_role role, size_t audience, bool is_reply_to_other);
bool wpi_strength_is_two_way(wp_kind kind);
bool wpi_strength_is_slow_only(wp_kind kind);

#endif
