/*
 * Edge lists: how their shape is sniffed, rows cut, numbers read; and the lines below them.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "import/edges.h"

static edges_shape sniff(const char *text)
{
    return edges_sniff(text, strlen(text), IMPORT_WEIGHT_GUESS);
}

static void edges_sniff__finds_the_delimiter(void **state)
{
    (void)state;
    assert_int_equal(sniff("1,2,0.5\n2,3,0.1\n").delimiter, ',');
    assert_int_equal(sniff("1\t2\n2\t3\n").delimiter, '\t');
    assert_int_equal(sniff("1|2|0.5\n").delimiter, '|');
    assert_int_equal(sniff("1 2\n2  3\n").delimiter, ' ');
    assert_int_equal(sniff("# a, b\n% c, d\n1 2\n").delimiter, ' ');
    assert_int_equal(sniff("1, 2\n2, 3\n").delimiter, ',');
    assert_int_equal(sniff("a,b\nc\nd,e\n").delimiter, ',');
}

static void edges_sniff__guesses_the_weight(void **state)
{
    (void)state;
    assert_int_equal(sniff("1 2\n").weight, IMPORT_WEIGHT_NONE);
    assert_int_equal(sniff("1 2 0.5\n1 3 1\n").weight, IMPORT_WEIGHT_P);
    assert_int_equal(sniff("1 2 0.5\n1 3 1.5\n").weight, IMPORT_WEIGHT_COST);
    assert_int_equal(sniff("src,dst,weight\n1,2,0.5\n").weight, IMPORT_WEIGHT_P);
    assert_int_equal(edges_sniff("1 2 7", 5, IMPORT_WEIGHT_NONE).weight, IMPORT_WEIGHT_NONE);
}

/* `count` rows "I J weight", and one more with what `last` says behind the ends. */
static edges_shape sniff_rows(int count, const char *weight, const char *last)
{
    char text[8192];
    size_t used = 0;
    for (int i = 0; i < count; i++)
        used += (size_t)snprintf(text + used, sizeof text - used, "%d %d %s\n", i, i + 1, weight);
    (void)snprintf(text + used, sizeof text - used, "%d %d %s\n", count, 0, last);
    return sniff(text);
}

static void edges_sniff__is_not_turned_by_one_odd_row(void **state)
{
    (void)state;
    assert_int_equal(sniff_rows(40, "0.5", "3").weight, IMPORT_WEIGHT_P);
    assert_int_equal(sniff_rows(40, "0.5", "x").weight, IMPORT_WEIGHT_P);
    assert_int_equal(sniff_rows(40, "0.5", "").weight, IMPORT_WEIGHT_P);
    assert_int_equal(sniff_rows(40, "350000", "0").weight, IMPORT_WEIGHT_COST);
    assert_int_equal(sniff_rows(40, "", "0.5").weight, IMPORT_WEIGHT_NONE);
    assert_int_equal(sniff_rows(10, "0.5", "3").weight, IMPORT_WEIGHT_COST); /* below 95 % */
}

static void edges_sniff__finds_one_unit_of_costs(void **state)
{
    edges_shape shape = sniff("1 2 350000\n2 3 1e6\n");
    (void)state;
    assert_string_equal(edges_reading(&shape), "cost in micro-nats");
    shape = sniff("1 2 2\n2 3 1.5\n");
    assert_string_equal(edges_reading(&shape), "cost in nats");
    shape = edges_sniff("1 2 1\n2 3 1e-1\n", 15, IMPORT_WEIGHT_COST);
    assert_string_equal(edges_reading(&shape), "cost in nats");
    shape = sniff("1 2 1\n2 3 0.5\n");
    assert_string_equal(edges_reading(&shape), "p");
    shape = sniff("1 2\n2 3\n");
    assert_string_equal(edges_reading(&shape), "none");
}

static void edges_sniff__knows_a_header(void **state)
{
    (void)state;
    assert_true(sniff("src,dst\na,b\n").has_header);
    assert_true(sniff("Source\tTarget\tw\na\tb\t0.1\n").has_header);
    assert_true(sniff("x,y,strength\na,b,0.1\n").has_header);
    assert_false(sniff("a,b\nc,d\n").has_header);
    assert_false(sniff("1 2 0.5\n").has_header);
    assert_false(sniff("1 2 nan\n3 4 0.5\n").has_header);
    assert_false(sniff("a b 1e400\nc d 0.5\n").has_header);
    assert_false(sniff("a b .5x\nc d 0.5\n").has_header);
    assert_true(sniff("7 b w\nc d 0.5\n").has_header);
}

static void edges_sniff__does_not_take_prose_for_edges(void **state)
{
    (void)state;
    assert_false(sniff("Hello world\n").is_plausible);
    assert_false(sniff("This is a text\nof some lines\nand words\n").is_plausible);
    assert_false(sniff("one\ntwo\n").is_plausible);
    assert_false(sniff("First Name,Last Name,URL,Email\nA,B,C,D\n").is_plausible);
    assert_false(sniff("").is_plausible);
    assert_true(sniff("1 2\n").is_plausible);
    assert_true(sniff("a,b,0.5\nc,d,1\n").is_plausible);
}

