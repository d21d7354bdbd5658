/*
 * Numbers and texts in byte strings: known bytes, round trips, and records that are cut at every
 * length, which must read as short and never beyond their end. Also the days of times.
 */
#include "base/bytes.h"
#include "base/time.h"
#include "memory_left.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void bytes__have_the_order_they_say(void **state)
{
    (void)state;
    unsigned char at[8];
    wpi_bytes_put_be32(at, 0x01020304);
    assert_memory_equal(at, "\x01\x02\x03\x04", 4);
    assert_int_equal(wpi_bytes_get_be32(at), 0x01020304);
    wpi_bytes_put_be64(at, UINT64_C(0xF1F2030405060708));
    assert_memory_equal(at, "\xF1\xF2\x03\x04\x05\x06\x07\x08", 8);
    assert_int_equal(wpi_bytes_get_be64(at), UINT64_C(0xF1F2030405060708));
    wpi_bytes_put_le32(at, 0xF1020304);
    assert_memory_equal(at, "\x04\x03\x02\xF1", 4);
    assert_int_equal(wpi_bytes_get_le32(at), 0xF1020304);
    assert_int_equal(wpi_bytes_get_le16(at), 0x0304);
    wpi_bytes_put_le64(at, UINT64_C(0xF1F2030405060708));
    assert_int_equal(wpi_bytes_get_le64(at), UINT64_C(0xF1F2030405060708));
    assert_int_equal(at[0], 8);
}

static void write_record(wpi_writer *writer)
{
    wpi_writer_u8(writer, 0xAB);
    wpi_writer_u16(writer, 0xCDEF);
    wpi_writer_text(writer, "Łukasz");
    wpi_writer_u32(writer, 0xFFFFFFFE);
    wpi_writer_text(writer, NULL);
    wpi_writer_text(writer, "");
    wpi_writer_u64(writer, UINT64_MAX - 1);
    wpi_writer_double(writer, -0.125);
}

static void writer__is_read_back_by_the_reader(void **state)
{
    (void)state;
    wpi_writer writer = WPI_WRITER_INIT;
    write_record(&writer);
    assert_int_equal(wpi_writer_status(&writer, NULL), WP_OK);
    wpi_reader reader = {writer.bytes.items,
                         (unsigned char *)writer.bytes.items + writer.bytes.count, false};
    assert_int_equal(wpi_reader_u8(&reader), 0xAB);
    assert_int_equal(wpi_reader_u16(&reader), 0xCDEF);
    assert_string_equal(wpi_reader_text(&reader), "Łukasz");
    assert_int_equal(wpi_reader_u32(&reader), 0xFFFFFFFE);
    assert_null(wpi_reader_text(&reader));
    assert_string_equal(wpi_reader_text(&reader), "");
    assert_false(wpi_reader_is_done(&reader));
    assert_int_equal(wpi_reader_u64(&reader), UINT64_MAX - 1);
    assert_true(wpi_reader_double(&reader) == -0.125);
    assert_true(wpi_reader_is_done(&reader));
    assert_int_equal(wpi_reader_u8(&reader), 0);
    assert_false(wpi_reader_is_done(&reader));
    wpi_writer_clear(&writer);
    assert_int_equal(writer.bytes.count, 0);
    wpi_writer_free(&writer);
}

static void reader__finds_every_cut_short(void **state)
{
    (void)state;
    wpi_writer writer = WPI_WRITER_INIT;
    write_record(&writer);
    for (size_t length = 0; length < writer.bytes.count; length++) {
        unsigned char *cut = malloc(length + 1); /* its own block, so that a tool sees overruns */
        assert_non_null(cut);
        memcpy(cut, writer.bytes.items, length);
        wpi_reader reader = {cut, cut + length, false};
        (void)wpi_reader_u8(&reader);
        (void)wpi_reader_u16(&reader);
        (void)wpi_reader_text(&reader);
        (void)wpi_reader_u32(&reader);
        (void)wpi_reader_text(&reader);
        (void)wpi_reader_text(&reader);
        (void)wpi_reader_u64(&reader);
        assert_true(wpi_reader_double(&reader) == 0.0);
        assert_true(reader.is_short);
        assert_false(wpi_reader_is_done(&reader));
        free(cut);
    }
    wpi_writer_free(&writer);
}

