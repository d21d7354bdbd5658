/*
 * Records that are whole, but say what no writer of this format says, are refused; and what lacks
 * memory says so. Each record here differs from a sound one in one field.
 */
#include "base/memory.h"
#include "facts.h"
#include "fixture.h"
#include "memory_left.h"

/* Write a record, read it back, and expect this status. */
#define EXPECT_BACK(expected, write, read)                                                         \
    do {                                                                                           \
        wp_error error = {WP_OK, ""}, *err = &error;                                               \
        wpi_writer_clear(&writer);                                                                 \
        write;                                                                                     \
        assert_int_equal(read, expected);                                                          \
        assert_int_equal(error.status, expected);                                                  \
        (void)err;                                                                                 \
    } while (0)

static void expect_identity(wpi_identity_record record, wp_status expected)
{
    wpi_identity_record back;
    EXPECT_BACK(expected, wpi_record_write_identity(&writer, &record),
                wpi_record_read_identity(written(), &back, err));
}

static void identity__has_a_number_and_a_text(void **unused)
{
    (void)unused;
    expect_identity((wpi_identity_record){WP_IDENTITY_ID, 1, "a"}, WP_OK);
    expect_identity((wpi_identity_record){WP_IDENTITY_ID, 0, "a"}, WP_ECORRUPT);
    expect_identity((wpi_identity_record){WP_IDENTITY_ID, 1, NULL}, WP_ECORRUPT);
}

static void expect_statement(wpi_statement_record record, wp_status expected)
{
    wpi_statement_record back;
    EXPECT_BACK(expected, wpi_record_write_statement(&writer, &record),
                wpi_record_read_statement(written(), &arena, &back, err));
}

static void statement__has_an_identity_and_names_spelt(void **unused)
{
    static wp_spelling nameless = {NULL, 1};
    wpi_statement_record record = {.identity = {WP_IDENTITY_DOMAIN, "a.com"}, .parent = 7};
    (void)unused;
    expect_statement(record, WP_OK);
    record.identity.text = NULL;
    expect_statement(record, WP_ECORRUPT);
    record.identity = (wp_identity){(wp_identity_kind)0, "a"};
    expect_statement(record, WP_ECORRUPT);
    record.identity = (wp_identity){(wp_identity_kind)7, "a"};
    expect_statement(record, WP_ECORRUPT);
    record.identity.kind = WP_IDENTITY_ID;
    record.us = (wp_us)3;
    expect_statement(record, WP_ECORRUPT);
    record.us = WP_US_YES;
    record.spellings = &nameless;
    record.spelling_count = 1;
    expect_statement(record, WP_ECORRUPT);
}

static void source__has_a_name(void **unused)
{
    wpi_source_record record = {.name = NULL}, back;
    (void)unused;
    EXPECT_BACK(WP_ECORRUPT, wpi_record_write_source(&writer, &record),
                wpi_record_read_source(written(), &back, err));
}

static const wp_participant both[] = {{2, WP_ROLE_TO}, {3, WP_ROLE_TO}};
static const wp_sums some_sums = {.first_s = 5, .slow = {1.0, 0.0}, .count = {1, 0}};

static wp_interaction sound_interaction(wp_kind kind)
{
    wp_interaction record = facts_of_mail("a", 9, 1, both);
    record.kind = kind;
    record.sums = kind == WP_KIND_SUMMARY ? &some_sums : NULL;
    return record;
}

static void expect_interaction(const wp_interaction *record, wp_status expected)
{
    wp_interaction back;
    EXPECT_BACK(expected, wpi_record_write_interaction(&writer, record),
                wpi_record_read_interaction(written(), &arena, &back, err));
}

#define REFUSED_WITH(kind, field, value)                                                           \
    do {                                                                                           \
        wp_interaction record = sound_interaction(kind);                                           \
        record.field = value;                                                                      \
        expect_interaction(&record, WP_ECORRUPT);                                                  \
    } while (0)

