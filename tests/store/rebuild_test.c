/*
 * Rebuilding a file: what was deleted is gone from its bytes, everything else is there, and nobody
 * who has the file open is left with an old one.
 */
#include "fixture.h"

#include <sys/stat.h>
#include <sys/wait.h>

#include "scan.h"

#define RECORDS 3000
#define SECRET "a secret that was deleted"

static void put(wpi_store_txn *txn, unsigned number, const char *text)
{
    char key[32];
    (void)snprintf(key, sizeof key, "key %08u", number);
    EXPECT_OK(wpi_store_put(txn, WPI_TABLE_PERSON, fixture_text(key), fixture_text(text), 1, &err));
}

/* Records of all sizes, every tenth of which is secret and was deleted again. */
static char *create_with_secrets(const char *name)
{
    char *path = fixture_create(name), text[4000];
    wpi_store *store = fixture_open(path);
    wpi_store_txn *txn = fixture_begin(store, true);
    for (unsigned i = 0; i < RECORDS; i++) {
        size_t length = 30 + i * 7 % 3900;
        memset(text, 'a' + (int)(i % 26), length);
        text[length] = '\0';
        if (i % 10 == 0)
            memcpy(text, SECRET, strlen(SECRET));
        put(txn, i, text);
    }
    EXPECT_OK(wpi_store_commit(txn, &err));
    txn = fixture_begin(store, true);
    for (unsigned i = 0; i < RECORDS; i += 10) {
        char key[32];
        (void)snprintf(key, sizeof key, "key %08u", i);
        EXPECT_OK(wpi_store_delete(txn, WPI_TABLE_PERSON, fixture_text(key), &err));
    }
    EXPECT_OK(wpi_store_commit(txn, &err));
    wpi_store_close(store);
    return path;
}

static wp_status rebuild(wpi_store *store, const char *left_out, wp_error *err)
{
    return wpi_store_rebuild(store, &(wpi_store_rebuild_options){left_out, NULL, NULL}, err);
}

static size_t count_secrets(const char *path)
{
    const char *texts[] = {SECRET};
    return scan_file(path, texts, 1, false);
}

static uint64_t count_records(wpi_store *store, unsigned *sum)
{
    wpi_store_txn *txn = fixture_begin(store, false);
    wpi_store_cursor *cursor;
    wpi_slice key, value;
    uint64_t count = 0;
    EXPECT_OK(wpi_store_cursor_open(txn, WPI_TABLE_PERSON, &cursor, &err));
    while (wpi_store_cursor_next(cursor, &key, &value, NULL) == WP_OK) {
        count++;
        *sum += ((const unsigned char *)value.data)[0] + (unsigned)value.bytes;
    }
    wpi_store_cursor_close(cursor);
    wpi_store_abort(txn);
    return count;
}

static void store_rebuild__leaves_no_byte_of_what_was_deleted(void **state)
{
    (void)state;
    char *path = create_with_secrets("secrets");
    unsigned before = 0, after = 0;
    wpi_store *store = fixture_open(path);
    assert_int_equal(count_records(store, &before), RECORDS - RECORDS / 10);
    /* The scan finds what deleting alone leaves behind, and what a backup takes along. */
    assert_true(count_secrets(path) > 0);
    EXPECT_OK(wpi_store_backup(store, scratch_path("backup"), NULL, &err));
    assert_true(count_secrets(scratch_path("backup")) > 0);
    uint64_t bytes = wpi_store_file_bytes(store);
    EXPECT_OK(rebuild(store, NULL, &err));
    assert_int_equal(count_secrets(path), 0);
    assert_int_equal(count_records(store, &after), RECORDS - RECORDS / 10);
    assert_int_equal(before, after);
    assert_true(wpi_store_file_bytes(store) < bytes);
    /* It goes on as before. */
    wpi_store_txn *txn = fixture_begin(store, true);
    put(txn, 5, "changed");
    EXPECT_OK(wpi_store_commit(txn, &err));
    EXPECT_OK(rebuild(store, NULL, &err));
    wpi_store_close(store);
    store = fixture_open(path);
    assert_int_equal(count_records(store, &after), RECORDS - RECORDS / 10);
    wpi_store_close(store);
    free(path);
}

