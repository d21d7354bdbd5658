/*
 * What a viewer sees is the graph in which the hidden does not exist.
 *
 * Two files hold the same small random graphs. The first one also has ties that are private, some
 * with two owners; the second one never had those that a viewer may not see: the others are put in
 * for the questions of that viewer, and the transaction is aborted. Everything that can be asked of
 * the two must then be answered alike: paths with all their figures, reach, neighbours, every
 * person's ties, every tie, explanations, and searches by name with who of us knows somebody.
 * Numbers agree, since people are stored alike.
 *
 * A case is one viewer with one path query and all the rest: `--cases N`.
 */
#include "answers.h"
#include "facts.h"
#include "oracle_random.h"
#include "oracle_store.h"
#include "oracle_world.h"
#include "scratch.h"

#include <inttypes.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define CASES_PER_GRAPH 6
#define SECRETS_MAX 6

static random_arguments arguments = {1, 200};

/* A private tie. */
typedef struct secret {
    size_t person;
    size_t owner;
    bool has_two_owners;
    double p;
} secret;

static void say_paths(answers *out, wp_txn *txn, const wp_path_query *query)
{
    wp_error err;
    wp_paths *paths = NULL;
    oracle_must(wp_paths_find(txn, query, &paths, &err), &err, "paths_find");
    answers_say_paths(out, paths);
    wp_paths_free(paths);
}

static void say_reach(answers *out, wp_txn *txn, const wp_path_query *like, bool is_by_hops)
{
    wp_error err;
    wp_reach *reach = NULL;
    wp_reach_query query = answers_reach_query(like, is_by_hops);
    oracle_must(wp_reach_find(txn, &query, &reach, &err), &err, "reach_find");
    answers_say_reached(out, reach);
    wp_reach_free(reach);
}

static void say_explanation(answers *out, wp_txn *txn, wp_number from, wp_number to, int32_t day)
{
    wp_explanation *found = NULL;
    wp_tie tie;
    wp_error err = {WP_OK, ""};
    wp_status status = wp_tie_get(txn, from, to, day, &tie, &err);
    answers_say(out, "tie %u>%u %s %s\n", from, to, wp_status_name(status),
                status == WP_OK ? "" : err.message);
    if (status == WP_OK)
        answers_say_tie(out, &tie);
    assert_int_equal(wp_explain(txn, from, to, day, &found, NULL), status);
    for (size_t i = 0; found != NULL && i < found->count; i++)
        answers_say(out, " %d %" PRId64 " %.17g\n", (int)found->items[i].kind,
                    found->items[i].time_s, found->items[i].contribution);
    wp_explanation_free(found);
}

static bool is_of_model(const oracle *model, wp_number number)
{
    bool is_any = false;
    for (size_t i = 0; i < model->people_count; i++)
        is_any |= model->people[i].number == number;
    return is_any;
}

/* Names alike in other graphs are found as well; of their secrets this viewer is not told here. */
static void say_person(answers *out, wp_txn *txn, const oracle *model, const oracle_person *person,
                       int32_t day)
{
    wp_error err;
    wp_ties ties;
    wp_matches matches;
    wp_neighbour next[ORACLE_PATH_PEOPLE_MAX];
    wp_find_query query = WP_FIND_QUERY_INIT;
    for (int is_inbound = 0; is_inbound < 2; is_inbound++) {
        size_t count = 0;
        oracle_must(wp_person_ties(txn, person->number, day, is_inbound != 0, &ties, &err), &err,
                    "person_ties");
        for (size_t i = 0; i < ties.count; i++)
            answers_say_tie(out, &ties.items[i]);
        wp_ties_free(&ties);
        oracle_must(wp_neighbours(txn, person->number, day, is_inbound != 0, WP_COST_NONE - 1, next,
                                  ORACLE_PATH_PEOPLE_MAX, &count, &err),
                    &err, "neighbours");
        uint64_t sum = 0; /* their order is not promised */
        for (size_t i = 0; i < count; i++)
            sum += (uint64_t)next[i].person * next[i].person + next[i].cost;
        answers_say(out, "neighbours %zu %" PRIu64 "\n", count, sum);
    }
    query.text = person->key;
    query.day = day;
    query.limit = 100;
    oracle_must(wp_find_on(txn, &query, &matches, &err), &err, "find");
    for (size_t i = 0; i < matches.count; i++)
        if (is_of_model(model, matches.items[i].number))
            answers_say(out, "match %u %.17g by %u %.17g\n", matches.items[i].number,
                        matches.items[i].score, matches.items[i].known_by, matches.items[i].p);
    wp_matches_free(&matches);
}

