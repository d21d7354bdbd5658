/*
 * Readers that are forgotten: at the age limit they let go of their snapshot, so that the file
 * stays bounded while others write, and their handles say so. Readers that are in use, young, or on
 * the newest snapshot are left alone.
 */
#include "fixture.h"

#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>

#include "warmpath.h"

#define AGE_MS 40
#define RECORDS 400

static void sleep_ms(long ms)
{
    struct timespec wait = {ms / 1000, ms % 1000 * 1000000};
    (void)nanosleep(&wait, NULL);
}

static int64_t now_ms(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static wpi_store *open_limited(const char *path, uint32_t age_ms)
{
    wp_open_options options = WP_OPEN_OPTIONS_INIT;
    wpi_store *store = NULL;
    options.reader_age_max_ms = age_ms;
    EXPECT_OK(wpi_store_open(path, &options, &store, &err));
    return store;
}

/* Replace every record, in one transaction. */
static void rewrite(wpi_store *store, int round)
{
    wpi_store_txn *txn = fixture_begin(store, true);
    for (int i = 0; i < RECORDS; i++) {
        char key[16], value[200];
        (void)snprintf(key, sizeof key, "key %d", i);
        memset(value, 'a' + round % 26, sizeof value);
        value[sizeof value - 1] = '\0';
        fixture_put(txn, key, value);
    }
    fixture_commit(txn);
}

static wp_status resume(wpi_store_txn *txn)
{
    wp_error err = {WP_OK, ""};
    wp_status status = wpi_store_resume(txn, &err);
    assert_int_equal(err.status, status);
    if (status == WP_OK)
        wpi_store_rest(txn);
    return status;
}

static void reader_age__ends_an_idle_reader_when_others_wrote(void **state)
{
    (void)state;
    char *path = fixture_create("idle");
    wpi_store *store = open_limited(path, AGE_MS);
    fixture_store(store, "a", "1");
    int64_t begun_ms = now_ms();
    wpi_store_txn *reader = fixture_begin(store, false);
    fixture_expect(reader, "a", "1");
    wpi_store_rest(reader);
    fixture_store(store, "a", "2");
    wp_status young = resume(reader);
    assert_true(young == WP_OK || now_ms() - begun_ms >= AGE_MS); /* a busy machine may be slow */
    sleep_ms(3 * AGE_MS);
    assert_int_equal(resume(reader), WP_ESTALE);
    assert_int_equal(resume(reader), WP_ESTALE); /* it stays so */
    wpi_store_abort(reader);
    reader = fixture_begin(store, false);
    fixture_expect(reader, "a", "2");
    wpi_store_abort(reader);
    wpi_store_close(store);
    free(path);
}

static void reader_age__leaves_readers_that_pin_nothing_or_are_in_use(void **state)
{
    (void)state;
    char *path = fixture_create("left");
    wpi_store *store = open_limited(path, AGE_MS);
    fixture_store(store, "a", "1");
    wpi_store_txn *busy = fixture_begin(store, false);
    fixture_store(store, "a", "2");
    wpi_store_txn *newest = fixture_begin(store, false);
    wpi_store_rest(newest);
    sleep_ms(3 * AGE_MS);
    fixture_expect(busy, "a", "1");
    assert_int_equal(resume(newest), WP_OK);
    fixture_expect(newest, "a", "2");
    wpi_store_abort(busy);
    wpi_store_abort(newest);
    wpi_store_close(store);
    store = open_limited(path, WP_AGE_ANY);
    wpi_store_txn *unlimited = fixture_begin(store, false);
    wpi_store_rest(unlimited);
    fixture_store(store, "a", "3");
    sleep_ms(3 * AGE_MS);
    assert_int_equal(resume(unlimited), WP_OK);
    fixture_expect(unlimited, "a", "2");
    wpi_store_abort(unlimited);
    wpi_store_close(store);
    free(path);
}

/* A process that begins to read, says so, and does nothing until it is told to end. */
static pid_t start_forgetful(const char *path, uint32_t age_ms, int told[2], int stop[2])
{
    assert_int_equal(pipe(told), 0);
    assert_int_equal(pipe(stop), 0);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child > 0)
        return child;
    char byte = 0;
    wp_open_options options = WP_OPEN_OPTIONS_INIT;
    wpi_store *store = NULL;
    wpi_store_txn *reader = NULL;
    options.reader_age_max_ms = age_ms;
    (void)close(stop[1]);
    if (wpi_store_open(path, &options, &store, NULL) != WP_OK ||
        wpi_store_begin(store, false, &reader, NULL) != WP_OK)
        _exit(1);
    wpi_store_rest(reader);
    if (write(told[1], &byte, 1) != 1 || read(stop[0], &byte, 1) < 0)
        _exit(2);
    _exit(wpi_store_resume(reader, NULL) == WP_ESTALE ? 10 : 11);
}

