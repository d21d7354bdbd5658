/*
 * Sessions of path queries: see path_session.h.
 *
 * The library's paths are kept until the next question, because verification compares them with the
 * twin's answer outside the timer; freeing the last answer is part of the next question's time, as
 * it would be in a program that asks again and again.
 */
#include "path_session.h"

#include <math.h>
#include <stdio.h>

#include "questions.h"

void session_begin(session *it, bench_options *options, const graph *network, int32_t day)
{
    wp_error err;
    *it = (session){.options = options, .network = network, .day = day, .hops_max = 4};
    it->random.state = random_mix(options->seed);
    csr_load(&it->twin, network->db, network->people, day);
    if (options->is_verifying && !csr_agrees(&it->twin, network->db, day, options->seed))
        bench_die("wp_neighbours() and wp_person_ties() disagree");
    csr_search_begin(&it->search, &it->twin);
    csr_search_begin(&it->exhaustive, &it->twin);
    csr_pair_begin(&it->pair, &it->twin);
    bench_check(wp_begin_read(network->db, &it->txn, &err), &err);
}

void session_end(session *it)
{
    wp_paths_free(it->paths);
    wp_abort(it->txn);
    csr_pair_free(&it->pair);
    csr_search_free(&it->exhaustive);
    csr_search_free(&it->search);
    csr_free(&it->twin);
}

void session_draw(void *context, uint64_t trial)
{
    session *it = context;
    (void)trial;
    question_people(it->txn, it->network, &it->random, it->sources, it->source_count, NULL, 0);
    question_people(it->txn, it->network, &it->random, it->targets, it->target_count, it->sources,
                    it->source_count);
}

void session_find_on(session *it, int32_t day)
{
    wp_error err;
    wp_path_query query = WP_PATH_QUERY_INIT;
    wp_paths_free(it->paths);
    query.sources = it->sources;
    query.source_count = it->source_count;
    query.targets = it->targets;
    query.target_count = it->target_count;
    query.day = day;
    query.hops_max = it->hops_max;
    query.k = PATHS;
    query.with_reach = it->with_reach;
    bench_check(wp_paths_find(it->txn, &query, &it->paths, &err), &err);
}

void session_find(void *context)
{
    session *it = context;
    session_find_on(it, it->day);
}

csr_question session_question(const session *it)
{
    return (csr_question){it->sources,      it->source_count, it->targets,
                          it->target_count, it->hops_max,     it->with_reach ? SIZE_MAX : PATHS};
}

static void find_pruned(void *context)
{
    session *it = context;
    csr_question question = session_question(it);
    csr_search_run(&it->search, &question);
}

static bool is_reach_right(const session *it)
{
    double missed = 1.0;
    for (size_t i = 0; i < it->search.found_count; i++)
        missed *= 1.0 - exp(-(double)it->search.found[i].cost / 1e6);
    return fabs(wp_paths_reach(it->paths) - (1.0 - missed)) < 1e-9;
}

bool session_agrees(const wp_paths *paths, const csr_search *search)
{
    size_t count = search->found_count < PATHS ? search->found_count : PATHS;
    if (wp_paths_count(paths) != count || !wp_paths_is_complete(paths))
        return false;
    for (size_t i = 0; i < count; i++)
        if (wp_paths_at(paths, i)->cost != search->found[i].cost)
            return false;
    return true;
}

static bool verify(void *context, size_t contestant)
{
    session *it = context;
    (void)contestant;
    session_find(it); /* the last to run may have answered for another day */
    return session_agrees(it->paths, &it->search) && (!it->with_reach || is_reach_right(it));
}

void session_name(const session *it, const char *suffix, char *out, size_t bytes)
{
    snprintf(out, bytes, "%zux%zu H%u k%d%s", it->source_count, it->target_count,
             (unsigned)it->hops_max, PATHS, suffix);
}

void session_run(session *it, size_t sources, size_t targets, uint32_t hops, const char *suffix)
{
    char name[80];
    bool has_twin = hops <= 4;
    bench_contestant contestants[] = {{.run = session_find}, {.name = "csr", .run = find_pruned}};
    bench_contest contest = {.name = name,
                             .context = it,
                             .prepare = session_draw,
                             .verify = has_twin ? verify : NULL,
                             .contestants = contestants,
                             .count = has_twin ? 2 : 1,
                             .unit = "us"};
    it->source_count = sources;
    it->target_count = targets;
    it->hops_max = hops;
    session_name(it, suffix, name, sizeof name);
    bench_contest_run(it->options, &contest);
    it->hops_max = 4;
}
