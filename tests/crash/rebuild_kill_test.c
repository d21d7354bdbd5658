/*
 * A process that is killed while it rebuilds the file leaves the old file or the new one, and loses
 * nothing that was acknowledged, while others open it, write and close it.
 *
 * A child rebuilds the file over and over and is killed at a random moment; meanwhile another opens
 * the file, commits a batch (crash_world.h) and closes it, and a third opens it for reading, over
 * and over; neither is ever refused. Afterwards the file must hold the batches acknowledged, be
 * what an undisturbed database with as many batches is, and have no fault; and what the killed
 * process left beside it is gone once the file is rebuilt again.
 *
 * `--kills N` of them, from `--seed N`.
 */
#include <dirent.h>
#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "crash_process.h"
#include "crash_world.h"
#include "random.h"
#include "scratch.h"

#define KILLS_A_FILE 20
#define BATCHES_FIRST 20 /* so that rebuilding takes its time */
#define PAUSE_NS_MAX UINT64_C(40000000)

static crash_arguments arguments = {1, 200};

typedef struct progress {
    _Atomic uint64_t begun;   /* rebuilding, so often */
    _Atomic uint64_t rebuilt; /* done, so often */
    _Atomic uint64_t refused; /* because somebody had the file open */
    _Atomic uint64_t batches; /* acknowledged */
    _Atomic uint64_t read;    /* by readers, so often */
    _Atomic uint64_t stop;    /* asks the writer to end */
} progress;

static _Noreturn void rebuild_on(const char *path, progress *shared)
{
    for (;;) {
        wp_error err;
        wp_db *db = crash_open(path);
        shared->begun++;
        wp_status status = wp_vacuum(db, NULL, NULL, &err);
        if (status != WP_EBUSY)
            crash_must(status, &err, "wp_vacuum");
        if (status == WP_OK)
            shared->rebuilt++;
        else
            shared->refused++;
        wp_close(db);
        crash_pause_ns(200000);
    }
}

/* A reader sees all batches acknowledged before it opened the file, whichever file that is. */
static void read_once(const char *path, const progress *shared)
{
    wp_open_options options = WP_OPEN_OPTIONS_INIT;
    wp_error err;
    wp_db *db = NULL;
    wp_txn *txn = NULL;
    uint64_t mark = 0, acknowledged = shared->batches;
    options.is_read_only = true;
    crash_must(wp_open(path, &options, &db, &err), &err, "wp_open for reading");
    crash_must(wp_begin_read(db, &txn, &err), &err, "wp_begin_read");
    crash_must(wp_mark_get(txn, CRASH_MARK, &mark, &err), &err, "wp_mark_get");
    if (mark < acknowledged)
        crash_fail("a reader sees %" PRIu64 " batches, %" PRIu64 " were acknowledged", mark,
                   acknowledged);
    wp_abort(txn);
    wp_close(db);
}

static _Noreturn void read_on(const char *path, uint64_t pause_ns, progress *shared)
{
    while (shared->stop == 0) {
        read_once(path, shared);
        shared->read++;
        crash_pause_ns(pause_ns);
    }
    _exit(0);
}

static _Noreturn void write_on(const char *path, uint64_t seed, uint64_t pause_ns, progress *shared)
{
    while (shared->stop == 0) {
        wp_db *db = crash_open(path);
        crash_batch_commit(db, seed, shared->batches);
        shared->batches++;
        wp_close(db);
        crash_pause_ns(pause_ns);
    }
    _exit(0);
}

/* Files in the directory that are neither a database of the test nor its lock file. */
static size_t count_leftovers(void)
{
    size_t count = 0;
    const struct dirent *entry;
    DIR *directory = opendir(scratch_path("."));
    crash_require(directory != NULL, "opendir");
    while ((entry = readdir(directory)) != NULL)
        count += strstr(entry->d_name, ".creating-") != NULL ? 1 : 0;
    (void)closedir(directory);
    return count;
}

