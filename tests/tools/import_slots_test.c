/*
 * Hash tables that only grow: every key is found with its value, whatever the table doubled to, in
 * place or by moving, also keys that crowd at one place and at the end of the table; when it is
 * full it says so.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "import/slots.h"

#define KEYS 400000

static const slots_shape pairs = {2, (size_t)1 << 20, 6};

/* Keys, never 0, of which every thousandth begins at the last place of the table. */
static uint64_t key_of(uint64_t i)
{
    uint64_t place = i % 1000 == 0 ? UINT64_MAX : i * UINT64_C(0x9e3779b97f4a7c15) >> 20;
    return place << 20 | (i + 1);
}

static bool put(slots *table, const slots_shape *shape, uint64_t key, uint64_t value)
{
    if (!slots_make_room(table, shape))
        return false;
    uint64_t *slot = slots_find(table, shape->words, key);
    assert_int_equal(slot[0], 0);
    slot[0] = key;
    slot[1] = value;
    table->count++;
    return true;
}

static void slots__finds_every_key_after_every_doubling(void **state)
{
    slots table = {0};
    size_t capacity = 0;
    (void)state;
    for (uint64_t i = 0; i < KEYS; i++) {
        assert_true(put(&table, &pairs, key_of(i), i));
        if (table.capacity == capacity)
            continue;
        capacity = table.capacity;
        for (uint64_t j = 0; j <= i; j++) {
            const uint64_t *slot = slots_find(&table, pairs.words, key_of(j));
            assert_true(slot[0] == key_of(j) && slot[1] == j);
        }
        assert_int_equal(*slots_find(&table, pairs.words, key_of(i + 1)), 0);
    }
    assert_true(table.is_reserved);
    assert_int_equal(capacity, 1 << 20);
    slots_free(&table);
}

static void slots__says_when_there_is_no_room(void **state)
{
    static const slots_shape small = {2, 2048, 6};
    slots table = {0};
    uint64_t count = 0;
    (void)state;
    while (put(&table, &small, key_of(count), count))
        count++;
    assert_int_equal(count, 1536);
    assert_int_equal(slots_find(&table, small.words, key_of(7))[1], 7);
    assert_int_equal(*slots_find(&table, small.words, key_of(count)), 0);
    slots_free(&table);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(slots__finds_every_key_after_every_doubling),
        cmocka_unit_test(slots__says_when_there_is_no_room),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
