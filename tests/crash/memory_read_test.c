/*
 * Every allocation and every call of LMDB fails in turn, once and from there on for ever, in every
 * call that reads; and every record that it reads is a bad one, in turn and in several ways
 * (crash_faults.h).
 *
 * A call in which something failed says so with its outputs empty, or gives the right answer when
 * it can do without. The transaction goes on answering afterwards. A bad record is refused or makes
 * an answer, but nothing worse. Once the database is closed, every block of memory and every handle
 * of LMDB has been given back. Calls that write are in memory_write_test.c; that none is forgotten
 * is seen to by memory_functions_test.c.
 */
#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "crash_blocks.h"
#include "crash_everything.h"
#include "crash_faults.h"
#include "crash_groups.h"
#include "crash_process.h"
#include "crash_world.h"
#include "rows.h"
#include "scratch.h"

#define SEED 5
#define BATCHES 3

/* ---- the database --------------------------------------------------------------------------- */

static char path[4096];
static wp_db *db;
static wp_number person_us, person_far, partner, company_any;
static const wp_identity suppressed = {WP_IDENTITY_EMAIL, "nobody@else.example"};

static wp_txn *begin(void)
{
    wp_txn *txn = NULL;
    wp_error err;
    crash_must(wp_begin_read(db, &txn, &err), &err, "wp_begin_read");
    return txn;
}

static int make_database(void **state)
{
    wp_error err;
    wp_identity domain = {WP_IDENTITY_DOMAIN, "c1.example"};
    (void)state;
    crash_blocks_begin(crash_faults_points);
    (void)snprintf(path, sizeof path, "%s", scratch_path("memory.warmpath"));
    crash_create(path);
    db = crash_open(path);
    for (uint64_t batch = 0; batch < BATCHES; batch++)
        crash_batch_commit(db, SEED, batch);
    crash_rows_put(db, SEED);
    wp_txn *txn = begin();
    crash_must(wp_identity_find(txn, &domain, &company_any, &err), &err, "wp_identity_find");
    person_us = 1;
    person_far = 7;
    wp_ties ties;
    crash_must(wp_person_ties(txn, person_us, CRASH_DAY, false, &ties, &err), &err, "ties");
    crash_require(ties.count > 0, "a person has ties");
    partner = ties.items[0].to;
    wp_ties_free(&ties);
    wp_abort(txn);
    crash_rules_put(db, company_any, &suppressed);
    crash_must(wp_begin_write(db, &txn, &err), &err, "wp_begin_write");
    crash_must(crash_groups_put(txn, &err), &err, "crash_groups_put");
    crash_must(wp_commit(txn, &err), &err, "wp_commit");
    return 0;
}

