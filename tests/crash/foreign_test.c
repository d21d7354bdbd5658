/*
 * Files that are something else are refused, and changes that LMDB finds in order are noticed.
 *
 * Directories, links, pipes and devices; databases of other programs; then the original of
 * crash_damage.h, changed with LMDB itself: tables missing, empty, added, or made anew with flags
 * under which LMDB reads their pages in another way, records forged, odd or deleted. Each is looked
 * at by a child as crash_damage.h says, and must be refused or found by a check.
 */
#include <lmdb.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "crash_damage.h"
#include "crash_process.h"
#include "scratch.h"
#include "store/store.h"
#include "store/validate.h"

#define SEED 1
#define TABLES 16

static int make_original(void **state)
{
    (void)state;
    crash_original_make(SEED);
    return 0;
}

static int forget_original(void **state)
{
    (void)state;
    crash_original_forget();
    return 0;
}

static void foreign__files_of_other_kinds_are_refused(void **state)
{
    char directory[4096], link[4096], pipe[4096], fine[4096];
    (void)state;
    (void)snprintf(directory, sizeof directory, "%s", scratch_path("directory.warmpath"));
    (void)snprintf(link, sizeof link, "%s", scratch_path("link.warmpath"));
    (void)snprintf(pipe, sizeof pipe, "%s", scratch_path("pipe.warmpath"));
    (void)snprintf(fine, sizeof fine, "%s", scratch_path("fine.warmpath"));
    crash_file_write(fine, crash_original()->bytes, crash_original()->size);
    crash_require(mkdir(directory, 0700) == 0, directory);
    crash_require(symlink(fine, link) == 0, link);
    crash_require(mkfifo(pipe, 0600) == 0, pipe);
    assert_true(crash_examine(directory) && crash_examine(link) && crash_examine(pipe));
    assert_true(crash_examine("/dev/zero") && crash_examine(scratch_path("absent")));
    assert_int_equal(crash_tally(CRASH_REFUSED), 5);
    assert_true(crash_examine(fine));
    crash_tally_print();
}

/* ---- databases that LMDB finds in order -------------------------------------------------------
 */

static void lmdb_must(int code, const char *what)
{
    if (code != MDB_SUCCESS)
        crash_fail("%s: %s", what, mdb_strerror(code));
}

/* Change a copy of the original with LMDB itself. */
typedef void change_fn(MDB_txn *txn);

static void open_lmdb(const char *path, MDB_env **env, MDB_txn **txn)
{
    lmdb_must(mdb_env_create(env), "mdb_env_create");
    lmdb_must(mdb_env_set_maxdbs(*env, TABLES + 4), "mdb_env_set_maxdbs");
    lmdb_must(mdb_env_set_mapsize(*env, CRASH_FILE_BYTES_MAX), "mdb_env_set_mapsize");
    lmdb_must(mdb_env_open(*env, path, MDB_NOSUBDIR, 0600), "mdb_env_open");
    lmdb_must(mdb_txn_begin(*env, NULL, 0, txn), "mdb_txn_begin");
}

/* In a child, since LMDB keeps track of the threads of a process. */
static void change_file(const char *path, change_fn *change)
{
    pid_t child = crash_fork();
    if (child == 0) {
        MDB_env *env = NULL;
        MDB_txn *txn = NULL;
        open_lmdb(path, &env, &txn);
        change(txn);
        lmdb_must(mdb_txn_commit(txn), "mdb_txn_commit");
        mdb_env_close(env);
        _exit(0);
    }
    crash_wait_well(child, "changing a file");
}

static MDB_dbi table_of(MDB_txn *txn, const char *name, unsigned flags)
{
    MDB_dbi table;
    lmdb_must(mdb_dbi_open(txn, name, flags, &table), name);
    return table;
}

static void drop_ties(MDB_txn *txn)
{
    lmdb_must(mdb_drop(txn, table_of(txn, "tie", 0), 1), "mdb_drop");
}

