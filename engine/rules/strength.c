/*
 * Strength, trust and cost: the formulas of the model, nothing else.
 *
 * Times are turned into days relative to the midnight that begins a day: ages of interactions of
 * the same day are negative by less than one day. Only exp2, sqrt and division are used, in double
 * precision and without contraction, so that results are reproducible; costs are in cost.c.
 */
#include "rules/strength.h"

#include <assert.h>
#include <math.h>

#define DAY_SECONDS 86400

static double fade(double days, double half_life_days)
{
    return exp2(-days / half_life_days);
}

static double days_between(int64_t from_s, int64_t to_s)
{
    return (double)(to_s - from_s) / DAY_SECONDS;
}

static int32_t day_of(int64_t time_s)
{
    assert(time_s >= 0);
    return (int32_t)(time_s / DAY_SECONDS);
}

static void fade_flow(wpi_flow *flow, double days)
{
    flow->fast *= fade(days, WPI_HALF_LIFE_FAST_DAYS);
    flow->slow *= fade(days, WPI_HALF_LIFE_SLOW_DAYS);
    flow->positive *= fade(days, WPI_HALF_LIFE_POSITIVE_DAYS);
    flow->negative *= fade(days, WPI_HALF_LIFE_NEGATIVE_DAYS);
}

/* Have the accumulators stand at a time, or later, before something of that time is added. */
static void move_to(wpi_tie_state *state, int64_t time_s)
{
    if (state->reference_s == WP_TIME_NONE)
        state->reference_s = state->first_s = state->last_s = time_s;
    if (time_s > state->reference_s) {
        double days = days_between(state->reference_s, time_s);
        fade_flow(&state->flow[0], days);
        fade_flow(&state->flow[1], days);
        state->reference_s = time_s;
    }
}

static void add_flow(wpi_flow *flow, const wpi_flow *added)
{
    uint32_t room = UINT32_MAX - flow->count;
    flow->fast += added->fast;
    flow->slow += added->slow;
    flow->positive += added->positive;
    flow->negative += added->negative;
    flow->count += added->count < room ? added->count : room;
}

void wpi_strength_add_sums(wpi_tie_state *state, int64_t time_s, const wp_sums *sums)
{
    move_to(state, time_s);
    for (int i = 0; i < 2; i++) {
        wpi_flow added = {sums->fast[i], sums->slow[i], sums->positive[i], sums->negative[i],
                          sums->count[i]};
        fade_flow(&added, days_between(time_s, state->reference_s));
        add_flow(&state->flow[i], &added);
    }
    if (sums->first_s < state->first_s)
        state->first_s = sums->first_s;
    if (time_s > state->last_s)
        state->last_s = time_s;
}

void wpi_strength_add(wpi_tie_state *state, int direction, int64_t time_s, const wpi_gain *gain)
{
    assert(direction == 0 || direction == 1);
    move_to(state, time_s);
    wpi_flow added = {
        .fast = gain->is_slow_only ? 0.0 : gain->weight,
        .slow = gain->is_slow_only ? gain->weight / WPI_SLOW_SHARE : gain->weight,
        .positive = gain->valence > 0.0 ? gain->valence : 0.0,
        .negative = gain->valence < 0.0 ? -gain->valence : 0.0,
        .count = gain->is_counted ? 1 : 0,
    };
    fade_flow(&added, days_between(time_s, state->reference_s));
    add_flow(&state->flow[direction], &added);
    if (time_s < state->first_s)
        state->first_s = time_s;
    if (time_s > state->last_s)
        state->last_s = time_s;
}

static float rounded(double amount)
{
    return wpi_amount_unpack(wpi_amount_pack(amount));
}

