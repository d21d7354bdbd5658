/*
 * What others do to a file between two steps of one operation: the path leads elsewhere while it is
 * opened, they commit or begin to read while it is rebuilt. The operation takes what is there now
 * or says that it was disturbed; it never goes on with a file that has no name, and nothing that
 * others stored is lost.
 *
 * This program's functions stand in front of the system's and LMDB's: opening looks at the path by
 * lstat before and after it has the file, and rebuilding calls fchmod between copying and swapping.
 */
#include "fixture.h"

#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <lmdb.h>
#include <sys/stat.h>
#include <sys/wait.h>

#define NOBODY 65534
/* Calls of lstat by wpi_store_open: the one after which the file is opened, and the one that looks
 * whether the path still leads there. */
#define LOOK_BEFORE 2
#define LOOK_AFTER 3

/* What is done at a call, as if by others. */
typedef struct meanwhile {
    void (*done)(void); /* NULL: nothing */
    unsigned number;    /* of the call at which it is done; 0: each */
    unsigned seen;
} meanwhile;

static meanwhile before_lstat, after_lstat, before_fchmod, after_begin;
static int owner_code;   /* with which fchown fails; 0: it does not */
static int renewal_code; /* ditto, mdb_txn_renew */
static char *path, *other;

static void *real(const char *name)
{
    void *found = dlsym(RTLD_NEXT, name);
    assert_non_null(found);
    return found;
}

static void pass(meanwhile *at)
{
    void (*done)(void) = at->done;
    if (done == NULL || (++at->seen != at->number && at->number != 0))
        return;
    at->done = NULL; /* it may make the same call */
    done();
    at->done = done;
}

__attribute__((visibility("default"))) int lstat(const char *name, struct stat *out)
{
    int (*next)(const char *, struct stat *);
    *(void **)&next = real("lstat");
    pass(&before_lstat);
    int code = next(name, out), kept = errno;
    pass(&after_lstat);
    errno = kept;
    return code;
}

__attribute__((visibility("default"))) int fchmod(int fd, mode_t mode)
{
    int (*next)(int, mode_t);
    *(void **)&next = real("fchmod");
    pass(&before_fchmod);
    return next(fd, mode);
}

__attribute__((visibility("default"))) int fchown(int fd, uid_t user, gid_t group)
{
    int (*next)(int, uid_t, gid_t);
    *(void **)&next = real("fchown");
    errno = owner_code;
    return owner_code == 0 ? next(fd, user, group) : -1;
}

__attribute__((visibility("default"))) int mdb_txn_begin(MDB_env *environment, MDB_txn *parent,
                                                         unsigned flags, MDB_txn **txn)
{
    int (*next)(MDB_env *, MDB_txn *, unsigned, MDB_txn **);
    *(void **)&next = real("mdb_txn_begin");
    int code = next(environment, parent, flags, txn);
    pass(&after_begin);
    return code;
}

__attribute__((visibility("default"))) int mdb_txn_renew(MDB_txn *txn)
{
    int (*next)(MDB_txn *);
    *(void **)&next = real("mdb_txn_renew");
    return renewal_code != 0 ? renewal_code : next(txn);
}

static void disturb(meanwhile *at, unsigned number, void (*done)(void))
{
    *at = (meanwhile){done, number, 0};
}

static void leave_alone(void)
{
    before_lstat = after_lstat = before_fchmod = after_begin = (meanwhile){NULL, 0, 0};
}

/* ---- while a path is opened --------------------------------------------------------------------
 */

/* Make the two files, which say which they are. */
static void make_two(void)
{
    path = fixture_create("named");
    other = fixture_create("other");
    wpi_store *store = fixture_open(path);
    fixture_store(store, "which", "named");
    wpi_store_close(store);
    store = fixture_open(other);
    fixture_store(store, "which", "other");
    wpi_store_close(store);
}

static void drop_two(void)
{
    leave_alone();
    (void)unlink(path);
    (void)unlink(other);
    free(path);
    free(other);
}

