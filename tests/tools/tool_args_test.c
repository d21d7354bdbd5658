/*
 * The command line: options in all their forms, what is refused, what is suggested; and how the
 * text that names a person or company is understood.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "warmpath/args.h"
#include "warmpath/who.h"

static const option_row own_rows[] = {{"to", 0, "TARGET", ""},
                                      {"avoid", 0, "WHO…", ""},
                                      {"count", 'k', "N", ""},
                                      {"plain", 0, NULL, ""},
                                      {NULL, 0, NULL, NULL}};

/* Parse at most eight elements, up to the first NULL. */
static int parse(args *parsed, const char *const *elements, bool stop_at_word)
{
    char *argv[8];
    int argc = 0;

    for (; elements[argc] != NULL; argc++)
        argv[argc] = (char *)(uintptr_t)elements[argc];
    *parsed = (args){0};
    return args_parse(parsed, argc, argv, own_rows, command_options_common, stop_at_word);
}

static void args_parse__takes_options_in_every_form(void **state)
{
    const char *const line[] = {"--to=a=b", "word", "-k5", "--avoid", "-x", "--plain", "-", NULL};
    args parsed;

    (void)state;
    assert_int_equal(parse(&parsed, line, false), 7);
    assert_string_equal(args_get(&parsed, "to"), "a=b");
    assert_string_equal(args_get(&parsed, "count"), "5");
    assert_string_equal(args_get(&parsed, "avoid"), "-x");
    assert_true(args_has(&parsed, "plain"));
    assert_int_equal(parsed.word_count, 2);
    assert_string_equal(parsed.words[0], "word");
    assert_string_equal(parsed.words[1], "-");
    args_free(&parsed);
}

static void args_parse__keeps_repeated_options_in_order(void **state)
{
    const char *const line[] = {"--avoid", "a", "--to", "x", "--avoid", "b", NULL};
    args parsed;

    (void)state;
    assert_int_equal(parse(&parsed, line, false), 6);
    assert_string_equal(args_at(&parsed, "avoid", 0), "a");
    assert_string_equal(args_at(&parsed, "avoid", 1), "b");
    assert_null(args_at(&parsed, "avoid", 2));
    assert_string_equal(args_get(&parsed, "avoid"), "b");
    args_free(&parsed);
}

static void args_parse__ends_options_at_two_dashes(void **state)
{
    const char *const line[] = {"--", "--to", "-k", NULL};
    args parsed;

    (void)state;
    assert_int_equal(parse(&parsed, line, false), 3);
    assert_false(args_has(&parsed, "to"));
    assert_int_equal(parsed.word_count, 2);
    args_free(&parsed);
}

static void args_parse__stops_before_the_command(void **state)
{
    const char *const line[] = {"--db", "x", "path", "--to", "y", NULL};
    args parsed;

    (void)state;
    assert_int_equal(parse(&parsed, line, true), 2);
    assert_string_equal(args_get(&parsed, "db"), "x");
    assert_false(args_has(&parsed, "to"));
    args_free(&parsed);
}

static void check_problem(const char *element, const char *expected)
{
    const char *const line[] = {element, NULL};
    args parsed;

    assert_int_equal(parse(&parsed, line, false), -1);
    assert_string_equal(parsed.problem, expected);
    args_free(&parsed);
}

static void args_parse__says_what_is_wrong(void **state)
{
    (void)state;
    check_problem("--avodi", "--avodi: unknown option, did you mean --avoid?");
    check_problem("--pla", "--pla: unknown option, did you mean --plain?");
    check_problem("--quite=1", "--quite: unknown option, did you mean --quiet?");
    check_problem("--zebra", "--zebra: unknown option, see --help for the list");
    check_problem("-z", "-z: unknown option, see --help for the list");
    check_problem("--to", "--to: the value is missing, expected TARGET");
    check_problem("-k", "--count: the value is missing, expected N");
    check_problem("--plain=1", "--plain: a value was given, expected none");
}

