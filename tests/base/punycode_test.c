/*
 * Domains in "xn--": the samples of RFC 3492, what is no Punycode, and that random labels are never
 * read beyond their end and give what stays as it is. --seed N replays.
 */
#include "base/punycode.h"
#include "base/text.h"
#include "random.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define DOMAIN_MAX 253

static random_arguments arguments = {20240301, 20000};

static void expect(const char *domain, const char *expected)
{
    char text[DOMAIN_MAX + 1] = "";
    strncpy(text, domain, DOMAIN_MAX);
    wpi_punycode_expand(text, DOMAIN_MAX);
    assert_string_equal(text, expected);
}

/* Section 7.1, with capitals small; two samples are longer than labels are. */
static void punycode__reads_the_samples_of_the_rfc(void **state)
{
    (void)state;
    expect("xn--egbpdaj6bu4bxfgehfvwxn", "ليهمابتكلموشعربي؟");
    expect("xn--ihqwcrb4cv8a8dqg056pqjye", "他们为什么不说中文");
    expect("xn--ihqwctvzc91f659drss3x8bo0yb", "他們爲什麽不說中文");
    expect("xn--proprostnemluvesky-uyb24dma41a", "pročprostěnemluvíčesky");
    expect("xn--4dbcagdahymbxekheh6e0a7fei0b", "למההםפשוטלאמדבריםעברית");
    expect("xn--i1baa7eci9glrd9b2ae1bj0hfcgg6iyaf8o0a1dig0cd", "यहलोगहिन्दीक्योंनहींबोलसकतेहैं");
    expect("xn--n8jok5ay5dzabd5bym9f0cm5685rrjetr6pdxa", "なぜみんな日本語を話してくれないのか");
    expect("xn--b1abfaaepdrnnbgefbadotcwatmq2g4l", "почемужеонинеговорятпорусски");
    expect("xn--porqunopuedensimplementehablarenespaol-fmd56a",
           "porquénopuedensimplementehablarenespañol");
    expect("xn--tisaohkhngthchnitingvit-kjcr8268qyxafd2f1b9g", "tạisaohọkhôngthểchỉnóitiếngviệt");
    expect("xn--3b-ww4c5e180e575a65lsy2b", "3年b組金八先生");
    expect("xn---with-super-monkeys-pc58ag80a8qai00g7n9n", "安室奈美恵-with-super-monkeys");
    expect("xn--hello-another-way--fc4qua05auwb3674vfr0b", "hello-another-way-それぞれの場所");
    expect("xn--2-u9tlzr9756bt3uc0v", "ひとつ屋根の下2");
    expect("xn--majikoi5-783gue6qz075azm5e", "majiでkoiする5秒前");
    expect("xn--de-jg4avhby1noc0d", "パフィーdeルンバ");
    expect("xn--d9juau41awczczp", "そのスピードで");
}

static void punycode__expands_labels_where_they_stand(void **state)
{
    (void)state;
    expect("mail.xn--mller-kva.de", "mail.müller.de");
    expect("xn--mller-kva.xn--p1ai", "müller.рф");
    expect("xn--mller-kva.de.", "müller.de.");
    expect("xn--strae-oqa.de", "straße.de");
    expect("例え。テスト", "例え.テスト");
    expect("acme.com", "acme.com");
    expect("", "");
}

static void punycode__leaves_what_stands_for_nothing(void **state)
{
    static const char *const labels[] = {
        "xn--",         "xn--a",           "xn--abc-",      "xn--mller-",
        "xn--99999999", "xn--mller-kv!",   "xn--mller-k",   "xn--a-0000000zzzzzz",
        "xnmller-kva",  "a-xn--mller-kva", "xn--müller-kva"};
    (void)state;
    for (size_t i = 0; i < sizeof labels / sizeof *labels; i++)
        expect(labels[i], labels[i]);
    expect("xn--tda", "ü"); /* also of a capital, whose label no registry gives */
    expect("xn--wca", "ü");
    expect("xn--a-la", "xn--a-la");       /* a control character */
    expect("xn--ab-r13a", "xn--ab-r13a"); /* an ideographic full stop */
}

static void punycode__leaves_all_where_the_result_is_too_long(void **state)
{
    (void)state;
    char text[64] = "xn--mller-kva.xn--mller-kva.de";
    wpi_punycode_expand(text, 18);
    assert_string_equal(text, "xn--mller-kva.xn--mller-kva.de");
    wpi_punycode_expand(text, 19);
    assert_string_equal(text, "müller.müller.de");
}

static void punycode__gives_what_stays_as_it_is(void **state)
{
    (void)state;
    static const char letters[] = "abcdefghijklmnopqrstuvwxyz0123456789--.";
    size_t changed = 0;
    for (uint64_t c = 0; c < arguments.cases; c++) {
        random_source random = random_start(arguments.seed, c);
        char text[DOMAIN_MAX + 1] = "xn--", before[DOMAIN_MAX + 1];
        size_t length = 4 + random_below(&random, 20);
        for (size_t i = 4; i < length; i++)
            text[i] = letters[random_below(&random, sizeof letters - 1)];
        memcpy(before, text, sizeof text);
        wpi_punycode_expand(text, DOMAIN_MAX);
        changed += strcmp(before, text) != 0;
        assert_true(wpi_text_is_valid(text, strlen(text)));
        memcpy(before, text, sizeof text);
        wpi_punycode_expand(text, DOMAIN_MAX);
        assert_string_equal(text, before);
    }
    assert_true(changed > arguments.cases / 100);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(punycode__reads_the_samples_of_the_rfc),
        cmocka_unit_test(punycode__expands_labels_where_they_stand),
        cmocka_unit_test(punycode__leaves_what_stands_for_nothing),
        cmocka_unit_test(punycode__leaves_all_where_the_result_is_too_long),
        cmocka_unit_test(punycode__gives_what_stays_as_it_is),
    };
    if (!random_arguments_read(argc, argv, &arguments))
        return 2;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
