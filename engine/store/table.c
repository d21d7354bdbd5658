/*
 * Records: get, put, append, delete, count.
 *
 * Values are sealed on the way in and unsealed, checksum verified, on the way out (record.c). A put
 * reserves the room and seals the value there, so that long ones are copied once. After a failed
 * change LMDB's transaction may be half changed, so its failure is remembered and the commit
 * refuses.
 */
#include <lmdb.h>
#include <stdint.h>
#include <string.h>

#include "store/error.h"
#include "store/record.h"
#include "store/store_internal.h"

static MDB_val value_of(wpi_slice slice)
{
    return (MDB_val){slice.bytes, (void *)(uintptr_t)slice.data};
}

static wp_status check_key(wpi_table table, wpi_slice key, wp_error *err)
{
    if (key.data != NULL && key.bytes >= 1 && key.bytes <= WPI_KEY_BYTES_MAX)
        return WP_OK;
    return wpi_error_set(err, WP_EINVAL, "a key of table %s has %zu bytes, expected 1..%d",
                         wpi_table_name(table), key.bytes, WPI_KEY_BYTES_MAX);
}

wp_status wpi_store_suspect(wpi_store *store, wp_status status)
{
    if (status == WP_ECORRUPT)
        atomic_store(&store->is_suspect, true);
    return status;
}

wp_status wpi_store_fail(wpi_store_txn *txn, int code, const char *doing, wp_error *err)
{
    wpi_store *store = txn->store;
    if (code == MDB_MAP_FULL) {
        wpi_store_lock(store);
        store->wants_growth = true;
        wpi_store_unlock(store);
    }
    txn->failure = wpi_store_write_error(code, store->fd, doing, err);
    return wpi_store_suspect(store, txn->failure);
}

static wp_status check_writable(const wpi_store_txn *txn, wp_error *err)
{
    WPI_TRY(wpi_store_check_process(txn->store, err));
    if (!txn->is_write)
        return wpi_error_set(err, WP_EREADONLY, "the transaction is for reading alone");
    if (txn->failure != WP_OK)
        return wpi_error_set(err, txn->failure, "a change failed earlier in this transaction");
    return WP_OK;
}

wp_status wpi_store_count(wpi_store_txn *txn, wpi_table table, uint64_t *count, wp_error *err)
{
    MDB_stat stat;
    *count = 0;
    WPI_TRY(wpi_store_check_process(txn->store, err));
    int code = mdb_stat(txn->transaction, txn->store->tables[table], &stat);
    if (code != 0)
        return wpi_store_suspect(txn->store, wpi_store_error(code, "counting records", err));
    *count = stat.ms_entries;
    return wpi_recent_correct_count(txn, table, count, err);
}

/* The record as it is stored, with its envelope. */
static wp_status find(wpi_store_txn *txn, wpi_table table, wpi_slice key, wpi_slice *sealed,
                      wp_error *err)
{
    wpi_store *store = txn->store;
    WPI_TRY(wpi_store_check_process(store, err));
    WPI_TRY(check_key(table, key, err));
    const wpi_recent_record *recent = wpi_recent_find(wpi_recent_of(txn), table, key);
    if (recent != NULL) {
        *sealed = (wpi_slice){recent->sealed, recent->sealed_bytes};
        return recent->sealed != NULL ? WP_OK : WP_ENOTFOUND;
    }
    MDB_val found;
    MDB_val wanted = value_of(key);
    int code = mdb_get(txn->transaction, store->tables[table], &wanted, &found);
    if (code == MDB_NOTFOUND)
        return WP_ENOTFOUND;
    if (code != 0)
        return wpi_store_suspect(store, wpi_store_error(code, "reading a record", err));
    *sealed = (wpi_slice){found.mv_data, found.mv_size};
    return WP_OK;
}

wp_status wpi_store_get(wpi_store_txn *txn, wpi_table table, wpi_slice key, wpi_slice *value,
                        uint8_t *version, wp_error *err)
{
    wpi_slice sealed;
    *value = (wpi_slice){NULL, 0};
    WPI_TRY(find(txn, table, key, &sealed, err));
    return wpi_store_suspect(txn->store,
                             wpi_record_unseal(table, key, sealed, value, version, err));
}

wp_status wpi_store_get_unverified(wpi_store_txn *txn, wpi_table table, wpi_slice key,
                                   wpi_slice *value, wp_error *err)
{
    wpi_slice sealed;
    *value = (wpi_slice){NULL, 0};
    WPI_TRY(find(txn, table, key, &sealed, err));
    if (sealed.bytes < WPI_VALUE_TRAILER_BYTES)
        return wpi_store_suspect(txn->store,
                                 wpi_error_set(err, WP_ECORRUPT, "a record of table %s is short",
                                               wpi_table_name(table)));
    *value = (wpi_slice){sealed.data, sealed.bytes - WPI_VALUE_TRAILER_BYTES};
    return WP_OK;
}

