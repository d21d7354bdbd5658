/*
 * UTF-8 validity and folding. Folds are literals; random bytes must never be read beyond their end,
 * and what folding gives must be valid, fit, and fold to itself. --seed N replays.
 */
#include "base/text.h"
#include "random.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static random_arguments arguments = {20240301, 20000};

static void expect_fold(const char *text, const char *expected)
{
    char out[256];
    size_t length = wpi_text_fold(text, out, sizeof(out));
    assert_string_equal(out, expected);
    assert_int_equal(length, strlen(expected));
}

static void text_fold__folds_latin(void **state)
{
    (void)state;
    expect_fold("José", "jose");
    expect_fold("Łukasz", "lukasz");
    expect_fold("Müller-Straße", "muller strasse");
    expect_fold("Ærøskøbing", "aeroskobing");
    expect_fold("Œuvre Þórður Đorđe Ħal", "oeuvre thordur dorde hal");
    expect_fold("İstanbul ISPARTA ılık", "istanbul isparta ilik");
    expect_fold("Nguyễn Thị Đặng", "nguyen thi dang");
    expect_fold("Škoda Čapek Żółć", "skoda capek zolc");
    expect_fold("STRAẞE", "strasse");
    expect_fold("ﬁnance oﬃce", "finance office");
    expect_fold("Ｗａｒｍ１２", "warm12");
}

static void text_fold__drops_combining_marks(void **state)
{
    (void)state;
    expect_fold("Jose\u0301", "jose");
    expect_fold("n\u0303an\u0303ez", "nanez");
    expect_fold("co\u00ADop\u200Ber", "cooper");
}

static void text_fold__folds_greek_and_cyrillic(void **state)
{
    (void)state;
    expect_fold("Γιώργος Παπαδόπουλος", "γιωργοσ παπαδοπουλοσ");
    expect_fold("ΑΪΔΑ ᾿Αθήναι", "αιδα αθηναι");
    expect_fold("Юрий ЁЛКИН", "юрий ёлкин");
    expect_fold("И\u0306и\u0306", "йй"); /* decomposed and composed spellings fold alike */
    expect_fold("Ива\u0301нов Їжак", "иванов їжак");
    expect_fold("Ђорђе Џуџа", "ђорђе џуџа");
}

static void text_fold__passes_other_scripts(void **state)
{
    (void)state;
    expect_fold("李小龙", "李小龙");
    expect_fold("山田　太郎", "山田 太郎");
    expect_fold("محمد", "محمد");
    expect_fold("Առաքել", "առաքել");
}

static void text_fold__joins_the_parts_of_hangul_and_kana(void **state)
{
    (void)state;
    expect_fold("\u1100\u1175\u11B7 \u1106\u1175\u11AB\u110C\u116E\u11AB", "김 민준");
    expect_fold("김민준", "김민준");
    expect_fold("가\u11A8", "각"); /* a syllable that an end follows */
    expect_fold("각\u11A8", "각\u11A8");
    expect_fold("\u1100 \u1161", "\u1100 \u1161");
    expect_fold("カ\u3099ク か\u3099ほ\u309Aは\u3099 ウ\u3099", "ガク がぽば ヴ");
    expect_fold("ア\u3099", "ア\u3099");
}

static void text_fold__drops_marks_of_cyrillic_and_arabic_either_way(void **state)
{
    (void)state;
    expect_fold("أحمد إبراهيم مؤمن رئيس آدم", "احمد ابراهيم مومن رييس ادم");
    expect_fold("\u0627\u0654حمد", "احمد");
    expect_fold("ѝ Ӣ ӱ", "и и у");
    expect_fold("и\u0300 и\u0304 у\u0308", "и и у");
    expect_fold("Й Ё Ў", "й ё ў");
}

static void text_fold__takes_kana_of_half_a_width_and_letters_with_nukta(void **state)
{
    (void)state;
    expect_fold("ｱﾍﾞ ｼﾝｿﾞｳ", "アベ シンゾウ");
    expect_fold("ﾊﾟｸ･ｼﾞﾐﾝ", "パク ジミン");
    expect_fold("\u0958\u093e\u0926\u093f\u0930", "\u0915\u093e\u0926\u093f\u0930");
    expect_fold("\u0915\u093c\u093e\u0926\u093f\u0930", "\u0915\u093e\u0926\u093f\u0930");
    expect_fold("\u09dc \u0a5b", "\u09a1 \u0a1c");
}

