/*
 * The records of the name index: read in place, and changed many at a time.
 *
 * A word that many people have is one record of up to 65536 numbers, and everybody who is stored
 * with "Head of Sales" stands in three of those. So numbers that are to be put into records or
 * taken out of them wait, and are written by key when the transaction ends, when the index is read,
 * or when there are many: each record is then written once, whoever changed in it. Of several
 * changes of one number in one record the last holds.
 *
 * A word that waits belongs to no record yet, so whoever reads the tables of names or of spellings
 * has to have them written first (wpi_name_flush()).
 */
#include "graph/name.h"

#include <stdlib.h>

#include "graph/spelling.h"

#define WAITING_MAX ((size_t)65536) /* changes; two to three megabytes */

/* A number to be put into a record or taken out of it. */
typedef struct name_change {
    uint64_t high;  /* the first bytes of the key */
    uint64_t low;   /* the last four and the number */
    uint32_t order; /* in which they came, twice; odd: it goes */
    uint32_t word;  /* where the word stands in graph->name_words */
} name_change;

/* ---- Reading ---- */

bool wpi_name_read(wpi_slice key, wpi_record_bytes value, wpi_name_record *out)
{
    const unsigned char *at = key.data, *bytes = value.data;
    if (key.bytes != WPI_NAME_KEY_BYTES || value.size < 1 || value.size < 1u + bytes[0] + 2u)
        return false;
    size_t rest = value.size - 1 - bytes[0];
    *out = (wpi_name_record){.word = (const char *)bytes + 1,
                             .length = bytes[0],
                             .numbers = bytes + 1 + bytes[0],
                             .count = rest / 2,
                             .party = (wpi_party)at[9],
                             .first = ((uint32_t)at[10] << 8 | at[11]) << WPI_NAME_BLOCK_BITS};
    return rest % 2 == 0 && bytes[0] == at[0] && bytes[0] <= WPI_NAME_WORD_BYTES_MAX;
}

uint32_t wpi_name_number(const wpi_name_record *record, size_t index)
{
    const unsigned char *at = record->numbers + 2 * index;
    return record->first | (uint32_t)at[1] << 8 | at[0];
}