static void reader_text__refuses_a_text_without_its_end(void **state)
{
    (void)state;
    static const unsigned char open[] = {2, 0, 0, 0, 'a', 'b'};
    static const unsigned char holed[] = {3, 0, 0, 0, 'a', 0, 0};
    static const unsigned char huge[] = {255, 255, 255, 255, 'a', 0};
    wpi_reader reader = {open, open + sizeof(open), false};
    assert_null(wpi_reader_text(&reader));
    assert_true(reader.is_short);
    reader = (wpi_reader){holed, holed + sizeof(holed), false};
    assert_null(wpi_reader_text(&reader));
    assert_true(reader.is_short);
    reader = (wpi_reader){huge, huge + sizeof(huge), false};
    assert_null(wpi_reader_text(&reader));
    assert_true(reader.is_short);
}

static void writer_status__remembers_a_failure(void **state)
{
    (void)state;
    wp_error err;
    wpi_writer writer = WPI_WRITER_INIT;
    memory_leave(0);
    wpi_writer_u8(&writer, 1);
    memory_leave_all();
    wpi_writer_text(&writer, "later");
    assert_int_equal(wpi_writer_status(&writer, &err), WP_ENOMEM);
    wpi_writer_clear(&writer);
    assert_int_equal(wpi_writer_status(&writer, &err), WP_OK);
    wpi_writer_free(&writer);
}

static void time_day__rounds_towards_the_past(void **state)
{
    (void)state;
    assert_int_equal(wpi_time_day(0), 0);
    assert_int_equal(wpi_time_day(86399), 0);
    assert_int_equal(wpi_time_day(86400), 1);
    assert_int_equal(wpi_time_day(-1), -1);
    assert_int_equal(wpi_time_day(-86400), -1);
    assert_int_equal(wpi_time_day(-86401), -2);
    assert_int_equal(wpi_time_day(1709294400), 19783); /* 2024-03-01T12:00:00Z */
    assert_int_equal(wpi_time_day(WP_TIME_MAX), 2932896);
    assert_int_equal(wpi_time_day(INT64_MIN), WP_DAY_NONE);
    assert_int_equal(wpi_time_day(INT64_MAX), INT32_MAX);
}

static void time_monotonic_ms__never_goes_back(void **state)
{
    (void)state;
    uint64_t before = wpi_time_monotonic_ms();
    for (int i = 0; i < 1000; i++) {
        uint64_t now = wpi_time_monotonic_ms();
        assert_true(now >= before);
        before = now;
    }
    assert_true(before > 0);
}

static void error_set__fills_cuts_and_takes_null(void **state)
{
    (void)state;
    wp_error err = {WP_OK, ""};
    char long_text[600];
    memset(long_text, 'x', sizeof(long_text) - 1);
    long_text[sizeof(long_text) - 1] = '\0';
    assert_int_equal(wpi_error_set(NULL, WP_EBUSY, "k is %d", 0), WP_EBUSY);
    assert_int_equal(wpi_error_set(&err, WP_EINVAL, "k is %d, expected 1..1000", 0), WP_EINVAL);
    assert_int_equal(err.status, WP_EINVAL);
    assert_string_equal(err.message, "k is 0, expected 1..1000");
    assert_int_equal(wpi_error_set(&err, WP_EIO, "%s", long_text), WP_EIO);
    assert_int_equal(strlen(err.message), sizeof(err.message) - 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bytes__have_the_order_they_say),
        cmocka_unit_test(writer__is_read_back_by_the_reader),
        cmocka_unit_test(reader__finds_every_cut_short),
        cmocka_unit_test(reader_text__refuses_a_text_without_its_end),
        cmocka_unit_test(writer_status__remembers_a_failure),
        cmocka_unit_test(time_day__rounds_towards_the_past),
        cmocka_unit_test(time_monotonic_ms__never_goes_back),
        cmocka_unit_test(error_set__fills_cuts_and_takes_null),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
