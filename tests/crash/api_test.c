/*
 * The caveats of the header hold: fork, threads, a second writer, reading alone.
 *
 * What a program does wrong gets a status and breaks nothing: a child that uses its parent's
 * handle, a thread that uses another's transaction, a second write transaction, a write without
 * the right to. Every call that takes a transaction is tried. A full map and a full disk are in
 * full_test.c.
 */
#include <inttypes.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "crash_process.h"
#include "crash_world.h"
#include "facts.h"
#include "scratch.h"

#define SEED 8

static char path[4096];
static wp_db *db;
static uint64_t batches;

static int make_database(void **state)
{
    (void)state;
    (void)snprintf(path, sizeof path, "%s", scratch_path("api.warmpath"));
    crash_create(path);
    db = crash_open(path);
    for (batches = 0; batches < 2; batches++)
        crash_batch_commit(db, SEED, batches);
    return 0;
}

static int drop_database(void **state)
{
    (void)state;
    crash_check_db(db, "at the end");
    wp_close(db);
    return 0;
}

static wp_txn *begin(wp_db *of, bool is_write)
{
    wp_txn *txn = NULL;
    wp_error err;
    crash_must(is_write ? wp_begin_write(of, &txn, &err) : wp_begin_read(of, &txn, &err), &err,
               "beginning a transaction");
    return txn;
}

/* ---- every call that takes a transaction --------------------------------------------------------
 */

static const wp_number one = 1, five = 5;

static wp_status call_person_put(wp_txn *txn, wp_error *err)
{
    static const wp_identity identity = {WP_IDENTITY_ID, "nobody"};
    wp_person_facts facts = facts_of_person(&identity);
    wp_number person;
    return wp_person_put(txn, &facts, &person, NULL, err);
}

static wp_status call_company_put(wp_txn *txn, wp_error *err)
{
    wp_company_facts facts = WP_COMPANY_FACTS_INIT;
    wp_number company;
    facts.name = "Nothing";
    return wp_company_put(txn, &facts, &company, NULL, err);
}

/* State a company with everything that can be taken back. */
static wp_status put_gone(wp_txn *txn, wp_number *company, wp_error *err)
{
    static const wp_identity identities[] = {{WP_IDENTITY_DOMAIN, "gone.example"},
                                             {WP_IDENTITY_DOMAIN, "also.example"}};
    static const char *const alias = "Gone";
    wp_company_facts facts = facts_of_company(identities);
    facts.identity_count = 2;
    facts.aliases = &alias;
    facts.alias_count = 1;
    facts.parent = 1;
    return wp_company_put(txn, &facts, company, NULL, err);
}

static wp_status call_company_drop_alias(wp_txn *txn, wp_error *err)
{
    wp_number company;
    wp_status status = put_gone(txn, &company, err);
    return status == WP_OK ? wp_company_drop_alias(txn, company, "Gone", err) : status;
}

static wp_status call_company_drop_identity(wp_txn *txn, wp_error *err)
{
    static const wp_identity also = {WP_IDENTITY_DOMAIN, "also.example"};
    wp_number company;
    wp_status status = put_gone(txn, &company, err);
    return status == WP_OK ? wp_company_drop_identity(txn, company, &also, err) : status;
}

static wp_status call_company_drop_parent(wp_txn *txn, wp_error *err)
{
    wp_number company;
    wp_status status = put_gone(txn, &company, err);
    return status == WP_OK ? wp_company_drop_parent(txn, company, 1, err) : status;
}

static wp_status call_employment_put(wp_txn *txn, wp_error *err)
{
    wp_employment employment = {
        .person = 1, .company = 1, .from_day = WP_DAY_NONE, .to_day = WP_DAY_NONE};
    return wp_employment_put(txn, &employment, err);
}

static wp_status call_interaction_put(wp_txn *txn, wp_error *err)
{
    wp_participant to = {5, WP_ROLE_TO};
    wp_interaction interaction = facts_of_mail("nothing", 0, 1, &to);
    return wp_interaction_put(txn, &interaction, NULL, err);
}

