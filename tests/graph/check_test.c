/*
 * The integrity check finds what is wrong: each case damages one record on purpose, through the
 * layer below, and expects faults; a sound database has none.
 */
#include "fixture.h"

#include "graph/check.h"
#include "graph/interaction.h"
#include "graph/name.h"
#include "graph/party.h"
#include "graph/regroup.h"
#include "graph/spelling.h"
#include "graph/tie.h"

static void put_mail(const char *source, uint32_t from, uint32_t to, const char *reply_to)
{
    wp_participant participant = {to, WP_ROLE_TO};
    wp_interaction mail = facts_of_mail(source, 1700000000, from, &participant);
    mail.reply_to = reply_to;
    assert_int_equal(wpi_interaction_put(&graph, &mail, NULL, NULL), WP_OK);
}

/* A small database in a write transaction that is never committed. */
static int begin(void **unused)
{
    (void)begin_graph(unused);
    uint32_t ann = put_person("ann@acme.example", "Ann Lee");
    uint32_t bob = put_person("bob@beta.example", "Bob Ray");
    put_mail("<1>", ann, bob, NULL);
    put_mail("<2>", bob, ann, "<1>");
    put_mail("<3>", ann, bob, "<never>");
    wp_stated_tie tie = {.from = ann, .to = bob, .p = 0.5};
    assert_int_equal(wpi_tie_state_strength(&graph, &tie, NULL), WP_OK);
    assert_int_equal(wpi_tie_flush(&graph, NULL), WP_OK);
    return 0;
}

/* So that a failing test says what was found. */
static void print_fault(void *context, const char *table, const char *key, const char *what)
{
    (void)context;
    print_message("%s %s: %s\n", table, key, what);
}

static uint64_t faults(bool is_deep)
{
    uint64_t count = 0;
    assert_int_equal(wpi_check_run(&graph, is_deep, print_fault, NULL, &count, NULL), WP_OK);
    return count;
}

/* A copy of a record, valid until the next call. */
static wpi_record_bytes read_record(wpi_table table, wpi_key key)
{
    static unsigned char copy[4096];
    wpi_record_bytes value;
    assert_int_equal(wpi_graph_get(&graph, table, key, &value, NULL), WP_OK);
    assert_true(value.size <= sizeof copy);
    if (value.size > 0)
        memcpy(copy, value.data, value.size);
    return (wpi_record_bytes){copy, value.size};
}

/* Replace a record by its bytes with one changed. */
static void change_byte(wpi_table table, wpi_key key, size_t at)
{
    wpi_record_bytes value = read_record(table, key);
    assert_true(at < value.size);
    ((unsigned char *)(uintptr_t)value.data)[at] ^= 1;
    wpi_slice payload = {value.data, value.size}, name = {key.bytes, key.size};
    assert_int_equal(wpi_store_put(txn, table, name, payload, 1, NULL), WP_OK);
}

static void delete_record(wpi_table table, wpi_key key)
{
    assert_int_equal(wpi_graph_delete(&graph, table, key, NULL), WP_OK);
}

static void check__finds_nothing_in_a_sound_database(void **unused)
{
    (void)unused;
    assert_int_equal(faults(false), 0);
    assert_int_equal(faults(true), 0);
}

static void check__finds_a_state_that_differs(void **unused)
{
    (void)unused;
    change_byte(WPI_TABLE_TIE, wpi_key_u32_u32(1, 2), 11); /* what she invested, behind a time */
    assert_int_equal(faults(false), 0);
    assert_true(faults(true) > 0);
}

static void check__finds_an_arc_that_differs(void **unused)
{
    (void)unused;
    change_byte(WPI_TABLE_OVERLAY, wpi_key_u32(2), 17);
    assert_true(faults(true) > 0);
}

static void check__finds_missing_records(void **unused)
{
    (void)unused;
    const struct {
        wpi_table table;
        wpi_key key;
    } cases[] = {
        {WPI_TABLE_OVERLAY, wpi_key_u32(1)},
        {WPI_TABLE_EVIDENCE, wpi_key_evidence(1, 2, 1700000000, 2)},
        {WPI_TABLE_TIE, wpi_key_u32_u32(1, 2)},
        {WPI_TABLE_INTERACTION, wpi_key_add_u32(wpi_key_u64(1), 0)},
        {WPI_TABLE_MEMBER, wpi_key_u32_u32_u32(1, 1, wpi_key_day(WP_DAY_NONE))},
        {WPI_TABLE_EMPLOYMENT,
         wpi_key_add_u32(wpi_key_u32_u32_u32(1, 1, wpi_key_day(WP_DAY_NONE)), WPI_SOURCE_IMPLIED)},
        {WPI_TABLE_COMPANY, wpi_key_u32_u32(1, WPI_SOURCE_IMPLIED)},
        {WPI_TABLE_PERSON, wpi_key_u32_u32(2, 0)},
        {WPI_TABLE_NAME, wpi_name_key(&graph, "ann", 3, WPI_PERSON, 1)},
        {WPI_TABLE_SPELLING, wpi_key_spelling(3, 3, 0)},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        wpi_record_bytes value = read_record(cases[i].table, cases[i].key);
        delete_record(cases[i].table, cases[i].key);
        if (faults(true) == 0)
            fail_msg("a missing %s record is not found", wpi_table_name(cases[i].table));
        wpi_slice key = {cases[i].key.bytes, cases[i].key.size};
        wpi_slice payload = {value.data, value.size};
        assert_int_equal(wpi_store_put(txn, cases[i].table, key, payload, 1, NULL), WP_OK);
        assert_int_equal(faults(true), 0);
    }
}

