/*
 * Values of CRM exports: ids, times, amounts, domains, and the hostile ones.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "import/crm_value.h"
#include "import/fold.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

static void crm_salesforce_id__follows_the_published_rule(void **state)
{
    /* Pairs that others have published with the rule, and the two ends of it. */
    static const char *const pairs[][2] = {
        {"a0D30000001n7Pi", "a0D30000001n7PiEAI"}, {"a01M00000062mPg", "a01M00000062mPgIAI"},
        {"001M000000qfPyS", "001M000000qfPySIAU"}, {"a0FE000000D6r3F", "a0FE000000D6r3FMAR"},
        {"0F9E000000092w2", "0F9E000000092w2KAA"}, {"aaaaaaaaaaaaaaa", "aaaaaaaaaaaaaaaAAA"},
        {"ABCDEFGHIJKLMNO", "ABCDEFGHIJKLMNO555"},
    };
    char id[CRM_SALESFORCE_ID_BYTES];
    (void)state;
    for (size_t i = 0; i < COUNT(pairs); i++) {
        assert_true(crm_salesforce_id(pairs[i][0], id));
        assert_string_equal(id, pairs[i][1]);
        assert_true(crm_salesforce_id(pairs[i][1], id));
        assert_string_equal(id, pairs[i][1]);
    }
}

static void crm_salesforce_id__refuses_what_is_none(void **state)
{
    static const char *const bad[] = {"",
                                      "1",
                                      "00130000001Qc5",
                                      "00130000001Qc5xA",
                                      "00130000001Qc5xAAB",
                                      "00130000001qc5xAAC",
                                      "00130000001Qc5x   ",
                                      "00130000001Qc5-",
                                      "00130000001Qc5xAACA",
                                      "ä0000000000000",
                                      "999999999999999999999999999999999999999"};
    char id[CRM_SALESFORCE_ID_BYTES];
    (void)state;
    for (size_t i = 0; i < COUNT(bad); i++) {
        if (crm_salesforce_id(bad[i], id))
            fail_msg("%s is taken for an id", bad[i]);
        assert_string_equal(id, "");
    }
}

static void crm_hubspot_id__says_whose_it_is(void **state)
{
    static const char *const bad[] = {"", "1.01E+11", "-5", "12 3", "id", "123456789012345678901"};
    char id[CRM_HUBSPOT_ID_BYTES];
    (void)state;
    assert_true(crm_hubspot_id("101", id));
    assert_string_equal(id, "hubspot:101");
    assert_true(crm_hubspot_id("12345678901234567890", id));
    for (size_t i = 0; i < COUNT(bad); i++)
        assert_false(crm_hubspot_id(bad[i], id));
}

static void crm_time__reads_the_forms_of_exports(void **state)
{
    static const struct {
        const char *text;
        crm_clarity clarity;
        int64_t time_s;
    } cases[] = {
        {"2024-03-12", CRM_CLEAR, 1710201600},
        {"2024-03-12 09:14", CRM_CLEAR, 1710234840},
        {"2024-03-12T09:14:05.000Z", CRM_CLEAR, 1710234845},
        {"2024-03-12T09:14:05.000+0000", CRM_CLEAR, 1710234845},
        {"2024-03-12T09:14:05+01:00", CRM_CLEAR, 1710231245},
        {"2024-03-12T09:14:05-0230", CRM_CLEAR, 1710243845},
        {"3/14/2024", CRM_CLEAR, 1710374400},
        {"14/3/2024", CRM_CLEAR, 1710374400},
        {"14.03.2024", CRM_CLEAR, 1710374400},
        {"14.03.2024, 09:14", CRM_CLEAR, 1710407640},
        {"3/14/2024, 2:37 PM", CRM_CLEAR, 1710427020},
        {"3/14/2024 12:00 AM", CRM_CLEAR, 1710374400},
        {"3/4/2024", CRM_GUESSED, 1709510400},
        {"4/4/2024", CRM_CLEAR, 1712188800},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        int64_t time_s = 0;
        crm_clarity clarity = crm_time(cases[i].text, &time_s);
        if (clarity != cases[i].clarity || time_s != cases[i].time_s)
            fail_msg("%s is %lld (%d), expected %lld (%d)", cases[i].text, (long long)time_s,
                     (int)clarity, (long long)cases[i].time_s, (int)cases[i].clarity);
    }
}

