/*
 * Rows of recent records: what they say is read before the trees, once; malformed ones are refused
 * wherever they are met; copies and salvaged files read the same, and so do other processes.
 *
 * A transaction that has put all recent records into the trees may write rows by itself here.
 */
#include "fixture.h"

#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>

#include "base/bytes.h"
#include "memory_left.h"
#include "store/record.h"
#include "store/salvage.h"
#include "store/store_internal.h"
#include "warmpath.h"

#define PAGE_BYTES 4096
#define ROW_BYTES 3000
#define TURNS 400

/* A row, and where its next record goes. */
typedef struct row {
    unsigned char bytes[ROW_BYTES];
    size_t used;
} row;

/* The head of a record as it is in a row; what follows is the caller's. */
static unsigned char *add_head(row *to, unsigned table, unsigned kind, size_t key_bytes,
                               size_t value_bytes)
{
    unsigned char *at = to->bytes + to->used;
    at[0] = (unsigned char)table;
    at[1] = (unsigned char)kind;
    at[2] = (unsigned char)key_bytes;
    at[3] = (unsigned char)(key_bytes >> 8);
    wpi_bytes_put_le32(at + 4, (uint32_t)value_bytes);
    to->used += 8;
    return at + 8;
}

/* A stored person. */
static void add_person(row *to, const char *name, const char *value)
{
    size_t key_bytes = strlen(name), value_bytes = strlen(value) + WPI_VALUE_TRAILER_BYTES;
    unsigned char *at = add_head(to, WPI_TABLE_PERSON, 1, key_bytes, value_bytes);
    memcpy(at, name, key_bytes);
    wpi_record_seal(WPI_TABLE_PERSON, fixture_text(name), fixture_text(value), 1, at + key_bytes);
    to->used += key_bytes + value_bytes;
}

/* Write a row as no transaction would. */
static void put_row_at(wpi_store *store, wpi_slice key, const row *of)
{
    wpi_store_txn *txn = fixture_begin(store, true);
    EXPECT_OK(wpi_recent_fold(txn, &err));
    EXPECT_OK(
        wpi_store_put(txn, WPI_TABLE_RECENT, key, (wpi_slice){of->bytes, ROW_BYTES}, 1, &err));
    fixture_commit(txn);
}

static void put_row(wpi_store *store, uint64_t sequence, const row *of)
{
    unsigned char key[8];
    wpi_bytes_put_be64(key, sequence);
    put_row_at(store, (wpi_slice){key, sizeof key}, of);
}

static uint64_t rows_of(wpi_store *store)
{
    uint64_t count;
    wpi_store_txn *txn = fixture_begin(store, false);
    EXPECT_OK(wpi_store_count(txn, WPI_TABLE_RECENT, &count, &err));
    wpi_store_abort(txn);
    return count;
}

static void expect(wpi_store *store, const char *name, const char *value)
{
    wpi_store_txn *txn = fixture_begin(store, false);
    if (value == NULL)
        fixture_expect_none(txn, name);
    else
        fixture_expect(txn, name, value);
    wpi_store_abort(txn);
}

static void remove_person(wpi_store *store, const char *name)
{
    wpi_store_txn *txn = fixture_begin(store, true);
    EXPECT_OK(wpi_store_delete(txn, WPI_TABLE_PERSON, fixture_text(name), &err));
    fixture_commit(txn);
}

static void fold(wpi_store *store)
{
    wpi_store_txn *txn = fixture_begin(store, true);
    EXPECT_OK(wpi_recent_fold(txn, &err));
    fixture_put(txn, "folded", "1");
    fixture_commit(txn);
    assert_int_equal(rows_of(store), 0);
}

/* Records in the trees and in rows: one of either alone, one in both, one deleted by a row. */
static wpi_store *open_with_rows(const char *path)
{
    wpi_store *store = fixture_open(path);
    fixture_store(store, "both", "old");
    fixture_store(store, "deleted", "old");
    fixture_store(store, "tree", "old");
    fold(store);
    fixture_store(store, "both", "new");
    fixture_store(store, "row", "new");
    remove_person(store, "deleted");
    assert_int_equal(rows_of(store), 3);
    return store;
}

