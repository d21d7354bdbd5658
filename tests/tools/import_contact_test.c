/*
 * Parts of address books: days, profiles, labels, maps, owners, and which table a file is.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "import/columns.h"
#include "import/guess.h"
#include "import/linkedin.h"
#include "import/owner.h"
#include "import/slug.h"
#include "import/stamp.h"
#include "warmpath/date.h"

static void stamp_parse__reads_what_exports_write(void **state)
{
    static const struct {
        const char *text, *time, *last;
    } cases[] = {
        {"05 Mar 2024", "2024-03-05T00:00:00Z", "2024-03-05"},
        {"9-Mar-24", "2024-03-09T00:00:00Z", "2024-03-09"},
        {"21-Jul-17", "2017-07-21T00:00:00Z", "2017-07-21"},
        {"1/2/18, 3:04 PM", "2018-01-02T15:04:00Z", "2018-01-02"},
        {"3/14/25, 12:37 AM", "2025-03-14T00:37:00Z", "2025-03-14"},
        {"12/31/99, 12:00 PM", "1999-12-31T12:00:00Z", "1999-12-31"},
        {"25/12/2023", "2023-12-25T00:00:00Z", "2023-12-25"},
        {"2023-06-11 15:33:58 UTC", "2023-06-11T15:33:58Z", "2023-06-11"},
        {"2024-02-29", "2024-02-29T00:00:00Z", "2024-02-29"},
        {"05.03.2024", "2024-03-05T00:00:00Z", "2024-03-05"},
        {"Mar 5, 2024", "2024-03-05T00:00:00Z", "2024-03-05"},
        {"Jul 2023", "2023-07-01T00:00:00Z", "2023-07-31"},
        {"Feb 2024", "2024-02-01T00:00:00Z", "2024-02-29"},
        {"Dec 2023", "2023-12-01T00:00:00Z", "2023-12-31"},
        {"2016", "2016-01-01T00:00:00Z", "2016-12-31"},
        {"2019-03", "2019-03-01T00:00:00Z", "2019-03-31"},
        {"2/2020", "2020-02-01T00:00:00Z", "2020-02-29"},
        {"12.2019", "2019-12-01T00:00:00Z", "2019-12-31"},
        {"2019-03-01T12:30:59.000Z", "2019-03-01T12:30:59Z", "2019-03-01"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        stamp when;
        char text[DATE_TEXT_BYTES];
        assert_true(stamp_parse(cases[i].text, &when));
        assert_string_equal(date_format_time(when.time_s, text), cases[i].time);
        assert_string_equal(date_format_day(when.last_day, text), cases[i].last);
    }
}

static void stamp_parse__refuses_the_rest(void **state)
{
    static const char *const cases[] = {
        "",
        "soon",
        "30 Feb 2024",
        "2/30/24",
        "13/13/2024",
        "5 Mar",
        "05 Mar 2024 x",
        "1/2/18, 13:04 PM",
        "2023-06-11 25:00",
        "99999999999",
        "1/2/3/4",
        "Mar",
        "24",
        "2024-03-05T12:00 +01:00 z",
        "-1-1-2020",
        "0/1/2024",
        "1969-12-31",
        "1/2/18, 3:",
        "2019-13",
        "13/2019",
        "2019-2020",
        "3-19",
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        stamp when;
        if (stamp_parse(cases[i], &when))
            fail_msg("'%s' was taken", cases[i]);
    }
}

static void slug_of__finds_the_profile_in_an_address(void **state)
{
    static const char *const cases[][2] = {
        {"https://www.linkedin.com/in/Ann-Lee", "ann-lee"},
        {"http://de.linkedin.com/in/ann-lee/?trk=x", "ann-lee"},
        {"https://www.LinkedIn.com/in/ann%2", "ann%2"},
        {"https://www.example.com/?to=www.linkedin.com/in/ann", "ann"},
        {"linkedin.com/in/ann-lee#top", "ann-lee"},
        {"https://www.linkedin.com/in/j%C3%B6rg", "j\xc3\xb6rg"},
        {"see LinkedIn.com/IN/ann, please", "ann"},
        {"https://www.linkedin.com/mwlite/in/ann-lee", "ann-lee"},
        {"https://www.linkedin.com/pub/ann-lee/1/2/3", NULL},
        {"https://www.linkedin.com/in/a%2fb", NULL},
        {"https://www.linkedin.com/company/acme", NULL},
        {"https://www.linkedin.com/in/", NULL},
        {"https://www.linkedin.com/in/a%00b", NULL},
        {"https://www.linkedin.com/in/a%ff", NULL},
        {"ann-lee", NULL},
        {"", NULL},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char slug[SLUG_BYTES];
        bool is_found = slug_of(cases[i][0], slug);
        assert_int_equal(is_found, cases[i][1] != NULL);
        if (is_found)
            assert_string_equal(slug, cases[i][1]);
    }
}

static void column_of__knows_labels_with_and_without_numbers(void **state)
{
    static const struct {
        const char *folded;
        column_id id;
    } cases[] = {
        {"email", COLUMN_EMAIL},
        {"email2", COLUMN_EMAIL},
        {"e mail 2 address", COLUMN_EMAIL},
        {"e mail 1 value", COLUMN_EMAIL},
        {"e mail 2 type", COLUMN_EMAIL_TYPE},
        {"organization 1 name", COLUMN_COMPANY},
        {"nachname", COLUMN_LAST},
        {"id", COLUMN_UNUSED},
        {"2", COLUMN_UNUSED},
        {"", COLUMN_UNUSED},
        {"phone 1 value", COLUMN_UNUSED},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_int_equal(column_of(cases[i].folded), cases[i].id);
}

/* The columns of a header that are taken for a job title, as their places: "7". */
static void expect_titles(const char *header, const char *expected)
{
    char cells[32][64], *row[32], seen[64] = "", *rest = strdup(header), *at = rest, *cell;
    columns found;
    csv_row record = {.cells = row};
    assert_non_null(rest);
    while ((cell = strsep(&at, ",")) != NULL) {
        snprintf(cells[record.count], sizeof cells[0], "%s", cell);
        row[record.count] = cells[record.count];
        record.count++;
    }
    assert_true(columns_read(&record, NULL, &found));
    for (size_t i = 0; i < found.count; i++)
        if (found.ids[i] == COLUMN_TITLE)
            snprintf(seen + strlen(seen), sizeof seen - strlen(seen), "%zu ", i);
    assert_string_equal(seen, expected);
    free(rest);
}

