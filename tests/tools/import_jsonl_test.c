/*
 * JSON lines: what is parsed, what is refused and why; and which format a file is guessed to have.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "import/guess.h"
#include "import/jsonl.h"

/* Parse a line into a row; the object must outlive it. */
static bool parse(const char *text, json_t **object, fact *row, verdict *what)
{
    *what = (verdict){0};
    *object = jsonl_load(text, strlen(text), what);
    if (*object == NULL)
        return false;
    row->type = jsonl_type_of(*object, what);
    return row->type != FACT_UNKNOWN && jsonl_parse(*object, row, what);
}

static void jsonl_parse__reads_a_person(void **state)
{
    json_t *object;
    fact row = {0};
    verdict what;
    (void)state;
    assert_true(parse("{\"type\":\"person\",\"email\":\"a@b\",\"emails\":[\"c@d\"],\"id\":\"4\","
                      "\"name\":\"Ann\",\"names\":[{\"name\":\"A. Lee\",\"count\":3}],"
                      "\"company\":\"acme.com\",\"title\":\"VP\",\"us\":false,\"later\":{}}",
                      &object, &row, &what));
    assert_int_equal(row.identity_count, 3);
    assert_string_equal(row.identities[1].text, "c@d");
    assert_int_equal(row.identities[2].kind, WP_IDENTITY_ID);
    assert_int_equal(row.company.kind, WP_IDENTITY_DOMAIN);
    assert_int_equal(row.us, WP_US_NO);
    assert_int_equal(row.spellings[0].count, 3);
    assert_int_equal(row.from_day, WP_DAY_NONE);
    json_decref(object);
}

static void jsonl_parse__reads_an_interaction(void **state)
{
    json_t *object;
    fact row = {0};
    verdict what;
    (void)state;
    assert_true(parse("{\"type\":\"interaction\",\"id\":\"<m@x>\",\"kind\":\"meeting\","
                      "\"time\":\"2024-03-01T12:00:00Z\",\"from\":\"id:1\",\"to\":[\"a@b\"],"
                      "\"declined\":\"linkedin:x\",\"valence\":-1,\"reply_to\":null,\"list\":true}",
                      &object, &row, &what));
    assert_string_equal(row.source, "<m@x>");
    assert_int_equal(row.kind, WP_KIND_MEETING);
    assert_int_equal(row.time_s, 1709294400);
    assert_int_equal(row.to_count, 2);
    assert_int_equal(row.to[1].role, WP_ROLE_DECLINED);
    assert_int_equal(row.to[1].who.kind, WP_IDENTITY_LINKEDIN);
    assert_int_equal(row.flags, WP_INTERACTION_LIST);
    json_decref(object);
    fact_free(&row);
}

static void jsonl_parse__gives_an_interaction_without_id_one(void **state)
{
    static const char text[] =
        "{\"type\":\"interaction\",\"kind\":\"call\",\"time\":\"2024-03-01\","
        "\"from\":\"a@b\",\"to\":[\"c@d\"]}";
    json_t *object;
    fact row = {0};
    verdict what;
    char first[sizeof row.hash];
    (void)state;
    assert_true(parse(text, &object, &row, &what));
    json_decref(object);
    memcpy(first, row.hash, sizeof first);
    assert_true(parse(text, &object, &row, &what));
    json_decref(object);
    assert_string_equal(row.source, first);
    assert_memory_equal(first, "xxh:", 4);
    fact_free(&row);
}

static void jsonl_parse__tells_companies_apart(void **state)
{
    static const struct {
        const char *text;
        wp_identity_kind kind;
        const char *value;
    } cases[] = {
        {"acme.com", WP_IDENTITY_DOMAIN, "acme.com"},
        {"acme.com.", WP_IDENTITY_DOMAIN, "acme.com."},
        {"Acme", WP_IDENTITY_COMPANY_NAME, "Acme"},
        {"Acme Inc. of York", WP_IDENTITY_COMPANY_NAME, "Acme Inc. of York"},
        {"id:7", WP_IDENTITY_COMPANY_ID, "7"},
        {"name:Booking.com", WP_IDENTITY_COMPANY_NAME, "Booking.com"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        wp_identity found;
        verdict what;
        assert_true(jsonl_company_ref(cases[i].text, "company", &found, &what));
        assert_int_equal(found.kind, cases[i].kind);
        assert_string_equal(found.text, cases[i].value);
    }
}

static void jsonl_parse__refuses_what_identifies_nobody(void **state)
{
    static const char *const cases[] = {
        "{\"type\":\"person\",\"email\":\"a@b..\"}",
        "{\"type\":\"person\",\"email\":\"a@.\"}",
        "{\"type\":\"person\",\"email\":\"\\\"a b\\\"@c\"}",
        "{\"type\":\"person\",\"email\":\"\\\"\\\"@c\"}",
        "{\"type\":\"person\",\"linkedin\":\"https://linkedin.com/company/acme\"}",
        "{\"type\":\"consent\",\"person\":\"linkedin:in/a\",\"contact\":\"out\"}",
    };
    fact row = {0};
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        json_t *object;
        verdict what;
        assert_false(parse(cases[i], &object, &row, &what));
        assert_int_equal(what.reason, REASON_BAD_VALUE);
        json_decref(object);
    }
    fact_free(&row);
}

