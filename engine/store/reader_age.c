/*
 * The age limit of read transactions.
 *
 * A reader that is forgotten pins its snapshot: LMDB takes no page that was freed since, and the
 * file grows with every commit. No writer may take pages from a live reader, and none can reach
 * into another process, so every process sees to its own readers. A transaction is BUSY while a
 * call of the library runs and rests between calls. At rest it may be ended: the LMDB transaction
 * is reset, which lets go of the snapshot, and the handle stays, STALE, until its owner aborts it.
 *
 * Invariants: only the owner's thread changes BUSY and RESTING; whoever ends a transaction holds
 * the mutex and changes RESTING to STALE by compare-and-exchange, so that no call is in it then and
 * none begins later; a stale transaction counts as active, so that the map stays where it is and
 * what was borrowed from it can be wrong but not unmapped.
 *
 * A reader whose snapshot is still the newest pins nothing and is left alone at any age. A thread
 * looks every quarter of the limit, so that idle handles are found; calls look for themselves. Not
 * bounded: a call that runs (it has limits of its own), a process that is stopped, programs that
 * use LMDB without this library. Readers of processes that died are cleared elsewhere.
 */
#include <assert.h>
#include <signal.h>
#include <time.h>

#include "store/store_internal.h"

#define LOOKS_PER_LIMIT 4
#define STACK_BYTES ((size_t)256 << 10)

static int64_t now_ms(clockid_t clock)
{
    struct timespec now;
    if (clock_gettime(clock, &now) != 0)
        return 0;
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static bool is_old(const wpi_store_txn *txn)
{
    uint32_t limit = txn->store->reader_age_max_ms;
    return limit != WP_AGE_ANY && now_ms(CLOCK_MONOTONIC_COARSE) - txn->begun_ms >= limit;
}

/* End the transaction if it rests on a snapshot that is not the newest; the mutex is held. */
static void end_if_stale(wpi_store_txn *txn)
{
    MDB_envinfo info;
    int resting = WPI_STORE_RESTING;
    if (txn->is_write || atomic_load(&txn->use) != WPI_STORE_RESTING || !is_old(txn))
        return;
    if (mdb_env_info(txn->store->environment, &info) != 0 ||
        info.me_last_txnid == mdb_txn_id(txn->transaction))
        return;
    if (atomic_compare_exchange_strong(&txn->use, &resting, WPI_STORE_STALE))
        mdb_txn_reset(txn->transaction);
}

void wpi_store_rest(wpi_store_txn *txn)
{
    if (!txn->is_write)
        atomic_store(&txn->use, WPI_STORE_RESTING);
}

wp_status wpi_store_resume(wpi_store_txn *txn, wp_error *err)
{
    int resting = WPI_STORE_RESTING;
    if (txn->is_write)
        return WP_OK;
    if (is_old(txn)) {
        wpi_store_lock(txn->store);
        end_if_stale(txn);
        wpi_store_unlock(txn->store);
    }
    if (atomic_compare_exchange_strong(&txn->use, &resting, WPI_STORE_BUSY))
        return WP_OK;
    assert(resting == WPI_STORE_STALE);
    return wpi_error_set(err, WP_ESTALE,
                         "the read transaction was older than %u ms while others wrote, expected "
                         "it to be ended sooner",
                         txn->store->reader_age_max_ms);
}

static void *watch(void *context)
{
    wpi_store *store = context;
    uint32_t period_ms = store->reader_age_max_ms / LOOKS_PER_LIMIT + 1;
    wpi_store_lock(store);
    while (!store->is_closing) {
        struct timespec until;
        (void)clock_gettime(CLOCK_MONOTONIC, &until);
        until.tv_sec += period_ms / 1000;
        until.tv_nsec += (long)(period_ms % 1000) * 1000000;
        until.tv_sec += until.tv_nsec / 1000000000;
        until.tv_nsec %= 1000000000;
        (void)pthread_cond_timedwait(&store->closing, &store->mutex, &until);
        for (wpi_store_txn *txn = store->transactions; txn != NULL; txn = txn->next)
            end_if_stale(txn);
    }
    wpi_store_unlock(store);
    return NULL;
}

/* A thread with a small stack that takes no signals of the program. */
static bool start_watcher(wpi_store *store)
{
    pthread_attr_t attributes;
    pthread_condattr_t clock;
    sigset_t all, before;
    if (pthread_condattr_init(&clock) != 0)
        return false;
    bool is_started = pthread_condattr_setclock(&clock, CLOCK_MONOTONIC) == 0 &&
                      pthread_cond_init(&store->closing, &clock) == 0;
    (void)pthread_condattr_destroy(&clock);
    if (!is_started || pthread_attr_init(&attributes) != 0)
        return false;
    (void)pthread_attr_setstacksize(&attributes, STACK_BYTES);
    (void)sigfillset(&all);
    (void)pthread_sigmask(SIG_SETMASK, &all, &before);
    is_started = pthread_create(&store->watcher, &attributes, watch, store) == 0;
    (void)pthread_sigmask(SIG_SETMASK, &before, NULL);
    (void)pthread_attr_destroy(&attributes);
    return is_started;
}

void wpi_reader_age_begin(wpi_store_txn *txn)
{
    wpi_store *store = txn->store;
    txn->begun_ms = now_ms(CLOCK_MONOTONIC_COARSE);
    bool is_watched = store->has_watcher || store->reader_age_max_ms == WP_AGE_ANY;
    if (!is_watched) /* Without a thread the calls still look for themselves. */
        store->has_watcher = start_watcher(store);
}

void wpi_reader_age_close(wpi_store *store)
{
    if (!store->has_watcher)
        return;
    wpi_store_lock(store);
    store->is_closing = true;
    (void)pthread_cond_signal(&store->closing);
    wpi_store_unlock(store);
    (void)pthread_join(store->watcher, NULL);
    (void)pthread_cond_destroy(&store->closing);
    store->has_watcher = false;
}
