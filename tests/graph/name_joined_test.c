/*
 * Search by name: words that are one in the query and several in a name, or the other way.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "oracle_db.h"
#include "warmpath.h"

static wp_db *db;
static wp_txn *txn;

static int begin(void **unused)
{
    (void)unused;
    db = oracle_open_fresh("joined");
    txn = oracle_begin_write(db);
    return 0;
}

static int end(void **unused)
{
    (void)unused;
    wp_abort(txn);
    wp_close(db);
    return 0;
}

static wp_number put(const char *id, const char *name)
{
    wp_number number = 0;
    wp_identity identity = {WP_IDENTITY_ID, id};
    wp_person_facts facts = WP_PERSON_FACTS_INIT;
    facts.identities = &identity;
    facts.identity_count = 1;
    facts.name = name;
    assert_int_equal(wp_person_put(txn, &facts, &number, NULL, NULL), WP_OK);
    return number;
}

/* The only match of a text, nearly; 0: none. */
static void expect_nearly(const char *text, wp_number number)
{
    wp_matches matches;
    assert_int_equal(wp_find(txn, text, 10, &matches, NULL), WP_OK);
    if (matches.count != (number == 0 ? 0 : 1))
        fail_msg("'%s' finds %zu", text, matches.count);
    for (size_t i = 0; i < matches.count; i++) {
        assert_int_equal(matches.items[i].number, number);
        assert_true((matches.items[i].how & WP_HOW_MISSPELT) != 0);
        assert_true(matches.items[i].score < 0.8);
    }
    wp_matches_free(&matches);
}

static void find__takes_words_of_a_name_as_one(void **unused)
{
    (void)unused;
    wp_number jean = put("1", "Jean Pierre Dupont"), van = put("2", "Lotte van der Berg");
    wp_number taro = put("3", "\u5c71\u7530 \u592a\u90ce"), lou = put("4", "Lou Ericsson");
    (void)put("5", "Jean Dupont");
    (void)put("6", "Pierre Jean Martin");
    expect_nearly("jeanpierre", jean);
    expect_nearly("dupont jeanpierre", jean);
    expect_nearly("pierredupont", jean);
    expect_nearly("jeanpierredupont", jean);
    expect_nearly("vanderberg", van);
    expect_nearly("lotte vanderberg", van);
    expect_nearly("lotte vander berg", van);
    expect_nearly("\u5c71\u7530\u592a\u90ce", taro);
    expect_nearly("louericsson", lou);   /* the e is not that of an umlaut */
    expect_nearly("lottevanderberg", 0); /* four words */
}

static void find__takes_a_word_of_a_name_as_several(void **unused)
{
    (void)unused;
    wp_number jean = put("1", "Jeanpierre Dupont"), mac = put("2", "Ronald McDonald");
    wp_number berg = put("3", "Lotte Vanderberg"), lou = put("4", "Louericsson");
    (void)put("5", "Jean Martin");
    expect_nearly("jean pierre", jean);
    expect_nearly("dupont, jean-pierre", jean);
    expect_nearly("mc donald", mac);
    expect_nearly("lotte van der berg", berg);
    expect_nearly("lou ericsson", lou);
    expect_nearly("pierre jean dupont", 0);
}

static void find__takes_a_companys_name_either_way(void **unused)
{
    (void)unused;
    wp_number number = 0;
    wp_company_facts facts = WP_COMPANY_FACTS_INIT;
    facts.name = "Black Rock";
    assert_int_equal(wp_company_put(txn, &facts, &number, NULL, NULL), WP_OK);
    expect_nearly("blackrock", number);
    expect_nearly("blackrockers", 0);
}

static void find__prefers_words_as_they_are_to_joined_ones(void **unused)
{
    (void)unused;
    wp_matches matches;
    (void)put("1", "Jean Pierre");
    wp_number one = put("2", "Jeanpierre");
    assert_int_equal(wp_find(txn, "jeanpierre", 10, &matches, NULL), WP_OK);
    assert_int_equal(matches.count, 2);
    assert_int_equal(matches.items[0].number, one);
    assert_true(matches.items[0].score == 1.0 && matches.items[1].score < 0.8);
    wp_matches_free(&matches);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(find__takes_words_of_a_name_as_one, begin, end),
        cmocka_unit_test_setup_teardown(find__takes_a_word_of_a_name_as_several, begin, end),
        cmocka_unit_test_setup_teardown(find__takes_a_companys_name_either_way, begin, end),
        cmocka_unit_test_setup_teardown(find__prefers_words_as_they_are_to_joined_ones, begin, end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
