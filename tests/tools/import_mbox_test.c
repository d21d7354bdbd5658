/*
 * Mail boxes: where they split, what of a message is kept, and what envelope lines look like. The
 * boxes are written into a file without a name, as a reader sees them.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "import/mbox.h"

typedef struct fixture {
    FILE *file;
    lines reader;
    mbox box;
} fixture;

static void begin(fixture *self, const char *text, size_t bytes, bool is_single)
{
    *self = (fixture){.file = tmpfile()};
    assert_non_null(self->file);
    assert_int_equal(fwrite(text, 1, bytes, self->file), bytes);
    assert_int_equal(fflush(self->file), 0);
    assert_int_equal(
        lines_open(&self->reader, fileno(self->file), 0, 0, MAIL_HEADER_BYTES_MAX, NULL), LINES_OK);
    self->box = (mbox){.lines = &self->reader, .is_single = is_single};
}

static void end(fixture *self)
{
    mbox_free(&self->box);
    lines_free(&self->reader);
    fclose(self->file);
}

static size_t count_messages(const char *text)
{
    fixture at;
    mail_block block;
    size_t count = 0;
    begin(&at, text, strlen(text), false);
    while (mbox_next(&at.box, &block) == LINES_OK)
        count++;
    end(&at);
    return count;
}

static void mbox_next__splits_at_envelope_lines_only(void **state)
{
    (void)state;
    assert_int_equal(count_messages("From a@b  Thu Nov  1 11:19:12 2001\nFrom: a@b\n\n"
                                    "From what I see, nobody knows\n"
                                    "From Thursday on it rains\n\n"
                                    ">From c@d  Thu Nov  1 11:19:12 2001\n\n"
                                    "From c at d.org  Fri Nov  2 11:19:12 2001\nFrom: c@d\n\nx\n"),
                     2);
}

static void mbox_next__does_not_need_a_blank_line_before(void **state)
{
    (void)state;
    assert_int_equal(count_messages("From a@b Thu Nov  1 11:19:12 2001\nFrom: a@b\n\nbody\n"
                                    "From c@d Thu Nov  1 11:19:12 2001\nFrom: c@d\n"),
                     2);
}

static void mbox_next__of_nothing_is_nothing(void **state)
{
    (void)state;
    assert_int_equal(count_messages(""), 0);
    assert_int_equal(count_messages("\n\n\n"), 0);
    assert_int_equal(count_messages("From \n"), 1);
}

static void mbox_next__keeps_the_header_alone(void **state)
{
    static const char text[] = "From a@b Thu Nov  1 11:19:12 2001\r\nFrom: a@b\r\n"
                               "References: <1@x>\r\n\t<2@x>\r\n\r\nTo: nobody\r\n";
    fixture at;
    mail_block block;
    (void)state;
    begin(&at, text, strlen(text), false);
    assert_int_equal(mbox_next(&at.box, &block), LINES_OK);
    assert_string_equal(block.text, "From: a@b\nReferences: <1@x>\n\t<2@x>\n");
    assert_int_equal(block.envelope_s, 1004613552);
    assert_int_equal(block.where.line, 1);
    assert_int_equal(block.where.next, strlen(text));
    assert_int_equal(mbox_next(&at.box, &block), LINES_END);
    end(&at);
}

static void mbox_next__says_where_the_next_message_begins(void **state)
{
    static const char text[] = "From a@b Thu Nov  1 11:19:12 2001\nFrom: a@b\n\nbody\n\n"
                               "From c@d Thu Nov  1 11:19:12 2001\nFrom: c@d\n";
    fixture at;
    mail_block block;
    (void)state;
    begin(&at, text, strlen(text), false);
    assert_int_equal(mbox_next(&at.box, &block), LINES_OK);
    assert_int_equal(block.where.next, strstr(text, "From c@d") - text);
    assert_int_equal(block.where.next_line, 5);
    end(&at);
}

static void mbox_next__ends_the_header_at_a_line_that_is_none(void **state)
{
    static const char text[] = "From a@b Thu Nov  1 11:19:12 2001\nFrom: a@b\nhello there\nTo: x\n";
    fixture at;
    mail_block block;
    (void)state;
    begin(&at, text, strlen(text), false);
    assert_int_equal(mbox_next(&at.box, &block), LINES_OK);
    assert_string_equal(block.text, "From: a@b\n");
    end(&at);
}

static void mbox_next__marks_a_header_that_is_too_long(void **state)
{
    static const char next[] = "\n\nFrom c@d Thu Nov  1 11:19:12 2001\nFrom: c@d\n";
    size_t bytes = 3 * MAIL_HEADER_BYTES_MAX;
    char *text = malloc(bytes + sizeof next);
    fixture at;
    mail_block block;
    (void)state;
    assert_non_null(text);
    memset(text, 'x', bytes);
    memcpy(text, "From a\nTo: ", 11);
    memcpy(text + bytes, next, sizeof next);
    begin(&at, text, bytes + sizeof next - 1, false);
    assert_int_equal(mbox_next(&at.box, &block), LINES_OK);
    assert_true(block.is_long);
    assert_int_equal(mbox_next(&at.box, &block), LINES_OK);
    assert_false(block.is_long);
    assert_string_equal(block.text, "From: c@d\n");
    assert_true(at.reader.capacity < 4 * MAIL_HEADER_BYTES_MAX);
    end(&at);
    free(text);
}

static void mbox_next__never_splits_a_single_message(void **state)
{
    static const char text[] = "From: a@b\nTo: c@d\n\nFrom c@d Thu Nov  1 11:19:12 2001\n";
    fixture at;
    mail_block block;
    (void)state;
    begin(&at, text, strlen(text), true);
    assert_int_equal(mbox_next(&at.box, &block), LINES_OK);
    assert_string_equal(block.text, "From: a@b\nTo: c@d\n");
    assert_int_equal(mbox_next(&at.box, &block), LINES_END);
    end(&at);
}

static void mbox_is_envelope__knows_the_dates_that_programs_write(void **state)
{
    static const struct {
        const char *line;
        int64_t time_s;
    } good[] = {
        {"From a@b Thu Nov  1 11:19:12 2001", 1004613552},
        {"From ann at acme.com  Thu Nov  1 11:19:12 2001", 1004613552},
        {"From - Thu Nov 01 11:19:12 2001", 1004613552},
        {"From a@b Thu Nov 1 11:19 2001", 1004613540},
        {"From 1790@xxx Thu Nov 01 12:19:12 +0100 2001", 1004613552},
        {"From a@b Thu Nov  1 11:19:12 2001 -0000", 1004613552},
        {"From a@b Thu Nov  1 11:19:12 GMT 2001", 1004613552},
        {"From a@b Thu Nov 31 11:19:12 2001", WP_TIME_NONE},
        {"From a@b Thu Jan  1 11:19:12 1925", WP_TIME_NONE},
    };
    static const char *const bad[] = {
        "From here Thu Nov we all go 2001",
        "From a@b",
        "From ",
        "From",
        "From a@b Thu Nov 1 11:19:12 2001 and so on",
        "From Thu Nov  1 11:19:12 2001",
        "from a@b Thu Nov 1 11:19:12 2001",
    };
    (void)state;
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        int64_t time_s = 0;
        assert_true(mbox_is_envelope(good[i].line, strlen(good[i].line), &time_s));
        assert_true(time_s == good[i].time_s);
    }
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        int64_t time_s = 0;
        assert_false(mbox_is_envelope(bad[i], strlen(bad[i]), &time_s));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(mbox_next__splits_at_envelope_lines_only),
        cmocka_unit_test(mbox_next__does_not_need_a_blank_line_before),
        cmocka_unit_test(mbox_next__of_nothing_is_nothing),
        cmocka_unit_test(mbox_next__keeps_the_header_alone),
        cmocka_unit_test(mbox_next__says_where_the_next_message_begins),
        cmocka_unit_test(mbox_next__ends_the_header_at_a_line_that_is_none),
        cmocka_unit_test(mbox_next__marks_a_header_that_is_too_long),
        cmocka_unit_test(mbox_next__never_splits_a_single_message),
        cmocka_unit_test(mbox_is_envelope__knows_the_dates_that_programs_write),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
