/*
 * Transactions under pressure: a second writer, a full map, many readers, threads, allocations that
 * fail. Calls of the system that fail in a commit are in outcome_test.c.
 */
#include "fixture.h"
#include "memory_left.h"

#include <pthread.h>
#include <sys/wait.h>

static wpi_store *open_with_map(const char *path, uint64_t map_bytes)
{
    wp_open_options options = WP_OPEN_OPTIONS_INIT;
    wpi_store *store = NULL;
    options.map_bytes = map_bytes;
    EXPECT_OK(wpi_store_open(path, &options, &store, &err));
    return store;
}

static void store_begin__refuses_a_second_write_in_a_thread(void **state)
{
    (void)state;
    char *path = fixture_create("busy");
    wpi_store *store = fixture_open(path);
    wpi_store_txn *first = fixture_begin(store, true);
    wpi_store_txn *second = NULL;
    wp_error why = {WP_OK, ""};
    assert_int_equal(wpi_store_begin(store, true, &second, &why), WP_EBUSY);
    assert_null(second);
    assert_int_equal(why.status, WP_EBUSY);
    wpi_store_txn *reading = fixture_begin(store, false);
    wpi_store_abort(reading);
    wpi_store_abort(first);
    fixture_store(store, "k", "v");
    fixture_store(store, "k", "w");
    wpi_store_close(store);
    free(path);
}

/* What a writing thread does. */
typedef struct worker {
    wpi_store *store;
    unsigned number;
    unsigned failures;
} worker;

static wp_status increment(wpi_store_txn *txn)
{
    uint64_t count = 0;
    wpi_slice value;
    wpi_slice key = fixture_text("count");
    wp_status status = wpi_store_get(txn, WPI_TABLE_PERSON, key, &value, NULL, NULL);
    if (status == WP_OK)
        memcpy(&count, value.data, sizeof(count));
    count++;
    return wpi_store_put(txn, WPI_TABLE_PERSON, key, (wpi_slice){&count, sizeof(count)}, 1, NULL);
}

static void *work(void *context)
{
    worker *self = context;
    wpi_store_txn *txn;
    wpi_slice value;
    for (int i = 0; i < 100; i++) {
        if (wpi_store_begin(self->store, true, &txn, NULL) != WP_OK) {
            self->failures++;
            continue;
        }
        if (increment(txn) != WP_OK)
            self->failures++;
        if (i % 7 == 3)
            wpi_store_abort(txn);
        else if (wpi_store_commit(txn, NULL) != WP_OK)
            self->failures++;
        if (wpi_store_begin(self->store, false, &txn, NULL) != WP_OK) {
            self->failures++;
            continue;
        }
        if (wpi_store_get(txn, WPI_TABLE_PERSON, fixture_text("count"), &value, NULL, NULL) !=
            WP_OK)
            self->failures++;
        wpi_store_abort(txn);
    }
    return NULL;
}

static void store_begin__lets_threads_write_in_turn(void **state)
{
    (void)state;
    enum { WORKERS = 4 };
    pthread_t threads[WORKERS];
    worker workers[WORKERS];
    char *path = fixture_create("threads");
    wpi_store *store = fixture_open(path);
    for (unsigned i = 0; i < WORKERS; i++) {
        workers[i] = (worker){store, i, 0};
        assert_int_equal(pthread_create(&threads[i], NULL, work, &workers[i]), 0);
    }
    for (unsigned i = 0; i < WORKERS; i++) {
        assert_int_equal(pthread_join(threads[i], NULL), 0);
        assert_int_equal(workers[i].failures, 0);
    }
    wpi_store_txn *txn = fixture_begin(store, false);
    wpi_slice value;
    uint64_t count;
    EXPECT_OK(wpi_store_get(txn, WPI_TABLE_PERSON, fixture_text("count"), &value, NULL, &err));
    memcpy(&count, value.data, sizeof(count));
    assert_int_equal(count, WORKERS * 86);
    wpi_store_abort(txn);
    wpi_store_close(store);
    free(path);
}

