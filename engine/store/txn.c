/*
 * Transactions: beginning with retries, committing with a known outcome.
 *
 * Every write transaction stores a random token. When a commit fails, the token of the newest
 * snapshot tells whether it was committed all the same.
 */
#include <assert.h>
#include <errno.h>
#include <sys/random.h>
#include <unistd.h>

#include "base/bytes.h"
#include "base/memory.h"
#include "store/environment.h"

#define COMMITS_PER_READER_CHECK 64
#define MAP_BYTES_MAX (UINT64_C(1) << 46)

static const wpi_slice token_key = {"token", 5};

wp_status wpi_store_check_process(const wpi_store *store, wp_error *err)
{
    if (store->pid == getpid())
        return WP_OK;
    return wpi_error_set(err, WP_EFORK, "database was opened by process %ld, this is its child",
                         (long)store->pid);
}

bool wpi_store_is_write(const wpi_store_txn *txn)
{
    return txn->is_write;
}

uint64_t wpi_store_snapshot(const wpi_store_txn *txn)
{
    return mdb_txn_id(txn->txn);
}

wpi_store *wpi_store_of(const wpi_store_txn *txn)
{
    return txn->store;
}

/* Take over a map size that another process set, or grow a full map; only without transactions. */
static int resize(wpi_store *store, bool grows)
{
    MDB_envinfo info;
    size_t bytes = 0;
    if (store->active > 0)
        return MDB_MAP_RESIZED;
    if (grows && mdb_env_info(store->env, &info) == MDB_SUCCESS &&
        info.me_mapsize < MAP_BYTES_MAX / 2)
        bytes = info.me_mapsize * 2;
    store->must_grow = false;
    return mdb_env_set_mapsize(store->env, bytes);
}

static int begin_once(wpi_store *store, bool is_write, MDB_txn **txn)
{
    return mdb_txn_begin(store->env, NULL, is_write ? 0 : MDB_RDONLY, txn);
}

static int begin_with_retries(wpi_store *store, bool is_write, MDB_txn **txn)
{
    int dead = 0, code = begin_once(store, is_write, txn);
    for (int attempt = 0; attempt < 3 && code != MDB_SUCCESS; attempt++) {
        if (code == MDB_READERS_FULL) {
            code = mdb_reader_check(store->env, &dead);
        } else if (code == MDB_MAP_RESIZED) {
            pthread_mutex_lock(&store->mutex);
            code = resize(store, false);
            pthread_mutex_unlock(&store->mutex);
        } else {
            return code;
        }
        if (code == MDB_SUCCESS)
            code = begin_once(store, is_write, txn);
    }
    return code;
}

static wp_status enter_writer(wpi_store *store, wp_error *err)
{
    wp_status status = WP_OK;
    if (store->is_read_only)
        return wpi_error_set(err, WP_EREADONLY, "database is open read-only");
    pthread_mutex_lock(&store->mutex);
    if (store->has_writer && pthread_equal(store->writer, pthread_self()))
        status = wpi_error_set(err, WP_EBUSY, "this thread has a write transaction open already");
    else if (store->must_grow && store->active == 0)
        (void)resize(store, true); /* if it fails, the next put says that the map is full */
    pthread_mutex_unlock(&store->mutex);
    return status;
}

wp_status wpi_store_begin(wpi_store *store, bool is_write, wpi_store_txn **out, wp_error *err)
{
    *out = NULL;
    WPI_TRY(wpi_store_check_process(store, err));
    if (is_write)
        WPI_TRY(enter_writer(store, err));
    wpi_store_txn *txn = wpi_memory_new_zeroed(1, sizeof *txn);
    if (txn == NULL)
        return wpi_memory_failed(err);
    int code = begin_with_retries(store, is_write, &txn->txn);
    if (code != MDB_SUCCESS) {
        wpi_memory_free(txn);
        return wpi_store_failed(store, code, "beginning a transaction", err);
    }
    txn->store = store;
    txn->is_write = is_write;
    pthread_mutex_lock(&store->mutex);
    store->active++;
    if (is_write) {
        store->has_writer = true;
        store->writer = pthread_self();
    }
    pthread_mutex_unlock(&store->mutex);
    *out = txn;
    return WP_OK;
}

/* Forget a transaction that LMDB has ended. */
static void leave(wpi_store_txn *txn)
{
    wpi_store *store = txn->store;
    pthread_mutex_lock(&store->mutex);
    store->active--;
    if (txn->is_write)
        store->has_writer = false;
    pthread_mutex_unlock(&store->mutex);
    wpi_memory_free(txn);
}

void wpi_store_abort(wpi_store_txn *txn)
{
    if (txn == NULL)
        return;
    if (txn->store->pid == getpid())
        mdb_txn_abort(txn->txn);
    leave(txn);
}

static wp_status put_token(wpi_store_txn *txn, wp_error *err)
{
    unsigned char bytes[8];
    if (getrandom(&txn->token, sizeof txn->token, 0) != (ssize_t)sizeof txn->token)
        return wpi_error_set(err, WP_EIO, "random bytes are not available");
    wpi_bytes_put_le64(bytes, txn->token);
    return wpi_store_put(txn, WPI_TABLE_META, token_key, (wpi_slice){bytes, sizeof bytes}, 1, err);
}

/* Whether the newest snapshot carries a token. */
static wp_status find_token(wpi_store *store, uint64_t token, bool *is_there)
{
    wpi_store_txn *txn = NULL;
    wpi_slice value;
    *is_there = false;
    WPI_TRY(wpi_store_begin(store, false, &txn, NULL));
    wp_status status = wpi_store_get(txn, WPI_TABLE_META, token_key, &value, NULL, NULL);
    if (status == WP_OK && value.bytes == 8)
        *is_there = wpi_bytes_get_le64(value.data) == token;
    wpi_store_abort(txn);
    return status;
}

static wp_status settle_failure(wpi_store *store, int code, uint64_t token, wp_error *err)
{
    bool is_there = false;
    if (code == MDB_MAP_FULL)
        store->must_grow = true;
    if (find_token(store, token, &is_there) != WP_OK)
        return wpi_error_set(err, WP_EUNKNOWN,
                             "commit failed (%s) and its outcome is unknown; close and open again",
                             mdb_strerror(code));
    return is_there ? WP_OK : wpi_store_failed(store, code, "committing", err);
}

wp_status wpi_store_commit(wpi_store_txn *txn, wp_error *err)
{
    wpi_store *store = txn->store;
    int dead = 0;
    wp_status status = wpi_store_check_process(store, err);
    if (status == WP_OK && txn->has_written)
        status = put_token(txn, err);
    if (status != WP_OK) {
        wpi_store_abort(txn);
        return status;
    }
    uint64_t token = txn->token;
    int code = mdb_txn_commit(txn->txn);
    leave(txn);
    if (code != MDB_SUCCESS)
        return settle_failure(store, code, token, err);
    pthread_mutex_lock(&store->mutex);
    bool is_due = ++store->commits % COMMITS_PER_READER_CHECK == 0;
    pthread_mutex_unlock(&store->mutex);
    if (is_due)
        (void)mdb_reader_check(store->env, &dead); /* housekeeping: the commit stands */
    return WP_OK;
}
