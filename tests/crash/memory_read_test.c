/*
 * Every allocation of every call that reads fails in turn, once and from there on for ever.
 *
 * A call whose Nth allocation fails returns WP_ENOMEM with its outputs empty, or WP_OK with the
 * right answer when it can do without. The transaction goes on answering afterwards. Leaks are
 * found by the sanitizer's own check at the end of the program. Calls that write are in
 * memory_write_test.c.
 */
#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "crash_faults.h"
#include "crash_process.h"
#include "crash_world.h"
#include "scratch.h"

#define SEED 5
#define BATCHES 3

/* ---- the database --------------------------------------------------------------------------- */

static char path[4096];
static wp_db *db;
static wp_number person_us, person_far, partner, company_any;

static wp_txn *begin(bool is_write)
{
    wp_txn *txn = NULL;
    wp_error err;
    crash_must(is_write ? wp_begin_write(db, &txn, &err) : wp_begin_read(db, &txn, &err), &err,
               "beginning a transaction");
    return txn;
}

static int make_database(void **state)
{
    wp_error err;
    wp_identity domain = {WP_IDENTITY_DOMAIN, "c1.example"};
    (void)state;
    (void)snprintf(path, sizeof path, "%s", scratch_path("memory.warmpath"));
    crash_create(path);
    db = crash_open(path);
    for (uint64_t batch = 0; batch < BATCHES; batch++)
        crash_batch_commit(db, SEED, batch);
    wp_txn *txn = begin(false);
    crash_must(wp_identity_find(txn, &domain, &company_any, &err), &err, "wp_identity_find");
    person_us = 1;
    person_far = 7;
    wp_ties ties;
    crash_must(wp_person_ties(txn, person_us, CRASH_DAY, false, &ties, &err), &err, "ties");
    crash_require(ties.count > 0, "a person has ties");
    partner = ties.items[0].to;
    wp_ties_free(&ties);
    wp_abort(txn);
    return 0;
}

static int drop_database(void **state)
{
    (void)state;
    crash_check_db(db, "at the end");
    wp_close(db);
    printf("allocations made to fail: %" PRIu64 "\n", crash_faults_points());
    return 0;
}

/* ---- calls that read --------------------------------------------------------------------------
 */

/* One call; prints its answer. Ends the process when outputs are not empty after a failure. */
typedef wp_status read_fn(wp_txn *txn, FILE *out, wp_error *err);

static void require_empty(bool is_empty, const char *what)
{
    if (!is_empty)
        crash_fail("%s left something in its outputs after a failure", what);
}

static wp_path_query usual_query(void)
{
    wp_path_query query = WP_PATH_QUERY_INIT;
    query.sources = &person_us;
    query.source_count = 1;
    query.targets = &person_far;
    query.target_count = 1;
    query.day = CRASH_DAY;
    query.score_min = 0;
    return query;
}

static wp_status find_paths(wp_txn *txn, const wp_path_query *query, FILE *out, wp_error *err)
{
    wp_paths *paths = NULL;
    wp_status status = wp_paths_find(txn, query, &paths, err);
    if (status != WP_OK) {
        require_empty(paths == NULL, "wp_paths_find");
        return status;
    }
    fprintf(out, "%zu paths, reach %.17g\n", wp_paths_count(paths), wp_paths_reach(paths));
    for (size_t i = 0; i < wp_paths_count(paths); i++) {
        const wp_path *found = wp_paths_at(paths, i);
        fprintf(out, "%" PRIu64, found->cost);
        for (uint32_t hop = 0; hop <= found->hops; hop++)
            fprintf(out, " %u", found->people[hop]);
        fprintf(out, "\n");
    }
    wp_paths_free(paths);
    return WP_OK;
}

static wp_status paths_usual(wp_txn *txn, FILE *out, wp_error *err)
{
    wp_path_query query = usual_query();
    return find_paths(txn, &query, out, err);
}

static wp_status paths_plain(wp_txn *txn, FILE *out, wp_error *err)
{
    wp_path_query query = usual_query();
    query.is_plain = true;
    query.k = 20;
    return find_paths(txn, &query, out, err);
}

