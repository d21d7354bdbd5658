/*
 * Messages: addresses in all the forms that headers have, names, threads, lists, machines, dates.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <gmime/gmime.h>

#include "import/mail.h"

/* Parse one value and write it as "email|name; email|name". */
static const char *addresses(const char *value)
{
    static char out[1024];
    address_list list = {0};
    size_t used = 0;
    assert_true(address_parse(value, WP_ROLE_TO, &list));
    out[0] = '\0';
    for (size_t i = 0; i < list.count; i++)
        used += (size_t)snprintf(out + used, sizeof out - used, "%s%s|%s", i == 0 ? "" : "; ",
                                 list.items[i].email,
                                 list.items[i].name == NULL ? "" : list.items[i].name);
    address_list_free(&list);
    return out;
}

static void address_parse__reads_all_forms(void **state)
{
    static const char *const cases[][2] = {
        {"ann@acme.com", "ann@acme.com|"},
        {"Ann Lee <ann@acme.com>", "ann@acme.com|Ann Lee"},
        {"ann@acme.com (Ann Lee)", "ann@acme.com|Ann Lee"},
        {"ann at acme.com (Ann Lee)", "ann@acme.com|Ann Lee"},
        {"ann at acme.com", "ann@acme.com|"},
        {"ann at acme.com (Ann))", "ann@acme.com|Ann"},
        {"\"Lee, Ann\" <ann@acme.com>, bob@us.com", "ann@acme.com|Ann Lee; bob@us.com|"},
        {"Lee, Ann <ann@acme.com>", "ann@acme.com|Ann Lee"},
        {"\"Acme, Inc.\" <x@acme.com>", "x@acme.com|Acme, Inc."},
        {"\"Ann \\\"A\\\" Lee\" <ann@acme.com>", "ann@acme.com|Ann \"A\" Lee"},
        {"'Ann Lee' <ann@acme.com>", "ann@acme.com|Ann Lee"},
        {"'ann@acme.com' <ann@acme.com>", "ann@acme.com|"},
        {"\"ann@acme.com\" <ann@acme.com>", "ann@acme.com|"},
        {"=?utf-8?q?J=C3=B6rg?= M <j@x.de>", "j@x.de|J\xc3\xb6rg M"},
        {"=?iso-8859-1?Q?J=F6rg?= <j@x.de>", "j@x.de|J\xc3\xb6rg"},
        {"Jo\xcc\x88rg <j@x.de>", "j@x.de|J\xc3\xb6rg"},
        {"Jo\xe2\x80\x8b\xcc\x88rg <j@x.de>", "j@x.de|J\xc3\xb6rg"},
        {"Team: a@b.c, Bo <d@e.f>;, g@h.i", "a@b.c|; d@e.f|Bo; g@h.i|"},
        {"undisclosed-recipients:;", ""},
        {"<@relay.org:ann@acme.com>", "ann@acme.com|"},
        {"a@b.c; d@e.f", "a@b.c|; d@e.f|"},
        {"Ann Lee ann@acme.com", "ann@acme.com|Ann Lee"},
        {"<ann@acme.com>, , <bob@us.com>", "ann@acme.com|; bob@us.com|"},
        {"Ann <ann@acme.com, Bob <bob@us.com>", "ann@acme.com|Ann; bob@us.com|Bob"},
        {"mailto:ann@acme.com", "ann@acme.com|"},
        {"ann@acme.com.", "ann@acme.com|"},
        {"nobody", ""},
        {"\"a b\"@acme.com", ""},
        {"a@b@c", ""},
        {"a..b@x.com, .c.@x.com", "a..b@x.com|; .c.@x.com|"},
        {"a@b..c, a@.b, a@b.c.., a@.", ""},
        {"(only (a nested) comment)", ""},
        {"Ann Lee [mailto:ann@acme.com]", "ann@acme.com|Ann Lee"},
        {"'ann@acme.com'; <'bob@us.com'>", "ann@acme.com|; bob@us.com|"},
        {"o'brien@acme.com, root@[127.0.0.1]", "o'brien@acme.com|; root@[127.0.0.1]|"},
        {"IMCEAEX-_O=ACME_OU=X_CN=ANN@acme.com, \"/O=ACME/OU=X/CN=ANN\"", ""},
        {"=?koi8-r?B?+c4=?= <a@b.c>", "a@b.c|\xd0\xab\xd0\xbd"},
        {"=?x-no-such?q?a=E9?= <a@b.c>", "a@b.c|a\xc3\xa9"},
        {"", ""},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_string_equal(addresses(cases[i][0]), cases[i][1]);
}

static void address_parse__counts_what_it_leaves_out(void **state)
{
    address_list list = {0};
    (void)state;
    assert_true(address_parse("nobody, a@b@c, ann@acme.com", WP_ROLE_CC, &list));
    assert_int_equal(list.count, 1);
    assert_int_equal(list.items[0].role, WP_ROLE_CC);
    assert_int_equal(list.notes[NOTE_NO_AT], 1);
    assert_int_equal(list.notes[NOTE_BAD_ADDRESS], 1);
    address_list_free(&list);
}

static void address_parse__bounds_the_list(void **state)
{
    size_t count = ADDRESSES_MAX + 1;
    char *text = malloc(count * 4 + 1);
    address_list list = {0};
    (void)state;
    assert_non_null(text);
    for (size_t i = 0; i < count; i++)
        memcpy(text + 4 * i, "a@b,", 4);
    text[4 * count] = '\0';
    assert_true(address_parse(text, WP_ROLE_TO, &list));
    assert_int_equal(list.count, ADDRESSES_MAX);
    assert_true(list.is_full);
    address_list_free(&list);
    free(text);
}

static void address_parse__survives_nesting_and_repetition(void **state)
{
    static const char *const units[] = {
        "a:",      "(",    "<",    "\"", "\\", ",", ";", ":", "@", "a@b<", "=?utf-8?q?a?= ",
        "a at b ", "((a)", "<a@b,"};
    (void)state;
    for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
        size_t length = strlen(units[i]), count = 200000 / length;
        char *text = malloc(count * length + 1);
        address_list list = {0};
        assert_non_null(text);
        for (size_t j = 0; j < count; j++)
            memcpy(text + j * length, units[i], length);
        text[count * length] = '\0';
        assert_true(address_parse(text, WP_ROLE_TO, &list));
        address_list_free(&list);
        free(text);
    }
}

