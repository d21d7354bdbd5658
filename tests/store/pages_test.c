/*
 * Pages that were read are let go of when the process is charged with many more than before, or
 * when nobody knows with how many; what is read afterwards is the same.
 *
 * This program tells the engine how many pages the process has: its fopen stands in front of the
 * system's, as does its madvise, and two of its functions in front of LMDB's.
 */
#include "fixture.h"
#include "memory_left.h"

#include <dlfcn.h>
#include <errno.h>
#include <lmdb.h>
#include <sys/mman.h>
#include <sys/syscall.h>

#define EXPORTED __attribute__((visibility("default")))
#define FEW "9000 7000 1000 1 0 2 0\n" /* the third is the number of pages of files */
#define MANY "9000 7000 8000 1 0 2 0\n"

static const char *counts = FEW; /* NULL: they cannot be read */
static unsigned releases;
static int info_code, stat_code; /* with which LMDB's functions fail; 0: they do not */

static void *real(const char *name)
{
    void *found = dlsym(RTLD_NEXT, name);
    assert_non_null(found);
    return found;
}

EXPORTED FILE *fopen(const char *name, const char *mode)
{
    FILE *(*next)(const char *, const char *);
    *(void **)&next = real("fopen");
    if (strcmp(name, "/proc/self/statm") != 0)
        return next(name, mode);
    return counts == NULL ? NULL : fmemopen((void *)(uintptr_t)counts, strlen(counts), "r");
}

EXPORTED int madvise(void *at, size_t bytes, int advice)
{
    releases += advice == MADV_DONTNEED;
    return (int)syscall(SYS_madvise, at, bytes, advice);
}

int mdb_env_info(MDB_env *environment, MDB_envinfo *out)
{
    int (*next)(MDB_env *, MDB_envinfo *);
    *(void **)&next = real("mdb_env_info");
    return info_code != 0 ? info_code : next(environment, out);
}

int mdb_env_stat(MDB_env *environment, MDB_stat *out)
{
    int (*next)(MDB_env *, MDB_stat *);
    *(void **)&next = real("mdb_env_stat");
    return stat_code != 0 ? stat_code : next(environment, out);
}

static char *path;
static wpi_store *store;
static wpi_store_txn *txn;

static void begin(const char *name)
{
    path = fixture_create(name);
    store = fixture_open(path);
    fixture_store(store, "k", "committed");
    txn = fixture_begin(store, true);
    fixture_put(txn, "new", "changed");
    releases = 0;
}

static void end(void)
{
    fixture_commit(txn);
    wpi_store_close(store);
    free(path);
}

/* Pages are let go of so often in all when the process has so many. */
static void expect_releases(const char *pages, unsigned expected)
{
    counts = pages;
    wpi_store_release_pages(txn);
    assert_int_equal(releases, expected);
    fixture_expect(txn, "k", "committed");
    fixture_expect(txn, "new", "changed");
}

static void release_pages__waits_until_there_are_many_more(void **state)
{
    (void)state;
    begin("many");
    expect_releases(FEW, 0);
    expect_releases(MANY, 1);
    expect_releases(MANY, 1); /* they were not counted down, and are not more */
    expect_releases(FEW, 1);
    expect_releases(MANY, 2);
    end();
}

static void release_pages__does_not_wait_when_nothing_is_known(void **state)
{
    (void)state;
    begin("unknown");
    expect_releases(NULL, 1);
    expect_releases("?", 2);
    expect_releases(NULL, 3);
    end();
}

static void release_pages__keeps_them_when_it_cannot(void **state)
{
    (void)state;
    begin("kept");
    memory_leave(0);
    expect_releases(NULL, 0);
    memory_leave_all();
    info_code = EINVAL;
    expect_releases(NULL, 0);
    info_code = 0;
    stat_code = EINVAL;
    expect_releases(NULL, 0);
    stat_code = 0;
    expect_releases(NULL, 1);
    end();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(release_pages__waits_until_there_are_many_more),
        cmocka_unit_test(release_pages__does_not_wait_when_nothing_is_known),
        cmocka_unit_test(release_pages__keeps_them_when_it_cannot),
    };
    return scratch_end(cmocka_run_group_tests(tests, NULL, NULL));
}
