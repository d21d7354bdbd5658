/*
 * Meta pages that are wrong in one field are refused, by the status that belongs to it; a damaged
 * one leaves the other readable for salvage. This program's pread stands in front of the system's.
 */
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <sys/mman.h>
#include <sys/syscall.h>

#include "base/bytes.h"
#include "fixture.h"
#include "store/meta.h"

#define PAGE_BYTES 4096
#define SNAPSHOT 144
#define FREE_TREE 40
#define MAIN_TREE 88
#define DEPTH 6
#define RECORDS 32
#define ROOT 40

static char *path;
static unsigned writings_left; /* readings of a meta page that see another snapshot */
static unsigned char *sound;
static size_t sound_bytes, newest; /* offset of the newest meta page */

__attribute__((visibility("default"))) ssize_t pread(int fd, void *to, size_t bytes, off_t offset)
{
    ssize_t got = syscall(SYS_pread64, fd, to, bytes, offset);
    if (writings_left > 0 && offset == (off_t)newest && got > SNAPSHOT) {
        ((unsigned char *)to)[SNAPSHOT] ^= (unsigned char)(writings_left % 2 * 2);
        writings_left--;
    }
    return got;
}

static int make_file(void **state)
{
    (void)state;
    path = fixture_create("meta.warmpath");
    wpi_store *store = fixture_open(path);
    fixture_store(store, "key", "value");
    wpi_store_close(store);
    sound = fixture_read_file(path, &sound_bytes);
    bool is_second =
        wpi_bytes_get_le64(sound + PAGE_BYTES + SNAPSHOT) > wpi_bytes_get_le64(sound + SNAPSHOT);
    newest = is_second ? PAGE_BYTES : 0;
    return 0;
}

static int remove_file(void **state)
{
    (void)state;
    free(sound);
    free(path);
    scratch_remove();
    return 0;
}

/* Read the meta pages of the sound file with some bytes replaced. */
static wp_status read_changed(size_t at, uint64_t value, size_t bytes, wp_error *err)
{
    wpi_metas metas;
    unsigned char kept[8], changed[8];
    memcpy(kept, sound + at, bytes);
    wpi_bytes_put_le64(changed, value);
    memcpy(sound + at, changed, bytes);
    fixture_write_file(path, sound, sound_bytes);
    memcpy(sound + at, kept, bytes);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    assert_true(fd >= 0);
    wp_status status = wpi_meta_read(fd, &metas, err);
    assert_int_equal(close(fd), 0);
    return status;
}

static void expect(size_t at, uint64_t value, size_t bytes, wp_status expected)
{
    wp_error err = {WP_OK, ""};
    wp_status status = read_changed(at, value, bytes, &err);
    if (status != expected || (expected != WP_OK && err.message[0] == '\0'))
        fail_msg("byte %zu, value %" PRIu64 ": status %d, \"%s\"", at, value, (int)status,
                 err.message);
}

static void meta_read__accepts_the_sound_file(void **state)
{
    (void)state;
    expect(SNAPSHOT, wpi_bytes_get_le64(sound + SNAPSHOT), 8, WP_OK);
}

static void meta_read__checks_the_frames_of_both(void **state)
{
    (void)state;
    for (size_t at = 0; at <= PAGE_BYTES; at += PAGE_BYTES) {
        expect(at, 7, 8, WP_ECORRUPT);
        expect(at + 10, 2, 2, WP_ECORRUPT);
        expect(at + 16, 1, 4, at == 0 ? WP_EFORMAT : WP_ECORRUPT);
        expect(at + 20, 2, 4, at == 0 ? WP_EFORMAT : WP_ECORRUPT);
    }
    expect(FREE_TREE, 4095, 4, WP_ECORRUPT);
    expect(FREE_TREE, 128, 4, WP_ECORRUPT);
    expect(FREE_TREE, 1 << 20, 4, WP_ECORRUPT);
    expect(FREE_TREE, 65536, 4, WP_ECORRUPT);
    expect(PAGE_BYTES + FREE_TREE, 8192, 4, WP_ECORRUPT);
}

