/*
 * Recent records against a model: whatever is put and deleted, in small and large transactions,
 * committed and aborted, while older snapshots are read and the file is closed and opened again, it
 * reads as a plain array of records says. Records are put into the trees for each of the reasons
 * there are, which is counted. `--seed N --cases N` replays; a case is a database.
 */
#include "fixture.h"
#include "random.h"

#include <lmdb.h>

#include "store/store_internal.h"
#include "warmpath.h"

#define TABLES 4
#define KEYS 150
#define READERS 3
#define VALUE_BYTES_MAX 6144
#define SMALL_MAP ((uint64_t)96 << 20)

static random_arguments arguments = {1702, 25};

/* The keys that records have, in order, and of each table those which are there. */
typedef struct key {
    unsigned char bytes[WPI_KEY_BYTES_MAX + 1];
    size_t count;
} key;

typedef struct model {
    bool is_there[TABLES][KEYS];
    uint32_t seed[TABLES][KEYS];
    size_t bytes[TABLES][KEYS];
} model;

/* A transaction and what it is to see. */
typedef struct reading {
    wpi_store_txn *txn;
    model sees;
} reading;

/* A cursor, and which key it gave last. */
typedef struct walker {
    wpi_store_cursor *cursor;
    unsigned table;
    int last; /* -1: none */
    bool is_at_end;
} walker;

enum reason { BY_RECORDS, BY_ROWS, BY_BYTES, BY_SEGMENT, REASONS };

/* How transactions change things. */
typedef struct mood {
    unsigned changes_max;
    unsigned keys; /* of each table, the first ones */
    size_t bytes_min, bytes_max;
    unsigned transactions;
    double segments; /* so many of the changes are to segments */
} mood;

static const mood moods[] = {{3, KEYS, 0, 40, 90, 0},
                             {1, KEYS, 0, 40, 90, 0},
                             {120, KEYS, 0, 200, 12, 0},
                             {400, 3, 4000, VALUE_BYTES_MAX, 4, 0},
                             {9, KEYS, 0, VALUE_BYTES_MAX, 20, 0.02}};

static const wpi_table tables[TABLES] = {WPI_TABLE_PERSON, WPI_TABLE_TIE, WPI_TABLE_SPELLING,
                                         WPI_TABLE_SEGMENT};

static random_source source;
static key keys[KEYS];
static model committed, current;
static reading readings[READERS];
static wpi_store *store;
static uint64_t folds[REASONS];
static uint64_t walked_over_folds; /* steps of a cursor between which records were folded */

static wpi_slice slice_of(const key *of)
{
    return (wpi_slice){of->bytes, of->count};
}

static int compare_keys(const void *a, const void *b)
{
    const key *x = a, *y = b;
    int order = memcmp(x->bytes, y->bytes, x->count < y->count ? x->count : y->count);
    return order != 0 ? order : (x->count > y->count) - (x->count < y->count);
}

/* A key that has the begin of another, and few different bytes. */
static key make_key(const key *like)
{
    static const unsigned char letters[] = {0, 0, 1, 'a', 255};
    key made = *like;
    size_t count = 1 + random_below(&source, WPI_KEY_BYTES_MAX);
    made.count = random_below(&source, like->count + 1);
    do
        made.bytes[made.count++] = letters[random_below(&source, sizeof letters)];
    while (made.count < count && random_chance(&source, 0.7));
    made.count = made.count > WPI_KEY_BYTES_MAX ? WPI_KEY_BYTES_MAX : made.count;
    return made;
}

/* The first key of those there are that is not below. */
static int find_key(const key *wanted)
{
    int place = 0;
    while (place < KEYS && compare_keys(&keys[place], wanted) < 0)
        place++;
    return place;
}

static void make_keys(void)
{
    static const key none;
    for (int i = 0; i < KEYS; i++) {
        key made = make_key(i == 0 ? &none : &keys[random_below(&source, (size_t)i)]);
        for (int j = 0; j < i; j++) {
            if (compare_keys(&keys[j], &made) != 0)
                continue;
            made = make_key(&keys[random_below(&source, (size_t)i)]);
            j = -1;
        }
        keys[i] = made;
    }
    qsort(keys, KEYS, sizeof *keys, compare_keys);
}

