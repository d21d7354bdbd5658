/*
 * Information barriers compared with the oracle.
 *
 * Small random graphs, each with up to six random barriers that overlap, between people, companies
 * and teams of people and companies, sometimes with everybody on some side. Paths must be those of
 * the enumeration of all simple paths without the ones that touch both sides of a barrier; whoever
 * is reached, and how, must be what the enumeration says of each person alone; ties from one side
 * to the other do not exist.
 *
 * The barriers of a graph are put up in a write transaction that is aborted after its questions,
 * so that all graphs share one file. A case is one path query: `--cases N`.
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

#include <cmocka.h>

#define CASES_PER_GRAPH 10

static random_arguments arguments = {1, 1000};

/* What was asked, for the line at the end. */
typedef struct tally {
    size_t cases;
    size_t changed; /* paths that a barrier took away or replaced */
    size_t reached;
    size_t sides[4]; /* by kind, a group with a company last */
} tally;

#define SIDE_GROUP_OF_STAFF 3 /* in the tally */

static wp_number new_company(wp_txn *txn, const char *id)
{
    wp_error err;
    wp_identity identity = {WP_IDENTITY_COMPANY_ID, id};
    wp_company_facts facts = facts_of_company(&identity);
    wp_number company = 0;
    oracle_must(wp_company_put(txn, &facts, &company, NULL, &err), &err, "company_put");
    return company;
}

/* A company at which several work. */
static wp_number draw_company(random_source *random, const oracle *model, wp_txn *txn,
                              const char *id, bool *has)
{
    wp_number company = new_company(txn, id);
    double share = 0.1 + 0.5 * random_unit(random);
    for (size_t i = 0; i < model->people_count; i++) {
        wp_employment employment = {.person = model->people[i].number,
                                    .company = company,
                                    .from_day = WP_DAY_NONE,
                                    .to_day = WP_DAY_NONE};
        wp_error err;
        if (!random_chance(random, share))
            continue;
        oracle_must(wp_employment_put(txn, &employment, &err), &err, "employment_put");
        has[i] = true;
    }
    return company;
}

static void join(wp_txn *txn, wp_number group, wp_side_kind kind, wp_number number)
{
    wp_error err;
    wp_member member = {group, {kind, number}, 0};
    oracle_must(wp_member_put(txn, &member, true, &err), &err, "member_put");
}

/* A team of people who are named, perhaps of nobody. */
static wp_number draw_group(random_source *random, const oracle *model, wp_txn *txn, const char *id,
                            bool *has)
{
    char name[40];
    wp_number group = 0;
    wp_error err;
    double share = 0.4 * random_unit(random);
    snprintf(name, sizeof name, "team:%s", id);
    oracle_must(wp_group_put(txn, name, &group, NULL, &err), &err, "group_put");
    for (size_t i = 0; i < model->people_count; i++)
        if (random_chance(random, share)) {
            join(txn, group, WP_SIDE_PERSON, model->people[i].number);
            has[i] = true;
        }
    return group;
}

/* A side that is one person, a company at which several work, or a team, of which a company may be
 * a member, too. */
static wp_side draw_side(random_source *random, const oracle *model, wp_txn *txn, const char *id,
                         bool *has, tally *done)
{
    wp_side side = {(wp_side_kind)(1 + random_below(random, 3)), 0};
    bool has_staff = side.kind == WP_SIDE_GROUP && random_chance(random, 0.5);
    if (side.kind == WP_SIDE_PERSON) {
        size_t who = random_below(random, model->people_count);
        has[who] = true;
        side.number = model->people[who].number;
    } else if (side.kind == WP_SIDE_COMPANY) {
        side.number = draw_company(random, model, txn, id, has);
    } else {
        side.number = draw_group(random, model, txn, id, has);
    }
    if (has_staff)
        join(txn, side.number, WP_SIDE_COMPANY, draw_company(random, model, txn, id, has));
    done->sides[has_staff ? SIDE_GROUP_OF_STAFF : side.kind - WP_SIDE_PERSON]++;
    return side;
}