static void check__finds_records_that_nothing_calls_for(void **unused)
{
    (void)unused;
    wpi_key key = wpi_name_key(&graph, "zzz", 3, WPI_PERSON, 1);
    for (const char *at = "\3zzz\1"; *at != '\0'; at++)
        wpi_writer_u8(&graph.writer, (uint8_t)*at);
    wpi_writer_u8(&graph.writer, 0);
    assert_int_equal(wpi_graph_put(&graph, WPI_TABLE_NAME, key, NULL), WP_OK);
    assert_int_equal(faults(false), 0);
    assert_true(faults(true) > 0);
}

static void check__finds_words_of_nobody_and_those_out_of_place(void **unused)
{
    (void)unused;
    assert_int_equal(wpi_spelling_put(&graph, "zebra", 5, NULL), WP_OK);
    assert_int_equal(faults(false), 0);
    assert_true(faults(true) > 0);
    assert_int_equal(wpi_spelling_take(&graph, "zebra", 5, NULL), WP_OK);
    assert_int_equal(faults(true), 0);
    wpi_writer_u32(&graph.writer, 0); /* no letters, of a word that has some */
    wpi_writer_bytes(&graph.writer, "zebra", 5);
    assert_int_equal(wpi_graph_put(&graph, WPI_TABLE_SPELLING, wpi_key_spelling(5, 5, 0), NULL),
                     WP_OK);
    assert_true(faults(false) > 0);
}

static wpi_key consent_key(uint32_t person)
{
    return wpi_key_add_u32(wpi_key_add_u8(wpi_key_u32(person), 0), WP_SOURCE_HAND);
}

static void check__finds_malformed_records(void **unused)
{
    (void)unused;
    assert_int_equal(wpi_graph_put(&graph, WPI_TABLE_CONSENT, consent_key(1), NULL), WP_OK);
    assert_int_equal(faults(false), 1);
}

static void note(void *context, const char *table, const char *key, const char *what)
{
    snprintf(context, 200, "%s %s: %s", table, key, what);
}

static void check__names_table_key_and_fault(void **unused)
{
    (void)unused;
    char seen[200] = "";
    uint64_t count = 0;
    wpi_writer_u8(&graph.writer, WP_CHOICE_OUT);
    wpi_writer_u32(&graph.writer, 0);
    assert_int_equal(wpi_graph_put(&graph, WPI_TABLE_CONSENT, consent_key(77), NULL), WP_OK);
    assert_int_equal(wpi_check_run(&graph, false, note, seen, &count, NULL), WP_OK);
    assert_int_equal(count, 1);
    assert_string_equal(seen, "consent 0000004d0000000000: names a person who does not exist");
}

static void check__finds_a_choice_that_its_matter_does_not_have(void **unused)
{
    (void)unused;
    char seen[200] = "";
    uint64_t count = 0;
    wpi_key key = wpi_key_add_u32(wpi_key_add_u8(wpi_key_u32(1), 1), WP_SOURCE_HAND);
    wpi_writer_u8(&graph.writer, WP_CHOICE_ASK);
    wpi_writer_u32(&graph.writer, 0);
    assert_int_equal(wpi_graph_put(&graph, WPI_TABLE_CONSENT, key, NULL), WP_OK);
    assert_int_equal(wpi_check_run(&graph, false, note, seen, &count, NULL), WP_OK);
    assert_int_equal(count, 1);
    assert_string_equal(seen, "consent 000000010100000000: contact is neither in nor out");
}

/* Sets of people are as large as their highest number: it must not come from a bad record. */
static void party_find__refuses_numbers_that_nobody_has(void **unused)
{
    (void)unused;
    uint32_t canonical;
    assert_int_equal(wpi_person_merge(&graph, 1, 2, NULL), WP_OK);
    assert_int_equal(wpi_party_find(&graph, WPI_PERSON, 2, &canonical, NULL), WP_OK);
    assert_int_equal(canonical, 1);
    wpi_writer_u32(&graph.writer, 3);
    assert_int_equal(wpi_graph_put(&graph, WPI_TABLE_ALIAS, wpi_key_u8_u32(WPI_PERSON, 2), NULL),
                     WP_OK);
    assert_int_equal(wpi_party_find(&graph, WPI_PERSON, 2, &canonical, NULL), WP_ECORRUPT);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end_graph)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(check__finds_nothing_in_a_sound_database),
        TEST(check__finds_a_state_that_differs),
        TEST(check__finds_an_arc_that_differs),
        TEST(check__finds_missing_records),
        TEST(check__finds_records_that_nothing_calls_for),
        TEST(check__finds_words_of_nobody_and_those_out_of_place),
        TEST(check__finds_malformed_records),
        TEST(check__names_table_key_and_fault),
        TEST(check__finds_a_choice_that_its_matter_does_not_have),
        TEST(party_find__refuses_numbers_that_nobody_has),
    };
    return scratch_end(cmocka_run_group_tests(tests, NULL, NULL));
}
