/*
 * The store: the only user of LMDB. Plain tables of byte strings in one file, with snapshots,
 * transactions, and everything that LMDB leaves to its user: atomic creation, validation of the
 * structure before use, map growth, stale readers, one environment per file per process, detection
 * of fork() and of a second write transaction in one thread, translation of error codes.
 *
 * Every value is stored as   payload | version u8 | XXH3-64 of (table, key, payload, version) u64
 * LE The checksum is verified on every read, so that callers never see a damaged record. What
 * payloads mean is not known here.
 */
#ifndef WPI_STORE_STORE_H
#define WPI_STORE_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/status.h"

typedef struct wpi_slice {
    const void *data;
    size_t bytes;
} wpi_slice;

/* The tables. The index is the table id in checksums: never reuse or reorder. */
typedef enum wpi_table {
    WPI_TABLE_META = 0,
    WPI_TABLE_PERSON,
    WPI_TABLE_COMPANY,
    WPI_TABLE_IDENTITY,
    WPI_TABLE_EMPLOYMENT,
    WPI_TABLE_MEMBER,
    WPI_TABLE_INTERACTION,
    WPI_TABLE_SOURCE_ID,
    WPI_TABLE_REPLY,
    WPI_TABLE_EVIDENCE,
    WPI_TABLE_TIE,
    WPI_TABLE_OVERLAY,
    WPI_TABLE_CONSENT,
    WPI_TABLE_ASK,
    WPI_TABLE_NAME,
    WPI_TABLE_MARK,
    WPI_TABLE_SEGMENT,
    WPI_TABLE_CHANGED,
    WPI_TABLE_SOURCE,
    WPI_TABLE_ALIAS,
    WPI_TABLE_PART,
    WPI_TABLE_MERGE,
    WPI_TABLE_NAMESAKE,
    WPI_TABLE_RESTATED,
    WPI_TABLE_PRIVATE,
    WPI_TABLE_OPPORTUNITY,
    WPI_TABLE_ROLE,
    WPI_TABLE_STAKE,
    WPI_TABLE_SUPPRESSED,
    WPI_TABLE_AUDIT,
    WPI_TABLE_BARRIER,
    WPI_TABLE_SPELLING,
    WPI_TABLE_RECENT, /* of the store itself: changes of all others; see recent.h */
    WPI_TABLE_COUNT
} wpi_table;

/* "person", "company", …: the name in the file and in messages. */
const char *wpi_table_name(wpi_table table);

#define WPI_KEY_BYTES_MAX 64
#define WPI_VALUE_BYTES_MAX (2u << 30)
#define WPI_VALUE_TRAILER_BYTES 9

typedef struct wpi_store wpi_store;
typedef struct wpi_store_txn wpi_store_txn;
typedef struct wpi_store_cursor wpi_store_cursor;

/* Called inside the transaction that creates the schema, to store first records. */
typedef wp_status wpi_store_init_fn(wpi_store_txn *txn, void *context, wp_error *err);

/* As wp_create: temporary name, commit, sync, rename into place, sync the directory. */
wp_status wpi_store_create(const char *path, wpi_store_init_fn *init, void *context, wp_error *err);
/* Called after it, to store more in transactions of its own; the store is closed then. */
typedef wp_status wpi_store_fill_fn(wpi_store *store, void *context, wp_error *err);
wp_status wpi_store_create_filled(const char *path, wpi_store_init_fn *init,
                                  wpi_store_fill_fn *fill, void *context, wp_error *err);
/* As wp_open. A file that this process has open already is shared (counted). */
wp_status wpi_store_open(const char *path, const wp_open_options *options, wpi_store **store,
                         wp_error *err);
void wpi_store_close(wpi_store *store);
typedef struct wpi_store_rebuild_options {
    const char *left_out; /* a key of the meta table that the new file is not to have; NULL: none */
    wp_progress_fn *progress; /* records; may be NULL */
    void *context;
} wpi_store_rebuild_options;
/* As wp_backup; the copy is validated and every checksum in it verified. Pages are copied, or where
 * the snapshot has the record that options->left_out names, records, so that nothing of what was
 * deleted comes along. options may be NULL. */
wp_status wpi_store_backup(wpi_store *store, const char *path,
                           const wpi_store_rebuild_options *options, wp_error *err);
/* Put all records into a new file and give it the name of the old one, which nobody else may have
 * open: WP_EBUSY otherwise, or when a transaction of this process is. */
wp_status wpi_store_rebuild(wpi_store *store, const wpi_store_rebuild_options *options,
                            wp_error *err);
/* As wp_check_file. */
wp_status wpi_store_check_file(const char *path, wp_fault_fn *fault, void *context,
                               uint64_t *faults, wp_error *err);