static void jsonl_parse__takes_the_address_of_a_profile_for_its_slug(void **state)
{
    static const char text[] =
        "{\"type\":\"tie\",\"from\":\"linkedin:https://de.linkedin.com/in/Ann-Lee/?x=y\","
        "\"to\":\"linkedin:bob\",\"p\":0.5}";
    json_t *object;
    fact row = {0};
    verdict what;
    (void)state;
    assert_true(parse(text, &object, &row, &what));
    assert_int_equal(row.person.kind, WP_IDENTITY_LINKEDIN);
    assert_string_equal(row.person.text, "ann-lee");
    json_decref(object);
    fact_free(&row);
}

static void jsonl_parse__refuses_bad_rows(void **state)
{
    static const struct {
        const char *text;
        reason_id reason;
    } cases[] = {
        {"", REASON_NOT_JSON},
        {"x", REASON_NOT_JSON},
        {"{\"type\":\"tie\"", REASON_NOT_JSON},
        {"{\"type\":\"tie\",\"type\":\"tie\"}", REASON_NOT_JSON},
        {"[]", REASON_NOT_JSON},
        {"{\"name\":\"\xff\"}", REASON_NOT_JSON},
        {"[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]", REASON_DEEP_JSON},
        {"{}", REASON_UNKNOWN_TYPE},
        {"{\"type\":\"planet\"}", REASON_UNKNOWN_TYPE},
        {"{\"type\":\"person\"}", REASON_BAD_VALUE},
        {"{\"type\":\"person\",\"email\":\"nobody\"}", REASON_BAD_VALUE},
        {"{\"type\":\"person\",\"email\":7}", REASON_BAD_VALUE},
        {"{\"type\":\"person\",\"email\":\"a@b..c\"}", REASON_BAD_VALUE},
        {"{\"type\":\"person\",\"email\":\"a@.b\"}", REASON_BAD_VALUE},
        {"{\"type\":\"person\",\"email\":\"a@b.c..\"}", REASON_BAD_VALUE},
        {"{\"type\":\"company\",\"domain\":\"bad..domain\"}", REASON_BAD_VALUE},
        {"{\"type\":\"person\",\"id\":\"1\",\"company\":\"bad..domain\"}", REASON_BAD_VALUE},
        {"{\"type\":\"consent\",\"person\":\"a@b..c\",\"introductions\":\"out\"}",
         REASON_BAD_VALUE},
        {"{\"type\":\"person\",\"id\":\"\"}", REASON_BAD_VALUE},
        {"{\"type\":\"person\",\"id\":\"1\",\"name\":\"a\\u0007\"}", REASON_BAD_VALUE},
        {"{\"type\":\"person\",\"id\":\"1\",\"us\":\"yes\"}", REASON_BAD_VALUE},
        {"{\"type\":\"person\",\"id\":\"1\",\"names\":[{\"count\":1}]}", REASON_BAD_VALUE},
        {"{\"type\":\"company\",\"us\":true}", REASON_BAD_VALUE},
        {"{\"type\":\"company\",\"domain\":\"a b\"}", REASON_BAD_VALUE},
        {"{\"type\":\"employment\",\"person\":\"a@b\"}", REASON_BAD_VALUE},
        {"{\"type\":\"employment\",\"person\":\"a@b\",\"company\":\"x\",\"from\":\"1.2.2020\"}",
         REASON_BAD_VALUE},
        {"{\"type\":\"employment\",\"person\":\"a@b\",\"company\":\"x\",\"from\":\"2021-01-01\","
         "\"to\":\"2020-01-01\"}",
         REASON_BAD_VALUE},
        {"{\"type\":\"interaction\",\"kind\":\"mail\",\"time\":\"soon\",\"from\":\"a@b\"}",
         REASON_BAD_VALUE},
        {"{\"type\":\"interaction\",\"kind\":\"duel\",\"time\":\"2024-01-01\",\"from\":\"a@b\"}",
         REASON_BAD_VALUE},
        {"{\"type\":\"interaction\",\"kind\":\"mail\",\"time\":\"2024-01-01\",\"from\":\"a@b\","
         "\"to\":[7]}",
         REASON_BAD_VALUE},
        {"{\"type\":\"interaction\",\"kind\":\"mail\",\"time\":\"2024-01-01\",\"from\":\"a@b\","
         "\"valence\":2}",
         REASON_BAD_VALUE},
        {"{\"type\":\"tie\",\"from\":\"id:1\",\"to\":\"id:2\"}", REASON_BAD_VALUE},
        {"{\"type\":\"tie\",\"from\":\"id:1\",\"to\":\"id:2\",\"p\":0.5,\"cost\":5}",
         REASON_BAD_VALUE},
        {"{\"type\":\"tie\",\"from\":\"id:1\",\"to\":\"id:2\",\"p\":1.5}", REASON_BAD_VALUE},
        {"{\"type\":\"tie\",\"from\":\"id:1\",\"to\":\"id:2\",\"cost\":4294967295}",
         REASON_BAD_VALUE},
        {"{\"type\":\"tie\",\"from\":\"id:1\",\"to\":\"id:2\",\"cost\":-1}", REASON_BAD_VALUE},
        {"{\"type\":\"tie\",\"from\":\"id:1\",\"to\":\"id:1\",\"p\":0.5}", REASON_SELF_LOOP},
        {"{\"type\":\"consent\",\"person\":\"a@b\"}", REASON_BAD_VALUE},
        {"{\"type\":\"consent\",\"person\":\"a@b\",\"contact\":\"no\"}", REASON_BAD_VALUE},
    };
    fact row = {0};
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        json_t *object;
        verdict what;
        assert_false(parse(cases[i].text, &object, &row, &what));
        assert_int_equal(what.reason, cases[i].reason);
        assert_true(strlen(what.detail) > 0);
        json_decref(object);
    }
    fact_free(&row);
}

