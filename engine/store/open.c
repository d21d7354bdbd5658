/*
 * Opening and closing: the registry of open files, the environment, the tables.
 *
 * The order matters: the file's metadata is checked with pread before LMDB sees it; a read
 * transaction then pins a snapshot, whose trees are walked with pread before LMDB walks them.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "base/bytes.h"
#include "base/memory.h"
#include "store/environment.h"
#include "store/validate.h"

#define MAP_BYTES_DEFAULT (UINT64_C(64) << 30)
#define READERS_MAX 1024

/* The files this process has open. Process-wide by nature: LMDB must not open a file twice. */
static pthread_mutex_t registry_mutex = PTHREAD_MUTEX_INITIALIZER;
static wpi_store *registry;

static wp_status check_file_system(int fd, const wp_open_options *options, wp_error *err)
{
    static const uint32_t network[] = {0x6969,     0xff534d42, 0xfe534d42, 0x517b,
                                       0x5346414f, 0x73757245, 0x564c};
    struct statfs system;
    if (options->allow_network_fs || fstatfs(fd, &system) != 0)
        return WP_OK;
    for (size_t i = 0; i < sizeof network / sizeof *network; i++)
        if ((uint32_t)system.f_type == network[i])
            return wpi_error_set(
                err, WP_EACCESS,
                "file is on a network file system (type %#x), expected a local one", network[i]);
    return WP_OK;
}

/* Look at the file before LMDB does. */
static wp_status inspect(const char *path, const wp_open_options *options, struct stat *out,
                         wp_error *err)
{
    int fd = open(path, (options->is_read_only ? O_RDONLY : O_RDWR) | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0) {
        if (errno == ELOOP)
            return wpi_error_set(err, WP_EACCESS, "path is a symbolic link, expected a file");
        return wpi_store_failed(NULL, errno, "opening the file", err);
    }
    wp_status status = WP_OK;
    if (fstat(fd, out) != 0)
        status = wpi_store_failed(NULL, errno, "reading the file's status", err);
    else if (!S_ISREG(out->st_mode))
        status = wpi_error_set(err, WP_EFORMAT, "path is not a regular file");
    if (status == WP_OK)
        status = check_file_system(fd, options, err);
    if (status == WP_OK)
        status = wpi_validate_meta(fd, err);
    close(fd);
    return status;
}

/* Open the environment with as much address space as the system gives. */
static wp_status open_environment(const char *path, const wp_open_options *options,
                                  const struct stat *file, wpi_store *store, wp_error *err)
{
    uint64_t map_bytes = options->map_bytes != 0 ? options->map_bytes : MAP_BYTES_DEFAULT;
    uint64_t memory_bytes = (uint64_t)sysconf(_SC_PHYS_PAGES) * (uint64_t)sysconf(_SC_PAGESIZE);
    unsigned flags = MDB_NOSUBDIR | MDB_NOTLS | (options->is_read_only ? MDB_RDONLY : 0) |
                     ((uint64_t)file->st_size > memory_bytes / 2 ? MDB_NORDAHEAD : 0);
    int code = ENOMEM;
    while (map_bytes < 2 * (uint64_t)file->st_size)
        map_bytes *= 2;
    for (; code == ENOMEM && map_bytes >= 2 * (uint64_t)file->st_size && map_bytes >= 1u << 20;
         map_bytes /= 2) {
        code = mdb_env_create(&store->env);
        if (code == MDB_SUCCESS)
            code = mdb_env_set_mapsize(store->env, map_bytes);
        if (code == MDB_SUCCESS)
            code = mdb_env_set_maxreaders(store->env, READERS_MAX);
        if (code == MDB_SUCCESS)
            code = mdb_env_set_maxdbs(store->env, WPI_TABLE_COUNT);
        if (code == MDB_SUCCESS)
            code = mdb_env_open(store->env, path, flags, 0600);
        if (code == MDB_SUCCESS)
            return WP_OK;
        mdb_env_close(store->env);
        store->env = NULL;
    }
    return wpi_store_failed(NULL, code, "opening the database", err);
}

wp_status wpi_environment_open_tables(wpi_store *store, MDB_txn *txn, bool creates, wp_error *err)
{
    for (int table = 0; table < WPI_TABLE_COUNT; table++) {
        int code = mdb_dbi_open(txn, wpi_table_name((wpi_table)table), creates ? MDB_CREATE : 0,
                                &store->tables[table]);
        if (code == MDB_NOTFOUND)
            return wpi_error_set(err, WP_ECORRUPT, "table %s is missing",
                                 wpi_table_name((wpi_table)table));
        if (code != MDB_SUCCESS)
            return wpi_store_failed(store, code, "opening a table", err);
    }
    return WP_OK;
}

static wp_status check_format(wpi_store *store, MDB_txn *txn, wp_error *err)
{
    wpi_store_txn reading = {.store = store, .txn = txn};
    wpi_slice value;
    wp_status status =
        wpi_store_get(&reading, WPI_TABLE_META, (wpi_slice){"format", 6}, &value, NULL, err);
    if (status == WP_ENOTFOUND || (status == WP_OK && value.bytes != 4))
        return wpi_error_set(err, WP_ECORRUPT, "format record is missing");
    WPI_TRY(status);
    uint32_t format = wpi_bytes_get_le32(value.data);
    if (format != WPI_STORE_FORMAT)
        return wpi_error_set(err, WP_EFORMAT, "format is %u, expected %u", format,
                             WPI_STORE_FORMAT);
    return WP_OK;
}

