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

static void mbox_next__splits_at_other_dates_behind_a_blank_line(void **state)
{
    static const char *const senders[] = {
        "From c@d Sat, 3 Jan 1996 01:05:34 +0100", "From c@d 1996-01-03T01:05:34Z",
        "From \"a b\"@c 1996-01-03 01:05", "From MAILER-DAEMON 3 Jan 1996 01:05:34 GMT"};
    char text[256];
    (void)state;
    for (size_t i = 0; i < sizeof senders / sizeof *senders; i++) {
        snprintf(text, sizeof text, "From a@b\nFrom: a@b\n\nbody\n\n%s\n\nx\n", senders[i]);
        assert_int_equal(count_messages(text), 2);
        snprintf(text, sizeof text, "From a@b\nFrom: a@b\n\nbody\n%s\nFrom: c@d\n", senders[i]);
        assert_int_equal(count_messages(text), 2);
        snprintf(text, sizeof text, "From a@b\nFrom: a@b\n\nbody\n%s\nNote: x\n", senders[i]);
        assert_int_equal(count_messages(text), 1);
    }
}

static void mbox_next__splits_without_a_date_between_a_blank_line_and_a_header(void **state)
{
    static const struct {
        const char *text;
        size_t messages, odd_lines;
    } cases[] = {
        {"From a@b\nFrom: a@b\n\nbody\n\nFrom c@d\nReceived: x\n", 2, 0},
        {"From \nFrom: a@b\n\nbody\n\nFrom \nX-Mozilla-Status: 0001\n", 2, 0},
        {"From a@b\nFrom: a@b\n\nbody\n\nFrom MAILER-DAEMON\nFrom: c@d\n", 2, 0},
        {"From a@b\nFrom: a@b\n\nbody\n\nFrom \"a b\"@c\n>From x\nTo: c@d\n", 1, 0},
        {"From a@b\nFrom: a@b\n\nbody\nFrom c@d\nTo: c@d\n", 1, 1},
        {"From a@b\nFrom: a@b\n\nbody\n\nFrom the desk of Ann\nTo: all\n", 1, 1},
        {"From a@b\nFrom: a@b\n\n\nFrom c@d\nno header\n", 1, 1},
        {"From a@b\nFrom: a@b\n\n\nFrom c@d 3/1/96 1:05\nno header\n", 1, 1},
        {"From a@b\nFrom: a@b\n\n\nFrom root 3/1/96 01:05:34", 1, 1},
        {"From a@b\nFrom: a@b\n\n\nFrom now on it rains\nFrom ten to twelve\n", 1, 0},
        {"From a@b\nFrom: a@b\n\n\nFrom the manual:\nhttp://x.test\n", 1, 0},
        {"From : a@b\nTo: c@d\n", 1, 0},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        fixture at;
        mail_block block;
        size_t messages = 0, odd_lines = 0;
        begin(&at, cases[i].text, strlen(cases[i].text), false);
        for (; mbox_next(&at.box, &block) == LINES_OK; messages++)
            odd_lines += block.odd_lines;
        assert_int_equal(messages, cases[i].messages);
        assert_int_equal(odd_lines, cases[i].odd_lines);
        end(&at);
    }
}

static void mbox_next__hands_out_the_header_that_decided(void **state)
{
    static const char text[] = "From a@b\nFrom: a@b\n\nFrom c@d\nnone\n\nFrom c@d\nFrom: c@d\n";
    fixture at;
    mail_block block;
    (void)state;
    begin(&at, text, strlen(text), false);
    assert_int_equal(mbox_next(&at.box, &block), LINES_OK);
    assert_string_equal(block.text, "From: a@b\n");
    assert_int_equal(block.where.next, strstr(text, "From c@d\nFrom:") - text);
    assert_int_equal(block.where.next_line, 6);
    assert_int_equal(mbox_next(&at.box, &block), LINES_OK);
    assert_string_equal(block.text, "From: c@d\n");
    assert_int_equal(mbox_next(&at.box, &block), LINES_END);
    end(&at);
}

