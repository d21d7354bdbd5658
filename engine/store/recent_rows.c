/*
 * Recent records as rows in the file, and how transactions come by them; see recent.h.
 *
 * A set belongs to a snapshot. The store keeps that of the newest one it has seen: readers share
 * it, a writer copies it and, once committed, leaves its own in its place. All this happens with
 * the mutex of the store held, under which read transactions begin. So no two sets of one snapshot
 * are alive at the same time, and who remembers where a record of a snapshot lies, as LMDB's pages
 * allow, may do so here as well.
 *
 * How many records are kept follows from the reserve of the map, which must do for putting them
 * into the trees.
 */
#include <string.h>

#include "base/bytes.h"
#include "base/memory.h"
#include "store/error.h"
#include "store/recent.h"
#include "store/record.h"
#include "store/store_internal.h"
#include "store/validate.h"

#define FOLDED_KEY "folded" /* in the meta table: the sequence of the last row in the trees */
#define SEQUENCE_BYTES 8
#define SEQUENCE_MAX (UINT64_MAX / 2) /* no file comes near it */
#define HEADER_BYTES 8
/* A row is a page of its own, behind its head and seal, unless a record is longer: it is then not
 * copied with the page that holds its key. */
#define ROW_BYTES_MAX (4096 - 16 - WPI_VALUE_TRAILER_BYTES)
#define ROW_BYTES_MIN 2048
/* Putting more into the trees frees more pages than LMDB lists inside a page of their own, and each
 * commit writes what is left of that list. */
#define RECORDS_MAX 192
#define ROWS_MAX 64
#define RECORDS_MOST 4096 /* no writer leaves so many; more would take long to sort in */
#define PAGES_A_RECORD 4  /* that putting it into its tree may take */
#define SHARE_OF_BYTES 4  /* of the reserve */

enum kind { KIND_NONE, KIND_STORED, KIND_APPENDED, KIND_DELETED };

/*
 * Segments are read in place, by snapshots that share the knowledge of where they lie. What people
 * decide is never left to a row, the loss of which would bring back what was before.
 */
static bool may_be_recent(unsigned table)
{
    switch (table) {
    case WPI_TABLE_SEGMENT:
    case WPI_TABLE_CONSENT:
    case WPI_TABLE_PRIVATE:
    case WPI_TABLE_BARRIER:
    case WPI_TABLE_MERGE:
    case WPI_TABLE_SUPPRESSED:
        return false;
    default:
        return table < WPI_TABLE_RECENT;
    }
}

/* --- rows to records --- */

/* The sequence of the last row in the trees, as the meta table has it. */
static wp_status parse_folded(wpi_slice key, wpi_slice sealed, uint64_t *sequence, wp_error *err)
{
    wpi_slice payload;
    WPI_TRY(wpi_record_unseal(WPI_TABLE_META, key, sealed, &payload, NULL, err));
    if (payload.bytes == SEQUENCE_BYTES)
        *sequence = wpi_bytes_get_le64(payload.data);
    if (payload.bytes == SEQUENCE_BYTES && *sequence < SEQUENCE_MAX)
        return WP_OK;
    return wpi_error_set(err, WP_ECORRUPT, "table meta has a malformed record");
}

static wp_status read_folded(wpi_store_txn *txn, uint64_t *sequence, wp_error *err)
{
    MDB_val key = {strlen(FOLDED_KEY), (void *)(uintptr_t)FOLDED_KEY};
    MDB_val value;
    *sequence = 0;
    int code = mdb_get(txn->transaction, txn->store->tables[WPI_TABLE_META], &key, &value);
    if (code == MDB_NOTFOUND)
        return WP_OK;
    if (code != 0)
        return wpi_store_error(code, "reading table meta", err);
    return parse_folded((wpi_slice){key.mv_data, key.mv_size},
                        (wpi_slice){value.mv_data, value.mv_size}, sequence, err);
}

static wp_status malformed(wp_error *err)
{
    return wpi_error_set(err, WP_ECORRUPT, "table recent has a malformed row");
}

