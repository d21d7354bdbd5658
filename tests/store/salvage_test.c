/*
 * Surveys and salvage: a small database with deep trees, long values, deleted records and free
 * pages is damaged at random. Whatever was done to it, the salvaged file is sound, holds every
 * record whose bytes the damage did not touch, with its value, and nothing that was deleted (as
 * long as the meta pages and the list of free pages are whole). `--seed N --cases N` replays.
 */
#include "fixture.h"
#include "random.h"

#include "base/bitset.h"
#include "store/salvage.h"
#include "store/survey.h"

#define RECORDS 700
#define TABLES 3
#define ROUNDS 6
#define DAMAGES_MAX 6
#define PAGE_BYTES 4096
#define VALUE_BYTES_MAX 24000

static random_arguments arguments = {1849, 100};
static unsigned char *image;
static unsigned char *damaged;
static size_t image_bytes;

/* Where the bytes of a record lie in the image. */
typedef struct place {
    size_t node;
    size_t node_bytes;
    size_t data; /* a long value; 0: there is none */
    size_t data_bytes;
    bool is_there;
} place;

static place places[TABLES][RECORDS];

/* Bytes of the image that a survey reads to tell what is free and what is newest. */
static bool is_frame[1 << 16];

static wpi_table table_of(unsigned small)
{
    static const wpi_table tables[TABLES] = {WPI_TABLE_PERSON, WPI_TABLE_TIE, WPI_TABLE_NAME};
    return tables[small];
}

static unsigned small_of(wpi_table table)
{
    for (unsigned i = 0; i < TABLES; i++)
        if (table_of(i) == table)
            return i;
    return TABLES;
}

static void make_key(unsigned index, char *key)
{
    (void)snprintf(key, 32, "key-%06u-%s", index, index % 3 == 0 ? "longer-filler" : "x");
}

static unsigned index_of(wpi_slice key)
{
    char text[40] = "";
    char expected[32];
    unsigned index;
    if (key.bytes >= sizeof(text))
        return RECORDS;
    memcpy(text, key.data, key.bytes);
    if (sscanf(text, "key-%6u", &index) != 1 || index >= RECORDS)
        return RECORDS;
    make_key(index, expected);
    return strcmp(text, expected) == 0 ? index : RECORDS;
}

static size_t make_value(unsigned small, unsigned index, unsigned char *value)
{
    size_t bytes = index % 50 == 7 ? 3000 + index * 13 % 20000 : 20 + index * 7 % 90;
    for (size_t i = 0; i < bytes; i++)
        value[i] = (unsigned char)(index * 131 + small * 17 + i * 3);
    return bytes;
}

/* Whether a record is left in the end: some are deleted and never come back. */
static bool is_kept(unsigned index)
{
    return index % 5 != 2;
}

static void write_round(wpi_store *store, unsigned round)
{
    unsigned char value[VALUE_BYTES_MAX];
    wpi_store_txn *txn = fixture_begin(store, true);
    for (unsigned i = 0; i < RECORDS * TABLES; i++) {
        char key[32];
        unsigned small = i % TABLES, index = i / TABLES;
        make_key(index, key);
        if (round == ROUNDS - 2 && !is_kept(index)) {
            EXPECT_OK(wpi_store_delete(txn, table_of(small), fixture_text(key), &err));
        } else if (round == 0 || (index % ROUNDS == round && is_kept(index))) {
            size_t bytes = make_value(small, index, value);
            EXPECT_OK(wpi_store_put(txn, table_of(small), fixture_text(key),
                                    (wpi_slice){value, bytes}, 1, &err));
        }
    }
    fixture_commit(txn);
}

static wp_status note_fault(void *context, const char *tree, uint64_t page, const char *what,
                            wp_error *err)
{
    (void)context;
    return wpi_error_set(err, WP_ECORRUPT, "%s, page %d: %s", tree, (int)page, what);
}

