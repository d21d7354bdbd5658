/*
 * Records survive the way to bytes and back, and nothing that is not a whole record is accepted:
 * every truncation is refused, and changed bytes never lead outside the record.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "format/adjacency.h"
#include "format/records.h"

static wpi_writer writer = WPI_WRITER_INIT;
static wpi_arena arena;

static int end(void **unused)
{
    (void)unused;
    wpi_writer_free(&writer);
    wpi_arena_free(&arena);
    return 0;
}

static wpi_record_bytes written(void)
{
    assert_int_equal(wpi_writer_status(&writer, NULL), WP_OK);
    return (wpi_record_bytes){writer.bytes.items, writer.bytes.count};
}

static wp_status read_person(wpi_record_bytes bytes)
{
    wpi_person_record record;
    return wpi_record_read_person(bytes, &arena, &record, NULL);
}

static wp_status read_interaction(wpi_record_bytes bytes)
{
    wp_interaction record;
    return wpi_record_read_interaction(bytes, &arena, &record, NULL);
}

static wp_status read_tie(wpi_record_bytes bytes)
{
    wpi_tie_state record;
    return wpi_record_read_tie(bytes, &record, NULL);
}

static wp_status read_evidence(wpi_record_bytes bytes)
{
    wpi_evidence_record record;
    return wpi_record_read_evidence(bytes, &record, NULL);
}

/* Each truncation fails; each changed byte gives a status, under the sanitizers nothing else. */
static void expect_robust(wp_status (*read)(wpi_record_bytes))
{
    wpi_record_bytes whole = written();
    assert_int_equal(read(whole), WP_OK);
    for (size_t size = 0; size < whole.size; size++) {
        unsigned char *exact = malloc(size + 1);
        assert_non_null(exact);
        memcpy(exact, whole.data, size);
        assert_int_equal(read((wpi_record_bytes){exact, size}), WP_ECORRUPT);
        free(exact);
    }
    for (size_t at = 0; at < whole.size; at++) {
        unsigned char *changed = malloc(whole.size);
        assert_non_null(changed);
        memcpy(changed, whole.data, whole.size);
        for (int bit = 0; bit < 8; bit++) {
            changed[at] ^= (unsigned char)(1 << bit);
            wp_status status = read((wpi_record_bytes){changed, whole.size});
            assert_true(status == WP_OK || status == WP_ECORRUPT);
        }
        free(changed);
        wpi_arena_reset(&arena);
    }
}

static void person__comes_back(void **unused)
{
    (void)unused;
    wp_identity identities[] = {{WP_IDENTITY_EMAIL, "a@b.c"}, {WP_IDENTITY_ID, "7"}};
    wp_spelling spelling = {"Ann Lee", 3};
    wpi_person_record record = {.us = WP_US_YES,
                                .has_no_company = true,
                                .name = "Ann",
                                .identities = identities,
                                .identity_count = 2,
                                .spellings = &spelling,
                                .spelling_count = 1},
                      back;
    wpi_writer_clear(&writer);
    wpi_record_write_person(&writer, &record);
    assert_int_equal(wpi_record_read_person(written(), &arena, &back, NULL), WP_OK);
    assert_string_equal(back.name, "Ann");
    assert_null(back.title);
    assert_string_equal(back.identities[1].text, "7");
    assert_int_equal(back.spellings[0].count, 3);
    assert_true(back.us == WP_US_YES && back.has_no_company);
    expect_robust(read_person);
}

static void interaction__comes_back(void **unused)
{
    (void)unused;
    wp_participant to[] = {{2, WP_ROLE_TO}, {3, WP_ROLE_CC}};
    wp_interaction record = WP_INTERACTION_INIT, back;
    record.source = "<1@x>";
    record.reply_to = "<0@x>";
    record.time_s = 1700000000;
    record.from = 1;
    record.to = to;
    record.to_count = 2;
    record.valence = -0.5;
    wpi_writer_clear(&writer);
    wpi_record_write_interaction(&writer, &record);
    assert_int_equal(wpi_record_read_interaction(written(), &arena, &back, NULL), WP_OK);
    assert_string_equal(back.reply_to, "<0@x>");
    assert_true(back.to_count == 2 && back.to[1].role == WP_ROLE_CC && back.valence == -0.5);
    expect_robust(read_interaction);
}

