/*
 * The dictionary of the name index in memory: see dictionary.h.
 *
 * Reading a part walks its records in order, which verifies their checksums; what is kept of them
 * is not verified again. Two threads that need the same part wait for one to read it.
 */
#include "graph/dictionary.h"

#include <assert.h>

#include "graph/lists.h"
#include "graph/spelling.h"

wp_status wpi_dictionary_new(wpi_dictionary **out, wp_error *err)
{
    wpi_dictionary *dictionary = wpi_memory_new_zeroed(1, sizeof *dictionary);
    *out = NULL;
    if (dictionary == NULL || pthread_mutex_init(&dictionary->mutex, NULL) != 0) {
        wpi_memory_free(dictionary);
        return wpi_memory_failed(err);
    }
    for (size_t i = 0; i <= WPI_DICTIONARY_LETTERS_MAX; i++)
        dictionary->parts[i].part = WPI_DICTIONARY_PART_INIT;
    *out = dictionary;
    return WP_OK;
}

void wpi_dictionary_free(wpi_dictionary *dictionary)
{
    if (dictionary == NULL)
        return;
    for (size_t i = 0; i <= WPI_DICTIONARY_LETTERS_MAX; i++)
        wpi_dictionary_part_free(&dictionary->parts[i].part);
    pthread_mutex_destroy(&dictionary->mutex);
    wpi_memory_free(dictionary);
}

void wpi_dictionary_part_free(wpi_dictionary_part *part)
{
    wpi_array_free(&part->sets);
    wpi_array_free(&part->records);
}

static wp_status add_record(void *context, const wpi_spelling_record *record, wp_error *err)
{
    wpi_dictionary_part *part = context;
    size_t first = part->sets.count;
    wpi_dictionary_record added = {record->entries, (uint32_t)first, (uint32_t)record->bytes};
    if (record->count > WPI_DICTIONARY_WORDS_MAX - first) {
        part->is_cut = true;
        return WP_ENOTFOUND; /* ends the walk */
    }
    WPI_TRY(wpi_array_push(&part->records, &added, err));
    WPI_TRY(wpi_array_reserve(&part->sets, first + record->count, err));
    part->sets.count += record->count;
    for (size_t i = 0; i < record->count; i++)
        WPI_ARRAY_AT(&part->sets, uint32_t, first + i) = wpi_spelling_set(record, i);
    return WP_OK;
}

/* Whether the words of another part may be kept. */
static bool has_room(const wpi_dictionary *dictionary)
{
    return dictionary->words <= WPI_DICTIONARY_KEPT_MAX - WPI_DICTIONARY_WORDS_MAX;
}

/* Read a part that is to be kept; `out` stays NULL when there is no room. */
static wp_status read_kept(wpi_graph *graph, wpi_dictionary *kept, size_t letters,
                           const wpi_dictionary_part **out, wp_error *err)
{
    wp_status status = WP_OK;
    wpi_dictionary_part *part = &kept->parts[letters].part;
    pthread_mutex_lock(&kept->mutex);
    bool is_read = atomic_load_explicit(&kept->parts[letters].is_read, memory_order_relaxed);
    if (!is_read && has_room(kept)) {
        status = wpi_spelling_each(graph, letters, add_record, part, err);
        is_read = status == WP_OK;
        if (is_read)
            kept->words += part->sets.count;
        else
            wpi_dictionary_part_free(part);
        atomic_store_explicit(&kept->parts[letters].is_read, is_read, memory_order_release);
    }
    pthread_mutex_unlock(&kept->mutex);
    *out = is_read ? part : NULL;
    return status;
}

wp_status wpi_dictionary_find(wpi_graph *graph, size_t letters, wpi_dictionary_part *own,
                              const wpi_dictionary_part **out, wp_error *err)
{
    wpi_dictionary *kept = graph->lists == NULL ? NULL : graph->lists->dictionary;
    assert(letters <= WPI_DICTIONARY_LETTERS_MAX && own->sets.count == 0);
    *out = NULL;
    if (kept != NULL) {
        if (atomic_load_explicit(&kept->parts[letters].is_read, memory_order_acquire))
            *out = &kept->parts[letters].part;
        else
            WPI_TRY(read_kept(graph, kept, letters, out, err));
    }
    if (*out != NULL)
        return WP_OK;
    WPI_TRY(wpi_spelling_each(graph, letters, add_record, own, err));
    *out = own;
    return WP_OK;
}

const char *wpi_dictionary_word(const wpi_dictionary_part *part, uint32_t place, size_t *bytes)
{
    const wpi_dictionary_record *records = part->records.items;
    size_t low = 0, high = part->records.count;
    assert(place < part->sets.count);
    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;
        if (records[middle].first <= place)
            low = middle;
        else
            high = middle;
    }
    const wpi_dictionary_record *record = &records[low];
    wpi_spelling_record words = {.entries = record->entries, .bytes = record->bytes};
    *bytes = record->bytes;
    return wpi_spelling_word(&words, place - record->first);
}