/* As wp_health_get; versions of library and format are left to the caller. */
wp_status wpi_store_health(wpi_store *store, wp_health *out, wp_error *err);
/* As wp_sync. */
wp_status wpi_store_sync(wpi_store *store, wp_error *err);
uint64_t wpi_store_file_bytes(const wpi_store *store);
uint32_t wpi_store_reader_count(const wpi_store *store);
/* WP_EFORK in a child process, else WP_OK. */
wp_status wpi_store_check_process(const wpi_store *store, wp_error *err);

wp_status wpi_store_begin(wpi_store *store, bool is_write, wpi_store_txn **txn, wp_error *err);
/* Ends the transaction whatever it returns. */
wp_status wpi_store_commit(wpi_store_txn *txn, wp_error *err);
void wpi_store_abort(wpi_store_txn *txn);
bool wpi_store_is_write(const wpi_store_txn *txn);
/* A read transaction is in use from its beginning until it is said to rest. While it rests it is
 * ended when it is too old, which the next resume tells by WP_ESTALE; records that were read are
 * then no longer valid. Nothing to do for write transactions. */
void wpi_store_rest(wpi_store_txn *txn);
wp_status wpi_store_resume(wpi_store_txn *txn, wp_error *err);
/* The snapshot's number: grows with every commit. */
uint64_t wpi_store_snapshot(const wpi_store_txn *txn);
/* Changes when the file is mapped anew: pointers into it are good while this stays the same. */
uint64_t wpi_store_mapping(const wpi_store_txn *txn);
/* Records in a table. */
wp_status wpi_store_count(wpi_store_txn *txn, wpi_table table, uint64_t *count, wp_error *err);

/*
 * Read a record. `value` is the payload: borrowed until the next write in this transaction or its
 * end; at least 2-byte aligned, 8-byte aligned when larger than 2 KiB. version may be NULL.
 * WP_ENOTFOUND leaves err alone. WP_ECORRUPT names the table.
 */
wp_status wpi_store_get(wpi_store_txn *txn, wpi_table table, wpi_slice key, wpi_slice *value,
                        uint8_t *version, wp_error *err);
/* The same for large records with checksums of their own: the record's is not verified. */
wp_status wpi_store_get_unverified(wpi_store_txn *txn, wpi_table table, wpi_slice key,
                                   wpi_slice *value, wp_error *err);
/* Insert or replace. Key and payload must not lie in records of this transaction. After a failure
 * the transaction can only be aborted. */
wp_status wpi_store_put(wpi_store_txn *txn, wpi_table table, wpi_slice key, wpi_slice payload,
                        uint8_t version, wp_error *err);
/* The same for a record that is expected to lie behind all others of its table: such records fill
 * their pages. One that does not is put where it belongs. */
wp_status wpi_store_append(wpi_store_txn *txn, wpi_table table, wpi_slice key, wpi_slice payload,
                           uint8_t version, wp_error *err);
/* The transaction removes more than it adds: it may use the room that is kept for such in a full
 * map. One that only deletes need not say so. */
void wpi_store_use_reserve(wpi_store_txn *txn);
/* From here on the transaction changes the trees at once, where small ones otherwise leave rows
 * (recent.h). What is in tables of what people decide does so by itself. */
wp_status wpi_store_write_through(wpi_store_txn *txn, wp_error *err);
/* Delete; WP_ENOTFOUND when absent (err alone). */
wp_status wpi_store_delete(wpi_store_txn *txn, wpi_table table, wpi_slice key, wp_error *err);

/* Take the pages that were read off this process's account (they stay in the system's cache): for
 * long work that passes through a whole file. Costs a soft fault for each page read again. */
void wpi_store_release_pages(wpi_store_txn *txn);

/* A cursor over one table; must be closed before its transaction ends. */
wp_status wpi_store_cursor_open(wpi_store_txn *txn, wpi_table table, wpi_store_cursor **cursor,
                                wp_error *err);
/* The first record whose key is >= key. WP_ENOTFOUND (err alone) when there is none. */
wp_status wpi_store_cursor_seek(wpi_store_cursor *cursor, wpi_slice key, wpi_slice *found_key,
                                wpi_slice *value, wp_error *err);
/* The last record whose key is <= key, which is not empty. WP_ENOTFOUND (err alone) when there is
 * none; the next record is then not known either. */
wp_status wpi_store_cursor_seek_back(wpi_store_cursor *cursor, wpi_slice key, wpi_slice *found_key,
                                     wpi_slice *value, wp_error *err);
/* As wpi_store_put; cheap when the record lies on the page of the one put before, so put sorted.
 * The cursor is for putting alone. */
wp_status wpi_store_cursor_put(wpi_store_cursor *cursor, wpi_slice key, wpi_slice payload,
                               uint8_t version, wp_error *err);
/* The next record; WP_ENOTFOUND at the end. A damaged record gives WP_ECORRUPT with *found_key
 * set, and the cursor can go on. */
wp_status wpi_store_cursor_next(wpi_store_cursor *cursor, wpi_slice *found_key, wpi_slice *value,
                                wp_error *err);
void wpi_store_cursor_close(wpi_store_cursor *cursor);

#endif
