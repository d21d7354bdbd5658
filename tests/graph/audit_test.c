/*
 * The audit log: what is logged when, and that every change to it is noticed.
 *
 * The digest here is no SHA-256 but a stand-in of 32 bytes: the engine calls whatever it is given.
 * The real one is compared with another implementation in tests/cli/forget.py.
 */
#include "fixture.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

#include "graph/audit.h"
#include "graph/barrier.h"
#include "graph/consent.h"
#include "graph/private.h"
#include "graph/source.h"

static void stand_in(const void *data, size_t bytes, unsigned char digest[32])
{
    for (uint64_t i = 0; i < 4; i++) {
        uint64_t hash = XXH3_64bits_withSeed(data, bytes, i);
        memcpy(digest + 8 * i, &hash, sizeof hash);
    }
}

static int begin(void **unused)
{
    (void)begin_graph(unused);
    graph.sha256 = stand_in;
    graph.user = 1000;
    return 0;
}

static void set_mode(wp_audit_mode mode)
{
    assert_int_equal(wpi_audit_set_mode(&graph, mode, NULL), WP_OK);
}

static void note(wp_audit_action action, uint32_t subject)
{
    assert_int_equal(wpi_audit_append(&graph, action, 7, subject, 9, NULL), WP_OK);
}

static uint64_t broken(void)
{
    uint64_t number = 99;
    assert_int_equal(wpi_audit_verify(&graph, &number, NULL), WP_OK);
    return number;
}

static uint64_t count_entries(void)
{
    wp_audit_entry at = {0};
    uint64_t count = 0;
    while (wpi_audit_next(&graph, &at, NULL) == WP_OK)
        assert_int_equal(at.number, ++count);
    return count;
}

static void audit__is_off_at_first(void **unused)
{
    (void)unused;
    wp_audit_mode mode = WP_AUDIT_ALL;
    wp_audit_entry head;
    note(WP_AUDIT_ERASE, 1);
    assert_int_equal(wpi_audit_get_mode(&graph, &mode, NULL), WP_OK);
    assert_int_equal(mode, WP_AUDIT_OFF);
    assert_int_equal(count_entries(), 0);
    assert_int_equal(broken(), 0);
    assert_int_equal(wpi_audit_head(&graph, &head, NULL), WP_ENOTFOUND);
}

static void audit__takes_what_its_mode_says(void **unused)
{
    (void)unused;
    set_mode(WP_AUDIT_CHANGES); /* 1 */
    note(WP_AUDIT_ASK_PERSON, 1);
    note(WP_AUDIT_EXPORT, 1); /* 2 */
    assert_int_equal(count_entries(), 2);
    set_mode(WP_AUDIT_ALL);       /* 3 */
    note(WP_AUDIT_ASK_PERSON, 1); /* 4 */
    set_mode(WP_AUDIT_ALL);
    assert_int_equal(count_entries(), 4);
    set_mode(WP_AUDIT_OFF); /* 5 */
    note(WP_AUDIT_EXPORT, 1);
    assert_int_equal(count_entries(), 5);
    assert_int_equal(broken(), 0);
}

static void audit__keeps_who_did_what_to_whom(void **unused)
{
    (void)unused;
    wp_audit_entry head, last = {.number = 1};
    set_mode(WP_AUDIT_CHANGES);
    note(WP_AUDIT_EXPORT, 42);
    assert_int_equal(wpi_audit_next(&graph, &last, NULL), WP_OK);
    assert_int_equal(last.action, WP_AUDIT_EXPORT);
    assert_int_equal(last.user, 1000);
    assert_int_equal(last.actor, 7);
    assert_int_equal(last.subject, 42);
    assert_int_equal(last.object, 9);
    assert_int_equal(wpi_audit_head(&graph, &head, NULL), WP_OK);
    assert_memory_equal(head.hash, last.hash, sizeof head.hash);
}

static void audit__logs_decisions_and_private_ties_that_change_something(void **unused)
{
    (void)unused;
    uint32_t ann = put_person("ann@acme.example", NULL), bob = put_person("bob@beta.example", NULL);
    wp_consent consent = WP_CONSENT_INIT;
    wp_private private = {ann, bob, 0, false};
    wp_audit_entry at = {.number = 1};
    consent.person = ann;
    consent.introductions = WP_CHOICE_OUT;
    set_mode(WP_AUDIT_CHANGES);
    for (int i = 0; i < 2; i++) {
        assert_int_equal(wpi_consent_put(&graph, &consent, NULL), WP_OK);
        assert_int_equal(wpi_private_put(&graph, &private, true, NULL), WP_OK);
    }
    assert_int_equal(wpi_private_put(&graph, &private, false, NULL), WP_OK);
    assert_int_equal(count_entries(), 4);
    assert_int_equal(wpi_audit_next(&graph, &at, NULL), WP_OK);
    assert_int_equal(at.action, WP_AUDIT_CONSENT);
    assert_int_equal(at.subject, ann);
    assert_int_equal(at.object, 20);
    assert_int_equal(wpi_audit_next(&graph, &at, NULL), WP_OK);
    assert_int_equal(at.action, WP_AUDIT_PRIVATE);
    assert_int_equal(at.object, bob);
}

static void expect_next(wp_audit_entry *at, wp_audit_action action, uint32_t object)
{
    assert_int_equal(wpi_audit_next(&graph, at, NULL), WP_OK);
    assert_int_equal(at->action, action);
    assert_int_equal(at->object, object);
}

