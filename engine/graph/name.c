/*
 * Keeping the name index: from statements to texts, from texts to words, from a change of words to
 * numbers put into records and taken out of them, which name_record.c does.
 *
 * A person is found by the stated name, the spellings seen, the local parts of addresses and the
 * titles stated, those of employments too; a company by its names and domains. External ids and
 * slugs are looked up exactly and not indexed.
 */
#include "graph/name.h"

#include <assert.h>
#include <stdlib.h>

#include "base/text.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

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

/* Add the text that an identity is found by, if any. */
static wp_status add_identity(wpi_graph *graph, const wp_identity *identity, wpi_name_texts *out,
                              wp_error *err)
{
    if (identity->kind == WP_IDENTITY_DOMAIN || identity->kind == WP_IDENTITY_COMPANY_NAME) {
        out->items[out->count++] = identity->text;
    } else if (identity->kind == WP_IDENTITY_EMAIL) {
        const char *local = local_part(graph, identity->text);
        if (local == NULL)
            return wpi_memory_failed(err);
        out->items[out->count++] = local;
    }
    return WP_OK;
}

static void add_said(const wpi_statement_record *record, wpi_name_texts *out)
{
    if (record->name != NULL)
        out->items[out->count++] = record->name;
    for (size_t i = 0; i < record->spelling_count; i++)
        out->items[out->count++] = record->spellings[i].name;
}

wp_status wpi_name_texts_of(wpi_graph *graph, const wpi_said *all, wpi_name_texts *out,
                            wp_error *err)
{
    size_t most = 1;
    for (const wpi_said *at = all; at != NULL; at = at->next)
        most += 2 + at->record.spelling_count;
    out->items = wpi_arena_take(&graph->lent, most, sizeof *out->items);
    out->count = 0;
    if (out->items == NULL)
        return wpi_memory_failed(err);
    uint32_t before = 0;
    for (const wpi_said *at = all; at != NULL; before = at->number, at = at->next) {
        if (at->number != before)
            WPI_TRY(add_identity(graph, &at->record.identity, out, err));
        add_said(&at->record, out);
    }
    return WP_OK;
}

/* Drop the e after a, o and u: the other way of writing an umlaut. False: there is none. */
static bool drop_umlaut_e(char *text)
{
    char *to = text;
    for (const char *from = text; *from != '\0'; from++) {
        bool is_after = to > text && (to[-1] == 'a' || to[-1] == 'o' || to[-1] == 'u');
        if (*from != 'e' || !is_after)
            *to++ = *from;
    }
    bool has_any = *to != '\0';
    *to = '\0';
    return has_any;
}

static void cut_words(wpi_name_words *out)
{
    out->count = 0;
    for (const char *at = out->text; *at != '\0' && out->count < WPI_NAME_WORDS_MAX;) {
        size_t length = strcspn(at, " ");
        out->word[out->count] = at;
        out->length[out->count++] =
            length < WPI_NAME_WORD_BYTES_MAX ? length : WPI_NAME_WORD_BYTES_MAX;
        at += length + (at[length] == ' ' ? 1 : 0);
    }
}

void wpi_name_split(const char *text, wpi_name_words *out)
{
    wpi_text_fold(text, out->text, sizeof out->text);
    (void)drop_umlaut_e(out->text);
    cut_words(out);
}

bool wpi_name_split_as_written(const char *text, wpi_name_words *out)
{
    wpi_text_fold(text, out->text, sizeof out->text);
    bool is_another = drop_umlaut_e(out->text);
    if (is_another)
        wpi_text_fold(text, out->text, sizeof out->text);
    cut_words(out);
    return is_another;
}

wpi_key wpi_name_key(const wpi_graph *graph, const char *word, size_t length, wpi_party party,
                     uint32_t number)
{
    uint64_t hash = XXH3_64bits_withSeed(word, length, graph->seed + WPI_TABLE_NAME);
    return wpi_key_name(word, length, hash, (uint8_t)party,
                        (uint16_t)(number >> WPI_NAME_BLOCK_BITS));
}