static void expect_of_rows(wpi_store *store)
{
    uint64_t count;
    expect(store, "both", "new");
    expect(store, "deleted", NULL);
    expect(store, "row", "new");
    expect(store, "tree", "old");
    wpi_store_txn *txn = fixture_begin(store, false);
    EXPECT_OK(wpi_store_count(txn, WPI_TABLE_PERSON, &count, &err));
    assert_int_equal(count, 4);
    wpi_store_abort(txn);
}

static void expect_file_of_rows(const char *path, uint64_t rows)
{
    wpi_store *store = fixture_open(path);
    uint64_t faults;
    expect_of_rows(store);
    assert_int_equal(rows_of(store), rows);
    EXPECT_OK(wpi_store_check_file(path, NULL, NULL, &faults, &err));
    assert_int_equal(faults, 0);
    wpi_store_close(store);
}

/* --- what rows say --- */

static void row__that_is_in_the_trees_changes_nothing(void **state)
{
    (void)state;
    char *path = fixture_create("stale");
    wpi_store *store = fixture_open(path);
    row stale = {.used = 0}, next = {.used = 0};
    fixture_store(store, "k", "first");
    fixture_store(store, "k", "second");
    fold(store); /* rows 1 and 2 */
    add_person(&stale, "k", "stale");
    add_person(&next, "k", "next");
    put_row(store, 1, &stale);
    expect(store, "k", "second");
    put_row(store, 2, &stale);
    expect(store, "k", "second");
    fixture_store(store, "k", "third");
    expect(store, "k", "third");
    fold(store);
    expect(store, "k", "third");
    put_row(store, 3, &stale);
    expect(store, "k", "third");
    put_row(store, 4, &next);
    expect(store, "k", "next");
    wpi_store_close(store);
    store = fixture_open(path);
    expect(store, "k", "next");
    wpi_store_close(store);
    free(path);
}

static void rows__are_applied_in_order(void **state)
{
    (void)state;
    char *path = fixture_create("order");
    wpi_store *store = fixture_open(path);
    char value[16];
    for (int i = 0; i < 300; i++) { /* beyond 256 of the lowest byte of a sequence */
        (void)snprintf(value, sizeof value, "%d", i);
        fixture_store(store, "k", value);
        if (i % 29 == 0) {
            wpi_store_close(store);
            store = fixture_open(path);
        }
        expect(store, "k", value);
    }
    wpi_store_close(store);
    free(path);
}

/* --- malformed rows --- */

typedef struct malformation {
    unsigned table, kind;
    size_t key_bytes, value_bytes;
} malformation;

static const malformation malformations[] = {{WPI_TABLE_RECENT, 1, 1, 10},
                                             {WPI_TABLE_COUNT, 1, 1, 10},
                                             {255, 1, 1, 10},
                                             {WPI_TABLE_SEGMENT, 1, 1, 10},
                                             {WPI_TABLE_SEGMENT, 3, 1, 0},
                                             {WPI_TABLE_CONSENT, 1, 1, 10},
                                             {WPI_TABLE_BARRIER, 3, 1, 0},
                                             {WPI_TABLE_PERSON, 4, 1, 10},
                                             {WPI_TABLE_PERSON, 255, 1, 0},
                                             {WPI_TABLE_PERSON, 1, 0, 10},
                                             {WPI_TABLE_PERSON, 1, 65, 10},
                                             {WPI_TABLE_PERSON, 3, 65, 0},
                                             {WPI_TABLE_PERSON, 1, 65535, 9},
                                             {WPI_TABLE_PERSON, 3, 1, 9},
                                             {WPI_TABLE_PERSON, 1, 1, 8},
                                             {WPI_TABLE_PERSON, 2, 1, 0},
                                             {WPI_TABLE_PERSON, 1, 1, ROW_BYTES},
                                             {WPI_TABLE_PERSON, 1, 1, UINT32_MAX}};

static void refuse_begin(wpi_store *store, bool is_write)
{
    wpi_store_txn *txn;
    wp_error why = {WP_OK, ""};
    assert_int_equal(wpi_store_begin(store, is_write, &txn, &why), WP_ECORRUPT);
    assert_null(txn);
    assert_non_null(strstr(why.message, "malformed"));
}