static void text_fold__separates_words_by_one_space(void **state)
{
    (void)state;
    expect_fold("", "");
    expect_fold(" .,;-\t", "");
    expect_fold("  O'Brien,  Conan (Ph.D.) ", "o brien conan ph d");
    expect_fold("a—b…c×d÷e€f", "a b c d e f");
    expect_fold("№7 \U0001F600 ok", "7 ok");
    expect_fold("R2-D2", "r2 d2");
}

static void text_fold__separates_at_what_is_not_utf8(void **state)
{
    (void)state;
    expect_fold("a\xFF\xFE"
                "b",
                "a b");
    expect_fold("M\xFCller", "m ller");
    expect_fold("a\xC3", "a");
    expect_fold("a\xE2\x82", "a");
    expect_fold("a\xC0\xAF"
                "b",
                "a b");
    expect_fold("a\xED\xA0\x80"
                "b",
                "a b");
}

static void text_fold__cuts_at_a_character(void **state)
{
    (void)state;
    char out[8];
    assert_int_equal(wpi_text_fold("Юрий", out, sizeof(out)), 6);
    assert_string_equal(out, "юри");
    assert_int_equal(wpi_text_fold("abcdef gh", out, sizeof(out)), 6);
    assert_string_equal(out, "abcdef"); /* no space at the end */
    assert_int_equal(wpi_text_fold("abcdefß", out, sizeof(out)), 6);
    assert_int_equal(wpi_text_fold("abc", out, 1), 0);
    assert_string_equal(out, "");
}

static void text_fold__is_valid_and_stable_on_random_bytes(void **state)
{
    (void)state;
    for (uint64_t i = 0; i < arguments.cases; i++) {
        random_source source = random_start(arguments.seed, i);
        size_t length = random_below(&source, 40);
        char *text = malloc(length + 1);
        assert_non_null(text);
        for (size_t j = 0; j < length; j++) {
            bool is_plain = random_chance(&source, 0.5);
            text[j] = (char)(is_plain ? random_between(&source, 0x20, 0x7E)
                                      : random_between(&source, 0x80, 0xFF));
        }
        text[length] = '\0';
        char once[64];
        char twice[64];
        size_t capacity = 1 + random_below(&source, sizeof(once));
        size_t folded = wpi_text_fold(text, once, capacity);
        free(text);
        assert_true(folded < capacity);
        assert_true(wpi_text_is_valid(once, folded));
        assert_int_equal(wpi_text_fold(once, twice, sizeof(twice)), folded);
        assert_string_equal(once, twice);
    }
}

static size_t encode(uint32_t character, char *out)
{
    size_t length = character < 0x80 ? 1 : character < 0x800 ? 2 : character < 0x10000 ? 3 : 4;
    static const unsigned char lead[] = {0, 0, 0xC0, 0xE0, 0xF0};
    for (size_t i = length; i-- > 1; character >>= 6)
        out[i] = (char)(0x80 | (character & 0x3F));
    out[0] = (char)(lead[length] | character);
    return length;
}

static void text_fold__is_stable_on_every_character(void **state)
{
    (void)state;
    for (uint32_t character = 0x80; character <= 0x10FFFF; character++) {
        char text[5] = "";
        char once[16];
        char twice[16];
        if (character >= 0xD800 && character <= 0xDFFF)
            continue;
        size_t length = encode(character, text);
        assert_int_equal(wpi_text_is_valid(text, length), character > 0x9F);
        size_t folded = wpi_text_fold(text, once, sizeof(once));
        assert_true(wpi_text_is_valid(once, folded));
        assert_int_equal(wpi_text_fold(once, twice, sizeof(twice)), folded);
        assert_string_equal(once, twice);
    }
}

