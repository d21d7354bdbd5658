/*
 * What became of a commit in which a call of the system failed: it is wholly there or wholly
 * absent, and the status says which, or that nobody knows. This program's pwrite, writev and
 * fdatasync stand in front of the system's.
 */
#include "fixture.h"

#include <errno.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>

#define META_PAGES_BYTES 8192
#define SETTLED_BYTES 512 /* of each meta page that are written anew after a failure */

/* The Nth call from now fails, once or for ever; 0: none. */
static unsigned calls_to_failure;
static bool fails_for_ever;
static int failure_code;
static unsigned calls_seen;
static bool fails_at_meta;        /* The next meta page is the call that fails. */
static unsigned lies_at_meta;     /* Meta pages that are said not to be written; the first is. */
static bool fails_to_settle;      /* Reading what is to be written anew fails. */
static unsigned stores_elsewhere; /* that other processes do when a sync is asked for after that */
static const char *path_elsewhere;

static bool must_fail(void)
{
    calls_seen++;
    if (calls_to_failure == 0)
        return false;
    if (calls_to_failure > 1) {
        calls_to_failure--;
        return false;
    }
    if (!fails_for_ever)
        calls_to_failure = 0;
    errno = failure_code;
    return true;
}

/* Another process stores a record and is gone. */
static void store_elsewhere(void)
{
    int code;
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        stores_elsewhere = 0;
        fixture_store(fixture_open(path_elsewhere), "elsewhere", "stored");
        _exit(0);
    }
    assert_int_equal(waitpid(child, &code, 0), child);
    assert_int_equal(code, 0);
}

/* LMDB's library must see these, so they are exported whatever the compiler is told. */
__attribute__((visibility("default"))) ssize_t pwrite(int fd, const void *data, size_t bytes,
                                                      off_t offset)
{
    if (lies_at_meta > 0 && offset < META_PAGES_BYTES) {
        if (lies_at_meta-- == 2)
            (void)syscall(SYS_pwrite64, fd, data, bytes, offset);
        errno = EIO;
        return -1;
    }
    if (fails_at_meta && offset < META_PAGES_BYTES) {
        fails_at_meta = false;
        calls_to_failure = 1;
    }
    return must_fail() ? -1 : syscall(SYS_pwrite64, fd, data, bytes, offset);
}

__attribute__((visibility("default"))) ssize_t pread(int fd, void *to, size_t bytes, off_t offset)
{
    errno = EIO;
    return fails_to_settle && bytes == SETTLED_BYTES ? -1
                                                     : syscall(SYS_pread64, fd, to, bytes, offset);
}

__attribute__((visibility("default"))) ssize_t writev(int fd, const struct iovec *parts, int count)
{
    return must_fail() ? -1 : syscall(SYS_writev, fd, parts, count);
}

__attribute__((visibility("default"))) int fdatasync(int fd)
{
    for (; !fails_at_meta && stores_elsewhere > 0; stores_elsewhere--)
        store_elsewhere();
    return must_fail() ? -1 : (int)syscall(SYS_fdatasync, fd);
}

static void put_forty(wpi_store_txn *txn, const char *value)
{
    for (int i = 0; i < 40; i++) {
        char key[32];
        (void)snprintf(key, sizeof(key), "other%d", i);
        fixture_put(txn, key, value);
    }
}

