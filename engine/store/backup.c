/*
 * A verified copy of a database that is in use.
 *
 * LMDB copies one snapshot, compacting it: free pages stay behind, but pages in use come with what
 * is left in them of deleted records. Where that must not be, records are copied (rebuild.c): a
 * record of the meta table says so, and is looked for in the copy as well, since it may have been
 * put after the database was asked for it. The compacting copy refuses a file with pages that are
 * neither used nor free; such a file is copied as it is. The copy is built under a temporary name,
 * opened like any foreign file (which walks its structure), every record in it is read and its
 * checksum verified, and only then it gets its name.
 */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/memory.h"
#include "store/error.h"
#include "store/files.h"
#include "store/store_internal.h"

static wp_status copy_compacted(MDB_env *environment, int fd, wp_error *err)
{
    int code = mdb_env_copyfd2(environment, fd, MDB_CP_COMPACT);
    if (code == MDB_INCOMPATIBLE) {
        if (ftruncate(fd, 0) != 0 || lseek(fd, 0, SEEK_SET) != 0)
            return wpi_store_error(errno, "writing the copy", err);
        code = mdb_env_copyfd2(environment, fd, 0);
    }
    return code == 0 ? WP_OK : wpi_store_write_error(code, fd, "writing the copy", err);
}

/* Copy the newest snapshot; counted as active, since LMDB reads it in a transaction. */
static wp_status copy(wpi_store *store, int fd, wp_error *err)
{
    wpi_store_lock(store);
    wp_status status = wpi_store_enter(store, err);
    wpi_store_unlock(store);
    WPI_TRY(status);
    status = copy_compacted(store->environment, fd, err);
    wpi_store_lock(store);
    wpi_store_leave(store);
    wpi_store_unlock(store);
    return status;
}

static wp_status verify_table(wpi_store_txn *txn, wpi_table table, wp_error *err)
{
    wpi_store_cursor *cursor;
    wpi_slice key;
    wpi_slice value;
    WPI_TRY(wpi_store_cursor_open(txn, table, &cursor, err));
    wp_status status = WP_OK;
    while (status == WP_OK)
        status = wpi_store_cursor_next(cursor, &key, &value, err);
    wpi_store_cursor_close(cursor);
    return status == WP_ENOTFOUND ? WP_OK : status;
}

static wp_status verify_records(wpi_store *copy, wp_error *err)
{
    wpi_store_txn *txn;
    WPI_TRY(wpi_store_begin(copy, false, &txn, err));
    wp_status status = WP_OK;
    for (unsigned i = 0; i < WPI_TABLE_COUNT && status == WP_OK; i++)
        status = verify_table(txn, (wpi_table)i, err);
    wpi_store_abort(txn);
    return status;
}

/* Whether there is a record of this name in the meta table. */
static wp_status has_record(wpi_store *store, const char *name, bool *has, wp_error *err)
{
    wpi_store_txn *txn;
    wpi_slice value;
    WPI_TRY(wpi_store_begin(store, false, &txn, err));
    wp_status status =
        wpi_store_get_unverified(txn, WPI_TABLE_META, (wpi_slice){name, strlen(name)}, &value, err);
    wpi_store_abort(txn);
    *has = status == WP_OK;
    return status == WP_ENOTFOUND ? WP_OK : status;
}

/* Read all of a file; with a name, also whether it has that record of the meta table. */
static wp_status verify_file(const char *path, const char *name, bool *has, wp_error *err)
{
    wpi_store *copy;
    WPI_TRY(wpi_store_new(path, &copy, err));
    copy->is_private = true;
    copy->is_read_only = true;
    copy->is_network_allowed = true;
    wp_status status = wpi_environment_open(copy, err);
    if (status == WP_OK)
        status = verify_records(copy, err);
    if (status == WP_OK && name != NULL)
        status = has_record(copy, name, has, err);
    wpi_store_close(copy);
    return status;
}

wp_status wpi_store_verify_file(const char *path, wp_error *err)
{
    return verify_file(path, NULL, NULL, err);
}

/* Fill the open file, by pages or by record, and look whether it can be read. */
static wp_status fill(wpi_store *store, const char *path, int fd,
                      const wpi_store_rebuild_options *by_record, const char *name, bool *has,
                      wp_error *err)
{
    uint64_t snapshot;
    char *lock_file = wpi_files_lock_name(path);
    if (lock_file == NULL)
        return wpi_memory_failed(err);
    wp_status status = by_record == NULL
                           ? copy(store, fd, err)
                           : wpi_store_copy_records(store, path, by_record, &snapshot, err);
    if (status == WP_OK)
        status = verify_file(path, name, has, err);
    (void)unlink(lock_file);
    wpi_memory_free(lock_file);
    return status;
}

/* A copy of pages that has the record is of a snapshot after the one that was looked at. */
static wp_status copy_and_verify(wpi_store *store, const char *path, int fd,
                                 const wpi_store_rebuild_options *options, wp_error *err)
{
    const char *name = options == NULL ? NULL : options->left_out;
    bool has = false;
    if (name != NULL)
        WPI_TRY(has_record(store, name, &has, err));
    if (!has) {
        WPI_TRY(fill(store, path, fd, NULL, name, &has, err));
        if (has && ftruncate(fd, 0) != 0)
            return wpi_store_error(errno, "writing the copy", err);
    }
    return has ? fill(store, path, fd, options, NULL, NULL, err) : WP_OK;
}

/* The file stays open until it has its name, since that marks it as being in use. */
static wp_status make_copy(wpi_store *store, const char *temporary, const char *path,
                           const wpi_store_rebuild_options *options, wp_error *err)
{
    int fd;
    WPI_TRY(wpi_files_create(temporary, &fd, err));
    wp_status status = copy_and_verify(store, temporary, fd, options, err);
    if (status == WP_OK)
        status = wpi_files_place(temporary, path, err);
    if (status != WP_OK)
        (void)unlink(temporary);
    if (close(fd) != 0 && status == WP_OK) {
        status = wpi_store_error(errno, "writing the copy", err);
        (void)unlink(path);
    }
    return status;
}

wp_status wpi_store_backup(wpi_store *store, const char *path,
                           const wpi_store_rebuild_options *options, wp_error *err)
{
    WPI_TRY(wpi_store_check_process(store, err));
    if (path == NULL || path[0] == '\0')
        return wpi_error_set(err, WP_EINVAL, "the path is empty, expected a file");
    wpi_files_remove_leftovers(path);
    WPI_TRY(wpi_files_refuse_existing(path, err));
    char *temporary;
    WPI_TRY(wpi_files_temporary_name(path, &temporary, err));
    wp_status status = make_copy(store, temporary, path, options, err);
    wpi_memory_free(temporary);
    return status;
}
