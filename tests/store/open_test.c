/*
 * Creating, opening, sharing and closing: what appears on disk, what is refused and with which
 * status, when the clean stamp spares the walk.
 */
#include "fixture.h"

#include <dirent.h>
#include <fcntl.h>
#include <lmdb.h>
#include <pthread.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <sys/xattr.h>

#include "base/bytes.h"

#define STAMP "user.warmpath.clean"

static wp_status open_status(const char *path)
{
    wpi_store *store = NULL;
    wp_error err = {WP_OK, ""};
    wp_status status = wpi_store_open(path, NULL, &store, &err);
    if (status == WP_OK)
        wpi_store_close(store);
    else
        assert_null(store);
    if (status != WP_OK)
        assert_true(err.status == status && err.message[0] != '\0');
    return status;
}

/* The number of entries in the scratch directory whose names contain `part`. */
static int count_entries(const char *part)
{
    int count = 0;
    DIR *directory = opendir(scratch_path(""));
    assert_non_null(directory);
    for (struct dirent *entry; (entry = readdir(directory)) != NULL;)
        count += strstr(entry->d_name, part) != NULL;
    assert_int_equal(closedir(directory), 0);
    return count;
}

static void store_create__leaves_one_private_file(void **state)
{
    (void)state;
    struct stat info;
    char *path = fixture_create("fresh");
    assert_int_equal(count_entries("fresh"), 1);
    assert_int_equal(stat(path, &info), 0);
    assert_int_equal(info.st_mode & 07777, 0600);
    assert_int_equal(info.st_nlink, 1);
    wpi_store *store = fixture_open(path);
    assert_int_equal(wpi_store_file_bytes(store), info.st_size);
    wpi_store_close(store);
    free(path);
}

static void store_create__works_in_the_current_directory(void **state)
{
    (void)state;
    char before[4096];
    assert_non_null(getcwd(before, sizeof(before)));
    assert_int_equal(chdir(scratch_path("")), 0);
    EXPECT_OK(wpi_store_create("relative", NULL, NULL, &err));
    assert_int_equal(open_status("relative"), WP_OK);
    assert_int_equal(chdir(before), 0);
}

static void store_create__leaves_an_existing_file(void **state)
{
    (void)state;
    size_t bytes;
    const char *path = scratch_path("taken");
    fixture_write_file(path, "something", 9);
    assert_int_equal(wpi_store_create(path, NULL, NULL, NULL), WP_EEXIST);
    unsigned char *data = fixture_read_file(path, &bytes);
    assert_int_equal(bytes, 9);
    assert_memory_equal(data, "something", 9);
    assert_int_equal(count_entries("taken"), 1);
    free(data);
    assert_int_equal(symlink("nowhere", scratch_path("dangling")), 0);
    assert_int_equal(wpi_store_create(scratch_path("dangling"), NULL, NULL, NULL), WP_EEXIST);
}

static wp_status put_and_fail(wpi_store_txn *txn, void *context, wp_error *reason)
{
    ++*(int *)context;
    EXPECT_OK(wpi_store_put(txn, WPI_TABLE_TIE, fixture_text("k"), fixture_text("v"), 1, NULL));
    return wpi_error_set(reason, WP_ECONFLICT, "refused by the test");
}

static wp_status put_one(wpi_store_txn *txn, void *context, wp_error *err)
{
    return wpi_store_put(txn, WPI_TABLE_PERSON, fixture_text("first"), fixture_text(context), 1,
                         err);
}

static void store_create__leaves_nothing_when_it_fails(void **state)
{
    (void)state;
    int calls = 0;
    wp_error err;
    assert_int_equal(wpi_store_create(scratch_path("failed"), put_and_fail, &calls, &err),
                     WP_ECONFLICT);
    assert_string_equal(err.message, "refused by the test");
    assert_int_equal(calls, 1);
    assert_int_equal(count_entries("failed"), 0);
    assert_int_equal(wpi_store_create(scratch_path("no/such/directory"), NULL, NULL, NULL),
                     WP_ENOTFOUND);
    assert_int_equal(wpi_store_create("", NULL, NULL, NULL), WP_EINVAL);
    assert_int_equal(wpi_store_create(NULL, NULL, NULL, NULL), WP_EINVAL);
    assert_int_equal(wpi_store_create(scratch_path("slash/"), NULL, NULL, NULL), WP_EINVAL);
}

