/*
 * Each thing that the structural walk demands, broken alone: the file is refused by what is wrong
 * there, and a survey of it tells the same. The same file whole is accepted.
 *
 * The file has a table of two levels with values in pages of their own, and lists of free pages,
 * one of which lies in such pages as well.
 */
#include "base/bytes.h"
#include "fixture.h"
#include "store/meta.h"
#include "store/page.h"

#include <lmdb.h>

#define PAGE 4096
#define NODE_HEADER 8
#define RECORDS 300
#define FREED 300 /* more pages than a list within a page has room for */

static unsigned char *sound, *image; /* what was written, and what a test makes of it */
static size_t image_bytes, newest;   /* offset of the newest meta page */
static char *path;

static void put_many(wpi_store_txn *txn, wpi_table table, const char *prefix, unsigned count,
                     size_t bytes)
{
    char key[32], value[9000];
    memset(value, 'v', sizeof value);
    for (unsigned i = 0; i < count; i++) {
        (void)snprintf(key, sizeof key, "%s%04u", prefix, i);
        EXPECT_OK(wpi_store_put(txn, table, fixture_text(key), (wpi_slice){value, bytes}, 1, &err));
    }
}

static int make_file(void **state)
{
    (void)state;
    path = fixture_create("validate.warmpath");
    wpi_store *store = fixture_open(path);
    wpi_store_txn *txn = fixture_begin(store, true);
    put_many(txn, WPI_TABLE_PERSON, "k", RECORDS, 100);
    put_many(txn, WPI_TABLE_PERSON, "long", 2, 9000);
    put_many(txn, WPI_TABLE_META, "record", 1, 10);
    put_many(txn, WPI_TABLE_META, "as", 1, 10); /* a name as long as that of the format */
    put_many(txn, WPI_TABLE_EVIDENCE, "", FREED, 3000);
    fixture_commit(txn);
    txn = fixture_begin(store, true);
    for (unsigned i = 0; i < FREED; i++) {
        char key[32];
        (void)snprintf(key, sizeof key, "%04u", i);
        EXPECT_OK(wpi_store_delete(txn, WPI_TABLE_EVIDENCE, fixture_text(key), &err));
    }
    fixture_commit(txn);
    wpi_store_close(store);
    sound = fixture_read_file(path, &image_bytes);
    image = fixture_read_file(path, &image_bytes);
    newest = wpi_bytes_get_le64(sound + PAGE + 144) > wpi_bytes_get_le64(sound + 144) ? PAGE : 0;
    return 0;
}

static int remove_file(void **state)
{
    (void)state;
    free(sound);
    free(image);
    free(path);
    scratch_remove();
    return 0;
}

/* ---- where things lie in the file -------------------------------------------------------------
 */

static uint64_t last_page(void)
{
    return wpi_bytes_get_le64(sound + newest + 136);
}

/* The root of the tree that a meta page or a record of the main tree describes. */
static uint64_t root_of(size_t tree)
{
    return wpi_bytes_get_le64(sound + tree + 40);
}

static unsigned count_of(uint64_t page)
{
    return wpi_page_count(sound + page * PAGE);
}

static size_t node_of(uint64_t page, unsigned index)
{
    return page * PAGE +
           wpi_bytes_get_le16(sound + page * PAGE + WPI_PAGE_HEADER_BYTES + 2 * index);
}

static size_t data_of(size_t node)
{
    return node + NODE_HEADER + wpi_bytes_get_le16(sound + node + 6);
}

/* The node of a leaf that has a key; 0: none. */
static size_t find(uint64_t page, const char *key)
{
    for (unsigned i = 0; i < count_of(page); i++) {
        size_t node = node_of(page, i);
        bool is_it = wpi_bytes_get_le16(sound + node + 6) == strlen(key) &&
                     memcmp(sound + node + NODE_HEADER, key, strlen(key)) == 0;
        if (is_it)
            return node;
    }
    return 0;
}

static size_t main_node(const char *table)
{
    size_t node = find(root_of(newest + 88), table);
    assert_true(node > 0);
    return node;
}

static size_t tree_of(const char *table)
{
    return data_of(main_node(table));
}

/* The leaves of the table person: its root is a branch. */
static uint64_t person_leaf(unsigned index)
{
    return wpi_bytes_get_le32(sound + node_of(root_of(tree_of("person")), index));
}

