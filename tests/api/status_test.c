/*
 * Every status of the header is returned by some call: each is provoked here once, through the
 * public functions alone. `--list` prints which status by what. A status that the header gets and
 * this table does not fails the test.
 *
 * System calls fail, and the clock jumps, by the functions of this file that stand in front of the
 * system's.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "crash_faults.h"
#include "facts.h"
#include "scratch.h"
#include "warmpath.h"

#define STATUSES_MAX 64
#define HUB_TIES 5000
#define DAY 19000

#define META_BYTES 8192

static int write_code;  /* errno of pwrite and fdatasync; 0: they work */
static int meta_code;   /* the same of writing the meta pages alone */
static int read_code;   /* the same of pread */
static bool is_jumping; /* each look at the clock is ten seconds later */
static time_t jumped_s;

static int fail_with(int code)
{
    errno = code;
    return -1;
}

__attribute__((visibility("default"))) ssize_t pwrite(int fd, const void *data, size_t bytes,
                                                      off_t offset)
{
    int code = offset < META_BYTES && meta_code != 0 ? meta_code : write_code;
    return code != 0 ? fail_with(code) : syscall(SYS_pwrite64, fd, data, bytes, offset);
}

__attribute__((visibility("default"))) ssize_t pread(int fd, void *data, size_t bytes, off_t offset)
{
    return read_code != 0 ? fail_with(read_code) : syscall(SYS_pread64, fd, data, bytes, offset);
}

__attribute__((visibility("default"))) int fdatasync(int fd)
{
    return write_code != 0 ? fail_with(write_code) : (int)syscall(SYS_fdatasync, fd);
}

__attribute__((visibility("default"))) int clock_gettime(clockid_t clock, struct timespec *out)
{
    int code = (int)syscall(SYS_clock_gettime, clock, out);
    jumped_s += is_jumping ? 10 : 0;
    out->tv_sec += jumped_s;
    return code;
}

/* ---- what the cases share -------------------------------------------------------------------- */

static char file[4096]; /* of the case that runs */

static void expect_ok(wp_status status, const wp_error *err)
{
    if (status != WP_OK)
        fail_msg("%s: %s", wp_status_name(status), err->message);
}

static void create(void)
{
    wp_error err;
    expect_ok(wp_create(file, NULL, 0, &err), &err);
}

static wp_db *create_and_open(bool is_read_only)
{
    wp_open_options options = WP_OPEN_OPTIONS_INIT;
    wp_db *db = NULL;
    wp_error err;
    create();
    options.is_read_only = is_read_only;
    options.reader_age_max_ms = 40;
    expect_ok(wp_open(file, &options, &db, &err), &err);
    return db;
}

static wp_txn *begin_write(wp_db *db)
{
    wp_txn *txn = NULL;
    wp_error err;
    expect_ok(wp_begin_write(db, &txn, &err), &err);
    return txn;
}

static wp_status open_file(wp_error *err)
{
    wp_db *db = NULL;
    wp_status status = wp_open(file, NULL, &db, err);
    wp_close(db);
    return status;
}

static wp_status put_mark(wp_db *db, uint64_t value, wp_error *err)
{
    wp_txn *txn = begin_write(db);
    wp_status status = wp_mark_put(txn, "mark", value, err);
    if (status == WP_OK)
        return wp_commit(txn, err);
    wp_abort(txn);
    return status;
}

/* Replace a byte of the file, behind the meta pages. */
static void damage(long offset)
{
    FILE *stream = fopen(file, "r+b");
    assert_non_null(stream);
    assert_int_equal(fseek(stream, offset, SEEK_SET), 0);
    assert_int_equal(fputc(0xff, stream), 0xff);
    assert_int_equal(fclose(stream), 0);
}

/* ---- one function a status ------------------------------------------------------------------- */

static wp_status create_a_file(wp_error *err)
{
    return wp_create(file, NULL, 0, err);
}

static wp_status open_what_is_absent(wp_error *err)
{
    return open_file(err);
}

static wp_status open_without_a_path(wp_error *err)
{
    wp_db *db;
    return wp_open(NULL, NULL, &db, err);
}

static wp_status open_without_memory(wp_error *err)
{
    create();
    crash_faults_begin(1, true);
    wp_status status = open_file(err);
    assert_true(crash_faults_end());
    return status;
}

static wp_status commit_while(int written, int meta, int read, wp_error *err)
{
    wp_db *db = create_and_open(false);
    wp_txn *txn = begin_write(db);
    expect_ok(wp_mark_put(txn, "mark", 1, err), err);
    write_code = written;
    meta_code = meta;
    read_code = read;
    wp_status status = wp_commit(txn, err);
    write_code = meta_code = read_code = 0;
    wp_close(db);
    return status;
}