static void jsonl_parse__takes_the_largest_cost(void **state)
{
    static const char line[] = "{\"type\":\"tie\",\"from\":\"id:1\",\"to\":\"id:2\",\"cost\":%s}";
    char text[200];
    json_t *object;
    fact row = {0};
    verdict what;
    (void)state;
    (void)snprintf(text, sizeof text, line, "4294967294");
    assert_true(parse(text, &object, &row, &what));
    assert_true(row.tie.has_cost && row.tie.cost == 4294967294U);
    json_decref(object);
    (void)snprintf(text, sizeof text, line, "4294967295");
    assert_false(parse(text, &object, &row, &what));
    assert_non_null(strstr(what.detail, "expected an integer in 0..4294967294"));
    json_decref(object);
    fact_free(&row);
}

static void jsonl_parse__reads_choices(void **state)
{
    static const char line[] = "{\"type\":\"consent\",\"person\":\"a@b\",\"%s\":\"%s\"}";
    static const struct {
        const char *matter, *said;
        wp_choice introductions, contact;
        const char *refusal;
    } cases[] = {
        {"introductions", "in", WP_CHOICE_IN, WP_CHOICE_UNSAID, NULL},
        {"introductions", "ask", WP_CHOICE_ASK, WP_CHOICE_UNSAID, NULL},
        {"introductions", "out", WP_CHOICE_OUT, WP_CHOICE_UNSAID, NULL},
        {"contact", "in", WP_CHOICE_UNSAID, WP_CHOICE_IN, NULL},
        {"contact", "out", WP_CHOICE_UNSAID, WP_CHOICE_OUT, NULL},
        {"introductions", "maybe", 0, 0, "expected \"in\", \"ask\" or \"out\""},
        {"contact", "ask", 0, 0, "expected \"in\" or \"out\""},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char text[200];
        json_t *object;
        fact row = {0};
        verdict what;
        (void)snprintf(text, sizeof text, line, cases[i].matter, cases[i].said);
        assert_int_equal(parse(text, &object, &row, &what), cases[i].refusal == NULL);
        if (cases[i].refusal != NULL)
            assert_non_null(strstr(what.detail, cases[i].refusal));
        else
            assert_true(row.introductions == cases[i].introductions &&
                        row.contact == cases[i].contact);
        json_decref(object);
        fact_free(&row);
    }
}