static void interaction__has_fields_in_range(void **unused)
{
    static const wp_participant nobody = {0, WP_ROLE_TO}, roleless = {2, (wp_role)0},
                                role_7 = {2, (wp_role)7};
    static const wp_sums late = {.first_s = WP_TIME_MAX + 1}, early = {.first_s = -1},
                         less = {.fast = {-1.0}}, more = {.negative = {0, 1e300}};
    wp_interaction mail = sound_interaction(WP_KIND_MAIL),
                   summary = sound_interaction(WP_KIND_SUMMARY);
    (void)unused;
    expect_interaction(&mail, WP_OK);
    expect_interaction(&summary, WP_OK);
    REFUSED_WITH(WP_KIND_MAIL, kind, (wp_kind)0);
    REFUSED_WITH(WP_KIND_MAIL, kind, WP_KIND_TOGETHER);
    REFUSED_WITH(WP_KIND_MAIL, time_s, -1);
    REFUSED_WITH(WP_KIND_MAIL, time_s, WP_TIME_MAX + 1);
    REFUSED_WITH(WP_KIND_MAIL, from, 0);
    REFUSED_WITH(WP_KIND_MAIL, source, NULL);
    REFUSED_WITH(WP_KIND_MAIL, valence, 1.5);
    REFUSED_WITH(WP_KIND_MAIL, valence, -1.5);
    REFUSED_WITH(WP_KIND_MAIL, to, &nobody);
    REFUSED_WITH(WP_KIND_MAIL, to, &roleless);
    REFUSED_WITH(WP_KIND_MAIL, to, &role_7);
    REFUSED_WITH(WP_KIND_SUMMARY, sums, &late);
    REFUSED_WITH(WP_KIND_SUMMARY, sums, &early);
    REFUSED_WITH(WP_KIND_SUMMARY, sums, &less);
    REFUSED_WITH(WP_KIND_SUMMARY, sums, &more);
    REFUSED_WITH(WP_KIND_SUMMARY, to_count, 2);
}

static void expect_evidence(wpi_evidence_record record, wp_status expected)
{
    wpi_evidence_record back;
    wp_sums sums;
    EXPECT_BACK(expected, wpi_record_write_evidence(&writer, &record),
                wpi_record_read_evidence(written(), &sums, &back, err));
}

static void evidence__has_fields_in_range(void **unused)
{
    static const wp_sums early = {.first_s = -1};
    wpi_evidence_record sound = {.kind = WP_KIND_MAIL,
                                 .has_direction = {true, false},
                                 .weight = {1.0, 0.0}},
                        other = sound;
    (void)unused;
    expect_evidence(sound, WP_OK);
    other.kind = (wp_kind)0;
    expect_evidence(other, WP_ECORRUPT);
    other.kind = (wp_kind)15;
    expect_evidence(other, WP_ECORRUPT);
    other = sound;
    other.weight[0] = -1.0;
    expect_evidence(other, WP_ECORRUPT);
    other.weight[0] = 1e9;
    expect_evidence(other, WP_ECORRUPT);
    other = sound;
    other.valence = 2.0;
    expect_evidence(other, WP_ECORRUPT);
    other = (wpi_evidence_record){.kind = WP_KIND_SUMMARY, .sums = &early};
    expect_evidence(other, WP_ECORRUPT);
}

static void expect_consent(unsigned choice, wp_status expected)
{
    wpi_consent_record record = {.choice = (wp_choice)choice}, back;
    EXPECT_BACK(expected, wpi_record_write_consent(&writer, &record),
                wpi_record_read_consent(written(), &back, err));
}

static void expect_restated(unsigned kind, double p, wp_status expected)
{
    wpi_stated record = {.p = p}, back;
    memcpy(&record.kind, &kind, sizeof record.kind);
    EXPECT_BACK(expected, wpi_record_write_restated(&writer, &record),
                wpi_record_read_restated(written(), &back, err));
}

static void expect_opportunity(unsigned state, const char *id, wp_status expected)
{
    wp_opportunity record = WP_OPPORTUNITY_INIT, back;
    record.state = (wp_opportunity_state)state;
    record.id = id;
    EXPECT_BACK(expected, wpi_record_write_opportunity(&writer, &record),
                wpi_record_read_opportunity(written(), &back, err));
}

static void small_records__have_fields_in_range(void **unused)
{
    (void)unused;
    expect_consent(WP_CHOICE_ASK, WP_OK);
    expect_consent(WP_CHOICE_UNSAID, WP_ECORRUPT);
    expect_consent(4, WP_ECORRUPT);
    expect_restated(WPI_STATED_P, .5, WP_OK);
    expect_restated(WPI_STATED_COST, 0, WP_OK);
    expect_restated(WPI_STATED_P, 0, WP_ECORRUPT);
    expect_restated(WPI_STATED_P, 1.5, WP_ECORRUPT);
    expect_restated(9, .5, WP_ECORRUPT);
    expect_opportunity(WP_OPPORTUNITY_LOST, "a", WP_OK);
    expect_opportunity(3, "a", WP_ECORRUPT);
    expect_opportunity(0, NULL, WP_ECORRUPT);
}

/* Whole records are read; with a byte behind them they are refused. */
#define EXPECT_END(write, read)                                                                    \
    do {                                                                                           \
        EXPECT_BACK(WP_OK, write, read);                                                           \
        EXPECT_BACK(                                                                               \
            WP_ECORRUPT,                                                                           \
            do {                                                                                   \
                write;                                                                             \
                wpi_writer_u8(&writer, 0);                                                         \
            } while (0),                                                                           \
            read);                                                                                 \
    } while (0)