/* Validate the trees of the snapshot that a transaction pins, unless they are known to be valid. */
static wp_status validate(int fd, uint64_t snapshot, wp_error *err)
{
    if (wpi_validate_is_clean(fd, snapshot))
        return WP_OK;
    WPI_TRY(wpi_validate_trees(fd, snapshot, err));
    wpi_validate_mark_clean(fd, snapshot);
    return WP_OK;
}

/* Pin the newest snapshot, validate it, then let LMDB at it. */
static wp_status admit_snapshot(wpi_store *store, int fd, wp_error *err)
{
    MDB_txn *txn = NULL;
    int code = mdb_txn_begin(store->env, NULL, MDB_RDONLY, &txn);
    if (code != MDB_SUCCESS)
        return wpi_store_failed(store, code, "reading the database", err);
    wp_status status = validate(fd, mdb_txn_id(txn), err);
    if (status == WP_OK)
        status = wpi_environment_open_tables(store, txn, false, err);
    if (status == WP_OK)
        status = check_format(store, txn, err);
    if (status != WP_OK) {
        mdb_txn_abort(txn);
        return status;
    }
    code = mdb_txn_commit(txn); /* keeps the table handles */
    return code == MDB_SUCCESS ? WP_OK : wpi_store_failed(store, code, "reading the database", err);
}

/* Writers may overtake a snapshot between pinning and reading its metadata: try again then. */
static wp_status admit(wpi_store *store, wp_error *err)
{
    int fd = -1, dead = 0;
    int code = mdb_reader_check(store->env, &dead);
    if (code == MDB_SUCCESS)
        code = mdb_env_get_fd(store->env, &fd);
    if (code != MDB_SUCCESS)
        return wpi_store_failed(store, code, "reading the database", err);
    wp_status status = WP_EBUSY;
    for (int attempt = 0; attempt < 100 && status == WP_EBUSY; attempt++)
        status = admit_snapshot(store, fd, err);
    return status;
}

wp_status wpi_environment_open(const char *path, const wp_open_options *options, wpi_store *store,
                               wp_error *err)
{
    struct stat file;
    WPI_TRY(inspect(path, options, &file, err));
    WPI_TRY(open_environment(path, options, &file, store, err));
    store->pid = getpid();
    store->device = file.st_dev;
    store->inode = file.st_ino;
    store->is_read_only = options->is_read_only;
    wp_status status = admit(store, err);
    if (status != WP_OK)
        mdb_env_close(store->env);
    return status;
}

static wpi_store *find_open(const char *path)
{
    struct stat file;
    if (lstat(path, &file) != 0)
        return NULL;
    for (wpi_store *store = registry; store != NULL; store = store->next)
        if (store->device == file.st_dev && store->inode == file.st_ino && store->pid == getpid())
            return store;
    return NULL;
}

static wp_status open_new(const char *path, const wp_open_options *options, wpi_store **out,
                          wp_error *err)
{
    wpi_store *store = wpi_memory_new_zeroed(1, sizeof *store);
    if (store == NULL)
        return wpi_memory_failed(err);
    wp_status status = wpi_environment_open(path, options, store, err);
    if (status == WP_OK && pthread_mutex_init(&store->mutex, NULL) != 0) {
        mdb_env_close(store->env);
        status = wpi_memory_failed(err);
    }
    if (status != WP_OK) {
        wpi_memory_free(store);
        return status;
    }
    store->holders = 1;
    store->next = registry;
    registry = store;
    *out = store;
    return WP_OK;
}

wp_status wpi_store_open(const char *path, const wp_open_options *options, wpi_store **out,
                         wp_error *err)
{
    wp_status status = WP_OK;
    *out = NULL;
    pthread_mutex_lock(&registry_mutex);
    wpi_store *store = find_open(path);
    if (store == NULL) {
        status = open_new(path, options, out, err);
    } else if (store->is_read_only != options->is_read_only) {
        status = wpi_error_set(err, WP_EBUSY, "file is open in this process %s",
                               store->is_read_only ? "read-only" : "for writing");
    } else {
        store->holders++;
        *out = store;
    }
    pthread_mutex_unlock(&registry_mutex);
    return status;
}

static void unregister(const wpi_store *store)
{
    wpi_store **at = &registry;
    while (*at != store)
        at = &(*at)->next;
    *at = store->next;
}

/* Record that the file is as a validated environment left it. */
static void mark_clean(wpi_store *store)
{
    MDB_txn *txn = NULL;
    int fd = -1;
    if (store->is_read_only || mdb_env_get_fd(store->env, &fd) != MDB_SUCCESS ||
        mdb_txn_begin(store->env, NULL, MDB_RDONLY, &txn) != MDB_SUCCESS)
        return;
    wpi_validate_mark_clean(fd, mdb_txn_id(txn));
    mdb_txn_abort(txn);
}

void wpi_store_close(wpi_store *store)
{
    if (store == NULL || store->pid != getpid())
        return; /* a child must not touch the parent's lock file */
    pthread_mutex_lock(&registry_mutex);
    if (--store->holders == 0) {
        unregister(store);
        mark_clean(store);
        mdb_env_close(store->env);
        pthread_mutex_destroy(&store->mutex);
        wpi_memory_free(store);
    }
    pthread_mutex_unlock(&registry_mutex);
}

uint64_t wpi_store_file_bytes(const wpi_store *store)
{
    struct stat file;
    int fd = -1;
    if (mdb_env_get_fd(store->env, &fd) != MDB_SUCCESS || fstat(fd, &file) != 0)
        return 0;
    return (uint64_t)file.st_size;
}

uint32_t wpi_store_reader_count(const wpi_store *store)
{
    MDB_envinfo info;
    return mdb_env_info(store->env, &info) == MDB_SUCCESS ? info.me_numreaders : 0;
}
