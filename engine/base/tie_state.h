/*
 * The state of a tie: plain data that the rules compute and the file format stores.
 *
 * A tie joins two people, `low` and `high` by number; flow[0] is what low invested in high,
 * flow[1] the other way. All accumulators stand at one reference time, so that the passing of time
 * rewrites nothing. It lives in the base because rules and format are peers that both need it.
 */
#ifndef WPI_BASE_TIE_STATE_H
#define WPI_BASE_TIE_STATE_H

#include <stdint.h>

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
} wpi_stated;

typedef struct wpi_tie_state {
    int64_t reference_s; /* WP_TIME_NONE: no interaction yet */
    int64_t first_s;     /* WP_TIME_NONE likewise */
    int64_t last_s;
    wpi_flow flow[2];
    wpi_stated stated[2]; /* [0]: low to high */
} wpi_tie_state;

#define WPI_TIE_STATE_INIT                                                                         \
    {                                                                                              \
        .reference_s = WP_TIME_NONE, .first_s = WP_TIME_NONE, .last_s = WP_TIME_NONE               \
    }

/* The accumulators in single precision at the start of `day`. */
typedef struct wpi_evidence {
    float fast[2];
    float slow[2];
    int32_t day;
} wpi_evidence;

#endif
