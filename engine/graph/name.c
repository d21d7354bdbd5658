/*
 * Keeping the name index: from records to texts, from texts to words, from a change of words to
 * numbers put into records and taken out of them.
 *
 * A person is found by the stated name, the spellings seen and the local parts of addresses; a
 * company by its name and domains. External ids and slugs are looked up exactly and not indexed.
 */
#include "graph/name.h"

#include <assert.h>
#include <stdlib.h>

#include "base/text.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

#define BLOCK_BITS 16
#define KEY_BYTES 12

static char *local_part(wpi_graph *graph, const char *email)
{
    size_t length = strcspn(email, "@");
    char *copy = wpi_arena_take(&graph->lent, length + 1, 1);
    if (copy != NULL) {
        memcpy(copy, email, length);
        copy[length] = '\0';
    }
    return copy;
}

wp_status wpi_name_texts_of_person(wpi_graph *graph, const wpi_person_record *record,
                                   wpi_name_texts *out, wp_error *err)
{
    size_t most = 1 + record->spelling_count + record->identity_count;
    out->items = wpi_arena_take(&graph->lent, most, sizeof *out->items);
    out->count = 0;
    if (out->items == NULL)
        return wpi_memory_failed(err);
    if (record->name != NULL)
        out->items[out->count++] = record->name;
    for (size_t i = 0; i < record->spelling_count; i++)
        out->items[out->count++] = record->spellings[i].name;
    for (size_t i = 0; i < record->identity_count; i++) {
        if (record->identities[i].kind != WP_IDENTITY_EMAIL)
            continue;
        const char *local = local_part(graph, record->identities[i].text);
        if (local == NULL)
            return wpi_memory_failed(err);
        out->items[out->count++] = local;
    }
    return WP_OK;
}

wp_status wpi_name_texts_of_company(wpi_graph *graph, const wpi_company_record *record,
                                    wpi_name_texts *out, wp_error *err)
{
    out->items = wpi_arena_take(&graph->lent, 1 + record->identity_count, sizeof *out->items);
    out->count = 0;
    if (out->items == NULL)
        return wpi_memory_failed(err);
    if (record->name != NULL)
        out->items[out->count++] = record->name;
    for (size_t i = 0; i < record->identity_count; i++)
        if (record->identities[i].kind == WP_IDENTITY_DOMAIN)
            out->items[out->count++] = record->identities[i].text;
    return WP_OK;
}

/* Drop the e after a, o and u: the other way of writing an umlaut. */
static void drop_umlaut_e(char *text)
{
    char *to = text;
    for (const char *from = text; *from != '\0'; from++) {
        bool is_after = to > text && (to[-1] == 'a' || to[-1] == 'o' || to[-1] == 'u');
        if (*from != 'e' || !is_after)
            *to++ = *from;
    }
    *to = '\0';
}

void wpi_name_split(const char *text, wpi_name_words *out)
{
    wpi_text_fold(text, out->text, sizeof out->text);
    drop_umlaut_e(out->text);
    out->count = 0;
    for (const char *at = out->text; *at != '\0' && out->count < WPI_NAME_WORDS_MAX;) {
        size_t length = strcspn(at, " ");
        out->word[out->count] = at;
        out->length[out->count++] =
            length < WPI_NAME_WORD_BYTES_MAX ? length : WPI_NAME_WORD_BYTES_MAX;
        at += length + (at[length] == ' ' ? 1 : 0);
    }
}

wpi_key wpi_name_key(const wpi_graph *graph, const char *word, size_t length, unsigned kind,
                     uint32_t number)
{
    uint64_t hash = XXH3_64bits_withSeed(word, length, graph->seed + WPI_TABLE_NAME);
    return wpi_key_name(word, length, hash, (uint8_t)kind, (uint16_t)(number >> BLOCK_BITS));
}

static int compare_entries(const void *a, const void *b)
{
    const wpi_name_entry *x = a, *y = b;
    return memcmp(x->key.bytes, y->key.bytes, KEY_BYTES);
}

static void keep_distinct(wpi_array *entries)
{
    wpi_name_entry *items = entries->items;
    size_t kept = 0;
    if (entries->count > 1)
        qsort(items, entries->count, sizeof *items, compare_entries);
    for (size_t i = 0; i < entries->count; i++)
        if (kept == 0 || compare_entries(&items[kept - 1], &items[i]) != 0)
            items[kept++] = items[i];
    entries->count = kept;
}

