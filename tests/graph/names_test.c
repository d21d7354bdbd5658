/*
 * Search by name through the public API: folding, beginnings, misspellings, ranking, and that the
 * index follows when names change; and at random against a twin that compares every word with every
 * other.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "oracle_db.h"
#include "random.h"
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
    db = oracle_open_fresh("names");
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

static void find__takes_both_ways_of_writing_an_umlaut(void **unused)
{
    (void)unused;
    wp_number anke = put("a@c.example", "Anke M\u00fcller-Stra\u00dfe");
    wp_number joern = put("j@c.example", "Joern Boettcher");
    assert_int_equal(best("mueller strasse"), anke);
    assert_int_equal(best("muller-strasse"), anke);
    assert_int_equal(best("J\u00f6rn"), joern);
    assert_int_equal(best("jorn bottch"), joern);
}

static void find__takes_words_in_any_order_and_swapped_letters(void **unused)
{
    (void)unused;
    wp_number ann = put("x@a.example", "Ann Marie Lee");
    assert_int_equal(best("lee ann"), ann);
    assert_int_equal(best("marie ann lee"), ann);
    assert_int_equal(best("nan"), ann);
    assert_int_equal(best("eel"), 0); /* two letters of three */
    assert_int_equal(best("le"), ann);
    assert_int_equal(best("el"), 0);
}

static void find__lets_title_and_company_supply_words(void **unused)
{
    (void)unused;
    wp_identity identity = {WP_IDENTITY_EMAIL, "bo@acme.example"};
    wp_person_facts facts = WP_PERSON_FACTS_INIT;
    wp_number lee = put("lee@acme.example", "Kim Lee"), boss = 0;
    wp_number other = put("lee@other.example", "Tom Lee");
    facts.identities = &identity;
    facts.identity_count = 1;
    facts.name = "Bo Berg";
    facts.title = "VP Sales";
    assert_int_equal(wp_person_put(txn, &facts, &boss, NULL, NULL), WP_OK);
    assert_int_equal(best("lee acme"), lee);
    assert_int_equal(best("other lee"), other);
    assert_int_equal(best("vp sales acme"), boss);
    assert_int_equal(best("berg vp"), boss);
    assert_int_equal(best("vp other"), 0);
    assert_int_equal(best("acme example"), 0); /* nothing of a person's own */
}

static void state(wp_number from, wp_number to, double p)
{
    wp_stated_tie tie = {.from = from, .to = to, .p = p};
    assert_int_equal(wp_stated_tie_put(txn, &tie, NULL), WP_OK);
}

static void find__orders_equal_matches_by_our_warmest_tie(void **unused)
{
    (void)unused;
    wp_matches matches;
    wp_identity identity = {WP_IDENTITY_EMAIL, "me@us.example"};
    wp_person_facts facts = WP_PERSON_FACTS_INIT;
    wp_number people[4], me;
    facts.identities = &identity;
    facts.identity_count = 1;
    facts.us = WP_US_YES;
    assert_int_equal(wp_person_put(txn, &facts, &me, NULL, NULL), WP_OK);
    for (int i = 0; i < 4; i++) {
        char address[32];
        snprintf(address, sizeof address, "%d@a.example", i);
        people[i] = put(address, "Eva Lind");
    }
    state(me, people[2], 0.4);
    state(me, people[1], 0.6);
    state(people[3], people[0], 0.9); /* not ours: counts only as a tie of either */
    assert_int_equal(wp_find(txn, "lind", 10, &matches, NULL), WP_OK);
    assert_int_equal(matches.count, 4);
    assert_int_equal(matches.items[0].number, people[1]);
    assert_int_equal(matches.items[0].known_by, me);
    assert_true(matches.items[0].p > 0.599 && matches.items[0].p < 0.601);
    assert_int_equal(matches.items[1].number, people[2]);
    assert_int_equal(matches.items[2].number, people[0]);
    assert_int_equal(matches.items[2].known_by, 0);
    assert_int_equal(matches.items[3].number, people[3]);
    wp_matches_free(&matches);
}