static void args_parse__refuses_a_second_value(void **state)
{
    const char *const letters[] = {"-k", "3", "--count=5", NULL};
    const char *const flags[] = {"--plain", "-q", "--plain", "-q", NULL};
    const char *const common[] = {"--db", "a", "--db", "a", NULL};
    args parsed;

    (void)state;
    assert_int_equal(parse(&parsed, letters, false), -1);
    assert_string_equal(parsed.problem, "--count: given twice, expected once");
    args_free(&parsed);
    assert_int_equal(parse(&parsed, common, true), -1);
    assert_string_equal(parsed.problem, "--db: given twice, expected once");
    args_free(&parsed);
    assert_int_equal(parse(&parsed, flags, false), 4);
    args_free(&parsed);
}

static void command_nearest__finds_slips(void **state)
{
    (void)state;
    assert_string_equal(command_nearest("pth"), "path");
    assert_string_equal(command_nearest("expl"), "explain");
    assert_string_equal(command_nearest("imprt"), "import");
    assert_null(command_nearest("frobnicate"));
}

static void command_rows__are_complete(void **state)
{
    (void)state;
    for (const command_row *row = command_rows; row->name != NULL; row++) {
        assert_ptr_equal(command_find(row->name), row);
        assert_non_null(row->run);
        assert_non_null(row->examples[0].command);
        for (const example_row *example = row->examples; example->command != NULL; example++) {
            assert_non_null(strstr(example->command, row->name));
            assert_true(strlen(example->command) <= 78); /* it is indented by two */
        }
    }
    for (size_t i = 0; command_names_later[i] != NULL; i++)
        assert_null(command_find(command_names_later[i]));
}

static void check_form(const char *text, who_form form, const char *rest_expected)
{
    char held[WHO_HELD_BYTES];
    const char *rest;

    assert_int_equal(who_classify(text, held, &rest), form);
    assert_string_equal(rest, rest_expected);
}

static void who_classify__knows_the_forms(void **state)
{
    (void)state;
    check_form("us", WHO_FORM_US, "us");
    check_form("team:sales", WHO_FORM_GROUP, "sales");
    check_form("list:x", WHO_FORM_GROUP, "x");
    check_form("id:42", WHO_FORM_ID, "42");
    check_form("linkedin:ann-lee", WHO_FORM_LINKEDIN, "ann-lee");
    check_form("linkedin:linkedin.com/in/Ann-Lee/", WHO_FORM_LINKEDIN, "ann-lee");
    check_form("https://de.linkedin.com/in/ann-lee?x", WHO_FORM_LINKEDIN, "ann-lee");
    check_form("see linkedin.com/in/ann-lee", WHO_FORM_NAME, "see linkedin.com/in/ann-lee");
    check_form("#17", WHO_FORM_NUMBER, "17");
    check_form("#1x", WHO_FORM_NAME, "#1x");
    check_form("#", WHO_FORM_NAME, "#");
    check_form("ann@us.com", WHO_FORM_EMAIL, "ann@us.com");
    check_form("acme.com", WHO_FORM_DOMAIN, "acme.com");
    check_form("J. Smith", WHO_FORM_NAME, "J. Smith");
    check_form(".com", WHO_FORM_NAME, ".com");
    check_form("Acme", WHO_FORM_NAME, "Acme");
    check_form("", WHO_FORM_NAME, "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(args_parse__takes_options_in_every_form),
        cmocka_unit_test(args_parse__keeps_repeated_options_in_order),
        cmocka_unit_test(args_parse__ends_options_at_two_dashes),
        cmocka_unit_test(args_parse__stops_before_the_command),
        cmocka_unit_test(args_parse__says_what_is_wrong),
        cmocka_unit_test(args_parse__refuses_a_second_value),
        cmocka_unit_test(command_nearest__finds_slips),
        cmocka_unit_test(command_rows__are_complete),
        cmocka_unit_test(who_classify__knows_the_forms),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
