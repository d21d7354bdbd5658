/*
 * How long does the question take that warmpath is for: who could introduce us to them?
 *
 * Each trial draws a team of sources and an account of targets (50 x 20, 500 x 200), asks for the
 * ten best introductions within four hops, and asks the in-memory twin the same: with the same
 * pruned two-sided algorithm, and with an exhaustive two-sided search. Further cases: a day a month
 * and a quarter after the newest evidence; account reach, which needs all introducers; a tenth of
 * the people in the overlay; ten barriers of a thousand people on each side, against the same
 * question to a viewer for whom there are none, and everybody within reach likewise; and the
 * cheapest path between two people without a limit on hops, against three searches on the twin.
 *
 * Verified outside the timer: the costs of all introducers are those of the twin, in order, and
 * account reach is what they give.
 */
#include <stdio.h>
#include <stdlib.h>

#include "path_session.h"
#include "questions.h"
#include "touches.h"

#define HOPS 4
#define OVERLAY_SHARE .1
#define ONE_SIDED_SHARE .2
#define REACH_SHARE .2
#define BARRIERS 10
#define SIDE_PEOPLE 1000u    /* and at most a hundredth of all */
#define FIRST_SIDES 0x55555u /* a bit for the first side of each barrier */

static void find_on_newest_day(void *context)
{
    session *it = context;
    session_find_on(it, it->network->day);
}

static void find_exhaustively(void *context)
{
    session *it = context;
    csr_question question = session_question(it);
    csr_search_exhaustively(&it->exhaustive, &question);
}

static bool verify_exhaustive(void *context, size_t contestant)
{
    const session *it = context;
    return contestant == 0 || session_agrees(it->paths, &it->exhaustive);
}

static void compete(session *it, const char *name, bool (*check)(void *, size_t),
                    bench_contestant *contestants, size_t count)
{
    bench_contest contest = {.name = name,
                             .context = it,
                             .prepare = session_draw,
                             .verify = check,
                             .contestants = contestants,
                             .count = count,
                             .unit = "us"};
    bench_contest_run(it->options, &contest);
}

static void run_exhaustive(session *it, size_t sources, size_t targets)
{
    char name[80];
    bench_contestant contestants[] = {{.run = session_find},
                                      {.name = "csr-exhaustive", .run = find_exhaustively}};
    it->source_count = sources;
    it->target_count = targets;
    session_name(it, "", name, sizeof name);
    compete(it, name, verify_exhaustive, contestants, 2);
}

/* What a later day costs against the newest one, for the library alone. */
static void run_against_newest_day(session *it, const char *suffix)
{
    char name[80];
    bench_contestant contestants[] = {{.run = session_find},
                                      {.name = "newest day", .run = find_on_newest_day}};
    it->source_count = 50;
    it->target_count = 20;
    session_name(it, suffix, name, sizeof name);
    compete(it, name, NULL, contestants, 2);
}

static void run_later_day(bench_options *options, const graph *network, int32_t days)
{
    session it;
    char suffix[32];
    session_begin(&it, options, network, network->day + days);
    snprintf(suffix, sizeof suffix, ", day +%d", (int)days);
    session_run(&it, 50, 20, HOPS, suffix);
    run_against_newest_day(&it, suffix);
    session_end(&it);
}

/* --- one pair --- */

static void prepare_pair(void *context, uint64_t trial)
{
    session *it = context;
    (void)trial;
    it->sources[0] = question_person(it->txn, it->network, &it->random);
    do
        it->targets[0] = question_person(it->txn, it->network, &it->random);
    while (it->targets[0] == it->sources[0]);
}

static void find_pair(void *context)
{
    session *it = context;
    wp_error err;
    wp_path_query query = WP_PATH_QUERY_INIT;
    wp_paths_free(it->paths);
    query.sources = it->sources;
    query.source_count = 1;
    query.targets = it->targets;
    query.target_count = 1;
    query.day = it->day;
    query.hops_max = WP_HOPS_ANY;
    query.k = 1;
    query.is_plain = true;
    bench_check(wp_paths_find(it->txn, &query, &it->paths, &err), &err);
    it->pair_costs[0] =
        wp_paths_count(it->paths) == 0 ? UINT64_MAX : wp_paths_at(it->paths, 0)->cost;
}

