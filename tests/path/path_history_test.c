/*
 * Queries over a history of writes compared with the oracle and with a freshly built file.
 *
 * A few small models live in one file, each on the border of two base segments, among people whose
 * ties are stated over and over to have segments written anew. Step by step interactions of any
 * time (tomorrow's too), statements and decisions are added; now and then the overlay is folded.
 * After each step the oracle is asked the same question on some day, and some earlier snapshot must
 * still say what it said: one that searched before and one that does so for the first time. At the
 * end the same facts, written at once into another file, must give the same bytes.
 *
 * A case is one step: `--cases N`. "Today" is the system's clock, because it decides which evidence
 * is in the future; the day is printed with the seed. So that all evidence may be in the future, or
 * none, some models have another today.
 */
#include "facts.h"
#include "oracle_random.h"
#include "oracle_store.h"
#include "oracle_world.h"
#include "scratch.h"

#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#define SEGMENT_PEOPLE 4096
#define MODELS 4
#define STEPS 250 /* of one file */
#define SNAPSHOTS 4
#define ANSWER_BYTES 65536
#define CHURN_TIES 2100 /* twice as many arcs are enough to have a segment written anew */

static random_arguments arguments = {1, 200};

/* A model, its day, and who decided what so far. */
typedef struct history {
    oracle *model;
    int32_t today;
} history;

/* An earlier state of the file: two transactions on it, a question, and the answer then. */
typedef struct snapshot {
    wp_txn *searched;
    wp_txn *fresh; /* never asked anything until it is compared */
    wp_number source;
    wp_number target;
    int32_t day;
    char *answer;
} snapshot;

typedef struct world {
    random_source random;
    wp_db *db;
    history histories[MODELS];
    wp_number fillers; /* people at the beginning of the file, and the highest of them */
    snapshot snapshots[SNAPSHOTS];
} world;

/* ---- Answers as text ---- */

typedef struct text {
    char *at;
    size_t left;
} text;

static void append(text *out, const char *format, ...)
{
    va_list list;
    va_start(list, format);
    int count = vsnprintf(out->at, out->left, format, list);
    va_end(list);
    assert_true(count >= 0 && (size_t)count < out->left);
    out->at += count;
    out->left -= (size_t)count;
}

static void append_tie(text *out, const wp_tie *tie)
{
    append(out, " %u>%u %a %a %a %a %a %a %a %u %d %lld %u %u", tie->from, tie->to, tie->inbound,
           tie->outbound, tie->z, tie->strength, tie->trust, tie->stated, tie->p, tie->cost,
           (int)tie->tier, (long long)tie->last_contact_s, tie->messages_out, tie->messages_in);
}

static void append_paths(text *out, wp_txn *txn, const wp_path_query *query)
{
    wp_error err;
    wp_paths *paths = NULL;
    oracle_must(wp_paths_find(txn, query, &paths, &err), &err, "paths_find");
    append(out, "hops %u, plain %d, reach %a\n", query->hops_max, query->is_plain,
           wp_paths_reach(paths));
    for (size_t i = 0; i < wp_paths_count(paths); i++) {
        const wp_path *path = wp_paths_at(paths, i);
        append(out, "%" PRIu64 ":", path->cost);
        for (uint32_t j = 0; j < path->hops; j++) {
            append_tie(out, &path->ties[j]);
        }
        append(out, "\n");
    }
    wp_paths_free(paths);
}

static void append_reach(text *out, wp_txn *txn, const wp_reach_query *query)
{
    wp_error err;
    wp_reach *reach = NULL;
    oracle_must(wp_reach_find(txn, query, &reach, &err), &err, "reach_find");
    for (size_t i = 0; i < wp_reach_count(reach); i++) {
        const wp_reached *item = &wp_reach_items(reach)[i];
        append(out, " %u %u %" PRIu64, item->person, item->hops, item->cost);
    }
    append(out, "\n");
    wp_reach_free(reach);
}

