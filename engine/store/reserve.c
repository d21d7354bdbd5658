/*
 * The reserve of the map: room that only transactions which remove things may use.
 *
 * LMDB copies each page that a delete changes, so that with a full map nothing could be deleted any
 * more, and while a reader of this process lives the map cannot grow. So an ordinary transaction
 * may not commit when less than the reserve would be left behind the last page in use.
 *
 * LMDB tells nobody how far a transaction has come. But a page begins with its own number, and a
 * long value begins right behind the head of its page: one is put and deleted again, which shows
 * where LMDB takes its pages from at the end of the transaction. When it takes them from those that
 * are free, there are some, and the end of the map is not what it writes at. This costs a page, and
 * is done only when the map is nearly full.
 */
#include <string.h>

#include "base/bytes.h"
#include "store/page.h"
#include "store/store_internal.h"

#define MAP_SHARE 32 /* of the map's pages are the reserve, within these limits: */
#define PAGES_MIN 16
#define PAGES_MAX 1024
#define PAGES_PER_CHANGE 8 /* more than a put takes, besides its value */
#define PROBE_KEY "reserve"
#define PROBE_BYTES 3000 /* a long value of one page */

static uint64_t reserve_of(uint64_t map_pages)
{
    uint64_t pages = map_pages / MAP_SHARE;
    return pages < PAGES_MIN ? PAGES_MIN : pages > PAGES_MAX ? PAGES_MAX : pages;
}

/* The page that the transaction takes next. */
static int probe(wpi_store_txn *txn, uint64_t *page)
{
    MDB_dbi table = txn->store->tables[WPI_TABLE_META];
    MDB_val key = {strlen(PROBE_KEY), (void *)(uintptr_t)PROBE_KEY};
    MDB_val value = {PROBE_BYTES, NULL};
    int code = mdb_put(txn->transaction, table, &key, &value, MDB_RESERVE);
    if (code != 0)
        return code;
    *page = wpi_bytes_get_le64((const unsigned char *)value.mv_data - WPI_PAGE_HEADER_BYTES);
    memset(value.mv_data, 0, PROBE_BYTES); /* The page could be written as it is. */
    return mdb_del(txn->transaction, table, &key, NULL);
}

uint64_t wpi_reserve_pages(const wpi_store *store)
{
    MDB_envinfo info;
    MDB_stat stat;
    if (mdb_env_info(store->environment, &info) != 0 ||
        mdb_env_stat(store->environment, &stat) != 0)
        return PAGES_MIN;
    return reserve_of(info.me_mapsize / stat.ms_psize);
}

void wpi_store_use_reserve(wpi_store_txn *txn)
{
    txn->may_use_reserve = true;
}

wp_status wpi_reserve_check(wpi_store_txn *txn, wp_error *err)
{
    MDB_envinfo info;
    MDB_stat stat;
    MDB_env *environment = txn->store->environment;
    bool is_removing = txn->may_use_reserve || txn->put_bytes == 0;
    if (is_removing || mdb_env_info(environment, &info) != 0 ||
        mdb_env_stat(environment, &stat) != 0)
        return WP_OK;
    uint64_t map_pages = info.me_mapsize / stat.ms_psize;
    uint64_t left = map_pages - info.me_last_pgno - 1, reserve = reserve_of(map_pages);
    uint64_t taken_most = txn->changes * PAGES_PER_CHANGE + txn->put_bytes / stat.ms_psize;
    if (left > reserve + taken_most)
        return WP_OK;
    uint64_t page = 0;
    int code = probe(txn, &page);
    if (code != 0)
        return wpi_store_fail(txn, code, "committing", err);
    bool is_at_end = page > info.me_last_pgno;
    if (!is_at_end || map_pages - page - 1 >= reserve)
        return WP_OK;
    return wpi_store_fail(txn, MDB_MAP_FULL, "committing", err);
}