static wp_status note_gap(void *context, wpi_table table, wpi_slice low, wpi_slice high,
                          wp_error *err)
{
    (void)context, (void)low, (void)high;
    return wpi_error_set(err, WP_ECORRUPT, "%s has a gap", wpi_table_name(table));
}

/* Find the bytes of a record; node.key lies in a copy of its page. */
static wp_status note_record(void *context, wpi_table table, uint64_t page,
                             const wpi_page_node *node, wp_error *err)
{
    (void)context, (void)err;
    unsigned small = small_of(table);
    if (small == TABLES)
        return WP_OK;
    const unsigned char *at = image + page * PAGE_BYTES;
    unsigned index = index_of(node->key);
    assert_in_range(index, 0, RECORDS - 1);
    for (unsigned i = 0; i < wpi_page_count(at); i++) {
        wpi_page_node here = wpi_page_node_at(at, i);
        if (wpi_page_compare(here.key, node->key, false) != 0)
            continue;
        place *of = &places[small][index];
        of->node = (size_t)((const unsigned char *)here.key.data - image) - 8;
        of->node_bytes = 8 + here.key.bytes + here.data.bytes;
        bool is_long = here.flags != 0;
        of->data = is_long ? here.child * PAGE_BYTES + WPI_PAGE_HEADER_BYTES : 0;
        of->data_bytes = is_long ? here.data_bytes : 0;
        of->is_there = true;
    }
    return WP_OK;
}

/* Note the pages of the free tree: those that no table reaches and that are not free. */
static void note_frames(const wpi_survey *survey)
{
    wpi_bitset used = {0};
    for (unsigned small = 0; small < TABLES; small++)
        for (unsigned i = 0; i < RECORDS; i++) {
            const place *of = &places[small][i];
            size_t pages = of->data_bytes == 0 ? 0 : (of->data_bytes + 15) / PAGE_BYTES + 1;
            if (of->is_there)
                EXPECT_OK(wpi_bitset_add(&used, (uint32_t)(of->node / PAGE_BYTES), &err));
            for (size_t j = 0; j < pages; j++)
                EXPECT_OK(wpi_bitset_add(&used, (uint32_t)(of->data / PAGE_BYTES + j), &err));
        }
    for (size_t page = 0; page < image_bytes / PAGE_BYTES; page++) {
        const unsigned char *at = image + page * PAGE_BYTES;
        bool is_branch = at[10] == WPI_PAGE_IS_BRANCH;
        is_frame[page] = page < 2 || (!wpi_bitset_has(&used, (uint32_t)page) && !is_branch &&
                                      !wpi_bitset_has(&survey->free_pages, (uint32_t)page));
    }
    wpi_bitset_free(&used);
}

static void build_image(void)
{
    char *path = fixture_create("image");
    wpi_store *store = fixture_open(path);
    for (unsigned round = 0; round < ROUNDS; round++)
        write_round(store, round);
    wpi_store_close(store);
    image = fixture_read_file(path, &image_bytes);
    damaged = malloc(image_bytes);
    assert_non_null(damaged);
    assert_in_range(image_bytes / PAGE_BYTES, 50, (sizeof is_frame) - 1);

    wpi_survey survey;
    EXPECT_OK(wpi_survey_open(&survey, path, &err));
    wpi_walk_hooks hooks = {.free_pages = &survey.free_pages,
                            .counts = survey.counts,
                            .fault = note_fault,
                            .record = note_record,
                            .gap = note_gap};
    EXPECT_OK(wpi_validate_survey(survey.fd, &survey.meta, &hooks, &err));
    note_frames(&survey);
    assert_true(survey.free_pages.count > 10); /* old versions lie about */
    wpi_survey_close(&survey);
    free(path);
}

