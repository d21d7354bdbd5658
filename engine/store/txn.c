/*
 * Transactions: begin, commit, abort, and what became of a commit that failed.
 *
 * LMDB deadlocks when a thread begins a write while it has one, so the writer's thread is noted.
 * Read transactions are kept at rest and renewed, which spares the search for a reader slot. The
 * store's mutex is not held while a thread waits for other writers or for the disk.
 *
 * Each write transaction that changed anything stores a token of its own in the meta table. When
 * LMDB fails to write the meta page of a commit, the disk is settled (settle.c) and the newest
 * snapshot tells by the token whether the commit happened: the same token, yes; an older snapshot
 * or another token at our number, no; a later snapshot of somebody else, nobody knows.
 */
#include <assert.h>
#include <errno.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

#include "base/bytes.h"
#include "base/memory.h"
#include "store/error.h"
#include "store/store_internal.h"
#include "store/validate.h"

#define BEGIN_TRIES_MAX 3
#define COMMITS_BETWEEN_CHECKS 64
#define TOKEN_KEY "token"
#define TOKEN_BYTES 16

wp_status wpi_store_enter(wpi_store *store, wp_error *err)
{
    if (store->active == 0 && store->wants_growth)
        wpi_environment_grow(store);
    if (store->environment == NULL) {
        assert(store->active == 0);
        WPI_TRY(wpi_environment_open(store, err));
    }
    store->active++;
    return WP_OK;
}

void wpi_store_leave(wpi_store *store)
{
    assert(store->active > 0);
    store->active--;
    if (store->active == 0 && store->wants_growth)
        wpi_environment_grow(store);
}

static int begin_write(wpi_store *store, MDB_txn **transaction)
{
    /* Counted as active, so nobody replaces the environment while this waits unlocked. */
    MDB_env *environment = store->environment;
    wpi_store_unlock(store);
    int code = mdb_txn_begin(environment, NULL, 0, transaction);
    wpi_store_lock(store);
    return code;
}

/*
 * Whether a read transaction may hold another snapshot than its number says. LMDB announces the
 * number first and then reads the meta page of that snapshot, which the second commit after it
 * overwrites: a thread that is held up in between gets the newer snapshot under the older number.
 * Its pages are safe, but what is known of the one snapshot would be taken for the other. While at
 * most one commit followed, the meta page cannot have been written again.
 */
static bool may_be_mislabelled(wpi_store *store, MDB_txn *transaction)
{
    MDB_envinfo info;
    if (mdb_env_info(store->environment, &info) != 0)
        return false;
    return info.me_last_txnid > mdb_txn_id(transaction) + 1;
}

static int begin_read(wpi_store *store, MDB_txn **transaction)
{
    int code = 0;
    if (store->idle_count == 0)
        code = mdb_txn_begin(store->environment, NULL, MDB_RDONLY, transaction);
    else if ((code = mdb_txn_renew(*transaction = store->idle[--store->idle_count])) != 0)
        mdb_txn_abort(*transaction);
    while (code == 0 && may_be_mislabelled(store, *transaction)) {
        mdb_txn_reset(*transaction);
        code = mdb_txn_renew(*transaction);
        if (code != 0)
            mdb_txn_abort(*transaction);
    }
    return code;
}

/* Remove the reason why a transaction could not begin; whether another try makes sense. */
static bool can_retry(wpi_store *store, int code)
{
    if (code == MDB_READERS_FULL) {
        wpi_environment_clear_readers(store);
        return true;
    }
    if (store->active > 0 || store->environment == NULL)
        return false;
    if (code == MDB_MAP_RESIZED)
        wpi_environment_resize(store);
    else if (code == MDB_PANIC)
        wpi_environment_discard(store);
    else
        return false;
    return true;
}

/* Nobody writes before the disk is known to hold what the kernel shows. The mutex is held. */
static wp_status settle(wpi_store *store, wpi_store_txn *txn, wp_error *err)
{
    if (!txn->is_write || !store->is_unsettled)
        return WP_OK;
    wp_status status = wpi_environment_settle(store, err);
    if (status == WP_OK)
        return WP_OK;
    mdb_txn_abort(txn->transaction);
    wpi_store_leave(store);
    return status;
}

/* What a transaction that has begun for LMDB needs besides. The mutex is held. */
static wp_status prepare(wpi_store *store, wpi_store_txn *txn, wp_error *err)
{
    WPI_TRY(settle(store, txn, err));
    wp_status status = wpi_recent_attach(txn, err);
    if (status == WP_OK)
        return WP_OK;
    wpi_recent_detach(txn, 0);
    mdb_txn_abort(txn->transaction);
    wpi_store_leave(store);
    return status;
}

