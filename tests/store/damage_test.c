/*
 * Random damage: a small database with deep trees, long values and free pages is damaged in many
 * ways and opened in a child process, which reads everything and then writes. Whatever was done to
 * the file, the child must end by itself, in time, without a signal, and every record that it reads
 * as right must be right. `--seed N --cases N` replays; the number of the case is the stream.
 */
#include "fixture.h"
#include "random.h"

#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>

#define SECONDS_MAX 20
#define RECORDS 900
#define STRIDE 37  /* between neighbouring keys */
#define INVERSE 73 /* STRIDE * INVERSE mod RECORDS is 1 */
#define SMALL_TABLES 3

/* How a child ended when nothing was wrong. */
enum { CHILD_REFUSED = 10, CHILD_ACCEPTED = 11 };

static random_arguments arguments = {1848, 100};
static unsigned char *image;
static size_t image_bytes;

static void make_key(unsigned table, unsigned index, char *key)
{
    (void)snprintf(key, 32, "t%u-%06u-filler", table, index * STRIDE % RECORDS);
}

static size_t make_value(unsigned table, unsigned index, unsigned char *value)
{
    size_t bytes = index % 50 == 7 ? 3000 + index * 13 % 20000 : 20 + index * 7 % 90;
    for (size_t i = 0; i < bytes; i++)
        value[i] = (unsigned char)(index * 131 + table * 17 + i * 3);
    return bytes;
}

static wpi_table table_of(unsigned small)
{
    static const wpi_table tables[SMALL_TABLES] = {WPI_TABLE_PERSON, WPI_TABLE_TIE, WPI_TABLE_NAME};
    return tables[small];
}

/* Several transactions with deletes in between, so that there are lists of free pages. */
static void build_image(void)
{
    unsigned char value[30000];
    char *path = fixture_create("image");
    wpi_store *store = fixture_open(path);
    for (unsigned round = 0; round < 6; round++) {
        wpi_store_txn *txn = fixture_begin(store, true);
        for (unsigned i = 0; i < RECORDS * SMALL_TABLES; i++) {
            char key[32];
            unsigned small = i % SMALL_TABLES;
            unsigned index = i / SMALL_TABLES;
            make_key(small, index, key);
            if (round == 3 && index % 3 != 0) {
                EXPECT_OK(wpi_store_delete(txn, table_of(small), fixture_text(key), &err));
            } else if (index % 6 == round || round == 0 || round == 4) {
                size_t bytes = make_value(small, index, value);
                EXPECT_OK(wpi_store_put(txn, table_of(small), fixture_text(key),
                                        (wpi_slice){value, bytes}, 1, &err));
            }
        }
        fixture_commit(txn);
    }
    wpi_store_close(store);
    image = fixture_read_file(path, &image_bytes);
    free(path);
}

/* The record that has a key; RECORDS: none. */
static unsigned index_of(unsigned small, wpi_slice key)
{
    char text[32] = "";
    char expected[32];
    unsigned number;
    if (key.bytes >= sizeof(text))
        return RECORDS;
    memcpy(text, key.data, key.bytes);
    if (sscanf(text, "t%*1u-%6u", &number) != 1)
        return RECORDS;
    unsigned index = number * INVERSE % RECORDS;
    make_key(small, index, expected);
    return strcmp(text, expected) == 0 ? index : RECORDS;
}

/* Whether a value is the one that was stored. */
static bool is_right(unsigned small, unsigned index, wpi_slice value)
{
    unsigned char expected[30000];
    if (index == RECORDS)
        return false;
    size_t bytes = make_value(small, index, expected);
    return bytes == value.bytes && memcmp(expected, value.data, bytes) == 0;
}