static void put_other_in_place(void)
{
    assert_int_equal(rename(other, path), 0);
}

/* Another copy of the same file in its place, as a program does that saves by renaming. */
static void put_copy_in_place(void)
{
    size_t bytes;
    unsigned char *data = fixture_read_file(path, &bytes);
    fixture_write_file(other, data, bytes);
    free(data);
    put_other_in_place();
}

static void put_pipe_in_place(void)
{
    assert_int_equal(unlink(path), 0);
    assert_int_equal(mkfifo(path, 0600), 0);
}

static void take_away(void)
{
    assert_int_equal(unlink(path), 0);
}

static void put_aside(void)
{
    assert_int_equal(rename(path, other), 0);
}

static void expect_refused(wp_status expected, const char *message)
{
    wpi_store *store;
    wp_error why = {WP_OK, ""};
    wp_status status = wpi_store_open(path, NULL, &store, &why);
    leave_alone();
    assert_int_equal(status, expected);
    assert_null(store);
    if (strstr(why.message, message) == NULL)
        fail_msg("\"%s\", expected \"%s\"", why.message, message);
}

static void store_open__takes_the_file_that_the_path_leads_to_now(void **state)
{
    (void)state;
    make_two();
    disturb(&before_lstat, LOOK_AFTER, put_other_in_place);
    wpi_store *store = fixture_open(path);
    leave_alone();
    wpi_store_txn *txn = fixture_begin(store, true);
    fixture_expect(txn, "which", "other");
    fixture_put(txn, "more", "1");
    fixture_commit(txn);
    wpi_store_close(store);
    store = fixture_open(path);
    txn = fixture_begin(store, false);
    fixture_expect(txn, "more", "1");
    wpi_store_abort(txn);
    wpi_store_close(store);
    drop_two();
}

static void store_open__gives_up_on_a_path_that_changes_for_ever(void **state)
{
    (void)state;
    make_two();
    disturb(&before_lstat, 0, put_copy_in_place);
    expect_refused(WP_EACCESS, "the path changed while it was being opened");
    wpi_store_close(fixture_open(path)); /* nothing holds on to any of them */
    drop_two();
}

static void store_open__refuses_what_comes_into_the_place_of_the_file(void **state)
{
    (void)state;
    make_two();
    disturb(&before_lstat, LOOK_AFTER, take_away);
    expect_refused(WP_ENOTFOUND, "opening the database: ");
    put_other_in_place();
    disturb(&before_lstat, LOOK_AFTER, put_pipe_in_place);
    expect_refused(WP_EFORMAT, "not a regular file");
    drop_two();
    make_two();
    disturb(&after_lstat, LOOK_BEFORE, take_away);
    expect_refused(WP_ENOTFOUND, "opening the database: ");
    put_other_in_place();
    disturb(&after_lstat, LOOK_BEFORE, put_pipe_in_place);
    expect_refused(WP_EACCESS, "the path changed while it was being opened");
    drop_two();
}

/* ---- while a file is rebuilt -------------------------------------------------------------------
 */

static wpi_store *rebuilt;
static wpi_store_txn *begun;
static unsigned stored; /* by others */

static wp_status rebuild(wp_error *err)
{
    return wpi_store_rebuild(rebuilt, &(wpi_store_rebuild_options){NULL, NULL, NULL}, err);
}

/* The rebuild is refused so, and the file is as it was. */
static void expect_not_rebuilt(wp_status expected, const char *message)
{
    wp_error why = {WP_OK, ""};
    wp_status status = rebuild(&why);
    leave_alone();
    assert_int_equal(status, expected);
    if (strstr(why.message, message) == NULL)
        fail_msg("\"%s\", expected \"%s\"", why.message, message);
    DIR *directory = opendir(scratch_path(""));
    assert_non_null(directory);
    for (const struct dirent *entry; (entry = readdir(directory)) != NULL;)
        if (strstr(entry->d_name, ".creating-") != NULL)
            fail_msg("%s is left", entry->d_name);
    assert_int_equal(closedir(directory), 0);
}