static void store_begin__has_room_for_a_thousand_readers(void **state)
{
    (void)state;
    enum { READERS = 1024 };
    static wpi_store_txn *readers[READERS];
    wpi_store_txn *one_more = NULL;
    wp_error why = {WP_OK, ""};
    char *path = fixture_create("readers");
    wpi_store *store = fixture_open(path);
    for (int i = 0; i < READERS; i++)
        readers[i] = fixture_begin(store, false);
    assert_int_equal(wpi_store_reader_count(store), READERS);
    assert_int_equal(wpi_store_begin(store, false, &one_more, &why), WP_EBUSY);
    assert_null(one_more);
    for (int i = 0; i < READERS; i++)
        wpi_store_abort(readers[i]);
    wpi_store_abort(fixture_begin(store, false));
    wpi_store_close(store);
    free(path);
}

/* Put records of 1 KiB until a put or the commit fails; returns what failed with. */
static wp_status fill(wpi_store *store, unsigned first, unsigned count, wp_error *err)
{
    static const char payload[1024] = "filler";
    wpi_store_txn *txn = fixture_begin(store, true);
    for (unsigned i = 0; i < count; i++) {
        char key[32];
        (void)snprintf(key, sizeof(key), "%08u", first + i);
        wp_status status = wpi_store_put(txn, WPI_TABLE_PERSON, fixture_text(key),
                                         (wpi_slice){payload, sizeof(payload)}, 1, err);
        if (status != WP_OK) {
            /* Only abort is left: a commit must not keep half of it. */
            assert_int_equal(
                wpi_store_put(txn, WPI_TABLE_PERSON, fixture_text("x"), fixture_text("y"), 1, NULL),
                status);
            assert_int_equal(wpi_store_commit(txn, NULL), status);
            return status;
        }
    }
    return wpi_store_commit(txn, err);
}

static void store_put__says_that_the_map_is_full_and_grows_it(void **state)
{
    (void)state;
    char *path = fixture_create("full");
    wpi_store *store = open_with_map(path, 1 << 20);
    wp_error why = {WP_OK, ""};
    fixture_store(store, "before", "1");
    wpi_store_txn *reading = fixture_begin(store, false);
    assert_int_equal(fill(store, 0, 2000, &why), WP_EFULL);
    assert_int_equal(why.status, WP_EFULL);
    assert_int_equal(fill(store, 0, 2000, &why), WP_EFULL); /* A reader forbids growth. */
    fixture_expect(reading, "before", "1");
    fixture_expect_none(reading, "00000000");
    wpi_store_abort(reading);
    wp_status status = WP_EFULL;
    for (int tries = 0; tries < 4 && status == WP_EFULL; tries++)
        status = fill(store, 0, 2000, &why);
    assert_int_equal(status, WP_OK);
    reading = fixture_begin(store, false);
    fixture_expect(reading, "before", "1");
    uint64_t count;
    EXPECT_OK(wpi_store_count(reading, WPI_TABLE_PERSON, &count, &err));
    assert_int_equal(count, 2001);
    wpi_store_abort(reading);
    wpi_store_close(store);
    free(path);
}

/* Delete the records of a range of numbers, in one transaction. */
static wp_status remove_some(wpi_store *store, int from, int to, wp_error *err)
{
    wpi_store_txn *txn = fixture_begin(store, true);
    wp_status status = WP_OK;
    for (int i = from; i < to && status == WP_OK; i++) {
        char key[16];
        (void)snprintf(key, sizeof key, "%08d", i);
        status = wpi_store_delete(txn, WPI_TABLE_PERSON, fixture_text(key), err);
    }
    if (status == WP_OK)
        return wpi_store_commit(txn, err);
    wpi_store_abort(txn);
    return status;
}

