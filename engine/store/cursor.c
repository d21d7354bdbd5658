/*
 * Cursors over one table.
 *
 * In a write transaction a cursor remembers the last key it gave. When anything was put or deleted
 * since, it seeks the first key beyond that one instead of trusting LMDB to have moved it along:
 * so a walk never skips a record or gives one twice, whatever is deleted under it. At the end a
 * cursor stays at the end until the next seek, where LMDB would begin anew.
 */
#include <lmdb.h>
#include <string.h>

#include "base/memory.h"
#include "store/error.h"
#include "store/record.h"
#include "store/store_internal.h"

#define STORED_KEY_BYTES_MAX 511 /* that LMDB gives out, damaged files included */

struct wpi_store_cursor {
    wpi_store_txn *txn;
    wpi_table table;
    MDB_cursor *cursor;
    bool is_placed; /* a record was given */
    bool is_at_end;
    uint64_t changes; /* of the transaction when the last record was given */
    size_t last_key_bytes;
    unsigned char last_key[STORED_KEY_BYTES_MAX]; /* kept in write transactions alone */
};

wp_status wpi_store_cursor_open(wpi_store_txn *txn, wpi_table table, wpi_store_cursor **cursor,
                                wp_error *err)
{
    *cursor = NULL;
    WPI_TRY(wpi_store_check_process(txn->store, err));
    wpi_store_cursor *new_cursor = wpi_memory_new_zeroed(1, sizeof(*new_cursor));
    if (new_cursor == NULL)
        return wpi_memory_failed(err);
    new_cursor->txn = txn;
    new_cursor->table = table;
    int code = mdb_cursor_open(txn->transaction, txn->store->tables[table], &new_cursor->cursor);
    if (code != 0) {
        wpi_memory_free(new_cursor);
        return wpi_store_error(code, "opening a cursor", err);
    }
    *cursor = new_cursor;
    return WP_OK;
}

void wpi_store_cursor_close(wpi_store_cursor *cursor)
{
    if (cursor == NULL || wpi_store_is_inherited(cursor->txn->store))
        return;
    mdb_cursor_close(cursor->cursor);
    wpi_memory_free(cursor);
}

/* Give the record that LMDB found, or say why there is none. */
static wp_status deliver(wpi_store_cursor *cursor, int code, const MDB_val *key,
                         const MDB_val *value, wpi_slice *found_key, wpi_slice *payload,
                         wp_error *err)
{
    wpi_store_txn *txn = cursor->txn;
    cursor->is_at_end = code == MDB_NOTFOUND;
    if (cursor->is_at_end)
        return WP_ENOTFOUND;
    if (code != 0)
        return wpi_store_suspect(txn->store, wpi_store_error(code, "reading a table", err));
    cursor->is_placed = true;
    if (txn->is_write && key->mv_size <= STORED_KEY_BYTES_MAX) {
        memcpy(cursor->last_key, key->mv_data, key->mv_size);
        cursor->last_key_bytes = key->mv_size;
        cursor->changes = txn->changes;
    }
    *found_key = (wpi_slice){key->mv_data, key->mv_size};
    wpi_slice sealed = {value->mv_data, value->mv_size};
    return wpi_store_suspect(
        txn->store, wpi_record_unseal(cursor->table, *found_key, sealed, payload, NULL, err));
}

wp_status wpi_store_cursor_seek(wpi_store_cursor *cursor, wpi_slice key, wpi_slice *found_key,
                                wpi_slice *value, wp_error *err)
{
    MDB_val at = {key.bytes, (void *)(uintptr_t)key.data};
    MDB_val data;
    *found_key = *value = (wpi_slice){NULL, 0};
    WPI_TRY(wpi_store_check_process(cursor->txn->store, err));
    int code =
        mdb_cursor_get(cursor->cursor, &at, &data, key.bytes == 0 ? MDB_FIRST : MDB_SET_RANGE);
    return deliver(cursor, code, &at, &data, found_key, value, err);
}

wp_status wpi_store_cursor_seek_back(wpi_store_cursor *cursor, wpi_slice key, wpi_slice *found_key,
                                     wpi_slice *value, wp_error *err)
{
    MDB_val at = {key.bytes, (void *)(uintptr_t)key.data};
    MDB_val data;
    *found_key = *value = (wpi_slice){NULL, 0};
    WPI_TRY(wpi_store_check_process(cursor->txn->store, err));
    int code = mdb_cursor_get(cursor->cursor, &at, &data, MDB_SET_RANGE);
    bool is_beyond =
        code == 0 && (at.mv_size != key.bytes || memcmp(at.mv_data, key.data, key.bytes) != 0);
    if (is_beyond)
        code = mdb_cursor_get(cursor->cursor, &at, &data, MDB_PREV);
    else if (code == MDB_NOTFOUND)
        code = mdb_cursor_get(cursor->cursor, &at, &data, MDB_LAST);
    return deliver(cursor, code, &at, &data, found_key, value, err);
}

wp_status wpi_store_cursor_put(wpi_store_cursor *cursor, wpi_slice key, wpi_slice payload,
                               uint8_t version, wp_error *err)
{
    const wpi_put_where here = {cursor->cursor, false};
    return wpi_store_put_where(cursor->txn, cursor->table, &here, key, payload, version, err);
}

/* Find the first record beyond the last one given, in a transaction that was changed since. */
static int find_beyond(wpi_store_cursor *cursor, MDB_val *key, MDB_val *data)
{
    *key = (MDB_val){cursor->last_key_bytes, cursor->last_key};
    int code = mdb_cursor_get(cursor->cursor, key, data, MDB_SET_RANGE);
    bool is_same = code == 0 && key->mv_size == cursor->last_key_bytes &&
                   memcmp(key->mv_data, cursor->last_key, key->mv_size) == 0;
    return is_same ? mdb_cursor_get(cursor->cursor, key, data, MDB_NEXT) : code;
}

wp_status wpi_store_cursor_next(wpi_store_cursor *cursor, wpi_slice *found_key, wpi_slice *value,
                                wp_error *err)
{
    MDB_val key;
    MDB_val data;
    int code;
    *found_key = *value = (wpi_slice){NULL, 0};
    WPI_TRY(wpi_store_check_process(cursor->txn->store, err));
    if (cursor->is_at_end)
        return WP_ENOTFOUND;
    if (!cursor->is_placed)
        code = mdb_cursor_get(cursor->cursor, &key, &data, MDB_FIRST);
    else if (cursor->txn->is_write && cursor->changes != cursor->txn->changes)
        code = find_beyond(cursor, &key, &data);
    else
        code = mdb_cursor_get(cursor->cursor, &key, &data, MDB_NEXT);
    return deliver(cursor, code, &key, &data, found_key, value, err);
}
