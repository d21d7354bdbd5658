/*
 * Veiled texts: see veil.h.
 *
 * Where an address begins and ends in a text cannot be told, so several beginnings and ends are
 * tried: after and before each character that separates parts of an address, a few of either.
 */
#include "graph/veil.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#define XXH_INLINE_ALL
#include <xxhash.h>

#include "base/text.h"

#define FOLDED_BYTES 4096
#define ENDS_MAX 8
#define WORDS_BYTES_MIN 4
#define DIGITS_MIN 6

void wpi_veil_make(uint64_t key, const char *text, char out[WPI_VEIL_BYTES])
{
    uint64_t hash = XXH3_64bits_withSeed(text, strlen(text), key + WPI_HASH_CLASS_VEIL);
    (void)snprintf(out, WPI_VEIL_BYTES, "erased:%016" PRIx64, hash);
}

wp_status wpi_veil_under(wpi_graph *graph, size_t index, const char *text, const char **out,
                         wp_error *err)
{
    char *veil = wpi_arena_take(&graph->lent, WPI_VEIL_BYTES, 1);
    if (veil == NULL)
        return wpi_memory_failed(err);
    assert(graph->has_suppression && index < graph->suppression.count);
    wpi_veil_make(graph->suppression.keys[index], text, veil);
    *out = veil;
    return WP_OK;
}

wp_status wpi_veil_text(wpi_graph *graph, const char *text, const char **out, wp_error *err)
{
    return wpi_veil_under(graph, 0, text, out, err);
}

static bool is_of_address(char c)
{
    bool is_letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    return is_letter || (unsigned char)c >= 0x80 || (c != '\0' && strchr("._%+-'=", c) != NULL);
}

static bool is_separator(char c)
{
    return strchr("._%+-'=", c) != NULL;
}

/* Where an address around an '@' may begin, the longest first. */
static size_t list_starts(const char *text, const char *at, const char *starts[ENDS_MAX])
{
    const char *first = at;
    size_t count = 0;
    while (first > text && is_of_address(first[-1]))
        first--;
    for (const char *start = first; start < at && count < ENDS_MAX; start++)
        if (start == first || is_separator(start[-1]))
            starts[count++] = start;
    return count;
}

static size_t list_ends(const char *at, const char *ends[ENDS_MAX])
{
    size_t count = 0;
    for (const char *end = at + 2; at[1] != '\0' && count < ENDS_MAX; end++) {
        bool is_last = !is_of_address(*end);
        if (is_last || is_separator(*end))
            ends[count++] = end;
        if (is_last)
            break;
    }
    return count;
}

static wp_status try_address(wpi_graph *graph, const char *start, const char *end, bool *is_due,
                             wp_error *err)
{
    char text[512];
    wpi_identity normal;
    size_t length = (size_t)(end - start);
    if (length >= sizeof text)
        return WP_OK;
    memcpy(text, start, length);
    text[length] = '\0';
    wp_identity given = {WP_IDENTITY_EMAIL, text};
    if (wpi_identity_normalise(&given, &normal, NULL) != WP_OK)
        return WP_OK;
    return wpi_suppress_has(graph, &normal, is_due, err);
}

wp_status wpi_veil_is_due(wpi_graph *graph, const char *text, bool *is_due, wp_error *err)
{
    const char *starts[ENDS_MAX], *ends[ENDS_MAX];
    bool is_used;
    *is_due = false;
    WPI_TRY(wpi_suppress_is_used(graph, &is_used, err));
    const char *at = is_used ? strchr(text, '@') : NULL;
    for (; at != NULL && !*is_due; at = strchr(at + 1, '@')) {
        size_t start_count = list_starts(text, at, starts), end_count = list_ends(at, ends);
        for (size_t i = 0; i < start_count && !*is_due; i++)
            for (size_t j = 0; j < end_count && !*is_due; j++)
                WPI_TRY(try_address(graph, starts[i], ends[j], is_due, err));
    }
    return WP_OK;
}

/* Add " words " with its NUL, unless it says too little. */
static wp_status add_words(wpi_veil_strings *strings, const char *text, wp_error *err)
{
    char folded[FOLDED_BYTES];
    size_t length = wpi_text_fold(text, folded, sizeof folded);
    bool is_number = strspn(folded, "0123456789") == length;
    if (length < WORDS_BYTES_MIN || (is_number && length < DIGITS_MIN))
        return WP_OK;
    WPI_TRY(wpi_array_push(&strings->words, " ", err));
    WPI_TRY(wpi_array_extend(&strings->words, folded, length, err));
    return wpi_array_extend(&strings->words, " ", 2, err);
}

wp_status wpi_veil_add_identity(wpi_veil_strings *strings, const wp_identity *identity,
                                wp_error *err)
{
    if (identity->kind != WP_IDENTITY_EMAIL)
        return add_words(strings, identity->text, err);
    char lower[WPI_IDENTITY_BYTES_MAX];
    wpi_text_lower(identity->text, lower, sizeof lower);
    return wpi_array_extend(&strings->addresses, lower, strlen(lower) + 1, err);
}

wp_status wpi_veil_add_name(wpi_veil_strings *strings, const char *name, wp_error *err)
{
    return name == NULL ? WP_OK : add_words(strings, name, err);
}

static bool has_any(const wpi_array *texts, const char *in)
{
    const char *at = texts->items, *end = at + texts->count;
    while (at < end && strstr(in, at) == NULL)
        at += strlen(at) + 1;
    return at < end;
}

bool wpi_veil_mentions(const wpi_veil_strings *strings, const char *text)
{
    char changed[FOLDED_BYTES];
    if (text == NULL)
        return false;
    if (strings->addresses.count > 0 && strchr(text, '@') != NULL) {
        wpi_text_lower(text, changed, sizeof changed);
        if (has_any(&strings->addresses, changed))
            return true;
    }
    if (strings->words.count == 0)
        return false;
    changed[0] = ' ';
    size_t length = wpi_text_fold(text, changed + 1, sizeof changed - 2);
    memcpy(changed + 1 + length, " ", 2);
    return has_any(&strings->words, changed);
}

void wpi_veil_strings_free(wpi_veil_strings *strings)
{
    wpi_array_free(&strings->addresses);
    wpi_array_free(&strings->words);
}
