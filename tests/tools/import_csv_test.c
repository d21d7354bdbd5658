/*
 * Delimited text: quotes, line ends, delimiters, encodings, limits, places; what is refused and
 * that nothing else is lost with it.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "import/csv.h"
#include "random.h"

#define CHUNK ((size_t)256 * 1024) /* what the reader reads at once */

static int make_file(const char *text, size_t length)
{
    int fd = memfd_create("table", MFD_CLOEXEC);
    assert_true(fd >= 0);
    for (size_t at = 0; at < length;) {
        ssize_t done = write(fd, text + at, length - at);
        assert_true(done > 0);
        at += (size_t)done;
    }
    return fd;
}

static csv *open_text(const char *text, size_t length)
{
    csv_shape shape;
    csv *self = calloc(1, sizeof *self);
    int fd = make_file(text, length);
    assert_non_null(self);
    assert_int_equal(csv_sniff(fd, &shape), LINES_OK);
    assert_int_equal(csv_open(self, fd, &shape, 0, 0, NULL), LINES_OK);
    return self;
}

static void close_text(csv *self)
{
    close(self->fd);
    csv_free(self);
    free(self);
}

/* All records as "a|b/c|d", bad ones as their reason in brackets. */
static const char *records_of(const char *text, size_t length)
{
    static char out[4096];
    size_t used = 0;
    csv_row row;
    lines_code code;
    csv *self = open_text(text, length);
    out[0] = '\0';
    while ((code = csv_next(self, &row)) == LINES_OK) {
        used += (size_t)snprintf(out + used, sizeof out - used, "%s", used == 0 ? "" : "/");
        if (row.what.outcome == OUTCOME_SKIPPED)
            used += (size_t)snprintf(out + used, sizeof out - used, "[%s]", row.what.detail);
        for (size_t i = 0; i < row.count; i++)
            used += (size_t)snprintf(out + used, sizeof out - used, "%s%s", i == 0 ? "" : "|",
                                     row.cells[i]);
    }
    assert_int_equal(code, LINES_END);
    close_text(self);
    return out;
}

