/*
 * Storing the oracle's model in a database and reading its ties back. See oracle_store.h.
 *
 * The checks of answers are in oracle_check.c.
 */
#include "oracle_store.h"

#include "facts.h"

#include <inttypes.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define SOURCE_BYTES 64

void oracle_must(wp_status status, const wp_error *err, const char *what)
{
    if (status != WP_OK) {
        fail_msg("%s: %s: %s", what, wp_status_name(status), err->message);
    }
}

void oracle_store_people(oracle *model, wp_txn *txn)
{
    for (size_t i = 0; i < model->people_count; i++) {
        oracle_person *person = &model->people[i];
        wp_identity identity = {person->kind, person->key};
        wp_person_facts facts = facts_of_person(&identity);
        facts.us = person->is_us ? WP_US_YES : WP_US_UNSAID;
        wp_error err;
        oracle_must(wp_person_put(txn, &facts, &person->number, NULL, &err), &err, "person_put");
    }
}

static void name_source(const oracle *model, size_t event, char *out)
{
    if (event == ORACLE_UNKNOWN) {
        snprintf(out, SOURCE_BYTES, "%s/never-stored", model->name);
    } else {
        snprintf(out, SOURCE_BYTES, "%s/%zu", model->name, event);
    }
}

bool oracle_store_event(const oracle *model, wp_txn *txn, size_t index)
{
    const oracle_event *event = &model->events[index];
    char source[SOURCE_BYTES];
    char answered[SOURCE_BYTES];
    name_source(model, index, source);
    name_source(model, event->reply_to, answered);
    wp_participant *to = oracle_alloc(event->to_count, sizeof *to);
    for (size_t i = 0; i < event->to_count; i++) {
        to[i] = (wp_participant){model->people[event->to[i].person].number, event->to[i].role};
    }
    wp_interaction interaction = WP_INTERACTION_INIT;
    interaction.source = source;
    interaction.kind = event->kind;
    interaction.time_s = event->time_s;
    interaction.from = model->people[event->from].number;
    interaction.to = to;
    interaction.to_count = event->to_count;
    interaction.valence = event->valence;
    interaction.reply_to = event->reply_to == ORACLE_NONE ? NULL : answered;
    interaction.flags = event->flags;
    bool is_new = false;
    wp_error err;
    wp_status status = wp_interaction_put(txn, &interaction, &is_new, &err);
    free(to);
    oracle_must(status, &err, "interaction_put");
    return is_new;
}

void oracle_store_stated(const oracle *model, wp_txn *txn)
{
    for (size_t i = 0; i < model->stated_count; i++) {
        const oracle_stated *stated = &model->stated[i];
        wp_stated_tie tie = {model->people[stated->from].number,
                             model->people[stated->to].number,
                             stated->has_cost,
                             stated->p,
                             stated->cost,
                             0};
        wp_error err;
        oracle_must(wp_stated_tie_put(txn, &tie, &err), &err, "stated_tie_put");
    }
}

void oracle_store_consent(const oracle *model, wp_txn *txn)
{
    for (size_t i = 0; i < model->people_count; i++) {
        const oracle_person *person = &model->people[i];
        if (person->introductions == WP_CHOICE_UNSAID && person->contact == WP_CHOICE_UNSAID) {
            continue;
        }
        wp_consent consent = WP_CONSENT_INIT;
        consent.person = person->number;
        consent.introductions = person->introductions;
        consent.contact = person->contact;
        wp_error err;
        oracle_must(wp_consent_put(txn, &consent, &err), &err, "consent_put");
    }
}

void oracle_store_defaults(const oracle *model, wp_txn *txn)
{
    wp_error err;
    oracle_must(wp_settings_put(txn, &model->defaults, &err), &err, "settings_put");
}

void oracle_store_all(oracle *model, wp_txn *txn)
{
    oracle_store_people(model, txn);
    for (size_t i = 0; i < model->event_count; i++) {
        (void)oracle_store_event(model, txn, i);
    }
    oracle_store_stated(model, txn);
    oracle_store_consent(model, txn);
}

