/*
 * Every allocation and every call of LMDB fails in turn, once and from there on for ever, in every
 * call in a write transaction and in its commit; and the records that a write reads are bad, in
 * turn and in several ways (crash_faults.h).
 *
 * A call whose Nth allocation fails returns WP_ENOMEM, or WP_OK when it can do without; one whose
 * Nth call of LMDB fails WP_EIO or WP_ECORRUPT. A transaction in which one failed is of no use:
 * whether it is aborted, or its commit is asked for and refused, the database is as it was before.
 * wp_check finds no fault. Once the database is closed, every block of memory and every handle of
 * LMDB has been given back. Calls that read are in memory_read_test.c and memory_walk_test.c, those
 * that open, create, copy and rebuild in memory_file_test.c.
 */
#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "crash_failing.h"
#include "crash_faults.h"
#include "crash_groups.h"
#include "crash_process.h"
#include "crash_world.h"
#include "facts.h"
#include "scratch.h"

#define BATCH_EVERY 4

static int drop_database(void **state)
{
    (void)state;
    crash_failing_drop("calls that write");
    return 0;
}

/* ---- calls --------------------------------------------------------------------------------------
 */

typedef wp_status write_fn(wp_txn *txn, wp_error *err);

static wp_status put_new_person(wp_txn *txn, wp_error *err)
{
    static const wp_identity identities[] = {{WP_IDENTITY_EMAIL, "new@quite-new.example"},
                                             {WP_IDENTITY_ID, "new-1"},
                                             {WP_IDENTITY_LINKEDIN, "new-person"}};
    static const wp_spelling spellings[] = {{"New Person", 2}, {"N. Person", 1}};
    wp_person_facts facts = WP_PERSON_FACTS_INIT;
    wp_number person = 0;
    facts.identities = identities;
    facts.identity_count = 3;
    facts.title = "Head of Novelty";
    facts.spellings = spellings;
    facts.spelling_count = 2;
    wp_status status = wp_person_put(txn, &facts, &person, NULL, err);
    if (status != WP_OK && person != 0)
        crash_fail("wp_person_put left a number after a failure");
    return status;
}

static wp_status put_known_person(wp_txn *txn, wp_error *err)
{
    static const wp_identity identities[] = {{WP_IDENTITY_EMAIL, "p7@c1.example"},
                                             {WP_IDENTITY_EMAIL, "seven@c2.example"}};
    static const wp_spelling spelling = {"Seven of Forty", 9};
    wp_person_facts facts = WP_PERSON_FACTS_INIT;
    wp_number person = 0;
    facts.identities = identities;
    facts.identity_count = 2;
    facts.name = "Seven";
    facts.us = WP_US_YES;
    facts.spellings = &spelling;
    facts.spelling_count = 1;
    return wp_person_put(txn, &facts, &person, NULL, err);
}

static wp_status put_company(wp_txn *txn, wp_error *err)
{
    static const wp_identity identities[] = {{WP_IDENTITY_DOMAIN, "c1.example"},
                                             {WP_IDENTITY_DOMAIN, "c1-also.example"},
                                             {WP_IDENTITY_COMPANY_ID, "company-1"}};
    static const char *const aliases[] = {"First", "One Company"};
    wp_company_facts facts = WP_COMPANY_FACTS_INIT;
    wp_number company = 0;
    facts.identities = identities;
    facts.identity_count = 3;
    facts.name = "The First Company";
    facts.aliases = aliases;
    facts.alias_count = 2;
    facts.parent = 2;
    facts.us = WP_US_YES;
    return wp_company_put(txn, &facts, &company, NULL, err);
}

/* State a company and take all of it back again. */
static wp_status put_company_and_drop(wp_txn *txn, wp_error *err)
{
    static const wp_identity also = {WP_IDENTITY_DOMAIN, "c1-also.example"};
    wp_identity first = {WP_IDENTITY_DOMAIN, "c1.example"};
    wp_number company = 0;
    wp_status status = put_company(txn, err);
    if (status == WP_OK)
        status = wp_identity_find(txn, &first, &company, err);
    if (status == WP_OK)
        status = wp_company_drop_alias(txn, company, "One Company", err);
    if (status == WP_OK)
        status = wp_company_drop_parent(txn, company, 2, err);
    return status == WP_OK ? wp_company_drop_identity(txn, company, &also, err) : status;
}

static wp_status put_employment(wp_txn *txn, wp_error *err)
{
    wp_employment employment = {
        .person = 3, .company = 2, .title = "Clerk", .from_day = 19000, .to_day = WP_DAY_NONE};
    return wp_employment_put(txn, &employment, err);
}