/* The record at the begin of what is left of a row; *bytes is what it takes. */
static wp_status read_record(wpi_recent *recent, wpi_slice left, size_t *bytes, wp_error *err)
{
    const unsigned char *at = left.data;
    if (left.bytes < HEADER_BYTES)
        return malformed(err);
    unsigned table = at[0], kind = at[1];
    size_t key_bytes = wpi_bytes_get_le16(at + 2), sealed_bytes = wpi_bytes_get_le32(at + 4);
    bool is_deleted = kind == KIND_DELETED;
    bool is_sound = recent->count < RECORDS_MOST && may_be_recent(table) && kind >= KIND_STORED &&
                    kind <= KIND_DELETED && key_bytes >= 1 && key_bytes <= WPI_KEY_BYTES_MAX &&
                    (is_deleted ? sealed_bytes == 0 : sealed_bytes >= WPI_VALUE_TRAILER_BYTES) &&
                    key_bytes + sealed_bytes <= left.bytes - HEADER_BYTES;
    if (!is_sound)
        return malformed(err);
    wpi_slice key = {at + HEADER_BYTES, key_bytes};
    wpi_recent_record *record;
    WPI_TRY(wpi_recent_set(recent, (wpi_table)table, key, sealed_bytes, &record, err));
    if (sealed_bytes > 0)
        memcpy(record->sealed, at + HEADER_BYTES + key_bytes, sealed_bytes);
    record->is_appended = kind == KIND_APPENDED;
    *bytes = HEADER_BYTES + key_bytes + sealed_bytes;
    return WP_OK;
}

/* Apply a row, unless it is in the trees. */
static wp_status read_row(wpi_recent *recent, wpi_slice key, wpi_slice sealed, wp_error *err)
{
    wpi_slice left;
    size_t bytes = 0;
    WPI_TRY(wpi_record_unseal(WPI_TABLE_RECENT, key, sealed, &left, NULL, err));
    if (key.bytes != SEQUENCE_BYTES)
        return malformed(err);
    uint64_t sequence = wpi_bytes_get_be64(key.data);
    if (sequence >= SEQUENCE_MAX)
        return malformed(err);
    if (sequence <= recent->sequence)
        return WP_OK;
    recent->sequence = sequence;
    recent->rows++;
    while (left.bytes >= HEADER_BYTES && ((const unsigned char *)left.data)[1] != KIND_NONE) {
        WPI_TRY(read_record(recent, left, &bytes, err));
        left.data = (const unsigned char *)left.data + bytes;
        left.bytes -= bytes;
    }
    return WP_OK;
}

wp_status wpi_recent_check(wpi_table table, wpi_slice key, wpi_slice sealed, wp_error *err)
{
    uint64_t sequence;
    if (table == WPI_TABLE_META && key.bytes == strlen(FOLDED_KEY) &&
        memcmp(key.data, FOLDED_KEY, key.bytes) == 0)
        return parse_folded(key, sealed, &sequence, err);
    if (table != WPI_TABLE_RECENT)
        return WP_OK;
    wpi_recent *alone = wpi_recent_new(NULL);
    if (alone == NULL)
        return wpi_memory_failed(err);
    wp_status status = read_row(alone, key, sealed, err);
    wpi_recent_drop(alone);
    return status;
}

static wp_status read_rows(wpi_store_txn *txn, wpi_recent *recent, wp_error *err)
{
    MDB_cursor *cursor;
    MDB_val key, value;
    wp_status status = read_folded(txn, &recent->sequence, err);
    if (status != WP_OK)
        return status;
    int code = mdb_cursor_open(txn->transaction, txn->store->tables[WPI_TABLE_RECENT], &cursor);
    if (code != 0)
        return wpi_store_error(code, "opening a cursor", err);
    while (status == WP_OK && (code = mdb_cursor_get(cursor, &key, &value, MDB_NEXT)) == 0)
        status = read_row(recent, (wpi_slice){key.mv_data, key.mv_size},
                          (wpi_slice){value.mv_data, value.mv_size}, err);
    mdb_cursor_close(cursor);
    if (status == WP_OK && code != MDB_NOTFOUND)
        status = wpi_store_error(code, "reading table recent", err);
    return status;
}

/* All of them are in rows now. */
static void make_old(wpi_recent *recent)
{
    for (uint32_t i = 0; i < recent->count; i++)
        recent->records[i].is_new = false;
}

static wp_status load(wpi_store_txn *txn, uint64_t snapshot, wpi_recent **out, wp_error *err)
{
    wpi_recent *recent = wpi_recent_new(NULL);
    if (recent == NULL)
        return wpi_memory_failed(err);
    wp_status status = read_rows(txn, recent, err);
    if (status != WP_OK) {
        wpi_recent_drop(recent);
        return wpi_store_suspect(txn->store, status);
    }
    recent->snapshot = snapshot;
    make_old(recent);
    *out = recent;
    return WP_OK;
}

/* --- transactions --- */

void wpi_recent_forget(wpi_store *store)
{
    wpi_recent_drop(store->recent);
    store->recent = NULL;
}

