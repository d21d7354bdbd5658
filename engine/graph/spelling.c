/*
 * The dictionary of the name index: see spelling.h.
 *
 * A change rewrites one record. One that is full is cut in two by the hashes of its words, so that
 * words of a length fill records evenly whatever they are.
 */
#include "graph/spelling.h"

#include <assert.h>
#include <string.h>

#include "base/pattern.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

#define KEY_BYTES 6
#define RECORD_BYTES_MAX 1950 /* so that two fill a page */
#define ENTRY_BYTES_MAX (4 + WPI_PATTERN_BYTES_MAX)

/* A record that a word belongs to, apart from the page it lies on. */
typedef struct spelling_page {
    bool exists;
    wpi_key key;
    unsigned char entries[RECORD_BYTES_MAX + ENTRY_BYTES_MAX];
    wpi_spelling_record record;
} spelling_page;

bool wpi_spelling_is_number(const char *word, size_t bytes)
{
    for (size_t i = 0; i < bytes; i++)
        if (word[i] < '0' || word[i] > '9')
            return false;
    return true;
}

uint32_t wpi_spelling_hash(const wpi_graph *graph, const char *word, size_t bytes)
{
    return (uint32_t)XXH3_64bits_withSeed(word, bytes, graph->seed + WPI_TABLE_SPELLING);
}

bool wpi_spelling_read(wpi_slice key, wpi_record_bytes value, wpi_spelling_record *out)
{
    const unsigned char *at = key.data;
    if (key.bytes != KEY_BYTES || at[1] == 0 || at[1] > WPI_PATTERN_BYTES_MAX)
        return false;
    *out = (wpi_spelling_record){value.data, value.size / (4u + at[1]), at[0], at[1],
                                 wpi_key_get_u32(at, 2)};
    return value.size > 0 && value.size <= RECORD_BYTES_MAX && value.size % (4u + at[1]) == 0;
}

static wp_status read_record(wpi_slice key, wpi_slice value, wpi_spelling_record *out,
                             wp_error *err)
{
    if (wpi_spelling_read(key, (wpi_record_bytes){value.data, value.bytes}, out))
        return WP_OK;
    return wpi_error_set(err, WP_ECORRUPT, "spelling record is malformed");
}

/* The record that a word belongs to, borrowed; WP_ENOTFOUND when there is none. */
static wp_status seek(wpi_graph *graph, const wpi_key *wanted, wpi_spelling_record *out,
                      wp_error *err)
{
    wpi_slice key, value;
    wpi_store_cursor *cursor;
    WPI_TRY(wpi_store_cursor_open(graph->txn, WPI_TABLE_SPELLING, &cursor, err));
    wp_status status = wpi_store_cursor_seek_back(cursor, (wpi_slice){wanted->bytes, wanted->size},
                                                  &key, &value, err);
    if (status == WP_OK)
        status = read_record(key, value, out, err);
    if (status == WP_OK && (out->letters != wanted->bytes[0] || out->bytes != wanted->bytes[1]))
        status = WP_ENOTFOUND;
    wpi_store_cursor_close(cursor);
    return status;
}

static wpi_key key_of(size_t letters, size_t bytes, uint32_t hash)
{
    return wpi_key_spelling((uint8_t)letters, (uint8_t)bytes, hash);
}

static size_t place_of(const wpi_spelling_record *record, const char *word)
{
    size_t place = 0;
    while (place < record->count &&
           memcmp(wpi_spelling_word(record, place), word, record->bytes) != 0)
        place++;
    return place;
}

static wp_status find(wpi_graph *graph, const char *word, size_t bytes, wpi_spelling_record *out,
                      wp_error *err)
{
    wpi_key wanted =
        key_of(wpi_pattern_letters(word, bytes), bytes, wpi_spelling_hash(graph, word, bytes));
    return seek(graph, &wanted, out, err);
}

wp_status wpi_spelling_has(wpi_graph *graph, const char *word, size_t bytes, wp_error *err)
{
    wpi_spelling_record record;
    WPI_TRY(find(graph, word, bytes, &record, err));
    return place_of(&record, word) < record.count ? WP_OK : WP_ENOTFOUND;
}

/* Copy the record of a word, which starts at hash 0 where there is none. */
static wp_status load(wpi_graph *graph, const char *word, size_t bytes, spelling_page *out,
                      wp_error *err)
{
    wp_status status = find(graph, word, bytes, &out->record, err);
    out->exists = status == WP_OK;
    if (status == WP_ENOTFOUND)
        out->record = (wpi_spelling_record){NULL, 0, wpi_pattern_letters(word, bytes), bytes, 0};
    else
        WPI_TRY(status);
    if (out->exists)
        memcpy(out->entries, out->record.entries, out->record.count * (4 + bytes));
    out->record.entries = out->entries;
    out->key = key_of(out->record.letters, bytes, out->record.hash);
    return WP_OK;
}

