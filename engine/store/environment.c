/*
 * The LMDB environment of a store: opening with every check, closing, and the size of its map.
 *
 * Opening goes through the checks in this order, because each protects the next: the path is a
 * regular file; the meta pages are sound (before LMDB maps the file by them); LMDB opened the very
 * file that was examined; a read transaction pins a snapshot; the snapshot's structure is sound or
 * the file is stamped as clean; only then LMDB follows page numbers, to open the tables.
 *
 * The tables are opened in the pinned read transaction, so that opening never waits for a writer
 * of another process. Nobody else knows the environment yet, so the handles are safe to publish.
 */
#include <errno.h>
#include <fcntl.h>
#include <lmdb.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include "base/bytes.h"
#include "base/memory.h"
#include "store/error.h"
#include "store/files.h"
#include "store/lock_file.h"
#include "store/meta.h"
#include "store/record.h"
#include "store/stamp.h"
#include "store/store_internal.h"
#include "store/validate.h"

#define MAP_BYTES_DEFAULT ((uint64_t)64 << 30)
#define MAP_BYTES_LEAST ((uint64_t)4 << 20)
#define READERS_MAX 1024
#define PIN_TRIES_MAX 50
#define OPEN_TRIES_MAX 10
#define LOCK_TRIES_MAX 20
#define LOCK_PAUSE_NS_MAX 100000000
#define FILE_MODE 0600

/* Check what can be checked before LMDB opens the file; notes which file it is. */
static wp_status examine(wpi_store *store, struct stat *info, wp_error *err)
{
    wpi_metas metas;
    WPI_TRY(wpi_files_examine(store->path, info, err));
    int fd = open(store->path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0)
        return wpi_store_error(errno, "opening the database", err);
    wp_status status = WP_OK;
    if (fstat(fd, info) != 0 || !S_ISREG(info->st_mode))
        status = wpi_error_set(err, WP_EACCESS, "the path changed while it was being opened");
    if (status == WP_OK && !store->is_network_allowed)
        status = wpi_files_refuse_network(fd, err);
    if (status == WP_OK)
        status = wpi_meta_read(fd, &metas, err);
    (void)close(fd); /* Nothing was written. */
    return status;
}

static unsigned environment_flags(const wpi_store *store, uint64_t file_bytes)
{
    unsigned flags = MDB_NOSUBDIR | MDB_NOTLS;
    uint64_t memory_bytes = (uint64_t)sysconf(_SC_PHYS_PAGES) * (uint64_t)sysconf(_SC_PAGESIZE);
    if (file_bytes > memory_bytes)
        flags |= MDB_NORDAHEAD;
    if (store->is_unsynced)
        flags |= MDB_NOSYNC; /* A file being built, which nobody knows before it is synced. */
    return store->is_read_only ? flags | MDB_RDONLY : flags;
}

/* One try with one size of the map. */
static int open_with_map(wpi_store *store, unsigned flags, uint64_t map_bytes)
{
    MDB_env *environment;
    int code = mdb_env_create(&environment);
    if (code != 0)
        return code;
    code = mdb_env_set_maxreaders(environment, READERS_MAX);
    if (code == 0)
        code = mdb_env_set_maxdbs(environment, WPI_TABLE_COUNT);
    if (code == 0)
        code = mdb_env_set_mapsize(environment, map_bytes);
    if (code == 0)
        code = mdb_env_open(environment, store->path, flags, FILE_MODE);
    if (code == 0)
        code = mdb_env_get_fd(environment, &store->fd);
    store->mapping++;
    if (code == 0)
        store->environment = environment;
    else
        mdb_env_close(environment);
    return code;
}

