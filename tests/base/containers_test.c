/*
 * Array, bitset, hash map and filter of hashes: contents against a plain model, growth, and what is
 * left when an allocation fails in the middle.
 */
#include "base/array.h"
#include "base/bitset.h"
#include "base/hash_filter.h"
#include "base/map.h"
#include "memory_left.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void array_push__keeps_order(void **state)
{
    (void)state;
    wpi_array array = WPI_ARRAY_OF(uint32_t);
    for (uint32_t i = 0; i < 10000; i++)
        assert_int_equal(wpi_array_push(&array, &i, NULL), WP_OK);
    assert_int_equal(array.count, 10000);
    for (uint32_t i = 0; i < 10000; i++)
        assert_int_equal(WPI_ARRAY_AT(&array, uint32_t, i), i);
    wpi_array_free(&array);
    assert_int_equal(array.count, 0);
    uint32_t again = 7;
    assert_int_equal(wpi_array_push(&array, &again, NULL), WP_OK);
    assert_int_equal(WPI_ARRAY_AT(&array, uint32_t, 0), 7);
    wpi_array_free(&array);
}

static void array_extend__appends_all_or_nothing(void **state)
{
    (void)state;
    wpi_array array = WPI_ARRAY_OF(char);
    assert_int_equal(wpi_array_extend(&array, NULL, 0, NULL), WP_OK);
    assert_int_equal(wpi_array_extend(&array, "abc", 3, NULL), WP_OK);
    assert_int_equal(wpi_array_extend(&array, "defg", 5, NULL), WP_OK);
    assert_string_equal(array.items, "abcdefg");
    assert_int_equal(wpi_array_extend(&array, "x", SIZE_MAX, NULL), WP_ENOMEM);
    assert_int_equal(array.count, 8);
    wpi_array_free(&array);
}

static void array_reserve__leaves_the_array_when_it_fails(void **state)
{
    (void)state;
    wp_error err;
    wpi_array array = WPI_ARRAY_OF(uint64_t);
    uint64_t item = 42;
    assert_int_equal(wpi_array_push(&array, &item, NULL), WP_OK);
    assert_int_equal(wpi_array_reserve(&array, SIZE_MAX / 4, &err), WP_ENOMEM);
    assert_int_equal(err.status, WP_ENOMEM);
    memory_leave(0);
    assert_int_equal(wpi_array_reserve(&array, 1000, NULL), WP_ENOMEM);
    assert_int_equal(array.count, 1);
    assert_int_equal(WPI_ARRAY_AT(&array, uint64_t, 0), 42);
    wpi_array_free(&array);
}

static void bitset__agrees_with_a_plain_array(void **state)
{
    (void)state;
    static unsigned char model[5000];
    wpi_bitset set = {0};
    uint32_t number = 1;
    size_t members = 0;
    for (int i = 0; i < 20000; i++) {
        number = (number * 1103515245u + 12345u) & 0x7fffffff;
        uint32_t at = number % 5000;
        bool adds = (number >> 16 & 3) != 0;
        members += adds && !model[at];
        members -= !adds && model[at];
        model[at] = adds;
        if (adds)
            assert_int_equal(wpi_bitset_add(&set, at, NULL), WP_OK);
        else
            wpi_bitset_remove(&set, at);
        assert_int_equal(set.count, members);
    }
    for (uint32_t i = 0; i < 5000; i++)
        assert_int_equal(wpi_bitset_has(&set, i), model[i]);
    assert_false(wpi_bitset_has(&set, UINT32_MAX));
    wpi_bitset_remove(&set, UINT32_MAX);
    wpi_bitset_free(&set);
    assert_false(wpi_bitset_has(&set, 0));
}

static void bitset_add_others__adds_what_another_set_lacks(void **state)
{
    (void)state;
    static const uint32_t LASTS[] = {1, 63, 64, 65, 200, 5000};
    for (size_t i = 0; i < sizeof LASTS / sizeof *LASTS; i++) {
        wpi_bitset set = {0}, absent = {0};
        assert_int_equal(wpi_bitset_add(&set, 7000, NULL), WP_OK);
        assert_int_equal(wpi_bitset_add(&absent, 1, NULL), WP_OK);
        assert_int_equal(wpi_bitset_add(&absent, 64, NULL), WP_OK);
        assert_int_equal(wpi_bitset_add_others(&set, &absent, LASTS[i], NULL), WP_OK);
        size_t count = 0;
        for (uint32_t at = 0; at <= 8000; at++) {
            bool is_wanted = at == 7000 || (at >= 2 && at <= LASTS[i] && at != 64);
            assert_int_equal(wpi_bitset_has(&set, at), is_wanted);
            count += is_wanted;
        }
        assert_int_equal(set.count, count);
        wpi_bitset_free(&set);
        wpi_bitset_free(&absent);
    }
}

static void bitset_add__leaves_the_set_when_it_fails(void **state)
{
    (void)state;
    wpi_bitset set = {0};
    assert_int_equal(wpi_bitset_add(&set, 5, NULL), WP_OK);
    memory_leave(0);
    assert_int_equal(wpi_bitset_add(&set, 1 << 20, NULL), WP_ENOMEM);
    assert_true(wpi_bitset_has(&set, 5));
    assert_int_equal(set.count, 1);
    wpi_bitset_free(&set);
}