static uint32_t hash_at(const wpi_graph *graph, const wpi_spelling_record *record, size_t place)
{
    return wpi_spelling_hash(graph, wpi_spelling_word(record, place), record->bytes);
}

/* Where a new word goes: words stand in the order of their hashes, and of their bytes when these
 * are equal, so that what a record holds does not depend on how it came to hold it. */
static size_t place_for(const wpi_graph *graph, const wpi_spelling_record *record, const char *word)
{
    size_t low = 0, high = record->count;
    uint32_t hash = wpi_spelling_hash(graph, word, record->bytes);
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        uint32_t there = hash_at(graph, record, middle);
        bool is_before = there != hash
                             ? there < hash
                             : memcmp(wpi_spelling_word(record, middle), word, record->bytes) < 0;
        low = is_before ? middle + 1 : low;
        high = is_before ? high : middle;
    }
    return low;
}

/* Words with the same hash stay together, and no record is all of one hash. */
static wp_status put_halves(wpi_graph *graph, const spelling_page *page, wp_error *err)
{
    const wpi_spelling_record *record = &page->record;
    size_t stride = 4 + record->bytes, cut = record->count / 2;
    assert(record->count >= 2);
    while (cut < record->count && hash_at(graph, record, cut) == hash_at(graph, record, cut - 1))
        cut++;
    if (cut == record->count)
        return wpi_error_set(err, WP_ECORRUPT, "spelling record has one hash alone");
    wpi_writer_bytes(&graph->writer, page->entries, cut * stride);
    WPI_TRY(wpi_graph_put(graph, WPI_TABLE_SPELLING, page->key, err));
    wpi_writer_bytes(&graph->writer, page->entries + cut * stride, (record->count - cut) * stride);
    return wpi_graph_put(graph, WPI_TABLE_SPELLING,
                         key_of(record->letters, record->bytes, hash_at(graph, record, cut)), err);
}

wp_status wpi_spelling_put(wpi_graph *graph, const char *word, size_t bytes, wp_error *err)
{
    spelling_page page;
    size_t stride = 4 + bytes;
    if (wpi_spelling_is_number(word, bytes))
        return WP_OK;
    WPI_TRY(load(graph, word, bytes, &page, err));
    if (place_of(&page.record, word) < page.record.count)
        return WP_OK;
    size_t place = place_for(graph, &page.record, word);
    unsigned char *added = page.entries + place * stride;
    memmove(added + stride, added, (page.record.count++ - place) * stride);
    wpi_bytes_put_le32(added, wpi_pattern_set(word, bytes));
    memcpy(added + 4, word, bytes);
    if (page.record.count * stride > RECORD_BYTES_MAX)
        return put_halves(graph, &page, err);
    wpi_writer_bytes(&graph->writer, page.entries, page.record.count * stride);
    return wpi_graph_put(graph, WPI_TABLE_SPELLING, page.key, err);
}

wp_status wpi_spelling_take(wpi_graph *graph, const char *word, size_t bytes, wp_error *err)
{
    spelling_page page;
    size_t stride = 4 + bytes;
    if (wpi_spelling_is_number(word, bytes))
        return WP_OK;
    WPI_TRY(load(graph, word, bytes, &page, err));
    size_t place = place_of(&page.record, word);
    if (place == page.record.count)
        return WP_OK;
    if (page.record.count == 1)
        return wpi_graph_delete(graph, WPI_TABLE_SPELLING, page.key, err);
    wpi_writer_bytes(&graph->writer, page.entries, place * stride);
    wpi_writer_bytes(&graph->writer, page.entries + (place + 1) * stride,
                     (page.record.count - place - 1) * stride);
    return wpi_graph_put(graph, WPI_TABLE_SPELLING, page.key, err);
}

wp_status wpi_spelling_each(wpi_graph *graph, size_t letters, wpi_spelling_fn *each, void *context,
                            wp_error *err)
{
    wpi_slice key, value;
    wpi_store_cursor *cursor;
    wpi_spelling_record record;
    unsigned char first = (unsigned char)letters;
    WPI_TRY(wpi_store_cursor_open(graph->txn, WPI_TABLE_SPELLING, &cursor, err));
    wp_status status = wpi_store_cursor_seek(cursor, (wpi_slice){&first, 1}, &key, &value, err);
    while (status == WP_OK) {
        status = read_record(key, value, &record, err);
        if (status != WP_OK || record.letters != letters)
            break;
        status = each(context, &record, err);
        if (status == WP_OK)
            status = wpi_store_cursor_next(cursor, &key, &value, err);
    }
    wpi_store_cursor_close(cursor);
    return status == WP_ENOTFOUND ? WP_OK : status;
}
