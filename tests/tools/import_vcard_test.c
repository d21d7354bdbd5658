/*
 * Cards: what each version says about a person, and what a damaged card costs.
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
#include "import/vcard.h"
#include "import_text.h"

/* A file of cards and the card at hand. */
typedef struct fixture {
    text_file text;
    cards file;
    card at;
    fact row;
} fixture;

static void begin(fixture *self, const char *text)
{
    memset(self, 0, sizeof *self);
    text_open(&self->text, text);
    self->file.lines.lines = &self->text.reader;
}

static void next(fixture *self)
{
    assert_int_equal(card_next(&self->file, &self->at), LINES_OK);
    card_fact(&self->at, &self->row);
}

static void end(fixture *self)
{
    assert_int_equal(card_next(&self->file, &self->at), LINES_END);
    content_free(&self->file.lines);
    card_free(&self->at);
    text_close(&self->text);
}

static void check_skipped(const fixture *self, reason_id reason, const char *seen)
{
    assert_int_equal(self->at.what.outcome, OUTCOME_SKIPPED);
    assert_string_equal(reason_text(self->at.what.reason), reason_text(reason));
    assert_string_equal(self->at.what.detail, seen);
}

static void card_next__reads_version_2(void **state)
{
    static fixture at;
    (void)state;
    begin(&at, "BEGIN:VCARD\r\nVERSION:2.1\r\n"
               "N;CHARSET=ISO-8859-1;ENCODING=QUOTED-PRINTABLE:M=FCller;=\r\nJ=F6rg\r\n"
               "EMAIL;INTERNET:second@acme.test\r\nEMAIL;PREF;INTERNET:First@Acme.test\r\n"
               "ORG:Acme;Sales;EMEA\r\nROLE:Buyer\r\nURL;WORK:http://acme.test\r\n"
               "PHOTO;JPEG;ENCODING=BASE64:\r\n /9j/4AAQ\r\n\r\nEND:VCARD\r\n");
    next(&at);
    assert_int_equal(at.at.what.outcome, OUTCOME_ADDED);
    assert_string_equal(at.row.name, "J\xc3\xb6rg M\xc3\xbcller");
    assert_int_equal(at.row.identity_count, 2);
    assert_string_equal(at.row.identities[0].text, "First@Acme.test");
    assert_string_equal(at.row.identities[1].text, "second@acme.test");
    assert_int_equal(at.row.company.kind, WP_IDENTITY_COMPANY_NAME);
    assert_string_equal(at.row.company.text, "Acme");
    assert_string_equal(at.row.title, "Buyer");
    end(&at);
}

static void card_next__reads_version_3_with_groups(void **state)
{
    static fixture at;
    (void)state;
    begin(&at, "BEGIN:VCARD\nVERSION:3.0\nFN:Ann Lee\nN:Lee;Ann;;;\nORG:A\\, B\\; C;x\n"
               "item1.EMAIL;type=INTERNET:a@acme.test\nitem1.X-ABLabel:work\nTITLE:VP\nROLE:r\n"
               "X-SOCIALPROFILE;type=linkedin:http://www.LinkedIn.com/in/Ann-Lee/?x\n"
               "UID:0E7602CC-443e-4b82-b4b1-90f62f99a199\nCLASS:PUBLIC\nEND:VCARD\n");
    next(&at);
    assert_string_equal(at.row.name, "Ann Lee");
    assert_string_equal(at.row.title, "VP");
    assert_string_equal(at.row.company.text, "A, B; C");
    assert_int_equal(at.row.identity_count, 3);
    assert_int_equal(at.row.identities[1].kind, WP_IDENTITY_LINKEDIN);
    assert_string_equal(at.row.identities[1].text, "ann-lee");
    assert_int_equal(at.row.identities[2].kind, WP_IDENTITY_ID);
    assert_string_equal(at.row.identities[2].text, "urn:uuid:0e7602cc-443e-4b82-b4b1-90f62f99a199");
    assert_false(at.at.is_private);
    end(&at);
}

