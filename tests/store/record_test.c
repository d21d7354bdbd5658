/*
 * Records and cursors: what was put is found, in order, with its version; what was damaged is
 * refused by its checksum; cursors survive deletes under them. A random run is compared with a
 * plain array of records. --seed N replays.
 */
#include "fixture.h"
#include "random.h"

#include <fcntl.h>

#define MODEL_KEYS 400

static random_arguments arguments = {4711, 20000};

static void store_put__is_read_back(void **state)
{
    (void)state;
    char *path = fixture_create("put");
    wpi_store *store = fixture_open(path);
    wpi_store_txn *txn = fixture_begin(store, true);
    wpi_slice value;
    uint8_t version = 0;
    fixture_put(txn, "ann", "first");
    fixture_put(txn, "ann", "second");
    fixture_put(txn, "empty", "");
    fixture_expect(txn, "ann", "second");
    fixture_commit(txn);
    txn = fixture_begin(store, false);
    fixture_expect(txn, "ann", "second");
    fixture_expect(txn, "empty", "");
    fixture_expect_none(txn, "bob");
    EXPECT_OK(wpi_store_get(txn, WPI_TABLE_PERSON, fixture_text("ann"), &value, &version, &err));
    assert_int_equal(version, 1);
    assert_int_equal(wpi_store_get(txn, WPI_TABLE_COMPANY, fixture_text("ann"), &value, NULL, NULL),
                     WP_ENOTFOUND);
    wpi_store_abort(txn);
    wpi_store_close(store);
    free(path);
}

static void store_put__takes_values_of_every_size(void **state)
{
    (void)state;
    static const size_t sizes[] = {0,    1,    2020, 2021,  2029,    2030,      2039,
                                   2048, 4071, 4072, 65536, 1048576, 16u << 20, 3};
    char *path = fixture_create("sizes");
    wpi_store *store = fixture_open(path);
    unsigned char *payload = malloc(16u << 20);
    assert_non_null(payload);
    for (size_t i = 0; i < 16u << 20; i++)
        payload[i] = (unsigned char)(i * 31 >> 3);
    for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        wpi_store_txn *txn = fixture_begin(store, true);
        wpi_slice value;
        EXPECT_OK(wpi_store_put(txn, WPI_TABLE_SEGMENT, fixture_text("segments"),
                                (wpi_slice){payload, sizes[i]}, 9, &err));
        fixture_commit(txn);
        txn = fixture_begin(store, false);
        EXPECT_OK(
            wpi_store_get(txn, WPI_TABLE_SEGMENT, fixture_text("segments"), &value, NULL, &err));
        assert_int_equal(value.bytes, sizes[i]);
        assert_int_equal((uintptr_t)value.data % (sizes[i] > 2048 ? 8 : 2), 0);
        assert_int_equal(memcmp(value.data, payload, sizes[i]), 0);
        wpi_store_abort(txn);
    }
    free(payload);
    wpi_store_close(store);
    free(path);
}

static void store_put__refuses_what_is_out_of_range(void **state)
{
    (void)state;
    char *path = fixture_create("range");
    wpi_store *store = fixture_open(path);
    wpi_store_txn *txn = fixture_begin(store, true);
    static const char key[WPI_KEY_BYTES_MAX + 1] = "k";
    wpi_slice value = {"v", 1};
    assert_int_equal(wpi_store_put(txn, WPI_TABLE_TIE, (wpi_slice){key, 0}, value, 1, NULL),
                     WP_EINVAL);
    assert_int_equal(
        wpi_store_put(txn, WPI_TABLE_TIE, (wpi_slice){key, sizeof(key)}, value, 1, NULL),
        WP_EINVAL);
    value.bytes = (size_t)WPI_VALUE_BYTES_MAX + 1;
    assert_int_equal(wpi_store_put(txn, WPI_TABLE_TIE, (wpi_slice){key, 1}, value, 1, NULL),
                     WP_EINVAL);
    value.bytes = 1;
    assert_int_equal(wpi_store_delete(txn, WPI_TABLE_TIE, (wpi_slice){key, 0}, NULL), WP_EINVAL);
    EXPECT_OK(
        wpi_store_put(txn, WPI_TABLE_TIE, (wpi_slice){key, WPI_KEY_BYTES_MAX}, value, 1, &err));
    fixture_commit(txn); /* Refused arguments are no failure of the transaction. */
    txn = fixture_begin(store, false);
    assert_int_equal(wpi_store_put(txn, WPI_TABLE_TIE, (wpi_slice){key, 1}, value, 1, NULL),
                     WP_EREADONLY);
    assert_int_equal(wpi_store_delete(txn, WPI_TABLE_TIE, (wpi_slice){key, 1}, NULL), WP_EREADONLY);
    assert_int_equal(wpi_store_get(txn, WPI_TABLE_TIE, (wpi_slice){NULL, 1}, &value, NULL, NULL),
                     WP_EINVAL);
    assert_int_equal(
        wpi_store_get_unverified(txn, WPI_TABLE_TIE, (wpi_slice){key, sizeof(key)}, &value, NULL),
        WP_EINVAL);
    wpi_store_abort(txn);
    wpi_store_close(store);
    free(path);
}