static void expect_record(const char *key, const char *value)
{
    wpi_store_txn *txn = fixture_begin(rebuilt, false);
    fixture_expect(txn, key, value);
    wpi_store_abort(txn);
}

/* Another process stores a record and is gone. */
static void store_elsewhere(void)
{
    int code;
    char key[32];
    (void)snprintf(key, sizeof key, "other %u", stored++);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        fixture_store(fixture_open(path), key, "stored");
        _exit(0);
    }
    assert_int_equal(waitpid(child, &code, 0), child);
    assert_int_equal(code, 0);
}

static void begin_here(void)
{
    begun = fixture_begin(rebuilt, false);
}

static void store_rebuild__takes_along_what_others_store_meanwhile(void **state)
{
    (void)state;
    struct stat before, after;
    make_two();
    rebuilt = fixture_open(path);
    assert_int_equal(stat(path, &before), 0);
    stored = 0;
    disturb(&before_fchmod, 1, store_elsewhere);
    EXPECT_OK(rebuild(&err));
    leave_alone();
    assert_int_equal(stat(path, &after), 0);
    assert_true(before.st_ino != after.st_ino);
    expect_record("other 0", "stored");
    disturb(&before_fchmod, 0, store_elsewhere);
    expect_not_rebuilt(WP_EBUSY, "others commit while the database is rebuilt");
    assert_int_equal(stored, 4); /* it tries three times */
    expect_record("other 3", "stored");
    fixture_store(rebuilt, "here", "1");
    wpi_store_close(rebuilt);
    drop_two();
}

static void store_rebuild__refuses_a_transaction_that_begins_meanwhile(void **state)
{
    (void)state;
    make_two();
    rebuilt = fixture_open(path);
    disturb(&before_fchmod, 1, begin_here);
    expect_not_rebuilt(WP_EBUSY, "1 transactions of this process are open, expected none");
    fixture_expect(begun, "which", "named");
    wpi_store_abort(begun);
    EXPECT_OK(rebuild(&err));
    expect_record("which", "named");
    wpi_store_close(rebuilt);
    drop_two();
}

static void store_rebuild__leaves_a_file_that_came_into_the_place(void **state)
{
    (void)state;
    struct stat in_place, now;
    make_two();
    rebuilt = fixture_open(path);
    disturb(&before_fchmod, 0, put_copy_in_place);
    expect_not_rebuilt(WP_EBUSY, "others commit while the database is rebuilt");
    assert_int_equal(stat(path, &in_place), 0);
    fixture_store(rebuilt, "goes on", "there");
    wpi_store_close(rebuilt);
    assert_int_equal(stat(path, &now), 0);
    assert_true(now.st_ino == in_place.st_ino);
    rebuilt = fixture_open(path);
    expect_record("goes on", "there");
    wpi_store_close(rebuilt);
    drop_two();
}

/* The handle has no file then, says so, and goes on when there is one again. */
static void store_rebuild__survives_the_loss_of_the_file(void **state)
{
    (void)state;
    wpi_store_txn *txn;
    uint64_t faults;
    wp_error why;
    make_two();
    rebuilt = fixture_open(path);
    disturb(&before_fchmod, 1, put_aside);
    expect_not_rebuilt(WP_ENOTFOUND, "opening the database: ");
    assert_int_equal(wpi_store_begin(rebuilt, false, &txn, NULL), WP_ENOTFOUND);
    assert_null(txn);
    assert_int_equal(wpi_store_file_bytes(rebuilt), 0);
    assert_int_equal(wpi_store_reader_count(rebuilt), 0);
    assert_int_equal(rename(other, path), 0);
    assert_int_equal(wpi_store_check_file(path, NULL, NULL, &faults, &why), WP_EBUSY);
    assert_string_equal(why.message, "the database failed and is open here");
    expect_record("which", "named");
    EXPECT_OK(wpi_store_check_file(path, NULL, NULL, &faults, &err));
    wpi_store_close(rebuilt);
    drop_two();
}