static void jsonl_parse__reads_settings(void **state)
{
    static const struct {
        const char *text;
        bool has_people_max;
        wp_choice introductions, contact;
        const char *refusal;
    } cases[] = {
        {"{\"type\":\"setting\",\"worked_together_max\":7}", true, 0, 0, NULL},
        {"{\"type\":\"setting\",\"default_introductions\":\"ask\"}", false, WP_CHOICE_ASK, 0, NULL},
        {"{\"type\":\"setting\",\"worked_together_max\":7,\"default_contact\":\"out\"}", true, 0,
         WP_CHOICE_OUT, NULL},
        {"{\"type\":\"setting\"}", false, 0, 0, "setting has none of"},
        {"{\"type\":\"setting\",\"worked_together_max\":\"7\"}", false, 0, 0, "0..2000"},
        {"{\"type\":\"setting\",\"default_contact\":\"ask\"}", false, 0, 0, "\"in\" or \"out\""},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        json_t *object;
        fact row = {0};
        verdict what;
        assert_int_equal(parse(cases[i].text, &object, &row, &what), cases[i].refusal == NULL);
        if (cases[i].refusal != NULL)
            assert_non_null(strstr(what.detail, cases[i].refusal));
        else
            assert_true(row.has_people_max == cases[i].has_people_max &&
                        row.settings.introductions == cases[i].introductions &&
                        row.settings.contact == cases[i].contact);
        json_decref(object);
        fact_free(&row);
    }
}

static void jsonl_peek__sees_the_first_key_alone(void **state)
{
    static const char tie[] = "{\"type\":\"tie\",\"x\":1}", other[] = "{\"x\":1,\"type\":\"tie\"}";
    (void)state;
    assert_int_equal(jsonl_peek(tie, strlen(tie)), FACT_TIE);
    assert_int_equal(jsonl_peek(other, strlen(other)), FACT_UNKNOWN);
    assert_int_equal(jsonl_peek(tie, 12), FACT_UNKNOWN);
    assert_int_equal(jsonl_peek("", 0), FACT_UNKNOWN);
}

static void guess_format__looks_at_the_content(void **state)
{
    static const struct {
        const char *text;
        const char *format;
    } cases[] = {
        {"From a@b  Thu Nov  1 11:19:12 2001\nFrom: a@b\n", "mbox"},
        {"From ann at acme.com  Thu Nov  1 11:19:12 2001\n", "mbox"},
        {"From \nList-Id: <x>\n", "mbox"},
        {"From \n", "mbox"},
        {"From the desk of\nAnn\n", NULL},
        {"From: a@b\nTo: c@d\n\nbody\n", "eml"},
        {"Received: from x\n\tby y\nSubject: z\n\n", "eml"},
        {"Title: x\nTags: y\n\nbody\n", NULL},
        {"{\"type\":\"tie\"}\n", "jsonl"},
        {"\n\n  {}\n", "jsonl"},
        {"\xef\xbb\xbf{\"type\":\"tie\"}\n", "jsonl"},
        {"{\n  \"a\": 1\n}\n", NULL},
        {"1 2\n2 3\n", "edges"},
        {"# a graph\na,b,0.5\n", "edges"},
        {"Dear all,\n\nhello\n", NULL},
        {"\x1f\x8b\x08", NULL},
        {"\n", NULL},
    };
    const char *problem;
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const char *found = guess_format(cases[i].text, strlen(cases[i].text), &problem);
        if (cases[i].format == NULL) {
            assert_null(found);
            assert_non_null(problem);
        } else {
            assert_non_null(found);
            assert_string_equal(found, cases[i].format);
        }
    }
    assert_null(guess_format("1 2\n\0", 5, &problem));
    assert_string_equal(problem, "binary, expected text");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(jsonl_parse__reads_a_person),
        cmocka_unit_test(jsonl_parse__reads_an_interaction),
        cmocka_unit_test(jsonl_parse__gives_an_interaction_without_id_one),
        cmocka_unit_test(jsonl_parse__tells_companies_apart),
        cmocka_unit_test(jsonl_parse__refuses_what_identifies_nobody),
        cmocka_unit_test(jsonl_parse__takes_the_address_of_a_profile_for_its_slug),
        cmocka_unit_test(jsonl_parse__refuses_bad_rows),
        cmocka_unit_test(jsonl_parse__reads_choices),
        cmocka_unit_test(jsonl_parse__reads_settings),
        cmocka_unit_test(jsonl_parse__takes_the_largest_cost),
        cmocka_unit_test(jsonl_peek__sees_the_first_key_alone),
        cmocka_unit_test(guess_format__looks_at_the_content),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