static void edges_sniff__does_not_take_tables_for_edges(void **state)
{
    (void)state;
    assert_false(sniff("Wer,Post\nAnn,a@x.com\nBob,b@x.com\nCid,c@x.com\n").is_plausible);
    assert_false(sniff("Wer,Stadt\nAnn,Berlin\nBob,Rom\nCid,Bonn\n").is_plausible);
    assert_false(sniff("id,name\n1,ann\n2,bob\n").is_plausible);
    assert_false(sniff("id\tage\n1\t34\n2\t35\n3\t1\n").is_plausible);
    assert_false(sniff("Kind,Name,Alter\nx,Ann,34\ny,Bob,35\n").is_plausible);
    assert_false(sniff("Wer|Freund\nann|bob\nbob|cid\n").is_plausible);
    assert_false(sniff("a@x.com,b@x.com\nb@x.com,c@x.com\n").is_plausible);
    assert_false(sniff("from,to\na@x.com,b@x.com\n").is_plausible);
    assert_true(sniff("ann|bob\nbob|cid\ncid|dan\n").is_plausible);
    assert_true(sniff("from,to\nann,bob\n").is_plausible);
    assert_true(sniff("p,q,w\nann,bob,0.5\nbob,cid,0.25\n").is_plausible);
    assert_true(sniff("3 4\n").is_plausible);
}

static bool parse(const char *line, edge *out, verdict *what, import_weight weight, char delimiter)
{
    static char copy[2048];
    edges_shape shape = {.delimiter = delimiter, .weight = weight};
    snprintf(copy, sizeof copy, "%s", line);
    return edges_parse(&shape, copy, strlen(copy), out, what);
}

static void edges_parse__cuts_rows(void **state)
{
    edge row;
    verdict what;
    (void)state;
    assert_true(parse("a b 0.25", &row, &what, IMPORT_WEIGHT_P, ' '));
    assert_string_equal(row.from, "a");
    assert_string_equal(row.to, "b");
    assert_true(row.tie.p == 0.25 && !row.tie.has_cost);
    assert_true(parse(" \"x y\" , z ,\t1e-1, more", &row, &what, IMPORT_WEIGHT_P, ','));
    assert_string_equal(row.from, "x y");
    assert_string_equal(row.to, "z");
    assert_true(row.tie.p == 0.1);
    assert_true(parse("a\tb", &row, &what, IMPORT_WEIGHT_NONE, '\t'));
    assert_true(row.tie.p == 0.5);
}

static bool parse_cost(const char *weight, bool is_nats, edge *out, verdict *what)
{
    static char line[100];
    edges_shape shape = {.delimiter = ' ', .weight = IMPORT_WEIGHT_COST, .is_nats = is_nats};
    snprintf(line, sizeof line, "a b %s", weight);
    return edges_parse(&shape, line, strlen(line), out, what);
}

static void edges_parse__reads_costs_in_one_unit(void **state)
{
    static const struct {
        const char *text;
        uint32_t micro, nats; /* UINT32_MAX: refused */
    } cases[] = {
        {"994252", 994252, UINT32_MAX},
        {"0.994252", UINT32_MAX, 994252},
        {"2", 2, 2000000},
        {"2e0", 2, 2000000},
        {"1e6", 1000000, UINT32_MAX},
        {"1e+05", 100000, UINT32_MAX},
        {"4294967294", 4294967294U, UINT32_MAX},
        {"4294967295", UINT32_MAX, UINT32_MAX},
        {"4294.967294", UINT32_MAX, 4294967294U},
        {"4294.967295", UINT32_MAX, UINT32_MAX},
        {"-1", UINT32_MAX, UINT32_MAX},
        {"1e-6", UINT32_MAX, 1},
    };
    edge row;
    verdict what;
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        for (int is_nats = 0; is_nats < 2; is_nats++) {
            uint32_t expected = is_nats ? cases[i].nats : cases[i].micro;
            bool is_read = parse_cost(cases[i].text, is_nats, &row, &what);
            assert_int_equal(is_read, expected != UINT32_MAX);
            if (is_read)
                assert_true(row.tie.has_cost && row.tie.cost == expected);
            else
                assert_int_equal(what.reason, REASON_BAD_WEIGHT);
        }
    assert_false(parse_cost("0.5", false, &row, &what));
    assert_non_null(strstr(what.detail, "expected a whole number, since the first rows"));
}

static void edges_parse__says_why_a_row_is_bad(void **state)
{
    static const struct {
        const char *line;
        reason_id reason;
    } cases[] = {
        {"a", REASON_FEW_COLUMNS},       {"a b", REASON_FEW_COLUMNS},
        {"a b x", REASON_BAD_WEIGHT},    {"a b 1.5", REASON_BAD_WEIGHT},
        {"a b -0.5", REASON_BAD_WEIGHT}, {"a b nan", REASON_BAD_WEIGHT},
        {"a a 0.5", REASON_SELF_LOOP},   {"\xff b 0.5", REASON_BAD_ID},
        {"\"\" b 0.5", REASON_BAD_ID},   {"a b 0x1", REASON_BAD_WEIGHT},
    };
    edge row;
    verdict what;
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_false(parse(cases[i].line, &row, &what, IMPORT_WEIGHT_P, ' '));
        assert_int_equal(what.reason, cases[i].reason);
    }
    assert_false(parse("a b 4294967295", &row, &what, IMPORT_WEIGHT_COST, ' '));
    assert_int_equal(what.reason, REASON_BAD_WEIGHT);
}

