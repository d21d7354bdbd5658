/*
 * Salvage; see salvage.h.
 *
 * First the trees are walked: every record that can be reached is stored, and the ranges of keys
 * that cannot be are noted (gaps). If there are gaps, every page of the file is read and searched
 * for records of those ranges. A page of a tree that was lost lies somewhere in the file, because
 * pages that are in use are never moved; a page on the list of free pages holds what was deleted or
 * replaced, and is not searched, unless that list is damaged itself.
 *
 * LMDB's pages carry no number of the transaction that wrote them, so that of two versions of a
 * record the older one is told by its page being free; where that is not known the first found
 * stays and the other is reported.
 *
 * A page that is not sound as a whole is searched for nodes at every place where one may begin. The
 * checksum, over table, key and value, decides; a false match takes 2^64 tries.
 */
#include "store/salvage.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <sys/stat.h>

#include "base/bytes.h"
#include "base/memory.h"
#include "store/error.h"
#include "store/files.h"
#include "store/record.h"
#include "store/store_internal.h"
#include "store/survey.h"

#define BATCH_BYTES ((size_t)32 << 20)
#define BATCH_RECORDS 10000
#define NODE_HEADER_BYTES 8

/* Keys that cannot be reached. Owned by the arena. */
typedef struct gap {
    wpi_table table;
    wpi_slice low;  /* data NULL: no bound */
    wpi_slice high; /* not below this; data NULL: no bound */
} gap;

typedef struct work {
    wpi_salvage *salvage;
    wpi_survey survey;
    wpi_store *store; /* the new one */
    wpi_store_txn *txn;
    size_t batch_bytes;
    unsigned batch_records;
    wpi_array gaps;
    wpi_arena keys;
    uint64_t found[WPI_TABLE_COUNT];
    wpi_table last_table; /* of the last record found in a page */
} work;

static wp_status store_record(work *w, wpi_table table, wpi_slice key, wpi_slice sealed,
                              wp_error *err)
{
    size_t bytes = sealed.bytes - WPI_VALUE_TRAILER_BYTES;
    uint8_t version = ((const unsigned char *)sealed.data)[bytes];
    if (w->batch_bytes > BATCH_BYTES || w->batch_records >= BATCH_RECORDS) {
        wpi_store_txn *full = w->txn;
        w->txn = NULL;
        WPI_TRY(wpi_store_commit(full, err));
        WPI_TRY(wpi_store_begin(w->store, true, &w->txn, err));
        w->batch_bytes = w->batch_records = 0;
    }
    w->batch_bytes += key.bytes + sealed.bytes;
    w->batch_records++;
    w->found[table]++;
    return wpi_store_append(w->txn, table, key, (wpi_slice){sealed.data, bytes}, version, err);
}

static wp_status take_reached(void *context, wpi_table table, wpi_slice key, wpi_slice sealed,
                              wp_error *err)
{
    return store_record(context, table, key, sealed, err);
}

static wp_status copy_bound(work *w, wpi_slice bound, wpi_slice *copy, wp_error *err)
{
    *copy = (wpi_slice){NULL, 0};
    if (bound.data == NULL)
        return WP_OK;
    void *bytes = wpi_arena_take(&w->keys, bound.bytes, 1);
    if (bytes == NULL)
        return wpi_memory_failed(err);
    memcpy(bytes, bound.data, bound.bytes);
    *copy = (wpi_slice){bytes, bound.bytes};
    return WP_OK;
}

static wp_status take_gap(void *context, wpi_table table, wpi_slice low, wpi_slice high,
                          wp_error *err)
{
    work *w = context;
    gap new_gap = {.table = table};
    WPI_TRY(copy_bound(w, low, &new_gap.low, err));
    WPI_TRY(copy_bound(w, high, &new_gap.high, err));
    return wpi_array_push(&w->gaps, &new_gap, err);
}