static void store_create__stores_first_records(void **state)
{
    (void)state;
    static char value[] = "of init";
    const char *path = scratch_path("init");
    EXPECT_OK(wpi_store_create(path, put_one, value, &err));
    wpi_store *store = fixture_open(scratch_path("init"));
    wpi_store_txn *txn = fixture_begin(store, false);
    fixture_expect(txn, "first", "of init");
    wpi_store_abort(txn);
    wpi_store_close(store);
}

static void store_open__refuses_what_is_no_database(void **state)
{
    (void)state;
    static unsigned char zeros[20000];
    assert_int_equal(open_status(scratch_path("absent")), WP_ENOTFOUND);
    assert_int_equal(open_status(""), WP_EINVAL);
    assert_int_equal(open_status(NULL), WP_EINVAL);
    assert_int_equal(open_status("/"), WP_EFORMAT);
    assert_int_equal(open_status("/dev/null"), WP_EFORMAT);
    fixture_write_file(scratch_path("empty"), "", 0);
    assert_int_equal(open_status(scratch_path("empty")), WP_EFORMAT);
    fixture_write_file(scratch_path("text"), "First Name,Last Name\n", 21);
    assert_int_equal(open_status(scratch_path("text")), WP_EFORMAT);
    fixture_write_file(scratch_path("zeros"), zeros, sizeof(zeros));
    assert_int_equal(open_status(scratch_path("zeros")), WP_EFORMAT);
    assert_int_equal(mkfifo(scratch_path("pipe"), 0600), 0);
    assert_int_equal(open_status(scratch_path("pipe")), WP_EFORMAT);
    assert_int_equal(count_entries("-lock"), count_entries("fresh-lock") +
                                                 count_entries("relative-lock") +
                                                 count_entries("init-lock"));
}

static void store_open__refuses_symbolic_links(void **state)
{
    (void)state;
    char *path = fixture_create("real");
    assert_int_equal(symlink(path, scratch_path("link")), 0);
    assert_int_equal(open_status(scratch_path("link")), WP_EACCESS);
    assert_int_equal(symlink("/etc/passwd", scratch_path("real-lock")), 0);
    assert_int_equal(open_status(path), WP_EACCESS);
    assert_int_equal(unlink(scratch_path("real-lock")), 0);
    assert_int_equal(open_status(path), WP_OK);
    free(path);
}

/* A sound LMDB file that is not ours. */
static void make_foreign(const char *path, unsigned flags, const char *table)
{
    MDB_env *environment;
    MDB_txn *txn;
    MDB_dbi dbi;
    MDB_val key = {1, (void *)(uintptr_t) "k"};
    assert_int_equal(mdb_env_create(&environment), 0);
    assert_int_equal(mdb_env_set_maxdbs(environment, 4), 0);
    assert_int_equal(mdb_env_open(environment, path, MDB_NOSUBDIR, 0600), 0);
    assert_int_equal(mdb_txn_begin(environment, NULL, 0, &txn), 0);
    assert_int_equal(mdb_dbi_open(txn, table, flags | MDB_CREATE, &dbi), 0);
    assert_int_equal(mdb_put(txn, dbi, &key, &key, 0), 0);
    assert_int_equal(mdb_txn_commit(txn), 0);
    mdb_env_close(environment);
}

static void store_open__refuses_foreign_lmdb_files(void **state)
{
    (void)state;
    make_foreign(scratch_path("plain"), 0, NULL);
    assert_int_equal(open_status(scratch_path("plain")), WP_EFORMAT);
    make_foreign(scratch_path("dup"), MDB_DUPSORT, NULL);
    assert_int_equal(open_status(scratch_path("dup")), WP_EFORMAT);
    make_foreign(scratch_path("named"), 0, "other");
    assert_int_equal(open_status(scratch_path("named")), WP_EFORMAT);
    make_foreign(scratch_path("partly"), 0, "person");
    assert_int_equal(open_status(scratch_path("partly")), WP_ECORRUPT);
    make_foreign(scratch_path("sorted"), MDB_DUPSORT, "person");
    assert_int_equal(open_status(scratch_path("sorted")), WP_ECORRUPT);
}