/* The mutex is held. */
static wp_status begin(wpi_store *store, wpi_store_txn *txn, wp_error *err)
{
    int code = 0;
    for (int i = 0; i < BEGIN_TRIES_MAX; i++) {
        const wpi_store_txn *writer = store->writer;
        if (txn->is_write && writer != NULL && pthread_equal(writer->thread, txn->thread))
            return wpi_error_set(err, WP_EBUSY, "this thread has a write transaction already");
        WPI_TRY(wpi_store_enter(store, err));
        code = txn->is_write ? begin_write(store, &txn->transaction)
                             : begin_read(store, &txn->transaction);
        if (code == 0)
            return prepare(store, txn, err);
        txn->transaction = NULL;
        wpi_store_leave(store);
        if (!can_retry(store, code))
            break;
    }
    return wpi_store_error(code, "beginning a transaction", err);
}

static void enlist(wpi_store *store, wpi_store_txn *txn)
{
    txn->next = store->transactions;
    if (txn->next != NULL)
        txn->next->previous = txn;
    store->transactions = txn;
    if (txn->is_write)
        store->writer = txn;
}

/* The transaction has ended for LMDB. The mutex is held. `committed`: the snapshot that it made. */
static void delist(wpi_store *store, wpi_store_txn *txn, uint64_t committed)
{
    wpi_recent_detach(txn, committed);
    if (txn->previous != NULL)
        txn->previous->next = txn->next;
    else
        store->transactions = txn->next;
    if (txn->next != NULL)
        txn->next->previous = txn->previous;
    if (store->writer == txn) /* The next writer may stand there already. */
        store->writer = NULL;
    wpi_store_leave(store);
}

wp_status wpi_store_begin(wpi_store *store, bool is_write, wpi_store_txn **txn, wp_error *err)
{
    *txn = NULL;
    WPI_TRY(wpi_store_check_process(store, err));
    if (is_write && store->is_read_only)
        return wpi_error_set(err, WP_EREADONLY, "the database is open for reading alone");
    wpi_store_txn *new_txn = wpi_memory_new_zeroed(1, sizeof(*new_txn));
    if (new_txn == NULL)
        return wpi_memory_failed(err);
    new_txn->store = store;
    new_txn->is_write = is_write;
    new_txn->thread = pthread_self();
    wpi_store_lock(store);
    wp_status status = begin(store, new_txn, err);
    if (status == WP_OK)
        enlist(store, new_txn);
    if (status == WP_OK && !is_write)
        wpi_reader_age_begin(new_txn);
    wpi_store_unlock(store);
    if (status != WP_OK) {
        wpi_memory_free(new_txn);
        return status;
    }
    *txn = new_txn;
    return WP_OK;
}

void wpi_store_abort(wpi_store_txn *txn)
{
    if (txn == NULL || wpi_store_is_inherited(txn->store))
        return;
    wpi_store *store = txn->store;
    wpi_store_lock(store);
    if (!txn->is_write && store->idle_count < WPI_STORE_IDLE_MAX) {
        mdb_txn_reset(txn->transaction); /* once more when it is stale, which does nothing */
        store->idle[store->idle_count++] = txn->transaction;
    } else {
        mdb_txn_abort(txn->transaction);
    }
    delist(store, txn, 0);
    wpi_store_unlock(store);
    wpi_memory_free(txn);
}

/* A number that no other store or transaction has: random once, then counted on. */
static wp_status draw_unique(wpi_store *store, uint64_t *unique, wp_error *err)
{
    if (store->unique == 0 &&
        getrandom(&store->unique, sizeof store->unique, 0) != sizeof store->unique)
        return wpi_store_error(errno, "asking for random bytes", err);
    *unique = store->unique++;
    return WP_OK;
}

static wp_status put_token(wpi_store_txn *txn, unsigned char *token, wp_error *err)
{
    uint64_t unique = 0;
    WPI_TRY(draw_unique(txn->store, &unique, err));
    wpi_bytes_put_le64(token, mdb_txn_id(txn->transaction));
    wpi_bytes_put_le64(token + 8, unique);
    return wpi_store_put(txn, WPI_TABLE_META, (wpi_slice){TOKEN_KEY, strlen(TOKEN_KEY)},
                         (wpi_slice){token, TOKEN_BYTES}, WPI_RECORD_VERSION, err);
}

/* Whether LMDB gave the environment up, which it does when a meta page could not be written. The
 * mutex is held. */
static bool has_given_up(const wpi_store *store)
{
    MDB_txn *probe;
    int code = mdb_txn_begin(store->environment, NULL, MDB_RDONLY, &probe);
    if (code == 0)
        mdb_txn_abort(probe);
    return code == MDB_PANIC;
}