static void make_value(uint32_t seed, unsigned char *value, size_t bytes)
{
    for (size_t i = 0; i < bytes; i++)
        value[i] = (unsigned char)(seed + i * 7 + (i >> 8));
}

static void expect_content(const model *sees, unsigned table, int place, wpi_slice value)
{
    unsigned char expected[VALUE_BYTES_MAX];
    assert_int_equal(value.bytes, sees->bytes[table][place]);
    make_value(sees->seed[table][place], expected, value.bytes);
    assert_int_equal(memcmp(value.data, expected, value.bytes), 0);
    assert_int_equal((uintptr_t)value.data % (value.bytes > 2048 ? 8 : 1), 0);
}

/* --- reading --- */

/* The first record from a place on; KEYS: none. */
static int next_there(const model *sees, unsigned table, int place)
{
    while (place < KEYS && !sees->is_there[table][place])
        place++;
    return place;
}

static void expect_get(wpi_store_txn *txn, const model *sees, unsigned table, int place)
{
    wpi_slice value;
    wp_status status =
        wpi_store_get(txn, tables[table], slice_of(&keys[place]), &value, NULL, NULL);
    assert_int_equal(status, sees->is_there[table][place] ? WP_OK : WP_ENOTFOUND);
    if (status == WP_OK)
        expect_content(sees, table, place, value);
}

static void expect_all(wpi_store_txn *txn, const model *sees)
{
    for (unsigned table = 0; table < TABLES; table++) {
        wpi_store_cursor *cursor;
        wpi_slice found, value;
        uint64_t expected = 0, count;
        EXPECT_OK(wpi_store_cursor_open(txn, tables[table], &cursor, &err));
        for (int i = next_there(sees, table, 0); i < KEYS; i = next_there(sees, table, i + 1)) {
            EXPECT_OK(wpi_store_cursor_next(cursor, &found, &value, &err));
            assert_int_equal(found.bytes, keys[i].count);
            assert_memory_equal(found.data, keys[i].bytes, found.bytes);
            expect_content(sees, table, i, value);
            expected++;
        }
        assert_int_equal(wpi_store_cursor_next(cursor, &found, &value, NULL), WP_ENOTFOUND);
        wpi_store_cursor_close(cursor);
        EXPECT_OK(wpi_store_count(txn, tables[table], &count, &err));
        assert_int_equal(count, expected);
        for (int i = 0; i < 20; i++)
            expect_get(txn, sees, table, (int)random_below(&source, KEYS));
    }
}

static walker open_walker(wpi_store_txn *txn)
{
    walker made = {.table = (unsigned)random_below(&source, TABLES), .last = -1};
    EXPECT_OK(wpi_store_cursor_open(txn, tables[made.table], &made.cursor, &err));
    return made;
}

/* A step of a cursor: on, to a key or back from one, which mostly has no record. */
static void take_step(walker *at, const model *sees)
{
    wpi_slice found, value;
    wp_status status;
    int expected;
    key wanted = make_key(&keys[random_below(&source, KEYS)]);
    if (random_chance(&source, 0.4))
        wanted = keys[random_below(&source, KEYS)];
    int place = find_key(&wanted);
    bool is_exact = place < KEYS && compare_keys(&keys[place], &wanted) == 0;
    if (random_chance(&source, 0.8)) {
        expected = at->is_at_end ? KEYS : next_there(sees, at->table, at->last + 1);
        status = wpi_store_cursor_next(at->cursor, &found, &value, NULL);
    } else if (random_chance(&source, 0.5)) {
        expected = next_there(sees, at->table, place);
        status = wpi_store_cursor_seek(at->cursor, slice_of(&wanted), &found, &value, NULL);
    } else {
        expected = is_exact ? place : place - 1;
        while (expected >= 0 && !sees->is_there[at->table][expected])
            expected--;
        expected = expected < 0 ? KEYS : expected;
        status = wpi_store_cursor_seek_back(at->cursor, slice_of(&wanted), &found, &value, NULL);
    }
    at->is_at_end = expected == KEYS;
    assert_int_equal(status, at->is_at_end ? WP_ENOTFOUND : WP_OK);
    if (at->is_at_end)
        return;
    at->last = expected;
    assert_int_equal(found.bytes, keys[expected].count);
    assert_memory_equal(found.data, keys[expected].bytes, found.bytes);
    expect_content(sees, at->table, expected, value);
}