static size_t long_node(void)
{
    size_t node = find(person_leaf(count_of(root_of(tree_of("person"))) - 1), "long0001");
    assert_int_equal(wpi_bytes_get_le16(sound + node + 4), WPI_NODE_IS_LONG);
    return node;
}

/* The first list of free pages that is in pages of its own, or is not. */
static size_t free_node(bool is_long)
{
    uint64_t page = root_of(newest + 40);
    for (unsigned i = 0; i < count_of(page); i++)
        if ((wpi_bytes_get_le16(sound + node_of(page, i) + 4) != 0) == is_long)
            return node_of(page, i);
    fail_msg("there is no such list of free pages");
    return 0;
}

/* ---- breaking one thing -----------------------------------------------------------------------
 */

static void change(size_t at, uint64_t value, size_t bytes)
{
    for (size_t i = 0; i < bytes; i++)
        image[at + i] = (unsigned char)(value >> 8 * i);
}

static void flip(size_t at)
{
    image[at] ^= 1;
}

/* What a survey is to tell, and whether it did. */
static const char *tree_awaited, *fault_awaited;
static bool is_told;

static void take_fault(void *context, const char *table, const char *key, const char *what)
{
    (void)context, (void)key;
    is_told |= strcmp(table, tree_awaited) == 0 && strcmp(what, fault_awaited) == 0;
}

/* The survey of the changed file tells a fault. */
static void expect_told(const char *tree, const char *what)
{
    uint64_t faults;
    is_told = false;
    tree_awaited = tree;
    fault_awaited = what;
    EXPECT_OK(wpi_store_check_file(path, take_fault, NULL, &faults, &err));
    if (!is_told)
        fail_msg("tree %s: \"%s\" is not told", tree, what);
}

/* The changed file is refused with a message that holds a text; the image is whole again. */
static void expect_message(wp_status expected, const char *text)
{
    wpi_store *store = NULL;
    wp_error why = {WP_OK, ""};
    wp_status status = wpi_store_open(path, NULL, &store, &why);
    if (status != expected || strstr(why.message, text) == NULL)
        fail_msg("status %d, \"%s\", expected \"%s\"", (int)status, why.message, text);
    memcpy(image, sound, image_bytes);
}

static void expect(const char *tree, const char *what)
{
    fixture_write_file(path, image, image_bytes);
    expect_told(tree, what);
    expect_message(WP_ECORRUPT, what);
}

static void validate__accepts_the_whole_file(void **state)
{
    (void)state;
    uint64_t faults;
    fixture_write_file(path, image, image_bytes);
    EXPECT_OK(wpi_store_check_file(path, NULL, NULL, &faults, &err));
    assert_int_equal(faults, 0);
    wpi_store_close(fixture_open(path));
}

static void validate__wants_each_page_once_inside_the_file(void **state)
{
    static const char range[] = "a page number is out of range",
                      beyond[] = "a page lies beyond the end of the file";
    (void)state;
    uint64_t root = root_of(tree_of("person"));
    size_t child = node_of(root, 1);
    change(child, 1, 4);
    expect("person", range);
    change(child, last_page() + 1000, 4);
    expect("person", beyond);
    change(child, UINT32_MAX, 4);
    change(child + 4, 1, 2);
    expect("person", beyond);
    change(child, person_leaf(0), 4);
    expect("person", "a page is used twice");
    /* The file is longer than what is used of it. */
    change(newest + 136, last_page() - 1, 8);
    change(child, last_page(), 4);
    expect("person", range);
}

static void validate__wants_pages_of_long_values(void **state)
{
    static const char beyond[] = "a long value lies beyond the end of the file";
    (void)state;
    size_t data = data_of(long_node());
    uint64_t first = wpi_bytes_get_le64(sound + data);
    change(data, 1, 8);
    expect("person", beyond);
    change(data, UINT64_MAX, 8);
    expect("person", beyond);
    change(data, first + 1, 8);
    expect("person", "a long value leads to another kind of page");
    change(first * PAGE + 10, WPI_PAGE_IS_LEAF, 2);
    expect("person", "a long value leads to another kind of page");
    change(first * PAGE + 12, 2, 4);
    expect("person", "a long value has too few pages");
    change(first * PAGE + 12, UINT32_MAX, 4);
    expect("person", "a page lies beyond the end of the file");
}

