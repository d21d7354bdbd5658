/*
 * Words that are one in a query and several in a name, or the other way: "jeanpierre" and Jean
 * Pierre, "van der berg" and Vanderberg, 山田太郎 and 山田 太郎. A blank that is missing or too
 * many is a slip like a wrong letter, and counts as one, however many blanks a word has.
 *
 * Words of the query are joined, up to three neighbours, and looked for as one. A word is cut in
 * two or three where all parts are words of the index; the people who have all of them are
 * proposed. Both are as many look-ups as there are places to cut, so nothing is listed.
 */
#include "graph/name_search.h"

#define RUN_WORDS_MAX 3
#define JOINED_FIT 0.8 /* as of a word with a wrong letter */

/* Words joined; umlauts at the seams are merged as they are in the index. */
typedef struct joined_word {
    char text[RUN_WORDS_MAX * WPI_NAME_WORD_BYTES_MAX + 1];
    size_t length;
} joined_word;

static void join_words(const wpi_name_words *query, size_t first, size_t count, joined_word *out)
{
    out->length = 0;
    for (size_t i = first; i < first + count; i++) {
        char before = out->length == 0 ? ' ' : out->text[out->length - 1];
        size_t from = query->word[i][0] == 'e' && strchr("aou", before) != NULL ? 1 : 0;
        memcpy(out->text + out->length, query->word[i] + from, query->length[i] - from);
        out->length += query->length[i] - from;
    }
}

static bool has_word(const wpi_name_words *text, const char *word, size_t length)
{
    for (size_t i = 0; i < text->count; i++)
        if (text->length[i] == length && memcmp(text->word[i], word, length) == 0)
            return true;
    return false;
}

/* Whether words of a text from one on, two or three, are a word together. */
static bool is_joined_at(const wpi_name_words *text, size_t from, const wpi_pattern *query)
{
    size_t used = 0;
    for (size_t i = from; i < text->count && i < from + RUN_WORDS_MAX; i++) {
        if (text->length[i] > query->bytes - used ||
            memcmp(query->word + used, text->word[i], text->length[i]) != 0)
            return false;
        used += text->length[i];
        if (used == query->bytes)
            return i > from;
    }
    return false;
}

double wpi_name_fit_joined(const wpi_name_search *search, size_t word, const wpi_name_words *text)
{
    joined_word joined;
    for (size_t i = 0; i + 1 < text->count; i++)
        if (is_joined_at(text, i, &search->patterns[word]))
            return JOINED_FIT;
    for (size_t count = 2; count <= RUN_WORDS_MAX && count <= search->query.count; count++)
        for (size_t first = word + 1 > count ? word + 1 - count : 0;
             first <= word && first + count <= search->query.count; first++) {
            join_words(&search->query, first, count, &joined);
            if (has_word(text, joined.text, joined.length))
                return JOINED_FIT;
        }
    return 0.0;
}

/* --- proposing --- */

static wp_status propose_runs(wpi_name_search *search, wp_error *err)
{
    joined_word joined;
    for (size_t count = 2; count <= RUN_WORDS_MAX; count++)
        for (size_t first = 0; first + count <= search->query.count; first++) {
            join_words(&search->query, first, count, &joined);
            uint32_t bits = (WPI_NAME_HAS(count) - 1) << first;
            if (joined.length <= WPI_NAME_WORD_BYTES_MAX)
                WPI_TRY(wpi_name_propose_word(search, joined.text, joined.length, bits, err));
        }
    return WP_OK;
}

/* The parts of a word, cut in two or three. */
typedef struct word_parts {
    const char *text[RUN_WORDS_MAX];
    size_t length[RUN_WORDS_MAX];
    size_t count;
} word_parts;

/* The record of a word where another word's is; WP_ENOTFOUND when it has none. */
static wp_status load_beside(wpi_name_search *search, const char *word, size_t length,
                             const wpi_name_record *other, wpi_name_record *out, wp_error *err)
{
    wpi_record_bytes value;
    wpi_key key = wpi_name_key(search->graph, word, length, other->party, other->first);
    WPI_TRY(wpi_graph_get(search->graph, WPI_TABLE_NAME, key, &value, err));
    if (!wpi_name_read((wpi_slice){key.bytes, key.size}, value, out))
        return wpi_error_set(err, WP_ECORRUPT, "name record is malformed");
    return WP_OK;
}

/* Keep of some numbers of a block those that a record has as well; both ascend. */
static void keep_common(wpi_array *numbers, const wpi_name_record *record)
{
    size_t kept = 0, at = 0;
    uint32_t *items = numbers->items;
    for (size_t i = 0; i < numbers->count; i++) {
        while (at < record->count && wpi_name_number(record, at) < items[i])
            at++;
        if (at < record->count && wpi_name_number(record, at) == items[i])
            items[kept++] = items[i];
    }
    numbers->count = kept;
}