static void examine(const char *path, wp_db *undisturbed, const progress *shared)
{
    wp_error err;
    wp_db *db = crash_open(path);
    uint64_t mark = 0;
    wp_txn *txn = NULL;
    crash_must(wp_begin_read(db, &txn, &err), &err, "wp_begin_read");
    crash_must(wp_mark_get(txn, CRASH_MARK, &mark, &err), &err, "wp_mark_get");
    wp_abort(txn);
    if (mark != shared->batches)
        crash_fail("%s has %" PRIu64 " batches, %" PRIu64 " were acknowledged", path, mark,
                   (uint64_t)shared->batches);
    char *expected = crash_dump_db(undisturbed), *seen = crash_dump_db(db);
    if (strcmp(expected, seen) != 0) {
        crash_dump_compare(expected, seen);
        crash_fail("%s is not what was stored", path);
    }
    free(expected);
    free(seen);
    crash_check_db(db, "after a kill");
    crash_must(wp_vacuum(db, NULL, NULL, &err), &err, "wp_vacuum after a kill");
    wp_close(db);
    if (count_leftovers() > 0)
        crash_fail("%zu files are left over", count_leftovers());
}

static void kill_once(const char *path, uint64_t seed, random_source *random, progress *shared)
{
    /* Busy writers keep the file from being swapped, lazy ones let it happen. */
    static const uint64_t pauses_ns[] = {500000, 30000000, 60000000};
    uint64_t pause_ns = pauses_ns[random_below(random, 3)];
    shared->stop = 0;
    pid_t writer = crash_fork();
    if (writer == 0)
        write_on(path, seed, pause_ns, shared);
    pid_t reader = crash_fork();
    if (reader == 0)
        read_on(path, pause_ns * 3 / 2, shared);
    uint64_t before = shared->begun;
    pid_t rebuilder = crash_fork();
    if (rebuilder == 0)
        rebuild_on(path, shared);
    crash_await(&shared->begun, before + 1 + random_below(random, 2), rebuilder, 0);
    crash_pause_ns(PAUSE_NS_MAX >> random_below(random, 10));
    crash_kill(rebuilder);
    shared->stop = 1;
    crash_wait_well(writer, "the writer");
    crash_wait_well(reader, "the reader");
}

static void rebuild_kill__leaves_the_old_file_or_the_new_one(void **state)
{
    progress *shared = crash_share(sizeof *shared);
    random_source random = random_start(arguments.seed, 0);
    uint64_t kills = 0, left = 0;
    (void)state;
    for (uint64_t number = 0; kills < arguments.count; number++) {
        char path[4096], name[64];
        uint64_t seed = arguments.seed * 1000003 + number, done = 0;
        (void)snprintf(name, sizeof name, "rebuilt-%" PRIu64, number);
        (void)snprintf(path, sizeof path, "%s", scratch_path(name));
        crash_create(path);
        (void)snprintf(name, sizeof name, "undisturbed-%" PRIu64, number);
        crash_create(scratch_path(name));
        wp_db *undisturbed = crash_open(scratch_path(name));
        wp_db *db = crash_open(path);
        for (shared->batches = 0; shared->batches < BATCHES_FIRST; shared->batches++)
            crash_batch_commit(db, seed, shared->batches);
        wp_close(db);
        for (int i = 0; i < KILLS_A_FILE && kills < arguments.count; i++, kills++) {
            kill_once(path, seed, &random, shared);
            left += count_leftovers() > 0 ? 1 : 0;
            while (done < shared->batches)
                crash_batch_commit(undisturbed, seed, done++);
            examine(path, undisturbed, shared);
        }
        wp_close(undisturbed);
    }
    printf("%" PRIu64 " readings; kills %" PRIu64 " while rebuilding, %" PRIu64
           " of them with a file half built; rebuilt %" PRIu64 " times, refused %" PRIu64
           " times because the file was open; lost 0\n",
           (uint64_t)shared->read, kills, left, (uint64_t)shared->rebuilt,
           (uint64_t)shared->refused);
    assert_true(shared->rebuilt > 0);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rebuild_kill__leaves_the_old_file_or_the_new_one)};
    if (!crash_arguments_read(argc, argv, "kills", &arguments))
        return 2;
    return scratch_end(cmocka_run_group_tests(tests, NULL, NULL));
}