static void validate__wants_keys_where_they_are_looked_for(void **state)
{
    static const char between[] = "its keys are not between those that lead to it";
    (void)state;
    uint64_t root = root_of(tree_of("person"));
    size_t key = node_of(root, 1) + NODE_HEADER;
    flip(key + 4); /* the last digit: above the first key there, or not above those before */
    if (image[key + 4] > sound[key + 4])
        change(key + 4, sound[key + 4] + 1u, 1);
    expect("person", between);
    change(key + 3, '0', 2);
    change(key + 1, '0', 2);
    expect("person", between);
}

static void validate__wants_what_the_main_tree_says(void **state)
{
    (void)state;
    size_t person = tree_of("person"), tie = tree_of("tie");
    change(person + 4, 4, 2);
    expect("main", "a table has wrong flags");
    change(person + 6, 0, 2);
    expect("person", "the depth of the tree is out of range");
    change(person + 6, 32, 2);
    expect("person", "the depth of the tree is out of range");
    change(person + 32, RECORDS, 8);
    expect("person", "the number of records is wrong");
    change(person + 40, UINT64_MAX, 8);
    expect("person", "an empty tree has records");
    change(tie + 6, 1, 2); /* it is empty */
    expect("tie", "an empty tree has records");
    change(tie + 32, 1, 8);
    expect("tie", "an empty tree has records");
}

static void validate__wants_our_tables_alone(void **state)
{
    (void)state;
    flip(main_node("tie") + NODE_HEADER + 2); /* the last letter */
    fixture_write_file(path, image, image_bytes);
    expect_told("tie", "the table is missing");
    expect_told("main", "there are unknown tables");
    expect_message(WP_ECORRUPT, "table tie is missing");
    flip(main_node("meta") + NODE_HEADER + 3);
    flip(main_node("person") + NODE_HEADER + 5);
    fixture_write_file(path, image, image_bytes);
    expect_message(WP_EFORMAT, "LMDB without our tables");
}

static void validate__wants_records_of_our_kind(void **state)
{
    (void)state;
    uint64_t meta = root_of(tree_of("meta"));
    change(find(meta, "record0000") + 4, WPI_NODE_IS_TREE, 2);
    expect("meta", "a record has flags that no record has");
    flip(data_of(find(meta, "format")));
    expect("meta", "a record of table meta has a wrong checksum");
}

static void validate__wants_lists_of_free_pages(void **state)
{
    static const char order[] = "a list of free pages is not in order",
                      never[] = "a list of free pages is of a snapshot that never was",
                      size[] = "a list of free pages has a wrong size";
    (void)state;
    size_t node = free_node(true), list = wpi_bytes_get_le64(sound + data_of(node)) * PAGE + 16;
    uint64_t bytes = wpi_bytes_get_le32(sound + node);
    change(node + 4, WPI_NODE_IS_LONG | WPI_NODE_IS_TREE, 2);
    expect("free", "a list of free pages has wrong flags");
    change(data_of(node), 1, 8);
    expect("free", "a long value lies beyond the end of the file");
    uint64_t root = root_of(newest + 40);
    change(node_of(root, 0) + NODE_HEADER, 0, 8);
    expect("free", never);
    change(node_of(root, count_of(root) - 1) + NODE_HEADER, UINT64_C(1) << 40, 8);
    expect("free", never);
    change(node, bytes + 1, 4);
    expect("free", size);
    change(node, 7, 4);
    expect("free", size);
    change(list, bytes / 8, 8);
    expect("free", "a list of free pages is longer than its record");
    change(list + 8, wpi_bytes_get_le64(sound + list + 16), 8);
    expect("free", order);
    change(list + 8, last_page() + 1, 8);
    expect("free", order);
    change(list + 8 * wpi_bytes_get_le64(sound + list), 1, 8);
    expect("free", "a page number is out of range");
}

static void validate__wants_free_pages_that_are_free(void **state)
{
    (void)state;
    size_t list = wpi_bytes_get_le64(sound + data_of(free_node(true))) * PAGE + 16;
    uint64_t page = wpi_bytes_get_le64(sound + list + 8);
    memcpy(image + page * PAGE, sound + person_leaf(1) * PAGE, PAGE); /* a leaf moves there */
    change(page * PAGE, page, 8);
    change(node_of(root_of(tree_of("person")), 1), page, 4);
    expect("free", "a page is used twice");
}