static void card_next__reads_version_4(void **state)
{
    static fixture at;
    (void)state;
    begin(&at, "BEGIN:VCARD\nVERSION:4.0\nFN:Annie\nFN;PREF=2:Ann Lee\n"
               "EMAIL;PREF=9:c@x.test\nEMAIL;TYPE=\"work,home\";PREF=2:b@x.test\nEMAIL:d@x.test\n"
               "UID:urn:uuid:4fbe8971-0bc3-424c-9c26-36c3e1eff6b1\nKIND:individual\n"
               "CLASS:CONFIDENTIAL\nEND:VCARD\n");
    next(&at);
    assert_string_equal(at.row.name, "Ann Lee");
    assert_string_equal(at.row.identities[0].text, "b@x.test");
    assert_string_equal(at.row.identities[1].text, "c@x.test");
    assert_string_equal(at.row.identities[2].text, "d@x.test");
    assert_string_equal(at.row.identities[3].text, "urn:uuid:4fbe8971-0bc3-424c-9c26-36c3e1eff6b1");
    assert_true(at.at.is_private);
    end(&at);
}

static void card_next__takes_no_local_uid_for_an_identity(void **state)
{
    static fixture at;
    (void)state;
    begin(&at, "BEGIN:VCARD\nFN:Ann\nUID:17\nUID:0e7602cc-443e-4b82-b4b1-90f62f99a199x\n"
               "URL:https://linkedin.com/company/acme\nEND:VCARD\n");
    next(&at);
    check_skipped(&at, REASON_NO_IDENTITY, "expected EMAIL, a LinkedIn profile or a UUID as UID");
    end(&at);
}

static void card_next__leaves_out_groups_and_companies(void **state)
{
    static fixture at;
    static const char *const lines_of[] = {"KIND:group", "KIND:org",
                                           "X-ADDRESSBOOKSERVER-KIND:group", "X-ABShowAs:COMPANY"};
    (void)state;
    for (size_t i = 0; i < sizeof lines_of / sizeof *lines_of; i++) {
        char text[200];
        snprintf(text, sizeof text, "BEGIN:VCARD\nFN:All\nEMAIL:a@b.test\n%s\nEND:VCARD\n",
                 lines_of[i]);
        begin(&at, text);
        next(&at);
        check_skipped(&at, REASON_NO_PERSON, "KIND is not individual");
        end(&at);
    }
}

static void card_next__passes_over_nested_cards(void **state)
{
    static fixture at;
    (void)state;
    begin(&at, "BEGIN:VCARD\nFN:Ann\nAGENT:\nBEGIN:VCARD\nFN:Bob\nEMAIL:bob@x.test\nAGENT:\n"
               "BEGIN:VCARD\nEMAIL:cy@x.test\nEND:VCARD\nEND:VCARD\nEMAIL:ann@x.test\nEND:VCARD\n");
    next(&at);
    assert_string_equal(at.row.name, "Ann");
    assert_int_equal(at.row.identity_count, 1);
    assert_string_equal(at.row.identities[0].text, "ann@x.test");
    end(&at);
}

static void card_next__passes_over_a_card_in_the_line_of_its_property(void **state)
{
    static fixture at;
    (void)state;
    begin(&at, "BEGIN:VCARD\nFN:Ann\nAGENT:BEGIN:VCARD\nFN:Bob\nEMAIL:bob@x.test\nEND:VCARD\n"
               "AGENT:BEGIN:VCARD\\nEMAIL:cy@x.test\\nEND:VCARD\nEMAIL:ann@x.test\nEND:VCARD\n");
    next(&at);
    assert_string_equal(at.row.name, "Ann");
    assert_int_equal(at.row.identity_count, 1);
    assert_string_equal(at.row.identities[0].text, "ann@x.test");
    end(&at);
}

static void card_next__refuses_deep_nesting(void **state)
{
    static fixture at;
    static char text[4096];
    size_t used = 0;
    (void)state;
    for (int i = 0; i < 18; i++)
        used += (size_t)snprintf(text + used, sizeof text - used, "BEGIN:VCARD\nAGENT:\n");
    for (int i = 0; i < 18; i++)
        used += (size_t)snprintf(text + used, sizeof text - used, "END:VCARD\n");
    snprintf(text + used, sizeof text - used, "BEGIN:VCARD\nEMAIL:a@b.test\nEND:VCARD\n");
    begin(&at, text);
    next(&at);
    check_skipped(&at, REASON_DEEP,
                  "line 35, byte 323: expected at most 16 cards inside one another");
    next(&at);
    assert_int_equal(at.at.what.outcome, OUTCOME_ADDED);
    end(&at);
}

