/*
 * Sharing, groups, private people and private ties: what a viewer sees is the graph in which the
 * hidden does not exist.
 *
 * Two files hold the same people. The full one also has all ties and a random policy: whom people
 * share with (by one or two sources), groups of people and companies, defaults, whether sharing is
 * mutual, ties and people that are private. Into the plain one, which has no policy, the ties are
 * put that a viewer may see by the rules of the documentation, written down here as slowly and
 * plainly as possible; the transaction is aborted afterwards. Everything that can be asked must be
 * answered alike. Barriers are put up in both. Who is hidden has a number in the plain file, too,
 * so that numbers agree; of them the full one must say what it says of a number that was never
 * given out, and a company that only they make known must not be there.
 *
 * A case is one viewer with one path query and all the rest: `--cases N`.
 */
#include "answers.h"
#include "oracle_db.h"
#include "oracle_store.h"
#include "policy_net.h"
#include "random.h"
#include "scratch.h"

#include <inttypes.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define CASES_PER_GRAPH 8

static random_arguments arguments = {1, 160};

/* --- asking --- */

typedef struct asked {
    answers said;
    const policy_net *n;
    size_t viewer;
    bool is_plain; /* says what must be said of whom is hidden */
} asked;

/* The status of a call, with the message of a failure. */
static void say_status(asked *out, const char *what, wp_status status, const wp_error *err)
{
    answers_say(&out->said, "%s %s %s\n", what, wp_status_name(status),
                status == WP_OK ? "" : err->message);
}

/* What is said of somebody who is not there; false: the question is to be asked. */
static bool say_nobody(asked *out, const char *what, size_t who)
{
    if (!out->is_plain || !policy_net_hides(out->n, who, out->viewer))
        return false;
    answers_say(&out->said, "%s WP_ENOTFOUND no person has number %u\n", what,
                out->n->people[who].number);
    return true;
}

static bool is_of_net(const policy_net *n, wp_number number)
{
    bool is_any = false;
    for (size_t i = 0; i < n->people_count; i++)
        is_any |= n->people[i].number == number;
    return is_any;
}

/* Lists of people are those of the net without who is hidden. */
static void say_people(asked *out, const char *what, const wp_numbers *people)
{
    answers_say(&out->said, "%s", what);
    for (size_t i = 0; i < people->count; i++) {
        bool is_left_out = !is_of_net(out->n, people->items[i]);
        for (size_t j = 0; out->is_plain && j < out->n->people_count; j++)
            is_left_out |= out->n->people[j].number == people->items[i] &&
                           policy_net_hides(out->n, j, out->viewer);
        if (!is_left_out)
            answers_say(&out->said, " %u", people->items[i]);
    }
    answers_say(&out->said, "\n");
}

static void say_lists(asked *out, wp_txn *txn, int32_t day)
{
    wp_error err;
    wp_numbers people;
    const policy_net *n = out->n;
    oracle_must(wp_us_people(txn, day, &people, &err), &err, "us_people");
    say_people(out, "us", &people);
    wp_numbers_free(&people);
    for (size_t i = 0; i < POLICY_FIRMS; i++) {
        oracle_must(wp_company_people(txn, n->firms[i], day, &people, &err), &err, "people");
        say_people(out, "firm", &people);
        wp_numbers_free(&people);
    }
    for (size_t i = 0; i < POLICY_GROUPS; i++) {
        oracle_must(wp_group_people(txn, n->groups[i], day, &people, &err), &err, "group_people");
        say_people(out, "group", &people);
        wp_numbers_free(&people);
    }
    for (int i = 0; i < POLICY_DOMAINS; i++) {
        char domain[64];
        wp_number company = 0;
        wp_identity identity = {WP_IDENTITY_DOMAIN, domain};
        snprintf(domain, sizeof domain, "d%d.g%zu.example", i, n->index);
        wp_status status = wp_identity_find(txn, &identity, &company, &err);
        if (out->is_plain && policy_net_hides_domain(n, i, out->viewer))
            answers_say(&out->said, "domain WP_ENOTFOUND nobody has the identity\n");
        else
            say_status(out, "domain", status, &err);
    }
}

