/*
 * The state of a database in one number; see state.h. Uses the store below the public interface,
 * since only there all tables can be read.
 */
#include "state.h"

#include <string.h>
#include <xxhash.h>

#include "api/handles.h"
#include "store/store.h"

#define TOKEN_KEY "token"   /* of store/txn.c */
#define FOLDED_KEY "folded" /* of store/recent_rows.c: how far, which depends on how often */

static uint64_t mix(uint64_t hash, wpi_slice part)
{
    return XXH3_64bits_withSeed(part.data, part.bytes, hash + part.bytes);
}

static bool is(wpi_slice key, const char *name)
{
    return key.bytes == strlen(name) && memcmp(key.data, name, key.bytes) == 0;
}

static wp_status read_table(wpi_store_txn *txn, wpi_table table, uint64_t *hash, wp_error *err)
{
    wpi_store_cursor *cursor;
    wpi_slice key, value;
    wp_status status = wpi_store_cursor_open(txn, table, &cursor, err);
    if (status != WP_OK)
        return status;
    while ((status = wpi_store_cursor_next(cursor, &key, &value, err)) == WP_OK) {
        bool is_of_store = table == WPI_TABLE_META && (is(key, TOKEN_KEY) || is(key, FOLDED_KEY));
        if (!is_of_store)
            *hash = mix(mix(*hash + (uint64_t)table, key), value);
    }
    wpi_store_cursor_close(cursor);
    return status == WP_ENOTFOUND ? WP_OK : status;
}

wp_status state_read(wp_db *db, uint64_t *hash, wp_error *err)
{
    wpi_store_txn *txn;
    *hash = STATE_NONE;
    wp_status status = wpi_store_begin(db->store, false, &txn, err);
    if (status != WP_OK)
        return status;
    uint64_t sum = 1;
    for (int table = 0; table < WPI_TABLE_RECENT && status == WP_OK; table++)
        status = read_table(txn, (wpi_table)table, &sum, err);
    wpi_store_abort(txn);
    if (status == WP_OK)
        *hash = sum == STATE_NONE ? 1 : sum;
    return status;
}

wp_status state_of_file(const char *path, uint64_t *hash, wp_error *err)
{
    wp_db *db = NULL;
    *hash = STATE_NONE;
    wp_status status = wp_open(path, NULL, &db, err);
    if (status == WP_OK)
        status = state_read(db, hash, err);
    wp_close(db);
    return status;
}
