/*
 * The map of a file where the system is short of addresses or refuses: a smaller one is taken, one
 * that cannot grow leaves the rest working, and one that was lost is made anew.
 *
 * This program's mmap, madvise and sysconf stand in front of the system's, and its function that
 * sets the size of a map in front of LMDB's.
 */
#include "fixture.h"

#include <dlfcn.h>
#include <errno.h>
#include <lmdb.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "warmpath.h"

#define MIB ((uint64_t)1 << 20)
#define GIB ((uint64_t)1 << 30)

static uint64_t longest_map; /* longer ones are refused; 0: none is */
static int refusal;
static long memory_pages; /* that the system says it has; 0: as many as it has */
static unsigned random_advice;
static int resizing_code; /* with which the map's size cannot be set; 0: it can */

/* LMDB's library must see these, so they are exported whatever the compiler is told. */
#define EXPORTED __attribute__((visibility("default")))

static void *real(const char *name)
{
    void *found = dlsym(RTLD_NEXT, name);
    assert_non_null(found);
    return found;
}

EXPORTED void *mmap(void *at, size_t bytes, int protection, int flags, int fd, off_t offset)
{
    if (longest_map == 0 || bytes <= longest_map)
        return (void *)syscall(SYS_mmap, at, bytes, protection, flags, fd, offset);
    errno = refusal;
    return MAP_FAILED;
}

EXPORTED int madvise(void *at, size_t bytes, int advice)
{
    random_advice += advice == MADV_RANDOM;
    return (int)syscall(SYS_madvise, at, bytes, advice);
}

EXPORTED long sysconf(int name)
{
    long (*next)(int);
    *(void **)&next = real("sysconf");
    return name == _SC_PHYS_PAGES && memory_pages > 0 ? memory_pages : next(name);
}

EXPORTED int mdb_env_set_mapsize(MDB_env *environment, size_t bytes)
{
    int (*next)(MDB_env *, size_t);
    *(void **)&next = real("mdb_env_set_mapsize");
    return resizing_code != 0 ? resizing_code : next(environment, bytes);
}

static wp_status open_with(const char *path, uint64_t map_bytes, wpi_store **store, wp_error *err)
{
    wp_open_options options = WP_OPEN_OPTIONS_INIT;
    options.map_bytes = map_bytes;
    return wpi_store_open(path, &options, store, err);
}

static uint64_t map_bytes_of(wpi_store *store)
{
    wp_health health;
    EXPECT_OK(wpi_store_health(store, &health, &err));
    uint64_t map_bytes = health.map_bytes;
    wp_health_free(&health);
    return map_bytes;
}

static void store_open__takes_less_where_addresses_are_short(void **state)
{
    (void)state;
    static const int refusals[] = {ENOMEM, EINVAL}; /* the second is what valgrind says */
    char *path = fixture_create("short");
    wpi_store *store;
    for (size_t i = 0; i < sizeof refusals / sizeof *refusals; i++) {
        refusal = refusals[i];
        longest_map = GIB;
        store = fixture_open(path);
        assert_true(map_bytes_of(store) == GIB);
        fixture_store(store, "key", "value");
        wpi_store_close(store);
    }
    wp_error why = {WP_OK, ""};
    longest_map = MIB; /* not even twice the file, or a little */
    assert_int_equal(open_with(path, 0, &store, &why), WP_EIO);
    assert_non_null(strstr(why.message, "opening the database: "));
    refusal = ENOMEM;
    assert_int_equal(open_with(path, 0, &store, &why), WP_ENOMEM);
    assert_null(store);
    longest_map = 0;
    wpi_store_close(fixture_open(path));
    free(path);
}

static void store_open__refuses_a_map_beyond_all_addresses(void **state)
{
    (void)state;
    char *path = fixture_create("beyond");
    wpi_store *store;
    wp_error why = {WP_OK, ""};
    assert_int_equal(open_with(path, UINT64_MAX, &store, &why), WP_EINVAL);
    assert_string_equal(why.message, "map_bytes is out of range");
    EXPECT_OK(open_with(path, MIB + 1, &store, &err));
    assert_true(map_bytes_of(store) == MIB + 4096);
    wpi_store_close(store);
    free(path);
}

static void store_open__does_not_read_ahead_in_a_file_beyond_memory(void **state)
{
    (void)state;
    char *path = fixture_create("ahead");
    random_advice = 0;
    wpi_store_close(fixture_open(path));
    assert_int_equal(random_advice, 0);
    memory_pages = 1;
    wpi_store *store = fixture_open(path);
    memory_pages = 0;
    assert_int_equal(random_advice, 1);
    fixture_store(store, "key", "value");
    wpi_store_close(store);
    free(path);
}