/* One commit with a fault in it, and what must hold afterwards. */
static bool commit_with_fault(wpi_store *store, unsigned round, unsigned fail_at, bool for_ever,
                              bool has_reader)
{
    char value[32];
    wp_error why = {WP_OK, ""};
    (void)snprintf(value, sizeof(value), "round %u", round);
    wpi_store_txn *before = has_reader ? fixture_begin(store, false) : NULL;
    wpi_store_txn *txn = fixture_begin(store, true);
    fixture_put(txn, "k", value);
    put_forty(txn, value);
    calls_seen = 0;
    calls_to_failure = fail_at;
    fails_for_ever = for_ever;
    wp_status status = wpi_store_commit(txn, &why);
    bool was_reached = calls_seen >= fail_at;
    calls_to_failure = 0;
    wpi_store_abort(before);
    assert_true(status == WP_OK || why.status == status);
    assert_true(status == WP_OK || status == WP_EIO || status == WP_EUNKNOWN);
    txn = fixture_begin(store, false);
    wpi_slice found;
    EXPECT_OK(wpi_store_get(txn, WPI_TABLE_PERSON, fixture_text("k"), &found, NULL, &err));
    bool is_new = found.bytes == strlen(value) && memcmp(found.data, value, found.bytes) == 0;
    for (int i = 0; i < 40; i++) { /* wholly there or wholly absent */
        char key[32];
        wpi_slice other;
        (void)snprintf(key, sizeof(key), "other%d", i);
        EXPECT_OK(wpi_store_get(txn, WPI_TABLE_PERSON, fixture_text(key), &other, NULL, &err));
        assert_int_equal(
            other.bytes == found.bytes && memcmp(other.data, found.data, found.bytes) == 0, true);
    }
    wpi_store_abort(txn);
    if (status == WP_OK)
        assert_true(is_new);
    if (status == WP_EIO)
        assert_false(is_new);
    return was_reached;
}

static void fail_everywhere(const char *name, bool for_ever, bool has_reader)
{
    char *path = fixture_create(name);
    wpi_store *store = fixture_open(path);
    failure_code = EIO;
    assert_false(commit_with_fault(store, 0, 1000000, false, false));
    unsigned round = 1;
    for (unsigned fail_at = 1; fail_at < 50; fail_at++, round++) {
        bool was_reached = commit_with_fault(store, round, fail_at, for_ever, has_reader);
        fixture_store(store, "goes on", "yes"); /* The store works again at once. */
        if (!was_reached)
            break;
    }
    assert_in_range(round, 3, 49);
    wpi_store_close(store);
    store = fixture_open(path);
    wpi_store_txn *txn = fixture_begin(store, false);
    fixture_expect(txn, "goes on", "yes");
    wpi_store_abort(txn);
    wpi_store_close(store);
    free(path);
}

static void store_commit__knows_what_became_of_a_failure(void **state)
{
    (void)state;
    fail_everywhere("fault-once", false, false);
    fail_everywhere("fault-ever", true, false);
}

static void store_commit__admits_ignorance_while_others_read(void **state)
{
    (void)state;
    fail_everywhere("fault-once-reader", false, true);
    fail_everywhere("fault-ever-reader", true, true);
}

static void store_commit__says_that_the_disk_is_full(void **state)
{
    (void)state;
    char *path = fixture_create("enospc");
    wpi_store *store = fixture_open(path);
    wp_error why = {WP_OK, ""};
    fixture_store(store, "before", "1");
    failure_code = ENOSPC;
    fails_for_ever = false;
    calls_to_failure = 1;
    wpi_store_txn *txn = fixture_begin(store, true);
    put_forty(txn, "lost");
    assert_int_equal(wpi_store_commit(txn, &why), WP_EFULL);
    assert_int_equal(why.status, WP_EFULL);
    txn = fixture_begin(store, true); /* Reading and deleting go on. */
    fixture_expect(txn, "before", "1");
    fixture_expect_none(txn, "other0");
    EXPECT_OK(wpi_store_delete(txn, WPI_TABLE_PERSON, fixture_text("before"), &err));
    fixture_commit(txn);
    wpi_store_close(store);
    free(path);
}

/* Fail to write the meta page of a commit, while other processes commit so often afterwards. */
static void expect_outcome(const char *name, unsigned commits, wp_status expected)
{
    char *path = fixture_create(name);
    wpi_store *store = fixture_open(path);
    wp_error why = {WP_OK, ""};
    fixture_store(store, "k", "before");
    wpi_store_txn *txn = fixture_begin(store, true);
    fixture_put(txn, "k", "lost");
    path_elsewhere = path;
    stores_elsewhere = commits;
    failure_code = EIO;
    fails_for_ever = false;
    fails_at_meta = true;
    assert_int_equal(wpi_store_commit(txn, &why), expected);
    assert_int_equal(why.status, expected);
    assert_int_equal(stores_elsewhere, 0);
    txn = fixture_begin(store, false);
    fixture_expect(txn, "k", "before");
    fixture_expect(txn, "elsewhere", "stored");
    wpi_store_abort(txn);
    fixture_store(store, "k", "after");
    wpi_store_close(store);
    free(path);
}

