/*
 * Every allocation and every call of LMDB fails in turn, once and from there on for ever, in every
 * call that reads records: what is stated, the audit log, the state of the file and its checks; and
 * every record that it reads is a bad one, in turn and in several ways. What must hold then: see
 * crash_reads.h. Calls that answer questions are in memory_read_test.c.
 */
#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>

#include "crash_failing.h"
#include "crash_groups.h"
#include "crash_reads.h"
#include "crash_world.h"
#include "rows.h"

static wp_status read_stats(wp_txn *txn, FILE *out, wp_error *err)
{
    wp_stats stats;
    wp_status status = wp_stats_get(txn, &stats, err);
    if (status == WP_OK)
        fprintf(out, "%" PRIu64 " %" PRIu64 "\n", stats.people, stats.ties);
    return status;
}

static wp_status check(wp_txn *txn, bool is_deep, FILE *out, wp_error *err)
{
    uint64_t count = 0;
    wp_status status = wp_check(txn, is_deep, NULL, NULL, &count, err);
    if (status == WP_OK)
        fprintf(out, "%" PRIu64 "\n", count);
    return status;
}

static wp_status check_deep(wp_txn *txn, FILE *out, wp_error *err)
{
    return check(txn, true, out, err);
}

static wp_status check_shallow(wp_txn *txn, FILE *out, wp_error *err)
{
    return check(txn, false, out, err);
}

static wp_status read_person(wp_txn *txn, FILE *out, wp_error *err)
{
    wp_person person;
    wp_status status = wp_person_get(txn, crash_reads_in.us, CRASH_DAY, &person, err);
    if (status == WP_OK)
        fprintf(out, "%s %s %zu\n", person.name, person.email, person.spelling_count);
    return status;
}

