/*
 * The oracle of searches. See oracle_path.h.
 *
 * Rules common to both ways are in `search`: who may stand where, and what a tie costs. A source
 * that is a target is no source; a person avoided or not to be contacted is nowhere; an opted-out
 * person is no intermediary. The walk by layers needs no check for people met twice: costs are
 * positive, so a walk with a circle is never the best.
 */
#include "oracle_path.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define RELAY_COST UINT64_C(223000)
#define COLLEAGUE_COST UINT32_C(356675)
#define SEVERED_BELOW 0.25

/* One query, with its lists of numbers turned into flags of people. */
typedef struct search {
    const oracle_graph *graph;
    size_t people_count;
    bool *is_source;
    bool *is_target;
    bool *can_pass; /* May be an intermediary. */
    size_t hops_max;
    double p_min;
    bool is_plain;
    bool is_by_hops; /* Every tie costs 1, people nothing. */
    uint64_t cost_max;
    size_t via; /* ORACLE_NONE: none. */
} search;

size_t oracle_person_find(const oracle *model, wp_number number)
{
    if (model->people_count == 0) {
        return ORACLE_NONE;
    }
    /* Numbers are mostly given in order, so this is nearly always the place. */
    size_t guess = (size_t)number - model->people[0].number;
    if (guess < model->people_count && model->people[guess].number == number) {
        return guess;
    }
    for (size_t i = 0; i < model->people_count; i++) {
        if (model->people[i].number == number) {
            return i;
        }
    }
    return ORACLE_NONE;
}

static int compare_edges(const void *a, const void *b)
{
    const oracle_edge *x = a;
    const oracle_edge *y = b;
    if (x->from != y->from) {
        return x->from < y->from ? -1 : 1;
    }
    return x->to < y->to ? -1 : x->to > y->to;
}

static void edge_pair(oracle_edge *edges, size_t *count, size_t a, size_t b)
{
    if (a != b) {
        edges[(*count)++] = (oracle_edge){.from = a, .to = b};
        edges[(*count)++] = (oracle_edge){.from = b, .to = a};
    }
}

size_t oracle_edges_find(const oracle *model, oracle_edge **edges)
{
    size_t room = 2 * model->stated_count;
    for (size_t i = 0; i < model->event_count; i++) {
        room += 2 * (model->events[i].to_count + 1);
    }
    oracle_edge *all = oracle_alloc(room, sizeof *all);
    size_t count = 0;
    for (size_t i = 0; i < model->stated_count; i++) {
        edge_pair(all, &count, model->stated[i].from, model->stated[i].to);
    }
    for (size_t i = 0; i < model->event_count; i++) {
        const oracle_event *event = &model->events[i];
        for (size_t j = 0; j < event->to_count; j++) {
            edge_pair(all, &count, event->from, event->to[j].person);
        }
        if (event->reply_to != ORACLE_NONE && event->reply_to != ORACLE_UNKNOWN) {
            edge_pair(all, &count, event->from, model->events[event->reply_to].from);
        }
    }
    qsort(all, count, sizeof *all, compare_edges);
    size_t kept = 0;
    for (size_t i = 0; i < count; i++) {
        if (kept == 0 || compare_edges(&all[kept - 1], &all[i]) != 0) {
            all[kept++] = all[i];
        }
    }
    *edges = all;
    return kept;
}

oracle_graph *oracle_graph_new(const oracle *model, int32_t day, oracle_edge *edges, size_t count)
{
    oracle_graph *graph = oracle_alloc(1, sizeof *graph);
    graph->model = model;
    graph->day = day;
    graph->edges = edges;
    graph->edge_count = count;
    graph->first = oracle_alloc(model->people_count + 1, sizeof *graph->first);
    graph->loads = oracle_alloc(model->people_count, sizeof *graph->loads);
    size_t next = 0;
    for (size_t i = 0; i < model->people_count; i++) {
        graph->first[i] = next;
        while (next < count && edges[next].from == i) {
            next++;
        }
        graph->loads[i] = oracle_load(model, i, day, NULL);
    }
    graph->first[model->people_count] = next;
    return graph;
}

oracle_graph *oracle_graph_compute(const oracle *model, int32_t day)
{
    oracle_edge *edges = NULL;
    size_t found = oracle_edges_find(model, &edges);
    size_t count = 0;
    for (size_t i = 0; i < found; i++) {
        oracle_tie tie;
        oracle_tie_read(model, edges[i].from, edges[i].to, day, &tie);
        if (tie.must_exist) {
            edges[count] = edges[i];
            oracle_tie_round(model, edges[i].from, edges[i].to, day, &edges[count].tie);
            count++;
        }
    }
    return oracle_graph_new(model, day, edges, count);
}

void oracle_graph_free(oracle_graph *graph)
{
    if (graph == NULL) {
        return;
    }
    free(graph->edges);
    free(graph->first);
    free(graph->loads);
    free(graph);
}