static wp_status call_stated_tie_put(wp_txn *txn, wp_error *err)
{
    wp_stated_tie tie = {.from = 1, .to = 5, .p = .5};
    return wp_stated_tie_put(txn, &tie, err);
}

static wp_status call_consent_put(wp_txn *txn, wp_error *err)
{
    wp_consent consent = WP_CONSENT_INIT;
    consent.person = 1;
    consent.contact = WP_CHOICE_OUT;
    return wp_consent_put(txn, &consent, err);
}

static wp_status call_mark_put(wp_txn *txn, wp_error *err)
{
    return wp_mark_put(txn, "nothing", 1, err);
}

static wp_status call_person_get(wp_txn *txn, wp_error *err)
{
    wp_person person;
    return wp_person_get(txn, 1, CRASH_DAY, &person, err);
}

static wp_status call_company_get(wp_txn *txn, wp_error *err)
{
    wp_company company;
    return wp_company_get(txn, 1, &company, err);
}

static wp_status call_identity_find(wp_txn *txn, wp_error *err)
{
    wp_identity identity = {WP_IDENTITY_EMAIL, "p7@c1.example"};
    wp_number number;
    return wp_identity_find(txn, &identity, &number, err);
}

static wp_status call_company_people(wp_txn *txn, wp_error *err)
{
    wp_numbers people;
    wp_status status = wp_company_people(txn, 1, CRASH_DAY, &people, err);
    wp_numbers_free(&people);
    return status;
}

static wp_status call_us_people(wp_txn *txn, wp_error *err)
{
    wp_numbers people;
    wp_status status = wp_us_people(txn, CRASH_DAY, &people, err);
    wp_numbers_free(&people);
    return status;
}

static wp_status call_interaction_find(wp_txn *txn, wp_error *err)
{
    uint64_t number;
    return wp_interaction_find(txn, "batch-0-0", &number, err);
}

static wp_status call_interaction_get(wp_txn *txn, wp_error *err)
{
    wp_interaction interaction;
    return wp_interaction_get(txn, 1, &interaction, err);
}

static wp_status call_mark_get(wp_txn *txn, wp_error *err)
{
    uint64_t value;
    return wp_mark_get(txn, CRASH_MARK, &value, err);
}

/* The people need not have a tie. */
static wp_status call_tie_get(wp_txn *txn, wp_error *err)
{
    wp_tie tie;
    wp_status status = wp_tie_get(txn, one, five, CRASH_DAY, &tie, err);
    return status == WP_ENOTFOUND ? WP_OK : status;
}

static wp_status call_person_ties(wp_txn *txn, wp_error *err)
{
    wp_ties ties;
    wp_status status = wp_person_ties(txn, one, CRASH_DAY, false, &ties, err);
    wp_ties_free(&ties);
    return status;
}

static wp_status call_explain(wp_txn *txn, wp_error *err)
{
    wp_explanation *explanation = NULL;
    wp_status status = wp_explain(txn, one, five, CRASH_DAY, &explanation, err);
    wp_explanation_free(explanation);
    return status == WP_ENOTFOUND ? WP_OK : status;
}

static wp_status call_paths_find(wp_txn *txn, wp_error *err)
{
    wp_paths *paths = NULL;
    wp_path_query query = paths_between(&one, &five, CRASH_DAY);
    wp_status status = wp_paths_find(txn, &query, &paths, err);
    wp_paths_free(paths);
    return status;
}

static wp_status call_reach_find(wp_txn *txn, wp_error *err)
{
    wp_reach *reach = NULL;
    wp_reach_query query = reach_from(&one, CRASH_DAY);
    wp_status status = wp_reach_find(txn, &query, &reach, err);
    wp_reach_free(reach);
    return status;
}

static wp_status call_find(wp_txn *txn, wp_error *err)
{
    wp_matches matches;
    wp_status status = wp_find(txn, "person", 3, &matches, err);
    wp_matches_free(&matches);
    return status;
}