static void map__keeps_every_key(void **state)
{
    (void)state;
    wpi_map map = {0};
    assert_null(wpi_map_find(&map, 1));
    for (uint64_t i = 0; i < 300000; i++) {
        uint64_t *value;
        bool is_new;
        assert_int_equal(wpi_map_put(&map, i << 32 | i, i, &value, &is_new, NULL), WP_OK);
        assert_true(is_new);
        assert_int_equal(*value, i);
    }
    assert_int_equal(map.count, 300000);
    assert_true(map.count * 8 <= map.capacity * 5);
    for (uint64_t i = 0; i < 300000; i++) {
        assert_int_equal(*wpi_map_find(&map, i << 32 | i), i);
        assert_null(wpi_map_find(&map, i << 32 | (i + 1)));
    }
    assert_int_equal(wpi_map_bytes(&map), map.capacity * sizeof(wpi_map_slot));
    wpi_map_free(&map);
    assert_null(wpi_map_find(&map, 0));
}

static void map_put__gives_the_value_that_is_there(void **state)
{
    (void)state;
    wpi_map map = {0};
    uint64_t *value;
    bool is_new;
    assert_int_equal(wpi_map_put(&map, 0, 10, &value, NULL, NULL), WP_OK);
    *value += 5;
    assert_int_equal(wpi_map_put(&map, 0, 99, &value, &is_new, NULL), WP_OK);
    assert_false(is_new);
    assert_int_equal(*value, 15);
    assert_int_equal(wpi_map_put(&map, UINT64_MAX - 1, 1, NULL, NULL, NULL), WP_OK);
    assert_int_equal(map.count, 2);
    wpi_map_free(&map);
}

static void map_clear__forgets_and_keeps_the_memory(void **state)
{
    (void)state;
    wpi_map map = {0};
    wpi_map_clear(&map);
    for (uint64_t i = 0; i < 100; i++)
        assert_int_equal(wpi_map_put(&map, i, i, NULL, NULL, NULL), WP_OK);
    size_t bytes = wpi_map_bytes(&map);
    wpi_map_clear(&map);
    assert_int_equal(map.count, 0);
    assert_int_equal(wpi_map_bytes(&map), bytes);
    assert_null(wpi_map_find(&map, 50));
    wpi_map_free(&map);
}

static void map_put__leaves_the_map_when_it_fails(void **state)
{
    (void)state;
    wpi_map map = {0};
    uint64_t stored = 0;
    memory_leave(2);
    while (wpi_map_put(&map, stored, stored, NULL, NULL, NULL) == WP_OK)
        stored++;
    assert_int_equal(stored, 20); /* 5/8 of the second capacity, 32 */
    assert_int_equal(wpi_map_put(&map, 3, 0, NULL, NULL, NULL), WP_OK);
    for (uint64_t i = 0; i < stored; i++)
        assert_int_equal(*wpi_map_find(&map, i), i);
    wpi_map_free(&map);
}

static uint64_t spread(uint64_t number)
{
    number = (number + 1) * UINT64_C(0x9e3779b97f4a7c15);
    return number ^ number >> 32;
}

static void hash_filter__has_all_members_and_tells_most_others(void **state)
{
    (void)state;
    wpi_hash_filter filter = {.words = NULL};
    size_t told = 0;
    assert_true(wpi_hash_filter_may_have(&filter, spread(1)));
    assert_int_equal(wpi_hash_filter_make(&filter, 10000, NULL), WP_OK);
    for (uint64_t i = 0; i < 10000; i++)
        wpi_hash_filter_add(&filter, spread(i));
    for (uint64_t i = 0; i < 10000; i++)
        assert_true(wpi_hash_filter_may_have(&filter, spread(i)));
    for (uint64_t i = 10000; i < 20000; i++)
        told += !wpi_hash_filter_may_have(&filter, spread(i));
    assert_true(told > 9000);
    wpi_hash_filter_free(&filter);
}

static void hash_filter__knows_nothing_once_it_is_full(void **state)
{
    (void)state;
    wpi_hash_filter filter = {.words = NULL};
    assert_int_equal(wpi_hash_filter_make(&filter, 1, NULL), WP_OK);
    wpi_hash_filter_add(&filter, spread(1));
    assert_false(wpi_hash_filter_may_have(&filter, spread(2)));
    wpi_hash_filter_add(&filter, spread(2));
    assert_null(filter.words);
    assert_true(wpi_hash_filter_may_have(&filter, spread(3)));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(array_push__keeps_order),
        cmocka_unit_test(array_extend__appends_all_or_nothing),
        cmocka_unit_test_teardown(array_reserve__leaves_the_array_when_it_fails, memory_restore),
        cmocka_unit_test(bitset__agrees_with_a_plain_array),
        cmocka_unit_test(bitset_add_others__adds_what_another_set_lacks),
        cmocka_unit_test_teardown(bitset_add__leaves_the_set_when_it_fails, memory_restore),
        cmocka_unit_test(hash_filter__has_all_members_and_tells_most_others),
        cmocka_unit_test(hash_filter__knows_nothing_once_it_is_full),
        cmocka_unit_test(map__keeps_every_key),
        cmocka_unit_test(map_put__gives_the_value_that_is_there),
        cmocka_unit_test(map_clear__forgets_and_keeps_the_memory),
        cmocka_unit_test_teardown(map_put__leaves_the_map_when_it_fails, memory_restore),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