/* Mark the nodes of a key as trees, of which they have not the size. */
static void mark_as_tree(const char *key)
{
    size_t bytes;
    unsigned char *data = fixture_read_file(path, &bytes);
    for (size_t i = NODE_HEADER; i + strlen(key) < bytes; i++)
        if (memcmp(data + i, key, strlen(key)) == 0)
            data[i - NODE_HEADER + 4] = WPI_NODE_IS_TREE;
    fixture_write_file(path, data, bytes);
    free(data);
}

/* Put a record into the main tree, as a program does that uses LMDB without this library. */
static void put_stranger(const char *name, size_t bytes, bool is_tree)
{
    static char value[9000];
    MDB_env *environment;
    MDB_txn *txn;
    MDB_dbi dbi;
    MDB_val key = {strlen(name), (void *)(uintptr_t)name}, data = {bytes, value};
    fixture_write_file(path, image, image_bytes);
    assert_int_equal(mdb_env_create(&environment), 0);
    assert_int_equal(mdb_env_open(environment, path, MDB_NOSUBDIR, 0600), 0);
    assert_int_equal(mdb_txn_begin(environment, NULL, 0, &txn), 0);
    assert_int_equal(mdb_dbi_open(txn, NULL, 0, &dbi), 0);
    assert_int_equal(mdb_put(txn, dbi, &key, &data, 0), 0);
    assert_int_equal(mdb_txn_commit(txn), 0);
    mdb_env_close(environment);
    if (is_tree)
        mark_as_tree(name);
    expect_told("main", "there are unknown tables");
    expect_message(WP_ECORRUPT, "1 tables are unknown, expected none");
}

/* Nobody reads the values before they are asked for. */
static void store_get__refuses_a_record_without_an_envelope(void **state)
{
    (void)state;
    MDB_env *environment;
    MDB_txn *txn;
    MDB_dbi dbi;
    MDB_val key = {3, (void *)(uintptr_t) "odd"}, data = {3, (void *)(uintptr_t) "odd"};
    wp_error why;
    wpi_slice value;
    fixture_write_file(path, image, image_bytes);
    assert_int_equal(mdb_env_create(&environment), 0);
    assert_int_equal(mdb_env_set_maxdbs(environment, 1), 0);
    assert_int_equal(mdb_env_open(environment, path, MDB_NOSUBDIR, 0600), 0);
    assert_int_equal(mdb_txn_begin(environment, NULL, 0, &txn), 0);
    assert_int_equal(mdb_dbi_open(txn, "person", 0, &dbi), 0);
    assert_int_equal(mdb_put(txn, dbi, &key, &data, 0), 0);
    assert_int_equal(mdb_txn_commit(txn), 0);
    mdb_env_close(environment);
    wpi_store *store = fixture_open(path);
    wpi_store_txn *reading = fixture_begin(store, false);
    assert_int_equal(
        wpi_store_get(reading, WPI_TABLE_PERSON, fixture_text("odd"), &value, NULL, &why),
        WP_ECORRUPT);
    assert_string_equal(why.message, "a record of table person has 3 bytes, expected 9");
    assert_int_equal(
        wpi_store_get_unverified(reading, WPI_TABLE_PERSON, fixture_text("odd"), &value, &why),
        WP_ECORRUPT);
    assert_string_equal(why.message, "a record of table person is short");
    wpi_store_abort(reading);
    wpi_store_close(store);
}

static void validate__refuses_records_of_others(void **state)
{
    (void)state;
    put_stranger("stranger", 10, false);
    put_stranger("stranger", 10, true);
    put_stranger("stranger", 9000, false);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(validate__accepts_the_whole_file),
        cmocka_unit_test(validate__wants_each_page_once_inside_the_file),
        cmocka_unit_test(validate__wants_pages_of_long_values),
        cmocka_unit_test(validate__wants_keys_where_they_are_looked_for),
        cmocka_unit_test(validate__wants_what_the_main_tree_says),
        cmocka_unit_test(validate__wants_our_tables_alone),
        cmocka_unit_test(validate__wants_records_of_our_kind),
        cmocka_unit_test(validate__wants_lists_of_free_pages),
        cmocka_unit_test(validate__wants_free_pages_that_are_free),
        cmocka_unit_test(validate__refuses_records_of_others),
        cmocka_unit_test(store_get__refuses_a_record_without_an_envelope),
    };
    return cmocka_run_group_tests(tests, make_file, remove_file);
}