static void card_next__loses_a_card_without_end_alone(void **state)
{
    static fixture at;
    (void)state;
    begin(&at, "BEGIN:VCARD\nEMAIL:a@b.test\nBEGIN:VCARD\nEMAIL:c@d.test\nEND:VCARD\n"
               "BEGIN:VCARD\nEMAIL:e@f.test\n");
    next(&at);
    check_skipped(&at, REASON_NO_END, "line 3, byte 27: BEGIN:VCARD, expected END:VCARD first");
    assert_int_equal(at.at.where.line, 1);
    assert_int_equal(at.at.where.next, 27);
    next(&at);
    assert_string_equal(at.row.identities[0].text, "c@d.test");
    assert_int_equal(at.at.where.line, 3);
    assert_int_equal(at.at.where.next, 64);
    next(&at);
    check_skipped(&at, REASON_NO_END, "line 8, byte 91: end of file, expected END:VCARD");
    end(&at);
}

static void card_next__notes_what_it_leaves_out(void **state)
{
    static fixture at;
    (void)state;
    begin(&at, "BEGIN:VCARD\nEMAIL:ann\nEMAIL:ann@x.test\nEMAIL:ANN@X.test\nno colon\nEND:VCARD\n");
    next(&at);
    assert_int_equal(at.row.identity_count, 1);
    assert_int_equal(at.at.notes[NOTE_NO_AT], 1);
    assert_int_equal(at.at.notes[NOTE_BAD_LINE], 1);
    end(&at);
}

static void card_next__keeps_sixty_identities(void **state)
{
    static fixture at;
    static char text[8192];
    size_t used = (size_t)snprintf(text, sizeof text, "BEGIN:VCARD\n");
    (void)state;
    for (int i = 0; i < 70; i++)
        used += (size_t)snprintf(text + used, sizeof text - used, "EMAIL:p%d@x.test\n", i);
    snprintf(text + used, sizeof text - used, "END:VCARD\n");
    begin(&at, text);
    next(&at);
    assert_int_equal(at.row.identity_count, 60);
    assert_int_equal(at.at.notes[NOTE_MANY_IDENTITIES], 10);
    end(&at);
}

static void guess_format__knows_cards_and_calendars(void **state)
{
    static const struct {
        const char *text;
        const char *format;
    } cases[] = {
        {"BEGIN:VCARD\r\nVERSION:3.0\r\n", "vcard"},
        {"begin:vcard\n", "vcard"},
        {"\xef\xbb\xbf\r\n BEGIN: VCARD \n", "vcard"},
        {"BEGIN:VCALENDAR\r\n", "ical"},
        {"BEGIN:VEVENT\n", "ical"},
        {"BEGIN:VCARDS\n", NULL},
        {"BEGIN:VALARM\n", NULL},
        {"BEGIN:", NULL},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const char *problem = NULL;
        const char *format = guess_format(cases[i].text, strlen(cases[i].text), &problem);
        if (cases[i].format == NULL)
            assert_null(format);
        else
            assert_string_equal(format, cases[i].format);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(card_next__reads_version_2),
        cmocka_unit_test(card_next__reads_version_3_with_groups),
        cmocka_unit_test(card_next__reads_version_4),
        cmocka_unit_test(card_next__takes_no_local_uid_for_an_identity),
        cmocka_unit_test(card_next__leaves_out_groups_and_companies),
        cmocka_unit_test(card_next__passes_over_nested_cards),
        cmocka_unit_test(card_next__passes_over_a_card_in_the_line_of_its_property),
        cmocka_unit_test(card_next__refuses_deep_nesting),
        cmocka_unit_test(card_next__loses_a_card_without_end_alone),
        cmocka_unit_test(card_next__notes_what_it_leaves_out),
        cmocka_unit_test(card_next__keeps_sixty_identities),
        cmocka_unit_test(guess_format__knows_cards_and_calendars),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