/* Read a header block; returns whether it is kept. */
static bool read_block(const char *text, const char *owner, bool has_lists, mail *out,
                       verdict *what)
{
    char *copy = strdup(text);
    assert_non_null(copy);
    mail_block block = {.text = copy, .length = strlen(copy), .envelope_s = 1000};
    *what = (verdict){0};
    bool is_kept = mail_read(&block, owner, has_lists, out, what);
    free(copy);
    return is_kept;
}

static void mail_read__takes_the_first_id_answered(void **state)
{
    mail at = {0};
    verdict what;
    (void)state;
    assert_true(read_block("From: a@b.c\nTo: d@e.f\nMessage-ID: <1@x>\n"
                           "Date: Thu, 1 Nov 2001 11:19:12 +0000\n"
                           "In-Reply-To: Your message of \"Thu\" <0@x>\n (Ann's message)\n"
                           "References: <8@x> <9@x>\n",
                           NULL, false, &at, &what));
    assert_string_equal(at.source, "<1@x>");
    assert_string_equal(at.reply_to, "<0@x>");
    assert_int_equal(at.time_s, 1004613552);
    assert_int_equal(at.flags, 0);
    assert_true(read_block("From: a@b.c\nTo: d@e.f\nMessage-ID: <1@x>\n"
                           "In-Reply-To: your mail of Thursday\nReferences: <8@x>\n\t<9@x>\n",
                           NULL, false, &at, &what));
    assert_string_equal(at.reply_to, "<9@x>");
    mail_free(&at);
}

static void mail_read__falls_back_to_the_envelope_date(void **state)
{
    mail at = {0};
    verdict what;
    (void)state;
    assert_true(
        read_block("From: a@b.c\nTo: d@e.f\nDate: once upon a time\n", NULL, false, &at, &what));
    assert_int_equal(at.time_s, 1000);
    assert_true(at.has_odd_date);
    assert_true(read_block("From: a@b.c\nTo: d@e.f\nDate: Thu, 1 Nov 1951 11:19:12 +0000\n", NULL,
                           false, &at, &what));
    assert_int_equal(at.time_s, 1000);
    mail_free(&at);
}