static wp_status paths_two_hops(wp_txn *txn, FILE *out, wp_error *err)
{
    wp_path_query query = usual_query();
    query.hops_max = 2;
    query.p_min = 0;
    return find_paths(txn, &query, out, err);
}

static wp_status paths_any_hops(wp_txn *txn, FILE *out, wp_error *err)
{
    wp_path_query query = usual_query();
    query.hops_max = WP_HOPS_ANY;
    query.p_min = 0;
    query.k = 40;
    return find_paths(txn, &query, out, err);
}

static wp_status paths_via(wp_txn *txn, FILE *out, wp_error *err)
{
    wp_path_query query = usual_query();
    query.via = 3;
    query.p_min = 0;
    query.hops_max = 4;
    return find_paths(txn, &query, out, err);
}

static wp_status paths_diverse(wp_txn *txn, FILE *out, wp_error *err)
{
    static const wp_number avoid[] = {4, 9};
    wp_path_query query = usual_query();
    query.diverse = .4;
    query.avoid = avoid;
    query.avoid_count = 2;
    query.p_min = 0;
    return find_paths(txn, &query, out, err);
}

static wp_status paths_with_reach(wp_txn *txn, FILE *out, wp_error *err)
{
    wp_path_query query = usual_query();
    query.with_reach = true;
    query.k = 2;
    return find_paths(txn, &query, out, err);
}

static wp_status paths_bounded(wp_txn *txn, FILE *out, wp_error *err)
{
    wp_path_query query = usual_query();
    query.limits.deadline_ms = 60000;
    query.limits.steps_max = 1000000;
    query.limits.memory_bytes_max = (size_t)64 << 20;
    return find_paths(txn, &query, out, err);
}

static wp_status find_reach(wp_txn *txn, bool is_plain, FILE *out, wp_error *err)
{
    wp_reach *reach = NULL;
    wp_reach_query query = WP_REACH_QUERY_INIT;
    query.sources = &person_us;
    query.source_count = 1;
    query.day = CRASH_DAY;
    query.is_plain = is_plain;
    query.hops_max = is_plain ? WP_HOPS_ANY : 3;
    wp_status status = wp_reach_find(txn, &query, &reach, err);
    if (status != WP_OK) {
        require_empty(reach == NULL, "wp_reach_find");
        return status;
    }
    for (size_t i = 0; i < wp_reach_count(reach); i++)
        fprintf(out, "%u %" PRIu64 "\n", wp_reach_items(reach)[i].person,
                wp_reach_items(reach)[i].cost);
    wp_reach_free(reach);
    return WP_OK;
}

static wp_status reach_usual(wp_txn *txn, FILE *out, wp_error *err)
{
    return find_reach(txn, false, out, err);
}

static wp_status reach_plain(wp_txn *txn, FILE *out, wp_error *err)
{
    return find_reach(txn, true, out, err);
}

static wp_status explain(wp_txn *txn, FILE *out, wp_error *err)
{
    wp_explanation *found = NULL;
    wp_status status = wp_explain(txn, person_us, partner, CRASH_DAY - 100, &found, err);
    if (status != WP_OK) {
        require_empty(found == NULL, "wp_explain");
        return status;
    }
    for (size_t i = 0; i < found->count; i++)
        fprintf(out, "%" PRIu64 " %.17g\n", found->items[i].interaction,
                found->items[i].contribution);
    wp_explanation_free(found);
    return WP_OK;
}

static wp_status tie_of_the_past(wp_txn *txn, FILE *out, wp_error *err)
{
    wp_tie tie;
    wp_status status = wp_tie_get(txn, person_us, partner, CRASH_DAY - 100, &tie, err);
    if (status == WP_OK)
        fprintf(out, "%.17g %u\n", tie.p, tie.cost);
    return status;
}

static wp_status read_ties(wp_txn *txn, bool is_inbound, FILE *out, wp_error *err)
{
    wp_ties ties;
    wp_status status = wp_person_ties(txn, person_us, CRASH_DAY, is_inbound, &ties, err);
    if (status != WP_OK) {
        require_empty(ties.items == NULL && ties.count == 0, "wp_person_ties");
        return status;
    }
    for (size_t i = 0; i < ties.count; i++)
        fprintf(out, "%u %u %.17g\n", ties.items[i].from, ties.items[i].to, ties.items[i].p);
    wp_ties_free(&ties);
    return WP_OK;
}