static void store_rebuild__leaves_a_record_out(void **state)
{
    (void)state;
    char *path = fixture_create("left_out");
    wpi_slice value;
    wpi_store *store = fixture_open(path);
    wpi_store_txn *txn = fixture_begin(store, true);
    EXPECT_OK(wpi_store_put(txn, WPI_TABLE_META, fixture_text("a"), fixture_text("1"), 1, &err));
    EXPECT_OK(wpi_store_put(txn, WPI_TABLE_META, fixture_text("ab"), fixture_text("2"), 1, &err));
    EXPECT_OK(wpi_store_put(txn, WPI_TABLE_PERSON, fixture_text("a"), fixture_text("3"), 1, &err));
    EXPECT_OK(wpi_store_commit(txn, &err));
    EXPECT_OK(rebuild(store, "a", &err));
    txn = fixture_begin(store, false);
    assert_int_equal(wpi_store_get(txn, WPI_TABLE_META, fixture_text("a"), &value, NULL, NULL),
                     WP_ENOTFOUND);
    EXPECT_OK(wpi_store_get(txn, WPI_TABLE_META, fixture_text("ab"), &value, NULL, &err));
    EXPECT_OK(wpi_store_get(txn, WPI_TABLE_PERSON, fixture_text("a"), &value, NULL, &err));
    wpi_store_abort(txn);
    wpi_store_close(store);
    free(path);
}

static void store_rebuild__numbers_snapshots_on(void **state)
{
    (void)state;
    char *path = create_with_secrets("snapshots");
    wpi_store *store = fixture_open(path);
    uint64_t snapshots[2];
    for (int i = 0; i < 2; i++) {
        wpi_store_txn *txn = fixture_begin(store, false);
        snapshots[i] = wpi_store_snapshot(txn);
        wpi_store_abort(txn);
        EXPECT_OK(rebuild(store, NULL, &err));
    }
    assert_true(snapshots[1] > snapshots[0]);
    wpi_store_close(store);
    free(path);
}

static void store_rebuild__keeps_the_mode(void **state)
{
    (void)state;
    struct stat info;
    char *path = fixture_create("mode");
    wpi_store *store = fixture_open(path);
    assert_int_equal(chmod(path, 0640), 0);
    EXPECT_OK(rebuild(store, NULL, &err));
    assert_int_equal(stat(path, &info), 0);
    assert_int_equal(info.st_mode & 07777, 0640);
    wpi_store_close(store);
    free(path);
}

static void store_rebuild__refuses_open_transactions(void **state)
{
    (void)state;
    wp_error reason;
    char *path = create_with_secrets("busy");
    wpi_store *store = fixture_open(path);
    wpi_store_txn *txn = fixture_begin(store, false);
    assert_int_equal(rebuild(store, NULL, &reason), WP_EBUSY);
    assert_string_equal(reason.message, "1 transactions of this process are open, expected none");
    wpi_store_abort(txn);
    EXPECT_OK(rebuild(store, NULL, &err));
    wpi_store_close(store);
    free(path);
}

static void store_rebuild__refuses_a_store_that_only_reads(void **state)
{
    (void)state;
    wp_open_options options = WP_OPEN_OPTIONS_INIT;
    wpi_store *store;
    char *path = fixture_create("reading");
    options.is_read_only = true;
    EXPECT_OK(wpi_store_open(path, &options, &store, &err));
    assert_int_equal(rebuild(store, NULL, NULL), WP_EREADONLY);
    wpi_store_close(store);
    free(path);
}

/* What is damaged is not copied, so that the old file stays as it is, for repair. */
static void store_rebuild__refuses_a_damaged_record(void **state)
{
    (void)state;
    struct stat before, after;
    wp_error reason;
    size_t bytes;
    char *path = fixture_create("damaged");
    wpi_store *store = fixture_open(path);
    fixture_store_in_tree(store, "key", "a value to be found");
    wpi_store_close(store);
    unsigned char *data = fixture_read_file(path, &bytes);
    unsigned char *value = memmem(data, bytes, "a value to be found", 19);
    assert_non_null(value);
    value[3] ^= 1;
    fixture_write_file(path, data, bytes);
    free(data);
    store = fixture_open(path);
    assert_int_equal(stat(path, &before), 0);
    assert_int_equal(rebuild(store, NULL, &reason), WP_ECORRUPT);
    assert_string_equal(reason.message, "a record of table person has a wrong checksum");
    assert_int_equal(stat(path, &after), 0);
    assert_true(before.st_ino == after.st_ino);
    wpi_store_close(store);
    free(path);
}