static void empty_ties(MDB_txn *txn)
{
    lmdb_must(mdb_drop(txn, table_of(txn, "tie", 0), 0), "mdb_drop");
}

/* A table of ours made anew with other flags, holding a few records. */
static void remake_ties(MDB_txn *txn, unsigned flags)
{
    drop_ties(txn);
    MDB_dbi table = table_of(txn, "tie", MDB_CREATE | flags);
    for (unsigned i = 0; i < 3000; i++) {
        unsigned number[2] = {i % 5, i};
        MDB_val key = {sizeof *number, number}, value = {sizeof *number, number + 1};
        lmdb_must(mdb_put(txn, table, &key, &value, 0), "mdb_put");
    }
}

static void remake_with_duplicates(MDB_txn *txn)
{
    remake_ties(txn, MDB_DUPSORT);
}

static void remake_with_fixed_duplicates(MDB_txn *txn)
{
    remake_ties(txn, MDB_DUPSORT | MDB_DUPFIXED | MDB_INTEGERDUP);
}

static void remake_with_integer_keys(MDB_txn *txn)
{
    remake_ties(txn, MDB_INTEGERKEY);
}

static void remake_with_reverse_keys(MDB_txn *txn)
{
    remake_ties(txn, MDB_REVERSEKEY);
}

static void add_table(MDB_txn *txn)
{
    (void)table_of(txn, "visitor", MDB_CREATE | MDB_DUPSORT);
}

static void add_record_to_main(MDB_txn *txn)
{
    MDB_val key = {5, (void *)(uintptr_t) "hello"}, value = {3, (void *)(uintptr_t) "you"};
    lmdb_must(mdb_put(txn, table_of(txn, NULL, 0), &key, &value, 0), "mdb_put");
}

/* A record as LMDB would store it, without our checksum. */
static void forge_record(MDB_txn *txn)
{
    MDB_val key = {0, NULL}, value = {0, NULL};
    MDB_cursor *cursor = NULL;
    lmdb_must(mdb_cursor_open(txn, table_of(txn, "person", 0), &cursor), "mdb_cursor_open");
    lmdb_must(mdb_cursor_get(cursor, &key, &value, MDB_LAST), "mdb_cursor_get");
    unsigned char key_kept[64];
    crash_require(key.mv_size <= sizeof key_kept, "key of a person");
    memcpy(key_kept, key.mv_data, key.mv_size);
    MDB_val forged_key = {key.mv_size, key_kept};
    MDB_val forged = {40, (void *)(uintptr_t) "0123456789012345678901234567890123456789"};
    lmdb_must(mdb_cursor_put(cursor, &forged_key, &forged, 0), "mdb_cursor_put");
    mdb_cursor_close(cursor);
}

/* A record without even room for a checksum, under a key that is too long for its table. */
static void add_odd_records(MDB_txn *txn)
{
    static const char *const tables[] = {"person", "interaction", "tie", "overlay", "name"};
    for (size_t i = 0; i < sizeof tables / sizeof *tables; i++) {
        MDB_val key = {9, (void *)(uintptr_t) "oddoddodd"}, value = {0, NULL};
        lmdb_must(mdb_put(txn, table_of(txn, tables[i], 0), &key, &value, 0), "mdb_put");
    }
}

static void delete_record(MDB_txn *txn, const char *table)
{
    MDB_val key = {0, NULL}, value = {0, NULL};
    MDB_cursor *cursor = NULL;
    lmdb_must(mdb_cursor_open(txn, table_of(txn, table, 0), &cursor), "mdb_cursor_open");
    lmdb_must(mdb_cursor_get(cursor, &key, &value, MDB_FIRST), "mdb_cursor_get");
    lmdb_must(mdb_cursor_del(cursor, 0), "mdb_cursor_del");
    mdb_cursor_close(cursor);
}

static void delete_person(MDB_txn *txn)
{
    delete_record(txn, "person");
}