/* Have the store keep the set of the snapshot, when that has one. */
static wp_status keep_that_of(wpi_store_txn *txn, uint64_t snapshot, wp_error *err)
{
    MDB_stat stat;
    wpi_store *store = txn->store;
    wpi_recent *loaded = NULL;
    int code = mdb_stat(txn->transaction, store->tables[WPI_TABLE_RECENT], &stat);
    if (code != 0)
        return wpi_store_suspect(store, wpi_store_error(code, "counting records", err));
    if (stat.ms_entries == 0) {
        wpi_recent_forget(store);
        return WP_OK;
    }
    if (store->recent != NULL && store->recent->snapshot == snapshot)
        return WP_OK;
    WPI_TRY(load(txn, snapshot, &loaded, err));
    wpi_recent_forget(store);
    store->recent = loaded;
    return WP_OK;
}

wp_status wpi_recent_attach(wpi_store_txn *txn, wp_error *err)
{
    wpi_store *store = txn->store;
    txn->is_direct = store->is_direct;
    if (txn->is_direct)
        return WP_OK;
    uint64_t snapshot = mdb_txn_id(txn->transaction) - (txn->is_write ? 1 : 0);
    WPI_TRY(keep_that_of(txn, snapshot, err));
    if (!txn->is_write) {
        txn->recent = store->recent;
        if (txn->recent != NULL)
            txn->recent->holders++;
        return WP_OK;
    }
    uint64_t reserve = wpi_reserve_pages(store);
    uint64_t records = reserve / PAGES_A_RECORD;
    txn->recent_max = (uint32_t)(records < RECORDS_MAX ? records : RECORDS_MAX);
    txn->recent_bytes_max = (size_t)(reserve / SHARE_OF_BYTES) * 4096;
    txn->recent = wpi_recent_new(store->recent);
    if (txn->recent == NULL)
        return wpi_memory_failed(err);
    return store->recent == NULL ? read_folded(txn, &txn->recent->sequence, err) : WP_OK;
}

void wpi_recent_detach(wpi_store_txn *txn, uint64_t committed)
{
    wpi_store *store = txn->store;
    wpi_recent *recent = txn->recent;
    txn->recent = NULL;
    bool is_newer = store->recent == NULL || store->recent->snapshot < committed;
    if (committed == 0 || txn->is_direct || recent == NULL || !is_newer) {
        wpi_recent_drop(recent);
        return;
    }
    recent->snapshot = committed;
    make_old(recent);
    wpi_recent_forget(store);
    store->recent = recent;
}

/* --- records to rows --- */

static size_t bytes_of(const wpi_recent_record *record)
{
    return HEADER_BYTES + record->key_bytes + (size_t)record->sealed_bytes;
}

/* Write a record into a row; what is behind it. */
static unsigned char *write_record(const wpi_recent_record *record, unsigned char *at)
{
    at[0] = record->table;
    at[1] = record->sealed == NULL ? KIND_DELETED
            : record->is_appended  ? KIND_APPENDED
                                   : KIND_STORED;
    at[2] = record->key_bytes;
    at[3] = 0;
    wpi_bytes_put_le32(at + 4, record->sealed_bytes);
    memcpy(at + HEADER_BYTES, record->key, record->key_bytes);
    if (record->sealed != NULL)
        memcpy(at + HEADER_BYTES + record->key_bytes, record->sealed, record->sealed_bytes);
    return at + bytes_of(record);
}

/* Write the new ones of the records before a place as a row. */
static wp_status put_row(wpi_store_txn *txn, uint32_t begin, uint32_t end, size_t bytes,
                         wp_error *err)
{
    static const wpi_put_where behind = {NULL, true};
    const wpi_recent_record *records = txn->recent->records;
    unsigned char key_bytes[SEQUENCE_BYTES], *place;
    wpi_slice key = {key_bytes, sizeof key_bytes};
    size_t row_bytes = bytes < ROW_BYTES_MIN ? ROW_BYTES_MIN : bytes;
    if (bytes == 0)
        return WP_OK;
    wpi_bytes_put_be64(key_bytes, ++txn->recent->sequence);
    txn->recent->rows++;
    WPI_TRY(wpi_tree_put(txn, WPI_TABLE_RECENT, &behind, key, row_bytes + WPI_VALUE_TRAILER_BYTES,
                         &place, err));
    unsigned char *at = place;
    for (uint32_t i = begin; i < end; i++)
        at = records[i].is_new ? write_record(&records[i], at) : at;
    memset(at, 0, row_bytes - bytes);
    wpi_record_seal(WPI_TABLE_RECENT, key, (wpi_slice){place, row_bytes}, WPI_RECORD_VERSION,
                    place);
    return WP_OK;
}