static void mail_read__makes_the_same_source_of_the_same_message(void **state)
{
    static const char text[] = "From: a@b.c\nTo: d@e.f\nSubject: x\n";
    char first[MAIL_SOURCE_BYTES];
    mail at = {0};
    verdict what;
    (void)state;
    assert_true(read_block(text, NULL, false, &at, &what));
    memcpy(first, at.source, sizeof first);
    assert_memory_equal(first, "xxh:", 4);
    assert_true(read_block("Received: elsewhere\nFrom: a@b.c\nTo: d@e.f\nSubject: x\n", NULL, false,
                           &at, &what));
    assert_string_equal(at.source, first);
    assert_true(read_block("From: a@b.c\nTo: d@e.f\nSubject: y\n", NULL, false, &at, &what));
    assert_string_not_equal(at.source, first);
    mail_free(&at);
}

static void mail_read__says_why_a_message_is_left_out(void **state)
{
    static const struct {
        const char *text;
        reason_id reason;
    } cases[] = {
        {"To: d@e.f\n", REASON_NO_SENDER},
        {"From: nobody\nTo: d@e.f\n", REASON_NO_SENDER},
        {"From: a@b.c\nReceived: x\n", REASON_NO_RECIPIENTS},
        {"From: a@b.c\nTo: undisclosed-recipients:;\n", REASON_NO_RECIPIENTS},
        {"From: a@b.c\nTo: d@e.f\nX-Gmail-Labels: Spam,Opened\n", REASON_SPAM},
        {"From: a@b.c\nTo: d@e.f\nX-Gmail-Labels: \"Opened\",Trash\n", REASON_TRASH},
        {"From: a@b.c\nTo: d@e.f\nX-Gmail-Labels: Drafts\n", REASON_DRAFT},
        {"From: a@b.c\nTo: d@e.f\nX-Gmail-Labels: Chat\n", REASON_CHAT},
        {"From: a@b.c\nTo: d@e.f\nX-Gmail-Labels: \"a, b\",\n \"Spam\"\n", REASON_SPAM},
        {"From: a@b.c\nTo: d@e.f\nX-Gmail-Labels: =?UTF-8?Q?Gel=C3=B6scht,Trash?=\n", REASON_TRASH},
        {"From: a@b.c\nTo: d@e.f\nX-Gmail-Labels: =?UTF-8?Q?Entw=C3=BCrfe?=\n", REASON_DRAFT},
        {"From: a@b.c\nTo: d@e.f\nX-Gmail-Labels: Wichtig,Papierkorb\n", REASON_TRASH},
        {"From: a at b.c (Ann)\nSubject: [list] x\n", REASON_LIST_POST},
        {"From: list@b.c (Ann)\nSubject: Re: [List] x\n", REASON_LIST_SENDER},
        {"From: a@b.c\nTo: dev@x.org\nList-Post: <mailto:dev@x.org>\n", REASON_LIST_POST},
    };
    mail at = {0};
    verdict what;
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_false(read_block(cases[i].text, NULL, false, &at, &what));
        assert_int_equal(what.reason, cases[i].reason);
    }
    mail_free(&at);
}

static void mail_read__compares_whole_labels(void **state)
{
    static const char *const labels[] = {"\"No, Spam\"", "Spam reports", "Chat/Old",
                                         "\"Trash",      "\"\"",         ",,\","};
    char text[256];
    mail at = {0};
    verdict what;
    (void)state;
    for (size_t i = 0; i < sizeof labels / sizeof *labels; i++) {
        bool is_open = strcmp(labels[i], "\"Trash") == 0; /* a quote that is not closed */
        snprintf(text, sizeof text, "From: a@b.c\nTo: d@e.f\nX-Gmail-Labels: %s\n", labels[i]);
        assert_int_equal(read_block(text, NULL, false, &at, &what), !is_open);
    }
    mail_free(&at);
}

static void mail_read__keeps_list_posts_when_asked(void **state)
{
    mail at = {0};
    verdict what;
    (void)state;
    assert_true(read_block("From: a at b.c (Ann)\nSubject: [list] x\nIn-Reply-To: <0@x>\n", NULL,
                           true, &at, &what));
    assert_int_equal(at.flags, WP_INTERACTION_LIST);
    assert_int_equal(at.to.count, 0);
    assert_string_equal(at.from.items[0].email, "a@b.c");
    assert_true(read_block("From: a@b.c\nTo: dev@x.org, d@e.f\nList-Id: Dev <dev.x.org>\n", NULL,
                           true, &at, &what));
    assert_int_equal(at.to.count, 1);
    assert_string_equal(at.to.items[0].email, "d@e.f");
    mail_free(&at);
}

