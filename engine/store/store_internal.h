/*
 * What the files of the store share: the open store, its transactions, and the environment.
 *
 * A store is one LMDB environment and what LMDB leaves to its user. Its mutex guards everything
 * below it in the struct. Two invariants carry the rest:
 *
 *   1. `active` counts the transactions of this process, those that wait to begin and running
 *      backups included. The map is resized and the environment reopened only when it is 0.
 *   2. The environment is NULL only while a failed environment waits to be reopened, which the
 *      next begin tries; no transaction is active then, and the map does not want to grow.
 */
#ifndef WPI_STORE_STORE_INTERNAL_H
#define WPI_STORE_STORE_INTERNAL_H

#include <lmdb.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/stat.h>
#include <sys/types.h>

#include "store/recent.h"
#include "store/store.h"

#define WPI_STORE_IDLE_MAX 4

struct wpi_store {
    char *path;
    bool is_read_only;
    bool is_network_allowed;
    bool is_unsynced;   /* commits do not wait for the disk */
    bool is_private;    /* a file that this process alone knows: being created or verified */
    bool is_direct;     /* transactions change the trees, and no recent records are looked at */
    uint64_t map_bytes; /* asked for; 0: the default */
    uint32_t reader_age_max_ms; /* WP_AGE_ANY: no limit */
    dev_t device;
    ino_t inode;
    pid_t process;                     /* that opened it */
    volatile const char *process_page; /* 1 here, 0 in a forked child; NULL: compare `process` */
    MDB_dbi tables[WPI_TABLE_COUNT];
    atomic_bool is_suspect;   /* damage was seen; no clean stamp */
    atomic_bool is_loose;     /* a commit may not be on the disk; no clean stamp either */
    atomic_bool is_forgotten; /* a sync failed; what it was for can never be promised */
    uint64_t unique;          /* for the next token; the writer's */
    atomic_uint commits;      /* since the table of readers was looked through */

    pthread_mutex_t mutex;
    MDB_env *environment;
    int fd;      /* of the environment: never closed here */
    int lock_fd; /* of a lock that went over to the environment, open as long as it; -1: none */
    unsigned active;
    const wpi_store_txn *writer;
    bool wants_growth;                 /* the map was found full */
    uint64_t snapshot_base;            /* of the files that this one took the place of */
    uint64_t mapping;                  /* how often the file was mapped */
    size_t counted_bytes;              /* mapped after pages were last let go of; the writer's */
    MDB_txn *idle[WPI_STORE_IDLE_MAX]; /* read transactions at rest, to be renewed */
    unsigned idle_count;
    wpi_recent *recent;          /* of the newest snapshot seen, or none; see recent.h */
    wpi_store_txn *transactions; /* those alive */
    bool has_watcher;            /* the thread that ends old readers; see reader_age.c */
    bool has_barriers;           /* which it can have all threads pass */
    bool is_closing;             /* it is to end */
    pthread_t watcher;
    pthread_cond_t closing;
    bool is_unsettled; /* the disk may hold the meta page of a commit that failed */

    wpi_store *next;     /* registry; guarded by its mutex */
    unsigned references; /* ditto */
};

struct wpi_store_txn {
    wpi_store *store;
    MDB_txn *transaction;
    bool is_write;
    pthread_t thread; /* that began it */
    /* Of a read transaction, see reader_age.c: */
    int64_t begun_ms;
    bool is_watched;         /* nobody else needs to look at its age */
    bool is_stale;           /* it was ended; guarded by the mutex of the store */
    atomic_bool is_old;      /* so a call looks whether it was ended */
    atomic_bool rests;       /* between two calls */
    wpi_recent *recent;      /* that it sees; NULL: none */
    bool is_direct;          /* it changes the trees, and all recent records are in them */
    uint32_t recent_max;     /* so many are kept, */
    size_t recent_bytes_max; /* in so many bytes */
    bool is_dirty;           /* something was put or deleted */
    wp_status failure;       /* of a put or delete; only abort is left */
    uint64_t changes;        /* puts and deletes so far, for cursors to notice */
    uint64_t put_bytes;      /* of values */
    bool may_use_reserve;    /* see reserve.c */
    wpi_store_txn *previous;
    wpi_store_txn *next;
};

void wpi_store_lock(wpi_store *store);
void wpi_store_unlock(wpi_store *store);

/* Whether the store was opened before a fork() and this is the child. */
bool wpi_store_is_inherited(const wpi_store *store);

