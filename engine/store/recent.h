/*
 * What was changed last: records that are not in the trees of their tables yet.
 *
 * A small commit changes a dozen tables, and in each a leaf and the branches above it. So it does
 * not touch them: what it puts and deletes is written as rows of the table `recent`, mostly one
 * page, and reads look among the recent records before they look in a tree. When there are many,
 * or a transaction makes many, that transaction puts all of them into the trees, in the order of
 * their keys, drops the rows, and from then on changes the trees itself.
 *
 *   row     key    sequence u64 big-endian: rows are applied in this order
 *           value  records one behind the other, then zeros; sealed like every value (record.h)
 *   record  offset  size  meaning
 *                0     1  table
 *                1     1  1: stored; 2: stored, expected behind all others; 3: deleted
 *                2     2  bytes of the key
 *                4     4  bytes of the value with its own seal; 0 when deleted
 *                8        key, value
 *
 * The meta table tells the sequence of the last row that is in the trees, so that a row which
 * comes back from a page of long ago changes nothing. Numbers are little-endian but for the key.
 *
 * In memory the recent records of a snapshot are sorted by table and key. They are shared by the
 * transactions that see it and never change; a write transaction begins with a copy.
 */
#ifndef WPI_STORE_RECENT_H
#define WPI_STORE_RECENT_H

#include "store/store.h"

typedef struct wpi_recent_record {
    const unsigned char *key;
    unsigned char *sealed; /* the value with its seal; NULL: the record is deleted */
    uint64_t prefix;       /* the first bytes of the key as a number, to compare by */
    uint32_t sealed_bytes;
    uint8_t table;
    uint8_t key_bytes;
    bool is_appended; /* expected behind all others of its table */
    bool is_new;      /* of the transaction that runs: not in a row yet */
} wpi_recent_record;

/* Keys and values; shared by a set of records and the copies made of it. */
typedef struct wpi_recent_bytes wpi_recent_bytes;

typedef struct wpi_recent {
    wpi_recent_record *records; /* by table and key */
    uint32_t count;
    uint32_t capacity;
    uint32_t counts[WPI_TABLE_COUNT]; /* records of each table */
    uint32_t rows;                    /* that hold them */
    uint64_t sequence;                /* of the last row */
    uint64_t snapshot;                /* LMDB's number of the snapshot that they belong to */
    unsigned holders;                 /* guarded by the mutex of the store, as are those of: */
    wpi_recent_bytes *bytes;
} wpi_recent;

/* Give a transaction that has begun for LMDB the recent records that it sees. The mutex of the
 * store is held. WP_ECORRUPT: a row is damaged. */
wp_status wpi_recent_attach(wpi_store_txn *txn, wp_error *err);
/* It has ended. The mutex is held. `committed` is LMDB's number of the snapshot that it made, or
 * 0. */
void wpi_recent_detach(wpi_store_txn *txn, uint64_t committed);
/* Let go of what is kept for the next transactions. The mutex is held. */
void wpi_recent_forget(wpi_store *store);

/* The place of the first record whose key is not below `key`, or where it would be. */
uint32_t wpi_recent_seek(const wpi_recent *recent, wpi_table table, wpi_slice key);
/* The record at a place; NULL: the table has none there. */
const wpi_recent_record *wpi_recent_at(const wpi_recent *recent, wpi_table table, uint32_t place);
/* The record with this key, which may be a deleted one; NULL: none. */
const wpi_recent_record *wpi_recent_find(const wpi_recent *recent, wpi_table table, wpi_slice key);

/* Before a change of a write transaction: whether it is to be kept among the recent records. If it
 * is not, all of them are in the trees on return, and the transaction changes these. */
wp_status wpi_recent_make_room(wpi_store_txn *txn, wpi_table table, size_t bytes, bool *has_room,
                               wp_error *err);
/* Put all recent records into the trees; from here on the transaction changes these. Nothing to do
 * when they are there. */
wp_status wpi_recent_fold(wpi_store_txn *txn, wp_error *err);
/* Before LMDB's commit: write the new ones as rows. */
wp_status wpi_recent_write(wpi_store_txn *txn, wp_error *err);

/* *count is the number of records in the tree of a table: make it that of the table. */
wp_status wpi_recent_correct_count(wpi_store_txn *txn, wpi_table table, uint64_t *count,
                                   wp_error *err);

/* Whether a record whose seal holds can be read, if it is a row or says which are in the trees:
 * WP_ECORRUPT, WP_ENOMEM. No transaction would begin where one that cannot be is in the file. */
wp_status wpi_recent_check(wpi_table table, wpi_slice key, wpi_slice sealed, wp_error *err);

/* --- the set in memory --- */

/* An empty set, or a copy that can be added to, with one holder. NULL: no memory. The mutex of the
 * store guards who holds what: it is held whenever a set is made or dropped. */
wpi_recent *wpi_recent_new(const wpi_recent *of);
void wpi_recent_drop(wpi_recent *recent);
/* Bytes of keys and values, those of replaced ones too. */
size_t wpi_recent_used(const wpi_recent *recent);

/* Add a record, or replace the one with its key: as new, stored in so many bytes, which the caller
 * writes, or without bytes as deleted. */
wp_status wpi_recent_set(wpi_recent *recent, wpi_table table, wpi_slice key, size_t sealed_bytes,
                         wpi_recent_record **record, wp_error *err);

#endif