/* Reserve what was asked for, less where the system refuses, down to twice the file. */
static wp_status open_environment(wpi_store *store, uint64_t file_bytes, wp_error *err)
{
    uint64_t page_bytes = (uint64_t)sysconf(_SC_PAGESIZE);
    uint64_t map_bytes = store->map_bytes == 0 ? MAP_BYTES_DEFAULT : store->map_bytes;
    uint64_t least = file_bytes * 2 < MAP_BYTES_LEAST ? MAP_BYTES_LEAST : file_bytes * 2;
    unsigned flags = environment_flags(store, file_bytes);
    if (map_bytes > SIZE_MAX - page_bytes)
        return wpi_error_set(err, WP_EINVAL, "map_bytes is out of range");
    if (store->lock_fd < 0) /* closing the lock file would drop the lock that is held on it */
        WPI_TRY(wpi_lock_file_prepare(store->path, READERS_MAX, err));
    map_bytes = (map_bytes + page_bytes - 1) / page_bytes * page_bytes;
    int code = open_with_map(store, flags, map_bytes);
    /* Some systems (valgrind is one) say EINVAL when there is not that much address space. */
    while ((code == ENOMEM || code == EINVAL) && map_bytes / 2 >= least) {
        map_bytes = map_bytes / 2 / page_bytes * page_bytes;
        code = open_with_map(store, flags, map_bytes);
    }
    return code == 0 ? WP_OK : wpi_store_error(code, "opening the database", err);
}

static bool is_same_file(const struct stat *a, const struct stat *b)
{
    return a->st_dev == b->st_dev && a->st_ino == b->st_ino;
}

/* Whether LMDB opened the file that was examined, and the path still leads there: it may have been
 * rebuilt by another process (rebuild.c) until LMDB held its lock. */
static wp_status check_identity(const wpi_store *store, const struct stat *examined, bool *is_same,
                                wp_error *err)
{
    struct stat info, named;
    if (fstat(store->fd, &info) != 0)
        return wpi_store_error(errno, "opening the database", err);
    *is_same = is_same_file(&info, examined) && lstat(store->path, &named) == 0 &&
               is_same_file(&info, &named);
    return WP_OK;
}

/*
 * Begin a read transaction and find the meta page of its snapshot. A busy writer may overwrite
 * that page in between (two commits later), so try again with the snapshot of the day.
 */
static wp_status pin_snapshot(wpi_store *store, MDB_txn **transaction, wpi_metas *metas,
                              const wpi_meta **meta, wp_error *err)
{
    for (int i = 0; i < PIN_TRIES_MAX; i++) {
        int code = mdb_txn_begin(store->environment, NULL, MDB_RDONLY, transaction);
        if (code != 0)
            return wpi_store_error(code, "beginning a transaction", err);
        wp_status status = wpi_meta_read(store->fd, metas, err);
        *meta = status == WP_OK ? wpi_meta_of(metas, mdb_txn_id(*transaction)) : NULL;
        if (*meta != NULL)
            return WP_OK;
        mdb_txn_abort(*transaction);
        *transaction = NULL;
        WPI_TRY(status);
        struct timespec wait = {0, 1000000};
        (void)nanosleep(&wait, NULL);
    }
    return wpi_error_set(err, WP_EBUSY,
                         "the lock file belongs to another database or a writer "
                         "commits without pause");
}

static wp_status check_format(wpi_store *store, MDB_txn *transaction, wp_error *err)
{
    static const char name[] = WPI_FORMAT_KEY;
    MDB_val key = {sizeof(name) - 1, (void *)(uintptr_t)name};
    MDB_val value;
    wpi_slice payload;
    int code = mdb_get(transaction, store->tables[WPI_TABLE_META], &key, &value);
    if (code == MDB_NOTFOUND)
        return wpi_error_set(err, WP_ECORRUPT, "table meta has no format record");
    if (code != 0)
        return wpi_store_error(code, "reading table meta", err);
    WPI_TRY(wpi_record_unseal(WPI_TABLE_META, (wpi_slice){key.mv_data, key.mv_size},
                              (wpi_slice){value.mv_data, value.mv_size}, &payload, NULL, err));
    uint32_t format = payload.bytes == 4 ? wpi_bytes_get_le32(payload.data) : 0;
    if (format == WPI_FORMAT_NUMBER)
        return WP_OK;
    return wpi_error_set(err, WP_EFORMAT, "format is %u, expected %d", format, WPI_FORMAT_NUMBER);
}

