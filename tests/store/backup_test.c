/*
 * Backups of files that LMDB does not compact, and those that cannot be written: a copy is whole
 * and has its name, or there is none. This program's ftruncate and close stand in front of the
 * system's.
 */
#include "fixture.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/syscall.h>

#include "base/bytes.h"

#define EXPORTED __attribute__((visibility("default")))
#define PAGE_BYTES 4096
#define LAST_PAGE 136 /* offset in a meta page */
#define LEAKED 4      /* pages */

static int truncation_code; /* with which files cannot be cut; 0: they can */
static unsigned closings;   /* the last of so many fails; 0: none does */

EXPORTED int ftruncate(int fd, off_t bytes)
{
    errno = truncation_code;
    return truncation_code != 0 ? -1 : (int)syscall(SYS_ftruncate, fd, bytes);
}

EXPORTED int close(int fd)
{
    int code = (int)syscall(SYS_close, fd);
    if (closings == 0 || --closings > 0)
        return code;
    errno = EIO;
    return -1;
}

/* A file with pages at its end that are neither used nor free, as programs of others leave. */
static char *create_leaking(const char *name)
{
    size_t bytes;
    char *path = fixture_create(name);
    wpi_store *store = fixture_open(path);
    for (int i = 0; i < 10; i++)
        fixture_store(store, "key", "value");
    wpi_store_close(store);
    unsigned char *data = fixture_read_file(path, &bytes);
    unsigned char *longer = calloc(1, bytes + LEAKED * PAGE_BYTES);
    assert_non_null(longer);
    memcpy(longer, data, bytes);
    for (size_t at = LAST_PAGE; at < 2 * PAGE_BYTES; at += PAGE_BYTES)
        wpi_bytes_put_le64(longer + at, wpi_bytes_get_le64(longer + at) + LEAKED);
    fixture_write_file(path, longer, bytes + LEAKED * PAGE_BYTES);
    free(longer);
    free(data);
    return path;
}

static void store_backup__copies_a_file_that_leaks_pages(void **state)
{
    (void)state;
    char *path = create_leaking("leaking"), *copy = strdup(scratch_path("leaking-copy"));
    wpi_store *store = fixture_open(path);
    wp_error why = {WP_OK, ""};
    truncation_code = EIO;
    assert_int_equal(wpi_store_backup(store, copy, NULL, &why), WP_EIO);
    assert_non_null(strstr(why.message, "writing the copy: "));
    assert_int_equal(access(copy, F_OK), -1);
    truncation_code = 0;
    EXPECT_OK(wpi_store_backup(store, copy, NULL, &err));
    wpi_store_close(store);
    store = fixture_open(copy);
    wpi_store_txn *txn = fixture_begin(store, true);
    fixture_expect(txn, "key", "value");
    fixture_put(txn, "more", "1");
    fixture_commit(txn);
    wpi_store_close(store);
    free(copy);
    free(path);
}

static void store_backup__wants_a_name(void **state)
{
    (void)state;
    char *path = fixture_create("named");
    wpi_store *store = fixture_open(path);
    assert_int_equal(wpi_store_backup(store, NULL, NULL, NULL), WP_EINVAL);
    assert_int_equal(wpi_store_backup(store, "", NULL, NULL), WP_EINVAL);
    wpi_store_close(store);
    free(path);
}

/* Whichever file cannot be closed well, there is a copy if and only if it was said to be there. */
static void store_backup__is_there_when_it_says_so(void **state)
{
    (void)state;
    unsigned refused = 0;
    char *path = fixture_create("closed"), *copy = strdup(scratch_path("closed-copy"));
    wpi_store *store = fixture_open(path);
    fixture_store(store, "key", "value");
    for (unsigned call = 1; call < 100; call++) {
        closings = call;
        wp_status status = wpi_store_backup(store, copy, NULL, NULL);
        bool is_struck = closings == 0;
        closings = 0;
        assert_true(status == WP_OK || status == WP_EIO);
        assert_int_equal(access(copy, F_OK) == 0, status == WP_OK);
        refused += status != WP_OK;
        (void)unlink(copy);
        if (!is_struck)
            break;
    }
    assert_true(refused > 0); /* what was written through it may be lost */
    wpi_store_close(store);
    free(copy);
    free(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(store_backup__copies_a_file_that_leaks_pages),
        cmocka_unit_test(store_backup__wants_a_name),
        cmocka_unit_test(store_backup__is_there_when_it_says_so),
    };
    return scratch_end(cmocka_run_group_tests(tests, NULL, NULL));
}