static wp_status ties_out(wp_txn *txn, FILE *out, wp_error *err)
{
    return read_ties(txn, false, out, err);
}

static wp_status ties_in(wp_txn *txn, FILE *out, wp_error *err)
{
    return read_ties(txn, true, out, err);
}

static wp_status find_name(wp_txn *txn, const char *text, FILE *out, wp_error *err)
{
    wp_matches matches;
    wp_status status = wp_find(txn, text, 20, &matches, err);
    if (status != WP_OK) {
        require_empty(matches.items == NULL && matches.count == 0, "wp_find");
        return status;
    }
    for (size_t i = 0; i < matches.count; i++)
        fprintf(out, "%d %u %.17g\n", matches.items[i].is_company, matches.items[i].number,
                matches.items[i].score);
    wp_matches_free(&matches);
    return WP_OK;
}

static wp_status find_exact(wp_txn *txn, FILE *out, wp_error *err)
{
    return find_name(txn, "Person Number7", out, err);
}

static wp_status find_misspelt(wp_txn *txn, FILE *out, wp_error *err)
{
    return find_name(txn, "preson numbr", out, err);
}

static wp_status read_stats(wp_txn *txn, FILE *out, wp_error *err)
{
    wp_stats stats;
    wp_status status = wp_stats_get(txn, &stats, err);
    if (status == WP_OK)
        fprintf(out, "%" PRIu64 " %" PRIu64 "\n", stats.people, stats.ties);
    return status;
}

static wp_status check_deep(wp_txn *txn, FILE *out, wp_error *err)
{
    uint64_t count = 0;
    wp_status status = wp_check(txn, true, NULL, NULL, &count, err);
    if (status == WP_OK)
        fprintf(out, "%" PRIu64 "\n", count);
    return status;
}

static wp_status check_shallow(wp_txn *txn, FILE *out, wp_error *err)
{
    uint64_t count = 0;
    wp_status status = wp_check(txn, false, NULL, NULL, &count, err);
    if (status == WP_OK)
        fprintf(out, "%" PRIu64 "\n", count);
    return status;
}

static wp_status read_person(wp_txn *txn, FILE *out, wp_error *err)
{
    wp_person person;
    wp_status status = wp_person_get(txn, person_us, CRASH_DAY, &person, err);
    if (status == WP_OK)
        fprintf(out, "%s %s %zu\n", person.name, person.email, person.spelling_count);
    return status;
}

static wp_status read_company(wp_txn *txn, FILE *out, wp_error *err)
{
    wp_company company;
    wp_status status = wp_company_get(txn, company_any, &company, err);
    if (status == WP_OK)
        fprintf(out, "%s %zu\n", company.domain, company.identity_count);
    return status;
}

static wp_status print_numbers(wp_status status, wp_numbers *numbers, FILE *out)
{
    if (status != WP_OK)
        require_empty(numbers->items == NULL && numbers->count == 0, "a list of numbers");
    for (size_t i = 0; i < numbers->count; i++)
        fprintf(out, "%u\n", numbers->items[i]);
    wp_numbers_free(numbers);
    return status;
}

static wp_status list_colleagues(wp_txn *txn, FILE *out, wp_error *err)
{
    wp_numbers people;
    return print_numbers(wp_us_people(txn, CRASH_DAY, &people, err), &people, out);
}

static wp_status list_employed(wp_txn *txn, FILE *out, wp_error *err)
{
    wp_numbers people;
    return print_numbers(wp_company_people(txn, company_any, CRASH_DAY, &people, err), &people,
                         out);
}

static wp_status walk_interactions(wp_txn *txn, FILE *out, wp_error *err)
{
    uint64_t number = 0;
    wp_interaction found;
    for (int i = 0; i < 3; i++) {
        wp_status status = wp_interaction_next(txn, &number, err);
        if (status == WP_OK)
            status = wp_interaction_get(txn, number, &found, err);
        if (status != WP_OK)
            return status;
        fprintf(out, "%s\n", found.source);
    }
    return wp_interaction_find(txn, found.source, &number, err);
}