/* The file has one fault, and without it all that it had; it is removed. */
static void check_and_salvage(const char *path)
{
    wpi_salvage salvage = {.fault = NULL};
    char *copy = strdup(scratch_path("salvaged"));
    uint64_t faults;
    EXPECT_OK(wpi_store_check_file(path, NULL, NULL, &faults, &err));
    assert_int_equal(faults, 1);
    EXPECT_OK(wpi_store_salvage(path, copy, &salvage, &err));
    expect_file_of_rows(copy, 0);
    assert_int_equal(unlink(copy), 0);
    assert_int_equal(unlink(path), 0);
    free(copy);
}

/* Neither reads nor writes go by what such a file says, and nothing else falls over it. */
static void refuse_file(wpi_store *store, const char *path)
{
    const wpi_store_rebuild_options nothing = {NULL, NULL, NULL};
    char *copy = strdup(scratch_path("refused-copy"));
    refuse_begin(store, false);
    refuse_begin(store, true);
    assert_int_equal(wpi_store_rebuild(store, &nothing, NULL), WP_ECORRUPT);
    assert_int_equal(wpi_store_backup(store, copy, NULL, NULL), WP_ECORRUPT);
    wpi_store_close(store);
    store = fixture_open(path);
    refuse_begin(store, true);
    refuse_begin(store, false);
    wpi_store_close(store);
    check_and_salvage(path);
    free(copy);
}

static void row__with_a_malformed_record_is_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof malformations / sizeof *malformations; i++) {
        const malformation *of = &malformations[i];
        for (int is_second = 0; is_second < 2; is_second++) {
            row made = {.used = 0};
            char *path = fixture_create("malformed");
            wpi_store *store = open_with_rows(path);
            if (is_second)
                add_person(&made, "sound", "1");
            size_t bytes = of->key_bytes + of->value_bytes;
            memset(add_head(&made, of->table, of->kind, of->key_bytes, of->value_bytes), 'k',
                   bytes < 100 ? bytes : 100);
            put_row(store, 1000, &made);
            refuse_file(store, path);
            free(path);
        }
    }
}

static void row__with_a_malformed_key_is_refused(void **state)
{
    (void)state;
    static const unsigned char beyond[8] = {0x7f, 255, 255, 255, 255, 255, 255, 255};
    static const wpi_slice keys[] = {{"\0\0\0\0\0\0\1", 7}, {"\0\0\0\0\0\0\0\0\1", 9}, {beyond, 8}};
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        row made = {.used = 0};
        char *path = fixture_create("malformed-key");
        wpi_store *store = open_with_rows(path);
        add_person(&made, "sound", "1");
        put_row_at(store, keys[i], &made);
        refuse_file(store, path);
        free(path);
    }
}

static void row__is_refused_when_what_is_in_the_trees_is_not_known(void **state)
{
    (void)state;
    static const unsigned char beyond[8] = {255, 255, 255, 255, 255, 255, 255, 0x7f};
    static const wpi_slice told[] = {{beyond, 8}, {beyond, 7}, {NULL, 0}};
    for (size_t i = 0; i < sizeof told / sizeof *told; i++) {
        char *path = fixture_create("malformed-folded");
        wpi_store *store = open_with_rows(path);
        wpi_store_txn *txn = fixture_begin(store, true);
        EXPECT_OK(wpi_recent_fold(txn, &err));
        EXPECT_OK(wpi_store_put(txn, WPI_TABLE_META, fixture_text("folded"), told[i], 1, &err));
        fixture_commit(txn);
        refuse_begin(store, true);
        wpi_store_close(store);
        check_and_salvage(path);
        free(path);
    }
}

/* --- copies --- */

static void store_rebuild__leaves_no_rows(void **state)
{
    (void)state;
    const wpi_store_rebuild_options nothing = {NULL, NULL, NULL};
    char *path = fixture_create("rebuilt");
    wpi_store *store = open_with_rows(path);
    EXPECT_OK(wpi_store_rebuild(store, &nothing, &err));
    expect_of_rows(store);
    assert_int_equal(rows_of(store), 0);
    fixture_store(store, "after", "1");
    assert_int_equal(rows_of(store), 1);
    expect(store, "after", "1");
    remove_person(store, "after");
    expect_of_rows(store);
    wpi_store_close(store);
    expect_file_of_rows(path, 2);
    free(path);
}

