/*
 * The state of a file: who reads it and what they pin, the disk, the lock file; and that a network
 * file system is refused unless it is allowed. The type of the file system is injected: fstatfs is
 * defined here, and so is the function of LMDB that clears dead readers.
 */
#include "fixture.h"

#include <dlfcn.h>
#include <lmdb.h>
#include <signal.h>
#include <sys/vfs.h>
#include <sys/wait.h>

#include "base/memory.h"
#include "store/files.h"
#include "warmpath.h"

#define RECORDS 300

static uint32_t injected_type; /* 0: that of the file */
static bool leaves_dead;       /* dead readers stay in LMDB's table */

int fstatfs(int fd, struct statfs *out)
{
    int (*real)(int, struct statfs *) = NULL;
    *(void **)(&real) = dlsym(RTLD_NEXT, "fstatfs");
    int code = real(fd, out);
    if (code == 0 && injected_type != 0)
        out->f_type = (__typeof__(out->f_type))injected_type;
    return code;
}

/* LMDB's library must not see it, but the engine does. */
int mdb_reader_check(MDB_env *environment, int *dead)
{
    int (*real)(MDB_env *, int *) = NULL;
    *(void **)(&real) = dlsym(RTLD_NEXT, "mdb_reader_check");
    *dead = 0;
    return leaves_dead ? 0 : real(environment, dead);
}

static void store_open__refuses_network_file_systems_unless_allowed(void **state)
{
    (void)state;
    static const struct {
        uint32_t type;
        const char *name;
    } networks[] = {{0x6969, "nfs"},      {0x517B, "smb"},       {0xFF534D42, "cifs"},
                    {0xFE534D42, "smb2"}, {0x564C, "ncp"},       {0x73757245, "coda"},
                    {0x5346414F, "afs"},  {0x6B414653, "afs"},   {0x01021997, "9p"},
                    {0x00C36400, "ceph"}, {0x0BD00BD0, "lustre"}};
    static const uint32_t local[] = {0xEF53,     0x58465342, 0x9123683E,
                                     0x01021994, 0x794C7630, 0x1234};
    char *path = fixture_create("network");
    wpi_store *store;
    for (size_t i = 0; i < sizeof networks / sizeof *networks; i++) {
        wp_open_options options = WP_OPEN_OPTIONS_INIT;
        wp_error why = {WP_OK, ""};
        injected_type = networks[i].type;
        assert_int_equal(wpi_store_open(path, NULL, &store, &why), WP_EACCESS);
        assert_non_null(strstr(why.message, networks[i].name));
        assert_null(store);
        options.allow_network_fs = true;
        EXPECT_OK(wpi_store_open(path, &options, &store, &err));
        wpi_store_close(store);
    }
    for (size_t i = 0; i < sizeof local / sizeof *local; i++) {
        injected_type = local[i];
        EXPECT_OK(wpi_store_open(path, NULL, &store, &err));
        wpi_store_close(store);
    }
    injected_type = 0;
    free(path);
}

static wp_health health_of(wpi_store *store)
{
    wp_health health = {.readers = NULL};
    EXPECT_OK(wpi_store_health(store, &health, &err));
    return health;
}

static void rewrite(wpi_store *store, char mark)
{
    wpi_store_txn *txn = fixture_begin(store, true);
    for (int i = 0; i < RECORDS; i++) {
        char key[16], value[200];
        (void)snprintf(key, sizeof key, "key %d", i);
        memset(value, mark, sizeof value);
        value[sizeof value - 1] = '\0';
        fixture_put(txn, key, value);
    }
    fixture_commit(txn);
}

static void health__tells_what_a_reader_pins(void **state)
{
    (void)state;
    char *path = fixture_create("pinned");
    wpi_store *store = fixture_open(path);
    rewrite(store, 'a');
    wp_health health = health_of(store);
    assert_int_equal(health.reader_count, 0);
    assert_int_equal(health.pinned_pages, 0);
    assert_int_equal(health.readers_max, 1024);
    assert_true(health.pages * health.page_bytes <= health.file_bytes + health.page_bytes);
    assert_true(health.disk_free_bytes > 0);
    assert_true(health.has_lock_file && health.has_lock_blocks);
    int major, minor, patch, used[3] = {0};
    (void)mdb_version(&major, &minor, &patch);
    assert_int_equal(sscanf(health.lmdb, "%d.%d.%d", &used[0], &used[1], &used[2]), 3);
    assert_true(used[0] == major && used[1] == minor && used[2] == patch);
    wp_health_free(&health);

    wpi_store_txn *reader = fixture_begin(store, false);
    uint64_t snapshot = wpi_store_snapshot(reader);
    rewrite(store, 'b');
    rewrite(store, 'c');
    health = health_of(store);
    assert_int_equal(health.reader_count, 1);
    assert_int_equal(health.readers[0].process, getpid());
    assert_int_equal(health.readers[0].snapshot, snapshot);
    assert_int_equal(health.readers[0].lag, 2);
    assert_in_range(health.readers[0].age_ms, 0, 60000);
    assert_false(health.readers[0].is_dead);
    /* Two hundred bytes a record: each rewriting frees at least RECORDS / 20 pages. */
    assert_true(health.pinned_pages >= 2 * RECORDS / 20);
    assert_true(health.free_pages >= health.pinned_pages);
    wp_health_free(&health);
    wpi_store_abort(reader);
    health = health_of(store);
    assert_int_equal(health.reader_count, 0);
    assert_int_equal(health.pinned_pages, 0);
    wp_health_free(&health);
    wpi_store_close(store);
    free(path);
}

