/*
 * Recent records under threads and processes: two writing threads and a writing process take turns
 * as they come, four threads read. Each commit has a number, from which follows what every record
 * is, so that a reader knows what its snapshot must say. Readers also look where others of the same
 * snapshot found a record: it must lie there for them, too, as those that keep such places across
 * transactions (graph/lists.c) rely on. `--cases N` is the number of commits.
 */
#include "fixture.h"
#include "random.h"

#include <lmdb.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/wait.h>

#include "base/bytes.h"
#include "store/store_internal.h"
#include "warmpath.h"

#define READERS 4
#define WRITERS 2
#define TABLES 2
#define VALUE_BYTES 300
#define SEGMENT_EVERY 101

static random_arguments arguments = {90210, 10000};
static const wpi_table tables[TABLES] = {WPI_TABLE_OVERLAY, WPI_TABLE_TIE};
static const uint32_t moduli[TABLES] = {61, 37}; /* commits after which a record changes again */

static wpi_store *store;
static atomic_bool is_over;
static atomic_uint snapshots_read, places_shared;

/* Where the records of a snapshot were found. */
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static uint64_t known_snapshot, known_mapping;
static const void *known[61];

/* A thread cannot fail a cmocka test. */
static void require(bool is_so, const char *what)
{
    if (is_so)
        return;
    (void)fprintf(stderr, "recent_threads: %s\n", what);
    abort();
}

static void require_ok(wp_status status, const wp_error *err, const char *what)
{
    if (status != WP_OK)
        (void)fprintf(stderr, "status %d: %s\n", (int)status, err->message);
    require(status == WP_OK, what);
}

static wpi_store_txn *begin(bool is_write)
{
    wp_error err = {WP_OK, ""};
    wpi_store_txn *txn = NULL;
    require_ok(wpi_store_begin(store, is_write, &txn, &err), &err, "begin");
    return txn;
}

static wpi_slice name_of(uint32_t index, unsigned char *bytes)
{
    wpi_bytes_put_be64(bytes, index);
    return (wpi_slice){bytes, 8};
}

/* The last commit up to a number that changed a record; 0: none. */
static uint64_t last_change(unsigned table, uint32_t index, uint64_t number)
{
    uint64_t ago = (number + index) % moduli[table];
    return ago < number ? number - ago : 0;
}

static bool is_deleted(unsigned table, uint32_t index, uint64_t change)
{
    return change == 0 || (change + index) / moduli[table] % 3 == 0;
}

static uint64_t read_number(wpi_store_txn *txn)
{
    wp_error err = {WP_OK, ""};
    wpi_slice value;
    wp_status status =
        wpi_store_get(txn, WPI_TABLE_PERSON, fixture_text("number"), &value, NULL, &err);
    if (status == WP_ENOTFOUND)
        return 0;
    require_ok(status, &err, "the number");
    return wpi_bytes_get_le64(value.data);
}

static void put(wpi_store_txn *txn, wpi_table table, wpi_slice key, uint64_t number, size_t bytes)
{
    wp_error err = {WP_OK, ""};
    unsigned char value[VALUE_BYTES];
    memset(value, (int)(number & 255), sizeof value);
    wpi_bytes_put_le64(value, number);
    require_ok(wpi_store_put(txn, table, key, (wpi_slice){value, bytes}, 1, &err), &err, "put");
}

/* The next commit of all writers. */
static uint64_t write_once(random_source *source)
{
    wp_error err = {WP_OK, ""};
    unsigned char bytes[8];
    wpi_store_txn *txn = begin(true);
    uint64_t number = read_number(txn) + 1;
    for (unsigned table = 0; table < TABLES; table++) {
        uint32_t index = (moduli[table] - (uint32_t)(number % moduli[table])) % moduli[table];
        wpi_slice key = name_of(index, bytes);
        if (!is_deleted(table, index, number))
            put(txn, tables[table], key, number, VALUE_BYTES);
        else if (wpi_store_delete(txn, tables[table], key, &err) != WP_OK)
            require(last_change(table, index, number - 1) == 0, "delete");
    }
    put(txn, WPI_TABLE_PERSON, fixture_text("number"), number, 8);
    if (number % SEGMENT_EVERY == 0)
        put(txn, WPI_TABLE_SEGMENT, fixture_text("s"), number, VALUE_BYTES);
    if (random_chance(source, 0.1)) {
        wpi_store_abort(txn);
        return number - 1;
    }
    require_ok(wpi_store_commit(txn, &err), &err, "commit");
    return number;
}

static void *write_on(void *argument)
{
    random_source source = random_start(arguments.seed, (uintptr_t)argument);
    while (write_once(&source) < arguments.cases) {
    }
    return NULL;
}

