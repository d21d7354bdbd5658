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

#include "facts.h"
#include "given.h"
#include "random.h"
#include "scratch.h"
#include "warmpath.h"

static wp_number put(const char *address, const char *name)
{
    wp_number number = 0;
    wp_identity identity = {WP_IDENTITY_EMAIL, address};
    wp_person_facts facts = facts_of_person(&identity);
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
    wp_person_facts facts = facts_of_person(&identity);
    wp_number lee = put("lee@acme.example", "Kim Lee"), boss = 0;
    wp_number other = put("lee@other.example", "Tom Lee");
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

static void find__finds_titles_of_those_we_know_beside_many_names(void **unused)
{
    (void)unused;
    char address[32], name[32];
    wp_number me = 0, buyer = 0;
    wp_identity identity = {WP_IDENTITY_EMAIL, "me@us.example"};
    wp_person_facts facts = facts_of_person(&identity);
    facts.us = WP_US_YES;
    assert_int_equal(wp_person_put(txn, &facts, &me, NULL, NULL), WP_OK);
    for (int i = 0; i < 300; i++) {
        snprintf(address, sizeof address, "%d@a.example", i);
        snprintf(name, sizeof name, "Heady %d", i);
        put(address, name);
    }
    identity.text = "bo@acme.example";
    facts.us = WP_US_UNSAID;
    facts.name = "Bo Berg";
    facts.title = "Head of Purchasing";
    assert_int_equal(wp_person_put(txn, &facts, &buyer, NULL, NULL), WP_OK);
    state(me, buyer, 0.5);
    assert_int_equal(best("head purchasing"), buyer);
}

static void find__orders_equal_matches_by_our_warmest_tie(void **unused)
{
    (void)unused;
    wp_matches matches;
    wp_identity identity = {WP_IDENTITY_EMAIL, "me@us.example"};
    wp_person_facts facts = facts_of_person(&identity);
    wp_number people[4], me;
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

/* Which of the two came first must not show. */
static void find__takes_no_domain_for_another_name_where_there_is_none(void **unused)
{
    (void)unused;
    static const char *const domains[] = {"beta.example", "acme.example"};
    wp_matches matches;
    wp_number number;
    wp_identity both[2] = {{WP_IDENTITY_DOMAIN, domains[0]}, {WP_IDENTITY_DOMAIN, domains[1]}};
    wp_company_facts facts = WP_COMPANY_FACTS_INIT;
    facts.identities = both;
    facts.identity_count = 2;
    assert_int_equal(wp_company_put(txn, &facts, &number, NULL, NULL), WP_OK);
    for (size_t i = 0; i < 2; i++) {
        char word[5];
        snprintf(word, sizeof word, "%s", domains[i]);
        assert_int_equal(wp_find(txn, word, 10, &matches, NULL), WP_OK);
        assert_int_equal(matches.count, 1);
        assert_int_equal(matches.items[0].how, 0);
        wp_matches_free(&matches);
    }
}

/* The slip leaves an e that looks like that of an umlaut; merging it would be a second slip. */
static void find__looks_for_misspelt_words_as_written_too(void **unused)
{
    (void)unused;
    wp_number jones = put("1@a.example", "Tom Jones"), luke = put("2@a.example", "Luke Wade");
    wp_number moller = put("3@a.example", "Ida M\u00f6ller");
    assert_int_equal(best("joes"), jones);
    assert_int_equal(best("tom joens"), jones);
    assert_int_equal(best("lue wdae"), luke);
    assert_int_equal(best("moeler"), moller);
}

/* "weber" is "ceter" but for two letters, so that everybody of that name has both words. */
static void find__prefers_one_wrong_letter_to_many_whom_we_know(void **unused)
{
    (void)unused;
    char address[32];
    wp_identity identity = {WP_IDENTITY_EMAIL, "me@us.example"};
    wp_person_facts facts = facts_of_person(&identity);
    wp_number me = 0;
    facts.us = WP_US_YES;
    assert_int_equal(wp_person_put(txn, &facts, &me, NULL, NULL), WP_OK);
    wp_number peter = put("p@a.example", "Peter Weber");
    for (int i = 0; i < 300; i++) {
        snprintf(address, sizeof address, "%d@a.example", i);
        state(me, put(address, "Ida Weber"), 0.5);
    }
    assert_int_equal(best("ceter weber"), peter);
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
#define LETTERS_MAX 300
#define WORD_BYTES 64 /* more of a word is not looked at */

/* A word as the index has it, and where its letters begin. */
typedef struct twin_word {
    char text[2 * LETTERS_MAX + 1];
    size_t bytes; /* that count */
    size_t at[WORD_BYTES + 1];
    size_t letters;
} twin_word;

static twin_word twin_names[TWIN_PEOPLE][2];

static bool is_equal(const twin_word *a, size_t i, const twin_word *b, size_t j)
{
    size_t bytes = a->at[i + 1] - a->at[i];
    return bytes == b->at[j + 1] - b->at[j] &&
           memcmp(a->text + a->at[i], b->text + b->at[j], bytes) == 0;
}

/* Damerau and Levenshtein's distance, no part edited twice, by the definition. */
static unsigned distance(const twin_word *a, const twin_word *b)
{
    static unsigned table[WORD_BYTES + 1][WORD_BYTES + 1];
    for (size_t i = 0; i <= a->letters; i++) {
        for (size_t j = 0; j <= b->letters; j++) {
            unsigned *best = &table[i][j];
            *best = (unsigned)(i + j);
            bool is_same = i > 0 && j > 0 && is_equal(a, i - 1, b, j - 1);
            if (i > 0 && j > 0 && table[i - 1][j - 1] + !is_same < *best)
                *best = table[i - 1][j - 1] + !is_same;
            if (i > 0 && table[i - 1][j] + 1 < *best)
                *best = table[i - 1][j] + 1;
            if (j > 0 && table[i][j - 1] + 1 < *best)
                *best = table[i][j - 1] + 1;
            if (i > 1 && j > 1 && is_equal(a, i - 1, b, j - 2) && is_equal(a, i - 2, b, j - 1) &&
                table[i - 2][j - 2] + 1 < *best)
                *best = table[i - 2][j - 2] + 1;
        }
    }
    return table[a->letters][b->letters];
}

/* 2: plainly, 1: misspelt, 0: not. */
static int fits(const twin_word *query, const twin_word *word)
{
    if (query->bytes <= word->bytes && memcmp(query->text, word->text, query->bytes) == 0)
        return 2;
    return distance(query, word) <= (query->letters <= 2 ? 0u : query->letters <= 4 ? 1u : 2u);
}

/* Whether two words, one after the other, are a third. */
static bool are_together(const twin_word pair[2], const twin_word *word)
{
    return pair[0].bytes > 0 && pair[1].bytes > 0 && pair[0].bytes + pair[1].bytes == word->bytes &&
           memcmp(pair[0].text, word->text, pair[0].bytes) == 0 &&
           memcmp(pair[1].text, word->text + pair[0].bytes, pair[1].bytes) == 0;
}

static int twin_fits(size_t person, const twin_word query[2], size_t words)
{
    const twin_word *names = twin_names[person];
    bool is_joined =
        words == 2 && (are_together(query, &names[0]) || are_together(query, &names[1]));
    int worst = 2;
    for (size_t i = 0; i < words; i++) {
        int first = twin_names[person][0].bytes > 0 ? fits(&query[i], &twin_names[person][0]) : 0;
        int second = twin_names[person][1].bytes > 0 ? fits(&query[i], &twin_names[person][1]) : 0;
        int best = first > second ? first : second;
        if (best == 0 && (is_joined || are_together(names, &query[i])))
            best = 1;
        worst = best < worst ? best : worst;
    }
    return worst;
}

static void add_letter(twin_word *word, const char *letter)
{
    size_t used = strlen(word->text), bytes = strlen(letter);
    memcpy(word->text + used, letter, bytes + 1);
    for (size_t i = 0; i < bytes && word->bytes < WORD_BYTES; i++, word->bytes++)
        if (i == 0)
            word->at[word->letters++] = word->bytes;
    word->at[word->letters] = word->bytes;
}

/* Few letters, of two scripts, and short words, so that many words are near each other; now and
 * then none, one letter, or more letters than are looked at. */
static void draw_word(random_source *random, size_t letters_max, twin_word *out)
{
    static const char *const letters[] = {"b", "d", "k", "r", "s", "i", "\u0436", "\u043a"};
    size_t script = random_below(random, 4) == 0 ? 5 : 0;
    size_t kind = random_below(random, 40), count = 2 + random_below(random, 6);
    if (kind < 3)
        count = kind == 0 ? 0 : kind == 1 ? 1 : letters_max - random_below(random, 3);
    *out = (twin_word){.bytes = 0};
    for (size_t i = 0; i < count; i++)
        add_letter(out, kind == 2 ? letters[i % 3] : letters[script + random_below(random, 3)]);
}

static random_arguments arguments = {0, 300};

static wp_number put_twin(random_source *random, size_t person)
{
    char name[2 * sizeof twin_names[0][0].text + 2], id[16];
    wp_identity identity = {WP_IDENTITY_ID, id};
    wp_person_facts facts = facts_of_person(&identity);
    wp_number number;
    draw_word(random, LETTERS_MAX, &twin_names[person][0]);
    draw_word(random, LETTERS_MAX, &twin_names[person][1]);
    snprintf(name, sizeof name, "%s-%s", twin_names[person][0].text, twin_names[person][1].text);
    snprintf(id, sizeof id, "%zu", person);
    facts.name = name;
    assert_int_equal(wp_person_put(txn, &facts, &number, NULL, NULL), WP_OK);
    return number;
}

/* Compare the matches with those of the twin; all are asked for. */
static void expect_twins(const char *text, const twin_word query[2], size_t words, wp_number first)
{
    bool is_found[TWIN_PEOPLE] = {false};
    wp_matches matches;
    assert_int_equal(wp_find(txn, text, 1000, &matches, NULL), WP_OK);
    for (size_t i = 0; i < matches.count; i++) {
        size_t person = matches.items[i].number - first;
        int expected = twin_fits(person, query, words);
        bool is_misspelt = (matches.items[i].how & WP_HOW_MISSPELT) != 0;
        if (expected == 0 || (expected == 2) == is_misspelt)
            fail_msg("'%s' finds '%s %s' wrongly", text, twin_names[person][0].text,
                     twin_names[person][1].text);
        is_found[person] = true;
    }
    for (size_t i = 0; i < TWIN_PEOPLE; i++)
        if (twin_fits(i, query, words) > 0 && !is_found[i])
            fail_msg("'%s' misses '%s %s'", text, twin_names[i][0].text, twin_names[i][1].text);
    wp_matches_free(&matches);
}

static void find__agrees_with_a_slow_twin(void **unused)
{
    (void)unused;
    random_source random = random_start(arguments.seed, 0);
    wp_number first = put_twin(&random, 0);
    for (size_t i = 1; i < TWIN_PEOPLE; i++)
        (void)put_twin(&random, i);
    for (uint64_t c = 0; c < arguments.cases; c++) {
        twin_word query[2];
        char text[256];
        size_t words = 1;
        draw_word(&random, 100, &query[0]);
        if (query[0].bytes == 0)
            continue;
        if (random_chance(&random, .5))
            draw_word(&random, 20, &query[words++]);
        words -= words == 2 && query[1].bytes == 0;
        snprintf(text, sizeof text, "%.200s %.40s", query[0].text, words == 2 ? query[1].text : "");
        expect_twins(text, query, words, first);
    }
}

/* Words of six letters, enough to fill many records of the dictionary. */
static const char *name_of(unsigned number, char out[8])
{
    uint32_t bits = number * UINT32_C(2654435761);
    for (int i = 0; i < 6; i++, bits = bits * UINT32_C(1664525) + UINT32_C(1013904223))
        out[i] = (char)('b' + (bits >> 8) % 23);
    out[6] = '\0';
    return out;
}

static bool finds(const char *text, wp_number person)
{
    wp_matches matches;
    bool is_found = false;
    assert_int_equal(wp_find(txn, text, 100, &matches, NULL), WP_OK);
    for (size_t i = 0; i < matches.count; i++)
        is_found = is_found || matches.items[i].number == person;
    wp_matches_free(&matches);
    return is_found;
}

static void find__follows_when_thousands_of_names_come_and_go(void **unused)
{
    (void)unused;
    enum { COUNT = 3000 };
    char name[8], address[32];
    uint64_t faults = 0;
    for (unsigned i = 0; i < 2 * COUNT; i++) {
        snprintf(address, sizeof address, "%u@a.example", i % COUNT);
        put(address, name_of(i, name)); /* the second half takes the place of the first */
    }
    assert_int_equal(wp_check(txn, true, NULL, NULL, &faults, NULL), WP_OK);
    assert_int_equal(faults, 0);
    for (unsigned i = 0; i < 2 * COUNT; i += 97) {
        snprintf(address, sizeof address, "%u@a.example", i % COUNT);
        name_of(i, name);
        name[1] = 'y'; /* no name has one */
        name[4] = 'z';
        wp_number person = best(address);
        if (finds(name, person) != (i >= COUNT))
            fail_msg("'%s' does not follow person %u", name, person);
    }
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

#define TEST(name) cmocka_unit_test_setup_teardown(name, given_empty, given_forget)

int main(int argc, char **argv)
{
    arguments.seed = (uint64_t)time(NULL);
    if (!random_arguments_read(argc, argv, &arguments))
        return 2;
    const struct CMUnitTest tests[] = {
        TEST(find__folds_accents_and_case),
        TEST(find__takes_beginnings_and_misspellings),
        TEST(find__ranks_the_same_name_first),
        TEST(find__follows_a_new_name),
        TEST(find__finds_addresses_and_companies),
        TEST(find__takes_both_ways_of_writing_an_umlaut),
        TEST(find__takes_words_in_any_order_and_swapped_letters),
        TEST(find__lets_title_and_company_supply_words),
        TEST(find__finds_titles_of_those_we_know_beside_many_names),
        TEST(find__orders_equal_matches_by_our_warmest_tie),
        TEST(find__puts_plain_matches_before_misspelt_ones),
        TEST(find__takes_no_domain_for_another_name_where_there_is_none),
        TEST(find__looks_for_misspelt_words_as_written_too),
        TEST(find__prefers_one_wrong_letter_to_many_whom_we_know),
        TEST(find__survives_odd_texts),
        TEST(find__agrees_with_a_slow_twin),
        TEST(find__follows_when_thousands_of_names_come_and_go),
        TEST(find__refuses_what_is_out_of_range),
    };
    return scratch_end(cmocka_run_group_tests(tests, NULL, NULL));
}
