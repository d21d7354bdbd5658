/*
 * Rows of edge lists that are parsed ahead: they come in the order of the file, each with its
 * place, good or bad, whether all of them are wanted or not.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "import/edges_ahead.h"

#define ROWS 20000 /* more than all blocks hold */

typedef struct reading {
    FILE *file;
    import_options options;
    run import;
    edges_ahead ahead;
    place from;
} reading;

static const edges_shape shape = {.delimiter = ' ', .weight = IMPORT_WEIGHT_NONE};

static void write_rows(reading *it, const char *text)
{
    *it = (reading){.file = tmpfile()};
    assert_non_null(it->file);
    if (text != NULL)
        fputs(text, it->file);
    for (int i = 0; text == NULL && i < ROWS; i++)
        fprintf(it->file, i % 1000 == 999 ? "# a comment\nalone%d\n" : "a%d b%d\n", i, i + 1);
    assert_int_equal(fflush(it->file), 0);
    it->import.options = &it->options;
    it->import.source.fd = fileno(it->file);
    assert_true(people_init(&it->import.people));
}

static void end(reading *it)
{
    edges_ahead_end(&it->ahead);
    people_free(&it->import.people);
    assert_int_equal(fclose(it->file), 0);
}

static void check_row(const reading *it, const edges_row *row, int i)
{
    char from[16];
    if (i % 1000 == 999) {
        assert_string_not_equal(row->detail, "");
        assert_int_equal(row->reason, REASON_FEW_COLUMNS);
        return;
    }
    int length = snprintf(from, sizeof from, "a%d", i);
    assert_null(row->detail);
    assert_string_equal(row->edge.from, from);
    assert_int_equal(row->edge.from_length, length);
    assert_int_equal(row->from_hash,
                     people_hash(&it->import.people, WP_IDENTITY_ID, from, (size_t)length));
    assert_int_equal(row->where.line, i + 1 + i / 1000);
}

static void edges_ahead__gives_all_rows_in_order(void **state)
{
    reading it;
    const edges_block *block;
    int rows = 0;
    uint64_t next = 0;
    (void)state;
    write_rows(&it, NULL);
    assert_int_equal(edges_ahead_begin(&it.ahead, &it.import, &shape, &it.from), LINES_OK);
    do {
        block = edges_ahead_next(&it.ahead);
        for (size_t i = 0; i < block->count; i++) {
            assert_true(block->rows[i].where.byte >= next);
            next = block->rows[i].where.next;
            check_row(&it, &block->rows[i], rows++);
        }
    } while (block->code == LINES_OK);
    assert_int_equal(block->code, LINES_END);
    assert_int_equal(rows, ROWS);
    end(&it);
}

static void edges_ahead__can_be_ended_at_any_block(void **state)
{
    (void)state;
    for (int blocks = 0; blocks < 6; blocks++) {
        reading it;
        write_rows(&it, NULL);
        assert_int_equal(edges_ahead_begin(&it.ahead, &it.import, &shape, &it.from), LINES_OK);
        for (int i = 0; i < blocks; i++)
            assert_int_equal(edges_ahead_next(&it.ahead)->rows[0].where.line > 0, 1);
        end(&it);
    }
}

/* Two ids of the greatest length each: blocks end when their texts are full, not their rows. */
static void edges_ahead__holds_long_ids(void **state)
{
    reading it;
    const edges_block *block;
    char *text = malloc(400 * 1026 + 1);
    size_t bytes = 0, rows = 0;
    (void)state;
    assert_non_null(text);
    for (int i = 0; i < 400; i++) {
        memset(text + bytes, 'a', 1025);
        text[bytes + 512] = ' ';
        text[bytes + 513] = 'b';
        text[bytes + 1025] = '\n';
        bytes += 1026;
    }
    text[bytes] = '\0';
    write_rows(&it, text);
    free(text);
    assert_int_equal(edges_ahead_begin(&it.ahead, &it.import, &shape, &it.from), LINES_OK);
    do {
        block = edges_ahead_next(&it.ahead);
        for (size_t i = 0; i < block->count; i++, rows++) {
            assert_int_equal(strlen(block->rows[i].edge.from), 512);
            assert_int_equal(strlen(block->rows[i].edge.to), 512);
        }
    } while (block->code == LINES_OK);
    assert_int_equal(rows, 400);
    end(&it);
}

/* As when a run goes on behind its mark; the header is passed over at the beginning alone. */
static void edges_ahead__goes_on_at_a_place(void **state)
{
    reading it;
    edges_shape headed = shape;
    (void)state;
    headed.has_header = true;
    write_rows(&it, "from to\na b\nc d\n");
    assert_int_equal(edges_ahead_begin(&it.ahead, &it.import, &headed, &it.from), LINES_OK);
    const edges_block *block = edges_ahead_next(&it.ahead);
    assert_int_equal(block->count, 2);
    assert_string_equal(block->rows[0].edge.from, "a");
    edges_ahead_end(&it.ahead);
    it.from = (place){.next = 12, .next_line = 2};
    assert_int_equal(edges_ahead_begin(&it.ahead, &it.import, &headed, &it.from), LINES_OK);
    block = edges_ahead_next(&it.ahead);
    assert_int_equal(block->count, 1);
    assert_string_equal(block->rows[0].edge.from, "c");
    assert_int_equal(block->rows[0].where.line, 3);
    end(&it);
}

static void edges_ahead__says_why_a_file_cannot_be_read(void **state)
{
    reading it;
    (void)state;
    write_rows(&it, "");
    it.import.source.fd = -1;
    assert_int_equal(edges_ahead_begin(&it.ahead, &it.import, &shape, &it.from), LINES_FAILED);
    assert_true(it.ahead.lines.failure != 0);
    end(&it);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(edges_ahead__gives_all_rows_in_order),
        cmocka_unit_test(edges_ahead__can_be_ended_at_any_block),
        cmocka_unit_test(edges_ahead__holds_long_ids),
        cmocka_unit_test(edges_ahead__goes_on_at_a_place),
        cmocka_unit_test(edges_ahead__says_why_a_file_cannot_be_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
