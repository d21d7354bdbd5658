/*
 * Opening and closing: the registry of open files, and the life of a store.
 *
 * LMDB breaks when one process opens a file twice, because closing either drops the POSIX locks of
 * both. So the stores of this process stand in a list by device and inode, and opening a listed
 * file counts a reference instead. The list is the only global state of the engine. Stores
 * inherited through fork() stay in the child's list and are passed over: the child may not use
 * them, nor free what the parent's lock file knows of.
 *
 * A child is recognised by a page of memory that the kernel clears at fork (one load a call);
 * where the kernel cannot do that, by the process id (one system call).
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/memory.h"
#include "store/error.h"
#include "store/files.h"
#include "store/store_internal.h"

#define READER_AGE_MAX_MS 60000

static pthread_mutex_t registry_mutex = PTHREAD_MUTEX_INITIALIZER;
static wpi_store *registry;

const char *wpi_table_name(wpi_table table)
{
    static const char *const names[WPI_TABLE_COUNT] = {
        "meta",       "person",   "company",  "identity", "employment",  "member",  "interaction",
        "source_id",  "reply",    "evidence", "tie",      "overlay",     "consent", "ask",
        "name",       "mark",     "segment",  "changed",  "source",      "alias",   "part",
        "merge",      "namesake", "restated", "private",  "opportunity", "role",    "stake",
        "suppressed", "audit",    "barrier",  "spelling", "recent"};
    return (unsigned)table < WPI_TABLE_COUNT ? names[table] : "?";
}

/* Default mutexes fail to lock or unlock only when they were not initialised. */
void wpi_store_lock(wpi_store *store)
{
    (void)pthread_mutex_lock(&store->mutex);
}

void wpi_store_unlock(wpi_store *store)
{
    (void)pthread_mutex_unlock(&store->mutex);
}

void wpi_store_lock_registry(void)
{
    (void)pthread_mutex_lock(&registry_mutex);
}

void wpi_store_unlock_registry(void)
{
    (void)pthread_mutex_unlock(&registry_mutex);
}

static size_t process_page_bytes(void)
{
    return (size_t)sysconf(_SC_PAGESIZE);
}

/* A page with a 1 that a forked child sees as 0; NULL where that cannot be had. */
static volatile const char *new_process_page(void)
{
    size_t bytes = process_page_bytes();
    char *page = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (page == MAP_FAILED)
        return NULL;
    if (madvise(page, bytes, MADV_WIPEONFORK) != 0) {
        (void)munmap(page, bytes);
        return NULL;
    }
    *page = 1;
    return page;
}

bool wpi_store_is_inherited(const wpi_store *store)
{
    if (store->process_page != NULL)
        return *store->process_page == 0;
    return store->process != getpid();
}

wp_status wpi_store_check_process(const wpi_store *store, wp_error *err)
{
    if (!wpi_store_is_inherited(store))
        return WP_OK;
    return wpi_error_set(err, WP_EFORK,
                         "the database was opened before fork(), expected in this "
                         "process");
}

wp_status wpi_store_new(const char *path, wpi_store **store, wp_error *err)
{
    wpi_store *new_store = wpi_memory_new_zeroed(1, sizeof(*new_store));
    if (new_store == NULL)
        return wpi_memory_failed(err);
    new_store->path = wpi_memory_copy_text(path);
    if (new_store->path == NULL || pthread_mutex_init(&new_store->mutex, NULL) != 0) {
        wpi_memory_free(new_store->path);
        wpi_memory_free(new_store);
        return wpi_memory_failed(err);
    }
    new_store->reader_age_max_ms = WP_AGE_ANY;
    new_store->fd = -1;
    new_store->lock_fd = -1;
    new_store->process = getpid();
    new_store->process_page = new_process_page();
    new_store->references = 1;
    *store = new_store;
    return WP_OK;
}