/* Put one record a transaction until one fails; the number of those that did not. */
static int fill_up(wpi_store *store, bool may_use_reserve, wp_error *why)
{
    for (int i = 0;; i++) {
        char key[16], value[300];
        (void)snprintf(key, sizeof key, "%08d", i);
        memset(value, 'v', sizeof value);
        wpi_store_txn *txn = fixture_begin(store, true);
        if (may_use_reserve)
            wpi_store_use_reserve(txn);
        wp_status status = wpi_store_put(txn, WPI_TABLE_PERSON, fixture_text(key),
                                         (wpi_slice){value, sizeof value}, 1, why);
        if (status == WP_OK)
            status = wpi_store_commit(txn, why);
        else
            wpi_store_abort(txn);
        if (status != WP_OK) {
            assert_int_equal(status, WP_EFULL);
            assert_int_equal(why->status, WP_EFULL);
            return i;
        }
    }
}

static void store_delete__works_when_the_map_is_full_and_cannot_grow(void **state)
{
    (void)state;
    char *path = fixture_create("reserve");
    wpi_store *store = open_with_map(path, 1 << 20);
    wp_error why = {WP_OK, ""};
    wpi_store_txn *reading = fixture_begin(store, false); /* pins every page and forbids growth */
    int count = fill_up(store, false, &why);
    assert_true(count > 10);
    EXPECT_OK(remove_some(store, 0, 3, &err));
    EXPECT_OK(remove_some(store, 3, 6, &err));
    assert_int_equal(fill_up(store, false, &why), 0); /* what was freed is pinned */
    wpi_store_abort(reading);
    EXPECT_OK(remove_some(store, 6, count, &err));
    wpi_store_close(store);

    /* Without the reserve nothing could be deleted. */
    char *other = fixture_create("no-reserve");
    store = open_with_map(other, 1 << 20);
    reading = fixture_begin(store, false);
    assert_true(fill_up(store, true, &why) > count);
    assert_int_equal(remove_some(store, 0, 3, &why), WP_EFULL);
    wpi_store_abort(reading);
    wpi_store_close(store);
    free(path), free(other);
}

static void store_begin__follows_a_file_that_outgrew_its_map(void **state)
{
    (void)state;
    /* A reader of the old size in this process, a writer with a large map in a child. */
    char *path = fixture_create("outgrown");
    wpi_store *store = open_with_map(path, 1 << 20);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        wpi_store *own = NULL;
        bool is_right =
            wpi_store_open(path, NULL, &own, NULL) == WP_OK && fill(own, 0, 5000, NULL) == WP_OK;
        wpi_store_close(own);
        _exit(is_right ? 0 : 1);
    }
    int result;
    assert_int_equal(waitpid(child, &result, 0), child);
    assert_int_equal(result, 0);
    wpi_store_txn *txn = fixture_begin(store, false);
    uint64_t count;
    EXPECT_OK(wpi_store_count(txn, WPI_TABLE_PERSON, &count, &err));
    assert_int_equal(count, 5000);
    wpi_store_abort(txn);
    fixture_store(store, "after", "1");
    wpi_store_close(store);
    free(path);
}

static void store_commit__of_nothing_makes_no_snapshot(void **state)
{
    (void)state;
    char *path = fixture_create("nothing");
    wpi_store *store = fixture_open(path);
    wpi_store_txn *before = fixture_begin(store, false);
    fixture_commit(fixture_begin(store, true));
    wpi_store_txn *after = fixture_begin(store, false);
    assert_int_equal(wpi_store_snapshot(after), wpi_store_snapshot(before));
    fixture_commit(after); /* which ends a read transaction as well */
    fixture_commit(before);
    assert_int_equal(wpi_store_reader_count(store), 0);
    wpi_store_close(store);
    free(path);
}