static void csv_next__takes_what_programs_write(void **state)
{
    static const char *const cases[][2] = {
        {"a,b\nc,d\n", "a|b/c|d"},
        {"a,b\r\nc,d", "a|b/c|d"},
        {"a,b\rc,d\r", "a|b/c|d"},
        {"a;b\nc;d\n", "a|b/c|d"},
        {"a\tb\nc\td\n", "a|b/c|d"},
        {"a|b\nc|d\n", "a|b/c|d"},
        {"\xef\xbb\xbf"
         "a,b\n",
         "a|b"},
        {"sep=;\na;b,c\n", "a|b,c"},
        {"sep=;\r\na,b\r\nc,d\r\n", "a,b/c,d"},
        {"SEP=\t\na,b\tc\n", "a,b|c"},
        {"\"sep=:\"\na:b,c\n", "a|b,c"},
        {"\xef\xbb\xbfsep=;\ra;b,c\r", "a|b,c"},
        {"sep=\"\na,b\nc,d\n", "sep=\"/a|b/c|d"},
        {"\"a\nb\",c\rd,e\r", "a\nb|c/d|e"},
        {"\"a\",\"b,c\"\n\"d\"\"e\",f\n", "a|b,c/d\"e|f"},
        {"\"a\nb\",c\n\"\r\n\",d\n", "a\nb|c/\r\n|d"},
        {"\"\",\"\"\"\",\"\"\"\"\"\"\n,,\n", "|\"|\"\"/||"},
        {"\n\r\na,b\n\n\nc,d\n\n", "a|b/c|d"},
        {"5\" disk,b\nc \"d\",e\n", "5\" disk|b/c \"d\"|e"},
        {"\"a\" ,b\n", "a|b"},
        {"a\n", "a"},
        {"a,b\n1;2,3;4\n5;6,7\n", "a|b/1;2|3;4/5;6|7"},
        {"a;b;c\n1,5;2;3\n2,5;3;4\n", "a|b|c/1,5|2|3/2,5|3|4"},
        {"\"a\";\"b, c\"\n\"d\";\"e, f\ng, h\"\n\"i\";\"j, k\ng, h\"\n",
         "a|b, c/d|e, f\ng, h/i|j, k\ng, h"},
        {"J\xf6rg,M\xfcller\n\x80,\x93x\x94\n",
         "J\xc3\xb6rg|M\xc3\xbcller/\xe2\x82\xac|\xe2\x80\x9cx\xe2\x80\x9d"},
        {"J\xc3\xb6rg,b\n", "J\xc3\xb6rg|b"},
        {"", ""},
        {"\n", ""},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_string_equal(records_of(cases[i][0], strlen(cases[i][0])), cases[i][1]);
}

static void csv_next__refuses_what_is_no_text_and_goes_on(void **state)
{
    static const char *const cases[][2] = {
        {"a,b\n\"c\"d,e\nf,g\n",
         "a|b/[line 2, column 1: text behind a closing quote, expected the delimiter or the end of "
         "the line]/f|g"},
        {"a,b\nx,\"c\nd,e\n", "a|b/[line 2, column 2: a quote is opened and not closed]"},
        {"\xef\xbb\xbf"
         "a,b\n\"x\ny\",\xff\nc,d\n",
         "a|b/[line 3, column 2: bytes that are no UTF-8, expected it as in the rest of the "
         "file]/c|d"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_string_equal(records_of(cases[i][0], strlen(cases[i][0])), cases[i][1]);
    assert_string_equal(records_of("a,b\nc,\0d\ne,f\n", 13),
                        "a|b/[line 2, column 2: a NUL, expected text]/e|f");
}

/* The bytes of a text in UTF-16; `out` has room for twice as many. Characters below U+0800. */
static size_t to_utf16(const char *text, bool is_big, char *out)
{
    size_t used = 0;
    for (const unsigned char *c = (const unsigned char *)text; *c != '\0'; c++) {
        unsigned code = *c;
        if (code >= 0xc0) {
            code = (code & 0x1f) << 6 | (c[1] & 0x3f);
            c++;
        }
        out[used + (is_big ? 1 : 0)] = (char)(code & 0xff);
        out[used + (is_big ? 0 : 1)] = (char)(code >> 8);
        used += 2;
    }
    return used;
}

static void csv_next__reads_utf16_with_and_without_a_mark(void **state)
{
    static const char text[] = "name;mail\nJ\xc3\xb6rg;j@x.de\nAnn \"A\";\"a;b\"\n";
    (void)state;
    for (int is_big = 0; is_big < 2; is_big++) {
        char wide[256];
        memcpy(wide, is_big ? "\xfe\xff" : "\xff\xfe", 2);
        size_t length = 2 + to_utf16(text, is_big, wide + 2);
        const char *expected = "name|mail/J\xc3\xb6rg|j@x.de/Ann \"A\"|a;b";
        assert_string_equal(records_of(wide, length), expected);
        assert_string_equal(records_of(wide + 2, length - 2), expected);
    }
}

static void csv_next__knows_surrogates(void **state)
{
    /* a, U+1F600, line feed; half a pair, b, line feed; c and half a unit */
    static const char wide[] = "\xff\xfe"
                               "a\0,\0\x3d\xd8\x00\xde\n\0"
                               "\x3d\xd8"
                               "b\0\n\0"
                               "d\0\n\0"
                               "c\0x";
    (void)state;
    assert_string_equal(
        records_of(wide, sizeof wide - 1),
        "a|\xf0\x9f\x98\x80/[line 2, column 1: half a character of UTF-16, expected a whole "
        "one]/d/[line 4, column 1: half a character of UTF-16, expected a whole one]");
}

/* A text of `length` bytes that quotes, delimiters and line ends make hard. */
static char *make_hard(random_source *random, size_t length, bool has_carriage)
{
    static const char *const pieces[] = {"a",     "bc",          ",",      ",",
                                         "\"x\"", "\"a,\"\"b\"", "\n",     "\"\n\"",
                                         "\"\"",  "\xc3\xb6",    "\"\"\"", " "};
    char *text = malloc(length + 32);
    size_t used = 0;
    assert_non_null(text);
    while (used < length) {
        const char *piece = pieces[random_below(random, sizeof pieces / sizeof *pieces)];
        if (*piece == '\n' && has_carriage)
            piece = "\r\n";
        used += (size_t)snprintf(text + used, 16, "%s", piece);
    }
    return text;
}

typedef struct seen {
    uint64_t hash;
    uint64_t records;
    uint64_t bad;
} seen;

static void add_row(seen *self, const csv_row *row)
{
    self->records++;
    self->bad += row->what.outcome == OUTCOME_SKIPPED ? 1 : 0;
    self->hash = self->hash * 31 + row->where.line;
    for (size_t i = 0; i < row->count; i++) {
        for (const char *c = row->cells[i]; *c != '\0'; c++)
            self->hash = self->hash * 31 + (unsigned char)*c;
        self->hash = self->hash * 31 + 7;
    }
}

/* Read from a place on; stop after some records and go on from there with another reader. */
static seen read_in_parts(int fd, uint64_t records_a_part)
{
    seen out = {0};
    csv_row row;
    csv_shape shape;
    place next = {0};
    lines_code code = LINES_OK;
    assert_int_equal(csv_sniff(fd, &shape), LINES_OK);
    while (code == LINES_OK) {
        csv *self = calloc(1, sizeof *self);
        assert_non_null(self);
        assert_int_equal(csv_open(self, fd, &shape, next.next, next.next_line, NULL), LINES_OK);
        for (uint64_t i = 0; i < records_a_part; i++) {
            if ((code = csv_next(self, &row)) != LINES_OK)
                break;
            add_row(&out, &row);
            next = row.where;
        }
        csv_free(self);
        free(self);
    }
    return out;
}

static void csv_next__goes_on_at_any_record(void **state)
{
    const random_arguments *given = *state;
    random_source random = random_start(given->seed, 1);
    for (uint64_t i = 0; i < given->cases / 10; i++) {
        char *text = make_hard(&random, 200, i % 2 == 0), *wide = malloc(1024);
        int fd = make_file(text, strlen(text));
        seen whole = read_in_parts(fd, UINT64_MAX), parts = read_in_parts(fd, 1);
        assert_memory_equal(&whole, &parts, sizeof whole);
        close(fd);
        memcpy(wide, "\xff\xfe", 2);
        fd = make_file(wide, 2 + to_utf16(text, false, wide + 2));
        seen decoded = read_in_parts(fd, 1);
        assert_int_equal(decoded.records, whole.records);
        assert_int_equal(decoded.bad, whole.bad);
        assert_int_equal(decoded.hash, whole.hash);
        close(fd);
        free(wide);
        free(text);
    }
}

/* A slow reader of the same grammar: one state machine, a byte at a time, nothing refused. */
static seen read_slowly(const char *text)
{
    enum { CELL_START, PLAIN, QUOTED, CLOSED } at = CELL_START;
    seen out = {.hash = 0};
    uint64_t line = 1;
    static char cells[1 << 16];
    size_t used = 0, columns = 0;
    bool is_bad = false;
    uint64_t first_line = 1;
    for (const char *c = text;; c++) {
        bool is_end = *c == '\0' || (*c == '\n' && at != QUOTED);
        if (*c == '\0' && at == QUOTED)
            is_bad = true;
        if (is_end || (*c == ',' && at != QUOTED)) {
            if (is_end && at != CLOSED && used > 0 && cells[used - 1] == '\r' && *c == '\n')
                used--;
            cells[used++] = '\0';
            columns++;
            at = CELL_START;
        } else if (at == CELL_START && *c == '"') {
            at = QUOTED;
        } else if (at == CELL_START || at == PLAIN) {
            at = PLAIN;
            cells[used++] = *c;
        } else if (at == QUOTED && *c == '"' && c[1] == '"') {
            cells[used++] = *c++;
        } else if (at == QUOTED && *c == '"') {
            at = CLOSED;
        } else if (at == QUOTED) {
            line += *c == '\n' ? 1 : 0;
            cells[used++] = *c;
        } else if (*c != ' ' && !(*c == '\r' && c[1] == '\n')) {
            is_bad = true;
        }
        if (!is_end)
            continue;
        bool is_nothing = columns == 1 && used == 1 && !is_bad;
        if (!is_nothing) {
            out.records++;
            out.bad += is_bad ? 1 : 0;
            out.hash = out.hash * 31 + first_line;
            for (size_t i = 0; i < used && !is_bad; i++)
                out.hash = out.hash * 31 + (cells[i] == '\0' ? 7 : (unsigned char)cells[i]);
        }
        used = columns = 0;
        is_bad = false;
        first_line = ++line;
        if (*c == '\0')
            return out;
    }
}

static void csv_next__agrees_with_a_slow_reader(void **state)
{
    const random_arguments *given = *state;
    random_source random = random_start(given->seed, 2);
    for (uint64_t i = 0; i < given->cases; i++) {
        char *text = make_hard(&random, 120, i % 2 == 0);
        int fd = make_file(text, strlen(text));
        seen expected = read_slowly(text), got = {0};
        csv_row row;
        csv_shape shape = {.delimiter = ',', .line_end = '\n'};
        csv *self = calloc(1, sizeof *self);
        assert_non_null(self);
        assert_int_equal(csv_open(self, fd, &shape, 0, 0, NULL), LINES_OK);
        while (csv_next(self, &row) == LINES_OK)
            add_row(&got, &row);
        assert_int_equal(got.records, expected.records);
        assert_int_equal(got.bad, expected.bad);
        assert_int_equal(got.hash, expected.hash);
        close_text(self);
        free(text);
    }
}

/* Put a record at every place around the end of what is read at once. */
static void csv_next__takes_records_across_buffers(void **state)
{
    static const char record[] = "\"a\"\"b\",\"c\r\nd\",e\r\n";
    char *text = malloc(CHUNK + 64);
    (void)state;
    assert_non_null(text);
    for (size_t before = CHUNK - sizeof record - 1; before <= CHUNK + 1; before++) {
        csv_row row;
        memset(text, 'x', before);
        for (size_t i = 99; i < before; i += 100)
            text[i] = '\n';
        text[before - 1] = '\n';
        memcpy(text + before, record, sizeof record);
        csv *self = open_text(text, before + sizeof record - 1);
        self->shape.delimiter = ',';
        uint64_t filler = 0;
        lines_code code;
        while ((code = csv_next(self, &row)) == LINES_OK && row.count == 1)
            filler++;
        assert_int_equal(code, LINES_OK);
        assert_int_equal(row.count, 3);
        assert_string_equal(row.cells[0], "a\"b");
        assert_string_equal(row.cells[1], "c\r\nd");
        assert_string_equal(row.cells[2], "e");
        assert_int_equal(row.where.line, filler + 1);
        assert_int_equal(row.where.byte, before);
        assert_int_equal(row.where.next, before + sizeof record - 1);
        assert_int_equal(row.where.next_line, filler + 2);
        assert_int_equal(csv_cell_line(&row, 2), filler + 2);
        assert_int_equal(csv_next(self, &row), LINES_END);
        close_text(self);
    }
    free(text);
}

/* A record of one quoted or plain cell of so many bytes, between two others. */
static csv *open_long(size_t bytes, bool is_quoted, char fill)
{
    char *text = malloc(bytes + 64);
    assert_non_null(text);
    size_t used = (size_t)snprintf(text, 64, "a,b\n1,%s", is_quoted ? "\"" : "");
    memset(text + used, fill, bytes);
    used += bytes;
    used += (size_t)snprintf(text + used, 32, "%s\nc,d\n", is_quoted ? "\"" : "");
    csv *self = open_text(text, used);
    free(text);
    return self;
}

static void csv_next__bounds_fields_and_records(void **state)
{
    static const struct {
        size_t bytes;
        reason_id reason;
    } cases[] = {{CSV_FIELD_BYTES_MAX, REASON_NONE},
                 {CSV_FIELD_BYTES_MAX + 1, REASON_LONG_FIELD},
                 {CSV_RECORD_BYTES_MAX - 16, REASON_LONG_FIELD},
                 {CSV_RECORD_BYTES_MAX + 16, REASON_LONG_RECORD},
                 {5 * CSV_RECORD_BYTES_MAX, REASON_LONG_RECORD}};
    (void)state;
    for (size_t i = 0; i < 2 * sizeof cases / sizeof *cases; i++) {
        csv_row row;
        bool is_quoted = i % 2 != 0;
        csv *self = open_long(cases[i / 2].bytes, is_quoted, is_quoted ? '\n' : 'x');
        assert_int_equal(csv_next(self, &row), LINES_OK);
        assert_int_equal(csv_next(self, &row), LINES_OK);
        assert_int_equal(row.what.outcome == OUTCOME_SKIPPED ? row.what.reason : REASON_NONE,
                         cases[i / 2].reason);
        assert_int_equal(row.where.line, 2);
        assert_int_equal(row.where.byte, 4);
        assert_int_equal(csv_next(self, &row), LINES_OK);
        assert_string_equal(row.cells[0], "c");
        assert_int_equal(row.where.line, 3 + (is_quoted ? cases[i / 2].bytes : 0));
        assert_int_equal(csv_next(self, &row), LINES_END);
        assert_true(self->capacity <= 3 * CSV_RECORD_BYTES_MAX);
        close_text(self);
    }
}

static void csv_next__bounds_columns(void **state)
{
    char text[2048];
    (void)state;
    for (size_t columns = CSV_COLUMNS_MAX; columns <= CSV_COLUMNS_MAX + 1; columns++) {
        csv_row row;
        memset(text, ',', columns - 1);
        text[columns - 1] = '\n';
        csv *self = open_text(text, columns);
        assert_int_equal(csv_next(self, &row), LINES_OK);
        assert_int_equal(row.what.outcome,
                         columns > CSV_COLUMNS_MAX ? OUTCOME_SKIPPED : OUTCOME_ADDED);
        assert_int_equal(row.count, columns > CSV_COLUMNS_MAX ? 0 : columns);
        close_text(self);
    }
}

/* The first character beyond ASCII may come after the head by which a format is guessed. */
static void csv_sniff__finds_the_encoding_wherever_it_shows(void **state)
{
    static const struct {
        const char *last;
        csv_encoding encoding;
    } cases[] = {{"J\xf6rg,b\n", CSV_WINDOWS},
                 {"J\xc3\xb6rg,b\n", CSV_UTF8},
                 {"Jorg,b\n", CSV_UTF8},
                 {"J\xc3\xb6rg,M\xc3\n", CSV_UTF8}, /* cut in a character */
                 {"J\xf6rg,M\xfcller \xc3\xa4\n", CSV_WINDOWS}};
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        size_t count = 50000, used = 0;
        char *text = malloc(4 * count + 64);
        csv_shape shape;
        assert_non_null(text);
        for (size_t j = 0; j < count; j++, used += 4)
            memcpy(text + used, "a,b\n", 4);
        used += (size_t)snprintf(text + used, 64, "%s", cases[i].last);
        int fd = make_file(text, used);
        assert_int_equal(csv_sniff(fd, &shape), LINES_OK);
        assert_int_equal(shape.encoding, cases[i].encoding);
        close(fd);
        free(text);
    }
}

static void csv_sniff__says_when_a_file_cannot_be_read(void **state)
{
    csv_shape shape;
    csv_count count;
    (void)state;
    assert_int_equal(csv_sniff(-1, &shape), LINES_FAILED);
    assert_int_equal(csv_measure(-1, &count), LINES_FAILED);
}

static void csv_measure__counts_without_storing(void **state)
{
    static const char text[] = "a,b\n1,\"2\n\"\n\n3,\"4\"5\n6";
    csv_count count;
    (void)state;
    int fd = make_file(text, sizeof text - 1);
    assert_int_equal(csv_measure(fd, &count), LINES_OK);
    assert_int_equal(count.records, 4);
    assert_int_equal(count.cells, 5);
    assert_int_equal(count.bad, 1);
    assert_int_equal(count.bytes, sizeof text - 1);
    close(fd);
}

int main(int argc, char **argv)
{
    random_arguments given = {(uint64_t)time(NULL), 2000};
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(csv_next__takes_what_programs_write),
        cmocka_unit_test(csv_next__refuses_what_is_no_text_and_goes_on),
        cmocka_unit_test(csv_next__reads_utf16_with_and_without_a_mark),
        cmocka_unit_test(csv_next__knows_surrogates),
        cmocka_unit_test_prestate(csv_next__goes_on_at_any_record, &given),
        cmocka_unit_test_prestate(csv_next__agrees_with_a_slow_reader, &given),
        cmocka_unit_test(csv_next__takes_records_across_buffers),
        cmocka_unit_test(csv_next__bounds_fields_and_records),
        cmocka_unit_test(csv_next__bounds_columns),
        cmocka_unit_test(csv_sniff__finds_the_encoding_wherever_it_shows),
        cmocka_unit_test(csv_sniff__says_when_a_file_cannot_be_read),
        cmocka_unit_test(csv_measure__counts_without_storing),
    };
    if (!random_arguments_read(argc, argv, &given))
        return 2;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