static void find_pair_pruned(void *context)
{
    session *it = context;
    it->pair_costs[1] = csr_pair_pruned(&it->pair, it->sources[0], it->targets[0]);
}

static void find_pair_two_sided(void *context)
{
    session *it = context;
    it->pair_costs[2] = csr_pair_two_sided(&it->pair, it->sources[0], it->targets[0]);
}

static void find_pair_one_sided(void *context)
{
    session *it = context;
    it->pair_costs[3] = csr_pair_one_sided(&it->pair, it->sources[0], it->targets[0]);
}

static bool verify_pair(void *context, size_t contestant)
{
    const session *it = context;
    return it->pair_costs[0] == it->pair_costs[contestant];
}

static void run_pair(session *it)
{
    bench_contestant contestants[] = {
        {.run = find_pair},
        {.name = "csr", .run = find_pair_pruned},
        {.name = "csr-two-sided", .run = find_pair_two_sided},
        {.name = "csr-one-sided", .run = find_pair_one_sided, .share = ONE_SIDED_SHARE}};
    bench_contest contest = {.name = "1x1 any hops, plain",
                             .context = it,
                             .prepare = prepare_pair,
                             .verify = verify_pair,
                             .contestants = contestants,
                             .count = 4,
                             .unit = "us"};
    bench_contest_run(it->options, &contest);
}

/* --- the overlay --- */

/* Mails between neighbours until a tenth of the people has written or received one. */
static void touch_people(const session *base, wp_db *db)
{
    size_t count;
    uint32_t people = (uint32_t)(OVERLAY_SHARE * base->network->people);
    random_stream random = {random_mix(base->options->seed + 4)};
    touch *touches = touches_draw_until(base->network, &random, people, &count);
    touches_put(db, touches, count, 0, base->network->day, 100000);
    free(touches);
}

static double overlay_percent(wp_db *db)
{
    wp_error err;
    wp_txn *txn = NULL;
    wp_stats stats;
    bench_check(wp_begin_read(db, &txn, &err), &err);
    bench_check(wp_stats_get(txn, &stats, &err), &err);
    wp_abort(txn);
    return 100.0 * (double)stats.overlay_people / (double)stats.people;
}

/* The graph with an overlay, made anew from a copy each time: a file that many tests would share
 * might be compacted by one of them. */
static void open_touched(const session *base, graph *touched)
{
    wp_error err;
    *touched = *base->network;
    graph_own_path(base->options, "-touched", touched->path, sizeof touched->path);
    graph_remove(touched->path);
    graph_copy(base->network->path, touched->path);
    bench_check(wp_open(touched->path, NULL, &touched->db, &err), &err);
    touch_people(base, touched->db);
    graph_warm(touched);
}

static void run_overlay(bench_options *options, const graph *touched)
{
    session it;
    char suffix[48];
    snprintf(suffix, sizeof suffix, ", %.1f %% in the overlay", overlay_percent(touched->db));
    session_begin(&it, options, touched, touched->day);
    session_run(&it, 50, 20, HOPS, suffix);
    session_end(&it);
}

/* --- barriers --- */

/* A company that employs people drawn at random besides those they work for already; they get the
 * bit of the side. */