static wp_status open_tables(wpi_store *store, MDB_txn *transaction, unsigned flags, wp_error *err)
{
    for (unsigned i = 0; i < WPI_TABLE_COUNT; i++) {
        const char *name = wpi_table_name((wpi_table)i);
        int code = mdb_dbi_open(transaction, name, flags, &store->tables[i]);
        if (code != 0)
            return wpi_store_error(code, "opening the tables", err);
    }
    return WP_OK;
}

/* Validate what the transaction sees, unless the file is known to be clean. */
static wp_status validate(wpi_store *store, const struct stat *info, const wpi_metas *metas,
                          const wpi_meta *meta, wp_error *err)
{
    if (wpi_stamp_matches(store->fd, info, metas))
        return WP_OK;
    WPI_TRY(wpi_validate_snapshot(store->fd, meta, err));
    if (!store->is_read_only && !store->is_private)
        wpi_stamp_write(store->fd, info, metas);
    return WP_OK;
}

static wp_status validate_and_open_tables(wpi_store *store, wp_error *err)
{
    struct stat info;
    wpi_metas metas;
    const wpi_meta *meta;
    MDB_txn *transaction = NULL;
    if (fstat(store->fd, &info) != 0) /* Before the snapshot, so that a later write shows. */
        return wpi_store_error(errno, "opening the database", err);
    WPI_TRY(pin_snapshot(store, &transaction, &metas, &meta, err));
    wp_status status;
    WPI_TRY_OUT(validate(store, &info, &metas, meta, err));
    WPI_TRY_OUT(open_tables(store, transaction, 0, err));
    WPI_TRY_OUT(check_format(store, transaction, err));
    int code = mdb_txn_commit(transaction); /* Keeps the handles of the tables. */
    transaction = NULL;
    if (code != 0)
        status = wpi_store_error(code, "opening the tables", err);
out:
    if (transaction != NULL)
        mdb_txn_abort(transaction);
    return status;
}

void wpi_environment_clear_readers(wpi_store *store)
{
    int dead;
    (void)mdb_reader_check(store->environment, &dead); /* What remains is found again later. */
}

void wpi_environment_discard(wpi_store *store)
{
    wpi_recent_forget(store);
    for (unsigned i = 0; i < store->idle_count; i++)
        mdb_txn_abort(store->idle[i]);
    store->idle_count = 0;
    mdb_env_close(store->environment);
    store->environment = NULL;
    store->wants_growth = false; /* It may not want it when it is opened anew. */
    store->fd = -1;
    if (store->lock_fd >= 0)
        (void)close(store->lock_fd);
    store->lock_fd = -1;
}

/* Open the file that the path leads to, even when that changes meanwhile. */
static wp_status open_named(wpi_store *store, struct stat *info, wp_error *err)
{
    for (int i = 0; i < OPEN_TRIES_MAX; i++) {
        bool is_same;
        WPI_TRY(examine(store, info, err));
        WPI_TRY(open_environment(store, (uint64_t)info->st_size, err));
        WPI_TRY(check_identity(store, info, &is_same, err));
        if (is_same)
            return WP_OK;
        wpi_environment_discard(store);
    }
    return wpi_error_set(err, WP_EACCESS, "the path changed while it was being opened");
}

/* One try; a failed environment is discarded. */
static wp_status open_once(wpi_store *store, struct stat *info, wp_error *err)
{
    wp_status status = open_named(store, info, err);
    if (status == WP_OK) {
        wpi_environment_clear_readers(store);
        status = validate_and_open_tables(store, err);
    }
    if (status != WP_OK)
        wpi_environment_discard(store);
    return status;
}

