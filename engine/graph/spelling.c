/*
 * The dictionary of the name index: see spelling.h.
 *
 * A change rewrites one record. One that is full is cut in two by the hashes of its words, so that
 * words of a length fill records evenly whatever they are.
 */
#include "graph/spelling.h"

#include <assert.h>
#include <stdlib.h>

#include "base/pattern.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

#define KEY_BYTES 6
#define RECORD_BYTES_MAX 1950 /* so that two fill a page */
#define ENTRY_BYTES_MAX (4 + WPI_PATTERN_BYTES_MAX)
#define ENTRIES_MAX (RECORD_BYTES_MAX / 5 + 1)

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

/* A word of a record that is cut in two. */
typedef struct placed {
    uint32_t hash;
    uint32_t index;
} placed;

static int compare_placed(const void *a, const void *b)
{
    const placed *x = a, *y = b;
    return x->hash != y->hash ? (x->hash < y->hash ? -1 : 1) : 0;
}

static wp_status put_part(wpi_graph *graph, const spelling_page *page, wpi_key key,
                          const placed *words, size_t count, wp_error *err)
{
    size_t stride = 4 + page->record.bytes;
    for (size_t i = 0; i < count; i++)
        wpi_writer_bytes(&graph->writer, page->entries + words[i].index * stride, stride);
    return wpi_graph_put(graph, WPI_TABLE_SPELLING, key, err);
}

/* Words with the same hash stay together, and no record is all of one hash. */
static wp_status put_halves(wpi_graph *graph, const spelling_page *page, wp_error *err)
{
    placed words[ENTRIES_MAX + 1];
    const wpi_spelling_record *record = &page->record;
    assert(record->count >= 2 && record->count <= ENTRIES_MAX + 1);
    for (size_t i = 0; i < record->count; i++)
        words[i] = (placed){wpi_spelling_hash(graph, wpi_spelling_word(record, i), record->bytes),
                            (uint32_t)i};
    qsort(words, record->count, sizeof *words, compare_placed);
    size_t cut = record->count / 2;
    while (cut < record->count && words[cut].hash == words[cut - 1].hash)
        cut++;
    if (cut == record->count)
        return wpi_error_set(err, WP_ECORRUPT, "spelling record has one hash alone");
    WPI_TRY(put_part(graph, page, page->key, words, cut, err));
    return put_part(graph, page, key_of(record->letters, record->bytes, words[cut].hash),
                    words + cut, record->count - cut, err);
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
    unsigned char *added = page.entries + page.record.count++ * stride;
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
