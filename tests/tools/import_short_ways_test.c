/*
 * Short ways for plain text, against the long ways that are right for all text: random texts of
 * letters and of what is special to one of them.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "import/address.h"
#include "import/charset.h"
#include "import/fold.h"
#include "random.h"

#define TEXT_BYTES_MAX ((size_t)16)

static random_arguments options = {20240301, 20000};

static void draw(random_source *random, const char *alphabet, char out[TEXT_BYTES_MAX + 1])
{
    size_t length = random_below(random, TEXT_BYTES_MAX + 1);
    for (size_t i = 0; i < length; i++)
        out[i] = alphabet[random_below(random, strlen(alphabet))];
    out[length] = '\0';
}

static void fold_words__folds_ascii_as_all_text(void **state)
{
    random_source random = random_start(options.seed, 0);
    (void)state;
    for (uint64_t i = 0; i < options.cases; i++) {
        char text[TEXT_BYTES_MAX + 1], longer[32], folded[12], folded_longer[12];
        draw(&random, "aZ09 -_.@\t\x7f(", text);
        snprintf(longer, sizeof longer, "%s\xc3\xa9", text); /* which takes the long way */
        assert_true(fold_words(text, folded, sizeof folded));
        assert_true(fold_words(longer, folded_longer, sizeof folded_longer));
        assert_memory_equal(folded_longer, folded, strlen(folded));
        /* One letter more at most, if there is room for it. */
        assert_in_range(strlen(folded_longer) - strlen(folded), 0, 2);
    }
}

static void charset_is_tidy_name__is_true_of_names_that_stay(void **state)
{
    random_source random = random_start(options.seed, 0);
    (void)state;
    for (uint64_t i = 0; i < options.cases; i++) {
        char text[TEXT_BYTES_MAX + 1], *tidy = NULL;
        draw(&random, "aB, \t\x7f", text);
        assert_true(charset_tidy_name(text, &tidy));
        assert_int_equal(charset_is_tidy_name(text), tidy != NULL && strcmp(tidy, text) == 0);
        free(tidy);
    }
}

static void address_is_plain__is_true_of_addresses_that_stay(void **state)
{
    random_source random = random_start(options.seed, 0);
    uint64_t plain = 0;
    (void)state;
    for (uint64_t i = 0; i < options.cases; i++) {
        char text[TEXT_BYTES_MAX + 1];
        address_list found = {0};
        draw(&random, "aB1@..-+_'[]<>: ", text);
        if (address_is_plain(text)) {
            assert_true(address_parse(text, WP_ROLE_TO, &found));
            assert_int_equal(found.count, 1);
            assert_string_equal(found.items[0].email, text);
            assert_null(found.items[0].name);
            assert_int_equal(found.notes[NOTE_BAD_ADDRESS] + found.notes[NOTE_NO_AT], 0);
            plain++;
        }
        address_list_free(&found);
    }
    assert_true(plain > 0 && plain < options.cases);
    assert_true(address_is_plain("ann.lee+crm@mail.acme.example"));
    assert_false(address_is_plain("IMCEAEX-_o=acme_cn=ann@acme.example"));
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fold_words__folds_ascii_as_all_text),
        cmocka_unit_test(charset_is_tidy_name__is_true_of_names_that_stay),
        cmocka_unit_test(address_is_plain__is_true_of_addresses_that_stay),
    };
    if (!random_arguments_read(argc, argv, &options))
        return 2;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