static void find__puts_plain_matches_before_misspelt_ones(void **unused)
{
    (void)unused;
    wp_matches matches;
    put("1@a.example", "Ann Smyth");
    wp_number plain = put("2@a.example", "Ann Smithson");
    assert_int_equal(wp_find(txn, "ann smith", 10, &matches, NULL), WP_OK);
    assert_int_equal(matches.count, 2);
    assert_int_equal(matches.items[0].number, plain);
    assert_int_equal(matches.items[0].how, 0);
    assert_int_equal(matches.items[1].how, WP_HOW_MISSPELT);
    wp_matches_free(&matches);
}

static void find__survives_odd_texts(void **unused)
{
    (void)unused;
    char words[256] = "";
    wp_matches matches;
    put("q@a.example", "Q \u0416\u0443\u043a");
    for (size_t i = 0; i < 127; i++)
        memcpy(words + 2 * i, "q ", 3);
    const char *const texts[] = {"a", "\u0301\u0301\u0301", "\U0001F600", "--", words, "q"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        assert_int_equal(wp_find(txn, texts[i], 1000, &matches, NULL), WP_OK);
        assert_int_equal(matches.count, i < 4 ? (i == 0) : 1); /* a: the domain */
        wp_matches_free(&matches);
    }
}

/* --- against a slow twin --- */

#define TWIN_PEOPLE 300

static char twin_names[TWIN_PEOPLE][2][12];

/* Damerau and Levenshtein's distance, no part edited twice, by the definition. */
static unsigned distance(const char *a, size_t n, const char *b, size_t m)
{
    unsigned table[16][16];
    for (size_t i = 0; i <= n; i++) {
        for (size_t j = 0; j <= m; j++) {
            unsigned *best = &table[i][j];
            *best = (unsigned)(i + j);
            if (i > 0 && j > 0 && table[i - 1][j - 1] + (a[i - 1] != b[j - 1]) < *best)
                *best = table[i - 1][j - 1] + (a[i - 1] != b[j - 1]);
            if (i > 0 && table[i - 1][j] + 1 < *best)
                *best = table[i - 1][j] + 1;
            if (j > 0 && table[i][j - 1] + 1 < *best)
                *best = table[i][j - 1] + 1;
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] &&
                table[i - 2][j - 2] + 1 < *best)
                *best = table[i - 2][j - 2] + 1;
        }
    }
    return table[n][m];
}

/* 2: plainly, 1: misspelt, 0: not. */
static int fits(const char *query, const char *word)
{
    size_t n = strlen(query), m = strlen(word);
    if (strncmp(query, word, n) == 0)
        return 2;
    return distance(query, n, word, m) <= (n <= 2 ? 0u : n <= 4 ? 1u : 2u);
}

static int twin_fits(size_t person, char query[2][12])
{
    int worst = 2;
    for (size_t i = 0; i < 2 && query[i][0] != '\0'; i++) {
        int first = fits(query[i], twin_names[person][0]);
        int second = fits(query[i], twin_names[person][1]);
        int best = first > second ? first : second;
        worst = best < worst ? best : worst;
    }
    return worst;
}

/* Few letters and short words, so that many words are near each other. */
static void draw_word(random_source *random, char out[12])
{
    size_t length = 2 + random_below(random, 6);
    for (size_t i = 0; i < length; i++)
        out[i] = "bdkrsi"[random_below(random, 6)];
    out[length] = '\0';
}

static random_arguments arguments = {0, 300};