static void edges_parse_number__is_exact(void **state)
{
    static const char *const texts[] = {
        "0",
        "1",
        "0.1",
        "1e-5",
        "123456789.125",
        "0.30000000000000004",
        "1e22",
        "1e-30",
        "+5",
        "-2.5",
        "9007199254740993",
        "3.141592653589793238462643",
        ".5",
        "5.",
        "1E+3",
        "0.000000000000000000000000000123",
    };
    static const char *const bad[] = {"", "-", ".", "1e", "e5", "1x", "1e999", "0x10", "inf", "1 "};
    edges_number number;
    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        assert_true(edges_parse_number(texts[i], strlen(texts[i]), &number));
        assert_true(number.value == strtod(texts[i], NULL));
    }
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_false(edges_parse_number(bad[i], strlen(bad[i]), &number));
    assert_true(edges_parse_number("12", 2, &number) && number.is_integer);
    assert_true(edges_parse_number("12.0", 4, &number) && !number.is_integer);
    assert_true(edges_parse_number("1e6", 3, &number) && number.is_integer);
    assert_true(edges_parse_number("1e-6", 4, &number) && !number.is_integer);
}

/* Read a text through lines_next() with a limit; numbers, offsets and lengths are checked. */
static void lines_next__hands_out_every_byte_once(void **state)
{
    static const char text[] = "\xef\xbb\xbf"
                               "one\r\n\ntwo\0x\nlast";
    static const char *const expected[] = {"one", "", "two", "last"};
    static const size_t lengths[] = {3, 0, 5, 4};
    FILE *file = tmpfile();
    lines reader = {0};
    text_line at;
    uint64_t byte = 3;
    (void)state;
    assert_non_null(file);
    assert_int_equal(fwrite(text, 1, sizeof text - 1, file), sizeof text - 1);
    assert_int_equal(fflush(file), 0);
    assert_int_equal(lines_open(&reader, fileno(file), 0, 0, 4096, NULL), LINES_OK);
    for (size_t i = 0; i < 4; i++) {
        assert_int_equal(lines_next(&reader, &at), LINES_OK);
        assert_string_equal(at.text, expected[i]);
        assert_int_equal(at.length, lengths[i]);
        assert_int_equal(at.number, i + 1);
        assert_int_equal(at.byte, byte);
        byte = at.end_byte;
    }
    assert_int_equal(byte, sizeof text - 1);
    assert_int_equal(lines_next(&reader, &at), LINES_END);
    lines_free(&reader);
    fclose(file);
}

static void lines_next__passes_over_a_giant_line(void **state)
{
    enum { GIANT = 8 * 1024 * 1024 };
    char *giant = malloc(GIANT);
    FILE *file = tmpfile();
    lines reader = {0};
    text_line at;
    (void)state;
    assert_non_null(giant);
    assert_non_null(file);
    memset(giant, 'x', GIANT);
    assert_int_equal(fwrite(giant, 1, GIANT, file), GIANT);
    assert_int_equal(fwrite("\nnext\n", 1, 6, file), 6);
    assert_int_equal(fflush(file), 0);
    assert_int_equal(lines_open(&reader, fileno(file), 0, 0, 4096, NULL), LINES_OK);
    assert_int_equal(lines_next(&reader, &at), LINES_OK);
    assert_true(at.is_long);
    assert_int_equal(at.end_byte, GIANT + 1);
    assert_int_equal(lines_next(&reader, &at), LINES_OK);
    assert_false(at.is_long);
    assert_string_equal(at.text, "next");
    assert_true(reader.capacity < 1024 * 1024);
    lines_free(&reader);
    fclose(file);
    free(giant);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(edges_sniff__finds_the_delimiter),
        cmocka_unit_test(edges_sniff__guesses_the_weight),
        cmocka_unit_test(edges_sniff__is_not_turned_by_one_odd_row),
        cmocka_unit_test(edges_sniff__finds_one_unit_of_costs),
        cmocka_unit_test(edges_sniff__knows_a_header),
        cmocka_unit_test(edges_sniff__does_not_take_prose_for_edges),
        cmocka_unit_test(edges_sniff__does_not_take_tables_for_edges),
        cmocka_unit_test(edges_parse__cuts_rows),
        cmocka_unit_test(edges_parse__reads_costs_in_one_unit),
        cmocka_unit_test(edges_parse__says_why_a_row_is_bad),
        cmocka_unit_test(edges_parse_number__is_exact),
        cmocka_unit_test(lines_next__hands_out_every_byte_once),
        cmocka_unit_test(lines_next__passes_over_a_giant_line),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
