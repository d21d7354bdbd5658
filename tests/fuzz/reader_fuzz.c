/*
 * Any bytes given to a reader: FUZZ_FORMAT, which the build defines, so that a reader is one word
 * in CMakeLists.txt.
 *
 * The bytes lie in memory and are imported under the name that /proc gives them: in a dry run, and
 * now and then for good into a database of its own, which is checked and thrown away when it has
 * grown. Promised is that every row is accounted for, that only the input is ever blamed, and with
 * a message, and that what was stored is in order.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "fuzz.h"
#include "import/import.h"
#include "warmpath.h"

#define IMPORTS_MAX 100

typedef struct scene {
    int fd; /* of the input; -1 before the first */
    char path[64];
    char directory[64];
    char database[96];
    wp_db *db;
    unsigned imports; /* into this database */
} scene;

static scene the_scene = {.fd = -1};

static void remove_database(const scene *at)
{
    char lock[128];
    (void)snprintf(lock, sizeof lock, "%s-lock", at->database);
    (void)unlink(at->database);
    (void)unlink(lock);
}

static void leave(void)
{
    wp_close(the_scene.db);
    remove_database(&the_scene);
    (void)rmdir(the_scene.directory);
}

static void open_database(scene *at)
{
    static const char *const us[] = {"us.com"};
    wp_open_options options = WP_OPEN_OPTIONS_INIT;
    wp_error err = {0};
    options.is_unsynced = true;
    fuzz_expect(wp_create(at->database, us, 1, &err) == WP_OK, err.message);
    fuzz_expect(wp_open(at->database, &options, &at->db, &err) == WP_OK, err.message);
    at->imports = 0;
}

static void enter(scene *at)
{
    if (at->fd >= 0)
        return;
    at->fd = memfd_create("input", MFD_CLOEXEC);
    fuzz_expect(at->fd >= 0, "a file in memory can be made");
    (void)snprintf(at->path, sizeof at->path, "/proc/self/fd/%d", at->fd);
    fuzz_make_directory(at->directory);
    (void)snprintf(at->database, sizeof at->database, "%s/db", at->directory);
    open_database(at);
    (void)atexit(leave);
}

static void check_database(const scene *at)
{
    wp_txn *txn = NULL;
    uint64_t faults = 0;
    wp_error err = {0};
    fuzz_expect(wp_begin_read(at->db, &txn, &err) == WP_OK, err.message);
    fuzz_expect(wp_check(txn, true, NULL, NULL, &faults, &err) == WP_OK, err.message);
    fuzz_expect(faults == 0, "a database after an import has no faults");
    wp_abort(txn);
}

static void check_counts(const import_file *file)
{
    uint64_t skipped = 0;
    for (size_t i = 0; i < file->reason_count; i++)
        skipped += file->reasons[i].count;
    fuzz_expect(file->read == file->added + file->known + file->skipped, "rows add up");
    fuzz_expect(skipped == file->skipped, "reasons add up");
}

static void import(scene *at, import_options *options)
{
    const char *path = at->path;
    import_result result;
    import_error error;
    import_code code = import_paths(at->db, &path, 1, options, &result, &error);
    fuzz_expect(code == IMPORT_DONE || code == IMPORT_BAD_INPUT, "only the input is blamed");
    fuzz_expect(code == IMPORT_DONE || error.message[0] != '\0', "an error has a message");
    for (size_t i = 0; i < result.file_count; i++)
        check_counts(&result.files[i]);
    import_result_free(&result);
}

void fuzz_input(const uint8_t *bytes, size_t count, uint64_t choice)
{
    scene *at = &the_scene;
    uint64_t bits = FUZZ_OPTIONS(choice);
    import_options options = {.format = FUZZ_FORMAT,
                              .owner = (bits & 1) != 0 ? "owner@us.com" : NULL,
                              .has_lists = (bits & 2) != 0,
                              .is_strict = (bits & 4) != 0,
                              .weight = (import_weight)(bits % 4),
                              .is_both = (bits & 8) != 0,
                              .is_dry_run = !FUZZ_IS_THOROUGH(choice)};
    enter(at);
    fuzz_write(at->fd, bytes, count);
    import(at, &options);
    if (options.is_dry_run || ++at->imports % (IMPORTS_MAX / 10) != 1)
        return;
    check_database(at);
    if (at->imports < IMPORTS_MAX)
        return;
    wp_close(at->db);
    remove_database(at);
    open_database(at);
}
