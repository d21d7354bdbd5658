/*
 * The state of a tie: plain data that the rules compute and the file format stores.
 *
 * A tie joins two people, `low` and `high` by number; flow[0] is what low invested in high,
 * flow[1] the other way. All accumulators stand at one reference time, so that the passing of time
 * rewrites nothing. It lives in the base because rules and format are peers that both need it.
 */
#ifndef WPI_BASE_TIE_STATE_H
#define WPI_BASE_TIE_STATE_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "warmpath.h"

/* What one side has put in. */
typedef struct wpi_flow {
    double fast;
    double slow;
    double positive;
    double negative;
    uint32_t count; /* interactions */
} wpi_flow;

/* A strength that somebody stated; kind says in which unit. */
typedef struct wpi_stated {
    enum { WPI_STATED_NONE = 0, WPI_STATED_P = 1, WPI_STATED_COST = 2 } kind;
    double p;
    uint32_t cost;
    uint32_t source; /* who states it; WP_SOURCE_NONE: several do, and this is the strongest */
} wpi_stated;

typedef struct wpi_tie_state {
    int64_t reference_s; /* WP_TIME_NONE: no interaction yet */
    int64_t first_s;     /* WP_TIME_NONE likewise */
    int64_t last_s;
    wpi_flow flow[2];
    wpi_stated stated[2]; /* [0]: low to high */
    bool is_gone;         /* nothing is stated, and there is no interaction any more */
} wpi_tie_state;

#define WPI_TIE_STATE_INIT                                                                         \
    {                                                                                              \
        .reference_s = WP_TIME_NONE, .first_s = WP_TIME_NONE, .last_s = WP_TIME_NONE               \
    }

/* The accumulators at the start of `day`, each rounded to an amount of 24 bits (below), so that
 * costs are the same bits from the state and from a neighbour list. */
typedef struct wpi_evidence {
    float fast[2];
    float slow[2];
    int32_t day;
} wpi_evidence;

/* Amounts: 0, or 6 bits of exponent (2^-39 to 2^24) above 18 of mantissa. Rounding is off by at
 * most 2^-19 of the value, which moves the cost of a tie by less than one micro-nat. */
#define WPI_AMOUNT_BIAS (87u << 18)

static inline uint32_t wpi_amount_pack(double amount)
{
    float single = (float)amount;
    uint32_t bits;
    memcpy(&bits, &single, sizeof bits);
    uint32_t rounded = (bits + 15 + (bits >> 5 & 1)) >> 5; /* to nearest, ties to even */
    if (rounded < WPI_AMOUNT_BIAS + (1u << 18))
        return 0;
    uint32_t packed = rounded - WPI_AMOUNT_BIAS;
    return packed < 0xffffff ? packed : 0xffffff;
}

static inline float wpi_amount_unpack(uint32_t packed)
{
    uint32_t bits = packed == 0 ? 0 : (packed + WPI_AMOUNT_BIAS) << 5;
    float amount;
    memcpy(&amount, &bits, sizeof amount);
    return amount;
}

#endif
