/*
 * Random models and queries. See oracle_random.h.
 *
 * A small model has a shape (how likely which two people have a tie) and a palette (which strengths
 * are stated): few different strengths give equal costs, so that the rules for ties decide.
 */
#include "oracle_random.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

/* How likely which two people have a tie. */
typedef enum shape { SHAPE_SPARSE, SHAPE_DENSE, SHAPE_HUB, SHAPE_PARTS, SHAPE_CHAIN } shape;
#define SHAPE_COUNT 5

/* Which strengths are stated. */
typedef enum palette {
    PALETTE_HALF,  /* p = .5 everywhere. */
    PALETTE_FEW,   /* Powers of .5 and few others. */
    PALETTE_STEPS, /* Costs that are small multiples of 100 000. */
    PALETTE_ANY,   /* Anything up to .98. */
    PALETTE_NONE   /* Interactions only. */
} palette;
#define PALETTE_COUNT 5

/* The character of one small model. */
typedef struct style {
    shape shape;
    palette palette;
    double density;
    bool has_asks;
    bool has_decisions; /* Some people opted out or must not be contacted. */
} style;

static const wp_kind KINDS[] = {
    WP_KIND_MAIL,         WP_KIND_MAIL,    WP_KIND_MAIL,      WP_KIND_CALL, WP_KIND_MEETING,
    WP_KIND_MESSAGE,      WP_KIND_MESSAGE, WP_KIND_COMMENT,   WP_KIND_LIKE, WP_KIND_VIEW,
    WP_KIND_INTRODUCTION, WP_KIND_FAVOUR,  WP_KIND_CONNECTION};

static int64_t random_time(random_source *random, int64_t days_back)
{
    int64_t end_s = ((int64_t)ORACLE_BASE_DAY + 1) * ORACLE_DAY_S;
    return random_between(random, end_s - days_back * ORACLE_DAY_S, end_s - 1);
}

/* ---- People ---- */

static void add_person(random_source *random, oracle *model, double us_share, bool has_decisions)
{
    char key[ORACLE_KEY_BYTES];
    size_t tag = random_below(random, 1000);
    size_t index = model->people_count;
    size_t kind = random_below(random, 10);
    if (kind == 0) {
        snprintf(key, sizeof key, "slug-%s-%zu", model->name, index);
        (void)oracle_person_add(model, WP_IDENTITY_LINKEDIN, key);
    } else if (kind == 1) {
        snprintf(key, sizeof key, "%c%03zu.%s.%zu@gmail.com", (char)('a' + (int)(tag % 26)), tag,
                 model->name, index);
        (void)oracle_person_add(model, WP_IDENTITY_EMAIL, key);
    } else {
        snprintf(key, sizeof key, "%c%03zu-%s-%zu", (char)('A' + (int)(tag % 26)), tag, model->name,
                 index);
        (void)oracle_person_add(model, WP_IDENTITY_ID, key);
    }
    oracle_person *person = &model->people[index];
    person->is_us = random_chance(random, us_share);
    if (has_decisions) {
        wp_choice introductions = random_chance(random, 0.2)   ? WP_CHOICE_OUT
                                  : random_chance(random, 0.1) ? WP_CHOICE_ASK
                                                               : WP_CHOICE_UNSAID;
        bool is_hidden = random_chance(random, 0.1);
        oracle_person_decide(model, index, introductions,
                             is_hidden ? WP_CHOICE_OUT : WP_CHOICE_UNSAID);
    }
}

/* ---- Interactions ---- */

static double random_valence(random_source *random)
{
    static const double VALUES[] = {-1.0, -0.5, 0.25, 0.5, 1.0, 1.0};
    return random_chance(random, 0.1) ? VALUES[random_below(random, 6)] : 0.0;
}