static void crm_time__refuses_impossible_days(void **state)
{
    static const char *const bad[] = {"",
                                      "today",
                                      "2024",
                                      "2024-02-30",
                                      "2023-02-29",
                                      "2024-13-01",
                                      "2024-00-10",
                                      "0000-00-00",
                                      "1969-12-31",
                                      "32.01.2024",
                                      "13/13/2024",
                                      "1/2/24",
                                      "2024-03-12 25:00",
                                      "2024-03-12 9:61",
                                      "2024-03-12 13:00 PM",
                                      "2024-03-12x",
                                      "99999-01-01",
                                      "2024-03-12T09:14+99:00",
                                      "2024-03",
                                      "12-03-2024",
                                      "20240312",
                                      "2024-03-12 09",
                                      "45363",
                                      "2024/03-12",
                                      "99999999999999999999-01-01"};
    (void)state;
    for (size_t i = 0; i < COUNT(bad); i++) {
        int64_t time_s;
        if (crm_time(bad[i], &time_s) != CRM_BAD)
            fail_msg("'%s' is taken for %lld", bad[i], (long long)time_s);
    }
}

static void crm_amount__reads_how_people_write_money(void **state)
{
    static const struct {
        const char *text;
        bool has_point;
        double amount;
        const char *currency;
    } cases[] = {
        {"1200.5", true, 1200.5, ""},
        {"1200", false, 1200, ""},
        {"1.234,56 €", false, 1234.56, "EUR"},
        {"$1,200.50", false, 1200.5, "USD"},
        {"USD 1,200.00", false, 1200, "USD"},
        {"1 234,50\xc2\xa0z\xc5\x82", false, 1234.5, "PLN"},
        {"1\xe2\x80\xaf"
         "234,50 €",
         false, 1234.5, "EUR"},
        {"CHF 1'234'567.50", false, 1234567.5, "CHF"},
        {"1,234,567", false, 1234567, ""},
        {"1.234.567", false, 1234567, ""},
        {"12,5", false, 12.5, ""},
        {"1,234", false, 1234, ""},
        {"1.234", true, 1.234, ""},
        {"0.125", false, 0.125, ""},
        {"-5", false, -5, ""},
        {"-$1,200.50", false, -1200.5, "USD"},
        {"(1,200.00)", false, -1200, ""},
        {"0", false, 0, ""},
        {"1.0E7", true, 10000000, ""},
        {"-1.2345678E8", true, -123456780, ""},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        double amount;
        char currency[4];
        crm_clarity clarity = crm_amount(cases[i].text, cases[i].has_point, &amount, currency);
        if (clarity != CRM_CLEAR || fabs(amount - cases[i].amount) > 1e-9 ||
            strcmp(currency, cases[i].currency) != 0)
            fail_msg("%s is %g %s, expected %g %s", cases[i].text, amount, currency,
                     cases[i].amount, cases[i].currency);
    }
}

static void crm_amount__refuses_what_has_two_readings_or_none(void **state)
{
    static const char *const bad[] = {
        "",
        " ",
        "€",
        "1.234",
        "twelve",
        "12 apples",
        "1e5",
        "1,23,456",
        "1.2.3",
        "1,2.3,4",
        "1.234,56,7",
        "5 EUR USD",
        "EUR",
        ".",
        "--",
        "5-6",
        "12345678901234567890",
        "nan",
        "inf",
        "1.200,5000.00",
        "999999999999999999999999999999999999999999999999999999999999999999999999"};
    (void)state;
    for (size_t i = 0; i < COUNT(bad); i++) {
        double amount;
        char currency[4];
        if (crm_amount(bad[i], false, &amount, currency) != CRM_BAD)
            fail_msg("'%s' is taken for %g", bad[i], amount);
        assert_true(isnan(amount));
    }
    static const char *const exponents[] = {"1.0E",   "1.0E7x", "12.5E7", "1.E7", "E7",
                                            "1.0E99", "1.0E-7", "1E7E7",  "1E777"};
    for (size_t i = 0; i < COUNT(exponents); i++) {
        double amount;
        char currency[4];
        assert_int_equal(crm_amount(exponents[i], true, &amount, currency), CRM_BAD);
        assert_true(isnan(amount));
    }
}