/* Several processes that try again at one pace would never let go at the same time. */
static void pause_unevenly(void)
{
    struct timespec now = {0, 0};
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    uint64_t spread = (uint64_t)now.tv_nsec * 2654435761u ^ (uint64_t)getpid() << 16;
    struct timespec wait = {0, (long)(spread % LOCK_PAUSE_NS_MAX)};
    (void)nanosleep(&wait, NULL);
}

/* A process that dies right after it swapped the file (rebuild.c) leaves a lock file that speaks of
 * snapshots of the old one to whoever waited for it. It is set up anew when all of them let go. */
wp_status wpi_environment_open(wpi_store *store, wp_error *err)
{
    struct stat info;
    wp_status status = open_once(store, &info, err);
    for (int i = 1; i < LOCK_TRIES_MAX && status == WP_EBUSY; i++) {
        pause_unevenly();
        status = open_once(store, &info, err);
    }
    if (status != WP_OK)
        return status;
    store->device = info.st_dev;
    store->inode = info.st_ino;
    return WP_OK;
}

wp_status wpi_environment_create(wpi_store *store, wp_error *err)
{
    WPI_TRY(open_environment(store, 0, err));
    MDB_txn *transaction = NULL;
    wp_status status = WP_OK;
    int code = mdb_txn_begin(store->environment, NULL, 0, &transaction);
    if (code != 0)
        status = wpi_store_write_error(code, store->fd, "creating the tables", err);
    else
        status = open_tables(store, transaction, MDB_CREATE, err);
    if (status == WP_OK) {
        code = mdb_txn_commit(transaction);
        transaction = NULL;
        if (code != 0)
            status = wpi_store_write_error(code, store->fd, "creating the tables", err);
    }
    if (transaction != NULL)
        mdb_txn_abort(transaction);
    if (status != WP_OK)
        wpi_environment_discard(store);
    return status;
}

/* The time of the file is read first: when others write meanwhile, the stamp fits to nothing. */
static void stamp_clean(const wpi_store *store)
{
    struct stat info;
    wpi_metas metas;
    if (fstat(store->fd, &info) == 0 && wpi_meta_read(store->fd, &metas, NULL) == WP_OK)
        wpi_stamp_write(store->fd, &info, &metas);
}

void wpi_environment_close(wpi_store *store)
{
    if (store->environment == NULL)
        return;
    bool is_stamped = !store->is_read_only && !store->is_private;
    if (is_stamped && (atomic_load(&store->is_suspect) || atomic_load(&store->is_loose)))
        wpi_stamp_remove(store->fd);
    else if (is_stamped)
        stamp_clean(store);
    wpi_environment_discard(store);
}

/* Whether the system would map so much; LMDB could not go back if it would not. */
static bool can_map(int fd, size_t bytes)
{
    void *map = mmap(NULL, bytes, PROT_READ, MAP_SHARED, fd, 0);
    if (map == MAP_FAILED)
        return false;
    (void)munmap(map, bytes);
    return true;
}

void wpi_environment_resize(wpi_store *store)
{
    store->mapping++;
    if (mdb_env_set_mapsize(store->environment, 0) != 0)
        wpi_environment_discard(store); /* It is unmapped now; the next begin opens it anew. */
}

void wpi_environment_grow(wpi_store *store)
{
    MDB_envinfo info;
    store->wants_growth = false;
    wpi_environment_clear_readers(store);
    if (mdb_env_info(store->environment, &info) != 0)
        return;
    size_t bytes = info.me_mapsize * 2;
    if (!can_map(store->fd, bytes))
        return;
    store->mapping++;
    if (mdb_env_set_mapsize(store->environment, bytes) != 0)
        wpi_environment_discard(store); /* It is unmapped now; the next begin opens it anew. */
}