/* Propose those in a record of the first part who have the others. */
static wp_status propose_common(wpi_name_search *search, const word_parts *parts,
                                const wpi_name_record *first, uint32_t bits, wp_error *err)
{
    wp_status status = WP_OK;
    wpi_array numbers = WPI_ARRAY_OF(uint32_t);
    WPI_TRY_OUT(wpi_array_reserve(&numbers, first->count, err));
    numbers.count = first->count;
    for (size_t i = 0; i < first->count; i++)
        WPI_ARRAY_AT(&numbers, uint32_t, i) = wpi_name_number(first, i);
    for (size_t part = 1; part < parts->count && numbers.count > 0; part++) {
        wpi_name_record record;
        status = load_beside(search, parts->text[part], parts->length[part], first, &record, err);
        if (status == WP_ENOTFOUND)
            numbers.count = 0;
        else
            WPI_TRY_OUT(status);
        if (numbers.count > 0)
            keep_common(&numbers, &record);
    }
    status = numbers.count == 0 ? WP_OK
                                : wpi_name_add_numbers(search, first->party, numbers.items,
                                                       numbers.count, bits, err);
out:
    wpi_array_free(&numbers);
    return status;
}

static wp_status propose_parts(wpi_name_search *search, const word_parts *parts, uint32_t bits,
                               wp_error *err)
{
    wpi_slice key, value;
    wpi_store_cursor *cursor;
    wpi_key prefix = wpi_name_key(search->graph, parts->text[0], parts->length[0], 0, 0);
    WPI_TRY(wpi_store_cursor_open(search->graph->txn, WPI_TABLE_NAME, &cursor, err));
    wp_status status = wpi_store_cursor_seek(
        cursor, (wpi_slice){prefix.bytes, WPI_NAME_PREFIX_BYTES}, &key, &value, err);
    while (status == WP_OK && key.bytes >= WPI_NAME_PREFIX_BYTES &&
           memcmp(key.data, prefix.bytes, WPI_NAME_PREFIX_BYTES) == 0) {
        wpi_name_record record;
        if (wpi_name_read(key, (wpi_record_bytes){value.data, value.bytes}, &record))
            status = propose_common(search, parts, &record, bits, err);
        else
            status = wpi_error_set(err, WP_ECORRUPT, "name record is malformed");
        if (status == WP_OK)
            status = wpi_store_cursor_next(cursor, &key, &value, err);
    }
    wpi_store_cursor_close(cursor);
    return status == WP_ENOTFOUND ? WP_OK : status;
}

/* Whether a word is one of the index; WP_ENOTFOUND if not. */
static wp_status is_word(wpi_name_search *search, const char *word, size_t length, wp_error *err)
{
    const char *found;
    size_t bytes;
    wpi_key key = wpi_name_key(search->graph, word, length, 0, 0);
    return wpi_name_word(search->graph, &key, &found, &bytes, err);
}

static bool is_cut_inside(const char *text)
{
    return ((unsigned char)*text & 0xC0) == 0x80; /* of a character of several bytes */
}

/* Whether all parts but the first are words of the index; WP_ENOTFOUND if not. */
static wp_status are_words(wpi_name_search *search, const word_parts *parts, wp_error *err)
{
    for (size_t i = 1; i < parts->count; i++)
        WPI_TRY(is_word(search, parts->text[i], parts->length[i], err));
    return WP_OK;
}

static wp_status propose_if_words(wpi_name_search *search, const word_parts *parts, uint32_t bits,
                                  wp_error *err)
{
    wp_status status = are_words(search, parts, err);
    if (status == WP_OK)
        status = propose_parts(search, parts, bits, err);
    return status == WP_ENOTFOUND ? WP_OK : status;
}

/* All ways to cut a word whose first part is a word. */
static wp_status propose_cuts(wpi_name_search *search, size_t word, size_t first, wp_error *err)
{
    const char *text = search->query.word[word];
    size_t rest = search->query.length[word] - first;
    word_parts parts = {{text, text + first}, {first, rest}, 2};
    WPI_TRY(propose_if_words(search, &parts, WPI_NAME_HAS(word), err));
    parts.count = 3;
    for (size_t second = 1; second < rest; second++) {
        parts.length[1] = second;
        parts.text[2] = text + first + second;
        parts.length[2] = rest - second;
        if (!is_cut_inside(parts.text[2]))
            WPI_TRY(propose_if_words(search, &parts, WPI_NAME_HAS(word), err));
    }
    return WP_OK;
}

wp_status wpi_name_propose_joined(wpi_name_search *search, wp_error *err)
{
    WPI_TRY(propose_runs(search, err));
    for (size_t word = 0; word < search->query.count; word++) {
        const char *text = search->query.word[word];
        for (size_t first = 1; first < search->query.length[word]; first++) {
            if (is_cut_inside(text + first))
                continue;
            wp_status status = is_word(search, text, first, err);
            if (status == WP_OK)
                status = propose_cuts(search, word, first, err);
            if (status != WP_OK && status != WP_ENOTFOUND)
                return status;
        }
    }
    return WP_OK;
}