static void say_matches(asked *out, wp_txn *txn, size_t who, int32_t day)
{
    wp_error err;
    wp_matches matches;
    char text[64];
    wp_find_query query = WP_FIND_QUERY_INIT;
    snprintf(text, sizeof text, "p%zu-g%zu", who, out->n->index);
    query.text = text;
    query.day = day;
    query.limit = 1000;
    oracle_must(wp_find_on(txn, &query, &matches, &err), &err, "find");
    for (size_t i = 0; i < matches.count; i++) {
        const wp_match *at = &matches.items[i];
        bool is_left_out = at->is_company || !is_of_net(out->n, at->number);
        for (size_t j = 0; out->is_plain && j < out->n->people_count; j++)
            is_left_out |=
                out->n->people[j].number == at->number && policy_net_hides(out->n, j, out->viewer);
        if (!is_left_out)
            answers_say(&out->said, "match %u %.17g by %u %.17g\n", at->number, at->score,
                        at->known_by, at->p);
    }
    wp_matches_free(&matches);
}

static void say_record(asked *out, wp_txn *txn, size_t who, int32_t day)
{
    wp_error err;
    wp_person found;
    wp_numbers numbers;
    char id[64];
    wp_number number = out->n->people[who].number;
    wp_identity identity = {WP_IDENTITY_ID, id};
    snprintf(id, sizeof id, "p%zu-g%zu", who, out->n->index);
    if (out->is_plain && policy_net_hides(out->n, who, out->viewer)) {
        answers_say(&out->said, "identity WP_ENOTFOUND nobody has the identity 0\n");
    } else {
        wp_number by_id = 0;
        wp_status status = wp_identity_find(txn, &identity, &by_id, &err);
        answers_say(&out->said, "identity %s %s %u\n", wp_status_name(status),
                    status == WP_OK ? "" : err.message, by_id);
    }
    if (!say_nobody(out, "person", who)) {
        wp_status status = wp_person_get(txn, number, day, &found, &err);
        say_status(out, "person", status, &err);
        if (status == WP_OK)
            answers_say(&out->said, "%s works at %u\n", found.id, found.company);
    }
    if (!say_nobody(out, "numbers", who)) {
        say_status(out, "numbers", wp_person_numbers(txn, number, &numbers, &err), &err);
        wp_numbers_free(&numbers);
    }
    if (!say_nobody(out, "identity", who))
        say_status(out, "identity", wp_person_identity(txn, number, &identity, &err), &err);
    if (!say_nobody(out, "deals", who)) {
        say_status(out, "deals", wp_person_opportunities(txn, number, &numbers, &err), &err);
        wp_numbers_free(&numbers);
    }
}

static void say_ties(asked *out, wp_txn *txn, size_t who, int32_t day)
{
    wp_error err;
    wp_ties ties;
    wp_number number = out->n->people[who].number;
    for (int is_inbound = 0; is_inbound < 2; is_inbound++) {
        wp_neighbour next[POLICY_PEOPLE_MAX];
        size_t count = 0;
        if (!say_nobody(out, "ties", who)) {
            wp_status status = wp_person_ties(txn, number, day, is_inbound != 0, &ties, &err);
            say_status(out, "ties", status, &err);
            for (size_t i = 0; i < ties.count; i++)
                answers_say_tie(&out->said, &ties.items[i]);
            wp_ties_free(&ties);
        }
        if (say_nobody(out, "neighbours", who))
            continue;
        wp_status status = wp_neighbours(txn, number, day, is_inbound != 0, WP_COST_NONE - 1, next,
                                         POLICY_PEOPLE_MAX, &count, &err);
        uint64_t sum = 0; /* their order is not promised */
        for (size_t i = 0; i < count; i++)
            sum += (uint64_t)next[i].person * next[i].person + next[i].cost;
        say_status(out, "neighbours", status, &err);
        if (status == WP_OK)
            answers_say(&out->said, "%zu %" PRIu64 "\n", count, sum);
    }
}