static void store_backup__has_the_rows_or_what_they_say(void **state)
{
    (void)state;
    const wpi_store_rebuild_options by_record = {"marked", NULL, NULL};
    char *path = fixture_create("backed-up");
    char *pages = strdup(scratch_path("by-page")), *records = strdup(scratch_path("by-record"));
    wpi_store *store = open_with_rows(path);
    EXPECT_OK(wpi_store_backup(store, pages, &by_record, &err));
    expect_file_of_rows(pages, 3);
    wpi_store_txn *txn = fixture_begin(store, true);
    EXPECT_OK(
        wpi_store_put(txn, WPI_TABLE_META, fixture_text("marked"), fixture_text("1"), 1, &err));
    fixture_commit(txn);
    EXPECT_OK(wpi_store_backup(store, records, &by_record, &err));
    expect_file_of_rows(records, 0);
    wpi_store_close(store);
    free(records);
    free(pages);
    free(path);
}

static void note_table(void *context, const char *table, uint64_t found, uint64_t lost)
{
    uint64_t *people = context;
    if (strcmp(table, "person") == 0)
        *people = found;
    assert_int_equal(lost, 0);
}

static void store_salvage__reads_as_the_file_with_rows(void **state)
{
    (void)state;
    uint64_t people = 0;
    wpi_salvage salvage = {.table = note_table, .context = &people};
    char *path = fixture_create("salvaged-from"), *to = strdup(scratch_path("salvaged"));
    wpi_store *store = open_with_rows(path);
    EXPECT_OK(wpi_store_salvage(path, to, &salvage, &err));
    assert_int_equal(people, 4);
    expect_file_of_rows(to, 3);
    wpi_store_close(store);
    store = fixture_open(to);
    fixture_store(store, "after", "1");
    expect(store, "after", "1");
    fold(store);
    expect(store, "after", "1");
    expect(store, "both", "new");
    expect(store, "deleted", NULL);
    wpi_store_close(store);
    free(to);
    free(path);
}

/* Whether a person is as stated; text NULL: there is none. A child cannot fail a cmocka test. */
static bool reads(wpi_store_txn *txn, const char *name, const char *text)
{
    wpi_slice value;
    wp_status status = wpi_store_get(txn, WPI_TABLE_PERSON, fixture_text(name), &value, NULL, NULL);
    if (text == NULL)
        return status == WP_ENOTFOUND;
    return status == WP_OK && value.bytes == strlen(text) &&
           memcmp(value.data, text, value.bytes) == 0;
}

static void count_fault(void *context, const char *table, const char *place, const char *what)
{
    (void)table;
    (void)place;
    (void)what;
    ++*(unsigned *)context;
}

/* Salvage a file in which a page is lost: what it is to say it says, or faults were told. */
static void salvage_damaged(const char *damaged, const char *to)
{
    unsigned faults = 0;
    uint64_t left;
    wpi_salvage salvage = {.fault = count_fault, .context = &faults};
    EXPECT_OK(wpi_store_salvage(damaged, to, &salvage, &err));
    EXPECT_OK(wpi_store_check_file(to, NULL, NULL, &left, &err));
    assert_int_equal(left, 0);
    wpi_store *store = fixture_open(to);
    wpi_store_txn *txn = fixture_begin(store, false);
    bool is_whole = reads(txn, "both", "new") && reads(txn, "deleted", NULL) &&
                    reads(txn, "row", "new") && reads(txn, "tree", "old");
    wpi_store_abort(txn);
    assert_true(is_whole || faults > 0);
    fixture_store(store, "both", "newest");
    expect(store, "both", "newest");
    fold(store);
    expect(store, "both", "newest");
    wpi_store_close(store);
    assert_int_equal(unlink(to), 0);
}

static void store_salvage__of_any_page_lost_can_be_used(void **state)
{
    (void)state;
    size_t bytes;
    char *path = fixture_create("damaged-rows"), *to = strdup(scratch_path("mended-rows"));
    wpi_store_close(open_with_rows(path));
    unsigned char *image = fixture_read_file(path, &bytes);
    for (size_t at = 2 * PAGE_BYTES; at < bytes; at += PAGE_BYTES) {
        unsigned char page[PAGE_BYTES];
        memcpy(page, image + at, PAGE_BYTES);
        memset(image + at, 0, PAGE_BYTES);
        fixture_write_file(path, image, bytes);
        salvage_damaged(path, to);
        memcpy(image + at, page, PAGE_BYTES);
    }
    free(image);
    free(to);
    free(path);
}

