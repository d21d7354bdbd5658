/*
 * Memory and the arena: sizes that overflow, the hook that makes the Nth allocation fail, and what
 * an arena promises about alignment, limits and reuse.
 */
#include "base/memory.h"
#include "memory_left.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void memory_new__refuses_what_overflows(void **state)
{
    (void)state;
    assert_null(wpi_memory_new(SIZE_MAX / 2, 3));
    assert_null(wpi_memory_new_zeroed(SIZE_MAX, SIZE_MAX));
    assert_null(wpi_memory_new(SIZE_MAX, 1));
    void *kept = wpi_memory_new(4, 4);
    assert_non_null(kept);
    assert_null(wpi_memory_resize(kept, SIZE_MAX / 2, 3));
    wpi_memory_free(kept);
}

static void memory_new__gives_nothing_an_address(void **state)
{
    (void)state;
    void *nothing = wpi_memory_new(0, 8);
    assert_non_null(nothing);
    nothing = wpi_memory_resize(nothing, 0, 0);
    assert_non_null(nothing);
    wpi_memory_free(nothing);
    wpi_memory_free(NULL);
}

static void memory_new_zeroed__is_zero(void **state)
{
    (void)state;
    unsigned char *zeros = wpi_memory_new_zeroed(100, 3);
    assert_non_null(zeros);
    for (int i = 0; i < 300; i++)
        assert_int_equal(zeros[i], 0);
    wpi_memory_free(zeros);
}

static void memory_copy_text__copies_or_gives_null(void **state)
{
    (void)state;
    assert_null(wpi_memory_copy_text(NULL));
    char *copy = wpi_memory_copy_text("introducer");
    assert_string_equal(copy, "introducer");
    wpi_memory_free(copy);
}

static void memory_fault_hook__makes_the_nth_allocation_fail(void **state)
{
    (void)state;
    memory_leave(2);
    void *first = wpi_memory_new(1, 1);
    void *second = wpi_memory_new_zeroed(1, 1);
    assert_non_null(first);
    assert_non_null(second);
    assert_null(wpi_memory_new(1, 1));
    assert_null(wpi_memory_resize(first, 2, 1));
    assert_null(wpi_memory_copy_text("x"));
    wpi_memory_free(first);
    wpi_memory_free(second);
}

static void memory_failed__says_enomem(void **state)
{
    (void)state;
    wp_error err;
    assert_int_equal(wpi_memory_failed(&err), WP_ENOMEM);
    assert_int_equal(err.status, WP_ENOMEM);
    assert_string_equal(err.message, "memory could not be allocated");
}

static void arena_take__aligns_and_keeps_apart(void **state)
{
    (void)state;
    wpi_arena arena = {0};
    unsigned char *taken[500];
    for (size_t i = 0; i < 500; i++) {
        taken[i] = wpi_arena_take(&arena, i + 1, 1);
        assert_non_null(taken[i]);
        assert_int_equal((uintptr_t)taken[i] % 16, 0);
        memset(taken[i], (int)(i & 255), i + 1);
    }
    for (size_t i = 0; i < 500; i++) {
        for (size_t j = 0; j <= i; j++)
            assert_int_equal(taken[i][j], i & 255);
    }
    wpi_arena_free(&arena);
    assert_null(arena.blocks);
}

static void arena_take__stops_at_the_limit(void **state)
{
    (void)state;
    wpi_arena arena;
    wpi_arena_init(&arena, 100000);
    size_t taken = 0;
    while (wpi_arena_take(&arena, 1000, 1) != NULL)
        taken += 1000;
    assert_in_range(taken, 80000, 100000);
    assert_true(arena.total_bytes <= 100000);
    assert_null(wpi_arena_take(&arena, 100001, 1));
    wpi_arena_free(&arena);
}

static void arena_take__refuses_what_overflows(void **state)
{
    (void)state;
    wpi_arena arena = {0};
    assert_null(wpi_arena_take(&arena, SIZE_MAX, 2));
    assert_null(wpi_arena_take(&arena, PTRDIFF_MAX, 1));
    assert_non_null(wpi_arena_take(&arena, 3000000, 1));
    wpi_arena_free(&arena);
}

static void arena_reset__keeps_one_block(void **state)
{
    (void)state;
    wpi_arena arena = {0};
    wpi_arena_reset(&arena);
    for (int i = 0; i < 100; i++)
        assert_non_null(wpi_arena_take(&arena, 1000, 4));
    wpi_arena_reset(&arena);
    size_t kept = arena.total_bytes;
    assert_in_range(kept, 1, 1 << 20);
    assert_non_null(wpi_arena_take(&arena, 1, 1000));
    assert_int_equal(arena.total_bytes, kept);
    wpi_arena_free(&arena);
}

static void arena_take__survives_failure(void **state)
{
    (void)state;
    wpi_arena arena = {0};
    memory_leave(0);
    assert_null(wpi_arena_take(&arena, 8, 8));
    memory_leave(1);
    assert_non_null(wpi_arena_take(&arena, 8, 8));
    assert_null(wpi_arena_take(&arena, 1000000, 8));
    assert_non_null(wpi_arena_take(&arena, 8, 8));
    wpi_arena_free(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(memory_new__refuses_what_overflows),
        cmocka_unit_test(memory_new__gives_nothing_an_address),
        cmocka_unit_test(memory_new_zeroed__is_zero),
        cmocka_unit_test(memory_copy_text__copies_or_gives_null),
        cmocka_unit_test_teardown(memory_fault_hook__makes_the_nth_allocation_fail, memory_restore),
        cmocka_unit_test(memory_failed__says_enomem),
        cmocka_unit_test(arena_take__aligns_and_keeps_apart),
        cmocka_unit_test(arena_take__stops_at_the_limit),
        cmocka_unit_test(arena_take__refuses_what_overflows),
        cmocka_unit_test(arena_reset__keeps_one_block),
        cmocka_unit_test_teardown(arena_take__survives_failure, memory_restore),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
