/*
 * The age limit of read transactions.
 *
 * A reader that is forgotten pins its snapshot: LMDB takes no page that was freed since, and the
 * file grows with every commit. No writer may take pages from a live reader, and none can reach
 * into another process, so every process sees to its own readers. A transaction is BUSY while a
 * call of the library runs and rests between calls. At rest it may be ended: the LMDB transaction
 * is reset, which lets go of the snapshot, and the handle stays, STALE, until its owner aborts it.
 *
 * Invariants: only the owner's thread says whether a transaction rests. Who ends it holds the
 * mutex, has marked it as old, and sees that it rests after a barrier that all threads of the
 * process pass; the owner says that it is busy before it looks for the mark. So one of the two sees
 * the other: an owner that finds the mark takes the mutex. A stale transaction counts as active, so
 * that the map stays where it is and what was borrowed from it can be wrong but not unmapped.
 *
 * The barrier is a system call of the rare side, membarrier(2), so that a call of the library costs
 * two plain stores; where there is none, each call has a barrier of its own and looks at the clock.
 *
 * A reader whose snapshot is still the newest pins nothing and is left alone at any age. A thread
 * looks every quarter of the limit; calls look for themselves where it could not be started. Not
 * bounded: a call that runs (it has limits of its own), a process that is stopped, programs that
 * use LMDB without this library. Readers of processes that died are cleared elsewhere.
 */
#include <assert.h>
#include <linux/membarrier.h>
#include <signal.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

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

static bool request_barriers(void)
{
    return syscall(SYS_membarrier, MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED, 0, 0) == 0;
}

/* Have all threads of the process pass a barrier, those of watched transactions at least. */
static void pass_barriers(void)
{
    (void)syscall(SYS_membarrier, MEMBARRIER_CMD_PRIVATE_EXPEDITED, 0, 0);
    atomic_thread_fence(memory_order_seq_cst);
}

static void mark_if_old(wpi_store_txn *txn)
{
    if (!txn->is_write && !txn->is_stale && is_old(txn))
        atomic_store_explicit(&txn->is_old, true, memory_order_relaxed);
}

/* End the transaction if it is on a snapshot that is not the newest. The mutex is held, and the
 * transaction was found old and at rest, or belongs to this thread. */
static void end_unless_newest(wpi_store_txn *txn)
{
    MDB_envinfo info;
    if (mdb_env_info(txn->store->environment, &info) != 0 ||
        info.me_last_txnid == mdb_txn_id(txn->transaction))
        return;
    mdb_txn_reset(txn->transaction);
    txn->is_stale = true;
}

void wpi_store_rest(wpi_store_txn *txn)
{
    atomic_store_explicit(&txn->rests, true, memory_order_release);
}

/* Whether the transaction of this thread, said to be busy, may have been ended or is to be. */
static bool may_be_stale(wpi_store_txn *txn)
{
    if (txn->is_watched)
        atomic_signal_fence(memory_order_seq_cst);
    else
        atomic_thread_fence(memory_order_seq_cst);
    return atomic_load_explicit(&txn->is_old, memory_order_relaxed) ||
           (!txn->is_watched && is_old(txn));
}

wp_status wpi_store_resume(wpi_store_txn *txn, wp_error *err)
{
    if (txn->is_write)
        return WP_OK;
    atomic_store_explicit(&txn->rests, false, memory_order_relaxed);
    if (!may_be_stale(txn))
        return WP_OK;
    wpi_store_lock(txn->store);
    if (!txn->is_stale)
        end_unless_newest(txn);
    bool is_stale = txn->is_stale;
    wpi_store_unlock(txn->store);
    if (!is_stale)
        return WP_OK;
    wpi_store_rest(txn);
    return wpi_error_set(err, WP_ESTALE,
                         "the read transaction was older than %u ms while others wrote, expected "
                         "it to be ended sooner",
                         txn->store->reader_age_max_ms);
}

/* End those that are old and rest; the mutex is held. */
static void look_through(wpi_store *store)
{
    for (wpi_store_txn *txn = store->transactions; txn != NULL; txn = txn->next)
        mark_if_old(txn);
    pass_barriers();
    for (wpi_store_txn *txn = store->transactions; txn != NULL; txn = txn->next)
        if (atomic_load_explicit(&txn->is_old, memory_order_relaxed) && !txn->is_stale &&
            atomic_load_explicit(&txn->rests, memory_order_acquire))
            end_unless_newest(txn);
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
        look_through(store);
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
    bool has_all = store->has_watcher || store->reader_age_max_ms == WP_AGE_ANY;
    if (!has_all) {
        store->has_barriers = request_barriers();
        store->has_watcher = start_watcher(store);
    }
    txn->is_watched =
        store->reader_age_max_ms == WP_AGE_ANY || (store->has_watcher && store->has_barriers);
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