/* --- processes --- */

static bool puts_person(wpi_store_txn *txn, const char *name, const char *text)
{
    return wpi_store_put(txn, WPI_TABLE_PERSON, fixture_text(name), fixture_text(text), 1, NULL) ==
           WP_OK;
}

/* Find what the other process stored last, delete it and store something else. */
static bool take_turn(wpi_store *store, int turn)
{
    wpi_store_txn *txn;
    char mine[24], other[24];
    (void)snprintf(other, sizeof other, "key %d", turn - 1);
    (void)snprintf(mine, sizeof mine, "key %d", turn);
    if (wpi_store_begin(store, false, &txn, NULL) != WP_OK)
        return false;
    bool is_right = reads(txn, "last", other + 4) && reads(txn, other, other + 4);
    wpi_store_abort(txn);
    if (!is_right || wpi_store_begin(store, true, &txn, NULL) != WP_OK)
        return false;
    is_right = reads(txn, other, other + 4) && puts_person(txn, "last", mine + 4) &&
               puts_person(txn, mine, mine + 4) &&
               wpi_store_delete(txn, WPI_TABLE_PERSON, fixture_text(other), NULL) == WP_OK &&
               (turn % 50 > 1 || wpi_recent_fold(txn, NULL) == WP_OK);
    return wpi_store_commit(txn, NULL) == WP_OK && is_right;
}

static bool take_turns(wpi_store *store, int from, int to, int first)
{
    char go;
    for (int turn = first; turn <= TURNS; turn += 2) {
        if (read(from, &go, 1) != 1 || !take_turn(store, turn))
            return false;
        if (turn < TURNS && write(to, &go, 1) != 1)
            return false;
    }
    return true;
}

static void take_turns_as_child(const char *path, const int *there, const int *back)
{
    wpi_store *store;
    (void)close(there[1]);
    (void)close(back[0]);
    bool is_right = wpi_store_open(path, NULL, &store, NULL) == WP_OK &&
                    take_turns(store, there[0], back[1], 2);
    wpi_store_close(store);
    _exit(is_right ? 0 : 1);
}

static void store__sees_what_another_process_commits(void **state)
{
    (void)state;
    int there[2], back[2], code;
    char *path = fixture_create("processes");
    assert_int_equal(pipe(there), 0);
    assert_int_equal(pipe(back), 0);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0)
        take_turns_as_child(path, there, back);
    wpi_store *store = fixture_open(path);
    fixture_store(store, "last", "0");
    fixture_store(store, "key 0", "0");
    wpi_store_txn *old = fixture_begin(store, false);
    assert_int_equal(write(back[1], "", 1), 1);
    assert_int_equal(close(back[1]) | close(there[0]), 0);
    assert_true(take_turns(store, back[0], there[1], 1));
    assert_int_equal(waitpid(child, &code, 0), child);
    assert_int_equal(code, 0);
    assert_int_equal(close(back[0]) | close(there[1]), 0);
    fixture_expect(old, "last", "0");
    fixture_expect(old, "key 0", "0");
    fixture_expect_none(old, "key 1");
    wpi_store_abort(old);
    wpi_store_close(store);
    free(path);
}

/* Open for reading alone, before and after another process commits and folds. */
static bool reads_alone(const char *path, int from, int to)
{
    wp_open_options options = WP_OPEN_OPTIONS_INIT;
    wpi_store *store;
    wpi_store_txn *before, *after;
    char go = 0;
    options.is_read_only = true;
    if (wpi_store_open(path, &options, &store, NULL) != WP_OK ||
        wpi_store_begin(store, false, &before, NULL) != WP_OK)
        return false;
    if (write(to, &go, 1) != 1 || read(from, &go, 1) != 1 ||
        wpi_store_begin(store, false, &after, NULL) != WP_OK)
        return false;
    bool is_right = reads(before, "both", "new") && reads(before, "deleted", NULL) &&
                    reads(before, "row", "new") && reads(before, "tree", "old") &&
                    reads(after, "both", NULL) && reads(after, "row", "newer");
    wpi_store_abort(before);
    wpi_store_abort(after);
    wpi_store_close(store);
    return is_right;
}