/* Everything in a row; stops at the first failure and releases what it has. */
static wp_status do_everything(const char *path, const char *copy)
{
    wpi_store *store = NULL;
    wpi_store_txn *txn = NULL;
    wpi_store_cursor *cursor = NULL;
    wpi_slice key;
    wpi_slice value;
    wp_status status = wpi_store_create(path, NULL, NULL, NULL);
    if (status == WP_OK)
        status = wpi_store_open(path, NULL, &store, NULL);
    if (status == WP_OK)
        status = wpi_store_begin(store, true, &txn, NULL);
    if (status == WP_OK)
        status = wpi_store_put(txn, WPI_TABLE_TIE, fixture_text("k"), fixture_text("v"), 1, NULL);
    if (status == WP_OK)
        status = wpi_store_cursor_open(txn, WPI_TABLE_TIE, &cursor, NULL);
    if (status == WP_OK)
        status = wpi_store_cursor_next(cursor, &key, &value, NULL);
    wpi_store_cursor_close(cursor);
    if (status == WP_OK) {
        status = wpi_store_commit(txn, NULL);
        txn = NULL;
    }
    wpi_store_abort(txn);
    if (status == WP_OK)
        status = wpi_store_backup(store, copy, NULL, NULL);
    wpi_store_close(store);
    return status;
}

static void store__survives_any_failed_allocation(void **state)
{
    (void)state;
    char *path = strdup(scratch_path("allocations"));
    char *copy = strdup(scratch_path("allocations-copy"));
    wp_status status = WP_ENOMEM;
    unsigned tries = 0;
    while (status == WP_ENOMEM && tries < 200) {
        (void)unlink(path);
        memory_leave(tries++);
        status = do_everything(path, copy);
        memory_leave_all();
        if (status == WP_ENOMEM)
            assert_int_equal(access(copy, F_OK), -1);
    }
    assert_int_equal(status, WP_OK);
    assert_in_range(tries, 10, 199);
    free(copy);
    free(path);
}

static void store_backup__copies_what_is_committed(void **state)
{
    (void)state;
    char *path = fixture_create("source");
    char *copy = strdup(scratch_path("backup"));
    wpi_store *store = fixture_open(path);
    wp_error why = {WP_OK, ""};
    for (unsigned i = 0; i < 10; i++)
        assert_int_equal(fill(store, i * 100, 150, &why), WP_OK);
    wpi_store_txn *txn = fixture_begin(store, true);
    fixture_put(txn, "uncommitted", "1");
    assert_int_equal(wpi_store_backup(store, copy, NULL, &why), WP_OK);
    assert_int_equal(wpi_store_backup(store, copy, NULL, &why), WP_EEXIST);
    wpi_store_abort(txn);
    wpi_store *second = fixture_open(copy);
    assert_ptr_not_equal(second, store);
    txn = fixture_begin(second, false);
    uint64_t count;
    EXPECT_OK(wpi_store_count(txn, WPI_TABLE_PERSON, &count, &err));
    assert_int_equal(count, 1050);
    fixture_expect_none(txn, "uncommitted");
    wpi_store_abort(txn);
    fixture_store(second, "only in the copy", "1");
    wpi_store_close(second);
    wpi_store_close(store);
    assert_int_equal(access(scratch_path("backup-lock"), F_OK), 0);
    assert_int_equal(wpi_store_backup(fixture_open(path), scratch_path("no/where"), NULL, NULL),
                     WP_ENOTFOUND);
    wpi_store *again = fixture_open(path);
    wpi_store_close(again);
    wpi_store_close(again);
    free(copy);
    free(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(store_begin__refuses_a_second_write_in_a_thread),
        cmocka_unit_test(store_begin__lets_threads_write_in_turn),
        cmocka_unit_test(store_begin__has_room_for_a_thousand_readers),
        cmocka_unit_test(store_put__says_that_the_map_is_full_and_grows_it),
        cmocka_unit_test(store_delete__works_when_the_map_is_full_and_cannot_grow),
        cmocka_unit_test(store_begin__follows_a_file_that_outgrew_its_map),
        cmocka_unit_test(store_commit__of_nothing_makes_no_snapshot),
        cmocka_unit_test(store__survives_any_failed_allocation),
        cmocka_unit_test(store_backup__copies_what_is_committed),
    };
    return scratch_end(cmocka_run_group_tests(tests, NULL, NULL));
}