/* Put up random barriers; the graph learns of them. */
static void draw_barriers(random_source *random, const oracle *model, wp_txn *txn,
                          oracle_graph *graph, tally *done)
{
    size_t count = 1 + random_below(random, ORACLE_BARRIERS_MAX);
    for (size_t i = 0; i < count; i++) {
        oracle_barrier *barrier = &graph->barriers[graph->barrier_count];
        char ids[2][32];
        wp_barrier stated = {.source = 0};
        for (int side = 0; side < 2; side++) {
            snprintf(ids[side], sizeof ids[side], "side %zu %d", i, side);
            *(side == 0 ? &stated.a : &stated.b) =
                draw_side(random, model, txn, ids[side], barrier->has[side], done);
        }
        wp_error err;
        wp_status status = wp_barrier_put(txn, &stated, true, &err);
        if (status == WP_EINVAL) { /* one person twice */
            *barrier = (oracle_barrier){{{false}, {false}}};
            continue;
        }
        oracle_must(status, &err, "barrier_put");
        graph->barrier_count++;
    }
}

/* Whether a tie leads from one side of a barrier to the other. */
static bool is_across(const oracle_graph *graph, size_t from, size_t to)
{
    bool is_hidden = false;
    for (size_t i = 0; i < graph->barrier_count; i++) {
        const oracle_barrier *barrier = &graph->barriers[i];
        is_hidden |= (barrier->has[0][from] || barrier->has[0][to]) &&
                     (barrier->has[1][from] || barrier->has[1][to]);
    }
    return is_hidden;
}

/* Asks from one side to the other are not seen, so they are no load. */
static void hide_asks(oracle_graph *graph)
{
    bool is_hidden[ORACLE_PATH_PEOPLE_MAX];
    size_t count = graph->model->people_count;
    for (size_t to = 0; to < count; to++) {
        for (size_t from = 0; from < count; from++)
            is_hidden[from] = is_across(graph, from, to);
        graph->loads[to] = oracle_load(graph->model, to, graph->day, is_hidden);
    }
}

/* The same graph as if there were no barriers. */
static bool has_changed(oracle_graph *graph, const wp_path_query *query)
{
    oracle_answer with, without;
    size_t barriers = graph->barrier_count;
    oracle_paths_find(graph, query, &with);
    graph->barrier_count = 0;
    oracle_paths_find(graph, query, &without);
    graph->barrier_count = barriers;
    bool is_changed = with.count != without.count;
    for (size_t i = 0; i < with.count && !is_changed; i++)
        is_changed = with.paths[i].cost != without.paths[i].cost;
    oracle_answer_free(&with);
    oracle_answer_free(&without);
    return is_changed;
}

static bool check_paths(wp_txn *txn, oracle_graph *graph, const wp_path_query *query, tally *done)
{
    wp_error err;
    wp_paths *paths = NULL;
    oracle_must(wp_paths_find(txn, query, &paths, &err), &err, "paths_find");
    bool is_right = oracle_check_paths(graph, query, paths);
    wp_paths_free(paths);
    done->cases++;
    done->changed += has_changed(graph, query);
    return is_right;
}

/* What the enumeration says of one person: cost and hops; by hops, the fewest. */
static oracle_best expect_reached(const oracle_graph *graph, const wp_reach_query *query,
                                  wp_number person)
{
    oracle_best best = {UINT64_MAX, 0};
    wp_path_query one = WP_PATH_QUERY_INIT;
    one.sources = query->sources;
    one.source_count = query->source_count;
    one.targets = &person;
    one.target_count = 1;
    one.k = 1;
    one.p_min = query->p_min;
    one.is_plain = query->is_plain;
    one.score_min = query->is_by_hops ? 0.0 : query->score_min;
    one.hops_max = query->is_by_hops ? 1 : query->hops_max;
    uint32_t most = query->hops_max == WP_HOPS_ANY ? ORACLE_PATH_PEOPLE_MAX : query->hops_max;
    for (; best.cost == UINT64_MAX; one.hops_max++) {
        oracle_answer answer;
        oracle_paths_find(graph, &one, &answer);
        if (answer.count > 0)
            best = (oracle_best){query->is_by_hops ? 0 : answer.paths[0].cost,
                                 query->is_by_hops ? one.hops_max : answer.paths[0].hops};
        oracle_answer_free(&answer);
        if (!query->is_by_hops || one.hops_max >= most)
            break;
    }
    return best;
}

static bool is_source(const wp_reach_query *query, wp_number person)
{
    bool is_one = false;
    for (size_t i = 0; i < query->source_count; i++)
        is_one |= query->sources[i] == person;
    return is_one;
}