static void store__open_for_reading_alone_sees_what_is_committed(void **state)
{
    (void)state;
    for (int is_folded = 0; is_folded < 2; is_folded++) {
        int there[2], back[2], code;
        char go, *path = fixture_create("read-only");
        assert_int_equal(pipe(there) | pipe(back), 0);
        pid_t child = fork();
        assert_true(child >= 0);
        if (child == 0) {
            bool is_ready = close(there[1]) == 0 && read(there[0], &go, 1) == 1;
            _exit(is_ready && reads_alone(path, there[0], back[1]) ? 0 : 1);
        }
        wpi_store *store = open_with_rows(path);
        assert_int_equal(close(back[1]) | close(there[0]), 0);
        assert_int_equal(write(there[1], "", 1), 1);
        assert_int_equal(read(back[0], &go, 1), 1);
        remove_person(store, "both");
        fixture_store(store, "row", "newer");
        if (is_folded)
            fold(store);
        assert_int_equal(write(there[1], "", 1), 1);
        assert_int_equal(waitpid(child, &code, 0), child);
        assert_int_equal(code, 0);
        assert_int_equal(close(back[0]) | close(there[1]), 0);
        wpi_store_close(store);
        assert_int_equal(unlink(path), 0);
        free(path);
    }
}

static void reader__that_is_too_old_lets_go_of_its_records(void **state)
{
    (void)state;
    struct timespec wait = {0, 10000000};
    char *path = fixture_create("old");
    wp_open_options options = WP_OPEN_OPTIONS_INIT;
    wpi_store *store;
    options.reader_age_max_ms = 20;
    wpi_store_close(open_with_rows(path));
    EXPECT_OK(wpi_store_open(path, &options, &store, &err));
    wpi_store_txn *old = fixture_begin(store, false);
    fixture_expect(old, "both", "new");
    wpi_store_rest(old);
    wp_status status = WP_OK;
    for (int i = 0; i < 500 && status == WP_OK; i++) {
        fixture_store(store, "row", i % 2 == 0 ? "newer" : "new");
        (void)nanosleep(&wait, NULL);
        status = wpi_store_resume(old, NULL);
        if (status == WP_OK)
            wpi_store_rest(old);
    }
    assert_int_equal(status, WP_ESTALE);
    expect(store, "both", "new");
    wpi_store_abort(old);
    expect(store, "deleted", NULL);
    wpi_store_close(store);
    free(path);
}

/* --- limits --- */

static void store__stays_small_under_small_commits(void **state)
{
    (void)state;
    struct stat info;
    char value[16];
    char *path = fixture_create("bounded");
    wp_open_options options = WP_OPEN_OPTIONS_INIT;
    wpi_store *store;
    EXPECT_OK(wpi_store_open(path, &options, &store, &err));
    assert_int_equal(mdb_env_set_flags(store->environment, MDB_NOSYNC, 1), 0);
    for (int i = 0; i < 5000; i++) {
        (void)snprintf(value, sizeof value, "%d", i);
        fixture_store(store, "k", value);
    }
    assert_true(rows_of(store) <= 64);
    assert_int_equal(stat(path, &info), 0);
    assert_true(info.st_size < 2 << 20);
    wpi_store_close(store);
    free(path);
}

/* Pages of the map behind the last one in use. */
static uint64_t pages_left(const wpi_store *store)
{
    MDB_envinfo info;
    assert_int_equal(mdb_env_info(store->environment, &info), 0);
    return info.me_mapsize / PAGE_BYTES - info.me_last_pgno - 1;
}

static wp_status put_some(wpi_store *store, unsigned *count, unsigned more)
{
    static const char payload[3900] = "filler";
    wpi_store_txn *txn = fixture_begin(store, true);
    wp_status status = WP_OK;
    for (unsigned i = 0; i < more && status == WP_OK; i++) {
        char key[16];
        (void)snprintf(key, sizeof key, "%08u", (*count)++ * 7919 % 100000);
        status = wpi_store_put(txn, WPI_TABLE_PERSON, fixture_text(key),
                               (wpi_slice){payload, sizeof payload}, 1, NULL);
    }
    if (status == WP_OK)
        return wpi_store_commit(txn, NULL);
    wpi_store_abort(txn);
    return status;
}