static wp_status commit_while_writing_fails(wp_error *err)
{
    return commit_while(EIO, 0, 0, err);
}

static wp_status commit_on_a_full_disk(wp_error *err)
{
    return commit_while(ENOSPC, 0, 0, err);
}

static wp_status open_a_damaged_file(wp_error *err)
{
    create();
    for (long page = 2; page < 9; page++)
        damage(page * 4096 + 12);
    return open_file(err);
}

static wp_status open_a_text(wp_error *err)
{
    FILE *stream = fopen(file, "w");
    assert_non_null(stream);
    for (int i = 0; i < 1000; i++)
        assert_true(fputs("no database\n", stream) >= 0);
    assert_int_equal(fclose(stream), 0);
    return open_file(err);
}

static wp_status create_it_again(wp_error *err)
{
    create();
    return wp_create(file, NULL, 0, err);
}

static wp_status write_twice_in_a_thread(wp_error *err)
{
    wp_db *db = create_and_open(false);
    wp_txn *txn = begin_write(db), *second;
    wp_status status = wp_begin_write(db, &second, err);
    wp_abort(txn);
    wp_close(db);
    return status;
}

static wp_status read_in_a_forked_child(wp_error *err)
{
    wp_db *db = create_and_open(false);
    wp_txn *txn;
    int result = 0;
    pid_t child = fork();
    if (child == 0)
        _exit((int)wp_begin_read(db, &txn, err));
    assert_int_equal(waitpid(child, &result, 0), child);
    wp_close(db);
    err->status = (wp_status)WEXITSTATUS(result);
    return err->status;
}

static wp_status write_to_what_is_read_only(wp_error *err)
{
    wp_db *db = create_and_open(true);
    wp_txn *txn;
    wp_status status = wp_begin_write(db, &txn, err);
    wp_close(db);
    return status;
}

static wp_status open_a_symbolic_link(wp_error *err)
{
    char target[sizeof file];
    create();
    memcpy(target, file, sizeof file);
    (void)snprintf(file, sizeof file, "%s", scratch_path("link"));
    assert_int_equal(symlink(target, file), 0);
    return open_file(err);
}

/* A person of more identities than one may have. */
static wp_status link_too_many(wp_error *err)
{
    enum { EACH = 64, TIMES = 17 };
    wp_db *db = create_and_open(false);
    wp_txn *txn = begin_write(db);
    wp_status status = WP_OK;
    for (int i = 0; i < TIMES && status == WP_OK; i++) {
        char texts[EACH][16];
        wp_identity identities[EACH];
        wp_person_facts facts = WP_PERSON_FACTS_INIT;
        wp_number person;
        for (int j = 0; j < EACH; j++) {
            (void)snprintf(texts[j], sizeof texts[j], "%d", j == 0 ? 0 : i * EACH + j);
            identities[j] = (wp_identity){WP_IDENTITY_ID, texts[j]};
        }
        facts.identities = identities;
        facts.identity_count = EACH;
        status = wp_person_put(txn, &facts, &person, NULL, err);
    }
    wp_abort(txn);
    wp_close(db);
    return status;
}

static wp_number put_person(wp_txn *txn, int number)
{
    char text[16];
    wp_identity identity = {WP_IDENTITY_ID, text};
    wp_person_facts facts = facts_of_person(&identity);
    wp_number person = 0;
    wp_error err;
    (void)snprintf(text, sizeof text, "%d", number);
    expect_ok(wp_person_put(txn, &facts, &person, NULL, &err), &err);
    return person;
}

static wp_status store_somebody_erased(wp_error *err)
{
    wp_db *db = create_and_open(false);
    wp_txn *txn = begin_write(db);
    wp_identity identity = {WP_IDENTITY_EMAIL, "ann@acme.com"};
    wp_person_facts facts = facts_of_person(&identity);
    wp_number person;
    expect_ok(wp_person_put(txn, &facts, &person, NULL, err), err);
    expect_ok(wp_person_erase(txn, person, NULL, err), err);
    wp_status status = wp_person_put(txn, &facts, &person, NULL, err);
    wp_abort(txn);
    wp_close(db);
    return status;
}

/* Reach over a graph of one hub, within limits. */
static wp_status reach_within(wp_limits limits, bool has_jumps, wp_error *err)
{
    wp_db *db = create_and_open(false);
    wp_txn *txn = begin_write(db);
    wp_reach *reach = NULL;
    wp_number hub = put_person(txn, 0);
    for (int i = 1; i <= HUB_TIES; i++) {
        wp_stated_tie tie = {.from = hub, .to = put_person(txn, i), .p = 0.5};
        expect_ok(wp_stated_tie_put(txn, &tie, err), err);
    }
    wp_reach_query query = reach_from(&hub, DAY);
    query.is_plain = true;
    query.limits = limits;
    is_jumping = has_jumps;
    wp_status status = wp_reach_find(txn, &query, &reach, err);
    is_jumping = false;
    wp_reach_free(reach);
    wp_abort(txn);
    wp_close(db);
    return status;
}