static wp_number put_side(const session *base, wp_txn *txn, random_stream *random, unsigned index,
                          uint32_t *sides)
{
    wp_error err;
    char domain[32];
    wp_number company;
    wp_company_facts facts = WP_COMPANY_FACTS_INIT;
    wp_identity identity = {WP_IDENTITY_DOMAIN, domain};
    snprintf(domain, sizeof domain, "side-%u.example", index);
    facts.identities = &identity;
    facts.identity_count = 1;
    bench_check(wp_company_put(txn, &facts, &company, NULL, &err), &err);
    uint32_t people =
        base->network->people / 100 < SIDE_PEOPLE ? base->network->people / 100 : SIDE_PEOPLE;
    for (uint32_t i = 0; i < people; i++) {
        wp_employment employment = {.company = company,
                                    .from_day = WP_DAY_NONE,
                                    .to_day = WP_DAY_NONE,
                                    .person = question_person(base->txn, base->network, random)};
        bench_check(wp_employment_put(txn, &employment, &err), &err);
        sides[employment.person] |= 1u << index;
    }
    return company;
}

/* The graph with barriers, in a copy. sides: room for a word a person; bits 2 i and 2 i + 1 are
 * the sides of barrier i. */
static void open_barred(const session *base, graph *barred, uint32_t *sides)
{
    wp_error err;
    wp_txn *txn = NULL;
    random_stream random = {random_mix(base->options->seed + 5)};
    *barred = *base->network;
    graph_own_path(base->options, "-barred", barred->path, sizeof barred->path);
    graph_remove(barred->path);
    graph_copy(base->network->path, barred->path);
    bench_check(wp_open(barred->path, NULL, &barred->db, &err), &err);
    bench_check(wp_begin_write(barred->db, &txn, &err), &err);
    for (unsigned i = 0; i < BARRIERS; i++) {
        wp_barrier barrier = {
            .a = {WP_SIDE_COMPANY, put_side(base, txn, &random, 2 * i, sides)},
            .b = {WP_SIDE_COMPANY, put_side(base, txn, &random, 2 * i + 1, sides)}};
        bench_check(wp_barrier_put(txn, &barrier, true, &err), &err);
    }
    bench_check(wp_commit(txn, &err), &err);
    graph_warm(barred);
}

/* A session, and the same questions without barriers. */
typedef struct barred_session {
    session it;
    wp_txn *unbarred; /* reads with WP_VIEW_ALL */
    wp_paths *paths;
    wp_reach *reach[2];    /* with barriers and without */
    const uint32_t *sides; /* of each person */
} barred_session;

/* The question of the trial to somebody for whom there are no barriers. */
static void find_without_barriers(void *context)
{
    barred_session *self = context;
    session *it = &self->it;
    wp_txn *own = it->txn;
    wp_paths *answer = it->paths;
    it->txn = self->unbarred;
    it->paths = self->paths;
    session_find(it);
    self->paths = it->paths;
    it->paths = answer;
    it->txn = own;
}

static void find_with_barriers(void *context)
{
    barred_session *self = context;
    session_find(&self->it);
}

static void find_reach(barred_session *self, wp_txn *txn, wp_reach **reach)
{
    wp_error err;
    wp_reach_query query = WP_REACH_QUERY_INIT;
    wp_reach_free(*reach);
    query.sources = self->it.sources;
    query.source_count = self->it.source_count;
    query.day = self->it.day;
    bench_check(wp_reach_find(txn, &query, reach, &err), &err);
}

static void reach_with_barriers(void *context)
{
    barred_session *self = context;
    find_reach(self, self->it.txn, &self->reach[0]);
}

static void reach_without_barriers(void *context)
{
    barred_session *self = context;
    find_reach(self, self->unbarred, &self->reach[1]);
}

static void draw_barred(void *context, uint64_t trial)
{
    barred_session *self = context;
    session_draw(&self->it, trial);
}

/* No path touches both sides of a barrier, and none is cheaper than what there is without. */
static bool verify_barred(void *context, size_t contestant)
{
    const barred_session *self = context;
    size_t count = wp_paths_count(self->it.paths);
    bool is_right = count <= wp_paths_count(self->paths);
    (void)contestant;
    for (size_t i = 0; i < count && is_right; i++) {
        const wp_path *path = wp_paths_at(self->it.paths, i);
        uint32_t touched = 0;
        for (uint32_t j = 0; j <= path->hops; j++)
            touched |= self->sides[path->people[j]];
        is_right = (touched & touched >> 1 & FIRST_SIDES) == 0 &&
                   path->cost >= wp_paths_at(self->paths, i)->cost;
    }
    return is_right;
}