static wp_status call_person_next(wp_txn *txn, wp_error *err)
{
    wp_number number = 0;
    return wp_person_next(txn, &number, err);
}

static wp_status call_company_next(wp_txn *txn, wp_error *err)
{
    wp_number number = 0;
    return wp_company_next(txn, &number, err);
}

static wp_status call_interaction_next(wp_txn *txn, wp_error *err)
{
    uint64_t number = 0;
    return wp_interaction_next(txn, &number, err);
}

static wp_status call_employment_next(wp_txn *txn, wp_error *err)
{
    wp_employment employment = {.person = 1, .from_day = WP_DAY_NONE};
    return wp_employment_next(txn, &employment, err);
}

static wp_status call_stated_tie_next(wp_txn *txn, wp_error *err)
{
    wp_stated_tie tie = {0};
    wp_status status = wp_stated_tie_next(txn, &tie, err);
    return status == WP_ENOTFOUND ? WP_OK : status; /* there need not be one */
}

static wp_status call_stats_get(wp_txn *txn, wp_error *err)
{
    wp_stats stats;
    return wp_stats_get(txn, &stats, err);
}

static wp_status call_check(wp_txn *txn, wp_error *err)
{
    uint64_t faults;
    return wp_check(txn, true, NULL, NULL, &faults, err);
}

/* Somebody who is in no other call. */
static wp_status call_person_erase(wp_txn *txn, wp_error *err)
{
    return wp_person_erase(txn, 9, NULL, err);
}

static const wp_identity nobody = {WP_IDENTITY_EMAIL, "nobody@else.example"};

static wp_status call_suppression_add(wp_txn *txn, wp_error *err)
{
    return wp_suppression_add(txn, &nobody, err);
}

static wp_status call_suppression_put(wp_txn *txn, wp_error *err)
{
    wp_suppression suppression = {1, {2, 3}, 4};
    return wp_suppression_put(txn, &suppression, err);
}

static wp_status call_suppression_lift(wp_txn *txn, wp_error *err)
{
    wp_status status = wp_suppression_lift(txn, &nobody, err);
    return status == WP_ENOTFOUND ? WP_OK : status; /* there need not be one */
}

static wp_status call_suppression_has(wp_txn *txn, wp_error *err)
{
    bool has;
    return wp_suppression_has(txn, &nobody, &has, err);
}

static wp_status call_suppression_next(wp_txn *txn, wp_error *err)
{
    wp_suppression at = {0};
    wp_status status = wp_suppression_next(txn, &at, err);
    return status == WP_ENOTFOUND ? WP_OK : status;
}

static wp_status call_audit_note(wp_txn *txn, wp_error *err)
{
    return wp_audit_note(txn, WP_AUDIT_EXPORT, 0, 0, 0, err); /* the log is off */
}

static wp_status call_audit_get_mode(wp_txn *txn, wp_error *err)
{
    wp_audit_mode mode;
    return wp_audit_get_mode(txn, &mode, err);
}

static wp_status call_audit_next(wp_txn *txn, wp_error *err)
{
    wp_audit_entry at = {0};
    wp_status status = wp_audit_next(txn, &at, err);
    return status == WP_ENOTFOUND ? WP_OK : status;
}

static wp_status call_group_put(wp_txn *txn, wp_error *err)
{
    wp_number group;
    return wp_group_put(txn, "team:nothing", &group, NULL, err);
}

/* There is no group unless the transaction has put one. */
static wp_status or_nothing(wp_status status)
{
    return status == WP_ENOTFOUND ? WP_OK : status;
}

static wp_status call_group_find(wp_txn *txn, wp_error *err)
{
    wp_number group;
    return or_nothing(wp_group_find(txn, "team:nothing", &group, err));
}

static wp_status call_group_get(wp_txn *txn, wp_error *err)
{
    wp_group group;
    return or_nothing(wp_group_get(txn, 1, &group, err));
}

static wp_status call_group_next(wp_txn *txn, wp_error *err)
{
    wp_number group = 0;
    return or_nothing(wp_group_next(txn, &group, err));
}