static void read_table(wpi_store_txn *txn, unsigned table, uint64_t number)
{
    wp_error err = {WP_OK, ""};
    unsigned char bytes[8];
    wpi_slice key, value;
    wpi_store_cursor *cursor;
    uint64_t count = 0, counted;
    require_ok(wpi_store_cursor_open(txn, tables[table], &cursor, &err), &err, "cursor");
    for (uint32_t i = 0; i < moduli[table]; i++) {
        uint64_t change = last_change(table, i, number);
        wp_status status = wpi_store_get(txn, tables[table], name_of(i, bytes), &value, NULL, &err);
        require(status == (is_deleted(table, i, change) ? WP_ENOTFOUND : WP_OK), "get");
        if (status != WP_OK)
            continue;
        require(wpi_bytes_get_le64(value.data) == change, "the value");
        require_ok(wpi_store_cursor_next(cursor, &key, &value, &err), &err, "next");
        require(wpi_bytes_get_be64(key.data) == i, "the key");
        require(wpi_bytes_get_le64(value.data) == change, "the value of the cursor");
        count++;
    }
    require(wpi_store_cursor_next(cursor, &key, &value, NULL) == WP_ENOTFOUND, "the end");
    wpi_store_cursor_close(cursor);
    require_ok(wpi_store_count(txn, tables[table], &counted, &err), &err, "count");
    require(counted == count, "the count");
}

/* Where others of this snapshot found the records, or where this one finds them. */
static void share_places(wpi_store_txn *txn)
{
    unsigned char bytes[8];
    wpi_slice value;
    (void)pthread_mutex_lock(&mutex);
    bool is_known =
        known_snapshot == wpi_store_snapshot(txn) && known_mapping == wpi_store_mapping(txn);
    known_snapshot = wpi_store_snapshot(txn);
    known_mapping = wpi_store_mapping(txn);
    atomic_fetch_add(&places_shared, is_known);
    for (uint32_t i = 0; i < 61; i++) {
        (void)wpi_store_get(txn, tables[0], name_of(i, bytes), &value, NULL, NULL);
        require(!is_known || value.data == known[i], "the place of a record");
        known[i] = value.data;
    }
    (void)pthread_mutex_unlock(&mutex);
}

static void *read_on(void *argument)
{
    random_source source = random_start(arguments.seed, 1000 + (uintptr_t)argument);
    while (!atomic_load(&is_over)) {
        wpi_store_txn *txn = begin(false), *another = NULL;
        uint64_t number = read_number(txn);
        share_places(txn);
        for (int i = 0; i < 2; i++) {
            for (unsigned table = 0; table < TABLES; table++)
                read_table(txn, table, number);
            if (random_chance(&source, 0.3)) { /* go on in another, of the same one or a later */
                another = begin(false);
                number = read_number(another);
                wpi_store_abort(txn);
                txn = another;
                share_places(txn);
            }
        }
        wpi_store_abort(txn);
        atomic_fetch_add(&snapshots_read, 1);
    }
    return NULL;
}

static void open_unsynced(const char *path)
{
    wp_error err = {WP_OK, ""};
    require_ok(wpi_store_open(path, NULL, &store, &err), &err, "open");
    require(mdb_env_set_flags(store->environment, MDB_NOSYNC, 1) == 0, "flags");
}

static pid_t start_process(const char *path)
{
    pid_t child = fork();
    if (child != 0)
        return child;
    open_unsynced(path);
    (void)write_on((void *)(uintptr_t)100);
    wpi_store_close(store);
    _exit(0);
}

static void store__reads_one_snapshot_under_threads_and_processes(void **state)
{
    (void)state;
    pthread_t threads[READERS + WRITERS];
    int code;
    uint64_t faults;
    char *path = fixture_create("threads");
    pid_t child = start_process(path);
    assert_true(child > 0);
    open_unsynced(path);
    for (uintptr_t i = 0; i < READERS + WRITERS; i++)
        assert_int_equal(
            pthread_create(&threads[i], NULL, i < READERS ? read_on : write_on, (void *)i), 0);
    for (int i = READERS; i < READERS + WRITERS; i++)
        assert_int_equal(pthread_join(threads[i], NULL), 0);
    assert_int_equal(waitpid(child, &code, 0), child);
    assert_int_equal(code, 0);
    atomic_store(&is_over, true);
    for (int i = 0; i < READERS; i++)
        assert_int_equal(pthread_join(threads[i], NULL), 0);
    print_message("%u snapshots read, places of %u known from others\n",
                  atomic_load(&snapshots_read), atomic_load(&places_shared));
    wpi_store_close(store);
    EXPECT_OK(wpi_store_check_file(path, NULL, NULL, &faults, &err));
    assert_int_equal(faults, 0);
    free(path);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(store__reads_one_snapshot_under_threads_and_processes),
    };
    if (!random_arguments_read(argc, argv, &arguments))
        return 2;
    return scratch_end(cmocka_run_group_tests(tests, NULL, NULL));
}
