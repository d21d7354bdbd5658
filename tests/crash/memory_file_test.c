/*
 * Every allocation and every call of LMDB fails in turn, once and from there on for ever, in every
 * call that opens, creates, copies or rebuilds a file, begins a transaction, or works in several.
 *
 * What was to be created or copied does not exist after a failure, not even under a temporary name;
 * work that was interrupted is undone or done in part, and done again without a fault, it is done.
 * wp_check finds no fault. Once the database is closed, every block of memory and every handle of
 * LMDB has been given back. Calls in a write transaction are in memory_write_test.c.
 */
#include <dirent.h>
#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "crash_blocks.h"
#include "crash_failing.h"
#include "crash_faults.h"
#include "crash_process.h"
#include "crash_world.h"
#include "facts.h"
#include "scratch.h"

static int drop_database(void **state)
{
    (void)state;
    crash_failing_drop("calls with files");
    return 0;
}

/* ---- work in several transactions ------------------------------------------------------------ */

/* What is interrupted stays undone or is done in part; done again without a fault, it is done. */
static wp_status remove_first_source(wp_db *from, wp_error *err)
{
    uint32_t number = 0;
    wp_txn *txn = NULL;
    wp_status status = wp_begin_read(from, &txn, err);
    if (status == WP_OK)
        status = wp_source_next(txn, &number, err);
    wp_abort(txn);
    return status == WP_OK ? wp_source_remove(from, number, NULL, NULL, NULL, err) : status;
}

static wp_status compact(wp_db *within, wp_error *err)
{
    return wp_compact(within, NULL, NULL, err);
}

static wp_status wait_for_disk(wp_db *within, wp_error *err)
{
    return wp_sync(within, err);
}

typedef wp_status work_fn(wp_db *within, wp_error *err);

static void put_by_source(wp_db *into, const char *name)
{
    static const wp_participant to = {2, WP_ROLE_TO};
    static const wp_identity identity = {WP_IDENTITY_EMAIL, "new@quite-new.example"};
    uint32_t number = 0;
    wp_number person = 0;
    wp_person_facts facts = facts_of_person(&identity);
    wp_txn *txn = NULL;
    wp_error err;
    facts.name = "New Person";
    wp_interaction interaction = facts_of_mail(name, (int64_t)CRASH_DAY * 86400, 1, &to);
    crash_must(wp_begin_write(into, &txn, &err), &err, "wp_begin_write");
    crash_must(wp_source_put(txn, name, NULL, WP_TIME_NONE, &number, &err), &err, "source");
    crash_must(wp_txn_use_source(txn, number, &err), &err, "wp_txn_use_source");
    crash_must(wp_person_put(txn, &facts, &person, NULL, &err), &err, "wp_person_put");
    crash_must(wp_interaction_put(txn, &interaction, NULL, &err), &err, "wp_interaction_put");
    crash_must(wp_commit(txn, &err), &err, "wp_commit");
}

/* Returns whether an allocation failed. `before` is what the database says without the source. */
static bool try_work(work_fn *work, const char *name, uint64_t failing, bool is_for_ever,
                     const char *before)
{
    wp_error err;
    if (work == remove_first_source)
        put_by_source(crash_failing_in.db, "to be removed");
    crash_faults_begin(failing, is_for_ever);
    wp_status status = work(crash_failing_in.db, &err);
    bool has_failed = crash_faults_end();
    crash_failing_require(status, has_failed, name, failing);
    crash_check_db(crash_failing_in.db, name);
    if (status != WP_OK)
        crash_must(work(crash_failing_in.db, &err), &err, name);
    crash_failing_require_unchanged(before, name, failing);
    return has_failed;
}

static void fail_in_work_of_several_transactions(void **state)
{
    static const struct {
        const char *name;
        work_fn *work;
    } works[] = {
        {"source removal", remove_first_source}, {"compaction", compact}, {"sync", wait_for_disk}};
    crash_failing_use(state);
    for (size_t i = 0; i < sizeof works / sizeof *works; i++) {
        char *before = crash_dump_db(crash_failing_in.db);
        for (int is_for_ever = 0; is_for_ever <= 1; is_for_ever++)
            for (uint64_t failing = 1;
                 try_work(works[i].work, works[i].name, failing, is_for_ever == 1, before);)
                failing = crash_faults_next(failing);
        free(before);
    }
}

/* ---- handles and files ------------------------------------------------------------------------
 */