static bool check_reach(wp_txn *txn, const oracle_graph *graph, const wp_reach_query *query,
                        tally *done)
{
    wp_error err;
    wp_reach *reach = NULL;
    size_t found = 0, wrong = 0;
    oracle_must(wp_reach_find(txn, query, &reach, &err), &err, "reach_find");
    for (size_t i = 0; i < graph->model->people_count; i++) {
        wp_number person = graph->model->people[i].number;
        const wp_reached *seen = NULL;
        if (is_source(query, person))
            continue;
        for (size_t j = 0; j < wp_reach_count(reach); j++)
            if (wp_reach_items(reach)[j].person == person)
                seen = &wp_reach_items(reach)[j];
        oracle_best want = expect_reached(graph, query, person);
        found += seen != NULL;
        wrong += (seen == NULL) != (want.cost == UINT64_MAX);
        wrong += seen != NULL && (seen->cost != want.cost || seen->hops != want.hops);
    }
    wrong += found != wp_reach_count(reach);
    done->reached += found;
    wp_reach_free(reach);
    return wrong == 0;
}

/* No tie from one side to the other is shown. */
static bool check_ties(wp_txn *txn, const oracle_graph *graph)
{
    size_t wrong = 0;
    for (size_t i = 0; i < graph->edge_count; i++) {
        const oracle_edge *edge = &graph->edges[i];
        wp_tie tie;
        wp_status status = wp_tie_get(txn, edge->tie.from, edge->tie.to, graph->day, &tie, NULL);
        wrong += (status == WP_ENOTFOUND) != is_across(graph, edge->from, edge->to);
    }
    return wrong == 0;
}

static bool check_case(wp_txn *txn, oracle_graph *graph, random_source *random, tally *done)
{
    oracle_query q;
    oracle_random_query(random, graph, &q);
    wp_reach_query reach = WP_REACH_QUERY_INIT;
    reach.sources = q.sources;
    reach.source_count = q.query.source_count;
    reach.day = q.query.day;
    reach.hops_max = (uint32_t)random_below(random, 5);
    reach.p_min = q.query.p_min;
    reach.score_min = q.query.score_min;
    reach.is_plain = q.query.is_plain;
    reach.is_by_hops = random_chance(random, 0.3);
    bool is_right = check_paths(txn, graph, &q.query, done);
    if (!check_reach(txn, graph, &reach, done)) {
        print_error("reach differs, hops_max %u, by hops %d\n", reach.hops_max, reach.is_by_hops);
        is_right = false;
    }
    if (!is_right) {
        oracle_dump_graph(graph);
        oracle_dump_query(graph, &q.query);
    }
    return is_right;
}

static size_t check_model(wp_db *db, const oracle *model, size_t index, tally *done)
{
    size_t wrong = 0;
    random_source random = random_start(arguments.seed + 7, index);
    wp_txn *txn = oracle_begin_write(db);
    oracle_store_defaults(model, txn);
    oracle_graph *graph = oracle_graph_read(model, txn, oracle_random_day(&random, model));
    draw_barriers(&random, model, txn, graph, done);
    hide_asks(graph);
    wrong += !check_ties(txn, graph);
    for (size_t i = 0; i < CASES_PER_GRAPH; i++) {
        if (!check_case(txn, graph, &random, done)) {
            print_error("seed %" PRIu64 ", graph %zu, case %zu\n\n", arguments.seed, index, i);
            wrong++;
        }
    }
    oracle_graph_free(graph);
    wp_abort(txn);
    return wrong;
}

static void barriers__leave_the_paths_of_the_enumeration_that_touch_one_side(void **unused)
{
    (void)unused;
    oracle_world w;
    tally done = {.cases = 0};
    size_t wrong = 0;
    oracle_world_make(&w, arguments.seed + 6,
                      (size_t)(arguments.cases + CASES_PER_GRAPH - 1) / CASES_PER_GRAPH);
    wp_db *db = oracle_world_store(&w, "barriers");
    for (size_t i = 0; i < w.count && wrong < 5; i++)
        wrong += check_model(db, w.models[i], i, &done);
    wp_close(db);
    printf("%zu graphs, %zu path queries, %zu of them changed by a barrier; %zu people reached\n",
           w.count, done.cases, done.changed, done.reached);
    printf("sides: %zu people, %zu companies, %zu teams of people, %zu of a company, too\n",
           done.sides[0], done.sides[1], done.sides[2], done.sides[3]);
    oracle_world_free(&w);
    assert_int_equal(wrong, 0);
    assert_true(done.changed > done.cases / 20);
    for (size_t i = 0; i < 4; i++)
        assert_true(done.sides[i] > done.cases / 40);
}

int main(int argc, char **argv)
{
    if (!random_arguments_read(argc, argv, &arguments)) {
        return 2;
    }
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(barriers__leave_the_paths_of_the_enumeration_that_touch_one_side),
    };
    return scratch_end(cmocka_run_group_tests(tests, NULL, NULL));
}
