/*
 * Cursors over one table: its tree and its recent records, merged.
 *
 * Either side stands at the record that it would give next, and the lower key is given; of equal
 * ones that of the recent record holds, and where that is a deleted one nothing is given.
 *
 * A cursor remembers the last key it gave. When anything was put or deleted since, it seeks the
 * first key beyond that one on both sides instead of trusting LMDB to have moved it along: so a
 * walk never skips a record or gives one twice, whatever is deleted under it. At the end a cursor
 * stays at the end until the next seek, where LMDB would begin anew.
 */
#include <lmdb.h>
#include <string.h>

#include "base/memory.h"
#include "store/error.h"
#include "store/page.h"
#include "store/record.h"
#include "store/store_internal.h"

#define STORED_KEY_BYTES_MAX 511 /* that LMDB gives out, damaged files included */

/* Which sides the last record was given from, and so have to move on. */
enum { SIDE_TREE = 1, SIDE_RECENT = 2, SIDE_BOTH = 3 };

struct wpi_store_cursor {
    wpi_store_txn *txn;
    wpi_table table;
    MDB_cursor *cursor;
    int code; /* of LMDB for the record at which the side of the tree stands: */
    MDB_val key;
    MDB_val value;
    uint32_t place; /* at which the other side stands */
    unsigned given; /* the sides of the record given last; 0: none was */
    bool is_apart;  /* the sides do not stand behind the record given last */
    bool is_at_end;
    uint64_t changes; /* of the transaction when the last record was given */
    size_t last_key_bytes;
    unsigned char last_key[STORED_KEY_BYTES_MAX]; /* kept where it may be sought again */
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

/* The recent record at which that side stands; NULL: it is at its end, or has none. */
static const wpi_recent_record *recent_of(const wpi_store_cursor *cursor)
{
    const wpi_recent *recent = wpi_recent_of(cursor->txn);
    return recent == NULL ? NULL : wpi_recent_at(recent, cursor->table, cursor->place);
}

/* Whether a recent record may be met. */
static bool is_merging(const wpi_store_cursor *cursor)
{
    const wpi_recent *recent = wpi_recent_of(cursor->txn);
    return recent != NULL && recent->counts[cursor->table] > 0;
}

static void move_tree(wpi_store_cursor *cursor, MDB_cursor_op how)
{
    cursor->code = mdb_cursor_get(cursor->cursor, &cursor->key, &cursor->value, how);
}

/* Have both sides stand at the first key that is not below. */
static void seek_both(wpi_store_cursor *cursor, wpi_slice key)
{
    cursor->key = (MDB_val){key.bytes, (void *)(uintptr_t)key.data};
    move_tree(cursor, key.bytes == 0 ? MDB_FIRST : MDB_SET_RANGE);
    if (is_merging(cursor))
        cursor->place = wpi_recent_seek(wpi_recent_of(cursor->txn), cursor->table, key);
}

/* The order of the records at which the sides stand: below 0 that of the tree comes first. */
static int compare_sides(const wpi_store_cursor *cursor, const wpi_recent_record *recent)
{
    if (recent == NULL || cursor->code != 0)
        return recent == NULL ? -1 : 1;
    return wpi_page_compare((wpi_slice){cursor->key.mv_data, cursor->key.mv_size},
                            (wpi_slice){recent->key, recent->key_bytes}, false);
}

static bool has_failed(const wpi_store_cursor *cursor)
{
    return cursor->code != 0 && cursor->code != MDB_NOTFOUND;
}

/* Give a record, whose key and sealed value are known. */
static wp_status deliver(wpi_store_cursor *cursor, wpi_slice key, wpi_slice sealed, unsigned sides,
                         wpi_slice *found_key, wpi_slice *payload, wp_error *err)
{
    wpi_store_txn *txn = cursor->txn;
    cursor->given = sides;
    cursor->is_apart = false;
    if ((txn->is_write || is_merging(cursor)) && key.bytes <= STORED_KEY_BYTES_MAX) {
        memcpy(cursor->last_key, key.data, key.bytes);
        cursor->last_key_bytes = key.bytes;
        cursor->changes = txn->changes;
    }
    *found_key = key;
    return wpi_store_suspect(txn->store,
                             wpi_record_unseal(cursor->table, key, sealed, payload, NULL, err));
}

static wp_status deliver_tree(wpi_store_cursor *cursor, wpi_slice *found_key, wpi_slice *payload,
                              wp_error *err)
{
    return deliver(cursor, (wpi_slice){cursor->key.mv_data, cursor->key.mv_size},
                   (wpi_slice){cursor->value.mv_data, cursor->value.mv_size}, SIDE_TREE, found_key,
                   payload, err);
}

static wp_status deliver_recent(wpi_store_cursor *cursor, const wpi_recent_record *recent,
                                unsigned sides, wpi_slice *found_key, wpi_slice *payload,
                                wp_error *err)
{
    return deliver(cursor, (wpi_slice){recent->key, recent->key_bytes},
                   (wpi_slice){recent->sealed, recent->sealed_bytes}, sides, found_key, payload,
                   err);
}

static wp_status deliver_none(wpi_store_cursor *cursor, wp_error *err)
{
    if (has_failed(cursor))
        return wpi_store_suspect(cursor->txn->store,
                                 wpi_store_error(cursor->code, "reading a table", err));
    cursor->is_at_end = true;
    return WP_ENOTFOUND;
}

/* Give the first record at which a side stands, or say why there is none. */
static wp_status deliver_first(wpi_store_cursor *cursor, wpi_slice *found_key, wpi_slice *payload,
                               wp_error *err)
{
    cursor->is_at_end = false;
    while (!has_failed(cursor)) {
        const wpi_recent_record *recent = recent_of(cursor);
        int order = compare_sides(cursor, recent);
        if (order < 0 && cursor->code == 0)
            return deliver_tree(cursor, found_key, payload, err);
        if (recent == NULL)
            break;
        if (recent->sealed != NULL)
            return deliver_recent(cursor, recent, order == 0 ? SIDE_BOTH : SIDE_RECENT, found_key,
                                  payload, err);
        cursor->place++;
        if (order == 0)
            move_tree(cursor, MDB_NEXT);
    }
    return deliver_none(cursor, err);
}

wp_status wpi_store_cursor_seek(wpi_store_cursor *cursor, wpi_slice key, wpi_slice *found_key,
                                wpi_slice *value, wp_error *err)
{
    *found_key = *value = (wpi_slice){NULL, 0};
    WPI_TRY(wpi_store_check_process(cursor->txn->store, err));
    seek_both(cursor, key);
    return deliver_first(cursor, found_key, value, err);
}

/* Have the side of the tree stand at the last key that is not above. */
static void seek_back_in_tree(wpi_store_cursor *cursor, wpi_slice key)
{
    cursor->key = (MDB_val){key.bytes, (void *)(uintptr_t)key.data};
    move_tree(cursor, MDB_SET_RANGE);
    bool is_beyond = cursor->code == 0 && (cursor->key.mv_size != key.bytes ||
                                           memcmp(cursor->key.mv_data, key.data, key.bytes) != 0);
    if (is_beyond)
        move_tree(cursor, MDB_PREV);
    else if (cursor->code == MDB_NOTFOUND)
        move_tree(cursor, MDB_LAST);
}

/* The recent records of the table that are not above a key end before this place. */
static uint32_t end_of_lower(const wpi_store_cursor *cursor, wpi_slice key)
{
    const wpi_recent *recent = wpi_recent_of(cursor->txn);
    uint32_t place = wpi_recent_seek(recent, cursor->table, key);
    return wpi_recent_find(recent, cursor->table, key) != NULL ? place + 1 : place;
}

/* Give the last record at which a side stands, looking at recent ones below a place. What the next
 * one follows from is then the same as after a step forward, unless the tree has none to go on
 * from. */
static wp_status deliver_last(wpi_store_cursor *cursor, uint32_t end, wpi_slice *found_key,
                              wpi_slice *payload, wp_error *err)
{
    cursor->is_at_end = false;
    while (!has_failed(cursor)) {
        const wpi_recent *set = wpi_recent_of(cursor->txn);
        const wpi_recent_record *recent =
            end == 0 ? NULL : wpi_recent_at(set, cursor->table, end - 1);
        int order = compare_sides(cursor, recent);
        cursor->place = end;
        if (cursor->code == 0 && (recent == NULL || order > 0))
            return deliver_tree(cursor, found_key, payload, err);
        if (recent == NULL)
            break;
        end--;
        if (recent->sealed != NULL) {
            cursor->place = end;
            wp_status status = deliver_recent(cursor, recent, SIDE_BOTH, found_key, payload, err);
            cursor->is_apart = cursor->code != 0;
            return status;
        }
        if (cursor->code == 0 && order == 0)
            move_tree(cursor, MDB_PREV);
    }
    return deliver_none(cursor, err);
}

wp_status wpi_store_cursor_seek_back(wpi_store_cursor *cursor, wpi_slice key, wpi_slice *found_key,
                                     wpi_slice *value, wp_error *err)
{
    *found_key = *value = (wpi_slice){NULL, 0};
    WPI_TRY(wpi_store_check_process(cursor->txn->store, err));
    seek_back_in_tree(cursor, key);
    uint32_t end = is_merging(cursor) ? end_of_lower(cursor, key) : 0;
    return deliver_last(cursor, end, found_key, value, err);
}

wp_status wpi_store_cursor_put(wpi_store_cursor *cursor, wpi_slice key, wpi_slice payload,
                               uint8_t version, wp_error *err)
{
    const wpi_put_where here = {cursor->cursor, false};
    return wpi_store_put_where(cursor->txn, cursor->table, &here, key, payload, version, err);
}

/* Have both sides stand at the first key beyond the one given last. */
static void seek_beyond(wpi_store_cursor *cursor)
{
    wpi_slice last = {cursor->last_key, cursor->last_key_bytes};
    seek_both(cursor, last);
    bool is_in_tree = cursor->code == 0 && cursor->key.mv_size == last.bytes &&
                      memcmp(cursor->key.mv_data, last.data, last.bytes) == 0;
    if (is_in_tree)
        move_tree(cursor, MDB_NEXT);
    if (wpi_recent_find(wpi_recent_of(cursor->txn), cursor->table, last) != NULL)
        cursor->place++;
}

wp_status wpi_store_cursor_next(wpi_store_cursor *cursor, wpi_slice *found_key, wpi_slice *value,
                                wp_error *err)
{
    const wpi_slice first = {NULL, 0};
    *found_key = *value = (wpi_slice){NULL, 0};
    WPI_TRY(wpi_store_check_process(cursor->txn->store, err));
    if (cursor->is_at_end)
        return WP_ENOTFOUND;
    bool is_changed = cursor->txn->is_write && cursor->changes != cursor->txn->changes;
    if (cursor->given == 0) {
        seek_both(cursor, first);
    } else if (cursor->is_apart || is_changed) {
        seek_beyond(cursor);
    } else {
        if ((cursor->given & SIDE_TREE) != 0)
            move_tree(cursor, MDB_NEXT);
        if ((cursor->given & SIDE_RECENT) != 0)
            cursor->place++;
    }
    return deliver_first(cursor, found_key, value, err);
}