static void store_delete__removes_one_record(void **state)
{
    (void)state;
    char *path = fixture_create("delete");
    wpi_store *store = fixture_open(path);
    wpi_store_txn *txn = fixture_begin(store, true);
    uint64_t count;
    wp_error untouched = {WP_OK, "untouched"};
    fixture_put(txn, "a", "1");
    fixture_put(txn, "b", "2");
    EXPECT_OK(wpi_store_delete(txn, WPI_TABLE_PERSON, fixture_text("a"), &err));
    assert_int_equal(wpi_store_delete(txn, WPI_TABLE_PERSON, fixture_text("a"), &untouched),
                     WP_ENOTFOUND);
    assert_string_equal(untouched.message, "untouched");
    EXPECT_OK(wpi_store_count(txn, WPI_TABLE_PERSON, &count, &err));
    assert_int_equal(count, 1);
    fixture_commit(txn);
    txn = fixture_begin(store, false);
    fixture_expect_none(txn, "a");
    fixture_expect(txn, "b", "2");
    wpi_store_abort(txn);
    wpi_store_close(store);
    free(path);
}

static void store_abort__undoes_everything(void **state)
{
    (void)state;
    char *path = fixture_create("abort");
    wpi_store *store = fixture_open(path);
    fixture_store(store, "kept", "1");
    wpi_store_txn *txn = fixture_begin(store, true);
    assert_true(wpi_store_is_write(txn));
    fixture_put(txn, "kept", "2");
    fixture_put(txn, "lost", "3");
    wpi_store_abort(txn);
    txn = fixture_begin(store, false);
    assert_false(wpi_store_is_write(txn));
    fixture_expect(txn, "kept", "1");
    fixture_expect_none(txn, "lost");
    wpi_store_abort(txn);
    wpi_store_abort(NULL);
    wpi_store_close(store);
    free(path);
}

static void store_begin__sees_one_snapshot(void **state)
{
    (void)state;
    char *path = fixture_create("snapshot");
    wpi_store *store = fixture_open(path);
    fixture_store(store, "k", "old");
    wpi_store_txn *before = fixture_begin(store, false);
    fixture_store(store, "k", "new");
    wpi_store_txn *after = fixture_begin(store, false);
    fixture_expect(before, "k", "old");
    fixture_expect(after, "k", "new");
    assert_true(wpi_store_snapshot(after) > wpi_store_snapshot(before));
    assert_int_equal(wpi_store_reader_count(store), 2);
    wpi_store_abort(before);
    wpi_store_abort(after);
    assert_int_equal(wpi_store_reader_count(store), 0);
    wpi_store_close(store);
    free(path);
}

static void store_release_pages__leaves_what_is_read(void **state)
{
    (void)state;
    char *path = fixture_create("release");
    wpi_store *store = fixture_open(path);
    fixture_store(store, "k", "committed");
    wpi_store_txn *txn = fixture_begin(store, false);
    wpi_store_release_pages(txn);
    fixture_expect(txn, "k", "committed");
    wpi_store_abort(txn);
    txn = fixture_begin(store, true);
    fixture_put(txn, "k", "changed");
    wpi_store_release_pages(txn);
    fixture_expect(txn, "k", "changed");
    fixture_commit(txn);
    txn = fixture_begin(store, false);
    fixture_expect(txn, "k", "changed");
    wpi_store_abort(txn);
    wpi_store_close(store);
    free(path);
}