static bool is_in_gap(const work *w, wpi_table table, wpi_slice key)
{
    for (size_t i = 0; i < w->gaps.count; i++) {
        const gap *at = &WPI_ARRAY_AT(&w->gaps, gap, i);
        if (at->table != table)
            continue;
        bool is_above = at->low.data == NULL || wpi_page_compare(key, at->low, false) >= 0;
        bool is_below = at->high.data == NULL || wpi_page_compare(key, at->high, false) < 0;
        if (is_above && is_below)
            return true;
    }
    return false;
}

/* Store a record that was found in a page, unless it is there already. */
static wp_status take_found(work *w, wpi_table table, uint64_t page, wpi_slice key,
                            wpi_slice sealed, wp_error *err)
{
    wpi_slice there;
    if (!is_in_gap(w, table, key))
        return WP_OK;
    wp_status status = wpi_store_get_unverified(w->txn, table, key, &there, err);
    if (status == WP_ENOTFOUND)
        return store_record(w, table, key, sealed, err);
    WPI_TRY(status);
    bool is_same = there.bytes == sealed.bytes - WPI_VALUE_TRAILER_BYTES &&
                   memcmp(there.data, sealed.data, there.bytes) == 0;
    if (is_same)
        return WP_OK;
    return wpi_survey_report(&w->survey, wpi_table_name(table), &key, page,
                             "has several versions, of which the newest is not known", err);
}

/* The table under which the checksum of a record holds; WPI_TABLE_COUNT: none. */
static wpi_table table_of(const work *w, wpi_slice key, wpi_slice sealed)
{
    wpi_slice payload;
    for (unsigned i = 0; i < WPI_TABLE_COUNT; i++) {
        wpi_table table = (wpi_table)((w->last_table + i) % WPI_TABLE_COUNT);
        if (wpi_record_unseal(table, key, sealed, &payload, NULL, NULL) == WP_OK)
            return table;
    }
    return WPI_TABLE_COUNT;
}

/* Read what may be a record; *table is WPI_TABLE_COUNT when it is none that is right. */
static wp_status read_record(work *w, const wpi_page_node *node, wpi_slice *sealed,
                             wpi_table *table, wp_error *err)
{
    *table = WPI_TABLE_COUNT;
    if (node->key.bytes == 0 || node->key.bytes > WPI_KEY_BYTES_MAX)
        return WP_OK;
    wp_status status = wpi_survey_value(&w->survey, node, sealed, err);
    if (status == WP_OK)
        *table = table_of(w, node->key, *sealed);
    if (*table != WPI_TABLE_COUNT)
        status = wpi_recent_check(*table, node->key, *sealed, err);
    if (status != WP_OK)
        *table = WPI_TABLE_COUNT;
    return status == WP_ECORRUPT ? WP_OK : status;
}

static wp_status try_node(work *w, uint64_t page, const wpi_page_node *node, wp_error *err)
{
    wpi_slice sealed;
    wpi_table table;
    WPI_TRY(read_record(w, node, &sealed, &table, err));
    if (table == WPI_TABLE_COUNT)
        return WP_OK;
    w->last_table = table;
    return take_found(w, table, page, node->key, sealed, err);
}

/* Read what may be a node of a leaf at an offset; whether it lies inside the page. */
static bool read_node(const unsigned char *page, size_t page_bytes, size_t offset,
                      wpi_page_node *node)
{
    const unsigned char *at = page + offset;
    if (offset % 2 != 0 || offset < WPI_PAGE_HEADER_BYTES ||
        offset + NODE_HEADER_BYTES > page_bytes)
        return false;
    size_t key_bytes = wpi_bytes_get_le16(at + 6);
    size_t room = page_bytes - offset - NODE_HEADER_BYTES;
    *node = (wpi_page_node){.flags = wpi_bytes_get_le16(at + 4),
                            .data_bytes = wpi_bytes_get_le32(at),
                            .key = {at + NODE_HEADER_BYTES, key_bytes}};
    bool is_long = node->flags == WPI_NODE_IS_LONG;
    size_t inside = is_long ? 8 : node->data_bytes;
    if ((node->flags != 0 && !is_long) || key_bytes > room || inside > room - key_bytes)
        return false;
    node->data = (wpi_slice){at + NODE_HEADER_BYTES + key_bytes, inside};
    node->child = is_long ? wpi_bytes_get_le64(node->data.data) : 0;
    return true;
}