/* An interaction between two people, and perhaps others as recipients. */
static void add_event(random_source *random, oracle *model, size_t from, size_t to,
                      int64_t days_back)
{
    oracle_recipient recipients[4] = {{to, WP_ROLE_TO}};
    oracle_event event = {KINDS[random_below(random, sizeof KINDS / sizeof *KINDS)],
                          random_time(random, days_back),
                          from,
                          recipients,
                          1,
                          0.0,
                          ORACLE_NONE,
                          0};
    bool is_meeting = event.kind == WP_KIND_MEETING;
    if (random_chance(random, 0.4)) {
        recipients[0].role = is_meeting ? (wp_role)random_between(random, 4, 6)
                                        : (wp_role)random_between(random, 1, 3);
    }
    while (event.to_count < 4 && random_chance(random, 0.15)) {
        size_t other = random_below(random, model->people_count);
        bool is_there = false;
        for (size_t i = 0; i < event.to_count; i++) {
            is_there = is_there || recipients[i].person == other;
        }
        if (!is_there) {
            recipients[event.to_count++] = (oracle_recipient){other, WP_ROLE_CC};
        }
    }
    if (!is_meeting && event.kind != WP_KIND_CONNECTION) {
        event.valence = random_valence(random);
    }
    (void)oracle_event_add(model, &event);
}

/* Something that costs trust: two breaches of this kind sever a tie without history. */
static void add_breach(random_source *random, oracle *model, size_t from, size_t to)
{
    oracle_recipient recipient = {to, WP_ROLE_TO};
    size_t count = 1 + random_below(random, 3);
    for (size_t i = 0; i < count; i++) {
        oracle_event event = {
            WP_KIND_MAIL, random_time(random, 400), from, &recipient, 1, -1.0, ORACLE_NONE, 0};
        (void)oracle_event_add(model, &event);
    }
}

/* Make some of the mails replies, mostly to what the other side wrote before. */
static void add_replies(random_source *random, oracle *model, double chance)
{
    for (size_t i = 0; i < model->event_count; i++) {
        oracle_event *event = &model->events[i];
        bool can_answer = event->kind == WP_KIND_MAIL || event->kind == WP_KIND_MESSAGE;
        if (!can_answer || !random_chance(random, chance)) {
            continue;
        }
        event->reply_to = random_chance(random, 0.1) ? ORACLE_UNKNOWN : ORACLE_NONE;
        for (size_t tries = 0; tries < 20 && event->reply_to == ORACLE_NONE; tries++) {
            size_t other = random_below(random, model->event_count);
            const oracle_event *answered = &model->events[other];
            bool is_mail = answered->kind == WP_KIND_MAIL || answered->kind == WP_KIND_MESSAGE;
            bool is_for_us = answered->from == event->to[0].person || random_chance(random, 0.05);
            if (other != i && is_mail && is_for_us && answered->time_s < event->time_s) {
                event->reply_to = other;
            }
        }
        if (event->reply_to != ORACLE_NONE && random_chance(random, 0.15)) {
            event->flags = WP_INTERACTION_LIST;
        } else if (random_chance(random, 0.05)) {
            event->flags = WP_INTERACTION_AUTOMATIC;
        }
    }
}

static void add_ask(random_source *random, oracle *model)
{
    size_t from = random_below(random, model->people_count);
    size_t to = random_below(random, model->people_count);
    int64_t day = ORACLE_BASE_DAY - 30 * random_between(random, 0, 4);
    if (from != to) {
        (void)oracle_event_simple(model, WP_KIND_ASK, from, to, day * ORACLE_DAY_S);
    }
}

/* ---- Ties ---- */

static void state(random_source *random, oracle *model, const style *how, size_t from, size_t to)
{
    static const double FEW[] = {0.5, 0.25, 0.7, 0.9, 0.5, 0.05, 0.35, 0.6};
    oracle_stated stated = {from, to, false, 0.5, 0};
    if (how->palette == PALETTE_FEW) {
        stated.p = FEW[random_below(random, sizeof FEW / sizeof *FEW)];
    } else if (how->palette == PALETTE_STEPS) {
        stated.has_cost = true;
        stated.cost = (uint32_t)(100000 * random_between(random, 1, 6));
    } else if (how->palette == PALETTE_ANY) {
        stated.p = 0.02 + 0.96 * random_unit(random);
    }
    if (random_chance(random, 0.05)) {
        oracle_tie_state(model, &stated);
        stated = (oracle_stated){from, to, false, random_chance(random, 0.5) ? 0.0 : 0.5, 0};
    }
    oracle_tie_state(model, &stated);
}