/* The place of a number in a record, or where it would stand. */
static size_t place_of(const wpi_name_record *record, uint32_t number)
{
    size_t low = 0, high = record->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (wpi_name_number(record, middle) < number)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static wp_status load(wpi_graph *graph, const wpi_key *key, wpi_name_record *out, wp_error *err)
{
    wpi_record_bytes value;
    WPI_TRY(wpi_graph_get(graph, WPI_TABLE_NAME, *key, &value, err));
    if (!wpi_name_read((wpi_slice){key->bytes, key->size}, value, out))
        return wpi_error_set(err, WP_ECORRUPT, "name record is malformed");
    return WP_OK;
}

wp_status wpi_name_has(wpi_graph *graph, const wpi_key *key, uint32_t number, wp_error *err)
{
    wpi_name_record record;
    WPI_TRY(load(graph, key, &record, err));
    size_t place = place_of(&record, number);
    bool has = place < record.count && wpi_name_number(&record, place) == number;
    return has ? WP_OK : WP_ENOTFOUND;
}

static void write_numbers(wpi_writer *writer, const wpi_name_record *record, size_t from, size_t to)
{
    if (from < to) /* an empty record has no numbers to point to */
        wpi_writer_bytes(writer, record->numbers + 2 * from, 2 * (to - from));
}

static void write_word(wpi_writer *writer, const char *word, size_t length)
{
    wpi_writer_u8(writer, (uint8_t)length);
    wpi_writer_bytes(writer, word, length);
}

wp_status wpi_name_word(wpi_graph *graph, const wpi_key *key, const char **word, size_t *length,
                        wp_error *err)
{
    wpi_slice found, value;
    wpi_name_record record;
    wpi_store_cursor *cursor;
    wpi_slice prefix = {key->bytes, WPI_NAME_PREFIX_BYTES};
    WPI_TRY(wpi_store_cursor_open(graph->txn, WPI_TABLE_NAME, &cursor, err));
    wp_status status = wpi_store_cursor_seek(cursor, prefix, &found, &value, err);
    wpi_store_cursor_close(cursor);
    WPI_TRY(status);
    if (found.bytes < prefix.bytes || memcmp(found.data, prefix.data, prefix.bytes) != 0)
        return WP_ENOTFOUND;
    if (!wpi_name_read(found, (wpi_record_bytes){value.data, value.bytes}, &record))
        return wpi_error_set(err, WP_ECORRUPT, "name record is malformed");
    *word = record.word;
    *length = record.length;
    return WP_OK;
}

/* A record begins: with the word that others of its key have, or with one that is new. */
static wp_status begin_record(wpi_graph *graph, const wpi_name_entry *entry,
                              wpi_name_record *record, wp_error *err)
{
    *record = (wpi_name_record){.word = entry->word, .length = entry->key.bytes[0]};
    if (wpi_spelling_is_number(record->word, record->length))
        return WP_OK;
    wp_status status = wpi_name_word(graph, &entry->key, &record->word, &record->length, err);
    if (status == WP_ENOTFOUND)
        status = wpi_spelling_put(graph, entry->word, entry->key.bytes[0], err);
    return status;
}

/* A record ends, perhaps the last of its word. */
static wp_status end_record(wpi_graph *graph, const wpi_name_entry *entry,
                            const wpi_name_record *record, wp_error *err)
{
    const char *word;
    size_t length = record->length;
    char gone[WPI_NAME_WORD_BYTES_MAX];
    memcpy(gone, record->word, length);
    WPI_TRY(wpi_graph_delete(graph, WPI_TABLE_NAME, entry->key, err));
    if (wpi_spelling_is_number(gone, record->length))
        return WP_OK;
    wp_status status = wpi_name_word(graph, &entry->key, &word, &length, err);
    return status == WP_ENOTFOUND ? wpi_spelling_take(graph, gone, record->length, err) : status;
}

/* ---- Changes that wait ---- */

static wp_status wait(wpi_graph *graph, const wpi_name_entry *entry, uint32_t number, bool is_gone,
                      wp_error *err)
{
    const wpi_array *words = &graph->name_words;
    name_change change = {wpi_bytes_get_be64(entry->key.bytes),
                          (uint64_t)wpi_bytes_get_be32(entry->key.bytes + 8) << 32 | number,
                          (uint32_t)graph->name_changes.count << 1 | (is_gone ? 1 : 0),
                          (uint32_t)words->count};
    if (graph->name_changes.count >= WAITING_MAX) {
        WPI_TRY(wpi_name_flush(graph, err));
        change.order = is_gone ? 1 : 0;
        change.word = 0;
    }
    wp_status status =
        wpi_array_extend(&graph->name_words, entry->word, is_gone ? 0 : entry->key.bytes[0], err);
    if (status == WP_OK)
        status = wpi_array_push(&graph->name_changes, &change, err);
    graph->has_failed |= status != WP_OK;
    return status;
}

wp_status wpi_name_put(wpi_graph *graph, const wpi_name_entry *entry, uint32_t number,
                       wp_error *err)
{
    return wait(graph, entry, number, false, err);
}

wp_status wpi_name_take(wpi_graph *graph, const wpi_name_entry *entry, uint32_t number,
                        wp_error *err)
{
    return wait(graph, entry, number, true, err);
}

static bool is_going(const name_change *change)
{
    return (change->order & 1) != 0;
}

static int compare_changes(const void *a, const void *b)
{
    const name_change *x = a, *y = b;
    if (x->high != y->high)
        return x->high < y->high ? -1 : 1;
    if (x->low != y->low)
        return x->low < y->low ? -1 : 1;
    return x->order < y->order ? -1 : x->order > y->order;
}

static bool is_of_record(const name_change *a, const name_change *b)
{
    return a->high == b->high && a->low >> 32 == b->low >> 32;
}

/* Of sorted changes of one record keep the last of each number; returns how many are left. *first:
 * the one of a word that is put, which came first; NULL: none is. */
static size_t keep_last(name_change *changes, size_t count, const name_change **first)
{
    size_t kept = 0;
    *first = NULL;
    for (size_t i = 0; i < count; i++)
        if (i + 1 == count || changes[i].low != changes[i + 1].low)
            changes[kept++] = changes[i];
    for (size_t i = 0; i < kept; i++)
        if (!is_going(&changes[i]) && (*first == NULL || changes[i].order < (*first)->order))
            *first = &changes[i];
    return kept;
}

/* Write the numbers of a record as they are after the changes, which ascend; how many there are. */
static size_t write_changed(wpi_writer *writer, const wpi_name_record *record,
                            const name_change *changes, size_t count, bool *is_changed)
{
    size_t from = 0, left = record->count;
    *is_changed = false;
    for (size_t i = 0; i < count; i++) {
        uint32_t number = (uint32_t)changes[i].low;
        size_t place = place_of(record, number);
        bool is_there = place < record->count && wpi_name_number(record, place) == number;
        write_numbers(writer, record, from, place);
        if (!is_going(&changes[i]))
            wpi_writer_u16(writer, (uint16_t)number);
        from = place + (is_there ? 1 : 0);
        left = left + (is_going(&changes[i]) ? 0 : 1) - (is_there ? 1 : 0);
        *is_changed |= is_there == is_going(&changes[i]);
    }
    write_numbers(writer, record, from, record->count);
    return left;
}

static wpi_name_entry entry_of(const wpi_graph *graph, const name_change *change,
                               const name_change *first)
{
    wpi_name_entry entry = {.key = {.size = WPI_NAME_KEY_BYTES}};
    wpi_bytes_put_be64(entry.key.bytes, change->high);
    wpi_bytes_put_be32(entry.key.bytes + 8, (uint32_t)(change->low >> 32));
    if (first != NULL)
        memcpy(entry.word, (const char *)graph->name_words.items + first->word, entry.key.bytes[0]);
    return entry;
}

/* Make the changes of one record, which is sorted by number and by the order in which they came. */
static wp_status change_record(wpi_graph *graph, name_change *changes, size_t count, wp_error *err)
{
    wpi_name_record record;
    const name_change *first;
    bool is_changed;
    count = keep_last(changes, count, &first);
    wpi_name_entry entry = entry_of(graph, &changes[0], first);
    wp_status status = load(graph, &entry.key, &record, err);
    if (status == WP_ENOTFOUND && first == NULL)
        return WP_OK;
    if (status == WP_ENOTFOUND)
        status = begin_record(graph, &entry, &record, err);
    WPI_TRY(status);
    write_word(&graph->writer, record.word, record.length);
    size_t left = write_changed(&graph->writer, &record, changes, count, &is_changed);
    if (is_changed && left > 0)
        return wpi_graph_put(graph, WPI_TABLE_NAME, entry.key, err);
    wpi_writer_clear(&graph->writer);
    return is_changed ? end_record(graph, &entry, &record, err) : WP_OK;
}

wp_status wpi_name_flush(wpi_graph *graph, wp_error *err)
{
    wp_status status = WP_OK;
    wpi_array *all = &graph->name_changes;
    name_change *changes = all->items;
    if (all->count > 1)
        qsort(changes, all->count, sizeof *changes, compare_changes);
    for (size_t from = 0, to; from < all->count && status == WP_OK; from = to) {
        for (to = from + 1; to < all->count && is_of_record(&changes[from], &changes[to]);)
            to++;
        status = change_record(graph, &changes[from], to - from, err);
    }
    graph->has_failed |= status != WP_OK;
    all->count = graph->name_words.count = 0;
    return status;
}

void wpi_name_begin(wpi_graph *graph)
{
    graph->name_changes = WPI_ARRAY_OF(name_change);
    graph->name_words = WPI_ARRAY_OF(char);
}

void wpi_name_end(wpi_graph *graph)
{
    wpi_array_free(&graph->name_changes);
    wpi_array_free(&graph->name_words);
}