static void text_is_valid__sees_every_byte_of_long_text(void **state)
{
    (void)state;
    for (size_t at = 0; at < 24; at++)
        for (unsigned byte = 0; byte < 256; byte++) {
            char text[24];
            memset(text, ' ' + (int)at, sizeof text);
            text[at] = (char)byte;
            assert_int_equal(wpi_text_is_valid(text, sizeof text), byte >= 0x20 && byte < 0x7F);
        }
}

static void text_is_valid__is_strict(void **state)
{
    (void)state;
    static const char *const bad[] = {"\x01",
                                      "a\x7F",
                                      "\xC2\x80",
                                      "\xC2\x9F",
                                      "\x80",
                                      "\xC0\x80",
                                      "\xC1\xBF",
                                      "\xC3",
                                      "\xE0\x80\x80",
                                      "\xE0\xA0",
                                      "\xED\xA0\x80",
                                      "\xEF\xBF",
                                      "\xF0\x80\x80\x80",
                                      "\xF4\x90\x80\x80",
                                      "\xF5\x80\x80\x80",
                                      "\xFF",
                                      "tab\there",
                                      "new\nline"};
    static const char *const good[] = {"", "plain", "é", "\xE2\x82\xAC", "\xF4\x8F\xBF\xBF", "李"};
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        assert_false(wpi_text_is_valid(bad[i], strlen(bad[i])));
    for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
        assert_true(wpi_text_is_valid(good[i], strlen(good[i])));
    assert_false(wpi_text_is_valid("a\0b", 3));
}

static void expect_lower(const char *text, const char *expected)
{
    char out[64];
    wpi_text_lower(text, out, sizeof(out));
    assert_string_equal(out, expected);
}

static void text_lower__makes_capitals_small_and_keeps_marks(void **state)
{
    (void)state;
    expect_lower("Ann.LEE@Acme-É", "ann.lee@acme-é");
    expect_lower("ÀÖØÞ×÷ß ẞ", "àöøþ×÷ß ß");
    expect_lower("ŁÓDŹ ČŘŽ ŸŴ İĲ", "łódź čřž ÿŵ iĳ");
    expect_lower("łıżňň", "łıżňň");
    expect_lower("NGUYỄN VĂN ĐỨC", "nguyễn văn đức");
    expect_lower("ΆΈΉΊΌΎΏΪΫ ΑΣΩς", "άέήίόύώϊϋ ασως");
    expect_lower("ЁЙ ЂЯ ѐё ԱԲ", "ёй ђя ѐё աբ");
    expect_lower("王小明 محمد", "王小明 محمد");
    expect_lower("a\xFF\xC3", "a\xFF\xC3");
}

static void text_lower__cuts_at_a_character(void **state)
{
    (void)state;
    char out[16];
    wpi_text_lower("ABCDEÉ", out, 7); /* the last character would be cut in half */
    assert_string_equal(out, "abcde");
    wpi_text_lower("ABC", out, 1);
    assert_string_equal(out, "");
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(text_fold__folds_latin),
        cmocka_unit_test(text_fold__drops_combining_marks),
        cmocka_unit_test(text_fold__folds_greek_and_cyrillic),
        cmocka_unit_test(text_fold__passes_other_scripts),
        cmocka_unit_test(text_fold__joins_the_parts_of_hangul_and_kana),
        cmocka_unit_test(text_fold__drops_marks_of_cyrillic_and_arabic_either_way),
        cmocka_unit_test(text_fold__takes_kana_of_half_a_width_and_letters_with_nukta),
        cmocka_unit_test(text_fold__separates_words_by_one_space),
        cmocka_unit_test(text_fold__separates_at_what_is_not_utf8),
        cmocka_unit_test(text_fold__cuts_at_a_character),
        cmocka_unit_test(text_fold__is_valid_and_stable_on_random_bytes),
        cmocka_unit_test(text_fold__is_stable_on_every_character),
        cmocka_unit_test(text_is_valid__sees_every_byte_of_long_text),
        cmocka_unit_test(text_is_valid__is_strict),
        cmocka_unit_test(text_lower__makes_capitals_small_and_keeps_marks),
        cmocka_unit_test(text_lower__cuts_at_a_character),
    };
    if (!random_arguments_read(argc, argv, &arguments))
        return 2;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