/* Whether what may be nodes lies one behind the other from an offset to the end of the page. */
static bool is_chained(const unsigned char *page, size_t page_bytes, size_t at)
{
    wpi_page_node node;
    while (at < page_bytes && read_node(page, page_bytes, at, &node))
        at += (NODE_HEADER_BYTES + node.key.bytes + node.data.bytes + 1) & ~(size_t)1;
    return at == page_bytes;
}

/* The lowest offset in the list of offsets whose record is right; page_bytes: none is. */
static wp_status find_lowest(work *w, const unsigned char *page, size_t page_bytes, size_t list_end,
                             size_t *lowest, wp_error *err)
{
    wpi_page_node node;
    wpi_slice sealed;
    wpi_table table;
    *lowest = page_bytes;
    for (size_t at = WPI_PAGE_HEADER_BYTES; at < list_end; at += 2) {
        size_t offset = wpi_bytes_get_le16(page + at);
        if (offset >= *lowest || !read_node(page, page_bytes, offset, &node))
            continue;
        WPI_TRY(read_record(w, &node, &sealed, &table, err));
        if (table != WPI_TABLE_COUNT)
            *lowest = offset;
    }
    return WP_OK;
}

/*
 * Where the nodes of an unsound page begin. Below them lies what deletes left, which must not come
 * back: so at the recorded begin, if nodes lead from there to the end; else at the lowest one
 * listed; where the head of the page is lost, anywhere.
 */
static wp_status find_begin(work *w, const unsigned char *page, size_t page_bytes, size_t *begin,
                            wp_error *err)
{
    size_t list_end = wpi_bytes_get_le16(page + 12), upper = wpi_bytes_get_le16(page + 14);
    bool has_list = list_end % 2 == 0 && list_end > WPI_PAGE_HEADER_BYTES && list_end < page_bytes;
    *begin = WPI_PAGE_HEADER_BYTES;
    if (upper >= WPI_PAGE_HEADER_BYTES && is_chained(page, page_bytes, upper))
        *begin = upper;
    else if (has_list)
        return find_lowest(w, page, page_bytes, list_end, begin, err);
    return WP_OK;
}

static wp_status search_unsound(work *w, const unsigned char *page, uint64_t number, wp_error *err)
{
    size_t page_bytes = w->survey.meta.page_bytes;
    wpi_page_node node;
    size_t begin;
    WPI_TRY(find_begin(w, page, page_bytes, &begin, err));
    for (size_t at = begin; at < page_bytes; at += 2) {
        if (read_node(page, page_bytes, at, &node))
            WPI_TRY(try_node(w, number, &node, err));
    }
    return WP_OK;
}

static wp_status search_page(work *w, const unsigned char *page, uint64_t number, wp_error *err)
{
    size_t page_bytes = w->survey.meta.page_bytes;
    bool is_sound = wpi_page_check(page, page_bytes, number, WPI_PAGE_IS_LEAF, false) == NULL;
    bool is_branch = wpi_page_check(page, page_bytes, number, WPI_PAGE_IS_BRANCH, false) == NULL;
    if (is_branch)
        return WP_OK;
    if (!is_sound)
        return search_unsound(w, page, number, err);
    for (unsigned i = 0; i < wpi_page_count(page); i++) {
        wpi_page_node node = wpi_page_node_at(page, i);
        if ((node.flags & ~WPI_NODE_IS_LONG) == 0)
            WPI_TRY(try_node(w, number, &node, err));
    }
    return WP_OK;
}

