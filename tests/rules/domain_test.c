/*
 * Free-mail and disposable domains: the lists are in order, and known cases on both sides.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "rules/domain.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

static void check_list(const char *const *list, size_t count)
{
    static const char allowed[] = "abcdefghijklmnopqrstuvwxyz0123456789.-";
    for (size_t i = 0; i < count; i++) {
        if (i > 0 && strcmp(list[i - 1], list[i]) >= 0)
            fail_msg("%s comes after %s, expected byte order", list[i], list[i - 1]);
        assert_int_equal(strspn(list[i], allowed), strlen(list[i]));
        assert_non_null(strchr(list[i], '.'));
    }
}

static void domain_lists__are_sorted_lower_case_and_apart(void **unused)
{
    (void)unused;
    assert_true(wpi_domain_free_count > 300);
    assert_true(wpi_domain_disposable_count > 200);
    check_list(wpi_domain_free, wpi_domain_free_count);
    check_list(wpi_domain_disposable, wpi_domain_disposable_count);
    for (size_t i = 0; i < wpi_domain_free_count; i++)
        for (size_t k = 0; k < wpi_domain_disposable_count; k++)
            assert_string_not_equal(wpi_domain_free[i], wpi_domain_disposable[k]);
}

static void domain_is_free__knows_providers(void **unused)
{
    static const char *const free_ones[] = {
        "gmail.com",   "126.com",       "zoho.com",    "yahoo.co.uk",    "hotmail.fr",
        "tuta.com",    "yahoo.com.br",  "mailbox.org", "gmx.li",         "outlook.de",
        "neuf.fr",     "onet.pl",       "163.com",     "mailinator.com", "trashmail.de",
        "yopmail.com", "temp-mail.org", "zoznam.sk",   "wegwerfmail.de", "zoemail.org"};
    (void)unused;
    for (size_t i = 0; i < COUNT(free_ones); i++)
        if (!wpi_domain_is_free(free_ones[i]))
            fail_msg("%s is a company's, expected free", free_ones[i]);
}

static void domain_is_free__leaves_companies_alone(void **unused)
{
    static const char *const companies[] = {"",
                                            "acme.com",
                                            "mygmail.com",
                                            "live.acme.com",
                                            "outlook.co.acme.uk",
                                            "gmail.com.acme.com",
                                            "google.com",
                                            "microsoft.com",
                                            "apple.com",
                                            "vodafone.de",
                                            "bell.ca",
                                            "yahoo-inc.com"};
    (void)unused;
    for (size_t i = 0; i < COUNT(companies); i++)
        if (wpi_domain_is_free(companies[i]))
            fail_msg("%s is free, expected a company's", companies[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(domain_lists__are_sorted_lower_case_and_apart),
        cmocka_unit_test(domain_is_free__knows_providers),
        cmocka_unit_test(domain_is_free__leaves_companies_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
