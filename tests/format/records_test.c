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
#include "format/segment.h"
#include "format/tie_run.h"

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

static wp_status read_statement(wpi_record_bytes bytes)
{
    wpi_statement_record record;
    return wpi_record_read_statement(bytes, &arena, &record, NULL);
}

static wp_status read_opportunity(wpi_record_bytes bytes)
{
    wp_opportunity record;
    return wpi_record_read_opportunity(bytes, &record, NULL);
}

static wp_status read_interaction(wpi_record_bytes bytes)
{
    wp_interaction record;
    return wpi_record_read_interaction(bytes, &arena, &record, NULL);
}

static wp_status read_run(wpi_record_bytes bytes)
{
    wpi_tie_run run = wpi_tie_run_of(bytes);
    wpi_tie_entry entry;
    wpi_tie_state state;
    while (wpi_tie_run_next(&run, &entry))
        WPI_TRY(wpi_tie_entry_read(&entry, &state, NULL));
    return wpi_tie_run_status(&run, NULL);
}

static wp_status read_evidence(wpi_record_bytes bytes)
{
    wpi_evidence_record record;
    wp_sums sums;
    return wpi_record_read_evidence(bytes, &sums, &record, NULL);
}

/* Each truncation fails; each changed byte gives a status, under the sanitizers nothing else. */
static void expect_robust_from(wp_status (*read)(wpi_record_bytes), size_t least)
{
    wpi_record_bytes whole = written();
    assert_int_equal(read(whole), WP_OK);
    for (size_t size = least; size < whole.size; size++) {
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

static void expect_robust(wp_status (*read)(wpi_record_bytes))
{
    expect_robust_from(read, 0);
}

static void statement__comes_back(void **unused)
{
    (void)unused;
    uint32_t links[] = {3, 9};
    wp_spelling spelling = {"Ann Lee", 3};
    wpi_statement_record record = {.identity = {WP_IDENTITY_EMAIL, "a@b.c"},
                                   .us = WP_US_YES,
                                   .has_no_company = true,
                                   .name = "Ann",
                                   .links = links,
                                   .link_count = 2,
                                   .spellings = &spelling,
                                   .spelling_count = 1},
                         back;
    wpi_writer_clear(&writer);
    wpi_record_write_statement(&writer, &record);
    assert_int_equal(wpi_record_read_statement(written(), &arena, &back, NULL), WP_OK);
    assert_string_equal(back.identity.text, "a@b.c");
    assert_string_equal(back.name, "Ann");
    assert_null(back.title);
    assert_true(back.link_count == 2 && back.links[1] == 9 && back.parent == 0);
    assert_int_equal(back.spellings[0].count, 3);
    assert_true(back.us == WP_US_YES && back.has_no_company);
    expect_robust(read_statement);
}

static void statement__that_says_nothing_is_small(void **unused)
{
    (void)unused;
    wpi_statement_record record = {.identity = {WP_IDENTITY_ID, "7"}};
    wpi_writer_clear(&writer);
    wpi_record_write_statement(&writer, &record);
    assert_int_equal(written().size, 1 + 4 + 2 + 1);
}

static void opportunity__comes_back(void **unused)
{
    (void)unused;
    wp_opportunity record = WP_OPPORTUNITY_INIT, back;
    record.id = "006";
    record.amount = 1250.5;
    record.currency = "EUR";
    record.state = WP_OPPORTUNITY_WON;
    record.owner = 4;
    wpi_writer_clear(&writer);
    wpi_record_write_opportunity(&writer, &record);
    assert_int_equal(wpi_record_read_opportunity(written(), &back, NULL), WP_OK);
    assert_string_equal(back.id, "006");
    assert_null(back.stage);
    assert_true(back.amount == 1250.5 && back.state == WP_OPPORTUNITY_WON && back.owner == 4);
    assert_int_equal(back.closed_day, WP_DAY_NONE);
    expect_robust(read_opportunity);
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
    record.revision = 3;
    wpi_writer_clear(&writer);
    wpi_record_write_interaction(&writer, &record);
    assert_int_equal(wpi_record_read_interaction(written(), &arena, &back, NULL), WP_OK);
    assert_string_equal(back.reply_to, "<0@x>");
    assert_true(back.to_count == 2 && back.to[1].role == WP_ROLE_CC && back.valence == -0.5);
    assert_true(back.revision == 3 && back.series_revision == 0);
    expect_robust(read_interaction);
    wpi_writer_u64(&writer, 2);
    assert_int_equal(wpi_record_read_interaction(written(), &arena, &back, NULL), WP_OK);
    assert_true(back.series_revision == 2 && back.to_count == 2);
    record.series_revision = 2;
    wpi_writer_clear(&writer);
    wpi_record_write_interaction(&writer, &record);
    assert_int_equal(wpi_record_read_interaction(written(), &arena, &back, NULL), WP_OK);
    assert_true(back.series_revision == 2);
}

static void interaction__has_no_series_revision_of_zero_or_less(void **unused)
{
    (void)unused;
    wp_interaction record = WP_INTERACTION_INIT;
    record.source = "a";
    record.from = 1;
    record.time_s = 0;
    for (int i = 0; i < 2; i++) {
        wpi_writer_clear(&writer);
        wpi_record_write_interaction(&writer, &record);
        wpi_writer_u64(&writer, i == 0 ? 0 : UINT64_MAX);
        assert_int_equal(read_interaction(written()), WP_ECORRUPT);
    }
}

static void write_entry(uint32_t high, const wpi_tie_state *state)
{
    unsigned char entry[WPI_TIE_ENTRY_BYTES_MAX];
    size_t size = wpi_tie_entry_write(entry, high, state);
    assert_true(size <= sizeof entry);
    for (size_t i = 0; i < size; i++)
        wpi_writer_u8(&writer, entry[i]);
}

/* Bit by bit. */
static void expect_same_flows(const wpi_tie_state *a, const wpi_tie_state *b)
{
    for (int i = 0; i < 2; i++) {
        assert_memory_equal(&a->flow[i], &b->flow[i], offsetof(wpi_flow, count));
        assert_int_equal(a->flow[i].count, b->flow[i].count);
    }
}

static void tie_run__comes_back(void **unused)
{
    (void)unused;
    wpi_tie_state whole = {.reference_s = 5, .first_s = 4, .last_s = WP_TIME_MAX}, back;
    wpi_tie_state empty = WPI_TIE_STATE_INIT, stated = WPI_TIE_STATE_INIT;
    wpi_tie_entry entry;
    whole.flow[0] = (wpi_flow){0.1, 0.2, 0.0, 0.3, UINT32_MAX};
    whole.flow[1] = (wpi_flow){1.5, 1.0 / 3.0, 0.25, 0.5, UINT32_MAX - 1};
    whole.stated[0] = (wpi_stated){.kind = WPI_STATED_P, .p = 1.0 / 3.0};
    whole.stated[1] = (wpi_stated){.kind = WPI_STATED_P, .p = 0.1 + 0.2};
    stated.stated[0] = (wpi_stated){.kind = WPI_STATED_P, .p = 0.37};
    stated.stated[1] = (wpi_stated){.kind = WPI_STATED_COST, .cost = 994252};
    whole.stated[0].source = WP_SOURCE_NONE;
    whole.stated[1].source = WP_SOURCE_NONE - 1;
    empty.is_gone = true;
    wpi_writer_clear(&writer);
    write_entry(7, &empty);
    write_entry(8, &whole);
    write_entry(UINT32_MAX, &stated);
    assert_int_equal(written().size, 5 + (WPI_TIE_ENTRY_BYTES_MAX - 4) + 13);
    assert_int_equal(wpi_tie_run_find(written(), 8, &entry, NULL), WP_OK);
    assert_int_equal(wpi_tie_entry_read(&entry, &back, NULL), WP_OK);
    expect_same_flows(&back, &whole);
    assert_true(back.reference_s == 5 && back.first_s == 4 && back.last_s == WP_TIME_MAX);
    assert_true(back.stated[0].p == 1.0 / 3.0 && back.stated[1].p == 0.1 + 0.2);
    assert_true(back.stated[0].source == WP_SOURCE_NONE && !back.is_gone);
    assert_true(back.stated[1].source == WP_SOURCE_NONE - 1);
    assert_int_equal(wpi_tie_run_find(written(), UINT32_MAX, &entry, NULL), WP_OK);
    assert_int_equal(wpi_tie_entry_read(&entry, &back, NULL), WP_OK);
    assert_true(back.reference_s == WP_TIME_NONE && back.stated[0].p == 0.37);
    assert_int_equal(back.stated[1].cost, 994252);
    assert_int_equal(wpi_tie_run_find(written(), 9, &entry, NULL), WP_ENOTFOUND);
    assert_int_equal(wpi_tie_run_find(written(), 6, &entry, NULL), WP_ENOTFOUND);
    assert_int_equal(read_run(written()), WP_OK);
}

/* The sizes of entries follow from what need not be written, and nothing of a value is lost. */
static void tie_run__leaves_out_zeros_and_repetitions(void **unused)
{
    (void)unused;
    static const struct {
        wpi_flow flow;
        size_t size; /* of fast, slow, positive, negative and count */
    } cases[] = {
        {{0.0, 0.0, 0.0, 0.0, 0}, 1},           {{1.0, 1.0, 0.0, 0.0, 1}, 5},
        {{0.25, 4.0, 0.0, 0.0, 127}, 5},        {{0.0, 1.5, 0.0, 0.0, 128}, 6},
        {{-0.0, 0.0, 0.0, 0.0, 1}, 5},          {{0.1, 0.1, 0.0, 0.0, 1}, 9},
        {{0.1, 0.2, 0.0, 0.0, 2}, 17},          {{1.0, 0.1, 0.0, 0.0, 3}, 17},
        {{1.0, 1.0, 0.5, 0.0, 1}, 21},          {{0.0, 0.0, 0.0, -0.0, 1}, 17},
        {{0.1, 0.2, 0.3, 0.4, UINT32_MAX}, 37}, {{5e-324, 1e300, 0.0, 0.0, 16384}, 19},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        for (size_t j = 0; j < sizeof cases / sizeof *cases; j++) {
            wpi_tie_state state = {.reference_s = 1700000000, .last_s = 1700000000}, back;
            wpi_tie_entry entry;
            state.first_s = i % 2 == 0 ? state.last_s : 5;
            state.reference_s += j % 2 == 0 ? 0 : 5;
            state.flow[0] = cases[i].flow;
            state.flow[1] = cases[j].flow;
            wpi_writer_clear(&writer);
            write_entry(8, &state);
            size_t times = 5 * (1 + i % 2 + j % 2);
            assert_int_equal(written().size, 5 + 1 + times + cases[i].size + cases[j].size);
            assert_int_equal(wpi_tie_run_find(written(), 8, &entry, NULL), WP_OK);
            assert_int_equal(wpi_tie_entry_read(&entry, &back, NULL), WP_OK);
            expect_same_flows(&back, &state);
            assert_true(back.first_s == state.first_s && back.reference_s == state.reference_s);
            assert_int_equal(back.last_s, state.last_s);
            expect_robust_from(read_run, 1);
        }
    }
}

/* The usual case: one direction, stated by one of the first sources. */
static void tie_run__keeps_a_source_in_one_byte(void **unused)
{
    (void)unused;
    wpi_tie_state stated = WPI_TIE_STATE_INIT, back;
    wpi_tie_entry entry;
    stated.stated[1] = (wpi_stated){.kind = WPI_STATED_P, .p = 0.5, .source = 126};
    wpi_writer_clear(&writer);
    write_entry(8, &stated);
    assert_int_equal(written().size, 10);
    assert_int_equal(wpi_tie_run_find(written(), 8, &entry, NULL), WP_OK);
    assert_int_equal(wpi_tie_entry_read(&entry, &back, NULL), WP_OK);
    assert_int_equal(back.stated[1].source, 126);
    stated.stated[1].source = 127;
    wpi_writer_clear(&writer);
    write_entry(8, &stated);
    assert_int_equal(written().size, 11);
}

/* A part of a run is a run where an entry ends; other ends and changed bytes are refused or read,
 * and nothing outside is. */
static void tie_run__is_robust(void **unused)
{
    (void)unused;
    wpi_tie_state whole = {.reference_s = 5, .first_s = 4, .last_s = 5};
    whole.stated[1] = (wpi_stated){.kind = WPI_STATED_P, .p = 1e-12, .source = 300};
    wpi_writer_clear(&writer);
    write_entry(8, &whole);
    expect_robust_from(read_run, 1);
    write_entry(3, &whole);
    assert_int_equal(read_run(written()), WP_ECORRUPT); /* out of order */
}

static void tie_run__keeps_every_p_exactly(void **unused)
{
    (void)unused;
    assert_int_equal(wpi_tie_billionths(1.0), 1000000000);
    assert_int_equal(wpi_tie_billionths(0.6107), 610700000);
    assert_int_equal(wpi_tie_billionths(1e-9), 1);
    assert_int_equal(wpi_tie_billionths(1e-10), 0);
    assert_int_equal(wpi_tie_billionths(1.0 / 3.0), 0);
    assert_int_equal(wpi_tie_billionths(0.1 + 0.2), 0);
    for (uint32_t i = 1; i <= 10000; i++)
        assert_int_equal(wpi_tie_billionths((double)i / 10000), i * 100000);
}

static const wp_sums some_sums = {.first_s = 1600000000,
                                  .fast = {0.25, 1.0},
                                  .slow = {2.5, 3.0},
                                  .positive = {0.0, 0.5},
                                  .negative = {0.125, 0.0},
                                  .count = {7, 3}};

static void evidence_of_a_summary__comes_back(void **unused)
{
    (void)unused;
    wp_sums sums;
    wpi_evidence_record record = {
        .kind = WP_KIND_SUMMARY, .has_direction = {true, true}, .sums = &some_sums};
    wpi_evidence_record back;
    wpi_writer_clear(&writer);
    wpi_record_write_evidence(&writer, &record);
    assert_int_equal(wpi_record_read_evidence(written(), &sums, &back, NULL), WP_OK);
    assert_ptr_equal(back.sums, &sums);
    assert_memory_equal(&sums, &some_sums, sizeof sums);
    expect_robust(read_evidence);
}

static void summary__comes_back(void **unused)
{
    (void)unused;
    wp_participant to = {2, WP_ROLE_TO};
    wp_interaction back, record = WP_INTERACTION_INIT;
    record.source = "s";
    record.kind = WP_KIND_SUMMARY;
    record.time_s = 1700000000;
    record.from = 1;
    record.to = &to;
    record.to_count = 1;
    record.sums = &some_sums;
    wpi_writer_clear(&writer);
    wpi_record_write_interaction(&writer, &record);
    assert_int_equal(wpi_record_read_interaction(written(), &arena, &back, NULL), WP_OK);
    assert_memory_equal(back.sums, &some_sums, sizeof some_sums);
    assert_int_equal(back.to[0].person, 2);
}

static void evidence__comes_back(void **unused)
{
    (void)unused;
    wp_sums sums;
    wpi_evidence_record record = {.kind = WP_KIND_MEETING,
                                  .has_direction = {true, true},
                                  .sender = 1,
                                  .valence = 0.5,
                                  .weight = {4.0, 4.0}},
                        back;
    wpi_writer_clear(&writer);
    wpi_record_write_evidence(&writer, &record);
    assert_int_equal(wpi_record_read_evidence(written(), &sums, &back, NULL), WP_OK);
    assert_true(back.sender == 1 && back.weight[1] == 4.0 && back.kind == WP_KIND_MEETING);
    assert_true(back.valence == 0.5);
    expect_robust(read_evidence);
}

/* Most rows have no valence and a weight that two bytes tell. */
static void evidence__is_short_where_its_values_are(void **unused)
{
    (void)unused;
    static const struct {
        wpi_evidence_record record;
        size_t size;
    } cases[] = {
        {{.kind = WP_KIND_MAIL, .has_direction = {true, false}, .weight = {1.0, 0.0}}, 4},
        {{.kind = WP_KIND_MAIL, .has_direction = {true, true}, .weight = {0.25, 0.0}}, 6},
        {{.kind = WP_KIND_MAIL, .has_direction = {false, true}, .weight = {0.0, 1.0 / 3}}, 10},
        {{.kind = WP_KIND_MAIL, .has_direction = {true, true}, .weight = {0.1, 16.0}}, 12},
        {{.kind = WP_KIND_ASK, .has_direction = {false, true}, .valence = -1.0}, 12},
        {{.kind = WP_KIND_MAIL, .valence = -0.0}, 10},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        wp_sums sums;
        wpi_evidence_record back;
        wpi_writer_clear(&writer);
        wpi_record_write_evidence(&writer, &cases[i].record);
        assert_int_equal(written().size, cases[i].size);
        assert_int_equal(wpi_record_read_evidence(written(), &sums, &back, NULL), WP_OK);
        assert_memory_equal(back.weight, cases[i].record.weight, sizeof back.weight);
        assert_memory_equal(&back.valence, &cases[i].record.valence, sizeof back.valence);
        assert_true(back.has_direction[0] == cases[i].record.has_direction[0]);
        assert_true(back.has_direction[1] == cases[i].record.has_direction[1]);
        expect_robust(read_evidence);
    }
}

/* Bits of no meaning, and the form of a weight that is not there. */
static void evidence__has_no_unknown_directions(void **unused)
{
    (void)unused;
    static const unsigned char sound[] = {WP_KIND_MAIL, 1 | 16, 0xf0, 0x3f};
    static const unsigned char unknown[] = {WP_KIND_MAIL, 1 | 16 | 64, 0xf0, 0x3f};
    static const unsigned char without[] = {WP_KIND_MAIL, 16, 0xf0, 0x3f};
    assert_int_equal(read_evidence((wpi_record_bytes){sound, sizeof sound}), WP_OK);
    assert_int_equal(read_evidence((wpi_record_bytes){unknown, sizeof unknown}), WP_ECORRUPT);
    assert_int_equal(read_evidence((wpi_record_bytes){without, sizeof without}), WP_ECORRUPT);
}

static wpi_arc arc_of(uint32_t other, uint32_t out, uint32_t back)
{
    return (wpi_arc){.hot = {other, {out, back}, WPI_ARC_CONSTANT}};
}

static void overlay__leaves_out_what_constant_arcs_do_not_need(void **unused)
{
    (void)unused;
    wpi_delta delta;
    wpi_arc arcs[2] = {arc_of(9, 693147, 800000), arc_of(7, WP_COST_NONE, 900000)};
    wpi_writer_clear(&writer);
    wpi_delta_write(&writer, arcs, 2, WP_DAY_NONE, NULL);
    assert_int_equal(written().size, 12 + 2 * (4 + 11));
    assert_int_equal(wpi_delta_read(written().data, written().size, 9, &delta, NULL), WP_OK);
    assert_null(delta.list.cold);
    arcs[1].cold = (wpi_evidence){{1.0f, 2.0f}, {3.0f, 4.0f}, 19000};
    arcs[1].hot.flags = WPI_ARC_INTRICATE;
    wpi_writer_clear(&writer);
    wpi_delta_write(&writer, arcs, 2, 19000, NULL);
    assert_int_equal(written().size, 12 + 2 * (4 + 11 + 14));
    assert_int_equal(wpi_delta_read(written().data, written().size, 9, &delta, NULL), WP_OK);
    assert_int_equal(delta.list.count, 2);
    wpi_arc_hot hot = wpi_arc_list_hot(&delta.list, 1);
    wpi_evidence cold = wpi_arc_list_cold(&delta.list, 1);
    assert_true(hot.other == 7 && hot.cost[0] == WP_COST_NONE && hot.cost[1] == 900000);
    assert_true(cold.fast[0] == 1.0f && cold.fast[1] == 2.0f);
    assert_true(cold.slow[0] == 3.0f && cold.slow[1] == 4.0f);
    assert_true(cold.day == 19000 && hot.flags == WPI_ARC_INTRICATE);
    assert_true(wpi_delta_has(&delta, 7) && wpi_delta_has(&delta, 9) && !wpi_delta_has(&delta, 8));
    for (size_t size = 0; size < written().size; size++)
        assert_int_equal(wpi_delta_read(written().data, size, 9, &delta, NULL), WP_ECORRUPT);
}

/* Three people of segment 2; the second has no ties. */
static void write_segment(void)
{
    wpi_segment_writer segment;
    wpi_arc arcs[2] = {arc_of(5, 20203, 300000), arc_of(3, 400000, WP_COST_NONE)};
    arcs[1].cold = (wpi_evidence){{1.5f, 0.0f}, {2.5f, 0.0f}, 18999};
    arcs[1].hot.flags = 0;
    wpi_segment_writer_init(&segment, 2, 19000);
    arcs[0].cold.day = wpi_arc_day_first(19000);
    assert_int_equal(wpi_segment_add(&segment, 0, arcs, 2, NULL), WP_OK);
    assert_int_equal(wpi_segment_add(&segment, 2, arcs, 1, NULL), WP_OK);
    wpi_writer_clear(&writer);
    wpi_segment_write(&segment, &writer, NULL);
    wpi_segment_writer_free(&segment);
}

static void segment__comes_back_list_by_list(void **unused)
{
    (void)unused;
    wpi_segment segment;
    wpi_arc_list list;
    write_segment();
    assert_int_equal(written().size, 20 + 3 * 12 + 4 + 3 * 11 + 1 + 3 * 14);
    assert_int_equal(wpi_segment_read(written().data, written().size, 2, 5, &segment, NULL), WP_OK);
    assert_true(segment.people == 3 && segment.arcs == 3 && segment.first == 2 * 1024);
    for (uint32_t place = 0; place < 3; place++) {
        assert_int_equal(wpi_segment_verify(&segment, place, false, NULL), WP_OK);
        assert_int_equal(wpi_segment_verify(&segment, place, true, NULL), WP_OK);
        wpi_segment_list(&segment, place, &list);
        assert_int_equal(list.count, place == 0 ? 2 : place == 1 ? 0 : 1);
    }
    wpi_segment_list(&segment, 0, &list);
    assert_int_equal(wpi_arc_list_hot(&list, 1).other, 3);
    assert_int_equal((int)wpi_arc_list_hot(&list, 0).flags, WPI_ARC_CONSTANT);
    assert_int_equal(wpi_arc_list_cold(&list, 1).day, 18999);
    assert_int_equal(wpi_segment_read(written().data, written().size, 3, 5, &segment, NULL),
                     WP_ECORRUPT);
}

/* Whether any check notices: that of the head, or that of a list. */
static bool is_noticed(void)
{
    wpi_segment segment;
    if (wpi_segment_read(written().data, written().size, 2, 5, &segment, NULL) != WP_OK)
        return true;
    for (uint32_t place = 0; place < segment.people; place++)
        if (wpi_segment_verify(&segment, place, false, NULL) != WP_OK ||
            wpi_segment_verify(&segment, place, true, NULL) != WP_OK)
            return true;
    return false;
}

static void segment__notices_every_changed_byte(void **unused)
{
    (void)unused;
    write_segment();
    unsigned char *bytes = writer.bytes.items;
    size_t padding = 20 + 3 * 12 + 4 + 3 * 11;
    assert_false(is_noticed());
    for (size_t i = 0; i < written().size; i++) {
        bytes[i] ^= 0x10;
        if (i != padding && !is_noticed())
            fail_msg("byte %zu changed unnoticed", i);
        bytes[i] ^= 0x10;
    }
}

static void amount__loses_less_than_two_millionths(void **unused)
{
    (void)unused;
    assert_true(wpi_amount_unpack(wpi_amount_pack(0.0)) == 0.0f);
    assert_true(wpi_amount_unpack(wpi_amount_pack(1e-13)) == 0.0f);
    assert_true(wpi_amount_unpack(wpi_amount_pack(1e30)) > 1.6e7f);
    for (double amount = 1e-11; amount < 1e7; amount *= 1.0037) {
        double back = wpi_amount_unpack(wpi_amount_pack(amount));
        assert_true(back >= amount * (1 - 1.95e-6) && back <= amount * (1 + 1.95e-6));
        assert_int_equal(wpi_amount_pack(back), wpi_amount_pack(amount));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(statement__comes_back),
        cmocka_unit_test(statement__that_says_nothing_is_small),
        cmocka_unit_test(opportunity__comes_back),
        cmocka_unit_test(interaction__comes_back),
        cmocka_unit_test(interaction__has_no_series_revision_of_zero_or_less),
        cmocka_unit_test(tie_run__comes_back),
        cmocka_unit_test(tie_run__leaves_out_zeros_and_repetitions),
        cmocka_unit_test(tie_run__keeps_a_source_in_one_byte),
        cmocka_unit_test(tie_run__is_robust),
        cmocka_unit_test(tie_run__keeps_every_p_exactly),
        cmocka_unit_test(evidence_of_a_summary__comes_back),
        cmocka_unit_test(summary__comes_back),
        cmocka_unit_test(evidence__comes_back),
        cmocka_unit_test(evidence__is_short_where_its_values_are),
        cmocka_unit_test(evidence__has_no_unknown_directions),
        cmocka_unit_test(overlay__leaves_out_what_constant_arcs_do_not_need),
        cmocka_unit_test(segment__comes_back_list_by_list),
        cmocka_unit_test(segment__notices_every_changed_byte),
        cmocka_unit_test(amount__loses_less_than_two_millionths),
    };
    return cmocka_run_group_tests(tests, NULL, end);
}
