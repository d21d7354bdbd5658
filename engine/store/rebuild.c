/*
 * Rebuilding a database record by record, so that nothing of what was deleted is left in the file.
 *
 * B-tree pages keep the bytes of deleted records, and LMDB's compacting copy takes pages as they
 * are. So every record is read, verified and put into a new file beside the old one, which is
 * synced and verified and then takes its name. A crash leaves the old file or the new one.
 *
 * The old file must not be in use then: who has it open would go on with a file without a name. Who
 * has it open holds a shared lock on the first byte of LMDB's lock file, so the environment is
 * closed, an exclusive lock on that byte is asked for, and without it nothing is swapped
 * (WP_EBUSY). While it is held, others wait inside mdb_env_open(); they look afterwards whether the
 * path still leads to the file they have (environment.c). The lock goes over to the new
 * environment: LMDB asks for the same one, finds it free, sets its lock file up anew and keeps a
 * shared one. The descriptor of the lock stays open as long as that environment, because closing it
 * would drop LMDB's locks.
 *
 * Nothing else of this process uses the file meanwhile: the registry and the store are locked and
 * no transaction is active. The copy is made before, from a snapshot; when somebody commits in
 * between it is made again.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/memory.h"
#include "store/error.h"
#include "store/files.h"
#include "store/meta.h"
#include "store/record.h"
#include "store/store_internal.h"

#define TRIES_MAX 3
#define COMMIT_BYTES ((uint64_t)64 << 20)
#define RECORDS_BETWEEN_CALLS 65536

typedef struct rebuilding {
    wpi_store *store;
    wpi_store_txn *from;
    wpi_store *copy;
    wpi_store_txn *to;
    uint64_t bytes; /* put since the last commit */
    uint64_t done;
    uint64_t total;
    const wpi_store_rebuild_options *options;
} rebuilding;

static wp_status count_records(rebuilding *self, wp_error *err)
{
    for (unsigned i = 0; i < WPI_TABLE_RECENT; i++) {
        uint64_t count;
        WPI_TRY(wpi_store_count(self->from, (wpi_table)i, &count, err));
        self->total += count;
    }
    return WP_OK;
}

static wp_status begin_next(rebuilding *self, wp_error *err)
{
    wpi_store_txn *full = self->to;
    self->to = NULL;
    self->bytes = 0;
    if (full != NULL)
        WPI_TRY(wpi_store_commit(full, err));
    return wpi_store_begin(self->copy, true, &self->to, err);
}

static bool is_left_out(const rebuilding *self, wpi_table table, wpi_slice key)
{
    const char *name = self->options->left_out;
    return table == WPI_TABLE_META && name != NULL && key.bytes == strlen(name) &&
           memcmp(key.data, name, key.bytes) == 0;
}

/* Values are copied as they are, with the checksum that was verified, which lies behind them. */
static wp_status copy_record(rebuilding *self, wpi_table table, wpi_slice key, wpi_slice payload,
                             wp_error *err)
{
    static const wpi_put_where behind = {NULL, true};
    size_t sealed_bytes = payload.bytes + WPI_VALUE_TRAILER_BYTES;
    unsigned char *place;
    if (++self->done % RECORDS_BETWEEN_CALLS == 0 && self->options->progress != NULL)
        self->options->progress(self->options->context, self->done, self->total);
    if (is_left_out(self, table, key))
        return WP_OK;
    if (self->bytes > COMMIT_BYTES)
        WPI_TRY(begin_next(self, err));
    self->bytes += key.bytes + sealed_bytes;
    WPI_TRY(wpi_tree_put(self->to, table, &behind, key, sealed_bytes, &place, err));
    memcpy(place, payload.data, sealed_bytes);
    self->to->is_dirty = true;
    return WP_OK;
}

static wp_status copy_table(rebuilding *self, wpi_table table, wp_error *err)
{
    wpi_store_cursor *cursor;
    wpi_slice key, payload;
    wp_status status = WP_OK;
    WPI_TRY(wpi_store_cursor_open(self->from, table, &cursor, err));
    while (status == WP_OK &&
           (status = wpi_store_cursor_next(cursor, &key, &payload, err)) == WP_OK)
        status = copy_record(self, table, key, payload, err);
    wpi_store_cursor_close(cursor);
    return status == WP_ENOTFOUND ? WP_OK : status;
}