static void say_pair(asked *out, wp_txn *txn, size_t from, size_t to, int32_t day)
{
    wp_error err;
    wp_tie found;
    wp_explanation *explained = NULL;
    wp_number a = out->n->people[from].number, b = out->n->people[to].number;
    if (say_nobody(out, "tie", from) || say_nobody(out, "tie", to))
        return;
    wp_status status = wp_tie_get(txn, a, b, day, &found, &err);
    say_status(out, "tie", status, &err);
    if (status == WP_OK)
        answers_say_tie(&out->said, &found);
    assert_int_equal(wp_explain(txn, a, b, day, &explained, NULL), status);
    for (size_t i = 0; explained != NULL && i < explained->count; i++)
        answers_say(&out->said, " %" PRId64 " %.17g\n", explained->items[i].time_s,
                    explained->items[i].contribution);
    wp_explanation_free(explained);
}

/* A question with the lists that it points to. */
typedef struct question {
    wp_path_query query;
    wp_number sources[3];
    wp_number targets[3];
    wp_number avoid[1];
} question;

static size_t draw_list(random_source *random, const policy_net *n, wp_number *out, size_t most)
{
    size_t count = 1 + random_below(random, most);
    for (size_t i = 0; i < count; i++)
        out[i] = n->people[random_below(random, n->people_count)].number;
    return count;
}

static size_t person_of(const policy_net *n, wp_number number)
{
    size_t at = 0;
    while (n->people[at].number != number)
        at++;
    return at;
}

/* The first hidden one in the order in which a search looks: via, targets, sources, avoid. */
static size_t find_hidden(const policy_net *n, const wp_path_query *query, size_t viewer)
{
    if (query->via != 0 && policy_net_hides(n, person_of(n, query->via), viewer))
        return person_of(n, query->via);
    const wp_number *lists[3] = {query->targets, query->sources, query->avoid};
    size_t counts[3] = {query->target_count, query->source_count, query->avoid_count};
    for (int list = 0; list < 3; list++)
        for (size_t i = 0; i < counts[list]; i++)
            if (policy_net_hides(n, person_of(n, lists[list][i]), viewer))
                return person_of(n, lists[list][i]);
    return POLICY_NOBODY;
}

static void draw_question(random_source *random, const policy_net *n, question *out)
{
    static const uint32_t hops[] = {1, 2, 3, 4, WP_HOPS_ANY};
    wp_path_query *query = &out->query;
    *query = (wp_path_query)WP_PATH_QUERY_INIT;
    query->sources = out->sources;
    query->source_count = draw_list(random, n, out->sources, 3);
    query->targets = out->targets;
    query->target_count = draw_list(random, n, out->targets, 3);
    query->avoid = out->avoid;
    query->avoid_count = random_chance(random, 0.2) ? draw_list(random, n, out->avoid, 1) : 0;
    if (random_chance(random, 0.15))
        query->via = n->people[random_below(random, n->people_count)].number;
    query->day = POLICY_DAY + (int32_t)random_between(random, -200, 100);
    query->hops_max = hops[random_below(random, sizeof hops / sizeof *hops)];
    query->k = 1 + (uint32_t)random_below(random, 6);
    query->is_plain = random_chance(random, 0.3);
    query->p_min = random_chance(random, 0.5) ? 0.0 : 0.05;
    query->score_min = 0.0;
    query->with_reach = query->via == 0;
}

static void say_paths(asked *out, wp_txn *txn, const wp_path_query *query)
{
    wp_error err;
    wp_paths *paths = NULL;
    size_t hidden = find_hidden(out->n, query, out->viewer);
    if (hidden != POLICY_NOBODY && say_nobody(out, "paths", hidden))
        return;
    wp_status status = wp_paths_find(txn, query, &paths, &err);
    say_status(out, "paths", status, &err);
    if (status == WP_OK)
        answers_say_paths(&out->said, paths);
    wp_paths_free(paths);
}

