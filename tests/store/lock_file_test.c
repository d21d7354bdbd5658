/*
 * What lies beside a database: its lock file, which has all its blocks before LMDB maps it, the
 * directory that may not be written, and what killed processes left behind.
 */
#include "fixture.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/wait.h>

#define NOBODY 65534
#define RANDOM "0123456789abcdef"

static char *lock_name(const char *path)
{
    char *name = NULL;
    assert_true(asprintf(&name, "%s-lock", path) > 0);
    return name;
}

static void expect_whole(const char *name)
{
    struct stat info;
    assert_int_equal(stat(name, &info), 0);
    assert_true(info.st_size > 1000 * 64);
    assert_true(info.st_blocks * 512 >= info.st_size);
    assert_int_equal(info.st_mode & 07777, 0600);
}

static void use(const char *path)
{
    wpi_store *store = fixture_open(path);
    fixture_store(store, "key", "value");
    wpi_store_close(store);
}

static void lock_file__has_its_blocks(void **state)
{
    (void)state;
    char *path = fixture_create("blocks");
    char *name = lock_name(path);
    use(path);
    expect_whole(name);
    assert_int_equal(unlink(name), 0);
    int fd = open(name, O_RDWR | O_CREAT | O_EXCL, 0600); /* sparse, and of a foreign size */
    assert_true(fd >= 0 && ftruncate(fd, 8192) == 0 && close(fd) == 0);
    use(path);
    expect_whole(name);
    free(name);
    free(path);
}

static void lock_file__of_more_readers_stays_as_large(void **state)
{
    (void)state;
    struct stat info;
    char *path = fixture_create("larger");
    char *name = lock_name(path);
    int fd = open(name, O_RDWR | O_CREAT | O_EXCL, 0600);
    assert_true(fd >= 0 && ftruncate(fd, 100 * 4096) == 0 && close(fd) == 0);
    use(path);
    assert_int_equal(stat(name, &info), 0);
    assert_int_equal(info.st_size, 100 * 4096);
    assert_true(info.st_blocks * 512 >= info.st_size);
    free(name);
    free(path);
}

/* ---- a directory that may not be written ------------------------------------------------------
 */

/* In a process that may not write into the current directory: 0 when everything is as expected. */
static int try_in_place(void)
{
    wpi_store *store = NULL;
    wp_error err;
    wp_open_options options = WP_OPEN_OPTIONS_INIT;
    if (geteuid() == 0 && (setgid(NOBODY) != 0 || setuid(NOBODY) != 0))
        return 1;
    for (int i = 0; i < 2; i++) {
        options.is_read_only = i == 1;
        if (wpi_store_open("here", &options, &store, &err) != WP_EACCESS || store != NULL)
            return 2;
        if (strstr(err.message, "lock file") == NULL || strstr(err.message, "directory") == NULL)
            return 3;
    }
    return access("here-lock", F_OK) == 0 ? 4 : 0;
}

static void store_open__says_that_the_lock_file_is_missing(void **state)
{
    (void)state;
    int ended = -1;
    char *directory = strdup(scratch_path("still"));
    assert_true(directory != NULL && mkdir(directory, 0700) == 0);
    char *path = fixture_create("still/here");
    char *name = lock_name(path);
    use(path);
    assert_int_equal(unlink(name), 0);
    assert_int_equal(chmod(path, 0644), 0);
    assert_int_equal(chmod(directory, 0555), 0);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0)
        _exit(chdir(directory) == 0 ? try_in_place() : 7);
    assert_int_equal(waitpid(child, &ended, 0), child);
    assert_int_equal(chmod(directory, 0700), 0);
    assert_true(WIFEXITED(ended));
    assert_int_equal(WEXITSTATUS(ended), 0);
    free(name);
    free(path);
    free(directory);
}

/* ---- what killed processes left behind --------------------------------------------------------
 */

/* The number of a process that is dead. */
static pid_t dead_process(void)
{
    int ended;
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0)
        _exit(0);
    assert_int_equal(waitpid(child, &ended, 0), child);
    return child;
}

/* Make ".name.creating-PID-RANDOM" and its lock file; returns the first's path. */
static char *leave(const char *name, pid_t maker)
{
    char text[200];
    (void)snprintf(text, sizeof(text), ".%s.creating-%ld-" RANDOM, name, (long)maker);
    char *path = strdup(scratch_path(text));
    char *lock = lock_name(path);
    fixture_write_file(path, "half", 4);
    fixture_write_file(lock, "half", 4);
    free(lock);
    return path;
}

static void expect_both(const char *path, bool is_there)
{
    char *lock = lock_name(path);
    assert_int_equal(access(path, F_OK) == 0, is_there);
    assert_int_equal(access(lock, F_OK) == 0, is_there);
    free(lock);
}

static void store_create__removes_what_dead_processes_left(void **state)
{
    (void)state;
    pid_t dead = dead_process();
    char *ours = leave("again", dead);
    char *of_others = leave("again.too", dead);
    char *living = leave("again", getpid());
    free(fixture_create("again"));
    expect_both(ours, false);
    expect_both(of_others, true);
    expect_both(living, true);
    free(ours);
    free(of_others);
    free(living);
}

static void store_create__leaves_what_is_in_use(void **state)
{
    (void)state;
    char *used = leave("used", dead_process()); /* as a process of another name space seems */
    int fd = open(used, O_RDONLY | O_CLOEXEC);
    assert_true(fd >= 0 && flock(fd, LOCK_EX) == 0);
    free(fixture_create("used"));
    expect_both(used, true);
    assert_int_equal(close(fd), 0);
    free(used);
}

/* A name like those of unfinished files that is none: somebody else's. */
static void expect_left(const char *behind)
{
    char text[200];
    (void)snprintf(text, sizeof(text), ".odd.creating-%s", behind);
    char *path = strdup(scratch_path(text));
    fixture_write_file(path, "mine", 4);
    char *made = fixture_create("odd");
    assert_int_equal(access(path, F_OK), 0);
    assert_int_equal(unlink(made), 0);
    free(made);
    free(path);
}

static void store_create__leaves_other_names(void **state)
{
    char behind[64];
    long dead = (long)dead_process();
    (void)state;
    expect_left("");
    expect_left("-1-" RANDOM);
    expect_left("x1-" RANDOM);
    expect_left("99999999999999999999-" RANDOM);
    expect_left("4294967297-" RANDOM); /* no number of a process */
    (void)snprintf(behind, sizeof(behind), "%ld_" RANDOM, dead);
    expect_left(behind);
    (void)snprintf(behind, sizeof(behind), "%ld-0123", dead);
    expect_left(behind);
    (void)snprintf(behind, sizeof(behind), "%ld-" RANDOM "-luck", dead);
    expect_left(behind);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lock_file__has_its_blocks),
        cmocka_unit_test(lock_file__of_more_readers_stays_as_large),
        cmocka_unit_test(store_open__says_that_the_lock_file_is_missing),
        cmocka_unit_test(store_create__removes_what_dead_processes_left),
        cmocka_unit_test(store_create__leaves_what_is_in_use),
        cmocka_unit_test(store_create__leaves_other_names),
    };
    return scratch_end(cmocka_run_group_tests(tests, NULL, NULL));
}
