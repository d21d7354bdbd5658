/*
 * Rebuilding a file of so many records and bytes that the copy takes several transactions: nothing
 * is missing, and who waits for it is told how far it is.
 */
#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "crash_process.h"
#include "scratch.h"
#include "store/store.h"

#define SMALL 70000u /* more than there are between two calls that tell how far it is */
#define LARGE 70u
#define LARGE_BYTES ((size_t)1 << 20) /* in all more than goes into a transaction */

static char *path;
static unsigned char *value;

static wpi_slice key_of(unsigned number, char *text)
{
    (void)snprintf(text, 16, "%08u", number);
    return (wpi_slice){text, 8};
}

/* Another length and content for each record. */
static wpi_slice value_of(unsigned number)
{
    size_t bytes = number < LARGE ? LARGE_BYTES : 20;
    memset(value, (int)(number % 251), 20);
    memcpy(value, &number, sizeof number);
    return (wpi_slice){value, bytes};
}

static void fill(wpi_store *store)
{
    wpi_store_txn *txn;
    wp_error err;
    char key[16];
    crash_must(wpi_store_begin(store, true, &txn, &err), &err, "beginning to write");
    for (unsigned i = 0; i < LARGE + SMALL; i++)
        crash_must(wpi_store_append(txn, WPI_TABLE_PERSON, key_of(i, key), value_of(i), 1, &err),
                   &err, "storing a record");
    crash_must(wpi_store_commit(txn, &err), &err, "committing");
}

static void expect_all(wpi_store *store)
{
    wpi_store_txn *txn;
    wpi_store_cursor *cursor;
    wpi_slice key, found;
    wp_error err;
    unsigned count = 0;
    crash_must(wpi_store_begin(store, false, &txn, &err), &err, "beginning to read");
    crash_must(wpi_store_cursor_open(txn, WPI_TABLE_PERSON, &cursor, &err), &err, "a cursor");
    for (; wpi_store_cursor_next(cursor, &key, &found, NULL) == WP_OK; count++) {
        wpi_slice expected = value_of(count);
        assert_int_equal(found.bytes, expected.bytes);
        assert_memory_equal(found.data, expected.data, 20);
    }
    assert_int_equal(count, LARGE + SMALL);
    wpi_store_cursor_close(cursor);
    wpi_store_abort(txn);
}

static void tell(void *context, uint64_t done, uint64_t total)
{
    unsigned *calls = context;
    assert_true(done > 0 && done <= total && total > LARGE + SMALL);
    ++*calls;
}

static void rebuild__copies_many_records_in_several_transactions(void **state)
{
    (void)state;
    wpi_store *store;
    wp_error err;
    unsigned calls = 0;
    path = strdup(scratch_path("large.warmpath"));
    value = calloc(1, LARGE_BYTES);
    crash_require(path != NULL && value != NULL, "memory");
    crash_must(wpi_store_create(path, NULL, NULL, &err), &err, "creating");
    crash_must(wpi_store_open(path, NULL, &store, &err), &err, "opening");
    fill(store);
    const wpi_store_rebuild_options told = {NULL, tell, &calls}, untold = {NULL, NULL, NULL};
    crash_must(wpi_store_rebuild(store, &told, &err), &err, "rebuilding");
    assert_int_equal(calls, 1);
    expect_all(store);
    crash_must(wpi_store_rebuild(store, &untold, &err), &err, "rebuilding again");
    expect_all(store);
    wpi_store_close(store);
    free(value);
    free(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rebuild__copies_many_records_in_several_transactions)};
    return scratch_end(cmocka_run_group_tests(tests, NULL, NULL));
}
