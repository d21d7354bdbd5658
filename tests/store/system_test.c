/*
 * Calls of the system that hardly ever fail, calls of LMDB, and allocations fail: each one of each
 * kind in turn, while a database is created, opened, written, copied, rebuilt, salvaged and
 * described. The operation says so or can do without; it leaves no file behind that it did not
 * finish, and done again it succeeds.
 *
 * Those that read, write and name files are in ../faults, which takes longer.
 */
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/statvfs.h>
#include <time.h>

#include "crash_faults.h"
#include "fixture.h"
#include "store/salvage.h"

typedef enum call {
    CALL_FSTAT = 0,
    CALL_LSTAT,
    CALL_FSTATFS,
    CALL_CLOSE,
    CALL_RANDOM,
    CALL_CLOCK,
    CALL_CHMOD,
    CALL_MADVISE,
    CALL_OPENDIR,
    CALL_MUTEX,
    CALL_THREAD,
    CALL_PREAD,
    CALL_FOPEN,
    CALL_OF_LMDB, /* this and the next by crash_faults.h */
    CALL_ALLOCATION,
    CALLS
} call;

static call failing;
static unsigned failing_number, seen; /* 0: none fails */

static bool strikes(call which)
{
    return failing_number != 0 && which == failing && ++seen == failing_number;
}

static void *real(const char *name)
{
    void *found = dlsym(RTLD_NEXT, name);
    assert_non_null(found);
    return found;
}