static void mbox_envelope__knows_the_dates_that_programs_write(void **state)
{
    static const struct {
        const char *line;
        int64_t time_s;
        envelope_form form;
    } cases[] = {
        {"From a@b Thu Nov  1 11:19:12 2001", 1004613552, ENVELOPE_ASCTIME},
        {"From ann at acme.com  Thu Nov  1 11:19:12 2001", 1004613552, ENVELOPE_ASCTIME},
        {"From - Thu Nov 01 11:19:12 2001", 1004613552, ENVELOPE_ASCTIME},
        {"From MAILER-DAEMON Thu Nov  1 11:19:12 2001", 1004613552, ENVELOPE_ASCTIME},
        {"From \"a b c\"@d Thu Nov  1 11:19:12 2001", 1004613552, ENVELOPE_ASCTIME},
        {"From a b c d e f g h i j k l m n o Thu Nov  1 11:19:12 2001", 1004613552,
         ENVELOPE_ASCTIME},
        {"From a@b Thu Nov 1 11:19 2001", 1004613540, ENVELOPE_ASCTIME},
        {"From a@b Thu Nov 01 12:19:12 +0100 2001", 1004613552, ENVELOPE_ASCTIME},
        {"From a@b Thu Nov  1 11:19:12 2001 -0000", 1004613552, ENVELOPE_ASCTIME},
        {"From a@b Thu Nov  1 03:19:12 2001 -0800 (PST)", 1004613552, ENVELOPE_ASCTIME},
        {"From a@b Thu Nov  1 11:19:12 GMT 2001", 1004613552, ENVELOPE_ASCTIME},
        {"From a@b Thu Nov  1 11:19:12 MET DST 2001", 1004613552, ENVELOPE_ASCTIME},
        {"From a@b Thu Nov  1 11:19:12 2001 remote from HOST", 1004613552, ENVELOPE_ASCTIME},
        {"From a@b Thu Nov  1 11:19:12 01", 1004613552, ENVELOPE_ASCTIME},
        {"From a@b Sat Jan  3 01:05:34 96", 820631134, ENVELOPE_ASCTIME},
        {"From a@b Fri, 3 Jan 97 01:05:34 GMT", 852253534, ENVELOPE_DATED},
        {"From a@b Thu Nov 31 11:19:12 2001", WP_TIME_NONE, ENVELOPE_ASCTIME},
        {"From a@b Thu Jan  1 11:19:12 1925", WP_TIME_NONE, ENVELOPE_ASCTIME},
        {"From a@b Thu, 1 Nov 2001 12:19:12 +0100", 1004613552, ENVELOPE_DATED},
        {"From a@b Thu, 1 Nov 2001 12:19:12 CET +0100", 1004613552, ENVELOPE_DATED},
        {"From a@b 1 Nov 2001 11:19:12", 1004613552, ENVELOPE_DATED},
        {"From a@b Nov 1, 2001 11:19:12", 1004613552, ENVELOPE_DATED},
        {"From a@b 2001-11-01T11:19:12Z", 1004613552, ENVELOPE_DATED},
        {"From a@b 2001-11-01T12:19:12.25+01:00", 1004613552, ENVELOPE_DATED},
        {"From a@b 2001-11-01 3:19:12 -0800", 1004613552, ENVELOPE_DATED},
        {"From a@b 2001-11-01 11:19", 1004613540, ENVELOPE_DATED},
        {"From a@b 2001-11-01", WP_TIME_NONE, ENVELOPE_NONE},
        {"From here Thu Nov we all go 2001", WP_TIME_NONE, ENVELOPE_NONE},
        {"From a@b", WP_TIME_NONE, ENVELOPE_NONE},
        {"From ", WP_TIME_NONE, ENVELOPE_NONE},
        {"From", WP_TIME_NONE, ENVELOPE_NONE},
        {"From a@b Thu Nov 1 11:19:12 2001 and so on", WP_TIME_NONE, ENVELOPE_NONE},
        {"From a@b Thu Nov 1 11:19:12 101", WP_TIME_NONE, ENVELOPE_NONE},
        {"From a@b Thu Nov 1 2 11:19:12 01", WP_TIME_NONE, ENVELOPE_NONE},
        {"From a@b Thu Nov 1 1 11:19:12 2001", WP_TIME_NONE, ENVELOPE_NONE},
        {"From a@b Thu Nov 1 11:19:12 A B C 2001", WP_TIME_NONE, ENVELOPE_NONE},
        {"From a@b Thu Nov 1 11:1 2001", WP_TIME_NONE, ENVELOPE_NONE},
        {"From Thu Nov  1 11:19:12 2001", WP_TIME_NONE, ENVELOPE_NONE},
        {"from a@b Thu Nov 1 11:19:12 2001", WP_TIME_NONE, ENVELOPE_NONE},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        int64_t time_s = 0;
        assert_int_equal(mbox_envelope(cases[i].line, strlen(cases[i].line), &time_s),
                         cases[i].form);
        assert_true(time_s == cases[i].time_s);
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
        cmocka_unit_test(mbox_next__splits_at_other_dates_behind_a_blank_line),
        cmocka_unit_test(mbox_next__splits_without_a_date_between_a_blank_line_and_a_header),
        cmocka_unit_test(mbox_next__hands_out_the_header_that_decided),
        cmocka_unit_test(mbox_envelope__knows_the_dates_that_programs_write),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