static void say_reach(asked *out, wp_txn *txn, const wp_path_query *like, bool is_by_hops)
{
    wp_error err;
    wp_reach *reach = NULL;
    wp_reach_query query = answers_reach_query(like, is_by_hops);
    wp_path_query alone = *like;
    alone.via = 0;
    alone.target_count = alone.avoid_count = 0;
    size_t hidden = find_hidden(out->n, &alone, out->viewer);
    if (hidden != POLICY_NOBODY && say_nobody(out, "reach", hidden))
        return;
    say_status(out, "reach", wp_reach_find(txn, &query, &reach, &err), &err);
    answers_say_reached(&out->said, reach);
    wp_reach_free(reach);
}

/* Ask everything. */
static void ask(asked *out, wp_txn *txn, const wp_path_query *query)
{
    out->said.used = 0;
    say_paths(out, txn, query);
    say_reach(out, txn, query, false);
    say_reach(out, txn, query, true);
    say_lists(out, txn, query->day);
    for (size_t i = 0; i < out->n->people_count; i++) {
        say_record(out, txn, i, query->day);
        say_matches(out, txn, i, query->day);
        say_ties(out, txn, i, query->day);
        for (size_t j = 0; j < out->n->people_count; j++)
            if (i != j)
                say_pair(out, txn, i, j, query->day);
    }
}

/* --- comparing --- */

typedef struct pair_of_files {
    wp_db *full;
    wp_db *plain;
    asked of_full;
    asked of_plain;
    size_t cases;
    size_t hidden; /* cases in which a tie or person was */
    size_t nobody; /* cases in which a person was */
    size_t groups; /* cases in which a tie was seen thanks to a group */
} pair_of_files;

static void count_case(pair_of_files *files, const policy_net *n, size_t viewer, int32_t day)
{
    bool has_hidden = false, has_nobody = false, has_group = false;
    for (size_t i = 0; i < n->people_count; i++)
        has_nobody |= policy_net_hides(n, i, viewer);
    for (size_t i = 0; i < n->tie_count; i++) {
        bool is_seen = policy_net_shows(n, &n->ties[i], viewer, day);
        has_hidden |= !is_seen;
        has_group |= is_seen && viewer < n->people_count &&
                     !policy_net_shows(n, &n->ties[i], POLICY_NOBODY, day) &&
                     viewer != n->ties[i].a && viewer != n->ties[i].b;
    }
    files->cases++;
    files->hidden += has_hidden || has_nobody;
    files->nobody += has_nobody;
    files->groups += has_group;
}

static bool check_viewer(pair_of_files *files, const policy_net *n, wp_txn *full, size_t viewer,
                         const wp_path_query *query)
{
    wp_error err;
    wp_txn *plain = oracle_begin_write(files->plain);
    uint32_t as = viewer == POLICY_NOBODY    ? WP_VIEW_SHARED
                  : viewer == POLICY_AUDITOR ? WP_VIEW_ALL
                                             : n->people[viewer].number;
    for (size_t i = 0; i < n->tie_count; i++)
        if (policy_net_shows(n, &n->ties[i], viewer, query->day))
            policy_net_store_tie(plain, n, i);
    policy_net_put_barrier(plain, n, true);
    oracle_must(
        wp_txn_use_viewer(plain, viewer == POLICY_AUDITOR ? WP_VIEW_ALL : WP_VIEW_SHARED, &err),
        &err, "use_viewer");
    oracle_must(wp_txn_use_viewer(full, as, &err), &err, "use_viewer");
    files->of_full.n = files->of_plain.n = n;
    files->of_full.viewer = files->of_plain.viewer = viewer;
    ask(&files->of_full, full, query);
    ask(&files->of_plain, plain, query);
    wp_abort(plain);
    count_case(files, n, viewer, query->day);
    return answers_agree(&files->of_full.said, &files->of_plain.said);
}