static void store_rebuild__refuses_a_file_with_two_names(void **state)
{
    (void)state;
    wp_error reason;
    char *path = fixture_create("names");
    wpi_store *store = fixture_open(path);
    assert_int_equal(link(path, scratch_path("another")), 0);
    assert_int_equal(rebuild(store, NULL, &reason), WP_EACCESS);
    assert_string_equal(reason.message, "the file has 2 names, expected one");
    wpi_store_close(store);
    free(path);
}

/* A process that has the file open, and reads it or not, says so and goes when it is told. */
static pid_t open_elsewhere(const char *path, bool is_reading, int said[2], int told[2])
{
    char byte = 'x';
    assert_int_equal(pipe(said), 0);
    assert_int_equal(pipe(told), 0);
    pid_t child = fork();
    if (child != 0) {
        assert_int_equal(read(said[0], &byte, 1), 1);
        return child;
    }
    wp_open_options options = WP_OPEN_OPTIONS_INIT;
    wpi_store *store;
    wpi_store_txn *txn = NULL;
    options.is_read_only = is_reading;
    bool is_open = wpi_store_open(path, &options, &store, NULL) == WP_OK &&
                   (!is_reading || wpi_store_begin(store, false, &txn, NULL) == WP_OK);
    (void)close(told[1]);
    bool is_told = write(said[1], &byte, 1) == 1 && read(told[0], &byte, 1) == 0;
    if (is_open)
        wpi_store_close(store);
    _exit(is_open && is_told ? 0 : 1);
}

static void store_rebuild__refuses_a_file_that_others_have_open(void **state)
{
    (void)state;
    char *path = create_with_secrets("others");
    for (int i = 0; i < 2; i++) {
        int said[2], told[2], code;
        unsigned sum = 0;
        wp_error reason;
        pid_t child = open_elsewhere(path, i == 1, said, told);
        wpi_store *store = fixture_open(path);
        assert_int_equal(rebuild(store, NULL, &reason), WP_EBUSY);
        assert_string_equal(reason.message, "another process has the database open, expected none");
        assert_int_equal(count_records(store, &sum), RECORDS - RECORDS / 10);
        (void)close(told[1]);
        assert_int_equal(waitpid(child, &code, 0), child);
        assert_int_equal(code, 0);
        if (i == 1) {
            EXPECT_OK(rebuild(store, NULL, &err));
            assert_int_equal(count_secrets(path), 0);
        }
        wpi_store_close(store);
        (void)close(said[0]);
        (void)close(said[1]);
        (void)close(told[0]);
    }
    free(path);
}

/* What a process leaves that dies between swapping the file and setting up the lock file. */
static void store_open__waits_for_those_with_the_file_before(void **state)
{
    (void)state;
    int said[2], told[2], code;
    unsigned sum = 0;
    char *path = create_with_secrets("waiting"), *other = create_with_secrets("swapped_in");
    wpi_store *store = fixture_open(path);
    for (unsigned i = 0; i < 40; i++) { /* snapshots that the other file does not have */
        wpi_store_txn *txn = fixture_begin(store, true);
        put(txn, i, "changed");
        EXPECT_OK(wpi_store_commit(txn, &err));
    }
    wpi_store_close(store);
    pid_t child = open_elsewhere(path, false, said, told);
    assert_int_equal(rename(other, path), 0);
    pid_t teller = fork();
    if (teller == 0) {
        (void)usleep(400000);
        _exit(0); /* the last one that has the pipe open */
    }
    (void)close(told[1]);
    store = fixture_open(path);
    assert_int_equal(count_records(store, &sum), RECORDS - RECORDS / 10);
    wpi_store_close(store);
    assert_int_equal(waitpid(teller, &code, 0), teller);
    assert_int_equal(waitpid(child, &code, 0), child);
    assert_int_equal(code, 0);
    free(path);
    free(other);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(store_rebuild__leaves_no_byte_of_what_was_deleted),
        cmocka_unit_test(store_rebuild__leaves_a_record_out),
        cmocka_unit_test(store_rebuild__numbers_snapshots_on),
        cmocka_unit_test(store_rebuild__keeps_the_mode),
        cmocka_unit_test(store_rebuild__refuses_open_transactions),
        cmocka_unit_test(store_rebuild__refuses_a_store_that_only_reads),
        cmocka_unit_test(store_rebuild__refuses_a_damaged_record),
        cmocka_unit_test(store_rebuild__refuses_a_file_with_two_names),
        cmocka_unit_test(store_rebuild__refuses_a_file_that_others_have_open),
        cmocka_unit_test(store_open__waits_for_those_with_the_file_before),
    };
    return scratch_end(cmocka_run_group_tests(tests, NULL, NULL));
}
