/*
 * Content lines: where they fold, what belongs to a value, and how values are decoded.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "import_text.h"

/* The decoded value of the first line of a text. */
static void check_value(const char *text, const char *expected)
{
    text_file at;
    content_line line;
    bool is_guessed;
    text_open(&at, text);
    assert_int_equal(content_next(&at.lines, &line), LINES_OK);
    char *value = content_decode(&line, &is_guessed);
    assert_string_equal(value, expected);
    free(value);
    text_close(&at);
}

static void content_next__unfolds_inside_a_character(void **state)
{
    (void)state;
    check_value("FN:J\xc3\r\n \xb6rg\r\n", "J\xc3\xb6rg");
    check_value("FN:J\r\n\t\xc3\xb6\r\n rg\r\n", "J\xc3\xb6rg");
    check_value("FN\r\n :Ann\r\n", "Ann");
}

static void content_next__joins_soft_breaks_of_quoted_printable_alone(void **state)
{
    (void)state;
    check_value("NOTE;ENCODING=QUOTED-PRINTABLE:one=\r\ntwo=3D\r\n", "onetwo=");
    check_value("NOTE;QUOTED-PRINTABLE:one=\r\n=20two\r\n", "one two");
    check_value("NOTE:one=\r\ntwo:\r\n", "one=");
    check_value("NOTE;QUOTED-PRINTABLE:one=\r\nEND:VCARD\r\n", "one=");
}

static void content_next__passes_over_base64(void **state)
{
    text_file at;
    content_line line;
    (void)state;
    text_open(&at,
              "PHOTO;ENCODING=b:AAAA\r\n BBBB\r\nKEY;BASE64:\r\nCCCC\r\nDDDD\r\n\r\nFN:Ann\r\n");
    assert_int_equal(content_next(&at.lines, &line), LINES_OK);
    assert_string_equal(line.name, "PHOTO");
    assert_int_equal(line.value_bytes, 4);
    assert_int_equal(content_next(&at.lines, &line), LINES_OK);
    assert_string_equal(line.name, "KEY");
    assert_int_equal(content_next(&at.lines, &line), LINES_OK);
    assert_string_equal(line.name, "FN");
    assert_int_equal(content_next(&at.lines, &line), LINES_END);
    text_close(&at);
}

static void content_next__says_where_a_line_stands(void **state)
{
    text_file at;
    content_line line;
    (void)state;
    text_open(&at, "A:1\r\n 2\r\n\r\nB:3");
    assert_int_equal(content_next(&at.lines, &line), LINES_OK);
    assert_int_equal(line.line, 1);
    assert_int_equal(line.byte, 0);
    assert_int_equal(line.next, 9);
    assert_int_equal(content_next(&at.lines, &line), LINES_OK);
    assert_int_equal(line.line, 4);
    assert_int_equal(line.byte, 11);
    assert_int_equal(line.next, 14);
    text_close(&at);
}

static void content_next__strips_groups_and_case(void **state)
{
    text_file at;
    content_line line;
    (void)state;
    text_open(&at, "item1.email;type=\"a;b:c\":x@y\r\nno colon\r\n");
    assert_int_equal(content_next(&at.lines, &line), LINES_OK);
    assert_string_equal(line.name, "EMAIL");
    assert_string_equal(line.params, "type=\"a;b:c\"");
    assert_string_equal(line.value, "x@y");
    assert_int_equal(content_next(&at.lines, &line), LINES_OK);
    assert_string_equal(line.name, "");
    text_close(&at);
}

