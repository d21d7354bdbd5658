/*
 * Parsing alone: every row is taken apart by the reader of its format, without a database, and is
 * counted as an import counts it, where nothing in the rows is said twice.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "import/import.h"
#include "scratch.h"

typedef struct sample {
    const char *format;
    const char *text;
    uint64_t added;
    uint64_t skipped;
} sample;

#define CARD(mail) "BEGIN:VCARD\nVERSION:3.0\nFN:Ann Lee\nEMAIL:" mail "\nEND:VCARD\n"
#define MEETING(mail)                                                                              \
    "BEGIN:VEVENT\nUID:" mail "\nDTSTART:20240301T120000Z\nORGANIZER:mailto:bea@us.com\n"          \
    "ATTENDEE:mailto:" mail "\nEND:VEVENT\n"
#define MESSAGE(id)                                                                                \
    "From ann@acme.com Mon Jan 15 12:00:00 2024\nDate: Mon, 15 Jan 2024 12:00:00 +0000\n"          \
    "From: ann@acme.com\nTo: bea@us.com\nMessage-ID: <" id "@acme.com>\n\nHello.\n\n"

static const sample samples[] = {
    {"csv", "Name,Email,Company\nAnn,ann@acme.com,Acme\nBea,bea@us.com,Us\nnobody,,\n", 2, 1},
    {"hubspot", "Record ID,First Name,Last Name,Email\n1,Ann,Lee,ann@acme.com\n,,,\n", 1, 1},
    {"salesforce",
     "Id,WhoId,Subject,ActivityDate,Status,OwnerId\n"
     "00T000000000001,003000000000001,Call,2024-01-02,Completed,005000000000001\n"
     "00T000000000002,,Call,2024-01-02,Completed,005000000000001\n",
     1, 1},
    {"linkedin",
     "First Name,Last Name,URL,Email Address,Company,Position,Connected On\n"
     "Ann,Lee,https://www.linkedin.com/in/ann-lee,,Acme,Buyer,02 Jan 2024\n,,,,,,\n",
     1, 1},
    {"jsonl",
     "{\"type\":\"person\",\"email\":\"ann@acme.com\"}\n{\"type\":\"tie\"}\n"
     "{\"type\":\"interaction\",\"id\":\"1\",\"kind\":\"mail\",\"time\":\"2024-01-02T12:00:00Z\","
     "\"from\":\"ann@acme.com\",\"to\":[\"bea@us.com\"]}\n",
     2, 1},
    {"edges", "1 2 0.5\n2 3 0.25\n4\n", 2, 1},
    {"mbox", MESSAGE("1") MESSAGE("2") "From x Mon Jan 15 12:00:00 2024\nTo: bea@us.com\n\n", 2, 1},
    {"vcard", CARD("ann@acme.com") CARD("bea@us.com") CARD("nobody"), 2, 1},
    {"ical",
     "BEGIN:VCALENDAR\n" MEETING("ann@acme.com") MEETING("cleo@acme.com")
         MEETING("nobody") "END:VCALENDAR\n",
     2, 1},
};

static void write_sample(const char *path, const char *text)
{
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_true(fputs(text, file) >= 0);
    assert_int_equal(fclose(file), 0);
}

static void check_counts(wp_db *db, const sample *of, bool is_parse_only)
{
    import_options options = {
        .format = of->format, .owner = "owner@us.com", .is_parse_only = is_parse_only};
    import_result result;
    import_error error;
    const char *const path = scratch_path("sample");
    import_code code = import_paths(db, &path, 1, &options, &result, &error);
    assert_true(code == IMPORT_DONE || code == IMPORT_BAD_INPUT);
    assert_int_equal(result.file_count, 1);
    if (result.files[0].added != of->added || result.files[0].skipped != of->skipped)
        fail_msg("%s: %d added, %d skipped: %s", of->format, (int)result.files[0].added,
                 (int)result.files[0].skipped, error.message);
    assert_int_equal(result.files[0].known, 0);
    import_result_free(&result);
}

static void import_parse_only__counts_as_an_import_does(void **state)
{
    wp_error err;
    (void)state;
    for (size_t i = 0; i < sizeof samples / sizeof *samples; i++) {
        wp_db *db = NULL;
        const char *file = scratch_path("network");
        (void)remove(file);
        assert_int_equal(wp_create(file, NULL, 0, &err), WP_OK);
        assert_int_equal(wp_open(file, NULL, &db, &err), WP_OK);
        write_sample(scratch_path("sample"), samples[i].text);
        check_counts(NULL, &samples[i], true);
        check_counts(db, &samples[i], false);
        wp_close(db);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(import_parse_only__counts_as_an_import_does),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    scratch_remove();
    return failed;
}
