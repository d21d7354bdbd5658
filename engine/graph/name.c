/*
 * Keeping the name index: from statements to texts, from texts to trigrams, from a change to puts
 * and deletes. Texts of one number often share trigrams, so what a text called for is deleted only
 * when no other text of the number does.
 *
 * A person is found by the stated name, the spellings seen and the local parts of addresses; a
 * company by its names and domains. External ids and slugs are looked up exactly and not indexed.
 */
#include "graph/name.h"

#include "base/text.h"

#define FOLDED_BYTES_MAX 2048

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

wp_status wpi_name_trigrams(const wpi_name_texts *texts, wpi_array *trigrams, wp_error *err)
{
    char folded[FOLDED_BYTES_MAX + 2];
    for (size_t t = 0; t < texts->count; t++) {
        size_t length = wpi_text_fold(texts->items[t], folded + 1, FOLDED_BYTES_MAX);
        if (length == 0)
            continue;
        folded[0] = ' ';
        folded[length + 1] = ' ';
        for (size_t i = 0; i + 2 < length + 2; i++) {
            const unsigned char *at = (const unsigned char *)folded + i;
            if (at[1] == ' ')
                continue; /* a run across two words */
            uint32_t trigram = (uint32_t)at[0] << 16 | (uint32_t)at[1] << 8 | at[2];
            WPI_TRY(wpi_array_push(trigrams, &trigram, err));
        }
    }
    wpi_array_sort_numbers(trigrams);
    return WP_OK;
}

static wpi_key index_key(uint32_t trigram, wpi_party party, uint32_t number)
{
    char bytes[3] = {(char)(trigram >> 16), (char)(trigram >> 8), (char)trigram};
    return wpi_key_trigram(bytes, (uint8_t)party, number);
}

static wp_status put_texts(wpi_graph *graph, wpi_party party, uint32_t number,
                           const wpi_name_texts *texts, wp_error *err)
{
    wp_status status;
    wpi_array trigrams = WPI_ARRAY_OF(uint32_t);
    WPI_TRY_OUT(wpi_name_trigrams(texts, &trigrams, err));
    for (size_t i = 0; i < trigrams.count; i++)
        WPI_TRY_OUT(wpi_graph_put(graph, WPI_TABLE_NAME,
                                  index_key(WPI_ARRAY_AT(&trigrams, uint32_t, i), party, number),
                                  err));
out:
    wpi_array_free(&trigrams);
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

/* Delete the trigrams of some texts that others do not call for; both ascending. */
static wp_status delete_others(wpi_graph *graph, wpi_party party, uint32_t number,
                               const wpi_array *gone, const wpi_array *kept, wp_error *err)
{
    size_t k = 0;
    for (size_t i = 0; i < gone->count; i++) {
        uint32_t trigram = WPI_ARRAY_AT(gone, uint32_t, i);
        while (k < kept->count && WPI_ARRAY_AT(kept, uint32_t, k) < trigram)
            k++;
        if (k < kept->count && WPI_ARRAY_AT(kept, uint32_t, k) == trigram)
            continue;
        wp_status status =
            wpi_graph_delete(graph, WPI_TABLE_NAME, index_key(trigram, party, number), err);
        if (status != WP_OK && status != WP_ENOTFOUND)
            return status;
    }
    return WP_OK;
}

wp_status wpi_name_settle(wpi_graph *graph, wpi_party party, uint32_t number,
                          const wpi_statement_record *gone, wp_error *err)
{
    wp_status status;
    wpi_said *all, last = {.number = number, .record = *gone};
    wpi_name_texts before, after;
    wpi_array old = WPI_ARRAY_OF(uint32_t), new = WPI_ARRAY_OF(uint32_t);
    WPI_TRY_OUT(wpi_statements_of(graph, party, number, &all, err));
    WPI_TRY_OUT(wpi_name_texts_of(graph, &last, &before, err));
    WPI_TRY_OUT(wpi_name_texts_of(graph, all, &after, err));
    WPI_TRY_OUT(wpi_name_trigrams(&before, &old, err));
    WPI_TRY_OUT(wpi_name_trigrams(&after, &new, err));
    WPI_TRY_OUT(delete_others(graph, party, number, &old, &new, err));
out:
    wpi_array_free(&old);
    wpi_array_free(&new);
    return status;
}

static bool has_text(const wpi_statement_record *record, const char *text)
{
    if (record->name != NULL && strcmp(record->name, text) == 0)
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
    out->items = wpi_arena_take(&graph->lent, record->spelling_count + 1, sizeof *out->items);
    all.items = wpi_arena_take(&graph->lent, record->spelling_count + 1, sizeof *all.items);
    if (out->items == NULL || all.items == NULL)
        return wpi_memory_failed(err);
    add_said(record, &all);
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