static void find__agrees_with_a_slow_twin(void **unused)
{
    (void)unused;
    random_source random = random_start(arguments.seed, 0);
    size_t misspelt = 0, misspelt_found = 0;
    wp_number first = 0;
    for (size_t i = 0; i < TWIN_PEOPLE; i++) {
        char name[2 * sizeof twin_names[0][0] + 2], id[16];
        wp_identity identity = {WP_IDENTITY_ID, id};
        wp_person_facts facts = WP_PERSON_FACTS_INIT;
        wp_number number;
        draw_word(&random, twin_names[i][0]);
        draw_word(&random, twin_names[i][1]);
        snprintf(name, sizeof name, "%.11s %.11s", twin_names[i][0], twin_names[i][1]);
        snprintf(id, sizeof id, "%zu", i);
        facts.identities = &identity;
        facts.identity_count = 1;
        facts.name = name;
        assert_int_equal(wp_person_put(txn, &facts, &number, NULL, NULL), WP_OK);
        first = i == 0 ? number : first;
    }
    for (uint64_t c = 0; c < arguments.cases; c++) {
        char query[2][12] = {"", ""}, text[32];
        bool is_found[TWIN_PEOPLE] = {false};
        wp_matches matches;
        draw_word(&random, query[0]);
        if (random_chance(&random, .5))
            draw_word(&random, query[1]);
        snprintf(text, sizeof text, "%s %s", query[0], query[1]);
        assert_int_equal(wp_find(txn, text, 1000, &matches, NULL), WP_OK);
        for (size_t i = 0; i < matches.count; i++) {
            size_t person = matches.items[i].number - first;
            int expected = twin_fits(person, query);
            if (expected == 0 || (expected == 2) != (matches.items[i].how == 0))
                fail_msg("'%s' finds '%s %s' wrongly", text, twin_names[person][0],
                         twin_names[person][1]);
            is_found[person] = true;
        }
        for (size_t i = 0; i < TWIN_PEOPLE; i++) {
            int expected = twin_fits(i, query);
            if (expected == 2 && !is_found[i])
                fail_msg("'%s' misses '%s %s'", text, twin_names[i][0], twin_names[i][1]);
            misspelt += expected == 1;
            misspelt_found += expected == 1 && is_found[i];
        }
        wp_matches_free(&matches);
    }
    print_message("misspelt: %zu of %zu found\n", misspelt_found, misspelt);
    assert_true((double)misspelt_found >= .8 * (double)misspelt);
}

static void find__refuses_what_is_out_of_range(void **unused)
{
    (void)unused;
    wp_matches matches;
    assert_int_equal(wp_find(txn, "a", 0, &matches, NULL), WP_EINVAL);
    assert_int_equal(wp_find(txn, "", 5, &matches, NULL), WP_EINVAL);
    assert_int_equal(wp_find(txn, "\xff", 5, &matches, NULL), WP_EINVAL);
    assert_int_equal(wp_find(txn, NULL, 5, &matches, NULL), WP_EINVAL);
    wp_find_query query = WP_FIND_QUERY_INIT;
    query.text = "a";
    query.size--;
    assert_int_equal(wp_find_on(txn, &query, &matches, NULL), WP_EINVAL);
    assert_int_equal(wp_find_on(txn, NULL, &matches, NULL), WP_EINVAL);
}

int main(int argc, char **argv)
{
    arguments.seed = (uint64_t)time(NULL);
    if (!random_arguments_read(argc, argv, &arguments))
        return 2;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(find__folds_accents_and_case, begin, end),
        cmocka_unit_test_setup_teardown(find__takes_beginnings_and_misspellings, begin, end),
        cmocka_unit_test_setup_teardown(find__ranks_the_same_name_first, begin, end),
        cmocka_unit_test_setup_teardown(find__follows_a_new_name, begin, end),
        cmocka_unit_test_setup_teardown(find__finds_addresses_and_companies, begin, end),
        cmocka_unit_test_setup_teardown(find__takes_both_ways_of_writing_an_umlaut, begin, end),
        cmocka_unit_test_setup_teardown(find__takes_words_in_any_order_and_swapped_letters, begin,
                                        end),
        cmocka_unit_test_setup_teardown(find__lets_title_and_company_supply_words, begin, end),
        cmocka_unit_test_setup_teardown(find__orders_equal_matches_by_our_warmest_tie, begin, end),
        cmocka_unit_test_setup_teardown(find__puts_plain_matches_before_misspelt_ones, begin, end),
        cmocka_unit_test_setup_teardown(find__survives_odd_texts, begin, end),
        cmocka_unit_test_setup_teardown(find__agrees_with_a_slow_twin, begin, end),
        cmocka_unit_test_setup_teardown(find__refuses_what_is_out_of_range, begin, end),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    scratch_remove();
    return failed;
}