static wp_status put_interaction(wp_txn *txn, wp_error *err)
{
    static const wp_participant to[] = {{2, WP_ROLE_TO}, {5, WP_ROLE_CC}, {9, WP_ROLE_BCC}};
    wp_interaction interaction = WP_INTERACTION_INIT;
    interaction.source = "one more";
    interaction.reply_to = "batch-0-0";
    interaction.time_s = (int64_t)CRASH_DAY * 86400;
    interaction.from = 1;
    interaction.to = to;
    interaction.to_count = 3;
    interaction.valence = -.5;
    return wp_interaction_put(txn, &interaction, NULL, err);
}

static wp_status put_ask(wp_txn *txn, wp_error *err)
{
    static const wp_participant to = {4, WP_ROLE_TO};
    wp_interaction interaction = facts_of_mail("an ask", (int64_t)CRASH_DAY * 86400, 1, &to);
    interaction.kind = WP_KIND_ASK;
    interaction.reply_to = "not yet there";
    return wp_interaction_put(txn, &interaction, NULL, err);
}

static wp_status put_stated(wp_txn *txn, wp_error *err)
{
    wp_stated_tie tie = {.from = 11, .to = 12, .p = .75};
    return wp_stated_tie_put(txn, &tie, err);
}

static wp_status put_consent(wp_txn *txn, wp_error *err)
{
    wp_consent consent = WP_CONSENT_INIT;
    consent.person = 8;
    consent.introductions = WP_CHOICE_OUT;
    consent.contact = WP_CHOICE_OUT;
    return wp_consent_put(txn, &consent, err);
}

static wp_status put_mark(wp_txn *txn, wp_error *err)
{
    return wp_mark_put(txn, "another mark", 17, err);
}

static wp_status erase_person(wp_txn *txn, wp_error *err)
{
    return wp_person_erase(txn, 3, NULL, err);
}

static wp_status add_suppression(wp_txn *txn, wp_error *err)
{
    wp_identity nobody = {WP_IDENTITY_EMAIL, "nobody@else.example"};
    return wp_suppression_add(txn, &nobody, err);
}

static wp_status put_suppression(wp_txn *txn, wp_error *err)
{
    wp_suppression suppression = {1, {2, 3}, 4};
    return wp_suppression_put(txn, &suppression, err);
}

static wp_status lift_suppression(wp_txn *txn, wp_error *err)
{
    wp_identity nobody = {WP_IDENTITY_EMAIL, "nobody@else.example"};
    wp_status status = wp_suppression_add(txn, &nobody, err);
    return status == WP_OK ? wp_suppression_lift(txn, &nobody, err) : status;
}

static wp_status put_barrier(wp_txn *txn, wp_error *err)
{
    wp_barrier barrier = {{WP_SIDE_PERSON, 5}, {WP_SIDE_COMPANY, 2}, 0};
    wp_status status = wp_barrier_put(txn, &barrier, true, err);
    return status == WP_OK ? wp_barrier_put(txn, &barrier, false, err) : status;
}

/* Two colleagues, whose time together counts for nothing and then again. */
static wp_status put_together(wp_txn *txn, wp_error *err)
{
    wp_employment other = {.person = 4, .company = 2, .from_day = 19100, .to_day = WP_DAY_NONE};
    wp_status status = put_employment(txn, err);
    if (status == WP_OK)
        status = wp_employment_put(txn, &other, err);
    if (status == WP_OK)
        status = wp_together_put(txn, 0, err);
    return status == WP_OK ? wp_together_put(txn, WP_TOGETHER_MAX, err) : status;
}

static wp_status put_settings(wp_txn *txn, wp_error *err)
{
    wp_settings settings = {.size = sizeof settings, .introductions = WP_CHOICE_OUT};
    return wp_settings_put(txn, &settings, err);
}

static wp_status put_audit(wp_txn *txn, wp_error *err)
{
    wp_status status = wp_audit_set_mode(txn, WP_AUDIT_ALL, err);
    if (status == WP_OK)
        status = wp_audit_note(txn, WP_AUDIT_ASK_PERSON, 1, 7, 0, err);
    return status == WP_OK ? put_barrier(txn, err) : status;
}

static wp_status put_source(wp_txn *txn, wp_error *err)
{
    uint32_t number = 0;
    wp_status status = wp_source_put(txn, "a new source", "csv", WP_TIME_NONE, &number, err);
    if (status == WP_OK)
        status = wp_txn_use_source(txn, number, err);
    return status == WP_OK ? put_new_person(txn, err) : status;
}

static wp_status merge(wp_txn *txn, wp_error *err)
{
    return wp_person_merge(txn, 2, 9, err);
}

static wp_status merge_and_part(wp_txn *txn, wp_error *err)
{
    wp_status status = wp_person_merge(txn, 3, 4, err);
    return status == WP_OK ? wp_person_unmerge(txn, 3, 4, err) : status;
}

