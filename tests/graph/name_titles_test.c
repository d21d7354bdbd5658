/*
 * Search by title through the public API: titles are found like names, alone and beside a company,
 * and the index follows when statements and employments change, are taken back or are erased.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "facts.h"
#include "given.h"
#include "warmpath.h"

static wp_number put(const char *address, const char *name, const char *title)
{
    wp_number number = 0;
    wp_identity identity = {WP_IDENTITY_EMAIL, address};
    wp_person_facts facts = facts_of_person(&identity);
    facts.name = name;
    facts.title = title;
    assert_int_equal(wp_person_put(txn, &facts, &number, NULL, NULL), WP_OK);
    return number;
}

static wp_number put_company(const char *name)
{
    wp_number number = 0;
    wp_company_facts facts = WP_COMPANY_FACTS_INIT;
    facts.name = name;
    assert_int_equal(wp_company_put(txn, &facts, &number, NULL, NULL), WP_OK);
    return number;
}

static void employ(wp_number person, wp_number company, const char *title)
{
    wp_employment job = {.person = person,
                         .company = company,
                         .title = title,
                         .from_day = WP_DAY_NONE,
                         .to_day = WP_DAY_NONE};
    assert_int_equal(wp_employment_put(txn, &job, NULL), WP_OK);
}

static bool finds(const char *text, wp_number person)
{
    wp_matches matches;
    bool is_found = false;
    assert_int_equal(wp_find(txn, text, 100, &matches, NULL), WP_OK);
    for (size_t i = 0; i < matches.count; i++)
        is_found |= !matches.items[i].is_company && matches.items[i].number == person;
    wp_matches_free(&matches);
    return is_found;
}

static void begin_again(void)
{
    oracle_commit(txn);
    oracle_expect_sound(db, 0, 0, "in a test of titles");
    txn = oracle_begin_write(db);
}

static void find__finds_a_title_that_nobody_of_us_knows(void **unused)
{
    (void)unused;
    wp_number boss = put("b@acme.example", "Bo Berg", "Chief Financial Officer");
    put("c@acme.example", "Chie Financio", "Gardener");
    assert_true(finds("chief financial", boss));
    assert_true(finds("finantial acme", boss));
    assert_true(finds("cheif financail", boss));
    assert_false(finds("gardener", boss));
}

static void find__finds_misspelt_titles_among_thousands_of_colleagues(void **unused)
{
    (void)unused;
    char address[32];
    for (int i = 0; i < 3000; i++) {
        snprintf(address, sizeof address, "p%d@acme.example", i);
        put(address, NULL, "Engineer");
    }
    wp_number buyer = put("bo@acme.example", "Bo Berg", "Head of Procurement");
    assert_true(finds("procurement acme", buyer));
    assert_true(finds("procurment acme", buyer));
    assert_true(finds("prokurment acmee", buyer));
    assert_true(finds("head acme", buyer));
    assert_false(finds("head other", buyer));
}

static void find__follows_a_new_title(void **unused)
{
    (void)unused;
    wp_number person = put("p@acme.example", "Pat Berg", "Astronomer");
    assert_true(finds("astronomer", person));
    assert_int_equal(put("p@acme.example", "Pat Berg", "Botanist"), person);
    assert_false(finds("astronomer", person));
    assert_true(finds("botanist", person));
    begin_again();
}

static void find__follows_titles_that_change_to_and_fro_in_one_transaction(void **unused)
{
    (void)unused;
    wp_number person = put("p@acme.example", "Pat Berg", "Astronomer");
    wp_number other = put("o@acme.example", "Ola Berg", "Botanist");
    put("p@acme.example", NULL, "Botanist");
    put("p@acme.example", NULL, "Astronomer");
    put("o@acme.example", NULL, "Chemist");
    begin_again();
    assert_true(finds("astronomer", person));
    assert_false(finds("botanist", person));
    assert_true(finds("chemist", other));
    put("p@acme.example", NULL, "Botanist");
    put("o@acme.example", NULL, "Botanist");
    put("o@acme.example", NULL, "Astronomer");
    begin_again();
    assert_true(finds("botanist", person));
    assert_true(finds("astronomer", other));
    assert_false(finds("chemist", other));
}

static void find__finds_all_of_more_words_than_wait_to_be_written(void **unused)
{
    (void)unused;
    char address[32];
    wp_number first = 0, last = 0;
    for (int i = 0; i < 14000; i++) {
        snprintf(address, sizeof address, "p%dq@acme.example", i);
        last = put(address, NULL, i == 0 ? "Owner" : "Head of the Procurement");
        first = i == 0 ? last : first;
    }
    put("p0q@acme.example", NULL, "Chair of the Procurement");
    begin_again();
    assert_true(finds("p13999q procurement", last));
    assert_true(finds("p0q chair", first));
    assert_false(finds("p0q owner", first));
}

static void find__keeps_words_that_a_title_shares_with_a_name(void **unused)
{
    (void)unused;
    wp_number person = put("k@acme.example", "Kay King", "King of Sales");
    put("k@acme.example", "Kay King", "Director");
    assert_true(finds("king", person));
    assert_true(finds("king director", person));
    assert_false(finds("sales", person));
    begin_again();
}

static void find__follows_the_titles_of_employments(void **unused)
{
    (void)unused;
    wp_number person = put("p@home.example", "Pat Berg", NULL);
    wp_number company = put_company("Orchard Works");
    employ(person, company, "Astronomer");
    assert_true(finds("astronomer", person));
    assert_true(finds("astronomer orchard", person));
    employ(person, company, "Botanist");
    assert_false(finds("astronomer", person));
    assert_true(finds("botanist works", person));
    begin_again();
}

static void find__forgets_titles_that_are_taken_back(void **unused)
{
    (void)unused;
    uint32_t source = 0;
    wp_number person = put("p@home.example", "Pat Berg", NULL);
    assert_int_equal(wp_source_put(txn, "list", "csv", 0, &source, NULL), WP_OK);
    assert_int_equal(wp_txn_use_source(txn, source, NULL), WP_OK);
    put("p@home.example", NULL, "Astronomer");
    employ(person, put_company("Orchard Works"), "Botanist");
    assert_true(finds("astronomer", person) || finds("botanist", person));
    begin_again();
    oracle_commit(txn);
    assert_int_equal(wp_source_remove(db, source, NULL, NULL, NULL, NULL), WP_OK);
    txn = oracle_begin_write(db);
    assert_false(finds("astronomer", person));
    assert_false(finds("botanist", person));
    assert_true(finds("pat berg", person));
    begin_again();
}

static void find__forgets_titles_that_name_somebody_erased(void **unused)
{
    (void)unused;
    wp_erasure erased;
    wp_number boss = put("zacharias@acme.example", "Zacharias Quint", NULL);
    wp_number one = put("one@acme.example", "One Berg", "Assistant to Zacharias Quint");
    wp_number two = put("two@acme.example", "Two Berg", NULL);
    employ(two, put_company("Orchard Works"), "Driver of Zacharias Quint");
    assert_true(finds("zacharias quint assistant", one));
    assert_true(finds("zacharias quint driver", two));
    assert_int_equal(wp_person_erase(txn, boss, &erased, NULL), WP_OK);
    assert_false(finds("zacharias", one));
    assert_false(finds("zacharias", two));
    begin_again();
}

static void find__takes_words_of_a_mail_providers_domain(void **unused)
{
    (void)unused;
    wp_number lee = put("lee.1@gmail.com", "Kim Lee", NULL);
    wp_number other = put("lee.2@acme.example", "Kim Lee", NULL);
    assert_true(finds("lee gmail", lee));
    assert_false(finds("lee gmail", other));
    assert_true(finds("kim lee com", lee));
}

static bool finds_in(wp_txn *reader, const char *text, wp_number person)
{
    wp_txn *writer = txn;
    txn = reader;
    bool is_found = finds(text, person);
    txn = writer;
    return is_found;
}

static void find__sees_the_words_of_each_snapshot(void **unused)
{
    (void)unused;
    wp_number person = put("p@acme.example", "Pat Berg", "Astronomer");
    oracle_commit(txn);
    wp_txn *old = oracle_begin_read(db);
    assert_true(finds_in(old, "astromomer", person));
    txn = oracle_begin_write(db);
    put("p@acme.example", "Pat Berg", "Botanist");
    assert_true(finds("bottanist", person)); /* before the commit */
    assert_false(finds("astromomer", person));
    oracle_commit(txn);
    wp_txn *new = oracle_begin_read(db);
    assert_true(finds_in(new, "bottanist", person));
    assert_false(finds_in(new, "astromomer", person));
    assert_true(finds_in(old, "astromomer", person));
    assert_false(finds_in(old, "bottanist", person));
    wp_abort(old);
    wp_txn *newest = oracle_begin_read(db);
    assert_true(finds_in(newest, "bottanist", person));
    assert_false(finds_in(newest, "astromomer", person));
    wp_abort(new);
    wp_abort(newest);
    txn = oracle_begin_write(db);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, given_empty, given_forget)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(find__finds_a_title_that_nobody_of_us_knows),
        TEST(find__finds_misspelt_titles_among_thousands_of_colleagues),
        TEST(find__follows_a_new_title),
        TEST(find__follows_titles_that_change_to_and_fro_in_one_transaction),
        TEST(find__finds_all_of_more_words_than_wait_to_be_written),
        TEST(find__keeps_words_that_a_title_shares_with_a_name),
        TEST(find__follows_the_titles_of_employments),
        TEST(find__forgets_titles_that_are_taken_back),
        TEST(find__forgets_titles_that_name_somebody_erased),
        TEST(find__sees_the_words_of_each_snapshot),
        TEST(find__takes_words_of_a_mail_providers_domain),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