static int drop_database(void **state)
{
    (void)state;
    crash_check_db(db, "at the end");
    wp_close(db);
    crash_faults_use(CRASH_FAULT_MEMORY); /* nothing bad is kept */
    crash_blocks_require_none();
    printf("class 6: %" PRIu64 " faults in calls that read, 0 bad, 0 leaks\n",
           crash_faults_points());
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

static wp_status paths_withheld(wp_txn *txn, FILE *out, wp_error *err)
{
    wp_path_query query = usual_query();
    wp_withheld counts = {0};
    wp_status status = wp_txn_use_viewer(txn, WP_VIEW_ALL, err);
    if (status == WP_OK)
        status = wp_paths_withheld(txn, &query, &counts, err);
    fprintf(out, "shown %u, withheld %u %u %u %u\n", counts.shown, counts.by_contact,
            counts.by_opt_out, counts.by_private, counts.by_barrier);
    return status;
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

static wp_status print_matches(wp_status status, wp_matches *matches, FILE *out)
{
    if (status != WP_OK)
        require_empty(matches->items == NULL && matches->count == 0, "a search by name");
    for (size_t i = 0; i < matches->count; i++)
        fprintf(out, "%d %u %.17g\n", matches->items[i].is_company, matches->items[i].number,
                matches->items[i].score);
    wp_matches_free(matches);
    return status;
}

static wp_status find_name(wp_txn *txn, const char *text, FILE *out, wp_error *err)
{
    wp_matches matches;
    return print_matches(wp_find(txn, text, 20, &matches, err), &matches, out);
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

/* ---- statements, sources, opportunities ------------------------------------------------------ */

/* Go through what a cursor gives, calling it until nothing is left. */
#define WALK(call, print)                                                                          \
    do {                                                                                           \
        wp_status walk_status;                                                                     \
        while ((walk_status = (call)) == WP_OK)                                                    \
            print;                                                                                 \
        if (walk_status != WP_ENOTFOUND)                                                           \
            return walk_status;                                                                    \
    } while (0)

#define TRY(call)                                                                                  \
    do {                                                                                           \
        wp_status try_status = (call);                                                             \
        if (try_status != WP_OK)                                                                   \
            return try_status;                                                                     \
    } while (0)

static wp_status walk_sources(wp_txn *txn, FILE *out, wp_error *err)
{
    uint32_t number = 0, found = 0;
    wp_source source;
    TRY(wp_source_find(txn, rows_source_name(0), &found, err));
    fprintf(out, "%u\n", found);
    while (wp_source_next(txn, &number, err) == WP_OK) {
        TRY(wp_source_get(txn, number, &source, err));
        fprintf(out, "%u %s\n", number, source.name);
    }
    return err->status == WP_ENOTFOUND ? WP_OK : err->status;
}

static void print_statement(FILE *out, const wp_statement *at)
{
    fprintf(out, "%u %u %s %zu %zu\n", at->number, at->source, at->identity.text, at->link_count,
            at->spelling_count);
}

static wp_status walk_statements(wp_txn *txn, FILE *out, wp_error *err)
{
    wp_statement person = {0}, company = {0}, one = {.number = person_us},
                 another = {.number = company_any};
    WALK(wp_person_statement_next(txn, &person, err), print_statement(out, &person));
    WALK(wp_company_statement_next(txn, &company, err), print_statement(out, &company));
    WALK(wp_person_statement_of(txn, &one, err), print_statement(out, &one));
    WALK(wp_company_statement_of(txn, &another, err), print_statement(out, &another));
    return WP_OK;
}

static wp_status walk_facts_stated(wp_txn *txn, FILE *out, wp_error *err)
{
    wp_employment employment = {0}, of = {.person = person_us};
    wp_consent consent = {.size = sizeof consent};
    wp_private tie = {0};
    wp_merge merge = {0};
    WALK(wp_employment_statement_next(txn, &employment, err),
         fprintf(out, "%u %u\n", employment.person, employment.company));
    WALK(wp_employment_statement_of(txn, &of, err), fprintf(out, "%u\n", of.company));
    WALK(wp_consent_statement_next(txn, &consent, err), fprintf(out, "%u\n", consent.person));
    WALK(wp_private_statement_next(txn, &tie, err), fprintf(out, "%u %u\n", tie.person, tie.owner));
    WALK(wp_merge_next(txn, &merge, err), fprintf(out, "%u %u\n", merge.a, merge.b));
    return WP_OK;
}

static wp_status walk_versions(wp_txn *txn, FILE *out, wp_error *err)
{
    uint64_t number = 0;
    wp_interaction found;
    for (int i = 0; i < 3; i++) {
        uint64_t position = 0;
        uint32_t source = 0;
        TRY(wp_interaction_next(txn, &number, err));
        WALK(wp_interaction_version_next(txn, number, &position, &source, &found, err),
             fprintf(out, "%u %s\n", source, found.source));
    }
    return WP_OK;
}

static wp_status list_opportunities(wp_txn *txn, wp_number number, bool is_person, FILE *out,
                                    wp_error *err)
{
    wp_numbers numbers;
    wp_status status = is_person ? wp_person_opportunities(txn, number, &numbers, err)
                                 : wp_company_opportunities(txn, number, &numbers, err);
    return print_numbers(status, &numbers, out);
}

static wp_status walk_opportunities(wp_txn *txn, FILE *out, wp_error *err)
{
    wp_number number = 0, found = 0;
    wp_opportunity stated = WP_OPPORTUNITY_INIT, read;
    wp_contact_role role = {0};
    TRY(wp_opportunity_next(txn, &number, err));
    TRY(wp_opportunity_get(txn, number, &read, err));
    TRY(wp_opportunity_find(txn, read.id, &found, err));
    fprintf(out, "%u %u\n", number, found);
    WALK(wp_opportunity_statement_next(txn, &stated, err), fprintf(out, "%s\n", stated.id));
    WALK(wp_contact_role_next(txn, &role, err), fprintf(out, "%u\n", role.person));
    TRY(list_opportunities(txn, person_us, true, out, err));
    return list_opportunities(txn, company_any, false, out, err);
}

static wp_status list_numbers(wp_txn *txn, FILE *out, wp_error *err)
{
    wp_numbers numbers;
    wp_identity identity;
    wp_number person = 0, company = 0;
    uint64_t mark = 0;
    TRY(print_numbers(wp_person_numbers(txn, person_us, &numbers, err), &numbers, out));
    TRY(print_numbers(wp_company_numbers(txn, company_any, &numbers, err), &numbers, out));
    TRY(wp_person_identity(txn, person_us, &identity, err));
    fprintf(out, "%s\n", identity.text);
    TRY(wp_company_identity(txn, company_any, &identity, err));
    TRY(wp_identity_find(txn, &identity, &company, err));
    TRY(wp_person_next(txn, &person, err));
    TRY(wp_company_next(txn, &company, err));
    TRY(wp_mark_get(txn, CRASH_MARK, &mark, err));
    fprintf(out, "%s %u %u %" PRIu64 "\n", identity.text, person, company, mark);
    return WP_OK;
}

static wp_status list_stated(wp_txn *txn, FILE *out, wp_error *err)
{
    wp_stated_tie tie = {0};
    wp_stated_ties ties;
    TRY(wp_stated_tie_next(txn, &tie, err));
    TRY(wp_stated_tie_get(txn, &tie, err));
    wp_status status = wp_stated_ties_from(txn, tie.from, &ties, err);
    if (status != WP_OK)
        require_empty(ties.items == NULL && ties.count == 0, "wp_stated_ties_from");
    fprintf(out, "%.17g %zu\n", tie.p, ties.count);
    wp_stated_ties_free(&ties);
    return status;
}

static wp_status list_neighbours(wp_txn *txn, FILE *out, wp_error *err)
{
    wp_neighbour near[64];
    size_t count = 0, done;
    TRY(wp_neighbours(txn, person_us, CRASH_DAY, false, WP_COST_NONE - 1, near, 64, &count, err));
    for (size_t i = 0; i < count && i < 64; i++)
        fprintf(out, "%u\n", near[i].person);
    return wp_neighbours_many(txn, &person_us, 1, CRASH_DAY + 1, false, WP_COST_NONE - 1, near, 64,
                              &count, &done, err);
}

static wp_status find_on(wp_txn *txn, FILE *out, wp_error *err)
{
    wp_find_query query = WP_FIND_QUERY_INIT;
    wp_matches matches;
    query.text = "ann acme";
    query.day = CRASH_DAY;
    return print_matches(wp_find_on(txn, &query, &matches, err), &matches, out);
}

/* ---- viewers, barriers, suppressions, the audit log -------------------------------------------
 */

static wp_status paths_of_viewer(wp_txn *txn, FILE *out, wp_error *err)
{
    wp_interaction seen;
    TRY(wp_txn_use_viewer(txn, person_us, err));
    TRY(wp_interaction_get(txn, 1, &seen, err));
    fprintf(out, "%zu recipients\n", seen.to_count);
    TRY(paths_usual(txn, out, err));
    TRY(wp_txn_use_viewer(txn, WP_VIEW_ALL, err));
    return paths_usual(txn, out, err);
}

static wp_status walk_rules(wp_txn *txn, FILE *out, wp_error *err)
{
    wp_barrier barrier = {.source = 0};
    wp_suppression at = {.key = 0};
    wp_together together;
    wp_settings settings = {.size = sizeof settings};
    bool has = false;
    WALK(wp_barrier_statement_next(txn, &barrier, err),
         fprintf(out, "%u %u\n", barrier.a.number, barrier.b.number));
    TRY(wp_suppression_has(txn, &suppressed, &has, err));
    WALK(wp_suppression_next(txn, &at, err), fprintf(out, "%" PRIu64 "\n", at.hash[0]));
    TRY(wp_together_get(txn, &together, err));
    TRY(wp_settings_get(txn, &settings, err));
    fprintf(out, "%d %u %u %d %d\n", has, together.people_max, together.companies_left_out,
            (int)settings.introductions, (int)settings.contact);
    return WP_OK;
}

static wp_status walk_log(wp_txn *txn, FILE *out, wp_error *err)
{
    wp_audit_mode mode;
    wp_audit_entry at = {.number = 0}, head;
    uint64_t broken = 1;
    TRY(wp_audit_get_mode(txn, &mode, err));
    WALK(wp_audit_next(txn, &at, err), fprintf(out, "%d %u\n", (int)at.action, at.subject));
    TRY(wp_audit_head(txn, &head, err));
    TRY(wp_audit_verify(txn, &broken, err));
    fprintf(out, "%d %" PRIu64 " %" PRIu64 "\n", (int)mode, head.number, broken);
    return WP_OK;
}

/* ---- the file ---------------------------------------------------------------------------------
 */

static wp_status read_health(wp_txn *txn, FILE *out, wp_error *err)
{
    wp_health health;
    (void)txn;
    wp_status status = wp_health_get(db, &health, err);
    if (status != WP_OK)
        require_empty(health.readers == NULL && health.reader_count == 0, "wp_health_get");
    else
        fprintf(out, "%zu readers, %" PRIu64 " pages\n", health.reader_count, health.pages);
    wp_health_free(&health);
    return status;
}

static wp_status check_file(wp_txn *txn, FILE *out, wp_error *err)
{
    uint64_t faults = 0;
    (void)txn;
    TRY(wp_check_file(path, NULL, NULL, &faults, err));
    fprintf(out, "%" PRIu64 "\n", faults);
    return WP_OK;
}

static void print_saved(void *context, const char *table, uint64_t saved, uint64_t lost)
{
    fprintf(context, "%s %" PRIu64 " %" PRIu64 "\n", table, saved, lost);
}

/* A file that could not be written whole is not there. */
static wp_status salvage(wp_txn *txn, FILE *out, wp_error *err)
{
    char copy[4200];
    (void)txn;
    (void)snprintf(copy, sizeof copy, "%s-salvaged", path);
    wp_status status = wp_salvage(path, copy, NULL, print_saved, out, err);
    require_empty((unlink(copy) == 0) == (status == WP_OK), "wp_salvage");
    return status;
}

static const struct {
    const char *name;
    read_fn *call;
    bool has_findings; /* its answer tells what could not be read */
} reads[] = {
    {"paths", paths_usual, false},
    {"paths, plain", paths_plain, false},
    {"paths, two hops", paths_two_hops, false},
    {"paths, any hops", paths_any_hops, false},
    {"paths, via", paths_via, false},
    {"paths, diverse", paths_diverse, false},
    {"paths, with reach", paths_with_reach, false},
    {"paths, bounded", paths_bounded, false},
    {"paths withheld", paths_withheld, false},
    {"reach", reach_usual, false},
    {"reach, plain", reach_plain, false},
    {"explain", explain, false},
    {"a tie of the past", tie_of_the_past, false},
    {"ties from", ties_out, false},
    {"ties to", ties_in, false},
    {"find", find_exact, false},
    {"find, misspelt", find_misspelt, false},
    {"stats", read_stats, false},
    {"check, deep", check_deep, true},
    {"check, shallow", check_shallow, true},
    {"person", read_person, false},
    {"company", read_company, false},
    {"our people", list_colleagues, false},
    {"employed people", list_employed, false},
    {"interactions", walk_interactions, false},
    {"employment and stated tie", walk_facts, false},
    {"sources", walk_sources, false},
    {"statements", walk_statements, false},
    {"facts stated", walk_facts_stated, false},
    {"versions of interactions", walk_versions, false},
    {"opportunities", walk_opportunities, false},
    {"numbers and identities", list_numbers, false},
    {"stated ties", list_stated, false},
    {"neighbours", list_neighbours, false},
    {"find on a day", find_on, false},
    {"paths of a viewer", paths_of_viewer, false},
    {"barriers, suppressions, working together", walk_rules, false},
    {"audit log", walk_log, true},
    {"groups", crash_groups_read, false},
    {"health", read_health, true},
    {"check of the file", check_file, true},
    {"salvage", salvage, true},
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

/* The transaction answers on. */
static void require_usual(size_t which, wp_txn *txn, const char *expected)
{
    char *again = NULL;
    wp_status status = call_read(reads[which].call, txn, &again);
    if (status != WP_OK || strcmp(again, expected) != 0)
        crash_fail("%s, after a fault: %s", reads[which].name, wp_status_name(status));
    free(again);
}

/* Returns whether a fault struck, that is, whether there may be further ones. */
static bool try_read(size_t which, uint64_t failing, bool is_for_ever, const char *expected)
{
    char *answer = NULL;
    const char *what = crash_faults_name();
    wp_txn *txn = begin();
    forget_policy(txn);
    crash_faults_begin(failing, is_for_ever);
    wp_status status = call_read(reads[which].call, txn, &answer);
    bool has_failed = crash_faults_end();
    if (status != WP_OK && !(crash_faults_may_answer(status) && has_failed))
        crash_fail("%s, %s %" PRIu64 ": %s", reads[which].name, what, failing,
                   wp_status_name(status));
    bool is_usual = !has_failed || !(crash_faults_is_record() || reads[which].has_findings);
    if (status == WP_OK && is_usual && strcmp(answer, expected) != 0)
        crash_fail("%s, %s %" PRIu64 ": a wrong answer", reads[which].name, what, failing);
    if (!crash_faults_is_record())
        require_usual(which, txn, expected);
    free(answer);
    wp_abort(txn);
    return has_failed;
}

static void try_reads(void **state)
{
    crash_faults_use(*(const crash_fault *)*state);
    for (size_t which = 0; which < READS; which++) {
        char *expected = NULL;
        wp_txn *txn = begin();
        crash_must(call_read(reads[which].call, txn, &expected), NULL, reads[which].name);
        wp_abort(txn);
        for (int is_for_ever = 0; is_for_ever <= !crash_faults_is_record(); is_for_ever++)
            for (uint64_t failing = 1; try_read(which, failing, is_for_ever == 1, expected);)
                failing = crash_faults_next(failing);
        free(expected);
    }
}

int main(void)
{
    static crash_fault kinds[] = {CRASH_FAULT_MEMORY,       CRASH_FAULT_LMDB,
                                  CRASH_FAULT_RECORD_EMPTY, CRASH_FAULT_RECORD_SHORT,
                                  CRASH_FAULT_RECORD_LONG,  CRASH_FAULT_KEY_SHORT};
    const struct CMUnitTest tests[] = {
        {"memory__fails_in_reads", try_reads, NULL, NULL, &kinds[0]},
        {"lmdb__fails_in_reads", try_reads, NULL, NULL, &kinds[1]},
        {"record__is_empty_in_reads", try_reads, NULL, NULL, &kinds[2]},
        {"record__is_short_in_reads", try_reads, NULL, NULL, &kinds[3]},
        {"record__is_long_in_reads", try_reads, NULL, NULL, &kinds[4]},
        {"key__is_short_in_reads", try_reads, NULL, NULL, &kinds[5]},
    };
    int failed = cmocka_run_group_tests(tests, make_database, drop_database);
    scratch_remove();
    return failed == 0 ? 0 : 1;
}