static bool walk_is_right(wpi_store_txn *txn, unsigned small)
{
    wpi_store_cursor *cursor;
    wpi_slice key;
    wpi_slice value;
    unsigned count = 0;
    if (wpi_store_cursor_open(txn, table_of(small), &cursor, NULL) != WP_OK)
        return false;
    wp_status status = WP_OK;
    while (status == WP_OK || status == WP_ECORRUPT) {
        status = wpi_store_cursor_next(cursor, &key, &value, NULL);
        if (status == WP_OK && !is_right(small, index_of(small, key), value))
            return false;
        if (++count > RECORDS + 1)
            return false; /* going in circles */
    }
    wpi_store_cursor_close(cursor);
    return status == WP_ENOTFOUND;
}

static bool gets_are_right(wpi_store_txn *txn, unsigned small)
{
    for (unsigned index = 0; index < RECORDS; index += 5) {
        char name[32];
        wpi_slice value;
        make_key(small, index, name);
        wp_status status =
            wpi_store_get(txn, table_of(small), fixture_text(name), &value, NULL, NULL);
        bool is_fine = status == WP_OK ? is_right(small, index, value)
                                       : status == WP_ECORRUPT || status == WP_ENOTFOUND;
        if (!is_fine)
            return false;
    }
    return true;
}

/* Delete some, put some; failures are fine, crashes are not. */
static void write_some(wpi_store *store)
{
    unsigned char value[30000];
    wpi_store_txn *txn;
    for (unsigned round = 0; round < 3; round++) {
        if (wpi_store_begin(store, true, &txn, NULL) != WP_OK)
            return;
        for (unsigned index = round; index < RECORDS; index += 4) {
            char key[32];
            make_key(0, index, key);
            if (index % 3 == round) {
                (void)wpi_store_delete(txn, table_of(0), fixture_text(key), NULL);
                continue;
            }
            size_t bytes = make_value(0, index, value);
            (void)wpi_store_put(txn, table_of(0), fixture_text(key), (wpi_slice){value, bytes}, 1,
                                NULL);
        }
        (void)wpi_store_commit(txn, NULL);
    }
}

static int use_file(const char *path)
{
    wpi_store *store;
    wpi_store_txn *txn;
    wp_status status = wpi_store_open(path, NULL, &store, NULL);
    if (status == WP_ECORRUPT || status == WP_EFORMAT)
        return CHILD_REFUSED;
    if (status != WP_OK)
        return 1;
    if (wpi_store_begin(store, false, &txn, NULL) != WP_OK)
        return 2;
    for (unsigned small = 0; small < SMALL_TABLES; small++) {
        if (!walk_is_right(txn, small) || !gets_are_right(txn, small))
            return 3;
    }
    wpi_store_abort(txn);
    write_some(store);
    wpi_store_close(store);
    return CHILD_ACCEPTED;
}

/* Open the file in a child; the code with which it ended. */
static int run_child(const char *path)
{
    int result;
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        (void)alarm(SECONDS_MAX);
        (void)signal(SIGSEGV, SIG_DFL); /* cmocka handles these, which hides them from us. */
        (void)signal(SIGBUS, SIG_DFL);
        (void)signal(SIGFPE, SIG_DFL);
        (void)signal(SIGILL, SIG_DFL);
        _exit(use_file(path));
    }
    assert_int_equal(waitpid(child, &result, 0), child);
    return WIFEXITED(result) ? WEXITSTATUS(result) : -WTERMSIG(result);
}

/* A place where structure lies: headers of pages, offsets and headers of nodes. */
static size_t structural_place(random_source *source)
{
    size_t page = random_below(source, image_bytes / 4096) * 4096;
    if (random_chance(source, 0.05))
        page = 0;
    switch (random_below(source, 4)) {
    case 0:
        return page + random_below(source, 16);
    case 1:
        return page + 16 + random_below(source, 160);
    case 2:
        return page + random_below(source, 4096);
    default: {
        size_t offset = (size_t)image[page + 16] | (size_t)image[page + 17] << 8;
        return page + (offset < 4080 ? offset + random_below(source, 16) : 16);
    }
    }
}

