/*
 * The lists that readers share belong to the snapshot that a reader has, also when it was held up
 * while it began.
 *
 * LMDB takes the number of the newest snapshot and then reads its meta page. The pages are
 * protected before a reader begins, so that it faults just in between; another process then
 * commits, and the reader goes on. Cached lists of the old snapshot say who stands in the overlay,
 * which compacting empties, so a reader that takes them for its own misses a record.
 */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cmocka.h>

#include "crash_process.h"
#include "crash_world.h"
#include "facts.h"
#include "scratch.h"

#define MARK "commits"

/* Where the meta pages are mapped, and the process that commits when they are asked for. */
static struct {
    void *pages;
    size_t bytes;
    volatile sig_atomic_t faults;
    int asking;
    int answering;
} held;

/* Let the other process commit, then let the reader go on. Only calls that are safe in here. */
static void on_fault(int number)
{
    char byte = 0;
    (void)number;
    if (held.faults++ > 0 || write(held.asking, &byte, 1) != 1 ||
        read(held.answering, &byte, 1) != 1 || mprotect(held.pages, held.bytes, PROT_READ) != 0)
        _exit(CRASH_FAILED);
}

static void *find_mapping(const char *path)
{
    char line[5000];
    unsigned long from = 0;
    FILE *maps = fopen("/proc/self/maps", "r");
    assert_non_null(maps);
    while (from == 0 && fgets(line, sizeof line, maps) != NULL)
        if (strstr(line, path) != NULL && strstr(line, "-lock") == NULL)
            (void)sscanf(line, "%lx-", &from);
    (void)fclose(maps);
    assert_int_not_equal(from, 0);
    return (void *)(uintptr_t)from;
}

static void put_tie(wp_db *db)
{
    wp_error err;
    wp_txn *txn = NULL;
    wp_stated_tie tie = {.from = 1, .to = 2, .p = .5};
    crash_must(wp_begin_write(db, &txn, &err), &err, "wp_begin_write");
    for (int i = 0; i < 2; i++) {
        wp_identity identity = {WP_IDENTITY_ID, i == 0 ? "one" : "two"};
        wp_person_facts facts = facts_of_person(&identity);
        wp_number person = 0;
        crash_must(wp_person_put(txn, &facts, &person, NULL, &err), &err, "wp_person_put");
    }
    crash_must(wp_stated_tie_put(txn, &tie, &err), &err, "wp_stated_tie_put");
    crash_must(wp_commit(txn, &err), &err, "wp_commit");
}

static void put_mark(wp_db *db, uint64_t value)
{
    wp_error err;
    wp_txn *txn = NULL;
    crash_must(wp_begin_write(db, &txn, &err), &err, "wp_begin_write");
    crash_must(wp_mark_put(txn, MARK, value, &err), &err, "wp_mark_put");
    crash_must(wp_commit(txn, &err), &err, "wp_commit");
}

/* In the other process: when asked, compact, which is one commit here, then set the mark so
 * that there are so many commits. */
static void commit_when_asked(const char *path, uint64_t commits, int asked, int answer)
{
    wp_error err;
    char byte;
    wp_db *db = crash_open(path);
    crash_require(read(asked, &byte, 1) == 1, "read");
    crash_must(wp_compact(db, NULL, NULL, &err), &err, "wp_compact");
    for (uint64_t i = 1; i < commits; i++)
        put_mark(db, i);
    crash_require(write(answer, &byte, 1) == 1, "write");
    wp_close(db);
}

static pid_t start_writer(const char *path, uint64_t commits)
{
    int ask[2], answer[2];
    crash_require(pipe(ask) == 0 && pipe(answer) == 0, "pipe");
    pid_t writer = crash_fork();
    if (writer == 0) {
        commit_when_asked(path, commits, ask[0], answer[1]);
        _exit(0);
    }
    (void)close(ask[0]);
    (void)close(answer[1]);
    held.asking = ask[1];
    held.answering = answer[0];
    return writer;
}

/* Begin to read while the other process commits. */
static wp_txn *begin_held_up(wp_db *db, const char *path)
{
    wp_error err;
    wp_txn *txn = NULL;
    struct sigaction action = {.sa_handler = on_fault}, before;
    held.pages = find_mapping(path);
    held.bytes = 2 * (size_t)sysconf(_SC_PAGESIZE);
    held.faults = 0;
    assert_int_equal(sigaction(SIGSEGV, &action, &before), 0);
    assert_int_equal(mprotect(held.pages, held.bytes, PROT_NONE), 0);
    crash_must(wp_begin_read(db, &txn, &err), &err, "wp_begin_read");
    assert_int_equal(sigaction(SIGSEGV, &before, NULL), 0);
    assert_int_equal(held.faults, 1);
    return txn;
}

static void expect_path(wp_txn *txn)
{
    wp_error err;
    wp_paths *paths = NULL;
    wp_number source = 1, target = 2;
    wp_path_query query = paths_between(&source, &target, CRASH_DAY);
    wp_status status = wp_paths_find(txn, &query, &paths, &err);
    if (status != WP_OK)
        fail_msg("wp_paths_find: %s: %s", wp_status_name(status), err.message);
    assert_int_equal(wp_paths_count(paths), 1);
    wp_paths_free(paths);
}

/* Which snapshot the reader has. */
static void expect_snapshot(wp_txn *txn, uint64_t mark_expected, uint64_t overlay_people)
{
    uint64_t mark = 0;
    wp_stats stats;
    wp_error err;
    crash_must(wp_mark_get(txn, MARK, &mark, &err), &err, "wp_mark_get");
    crash_must(wp_stats_get(txn, &stats, &err), &err, "wp_stats_get");
    assert_int_equal(mark, mark_expected);
    assert_int_equal(stats.overlay_people, overlay_people);
}

/* Cache lists, be held up for so many commits, and read. */
static void read_held_up(const char *name, uint64_t commits, uint64_t mark, uint64_t overlay_people)
{
    char path[4096];
    wp_error err;
    wp_txn *txn = NULL;
    (void)snprintf(path, sizeof path, "%s", scratch_path(name));
    crash_create(path);
    wp_db *db = crash_open(path);
    put_tie(db);
    wp_close(db);
    pid_t writer = start_writer(path, commits);
    db = crash_open(path);
    crash_must(wp_begin_read(db, &txn, &err), &err, "wp_begin_read");
    expect_path(txn);
    wp_abort(txn);
    txn = begin_held_up(db, path);
    expect_path(txn);
    expect_snapshot(txn, mark, overlay_people);
    wp_abort(txn);
    crash_wait_well(writer, "the writing process");
    crash_check_db(db, "at the end");
    wp_close(db);
    (void)close(held.asking);
    (void)close(held.answering);
}

/* One commit leaves the meta page alone: the reader has the snapshot that its lists are of. */
static void lists__fit_a_reader_held_up_for_one_commit(void **state)
{
    (void)state;
    read_held_up("one", 1, 0, 2);
}

static void lists__fit_a_reader_held_up_for_two_commits(void **state)
{
    (void)state;
    read_held_up("two", 2, 1, 0);
}

static void lists__fit_a_reader_held_up_for_many_commits(void **state)
{
    (void)state;
    read_held_up("many", 9, 8, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lists__fit_a_reader_held_up_for_one_commit),
        cmocka_unit_test(lists__fit_a_reader_held_up_for_two_commits),
        cmocka_unit_test(lists__fit_a_reader_held_up_for_many_commits),
    };
    return scratch_end(cmocka_run_group_tests(tests, NULL, NULL));
}
