/*
 * The distance of words, in letters: literals, and random words of several alphabets against the
 * textbook's table. --seed N replays.
 */
#include "base/pattern.h"
#include "random.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define LETTERS_MAX 12

static random_arguments arguments = {20240301, 20000};

static unsigned distance(const char *a, const char *b, unsigned limit)
{
    wpi_pattern pattern;
    wpi_pattern_make(a, strlen(a), &pattern);
    return wpi_pattern_distance(&pattern, b, strlen(b), limit);
}

static void pattern_distance__counts_edits(void **state)
{
    (void)state;
    assert_int_equal(distance("", "", 2), 0);
    assert_int_equal(distance("smith", "smith", 0), 0);
    assert_int_equal(distance("smith", "smyth", 2), 1);
    assert_int_equal(distance("smith", "smiht", 2), 1);
    assert_int_equal(distance("smith", "smiths", 2), 1);
    assert_int_equal(distance("smith", "mith", 2), 1);
    assert_int_equal(distance("ca", "abc", 3), 3); /* restricted: no part is edited twice */
    assert_int_equal(distance("kitten", "sitting", 3), 3);
    assert_int_equal(distance("kitten", "sitting", 2), 3);
    assert_int_equal(distance("abc", "xyz", 1), 2);
    assert_int_equal(distance("", "abc", 5), 3);
    assert_int_equal(distance("abcdef", "badcfe", 3), 3);
}

static void pattern_distance__counts_letters_and_not_bytes(void **state)
{
    (void)state;
    assert_int_equal(distance("\u0436\u0443\u043a", "\u0436\u043a", 2), 1);       /* zhuk, zhk */
    assert_int_equal(distance("\u0436\u0443\u043a", "\u0443\u0436\u043a", 2), 1); /* uzhk */
    assert_int_equal(distance("\u738b\u5c0f\u660e", "\u738b\u5927\u660e", 2), 1);
    assert_int_equal(wpi_pattern_letters("\u0436\u0443\u043a", 6), 3);
    assert_int_equal(wpi_pattern_letters("\u0436\u0443\u043a", 5), 3); /* cut inside of one */
}

static void pattern_distance__takes_long_words_whole(void **state)
{
    (void)state;
    wpi_pattern pattern;
    char a[66], b[66];
    memset(a, 'a', 65);
    memset(b, 'a', 65);
    a[65] = b[65] = '\0';
    assert_int_equal(distance(a, b, 2), 0);
    b[64] = 'b';
    assert_int_equal(distance(a, b, 2), 3);
    wpi_pattern_make(a, 64, &pattern);
    assert_int_equal(wpi_pattern_distance(&pattern, b, 64, 2), 0);
    b[10] = 'c';
    assert_int_equal(wpi_pattern_distance(&pattern, b, 64, 2), 1);
    b[63] = 'c';
    assert_int_equal(wpi_pattern_distance(&pattern, b, 64, 2), 2);
}

static unsigned least(unsigned a, unsigned b)
{
    return a < b ? a : b;
}

/* The textbook table, of letters as numbers. */
static unsigned slow_distance(const uint8_t *a, size_t n, const uint8_t *b, size_t m)
{
    unsigned table[LETTERS_MAX + 1][LETTERS_MAX + 1];
    for (size_t i = 0; i <= n; i++) {
        for (size_t j = 0; j <= m; j++) {
            if (i == 0 || j == 0) {
                table[i][j] = (unsigned)(i + j);
                continue;
            }
            unsigned value = table[i - 1][j - 1] + (a[i - 1] == b[j - 1] ? 0u : 1u);
            value = least(value, least(table[i - 1][j], table[i][j - 1]) + 1);
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                value = least(value, table[i - 2][j - 2] + 1);
            table[i][j] = value;
        }
    }
    return table[n][m];
}