static void append_ties(text *out, wp_txn *txn, wp_number person, int32_t day, bool is_inbound)
{
    wp_error err;
    wp_ties ties;
    oracle_must(wp_person_ties(txn, person, day, is_inbound, &ties, &err), &err, "person_ties");
    for (size_t i = 0; i < ties.count; i++) {
        append_tie(out, &ties.items[i]);
    }
    append(out, "\n");
    wp_ties_free(&ties);
}

/* What a snapshot says of two people, in many ways. */
static void answer_all(wp_txn *txn, wp_number source, wp_number target, int32_t day, char *answer)
{
    static const uint32_t HOPS[] = {1, 2, 3, 6, WP_HOPS_ANY};
    text out = {answer, ANSWER_BYTES};
    for (size_t i = 0; i < 2 * (sizeof HOPS / sizeof *HOPS); i++) {
        wp_path_query query = WP_PATH_QUERY_INIT;
        query.sources = &source;
        query.targets = &target;
        query.source_count = query.target_count = 1;
        query.day = day;
        query.hops_max = HOPS[i / 2];
        query.is_plain = i % 2 == 1;
        query.with_reach = true;
        append_paths(&out, txn, &query);
        wp_reach_query reach = reach_from(&source, day);
        reach.hops_max = HOPS[i / 2];
        reach.is_plain = query.is_plain;
        append_reach(&out, txn, &reach);
        reach.is_by_hops = true;
        append_reach(&out, txn, &reach);
    }
    append_ties(&out, txn, source, day, false);
    append_ties(&out, txn, target, day, true);
}

/* ---- Building ---- */

/* Everybody: each model in the middle of the border behind another segment. */
static void store_people(world *w, wp_db *db, bool is_first)
{
    wp_txn *txn = oracle_begin_write(db);
    wp_number last = 0;
    for (size_t i = 0; i < MODELS; i++) {
        oracle *model = w->histories[i].model;
        wp_number start = (wp_number)((i + 1) * SEGMENT_PEOPLE - model->people_count / 2);
        while (last + 1 < start) {
            last = oracle_put_indexed(txn, "filler", last);
        }
        wp_number before = model->people[0].number;
        oracle_store_people(model, txn);
        assert_true(is_first || model->people[0].number == before);
        last = model->people[model->people_count - 1].number;
    }
    oracle_commit(txn);
}

/* A model without ties yet. */
static oracle *make_model(random_source *random, size_t index)
{
    char name[32], key[ORACLE_KEY_BYTES];
    snprintf(name, sizeof name, "h%zu", index);
    oracle *model = oracle_new(name);
    size_t count = 4 + random_below(random, 8);
    for (size_t i = 0; i < count; i++) {
        snprintf(key, sizeof key, "%c-%zu-%zu", (char)('a' + random_below(random, 26)), index, i);
        (void)oracle_person_add(model, WP_IDENTITY_ID, key);
        model->people[i].is_us = random_chance(random, 0.3);
    }
    return model;
}

static void start(world *w, uint64_t stream)
{
    char name[32];
    int32_t today = (int32_t)(time(NULL) / ORACLE_DAY_S);
    memset(w, 0, sizeof *w);
    w->random = random_start(arguments.seed, stream);
    for (size_t i = 0; i < MODELS; i++) {
        w->histories[i].model = make_model(&w->random, i);
        w->histories[i].today = today;
    }
    w->histories[2].today = ORACLE_BASE_DAY;
    w->histories[3].today = today + 10000;
    snprintf(name, sizeof name, "grown%" PRIu64, stream);
    w->db = oracle_open_fresh(name);
    store_people(w, w->db, true);
}

/* ---- Steps ---- */

