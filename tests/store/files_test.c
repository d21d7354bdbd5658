/*
 * What file systems answer that those of the other tests do not: calls that a signal interrupted,
 * lock files on a disk that may only be read, names that cannot be given without replacing.
 *
 * This program's functions stand in front of the system's and answer so for files whose names end
 * in a text.
 */
#include "fixture.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>

#include "store/files.h"
#include "store/lock_file.h"
#include "warmpath.h"

#define EXPORTED __attribute__((visibility("default")))
#define READERS 1024

/* With which calls fail; 0: they do not. */
static struct {
    int open; /* of lock files */
    int read;
    int allocate;
    int statvfs;
    int rename;
    int link;
} code;

static unsigned interruptions; /* after which reading and allocating go on */
static bool is_full;

static bool is_interrupted(void)
{
    if (interruptions == 0)
        return false;
    interruptions--;
    errno = EINTR;
    return true;
}

static bool fails_with(int wanted)
{
    errno = wanted;
    return wanted != 0;
}

EXPORTED int open(const char *path, int flags, ...)
{
    va_list more;
    va_start(more, flags);
    unsigned mode = va_arg(more, unsigned);
    va_end(more);
    size_t length = strlen(path);
    bool is_lock = length > 5 && strcmp(path + length - 5, "-lock") == 0;
    if (is_lock && fails_with(code.open))
        return -1;
    return (int)syscall(SYS_openat, AT_FDCWD, path, flags, mode);
}

EXPORTED ssize_t pread(int fd, void *to, size_t bytes, off_t offset)
{
    return is_interrupted() || fails_with(code.read) ? -1
                                                     : syscall(SYS_pread64, fd, to, bytes, offset);
}

EXPORTED int fallocate(int fd, int mode, off_t offset, off_t bytes)
{
    return is_interrupted() || fails_with(code.allocate)
               ? -1
               : (int)syscall(SYS_fallocate, fd, mode, offset, bytes);
}

EXPORTED int fstatvfs(int fd, struct statvfs *out)
{
    (void)fd;
    *out = (struct statvfs){.f_bavail = is_full ? 1 : 1000, .f_frsize = 4096};
    return fails_with(code.statvfs) ? -1 : 0;
}

EXPORTED int renameat2(int from_fd, const char *from, int to_fd, const char *to, unsigned flags)
{
    return fails_with(code.rename) ? -1
                                   : (int)syscall(SYS_renameat2, from_fd, from, to_fd, to, flags);
}

EXPORTED int link(const char *from, const char *to)
{
    return fails_with(code.link) ? -1 : (int)syscall(SYS_link, from, to);
}

static void expect_readable(const char *path, bool is_read_only)
{
    wp_open_options options = WP_OPEN_OPTIONS_INIT;
    wpi_store *store;
    options.is_read_only = is_read_only;
    EXPECT_OK(wpi_store_open(path, &options, &store, &err));
    wpi_store_txn *txn = fixture_begin(store, false);
    fixture_expect(txn, "key", "value");
    wpi_store_abort(txn);
    wpi_store_close(store);
}

static char *create_with_value(const char *name)
{
    char *path = fixture_create(name);
    wpi_store *store = fixture_open(path);
    fixture_store(store, "key", "value");
    wpi_store_close(store);
    return path;
}

static char *lock_name(const char *path)
{
    char *name = NULL;
    assert_true(asprintf(&name, "%s-lock", path) > 0);
    return name;
}

static void files__go_on_after_a_signal(void **state)
{
    (void)state;
    char *path = create_with_value("interrupted");
    char *lock = lock_name(path);
    assert_int_equal(unlink(lock), 0);
    interruptions = 2; /* of allocating, before anything is read */
    EXPECT_OK(wpi_lock_file_prepare(path, READERS, &err));
    assert_int_equal(interruptions, 0);
    interruptions = 3;
    expect_readable(path, false);
    assert_int_equal(interruptions, 0);
    free(lock);
    free(path);
}

static void files_read__says_where_a_file_ends(void **state)
{
    (void)state;
    char buffer[8];
    wp_error why = {WP_OK, ""};
    fixture_write_file(scratch_path("short"), "12345", 5);
    int fd = open(scratch_path("short"), O_RDONLY | O_CLOEXEC);
    assert_int_equal(wpi_files_read(fd, buffer, sizeof buffer, 1, &why), WP_ECORRUPT);
    assert_string_equal(why.message, "the file ends at byte 5");
    EXPECT_OK(wpi_files_read(fd, buffer, 5, 0, &err));
    assert_memory_equal(buffer, "12345", 5);
    assert_int_equal(close(fd), 0);
}