static void records__end_where_they_end(void **unused)
{
    wpi_employment_record employment = {.to_day = 9}, read_employment;
    wpi_suppressed_record suppressed = {.list = 1}, read_suppressed;
    wpi_audit_record audit = {.action = 1}, read_audit;
    wp_contact_role role = {.is_primary = true}, read_role;
    wpi_consent_record consent = {.choice = WP_CHOICE_IN}, read_consent;
    (void)unused;
    EXPECT_END(wpi_record_write_employment(&writer, &employment),
               wpi_record_read_employment(written(), &read_employment, err));
    EXPECT_END(wpi_record_write_suppressed(&writer, &suppressed),
               wpi_record_read_suppressed(written(), &read_suppressed, err));
    EXPECT_END(wpi_record_write_audit(&writer, &audit),
               wpi_record_read_audit(written(), &read_audit, err));
    EXPECT_END(wpi_record_write_role(&writer, &role),
               wpi_record_read_role(written(), &read_role, err));
    EXPECT_END(wpi_record_write_consent(&writer, &consent),
               wpi_record_read_consent(written(), &read_consent, err));
}

/* ---- ties -------------------------------------------------------------------------------------
 */

static wp_status read_first(const void *bytes, size_t size)
{
    wpi_tie_run run = wpi_tie_run_of((wpi_record_bytes){bytes, size});
    wpi_tie_entry entry;
    wpi_tie_state state;
    if (!wpi_tie_run_next(&run, &entry)) {
        assert_false(wpi_tie_run_next(&run, &entry)); /* nor a second time */
        return wpi_tie_run_status(&run, NULL);
    }
    return wpi_tie_entry_read(&entry, &state, NULL);
}

static void tie_entry__has_fields_in_range(void **unused)
{
    wpi_tie_state state = {.reference_s = 5, .first_s = 4, .last_s = 5};
    unsigned char entry[WPI_TIE_ENTRY_BYTES_MAX];
    (void)unused;
    assert_int_equal(read_first(entry, wpi_tie_entry_write(entry, 3, &state)), WP_OK);
    assert_int_equal(read_first(entry, wpi_tie_entry_write(entry, 0, &state)), WP_ECORRUPT);
    state.first_s = -7;
    assert_int_equal(read_first(entry, wpi_tie_entry_write(entry, 3, &state)), WP_ECORRUPT);
    state.first_s = 4;
    state.last_s = WP_TIME_MAX + 1;
    assert_int_equal(read_first(entry, wpi_tie_entry_write(entry, 3, &state)), WP_ECORRUPT);
    state = (wpi_tie_state)WPI_TIE_STATE_INIT;
    for (int i = 0; i < 2; i++) {
        state.stated[i] = (wpi_stated){.kind = WPI_STATED_P, .p = 1.5, .source = 7};
        assert_int_equal(read_first(entry, wpi_tie_entry_write(entry, 3, &state)), WP_ECORRUPT);
        state.stated[i].kind = WPI_STATED_NONE;
    }
    assert_int_equal(wpi_tie_billionths(0.0), 0);
    assert_int_equal(wpi_tie_billionths(2.0), 0);
}

/* A source takes up to five bytes of seven bits; more than 32 bits are none. */
static void source_of_a_tie__is_a_number_of_32_bits(void **unused)
{
    wpi_tie_state state = WPI_TIE_STATE_INIT;
    unsigned char entry[WPI_TIE_ENTRY_BYTES_MAX];
    (void)unused;
    state.stated[0] = (wpi_stated){.kind = WPI_STATED_COST, .cost = 1, .source = 0xfffffff0u};
    size_t size = wpi_tie_entry_write(entry, 3, &state);
    assert_int_equal(read_first(entry, size), WP_OK);
    entry[size - 1] = 0x7f;
    assert_int_equal(read_first(entry, size), WP_ECORRUPT);
    entry[size - 1] = 0xff;
    assert_int_equal(read_first(entry, size), WP_ECORRUPT);
}

/* ---- memory -----------------------------------------------------------------------------------
 */

/* Have a call fail at its first allocation, its second and so on, until it needs no more. */
static void expect_no_memory(wp_status (*call)(wp_error *err))
{
    wp_status status = WP_ENOMEM;
    for (unsigned count = 0; status != WP_OK; count++) {
        wp_error err = {WP_OK, ""};
        wpi_arena_free(&arena);
        memory_leave(count);
        status = call(&err);
        memory_leave_all();
        assert_true(status == WP_OK || (status == WP_ENOMEM && err.status == WP_ENOMEM));
        assert_in_range(count, 0, 60);
    }
}