static void add_event(world *w, history *h, wp_txn *txn)
{
    static const wp_kind KINDS[] = {WP_KIND_MAIL,    WP_KIND_MAIL, WP_KIND_CALL,
                                    WP_KIND_MEETING, WP_KIND_LIKE, WP_KIND_CONNECTION};
    static const double VALENCES[] = {-1.0, -0.5, -0.05, 0.5, 1.0};
    random_source *random = &w->random;
    oracle *model = h->model;
    size_t from = random_below(random, model->people_count);
    oracle_recipient to = {random_below(random, model->people_count), WP_ROLE_TO};
    int64_t day = h->today + (random_chance(random, 0.5) ? random_between(random, -700, 60)
                                                         : random_between(random, -4, 2));
    oracle_event event = {KINDS[random_below(random, 6)],
                          day * ORACLE_DAY_S + random_between(random, 0, ORACLE_DAY_S - 1),
                          from,
                          &to,
                          1,
                          0.0,
                          ORACLE_NONE,
                          0};
    if (to.person == from) {
        return;
    }
    if (random_chance(random, 0.1)) {
        event.valence = VALENCES[random_below(random, 5)];
    }
    if (event.kind == WP_KIND_MAIL && random_chance(random, 0.05)) {
        event.flags = WP_INTERACTION_AUTOMATIC;
    }
    assert_true(oracle_store_event(model, txn, oracle_event_add(model, &event)));
}

static void state(history *h, wp_txn *txn, const oracle_stated *stated)
{
    wp_error err;
    const oracle_person *people = h->model->people;
    wp_stated_tie tie = {people[stated->from].number,
                         people[stated->to].number,
                         stated->has_cost,
                         stated->p,
                         stated->cost,
                         0};
    oracle_tie_state(h->model, stated);
    oracle_must(wp_stated_tie_put(txn, &tie, &err), &err, "stated_tie_put");
}

/* State, raise, lower or withdraw. */
static void state_some(world *w, history *h, wp_txn *txn)
{
    static const double P[] = {0.0, 0.01, 0.3, 0.5, 0.5, 0.98, 1.0};
    static const uint32_t COSTS[] = {20203, 20204, 20203, 100000, 700000, 200000000, 700000000};
    random_source *random = &w->random;
    size_t from = random_below(random, h->model->people_count);
    size_t to = random_below(random, h->model->people_count);
    oracle_stated stated = {from, to, random_chance(random, 0.4), P[random_below(random, 7)],
                            COSTS[random_below(random, 7)]};
    if (from != to) {
        state(h, txn, &stated);
    }
}

/* Withdraw all that is stated of a person. */
static void withdraw_all(world *w, history *h, wp_txn *txn)
{
    size_t person = random_below(&w->random, h->model->people_count);
    for (size_t i = 0; i < h->model->people_count; i++) {
        oracle_stated out = {person, i, false, 0.0, 0}, in = {i, person, false, 0.0, 0};
        if (i != person) {
            state(h, txn, &out);
            state(h, txn, &in);
        }
    }
}

static void decide(world *w, history *h, wp_txn *txn)
{
    wp_error err;
    wp_consent consent = WP_CONSENT_INIT;
    size_t person = random_below(&w->random, h->model->people_count);
    consent.person = h->model->people[person].number;
    consent.introductions = random_chance(&w->random, 0.3) ? WP_CHOICE_OUT : WP_CHOICE_IN;
    consent.contact = random_chance(&w->random, 0.1) ? WP_CHOICE_OUT : WP_CHOICE_IN;
    oracle_person_decide(h->model, person, consent.introductions, consent.contact);
    oracle_must(wp_consent_put(txn, &consent, &err), &err, "consent_put");
}

/* Have a segment written anew, by ties of people that no model knows. */
static void churn(world *w, wp_txn *txn)
{
    wp_number first = (wp_number)random_below(&w->random, MODELS) * SEGMENT_PEOPLE + 100;
    uint32_t cost = (uint32_t)random_between(&w->random, 20203, 900000);
    for (wp_number i = 0; i < CHURN_TIES; i++) {
        wp_error err;
        wp_stated_tie tie = {first + i, first + i + 1, true, 0.0, cost + i, 0};
        oracle_must(wp_stated_tie_put(txn, &tie, &err), &err, "stated_tie_put");
    }
}

static void change(world *w, history *h, wp_txn *txn)
{
    double choice = random_unit(&w->random);
    if (choice < 0.5) {
        add_event(w, h, txn);
    } else if (choice < 0.9) {
        state_some(w, h, txn);
    } else if (choice < 0.96) {
        decide(w, h, txn);
    } else {
        withdraw_all(w, h, txn);
    }
}