uint32_t oracle_edge_cost(const oracle_graph *graph, const oracle_edge *edge, double p_min,
                          bool is_plain, bool is_first)
{
    const oracle_person *people = graph->model->people;
    if (edge->tie.trust < SEVERED_BELOW) {
        return UINT32_MAX;
    }
    uint32_t cost = edge->tie.cost;
    if (is_plain) {
        return cost;
    }
    bool is_colleague = people[edge->from].is_us && people[edge->to].is_us;
    if (is_first && is_colleague && cost > COLLEAGUE_COST) {
        cost = COLLEAGUE_COST;
    }
    return cost <= oracle_cost(p_min) ? cost : UINT32_MAX;
}

static void mark(const oracle *model, const wp_number *numbers, size_t count, bool *flags)
{
    for (size_t i = 0; i < count; i++) {
        size_t person = oracle_person_find(model, numbers[i]);
        if (person != ORACLE_NONE) {
            flags[person] = true;
        }
    }
}

/* Decide who may stand where. Both is_source and is_target are marked already. */
static void place_people(search *s, const wp_number *avoid, size_t avoid_count)
{
    const oracle *model = s->graph->model;
    bool *is_absent = oracle_alloc(s->people_count, sizeof *is_absent);
    mark(model, avoid, avoid_count, is_absent);
    for (size_t i = 0; i < s->people_count; i++) {
        const oracle_person *person = &model->people[i];
        bool is_present = !is_absent[i] && !person->is_do_not_contact;
        s->can_pass[i] =
            is_present && !s->is_source[i] && !s->is_target[i] && !person->has_opted_out;
        s->is_source[i] = s->is_source[i] && !s->is_target[i] && is_present;
        s->is_target[i] = s->is_target[i] && is_present;
    }
    free(is_absent);
}

static void search_begin(search *s, const oracle_graph *graph, const wp_path_query *query)
{
    const oracle *model = graph->model;
    memset(s, 0, sizeof *s);
    s->graph = graph;
    s->people_count = model->people_count;
    s->is_source = oracle_alloc(s->people_count, sizeof *s->is_source);
    s->is_target = oracle_alloc(s->people_count, sizeof *s->is_target);
    s->can_pass = oracle_alloc(s->people_count, sizeof *s->can_pass);
    s->hops_max = query->hops_max == WP_HOPS_ANY ? s->people_count : query->hops_max;
    s->p_min = query->p_min;
    s->is_plain = query->is_plain;
    s->cost_max = UINT64_MAX;
    if (!query->is_plain && query->score_min > 0.0) {
        s->cost_max = oracle_cost(query->score_min);
    }
    s->via = query->via == 0 ? ORACLE_NONE : oracle_person_find(model, query->via);
    mark(model, query->sources, query->source_count, s->is_source);
    mark(model, query->targets, query->target_count, s->is_target);
    place_people(s, query->avoid, query->avoid_count);
}

static void search_end(search *s)
{
    free(s->is_source);
    free(s->is_target);
    free(s->can_pass);
}

/* What it costs that a person, who is the `position`-th intermediary, passes the request on. */
static uint64_t pass_cost(const search *s, size_t person, size_t position)
{
    if (s->is_plain || s->is_by_hops || position == 0) {
        return 0;
    }
    return s->graph->loads[person] + (position > 1 ? RELAY_COST : 0);
}

static uint32_t cost_of(const search *s, const oracle_edge *edge, bool is_first)
{
    uint32_t cost = oracle_edge_cost(s->graph, edge, s->p_min, s->is_plain, is_first);
    return s->is_by_hops && cost != UINT32_MAX ? 1 : cost;
}

/* ---- Enumeration ---- */

/* The best path of each last introducer so far; none has zero hops. */
typedef struct enumeration {
    search s;
    oracle_path *best;
    bool is_on_path[ORACLE_PATH_PEOPLE_MAX];
} enumeration;

/* The total order: negative when a is better. */
static int compare_paths(const oracle *model, const oracle_path *a, const oracle_path *b)
{
    if (a->cost != b->cost) {
        return a->cost < b->cost ? -1 : 1;
    }
    if (a->hops != b->hops) {
        return a->hops < b->hops ? -1 : 1;
    }
    if (a->weakest_cost != b->weakest_cost) {
        return a->weakest_cost < b->weakest_cost ? -1 : 1;
    }
    if (a->last_contact_s != b->last_contact_s) {
        return a->last_contact_s > b->last_contact_s ? -1 : 1;
    }
    for (size_t i = 0; i <= a->hops; i++) {
        int order =
            strcmp(model->people[a->people[i]].rank_id, model->people[b->people[i]].rank_id);
        if (order != 0) {
            return order;
        }
    }
    return 0;
}