static void free_store(wpi_store *store)
{
    if (store->process_page != NULL)
        (void)munmap((void *)(uintptr_t)store->process_page, process_page_bytes());
    (void)pthread_mutex_destroy(&store->mutex);
    wpi_memory_free(store->path);
    wpi_memory_free(store);
}

bool wpi_store_is_file(const wpi_store *store, const struct stat *info)
{
    return store->device == info->st_dev && store->inode == info->st_ino;
}

static wpi_store *find_registered(const struct stat *info)
{
    for (wpi_store *store = registry; store != NULL; store = store->next) {
        if (wpi_store_is_file(store, info) && !wpi_store_is_inherited(store))
            return store;
    }
    return NULL;
}

wp_status wpi_store_hold(const struct stat *info, wpi_store **store, wp_error *err)
{
    (void)pthread_mutex_lock(&registry_mutex);
    *store = find_registered(info);
    bool is_failed = *store != NULL && (*store)->fd < 0;
    if (is_failed)
        *store = NULL;
    else if (*store != NULL)
        (*store)->references++;
    (void)pthread_mutex_unlock(&registry_mutex);
    return is_failed ? wpi_error_set(err, WP_EBUSY, "the database failed and is open here") : WP_OK;
}

static wp_status share(wpi_store *store, const wp_open_options *options, wp_error *err)
{
    bool is_read_only = options->is_read_only;
    if (store->is_read_only != is_read_only)
        return wpi_error_set(err, WP_EBUSY, "the file is open in this process for %s, expected %s",
                             store->is_read_only ? "reading alone" : "writing",
                             is_read_only ? "reading alone" : "writing");
    if (store->is_unsynced && !options->is_unsynced)
        return wpi_error_set(err, WP_EBUSY, "the file is open in this process unsynced");
    store->references++;
    return WP_OK;
}

/* Commits that are not synced can cost the whole file, so it must not hold what was promised to
 * anybody: no more than what it was created with, which is our own domains. */
static wp_status refuse_data(wpi_store *store, wp_error *err)
{
    wpi_store_txn *txn;
    uint64_t records = 0;
    WPI_TRY(wpi_store_begin(store, false, &txn, err));
    wp_status status = WP_OK;
    for (unsigned i = 0; i < WPI_TABLE_RECENT && status == WP_OK && records == 0; i++) {
        bool is_of_creation = i == WPI_TABLE_META || i == WPI_TABLE_COMPANY ||
                              i == WPI_TABLE_IDENTITY || i == WPI_TABLE_NAME ||
                              i == WPI_TABLE_SPELLING;
        if (!is_of_creation)
            status = wpi_store_count(txn, (wpi_table)i, &records, err);
    }
    wpi_store_abort(txn);
    if (status != WP_OK || records == 0)
        return status;
    return wpi_error_set(err, WP_EINVAL,
                         "is_unsynced is set and the file holds data, expected one just created");
}

static wp_status open_environment(wpi_store *store, wp_error *err)
{
    WPI_TRY(wpi_environment_open(store, err));
    wp_status status = store->is_unsynced ? refuse_data(store, err) : WP_OK;
    if (status != WP_OK)
        wpi_environment_close(store);
    return status;
}

static wp_status open_new(const char *path, const wp_open_options *options, wpi_store **store,
                          wp_error *err)
{
    wpi_store *new_store;
    WPI_TRY(wpi_store_new(path, &new_store, err));
    new_store->is_read_only = options->is_read_only;
    new_store->is_network_allowed = options->allow_network_fs;
    new_store->is_unsynced = options->is_unsynced && !options->is_read_only;
    new_store->map_bytes = options->map_bytes;
    wp_status status = open_environment(new_store, err);
    if (status != WP_OK) {
        free_store(new_store);
        return status;
    }
    new_store->reader_age_max_ms =
        options->reader_age_max_ms == 0 ? READER_AGE_MAX_MS : options->reader_age_max_ms;
    new_store->next = registry;
    registry = new_store;
    *store = new_store;
    return WP_OK;
}

