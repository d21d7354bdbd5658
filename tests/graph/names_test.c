/*
 * Search by name through the public API: folding, beginnings, misspellings, ranking, and that the
 * index follows when names change.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "scratch.h"
#include "warmpath.h"

static wp_db *db;
static wp_txn *txn;

static wp_number put(const char *address, const char *name)
{
    wp_number number = 0;
    wp_identity identity = {WP_IDENTITY_EMAIL, address};
    wp_person_facts facts = WP_PERSON_FACTS_INIT;
    facts.identities = &identity;
    facts.identity_count = 1;
    facts.name = name;
    assert_int_equal(wp_person_put(txn, &facts, &number, NULL, NULL), WP_OK);
    return number;
}

/* The best person for a text, 0: none. */
static wp_number best(const char *text)
{
    wp_matches matches;
    wp_number found = 0;
    assert_int_equal(wp_find(txn, text, 10, &matches, NULL), WP_OK);
    for (size_t i = 0; i < matches.count && found == 0; i++)
        found = matches.items[i].is_company ? 0 : matches.items[i].number;
    wp_matches_free(&matches);
    return found;
}

static int begin(void **unused)
{
    (void)unused;
    static int count = 0;
    char name[32];
    snprintf(name, sizeof name, "names%d", count++);
    assert_int_equal(wp_create(scratch_path(name), NULL, 0, NULL), WP_OK);
    assert_int_equal(wp_open(scratch_path(name), NULL, &db, NULL), WP_OK);
    assert_int_equal(wp_begin_write(db, &txn, NULL), WP_OK);
    return 0;
}

static int end(void **unused)
{
    (void)unused;
    wp_abort(txn);
    wp_close(db);
    return 0;
}

static void find__folds_accents_and_case(void **unused)
{
    (void)unused;
    wp_number jose = put("j@a.example", "José García");
    wp_number lukasz = put("l@b.example", "Łukasz Wiśniewski");
    wp_number strasse = put("m@c.example", "Anke Müller-Straße");
    assert_int_equal(best("jose garcia"), jose);
    assert_int_equal(best("LUKASZ WISNIEWSKI"), lukasz);
    assert_int_equal(best("muller strasse"), strasse);
}

static void find__takes_beginnings_and_misspellings(void **unused)
{
    (void)unused;
    wp_number calderon = put("c@a.example", "Maria Calderon");
    put("x@b.example", "Peter Xu");
    assert_int_equal(best("cald"), calderon);
    assert_int_equal(best("caldreon"), calderon);
    assert_int_equal(best("kalderom"), calderon);
    assert_int_equal(best("maria calderon"), calderon);
    assert_int_equal(best("zzz"), 0);
}

static void find__ranks_the_same_name_first(void **unused)
{
    (void)unused;
    wp_matches matches;
    put("1@a.example", "Ann Leeman");
    wp_number ann = put("2@a.example", "Ann Lee");
    assert_int_equal(wp_find(txn, "Ann Lee", 10, &matches, NULL), WP_OK);
    assert_int_equal(matches.count, 2);
    assert_int_equal(matches.items[0].number, ann);
    assert_true(matches.items[0].score == 1.0 && matches.items[1].score < 1.0);
    wp_matches_free(&matches);
}

static void find__follows_a_new_name(void **unused)
{
    (void)unused;
    uint64_t faults = 0;
    wp_number person = put("p@a.example", "Nora Early");
    assert_int_equal(best("early"), person);
    assert_int_equal(put("p@a.example", "Nora Later"), person);
    assert_int_equal(best("later"), person);
    assert_int_equal(best("early"), 0);
    assert_int_equal(wp_check(txn, true, NULL, NULL, &faults, NULL), WP_OK);
    assert_int_equal(faults, 0);
}

static void find__finds_addresses_and_companies(void **unused)
{
    (void)unused;
    wp_matches matches;
    wp_number person = put("q.smith@acme.example", NULL);
    assert_int_equal(best("q.smith@acme.example"), person);
    assert_int_equal(best("smith"), person);
    assert_int_equal(wp_find(txn, "acme", 10, &matches, NULL), WP_OK);
    assert_true(matches.count == 1 && matches.items[0].is_company);
    wp_matches_free(&matches);
}

static void find__refuses_what_is_out_of_range(void **unused)
{
    (void)unused;
    wp_matches matches;
    assert_int_equal(wp_find(txn, "a", 0, &matches, NULL), WP_EINVAL);
    assert_int_equal(wp_find(txn, "", 5, &matches, NULL), WP_EINVAL);
    assert_int_equal(wp_find(txn, "\xff", 5, &matches, NULL), WP_EINVAL);
    assert_int_equal(wp_find(txn, NULL, 5, &matches, NULL), WP_EINVAL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(find__folds_accents_and_case, begin, end),
        cmocka_unit_test_setup_teardown(find__takes_beginnings_and_misspellings, begin, end),
        cmocka_unit_test_setup_teardown(find__ranks_the_same_name_first, begin, end),
        cmocka_unit_test_setup_teardown(find__follows_a_new_name, begin, end),
        cmocka_unit_test_setup_teardown(find__finds_addresses_and_companies, begin, end),
        cmocka_unit_test_setup_teardown(find__refuses_what_is_out_of_range, begin, end),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    scratch_remove();
    return failed;
}