static wp_status put_format(wpi_store_txn *txn, void *context, wp_error *err)
{
    unsigned char format[4];
    const uint32_t *number = context;
    wpi_bytes_put_le32(format, *number);
    return wpi_store_put(txn, WPI_TABLE_META, fixture_text("format"),
                         (wpi_slice){format, sizeof(format)}, 1, err);
}

static void store_open__refuses_another_format(void **state)
{
    (void)state;
    uint32_t formats[] = {7, 9};
    for (size_t i = 0; i < sizeof formats / sizeof *formats; i++) {
        wpi_store *store;
        wp_error reason;
        char expected[64];
        char *path = strdup(scratch_path(i == 0 ? "older" : "newer"));
        EXPECT_OK(wpi_store_create(path, put_format, &formats[i], &err));
        assert_int_equal(wpi_store_open(path, NULL, &store, &reason), WP_EFORMAT);
        (void)snprintf(expected, sizeof expected, "format is %u, expected 8", formats[i]);
        assert_string_equal(reason.message, expected);
        free(path);
    }
}

/* Put a format record of three bytes in place of the right one, or none. */
static void spoil_format(const char *path, bool is_short)
{
    wpi_store *store = fixture_open(path);
    wpi_store_txn *txn = fixture_begin(store, true);
    EXPECT_OK(wpi_recent_fold(txn, &err));
    if (is_short)
        EXPECT_OK(wpi_store_put(txn, WPI_TABLE_META, fixture_text("format"), fixture_text("odd"), 1,
                                &err));
    else
        EXPECT_OK(wpi_store_delete(txn, WPI_TABLE_META, fixture_text("format"), &err));
    fixture_commit(txn);
    wpi_store_close(store);
}

static void store_open__refuses_a_file_that_does_not_say_its_format(void **state)
{
    (void)state;
    wpi_store *store;
    wp_error reason;
    size_t bytes;
    char *path = fixture_create("formless");
    spoil_format(path, false);
    assert_int_equal(wpi_store_open(path, NULL, &store, &reason), WP_ECORRUPT);
    assert_string_equal(reason.message, "table meta has no format record");
    free(path);
    path = fixture_create("odd_format");
    spoil_format(path, true);
    assert_int_equal(wpi_store_open(path, NULL, &store, &reason), WP_EFORMAT);
    assert_string_equal(reason.message, "format is 0, expected 8");
    unsigned char *data = fixture_read_file(path, &bytes);
    for (size_t i = 0; i + 9 < bytes; i++)
        if (memcmp(data + i, "formatodd", 9) == 0)
            data[i + 8] ^= 1;
    fixture_write_file(path, data, bytes);
    assert_int_equal(wpi_store_open(path, NULL, &store, &reason), WP_ECORRUPT);
    assert_string_equal(reason.message, "a record of table meta has a wrong checksum");
    free(data);
    free(path);
}

static void settle(void)
{
    assert_int_equal(usleep(50000), 0);
}

static bool has_stamp(const char *path)
{
    char stamp[64];
    return getxattr(path, STAMP, stamp, sizeof(stamp)) > 0;
}

static void store_open__refuses_unsynced_commits_where_there_is_data(void **state)
{
    (void)state;
    wp_error refusal;
    wp_open_options options = WP_OPEN_OPTIONS_INIT;
    wpi_store *store;
    char *path = fixture_create("unsynced_data");
    options.is_unsynced = true;
    for (int i = 0; i < 2; i++) { /* nothing was stored the first time */
        EXPECT_OK(wpi_store_open(path, &options, &store, &err));
        wpi_store_close(store);
    }
    store = fixture_open(path);
    fixture_store(store, "k", "v");
    wpi_store_close(store);
    assert_int_equal(wpi_store_open(path, &options, &store, &refusal), WP_EINVAL);
    assert_null(store);
    assert_non_null(strstr(refusal.message, "is_unsynced"));
    options.is_read_only = true; /* commits nothing */
    EXPECT_OK(wpi_store_open(path, &options, &store, &err));
    wpi_store_close(store);
    wpi_store_close(fixture_open(path));
    free(path);
}