/* A few letters of one, two, three and four bytes, so that edits meet each other. */
static size_t draw_word(random_source *source, uint8_t letters[LETTERS_MAX], char *text)
{
    static const char *const alphabet[] = {"a", "b", "\u0436", "\u738b", "\U00010330"};
    size_t count = random_below(source, LETTERS_MAX + 1), used = 0;
    for (size_t i = 0; i < count; i++) {
        letters[i] = (uint8_t)random_below(source, 5);
        size_t bytes = strlen(alphabet[letters[i]]);
        memcpy(text + used, alphabet[letters[i]], bytes);
        used += bytes;
    }
    text[used] = '\0';
    return count;
}

static void pattern_distance__agrees_with_the_textbook(void **state)
{
    (void)state;
    for (uint64_t i = 0; i < arguments.cases; i++) {
        random_source source = random_start(arguments.seed, i);
        uint8_t a[LETTERS_MAX], b[LETTERS_MAX];
        char first[4 * LETTERS_MAX + 1], second[4 * LETTERS_MAX + 1];
        size_t n = draw_word(&source, a, first), m = draw_word(&source, b, second);
        unsigned limit = (unsigned)random_below(&source, 8);
        unsigned expected = least(slow_distance(a, n, b, m), limit + 1);
        assert_int_equal(distance(first, second, limit), expected);
        assert_int_equal(distance(second, first, limit), expected);
        assert_int_equal(wpi_pattern_letters(first, strlen(first)), n);
    }
}

/* What tells most words apart must never tell near ones apart. */
static void pattern_set__differs_by_a_bit_each_way_for_an_edit(void **state)
{
    (void)state;
    for (uint64_t i = 0; i < arguments.cases; i++) {
        random_source source = random_start(arguments.seed + 1, i);
        uint8_t a[LETTERS_MAX], b[LETTERS_MAX];
        char first[4 * LETTERS_MAX + 1], second[4 * LETTERS_MAX + 1];
        size_t n = draw_word(&source, a, first), m = draw_word(&source, b, second);
        int edits = (int)slow_distance(a, n, b, m);
        uint32_t one = wpi_pattern_set(first, strlen(first));
        uint32_t other = wpi_pattern_set(second, strlen(second));
        assert_true(__builtin_popcount(one & ~other) <= edits);
        assert_true(__builtin_popcount(other & ~one) <= edits);
    }
}

static void pattern_filter__finds_the_sets_that_differ_by_few_letters(void **state)
{
    (void)state;
    enum { SETS = 100 };
    for (uint64_t i = 0; i < arguments.cases; i += 20) {
        random_source source = random_start(arguments.seed + 2, i);
        uint32_t sets[SETS], found[SETS], set = (uint32_t)random_below(&source, 256) << 25;
        unsigned added = (unsigned)random_below(&source, 3);
        unsigned lost = (unsigned)random_below(&source, 3);
        size_t count = random_below(&source, SETS + 1), expected = 0;
        for (size_t j = 0; j < count; j++)
            sets[j] = (uint32_t)random_below(&source, 256) << 25;
        size_t seen = wpi_pattern_filter(sets, count, set, added, lost, found);
        for (size_t j = 0; j < count; j++)
            if (__builtin_popcount(sets[j] & ~set) <= (int)added &&
                __builtin_popcount(set & ~sets[j]) <= (int)lost) {
                assert_true(expected < seen);
                assert_int_equal(found[expected++], j);
            }
        assert_int_equal(seen, expected);
    }
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pattern_distance__counts_edits),
        cmocka_unit_test(pattern_distance__counts_letters_and_not_bytes),
        cmocka_unit_test(pattern_distance__takes_long_words_whole),
        cmocka_unit_test(pattern_distance__agrees_with_the_textbook),
        cmocka_unit_test(pattern_filter__finds_the_sets_that_differ_by_few_letters),
        cmocka_unit_test(pattern_set__differs_by_a_bit_each_way_for_an_edit),
    };
    if (!random_arguments_read(argc, argv, &arguments))
        return 2;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
