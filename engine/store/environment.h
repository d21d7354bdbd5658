/*
 * What the files of the store share: the environment of one open file and its transactions.
 *
 * One environment a file and process, found by device and inode and counted by its holders. The
 * mutex guards the fields after it; it is never held while LMDB may wait.
 */
#ifndef WPI_STORE_ENVIRONMENT_H
#define WPI_STORE_ENVIRONMENT_H

#include <lmdb.h>
#include <pthread.h>
#include <sys/types.h>

#include "store/store.h"

struct wpi_store {
    MDB_env *env;
    pid_t pid; /* that opened it */
    dev_t device;
    ino_t inode;
    bool is_read_only;
    MDB_dbi tables[WPI_TABLE_COUNT];
    wpi_store *next; /* in the registry */
    unsigned holders;
    pthread_mutex_t mutex;
    pthread_t writer; /* the thread that writes, if any */
    bool has_writer;
    bool must_grow;   /* the map was full */
    unsigned active;  /* transactions of this process */
    uint64_t commits; /* since the last check for stale readers */
};

struct wpi_store_txn {
    wpi_store *store;
    MDB_txn *txn;
    bool is_write;
    bool has_written;
    uint64_t token; /* random, stored with the transaction */
};

/* What wpi_store_open() does to a file that is nobody's yet. */
wp_status wpi_environment_open(const char *path, const wp_open_options *options, wpi_store *store,
                               wp_error *err);
/* Open the tables of an environment in a transaction that the caller ends by commit. */
wp_status wpi_environment_open_tables(wpi_store *store, MDB_txn *txn, bool creates, wp_error *err);

/* The status of an LMDB or system error code, with a message: "reading tie: MDB_CORRUPTED: …". */
wp_status wpi_store_failed(wpi_store *store, int code, const char *doing, wp_error *err);

#endif
