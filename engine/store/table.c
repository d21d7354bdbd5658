/*
 * Records: the envelope with version and checksum, reading, writing, walking.
 *
 * The hash covers the table, the key, the payload and the version, so that a record that turns up
 * under another key, or in another table, is damaged too.
 */
#include <assert.h>
#include <string.h>
#include <sys/mman.h>
#include <xxhash.h>

#include "base/bytes.h"
#include "base/memory.h"
#include "store/environment.h"

struct wpi_store_cursor {
    wpi_store_txn *txn;
    MDB_cursor *cursor;
    wpi_table table;
};

const char *wpi_table_name(wpi_table table)
{
    static const char *const names[WPI_TABLE_COUNT] = {
        "meta",        "person", "company", "identity", "employment", "member",
        "interaction", "source", "waiting", "evidence", "tie",        "adjacency",
        "consent",     "ask",    "name",    "mark",
    };
    assert((unsigned)table < WPI_TABLE_COUNT);
    return names[table];
}

static uint64_t hash_of(wpi_table table, const MDB_val *key, const void *data, size_t bytes)
{
    XXH64_hash_t seed = XXH3_64bits_withSeed(key->mv_data, key->mv_size, (XXH64_hash_t)table + 1);
    return XXH3_64bits_withSeed(data, bytes, seed);
}

/* Check the envelope and give the payload. */
static wp_status open_envelope(wpi_table table, const MDB_val *key, const MDB_val *value,
                               wpi_slice *payload, uint8_t *version, wp_error *err)
{
    const unsigned char *data = value->mv_data;
    size_t bytes = value->mv_size;
    *payload = (wpi_slice){NULL, 0};
    if (bytes < WPI_VALUE_TRAILER_BYTES ||
        wpi_bytes_get_le64(data + bytes - 8) != hash_of(table, key, data, bytes - 8))
        return wpi_error_set(err, WP_ECORRUPT, "checksum of a %s record does not match",
                             wpi_table_name(table));
    *payload = (wpi_slice){data, bytes - WPI_VALUE_TRAILER_BYTES};
    if (version != NULL)
        *version = data[bytes - WPI_VALUE_TRAILER_BYTES];
    return WP_OK;
}

static MDB_val val_of(wpi_slice slice)
{
    return (MDB_val){slice.bytes, (void *)(uintptr_t)slice.data};
}

wp_status wpi_store_get(wpi_store_txn *txn, wpi_table table, wpi_slice key, wpi_slice *value,
                        uint8_t *version, wp_error *err)
{
    MDB_val k = val_of(key), v;
    int code = mdb_get(txn->txn, txn->store->tables[table], &k, &v);
    if (code == MDB_NOTFOUND)
        return WP_ENOTFOUND;
    if (code != MDB_SUCCESS)
        return wpi_store_failed(txn->store, code, wpi_table_name(table), err);
    return open_envelope(table, &k, &v, value, version, err);
}

wp_status wpi_store_put(wpi_store_txn *txn, wpi_table table, wpi_slice key, wpi_slice payload,
                        uint8_t version, wp_error *err)
{
    assert(txn->is_write);
    if (payload.bytes > WPI_VALUE_BYTES_MAX)
        return wpi_error_set(err, WP_EINVAL, "%s record has %zu bytes, expected at most %u",
                             wpi_table_name(table), payload.bytes, WPI_VALUE_BYTES_MAX);
    MDB_val k = val_of(key), v = {payload.bytes + WPI_VALUE_TRAILER_BYTES, NULL};
    int code = mdb_put(txn->txn, txn->store->tables[table], &k, &v, MDB_RESERVE);
    if (code != MDB_SUCCESS) {
        if (code == MDB_MAP_FULL)
            txn->store->must_grow = true;
        return wpi_store_failed(txn->store, code, wpi_table_name(table), err);
    }
    unsigned char *data = v.mv_data;
    if (payload.bytes > 0)
        memcpy(data, payload.data, payload.bytes);
    data[payload.bytes] = version;
    wpi_bytes_put_le64(data + payload.bytes + 1, hash_of(table, &k, data, payload.bytes + 1));
    txn->has_written = true;
    return WP_OK;
}