static void cursor_next__gives_all_in_order(void **state)
{
    (void)state;
    char *path = fixture_create("order");
    wpi_store *store = fixture_open(path);
    wpi_store_txn *txn = fixture_begin(store, true);
    wpi_store_cursor *cursor = NULL;
    wpi_slice key;
    wpi_slice value;
    EXPECT_OK(wpi_store_cursor_open(txn, WPI_TABLE_PERSON, &cursor, &err));
    assert_int_equal(wpi_store_cursor_next(cursor, &key, &value, NULL), WP_ENOTFOUND);
    assert_int_equal(wpi_store_cursor_seek(cursor, (wpi_slice){NULL, 0}, &key, &value, NULL),
                     WP_ENOTFOUND);
    wpi_store_cursor_close(cursor);
    for (int i = 999; i >= 0; i--) {
        char name[16];
        (void)snprintf(name, sizeof(name), "%04d", i * 2);
        fixture_put(txn, name, name);
    }
    EXPECT_OK(wpi_store_cursor_open(txn, WPI_TABLE_PERSON, &cursor, &err));
    for (int i = 0; i < 1000; i++) {
        char name[16];
        (void)snprintf(name, sizeof(name), "%04d", i * 2);
        EXPECT_OK(wpi_store_cursor_next(cursor, &key, &value, &err));
        assert_memory_equal(key.data, name, 4);
        assert_memory_equal(value.data, name, 4);
    }
    assert_int_equal(wpi_store_cursor_next(cursor, &key, &value, NULL), WP_ENOTFOUND);
    assert_int_equal(wpi_store_cursor_next(cursor, &key, &value, NULL), WP_ENOTFOUND);
    EXPECT_OK(wpi_store_cursor_seek(cursor, fixture_text("0101"), &key, &value, &err));
    assert_memory_equal(key.data, "0102", 4);
    EXPECT_OK(wpi_store_cursor_next(cursor, &key, &value, &err));
    assert_memory_equal(key.data, "0104", 4);
    assert_int_equal(wpi_store_cursor_seek(cursor, fixture_text("2"), &key, &value, NULL),
                     WP_ENOTFOUND);
    assert_int_equal(wpi_store_cursor_next(cursor, &key, &value, NULL), WP_ENOTFOUND);
    wpi_store_cursor_close(cursor);
    wpi_store_cursor_close(NULL);
    wpi_store_abort(txn);
    wpi_store_close(store);
    free(path);
}

static void store_append__puts_every_record_where_it_belongs(void **state)
{
    (void)state;
    char *path = fixture_create("append");
    wpi_store *store = fixture_open(path);
    wpi_store_txn *txn = fixture_begin(store, true);
    static const char *const keys[] = {"b", "d", "c", "d", "e", "a"}; /* not all behind */
    static const char *const values[] = {"1", "2", "3", "4", "5", "6"};
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        EXPECT_OK(wpi_store_append(txn, WPI_TABLE_PERSON, fixture_text(keys[i]),
                                   fixture_text(values[i]), 1, &err));
    fixture_commit(txn);
    txn = fixture_begin(store, false);
    fixture_expect(txn, "a", "6");
    fixture_expect(txn, "b", "1");
    fixture_expect(txn, "c", "3");
    fixture_expect(txn, "d", "4");
    fixture_expect(txn, "e", "5");
    uint64_t count;
    EXPECT_OK(wpi_store_count(txn, WPI_TABLE_PERSON, &count, &err));
    assert_int_equal(count, 5);
    wpi_store_abort(txn);
    wpi_store_close(store);
    free(path);
}

/* Seek back in an empty table, then among even numbers, in a read and in a write transaction. */
static void cursor_seek_back__finds_the_last_at_or_before(void **state)
{
    (void)state;
    char *path = fixture_create("back");
    wpi_store *store = fixture_open(path);
    wpi_store_cursor *cursor = NULL;
    wpi_slice key;
    wpi_slice value;
    for (int count = 0; count <= 2000; count += 1000) {
        wpi_store_txn *txn = fixture_begin(store, count > 0);
        char name[16];
        for (int i = count == 0 ? 0 : count - 1000; i < count; i++) {
            (void)snprintf(name, sizeof(name), "%05d", i * 2 + 2);
            fixture_put(txn, name, name);
        }
        EXPECT_OK(wpi_store_cursor_open(txn, WPI_TABLE_PERSON, &cursor, &err));
        for (int i = 0; i <= 2 * count + 5; i++) {
            int found = i / 2 * 2 < 2 * count ? i / 2 * 2 : 2 * count;
            (void)snprintf(name, sizeof(name), "%05d", i);
            wp_status status =
                wpi_store_cursor_seek_back(cursor, fixture_text(name), &key, &value, NULL);
            assert_int_equal(status, found == 0 ? WP_ENOTFOUND : WP_OK);
            if (found == 0)
                continue;
            (void)snprintf(name, sizeof(name), "%05d", found);
            assert_memory_equal(key.data, name, 5);
            assert_memory_equal(value.data, name, 5);
            status = wpi_store_cursor_next(cursor, &key, &value, NULL);
            assert_int_equal(status, found == 2 * count ? WP_ENOTFOUND : WP_OK);
        }
        wpi_store_cursor_close(cursor);
        if (count > 0)
            fixture_commit(txn);
        else
            wpi_store_abort(txn);
    }
    wpi_store_close(store);
    free(path);
}