static wp_status read_company(wp_txn *txn, FILE *out, wp_error *err)
{
    wp_company company;
    wp_status status = wp_company_get(txn, crash_reads_in.company, &company, err);
    if (status == WP_OK)
        fprintf(out, "%s %zu\n", company.domain, company.identity_count);
    return status;
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
    wp_employment employment = {.person = crash_reads_in.us, .from_day = WP_DAY_NONE};
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
static wp_status walk_sources(wp_txn *txn, FILE *out, wp_error *err)
{
    uint32_t number = 0, found = 0;
    wp_source source;
    CRASH_TRY(wp_source_find(txn, rows_source_name(0), &found, err));
    fprintf(out, "%u\n", found);
    while (wp_source_next(txn, &number, err) == WP_OK) {
        CRASH_TRY(wp_source_get(txn, number, &source, err));
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
    wp_statement person = {0}, company = {0}, one = {.number = crash_reads_in.us},
                 another = {.number = crash_reads_in.company};
    CRASH_WALK(wp_person_statement_next(txn, &person, err), print_statement(out, &person));
    CRASH_WALK(wp_company_statement_next(txn, &company, err), print_statement(out, &company));
    CRASH_WALK(wp_person_statement_of(txn, &one, err), print_statement(out, &one));
    CRASH_WALK(wp_company_statement_of(txn, &another, err), print_statement(out, &another));
    return WP_OK;
}

static wp_status walk_facts_stated(wp_txn *txn, FILE *out, wp_error *err)
{
    wp_employment employment = {0}, of = {.person = crash_reads_in.us};
    wp_consent consent = {.size = sizeof consent};
    wp_private tie = {0};
    wp_merge merge = {0};
    CRASH_WALK(wp_employment_statement_next(txn, &employment, err),
               fprintf(out, "%u %u\n", employment.person, employment.company));
    CRASH_WALK(wp_employment_statement_of(txn, &of, err), fprintf(out, "%u\n", of.company));
    CRASH_WALK(wp_consent_statement_next(txn, &consent, err), fprintf(out, "%u\n", consent.person));
    CRASH_WALK(wp_private_statement_next(txn, &tie, err),
               fprintf(out, "%u %u\n", tie.person, tie.owner));
    CRASH_WALK(wp_merge_next(txn, &merge, err), fprintf(out, "%u %u\n", merge.a, merge.b));
    return WP_OK;
}

static wp_status walk_versions(wp_txn *txn, FILE *out, wp_error *err)
{
    uint64_t number = 0;
    wp_interaction found;
    for (int i = 0; i < 3; i++) {
        uint64_t position = 0;
        uint32_t source = 0;
        CRASH_TRY(wp_interaction_next(txn, &number, err));
        CRASH_WALK(wp_interaction_version_next(txn, number, &position, &source, &found, err),
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
    return crash_reads_print_numbers(status, &numbers, out);
}

static wp_status walk_opportunities(wp_txn *txn, FILE *out, wp_error *err)
{
    wp_number number = 0, found = 0;
    wp_opportunity stated = WP_OPPORTUNITY_INIT, read;
    wp_contact_role role = {0};
    CRASH_TRY(wp_opportunity_next(txn, &number, err));
    CRASH_TRY(wp_opportunity_get(txn, number, &read, err));
    CRASH_TRY(wp_opportunity_find(txn, read.id, &found, err));
    fprintf(out, "%u %u\n", number, found);
    CRASH_WALK(wp_opportunity_statement_next(txn, &stated, err), fprintf(out, "%s\n", stated.id));
    CRASH_WALK(wp_contact_role_next(txn, &role, err), fprintf(out, "%u\n", role.person));
    CRASH_TRY(list_opportunities(txn, crash_reads_in.us, true, out, err));
    return list_opportunities(txn, crash_reads_in.company, false, out, err);
}

static wp_status list_numbers(wp_txn *txn, FILE *out, wp_error *err)
{
    wp_numbers numbers;
    wp_identity identity;
    wp_number person = 0, company = 0;
    uint64_t mark = 0;
    CRASH_TRY(crash_reads_print_numbers(wp_person_numbers(txn, crash_reads_in.us, &numbers, err),
                                        &numbers, out));
    CRASH_TRY(crash_reads_print_numbers(
        wp_company_numbers(txn, crash_reads_in.company, &numbers, err), &numbers, out));
    CRASH_TRY(wp_person_identity(txn, crash_reads_in.us, &identity, err));
    fprintf(out, "%s\n", identity.text);
    CRASH_TRY(wp_company_identity(txn, crash_reads_in.company, &identity, err));
    CRASH_TRY(wp_identity_find(txn, &identity, &company, err));
    CRASH_TRY(wp_person_next(txn, &person, err));
    CRASH_TRY(wp_company_next(txn, &company, err));
    CRASH_TRY(wp_mark_get(txn, CRASH_MARK, &mark, err));
    fprintf(out, "%s %u %u %" PRIu64 "\n", identity.text, person, company, mark);
    return WP_OK;
}

static wp_status list_stated(wp_txn *txn, FILE *out, wp_error *err)
{
    wp_stated_tie tie = {0};
    wp_stated_ties ties;
    CRASH_TRY(wp_stated_tie_next(txn, &tie, err));
    CRASH_TRY(wp_stated_tie_get(txn, &tie, err));
    wp_status status = wp_stated_ties_from(txn, tie.from, &ties, err);
    if (status != WP_OK)
        crash_reads_require_empty(ties.items == NULL && ties.count == 0, "wp_stated_ties_from");
    fprintf(out, "%.17g %zu\n", tie.p, ties.count);
    wp_stated_ties_free(&ties);
    return status;
}

/* ---- viewers, barriers, suppressions, the audit log -------------------------------------------
 */

static wp_status walk_rules(wp_txn *txn, FILE *out, wp_error *err)
{
    wp_barrier barrier = {.source = 0};
    wp_suppression at = {.key = 0};
    wp_together together;
    wp_settings settings = {.size = sizeof settings};
    bool has = false;
    CRASH_WALK(wp_barrier_statement_next(txn, &barrier, err),
               fprintf(out, "%u %u\n", barrier.a.number, barrier.b.number));
    CRASH_TRY(wp_suppression_has(txn, &crash_reads_in.suppressed, &has, err));
    CRASH_WALK(wp_suppression_next(txn, &at, err), fprintf(out, "%" PRIu64 "\n", at.hash[0]));
    CRASH_TRY(wp_together_get(txn, &together, err));
    CRASH_TRY(wp_settings_get(txn, &settings, err));
    fprintf(out, "%d %u %u %d %d\n", has, together.people_max, together.companies_left_out,
            (int)settings.introductions, (int)settings.contact);
    return WP_OK;
}

static wp_status walk_log(wp_txn *txn, FILE *out, wp_error *err)
{
    wp_audit_mode mode;
    wp_audit_entry at = {.number = 0}, head;
    uint64_t broken = 1;
    CRASH_TRY(wp_audit_get_mode(txn, &mode, err));
    CRASH_WALK(wp_audit_next(txn, &at, err), fprintf(out, "%d %u\n", (int)at.action, at.subject));
    CRASH_TRY(wp_audit_head(txn, &head, err));
    CRASH_TRY(wp_audit_verify(txn, &broken, err));
    fprintf(out, "%d %" PRIu64 " %" PRIu64 "\n", (int)mode, head.number, broken);
    return WP_OK;
}

/* ---- the file ---------------------------------------------------------------------------------
 */

static wp_status read_health(wp_txn *txn, FILE *out, wp_error *err)
{
    wp_health health;
    (void)txn;
    wp_status status = wp_health_get(crash_failing_in.db, &health, err);
    if (status != WP_OK)
        crash_reads_require_empty(health.readers == NULL && health.reader_count == 0,
                                  "wp_health_get");
    else
        fprintf(out, "%zu readers, %" PRIu64 " pages\n", health.reader_count, health.pages);
    wp_health_free(&health);
    return status;
}

static wp_status check_file(wp_txn *txn, FILE *out, wp_error *err)
{
    uint64_t faults = 0;
    (void)txn;
    CRASH_TRY(wp_check_file(crash_failing_in.path, NULL, NULL, &faults, err));
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
    char copy[sizeof crash_failing_in.path + 16];
    (void)txn;
    (void)snprintf(copy, sizeof copy, "%s-salvaged", crash_failing_in.path);
    wp_status status = wp_salvage(crash_failing_in.path, copy, NULL, print_saved, out, err);
    crash_reads_require_empty((unlink(copy) == 0) == (status == WP_OK), "wp_salvage");
    return status;
}

static const crash_read reads[] = {
    {"stats", read_stats, false},
    {"check, deep", check_deep, true},
    {"check, shallow", check_shallow, true},
    {"person", read_person, false},
    {"company", read_company, false},
    {"interactions", walk_interactions, false},
    {"employment and stated tie", walk_facts, false},
    {"sources", walk_sources, false},
    {"statements", walk_statements, false},
    {"facts stated", walk_facts_stated, false},
    {"versions of interactions", walk_versions, false},
    {"opportunities", walk_opportunities, false},
    {"numbers and identities", list_numbers, false},
    {"stated ties", list_stated, false},
    {"barriers, suppressions, working together", walk_rules, false},
    {"audit log", walk_log, true},
    {"groups", crash_groups_read, false},
    {"health", read_health, true},
    {"check of the file", check_file, true},
    {"salvage", salvage, true},
};

int main(void)
{
    return crash_reads_run(reads, sizeof reads / sizeof *reads, "calls that read records");
}