/* Whether the newest snapshot is that of the commit which wrote the token. */
typedef enum outcome { OUTCOME_COMMITTED, OUTCOME_NOT_COMMITTED, OUTCOME_UNKNOWN } outcome;

/* Looked at in a write transaction, which begins by settling what the disk holds. */
static outcome read_outcome(wpi_store *store, const unsigned char *token)
{
    wpi_store_txn *txn;
    wpi_slice seen;
    if (wpi_store_begin(store, true, &txn, NULL) != WP_OK)
        return OUTCOME_UNKNOWN;
    wp_status status = wpi_store_get(txn, WPI_TABLE_META, (wpi_slice){TOKEN_KEY, strlen(TOKEN_KEY)},
                                     &seen, NULL, NULL);
    bool is_known = status == WP_OK && seen.bytes == TOKEN_BYTES;
    bool is_ours = is_known && memcmp(seen.data, token, TOKEN_BYTES) == 0;
    uint64_t snapshot = mdb_txn_id(txn->transaction) - 1; /* that this one would follow */
    wpi_store_abort(txn);
    if (is_ours)
        return OUTCOME_COMMITTED;
    return is_known && snapshot <= wpi_bytes_get_le64(token) ? OUTCOME_NOT_COMMITTED
                                                             : OUTCOME_UNKNOWN;
}

/* The status of a commit that LMDB reported as failed. */
static wp_status resolve(wpi_store *store, int code, bool is_given_up, const unsigned char *token,
                         wp_error *err)
{
    /* Everything else fails before a meta page is written. */
    outcome result = is_given_up ? read_outcome(store, token) : OUTCOME_NOT_COMMITTED;
    switch (result) {
    case OUTCOME_COMMITTED:
        return WP_OK;
    case OUTCOME_NOT_COMMITTED:
        return wpi_store_write_error(code, store->fd, "committing", err);
    case OUTCOME_UNKNOWN:
        break;
    }
    return wpi_error_set(err, WP_EUNKNOWN,
                         "the commit failed and whether it took effect is not known");
}

/* Commit for LMDB and end the transaction, which changed something. */
static wp_status commit_write(wpi_store_txn *txn, wp_error *err)
{
    wpi_store *store = txn->store;
    unsigned char token[TOKEN_BYTES];
    uint64_t put_bytes = txn->put_bytes;
    wp_status status = put_token(txn, token, err);
    txn->put_bytes = put_bytes; /* which a transaction that removes puts as well */
    if (status == WP_OK)
        status = wpi_recent_write(txn, err);
    if (status == WP_OK)
        status = wpi_reserve_check(txn, err);
    if (status != WP_OK) {
        wpi_store_abort(txn);
        return status;
    }
    if (store->is_unsynced)
        atomic_store(&store->is_loose, true);
    uint64_t snapshot = mdb_txn_id(txn->transaction);
    int code = mdb_txn_commit(txn->transaction);
    wpi_store_lock(store);
    if (code == MDB_MAP_FULL)
        store->wants_growth = true;
    bool is_given_up = code != 0 && has_given_up(store);
    if (is_given_up)
        store->is_unsettled = true;
    delist(store, txn, code == 0 ? snapshot : 0);
    wpi_store_unlock(store);
    wpi_memory_free(txn);
    if (is_given_up)
        (void)fdatasync(store->fd); /* At once, though only settling proves it. */
    if (code != 0)
        return resolve(store, code, is_given_up, token, err);
    if (atomic_fetch_add(&store->commits, 1) % COMMITS_BETWEEN_CHECKS == COMMITS_BETWEEN_CHECKS - 1)
        wpi_environment_clear_readers(store);
    return WP_OK;
}

wp_status wpi_store_commit(wpi_store_txn *txn, wp_error *err)
{
    WPI_TRY(wpi_store_check_process(txn->store, err));
    wp_status status = txn->failure;
    if (status == WP_OK && txn->is_dirty)
        return commit_write(txn, err);
    wpi_store_abort(txn);
    if (status == WP_OK)
        return WP_OK;
    return wpi_error_set(err, status, "a change failed earlier in this transaction");
}

bool wpi_store_is_write(const wpi_store_txn *txn)
{
    return txn->is_write;
}

uint64_t wpi_store_snapshot(const wpi_store_txn *txn)
{
    return txn->store->snapshot_base + mdb_txn_id(txn->transaction);
}

uint64_t wpi_store_mapping(const wpi_store_txn *txn)
{
    return txn->store->mapping; /* changes only while no transaction is active */
}
