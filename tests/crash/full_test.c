/*
 * A full map or a full disk fails one transaction and loses nothing.
 *
 * The transaction gets WP_EFULL, the database stays as it was and can be read and checked, and
 * writing goes on when there is room: at the next try for a map, which the database enlarges, and
 * when space was given back for a disk. The disk is a small tmpfs in a name space of its own,
 * which only root may make; otherwise that test is skipped with a message.
 */
#include <dirent.h>
#include <fcntl.h>
#include <inttypes.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "crash_process.h"
#include "crash_world.h"
#include "facts.h"
#include "scratch.h"

#define SEED 8
#define MAP_BYTES ((uint64_t)2 << 20)
#define BATCHES_MAX 2000
#define NO_PRIVILEGE 4 /* Exit code of a child that may not mount. */

static wp_txn *begin_read(wp_db *of)
{
    wp_txn *txn = NULL;
    wp_error err;
    crash_must(wp_begin_read(of, &txn, &err), &err, "wp_begin_read");
    return txn;
}

/* ---- a full map -------------------------------------------------------------------------------
 */

static wp_db *open_small(const char *file)
{
    wp_open_options options = WP_OPEN_OPTIONS_INIT;
    wp_db *opened = NULL;
    wp_error err;
    options.map_bytes = MAP_BYTES;
    crash_must(wp_open(file, &options, &opened, &err), &err, "wp_open with a small map");
    return opened;
}

static wp_status put_filler(wp_txn *txn, uint64_t number, wp_error *err)
{
    char source[900];
    wp_participant to = {5, WP_ROLE_TO};
    memset(source, 'x', sizeof source - 1);
    (void)snprintf(source, sizeof source, "filler %" PRIu64 " %0*d", number, 800, 0);
    wp_interaction interaction = facts_of_mail(source, (int64_t)number, 1, &to);
    return wp_interaction_put(txn, &interaction, NULL, err);
}

/* Ten interactions in a transaction, from number * 10 on. */
static wp_status write_filler(wp_db *into, uint64_t number, wp_error *err)
{
    wp_txn *txn = NULL;
    wp_status status = wp_begin_write(into, &txn, err);
    if (status != WP_OK)
        return status;
    for (uint64_t i = 0; status == WP_OK && i < 10; i++)
        status = put_filler(txn, number * 10 + i, err);
    if (status == WP_OK)
        return wp_commit(txn, err);
    wp_abort(txn);
    return status;
}

static uint64_t count_interactions(wp_db *of)
{
    wp_stats stats;
    wp_error err;
    wp_txn *txn = begin_read(of);
    crash_must(wp_stats_get(txn, &stats, &err), &err, "wp_stats_get");
    wp_abort(txn);
    return stats.interactions;
}

/* Write until it fails. Returns the number of transactions that were committed. */
static uint64_t fill(wp_db *into, uint64_t from, wp_status *status, wp_error *err)
{
    uint64_t number = from;
    *status = WP_OK;
    while (*status == WP_OK && number < BATCHES_MAX) {
        *status = write_filler(into, number, err);
        number += *status == WP_OK;
    }
    return number;
}

static void make_small(const char *file)
{
    crash_create(file);
    wp_db *small = open_small(file);
    crash_batch_commit(small, SEED, 0);
    wp_close(small);
}

static void full__map_is_enlarged_on_the_next_try(void **state)
{
    char file[4096];
    wp_error err = {.status = WP_OK};
    wp_status status;
    (void)state;
    (void)snprintf(file, sizeof file, "%s", scratch_path("small.warmpath"));
    make_small(file);
    wp_db *small = open_small(file);
    uint64_t before = count_interactions(small);
    uint64_t number = fill(small, 0, &status, &err);
    assert_int_equal(status, WP_EFULL);
    assert_in_range(number, 10, BATCHES_MAX - 1);
    assert_int_equal(count_interactions(small), before + 10 * number);

    wp_txn *reading = begin_read(small); /* the map cannot grow under it */
    status = write_filler(small, number, &err);
    assert_true(status == WP_OK || status == WP_EFULL || status == WP_EBUSY);
    number += status == WP_OK;
    assert_int_equal(crash_check(reading), 0);
    wp_abort(reading);

    for (int i = 0; i < 50; i++)
        crash_must(write_filler(small, number++, &err), &err, "writing into the larger map");
    assert_int_equal(count_interactions(small), before + 10 * number);
    crash_check_db(small, "after the map was full");
    wp_close(small);
    small = open_small(file); /* as small as the file allows */
    assert_int_equal(count_interactions(small), before + 10 * number);
    status = write_filler(small, number, &err);
    if (status == WP_EFULL)
        status = write_filler(small, number, &err);
    crash_must(status, &err, "writing after opening again");
    wp_close(small);
}