static void columns_read__tells_jobs_from_forms_of_address(void **state)
{
    (void)state;
    expect_titles("Titre,Prénom,Deuxième prénom,Nom,Suffixe,Société,Service,Titre,"
                  "Adresse de messagerie",
                  "7 ");
    expect_titles("Título,Nombre,Apellidos,Organización,Puesto,Correo", "4 ");
    expect_titles("Tytuł,Imię,Nazwisko,Organizacja,Stanowisko,Adres e-mail", "4 ");
    expect_titles("Titel,Vorname,Nachname,Firma,Position,E-Mail", "4 ");
    expect_titles("Title,First Name,Company,Job Title,Email", "3 ");
    expect_titles("Email,Job Title,Title", "1 ");
    expect_titles("Titre,Nom,Prénom,Courriel", "");
    expect_titles("Prénom,Nom,Titre,Courriel", "2 ");
    expect_titles("Title,Name,Email", "0 ");
    expect_titles("Email,Position 1,Position 2", "1 2 ");
}

static void column_map_parse__reads_lines_and_names_what_is_wrong(void **state)
{
    static const char *const bad[][2] = {
        {"", "no column, expected key=Column"},
        {"# only\n", "no column, expected key=Column"},
        {"email", "'email', expected key=Column"},
        {"mail=x", "key is 'mail', expected email, name, first, middle, last, company, domain, "
                   "title, linkedin, id, connected, from, to, no mail, no calls, no contact or "
                   "private"},
        {"email=", "email= names no column, expected its label"},
        {"email type=x", "key is 'email type', expected email, name, first, middle, last, company, "
                         "domain, title, linkedin, id, connected, from, to, no mail, no calls, "
                         "no contact or private"},
    };
    column_map map;
    char *problem;
    (void)state;
    assert_true(
        column_map_parse("# mine\nemail=E-Mail (1)\n\n email2 = Zweite\nid=Nr\n", &map, &problem));
    assert_int_equal(map.count, 3);
    assert_int_equal(map.items[0].id, COLUMN_EMAIL);
    assert_string_equal(map.items[0].label, "e mail 1");
    assert_int_equal(map.items[1].id, COLUMN_EMAIL);
    assert_string_equal(map.items[1].label, "zweite");
    assert_int_equal(map.items[2].id, COLUMN_ID);
    column_map_free(&map);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        assert_false(column_map_parse(bad[i][0], &map, &problem));
        assert_string_equal(problem, bad[i][1]);
        free(problem);
        column_map_free(&map);
    }
}