wp_status wpi_recent_write(wpi_store_txn *txn, wp_error *err)
{
    size_t bytes = 0;
    uint32_t begin = 0, i;
    if (txn->is_direct)
        return WP_OK;
    for (i = 0; i < txn->recent->count; i++) {
        const wpi_recent_record *record = &txn->recent->records[i];
        if (record->is_new && bytes > 0 && bytes + bytes_of(record) > ROW_BYTES_MAX) {
            WPI_TRY(put_row(txn, begin, i, bytes, err));
            begin = i;
            bytes = 0;
        }
        bytes += record->is_new ? bytes_of(record) : 0;
    }
    return put_row(txn, begin, i, bytes, err);
}

/* --- into the trees --- */

static wp_status put_into_tree(wpi_store_txn *txn, const wpi_recent_record *record, wp_error *err)
{
    const wpi_put_where where = {NULL, record->is_appended};
    wpi_slice key = {record->key, record->key_bytes};
    unsigned char *place;
    if (record->sealed == NULL) {
        wp_status status = wpi_tree_delete(txn, (wpi_table)record->table, key, err);
        return status == WP_ENOTFOUND ? WP_OK : status;
    }
    WPI_TRY(wpi_tree_put(txn, (wpi_table)record->table, &where, key, record->sealed_bytes, &place,
                         err));
    memcpy(place, record->sealed, record->sealed_bytes);
    return WP_OK;
}

/* Empty the table of rows, and say which was the last. */
static wp_status drop_rows(wpi_store_txn *txn, wp_error *err)
{
    static const wpi_put_where anywhere = {NULL, false};
    const wpi_slice key = {FOLDED_KEY, strlen(FOLDED_KEY)};
    unsigned char sequence[SEQUENCE_BYTES], *place;
    int code = mdb_drop(txn->transaction, txn->store->tables[WPI_TABLE_RECENT], 0);
    if (code != 0)
        return wpi_store_fail(txn, code, "dropping rows", err);
    wpi_bytes_put_le64(sequence, txn->recent->sequence);
    WPI_TRY(wpi_tree_put(txn, WPI_TABLE_META, &anywhere, key,
                         sizeof sequence + WPI_VALUE_TRAILER_BYTES, &place, err));
    wpi_record_seal(WPI_TABLE_META, key, (wpi_slice){sequence, sizeof sequence}, WPI_RECORD_VERSION,
                    place);
    return WP_OK;
}

wp_status wpi_recent_fold(wpi_store_txn *txn, wp_error *err)
{
    const wpi_recent *recent = txn->recent;
    if (txn->is_direct)
        return WP_OK;
    for (uint32_t i = 0; i < recent->count; i++)
        WPI_TRY(put_into_tree(txn, &recent->records[i], err));
    if (recent->count > 0)
        WPI_TRY(drop_rows(txn, err));
    txn->is_direct = true;
    txn->changes += recent->count + 1;
    return WP_OK;
}

wp_status wpi_recent_make_room(wpi_store_txn *txn, wpi_table table, size_t bytes, bool *has_room,
                               wp_error *err)
{
    *has_room = !txn->is_direct && may_be_recent(table) && txn->recent->count < txn->recent_max &&
                txn->recent->rows < ROWS_MAX &&
                wpi_recent_used(txn->recent) + bytes <= txn->recent_bytes_max;
    return *has_room ? WP_OK : wpi_recent_fold(txn, err);
}

wp_status wpi_recent_correct_count(wpi_store_txn *txn, wpi_table table, uint64_t *count,
                                   wp_error *err)
{
    const wpi_recent *recent = wpi_recent_of(txn);
    const wpi_slice first = {NULL, 0};
    if (recent == NULL || recent->counts[table] == 0)
        return WP_OK;
    uint32_t begin = wpi_recent_seek(recent, table, first);
    for (uint32_t i = 0; i < recent->counts[table]; i++) {
        const wpi_recent_record *record = &recent->records[begin + i];
        MDB_val key = {record->key_bytes, (void *)(uintptr_t)record->key}, value;
        int code = mdb_get(txn->transaction, txn->store->tables[table], &key, &value);
        if (code != 0 && code != MDB_NOTFOUND)
            return wpi_store_suspect(txn->store, wpi_store_error(code, "counting records", err));
        bool is_stored = record->sealed != NULL, is_in_tree = code == 0;
        *count += is_stored && !is_in_tree ? 1 : 0;
        *count -= !is_stored && is_in_tree ? 1 : 0;
    }
    return WP_OK;
}