static wp_status call_group_people(wp_txn *txn, wp_error *err)
{
    wp_numbers people;
    wp_status status = wp_group_people(txn, 1, CRASH_DAY, &people, err);
    wp_numbers_free(&people);
    return or_nothing(status);
}

static wp_status call_group_statement_next(wp_txn *txn, wp_error *err)
{
    wp_group at = {0};
    return or_nothing(wp_group_statement_next(txn, &at, err));
}

static wp_status call_member_put(wp_txn *txn, wp_error *err)
{
    wp_member member = {1, {WP_SIDE_PERSON, 5}, 0};
    return wp_member_put(txn, &member, true, err);
}

static wp_status call_member_statement_next(wp_txn *txn, wp_error *err)
{
    wp_member at = {0};
    return or_nothing(wp_member_statement_next(txn, &at, err));
}

static wp_status call_group_delete(wp_txn *txn, wp_error *err)
{
    return wp_group_delete(txn, 1, err);
}

static wp_status call_settings_put(wp_txn *txn, wp_error *err)
{
    wp_settings settings = {.size = sizeof settings, .sharing = WP_SHARING_OPEN};
    return wp_settings_put(txn, &settings, err);
}

static wp_status call_settings_get(wp_txn *txn, wp_error *err)
{
    wp_settings settings = {.size = sizeof settings};
    return wp_settings_get(txn, &settings, err);
}

/* All calls with a transaction but the two that end it. */
static const struct {
    const char *name;
    wp_status (*call)(wp_txn *txn, wp_error *err);
    bool is_write;
} calls[] = {
    {"wp_person_put", call_person_put, true},
    {"wp_company_put", call_company_put, true},
    {"wp_company_drop_alias", call_company_drop_alias, true},
    {"wp_company_drop_identity", call_company_drop_identity, true},
    {"wp_company_drop_parent", call_company_drop_parent, true},
    {"wp_employment_put", call_employment_put, true},
    {"wp_interaction_put", call_interaction_put, true},
    {"wp_stated_tie_put", call_stated_tie_put, true},
    {"wp_consent_put", call_consent_put, true},
    {"wp_mark_put", call_mark_put, true},
    {"wp_person_get", call_person_get, false},
    {"wp_company_get", call_company_get, false},
    {"wp_identity_find", call_identity_find, false},
    {"wp_company_people", call_company_people, false},
    {"wp_us_people", call_us_people, false},
    {"wp_interaction_find", call_interaction_find, false},
    {"wp_interaction_get", call_interaction_get, false},
    {"wp_mark_get", call_mark_get, false},
    {"wp_tie_get", call_tie_get, false},
    {"wp_person_ties", call_person_ties, false},
    {"wp_explain", call_explain, false},
    {"wp_paths_find", call_paths_find, false},
    {"wp_reach_find", call_reach_find, false},
    {"wp_find", call_find, false},
    {"wp_person_next", call_person_next, false},
    {"wp_company_next", call_company_next, false},
    {"wp_interaction_next", call_interaction_next, false},
    {"wp_employment_next", call_employment_next, false},
    {"wp_stated_tie_next", call_stated_tie_next, false},
    {"wp_stats_get", call_stats_get, false},
    {"wp_check", call_check, false},
    {"wp_person_erase", call_person_erase, true},
    {"wp_suppression_add", call_suppression_add, true},
    {"wp_suppression_put", call_suppression_put, true},
    {"wp_suppression_lift", call_suppression_lift, true},
    {"wp_suppression_has", call_suppression_has, false},
    {"wp_suppression_next", call_suppression_next, false},
    {"wp_audit_note", call_audit_note, true},
    {"wp_audit_get_mode", call_audit_get_mode, false},
    {"wp_audit_next", call_audit_next, false},
    {"wp_group_put", call_group_put, true},
    {"wp_group_find", call_group_find, false},
    {"wp_group_get", call_group_get, false},
    {"wp_group_next", call_group_next, false},
    {"wp_group_people", call_group_people, false},
    {"wp_group_statement_next", call_group_statement_next, false},
    {"wp_member_put", call_member_put, true},
    {"wp_member_statement_next", call_member_statement_next, false},
    {"wp_group_delete", call_group_delete, true},
    {"wp_settings_put", call_settings_put, true},
    {"wp_settings_get", call_settings_get, false},
};