static bool has_via(const enumeration *e, const oracle_path *path)
{
    bool is_met = e->s.via == ORACLE_NONE;
    for (size_t i = 1; i < path->hops; i++) {
        is_met = is_met || path->people[i] == e->s.via;
    }
    return is_met;
}

/* Whether a path touches both sides of a barrier. */
static bool is_forbidden(const oracle_graph *graph, const oracle_path *path)
{
    bool is_any = false;
    for (size_t i = 0; i < graph->barrier_count; i++) {
        bool touches[2] = {false, false};
        for (size_t j = 0; j <= path->hops; j++) {
            touches[0] |= graph->barriers[i].has[0][path->people[j]];
            touches[1] |= graph->barriers[i].has[1][path->people[j]];
        }
        is_any |= touches[0] && touches[1];
    }
    return is_any;
}

static void keep_path(enumeration *e, const oracle_path *path)
{
    if (path->cost > e->s.cost_max || !has_via(e, path) || is_forbidden(e->s.graph, path)) {
        return;
    }
    oracle_path *best = &e->best[path->people[path->hops - 1]];
    if (best->hops == 0 || compare_paths(e->s.graph->model, path, best) < 0) {
        *best = *path;
    }
}

/* Go on from the last person of a path, in every way. */
static void extend(enumeration *e, const oracle_path *path)
{
    const oracle_graph *graph = e->s.graph;
    size_t person = path->people[path->hops];
    if (path->hops == e->s.hops_max) {
        return;
    }
    for (size_t i = graph->first[person]; i < graph->first[person + 1]; i++) {
        const oracle_edge *edge = &graph->edges[i];
        uint32_t cost = cost_of(&e->s, edge, path->hops == 0);
        if (cost == UINT32_MAX || e->is_on_path[edge->to]) {
            continue;
        }
        oracle_path longer = *path;
        longer.hops++;
        longer.people[longer.hops] = edge->to;
        longer.cost += cost + pass_cost(&e->s, person, path->hops);
        longer.weakest_cost = cost > path->weakest_cost ? cost : path->weakest_cost;
        longer.last_contact_s = edge->tie.last_contact_s;
        if (e->s.is_target[edge->to]) {
            keep_path(e, &longer);
        } else if (e->s.can_pass[edge->to]) {
            e->is_on_path[edge->to] = true;
            extend(e, &longer);
            e->is_on_path[edge->to] = false;
        }
    }
}

/* Whether two paths share more of their intermediaries than allowed. */
static bool overlaps(const oracle_path *a, const oracle_path *b, double allowed)
{
    size_t shared = 0;
    for (size_t i = 1; i < a->hops; i++) {
        for (size_t j = 1; j < b->hops; j++) {
            shared += a->people[i] == b->people[j];
        }
    }
    size_t either = (size_t)a->hops - 1 + b->hops - 1 - shared;
    return either > 0 && (double)shared / (double)either > allowed;
}

/* Put the best paths of all introducers into order, by insertion. */
static void sort_best(const enumeration *e, oracle_answer *out)
{
    out->paths = oracle_alloc(e->s.people_count, sizeof *out->paths);
    double missed = 1.0;
    for (size_t i = 0; i < e->s.people_count; i++) {
        if (e->best[i].hops == 0) {
            continue;
        }
        size_t place = out->introducers++;
        while (place > 0 &&
               compare_paths(e->s.graph->model, &e->best[i], &out->paths[place - 1]) < 0) {
            out->paths[place] = out->paths[place - 1];
            place--;
        }
        out->paths[place] = e->best[i];
        missed *= 1.0 - exp(-(double)e->best[i].cost / 1e6);
    }
    out->reach = 1.0 - missed;
}

/* Take the first k that do not overlap with one taken before. */
static void take_first(const wp_path_query *query, oracle_answer *out)
{
    for (size_t i = 0; i < out->introducers && out->count < query->k; i++) {
        bool is_taken = true;
        for (size_t j = 0; j < out->count; j++) {
            is_taken = is_taken && !overlaps(&out->paths[i], &out->paths[j], query->diverse);
        }
        if (is_taken) {
            out->paths[out->count++] = out->paths[i];
        }
    }
}

void oracle_paths_find(const oracle_graph *graph, const wp_path_query *query, oracle_answer *out)
{
    enumeration e;
    memset(&e, 0, sizeof e);
    memset(out, 0, sizeof *out);
    search_begin(&e.s, graph, query);
    e.best = oracle_alloc(e.s.people_count, sizeof *e.best);
    for (size_t i = 0; i < e.s.people_count; i++) {
        if (e.s.is_source[i]) {
            oracle_path start = {0, 0, 0, WP_TIME_NONE, {i}};
            e.is_on_path[i] = true;
            extend(&e, &start);
            e.is_on_path[i] = false;
        }
    }
    sort_best(&e, out);
    take_first(query, out);
    free(e.best);
    search_end(&e.s);
}