static void expect_unprepared(const char *path, wp_status expected, const char *message)
{
    wp_error why = {WP_OK, ""};
    wp_status status = wpi_lock_file_prepare(path, READERS, &why);
    if (status != expected || strstr(why.message, message) == NULL)
        fail_msg("status %d, \"%s\", expected \"%s\"", (int)status, why.message, message);
}

static void lock_file__is_not_made_where_there_is_no_room(void **state)
{
    (void)state;
    static const int unable[] = {EOPNOTSUPP, ENOSYS};
    const char *path = scratch_path("roomless");
    code.allocate = ENOSPC;
    expect_unprepared(path, WP_EFULL, "making room for the lock file: ");
    for (size_t i = 0; i < sizeof unable / sizeof *unable; i++) {
        code.allocate = unable[i];
        EXPECT_OK(wpi_lock_file_prepare(path, READERS, &err));
        is_full = true;
        expect_unprepared(path, WP_EFULL, "making room for the lock file: ");
        is_full = false;
        code.statvfs = EIO;
        expect_unprepared(path, WP_EIO, "making room for the lock file: ");
        code.statvfs = 0;
    }
    code.allocate = 0;
}

static void lock_file__is_a_regular_file(void **state)
{
    (void)state;
    char *path = strdup(scratch_path("irregular"));
    char *lock = lock_name(path);
    assert_int_equal(mkfifo(lock, 0600), 0);
    expect_unprepared(path, WP_EACCESS, "the lock file is not a regular file");
    assert_int_equal(unlink(lock), 0);
    assert_int_equal(mkdir(lock, 0700), 0);
    expect_unprepared(path, WP_EACCESS, "the lock file is not a regular file");
    assert_int_equal(rmdir(lock), 0);
    free(lock);
    free(path);
}

static void lock_file__says_why_it_cannot_be_opened(void **state)
{
    (void)state;
    static const char missing[] = "there is no lock file and the directory may not be written";
    char *path = create_with_value("locked");
    char *lock = lock_name(path);
    code.open = EACCES;
    expect_unprepared(path, WP_EACCESS, "opening the lock file: Permission denied");
    assert_int_equal(unlink(lock), 0);
    expect_unprepared(path, WP_EACCESS, missing);
    code.open = EPERM;
    expect_unprepared(path, WP_EACCESS, missing);
    code.open = EMFILE;
    expect_unprepared(path, WP_EIO, "opening the lock file: Too many open files");
    code.open = 0;
    expect_readable(path, false);
    free(lock);
    free(path);
}

static void store_open__reads_without_a_lock_file_where_nobody_can_write(void **state)
{
    (void)state;
    wpi_store *store;
    char *path = create_with_value("sealed");
    char *lock = lock_name(path);
    assert_int_equal(unlink(lock), 0);
    code.open = EROFS;
    expect_readable(path, true);
    assert_int_equal(wpi_store_open(path, NULL, &store, NULL), WP_EACCESS);
    code.open = 0;
    assert_int_equal(access(lock, F_OK), -1);
    free(lock);
    free(path);
}

static void store_create__gives_a_second_name_where_it_must(void **state)
{
    (void)state;
    static const int unable[] = {EINVAL, ENOSYS};
    for (size_t i = 0; i < sizeof unable / sizeof *unable; i++) {
        const char *path = scratch_path("second");
        struct stat info;
        code.rename = unable[i];
        EXPECT_OK(wpi_store_create(path, NULL, NULL, &err));
        assert_int_equal(stat(path, &info), 0);
        assert_int_equal(info.st_nlink, 1);
        assert_int_equal(wpi_store_create(path, NULL, NULL, NULL), WP_EEXIST);
        assert_int_equal(unlink(path), 0);
        code.link = EPERM;
        assert_int_equal(wpi_store_create(path, NULL, NULL, NULL), WP_EACCESS);
        assert_int_equal(access(path, F_OK), -1);
        code.link = 0;
    }
    code.rename = 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(files__go_on_after_a_signal),
        cmocka_unit_test(files_read__says_where_a_file_ends),
        cmocka_unit_test(lock_file__is_not_made_where_there_is_no_room),
        cmocka_unit_test(lock_file__is_a_regular_file),
        cmocka_unit_test(lock_file__says_why_it_cannot_be_opened),
        cmocka_unit_test(store_open__reads_without_a_lock_file_where_nobody_can_write),
        cmocka_unit_test(store_create__gives_a_second_name_where_it_must),
    };
    return scratch_end(cmocka_run_group_tests(tests, NULL, NULL));
}