/* A line as long as the limits of the reader allow, and one that is longer. */
static void content_next__cuts_long_lines(void **state)
{
    static const struct {
        size_t bytes; /* of the value */
        bool is_cut;
        size_t kept; /* of the value */
    } cases[] = {{CONTENT_BYTES_MAX - 5, false, CONTENT_BYTES_MAX - 5},
                 {CONTENT_BYTES_MAX - 4, true, CONTENT_BYTES_MAX - 5},
                 {LINES_LIMIT_MAX, true, LINES_HEAD_BYTES - 5}};
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        text_file at;
        content_line line;
        char *text = malloc(cases[i].bytes + 16);
        assert_non_null(text);
        memcpy(text, "NOTE:", 5);
        memset(text + 5, 'x', cases[i].bytes);
        memcpy(text + 5 + cases[i].bytes, "\nFN:A\n", 7);
        text_open(&at, text);
        assert_int_equal(content_next(&at.lines, &line), LINES_OK);
        assert_int_equal(line.is_cut, cases[i].is_cut);
        assert_int_equal(line.value_bytes, cases[i].kept);
        assert_int_equal(content_next(&at.lines, &line), LINES_OK);
        assert_string_equal(line.name, "FN");
        text_close(&at);
        free(text);
    }
}

static void content_decode__converts_charsets(void **state)
{
    (void)state;
    check_value("FN;CHARSET=ISO-8859-1;ENCODING=QUOTED-PRINTABLE:J=F6rg\n", "J\xc3\xb6rg");
    check_value("FN;CHARSET=KOI8-R:\xe1\n", "\xd0\x90");
    check_value("FN;CHARSET=UTF-8:J\xc3\xb6rg\n", "J\xc3\xb6rg");
    /* A charset that nobody knows, none, and one that the bytes are not in. */
    check_value("FN;CHARSET=X-NONE:J\xf6rg\n", "J\xc3\xb6rg");
    check_value("FN:J\xf6rg \x93\n", "J\xc3\xb6rg \xe2\x80\x9c");
    check_value("FN;CHARSET=UTF-8:J\xf6rg\n", "J\xc3\xb6rg");
    check_value("FN;CHARSET=:Ann\x01\n", "Ann ");
}

static void content_param_next__reads_lists_words_and_quotes(void **state)
{
    static const char *const expected[] = {"TYPE=HOME",   "TYPE=pref",     "TYPE=INTERNET",
                                           "CN=Lee, Ann", "X=say \"hi\"^", "ENCODING=BASE64",
                                           "EMPTY="};
    const char *at = "type=HOME,pref;INTERNET;CN=\"Lee, Ann\";X=say ^'hi^'^^;;BASE64;EMPTY=";
    content_param param;
    char shown[CONTENT_PARAM_BYTES + 40];
    (void)state;
    for (size_t i = 0; i < sizeof expected / sizeof *expected; i++) {
        assert_true(content_param_next(&at, &param));
        snprintf(shown, sizeof shown, "%s=%s", param.name, param.value);
        assert_string_equal(shown, expected[i]);
    }
    assert_false(content_param_next(&at, &param));
}

static void content_component__resolves_backslashes(void **state)
{
    static const char text[] = "Lee\\; Inc;Ann\\, \\\\ x\\nY;;last\\";
    char out[sizeof text];
    (void)state;
    assert_true(content_component(text, ';', 0, out));
    assert_string_equal(out, "Lee; Inc");
    assert_true(content_component(text, ';', 1, out));
    assert_string_equal(out, "Ann, \\ x Y");
    assert_true(content_component(text, ';', 2, out));
    assert_string_equal(out, "");
    assert_true(content_component(text, ';', 3, out));
    assert_string_equal(out, "last\\");
    assert_false(content_component(text, ';', 4, out));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(content_next__unfolds_inside_a_character),
        cmocka_unit_test(content_next__joins_soft_breaks_of_quoted_printable_alone),
        cmocka_unit_test(content_next__passes_over_base64),
        cmocka_unit_test(content_next__says_where_a_line_stands),
        cmocka_unit_test(content_next__strips_groups_and_case),
        cmocka_unit_test(content_next__cuts_long_lines),
        cmocka_unit_test(content_decode__converts_charsets),
        cmocka_unit_test(content_param_next__reads_lists_words_and_quotes),
        cmocka_unit_test(content_component__resolves_backslashes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
