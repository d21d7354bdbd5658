/*
 * What one source states of a tie, read back in the transaction that states it.
 *
 * Beside another source's statement, of a tie whose interactions are not written yet, it stands
 * apart until they are: what is read must be the same before and after.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "facts.h"
#include "given.h"
#include "scratch.h"

#define DAY INT64_C(19783) /* 2024-03-01 */

static wp_number ann, bob, cid;
static uint32_t source;

static void use(const char *name)
{
    assert_int_equal(wp_source_put(txn, name, NULL, WP_TIME_NONE, &source, NULL), WP_OK);
    assert_int_equal(wp_txn_use_source(txn, source, NULL), WP_OK);
    ann = oracle_put_person(txn, "ann@acme.example");
    bob = oracle_put_person(txn, "bob@us.example");
    cid = oracle_put_person(txn, "cid@acme.example");
}

static void state(wp_number from, wp_number to, double p)
{
    wp_stated_tie tie = {.from = from, .to = to, .p = p};
    assert_int_equal(wp_stated_tie_put(txn, &tie, NULL), WP_OK);
}

/* p: 0 when nothing is stated. */
static void expect(wp_number from, wp_number to, double p)
{
    wp_stated_tie tie = {.from = from, .to = to, .source = source};
    wp_status status = wp_stated_tie_get(txn, &tie, NULL);
    assert_int_equal(status, p > 0.0 ? WP_OK : WP_ENOTFOUND);
    if (status == WP_OK)
        assert_true(tie.p == p && tie.source == source);
}

static void put_mail(size_t to_count)
{
    const wp_participant to[2] = {{ann, WP_ROLE_TO}, {cid, WP_ROLE_CC}};
    wp_interaction mail = facts_of_mail("mail", DAY * 86400, bob, to);
    mail.to_count = to_count;
    assert_int_equal(wp_interaction_put(txn, &mail, NULL, NULL), WP_OK);
}

/* Another source states the tie and tells of a mail, of which ours knows more recipients, so that
 * the tie is computed anew. */
static int begin(void **unused)
{
    (void)given_empty(unused);
    use("/other");
    state(ann, bob, .5);
    put_mail(1);
    oracle_commit(txn);
    txn = oracle_begin_write(db);
    use("/own");
    put_mail(2);
    return 0;
}

static void stated_tie__is_read_beside_that_of_another_source(void **unused)
{
    (void)unused;
    expect(ann, bob, 0);
    state(ann, bob, .25);
    state(bob, ann, .5);
    expect(ann, bob, .25);
    expect(bob, ann, .5);
    state(ann, bob, .5);
    expect(ann, bob, .5);
    oracle_commit(txn);
    txn = oracle_begin_write(db);
    expect(ann, bob, .5);
    expect(bob, ann, .5);
}

static void stated_tie__is_nothing_once_it_is_taken_back(void **unused)
{
    (void)unused;
    state(ann, bob, .25);
    expect(ann, bob, .25);
    state(ann, bob, 0);
    expect(ann, bob, 0);
    oracle_commit(txn);
    txn = oracle_begin_write(db);
    expect(ann, bob, 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, given_keep_sound)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(stated_tie__is_read_beside_that_of_another_source),
        TEST(stated_tie__is_nothing_once_it_is_taken_back),
    };
    return scratch_end(cmocka_run_group_tests(tests, NULL, NULL));
}
