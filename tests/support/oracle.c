/*
 * The oracle: ties and loads from the list of interactions. See oracle.h.
 *
 * Each tie sums over all interactions, whoever they are between, and asks of each one what it is
 * worth from one person to another. This costs interactions times ties, and hides nothing.
 *
 * The constants are written out from the model, on purpose not shared with the engine.
 */
#include "oracle.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What an interaction is worth from one person to another. */
typedef struct worth {
    bool is_counted; /* It joins the two in this direction. */
    bool is_given;   /* Moreover the first is its sender: its valence counts. */
    bool is_slow;    /* It counts in the slow component alone. */
    double weight;   /* Kind, role, audience, reply. */
} worth;

void *oracle_alloc(size_t count, size_t bytes)
{
    void *memory = calloc(count == 0 ? 1 : count, bytes);
    if (memory == NULL) {
        fprintf(stderr, "oracle: out of memory\n");
        exit(EXIT_FAILURE);
    }
    return memory;
}

/* Room for one more item in an array that doubles at powers of two. */
static void *grow(void *items, size_t count, size_t bytes)
{
    if (count != 0 && (count & (count - 1)) != 0) {
        return items;
    }
    void *larger = oracle_alloc(count == 0 ? 1 : 2 * count, bytes);
    if (count > 0) {
        memcpy(larger, items, count * bytes);
    }
    free(items);
    return larger;
}

oracle *oracle_new(const char *name)
{
    oracle *model = oracle_alloc(1, sizeof *model);
    snprintf(model->name, sizeof model->name, "%s", name);
    model->defaults = (wp_settings){sizeof model->defaults, WP_CHOICE_IN, WP_CHOICE_IN,
                                    WP_SHARING_OPEN, WP_CHOICE_OUT};
    return model;
}

void oracle_free(oracle *model)
{
    if (model == NULL) {
        return;
    }
    for (size_t i = 0; i < model->event_count; i++) {
        free(model->events[i].to);
    }
    free(model->events);
    free(model->people);
    free(model->stated);
    free(model);
}

size_t oracle_person_add(oracle *model, wp_identity_kind kind, const char *key)
{
    model->people = grow(model->people, model->people_count, sizeof *model->people);
    oracle_person *person = &model->people[model->people_count];
    memset(person, 0, sizeof *person);
    person->kind = kind;
    snprintf(person->key, sizeof person->key, "%s", key);
    snprintf(person->rank_id, sizeof person->rank_id, "%s", key);
    return model->people_count++;
}

static void settle_consent(const oracle *model, oracle_person *person)
{
    wp_choice introductions = person->introductions;
    wp_choice contact = person->contact;
    if (introductions == WP_CHOICE_UNSAID) {
        introductions = model->defaults.introductions;
    }
    if (contact == WP_CHOICE_UNSAID) {
        contact = model->defaults.contact;
    }
    person->has_opted_out = introductions == WP_CHOICE_OUT;
    person->is_do_not_contact = contact == WP_CHOICE_OUT;
}

void oracle_person_decide(oracle *model, size_t person, wp_choice introductions, wp_choice contact)
{
    model->people[person].introductions = introductions;
    model->people[person].contact = contact;
    settle_consent(model, &model->people[person]);
}

void oracle_use_defaults(oracle *model, wp_choice introductions, wp_choice contact)
{
    model->defaults.introductions = introductions;
    model->defaults.contact = contact;
    for (size_t i = 0; i < model->people_count; i++) {
        settle_consent(model, &model->people[i]);
    }
}

size_t oracle_event_add(oracle *model, const oracle_event *event)
{
    model->events = grow(model->events, model->event_count, sizeof *model->events);
    oracle_event *copy = &model->events[model->event_count];
    *copy = *event;
    copy->to = oracle_alloc(event->to_count, sizeof *copy->to);
    if (event->to_count > 0) {
        memcpy(copy->to, event->to, event->to_count * sizeof *copy->to);
    }
    return model->event_count++;
}

size_t oracle_event_simple(oracle *model, wp_kind kind, size_t from, size_t to, int64_t time_s)
{
    oracle_recipient recipient = {to, WP_ROLE_TO};
    oracle_event event = {kind, time_s, from, &recipient, 1, 0.0, ORACLE_NONE, 0};
    return oracle_event_add(model, &event);
}

void oracle_tie_state(oracle *model, const oracle_stated *stated)
{
    model->stated = grow(model->stated, model->stated_count, sizeof *model->stated);
    model->stated[model->stated_count++] = *stated;
}

bool oracle_event_is_past(const oracle_event *event, int32_t day)
{
    return event->time_s < ((int64_t)day + 1) * ORACLE_DAY_S;
}

double oracle_event_age(const oracle_event *event, int32_t day)
{
    return (double)((int64_t)day * ORACLE_DAY_S - event->time_s) / (double)ORACLE_DAY_S;
}

