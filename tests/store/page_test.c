/*
 * A page that is wrong in one place is refused by what is wrong there; the same page whole is not.
 */
#include "base/bytes.h"
#include "fixture.h"
#include "store/page.h"

#define BYTES 4096
#define NUMBER 5
#define KIND 10
#define LOWER 12
#define UPPER 14
#define OFFSETS 16

static unsigned char page[BYTES];

static void put16(size_t at, unsigned value)
{
    page[at] = (unsigned char)value;
    page[at + 1] = (unsigned char)(value >> 8);
}

/* Write a node of a leaf at an offset; its flags are 0. */
static void put_node(size_t at, const char *key, const char *data)
{
    size_t key_bytes = strlen(key);
    memset(page + at, 0, 8);
    put16(at, (unsigned)strlen(data));
    put16(at + 6, (unsigned)key_bytes);
    memcpy(page + at + 8, key, key_bytes);
    memcpy(page + at + 8 + key_bytes, data, strlen(data));
}

/* A leaf with the records a: xyz and b: pq, which take twelve bytes each. */
static void make_leaf(void)
{
    memset(page, 0, sizeof page);
    page[0] = NUMBER;
    put16(KIND, WPI_PAGE_IS_LEAF);
    put16(LOWER, OFFSETS + 4);
    put16(UPPER, BYTES - 24);
    put16(OFFSETS, BYTES - 24);
    put16(OFFSETS + 2, BYTES - 12);
    put_node(BYTES - 24, "a", "xyz");
    put_node(BYTES - 12, "b", "pq");
}

static const char *check(uint16_t kind, bool has_integer_keys)
{
    return wpi_page_check(page, BYTES, NUMBER, kind, has_integer_keys);
}

/* The leaf with another value at one place is refused so. */
static void expect(size_t at, unsigned value, const char *fault)
{
    make_leaf();
    put16(at, value);
    const char *found = check(WPI_PAGE_IS_LEAF, false);
    if (found == NULL || strcmp(found, fault) != 0)
        fail_msg("offset %zu, value %u: %s", at, value, found == NULL ? "no fault" : found);
}

static void page_check__accepts_a_sound_leaf(void **state)
{
    (void)state;
    make_leaf();
    assert_null(check(WPI_PAGE_IS_LEAF, false));
    assert_int_equal(wpi_page_count(page), 2);
    assert_memory_equal(wpi_page_node_at(page, 1).data.data, "pq", 2);
}

static void page_check__says_what_is_wrong(void **state)
{
    static const char bounds[] = "its bounds are out of range",
                      nodes[] = "its nodes do not fit together",
                      order[] = "the keys are not in order",
                      size[] = "the size of a key is out of range";
    (void)state;
    expect(0, NUMBER + 1, "it has the number of another page");
    expect(KIND, WPI_PAGE_IS_BRANCH, "its kind is not the one expected at its depth");
    expect(LOWER, OFFSETS + 3, bounds);
    expect(LOWER, OFFSETS - 2, bounds);
    expect(LOWER, BYTES, bounds);
    expect(UPPER, BYTES - 23, bounds);
    expect(UPPER, BYTES + 2, bounds);
    expect(LOWER, OFFSETS, "it has too few nodes");
    expect(LOWER, OFFSETS + 2, nodes);      /* one of the two */
    expect(UPPER, BYTES - 26, nodes);       /* a gap before the first */
    expect(OFFSETS, BYTES - 26, nodes);     /* outside */
    expect(OFFSETS, BYTES - 6, nodes);      /* its head does not fit */
    expect(OFFSETS, BYTES - 23, nodes);     /* odd */
    expect(OFFSETS + 2, BYTES - 24, nodes); /* the same twice */
    expect(BYTES - 12, 4, nodes);           /* beyond the end */
    expect(BYTES - 24, 5, nodes);           /* into the next */
    expect(BYTES - 24 + 8, 'c' | 'x' << 8, order);
    expect(BYTES - 24 + 8, 'b' | 'x' << 8, order);
    make_leaf();
    put16(BYTES - 24 + 6, 0);
    put16(BYTES - 24, 4);
    assert_string_equal(check(WPI_PAGE_IS_LEAF, false), size);
    make_leaf();
    assert_string_equal(check(WPI_PAGE_IS_LEAF, true), "an integer key has not eight bytes");
}

static void page_check__wants_two_children(void **state)
{
    (void)state;
    make_leaf();
    put16(KIND, WPI_PAGE_IS_BRANCH);
    put16(LOWER, OFFSETS + 2);
    assert_string_equal(check(WPI_PAGE_IS_BRANCH, false), "it has too few nodes");
}

static void page_compare__orders_bytes_then_lengths_and_numbers(void **state)
{
    static const unsigned char one[8] = {1}, two[8] = {2}, large[8] = {0, 1};
    (void)state;
    assert_true(wpi_page_compare(fixture_text("a"), fixture_text("b"), false) < 0);
    assert_true(wpi_page_compare(fixture_text("b"), fixture_text("ab"), false) > 0);
    assert_true(wpi_page_compare(fixture_text("a"), fixture_text("ab"), false) < 0);
    assert_true(wpi_page_compare(fixture_text("ab"), fixture_text("a"), false) > 0);
    assert_true(wpi_page_compare(fixture_text(""), fixture_text("a"), false) < 0);
    assert_int_equal(wpi_page_compare(fixture_text("a"), fixture_text("a"), false), 0);
    assert_true(wpi_page_compare((wpi_slice){one, 8}, (wpi_slice){two, 8}, true) < 0);
    assert_true(wpi_page_compare((wpi_slice){large, 8}, (wpi_slice){two, 8}, true) > 0);
    assert_int_equal(wpi_page_compare((wpi_slice){two, 8}, (wpi_slice){two, 8}, true), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(page_check__accepts_a_sound_leaf),
        cmocka_unit_test(page_check__says_what_is_wrong),
        cmocka_unit_test(page_check__wants_two_children),
        cmocka_unit_test(page_compare__orders_bytes_then_lengths_and_numbers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