wp_status wpi_store_delete(wpi_store_txn *txn, wpi_table table, wpi_slice key, wp_error *err)
{
    MDB_val k = val_of(key);
    assert(txn->is_write);
    int code = mdb_del(txn->txn, txn->store->tables[table], &k, NULL);
    if (code == MDB_NOTFOUND)
        return WP_ENOTFOUND;
    if (code != MDB_SUCCESS) {
        if (code == MDB_MAP_FULL)
            txn->store->must_grow = true;
        return wpi_store_failed(txn->store, code, wpi_table_name(table), err);
    }
    txn->has_written = true;
    return WP_OK;
}

/*
 * LMDB does not tell where its map begins. A page begins with its own number, so that any record on
 * a B-tree page of a committed snapshot leads there.
 */
void wpi_store_release_pages(wpi_store_txn *txn)
{
    MDB_val key = {6, (void *)(uintptr_t) "format"}, value;
    MDB_envinfo info;
    MDB_stat stat;
    MDB_txn *reading = NULL;
    if (mdb_env_info(txn->store->env, &info) != MDB_SUCCESS ||
        mdb_env_stat(txn->store->env, &stat) != MDB_SUCCESS ||
        mdb_txn_begin(txn->store->env, NULL, MDB_RDONLY, &reading) != MDB_SUCCESS)
        return;
    if (mdb_get(reading, txn->store->tables[WPI_TABLE_META], &key, &value) == MDB_SUCCESS) {
        uintptr_t page = (uintptr_t)value.mv_data & ~(uintptr_t)(stat.ms_psize - 1);
        uintptr_t base = page - wpi_bytes_get_le64((const unsigned char *)page) * stat.ms_psize;
        (void)madvise((void *)base, (info.me_last_pgno + 1) * stat.ms_psize, MADV_DONTNEED);
    }
    mdb_txn_abort(reading);
}

wp_status wpi_store_count(wpi_store_txn *txn, wpi_table table, uint64_t *count, wp_error *err)
{
    MDB_stat stat;
    int code = mdb_stat(txn->txn, txn->store->tables[table], &stat);
    *count = code == MDB_SUCCESS ? stat.ms_entries : 0;
    return code == MDB_SUCCESS ? WP_OK
                               : wpi_store_failed(txn->store, code, wpi_table_name(table), err);
}

wp_status wpi_store_cursor_open(wpi_store_txn *txn, wpi_table table, wpi_store_cursor **out,
                                wp_error *err)
{
    *out = NULL;
    wpi_store_cursor *cursor = wpi_memory_new(1, sizeof *cursor);
    if (cursor == NULL)
        return wpi_memory_failed(err);
    *cursor = (wpi_store_cursor){txn, NULL, table};
    int code = mdb_cursor_open(txn->txn, txn->store->tables[table], &cursor->cursor);
    if (code != MDB_SUCCESS) {
        wpi_memory_free(cursor);
        return wpi_store_failed(txn->store, code, wpi_table_name(table), err);
    }
    *out = cursor;
    return WP_OK;
}

static wp_status move(wpi_store_cursor *cursor, MDB_val *key, MDB_cursor_op operation,
                      wpi_slice *found_key, wpi_slice *value, wp_error *err)
{
    MDB_val v;
    *found_key = *value = (wpi_slice){NULL, 0};
    int code = mdb_cursor_get(cursor->cursor, key, &v, operation);
    if (code == MDB_NOTFOUND)
        return WP_ENOTFOUND;
    if (code != MDB_SUCCESS)
        return wpi_store_failed(cursor->txn->store, code, wpi_table_name(cursor->table), err);
    *found_key = (wpi_slice){key->mv_data, key->mv_size};
    return open_envelope(cursor->table, key, &v, value, NULL, err);
}

wp_status wpi_store_cursor_seek(wpi_store_cursor *cursor, wpi_slice key, wpi_slice *found_key,
                                wpi_slice *value, wp_error *err)
{
    MDB_val k = val_of(key);
    return move(cursor, &k, key.bytes == 0 ? MDB_FIRST : MDB_SET_RANGE, found_key, value, err);
}

wp_status wpi_store_cursor_next(wpi_store_cursor *cursor, wpi_slice *found_key, wpi_slice *value,
                                wp_error *err)
{
    MDB_val k;
    return move(cursor, &k, MDB_NEXT, found_key, value, err);
}

void wpi_store_cursor_close(wpi_store_cursor *cursor)
{
    if (cursor == NULL)
        return;
    mdb_cursor_close(cursor->cursor);
    wpi_memory_free(cursor);
}