static int compare_entries(const void *a, const void *b)
{
    const wpi_name_entry *x = a, *y = b;
    return memcmp(x->key.bytes, y->key.bytes, WPI_NAME_KEY_BYTES);
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

static wp_status add_words(const wpi_graph *graph, wpi_party party, uint32_t number,
                           const char *text, wpi_array *entries, wp_error *err)
{
    wpi_name_words words;
    assert(entries->item_bytes == sizeof(wpi_name_entry));
    wpi_name_split(text, &words);
    for (size_t w = 0; w < words.count; w++) {
        wpi_name_entry entry = {
            .key = wpi_name_key(graph, words.word[w], words.length[w], party, number)};
        memcpy(entry.word, words.word[w], words.length[w]);
        WPI_TRY(wpi_array_push(entries, &entry, err));
    }
    return WP_OK;
}

/* The records that statements call for. */
static wp_status add_statements(wpi_graph *graph, wpi_party party, uint32_t number,
                                const wpi_said *all, wpi_array *entries, wp_error *err)
{
    wpi_name_texts texts;
    WPI_TRY(wpi_name_texts_of(graph, all, &texts, err));
    for (size_t i = 0; i < texts.count; i++)
        WPI_TRY(add_words(graph, party, number, texts.items[i], entries, err));
    for (; all != NULL; all = all->next)
        if (all->record.title != NULL)
            WPI_TRY(add_words(graph, party, number, all->record.title, entries, err));
    keep_distinct(entries);
    return WP_OK;
}

typedef struct title_walk {
    const wpi_graph *graph;
    uint32_t number;
    wpi_array *entries;
} title_walk;

static wp_status add_title(void *context, wpi_slice key, wpi_record_bytes value, wp_error *err)
{
    title_walk *walk = context;
    wpi_employment_record record;
    (void)key;
    WPI_TRY(wpi_record_read_employment(value, &record, err));
    if (record.title == NULL)
        return WP_OK;
    return add_words(walk->graph, WPI_PERSON, walk->number, record.title, walk->entries, err);
}

wp_status wpi_name_entries(wpi_graph *graph, wpi_party party, uint32_t number, const wpi_said *all,
                           wpi_array *entries, wp_error *err)
{
    title_walk walk = {graph, number, entries};
    WPI_TRY(add_statements(graph, party, number, all, entries, err));
    if (all == NULL || party != WPI_PERSON)
        return WP_OK;
    WPI_TRY(
        wpi_graph_each(graph, WPI_TABLE_EMPLOYMENT, wpi_key_u32(number), add_title, &walk, err));
    keep_distinct(entries);
    return WP_OK;
}

static wp_status put_texts(wpi_graph *graph, wpi_party party, uint32_t number,
                           const wpi_name_texts *texts, wp_error *err)
{
    wp_status status = WP_OK;
    wpi_array entries = WPI_ARRAY_OF(wpi_name_entry);
    for (size_t i = 0; i < texts->count; i++)
        WPI_TRY_OUT(add_words(graph, party, number, texts->items[i], &entries, err));
    keep_distinct(&entries);
    for (size_t i = 0; i < entries.count; i++)
        WPI_TRY_OUT(wpi_name_put(graph, &WPI_ARRAY_AT(&entries, wpi_name_entry, i), number, err));
out:
    wpi_array_free(&entries);
    return status;
}

wp_status wpi_name_enter(wpi_graph *graph, wpi_party party, uint32_t number,
                         const wp_identity *identity, wp_error *err)
{
    const char *text;
    wpi_name_texts texts = {&text, 0};
    WPI_TRY(add_identity(graph, identity, &texts, err));
    return put_texts(graph, party, number, &texts, err);
}

/* Leave those of some records that are called for no more; both lists ascend. */
static wp_status leave_others(wpi_graph *graph, uint32_t number, const wpi_array *gone,
                              const wpi_array *kept, wp_error *err)
{
    size_t k = 0;
    for (size_t i = 0; i < gone->count; i++) {
        const wpi_name_entry *entry = &WPI_ARRAY_AT(gone, wpi_name_entry, i);
        while (k < kept->count &&
               compare_entries(&WPI_ARRAY_AT(kept, wpi_name_entry, k), entry) < 0)
            k++;
        if (k == kept->count || compare_entries(&WPI_ARRAY_AT(kept, wpi_name_entry, k), entry) != 0)
            WPI_TRY(wpi_name_take(graph, entry, number, err));
    }
    return WP_OK;
}

/* Leave those of some records that nothing calls for any more. */
static wp_status leave(wpi_graph *graph, wpi_party party, uint32_t number, const wpi_array *gone,
                       wp_error *err)
{
    wp_status status;
    wpi_said *all;
    wpi_array kept = WPI_ARRAY_OF(wpi_name_entry);
    WPI_TRY_OUT(wpi_statements_of(graph, party, number, &all, err));
    WPI_TRY_OUT(wpi_name_entries(graph, party, number, all, &kept, err));
    WPI_TRY_OUT(leave_others(graph, number, gone, &kept, err));
out:
    wpi_array_free(&kept);
    return status;
}

wp_status wpi_name_settle(wpi_graph *graph, wpi_party party, uint32_t number,
                          const wpi_statement_record *gone, wp_error *err)
{
    wp_status status;
    wpi_said last = {.number = number, .record = *gone};
    wpi_array old = WPI_ARRAY_OF(wpi_name_entry);
    WPI_TRY_OUT(add_statements(graph, party, number, &last, &old, err));
    WPI_TRY_OUT(leave(graph, party, number, &old, err));
out:
    wpi_array_free(&old);
    return status;
}

wp_status wpi_name_retitle(wpi_graph *graph, uint32_t person, const char *before, const char *after,
                           wp_error *err)
{
    wp_status status = WP_OK;
    wpi_name_texts texts = {&after, 1};
    wpi_array old = WPI_ARRAY_OF(wpi_name_entry);
    if (before != NULL && after != NULL && strcmp(before, after) == 0)
        return WP_OK;
    if (after != NULL)
        WPI_TRY_OUT(put_texts(graph, WPI_PERSON, person, &texts, err));
    if (before == NULL)
        goto out;
    WPI_TRY_OUT(add_words(graph, WPI_PERSON, person, before, &old, err));
    keep_distinct(&old);
    WPI_TRY_OUT(leave(graph, WPI_PERSON, person, &old, err));
out:
    wpi_array_free(&old);
    return status;
}

static bool is_equal(const char *stated, const char *text)
{
    return stated != NULL && strcmp(stated, text) == 0;
}

static bool has_text(const wpi_statement_record *record, const char *text)
{
    if (is_equal(record->name, text) || is_equal(record->title, text))
        return true;
    for (size_t i = 0; i < record->spelling_count; i++)
        if (strcmp(record->spellings[i].name, text) == 0)
            return true;
    return false;
}

/* The texts of one record that another does not have. */
static wp_status list_others(wpi_graph *graph, const wpi_statement_record *record,
                             const wpi_statement_record *other, wpi_name_texts *out, wp_error *err)
{
    wpi_name_texts all = {NULL, 0};
    out->count = 0;
    out->items = wpi_arena_take(&graph->lent, record->spelling_count + 2, sizeof *out->items);
    all.items = wpi_arena_take(&graph->lent, record->spelling_count + 2, sizeof *all.items);
    if (out->items == NULL || all.items == NULL)
        return wpi_memory_failed(err);
    add_said(record, &all);
    if (record->title != NULL)
        all.items[all.count++] = record->title;
    for (size_t i = 0; i < all.count; i++)
        if (!has_text(other, all.items[i]))
            out->items[out->count++] = all.items[i];
    return WP_OK;
}

wp_status wpi_name_follow(wpi_graph *graph, wpi_party party, uint32_t number,
                          const wpi_statement_record *before, const wpi_statement_record *after,
                          wp_error *err)
{
    wpi_name_texts gone, added;
    WPI_TRY(list_others(graph, before, after, &gone, err));
    WPI_TRY(list_others(graph, after, before, &added, err));
    if (gone.count > 0)
        WPI_TRY(wpi_name_settle(graph, party, number, before, err));
    return added.count > 0 ? put_texts(graph, party, number, &added, err) : WP_OK;
}