static void store_commit__tells_its_own_snapshot_from_those_of_others(void **state)
{
    (void)state;
    expect_outcome("one-elsewhere", 1, WP_EIO); /* it has the number that ours would have had */
    expect_outcome("two-elsewhere", 2, WP_EUNKNOWN);
}

/* The system says that it did not write what it wrote, and then nothing more. */
static void store_commit__finds_out_that_it_succeeded(void **state)
{
    (void)state;
    char *path = fixture_create("succeeded");
    wpi_store *store = fixture_open(path);
    fixture_store(store, "k", "before");
    wpi_store_txn *txn = fixture_begin(store, true);
    fixture_put(txn, "k", "after");
    lies_at_meta = 2; /* putting the old page back fails as well */
    fixture_commit(txn);
    assert_int_equal(lies_at_meta, 0);
    txn = fixture_begin(store, false);
    fixture_expect(txn, "k", "after");
    wpi_store_abort(txn);
    wpi_store_close(store);
    free(path);
}

/* A commit of which nobody knows whether it happened, as no call after the meta page succeeds. */
static void lose(wpi_store *store)
{
    wpi_store_txn *txn = fixture_begin(store, true);
    fixture_put(txn, "k", "lost");
    failure_code = EIO;
    fails_at_meta = fails_for_ever = true;
    assert_int_equal(wpi_store_commit(txn, NULL), WP_EUNKNOWN);
    fails_for_ever = false;
    calls_to_failure = 0;
}

/* Writing goes on only when the disk is known to hold what the kernel shows: both meta pages are
 * read, written and synced before. */
static void store_begin__writes_only_when_the_disk_is_settled(void **state)
{
    (void)state;
    enum { CALLS = 4 };
    char *path = fixture_create("unsettled");
    wpi_store *store = fixture_open(path);
    wpi_store_txn *txn;
    wp_error why = {WP_OK, ""};
    fixture_store(store, "k", "before");
    for (unsigned call = 1; call <= CALLS; call++) {
        lose(store);
        calls_to_failure = call < CALLS ? call : 0;
        fails_to_settle = call == CALLS;
        assert_int_equal(wpi_store_begin(store, true, &txn, &why), WP_EIO);
        assert_null(txn);
        assert_int_equal(calls_to_failure, 0);
        assert_int_equal(strstr(why.message, "meta pages") == NULL, fails_to_settle);
        fails_to_settle = false;
        txn = fixture_begin(store, true);
        fixture_expect(txn, "k", "before");
        wpi_store_abort(txn);
    }
    wpi_store_close(store);
    free(path);
}

static void store_sync__never_takes_back_that_it_failed(void **state)
{
    (void)state;
    wp_open_options options = WP_OPEN_OPTIONS_INIT;
    wpi_store *store;
    wp_error why = {WP_OK, ""};
    char *path = fixture_create("forgotten");
    options.is_unsynced = true;
    EXPECT_OK(wpi_store_open(path, &options, &store, &err));
    fixture_store(store, "k", "v");
    failure_code = EIO;
    fails_for_ever = false;
    calls_to_failure = 1;
    assert_int_equal(wpi_store_sync(store, &why), WP_EIO);
    assert_int_equal(calls_to_failure, 0);
    assert_int_equal(wpi_store_sync(store, &why), WP_EIO); /* though the system would say yes */
    assert_string_equal(why.message, "an earlier sync failed, and what it was for may be lost");
    wpi_store_close(store);
    free(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(store_commit__knows_what_became_of_a_failure),
        cmocka_unit_test(store_commit__admits_ignorance_while_others_read),
        cmocka_unit_test(store_commit__says_that_the_disk_is_full),
        cmocka_unit_test(store_commit__tells_its_own_snapshot_from_those_of_others),
        cmocka_unit_test(store_commit__finds_out_that_it_succeeded),
        cmocka_unit_test(store_begin__writes_only_when_the_disk_is_settled),
        cmocka_unit_test(store_sync__never_takes_back_that_it_failed),
    };
    return scratch_end(cmocka_run_group_tests(tests, NULL, NULL));
}