static wp_status keep_new_person(wp_txn *txn, wp_error *err)
{
    wp_number number;
    const wp_identity who = {WP_IDENTITY_EMAIL, "kept@example.com"};
    wp_status status = wp_person_keep(txn, &who, &number, err);
    return status == WP_OK ? wp_person_merge(txn, 1, number, err) : status;
}

static wp_status set_apart(wp_txn *txn, wp_error *err)
{
    return wp_person_set_apart(txn, 1, true, err);
}

/* A newer version of a series, of which an occurrence was stored before. */
static wp_status put_series(wp_txn *txn, wp_error *err)
{
    static const wp_participant to = {2, WP_ROLE_TO};
    wp_interaction interaction = facts_of_mail("series/1", (int64_t)CRASH_DAY * 86400, 1, &to);
    interaction.reply_to = "series";
    interaction.kind = WP_KIND_MEETING;
    interaction.flags = WP_INTERACTION_OCCURRENCE;
    wp_status status = wp_interaction_put(txn, &interaction, NULL, err);
    interaction.source = "series";
    interaction.reply_to = NULL;
    interaction.kind = WP_KIND_SERIES;
    interaction.flags = 0;
    interaction.to_count = 0;
    interaction.revision = 1;
    return status == WP_OK ? wp_interaction_put(txn, &interaction, NULL, err) : status;
}

static wp_status put_private(wp_txn *txn, wp_error *err)
{
    wp_private statement = {.person = 5, .owner = 1};
    return wp_private_put(txn, &statement, true, err);
}

static wp_status put_opportunity(wp_txn *txn, wp_error *err)
{
    wp_opportunity opportunity = WP_OPPORTUNITY_INIT;
    wp_contact_role role = {.person = 7, .role = "Decision Maker", .is_primary = true};
    opportunity.id = "deal-1";
    opportunity.name = "A deal";
    opportunity.company = 2;
    opportunity.owner = 1;
    wp_status status = wp_opportunity_put(txn, &opportunity, &role.opportunity, NULL, err);
    return status == WP_OK ? wp_contact_role_put(txn, &role, err) : status;
}

static const struct {
    const char *name;
    write_fn *call;
} writes[] = {
    {"person, new", put_new_person},
    {"person, known", put_known_person},
    {"company", put_company},
    {"company, taken back", put_company_and_drop},
    {"employment", put_employment},
    {"interaction", put_interaction},
    {"ask", put_ask},
    {"series", put_series},
    {"stated tie", put_stated},
    {"consent", put_consent},
    {"mark", put_mark},
    {"erasure", erase_person},
    {"suppression", add_suppression},
    {"suppression of another database", put_suppression},
    {"lifted suppression", lift_suppression},
    {"barrier", put_barrier},
    {"working together", put_together},
    {"settings", put_settings},
    {"audit log", put_audit},
    {"source", put_source},
    {"merge", merge},
    {"merge and unmerge", merge_and_part},
    {"set apart", set_apart},
    {"kept person", keep_new_person},
    {"private", put_private},
    {"opportunity", put_opportunity},
    {"groups", crash_groups_put_and_take},
};

#define WRITES (sizeof writes / sizeof *writes)

/* ---- their failures ----------------------------------------------------------------------------
 */

/* The number of the newest snapshot: as long as it stays, nothing was committed. */
static uint64_t newest(void)
{
    wp_health health;
    wp_error err;
    crash_must(wp_health_get(crash_failing_in.db, &health, &err), &err, "wp_health_get");
    uint64_t snapshot = health.snapshot;
    wp_health_free(&health);
    return snapshot;
}

/* One call, at times after a few others; every other time the commit of a failed one is asked for.
 * A bad record may be taken for a good one, or be refused, so that the transaction could go on. */
static bool try_write(size_t which, uint64_t failing, bool is_for_ever)
{
    wp_error err;
    uint64_t before = newest();
    wp_txn *txn = crash_failing_begin(true);
    if (failing % BATCH_EVERY == 1)
        crash_batch_put(txn, crash_failing_in.seed, crash_failing_in.batches);
    crash_faults_begin(failing, is_for_ever);
    wp_status status = writes[which].call(txn, &err);
    bool has_failed = crash_faults_end();
    crash_failing_require(status, has_failed, writes[which].name, failing);
    if (status == WP_OK || failing % 2 == 0 || crash_faults_is_record())
        wp_abort(txn);
    else if (wp_commit(txn, &err) == WP_OK)
        crash_fail("%s, %s %" PRIu64 ": the failed transaction was committed", writes[which].name,
                   crash_faults_name(), failing);
    if (newest() != before)
        crash_fail("%s, %s %" PRIu64 ": something was committed", writes[which].name,
                   crash_faults_name(), failing);
    return has_failed;
}