static void damage_bytes(random_source *source, unsigned char *data)
{
    static const unsigned char favourites[] = {0, 1, 2, 4, 0x10, 0x7F, 0x80, 0xFF};
    size_t count = 1 + random_below(source, random_chance(source, 0.2) ? 20 : 3);
    for (size_t i = 0; i < count; i++) {
        size_t at = structural_place(source);
        if (random_chance(source, 0.5))
            data[at] ^= (unsigned char)(1u << random_below(source, 8));
        else if (random_chance(source, 0.5))
            data[at] = favourites[random_below(source, sizeof(favourites))];
        else
            data[at] = (unsigned char)random_bits(source);
    }
}

/* Damage a copy of the image; returns its new size. */
static size_t damage(random_source *source, unsigned char *data)
{
    size_t pages = image_bytes / 4096;
    size_t from = random_below(source, pages) * 4096;
    size_t to = random_below(source, pages) * 4096;
    switch (random_below(source, 10)) {
    case 0: /* a page where another was: a lost or misdirected write */
        memcpy(data + to, image + from, 4096);
        return image_bytes;
    case 1: /* a page of nothing */
        memset(data + to, random_chance(source, 0.5) ? 0 : 0xFF, 4096);
        return image_bytes;
    case 2: /* the right number on the wrong page */
        memcpy(data + to, image + from, 4096);
        memcpy(data + to, image + to, 8);
        return image_bytes;
    case 3:
        return random_below(source, image_bytes);
    default:
        damage_bytes(source, data);
        return image_bytes;
    }
}

static void store_open__survives_random_damage(void **state)
{
    (void)state;
    unsigned refused = 0;
    unsigned accepted = 0;
    unsigned char *data = malloc(image_bytes);
    char *path = strdup(scratch_path("damaged"));
    assert_non_null(data);
    for (uint64_t i = 0; i < arguments.cases; i++) {
        random_source source = random_start(arguments.seed, i);
        memcpy(data, image, image_bytes);
        size_t bytes = damage(&source, data);
        fixture_write_file(path, data, bytes);
        int code = run_child(path);
        refused += code == CHILD_REFUSED;
        accepted += code == CHILD_ACCEPTED;
        if (code != CHILD_REFUSED && code != CHILD_ACCEPTED)
            fail_msg("case %llu: the child ended with %d", (unsigned long long)i, code);
    }
    print_message("%u files refused, %u accepted\n", refused, accepted);
    assert_true(refused > 0 && accepted > 0);
    free(path);
    free(data);
}

static void store_open__accepts_the_undamaged_file(void **state)
{
    (void)state;
    char *path = strdup(scratch_path("undamaged"));
    fixture_write_file(path, image, image_bytes);
    assert_int_equal(run_child(path), CHILD_ACCEPTED);
    free(path);
}

/* Every byte of the meta pages that means something, set to several values. */
static void store_open__survives_any_meta_page(void **state)
{
    (void)state;
    static const unsigned char masks[] = {0x01, 0x40, 0x80, 0xFF};
    unsigned char *data = malloc(image_bytes);
    char *path = strdup(scratch_path("meta"));
    assert_non_null(data);
    for (size_t i = 0; i < 2 * 152; i++) {
        size_t at = i < 152 ? i : 4096 + i - 152;
        memcpy(data, image, image_bytes);
        data[at] ^= masks[(i * 7 + i / 8) % sizeof(masks)];
        fixture_write_file(path, data, image_bytes);
        int code = run_child(path);
        if (code != CHILD_REFUSED && code != CHILD_ACCEPTED)
            fail_msg("byte %zu: the child ended with %d", at, code);
    }
    free(path);
    free(data);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(store_open__accepts_the_undamaged_file),
        cmocka_unit_test(store_open__survives_any_meta_page),
        cmocka_unit_test(store_open__survives_random_damage),
    };
    const struct rlimit no_core = {0, 0};
    if (!random_arguments_read(argc, argv, &arguments) || setrlimit(RLIMIT_CORE, &no_core) != 0)
        return 2;
    build_image();
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    free(image);
    scratch_remove();
    return failed;
}
