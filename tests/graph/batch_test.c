/*
 * What a write transaction keeps in memory while interactions are recorded: evidence, source ids
 * and replies that are not written yet are seen by all that reads them, and what is carried to the
 * next transaction holds only while nobody else writes and nothing is aborted.
 *
 * Each test ends with the deep check, which makes everything that is derived anew.
 */
#include "facts.h"
#include "oracle_world.h"
#include "scratch.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#define DAY 20000
#define PEOPLE 40
#define MANY 3000 /* look-ups after which source ids are known by a filter */

static const char *path;
static wp_db *db;
static wp_txn *txn;
static wp_number people[PEOPLE];
static wp_error err;

static void must(wp_status status)
{
    if (status != WP_OK)
        fail_msg("status %d: %s", (int)status, err.message);
}

static void put_people(void)
{
    for (int i = 0; i < PEOPLE; i++) {
        char address[32];
        wp_identity identity = {WP_IDENTITY_EMAIL, address};
        wp_person_facts facts = facts_of_person(&identity);
        (void)snprintf(address, sizeof address, "p%d@x.example", i);
        must(wp_person_put(txn, &facts, &people[i], NULL, &err));
    }
}

static int begin_test(void **unused)
{
    (void)unused;
    path = scratch_path("batch");
    must(wp_create(path, NULL, 0, &err));
    must(wp_open(path, NULL, &db, &err));
    txn = oracle_begin_write(db);
    put_people();
    return 0;
}

static int end_test(void **unused)
{
    (void)unused;
    uint64_t faults = 1;
    if (txn != NULL)
        oracle_commit(txn);
    must(wp_begin_read(db, &txn, &err));
    must(wp_check(txn, true, NULL, NULL, &faults, &err));
    wp_abort(txn);
    txn = NULL;
    wp_close(db);
    scratch_remove();
    assert_int_equal(faults, 0);
    return 0;
}

/* Record a mail; whether it is new. */
static bool put_in(wp_txn *in, const char *source, const char *reply_to, int from, int to)
{
    bool is_new = false;
    wp_participant recipient = {people[to], WP_ROLE_TO};
    wp_interaction mail = facts_of_mail(source, (int64_t)DAY * 86400, people[from], &recipient);
    mail.reply_to = reply_to;
    must(wp_interaction_put(in, &mail, &is_new, &err));
    return is_new;
}

static bool put(const char *source, const char *reply_to, int from, int to)
{
    return put_in(txn, source, reply_to, from, to);
}

static void put_many(const char *prefix)
{
    for (int i = 0; i < MANY; i++) {
        char source[32];
        (void)snprintf(source, sizeof source, "%s%d", prefix, i);
        assert_true(put(source, NULL, i % PEOPLE, (i * 7 + 1) % PEOPLE));
    }
}

static uint32_t messages(int from, int to)
{
    wp_tie tie;
    must(wp_tie_get(txn, people[from], people[to], DAY, &tie, &err));
    return tie.messages_out;
}

static void interaction_put__knows_what_the_transaction_recorded(void **unused)
{
    (void)unused;
    assert_true(put("a", NULL, 1, 2));
    assert_false(put("a", NULL, 1, 2));
    assert_true(put("b", NULL, 1, 2));
    assert_false(put("a", NULL, 1, 2));
}

static void tie_get__sees_what_the_transaction_recorded(void **unused)
{
    (void)unused;
    (void)put("a", NULL, 1, 2);
    assert_int_equal(messages(1, 2), 1);
    (void)put("b", NULL, 1, 2);
    (void)put("c", NULL, 2, 1);
    assert_int_equal(messages(1, 2), 2);
    assert_int_equal(messages(2, 1), 1);
}

/* A reply counts more, whichever of the two arrives first and whether a commit lies between. */
static void interaction_put__finds_replies_of_the_same_transaction(void **unused)
{
    (void)unused;
    wp_tie late, early;
    (void)put("answer 1", "question 1", 2, 1);
    (void)put("question 1", NULL, 1, 2);
    (void)put("question 2", NULL, 3, 4);
    (void)put("answer 2", "question 2", 4, 3);
    must(wp_tie_get(txn, people[2], people[1], DAY, &late, &err));
    must(wp_tie_get(txn, people[4], people[3], DAY, &early, &err));
    assert_true(fabs(late.p - early.p) < 1e-12);
    assert_true(late.p > 0.0);
}

static void interaction_put__knows_source_ids_of_earlier_transactions(void **unused)
{
    (void)unused;
    put_many("first ");
    oracle_commit(txn);
    txn = oracle_begin_write(db);
    put_many("second ");
    assert_false(put("first 2999", NULL, 2999 % PEOPLE, (2999 * 7 + 1) % PEOPLE));
    assert_false(put("second 2999", NULL, 2999 % PEOPLE, (2999 * 7 + 1) % PEOPLE));
}