/* A process with a small map follows a file that another one makes larger. */
static void follow_growth(const char *file, _Atomic uint64_t *stage)
{
    wp_error err;
    wp_db *small = open_small(file);
    uint64_t before = count_interactions(small);
    *stage = 1;
    while (*stage != 2)
        ;
    if (count_interactions(small) <= before)
        crash_fail("what another process stored is not seen");
    crash_must(write_filler(small, BATCHES_MAX + 1, &err), &err, "writing into the grown file");
    crash_check_db(small, "in a file that another process enlarged");
    wp_close(small);
    _exit(0);
}

static void full__map_of_others_follows(void **state)
{
    char file[4096];
    wp_error err;
    _Atomic uint64_t *stage = crash_share(sizeof *stage);
    (void)state;
    (void)snprintf(file, sizeof file, "%s", scratch_path("grown.warmpath"));
    make_small(file);
    pid_t child = crash_fork();
    if (child == 0)
        follow_growth(file, stage);
    crash_await(stage, 1, child, 0);
    wp_db *large = crash_open(file);
    for (uint64_t number = 0; number < 300; number++)
        crash_must(write_filler(large, number, &err), &err, "writing");
    *stage = 2;
    crash_wait_well(child, "the process with a small map");
    crash_check_db(large, "after another process wrote");
    wp_close(large);
}

/* ---- a full disk ------------------------------------------------------------------------------
 */

static void mount_small_disk(const char *place)
{
    bool is_done = unshare(CLONE_NEWNS) == 0 &&
                   mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0 &&
                   mount("tmpfs", place, "tmpfs", 0, "size=3m,mode=700") == 0;
    if (!is_done)
        _exit(NO_PRIVILEGE);
}