/* Change some bytes in one of several ways. */
static void damage_once(random_source *stream, size_t *bytes)
{
    size_t page = (size_t)random_below(stream, image_bytes / PAGE_BYTES) * PAGE_BYTES;
    size_t other = (size_t)random_below(stream, image_bytes / PAGE_BYTES) * PAGE_BYTES;
    size_t at = page + random_below(stream, PAGE_BYTES);
    unsigned char swapped[PAGE_BYTES];
    switch (random_below(stream, 8)) {
    case 0: /* a page of garbage */
        for (size_t i = 0; i < PAGE_BYTES; i++)
            damaged[page + i] = (unsigned char)random_below(stream, 256);
        break;
    case 1: /* a sector that was not written */
        memset(damaged + page + random_below(stream, 8) * 512, 0, 512);
        break;
    case 2: /* two pages that changed places */
        memcpy(swapped, damaged + page, PAGE_BYTES);
        memcpy(damaged + page, damaged + other, PAGE_BYTES);
        memcpy(damaged + other, swapped, PAGE_BYTES);
        break;
    case 3: /* the head of a page */
        damaged[page + random_below(stream, 32)] ^= (unsigned char)(1 + random_below(stream, 255));
        break;
    case 4: /* an end that is missing */
        if (random_below(stream, 4) == 0)
            *bytes = image_bytes - random_below(stream, image_bytes / 4);
        break;
    default: /* one bit */
        damaged[at] ^= (unsigned char)(1u << random_below(stream, 8));
    }
}

static bool is_same(size_t from, size_t count, size_t bytes)
{
    return from + count <= bytes && memcmp(image + from, damaged + from, count) == 0;
}

static bool is_untouched(const place *of, size_t bytes)
{
    return of->is_there && is_same(of->node, of->node_bytes, bytes) &&
           is_same(of->data, of->data_bytes, bytes);
}

/* Whether what tells newest and free is whole; without it old versions may come back. */
static bool is_frame_whole(size_t bytes)
{
    for (size_t page = 0; page < image_bytes / PAGE_BYTES; page++)
        if (is_frame[page] && !is_same(page * PAGE_BYTES, PAGE_BYTES, bytes))
            return false;
    return true;
}

/* Whether the heads of all pages are whole; without one, what was deleted from the page may come
 * back. */
static bool are_heads_whole(size_t bytes)
{
    for (size_t page = 0; page < image_bytes / PAGE_BYTES; page++)
        if (!is_same(page * PAGE_BYTES, WPI_PAGE_HEADER_BYTES, bytes))
            return false;
    return true;
}

static void check_salvaged(uint64_t number, const char *path, size_t bytes, bool is_strict,
                           uint64_t counts[2])
{
    unsigned char expected[VALUE_BYTES_MAX];
    bool is_clear = is_strict && are_heads_whole(bytes);
    wpi_store *store = fixture_open(path);
    wpi_store_txn *txn = fixture_begin(store, false);
    for (unsigned small = 0; small < TABLES; small++) {
        for (unsigned i = 0; i < RECORDS; i++) {
            char key[32];
            wpi_slice value;
            make_key(i, key);
            wp_status status =
                wpi_store_get(txn, table_of(small), fixture_text(key), &value, NULL, NULL);
            bool is_whole = is_untouched(&places[small][i], bytes);
            counts[0] += is_whole;
            counts[1] += places[small][i].is_there && !is_whole;
            if (is_whole && is_strict && status != WP_OK)
                fail_msg("case %llu: %s %s is lost, at byte %zu", (unsigned long long)number,
                         wpi_table_name(table_of(small)), key, places[small][i].node);
            if (is_clear && !is_kept(i) && status != WP_ENOTFOUND)
                fail_msg("case %llu: %s %s came back", (unsigned long long)number,
                         wpi_table_name(table_of(small)), key);
            if (status == WP_OK) {
                size_t length = make_value(small, i, expected);
                assert_int_equal(value.bytes, length);
                assert_memory_equal(value.data, expected, length);
            }
        }
    }
    wpi_store_abort(txn);
    wpi_store_close(store);
}