static void store_sync__makes_an_unsynced_file_clean(void **state)
{
    (void)state;
    wp_open_options options = WP_OPEN_OPTIONS_INIT;
    wpi_store *store, *other;
    char *path = fixture_create("unsynced");
    options.is_unsynced = true;
    EXPECT_OK(wpi_store_open(path, &options, &store, &err));
    assert_int_equal(wpi_store_open(path, NULL, &other, NULL), WP_EBUSY);
    fixture_store(store, "k", "v");
    wpi_store_close(store);
    assert_false(has_stamp(path)); /* it may not be on the disk */
    free(path);
    path = fixture_create("synced");
    EXPECT_OK(wpi_store_open(path, &options, &store, &err));
    fixture_store(store, "k", "w");
    EXPECT_OK(wpi_store_sync(store, &err));
    settle();
    wpi_store_close(store);
    char *whole = fixture_create("whole_stamp");
    settle();
    wpi_store_close(fixture_open(whole));
    assert_int_equal(has_stamp(path), has_stamp(whole)); /* where there are attributes */
    free(whole);
    store = fixture_open(path);
    wpi_store_txn *txn = fixture_begin(store, false);
    fixture_expect(txn, "k", "w");
    wpi_store_abort(txn);
    wpi_store_close(store);
    options.is_read_only = true;
    EXPECT_OK(wpi_store_open(path, &options, &store, &err));
    assert_int_equal(wpi_store_sync(store, NULL), WP_EREADONLY);
    wpi_store_close(store);
    free(path);
}

static void store_open__refuses_truncated_files(void **state)
{
    (void)state;
    size_t bytes;
    char *path = fixture_create("whole");
    wpi_store *store = fixture_open(path);
    for (int i = 0; i < 50; i++) {
        char name[16];
        (void)snprintf(name, sizeof(name), "%d", i);
        fixture_store(store, name, "value");
    }
    wpi_store_close(store);
    unsigned char *data = fixture_read_file(path, &bytes);
    for (size_t length = 0; length < bytes; length += 1000) {
        const char *cut = scratch_path("cut");
        fixture_write_file(cut, data, length);
        wp_status status = open_status(cut);
        assert_true(status == WP_EFORMAT || status == WP_ECORRUPT || status == WP_OK);
        assert_true(status != WP_OK || length > bytes / 2); /* only free pages may be lost */
    }
    free(data);
    free(path);
}

static void store_open__shares_an_open_file(void **state)
{
    (void)state;
    char *path = fixture_create("shared");
    wpi_store *first = fixture_open(path);
    wpi_store *second = fixture_open(path);
    wpi_store *third = NULL;
    wp_open_options options = WP_OPEN_OPTIONS_INIT;
    assert_ptr_equal(first, second);
    options.is_read_only = true;
    assert_int_equal(wpi_store_open(path, &options, &third, NULL), WP_EBUSY);
    assert_null(third);
    wpi_store_close(first);
    fixture_store(second, "k", "still open");
    wpi_store_close(second);
    EXPECT_OK(wpi_store_open(path, &options, &third, &err));
    wpi_store *writing = NULL;
    wp_error why;
    assert_int_equal(wpi_store_open(path, NULL, &writing, &why), WP_EBUSY);
    assert_string_equal(why.message, "the file is open in this process for reading alone, expected "
                                     "writing");
    wpi_store_txn *txn = NULL;
    assert_int_equal(wpi_store_begin(third, true, &txn, NULL), WP_EREADONLY);
    assert_null(txn);
    txn = fixture_begin(third, false);
    fixture_expect(txn, "k", "still open");
    wpi_store_abort(txn);
    wpi_store_close(third);
    wpi_store_close(NULL);
    free(path);
}