/* Search all pages that may be in use. */
static wp_status search_file(work *w, wp_error *err)
{
    unsigned char page[WPI_PAGE_BYTES_MAX];
    struct stat info;
    size_t page_bytes = w->survey.meta.page_bytes;
    if (fstat(w->survey.fd, &info) != 0)
        return wpi_store_error(errno, "examining the database", err);
    uint64_t bytes = (uint64_t)info.st_size;
    bool is_free_known = w->survey.sound_metas > 0 && w->survey.free_faults == 0;
    for (uint64_t i = WPI_META_PAGES; i * page_bytes < bytes && i <= UINT32_MAX; i++) {
        size_t inside = bytes - i * page_bytes < page_bytes ? bytes - i * page_bytes : page_bytes;
        bool is_free = is_free_known && wpi_bitset_has(&w->survey.free_pages, (uint32_t)i);
        if (is_free || wpi_bitset_has(&w->survey.value_pages, (uint32_t)i))
            continue;
        memset(page, 0, sizeof(page)); /* The last page may be cut short. */
        WPI_TRY(wpi_files_read(w->survey.fd, page, inside, i * page_bytes, err));
        WPI_TRY(search_page(w, page, i, err));
    }
    return WP_OK;
}

/* What is lost is told of the trees; what was saved, with what the rows of recent records say. */
static wp_status report_tables(work *w, wp_error *err)
{
    wp_status status = WP_OK;
    if (w->salvage->table == NULL)
        return WP_OK;
    WPI_TRY(wpi_store_begin(w->store, false, &w->txn, err));
    for (unsigned i = 0; i < WPI_TABLE_COUNT && status == WP_OK; i++) {
        uint64_t said = w->survey.counts[i], found = w->found[i];
        uint64_t lost = said == UINT64_MAX ? UINT64_MAX : said > found ? said - found : 0;
        status = wpi_recent_correct_count(w->txn, (wpi_table)i, &found, err);
        if (status == WP_OK)
            w->salvage->table(w->salvage->context, wpi_table_name((wpi_table)i), found, lost);
    }
    wpi_store_abort(w->txn);
    return status;
}

static wp_status save(work *w, wp_error *err)
{
    WPI_TRY(wpi_store_begin(w->store, true, &w->txn, err));
    wp_status status = wpi_survey_walk(&w->survey, take_reached, take_gap, w, err);
    if (status == WP_OK && w->gaps.count > 0)
        status = search_file(w, err);
    if (status != WP_OK) {
        wpi_store_abort(w->txn);
        return status;
    }
    return wpi_store_commit(w->txn, err);
}

static wp_status save_and_mend(wpi_store *store, void *context, wp_error *err)
{
    work *w = context;
    w->store = store;
    store->is_direct = true; /* rows of recent records are records like others here */
    WPI_TRY(save(w, err));
    store->is_direct = false;
    WPI_TRY(report_tables(w, err));
    return w->salvage->mend == NULL ? WP_OK : w->salvage->mend(store, w->salvage, err);
}

static wp_status put_first(wpi_store_txn *txn, void *context, wp_error *err)
{
    const wpi_salvage *salvage = ((work *)context)->salvage;
    return salvage->init == NULL ? WP_OK : salvage->init(txn, salvage->init_context, err);
}

wp_status wpi_store_salvage(const char *damaged, const char *path, wpi_salvage *salvage,
                            wp_error *err)
{
    work w = {.salvage = salvage, .gaps = WPI_ARRAY_OF(gap)};
    WPI_TRY(wpi_survey_open(&w.survey, damaged, err));
    w.survey.fault = salvage->fault;
    w.survey.context = salvage->context;
    wp_status status = wpi_store_create_filled(path, put_first, save_and_mend, &w, err);
    wpi_array_free(&w.gaps);
    wpi_arena_free(&w.keys);
    wpi_survey_close(&w.survey);
    return status;
}