/* A store that is not connected yet; wpi_store_close() frees it, too. */
wp_status wpi_store_new(const char *path, wpi_store **store, wp_error *err);

/* Whether the store has this file. */
bool wpi_store_is_file(const wpi_store *store, const struct stat *info);
/* The store of this process that has a file open, held by one reference more: wpi_store_close.
 * NULL: none has. */
wp_status wpi_store_hold(const struct stat *info, wpi_store **store, wp_error *err);
/* The list of open files, for what must not happen while one is opened or closed. */
void wpi_store_lock_registry(void);
void wpi_store_unlock_registry(void);

/* rebuild.c: make a database of an empty file and put all records of a snapshot into it;
 * *snapshot: LMDB's number of that. */
wp_status wpi_store_copy_records(wpi_store *store, const char *path,
                                 const wpi_store_rebuild_options *options, uint64_t *snapshot,
                                 wp_error *err);

/* backup.c: open a finished copy and read every record of it. */
wp_status wpi_store_verify_file(const char *path, wp_error *err);

/* environment.c */

/* Open the environment of an existing file: checks, map, readers, validation, tables. */
wp_status wpi_environment_open(wpi_store *store, wp_error *err);
/* Open the environment of an empty file and create the tables. */
wp_status wpi_environment_create(wpi_store *store, wp_error *err);
/* Close it, stamping the file as clean when it is known to be. */
void wpi_environment_close(wpi_store *store);
/* Close it, if there is one, without a stamp, since it failed. The mutex is held and no transaction
 * is active. */
void wpi_environment_discard(wpi_store *store);
/* Take over the map size that another process has set. Conditions as for discard. */
void wpi_environment_resize(wpi_store *store);
/* Forget readers whose processes are dead. */
void wpi_environment_clear_readers(wpi_store *store);
/* Enlarge the map after it was found full. The mutex is held and no transaction is active. */
void wpi_environment_grow(wpi_store *store);

/* settle.c */

/* Have the disk hold the meta pages as they are now. The mutex and LMDB's lock for writing are
 * held, and nothing was written since the commit that failed. */
wp_status wpi_environment_settle(wpi_store *store, wp_error *err);

/* txn.c */

/* Count a transaction as active, reopening a failed environment first; the mutex is held. */
wp_status wpi_store_enter(wpi_store *store, wp_error *err);
/* It is active no more; the mutex is held. */
void wpi_store_leave(wpi_store *store);

/* reader_age.c */

/* Note when a read transaction begins, and see to it that it is watched. The mutex is held. */
void wpi_reader_age_begin(wpi_store_txn *txn);
/* End the thread that watches, if there is one; the mutex is not held. */
void wpi_reader_age_close(wpi_store *store);

/* recent.h */

/* The recent records that a transaction is to look at before the trees; NULL: none. */
static inline const wpi_recent *wpi_recent_of(const wpi_store_txn *txn)
{
    return txn->is_direct ? NULL : txn->recent;
}

/* reserve.c */

/* Pages of the map that are kept for transactions that remove things. */
uint64_t wpi_reserve_pages(const wpi_store *store);

/* Before the commit of a transaction that changed something: WP_EFULL when it would use up the
 * room that deletes need. */
wp_status wpi_reserve_check(wpi_store_txn *txn, wp_error *err);

/* table.c */

/* A damaged record was met: the file gets no clean stamp. Returns `status`. */
wp_status wpi_store_suspect(wpi_store *store, wp_status status);

/* Where a put looks for the place of its record. */
typedef struct wpi_put_where {
    MDB_cursor *cursor; /* near where it stands; NULL: from the root */
    bool is_last;       /* behind all others, if it belongs there */
} wpi_put_where;
wp_status wpi_store_put_where(wpi_store_txn *txn, wpi_table table, const wpi_put_where *where,
                              wpi_slice key, wpi_slice payload, uint8_t version, wp_error *err);
/* Room in the tree of a table for a record with its seal, which the caller writes to *place. */
wp_status wpi_tree_put(wpi_store_txn *txn, wpi_table table, const wpi_put_where *where,
                       wpi_slice key, size_t sealed_bytes, unsigned char **place, wp_error *err);
/* Delete from the tree; WP_ENOTFOUND (err alone). */
wp_status wpi_tree_delete(wpi_store_txn *txn, wpi_table table, wpi_slice key, wp_error *err);

/* Record a failed put or delete, so that only abort is left; returns its status. */
wp_status wpi_store_fail(wpi_store_txn *txn, int code, const char *doing, wp_error *err);

#endif