/* A tie of two people: stated one way or both, or a history, or both. */
static void join(random_source *random, oracle *model, const style *how, size_t a, size_t b)
{
    bool is_stated = how->palette != PALETTE_NONE && random_chance(random, 0.8);
    if (is_stated) {
        state(random, model, how, a, b);
        if (random_chance(random, 0.6)) {
            state(random, model, how, b, a);
        }
    }
    if (!is_stated || random_chance(random, 0.15)) {
        int64_t days_back = random_chance(random, 0.5) ? 60 : 900;
        size_t count = 1 + random_below(random, 8);
        for (size_t i = 0; i < count; i++) {
            bool is_forward = random_chance(random, 0.5);
            add_event(random, model, is_forward ? a : b, is_forward ? b : a, days_back);
        }
    }
    if (random_chance(random, 0.06)) {
        add_breach(random, model, a, b);
    }
}

static double chance_of(const style *how, size_t count, size_t a, size_t b)
{
    switch (how->shape) {
    case SHAPE_SPARSE:
        return 3.5 / (double)count;
    case SHAPE_DENSE:
        return how->density;
    case SHAPE_HUB:
        return a < 2 || b < 2 ? 0.8 : 2.0 / (double)count;
    case SHAPE_PARTS:
        return (a % 3 == b % 3) ? 0.6 : 0.02;
    case SHAPE_CHAIN:
        return (a + 1) % count == b || (b + 1) % count == a ? 0.95 : 0.05;
    }
    return 0.0;
}

oracle *oracle_random_small(random_source *random, const char *name)
{
    oracle *model = oracle_new(name);
    style how = {(shape)random_below(random, SHAPE_COUNT),
                 (palette)random_below(random, PALETTE_COUNT), 0.3 + 0.7 * random_unit(random),
                 random_chance(random, 0.3), random_chance(random, 0.5)};
    size_t count =
        random_chance(random, 0.35) ? 2 + random_below(random, 4) : 6 + random_below(random, 9);
    double us_share = random_chance(random, 0.3) ? 0.8 : 0.3;
    for (size_t i = 0; i < count; i++) {
        add_person(random, model, us_share, how.has_decisions);
    }
    for (size_t a = 0; a < count; a++) {
        for (size_t b = a + 1; b < count; b++) {
            bool is_turned = random_chance(random, 0.5);
            if (random_chance(random, chance_of(&how, count, a, b))) {
                join(random, model, &how, is_turned ? b : a, is_turned ? a : b);
            }
        }
    }
    add_replies(random, model, 0.3);
    for (size_t i = 0; how.has_asks && i < 4; i++) {
        add_ask(random, model);
    }
    return model;
}

oracle *oracle_random_large(random_source *random, const char *name, size_t people, double degree)
{
    oracle *model = oracle_new(name);
    style how = {SHAPE_SPARSE, (palette)random_below(random, 4), 0.0, false, true};
    for (size_t i = 0; i < people; i++) {
        add_person(random, model, 0.3, true);
    }
    size_t ties = (size_t)((double)people * degree / 2.0);
    for (size_t i = 0; i < ties; i++) {
        /* Squaring favours low indices: some people are hubs. */
        double u = random_unit(random);
        size_t a = (size_t)(u * u * (double)people);
        size_t b = random_below(random, people);
        if (a != b && random_chance(random, 0.9)) {
            state(random, model, &how, a, b);
            if (random_chance(random, 0.6)) {
                state(random, model, &how, b, a);
            }
        } else if (a != b) {
            add_event(random, model, a, b, 200);
            add_event(random, model, b, a, 200);
        }
    }
    return model;
}

oracle *oracle_random_history(random_source *random, const char *name, size_t people, size_t events)
{
    oracle *model = oracle_new(name);
    for (size_t i = 0; i < people; i++) {
        add_person(random, model, 0.3, true);
    }
    for (size_t i = 0; i < events; i++) {
        size_t from = random_below(random, people);
        size_t to = random_below(random, people - 1);
        add_event(random, model, from, to < from ? to : to + 1, 1500);
    }
    add_replies(random, model, 0.5);
    return model;
}

/* ---- Queries ---- */

static bool has_asks(const oracle *model)
{
    for (size_t i = 0; i < model->event_count; i++) {
        if (model->events[i].kind == WP_KIND_ASK) {
            return true;
        }
    }
    return false;
}