static void guess_format__knows_tables_by_their_header(void **state)
{
    static const char *const cases[][2] = {
        {"email,name\na@b.c,Ann\n", "csv"},
        {"email\na@b.c\n", "csv"},
        {"E-Mail;Vorname;Nachname\n", "csv"},
        {"Report\n\nname,email,company\nAnn,a@b.c,Acme\n", "csv"},
        {"Report\n\nname,email\nAnn,a@b.c\n", NULL},
        {"Please send an\nEmail\nto us\n", NULL},
        {"First Name,Last Name,Labels,E-mail 1 - Label,E-mail 1 - Value\nA,B,,,a@b.c\n", "google"},
        {"Name,Yomi Name,Group Membership,E-mail 1 - Value\nA,,,a@b.c\n", "google"},
        {"First Name,E-mail Address,E-mail Type\nA,a@b.c,SMTP\n", "outlook"},
        {"Vorname;E-Mail-Adresse;E-Mail-Typ\nA;a@b.c;SMTP\n", "outlook"},
        {"First Name,Last Name,Email Address,Company,Position,Connected On\n", "linkedin"},
        {"Notes:\n\"x, \"\"y\"\"\"\n\nFirst Name,Last Name,URL,Connected On\n", "linkedin"},
        {"Notes:,,,,\n,,,,\nFirst Name,Last Name,Connected On,,\n", "linkedin"},
        {"No conversations found", "linkedin"},
        {"Date,Type,Link\n", "linkedin"},
        {"Date,Type,Link,Price\n", NULL},
        {"First Name,Connected On,Last Name\n", "linkedin"},
        {"Connected On,First Name,Last Name\n", NULL},
        {"name,email,company\nAnn,a@b.c\n", "csv"},
        {"name,email\nAnn,a@b.c,Acme,Boss\nBo,b@b.c\n", "csv"},
        {"no,email,phone\n1\n2,a@b.c,3\n", "csv"},
        {"no,email,phone\n1\n2\n", NULL},
        {"Report\n\nname,email,company\nAnn\nBo,b@b.c,Acme\n", "csv"},
        {"Report\n\nname,email,company\nAnn\nBo\n", NULL},
        {"Email\nDear all, hello\nbye\n", NULL},
        {"First Name,E-mail Address,E-mail Type\nA,a@b.c\n", "outlook"},
        {"name,phone\nAnn,1\n", NULL},
        {"a@b.c,email\nb@b.c,email\n", NULL},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const char *problem;
        const char *format = guess_format(cases[i][0], strlen(cases[i][0]), &problem);
        bool is_table = format != NULL && strcmp(format, "edges") != 0;
        if (is_table != (cases[i][1] != NULL) || (is_table && strcmp(format, cases[i][1]) != 0))
            fail_msg("'%s' is taken for %s", cases[i][0], format == NULL ? "nothing" : format);
    }
}

static void owner__is_named_by_the_best_address_or_the_profile(void **state)
{
    owner whose = {0};
    (void)state;
    assert_int_equal(owner_identity(&whose).kind, 0);
    snprintf(whose.slug, sizeof whose.slug, "ann-lee");
    assert_int_equal(owner_identity(&whose).kind, WP_IDENTITY_LINKEDIN);
    owner_add_email(&whose, "ann@old.com", false);
    owner_add_email(&whose, "ann@us.com", true);
    owner_add_email(&whose, "ANN@old.com", false);
    assert_int_equal(whose.email_count, 2);
    assert_string_equal(owner_identity(&whose).text, "ann@us.com");
    owner_add_email(&whose, "Ann@Old.com", true);
    assert_int_equal(whose.email_count, 2);
    assert_string_equal(owner_identity(&whose).text, "ann@old.com");
    assert_true(owner_is(&whose, &(wp_identity){WP_IDENTITY_EMAIL, "Ann@us.com"}));
    assert_true(owner_is(&whose, &(wp_identity){WP_IDENTITY_LINKEDIN, "Ann-Lee"}));
    assert_false(owner_is(&whose, &(wp_identity){WP_IDENTITY_ID, "ann@us.com"}));
}

static void owner_source__is_the_same_from_both_sides(void **state)
{
    char one[OWNER_SOURCE_BYTES], other[OWNER_SOURCE_BYTES];
    (void)state;
    owner_source("Bob-Roe", "ann-lee", one);
    owner_source("ann-lee", "bob-roe", other);
    assert_string_equal(one, "linkedin:connection:ann-lee:bob-roe");
    assert_string_equal(other, one);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(stamp_parse__reads_what_exports_write),
        cmocka_unit_test(stamp_parse__refuses_the_rest),
        cmocka_unit_test(slug_of__finds_the_profile_in_an_address),
        cmocka_unit_test(column_of__knows_labels_with_and_without_numbers),
        cmocka_unit_test(columns_read__tells_jobs_from_forms_of_address),
        cmocka_unit_test(column_map_parse__reads_lines_and_names_what_is_wrong),
        cmocka_unit_test(guess_format__knows_tables_by_their_header),
        cmocka_unit_test(owner__is_named_by_the_best_address_or_the_profile),
        cmocka_unit_test(owner_source__is_the_same_from_both_sides),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
