/*
 * Creating and copying: a file appears complete under its name, or not at all.
 *
 * Both build a file under a temporary name in the same directory, sync it, link it to its name
 * (which fails if that exists) and sync the directory. LMDB's own creation is not atomic.
 */
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/bytes.h"
#include "base/memory.h"
#include "store/environment.h"
#include "store/validate.h"

/* A name to build under, and the directory to sync. */
typedef struct draft {
    char directory[PATH_MAX];
    char path[PATH_MAX];
    char lock[PATH_MAX];
} draft;

static wp_status plan(const char *path, draft *out, wp_error *err)
{
    char copy[PATH_MAX];
    uint32_t random;
    struct stat file;
    if (strlen(path) == 0 || strlen(path) + 64 > sizeof copy)
        return wpi_error_set(err, WP_EINVAL, "path has %zu bytes, expected 1..%zu", strlen(path),
                             sizeof copy - 64);
    if (lstat(path, &file) == 0)
        return wpi_error_set(err, WP_EEXIST, "file exists already");
    if (getrandom(&random, sizeof random, 0) != (ssize_t)sizeof random)
        return wpi_error_set(err, WP_EIO, "random bytes are not available");
    memcpy(copy, path, strlen(path) + 1);
    const char *name = strrchr(path, '/') == NULL ? path : strrchr(path, '/') + 1;
    int a = snprintf(out->directory, sizeof out->directory, "%s", dirname(copy));
    int b = snprintf(out->path, sizeof out->path, "%s/.%s.%08x.new", out->directory, name, random);
    int c = snprintf(out->lock, sizeof out->lock, "%s-lock", out->path);
    if (*name == '\0' || a < 0 || b < 0 || c < 0 || (size_t)c >= sizeof out->lock)
        return wpi_error_set(err, WP_EINVAL, "path does not name a file");
    return WP_OK;
}

static wp_status sync_path(const char *path, int flags, wp_error *err)
{
    int fd = open(path, flags | O_CLOEXEC);
    int failed = fd < 0 || fsync(fd) != 0 ? errno : 0;
    if (fd >= 0)
        close(fd);
    return failed == 0 ? WP_OK : wpi_store_failed(NULL, failed, "syncing", err);
}

/* Give the finished file its name. */
static wp_status publish(const draft *plan, const char *path, wp_error *err)
{
    WPI_TRY(sync_path(plan->path, O_RDWR, err));
    if (link(plan->path, path) != 0) {
        if (errno == EEXIST)
            return wpi_error_set(err, WP_EEXIST, "file exists already");
        return wpi_store_failed(NULL, errno, "naming the file", err);
    }
    return sync_path(plan->directory, O_RDONLY | O_DIRECTORY, err);
}

static void clear_away(const draft *plan)
{
    unlink(plan->path);
    unlink(plan->lock);
}

static wp_status write_schema(wpi_store *store, wpi_store_init_fn *init, void *context,
                              wp_error *err)
{
    unsigned char format[4];
    wpi_store_txn txn = {.store = store, .is_write = true};
    int code = mdb_txn_begin(store->env, NULL, 0, &txn.txn);
    if (code != MDB_SUCCESS)
        return wpi_store_failed(store, code, "creating the database", err);
    wp_status status = wpi_environment_open_tables(store, txn.txn, true, err);
    wpi_bytes_put_le32(format, WPI_STORE_FORMAT);
    if (status == WP_OK)
        status = wpi_store_put(&txn, WPI_TABLE_META, (wpi_slice){"format", 6},
                               (wpi_slice){format, sizeof format}, 1, err);
    if (status == WP_OK)
        status = init(&txn, context, err);
    if (status != WP_OK) {
        mdb_txn_abort(txn.txn);
        return status;
    }
    code = mdb_txn_commit(txn.txn);
    return code == MDB_SUCCESS ? WP_OK
                               : wpi_store_failed(store, code, "creating the database", err);
}

static wp_status build(const char *path, wpi_store_init_fn *init, void *context, wp_error *err)
{
    wpi_store store = {.pid = getpid()};
    int code = mdb_env_create(&store.env);
    if (code != MDB_SUCCESS)
        return wpi_store_failed(NULL, code, "creating the database", err);
    code = mdb_env_set_maxdbs(store.env, WPI_TABLE_COUNT);
    if (code == MDB_SUCCESS)
        code = mdb_env_set_mapsize(store.env, 64u << 20);
    if (code == MDB_SUCCESS)
        code = mdb_env_open(store.env, path, MDB_NOSUBDIR | MDB_NOTLS, 0600);
    wp_status status = code == MDB_SUCCESS
                           ? write_schema(&store, init, context, err)
                           : wpi_store_failed(NULL, code, "creating the database", err);
    mdb_env_close(store.env);
    return status;
}

wp_status wpi_store_create(const char *path, wpi_store_init_fn *init, void *context, wp_error *err)
{
    draft made;
    WPI_TRY(plan(path, &made, err));
    wp_status status = build(made.path, init, context, err);
    if (status == WP_OK)
        status = publish(&made, path, err);
    clear_away(&made);
    return status;
}

static wp_status copy_into(wpi_store *store, const char *path, wp_error *err)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0)
        return wpi_store_failed(NULL, errno, "creating the copy", err);
    int code = mdb_env_copyfd2(store->env, fd, 0);
    int failed = close(fd) != 0 ? errno : 0;
    if (code == MDB_SUCCESS)
        code = failed;
    if (code == MDB_SUCCESS)
        return WP_OK;
    unlink(path);
    return wpi_store_failed(store, code, "copying the database", err);
}

/* Read every record of a table, which verifies its checksum. */
static wp_status read_table(wpi_store_txn *txn, wpi_table table, wp_error *err)
{
    wpi_store_cursor *cursor = NULL;
    wpi_slice key, value;
    WPI_TRY(wpi_store_cursor_open(txn, table, &cursor, err));
    wp_status status = wpi_store_cursor_seek(cursor, (wpi_slice){NULL, 0}, &key, &value, err);
    while (status == WP_OK)
        status = wpi_store_cursor_next(cursor, &key, &value, err);
    wpi_store_cursor_close(cursor);
    return status == WP_ENOTFOUND ? WP_OK : status;
}

/* Open the copy as a database (which validates its structure) and read all of it. */
static wp_status verify(const char *path, wp_error *err)
{
    wp_open_options options = WP_OPEN_OPTIONS_INIT;
    wpi_store *copy = NULL;
    wpi_store_txn *txn = NULL;
    WPI_TRY(wpi_store_open(path, &options, &copy, err));
    wp_status status = wpi_store_begin(copy, false, &txn, err);
    for (int table = 0; status == WP_OK && table < WPI_TABLE_COUNT; table++)
        status = read_table(txn, (wpi_table)table, err);
    wpi_store_abort(txn);
    wpi_store_close(copy);
    return status;
}

wp_status wpi_store_backup(wpi_store *store, const char *path, wp_error *err)
{
    draft made;
    WPI_TRY(plan(path, &made, err));
    wp_status status = copy_into(store, made.path, err);
    if (status == WP_OK)
        status = verify(made.path, err);
    if (status == WP_OK)
        status = publish(&made, path, err);
    clear_away(&made);
    return status;
}
