/*
 * Keeping the name index: from records to texts, from texts to trigrams, from a change to puts and
 * deletes.
 *
 * A person is found by the stated name, the spellings seen and the local parts of addresses; a
 * company by its name and domains. External ids and slugs are looked up exactly and not indexed.
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

static wpi_key index_key(uint32_t trigram, unsigned kind, uint32_t number)
{
    char bytes[3] = {(char)(trigram >> 16), (char)(trigram >> 8), (char)trigram};
    return wpi_key_trigram(bytes, (uint8_t)kind, number);
}

/* Walk two ascending lists: what is only before is deleted, what is only after is put. */
static wp_status apply(wpi_graph *graph, unsigned kind, uint32_t number, const wpi_array *before,
                       const wpi_array *after, wp_error *err)
{
    size_t b = 0, a = 0;
    while (b < before->count || a < after->count) {
        uint64_t old = b < before->count ? WPI_ARRAY_AT(before, uint32_t, b) : UINT64_MAX;
        uint64_t new = a < after->count ? WPI_ARRAY_AT(after, uint32_t, a) : UINT64_MAX;
        wp_status status = WP_OK;
        if (old < new)
            status = wpi_graph_delete(graph, WPI_TABLE_NAME, index_key((uint32_t)old, kind, number),
                                      err);
        else if (new < old)
            status =
                wpi_graph_put(graph, WPI_TABLE_NAME, index_key((uint32_t) new, kind, number), err);
        if (status != WP_OK && status != WP_ENOTFOUND)
            return status;
        b += old <= new;
        a += new <= old;
    }
    return WP_OK;
}

wp_status wpi_name_update(wpi_graph *graph, unsigned kind, uint32_t number,
                          const wpi_name_texts *before, const wpi_name_texts *after, wp_error *err)
{
    wp_status status;
    wpi_array old = WPI_ARRAY_OF(uint32_t), new = WPI_ARRAY_OF(uint32_t);
    WPI_TRY_OUT(wpi_name_trigrams(before, &old, err));
    WPI_TRY_OUT(wpi_name_trigrams(after, &new, err));
    WPI_TRY_OUT(apply(graph, kind, number, &old, &new, err));
out:
    wpi_array_free(&old);
    wpi_array_free(&new);
    return status;
}