static bool try_begin(bool is_write, uint64_t failing, bool is_for_ever)
{
    wp_txn *txn = NULL;
    wp_error err;
    crash_faults_begin(failing, is_for_ever);
    wp_status status = is_write ? wp_begin_write(crash_failing_in.db, &txn, &err)
                                : wp_begin_read(crash_failing_in.db, &txn, &err);
    bool has_failed = crash_faults_end();
    crash_failing_require(status, has_failed, "beginning", failing);
    if ((status == WP_OK) != (txn != NULL))
        crash_fail("beginning, %s %" PRIu64 ": status and handle disagree", crash_faults_name(),
                   failing);
    wp_abort(txn);
    wp_abort(crash_failing_begin(true)); /* nothing was left locked */
    return has_failed;
}

static void fail_in_begin(void **state)
{
    crash_failing_use(state);
    for (int mode = 0; mode < 4; mode++)
        for (uint64_t failing = 1; try_begin(mode % 2 == 1, failing, mode >= 2);)
            failing = crash_faults_next(failing);
}

/* Files in a directory, the lock files of databases left out. */
static unsigned count_files(const char *directory)
{
    unsigned count = 0;
    DIR *listing = opendir(directory);
    crash_require(listing != NULL, directory);
    for (const struct dirent *entry = readdir(listing); entry != NULL; entry = readdir(listing))
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
            count++;
    crash_require(closedir(listing) == 0, directory);
    return count;
}

/* A directory of its own, in which a file is to be made. */
static void make_place(char directory[4096], char file[4200])
{
    static unsigned places;
    char name[32];
    (void)snprintf(name, sizeof name, "place-%u", ++places);
    (void)snprintf(directory, 4096, "%s", scratch_path(name));
    (void)snprintf(file, 4200, "%s/file.warmpath", directory);
    crash_require(mkdir(directory, 0700) == 0, directory);
}

typedef wp_status make_fn(const char *file, wp_error *err);

static wp_status make_by_creating(const char *file, wp_error *err)
{
    static const char *const us[] = {"one.example", "two.example", "three.example"};
    return wp_create(file, us, 3, err);
}

static wp_status make_by_copying(const char *file, wp_error *err)
{
    return wp_backup(crash_failing_in.db, file, err);
}

static bool try_make(make_fn *make, const char *directory, const char *file, uint64_t failing,
                     bool is_for_ever)
{
    wp_error err;
    crash_faults_begin(failing, is_for_ever);
    wp_status status = make(file, &err);
    bool has_failed = crash_faults_end();
    crash_failing_require(status, has_failed, "making a file", failing);
    unsigned files = count_files(directory);
    if (files != (status == WP_OK ? 1 : 0))
        crash_fail("making a file, %s %" PRIu64 ": %s and %u files", crash_faults_name(), failing,
                   wp_status_name(status), files);
    if (status == WP_OK)
        crash_require(unlink(file) == 0, file);
    return has_failed;
}

static void fail_making(make_fn *make)
{
    char directory[4096], file[4200];
    make_place(directory, file);
    for (int is_for_ever = 0; is_for_ever <= 1; is_for_ever++)
        for (uint64_t failing = 1; try_make(make, directory, file, failing, is_for_ever == 1);)
            failing = crash_faults_next(failing);
}

static void fail_in_create(void **state)
{
    crash_failing_use(state);
    fail_making(make_by_creating);
}

static void fail_in_backup(void **state)
{
    crash_failing_use(state);
    fail_making(make_by_copying);
}

/* The old file or the new one: both say the same. */
static bool try_vacuum(uint64_t failing, bool is_for_ever, const char *before)
{
    wp_error err;
    crash_faults_begin(failing, is_for_ever);
    wp_status status = wp_vacuum(crash_failing_in.db, NULL, NULL, &err);
    bool has_failed = crash_faults_end();
    crash_failing_require(status, has_failed, "rebuilding", failing);
    crash_failing_require_unchanged(before, "rebuilding", failing);
    return has_failed;
}

static void fail_in_vacuum(void **state)
{
    char *before = crash_dump_db(crash_failing_in.db);
    crash_failing_use(state);
    for (int is_for_ever = 0; is_for_ever <= 1; is_for_ever++)
        for (uint64_t failing = 1; try_vacuum(failing, is_for_ever == 1, before);)
            failing = crash_faults_next(failing);
    free(before);
}