static void tie__comes_back(void **unused)
{
    (void)unused;
    wpi_tie_state record = {.reference_s = 5, .first_s = 4, .last_s = 5}, back;
    record.flow[1] = (wpi_flow){1.5, 2.5, 0.25, 0.5, 9};
    record.stated[0] = (wpi_stated){.kind = WPI_STATED_P, .p = 0.37};
    record.stated[1] = (wpi_stated){.kind = WPI_STATED_COST, .cost = 994252};
    wpi_writer_clear(&writer);
    wpi_record_write_tie(&writer, &record);
    assert_int_equal(wpi_record_read_tie(written(), &back, NULL), WP_OK);
    assert_true(back.flow[1].slow == 2.5 && back.flow[1].count == 9 && back.stated[0].p == 0.37);
    assert_int_equal(back.stated[1].cost, 994252);
    expect_robust(read_tie);
}

static void evidence__comes_back(void **unused)
{
    (void)unused;
    wpi_evidence_record record = {.kind = WP_KIND_MEETING,
                                  .has_direction = {true, true},
                                  .sender = 1,
                                  .valence = 0.5,
                                  .weight = {4.0, 4.0}},
                        back;
    wpi_writer_clear(&writer);
    wpi_record_write_evidence(&writer, &record);
    assert_int_equal(wpi_record_read_evidence(written(), &back, NULL), WP_OK);
    assert_true(back.sender == 1 && back.weight[1] == 4.0 && back.kind == WP_KIND_MEETING);
    expect_robust(read_evidence);
}

static void adjacency__leaves_out_what_constant_arcs_do_not_need(void **unused)
{
    (void)unused;
    wpi_arc_list list;
    wpi_arc arcs[2] = {{.hot = {7, {693147, 800000}}, .cold = {.flags = WPI_ARC_CONSTANT}},
                       {.hot = {9, {WP_COST_NONE, 900000}}, .cold = {.flags = WPI_ARC_CONSTANT}}};
    wpi_writer_clear(&writer);
    wpi_adjacency_write(&writer, arcs, 2, NULL);
    assert_int_equal(written().size, 12 + 2 * 12);
    assert_int_equal(wpi_adjacency_read(written().data, written().size, &list, NULL), WP_OK);
    assert_int_equal(list.day_max, WP_DAY_NONE);
    arcs[1].cold = (wpi_arc_cold){{1.0f, 2.0f}, {3.0f, 4.0f}, 19000, 0};
    wpi_writer_clear(&writer);
    wpi_adjacency_write(&writer, arcs, 2, NULL);
    assert_int_equal(written().size, 12 + 2 * 36);
    assert_int_equal(wpi_adjacency_read(written().data, written().size, &list, NULL), WP_OK);
    assert_true(list.day_max == 19000 && list.count == 2);
    assert_int_equal(wpi_arc_list_hot(&list, 1).other, 9);
    assert_true(wpi_arc_list_cold(&list, 1).slow[1] == 4.0f);
    for (size_t size = 0; size < written().size; size++)
        assert_int_equal(wpi_adjacency_read(written().data, size, &list, NULL), WP_ECORRUPT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(person__comes_back),
        cmocka_unit_test(interaction__comes_back),
        cmocka_unit_test(tie__comes_back),
        cmocka_unit_test(evidence__comes_back),
        cmocka_unit_test(adjacency__leaves_out_what_constant_arcs_do_not_need),
    };
    return cmocka_run_group_tests(tests, NULL, end);
}