static wp_status open_registered(const char *path, const wp_open_options *options,
                                 wpi_store **store, wp_error *err)
{
    struct stat info;
    WPI_TRY(wpi_files_examine(path, &info, err));
    wpi_store *known = find_registered(&info);
    if (known == NULL)
        return open_new(path, options, store, err);
    WPI_TRY(share(known, options, err));
    *store = known;
    return WP_OK;
}

wp_status wpi_store_open(const char *path, const wp_open_options *options, wpi_store **store,
                         wp_error *err)
{
    static const wp_open_options defaults = WP_OPEN_OPTIONS_INIT;
    *store = NULL;
    if (path == NULL || path[0] == '\0')
        return wpi_error_set(err, WP_EINVAL, "the path is empty, expected a file");
    (void)pthread_mutex_lock(&registry_mutex);
    wp_status status = open_registered(path, options == NULL ? &defaults : options, store, err);
    (void)pthread_mutex_unlock(&registry_mutex);
    return status;
}

static void unregister(wpi_store *store)
{
    wpi_store **link = &registry;
    while (*link != NULL && *link != store)
        link = &(*link)->next;
    if (*link == store)
        *link = store->next;
}

void wpi_store_close(wpi_store *store)
{
    /* In a child everything is left as it is: it belongs to the parent. */
    if (store == NULL || wpi_store_is_inherited(store))
        return;
    (void)pthread_mutex_lock(&registry_mutex);
    bool is_last = --store->references == 0;
    if (is_last) {
        wpi_reader_age_close(store);
        while (store->transactions != NULL)
            wpi_store_abort(store->transactions);
        wpi_environment_close(store);
        unregister(store);
    }
    (void)pthread_mutex_unlock(&registry_mutex);
    if (is_last)
        free_store(store);
}

wp_status wpi_store_sync(wpi_store *store, wp_error *err)
{
    WPI_TRY(wpi_store_check_process(store, err));
    if (store->is_read_only)
        return wpi_error_set(err, WP_EREADONLY, "the database is open for reading alone");
    if (atomic_load(&store->is_forgotten))
        return wpi_error_set(err, WP_EIO,
                             "an earlier sync failed, and what it was for may be lost");
    wpi_store_lock(store);
    wp_status status = wpi_store_enter(store, err);
    wpi_store_unlock(store);
    WPI_TRY(status);
    /* What is committed from here on may make it loose again. */
    atomic_store(&store->is_loose, false);
    int code = mdb_env_sync(store->environment, 1);
    if (code != 0) {
        atomic_store(&store->is_loose, true);
        /* The system takes what it could not write for written: the next sync would lie. */
        atomic_store(&store->is_forgotten, store->is_unsynced);
    }
    wpi_store_lock(store);
    wpi_store_leave(store);
    wpi_store_unlock(store);
    return code == 0 ? WP_OK : wpi_store_write_error(code, store->fd, "syncing", err);
}

uint64_t wpi_store_file_bytes(const wpi_store *store)
{
    struct stat info;
    if (wpi_store_is_inherited(store) || fstat(store->fd, &info) != 0) /* -1 is none */
        return 0;
    return (uint64_t)info.st_size;
}

/* Called by LMDB with a heading and then with a line for each slot of the table of readers, which
 * ends with the number of a snapshot unless the slot is at rest. */
static int count_reader(const char *line, void *context)
{
    uint32_t *count = context;
    uint64_t snapshot;
    *count += sscanf(line, "%*d %*x %" SCNu64, &snapshot) == 1;
    return 0;
}

uint32_t wpi_store_reader_count(const wpi_store *store)
{
    uint32_t count = 0;
    if (wpi_store_is_inherited(store) || store->environment == NULL)
        return 0;
    (void)mdb_reader_list(store->environment, count_reader, &count); /* fails with count_reader */
    return count;
}