static void crm_domain__leaves_pages_of_others_out(void **state)
{
    static const char *const good[][2] = {
        {"https://www.Acme.com/about?x=1", "acme.com"}, {"acme.com", "acme.com"},
        {"http://acme.co.uk:8080", "acme.co.uk"},       {"WWW.ACME.COM/", "acme.com"},
        {"https://www.linkedin.com/", "linkedin.com"},  {"google.com", "google.com"}};
    static const char *const bad[] = {"",
                                      "n/a",
                                      "acme",
                                      "https://",
                                      "http://a b.com",
                                      "acme..com",
                                      "https://linkedin.com/company/acme",
                                      "acme.wordpress.com",
                                      "https://de.linkedin.com/company/acme",
                                      "https://sites.google.com/acme",
                                      "none",
                                      "gmail.com",
                                      "https://www.Gmail.com/",
                                      "yahoo.co.uk",
                                      "mailinator.com"};
    char domain[64];
    (void)state;
    for (size_t i = 0; i < COUNT(good); i++) {
        assert_true(crm_domain(good[i][0], domain, sizeof domain));
        assert_string_equal(domain, good[i][1]);
    }
    for (size_t i = 0; i < COUNT(bad); i++)
        if (crm_domain(bad[i], domain, sizeof domain))
            fail_msg("'%s' is taken for %s", bad[i], domain);
    char longer[200];
    memset(longer, 'a', sizeof longer);
    memcpy(longer + sizeof longer - 5, ".com", 5);
    assert_false(crm_domain(longer, domain, sizeof domain));
}

static void crm_is_yes__takes_nothing_for_no(void **state)
{
    static const char *const yes[] = {"1", "true", "TRUE", "Yes", "ja", "Oui", "sí", "Tak", "x"};
    static const char *const no[] = {"", "0", "false", "no", "nein", "10", "yesterday", "\xff"};
    (void)state;
    assert_false(crm_is_yes(NULL));
    for (size_t i = 0; i < COUNT(yes); i++)
        assert_true(crm_is_yes(yes[i]));
    for (size_t i = 0; i < COUNT(no); i++)
        assert_false(crm_is_yes(no[i]));
}

static void fold_words__makes_labels_comparable(void **state)
{
    static const char *const cases[][2] = {{"Record ID", "record id"},
                                           {"  E-Mail (1) ", "e mail 1"},
                                           {"Prénom", "prenom"},
                                           {"Größe", "grosse"},
                                           {"Członek", "czlonek"},
                                           {"hs_object_id", "hs object id"},
                                           {"", ""},
                                           {"---", ""},
                                           {"ＦＵＬＬ", "full"},
                                           {"शर्मा", "शर्मा"},
                                           {"שָׁלוֹם", "שלום"},
                                           {"soft\u00adware", "software"}};
    char folded[40], narrow[6];
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        assert_true(fold_words(cases[i][0], folded, sizeof folded));
        assert_string_equal(folded, cases[i][1]);
    }
    assert_false(fold_words("\xff\xfe", folded, sizeof folded));
    assert_string_equal(folded, "");
    assert_true(fold_words("one two", narrow, sizeof narrow));
    assert_string_equal(narrow, "one t");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(crm_salesforce_id__follows_the_published_rule),
        cmocka_unit_test(crm_salesforce_id__refuses_what_is_none),
        cmocka_unit_test(crm_hubspot_id__says_whose_it_is),
        cmocka_unit_test(crm_time__reads_the_forms_of_exports),
        cmocka_unit_test(crm_time__refuses_impossible_days),
        cmocka_unit_test(crm_amount__reads_how_people_write_money),
        cmocka_unit_test(crm_amount__refuses_what_has_two_readings_or_none),
        cmocka_unit_test(crm_domain__leaves_pages_of_others_out),
        cmocka_unit_test(crm_is_yes__takes_nothing_for_no),
        cmocka_unit_test(fold_words__makes_labels_comparable),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
