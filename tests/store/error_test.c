/*
 * What LMDB and the system answer becomes a status of the header, each code its own.
 */
#include <errno.h>
#include <lmdb.h>

#include "fixture.h"
#include "store/error.h"

static const struct {
    int code;
    wp_status status;
} known[] = {
    {ENOENT, WP_ENOTFOUND},
    {EACCES, WP_EACCESS},
    {EPERM, WP_EACCESS},
    {EROFS, WP_EACCESS},
    {ELOOP, WP_EACCESS},
    {ENOMEM, WP_ENOMEM},
    {ENOSPC, WP_EFULL},
    {EDQUOT, WP_EFULL},
    {EFBIG, WP_EFULL},
    {EAGAIN, WP_EBUSY},
    {EBUSY, WP_EBUSY},
    {EEXIST, WP_EEXIST},
    {EIO, WP_EIO},
    {EBADF, WP_EIO},
    {MDB_PAGE_NOTFOUND, WP_ECORRUPT},
    {MDB_CORRUPTED, WP_ECORRUPT},
    {MDB_NOTFOUND, WP_ECORRUPT},
    {MDB_CURSOR_FULL, WP_ECORRUPT},
    {MDB_PAGE_FULL, WP_ECORRUPT},
    {MDB_DBS_FULL, WP_ECORRUPT},
    {MDB_INCOMPATIBLE, WP_ECORRUPT},
    {MDB_BAD_VALSIZE, WP_ECORRUPT},
    {MDB_KEYEXIST, WP_ECORRUPT},
    {MDB_VERSION_MISMATCH, WP_EFORMAT},
    {MDB_INVALID, WP_EFORMAT},
    {MDB_MAP_FULL, WP_EFULL},
    {MDB_TXN_FULL, WP_EFULL},
    {MDB_READERS_FULL, WP_EBUSY},
    {MDB_MAP_RESIZED, WP_EBUSY},
    {MDB_PANIC, WP_EIO},
    {MDB_BAD_TXN, WP_EIO},
};

static void store_error__has_a_status_for_each_code(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        wp_error err = {WP_OK, ""};
        assert_int_equal(wpi_store_error(known[i].code, "testing", &err), known[i].status);
        assert_int_equal(err.status, known[i].status);
        assert_memory_equal(err.message, "testing: ", 9);
        assert_true(strlen(err.message) > 12);
    }
}

static void store_write_error__believes_eio_where_there_is_room(void **state)
{
    wp_error err;
    FILE *file = tmpfile();
    (void)state;
    assert_non_null(file);
    assert_int_equal(wpi_store_write_error(EIO, fileno(file), "testing", &err), WP_EIO);
    assert_int_equal(wpi_store_write_error(EIO, -1, "testing", &err), WP_EIO);
    assert_int_equal(wpi_store_write_error(ENOSPC, -1, "testing", &err), WP_EFULL);
    int fd = fileno(file);
    assert_int_equal(fclose(file), 0);
    assert_int_equal(wpi_store_write_error(EIO, fd, "testing", &err), WP_EIO);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(store_error__has_a_status_for_each_code),
        cmocka_unit_test(store_write_error__believes_eio_where_there_is_room),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