static void walk(wpi_store_txn *txn, const model *sees)
{
    walker at = open_walker(txn);
    for (int i = 0; i < 60; i++)
        take_step(&at, sees);
    wpi_store_cursor_close(at.cursor);
}

/* Begin, look at or end one of the transactions that read. */
static void use_reading(void)
{
    reading *at = &readings[random_below(&source, READERS)];
    if (at->txn == NULL) {
        at->txn = fixture_begin(store, false);
        at->sees = committed;
        return;
    }
    if (random_chance(&source, 0.5))
        expect_all(at->txn, &at->sees);
    else
        walk(at->txn, &at->sees);
    if (random_chance(&source, 0.15)) {
        wpi_store_abort(at->txn);
        at->txn = NULL;
    }
}

static void end_readings(void)
{
    for (int i = 0; i < READERS; i++) {
        if (readings[i].txn != NULL)
            expect_all(readings[i].txn, &readings[i].sees);
        wpi_store_abort(readings[i].txn);
        readings[i].txn = NULL;
    }
}

/* --- writing --- */

static enum reason reason_of(const wpi_store_txn *txn, unsigned table, uint32_t count,
                             uint32_t rows)
{
    if (tables[table] == WPI_TABLE_SEGMENT)
        return BY_SEGMENT;
    return count >= txn->recent_max ? BY_RECORDS : rows >= 64 ? BY_ROWS : BY_BYTES;
}

static void put(wpi_store_txn *txn, unsigned table, int place, const mood *how)
{
    unsigned char value[VALUE_BYTES_MAX];
    wpi_slice name = slice_of(&keys[place]);
    uint32_t seed = (uint32_t)random_bits(&source);
    size_t bytes = how->bytes_min + random_below(&source, how->bytes_max - how->bytes_min + 1);
    wpi_slice payload = {value, bytes};
    wpi_store_cursor *cursor;
    make_value(seed, value, bytes);
    switch (random_below(&source, 4)) {
    case 0:
        EXPECT_OK(wpi_store_append(txn, tables[table], name, payload, 1, &err));
        break;
    case 1:
        EXPECT_OK(wpi_store_cursor_open(txn, tables[table], &cursor, &err));
        EXPECT_OK(wpi_store_cursor_put(cursor, name, payload, 1, &err));
        wpi_store_cursor_close(cursor);
        break;
    default:
        EXPECT_OK(wpi_store_put(txn, tables[table], name, payload, 1, &err));
    }
    current.is_there[table][place] = true;
    current.seed[table][place] = seed;
    current.bytes[table][place] = bytes;
}

/* Put or delete; whether all recent records were put into the trees for it. */
static bool change(wpi_store_txn *txn, const mood *how)
{
    bool is_segment = random_chance(&source, how->segments);
    unsigned table = is_segment ? TABLES - 1 : (unsigned)random_below(&source, TABLES - 1);
    int place = (int)random_below(&source, how->keys);
    bool was_direct = txn->is_direct;
    uint32_t count = txn->recent->count, rows = txn->recent->rows;
    if (random_chance(&source, 0.6)) {
        put(txn, table, place, how);
    } else {
        wp_status status = wpi_store_delete(txn, tables[table], slice_of(&keys[place]), NULL);
        assert_int_equal(status, current.is_there[table][place] ? WP_OK : WP_ENOTFOUND);
        current.is_there[table][place] = false;
    }
    bool is_folded = txn->is_direct && !was_direct;
    if (is_folded)
        folds[reason_of(txn, table, count, rows)]++;
    return is_folded;
}