wpi_evidence wpi_strength_evidence(const wpi_tie_state *state)
{
    wpi_evidence evidence = {{0.0f, 0.0f}, {0.0f, 0.0f}, 0};
    if (state->reference_s == WP_TIME_NONE)
        return evidence;
    evidence.day = day_of(state->reference_s);
    double days = days_between(state->reference_s, (int64_t)evidence.day * DAY_SECONDS);
    for (int i = 0; i < 2; i++) {
        const wpi_flow *flow = &state->flow[i];
        evidence.fast[i] = rounded(flow->fast * fade(days, WPI_HALF_LIFE_FAST_DAYS));
        evidence.slow[i] = rounded(flow->slow * fade(days, WPI_HALF_LIFE_SLOW_DAYS));
    }
    return evidence;
}

static double z_of(double in, double out)
{
    return 0.8 * sqrt(in) + 0.2 * sqrt(fmin(out, 4.0 * in));
}

wpi_fading wpi_strength_fading(int32_t days)
{
    return (wpi_fading){fade(days, WPI_HALF_LIFE_FAST_DAYS),
                        WPI_SLOW_SHARE * fade(days, WPI_HALF_LIFE_SLOW_DAYS)};
}

static double strength_under(const wpi_evidence *evidence, int direction, const wpi_fading *fading)
{
    double amounts[2];
    wpi_strength_amounts(evidence, fading, amounts);
    return wpi_cost_strength(amounts[!direction], amounts[direction]);
}

uint32_t wpi_strength_cost_faded(const wpi_evidence *evidence, int direction, int32_t day)
{
    assert(day >= evidence->day);
    double amounts[2];
    wpi_fading fading = wpi_strength_fading(day - evidence->day);
    wpi_strength_amounts(evidence, &fading, amounts);
    return wpi_cost_between(amounts[!direction], amounts[direction]);
}

uint32_t wpi_strength_cost_stated(const wpi_stated *stated)
{
    switch (stated->kind) {
    case WPI_STATED_NONE:
        return WP_COST_NONE;
    case WPI_STATED_P:
        return wpi_cost_of(stated->p);
    case WPI_STATED_COST:
        return stated->cost < WPI_COST_MIN ? WPI_COST_MIN : stated->cost;
    }
    return WP_COST_NONE;
}

double wpi_strength_trust(const wpi_tie_state *state, int direction, int32_t day)
{
    const wpi_flow *flow = &state->flow[direction];
    if (flow->negative == 0.0)
        return 1.0;
    double days = days_between(state->reference_s, (int64_t)day * DAY_SECONDS);
    double positive = flow->positive * fade(days, WPI_HALF_LIFE_POSITIVE_DAYS);
    double negative = flow->negative * fade(days, WPI_HALF_LIFE_NEGATIVE_DAYS);
    return (2.0 + positive) / (2.0 + positive + 4.0 * negative);
}

wp_tier wpi_strength_tier(double p)
{
    if (!(p > 0.0))
        return WP_TIER_COLD;
    return p < 0.35 ? WP_TIER_WEAK : p < 0.60 ? WP_TIER_WARM : WP_TIER_STRONG;
}

static double stated_p(const wpi_stated *stated)
{
    if (stated->kind == WPI_STATED_COST)
        return exp(-(double)wpi_strength_cost_stated(stated) / 1e6);
    return stated->kind == WPI_STATED_P ? stated->p : NAN;
}

/* What one side has put in, faded to the start of a day. */
static double amount_on(const wpi_tie_state *state, int direction, int32_t day)
{
    const wpi_flow *flow = &state->flow[direction];
    if (state->reference_s == WP_TIME_NONE)
        return 0.0;
    double days = days_between(state->reference_s, (int64_t)day * DAY_SECONDS);
    return flow->fast * fade(days, WPI_HALF_LIFE_FAST_DAYS) +
           WPI_SLOW_SHARE * flow->slow * fade(days, WPI_HALF_LIFE_SLOW_DAYS);
}