static wp_status copy_all(rebuilding *self, wp_error *err)
{
    wp_status status;
    WPI_TRY_OUT(count_records(self, err));
    WPI_TRY_OUT(begin_next(self, err));
    for (unsigned i = 0; i < WPI_TABLE_RECENT; i++)
        WPI_TRY_OUT(copy_table(self, (wpi_table)i, err));
    wpi_store_txn *last = self->to;
    self->to = NULL;
    status = wpi_store_commit(last, err);
out:
    wpi_store_abort(self->to);
    return status;
}

wp_status wpi_store_copy_records(wpi_store *store, const char *path,
                                 const wpi_store_rebuild_options *options, uint64_t *snapshot,
                                 wp_error *err)
{
    rebuilding self = {.store = store, .options = options};
    WPI_TRY(wpi_store_new(path, &self.copy, err));
    self.copy->is_private = true;
    self.copy->is_direct = true;
    self.copy->is_network_allowed = true;
    self.copy->is_unsynced = true; /* nobody knows the file before it is synced as a whole */
    wp_status status = wpi_environment_create(self.copy, err);
    if (status == WP_OK)
        status = wpi_store_begin(store, false, &self.from, err);
    if (status == WP_OK) {
        *snapshot = mdb_txn_id(self.from->transaction);
        status = copy_all(&self, err);
        wpi_store_abort(self.from);
    }
    wpi_store_close(self.copy);
    return status;
}

/* The new file belongs to whom the old one belongs to. */
static wp_status keep_owner(const wpi_store *store, int fd, wp_error *err)
{
    struct stat old, new;
    if (fstat(store->fd, &old) != 0 || fstat(fd, &new) != 0)
        return wpi_store_error(errno, "examining the database", err);
    if (old.st_nlink != 1)
        return wpi_error_set(err, WP_EACCESS, "the file has %lu names, expected one",
                             (unsigned long)old.st_nlink);
    bool is_other = old.st_uid != new.st_uid || old.st_gid != new.st_gid;
    if (is_other && fchown(fd, old.st_uid, old.st_gid) != 0)
        return wpi_store_error(errno, "giving the new file its owner", err);
    if (fchmod(fd, old.st_mode & 07777) != 0)
        return wpi_store_error(errno, "giving the new file its mode", err);
    return WP_OK;
}

static wp_status refuse_active(unsigned active, wp_error *err)
{
    return wpi_error_set(err, WP_EBUSY, "%u transactions of this process are open, expected none",
                         active);
}

static wp_status refuse_others(wp_error *err)
{
    return wpi_error_set(err, WP_EBUSY, "another process has the database open, expected none");
}

/* Ask for the lock that nobody holds when nobody has the database open; *fd keeps it. */
static wp_status lock_others_out(const wpi_store *store, int *fd, wp_error *err)
{
    char *name = wpi_files_lock_name(store->path);
    if (name == NULL)
        return wpi_memory_failed(err);
    struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = 0, .l_len = 1};
    wp_status status = WP_OK;
    *fd = open(name, O_RDWR | O_NOFOLLOW | O_CLOEXEC);
    wpi_memory_free(name);
    if (*fd < 0)
        return wpi_store_error(errno, "opening the lock file", err);
    if (fcntl(*fd, F_SETLK, &lock) != 0)
        status = refuse_others(err);
    if (status != WP_OK) {
        (void)close(*fd);
        *fd = -1;
    }
    return status;
}

/* Whether the path still leads to the snapshot that was copied. */
static wp_status check_unchanged(const wpi_store *store, uint64_t snapshot, bool *is_unchanged,
                                 wp_error *err)
{
    wpi_metas metas;
    struct stat info;
    int fd = open(store->path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0)
        return wpi_store_error(errno, "opening the database", err);
    wp_status status = wpi_meta_read(fd, &metas, err);
    *is_unchanged = status == WP_OK && wpi_meta_newest(&metas)->snapshot == snapshot &&
                    fstat(fd, &info) == 0 && wpi_store_is_file(store, &info);
    (void)close(fd); /* Nothing was written, and LMDB's locks are on another file. */
    return status;
}