static wp_status walk_facts(wp_txn *txn, FILE *out, wp_error *err)
{
    wp_employment employment = {.person = person_us, .from_day = WP_DAY_NONE};
    wp_stated_tie tie = {0};
    wp_status status = wp_employment_next(txn, &employment, err);
    if (status == WP_OK)
        status = wp_stated_tie_next(txn, &tie, err);
    if (status == WP_OK)
        fprintf(out, "%u %.17g\n", employment.company, tie.p);
    return status;
}

static const struct {
    const char *name;
    read_fn *call;
} reads[] = {
    {"paths", paths_usual},
    {"paths, plain", paths_plain},
    {"paths, two hops", paths_two_hops},
    {"paths, any hops", paths_any_hops},
    {"paths, via", paths_via},
    {"paths, diverse", paths_diverse},
    {"paths, with reach", paths_with_reach},
    {"paths, bounded", paths_bounded},
    {"reach", reach_usual},
    {"reach, plain", reach_plain},
    {"explain", explain},
    {"a tie of the past", tie_of_the_past},
    {"ties from", ties_out},
    {"ties to", ties_in},
    {"find", find_exact},
    {"find, misspelt", find_misspelt},
    {"stats", read_stats},
    {"check, deep", check_deep},
    {"check, shallow", check_shallow},
    {"person", read_person},
    {"company", read_company},
    {"our people", list_colleagues},
    {"employed people", list_employed},
    {"interactions", walk_interactions},
    {"employment and stated tie", walk_facts},
};

#define READS (sizeof reads / sizeof *reads)

/* Make the database forget what it keeps for queries on CRASH_DAY. */
static void forget_policy(wp_txn *txn)
{
    wp_path_query query = usual_query();
    wp_paths *paths = NULL;
    wp_error err;
    query.day = CRASH_DAY - 1;
    crash_must(wp_paths_find(txn, &query, &paths, &err), &err, "wp_paths_find");
    wp_paths_free(paths);
}

/* Call and collect the answer as text; yours. */
static wp_status call_read(read_fn *call, wp_txn *txn, char **answer)
{
    size_t bytes = 0;
    wp_error err;
    *answer = NULL;
    FILE *out = open_memstream(answer, &bytes);
    crash_require(out != NULL, "open_memstream");
    wp_status status = call(txn, out, &err);
    crash_require(fclose(out) == 0, "memory for an answer");
    return status;
}

/* Returns whether an allocation failed, that is, whether there may be further ones. */
static bool try_read(size_t which, uint64_t failing, bool is_for_ever, const char *expected)
{
    char *answer = NULL, *again = NULL;
    wp_txn *txn = begin(false);
    forget_policy(txn);
    crash_faults_begin(failing, is_for_ever);
    wp_status status = call_read(reads[which].call, txn, &answer);
    bool has_failed = crash_faults_end();
    if (status != WP_OK && !(status == WP_ENOMEM && has_failed))
        crash_fail("%s, allocation %" PRIu64 ": %s", reads[which].name, failing,
                   wp_status_name(status));
    if (status == WP_OK && strcmp(answer, expected) != 0)
        crash_fail("%s, allocation %" PRIu64 ": a wrong answer", reads[which].name, failing);
    status = call_read(reads[which].call, txn, &again);
    if (status != WP_OK || strcmp(again, expected) != 0)
        crash_fail("%s, after allocation %" PRIu64 " failed: %s", reads[which].name, failing,
                   wp_status_name(status));
    free(answer);
    free(again);
    wp_abort(txn);
    return has_failed;
}

static void memory__fails_in_reads(void **state)
{
    (void)state;
    for (size_t which = 0; which < READS; which++) {
        char *expected = NULL;
        wp_txn *txn = begin(false);
        crash_must(call_read(reads[which].call, txn, &expected), NULL, reads[which].name);
        wp_abort(txn);
        for (int is_for_ever = 0; is_for_ever <= 1; is_for_ever++)
            for (uint64_t failing = 1; try_read(which, failing, is_for_ever == 1, expected);)
                failing = crash_faults_next(failing);
        free(expected);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(memory__fails_in_reads),
    };
    int failed = cmocka_run_group_tests(tests, make_database, drop_database);
    scratch_remove();
    return failed == 0 ? 0 : 1;
}