/* p and cost, from the rounded evidence as neighbour lists have it. */
static void read_cost(const wpi_tie_state *state, int direction, int32_t day, wp_tie *out)
{
    wpi_evidence evidence = wpi_strength_evidence(state);
    wpi_fading fading = wpi_strength_fading(day - evidence.day);
    double strength = strength_under(&evidence, direction, &fading);
    double base = fmax(strength, isnan(out->stated) ? 0.0 : out->stated);
    out->p = out->trust < WPI_TRUST_SEVERED ? 0.0 : fmin(WPI_P_MAX, base * out->trust);
    out->cost = wpi_cost_of(out->p);
    if (out->trust == 1.0) {
        uint32_t faded = wpi_cost_of(fmin(WPI_P_MAX, strength));
        uint32_t given = wpi_strength_cost_stated(&state->stated[direction]);
        out->cost = faded < given ? faded : given;
    }
}

void wpi_strength_read(const wpi_tie_state *state, int direction, int32_t day, wp_tie *out)
{
    out->inbound = amount_on(state, !direction, day);
    out->outbound = amount_on(state, direction, day);
    out->z = z_of(out->inbound, out->outbound);
    out->strength = wpi_cost_strength(out->inbound, out->outbound);
    out->trust = wpi_strength_trust(state, direction, day);
    out->stated = stated_p(&state->stated[direction]);
    read_cost(state, direction, day, out);
    out->tier = wpi_strength_tier(out->p);
}

double wpi_strength_contribution(double weight, bool is_slow_only, int64_t time_s, int32_t day)
{
    double days = days_between(time_s, (int64_t)day * DAY_SECONDS);
    if (is_slow_only)
        return weight * fade(days, WPI_HALF_LIFE_SLOW_DAYS);
    return weight * (fade(days, WPI_HALF_LIFE_FAST_DAYS) +
                     WPI_SLOW_SHARE * fade(days, WPI_HALF_LIFE_SLOW_DAYS));
}

double wpi_strength_contribution_of(const wp_sums *sums, int direction, int64_t time_s, int32_t day)
{
    double days = days_between(time_s, (int64_t)day * DAY_SECONDS);
    return sums->fast[direction] * fade(days, WPI_HALF_LIFE_FAST_DAYS) +
           WPI_SLOW_SHARE * sums->slow[direction] * fade(days, WPI_HALF_LIFE_SLOW_DAYS);
}

static double kind_weight(wp_kind kind, bool is_reply_to_other)
{
    switch (kind) {
    case WP_KIND_MAIL:
    case WP_KIND_MESSAGE:
        return is_reply_to_other ? 1.5 : 1.0;
    case WP_KIND_CALL:
        return 3.0;
    case WP_KIND_MEETING:
        return 4.0;
    case WP_KIND_COMMENT:
        return 0.3;
    case WP_KIND_LIKE:
    case WP_KIND_VIEW:
        return 0.05;
    case WP_KIND_INTRODUCTION:
    case WP_KIND_FAVOUR:
        return 5.0;
    case WP_KIND_CONNECTION:
        return 1.2;
    case WP_KIND_ASK:
    case WP_KIND_SUMMARY:
    case WP_KIND_ANSWER:
    case WP_KIND_SERIES:
        return 0.0;
    case WP_KIND_TOGETHER:
        return 0.6;
    }
    return 0.0;
}

static double role_weight(wp_role role)
{
    switch (role) {
    case WP_ROLE_TO:
        return 1.0;
    case WP_ROLE_CC:
    case WP_ROLE_TENTATIVE:
        return 0.5;
    case WP_ROLE_BCC:
    case WP_ROLE_UNANSWERED:
        return 0.25;
    case WP_ROLE_DECLINED:
        return 0.0;
    }
    return 0.0;
}

double wpi_strength_weight(wp_kind kind, wp_role role, size_t audience, bool is_reply_to_other)
{
    assert(audience >= 1);
    return kind_weight(kind, is_reply_to_other) * role_weight(role) / sqrt((double)audience);
}

bool wpi_strength_is_two_way(wp_kind kind)
{
    return kind == WP_KIND_MEETING || kind == WP_KIND_CONNECTION || kind == WP_KIND_SUMMARY ||
           kind == WP_KIND_TOGETHER;
}

bool wpi_strength_is_slow_only(wp_kind kind)
{
    return kind == WP_KIND_CONNECTION || kind == WP_KIND_TOGETHER;
}