/* Store so many records of a KiB each, in one transaction. */
static wp_status fill(wpi_store *store, unsigned count, wp_error *err)
{
    static const char payload[1024] = "filler";
    wpi_store_txn *txn = fixture_begin(store, true);
    wp_status status = WP_OK;
    for (unsigned i = 0; i < count && status == WP_OK; i++) {
        char key[32];
        (void)snprintf(key, sizeof key, "%08u", i);
        status = wpi_store_put(txn, WPI_TABLE_PERSON, fixture_text(key),
                               (wpi_slice){payload, sizeof payload}, 1, err);
    }
    if (status == WP_OK)
        return wpi_store_commit(txn, err);
    wpi_store_abort(txn);
    return status;
}

static wpi_store *open_full(const char *path)
{
    wpi_store *store;
    EXPECT_OK(open_with(path, MIB, &store, &err));
    fixture_store(store, "before", "1");
    return store;
}

static void expect_before(wpi_store *store)
{
    wpi_store_txn *txn = fixture_begin(store, false);
    fixture_expect(txn, "before", "1");
    wpi_store_abort(txn);
}

static void store__goes_on_when_its_map_cannot_grow(void **state)
{
    (void)state;
    char *path = fixture_create("narrow");
    wpi_store *store = open_full(path);
    wp_error why = {WP_OK, ""};
    refusal = ENOMEM;
    longest_map = MIB;
    for (int i = 0; i < 2; i++) {
        assert_int_equal(fill(store, 1000, &why), WP_EFULL);
        assert_non_null(strstr(why.message, "address space reserved"));
        expect_before(store);
    }
    assert_true(map_bytes_of(store) == MIB);
    longest_map = 0;
    assert_int_equal(fill(store, 1000, &why), WP_EFULL); /* after which there is room to grow */
    EXPECT_OK(fill(store, 1000, &err));
    assert_true(map_bytes_of(store) == 2 * MIB);
    expect_before(store);
    wpi_store_close(store);
    free(path);
}

static void store__makes_a_map_anew_that_was_lost_in_growing(void **state)
{
    (void)state;
    char *path = fixture_create("lost");
    wpi_store *store = open_full(path);
    wp_error why = {WP_OK, ""};
    wpi_store_txn *txn = NULL;
    resizing_code = ENOMEM;
    assert_int_equal(fill(store, 1000, &why), WP_EFULL);
    assert_int_equal(wpi_store_begin(store, false, &txn, &why), WP_ENOMEM);
    assert_null(txn);
    resizing_code = 0;
    expect_before(store);
    fixture_store(store, "after", "1");
    wpi_store_close(store);
    free(path);
}

/* A process with a large map writes more than fits into a map of 1 MiB. */
static void outgrow(const char *path)
{
    int code;
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0)
        _exit(fill(fixture_open(path), 2000, NULL) == WP_OK ? 0 : 1);
    assert_int_equal(waitpid(child, &code, 0), child);
    assert_int_equal(code, 0);
}

static void store__makes_a_map_anew_that_was_lost_in_following(void **state)
{
    (void)state;
    char *path = fixture_create("outgrown");
    wpi_store *store = open_full(path);
    wp_error why = {WP_OK, ""};
    wpi_store_txn *txn = NULL;
    uint64_t count;
    outgrow(path);
    resizing_code = ENOMEM;
    assert_int_equal(wpi_store_begin(store, false, &txn, &why), WP_ENOMEM);
    assert_null(txn);
    resizing_code = 0;
    expect_before(store);
    txn = fixture_begin(store, false);
    EXPECT_OK(wpi_store_count(txn, WPI_TABLE_PERSON, &count, &err));
    assert_int_equal(count, 2001);
    wpi_store_abort(txn);
    wpi_store_close(store);
    free(path);
}

static void store_begin__cannot_follow_under_an_open_transaction(void **state)
{
    (void)state;
    char *path = fixture_create("under");
    wpi_store *store = open_full(path);
    wp_error why = {WP_OK, ""};
    wpi_store_txn *txn, *reading = fixture_begin(store, false);
    outgrow(path);
    assert_int_equal(wpi_store_begin(store, false, &txn, &why), WP_EBUSY);
    assert_string_equal(why.message, "beginning a transaction: another process has enlarged the "
                                     "file while transactions are open here");
    fixture_expect(reading, "before", "1");
    wpi_store_abort(reading);
    fixture_store(store, "after", "1");
    expect_before(store);
    wpi_store_close(store);
    free(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(store_open__takes_less_where_addresses_are_short),
        cmocka_unit_test(store_open__refuses_a_map_beyond_all_addresses),
        cmocka_unit_test(store_open__does_not_read_ahead_in_a_file_beyond_memory),
        cmocka_unit_test(store__goes_on_when_its_map_cannot_grow),
        cmocka_unit_test(store__makes_a_map_anew_that_was_lost_in_growing),
        cmocka_unit_test(store__makes_a_map_anew_that_was_lost_in_following),
        cmocka_unit_test(store_begin__cannot_follow_under_an_open_transaction),
    };
    return scratch_end(cmocka_run_group_tests(tests, NULL, NULL));
}