static void meta_read__checks_the_newest(void **state)
{
    uint64_t snapshot = wpi_bytes_get_le64(sound + newest + SNAPSHOT);
    (void)state;
    expect(newest + SNAPSHOT, snapshot - 1, 8, WP_ECORRUPT); /* both have it */
    expect(newest + SNAPSHOT, snapshot + 1, 8, WP_ECORRUPT); /* of the other page */
    expect(newest + SNAPSHOT, UINT64_MAX - 1 - newest % 2, 8, WP_ECORRUPT);
    expect(newest + FREE_TREE + 4, 4, 2, WP_ECORRUPT);
    expect(newest + MAIN_TREE + 4, 4, 2, WP_EFORMAT);
    expect(newest + 136, 0, 8, WP_ECORRUPT);                 /* no page but one */
    expect(newest + 136, UINT64_C(1) << 33, 8, WP_ECORRUPT); /* beyond the file */
    expect(newest + 32, UINT64_MAX, 8, WP_ECORRUPT);         /* the map */
    expect(newest + 32, 4096, 8, WP_ECORRUPT);
}

static void meta_read__checks_the_trees(void **state)
{
    (void)state;
    for (size_t tree = newest + FREE_TREE; tree <= newest + MAIN_TREE; tree += 48) {
        expect(tree + DEPTH, 0, 2, WP_ECORRUPT);
        expect(tree + DEPTH, 99, 2, WP_ECORRUPT);
        expect(tree + ROOT, 1, 8, WP_ECORRUPT);
        expect(tree + ROOT, 1 << 30, 8, WP_ECORRUPT);
        expect(tree + ROOT, WPI_META_PAGE_NONE, 8, WP_ECORRUPT); /* empty, with records */
    }
}

static void meta_read__wants_both_pages(void **state)
{
    wpi_metas metas;
    wp_error err;
    (void)state;
    for (size_t bytes = 0; bytes <= PAGE_BYTES + 100; bytes += PAGE_BYTES / 2) {
        fixture_write_file(path, sound, bytes);
        int fd = open(path, O_RDONLY | O_CLOEXEC);
        assert_int_equal(wpi_meta_read(fd, &metas, &err), bytes == 0 ? WP_EFORMAT : WP_ECORRUPT);
        assert_int_equal(close(fd), 0);
    }
}

/* Damage the one page, the other or both; returns how many are sound. */
static int count_sound(bool is_first_damaged, bool is_second_damaged, wp_status expected)
{
    wpi_meta meta;
    wp_error err;
    int count = -1;
    fixture_write_file(path, sound, sound_bytes);
    int fd = open(path, O_RDWR | O_CLOEXEC);
    assert_true(fd >= 0);
    if (is_first_damaged)
        assert_int_equal(pwrite(fd, "\xff", 1, 0), 1);
    if (is_second_damaged)
        assert_int_equal(pwrite(fd, "\xff", 1, PAGE_BYTES), 1);
    assert_int_equal(wpi_meta_read_any(fd, &meta, &count, &err), expected);
    assert_int_equal(close(fd), 0);
    return count;
}

static void meta_read_any__reads_what_is_left(void **state)
{
    wpi_meta meta;
    wp_error err;
    int count;
    (void)state;
    assert_int_equal(count_sound(false, false, WP_OK), 2);
    assert_int_equal(count_sound(true, false, WP_OK), 1);
    assert_int_equal(count_sound(false, true, WP_OK), 1);
    assert_int_equal(count_sound(true, true, WP_ECORRUPT), 0);
    wpi_bytes_put_le32(sound + FREE_TREE, 3 * PAGE_BYTES); /* no size of pages */
    assert_int_equal(count_sound(false, true, WP_ECORRUPT), 0);
    wpi_bytes_put_le32(sound + FREE_TREE, PAGE_BYTES);
    assert_int_equal(wpi_meta_read_any(-1, &meta, &count, &err), WP_EIO);
}