oracle_graph *oracle_graph_read(const oracle *model, wp_txn *txn, int32_t day)
{
    oracle_edge *edges = NULL;
    size_t found = oracle_edges_find(model, &edges);
    size_t count = 0;
    for (size_t i = 0; i < found; i++) {
        wp_number from = model->people[edges[i].from].number;
        wp_number to = model->people[edges[i].to].number;
        wp_error err;
        wp_status status = wp_tie_get(txn, from, to, day, &edges[i].tie, &err);
        if (status == WP_ENOTFOUND) {
            continue;
        }
        oracle_must(status, &err, "tie_get");
        oracle_tie known;
        oracle_tie_read(model, edges[i].from, edges[i].to, day, &known);
        if (known.may_exist) {
            edges[count++] = edges[i];
        }
    }
    return oracle_graph_new(model, day, edges, count);
}

/* ---- Ties compared with the model ---- */

typedef struct comparison {
    const oracle *model;
    size_t from;
    size_t to;
    int32_t day;
    bool is_equal;
} comparison;

static void differ(comparison *c, const char *what, double seen, double expected)
{
    c->is_equal = false;
    print_error("tie %s -> %s on day %d: %s is %.12g, the model says %.12g\n",
                c->model->people[c->from].rank_id, c->model->people[c->to].rank_id, c->day, what,
                seen, expected);
}

static void compare_number(comparison *c, const char *what, double seen, double expected,
                           double tolerance)
{
    bool is_near = fabs(seen - expected) <= tolerance * fabs(expected) + 1e-12;
    if (!is_near && !(isnan(seen) && isnan(expected))) {
        differ(c, what, seen, expected);
    }
}

static void compare_count(comparison *c, const char *what, uint32_t seen, uint32_t low,
                          uint32_t high)
{
    if (seen < low || seen > high) {
        differ(c, what, seen, seen < low ? low : high);
    }
}

static wp_tier tier_of(double p)
{
    return p >= 0.6 ? WP_TIER_STRONG : p >= 0.35 ? WP_TIER_WARM : p > 0 ? WP_TIER_WEAK : 0;
}

/* What follows from p and must fit it exactly. */
static void compare_derived(comparison *c, const wp_tie *tie)
{
    if (tie->tier != tier_of(tie->p)) {
        differ(c, "tier", tie->tier, tier_of(tie->p));
    }
    double cost = tie->p > 0.0 ? fmax(-log(tie->p) * 1e6, 20203.0) : UINT32_MAX;
    if (fabs(tie->cost - cost) > 0.51) {
        differ(c, "cost, by its own p,", tie->cost, cost);
    }
}

static void compare_tie(comparison *c, const wp_tie *tie, double tolerance)
{
    oracle_tie want;
    oracle_tie_read(c->model, c->from, c->to, c->day, &want);
    compare_number(c, "inbound", tie->inbound, want.inbound, tolerance);
    compare_number(c, "outbound", tie->outbound, want.outbound, tolerance);
    compare_number(c, "z", tie->z, want.z, tolerance);
    compare_number(c, "strength", tie->strength, want.strength, tolerance);
    compare_number(c, "trust", tie->trust, want.trust, tolerance);
    compare_number(c, "stated", tie->stated, want.stated, 1e-9);
    if (fabs(want.trust - 0.25) > 0.25 * tolerance) {
        compare_number(c, "p", tie->p, want.p, 2 * tolerance);
    }
    compare_derived(c, tie);
    if (tie->last_contact_s < want.last_weighty_s || tie->last_contact_s > want.last_contact_s) {
        differ(c, "last contact", (double)tie->last_contact_s, (double)want.last_contact_s);
    }
    compare_count(c, "messages out", tie->messages_out, want.out_min, want.out_max);
    compare_count(c, "messages in", tie->messages_in, want.in_min, want.in_max);
}

bool oracle_check_ties(const oracle_graph *graph, double tolerance)
{
    const oracle *model = graph->model;
    bool is_equal = true;
    size_t next = 0;
    for (size_t from = 0; from < model->people_count; from++) {
        for (size_t to = 0; to < model->people_count; to++) {
            const oracle_edge *edge = next < graph->edge_count ? &graph->edges[next] : NULL;
            comparison c = {model, from, to, graph->day, true};
            oracle_tie want;
            if (edge != NULL && edge->from == from && edge->to == to) {
                compare_tie(&c, &edge->tie, tolerance);
                next++;
            } else if (from != to) {
                oracle_tie_read(model, from, to, graph->day, &want);
                if (want.must_exist) {
                    differ(&c, "its existence", 0, 1);
                }
            }
            is_equal = is_equal && c.is_equal;
        }
    }
    return is_equal;
}