static void mail_read__finds_the_sender_behind_the_list(void **state)
{
    mail at = {0};
    verdict what;
    (void)state;
    assert_true(read_block("From: Ann via Dev <dev@x.org>\nReply-To: Ann <ann@b.c>\n"
                           "To: dev@x.org\nList-Post: <mailto:dev@x.org>\n",
                           NULL, true, &at, &what));
    assert_string_equal(at.from.items[0].email, "ann@b.c");
    mail_free(&at);
}

static void mail_read__knows_automatic_mail(void **state)
{
    static const char *const headers[] = {
        "List-Unsubscribe: <mailto:x@y>",
        "Precedence: bulk",
        "Precedence: junk",
        "Auto-Submitted: auto-replied",
        "Return-Path: <>",
        "X-Auto-Response-Suppress: All",
        "List-Id: <news.acme.com>",
        "Precedence: auto_reply",
        "X-Failed-Recipients: x@y.z",
        "X-Autoreply: yes",
        "Content-Type: multipart/report; report-type=delivery-status",
        "Content-Type: Multipart/Report;\n report-type=disposition-notification",
    };
    char text[256];
    mail at = {0};
    verdict what;
    (void)state;
    for (size_t i = 0; i < sizeof headers / sizeof *headers; i++) {
        snprintf(text, sizeof text, "From: a@b.c\nTo: d@e.f\n%s\n", headers[i]);
        assert_true(read_block(text, NULL, false, &at, &what));
        assert_int_equal(at.flags, WP_INTERACTION_AUTOMATIC);
    }
    assert_true(read_block("From: No-Reply@b.c\nTo: d@e.f\n", NULL, false, &at, &what));
    assert_int_equal(at.flags, WP_INTERACTION_AUTOMATIC);
    assert_true(read_block("From: a@b.c\nTo: d@e.f\nAuto-Submitted: no\nReturn-Path: <a@b.c>\n"
                           "Content-Type: text/calendar; method=REPLY\nPrecedence: normal\n",
                           NULL, false, &at, &what));
    assert_int_equal(at.flags, 0);
    mail_free(&at);
}

static void mail_read__adds_the_owner_of_the_mailbox(void **state)
{
    mail at = {0};
    verdict what;
    (void)state;
    assert_true(
        read_block("From: a@b.c\nTo: undisclosed-recipients:;\n", "me@us.com", false, &at, &what));
    assert_int_equal(at.to.count, 1);
    assert_string_equal(at.to.items[0].email, "me@us.com");
    assert_int_equal(at.to.items[0].role, WP_ROLE_BCC);
    assert_false(read_block("From: me@us.com\nTo: undisclosed-recipients:;\n", "me@us.com", false,
                            &at, &what));
    mail_free(&at);
}

static void mail_read__repairs_bytes_without_a_charset(void **state)
{
    mail at = {0};
    verdict what;
    (void)state;
    assert_true(
        read_block("From: J\xf6rg <j@x.de>\nTo: d@e.f (\x93\xd6\x94)\n", NULL, false, &at, &what));
    assert_string_equal(at.from.items[0].name, "J\xc3\xb6rg");
    mail_free(&at);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(address_parse__reads_all_forms),
        cmocka_unit_test(address_parse__counts_what_it_leaves_out),
        cmocka_unit_test(address_parse__bounds_the_list),
        cmocka_unit_test(address_parse__survives_nesting_and_repetition),
        cmocka_unit_test(mail_read__takes_the_first_id_answered),
        cmocka_unit_test(mail_read__falls_back_to_the_envelope_date),
        cmocka_unit_test(mail_read__makes_the_same_source_of_the_same_message),
        cmocka_unit_test(mail_read__says_why_a_message_is_left_out),
        cmocka_unit_test(mail_read__compares_whole_labels),
        cmocka_unit_test(mail_read__keeps_list_posts_when_asked),
        cmocka_unit_test(mail_read__finds_the_sender_behind_the_list),
        cmocka_unit_test(mail_read__knows_automatic_mail),
        cmocka_unit_test(mail_read__adds_the_owner_of_the_mailbox),
        cmocka_unit_test(mail_read__repairs_bytes_without_a_charset),
    };
    g_mime_init();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