static void meta_read__checks_that_an_empty_tree_is_empty(void **state)
{
    size_t tree = newest + MAIN_TREE;
    unsigned char kept[48];
    (void)state;
    memcpy(kept, sound + tree, sizeof kept);
    wpi_bytes_put_le64(sound + tree + ROOT, WPI_META_PAGE_NONE);
    sound[tree + DEPTH] = 0;
    expect(tree + RECORDS, 1, 8, WP_ECORRUPT);
    expect(tree + RECORDS, 0, 8, WP_OK);
    memcpy(sound + tree, kept, sizeof kept);
}

/* A file of 20 TiB, nearly all of which is a hole, where that can be had. */
static void meta_read__refuses_more_pages_than_have_numbers(void **state)
{
    wpi_metas metas;
    wp_error err;
    (void)state;
    int fd = memfd_create("large", MFD_CLOEXEC);
    if (fd < 0 || ftruncate(fd, (off_t)20 << 40) != 0)
        skip();
    unsigned char pages[2 * PAGE_BYTES];
    memcpy(pages, sound, sizeof pages);
    wpi_bytes_put_le64(pages + newest + 32, UINT64_C(1) << 46); /* the map */
    wpi_bytes_put_le64(pages + newest + 136, UINT32_MAX);
    assert_int_equal(pwrite(fd, pages, sizeof pages, 0), sizeof pages);
    assert_int_equal(wpi_meta_read(fd, &metas, &err), WP_OK);
    wpi_bytes_put_le64(pages + newest + 136, UINT64_C(1) + UINT32_MAX);
    assert_int_equal(pwrite(fd, pages, sizeof pages, 0), sizeof pages);
    assert_int_equal(wpi_meta_read(fd, &metas, &err), WP_ECORRUPT);
    assert_int_equal(close(fd), 0);
}

/* A writer that commits between any two readings. */
static void meta_read__waits_for_two_readings_that_agree(void **state)
{
    wpi_metas metas;
    wp_error err;
    (void)state;
    fixture_write_file(path, sound, sound_bytes);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    assert_true(fd >= 0);
    writings_left = 3;
    assert_int_equal(wpi_meta_read(fd, &metas, &err), WP_OK);
    assert_int_equal(writings_left, 0);
    writings_left = UINT_MAX; /* for ever */
    assert_int_equal(wpi_meta_read(fd, &metas, &err), WP_EBUSY);
    assert_string_equal(err.message, "the meta pages change faster than they can be read");
    writings_left = 0;
    assert_int_equal(close(fd), 0);
}

static void meta_read_any__says_that_it_could_not_read(void **state)
{
    wpi_meta meta;
    wp_error err;
    int count;
    (void)state;
    fixture_write_file(path, sound, sound_bytes);
    int fd = open(path, O_WRONLY | O_CLOEXEC);
    assert_int_equal(wpi_meta_read_any(fd, &meta, &count, &err), WP_EIO);
    assert_int_equal(close(fd), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(meta_read__accepts_the_sound_file),
        cmocka_unit_test(meta_read__checks_the_frames_of_both),
        cmocka_unit_test(meta_read__checks_the_newest),
        cmocka_unit_test(meta_read__checks_the_trees),
        cmocka_unit_test(meta_read__checks_that_an_empty_tree_is_empty),
        cmocka_unit_test(meta_read__refuses_more_pages_than_have_numbers),
        cmocka_unit_test(meta_read__waits_for_two_readings_that_agree),
        cmocka_unit_test(meta_read__wants_both_pages),
        cmocka_unit_test(meta_read_any__reads_what_is_left),
        cmocka_unit_test(meta_read_any__says_that_it_could_not_read),
    };
    return cmocka_run_group_tests(tests, make_file, remove_file);
}