static void delete_interaction(MDB_txn *txn)
{
    delete_record(txn, "interaction");
}

static void delete_list(MDB_txn *txn)
{
    delete_record(txn, "overlay");
}

static void delete_meta(MDB_txn *txn)
{
    delete_record(txn, "meta");
}

/* Put what is recent into the trees, so that whatever is changed there counts. */
static void fold(const char *path)
{
    wp_error err;
    wpi_store *store;
    wpi_store_txn *txn;
    wpi_slice value, name = {"settings", 8};
    unsigned char copy[64];
    crash_must(wpi_store_open(path, NULL, &store, &err), &err, "opening the store");
    crash_must(wpi_store_begin(store, true, &txn, &err), &err, "beginning");
    crash_must(wpi_store_write_through(txn, &err), &err, "writing through");
    crash_must(wpi_store_get(txn, WPI_TABLE_META, name, &value, NULL, &err), &err, "settings");
    crash_require(value.bytes <= sizeof copy, "settings");
    memcpy(copy, value.data, value.bytes);
    crash_must(wpi_store_put(txn, WPI_TABLE_META, name, (wpi_slice){copy, value.bytes},
                             WPI_RECORD_VERSION, &err),
               &err, "settings");
    crash_must(wpi_store_commit(txn, &err), &err, "committing");
    wpi_store_close(store);
}

static void foreign__changes_by_lmdb_are_noticed(void **state)
{
    static change_fn *const changes[] = {drop_ties,
                                         empty_ties,
                                         remake_with_duplicates,
                                         remake_with_fixed_duplicates,
                                         remake_with_integer_keys,
                                         remake_with_reverse_keys,
                                         add_table,
                                         add_record_to_main,
                                         forge_record,
                                         add_odd_records,
                                         delete_person,
                                         delete_interaction,
                                         delete_list,
                                         delete_meta};
    size_t count = sizeof changes / sizeof *changes;
    const char *path = scratch_path("changed.warmpath");
    (void)state;
    for (size_t i = 0; i < count; i++) {
        uint64_t before = crash_tally(CRASH_REFUSED) + crash_tally(CRASH_NOTICED);
        crash_file_remove(path);
        crash_file_write(path, crash_original()->bytes, crash_original()->size);
        fold(path);
        change_file(path, changes[i]);
        bool is_allowed = crash_examine(path);
        if (!is_allowed || crash_tally(CRASH_REFUSED) + crash_tally(CRASH_NOTICED) == before)
            crash_fail("change %zu was not noticed", i);
    }
    crash_tally_print();
}

/* Another program's database, empty or with tables that bear our names. */
static void make_foreign(MDB_txn *txn)
{
    static const char *const names[] = {"meta", "person", "company", "tie", "interaction"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        MDB_val key = {6, (void *)(uintptr_t) "format"}, value = {4, (void *)(uintptr_t) "\1\0\0"};
        MDB_dbi table = table_of(txn, names[i], MDB_CREATE | MDB_DUPSORT);
        lmdb_must(mdb_put(txn, table, &key, &value, 0), "mdb_put");
    }
}

static void make_nothing(MDB_txn *txn)
{
    (void)txn;
}

static void foreign__databases_are_refused(void **state)
{
    static change_fn *const makers[] = {make_foreign, make_nothing, add_record_to_main, add_table};
    size_t count = sizeof makers / sizeof *makers;
    const char *path = scratch_path("foreign.warmpath");
    (void)state;
    for (size_t i = 0; i < count; i++) {
        crash_file_remove(path);
        change_file(path, makers[i]);
        assert_true(crash_examine(path));
    }
    assert_int_equal(crash_tally(CRASH_REFUSED), count);
    crash_tally_print();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(foreign__files_of_other_kinds_are_refused),
        cmocka_unit_test(foreign__databases_are_refused),
        cmocka_unit_test(foreign__changes_by_lmdb_are_noticed),
    };
    return scratch_end(cmocka_run_group_tests(tests, make_original, forget_original));
}