/* Bytes of the file after many commits beside a reader of another process that is forgotten. */
static off_t grown_beside(uint32_t age_ms, int exit_expected)
{
    int told[2], stop[2], result;
    char byte;
    struct stat info;
    char *path = fixture_create(age_ms == WP_AGE_ANY ? "unlimited" : "limited");
    pid_t child = start_forgetful(path, age_ms, told, stop);
    assert_int_equal(read(told[0], &byte, 1), 1);
    wpi_store *store = fixture_open(path);
    for (int i = 0; i < 100; i++) {
        rewrite(store, i);
        sleep_ms(4);
    }
    wpi_store_close(store);
    assert_int_equal(close(stop[1]), 0);
    assert_int_equal(waitpid(child, &result, 0), child);
    assert_true(WIFEXITED(result));
    assert_int_equal(WEXITSTATUS(result), exit_expected);
    (void)close(told[0]), (void)close(told[1]), (void)close(stop[0]);
    assert_int_equal(stat(path, &info), 0);
    free(path);
    return info.st_size;
}

static void reader_age__bounds_the_file_beside_an_idle_process(void **state)
{
    (void)state;
    off_t limited = grown_beside(AGE_MS, 10);
    off_t unlimited = grown_beside(WP_AGE_ANY, 11);
    print_message("100 commits beside a forgotten reader: %lld bytes, %lld without the limit\n",
                  (long long)limited, (long long)unlimited);
    assert_true(limited * 2 < unlimited);
}

static void wp_txn__is_stale_after_the_limit(void **state)
{
    (void)state;
    wp_open_options options = WP_OPEN_OPTIONS_INIT;
    wp_db *db = NULL;
    wp_txn *reader = NULL, *writer = NULL;
    wp_stats stats;
    wp_error why = {WP_OK, ""};
    char *path = strdup(scratch_path("public"));
    options.reader_age_max_ms = AGE_MS;
    EXPECT_OK(wp_create(path, NULL, 0, &err));
    EXPECT_OK(wp_open(path, &options, &db, &err));
    int64_t begun_ms = now_ms();
    EXPECT_OK(wp_begin_read(db, &reader, &err));
    EXPECT_OK(wp_begin_write(db, &writer, &err));
    EXPECT_OK(wp_mark_put(writer, "mark", 1, &err));
    EXPECT_OK(wp_commit(writer, &err));
    wp_status young = wp_stats_get(reader, &stats, &why);
    assert_true(young == WP_OK || now_ms() - begun_ms >= AGE_MS);
    sleep_ms(3 * AGE_MS);
    assert_int_equal(wp_stats_get(reader, &stats, &why), WP_ESTALE);
    assert_string_equal(wp_status_name(why.status), "WP_ESTALE");
    wp_abort(reader);
    EXPECT_OK(wp_begin_read(db, &reader, &err));
    EXPECT_OK(wp_stats_get(reader, &stats, &err));
    wp_abort(reader);
    wp_close(db);
    free(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reader_age__ends_an_idle_reader_when_others_wrote),
        cmocka_unit_test(reader_age__leaves_readers_that_pin_nothing_or_are_in_use),
        cmocka_unit_test(reader_age__bounds_the_file_beside_an_idle_process),
        cmocka_unit_test(wp_txn__is_stale_after_the_limit),
    };
    return scratch_end(cmocka_run_group_tests(tests, NULL, NULL));
}