/* Swap with everybody locked out; registry and store are locked and no transaction is active. */
static wp_status swap(wpi_store *store, const char *temporary, uint64_t snapshot, bool *is_done,
                      wp_error *err)
{
    int fd = -1;
    wpi_environment_discard(store);
    wp_status status = lock_others_out(store, &fd, err);
    if (status == WP_OK) {
        bool is_unchanged = false;
        status = check_unchanged(store, snapshot, &is_unchanged, err);
        if (status == WP_OK && is_unchanged)
            status = wpi_files_replace(temporary, store->path, is_done, err);
        store->lock_fd = fd;
        store->snapshot_base += *is_done ? snapshot : 0;
    }
    /* The old file or the new one; when it fails the next begin tries again. */
    wp_status reopened = wpi_environment_open(store, status == WP_OK ? err : NULL);
    return status == WP_OK ? reopened : status;
}

static wp_status lock_and_swap(wpi_store *store, const char *temporary, uint64_t snapshot,
                               bool *is_done, wp_error *err)
{
    wp_status status;
    wpi_store_lock_registry();
    wpi_store_lock(store);
    if (store->active > 0)
        status = refuse_active(store->active, err);
    else
        status = swap(store, temporary, snapshot, is_done, err);
    wpi_store_unlock(store);
    wpi_store_unlock_registry();
    return status;
}

/* One try; *is_done: the new file has the name. */
static wp_status try_once(wpi_store *store, const wpi_store_rebuild_options *options,
                          const char *temporary, bool *is_done, wp_error *err)
{
    uint64_t snapshot = 0;
    int fd;
    char *lock_file = wpi_files_lock_name(temporary);
    if (lock_file == NULL)
        return wpi_memory_failed(err);
    wp_status status = wpi_files_create(temporary, &fd, err);
    if (status == WP_OK) {
        status = wpi_store_copy_records(store, temporary, options, &snapshot, err);
        if (status == WP_OK)
            status = wpi_store_verify_file(temporary, err);
        if (status == WP_OK)
            status = keep_owner(store, fd, err);
        (void)unlink(lock_file);
        if (status == WP_OK)
            status = lock_and_swap(store, temporary, snapshot, is_done, err);
        if (!*is_done)
            (void)unlink(temporary);
        (void)close(fd); /* Nothing was written through it. */
    }
    wpi_memory_free(lock_file);
    return status;
}

/* Making the copy takes long, so that whoever is seen to use the file is told before. A process
 * that has it open and never read is seen by its lock alone, afterwards. */
static wp_status check_unused(wpi_store *store, wp_error *err)
{
    wp_health health;
    wp_status status = WP_OK;
    wpi_store_lock(store);
    unsigned active = store->active;
    wpi_store_unlock(store);
    if (active > 0)
        return refuse_active(active, err);
    WPI_TRY(wpi_store_health(store, &health, err));
    for (size_t i = 0; i < health.reader_count && status == WP_OK; i++)
        if (health.readers[i].process != getpid())
            status = refuse_others(err);
    wpi_memory_free(health.readers);
    return status;
}

wp_status wpi_store_rebuild(wpi_store *store, const wpi_store_rebuild_options *options,
                            wp_error *err)
{
    char *temporary;
    bool is_done = false;
    wp_status status = WP_OK;
    WPI_TRY(wpi_store_check_process(store, err));
    if (store->is_read_only)
        return wpi_error_set(err, WP_EREADONLY, "the database is open for reading alone");
    WPI_TRY(check_unused(store, err));
    wpi_files_remove_leftovers(store->path);
    for (int i = 0; i < TRIES_MAX && status == WP_OK && !is_done; i++) {
        WPI_TRY(wpi_files_temporary_name(store->path, &temporary, err));
        status = try_once(store, options, temporary, &is_done, err);
        wpi_memory_free(temporary);
    }
    if (status == WP_OK && !is_done)
        status = wpi_error_set(err, WP_EBUSY, "others commit while the database is rebuilt");
    return status;
}