/* Ask everything. */
static void ask(answers *out, wp_txn *txn, const oracle *model, const wp_path_query *query)
{
    out->used = 0;
    say_paths(out, txn, query);
    say_reach(out, txn, query, false);
    say_reach(out, txn, query, true);
    for (size_t i = 0; i < model->people_count; i++) {
        say_person(out, txn, model, &model->people[i], query->day);
        for (size_t j = 0; j < model->people_count; j++)
            if (i != j)
                say_explanation(out, txn, model->people[i].number, model->people[j].number,
                                query->day);
    }
}

static bool has_edge(const oracle_graph *graph, size_t a, size_t b)
{
    bool is_any = a == b;
    for (size_t i = 0; i < graph->edge_count; i++)
        is_any |= (graph->edges[i].from == a && graph->edges[i].to == b) ||
                  (graph->edges[i].from == b && graph->edges[i].to == a);
    return is_any;
}

/* Draw secrets between people who have nothing else between them. */
static size_t draw_secrets(random_source *random, const oracle_graph *graph, secret *secrets)
{
    size_t count = 0, people = graph->model->people_count;
    for (size_t tries = 0; tries < 30 && count < SECRETS_MAX; tries++) {
        secret at = {random_below(random, people), random_below(random, people),
                     random_chance(random, 0.2), 0.1 + 0.8 * random_unit(random)};
        bool is_free = !has_edge(graph, at.person, at.owner);
        for (size_t i = 0; i < count; i++)
            is_free &= !((secrets[i].person == at.person && secrets[i].owner == at.owner) ||
                         (secrets[i].person == at.owner && secrets[i].owner == at.person));
        if (is_free)
            secrets[count++] = at;
    }
    return count;
}

/* A stated tie both ways and a mail each way. */
static void store_tie(wp_txn *txn, const oracle *model, const secret *at, size_t index)
{
    wp_error err;
    wp_number ends[2] = {model->people[at->person].number, model->people[at->owner].number};
    for (int i = 0; i < 2; i++) {
        char id[96];
        wp_stated_tie tie = {.from = ends[i], .to = ends[!i], .p = at->p};
        wp_participant to = {ends[!i], WP_ROLE_TO};
        snprintf(id, sizeof id, "secret-%s-%zu-%d", model->name, index, i);
        wp_interaction mail =
            facts_of_mail(id, (ORACLE_BASE_DAY - 40 - (int64_t)index) * ORACLE_DAY_S, ends[i], &to);
        oracle_must(wp_stated_tie_put(txn, &tie, &err), &err, "stated_tie_put");
        oracle_must(wp_interaction_put(txn, &mail, NULL, &err), &err, "interaction_put");
    }
}

static void store_secret(wp_txn *txn, const oracle *model, const secret *at, size_t index)
{
    wp_error err;
    wp_number person = model->people[at->person].number, owner = model->people[at->owner].number;
    wp_private kept = {person, owner, 0, false}, also = {owner, person, 0, false};
    store_tie(txn, model, at, index);
    oracle_must(wp_private_put(txn, &kept, true, &err), &err, "private_put");
    if (at->has_two_owners)
        oracle_must(wp_private_put(txn, &also, true, &err), &err, "private_put");
}

/* Somebody, more often an owner; ORACLE_NONE: everybody's view, ORACLE_UNKNOWN: to audit. */
static size_t draw_viewer(random_source *random, const oracle *model, const secret *secrets,
                          size_t count)
{
    switch (random_below(random, 6)) {
    case 0:
    case 1:
        return ORACLE_NONE;
    case 2:
        return ORACLE_UNKNOWN;
    case 3:
        return random_below(random, model->people_count);
    }
    return count == 0 ? ORACLE_NONE : secrets[random_below(random, count)].owner;
}

static bool may_see(const secret *at, size_t viewer)
{
    return viewer == ORACLE_UNKNOWN || viewer == at->owner ||
           (at->has_two_owners && viewer == at->person);
}

typedef struct pair_of_files {
    wp_db *full;  /* has what is hidden */
    wp_db *plain; /* never had it */
    answers of_full;
    answers of_plain;
    size_t cases;
    size_t hidden;   /* cases in which something was */
    size_t withheld; /* introductions that the right to audit was told of */
} pair_of_files;

/* What the right to audit is told fits what everybody sees: an introduction that is among the best
 * without any policy, and is shown, is among the best with it. Counts those withheld. */