static void fail_in_writes(void **state)
{
    char *before = crash_dump_db(crash_failing_in.db);
    crash_failing_use(state);
    for (size_t which = 0; which < WRITES; which++) {
        for (int is_for_ever = 0; is_for_ever <= !crash_faults_is_record(); is_for_ever++)
            for (uint64_t failing = 1; try_write(which, failing, is_for_ever == 1);)
                failing = crash_faults_next(failing);
        crash_failing_require_unchanged(before, writes[which].name, 0);
    }
    free(before);
}

/* A query sees what the transaction has put, which may have to be put in order first. */
static wp_status query_own_writes(wp_txn *txn, wp_error *err)
{
    wp_number source = 1, target = 7;
    wp_paths *paths = NULL;
    wp_path_query query = paths_between(&source, &target, CRASH_DAY);
    wp_status status = wp_paths_find(txn, &query, &paths, err);
    wp_paths_free(paths);
    return status;
}

/* Whatever becomes of the transaction, the database has all of it or nothing. */
static bool try_query(uint64_t failing, bool is_for_ever, const char *before)
{
    wp_error err;
    wp_txn *txn = crash_failing_begin(true);
    crash_batch_put(txn, crash_failing_in.seed, crash_failing_in.batches);
    crash_faults_begin(failing, is_for_ever);
    wp_status status = query_own_writes(txn, &err);
    bool has_failed = crash_faults_end();
    crash_failing_require(status, has_failed, "a query of own writes", failing);
    if (status == WP_OK) {
        wp_abort(txn);
    } else if (wp_commit(txn, &err) == WP_OK) {
        crash_failing_in.batches++;
        crash_check_db(crash_failing_in.db, "after a commit that followed a query without memory");
        return has_failed;
    }
    crash_failing_require_unchanged(before, "a query of own writes", failing);
    return has_failed;
}

static void fail_in_queries_of_own_writes(void **state)
{
    char *before = crash_dump_db(crash_failing_in.db);
    crash_failing_use(state);
    for (int is_for_ever = 0; is_for_ever <= 1; is_for_ever++)
        for (uint64_t failing = 1; try_query(failing, is_for_ever == 1, before);) {
            free(before);
            before = crash_dump_db(crash_failing_in.db);
            failing = crash_faults_next(failing);
        }
    free(before);
}

static bool try_commit(uint64_t failing, bool is_for_ever)
{
    wp_error err;
    char *before = crash_dump_db(crash_failing_in.db);
    wp_txn *txn = crash_failing_begin(true);
    crash_batch_put(txn, crash_failing_in.seed, crash_failing_in.batches);
    crash_faults_begin(failing, is_for_ever);
    wp_status status = wp_commit(txn, &err);
    bool has_failed = crash_faults_end();
    crash_failing_require(status, has_failed, "commit", failing);
    if (status == WP_OK)
        crash_failing_in.batches++;
    else
        crash_failing_require_unchanged(before, "commit", failing);
    crash_check_db(crash_failing_in.db, "after a commit without memory");
    free(before);
    return has_failed;
}

static void fail_in_commit(void **state)
{
    crash_failing_use(state);
    for (int is_for_ever = 0; is_for_ever <= 1; is_for_ever++)
        for (uint64_t failing = 1; try_commit(failing, is_for_ever == 1);)
            failing = crash_faults_next(failing);
}

#define OF_FAULT(what, work, kind)                                                                 \
    {                                                                                              \
        what #work, fail_in_##work, NULL, NULL, &faults[kind]                                      \
    }
#define FAILING(work)                                                                              \
    OF_FAULT("memory__fails_in_", work, CRASH_FAULT_MEMORY),                                       \
        OF_FAULT("lmdb__fails_in_", work, CRASH_FAULT_LMDB)

int main(void)
{
    static crash_fault faults[] = {CRASH_FAULT_MEMORY,       CRASH_FAULT_LMDB,
                                   CRASH_FAULT_RECORD_EMPTY, CRASH_FAULT_RECORD_SHORT,
                                   CRASH_FAULT_RECORD_LONG,  CRASH_FAULT_RECORD_ONES,
                                   CRASH_FAULT_KEY_SHORT};
    const struct CMUnitTest tests[] = {
        FAILING(writes),
        FAILING(queries_of_own_writes),
        FAILING(commit),
        OF_FAULT("record__is_empty_in_", writes, CRASH_FAULT_RECORD_EMPTY),
        OF_FAULT("record__is_short_in_", writes, CRASH_FAULT_RECORD_SHORT),
        OF_FAULT("record__is_long_in_", writes, CRASH_FAULT_RECORD_LONG),
        OF_FAULT("record__is_ones_in_", writes, CRASH_FAULT_RECORD_ONES),
        OF_FAULT("key__is_short_in_", writes, CRASH_FAULT_KEY_SHORT),
    };
    return scratch_end(cmocka_run_group_tests(tests, crash_failing_make_small, drop_database));
}