static wp_status reach_until_a_deadline(wp_error *err)
{
    return reach_within((wp_limits){.deadline_ms = 5000}, true, err);
}

static wp_status reach_with_one_step(wp_error *err)
{
    return reach_within((wp_limits){.steps_max = 1}, false, err);
}

static wp_status reach_when_cancelled(wp_error *err)
{
    static const volatile int cancel = 1;
    return reach_within((wp_limits){.cancel = &cancel}, false, err);
}

static wp_status commit_when_nothing_can_be_read(wp_error *err)
{
    return commit_while(0, EIO, EIO, err);
}

static wp_status read_a_snapshot_that_is_too_old(wp_error *err)
{
    jumped_s = 0; /* as waiting threads see the time */
    wp_db *db = create_and_open(false);
    wp_txn *reader = NULL;
    wp_stats stats;
    wp_status status;
    expect_ok(wp_begin_read(db, &reader, err), err);
    expect_ok(put_mark(db, 1, err), err);
    do /* until the library has seen to it */
        status = wp_stats_get(reader, &stats, err);
    while (status == WP_OK);
    wp_abort(reader);
    wp_close(db);
    return status;
}

static const struct {
    wp_status status;
    wp_status (*provoke)(wp_error *err);
    const char *name;
} cases[] = {
#define CASE(status, provoke)                                                                      \
    {                                                                                              \
        status, provoke, #provoke                                                                  \
    }
    CASE(WP_OK, create_a_file),
    CASE(WP_ENOTFOUND, open_what_is_absent),
    CASE(WP_EINVAL, open_without_a_path),
    CASE(WP_ENOMEM, open_without_memory),
    CASE(WP_EIO, commit_while_writing_fails),
    CASE(WP_EFULL, commit_on_a_full_disk),
    CASE(WP_ECORRUPT, open_a_damaged_file),
    CASE(WP_EFORMAT, open_a_text),
    CASE(WP_EEXIST, create_it_again),
    CASE(WP_EBUSY, write_twice_in_a_thread),
    CASE(WP_EFORK, read_in_a_forked_child),
    CASE(WP_EREADONLY, write_to_what_is_read_only),
    CASE(WP_EACCESS, open_a_symbolic_link),
    CASE(WP_ECONFLICT, link_too_many),
    CASE(WP_EDEADLINE, reach_until_a_deadline),
    CASE(WP_EBUDGET, reach_with_one_step),
    CASE(WP_ECANCELLED, reach_when_cancelled),
    CASE(WP_EUNKNOWN, commit_when_nothing_can_be_read),
    CASE(WP_EERASED, store_somebody_erased),
    CASE(WP_ESTALE, read_a_snapshot_that_is_too_old),
#undef CASE
};

#define CASES (sizeof cases / sizeof *cases)

static void status__each_is_returned_by_a_call(void **state)
{
    (void)state;
    for (size_t i = 0; i < CASES; i++) {
        wp_error err = {WP_OK, ""};
        char name[32];
        (void)snprintf(name, sizeof name, "status-%zu", i);
        (void)snprintf(file, sizeof file, "%s", scratch_path(name));
        wp_status status = cases[i].provoke(&err);
        if (status != cases[i].status || err.status != status)
            fail_msg("%s: %s (%s), expected %s", cases[i].name, wp_status_name(status), err.message,
                     wp_status_name(cases[i].status));
    }
}

static void status__none_is_missing_here(void **state)
{
    (void)state;
    for (int status = 0; status < STATUSES_MAX; status++) {
        bool is_named = strcmp(wp_status_name((wp_status)status), "WP_?") != 0;
        bool is_here = false;
        for (size_t i = 0; i < CASES; i++)
            is_here |= cases[i].status == (wp_status)status;
        if (is_named != is_here)
            fail_msg("%s (%d) is %s", wp_status_name((wp_status)status), status,
                     is_named ? "not provoked" : "not in the header");
    }
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(status__none_is_missing_here),
        cmocka_unit_test(status__each_is_returned_by_a_call),
    };
    if (argc == 2 && strcmp(argv[1], "--list") == 0) {
        for (size_t i = 0; i < CASES; i++)
            (void)printf("%-14s %s\n", wp_status_name(cases[i].status), cases[i].name);
        return 0;
    }
    return scratch_end(cmocka_run_group_tests(tests, NULL, NULL));
}