static void store_close__aborts_what_is_left(void **state)
{
    (void)state;
    char *path = fixture_create("left");
    wpi_store *store = fixture_open(path);
    (void)fixture_begin(store, false);
    fixture_put(fixture_begin(store, true), "k", "lost");
    wpi_store_close(store);
    store = fixture_open(path);
    wpi_store_txn *txn = fixture_begin(store, true);
    fixture_expect_none(txn, "k");
    wpi_store_abort(txn);
    wpi_store_close(store);
    free(path);
}

static void store_open__forgets_readers_that_died(void **state)
{
    (void)state;
    int result;
    char *path = fixture_create("dead");
    wpi_store *store = fixture_open(path);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        wpi_store *own = NULL;
        wpi_store_txn *txn = NULL;
        bool is_right = wpi_store_open(path, NULL, &own, NULL) == WP_OK &&
                        wpi_store_begin(own, false, &txn, NULL) == WP_OK;
        _exit(is_right ? 0 : 1); /* without ending the transaction */
    }
    assert_int_equal(waitpid(child, &result, 0), child);
    assert_int_equal(result, 0);
    assert_int_equal(wpi_store_reader_count(store), 1);
    for (int i = 0; i < 64; i++)
        fixture_store(store, "k", "v");
    assert_int_equal(wpi_store_reader_count(store), 0);
    wpi_store_close(store);
    free(path);
}

static void store_close__stamps_a_clean_file(void **state)
{
    (void)state;
    char *path = fixture_create("stamp");
    if (setxattr(path, "user.test", "x", 1, 0) != 0) {
        free(path);
        skip(); /* This file system has no extended attributes. */
    }
    settle();
    wpi_store_close(fixture_open(path));
    char stamp[64];
    ssize_t bytes = getxattr(path, STAMP, stamp, sizeof(stamp));
    assert_true(bytes > 0);
    /* Damage that keeps the stamp's facts shows that the walk was spared, with the stamp ... */
    struct stat info;
    assert_int_equal(stat(path, &info), 0);
    int fd = open(path, O_RDWR);
    assert_true(fd >= 0);
    unsigned char page[16];
    off_t at = info.st_size - 4096;
    assert_int_equal(pread(fd, page, sizeof(page), at), sizeof(page));
    page[0] ^= 0x40;
    assert_int_equal(pwrite(fd, page, sizeof(page), at), sizeof(page));
    struct timespec times[2] = {info.st_atim, info.st_mtim};
    assert_int_equal(futimens(fd, times), 0);
    assert_int_equal(open_status(path), WP_OK);
    assert_int_equal(futimens(fd, NULL), 0); /* ... and done without it. */
    assert_int_equal(open_status(path), WP_ECORRUPT);
    assert_int_equal(close(fd), 0);
    free(path);
}

/* The time of the file says nothing when it lies ahead, or when the clock has not ticked since; for
 * a large file the tick is waited for, because walking it takes longer. */
static void store_close__stamps_by_the_time_of_the_file(void **state)
{
    (void)state;
    char *path = fixture_create("timed");
    if (setxattr(path, "user.test", "x", 1, 0) != 0) {
        free(path);
        skip();
    }
    struct timespec ahead[2] = {{0, UTIME_NOW}, {time(NULL) + 1000, 0}};
    assert_int_equal(utimensat(AT_FDCWD, path, ahead, 0), 0);
    wpi_store_close(fixture_open(path));
    assert_false(has_stamp(path));
    assert_int_equal(truncate(path, (off_t)65 << 20), 0); /* just now */
    wpi_store_close(fixture_open(path));
    assert_true(has_stamp(path));
    free(path);
}

static void store_open__walks_a_copy_of_a_stamped_file(void **state)
{
    (void)state;
    size_t bytes;
    char stamp[64];
    char *path = fixture_create("original");
    settle();
    wpi_store_close(fixture_open(path));
    ssize_t stamp_bytes = getxattr(path, STAMP, stamp, sizeof(stamp));
    if (stamp_bytes <= 0) {
        free(path);
        skip();
    }
    unsigned char *data = fixture_read_file(path, &bytes);
    data[bytes - 4096] ^= 0x40; /* the number of the last page */
    char *copy = strdup(scratch_path("copy"));
    fixture_write_file(copy, data, bytes);
    assert_int_equal(setxattr(copy, STAMP, stamp, (size_t)stamp_bytes, 0), 0);
    assert_int_equal(open_status(copy), WP_ECORRUPT);
    free(copy);
    free(data);
    free(path);
}