static bool check_withheld(pair_of_files *files, wp_txn *full, const wp_path_query *query)
{
    wp_error err;
    wp_withheld counts;
    wp_paths *paths = NULL;
    oracle_must(wp_txn_use_viewer(full, WP_VIEW_SHARED, &err), &err, "use_viewer");
    oracle_must(wp_paths_find(full, query, &paths, &err), &err, "paths_find");
    assert_int_equal(wp_paths_withheld(full, query, &counts, NULL), WP_EACCESS);
    assert_int_equal(counts.shown, 0);
    size_t seen = wp_paths_count(paths);
    wp_paths_free(paths);
    oracle_must(wp_txn_use_viewer(full, WP_VIEW_ALL, &err), &err, "use_viewer");
    oracle_must(wp_paths_withheld(full, query, &counts, &err), &err, "paths_withheld");
    size_t withheld = counts.by_contact + counts.by_opt_out + counts.by_private + counts.by_barrier;
    files->withheld += withheld;
    if (counts.shown + withheld > query->k ||
        (withheld == 0 && query->diverse >= 1.0 && query->via == 0 && counts.shown != seen))
        return false;
    return query->diverse < 1.0 || query->via != 0 || counts.shown <= seen;
}

static bool check_viewer(pair_of_files *files, const oracle *model, wp_txn *full,
                         const secret *secrets, size_t count, size_t viewer,
                         const wp_path_query *query)
{
    wp_error err;
    wp_txn *plain = oracle_begin_write(files->plain);
    oracle_store_defaults(model, plain);
    uint32_t as = viewer == ORACLE_NONE      ? WP_VIEW_SHARED
                  : viewer == ORACLE_UNKNOWN ? WP_VIEW_ALL
                                             : model->people[viewer].number;
    size_t hidden = 0;
    for (size_t i = 0; i < count; i++) {
        if (may_see(&secrets[i], viewer))
            store_tie(plain, model, &secrets[i], i);
        else
            hidden++;
    }
    oracle_must(wp_txn_use_viewer(full, as, &err), &err, "use_viewer");
    ask(&files->of_full, full, model, query);
    ask(&files->of_plain, plain, model, query);
    wp_abort(plain);
    files->cases++;
    files->hidden += hidden > 0;
    return answers_agree(&files->of_full, &files->of_plain);
}

static size_t check_model(pair_of_files *files, const oracle *model, size_t index)
{
    secret secrets[SECRETS_MAX];
    size_t wrong = 0;
    random_source random = random_start(arguments.seed + 9, index);
    wp_txn *full = oracle_begin_write(files->full);
    oracle_store_defaults(model, full);
    oracle_graph *graph = oracle_graph_read(model, full, oracle_random_day(&random, model));
    size_t count = draw_secrets(&random, graph, secrets);
    for (size_t i = 0; i < count; i++)
        store_secret(full, model, &secrets[i], i);
    oracle_commit(full);
    full = oracle_begin_read(files->full); /* keeps what it knows of a viewer */
    for (size_t i = 0; i < CASES_PER_GRAPH; i++) {
        oracle_query q;
        oracle_random_query(&random, graph, &q);
        size_t viewer = draw_viewer(&random, model, secrets, count);
        if (!check_withheld(files, full, &q.query) ||
            !check_viewer(files, model, full, secrets, count, viewer, &q.query)) {
            print_error("seed %" PRIu64 ", graph %zu, case %zu\n", arguments.seed, index, i);
            wrong++;
        }
    }
    oracle_graph_free(graph);
    wp_abort(full);
    return wrong;
}

static void viewers__see_the_graph_in_which_the_hidden_never_was(void **unused)
{
    (void)unused;
    oracle_world w, same;
    size_t wrong = 0;
    size_t graphs = (size_t)(arguments.cases + CASES_PER_GRAPH - 1) / CASES_PER_GRAPH;
    oracle_world_make(&w, arguments.seed + 8, graphs);
    oracle_world_make(&same, arguments.seed + 8, graphs);
    pair_of_files files = {.full = oracle_world_store(&w, "full"),
                           .plain = oracle_world_store(&same, "plain")};
    answers_begin(&files.of_full);
    answers_begin(&files.of_plain);
    for (size_t i = 0; i < w.count && wrong < 5; i++)
        wrong += check_model(&files, w.models[i], i);
    printf("%zu graphs, %zu viewers, from %zu of them something was hidden; %zu introductions "
           "withheld\n",
           w.count, files.cases, files.hidden, files.withheld);
    answers_free(&files.of_full);
    answers_free(&files.of_plain);
    wp_close(files.full);
    wp_close(files.plain);
    oracle_world_free(&w);
    oracle_world_free(&same);
    assert_int_equal(wrong, 0);
    assert_true(files.hidden > files.cases / 4);
    assert_true(files.withheld > files.cases / 20);
}

int main(int argc, char **argv)
{
    if (!random_arguments_read(argc, argv, &arguments)) {
        return 2;
    }
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(viewers__see_the_graph_in_which_the_hidden_never_was),
    };
    return scratch_end(cmocka_run_group_tests(tests, NULL, NULL));
}