static wp_status read_back_interaction(wp_error *err)
{
    wp_interaction back;
    return wpi_record_read_interaction(written(), &arena, &back, err);
}

static wp_status read_back_statement(wp_error *err)
{
    wpi_statement_record back;
    return wpi_record_read_statement(written(), &arena, &back, err);
}

#define MANY 3000

static void reading__says_that_there_is_no_memory(void **unused)
{
    static uint32_t links[MANY];
    static wp_spelling spellings[MANY];
    static wp_participant to[MANY];
    wpi_statement_record record = {.identity = {WP_IDENTITY_ID, "7"},
                                   .links = links,
                                   .link_count = MANY,
                                   .spellings = spellings,
                                   .spelling_count = MANY};
    wp_interaction mail = sound_interaction(WP_KIND_MAIL), summary;
    (void)unused;
    for (size_t i = 0; i < MANY; i++) {
        spellings[i] = (wp_spelling){"a", 1};
        to[i] = both[0];
    }
    wpi_writer_clear(&writer);
    wpi_record_write_statement(&writer, &record);
    expect_no_memory(read_back_statement);
    mail.to = to;
    mail.to_count = MANY;
    wpi_writer_clear(&writer);
    wpi_record_write_interaction(&writer, &mail);
    expect_no_memory(read_back_interaction);
    summary = sound_interaction(WP_KIND_SUMMARY);
    wpi_writer_clear(&writer);
    wpi_record_write_interaction(&writer, &summary);
    expect_no_memory(read_back_interaction);
}

static wpi_arc arcs[20];

static wp_status write_lists(wp_error *err)
{
    wpi_writer out = WPI_WRITER_INIT;
    wpi_delta_write(&out, arcs, 20, 19000, err);
    wp_status status = wpi_writer_status(&out, err);
    wpi_writer_free(&out);
    return status;
}

static wp_status add_lists(wpi_segment_writer *segment, wp_error *err)
{
    for (uint32_t place = 0; place < 9; place += 3)
        WPI_TRY(wpi_segment_add(segment, place, arcs, 20, err));
    return WP_OK;
}

static wp_status write_segment(wp_error *err)
{
    wpi_segment_writer segment;
    wpi_writer out = WPI_WRITER_INIT;
    wpi_segment_writer_init(&segment, 2, 19000);
    wp_status status = add_lists(&segment, err);
    if (status == WP_OK) {
        wpi_segment_write(&segment, &out, err);
        status = wpi_writer_status(&out, err);
    }
    wpi_segment_writer_free(&segment);
    wpi_writer_free(&out);
    return status;
}

/* Copies the lists of the segment that `writer` holds. */
static wp_status copy_segment(wp_error *err)
{
    wpi_segment segment;
    wpi_arc_list list;
    wpi_segment_writer copy;
    wp_status status = wpi_segment_read(written().data, written().size, 2, 99, &segment, err);
    wpi_segment_writer_init(&copy, 2, 19000);
    for (uint32_t place = 0; place < segment.people && status == WP_OK; place++) {
        wpi_segment_list(&segment, place, &list);
        status = wpi_segment_copy(&copy, place, &list, err);
    }
    wpi_segment_writer_free(&copy);
    return status;
}

static void writing__says_that_there_is_no_memory(void **unused)
{
    wpi_segment_writer segment;
    (void)unused;
    for (uint32_t i = 0; i < 20; i++)
        arcs[i] = (wpi_arc){.hot = {i + 1, {500000, 600000}, 0}, .cold = {.day = 18990}};
    expect_no_memory(write_lists);
    expect_no_memory(write_segment);
    wpi_segment_writer_init(&segment, 2, 19000);
    assert_int_equal(add_lists(&segment, NULL), WP_OK);
    wpi_writer_clear(&writer);
    wpi_segment_write(&segment, &writer, NULL);
    wpi_segment_writer_free(&segment);
    expect_no_memory(copy_segment);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(identity__has_a_number_and_a_text),
        cmocka_unit_test(statement__has_an_identity_and_names_spelt),
        cmocka_unit_test(source__has_a_name),
        cmocka_unit_test(interaction__has_fields_in_range),
        cmocka_unit_test(evidence__has_fields_in_range),
        cmocka_unit_test(small_records__have_fields_in_range),
        cmocka_unit_test(records__end_where_they_end),
        cmocka_unit_test(tie_entry__has_fields_in_range),
        cmocka_unit_test(source_of_a_tie__is_a_number_of_32_bits),
        cmocka_unit_test(reading__says_that_there_is_no_memory),
        cmocka_unit_test(writing__says_that_there_is_no_memory),
    };
    return cmocka_run_group_tests(tests, NULL, free_written);
}