static int32_t pick_day(random_source *random, const history *h)
{
    static const int32_t AFTER[] = {-1, 0, 0, 1, 2, 30};
    size_t choice = random_below(random, 8);
    if (choice == 0) {
        return (int32_t)(WP_TIME_MAX / ORACLE_DAY_S);
    }
    if (choice < 4) {
        return h->today + AFTER[random_below(random, 6)];
    }
    return h->today + (int32_t)random_between(random, choice < 6 ? -750 : -5, 900);
}

static history *pick_history(world *w)
{
    return &w->histories[random_below(&w->random, MODELS)];
}

static wp_number pick_person(world *w, const history *h)
{
    return h->model->people[random_below(&w->random, h->model->people_count)].number;
}

/* One question each about ties, paths and reach. */
static bool ask_oracle(world *w, wp_txn *txn)
{
    wp_error err;
    oracle_query q;
    wp_paths *paths = NULL;
    wp_reach *reach = NULL;
    history *h = pick_history(w);
    oracle_graph *graph = oracle_graph_read(h->model, txn, pick_day(&w->random, h));
    bool is_right = oracle_check_ties(graph, 1e-5);
    oracle_random_query(&w->random, graph, &q);
    oracle_must(wp_paths_find(txn, &q.query, &paths, &err), &err, "paths_find");
    is_right = oracle_check_paths(graph, &q.query, paths) && is_right;
    wp_reach_query query = WP_REACH_QUERY_INIT;
    query.sources = q.query.sources;
    query.source_count = q.query.source_count;
    query.day = graph->day;
    query.hops_max = (uint32_t)random_below(&w->random, 7);
    query.is_plain = q.query.is_plain;
    query.is_by_hops = random_chance(&w->random, 0.3);
    oracle_must(wp_reach_find(txn, &query, &reach, &err), &err, "reach_find");
    is_right = oracle_check_reach(graph, &query, reach) && is_right;
    wp_paths_free(paths);
    wp_reach_free(reach);
    oracle_graph_free(graph);
    return is_right;
}

/* ---- Snapshots ---- */

/* Compare what an earlier snapshot says with what it said, and let go of it. */
static bool end_snapshot(snapshot *s)
{
    if (s->searched == NULL) {
        return true;
    }
    char *answer = oracle_alloc(ANSWER_BYTES, 1);
    answer_all(s->searched, s->source, s->target, s->day, answer);
    bool is_right = strcmp(answer, s->answer) == 0;
    answer_all(s->fresh, s->source, s->target, s->day, answer);
    is_right = is_right && strcmp(answer, s->answer) == 0;
    if (!is_right) {
        print_error("a snapshot said\n%s\nand says\n%s\n", s->answer, answer);
    }
    free(answer);
    free(s->answer);
    wp_abort(s->searched);
    wp_abort(s->fresh);
    *s = (snapshot){.searched = NULL};
    return is_right;
}

static void take_snapshot(world *w, snapshot *s)
{
    const history *h = pick_history(w);
    s->source = pick_person(w, h);
    s->target = pick_person(w, h);
    s->day = pick_day(&w->random, h);
    s->answer = oracle_alloc(ANSWER_BYTES, 1);
    s->searched = oracle_begin_read(w->db);
    s->fresh = oracle_begin_read(w->db);
    answer_all(s->searched, s->source, s->target, s->day, s->answer);
}

static bool step(world *w)
{
    wp_error err;
    wp_txn *txn = oracle_begin_write(w->db);
    size_t changes = random_below(&w->random, 12);
    for (size_t i = 0; i < changes; i++) {
        change(w, pick_history(w), txn);
    }
    if (random_chance(&w->random, 0.1)) {
        churn(w, txn);
    }
    oracle_commit(txn);
    if (random_chance(&w->random, 0.08)) {
        oracle_must(wp_compact(w->db, NULL, NULL, &err), &err, "compact");
    }
    bool is_right = true;
    if (random_chance(&w->random, 0.2)) {
        snapshot *s = &w->snapshots[random_below(&w->random, SNAPSHOTS)];
        is_right = end_snapshot(s);
        take_snapshot(w, s);
    }
    txn = oracle_begin_read(w->db);
    is_right = ask_oracle(w, txn) && is_right;
    wp_abort(txn);
    return is_right;
}