/* A process that reads until it is killed. */
static pid_t start_reader(const char *path, int told[2])
{
    assert_int_equal(pipe(told), 0);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child > 0)
        return child;
    wpi_store *store = NULL;
    wpi_store_txn *txn = NULL;
    char byte = 0;
    if (wpi_store_open(path, NULL, &store, NULL) != WP_OK ||
        wpi_store_begin(store, false, &txn, NULL) != WP_OK || write(told[1], &byte, 1) != 1)
        _exit(1);
    while (true)
        (void)pause();
}

/* The first allocation is that of the transaction. */
static int fail_to_allocate_readers(void)
{
    static unsigned count;
    return count++ > 0;
}

static void health__leaves_out_who_writes_and_who_is_stale(void **state)
{
    (void)state;
    wp_open_options options = WP_OPEN_OPTIONS_INIT;
    wpi_store *store;
    char *path = fixture_create("stale");
    options.reader_age_max_ms = 1;
    EXPECT_OK(wpi_store_open(path, &options, &store, &err));
    fixture_store(store, "a", "1");
    wpi_store_txn *stale = fixture_begin(store, false);
    wpi_store_rest(stale);
    fixture_store(store, "a", "2");
    wp_status status = WP_OK;
    for (int i = 0; i < 100 && status == WP_OK; i++) {
        (void)usleep(20000);
        status = wpi_store_resume(stale, NULL);
        if (status == WP_OK)
            wpi_store_rest(stale);
    }
    assert_int_equal(status, WP_ESTALE);
    wpi_store_txn *writing = fixture_begin(store, true);
    wp_health health = health_of(store);
    assert_int_equal(health.reader_count, 0);
    wp_health_free(&health);
    wpi_store_abort(writing);
    wpi_store_abort(stale);
    wpi_store_close(store);
    free(path);
}

static void health__tells_and_clears_readers_of_other_processes(void **state)
{
    (void)state;
    int told[2];
    char byte;
    char *path = fixture_create("others");
    pid_t child = start_reader(path, told);
    assert_int_equal(read(told[0], &byte, 1), 1);
    wpi_store *store = fixture_open(path);
    fixture_store(store, "a", "1");
    wp_health health = health_of(store);
    assert_int_equal(health.reader_count, 1);
    assert_int_equal(health.readers[0].process, child);
    assert_int_equal(health.readers[0].lag, 1);
    assert_true(health.readers[0].age_ms == WP_AGE_UNKNOWN);
    wp_health_free(&health);
    int others_told[2];
    pid_t other = start_reader(path, others_told);
    assert_int_equal(read(others_told[0], &byte, 1), 1);
    wpi_memory_fault_hook = fail_to_allocate_readers;
    assert_int_equal(wpi_store_health(store, &health, NULL), WP_ENOMEM);
    wpi_memory_fault_hook = NULL;
    assert_null(health.readers);
    assert_int_equal(kill(other, SIGKILL), 0);
    assert_int_equal(waitpid(other, NULL, 0), other);
    (void)close(others_told[0]), (void)close(others_told[1]);
    health = health_of(store);
    wp_health_free(&health);

    assert_int_equal(kill(child, SIGKILL), 0);
    assert_int_equal(waitpid(child, NULL, 0), child);
    leaves_dead = true; /* as if it had died just now */
    health = health_of(store);
    assert_int_equal(health.reader_count, 1);
    assert_true(health.readers[0].is_dead);
    wp_health_free(&health);
    leaves_dead = false;
    health = health_of(store);
    assert_int_equal(health.reader_count, 0);
    assert_int_equal(health.readers_cleared, 1);
    wp_health_free(&health);
    (void)close(told[0]), (void)close(told[1]);
    wpi_store_close(store);
    free(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(store_open__refuses_network_file_systems_unless_allowed),
        cmocka_unit_test(health__tells_what_a_reader_pins),
        cmocka_unit_test(health__leaves_out_who_writes_and_who_is_stale),
        cmocka_unit_test(health__tells_and_clears_readers_of_other_processes),
    };
    return scratch_end(cmocka_run_group_tests(tests, NULL, NULL));
}