void oracle_answer_free(oracle_answer *answer)
{
    free(answer->paths);
    memset(answer, 0, sizeof *answer);
}

/* ---- Layers ---- */

/* Costs of the best walks of at most so many hops as there were layers. */
typedef struct layers {
    uint64_t *now;           /* To each person; UINT64_MAX: none. */
    uint64_t *next;          /* The same, with one hop more. */
    bool *is_new;            /* Improved in the layer before, so to be extended now. */
    oracle_best *arrival;    /* Best way to each person. */
    oracle_best *introducer; /* Best way to a target with this person last before it. */
} layers;

static void improve(oracle_best *best, uint64_t cost, uint32_t hops)
{
    if (cost < best->cost) {
        *best = (oracle_best){cost, hops};
    }
}

/* Extend the best walk of `hops` hops to a person by each of their ties. */
static void extend_layer(const search *s, layers *l, size_t person, uint32_t hops)
{
    const oracle_graph *graph = s->graph;
    uint64_t start = l->now[person] + pass_cost(s, person, hops);
    for (size_t i = graph->first[person]; i < graph->first[person + 1]; i++) {
        const oracle_edge *edge = &graph->edges[i];
        uint32_t tie_cost = cost_of(s, edge, hops == 0);
        if (tie_cost == UINT32_MAX || s->is_source[edge->to]) {
            continue;
        }
        uint64_t cost = start + tie_cost;
        if (cost <= s->cost_max) {
            improve(&l->arrival[edge->to], cost, hops + 1);
        }
        if (s->is_target[edge->to] && cost <= s->cost_max) {
            improve(&l->introducer[person], cost, hops + 1);
        }
        if (s->can_pass[edge->to] && cost < l->next[edge->to]) {
            l->next[edge->to] = cost;
        }
    }
}

static void run_layers(const search *s, layers *l)
{
    size_t bytes = s->people_count * sizeof *l->now;
    bool is_moving = true;
    for (uint32_t hops = 0; hops < s->hops_max && is_moving; hops++) {
        memcpy(l->next, l->now, bytes);
        for (size_t i = 0; i < s->people_count; i++) {
            if (l->is_new[i]) {
                extend_layer(s, l, i, hops);
            }
        }
        is_moving = false;
        for (size_t i = 0; i < s->people_count; i++) {
            l->is_new[i] = l->next[i] < l->now[i];
            is_moving = is_moving || l->is_new[i];
        }
        memcpy(l->now, l->next, bytes);
    }
}

/* Search by layers; each of the outputs has an item for each person. */
static void search_layers(const search *s, oracle_best *arrival, oracle_best *introducer)
{
    size_t count = s->people_count;
    layers l = {oracle_alloc(count, sizeof *l.now), oracle_alloc(count, sizeof *l.next),
                oracle_alloc(count, sizeof *l.is_new), arrival, introducer};
    for (size_t i = 0; i < count; i++) {
        l.now[i] = s->is_source[i] ? 0 : UINT64_MAX;
        l.is_new[i] = s->is_source[i];
        arrival[i] = (oracle_best){UINT64_MAX, 0};
        introducer[i] = (oracle_best){UINT64_MAX, 0};
    }
    run_layers(s, &l);
    free(l.now);
    free(l.next);
    free(l.is_new);
}

void oracle_introducers_find(const oracle_graph *graph, const wp_path_query *query,
                             oracle_best *out)
{
    search s;
    search_begin(&s, graph, query);
    oracle_best *arrival = oracle_alloc(s.people_count, sizeof *arrival);
    search_layers(&s, arrival, out);
    free(arrival);
    search_end(&s);
}

void oracle_reach_find(const oracle_graph *graph, const wp_reach_query *query, oracle_best *out)
{
    wp_path_query as_path = WP_PATH_QUERY_INIT;
    as_path.sources = query->sources;
    as_path.source_count = query->source_count;
    as_path.hops_max = query->hops_max;
    as_path.p_min = query->p_min;
    as_path.score_min = query->score_min;
    as_path.is_plain = query->is_plain;
    search s;
    search_begin(&s, graph, &as_path);
    s.is_by_hops = query->is_by_hops;
    s.cost_max = query->is_by_hops ? UINT64_MAX : s.cost_max;
    oracle_best *introducer = oracle_alloc(s.people_count, sizeof *introducer);
    search_layers(&s, out, introducer);
    for (size_t i = 0; i < s.people_count; i++) {
        if (graph->model->people[i].is_do_not_contact) {
            out[i].cost = UINT64_MAX;
        }
        if (query->is_by_hops && out[i].cost != UINT64_MAX) {
            out[i].cost = 0;
        }
    }
    free(introducer);
    search_end(&s);
}
