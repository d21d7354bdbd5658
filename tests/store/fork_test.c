/*
 * What a child may do with a store that its parent opened before fork(): nothing, and it is told so
 * by every call, whichever way the child is recognised; a store that it opens itself works. The
 * parent goes on as if there was no child.
 *
 * This program's madvise and mmap stand in front of the system's: without the one there is no page
 * that the kernel clears at fork, without the other no page at all.
 */
#include "fixture.h"

#include <errno.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "warmpath.h"

#define EXPORTED __attribute__((visibility("default")))

static bool has_no_wiping, has_no_page;

EXPORTED int madvise(void *at, size_t bytes, int advice)
{
    if (!has_no_wiping || advice != MADV_WIPEONFORK)
        return (int)syscall(SYS_madvise, at, bytes, advice);
    errno = EINVAL;
    return -1;
}

EXPORTED void *mmap(void *at, size_t bytes, int protection, int flags, int fd, off_t offset)
{
    if (!has_no_page || (flags & MAP_ANONYMOUS) == 0)
        return (void *)syscall(SYS_mmap, at, bytes, protection, flags, fd, offset);
    errno = ENOMEM;
    return MAP_FAILED;
}

/* What the child inherits. */
static char *path;
static wpi_store *store;
static wpi_store_txn *reading;
static wpi_store_cursor *cursor;

static bool is_reading_refused(void)
{
    wpi_slice key = fixture_text("k"), value;
    wpi_store_cursor *another;
    uint64_t count;
    return wpi_store_get(reading, WPI_TABLE_PERSON, key, &value, NULL, NULL) == WP_EFORK &&
           wpi_store_count(reading, WPI_TABLE_PERSON, &count, NULL) == WP_EFORK &&
           wpi_store_cursor_open(reading, WPI_TABLE_PERSON, &another, NULL) == WP_EFORK &&
           wpi_store_cursor_next(cursor, &key, &value, NULL) == WP_EFORK &&
           wpi_store_cursor_seek(cursor, key, &key, &value, NULL) == WP_EFORK &&
           wpi_store_cursor_seek_back(cursor, key, &key, &value, NULL) == WP_EFORK;
}

static bool is_writing_refused(void)
{
    const wpi_store_rebuild_options options = {NULL, NULL, NULL};
    wpi_slice key = fixture_text("k"), value = key;
    wpi_store_txn *txn;
    return wpi_store_begin(store, true, &txn, NULL) == WP_EFORK &&
           wpi_store_put(reading, WPI_TABLE_PERSON, key, value, 1, NULL) == WP_EFORK &&
           wpi_store_delete(reading, WPI_TABLE_PERSON, key, NULL) == WP_EFORK &&
           wpi_store_commit(reading, NULL) == WP_EFORK && wpi_store_sync(store, NULL) == WP_EFORK &&
           wpi_store_rebuild(store, &options, NULL) == WP_EFORK;
}

static bool is_looking_refused(void)
{
    wpi_store_txn *txn;
    wp_health health;
    return wpi_store_check_process(store, NULL) == WP_EFORK &&
           wpi_store_begin(store, false, &txn, NULL) == WP_EFORK &&
           wpi_store_health(store, &health, NULL) == WP_EFORK &&
           wpi_store_backup(store, scratch_path("never"), NULL, NULL) == WP_EFORK &&
           wpi_store_file_bytes(store) == 0 && wpi_store_reader_count(store) == 0;
}

/* The address sanitizer does not free the locks of its allocator in a child, which another thread
 * of the parent may have held: the child must not begin a thread there. */
#ifdef __SANITIZE_ADDRESS__
#define CAN_BEGIN_THREADS false
#else
#define CAN_BEGIN_THREADS true
#endif

/* Closing what was inherited does nothing; what the child opens itself is another store. */
static bool works_alone(void)
{
    wpi_store *own = NULL;
    wpi_store_cursor_close(cursor);
    wpi_store_abort(reading);
    wpi_store_close(store);
    if (!CAN_BEGIN_THREADS)
        return true;
    bool is_right = wpi_store_open(path, NULL, &own, NULL) == WP_OK && own != store &&
                    wpi_store_begin(own, false, &reading, NULL) == WP_OK;
    wpi_store_abort(is_right ? reading : NULL);
    wpi_store_close(own);
    return is_right;
}

static void expect_refused_in_child(const char *name)
{
    int result;
    path = fixture_create(name);
    store = fixture_open(path);
    fixture_store(store, "k", "v");
    reading = fixture_begin(store, false);
    EXPECT_OK(wpi_store_cursor_open(reading, WPI_TABLE_PERSON, &cursor, &err));
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0)
        _exit(!is_reading_refused()   ? 1
              : !is_writing_refused() ? 2
              : !is_looking_refused() ? 3
              : !works_alone()        ? 4
                                      : 0);
    assert_int_equal(waitpid(child, &result, 0), child);
    assert_true(WIFEXITED(result));
    assert_int_equal(WEXITSTATUS(result), 0);
    fixture_expect(reading, "k", "v");
    assert_int_equal(wpi_store_reader_count(store), 1);
    wpi_store_cursor_close(cursor);
    wpi_store_abort(reading);
    fixture_store(store, "k", "w");
    wpi_store_close(store);
    free(path);
}

static void store__refuses_a_forked_child(void **state)
{
    (void)state;
    expect_refused_in_child("wiped");
}

static void store__refuses_a_forked_child_where_pages_are_not_wiped(void **state)
{
    (void)state;
    has_no_wiping = true;
    expect_refused_in_child("kept");
    has_no_wiping = false;
    has_no_page = true;
    expect_refused_in_child("pageless");
    has_no_page = false;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(store__refuses_a_forked_child),
        cmocka_unit_test(store__refuses_a_forked_child_where_pages_are_not_wiped),
    };
    return scratch_end(cmocka_run_group_tests(tests, NULL, NULL));
}
