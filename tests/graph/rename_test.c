/*
 * Interactions that get another source id: what follows from them stays, and versions of both ids
 * are versions of one.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "facts.h"
#include "given.h"
#include "scratch.h"
#include "warmpath.h"

#define DAY 19783 /* 2024-03-01 */

static wp_number ann, bob;

static void put(const char *source_name, const char *id)
{
    uint32_t source;
    assert_int_equal(wp_source_put(txn, source_name, NULL, WP_TIME_NONE, &source, NULL), WP_OK);
    assert_int_equal(wp_txn_use_source(txn, source, NULL), WP_OK);
    wp_participant to = {oracle_put_person(txn, "ann@acme.example"), WP_ROLE_TO};
    wp_interaction it = facts_of_mail(id, INT64_C(86400) * (DAY - 10),
                                      oracle_put_person(txn, "bob@us.example"), &to);
    it.kind = WP_KIND_CONNECTION;
    assert_int_equal(wp_interaction_put(txn, &it, NULL, NULL), WP_OK);
}

/* How many connections the tie is made of. */
static size_t count_items(void)
{
    wp_explanation *found = NULL;
    assert_int_equal(wp_explain(txn, ann, bob, DAY, &found, NULL), WP_OK);
    size_t count = found->count;
    wp_explanation_free(found);
    return count / 2; /* each counts both ways */
}

static size_t count_versions(const char *id)
{
    uint64_t number = 0, position = 0;
    uint32_t source;
    size_t count = 0;
    wp_interaction version;
    assert_int_equal(wp_interaction_find(txn, id, &number, NULL), WP_OK);
    while (wp_interaction_version_next(txn, number, &position, &source, &version, NULL) == WP_OK)
        count++;
    return count;
}

static int begin(void **unused)
{
    (void)given_empty(unused);
    ann = oracle_put_person(txn, "ann@acme.example");
    bob = oracle_put_person(txn, "bob@us.example");
    return 0;
}

static void rename__keeps_the_versions_of_all_sources(void **unused)
{
    (void)unused;
    uint64_t number;
    put("/a", "old");
    put("/b", "old");
    assert_int_equal(wp_interaction_rename(txn, "old", "new", NULL), WP_OK);
    assert_int_equal(wp_interaction_find(txn, "old", &number, NULL), WP_ENOTFOUND);
    assert_int_equal(count_versions("new"), 2);
    assert_int_equal(count_items(), 1);
}

static void rename__makes_one_of_two(void **unused)
{
    (void)unused;
    put("/a", "old");
    put("/b", "new");
    assert_int_equal(count_items(), 2);
    assert_int_equal(wp_interaction_rename(txn, "old", "new", NULL), WP_OK);
    assert_int_equal(count_items(), 1);
    assert_int_equal(count_versions("new"), 2);
}

/* What is stored behind it is stated by the source that was in use. */
static void rename__leaves_the_source_in_use(void **unused)
{
    (void)unused;
    uint32_t source, position_source = 0;
    uint64_t number = 0, position = 0;
    wp_interaction version;
    put("/a", "old");
    put("/b", "other");
    assert_int_equal(wp_source_find(txn, "/b", &source, NULL), WP_OK);
    assert_int_equal(wp_interaction_rename(txn, "old", "new", NULL), WP_OK);
    wp_participant to = {ann, WP_ROLE_TO};
    wp_interaction it = facts_of_mail("behind", 0, bob, &to);
    assert_int_equal(wp_interaction_put(txn, &it, NULL, NULL), WP_OK);
    assert_int_equal(wp_interaction_find(txn, "behind", &number, NULL), WP_OK);
    assert_int_equal(
        wp_interaction_version_next(txn, number, &position, &position_source, &version, NULL),
        WP_OK);
    assert_int_equal(position_source, source);
}

static void rename__needs_an_interaction_and_changes_nothing_under_one_id(void **unused)
{
    (void)unused;
    assert_int_equal(wp_interaction_rename(txn, "old", "new", NULL), WP_ENOTFOUND);
    put("/a", "old");
    assert_int_equal(wp_interaction_rename(txn, "old", "old", NULL), WP_OK);
    assert_int_equal(count_versions("old"), 1);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, given_keep_sound)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(rename__keeps_the_versions_of_all_sources),
        TEST(rename__makes_one_of_two),
        TEST(rename__leaves_the_source_in_use),
        TEST(rename__needs_an_interaction_and_changes_nothing_under_one_id),
    };
    return scratch_end(cmocka_run_group_tests(tests, NULL, NULL));
}