static void audit__logs_what_a_source_takes_with_it(void **unused)
{
    (void)unused;
    uint32_t ann = put_person("ann@acme.example", NULL), bob = put_person("bob@beta.example", NULL),
             source;
    wp_consent consent = WP_CONSENT_INIT;
    wp_private private = {ann, bob, 0, false};
    wp_barrier barrier = {{WP_SIDE_PERSON, ann}, {WP_SIDE_PERSON, bob}, 0};
    consent.person = ann;
    consent.contact = WP_CHOICE_OUT;
    assert_int_equal(wpi_source_put(&graph, "list", NULL, WP_TIME_NONE, &source, NULL), WP_OK);
    assert_int_equal(wpi_source_use(&graph, source, NULL), WP_OK);
    assert_int_equal(wpi_consent_put(&graph, &consent, NULL), WP_OK);
    assert_int_equal(wpi_private_put(&graph, &private, true, NULL), WP_OK);
    assert_int_equal(wpi_barrier_put(&graph, &barrier, true, NULL), WP_OK);
    assert_int_equal(wpi_source_use(&graph, WP_SOURCE_HAND, NULL), WP_OK);
    set_mode(WP_AUDIT_CHANGES);
    wp_audit_entry at = {.number = 1};
    wpi_leaving leaving = {.source = source};
    while (!leaving.is_done)
        assert_int_equal(wpi_source_leave(&graph, &leaving, NULL), WP_OK);
    assert_int_equal(count_entries(), 4);
    expect_next(&at, WP_AUDIT_CONSENT, 0);
    expect_next(&at, WP_AUDIT_SHARED, bob);
    expect_next(&at, WP_AUDIT_BARRIER_REMOVE, bob);
}

static void audit__refuses_changes_without_a_function(void **unused)
{
    (void)unused;
    wp_error err;
    set_mode(WP_AUDIT_CHANGES);
    graph.sha256 = NULL;
    assert_int_equal(wpi_audit_append(&graph, WP_AUDIT_EXPORT, 0, 0, 0, &err), WP_EINVAL);
    assert_string_equal(err.message, "the audit log is on and sha256 is NULL, expected a function");
    assert_int_equal(wpi_graph_check_write(&graph, NULL), WP_EINVAL);
}

/* Change a byte of an entry, with a fitting checksum of the record. */
static void tamper(uint64_t number, size_t at, unsigned char bits)
{
    wpi_record_bytes value;
    unsigned char copy[64];
    assert_int_equal(wpi_graph_get(&graph, WPI_TABLE_AUDIT, wpi_key_u64(number), &value, NULL),
                     WP_OK);
    assert_int_equal(value.size, 57);
    memcpy(copy, value.data, value.size);
    copy[at] ^= bits;
    wpi_writer_bytes(&graph.writer, copy, 57);
    assert_int_equal(wpi_graph_put(&graph, WPI_TABLE_AUDIT, wpi_key_u64(number), NULL), WP_OK);
}

static void audit_verify__names_the_entry_of_each_changed_byte(void **unused)
{
    (void)unused;
    set_mode(WP_AUDIT_CHANGES);
    for (uint32_t i = 0; i < 9; i++)
        note(WP_AUDIT_EXPORT, i);
    for (uint64_t number = 1; number <= 10; number++)
        for (size_t at = 0; at < 57; at++) {
            tamper(number, at, (unsigned char)(1u << at % 8));
            assert_int_equal(broken(), number);
            tamper(number, at, (unsigned char)(1u << at % 8));
        }
    assert_int_equal(broken(), 0);
}

static void drop(uint64_t number)
{
    assert_int_equal(wpi_graph_delete(&graph, WPI_TABLE_AUDIT, wpi_key_u64(number), NULL), WP_OK);
}

static void audit_verify__notices_missing_and_added_entries(void **unused)
{
    (void)unused;
    wpi_record_bytes value;
    unsigned char copy[57];
    set_mode(WP_AUDIT_CHANGES);
    for (uint32_t i = 0; i < 5; i++)
        note(WP_AUDIT_EXPORT, i);
    assert_int_equal(wpi_graph_get(&graph, WPI_TABLE_AUDIT, wpi_key_u64(6), &value, NULL), WP_OK);
    memcpy(copy, value.data, sizeof copy);
    drop(6);
    assert_int_equal(broken(), 6);
    wpi_writer_bytes(&graph.writer, copy, sizeof copy);
    assert_int_equal(wpi_graph_put(&graph, WPI_TABLE_AUDIT, wpi_key_u64(6), NULL), WP_OK);
    assert_int_equal(broken(), 0);
    wpi_writer_bytes(&graph.writer, copy, sizeof copy);
    assert_int_equal(wpi_graph_put(&graph, WPI_TABLE_AUDIT, wpi_key_u64(7), NULL), WP_OK);
    assert_int_equal(broken(), 7);
    drop(7);
    drop(3);
    assert_int_equal(broken(), 3);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end_graph)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(audit__is_off_at_first),
        TEST(audit__takes_what_its_mode_says),
        TEST(audit__keeps_who_did_what_to_whom),
        TEST(audit__logs_what_a_source_takes_with_it),
        TEST(audit__logs_decisions_and_private_ties_that_change_something),
        TEST(audit__refuses_changes_without_a_function),
        TEST(audit_verify__names_the_entry_of_each_changed_byte),
        TEST(audit_verify__notices_missing_and_added_entries),
    };
    return scratch_end(cmocka_run_group_tests(tests, NULL, NULL));
}
