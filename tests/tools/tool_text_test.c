/*
 * Text for a terminal: what is removed, how wide it is, where it is cut and broken; spreadsheets.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "warmpath/csv.h"
#include "warmpath/text.h"

static void check_clean(const char *text, const char *expected)
{
    char *clean = text_clean(text);

    assert_string_equal(clean, expected);
    free(clean);
}

static void text_clean__removes_what_deceives(void **state)
{
    (void)state;
    check_clean("", "");
    check_clean("Ann Lee", "Ann Lee");
    check_clean("\033[31mred\033[0m", "[31mred[0m");
    check_clean("a\tb\nc\x7F", "abc");
    check_clean("a\xC2\x9B"
                "31m",
                "a31m"); /* the C1 form of the escape sequence */
    check_clean("Ann\xE2\x80\xAE"
                "eeL",
                "AnneeL"); /* right-to-left override */
    check_clean("\xE2\x81\xA6"
                "x\xE2\x81\xA9",
                "x"); /* isolates */
    check_clean("\xEF\xBB\xBFx", "x");
    check_clean("a\xE2\x80\xA8"
                "b",
                "ab"); /* line separator */
    check_clean("J\xC3\xB6rg \xE6\x9D\x8E", "J\xC3\xB6rg \xE6\x9D\x8E");
    check_clean("bad \xFF\xC3", "bad \xEF\xBF\xBD\xEF\xBF\xBD");
}

static void text_width__counts_columns(void **state)
{
    (void)state;
    assert_int_equal(text_width(""), 0);
    assert_int_equal(text_width("abc"), 3);
    assert_int_equal(text_width("J\xC3\xB6rg"), 4);
    assert_int_equal(text_width("\xE6\x9D\x8E"), 2);
    assert_int_equal(text_width("e\xCC\x81"), 1); /* combining acute */
    assert_int_equal(text_width("\xE2\x86\x92"), 1);
}

static void check_shortened(const char *text, size_t most, size_t end, const char *expected)
{
    char *copy = strdup(text);
    text_shorten(copy, most, end);
    assert_string_equal(copy, expected);
    free(copy);
}

static void text_shorten__leaves_out_the_middle_between_characters(void **state)
{
    (void)state;
    check_shortened("", 8, 2, "");
    check_shortened("abcdefgh", 8, 2, "abcdefgh");
    check_shortened("abcdefghi", 8, 2, "abc…hi");
    check_shortened("ab\xC3\xA9"
                    "defg\xC3\xA9",
                    8, 2, "ab…\xC3\xA9");
    check_shortened("abcdefg\xC3\xA9"
                    "z",
                    8, 2, "abc…\xC3\xA9z");
}

static void check_truncated(const char *text, size_t width, const char *expected)
{
    char *cut = text_truncate(text, width);

    assert_string_equal(cut, expected);
    free(cut);
}

static void text_truncate__cuts_at_columns(void **state)
{
    (void)state;
    check_truncated("abc", 3, "abc");
    check_truncated("abcd", 3, "ab…");
    check_truncated("abcd", 1, "…");
    check_truncated("abcd", 0, "");
    check_truncated("\xE6\x9D\x8E\xE6\x9D\x8E", 3, "\xE6\x9D\x8E…");
    check_truncated("\xE6\x9D\x8E\xE6\x9D\x8E", 2,
                    "…"); /* a wide character does not fit beside it */
}

static void check_wrapped(const char *text, size_t column, size_t indent, size_t width,
                          const char *expected)
{
    char *out = NULL;
    size_t bytes;
    FILE *stream = open_memstream(&out, &bytes);

    assert_non_null(stream);
    text_wrap(stream, text, column, indent, width);
    assert_int_equal(fclose(stream), 0);
    assert_string_equal(out, expected);
    free(out);
}

static void text_wrap__breaks_between_words(void **state)
{
    (void)state;
    check_wrapped("", 0, 2, 10, "\n");
    check_wrapped("aa bb cc", 0, 2, 80, "aa bb cc\n");
    check_wrapped("aa bb cc", 0, 2, 5, "aa bb\n  cc\n");
    check_wrapped("aa bb", 4, 2, 8, "aa\n  bb\n");
    check_wrapped("aa\xC2\xA0"
                  "bb cc",
                  0, 0, 6, "aa bb\ncc\n");
    check_wrapped("aa bb\n\ncc dd", 0, 2, 8, "aa bb\n\n  cc dd\n");
    check_wrapped("abcdefgh ij", 0, 0, 4, "abcdefgh\nij\n"); /* a long word stays whole */
}

static void text_distance__counts_edits(void **state)
{
    (void)state;
    assert_int_equal(text_distance("", ""), 0);
    assert_int_equal(text_distance("path", "path"), 0);
    assert_int_equal(text_distance("path", "PATH"), 0);
    assert_int_equal(text_distance("path", "pth"), 1);
    assert_int_equal(text_distance("path", "apth"), 1);
    assert_int_equal(text_distance("reach", "rehca"), 2);
    assert_int_equal(text_distance("", "abc"), 3);
}

static void check_cell(const char *text, const char *expected)
{
    char *out = NULL;
    size_t bytes;
    FILE *stream = open_memstream(&out, &bytes);

    assert_non_null(stream);
    csv_write_cell(stream, text);
    assert_int_equal(fclose(stream), 0);
    assert_string_equal(out, expected);
    free(out);
}

static void csv_write_cell__quotes_and_defuses(void **state)
{
    (void)state;
    check_cell(NULL, "");
    check_cell("", "");
    check_cell("Acme", "Acme");
    check_cell("Acme, Inc.", "\"Acme, Inc.\"");
    check_cell("the \"best\"", "\"the \"\"best\"\"\"");
    check_cell("a\nb", "\"a\nb\"");
    check_cell(" x", "\" x\"");
    check_cell("=1+1", "\"'=1+1\"");
    check_cell("+49", "\"'+49\"");
    check_cell("-1", "\"'-1\"");
    check_cell("@x", "\"'@x\"");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(text_clean__removes_what_deceives),
        cmocka_unit_test(text_width__counts_columns),
        cmocka_unit_test(text_shorten__leaves_out_the_middle_between_characters),
        cmocka_unit_test(text_truncate__cuts_at_columns),
        cmocka_unit_test(text_wrap__breaks_between_words),
        cmocka_unit_test(text_distance__counts_edits),
        cmocka_unit_test(csv_write_cell__quotes_and_defuses),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