static void cursor_next__survives_deletes_under_it(void **state)
{
    (void)state;
    char *path = fixture_create("under");
    wpi_store *store = fixture_open(path);
    wpi_store_txn *txn = fixture_begin(store, true);
    for (int i = 0; i < 3000; i++) {
        char name[16];
        (void)snprintf(name, sizeof(name), "%04d", i);
        fixture_put(txn, name, "a value of some length to fill pages");
    }
    wpi_store_cursor *cursor = NULL;
    wpi_slice key;
    wpi_slice value;
    EXPECT_OK(wpi_store_cursor_open(txn, WPI_TABLE_PERSON, &cursor, &err));
    int seen = 0;
    while (wpi_store_cursor_next(cursor, &key, &value, NULL) == WP_OK) {
        char name[16];
        (void)snprintf(name, sizeof(name), "%04d", seen++);
        assert_memory_equal(key.data, name, 4);
        EXPECT_OK(wpi_store_delete(txn, WPI_TABLE_PERSON, fixture_text(name), &err));
    }
    assert_int_equal(seen, 3000);
    uint64_t count;
    EXPECT_OK(wpi_store_count(txn, WPI_TABLE_PERSON, &count, &err));
    assert_int_equal(count, 0);
    wpi_store_cursor_close(cursor);
    fixture_commit(txn);
    wpi_store_close(store);
    free(path);
}

/* Bytes of the file change after it was opened: a key is as long as no key may be. */
static void cursor_next__survives_a_key_that_grew(void **state)
{
    (void)state;
    enum { KEY = 600, KEY_BEFORE = 5, DATA = 1000 - (KEY - KEY_BEFORE) };
    static char text[1000 - WPI_VALUE_TRAILER_BYTES] = "value";
    size_t bytes;
    wpi_slice key, value;
    char *path = fixture_create("grown");
    wpi_store *store = fixture_open(path);
    wpi_store_txn *txn = fixture_begin(store, true);
    wpi_slice payload = {text, sizeof text};
    EXPECT_OK(wpi_recent_fold(txn, &err));
    EXPECT_OK(wpi_store_put(txn, WPI_TABLE_PERSON, fixture_text("grown"), payload, 1, &err));
    EXPECT_OK(wpi_store_put(txn, WPI_TABLE_PERSON, fixture_text("sound"), payload, 1, &err));
    fixture_commit(txn);
    unsigned char *data = fixture_read_file(path, &bytes);
    unsigned char *node = (unsigned char *)memmem(data, bytes, "grownvalue", 10) - 8;
    const unsigned char header[] = {DATA & 255, DATA >> 8, 0, 0, 0, 0, KEY & 255, KEY >> 8};
    int fd = open(path, O_WRONLY | O_CLOEXEC);
    assert_int_equal(pwrite(fd, header, sizeof header, node - data), sizeof header);
    txn = fixture_begin(store, true);
    wpi_store_cursor *cursor;
    EXPECT_OK(wpi_store_cursor_open(txn, WPI_TABLE_PERSON, &cursor, &err));
    assert_int_equal(wpi_store_cursor_next(cursor, &key, &value, NULL), WP_ECORRUPT);
    assert_int_equal(key.bytes, KEY);
    EXPECT_OK(wpi_store_cursor_next(cursor, &key, &value, &err));
    assert_memory_equal(key.data, "sound", 5);
    wpi_store_cursor_close(cursor);
    wpi_store_abort(txn);
    wpi_store_close(store);
    assert_int_equal(close(fd), 0); /* not before: it drops LMDB's locks */
    free(data);
    free(path);
}

/* A plain array of what should be stored. */
typedef struct model {
    bool is_there[MODEL_KEYS];
    unsigned char fill[MODEL_KEYS];
    size_t bytes[MODEL_KEYS];
} model;

static void model_key(size_t index, char *name)
{
    (void)snprintf(name, 16, "%s%zu", index % 3 == 0 ? "x" : "key", index * 7919 % 1000 + 1000);
}

static int compare_names(const void *a, const void *b)
{
    return strcmp(a, b);
}