/* ---- A file built at once ---- */

/* A person who decided and took it back must be stored as such too, or ids alone would differ. */
static wp_db *build_at_once(world *w, uint64_t stream)
{
    char name[32];
    snprintf(name, sizeof name, "at_once%" PRIu64, stream);
    wp_db *db = oracle_open_fresh(name);
    store_people(w, db, false);
    wp_txn *txn = oracle_begin_write(db);
    for (size_t i = 0; i < MODELS; i++) {
        const oracle *model = w->histories[i].model;
        for (size_t j = 0; j < model->event_count; j++) {
            assert_true(oracle_store_event(model, txn, j));
        }
        oracle_store_stated(model, txn);
        oracle_store_consent(model, txn);
    }
    oracle_commit(txn);
    return db;
}

static bool is_same(world *w, wp_txn *a, wp_txn *b)
{
    char *answers[2] = {oracle_alloc(ANSWER_BYTES, 1), oracle_alloc(ANSWER_BYTES, 1)};
    bool is_right = true;
    for (size_t i = 0; i < 40 && is_right; i++) {
        const history *h = pick_history(w);
        wp_number source = pick_person(w, h), target = pick_person(w, h);
        int32_t day = pick_day(&w->random, h);
        answer_all(a, source, target, day, answers[0]);
        answer_all(b, source, target, day, answers[1]);
        is_right = strcmp(answers[0], answers[1]) == 0;
        if (!is_right) {
            print_error("%u to %u on day %d: grown\n%s\nat once\n%s\n", source, target, day,
                        answers[0], answers[1]);
        }
    }
    free(answers[0]);
    free(answers[1]);
    return is_right;
}

/* What grew in many steps against what was written at once, in the overlay and folded. */
static bool compare_at_once(world *w, uint64_t stream)
{
    wp_error err;
    wp_db *other = build_at_once(w, stream);
    bool is_right = true;
    for (int i = 0; i < 2; i++) {
        wp_txn *a = oracle_begin_read(w->db), *b = oracle_begin_read(other);
        is_right = is_same(w, a, b) && is_right;
        wp_abort(a);
        wp_abort(b);
        oracle_must(wp_compact(i == 0 ? other : w->db, NULL, NULL, &err), &err, "compact");
    }
    wp_close(other);
    return is_right;
}

static bool finish(world *w, uint64_t stream)
{
    wp_error err;
    uint64_t faults = 0;
    bool is_right = compare_at_once(w, stream);
    for (size_t i = 0; i < SNAPSHOTS; i++) {
        is_right = end_snapshot(&w->snapshots[i]) && is_right;
    }
    wp_txn *txn = oracle_begin_read(w->db);
    oracle_must(wp_check(txn, true, NULL, NULL, &faults, &err), &err, "check");
    wp_abort(txn);
    wp_close(w->db);
    for (size_t i = 0; i < MODELS; i++) {
        oracle_free(w->histories[i].model);
    }
    return is_right && faults == 0;
}

static void queries__are_those_of_the_facts_however_they_were_written(void **unused)
{
    (void)unused;
    uint64_t files = (arguments.cases + STEPS - 1) / STEPS;
    size_t wrong = 0;
    for (uint64_t i = 0; i < files && wrong == 0; i++) {
        world w;
        start(&w, i);
        for (size_t j = 0; j < STEPS && wrong == 0; j++) {
            if (!step(&w)) {
                print_error("seed %" PRIu64 ", day %d, file %" PRIu64 ", step %zu\n",
                            arguments.seed, w.histories[0].today, i, j);
                wrong++;
            }
        }
        wrong += !finish(&w, i);
    }
    assert_int_equal(wrong, 0);
}

int main(int argc, char **argv)
{
    if (!random_arguments_read(argc, argv, &arguments)) {
        return 2;
    }
    printf("day %lld\n", (long long)(time(NULL) / ORACLE_DAY_S));
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(queries__are_those_of_the_facts_however_they_were_written),
    };
    return scratch_end(cmocka_run_group_tests(tests, NULL, NULL));
}