static void interaction_put__forgets_what_was_aborted(void **unused)
{
    (void)unused;
    put_many("kept ");
    oracle_commit(txn);
    txn = oracle_begin_write(db);
    put_many("aborted ");
    wp_abort(txn);
    txn = oracle_begin_write(db);
    assert_true(put("aborted 1", NULL, 1, 8));
    assert_false(put("kept 1", NULL, 1, 8));
}

static void interaction_put__counts_again_for_a_source_that_was_removed(void **unused)
{
    (void)unused;
    uint32_t first, second;
    must(wp_source_put(txn, "first", NULL, WP_TIME_NONE, &first, &err));
    must(wp_txn_use_source(txn, first, &err));
    (void)put("a", NULL, 1, 2);
    oracle_commit(txn);
    must(wp_source_remove(db, first, NULL, NULL, NULL, &err));
    txn = oracle_begin_write(db);
    must(wp_source_put(txn, "second", NULL, WP_TIME_NONE, &second, &err));
    must(wp_txn_use_source(txn, second, &err));
    assert_true(put("a", NULL, 1, 2));
    assert_int_equal(messages(1, 2), 1);
}

/* The child opens the database on its own when told to, records one mail and ends. */
static pid_t start_other_writer(int *tell)
{
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child > 0) {
        (void)close(ends[0]);
        *tell = ends[1];
        return child;
    }
    char byte;
    wp_db *other = NULL;
    wp_txn *writing = NULL;
    bool is_done = read(ends[0], &byte, 1) == 1 && wp_open(path, NULL, &other, &err) == WP_OK &&
                   wp_begin_write(other, &writing, &err) == WP_OK &&
                   put_in(writing, "theirs", "ours 1", 2, 3) && wp_commit(writing, &err) == WP_OK;
    _exit(is_done ? 0 : 1);
}

static void interaction_put__knows_what_another_process_recorded(void **unused)
{
    (void)unused;
    int tell = -1, result = -1;
    oracle_commit(txn);
    txn = NULL;
    wp_close(db);
    pid_t child = start_other_writer(&tell);
    must(wp_open(path, NULL, &db, &err));
    txn = oracle_begin_write(db);
    put_many("ours ");
    oracle_commit(txn);
    txn = NULL;
    assert_int_equal(write(tell, "x", 1), 1);
    assert_int_equal(waitpid(child, &result, 0), child);
    (void)close(tell);
    assert_int_equal(result, 0);
    txn = oracle_begin_write(db);
    assert_false(put("theirs", "ours 1", 2, 3));
    assert_true(put("ours last", NULL, 1, 2));
}

/* A decision that a source states, and a mail; whether there was room to commit them. */
static bool commit_decision(uint32_t source, int person)
{
    char mail[32];
    wp_consent consent = WP_CONSENT_INIT;
    consent.person = people[person];
    consent.introductions = WP_CHOICE_OUT;
    txn = oracle_begin_write(db);
    must(wp_txn_use_source(txn, source, &err));
    (void)snprintf(mail, sizeof mail, "mail %d", person);
    assert_true(put(mail, NULL, person, 0));
    must(wp_consent_put(txn, &consent, &err));
    wp_status status = wp_commit(txn, &err);
    txn = NULL;
    assert_true(status == WP_OK || status == WP_EFULL);
    return status == WP_OK;
}

/* The snapshot that the failed commit would have made is another's then. */
static void consent_put__forgets_what_a_failed_commit_mentioned(void **unused)
{
    (void)unused;
    uint32_t source;
    int person = 1;
    wp_txn *reading = NULL;
    wp_db *other = NULL;
    wp_open_options options = WP_OPEN_OPTIONS_INIT;
    must(wp_source_put(txn, "list", NULL, WP_TIME_NONE, &source, &err));
    oracle_commit(txn);
    txn = NULL;
    wp_close(db);
    options.map_bytes = 1 << 20;
    must(wp_open(path, &options, &db, &err));
    must(wp_open(path, &options, &other, &err));
    must(wp_begin_read(db, &reading, &err)); /* pins pages, and keeps the map from growing */
    while (commit_decision(source, person))
        assert_in_range(++person, 2, PEOPLE - 1);
    wp_abort(reading);
    txn = oracle_begin_write(other);
    must(wp_mark_put(txn, "other", 1, &err));
    oracle_commit(txn);
    wp_close(other);
    assert_true(commit_decision(source, person));
    wp_statement at = {.number = people[person]};
    must(wp_begin_read(db, &reading, &err));
    do
        must(wp_person_statement_of(reading, &at, &err));
    while (at.source != source);
    wp_abort(reading);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin_test, end_test)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(interaction_put__knows_what_the_transaction_recorded),
        TEST(tie_get__sees_what_the_transaction_recorded),
        TEST(interaction_put__finds_replies_of_the_same_transaction),
        TEST(interaction_put__knows_source_ids_of_earlier_transactions),
        TEST(interaction_put__forgets_what_was_aborted),
        TEST(interaction_put__counts_again_for_a_source_that_was_removed),
        TEST(interaction_put__knows_what_another_process_recorded),
        TEST(consent_put__forgets_what_a_failed_commit_mentioned),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