/* A function in front of the system's that returns `failed` when its turn has come. */
#define IN_FRONT(type, name, parameters, arguments, which, failed)                                 \
    __attribute__((visibility("default"))) type name parameters                                    \
    {                                                                                              \
        type(*next) parameters;                                                                    \
        *(void **)&next = real(#name);                                                             \
        if (!strikes(which))                                                                       \
            return next arguments;                                                                 \
        errno = EIO;                                                                               \
        return failed;                                                                             \
    }

IN_FRONT(int, fstat, (int fd, struct stat *out), (fd, out), CALL_FSTAT, -1)
IN_FRONT(int, lstat, (const char *path, struct stat *out), (path, out), CALL_LSTAT, -1)
IN_FRONT(int, fstatfs, (int fd, struct statfs *out), (fd, out), CALL_FSTATFS, -1)
IN_FRONT(ssize_t, getrandom, (void *to, size_t bytes, unsigned flags), (to, bytes, flags),
         CALL_RANDOM, -1)
IN_FRONT(int, clock_gettime, (clockid_t clock, struct timespec *now), (clock, now), CALL_CLOCK, -1)
IN_FRONT(int, fchmod, (int fd, mode_t mode), (fd, mode), CALL_CHMOD, -1)
IN_FRONT(int, madvise, (void *at, size_t bytes, int advice), (at, bytes, advice), CALL_MADVISE, -1)
IN_FRONT(DIR *, opendir, (const char *path), (path), CALL_OPENDIR, NULL)
IN_FRONT(int, pthread_mutex_init, (pthread_mutex_t * mutex, const pthread_mutexattr_t *attributes),
         (mutex, attributes), CALL_MUTEX, ENOMEM)
IN_FRONT(int, pthread_condattr_init, (pthread_condattr_t * attributes), (attributes), CALL_THREAD,
         ENOMEM)
IN_FRONT(int, pthread_condattr_setclock, (pthread_condattr_t * attributes, clockid_t clock),
         (attributes, clock), CALL_THREAD, EINVAL)
IN_FRONT(int, pthread_cond_init, (pthread_cond_t * cond, const pthread_condattr_t *attributes),
         (cond, attributes), CALL_THREAD, ENOMEM)
IN_FRONT(int, pthread_attr_init, (pthread_attr_t * attributes), (attributes), CALL_THREAD, ENOMEM)
IN_FRONT(int, pthread_create,
         (pthread_t * thread, const pthread_attr_t *attributes, void *(*run)(void *),
          void *context),
         (thread, attributes, run, context), CALL_THREAD, EAGAIN)
IN_FRONT(ssize_t, pread, (int fd, void *to, size_t bytes, off_t offset), (fd, to, bytes, offset),
         CALL_PREAD, -1)
IN_FRONT(FILE *, fopen, (const char *name, const char *mode), (name, mode), CALL_FOPEN, NULL)

/* Nobody cuts the power here, and waiting for the disk a thousand times takes a minute. */
__attribute__((visibility("default"))) int fsync(int fd)
{
    (void)fd;
    return 0;
}

__attribute__((visibility("default"))) int fdatasync(int fd)
{
    (void)fd;
    return 0;
}

/* The descriptor is closed whatever the system says. */
__attribute__((visibility("default"))) int close(int fd)
{
    int (*next)(int);
    *(void **)&next = real("close");
    int result = next(fd);
    if (!strikes(CALL_CLOSE))
        return result;
    errno = EIO;
    return -1;
}

/* ---- operations -------------------------------------------------------------------------------
 */

#define RECORDS 80 /* of the damaged file, of which every second lies in pages of its own */
#define PAGE_BYTES 4096

static char *path, *made, *damaged;

static wp_status create(wpi_store *store, wp_error *err)
{
    (void)store;
    return wpi_store_create(made, NULL, NULL, err);
}

static wp_status open_again(wpi_store *store, wp_error *err)
{
    wpi_store *opened = NULL;
    (void)store;
    wp_status status = wpi_store_open(made, NULL, &opened, err);
    assert_true((status == WP_OK) == (opened != NULL));
    if (opened != NULL)
        wpi_store_close(opened);
    return status;
}

static wp_status write_one(wpi_store *store, wp_error *err)
{
    wpi_store_txn *txn = NULL;
    wp_status status = wpi_store_begin(store, true, &txn, err);
    if (status != WP_OK)
        return status;
    status = wpi_store_put(txn, WPI_TABLE_PERSON, fixture_text("another"), fixture_text("value"), 1,
                           err);
    if (status == WP_OK)
        return wpi_store_commit(txn, err);
    wpi_store_abort(txn);
    return status;
}

static wp_status read_one(wpi_store *store, wp_error *err)
{
    wpi_store_txn *txn = NULL;
    wpi_slice value;
    wp_status status = wpi_store_begin(store, false, &txn, err);
    if (status != WP_OK)
        return status;
    status = wpi_store_get(txn, WPI_TABLE_PERSON, fixture_text("key"), &value, NULL, err);
    if (status == WP_OK)
        assert_memory_equal(value.data, "value", 5);
    wpi_store_abort(txn);
    return status;
}

static wp_status copy(wpi_store *store, wp_error *err)
{
    return wpi_store_backup(store, made, NULL, err);
}

static wp_status copy_records(wpi_store *store, wp_error *err)
{
    const wpi_store_rebuild_options options = {NULL, NULL, NULL};
    return wpi_store_backup(store, made, &options, err);
}

static wp_status rebuild(wpi_store *store, wp_error *err)
{
    const wpi_store_rebuild_options options = {NULL, NULL, NULL};
    return wpi_store_rebuild(store, &options, err);
}

static wp_status copy_without(wpi_store *store, wp_error *err)
{
    const wpi_store_rebuild_options options = {"left out", NULL, NULL}; /* is there */
    return wpi_store_backup(store, made, &options, err);
}

static wp_status copy_with(wpi_store *store, wp_error *err)
{
    const wpi_store_rebuild_options options = {"left", NULL, NULL}; /* is not */
    return wpi_store_backup(store, made, &options, err);
}

static wp_status describe(wpi_store *store, wp_error *err)
{
    wp_health health;
    wp_status status = wpi_store_health(store, &health, err);
    if (status == WP_OK)
        wp_health_free(&health);
    return status;
}

static wp_status check_file(wpi_store *store, wp_error *err)
{
    uint64_t faults = 0;
    (void)store;
    return wpi_store_check_file(made, NULL, NULL, &faults, err);
}

static wp_status mend_nothing(wpi_store *store, void *context, wp_error *err)
{
    (void)store;
    (void)context;
    (void)err;
    return WP_OK;
}

static wp_status salvage(wpi_store *store, wp_error *err)
{
    wpi_salvage saving = {.mend = mend_nothing};
    (void)store;
    return wpi_store_salvage(path, made, &saving, err);
}

static wp_status count_and_walk(wpi_store *store, wp_error *err)
{
    wpi_store_txn *txn = NULL;
    wpi_store_cursor *cursor = NULL;
    wpi_slice key, value;
    uint64_t count = 0;
    wp_status status = wpi_store_begin(store, false, &txn, err);
    if (status == WP_OK)
        status = wpi_store_count(txn, WPI_TABLE_PERSON, &count, err);
    if (status == WP_OK)
        status = wpi_store_cursor_open(txn, WPI_TABLE_PERSON, &cursor, err);
    while (status == WP_OK)
        status = wpi_store_cursor_next(cursor, &key, &value, err);
    wpi_store_cursor_close(cursor);
    wpi_store_abort(txn);
    return status == WP_ENOTFOUND ? WP_OK : status;
}

static void count_saved(void *context, const char *table, uint64_t found, uint64_t lost)
{
    uint64_t *count = context;
    if (strcmp(table, "person") == 0)
        *count = found;
    assert_true(lost == 0 || lost == UINT64_MAX);
}

/* All of it, as the damage is none to the records. */
static wp_status salvage_damaged(wpi_store *store, wp_error *err)
{
    uint64_t count = 0;
    wpi_salvage saving = {.table = count_saved, .context = &count};
    (void)store;
    wp_status status = wpi_store_salvage(damaged, made, &saving, err);
    if (status == WP_OK)
        assert_int_equal(count, RECORDS);
    return status;
}

static wp_status check_damaged(wpi_store *store, wp_error *err)
{
    uint64_t faults = 0;
    (void)store;
    wp_status status = wpi_store_check_file(damaged, NULL, NULL, &faults, err);
    assert_true(status != WP_OK || faults > 0);
    return status;
}

/* Without the thread that watches readers everything else works. */
static wp_status read_anew(wpi_store *store, wp_error *err)
{
    wpi_store *opened = NULL;
    wpi_store_txn *txn = NULL;
    (void)store;
    wp_status status = wpi_store_open(made, NULL, &opened, err);
    if (status == WP_OK)
        status = wpi_store_begin(opened, false, &txn, err);
    wpi_store_abort(txn);
    wpi_store_close(opened);
    return status;
}

static wp_status open_unsynced(wpi_store *store, wp_error *err)
{
    wp_open_options options = WP_OPEN_OPTIONS_INIT;
    wpi_store *opened = NULL;
    (void)store;
    options.is_unsynced = true;
    wp_status status = wpi_store_open(made, &options, &opened, err);
    assert_true((status == WP_OK) == (opened != NULL));
    wpi_store_close(opened);
    return status;
}

/* What cannot be let go of stays. */
static wp_status release_pages(wpi_store *store, wp_error *err)
{
    wpi_store_txn *txn = NULL;
    wpi_slice value;
    wp_status status = wpi_store_begin(store, false, &txn, err);
    if (status != WP_OK)
        return status;
    wpi_store_release_pages(txn);
    status = wpi_store_get(txn, WPI_TABLE_PERSON, fixture_text("key"), &value, NULL, err);
    if (status == WP_OK)
        assert_memory_equal(value.data, "value", 5);
    wpi_store_abort(txn);
    return status;
}

static wp_status wait_for_disk(wpi_store *store, wp_error *err)
{
    return wpi_store_sync(store, err);
}

static const struct {
    const char *name;
    wp_status (*run)(wpi_store *store, wp_error *err);
    bool is_making;  /* `made` is there when it succeeds, and only then */
    bool is_needing; /* `made` is there before */
} operations[] = {
    {"create", create, true, false},
    {"open", open_again, false, true},
    {"write", write_one, false, false},
    {"read", read_one, false, false},
    {"copy", copy, true, false},
    {"copy records", copy_records, true, false},
    {"copy without a record", copy_without, true, false},
    {"copy with everything", copy_with, true, false},
    {"rebuild", rebuild, false, false},
    {"describe", describe, false, false},
    {"check the file", check_file, false, true},
    {"sync", wait_for_disk, false, false},
    {"salvage", salvage, true, false},
    {"salvage what is damaged", salvage_damaged, true, false},
    {"check what is damaged", check_damaged, false, false},
    {"read in a file just opened", read_anew, false, true},
    {"open unsynced", open_unsynced, false, true},
    {"release pages", release_pages, false, false},
    {"count and walk", count_and_walk, false, false},
};

/* Files whose names begin with a dot: what an operation has not finished. */
static unsigned count_leftovers(void)
{
    char place[4096];
    unsigned count = 0;
    (void)snprintf(place, sizeof place, "%s", path);
    *strrchr(place, '/') = '\0';
    DIR *directory = opendir(place);
    assert_non_null(directory);
    for (const struct dirent *entry; (entry = readdir(directory)) != NULL;)
        count += entry->d_name[0] == '.' && strlen(entry->d_name) > 2;
    assert_int_equal(closedir(directory), 0);
    return count;
}

static void remove_made(void)
{
    char lock[4200];
    (void)snprintf(lock, sizeof lock, "%s-lock", made);
    (void)unlink(made);
    (void)unlink(lock);
}

static void prepare(size_t which)
{
    remove_made();
    if (operations[which].is_needing)
        EXPECT_OK(wpi_store_create(made, NULL, NULL, &err));
}

/* From now on the call of a number fails; 0: none does. Returns whether one has failed. */
static bool have_fail(call fails, unsigned number)
{
    bool is_by_others = fails == CALL_OF_LMDB || fails == CALL_ALLOCATION;
    bool has_failed = is_by_others && number == 0 ? crash_faults_end() : seen >= failing_number;
    failing = fails;
    failing_number = number;
    seen = 0;
    if (is_by_others && number > 0) {
        crash_faults_use(fails == CALL_OF_LMDB ? CRASH_FAULT_LMDB : CRASH_FAULT_MEMORY);
        crash_faults_begin(number, false);
    }
    return has_failed;
}

/* Returns whether a call failed. */
static bool try(size_t which, call fails, unsigned number, wpi_store *store)
{
    wp_error why = {WP_OK, ""};
    prepare(which);
    (void)have_fail(fails, number);
    wp_status status = operations[which].run(store, &why);
    bool has_failed = have_fail(fails, 0);
    bool is_explained = status == WP_OK || (has_failed && why.message[0] != '\0');
    bool is_there = access(made, F_OK) == 0;
    if (!is_explained || (operations[which].is_making && is_there != (status == WP_OK)) ||
        count_leftovers() != 0)
        fail_msg("%s, call %u of kind %d: status %d, \"%s\"", operations[which].name, number,
                 (int)fails, (int)status, why.message);
    return has_failed;
}

/* The page whose nodes begin with a record that lies in pages of its own. */
static unsigned char *find_page(unsigned char *data, size_t bytes)
{
    for (unsigned char *at = data + 2 * PAGE_BYTES; at < data + bytes; at += PAGE_BYTES) {
        size_t upper = at[14] | (size_t)at[15] << 8;
        bool is_leaf = at[10] == 2 && upper < PAGE_BYTES - 16;
        if (is_leaf && memcmp(at + upper + 8, "record", 6) == 0 && at[upper + 4] == 1)
            return at;
    }
    fail_msg("there is no such page");
    return NULL;
}

/* A page of records that does not say where they begin. */
static void make_damaged(void)
{
    size_t bytes;
    static char value[4100] = "value";
    damaged = fixture_create("damaged.warmpath");
    wpi_store *store = fixture_open(damaged);
    wpi_store_txn *txn = fixture_begin(store, true);
    EXPECT_OK(wpi_recent_fold(txn, &err));
    for (unsigned i = 0; i < RECORDS; i++) {
        char key[16];
        wpi_slice payload = {value, i % 2 == 1 ? sizeof value : 100};
        (void)snprintf(key, sizeof key, "record %03u", i);
        EXPECT_OK(wpi_store_put(txn, WPI_TABLE_PERSON, fixture_text(key), payload, 1, &err));
    }
    fixture_commit(txn);
    wpi_store_close(store);
    unsigned char *data = fixture_read_file(damaged, &bytes), *page = find_page(data, bytes);
    page[14] = page[15] = 0;
    fixture_write_file(damaged, data, bytes);
    free(data);
}

static void store_left_out(wpi_store *store)
{
    wpi_store_txn *txn = fixture_begin(store, true);
    EXPECT_OK(
        wpi_store_put(txn, WPI_TABLE_META, fixture_text("left out"), fixture_text("1"), 1, &err));
    fixture_commit(txn);
}

static void system__fails_in_every_operation(void **state)
{
    (void)state;
    path = fixture_create("system.warmpath");
    made = strdup(scratch_path("made.warmpath"));
    wpi_store *store = fixture_open(path);
    fixture_store(store, "key", "value");
    store_left_out(store);
    make_damaged();
    for (size_t which = 0; which < sizeof operations / sizeof *operations; which++)
        for (call fails = 0; fails < CALLS; fails++) {
            for (unsigned number = 1; try(which, fails, number, store); number++)
                ;
            prepare(which);
            EXPECT_OK(operations[which].run(store, &err));
        }
    wpi_store_txn *txn = fixture_begin(store, false);
    fixture_expect(txn, "key", "value");
    wpi_store_abort(txn);
    wpi_store_close(store);
    free(path);
    free(made);
    free(damaged);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(system__fails_in_every_operation)};
    if (access("/dev/shm", W_OK) == 0)
        (void)setenv("TMPDIR", "/dev/shm", 0); /* Files that need not survive this test. */
    return scratch_end(cmocka_run_group_tests(tests, NULL, NULL));
}