/* Nobody is reached for less than without barriers: as many people at most, and in the order of
 * cost nobody before their place there. */
static bool verify_reach(void *context, size_t contestant)
{
    const barred_session *self = context;
    const wp_reached *with = wp_reach_items(self->reach[0]);
    const wp_reached *without = wp_reach_items(self->reach[1]);
    size_t count = wp_reach_count(self->reach[0]);
    bool is_right = count > 0 && count <= wp_reach_count(self->reach[1]);
    (void)contestant;
    for (size_t i = 0; i < count && is_right; i++)
        is_right = with[i].cost >= without[i].cost;
    return is_right;
}

/* Everybody within three hops of the sources. */
static void compete_reach(barred_session *self)
{
    bench_contestant contestants[] = {
        {.run = reach_with_barriers, .share = REACH_SHARE},
        {.name = "no barriers", .run = reach_without_barriers, .share = REACH_SHARE}};
    bench_contest contest = {.name = "reach of 50, H3, ten barriers",
                             .context = self,
                             .prepare = draw_barred,
                             .verify = verify_reach,
                             .contestants = contestants,
                             .count = 2,
                             .unit = "us"};
    bench_contest_run(self->it.options, &contest);
}

static void compete_barred(barred_session *self, const char *suffix)
{
    char name[80];
    bench_contestant contestants[] = {{.run = find_with_barriers},
                                      {.name = "no barriers", .run = find_without_barriers}};
    session_name(&self->it, suffix, name, sizeof name);
    bench_contest contest = {.name = name,
                             .context = self,
                             .prepare = draw_barred,
                             .verify = verify_barred,
                             .contestants = contestants,
                             .count = 2,
                             .unit = "us"};
    bench_contest_run(self->it.options, &contest);
}

static void run_barred(bench_options *options, const graph *barred, const uint32_t *sides)
{
    barred_session self = {.sides = sides};
    session *it = &self.it;
    wp_error err;
    session_begin(it, options, barred, barred->day);
    bench_check(wp_begin_read(barred->db, &self.unbarred, &err), &err);
    bench_check(wp_txn_use_viewer(self.unbarred, WP_VIEW_ALL, &err), &err);
    it->source_count = 50;
    it->target_count = 20;
    it->hops_max = HOPS;
    compete_barred(&self, ", ten barriers");
    it->with_reach = true;
    compete_barred(&self, ", ten barriers, with reach");
    compete_reach(&self);
    wp_reach_free(self.reach[0]);
    wp_reach_free(self.reach[1]);
    wp_paths_free(self.paths);
    wp_abort(self.unbarred);
    session_end(it);
}

int main(int argc, char **argv)
{
    static const bench_about about = {
        "path",
        "How long does it take to find the warmest introductions from some people to others?",
        "community-100k", 100};
    bench_options options;
    graph network, touched, barred;
    session it;
    bench_begin(&options, &about, argc, argv);
    graph_open(&options, &network);
    session_begin(&it, &options, &network, network.day);
    session_run(&it, 50, 20, HOPS, "");
    run_exhaustive(&it, 50, 20);
    session_run(&it, 500, 200, HOPS, "");
    run_exhaustive(&it, 500, 200);
    it.with_reach = true;
    session_run(&it, 50, 20, HOPS, ", with reach");
    run_pair(&it);
    open_touched(&it, &touched);
    uint32_t *sides = bench_new(network.people + 1, sizeof *sides);
    open_barred(&it, &barred, sides);
    session_end(&it);
    run_later_day(&options, &network, 30);
    run_later_day(&options, &network, 90);
    run_overlay(&options, &touched);
    graph_close(&touched);
    graph_remove(touched.path);
    run_barred(&options, &barred, sides);
    free(sides);
    graph_close(&barred);
    graph_remove(barred.path);
    graph_close(&network);
    return bench_end(&options);
}