static double kind_weight(wp_kind kind)
{
    switch (kind) {
    case WP_KIND_MAIL:
    case WP_KIND_MESSAGE:
        return 1.0;
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
    case WP_KIND_TOGETHER: /* follows from employments, which the oracle does not have */
        return 0.0;
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

/* Number of distinct recipients other than the sender. */
static size_t audience(const oracle_event *event)
{
    size_t count = 0;
    for (size_t i = 0; i < event->to_count; i++) {
        bool is_first = event->to[i].person != event->from;
        for (size_t j = 0; j < i; j++) {
            is_first = is_first && event->to[j].person != event->to[i].person;
        }
        count += is_first;
    }
    return count;
}

static const oracle_recipient *find_recipient(const oracle_event *event, size_t person)
{
    for (size_t i = 0; i < event->to_count; i++) {
        if (event->to[i].person == person && person != event->from) {
            return &event->to[i];
        }
    }
    return NULL;
}

/* Who wrote what an interaction answers; ORACLE_NONE when it answers nothing that is known. */
static size_t author_answered(const oracle *model, const oracle_event *event)
{
    if (event->reply_to == ORACLE_NONE || event->reply_to == ORACLE_UNKNOWN) {
        return ORACLE_NONE;
    }
    return model->events[event->reply_to].from;
}

static bool can_answer(const oracle_event *event)
{
    return event->kind == WP_KIND_MAIL || event->kind == WP_KIND_MESSAGE;
}

/* A post on a list joins its author with the one answered, and nobody else. */
static worth worth_of_post(const oracle *model, const oracle_event *event, size_t a, size_t b)
{
    worth result = {false, false, event->kind == WP_KIND_CONNECTION, 0.0};
    if (event->from == a && author_answered(model, event) == b && a != b) {
        result.is_counted = true;
        result.is_given = true;
        result.weight = can_answer(event) ? 1.5 : kind_weight(event->kind);
    }
    return result;
}

static worth worth_of(const oracle *model, const oracle_event *event, size_t a, size_t b)
{
    if ((event->flags & WP_INTERACTION_LIST) != 0) {
        return worth_of_post(model, event, a, b);
    }
    worth result = {false, false, event->kind == WP_KIND_CONNECTION, 0.0};
    bool is_mutual = event->kind == WP_KIND_MEETING || event->kind == WP_KIND_CONNECTION;
    const oracle_recipient *recipient = NULL;
    if (event->from == a) {
        recipient = find_recipient(event, b);
        result.is_given = recipient != NULL;
    } else if (event->from == b && is_mutual) {
        recipient = find_recipient(event, a);
    }
    if (recipient == NULL) {
        return result;
    }
    result.is_counted = true;
    result.weight =
        kind_weight(event->kind) * role_weight(recipient->role) / sqrt((double)audience(event));
    if (can_answer(event) && author_answered(model, event) == b) {
        result.weight *= 1.5;
    }
    if ((event->flags & WP_INTERACTION_AUTOMATIC) != 0) {
        result.weight = 0.0;
    }
    return result;
}

/* Whether a connection is not the one that counts of those of its pair at its moment. */
static bool is_told_before(const oracle *model, size_t index, size_t a, size_t b)
{
    const oracle_event *event = &model->events[index];
    double weight = worth_of(model, event, a, b).weight;
    for (size_t i = 0; i < model->event_count; i++) {
        const oracle_event *other = &model->events[i];
        double other_weight =
            other->kind == WP_KIND_CONNECTION ? worth_of(model, other, a, b).weight : 0.0;
        bool is_weightier = other_weight > weight || (other_weight == weight && i < index);
        if (i != index && other_weight > 0.0 && other->time_s == event->time_s && is_weightier) {
            return true;
        }
    }
    return false;
}

/* What is summed over the interactions of one direction. */
typedef struct sums {
    double evidence; /* X */
    double positive; /* P */
    double negative; /* N */
    bool has_any;
    bool has_weight;
    int64_t last_s;
    int64_t last_weighty_s;
    uint32_t year_min;
    uint32_t year_max;
} sums;

/* Count a message of the last year. The bounds leave open whether the year has its first day or
 * its last one less, and whether what has no weight counts. */
static void count_in_year(sums *sum, const oracle_event *event, double weight, int32_t day)
{
    int64_t end_s = ((int64_t)day + 1) * ORACLE_DAY_S;
    if (event->time_s >= end_s - 366 * ORACLE_DAY_S) {
        sum->year_max++;
    }
    if (event->time_s >= end_s - 364 * ORACLE_DAY_S && weight > 0.0) {
        sum->year_min++;
    }
}

static int64_t later(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

static sums sum_up(const oracle *model, size_t a, size_t b, int32_t day)
{
    sums sum = {0.0, 0.0, 0.0, false, false, WP_TIME_NONE, WP_TIME_NONE, 0, 0};
    for (size_t i = 0; i < model->event_count; i++) {
        const oracle_event *event = &model->events[i];
        worth value = worth_of(model, event, a, b);
        if (!value.is_counted || !oracle_event_is_past(event, day)) {
            continue;
        }
        if (event->kind == WP_KIND_CONNECTION && is_told_before(model, i, a, b)) {
            value.weight = 0.0;
        }
        double age = oracle_event_age(event, day);
        double fast = exp2(-age / 30.0);
        double slow = exp2(-age / 365.0);
        sum.evidence += value.weight * (value.is_slow ? slow : fast + 30.0 / 365.0 * slow);
        if (value.is_given) {
            sum.positive += fmax(event->valence, 0.0) * slow;
            sum.negative += fmax(-event->valence, 0.0) * exp2(-age / 730.0);
        }
        sum.has_any = true;
        sum.has_weight = sum.has_weight || value.weight > 0.0;
        sum.last_s = later(event->time_s, sum.last_s);
        if (value.weight > 0.0) {
            sum.last_weighty_s = later(event->time_s, sum.last_weighty_s);
        }
        count_in_year(&sum, event, value.weight, day);
    }
    return sum;
}

/* The p stated for one direction, NaN when there is none. */
static double find_stated(const oracle *model, size_t from, size_t to)
{
    double p = NAN;
    for (size_t i = 0; i < model->stated_count; i++) {
        const oracle_stated *stated = &model->stated[i];
        if (stated->from != from || stated->to != to) {
            continue;
        }
        p = stated->p;
        if (stated->has_cost) {
            p = stated->cost == UINT32_MAX ? 0.0 : exp(-(double)stated->cost / 1e6);
        }
        if (p == 0.0) {
            p = NAN;
        }
    }
    return p;
}

void oracle_tie_read(const oracle *model, size_t from, size_t to, int32_t day, oracle_tie *out)
{
    sums sent = sum_up(model, from, to, day);
    sums received = sum_up(model, to, from, day);
    out->stated = find_stated(model, from, to);
    bool is_stated = !isnan(out->stated);
    out->must_exist = sent.has_weight || received.has_weight || is_stated;
    out->may_exist = sent.has_any || received.has_any || is_stated;
    for (size_t i = 0; i < model->stated_count; i++) {
        const oracle_stated *stated = &model->stated[i];
        out->may_exist = out->may_exist || (stated->from == to && stated->to == from) ||
                         (stated->from == from && stated->to == to);
    }
    out->inbound = received.evidence;
    out->outbound = sent.evidence;
    out->z = 0.8 * sqrt(out->inbound) + 0.2 * sqrt(fmin(out->outbound, 4.0 * out->inbound));
    out->strength = out->z / (out->z + 1.34);
    out->trust = (2.0 + sent.positive) / (2.0 + sent.positive + 4.0 * sent.negative);
    double p = is_stated ? fmax(out->strength, out->stated) : out->strength;
    out->p = out->trust < 0.25 ? 0.0 : fmin(0.98, p * out->trust);
    out->cost = out->p > 0.0 ? -log(out->p) * 1e6 : INFINITY;
    out->last_contact_s = later(sent.last_s, received.last_s);
    out->last_weighty_s = later(sent.last_weighty_s, received.last_weighty_s);
    out->out_min = sent.year_min;
    out->out_max = sent.year_max;
    out->in_min = received.year_min;
    out->in_max = received.year_max;
}

uint64_t oracle_load(const oracle *model, size_t person, int32_t day, const bool *is_hidden)
{
    double asks = 0.0;
    for (size_t i = 0; i < model->event_count; i++) {
        const oracle_event *event = &model->events[i];
        if (event->kind == WP_KIND_ASK && oracle_event_is_past(event, day) &&
            find_recipient(event, person) != NULL &&
            (is_hidden == NULL || !is_hidden[event->from])) {
            asks += exp2(-oracle_event_age(event, day) / 30.0);
        }
    }
    return (uint64_t)llround(1e6 * log(2.0) * asks / 2.0);
}

uint32_t oracle_cost(double p)
{
    if (p <= 0.0) {
        return UINT32_MAX;
    }
    double cost = round(-log(p) * 1e6);
    return cost < 20203.0 ? 20203U : (uint32_t)cost;
}

void oracle_tie_round(const oracle *model, size_t from, size_t to, int32_t day, wp_tie *out)
{
    oracle_tie tie;
    oracle_tie_read(model, from, to, day, &tie);
    memset(out, 0, sizeof *out);
    out->from = model->people[from].number;
    out->to = model->people[to].number;
    out->inbound = tie.inbound;
    out->outbound = tie.outbound;
    out->z = tie.z;
    out->strength = tie.strength;
    out->trust = tie.trust;
    out->stated = tie.stated;
    out->p = tie.p;
    out->cost = oracle_cost(tie.p);
    out->tier = tie.p >= 0.6    ? WP_TIER_STRONG
                : tie.p >= 0.35 ? WP_TIER_WARM
                : tie.p > 0.0   ? WP_TIER_WEAK
                                : WP_TIER_COLD;
    out->last_contact_s = tie.last_contact_s;
    out->messages_out = tie.out_max;
    out->messages_in = tie.in_max;
}