int32_t oracle_random_day(random_source *random, const oracle *model)
{
    size_t choice = random_below(random, 4);
    if (choice == 0) {
        return ORACLE_BASE_DAY;
    }
    if (has_asks(model)) {
        return ORACLE_BASE_DAY + 30 * (int32_t)random_between(random, -5, 3);
    }
    return choice == 1 ? ORACLE_BASE_DAY + (int32_t)random_between(random, 1, 400)
                       : ORACLE_BASE_DAY - (int32_t)random_between(random, 1, 500);
}

static size_t pick_people(random_source *random, const oracle *model, size_t count, wp_number *out)
{
    for (size_t i = 0; i < count; i++) {
        out[i] = model->people[random_below(random, model->people_count)].number;
    }
    return count;
}

/* A limit of hops that leaves few enough paths to enumerate. */
static uint32_t pick_hops(random_source *random, const oracle_graph *graph)
{
    size_t count = graph->model->people_count;
    double degree = (double)graph->edge_count / (double)count;
    if (random_chance(random, 0.15) && (count <= 8 || degree <= 2.5)) {
        return WP_HOPS_ANY;
    }
    bool is_usual = random_chance(random, 0.6);
    uint32_t hops = (uint32_t)random_between(random, is_usual ? 2 : 1, is_usual ? 4 : 6);
    while (hops > 3 && pow(degree, hops) > 3e4) {
        hops--;
    }
    return hops;
}

static bool is_listed(const wp_number *numbers, size_t count, wp_number number)
{
    for (size_t i = 0; i < count; i++) {
        if (numbers[i] == number) {
            return true;
        }
    }
    return false;
}

/* An intermediary that every path must have: neither source nor target. */
static wp_number pick_via(random_source *random, const oracle *model, const wp_path_query *query)
{
    wp_number via = 0;
    (void)pick_people(random, model, 1, &via);
    bool is_end = is_listed(query->sources, query->source_count, via) ||
                  is_listed(query->targets, query->target_count, via);
    return is_end ? 0 : via;
}

static void draw_query(random_source *random, const oracle_graph *graph, oracle_query *out)
{
    static const double P_MIN[] = {0.0, 0.0, 0.05, 0.05, 0.05, 0.2, 0.5};
    static const double SCORE_MIN[] = {0.0, 0.0, 0.0, 0.02, 0.02, 0.15};
    static const double DIVERSE[] = {1.0, 1.0, 1.0, 0.0, 0.3, 0.5};
    const oracle *model = graph->model;
    size_t source_count = 1 + random_below(random, random_chance(random, 0.5) ? 1 : 4);
    size_t target_count = 1 + random_below(random, random_chance(random, 0.6) ? 1 : 3);
    wp_path_query *query = &out->query;
    *query = (wp_path_query)WP_PATH_QUERY_INIT;
    query->sources = out->sources;
    query->targets = out->targets;
    query->avoid = out->avoid;
    query->source_count = pick_people(random, model, source_count, out->sources);
    query->target_count = pick_people(random, model, target_count, out->targets);
    query->day = graph->day;
    query->hops_max = pick_hops(random, graph);
    query->k = (uint32_t)random_between(random, 1, 8);
    query->p_min = P_MIN[random_below(random, 7)];
    query->score_min = SCORE_MIN[random_below(random, 6)];
    query->is_plain = random_chance(random, 0.25);
    if (random_chance(random, 0.2)) {
        query->avoid_count = pick_people(random, model, 1 + random_below(random, 2), out->avoid);
    }
    query->via = random_chance(random, 0.15) ? pick_via(random, model, query) : 0;
    query->diverse = DIVERSE[random_below(random, 6)];
    query->with_reach = query->via == 0 && random_chance(random, 0.6);
}

/* Whether anybody can introduce, via or not. */
static bool has_answer(const oracle_graph *graph, const wp_path_query *query)
{
    size_t count = graph->model->people_count;
    oracle_best *best = oracle_alloc(count, sizeof *best);
    oracle_introducers_find(graph, query, best);
    bool is_found = false;
    for (size_t i = 0; i < count; i++) {
        is_found = is_found || best[i].cost != UINT64_MAX;
    }
    free(best);
    return is_found;
}

void oracle_random_query(random_source *random, const oracle_graph *graph, oracle_query *out)
{
    /* Most queries without an answer are alike; draw again a few times. */
    for (size_t tries = 0; tries < 4; tries++) {
        draw_query(random, graph, out);
        if (has_answer(graph, &out->query)) {
            return;
        }
    }
}