/* Walk the table and compare it with the model, record by record. */
static void compare(wpi_store_txn *txn, const model *expected)
{
    char names[MODEL_KEYS][16];
    size_t count = 0;
    for (size_t i = 0; i < MODEL_KEYS; i++) {
        if (expected->is_there[i])
            model_key(i, names[count++]);
    }
    qsort(names, count, sizeof(names[0]), compare_names);
    wpi_store_cursor *cursor = NULL;
    wpi_slice key;
    wpi_slice value;
    EXPECT_OK(wpi_store_cursor_open(txn, WPI_TABLE_EVIDENCE, &cursor, &err));
    for (size_t i = 0; i < count; i++) {
        EXPECT_OK(wpi_store_cursor_next(cursor, &key, &value, &err));
        assert_int_equal(key.bytes, strlen(names[i]));
        assert_memory_equal(key.data, names[i], key.bytes);
    }
    assert_int_equal(wpi_store_cursor_next(cursor, &key, &value, NULL), WP_ENOTFOUND);
    wpi_store_cursor_close(cursor);
    for (size_t i = 0; i < MODEL_KEYS; i++) {
        char name[16];
        model_key(i, name);
        wp_status status =
            wpi_store_get(txn, WPI_TABLE_EVIDENCE, fixture_text(name), &value, NULL, NULL);
        assert_int_equal(status, expected->is_there[i] ? WP_OK : WP_ENOTFOUND);
        if (status != WP_OK)
            continue;
        assert_int_equal(value.bytes, expected->bytes[i]);
        for (size_t j = 0; j < value.bytes; j += 97)
            assert_int_equal(((const unsigned char *)value.data)[j], expected->fill[i]);
    }
}

static void change(wpi_store_txn *txn, model *current, random_source *source)
{
    char name[16];
    size_t index = random_below(source, MODEL_KEYS);
    model_key(index, name);
    if (random_chance(source, 0.45)) {
        wp_status status = wpi_store_delete(txn, WPI_TABLE_EVIDENCE, fixture_text(name), NULL);
        assert_int_equal(status, current->is_there[index] ? WP_OK : WP_ENOTFOUND);
        current->is_there[index] = false;
        return;
    }
    unsigned char payload[9000];
    size_t bytes = random_below(source, random_chance(source, 0.1) ? sizeof(payload) : 200);
    unsigned char fill = (unsigned char)random_bits(source);
    memset(payload, fill, sizeof(payload));
    EXPECT_OK(wpi_store_put(txn, WPI_TABLE_EVIDENCE, fixture_text(name),
                            (wpi_slice){payload, bytes}, 2, &err));
    current->is_there[index] = true;
    current->fill[index] = fill;
    current->bytes[index] = bytes;
}

static void store__agrees_with_a_model_and_stays_valid(void **state)
{
    (void)state;
    static model committed;
    static model current;
    random_source source = random_start(arguments.seed, 0);
    char *path = fixture_create("model");
    wpi_store *store = fixture_open(path);
    uint64_t changes = 0;
    while (changes < arguments.cases) {
        wpi_store_txn *txn = fixture_begin(store, true);
        size_t batch = 1 + random_below(&source, 300);
        changes += batch;
        for (size_t i = 0; i < batch; i++)
            change(txn, &current, &source);
        if (random_chance(&source, 0.2)) {
            wpi_store_abort(txn);
            current = committed;
        } else {
            fixture_commit(txn);
            committed = current;
        }
        txn = fixture_begin(store, false);
        compare(txn, &committed);
        wpi_store_abort(txn);
        if (random_chance(&source, 0.2)) {
            wpi_store_close(store); /* The file is walked at open: it was written just now. */
            store = fixture_open(path);
        }
    }
    wpi_store_close(store);
    free(path);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(store_put__is_read_back),
        cmocka_unit_test(store_put__takes_values_of_every_size),
        cmocka_unit_test(store_put__refuses_what_is_out_of_range),
        cmocka_unit_test(store_delete__removes_one_record),
        cmocka_unit_test(store_abort__undoes_everything),
        cmocka_unit_test(store_begin__sees_one_snapshot),
        cmocka_unit_test(store_release_pages__leaves_what_is_read),
        cmocka_unit_test(cursor_next__gives_all_in_order),
        cmocka_unit_test(store_append__puts_every_record_where_it_belongs),
        cmocka_unit_test(cursor_seek_back__finds_the_last_at_or_before),
        cmocka_unit_test(cursor_next__survives_deletes_under_it),
        cmocka_unit_test(cursor_next__survives_a_key_that_grew),
        cmocka_unit_test(store__agrees_with_a_model_and_stays_valid),
    };
    if (!random_arguments_read(argc, argv, &arguments))
        return 2;
    return scratch_end(cmocka_run_group_tests(tests, NULL, NULL));
}