static void salvage__saves_every_record_that_the_damage_did_not_touch(void **state)
{
    (void)state;
    char *from = strdup(scratch_path("damaged")), *to = strdup(scratch_path("salvaged"));
    char *lock_file = strdup(scratch_path("salvaged-lock"));
    uint64_t counts[2] = {0, 0}, strict = 0, found;
    for (uint64_t i = 0; i < arguments.cases; i++) {
        random_source stream = random_start(arguments.seed, i);
        wpi_salvage salvage = {.fault = NULL};
        size_t bytes = image_bytes;
        memcpy(damaged, image, image_bytes);
        for (size_t left = 1 + random_below(&stream, DAMAGES_MAX); left > 0; left--)
            damage_once(&stream, &bytes);
        fixture_write_file(from, damaged, bytes);
        (void)unlink(to), (void)unlink(lock_file);
        wp_error why = {WP_OK, ""};
        wp_status status = wpi_store_salvage(from, to, &salvage, &why);
        if (status != WP_OK)
            fail_msg("case %llu: status %d, %s", (unsigned long long)i, (int)status, why.message);
        bool is_strict = is_frame_whole(bytes);
        strict += is_strict;
        check_salvaged(i, to, bytes, is_strict, counts);
        EXPECT_OK(wpi_store_check_file(to, NULL, NULL, &found, &err));
        assert_int_equal(found, 0);
        size_t after;
        unsigned char *seen = fixture_read_file(from, &after);
        assert_int_equal(after, bytes); /* the damaged file is only read */
        assert_memory_equal(seen, damaged, bytes);
        free(seen);
    }
    print_message("salvage: %llu damages, %llu with whole meta and free pages, %llu records "
                  "untouched, %llu touched, 0 lost (seed %llu)\n",
                  (unsigned long long)arguments.cases, (unsigned long long)strict,
                  (unsigned long long)counts[0], (unsigned long long)counts[1],
                  (unsigned long long)arguments.seed);
    assert_true(strict * 4 > arguments.cases);
    free(from), free(to), free(lock_file);
}

static void count_fault(void *context, const char *table, const char *key, const char *what)
{
    unsigned *count = context;
    assert_non_null(table);
    assert_true(strlen(key) > 0 && strlen(what) > 0);
    ++*count;
}

static void check_file__lists_every_fault(void **state)
{
    (void)state;
    char *path = strdup(scratch_path("faulty"));
    uint64_t faults;
    unsigned told = 0, expected = 0;
    memcpy(damaged, image, image_bytes);
    for (unsigned i = 0; i < RECORDS; i += 35) { /* the last byte of some values */
        const place *of = &places[0][i];
        if (!of->is_there)
            continue;
        damaged[of->data_bytes > 0 ? of->data + 5 : of->node + of->node_bytes - 1] ^= 1;
        expected++;
    }
    damaged[places[1][0].node / PAGE_BYTES * PAGE_BYTES + 12] ^= 0x40;   /* bounds of a page */
    damaged[places[2][RECORDS - 1].node / PAGE_BYTES * PAGE_BYTES] ^= 1; /* number of a page */
    expected += 2;
    fixture_write_file(path, damaged, image_bytes);
    EXPECT_OK(wpi_store_check_file(path, count_fault, &told, &faults, &err));
    assert_int_equal(faults, expected);
    assert_int_equal(told, expected);
    fixture_write_file(path, image, image_bytes);
    EXPECT_OK(wpi_store_check_file(path, count_fault, &told, &faults, &err));
    assert_int_equal(faults, 0);
    free(path);
}

/* Both meta pages lost: every page is searched, and the survey says that none is known to be new.
 */