/* Make room for a value: through a cursor, or behind all others, or wherever it belongs. */
static int reserve(wpi_store_txn *txn, MDB_dbi tree, const wpi_put_where *where, MDB_val *key,
                   MDB_val *value)
{
    int code = MDB_KEYEXIST;
    if (where->cursor != NULL)
        return mdb_cursor_put(where->cursor, key, value, MDB_RESERVE);
    if (where->is_last)
        code = mdb_put(txn->transaction, tree, key, value, MDB_RESERVE | MDB_APPEND);
    if (code == MDB_KEYEXIST) /* not behind all others; nothing was changed */
        code = mdb_put(txn->transaction, tree, key, value, MDB_RESERVE);
    return code;
}

wp_status wpi_tree_put(wpi_store_txn *txn, wpi_table table, const wpi_put_where *where,
                       wpi_slice key, size_t sealed_bytes, unsigned char **place, wp_error *err)
{
    MDB_val at = value_of(key);
    MDB_val value = {sealed_bytes, NULL};
    int code = reserve(txn, txn->store->tables[table], where, &at, &value);
    if (code != 0)
        return wpi_store_fail(txn, code, "storing a record", err);
    *place = value.mv_data;
    return WP_OK;
}

wp_status wpi_tree_delete(wpi_store_txn *txn, wpi_table table, wpi_slice key, wp_error *err)
{
    MDB_val wanted = value_of(key);
    int code = mdb_del(txn->transaction, txn->store->tables[table], &wanted, NULL);
    if (code == MDB_NOTFOUND)
        return WP_ENOTFOUND;
    return code == 0 ? WP_OK : wpi_store_fail(txn, code, "deleting a record", err);
}

/* Where a record is to be written: among the recent ones, or in its tree. */
static wp_status find_place(wpi_store_txn *txn, wpi_table table, const wpi_put_where *where,
                            wpi_slice key, size_t sealed_bytes, unsigned char **place,
                            wp_error *err)
{
    bool is_recent;
    wpi_recent_record *record;
    WPI_TRY(wpi_recent_make_room(txn, table, key.bytes + sealed_bytes, &is_recent, err));
    if (!is_recent)
        return wpi_tree_put(txn, table, where, key, sealed_bytes, place, err);
    WPI_TRY(wpi_recent_set(txn->recent, table, key, sealed_bytes, &record, err));
    record->is_appended = where->is_last;
    *place = record->sealed;
    return WP_OK;
}

/* A change that failed may be half made. */
static wp_status note_change(wpi_store_txn *txn, wp_status status)
{
    if (status != WP_OK) {
        txn->failure = status;
        return status;
    }
    txn->is_dirty = true;
    txn->changes++;
    return WP_OK;
}

wp_status wpi_store_write_through(wpi_store_txn *txn, wp_error *err)
{
    WPI_TRY(check_writable(txn, err));
    wp_status status = wpi_recent_fold(txn, err);
    if (status != WP_OK)
        txn->failure = status;
    return status;
}

wp_status wpi_store_put_where(wpi_store_txn *txn, wpi_table table, const wpi_put_where *where,
                              wpi_slice key, wpi_slice payload, uint8_t version, wp_error *err)
{
    unsigned char *place;
    size_t sealed_bytes = payload.bytes + WPI_VALUE_TRAILER_BYTES;
    WPI_TRY(check_writable(txn, err));
    WPI_TRY(check_key(table, key, err));
    if (payload.bytes > WPI_VALUE_BYTES_MAX)
        return wpi_error_set(err, WP_EINVAL, "a record of table %s has %zu bytes, expected 0..%u",
                             wpi_table_name(table), payload.bytes, WPI_VALUE_BYTES_MAX);
    WPI_TRY(note_change(txn, find_place(txn, table, where, key, sealed_bytes, &place, err)));
    wpi_record_seal(table, key, payload, version, place);
    txn->put_bytes += sealed_bytes;
    return WP_OK;
}

wp_status wpi_store_put(wpi_store_txn *txn, wpi_table table, wpi_slice key, wpi_slice payload,
                        uint8_t version, wp_error *err)
{
    const wpi_put_where anywhere = {NULL, false};
    return wpi_store_put_where(txn, table, &anywhere, key, payload, version, err);
}

wp_status wpi_store_append(wpi_store_txn *txn, wpi_table table, wpi_slice key, wpi_slice payload,
                           uint8_t version, wp_error *err)
{
    const wpi_put_where behind = {NULL, true};
    return wpi_store_put_where(txn, table, &behind, key, payload, version, err);
}

/* Note that a record is deleted which the tree may have. */
static wp_status delete_recent(wpi_store_txn *txn, wpi_table table, wpi_slice key, wp_error *err)
{
    wpi_slice sealed;
    wpi_recent_record *record;
    WPI_TRY(find(txn, table, key, &sealed, err));
    return wpi_recent_set(txn->recent, table, key, 0, &record, err);
}

wp_status wpi_store_delete(wpi_store_txn *txn, wpi_table table, wpi_slice key, wp_error *err)
{
    bool is_recent;
    WPI_TRY(check_writable(txn, err));
    WPI_TRY(check_key(table, key, err));
    wp_status status = wpi_recent_make_room(txn, table, key.bytes, &is_recent, err);
    if (status == WP_OK)
        status =
            is_recent ? delete_recent(txn, table, key, err) : wpi_tree_delete(txn, table, key, err);
    return status == WP_ENOTFOUND ? status : note_change(txn, status);
}