static size_t draw_viewer(random_source *random, const policy_net *n)
{
    switch (random_below(random, 6)) {
    case 0:
        return POLICY_NOBODY;
    case 1:
        return random_chance(random, 0.3) ? POLICY_AUDITOR : POLICY_NOBODY;
    case 2:
        if (n->secret_count > 0)
            return n->secrets[random_below(random, n->secret_count)].owner;
    }
    return random_below(random, n->people_count);
}

static size_t check_net(pair_of_files *files, size_t index, uint32_t other)
{
    policy_net n;
    size_t wrong = 0;
    random_source random = random_start(arguments.seed, index);
    policy_net_draw(&random, &n, index);
    wp_txn *txn = oracle_begin_write(files->plain);
    policy_net_store_people(txn, &n);
    policy_net_store_firms(txn, &n);
    policy_net_store_groups(txn, &n);
    oracle_commit(txn);
    txn = oracle_begin_write(files->full);
    policy_net_store_people(txn, &n);
    policy_net_store_firms(txn, &n);
    policy_net_store_groups(txn, &n);
    policy_net_store_policy(txn, &n, other);
    for (size_t i = 0; i < n.tie_count; i++)
        policy_net_store_tie(txn, &n, i);
    policy_net_draw_barrier(&random, &n);
    policy_net_put_barrier(txn, &n, true);
    oracle_commit(txn);
    wp_txn *full = oracle_begin_read(files->full);
    for (size_t i = 0; i < CASES_PER_GRAPH; i++) {
        question q;
        draw_question(&random, &n, &q);
        if (!check_viewer(files, &n, full, draw_viewer(&random, &n), &q.query)) {
            print_error("seed %" PRIu64 ", graph %zu, case %zu\n", arguments.seed, index, i);
            wrong++;
        }
    }
    wp_abort(full);
    txn = oracle_begin_write(files->full);
    policy_net_put_barrier(txn, &n, false); /* so that they never become too many */
    oracle_commit(txn);
    return wrong;
}

static void policies__leave_the_graph_in_which_the_hidden_never_was(void **unused)
{
    (void)unused;
    uint32_t other = 0;
    size_t wrong = 0, graphs = (size_t)(arguments.cases + CASES_PER_GRAPH - 1) / CASES_PER_GRAPH;
    pair_of_files files = {.full = oracle_open_fresh("full"),
                           .plain = oracle_open_fresh("plain"),
                           .of_full = {.is_plain = false},
                           .of_plain = {.is_plain = true}};
    answers_begin(&files.of_full.said);
    answers_begin(&files.of_plain.said);
    wp_db *both[2] = {files.full, files.plain};
    for (int i = 0; i < 2; i++) {
        wp_txn *txn = oracle_begin_write(both[i]);
        oracle_must(wp_together_put(txn, 0, NULL), NULL, "together_put");
        oracle_must(wp_source_put(txn, "other", NULL, 0, &other, NULL), NULL, "source_put");
        oracle_commit(txn);
    }
    for (size_t i = 0; i < graphs && wrong < 5; i++)
        wrong += check_net(&files, i, other);
    printf("%zu graphs, %zu viewers, from %zu of them something was hidden, from %zu somebody; %zu "
           "saw ties by a group\n",
           graphs, files.cases, files.hidden, files.nobody, files.groups);
    oracle_expect_sound(files.full, arguments.seed, 0, "after all policies");
    answers_free(&files.of_full.said);
    answers_free(&files.of_plain.said);
    wp_close(files.full);
    wp_close(files.plain);
    assert_int_equal(wrong, 0);
    assert_true(files.hidden > files.cases / 4);
    assert_true(files.nobody > files.cases / 10);
    assert_true(files.groups > files.cases / 20);
}

int main(int argc, char **argv)
{
    if (!random_arguments_read(argc, argv, &arguments)) {
        return 2;
    }
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(policies__leave_the_graph_in_which_the_hidden_never_was),
    };
    return scratch_end(cmocka_run_group_tests(tests, NULL, NULL));
}