static void salvage__saves_what_it_can_without_meta_pages(void **state)
{
    (void)state;
    char *from = strdup(scratch_path("headless")), *to = strdup(scratch_path("bodies"));
    unsigned told = 0;
    uint64_t faults;
    memcpy(damaged, image, image_bytes);
    memset(damaged, 0, 2 * PAGE_BYTES);
    fixture_write_file(from, damaged, image_bytes);
    EXPECT_OK(wpi_store_check_file(from, count_fault, &told, &faults, &err));
    assert_int_equal(told, 1);
    wpi_salvage salvage = {.fault = NULL};
    EXPECT_OK(wpi_store_salvage(from, to, &salvage, &err));
    wpi_store *store = fixture_open(to);
    wpi_store_txn *txn = fixture_begin(store, false);
    for (unsigned small = 0; small < TABLES; small++)
        for (unsigned i = 0; i < RECORDS; i++) {
            char key[32];
            wpi_slice value;
            make_key(i, key);
            wp_status status =
                wpi_store_get(txn, table_of(small), fixture_text(key), &value, NULL, NULL);
            assert_true(status == WP_OK || !is_kept(i));
        }
    wpi_store_abort(txn);
    wpi_store_close(store);
    free(from), free(to);
}

/* Commits of this process in the middle of a survey. */
static wpi_store *written;

static void write_twice(void *context, const char *table, const char *key, const char *what)
{
    count_fault(context, table, key, what);
    for (int i = 0; i < 2; i++)
        fixture_store(written, "another", "value");
}

static void check_file__says_that_the_file_was_written_meanwhile(void **state)
{
    (void)state;
    static const char key[] = "a key of a record that is longer than what is shown of it";
    unsigned told = 0;
    uint64_t faults;
    size_t bytes;
    wp_error why;
    char *path = fixture_create("written");
    written = fixture_open(path);
    fixture_store_in_tree(written, "early", "to be damaged");
    fixture_store_in_tree(written, key, "to be damaged");
    wpi_store_close(written);
    unsigned char *data = fixture_read_file(path, &bytes);
    for (size_t i = 0; i + 13 < bytes; i++)
        if (memcmp(data + i, "to be damaged", 13) == 0)
            data[i] ^= 1;
    fixture_write_file(path, data, bytes);
    EXPECT_OK(wpi_store_check_file(path, count_fault, &told, &faults, &err));
    assert_int_equal(told, 2);
    written = fixture_open(path);
    assert_int_equal(wpi_store_check_file(path, write_twice, &told, &faults, &why), WP_EBUSY);
    assert_string_equal(why.message, "the file was written while it was read, expected no writer");
    wpi_store_close(written);
    free(data);
    free(path);
}

static void check_file__reads_what_is_open_here(void **state)
{
    (void)state;
    uint64_t faults;
    char *path = fixture_create("open");
    wpi_store *store = fixture_open(path);
    fixture_store(store, "a", "1");
    EXPECT_OK(wpi_store_check_file(path, NULL, NULL, &faults, &err));
    assert_int_equal(faults, 0);
    fixture_store(store, "a", "2"); /* its locks are still there */
    wpi_store_close(store);
    assert_int_equal(wpi_store_check_file(scratch_path("absent"), NULL, NULL, &faults, NULL),
                     WP_ENOTFOUND);
    free(path);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(check_file__lists_every_fault),
        cmocka_unit_test(check_file__reads_what_is_open_here),
        cmocka_unit_test(check_file__says_that_the_file_was_written_meanwhile),
        cmocka_unit_test(salvage__saves_what_it_can_without_meta_pages),
        cmocka_unit_test(salvage__saves_every_record_that_the_damage_did_not_touch),
    };
    if (access("/dev/shm", W_OK) == 0)
        (void)setenv("TMPDIR", "/dev/shm", 0); /* Files that need not survive this test. */
    if (!random_arguments_read(argc, argv, &arguments))
        return 2;
    build_image();
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    free(image), free(damaged);
    scratch_remove();
    return failed;
}