/* Take space, or with 0 bytes give it back. */
static void set_ballast(const char *file, size_t bytes)
{
    int fd = open(file, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    crash_require(fd >= 0, file);
    for (size_t done = 0; done < bytes; done += 4096) {
        char page[4096] = {0};
        if (write(fd, page, sizeof page) != (ssize_t)sizeof page)
            break;
    }
    crash_require(close(fd) == 0, file);
}

static void require_full(wp_status status, const wp_error *err, const char *what)
{
    if (status != WP_EFULL)
        crash_fail("%s on a full disk: %s, %s", what, wp_status_name(status), err->message);
}

/* What a program meets on a disk of three megabytes. */
static void meet_full_disk(const char *place)
{
    char file[4200], ballast[4200], other[4200];
    wp_error err = {.status = WP_OK};
    wp_status status;
    mount_small_disk(place);
    (void)snprintf(file, sizeof file, "%s/full.warmpath", place);
    (void)snprintf(ballast, sizeof ballast, "%s/ballast", place);
    (void)snprintf(other, sizeof other, "%s/other.warmpath", place);
    set_ballast(ballast, (size_t)1 << 20);
    crash_create(file);
    wp_db *full = crash_open(file);
    crash_batch_commit(full, SEED, 0);
    uint64_t before = count_interactions(full);
    uint64_t number = fill(full, 0, &status, &err);
    require_full(status, &err, "writing");
    if (count_interactions(full) != before + 10 * number)
        crash_fail("%" PRIu64 " interactions, expected %" PRIu64, count_interactions(full),
                   before + 10 * number);
    crash_check_db(full, "on a full disk");
    require_full(write_filler(full, number, &err), &err, "writing again");
    require_full(wp_backup(full, other, &err), &err, "wp_backup");
    if (access(other, F_OK) == 0)
        crash_fail("half a copy was left");
    set_ballast(ballast, 0);
    for (int i = 0; i < 20; i++)
        crash_must(write_filler(full, number++, &err), &err, "writing when there is room");
    wp_close(full);
    full = crash_open(file);
    if (count_interactions(full) != before + 10 * number)
        crash_fail("interactions were lost");
    crash_check_db(full, "after a full disk");
    wp_close(full);
    _exit(0);
}

static wp_status try_open(const char *file, bool is_read_only, wp_error *err)
{
    wp_open_options options = WP_OPEN_OPTIONS_INIT;
    wp_db *opened = NULL;
    options.is_read_only = is_read_only;
    wp_status status = wp_open(file, &options, &opened, err);
    if (status == WP_OK)
        crash_check_db(opened, "on a full disk");
    wp_close(opened);
    return status;
}

/* The number of entries of a directory, hidden ones included. */
static unsigned count_entries(const char *place)
{
    unsigned count = 0;
    DIR *directory = opendir(place);
    crash_require(directory != NULL, place);
    for (const struct dirent *entry; (entry = readdir(directory)) != NULL;)
        count += strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0;
    crash_require(closedir(directory) == 0, place);
    return count;
}

/* A lock file whose blocks are not there yet: it would be written through a mapping. */
static void meet_disk_without_lock_file(const char *place)
{
    char file[4200], ballast[4200], other[4200], lock_file[4210];
    wp_error err = {.status = WP_OK};
    mount_small_disk(place);
    (void)snprintf(file, sizeof file, "%s/full.warmpath", place);
    (void)snprintf(ballast, sizeof ballast, "%s/ballast", place);
    (void)snprintf(other, sizeof other, "%s/other.warmpath", place);
    (void)snprintf(lock_file, sizeof lock_file, "%s-lock", file);
    set_ballast(ballast, (size_t)4 << 20);
    require_full(wp_create(file, NULL, 0, &err), &err, "wp_create");
    if (count_entries(place) != 1)
        crash_fail("wp_create left something behind");
    set_ballast(ballast, 0);
    crash_create(file);
    set_ballast(ballast, (size_t)4 << 20);
    require_full(try_open(file, true, &err), &err, "wp_open for reading");
    require_full(try_open(file, false, &err), &err, "wp_open");
    crash_require(truncate(lock_file, 65664) == 0, "a sparse lock file");
    require_full(try_open(file, false, &err), &err, "wp_open with a sparse lock file");
    set_ballast(ballast, 0);
    crash_must(try_open(file, false, &err), &err, "wp_open when there is room");
    set_ballast(ballast, (size_t)4 << 20);
    crash_must(try_open(file, true, &err), &err, "wp_open with a whole lock file");
    wp_db *full = crash_open(file);
    require_full(wp_backup(full, other, &err), &err, "wp_backup");
    wp_close(full);
    if (count_entries(place) != 3)
        crash_fail("wp_backup left something behind");
    _exit(0);
}

static void run_on_small_disk(const char *name, void (*meet)(const char *place))
{
    char place[4096];
    (void)snprintf(place, sizeof place, "%s", scratch_path(name));
    crash_require(mkdir(place, 0700) == 0, place);
    pid_t child = crash_fork();
    if (child == 0)
        meet(place);
    int code = crash_wait(child);
    if (code == NO_PRIVILEGE) {
        printf("skipped: a small disk cannot be mounted\n");
        skip();
    }
    assert_int_equal(code, 0);
}

static void full__disk_loses_nothing(void **state)
{
    (void)state;
    run_on_small_disk("disk", meet_full_disk);
}

static void full__disk_has_no_room_for_a_lock_file(void **state)
{
    (void)state;
    run_on_small_disk("locks", meet_disk_without_lock_file);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(full__map_is_enlarged_on_the_next_try),
        cmocka_unit_test(full__map_of_others_follows),
        cmocka_unit_test(full__disk_loses_nothing),
        cmocka_unit_test(full__disk_has_no_room_for_a_lock_file),
    };
    return scratch_end(cmocka_run_group_tests(tests, NULL, NULL));
}