/* What was reduced before the failure stays so, and the rest is reduced by the next call. */
static bool try_retain(uint64_t failing, bool is_for_ever)
{
    wp_error err;
    wp_retention asked = WP_RETENTION_INIT;
    asked.before_s = (int64_t)(CRASH_DAY - 300) * 86400;
    crash_batch_commit(crash_failing_in.db, crash_failing_in.seed, crash_failing_in.batches++);
    crash_faults_begin(failing, is_for_ever);
    wp_status status = wp_retain(crash_failing_in.db, &asked, NULL, &err);
    bool has_failed = crash_faults_end();
    crash_failing_require(status, has_failed, "reducing", failing);
    crash_must(wp_retain(crash_failing_in.db, &asked, NULL, &err), &err, "wp_retain");
    crash_check_db(crash_failing_in.db, "after reducing without memory");
    return has_failed;
}

static void fail_in_retain(void **state)
{
    crash_failing_use(state);
    for (uint64_t failing = 1; try_retain(failing, failing % 2 == 0);)
        failing = crash_faults_next(failing);
}

static bool try_open(const char *file, uint64_t failing, bool is_for_ever)
{
    wp_db *opened = NULL;
    wp_error err;
    crash_faults_begin(failing, is_for_ever);
    wp_status status = wp_open(file, NULL, &opened, &err);
    bool has_failed = crash_faults_end();
    crash_failing_require(status, has_failed, "opening", failing);
    if ((status == WP_OK) != (opened != NULL))
        crash_fail("opening, %s %" PRIu64 ": status and handle disagree", crash_faults_name(),
                   failing);
    wp_close(opened);
    opened = crash_open(file);
    crash_check_db(opened, "after an opening without memory");
    wp_close(opened);
    return has_failed;
}

/* With and without the validation that a file gets which is not known to be clean. */
static void fail_in_open(void **state)
{
    char directory[4096], file[4200], copy[4200];
    wp_error err;
    crash_failing_use(state);
    make_place(directory, file);
    (void)snprintf(copy, sizeof copy, "%s/copy.warmpath", directory);
    crash_must(wp_backup(crash_failing_in.db, file, &err), &err, "wp_backup");
    for (int is_for_ever = 0; is_for_ever <= 1; is_for_ever++) {
        for (uint64_t failing = 1; try_open(file, failing, is_for_ever == 1);)
            failing = crash_faults_next(failing);
        bool has_failed = true;
        for (uint64_t failing = 1; has_failed; failing = crash_faults_next(failing)) {
            crash_must(wp_backup(crash_failing_in.db, copy, &err), &err, "wp_backup");
            has_failed = try_open(copy, failing, is_for_ever == 1);
            crash_require(unlink(copy) == 0, copy);
        }
    }
}

/* Without this the count at the end would prove nothing. */
static void memory__that_is_held_is_counted(void **state)
{
    size_t held = crash_blocks_held();
    wp_error err;
    wp_db *opened = NULL;
    (void)state;
    void *block = malloc(40);
    assert_int_equal(crash_blocks_held(), held + 1);
    block = realloc(block, 4000);
    assert_int_equal(crash_blocks_held(), held + 1);
    free(block);
    assert_int_equal(crash_blocks_held(), held);
    const char *copy = scratch_path("held.warmpath");
    crash_must(wp_backup(crash_failing_in.db, copy, &err), &err, "wp_backup");
    held = crash_blocks_held(); /* with a transaction that rests */
    crash_must(wp_open(copy, NULL, &opened, &err), &err, "wp_open");
    assert_true(crash_blocks_held() > held);
    wp_close(opened);
    assert_int_equal(crash_blocks_held(), held);
}

#define OF_FAULT(what, work, kind)                                                                 \
    {                                                                                              \
        what #work, fail_in_##work, NULL, NULL, &faults[kind]                                      \
    }
#define FAILING(work)                                                                              \
    OF_FAULT("memory__fails_in_", work, CRASH_FAULT_MEMORY),                                       \
        OF_FAULT("lmdb__fails_in_", work, CRASH_FAULT_LMDB)

int main(void)
{
    static crash_fault faults[] = {CRASH_FAULT_MEMORY, CRASH_FAULT_LMDB};
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(memory__that_is_held_is_counted),
        FAILING(work_of_several_transactions),
        FAILING(begin),
        FAILING(create),
        FAILING(backup),
        FAILING(open),
        FAILING(vacuum),
        FAILING(retain),
    };
    return scratch_end(cmocka_run_group_tests(tests, crash_failing_make_small, drop_database));
}