/* While a reader lives nothing is free, so every commit is written behind the last page. */
static void commit__leaves_the_reserve_of_the_map(void **state)
{
    (void)state;
    for (unsigned more = 1; more < 64; more += 31) {
        wp_open_options options = WP_OPEN_OPTIONS_INIT;
        wpi_store *store;
        unsigned count = 0, deleted = 0;
        char *path = fixture_create("full");
        options.map_bytes = 32 << 20;
        EXPECT_OK(wpi_store_open(path, &options, &store, &err));
        assert_int_equal(mdb_env_set_flags(store->environment, MDB_NOSYNC, 1), 0);
        wpi_store_txn *reading = fixture_begin(store, false);
        uint64_t reserve = wpi_reserve_pages(store);
        while (put_some(store, &count, more) == WP_OK) {
        }
        assert_true(pages_left(store) + reserve / 16 >= reserve); /* free pages are listed */
        for (; deleted < 20; deleted++) {
            char key[16];
            (void)snprintf(key, sizeof key, "%08u", deleted * 7919 % 100000);
            remove_person(store, key);
        }
        wpi_store_abort(reading);
        wpi_store_close(store);
        assert_int_equal(unlink(path), 0);
        free(path);
    }
}

/* Whatever allocation fails, the snapshot is read later, and a change that failed left nothing. */
static void store__survives_every_allocation_failing(void **state)
{
    (void)state;
    char *path = fixture_create("memory");
    wpi_store *store = open_with_rows(path);
    for (int folds = 0; folds < 2; folds++) {
        wp_status status = WP_ENOMEM;
        for (unsigned left = 0; status != WP_OK; left++) {
            wpi_store_txn *txn;
            wpi_recent_forget(store); /* so that rows are read */
            memory_leave(left);
            status = wpi_store_begin(store, true, &txn, NULL);
            if (status == WP_OK) {
                status = folds ? wpi_recent_fold(txn, NULL) : WP_OK;
                if (status == WP_OK)
                    status = wpi_store_put(txn, WPI_TABLE_PERSON, fixture_text("both"),
                                           fixture_text("newer"), 1, NULL);
                if (status == WP_OK)
                    status = wpi_store_delete(txn, WPI_TABLE_PERSON, fixture_text("row"), NULL);
                if (status == WP_OK)
                    status = wpi_store_commit(txn, NULL);
                else
                    wpi_store_abort(txn);
            }
            memory_leave_all();
            assert_int_equal(status, status == WP_OK ? WP_OK : WP_ENOMEM);
            if (status != WP_OK)
                expect_of_rows(store);
        }
        expect(store, "both", "newer");
        expect(store, "row", NULL);
        fixture_store(store, "both", "new");
        fixture_store(store, "row", "new");
    }
    wpi_store_close(store);
    free(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(row__that_is_in_the_trees_changes_nothing),
        cmocka_unit_test(rows__are_applied_in_order),
        cmocka_unit_test(row__with_a_malformed_record_is_refused),
        cmocka_unit_test(row__with_a_malformed_key_is_refused),
        cmocka_unit_test(row__is_refused_when_what_is_in_the_trees_is_not_known),
        cmocka_unit_test(store_rebuild__leaves_no_rows),
        cmocka_unit_test(store_backup__has_the_rows_or_what_they_say),
        cmocka_unit_test(store_salvage__reads_as_the_file_with_rows),
        cmocka_unit_test(store_salvage__of_any_page_lost_can_be_used),
        cmocka_unit_test(store__sees_what_another_process_commits),
        cmocka_unit_test(store__open_for_reading_alone_sees_what_is_committed),
        cmocka_unit_test(reader__that_is_too_old_lets_go_of_its_records),
        cmocka_unit_test(store__stays_small_under_small_commits),
        cmocka_unit_test(commit__leaves_the_reserve_of_the_map),
        cmocka_unit_test_teardown(store__survives_every_allocation_failing, memory_restore),
    };
    return scratch_end(cmocka_run_group_tests(tests, NULL, NULL));
}