static void write_once(const mood *how)
{
    wpi_store_txn *txn = fixture_begin(store, true);
    walker at = open_walker(txn);
    size_t changes = 1 + random_below(&source, how->changes_max);
    bool is_walking = random_chance(&source, 0.5);
    for (size_t i = 0; i < changes; i++) {
        if (is_walking)
            take_step(&at, &current);
        walked_over_folds += change(txn, how) && is_walking;
        if (random_chance(&source, 0.1))
            use_reading();
    }
    if (is_walking)
        take_step(&at, &current);
    wpi_store_cursor_close(at.cursor);
    if (random_chance(&source, 0.1))
        expect_all(txn, &current);
    if (random_chance(&source, 0.15)) {
        wpi_store_abort(txn);
        current = committed;
    } else {
        fixture_commit(txn);
        committed = current;
    }
}

/* Commits do not wait for the disk, which is not what is tested. */
static void open_unsynced(const char *path, uint64_t map_bytes)
{
    wp_open_options options = WP_OPEN_OPTIONS_INIT;
    options.map_bytes = map_bytes;
    EXPECT_OK(wpi_store_open(path, &options, &store, &err));
    assert_int_equal(mdb_env_set_flags(store->environment, MDB_NOSYNC, 1), 0);
}

static void expect_sound(const char *path)
{
    uint64_t faults;
    EXPECT_OK(wpi_store_check_file(path, NULL, NULL, &faults, &err));
    assert_int_equal(faults, 0);
}

static void expect_committed(void)
{
    wpi_store_txn *txn = fixture_begin(store, false);
    expect_all(txn, &committed);
    walk(txn, &committed);
    wpi_store_abort(txn);
}

static void run_case(const char *path, uint64_t map_bytes)
{
    const wpi_store_rebuild_options nothing = {NULL, NULL, NULL};
    open_unsynced(path, map_bytes);
    for (size_t i = 0; i < sizeof moods / sizeof *moods; i++) {
        for (unsigned j = 0; j < moods[i].transactions; j++) {
            write_once(&moods[i]);
            use_reading();
            if (random_chance(&source, 0.05))
                end_readings();
            if (random_chance(&source, 0.1))
                expect_committed();
            if (!random_chance(&source, 0.02))
                continue;
            end_readings();
            if (random_chance(&source, 0.3))
                EXPECT_OK(wpi_store_rebuild(store, &nothing, &err));
            wpi_store_close(store);
            expect_sound(path);
            open_unsynced(path, map_bytes);
            expect_committed();
        }
    }
    end_readings();
    wpi_store_close(store);
    expect_sound(path);
}

static void store__agrees_with_a_model_of_all_snapshots(void **state)
{
    (void)state;
    for (uint64_t i = 0; i < arguments.cases; i++) {
        char *path = fixture_create("model");
        source = random_start(arguments.seed, i);
        committed = current = (model){0};
        make_keys();
        run_case(path, random_chance(&source, 0.5) ? SMALL_MAP : 0);
        assert_int_equal(unlink(path), 0);
        free(path);
    }
    print_message("folded for records %llu, rows %llu, bytes %llu, segments %llu; %llu under a "
                  "cursor\n",
                  (unsigned long long)folds[BY_RECORDS], (unsigned long long)folds[BY_ROWS],
                  (unsigned long long)folds[BY_BYTES], (unsigned long long)folds[BY_SEGMENT],
                  (unsigned long long)walked_over_folds);
    for (int i = 0; i < REASONS; i++)
        assert_true(folds[i] > 0);
    assert_true(walked_over_folds > 0);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(store__agrees_with_a_model_of_all_snapshots),
    };
    if (!random_arguments_read(argc, argv, &arguments))
        return 2;
    return scratch_end(cmocka_run_group_tests(tests, NULL, NULL));
}