wp_status wpi_name_entries(const wpi_graph *graph, unsigned kind, uint32_t number,
                           const wpi_name_texts *texts, wpi_array *entries, wp_error *err)
{
    wpi_name_words words;
    assert(entries->item_bytes == sizeof(wpi_name_entry));
    for (size_t t = 0; t < texts->count; t++) {
        wpi_name_split(texts->items[t], &words);
        for (size_t w = 0; w < words.count; w++) {
            wpi_name_entry entry = {
                .key = wpi_name_key(graph, words.word[w], words.length[w], kind, number)};
            memcpy(entry.word, words.word[w], words.length[w]);
            WPI_TRY(wpi_array_push(entries, &entry, err));
        }
    }
    keep_distinct(entries);
    return WP_OK;
}

bool wpi_name_read(wpi_slice key, wpi_record_bytes value, wpi_name_record *out)
{
    const unsigned char *at = key.data, *bytes = value.data;
    if (key.bytes != KEY_BYTES || value.size < 1 || value.size < 1u + bytes[0] + 2u)
        return false;
    size_t rest = value.size - 1 - bytes[0];
    *out = (wpi_name_record){.word = (const char *)bytes + 1,
                             .length = bytes[0],
                             .numbers = bytes + 1 + bytes[0],
                             .count = rest / 2,
                             .kind = at[9],
                             .first = ((uint32_t)at[10] << 8 | at[11]) << BLOCK_BITS};
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
    for (size_t i = from; i < to; i++)
        wpi_writer_u16(writer, (uint16_t)wpi_name_number(record, i));
}

static void write_word(wpi_writer *writer, const char *word, size_t length)
{
    wpi_writer_u8(writer, (uint8_t)length);
    for (size_t i = 0; i < length; i++)
        wpi_writer_u8(writer, (uint8_t)word[i]);
}

static wp_status put_number(wpi_graph *graph, const wpi_name_entry *entry, uint32_t number,
                            wp_error *err)
{
    wpi_name_record record = {.word = entry->word, .length = entry->key.bytes[0]};
    wp_status status = load(graph, &entry->key, &record, err);
    if (status != WP_OK && status != WP_ENOTFOUND)
        return status;
    size_t place = place_of(&record, number);
    if (place < record.count && wpi_name_number(&record, place) == number)
        return WP_OK;
    write_word(&graph->writer, record.word, record.length);
    write_numbers(&graph->writer, &record, 0, place);
    wpi_writer_u16(&graph->writer, (uint16_t)number);
    write_numbers(&graph->writer, &record, place, record.count);
    return wpi_graph_put(graph, WPI_TABLE_NAME, entry->key, err);
}

static wp_status take_number(wpi_graph *graph, const wpi_name_entry *entry, uint32_t number,
                             wp_error *err)
{
    wpi_name_record record;
    wp_status status = load(graph, &entry->key, &record, err);
    if (status == WP_ENOTFOUND)
        return WP_OK;
    WPI_TRY(status);
    size_t place = place_of(&record, number);
    if (place == record.count || wpi_name_number(&record, place) != number)
        return WP_OK;
    if (record.count == 1)
        return wpi_graph_delete(graph, WPI_TABLE_NAME, entry->key, err);
    write_word(&graph->writer, record.word, record.length);
    write_numbers(&graph->writer, &record, 0, place);
    write_numbers(&graph->writer, &record, place + 1, record.count);
    return wpi_graph_put(graph, WPI_TABLE_NAME, entry->key, err);
}

/* Walk two ascending lists: leave what is only before, enter what is only after. */
static wp_status apply(wpi_graph *graph, uint32_t number, const wpi_array *before,
                       const wpi_array *after, wp_error *err)
{
    size_t b = 0, a = 0;
    while (b < before->count || a < after->count) {
        const wpi_name_entry *old = &WPI_ARRAY_AT(before, wpi_name_entry, b);
        const wpi_name_entry *new = &WPI_ARRAY_AT(after, wpi_name_entry, a);
        int order = b == before->count ? 1 : a == after->count ? -1 : compare_entries(old, new);
        if (order < 0)
            WPI_TRY(take_number(graph, old, number, err));
        else if (order > 0)
            WPI_TRY(put_number(graph, new, number, err));
        b += order <= 0;
        a += order >= 0;
    }
    return WP_OK;
}

wp_status wpi_name_update(wpi_graph *graph, unsigned kind, uint32_t number,
                          const wpi_name_texts *before, const wpi_name_texts *after, wp_error *err)
{
    wp_status status;
    wpi_array old = WPI_ARRAY_OF(wpi_name_entry), new = WPI_ARRAY_OF(wpi_name_entry);
    WPI_TRY_OUT(wpi_name_entries(graph, kind, number, before, &old, err));
    WPI_TRY_OUT(wpi_name_entries(graph, kind, number, after, &new, err));
    WPI_TRY_OUT(apply(graph, number, &old, &new, err));
out:
    wpi_array_free(&old);
    wpi_array_free(&new);
    return status;
}