static void store_open__refuses_a_record_with_a_flipped_bit(void **state)
{
    (void)state;
    static const char value[] = "a value that is easily found in the file";
    size_t bytes;
    char *path = fixture_create("flip");
    wpi_store *store = fixture_open(path);
    fixture_store_in_tree(store, "damaged", value);
    fixture_store(store, "sound", "other");
    wpi_store_close(store);
    unsigned char *data = fixture_read_file(path, &bytes);
    size_t flips = 0;
    for (size_t i = 0; i + sizeof(value) < bytes; i++) {
        if (memcmp(data + i, value, sizeof(value) - 1) == 0) {
            data[i + 5] ^= 1; /* in every snapshot that has it */
            flips++;
        }
    }
    assert_true(flips > 0);
    char *copy = strdup(scratch_path("flipped"));
    fixture_write_file(copy, data, bytes);
    store = fixture_open(copy);
    wpi_store_txn *txn = fixture_begin(store, false);
    wpi_slice key;
    wpi_slice found;
    wp_error reason;
    assert_int_equal(
        wpi_store_get(txn, WPI_TABLE_PERSON, fixture_text("damaged"), &found, NULL, &reason),
        WP_ECORRUPT);
    assert_non_null(strstr(reason.message, "person"));
    assert_null(strstr(reason.message, "value that"));
    assert_null(found.data);
    wpi_store_cursor *cursor;
    EXPECT_OK(wpi_store_cursor_open(txn, WPI_TABLE_PERSON, &cursor, &err));
    assert_int_equal(wpi_store_cursor_next(cursor, &key, &found, NULL), WP_ECORRUPT);
    assert_int_equal(key.bytes, 7);
    EXPECT_OK(wpi_store_cursor_next(cursor, &key, &found, &err)); /* The cursor goes on. */
    assert_memory_equal(key.data, "sound", 5);
    wpi_store_cursor_close(cursor);
    wpi_store_abort(txn);
    assert_int_equal(wpi_store_backup(store, scratch_path("never"), NULL, NULL), WP_ECORRUPT);
    assert_int_equal(count_entries("never"), 0);
    settle();
    wpi_store_close(store);
    assert_true(getxattr(copy, STAMP, data, 64) < 0); /* A file known to be damaged has no stamp. */
    free(copy);
    free(data);
    free(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(store_create__leaves_one_private_file),
        cmocka_unit_test(store_create__works_in_the_current_directory),
        cmocka_unit_test(store_create__leaves_an_existing_file),
        cmocka_unit_test(store_create__leaves_nothing_when_it_fails),
        cmocka_unit_test(store_create__stores_first_records),
        cmocka_unit_test(store_open__refuses_what_is_no_database),
        cmocka_unit_test(store_open__refuses_symbolic_links),
        cmocka_unit_test(store_open__refuses_foreign_lmdb_files),
        cmocka_unit_test(store_open__refuses_another_format),
        cmocka_unit_test(store_open__refuses_a_file_that_does_not_say_its_format),
        cmocka_unit_test(store_open__refuses_unsynced_commits_where_there_is_data),
        cmocka_unit_test(store_sync__makes_an_unsynced_file_clean),
        cmocka_unit_test(store_open__refuses_truncated_files),
        cmocka_unit_test(store_open__shares_an_open_file),
        cmocka_unit_test(store_close__aborts_what_is_left),
        cmocka_unit_test(store_open__forgets_readers_that_died),
        cmocka_unit_test(store_close__stamps_a_clean_file),
        cmocka_unit_test(store_close__stamps_by_the_time_of_the_file),
        cmocka_unit_test(store_open__walks_a_copy_of_a_stamped_file),
        cmocka_unit_test(store_open__refuses_a_record_with_a_flipped_bit),
    };
    return scratch_end(cmocka_run_group_tests(tests, NULL, NULL));
}