#define CALLS (sizeof calls / sizeof *calls)

static void expect(wp_status status, wp_status expected, const wp_error *err, const char *what)
{
    if (status != expected)
        crash_fail("%s: %s, expected %s", what, wp_status_name(status), wp_status_name(expected));
    if (status != WP_OK && (err->status != status || err->message[0] == '\0'))
        crash_fail("%s: the error says %s, \"%s\"", what, wp_status_name(err->status),
                   err->message);
}

/* Every call gets the status given. */
static void expect_all(wp_txn *txn, wp_status for_reads, wp_status for_writes)
{
    for (size_t i = 0; i < CALLS; i++) {
        wp_error err = {.status = WP_OK};
        wp_status status = calls[i].call(txn, &err);
        expect(status, calls[i].is_write ? for_writes : for_reads, &err, calls[i].name);
    }
}

/* ---- fork -------------------------------------------------------------------------------------
 */

static void misuse_in_child(wp_txn *reading, wp_txn *writing)
{
    wp_error err = {.status = WP_OK};
    wp_txn *txn = NULL;
    expect(wp_begin_read(db, &txn, &err), WP_EFORK, &err, "wp_begin_read");
    expect(wp_begin_write(db, &txn, &err), WP_EFORK, &err, "wp_begin_write");
    expect(wp_backup(db, scratch_path("of-child.warmpath"), &err), WP_EFORK, &err, "wp_backup");
    expect_all(reading, WP_EFORK, WP_EFORK);
    expect_all(writing, WP_EFORK, WP_EFORK);
    expect(wp_commit(writing, &err), WP_EFORK, &err, "wp_commit");
    wp_abort(reading);
    wp_close(db);
    _exit(0);
}

static void fork__makes_handles_useless_in_the_child_alone(void **state)
{
    wp_error err;
    (void)state;
    char *before = crash_dump_db(db);
    wp_txn *reading = begin(db, false), *writing = begin(db, true);
    crash_batch_put(writing, SEED, batches);
    pid_t child = crash_fork();
    if (child == 0)
        misuse_in_child(reading, writing);
    crash_wait_well(child, "the child");
    expect_all(reading, WP_OK, WP_EREADONLY);
    crash_must(wp_commit(writing, &err), &err, "wp_commit in the parent");
    batches++;
    wp_abort(reading);
    char *after = crash_dump_db(db);
    assert_string_not_equal(before, after);
    free(before);
    free(after);
    crash_check_db(db, "after a fork");
}

/* A child may open the file for itself, and its end takes nothing from the parent. */
static void fork__lets_the_child_open_the_file_itself(void **state)
{
    (void)state;
    wp_txn *reading = begin(db, false);
    pid_t child = crash_fork();
    if (child == 0) {
        wp_db *own = crash_open(path);
        crash_batch_commit(own, SEED, batches);
        wp_close(own);
        wp_close(db);
        _exit(0);
    }
    crash_wait_well(child, "the child");
    batches++;
    expect_all(reading, WP_OK, WP_EREADONLY);
    wp_abort(reading);
    crash_batch_commit(db, SEED, batches++);
    crash_check_db(db, "after a child wrote");
}

/* ---- threads ----------------------------------------------------------------------------------
 */

static void *use_of_another(void *txn)
{
    wp_error err = {.status = WP_OK};
    expect_all(txn, WP_EINVAL, WP_EINVAL);
    expect(wp_commit(txn, &err), WP_EINVAL, &err, "wp_commit by another thread");
    return NULL;
}

static void in_thread(void *(*run)(void *), void *context)
{
    pthread_t thread;
    crash_require(pthread_create(&thread, NULL, run, context) == 0, "thread");
    crash_require(pthread_join(thread, NULL) == 0, "thread");
}