static void store_rebuild__wants_the_lock_file(void **state)
{
    (void)state;
    char *lock;
    make_two();
    rebuilt = fixture_open(path);
    assert_true(asprintf(&lock, "%s-lock", path) > 0);
    assert_int_equal(unlink(lock), 0);
    expect_not_rebuilt(WP_ENOTFOUND, "opening the lock file: ");
    assert_int_equal(access(lock, F_OK), 0); /* it was opened anew */
    EXPECT_OK(rebuild(&err));
    expect_record("which", "named");
    wpi_store_close(rebuilt);
    free(lock);
    drop_two();
}

static void store_rebuild__keeps_the_owner(void **state)
{
    (void)state;
    struct stat info;
    make_two();
    if (chown(path, NOBODY, NOBODY) != 0) {
        drop_two();
        skip(); /* Only root can give a file away. */
    }
    rebuilt = fixture_open(path);
    owner_code = EPERM;
    expect_not_rebuilt(WP_EACCESS, "giving the new file its owner: ");
    owner_code = 0;
    EXPECT_OK(rebuild(&err));
    assert_int_equal(stat(path, &info), 0);
    assert_int_equal(info.st_uid, NOBODY);
    assert_int_equal(info.st_gid, NOBODY);
    assert_int_equal(chown(path, 0, NOBODY), 0);
    EXPECT_OK(rebuild(&err));
    assert_int_equal(stat(path, &info), 0);
    assert_int_equal(info.st_uid, 0);
    assert_int_equal(info.st_gid, NOBODY);
    expect_record("which", "named");
    wpi_store_close(rebuilt);
    drop_two();
}

/* ---- while a transaction begins ----------------------------------------------------------------
 */

static void store_twice_elsewhere(void)
{
    store_elsewhere();
    store_elsewhere();
}

/* LMDB may then give the newer snapshot under the number of the older one. */
static void store_begin__reads_the_newest_when_others_commit_twice_meanwhile(void **state)
{
    (void)state;
    wpi_store_txn *none;
    make_two();
    rebuilt = fixture_open(path);
    stored = 0;
    wpi_store_txn *before = fixture_begin(rebuilt, false);
    disturb(&after_begin, 1, store_twice_elsewhere);
    wpi_store_txn *newest = fixture_begin(rebuilt, false);
    leave_alone();
    assert_int_equal(wpi_store_snapshot(newest), wpi_store_snapshot(before) + 2);
    fixture_expect(newest, "other 1", "stored");
    fixture_expect_none(before, "other 1");
    disturb(&after_begin, 1, store_twice_elsewhere);
    renewal_code = EIO;
    assert_int_equal(wpi_store_begin(rebuilt, false, &none, NULL), WP_EIO);
    assert_null(none);
    renewal_code = 0;
    leave_alone();
    wpi_store_abort(newest);
    wpi_store_abort(before);
    expect_record("other 3", "stored");
    wpi_store_close(rebuilt);
    drop_two();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(store_open__takes_the_file_that_the_path_leads_to_now),
        cmocka_unit_test(store_open__gives_up_on_a_path_that_changes_for_ever),
        cmocka_unit_test(store_open__refuses_what_comes_into_the_place_of_the_file),
        cmocka_unit_test(store_rebuild__takes_along_what_others_store_meanwhile),
        cmocka_unit_test(store_rebuild__refuses_a_transaction_that_begins_meanwhile),
        cmocka_unit_test(store_rebuild__leaves_a_file_that_came_into_the_place),
        cmocka_unit_test(store_rebuild__survives_the_loss_of_the_file),
        cmocka_unit_test(store_rebuild__wants_the_lock_file),
        cmocka_unit_test(store_rebuild__keeps_the_owner),
        cmocka_unit_test(store_begin__reads_the_newest_when_others_commit_twice_meanwhile),
    };
    return scratch_end(cmocka_run_group_tests(tests, NULL, NULL));
}
