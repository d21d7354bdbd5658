/*
 * The state of a database file and of whoever has it open.
 *
 * LMDB prints its table of readers as lines "pid thread snapshot", the snapshot "-" for a slot at
 * rest; there is no other way to it. Ages are known for this process alone, whose transactions are
 * listed here. Pages freed by a commit can be used again when no reader is on a snapshot before it:
 * those freed by later commits than that of the oldest reader are what it pins.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/array.h"
#include "base/memory.h"
#include "store/error.h"
#include "store/files.h"
#include "store/store_internal.h"

#define BLOCK_BYTES 512
#define FREE_TREE 0 /* LMDB's handle of the list of free pages */

typedef struct listing {
    wpi_array *readers;
    wp_error *err;
    wp_status status;
} listing;

/* A line of LMDB's list; those of this process are listed with their ages instead. */
static int take_line(const char *line, void *context)
{
    listing *list = context;
    wp_reader reader = {.age_ms = WP_AGE_UNKNOWN};
    int process;
    if (sscanf(line, "%d %*x %" SCNu64, &process, &reader.snapshot) != 2 || process == getpid())
        return 0;
    reader.process = process;
    reader.is_dead = wpi_files_is_dead(process);
    list->status = wpi_array_push(list->readers, &reader, list->err);
    return list->status == WP_OK ? 0 : -1; /* which ends the list */
}

/* The readers of this process, besides the one that asks. */
static wp_status list_own(wpi_store *store, const wpi_store_txn *asking, wpi_array *readers,
                          wp_error *err)
{
    wp_status status = WP_OK;
    struct timespec now = {0, 0};
    (void)clock_gettime(CLOCK_MONOTONIC_COARSE, &now);
    wpi_store_lock(store);
    for (const wpi_store_txn *at = store->transactions; at != NULL && status == WP_OK;
         at = at->next) {
        if (at == asking || at->is_write || at->is_stale)
            continue;
        int64_t now_ms = (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
        wp_reader reader = {.process = getpid(),
                            .snapshot = mdb_txn_id(at->transaction),
                            .age_ms = now_ms - at->begun_ms};
        status = wpi_array_push(readers, &reader, err);
    }
    wpi_store_unlock(store);
    return status;
}

static wp_status list_readers(wpi_store_txn *txn, wpi_array *readers, wp_error *err)
{
    listing list = {readers, err, WP_OK};
    (void)mdb_reader_list(txn->store->environment, take_line, &list); /* fails with take_line */
    WPI_TRY(list.status);
    return list_own(txn->store, txn, readers, err);
}

/* Count the free pages, and those that were freed after the snapshot of the oldest reader. */
static wp_status count_free(wpi_store_txn *txn, uint64_t oldest, wp_health *out, wp_error *err)
{
    MDB_cursor *cursor;
    MDB_val key, value;
    int code = mdb_cursor_open(txn->transaction, FREE_TREE, &cursor);
    if (code != 0)
        return wpi_store_error(code, "reading the list of free pages", err);
    while ((code = mdb_cursor_get(cursor, &key, &value, MDB_NEXT)) == 0) {
        size_t snapshot, count;
        if (key.mv_size != sizeof(snapshot) || value.mv_size < sizeof(count))
            continue;
        memcpy(&snapshot, key.mv_data, sizeof(snapshot));
        memcpy(&count, value.mv_data, sizeof(count));
        out->free_pages += count;
        out->pinned_pages += snapshot > oldest ? count : 0;
    }
    mdb_cursor_close(cursor);
    return code == MDB_NOTFOUND ? WP_OK
                                : wpi_store_error(code, "reading the list of free pages", err);
}

static wp_status describe_files(const wpi_store *store, wp_health *out, wp_error *err)
{
    wpi_disk disk;
    struct stat lock_file;
    WPI_TRY(wpi_files_describe_disk(store->fd, &disk, err));
    (void)snprintf(out->file_system, sizeof(out->file_system), "%s", disk.name);
    out->is_network_fs = disk.is_network;
    out->disk_free_bytes = disk.free_bytes;
    out->file_bytes = wpi_store_file_bytes(store);
    char *name = wpi_files_lock_name(store->path);
    if (name == NULL)
        return wpi_memory_failed(err);
    out->has_lock_file = stat(name, &lock_file) == 0;
    out->lock_file_bytes = out->has_lock_file ? (uint64_t)lock_file.st_size : 0;
    out->has_lock_blocks = out->has_lock_file && (uint64_t)lock_file.st_blocks * BLOCK_BYTES >=
                                                     (uint64_t)lock_file.st_size;
    wpi_memory_free(name);
    return WP_OK;
}

static wp_status describe(wpi_store_txn *txn, wpi_array *readers, wp_health *out, wp_error *err)
{
    MDB_envinfo info;
    MDB_stat stat;
    MDB_env *environment = txn->store->environment;
    int code = mdb_env_info(environment, &info);
    if (code == 0)
        code = mdb_env_stat(environment, &stat);
    if (code != 0)
        return wpi_store_error(code, "describing the database", err);
    out->snapshot = mdb_txn_id(txn->transaction);
    out->map_bytes = info.me_mapsize;
    out->page_bytes = stat.ms_psize;
    out->pages = info.me_last_pgno + 1;
    out->readers_max = info.me_maxreaders;
    WPI_TRY(list_readers(txn, readers, err));
    uint64_t oldest = out->snapshot;
    for (size_t i = 0; i < readers->count; i++) {
        wp_reader *reader = &WPI_ARRAY_AT(readers, wp_reader, i);
        reader->lag = out->snapshot > reader->snapshot ? out->snapshot - reader->snapshot : 0;
        oldest = reader->snapshot < oldest ? reader->snapshot : oldest;
    }
    WPI_TRY(count_free(txn, oldest, out, err));
    return describe_files(txn->store, out, err);
}

wp_status wpi_store_health(wpi_store *store, wp_health *out, wp_error *err)
{
    wpi_store_txn *txn;
    wpi_array readers = WPI_ARRAY_OF(wp_reader);
    int major, minor, patch, dead = 0;
    WPI_TRY(wpi_store_begin(store, false, &txn, err));
    (void)mdb_reader_check(store->environment, &dead);
    out->readers_cleared = dead > 0 ? (uint32_t)dead : 0;
    (void)mdb_version(&major, &minor, &patch);
    (void)snprintf(out->lmdb, sizeof(out->lmdb), "%d.%d.%d", major, minor, patch);
    wp_status status = describe(txn, &readers, out, err);
    wpi_store_abort(txn);
    if (status != WP_OK) {
        wpi_array_free(&readers);
        *out = (wp_health){.readers = NULL};
        return status;
    }
    out->readers = readers.items;
    out->reader_count = readers.count;
    return WP_OK;
}