static void thread__cannot_use_the_transaction_of_another(void **state)
{
    wp_txn *reading = begin(db, false), *writing = begin(db, true);
    (void)state;
    in_thread(use_of_another, reading);
    in_thread(use_of_another, writing);
    expect_all(reading, WP_OK, WP_EREADONLY);
    expect_all(writing, WP_OK, WP_OK);
    wp_abort(reading);
    wp_abort(writing);
    wp_abort(begin(db, true));
}

static void thread__gets_busy_for_a_second_write_transaction(void **state)
{
    wp_error err = {.status = WP_OK};
    wp_txn *second = NULL;
    (void)state;
    wp_txn *first = begin(db, true);
    expect(wp_begin_write(db, &second, &err), WP_EBUSY, &err, "a second wp_begin_write");
    assert_null(second);
    wp_db *same = crash_open(path); /* shares the environment of the first */
    expect(wp_begin_write(same, &second, &err), WP_EBUSY, &err, "the same by another handle");
    wp_txn *reading = begin(same, false);
    expect_all(reading, WP_OK, WP_EREADONLY);
    wp_abort(reading);
    wp_close(same);
    wp_abort(first);
    wp_abort(begin(db, true));
}

static _Atomic uint64_t turn;

static void *write_in_turn(void *unused)
{
    (void)unused;
    wp_txn *txn = begin(db, true);
    turn = 2;
    wp_abort(txn);
    return NULL;
}

static void thread__waits_for_another_that_writes(void **state)
{
    pthread_t thread;
    (void)state;
    wp_txn *first = begin(db, true);
    turn = 1;
    crash_require(pthread_create(&thread, NULL, write_in_turn, NULL) == 0, "thread");
    crash_pause_ns(20000000);
    assert_int_equal(turn, 1);
    wp_abort(first);
    crash_require(pthread_join(thread, NULL) == 0, "thread");
    assert_int_equal(turn, 2);
}

/* ---- the right to write -----------------------------------------------------------------------
 */

static void read__cannot_write(void **state)
{
    wp_error err = {.status = WP_OK};
    (void)state;
    char *before = crash_dump_db(db);
    wp_txn *txn = begin(db, false);
    expect_all(txn, WP_OK, WP_EREADONLY);
    expect(wp_commit(txn, &err), WP_EREADONLY, &err, "wp_commit of a read transaction");
    char *after = crash_dump_db(db);
    assert_string_equal(before, after);
    free(before);
    free(after);
}

/* In a child, because one process cannot have a file open in two ways. */
static void read__of_a_read_only_database_cannot_write(void **state)
{
    (void)state;
    pid_t child = crash_fork();
    if (child == 0) {
        wp_open_options options = WP_OPEN_OPTIONS_INIT;
        wp_error err = {.status = WP_OK};
        wp_db *own = NULL;
        wp_txn *txn = NULL;
        options.is_read_only = true;
        crash_must(wp_open(path, &options, &own, &err), &err, "wp_open for reading");
        expect(wp_begin_write(own, &txn, &err), WP_EREADONLY, &err, "wp_begin_write");
        txn = begin(own, false);
        expect_all(txn, WP_OK, WP_EREADONLY);
        wp_abort(txn);
        wp_close(own);
        _exit(0);
    }
    crash_wait_well(child, "the reading child");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fork__makes_handles_useless_in_the_child_alone),
        cmocka_unit_test(fork__lets_the_child_open_the_file_itself),
        cmocka_unit_test(thread__cannot_use_the_transaction_of_another),
        cmocka_unit_test(thread__gets_busy_for_a_second_write_transaction),
        cmocka_unit_test(thread__waits_for_another_that_writes),
        cmocka_unit_test(read__cannot_write),
        cmocka_unit_test(read__of_a_read_only_database_cannot_write),
    };
    return scratch_end(cmocka_run_group_tests(tests, make_database, drop_database));
}
