/*
 * Who may be meant: the walks over the name index.
 *
 * The keys begin with the length of a word and its first letters, so an equal word is one look-up
 * and the words with a beginning are one range for each length. Misspelt words are found in the
 * dictionary (dictionary.h), by passing over all words of similar lengths, and then looked up as
 * equal ones.
 */
#include <assert.h>
#include <stdlib.h>

#include "graph/dictionary.h"
#include "graph/name_search.h"
#include "graph/spelling.h"
#include "rules/domain.h"

#define RECORDS_MAX 16000 /* of the index, for all words of a query together */
/* Numbers in them: for each word, and for all of many words together. */
#define NUMBERS_MAX ((uint64_t)1 << 20)
#define NUMBERS_OF_ALL_MAX ((uint64_t)4 << 20)
/* Words of the dictionary, once for each of the query. */
#define SPELLINGS_MAX ((uint64_t)16000000)
#define AT_ONCE ((size_t)1024) /* of them */
#define NEAR_MAX 8000
#define COMPANIES_MAX 64
#define MEMBERS_MAX 20000

unsigned wpi_name_wrong_max(size_t letters)
{
    return letters <= 2 ? 0 : letters <= 4 ? 1 : 2;
}

/* --- equal words and beginnings --- */

typedef struct name_walk {
    wpi_name_search *search;
    wpi_store_cursor *cursor;
    const char *text; /* which words begin so; NULL: all of the range */
    size_t length;
    size_t word;     /* of the query */
    uint32_t bits;   /* that whoever is met has */
    int64_t records; /* left */
} name_walk;

static wp_status add_record(name_walk *walk, const wpi_name_record *record, wp_error *err)
{
    wpi_name_posting posting = {record->numbers, (uint32_t)record->count, walk->bits, 0};
    wpi_name_search *search = walk->search;
    uint64_t *proposed = &search->proposed[walk->word];
    uint64_t fair = NUMBERS_OF_ALL_MAX / search->query.count;
    if (*proposed + record->count > (fair < NUMBERS_MAX ? fair : NUMBERS_MAX)) {
        search->elsewhere |= WPI_NAME_HAS(walk->word);
        return WP_OK;
    }
    *proposed += record->count;
    return wpi_name_add_posting(search, (uint32_t)record->party << 16 | record->first >> 16,
                                posting, err);
}

static bool begins_so(const name_walk *walk, const wpi_name_record *record)
{
    return walk->text == NULL ||
           (record->length >= walk->length && memcmp(record->word, walk->text, walk->length) == 0);
}

/* The records whose key begins with a prefix, as long as more may be read. */
static wp_status visit(name_walk *walk, const wpi_key *prefix, wp_error *err)
{
    wpi_slice key, value;
    wpi_name_record record;
    if (walk->records <= 0) {
        walk->search->elsewhere |= WPI_NAME_HAS(walk->word);
        return WP_OK;
    }
    wp_status status = wpi_store_cursor_seek(walk->cursor, (wpi_slice){prefix->bytes, prefix->size},
                                             &key, &value, err);
    while (status == WP_OK && key.bytes >= prefix->size &&
           memcmp(key.data, prefix->bytes, prefix->size) == 0) {
        if (walk->records-- <= 0) {
            walk->search->elsewhere |= WPI_NAME_HAS(walk->word);
            return WP_OK;
        }
        if (!wpi_name_read(key, (wpi_record_bytes){value.data, value.bytes}, &record))
            return wpi_error_set(err, WP_ECORRUPT, "name record is malformed");
        if (begins_so(walk, &record))
            WPI_TRY(add_record(walk, &record, err));
        status = wpi_store_cursor_next(walk->cursor, &key, &value, err);
    }
    return status == WP_ENOTFOUND ? WP_OK : status;
}

static wpi_key key_of_word(const wpi_name_search *search, const char *word, size_t length)
{
    wpi_key key = wpi_name_key(search->graph, word, length, 0, 0);
    key.size = WPI_NAME_PREFIX_BYTES;
    return key;
}

/* Equal words first, then those that begin so, short ones first. */
static wp_status walk_beginnings(name_walk *walk, wp_error *err)
{
    wpi_key equal = key_of_word(walk->search, walk->text, walk->length);
    walk->bits = WPI_NAME_HAS(walk->word) | WPI_NAME_HAS_EXACTLY(walk->word);
    WPI_TRY(visit(walk, &equal, err));
    walk->bits = WPI_NAME_HAS(walk->word);
    size_t known = walk->length < 3 ? walk->length : 3;
    for (size_t length = walk->length + 1; length <= WPI_NAME_WORD_BYTES_MAX; length++) {
        wpi_key longer = {.size = 1 + known};
        longer.bytes[0] = (unsigned char)length;
        memcpy(longer.bytes + 1, walk->text, known);
        WPI_TRY(visit(walk, &longer, err));
    }
    return WP_OK;
}

wp_status wpi_name_propose_word(wpi_name_search *search, const char *word, size_t length,
                                uint32_t bits, wp_error *err)
{
    wpi_key key = key_of_word(search, word, length);
    name_walk walk = {.search = search,
                      .word = (size_t)__builtin_ctz(bits),
                      .bits = bits,
                      .records = RECORDS_MAX};
    WPI_TRY(wpi_store_cursor_open(search->graph->txn, WPI_TABLE_NAME, &walk.cursor, err));
    wp_status status = visit(&walk, &key, err);
    wpi_store_cursor_close(walk.cursor);
    return status;
}

static wp_status walk_words(wpi_name_search *search, wp_error *err)
{
    wp_status status = WP_OK;
    const wpi_name_words *query = &search->query;
    name_walk walk = {.search = search};
    WPI_TRY(wpi_store_cursor_open(search->graph->txn, WPI_TABLE_NAME, &walk.cursor, err));
    for (size_t i = 0; i < query->count; i++) {
        walk.word = i;
        walk.text = query->word[i];
        walk.length = query->length[i];
        walk.records = RECORDS_MAX / (int64_t)query->count;
        WPI_TRY_OUT(walk_beginnings(&walk, err));
    }
out:
    wpi_store_cursor_close(walk.cursor);
    return status;
}

/* --- misspelt words --- */

static unsigned wrong_max(const wpi_name_search *search, size_t word)
{
    const wpi_pattern *pattern = &search->patterns[word];
    return wpi_spelling_is_number(pattern->word, pattern->bytes)
               ? 0
               : wpi_name_wrong_max(pattern->letters);
}

static wp_status add_near(wpi_name_search *search, size_t word, const char *text, size_t bytes,
                          wp_error *err)
{
    unsigned most = wrong_max(search, word);
    unsigned distance = wpi_pattern_distance(&search->patterns[word], text, bytes, most);
    if (distance == 0 || distance > most)
        return WP_OK;
    wpi_name_near near = {key_of_word(search, text, bytes), (uint8_t)word, (uint8_t)distance};
    if (search->near.count < NEAR_MAX)
        return wpi_array_push(&search->near, &near, err);
    search->elsewhere |= WPI_NAME_HAS(word);
    return WP_OK;
}

/* Words of so many letters against one of the query. A wrong letter takes at most one away and
 * brings at most one; one that is missing takes none away, and one too many brings none, so a
 * difference in length leaves less room for others. */
static wp_status compare_word(wpi_name_search *search, size_t word, size_t letters,
                              const wpi_dictionary_part *part, wp_error *err)
{
    uint32_t places[AT_ONCE];
    size_t own = search->patterns[word].letters;
    unsigned added = wrong_max(search, word), lost = added;
    added -= own > letters ? (unsigned)(own - letters) : 0;
    lost -= letters > own ? (unsigned)(letters - own) : 0;
    for (size_t from = 0; from < part->sets.count; from += AT_ONCE) {
        size_t count = part->sets.count - from < AT_ONCE ? part->sets.count - from : AT_ONCE;
        size_t found = wpi_pattern_filter((const uint32_t *)part->sets.items + from, count,
                                          search->patterns[word].set, added, lost, places);
        for (size_t i = 0; i < found; i++) {
            size_t bytes;
            const char *text = wpi_dictionary_word(part, (uint32_t)from + places[i], &bytes);
            WPI_TRY(add_near(search, word, text, bytes, err));
        }
    }
    return WP_OK;
}

/* The words of so many letters against some of the query's. */
static wp_status compare_part(wpi_name_search *search, size_t letters, uint32_t words,
                              uint64_t *left, wp_error *err)
{
    wp_status status;
    const wpi_dictionary_part *part;
    wpi_dictionary_part own = WPI_DICTIONARY_PART_INIT;
    WPI_TRY_OUT(wpi_dictionary_find(search->graph, letters, &own, &part, err));
    if (part->is_cut)
        search->elsewhere |= words;
    for (; words != 0; words &= words - 1) {
        if (*left < part->sets.count) {
            search->elsewhere |= words;
            break;
        }
        *left -= part->sets.count;
        WPI_TRY_OUT(compare_word(search, (size_t)__builtin_ctz(words), letters, part, err));
    }
out:
    wpi_dictionary_part_free(&own);
    return status;
}

/* All words of the index that are nearly one of the query's. */
static wp_status list_near(wpi_name_search *search, wp_error *err)
{
    uint64_t left = SPELLINGS_MAX;
    for (size_t letters = 1; letters <= WPI_DICTIONARY_LETTERS_MAX; letters++) {
        uint32_t words = 0;
        for (size_t i = 0; i < search->query.count; i++) {
            size_t own = search->patterns[i].letters, most = wrong_max(search, i);
            if (most > 0 && letters + most >= own && letters <= own + most)
                words |= WPI_NAME_HAS(i);
        }
        if (words != 0)
            WPI_TRY(compare_part(search, letters, words, &left, err));
    }
    return WP_OK;
}

static int compare_near(const void *a, const void *b)
{
    const wpi_name_near *x = a, *y = b;
    return memcmp(x->key.bytes, y->key.bytes, WPI_NAME_PREFIX_BYTES);
}

/* The records of near words, in the order in which they lie. */
static wp_status walk_near(wpi_name_search *search, unsigned distance_max, wp_error *err)
{
    wp_status status = WP_OK;
    name_walk walk = {.search = search, .records = RECORDS_MAX};
    WPI_TRY(wpi_store_cursor_open(search->graph->txn, WPI_TABLE_NAME, &walk.cursor, err));
    for (size_t i = 0; i < search->near.count; i++) {
        const wpi_name_near *near = &WPI_ARRAY_AT(&search->near, wpi_name_near, i);
        walk.word = near->word;
        walk.bits = WPI_NAME_HAS(near->word);
        if (near->distance > search->near_proposed && near->distance <= distance_max)
            WPI_TRY_OUT(visit(&walk, &near->key, err));
    }
out:
    wpi_store_cursor_close(walk.cursor);
    return status;
}

/* --- companies supply words for those who work there --- */

static wp_status add_member(void *context, wpi_slice key, wpi_record_bytes value, wp_error *err)
{
    wpi_array *members = context;
    (void)value;
    if (key.bytes != 12)
        return wpi_error_set(err, WP_ECORRUPT, "member key is malformed");
    if (members->count == MEMBERS_MAX)
        return WP_ENOTFOUND; /* ends the walk */
    uint32_t person = wpi_key_get_u32(key.data, 4);
    return wpi_array_push(members, &person, err);
}

/* Whether `bits` have more of the query, or more of it exactly. */
static bool is_more(uint32_t bits, uint32_t than)
{
    unsigned words = WPI_NAME_COUNT_HAS(bits), words_than = WPI_NAME_COUNT_HAS(than);
    return words != words_than ? words > words_than
                               : WPI_NAME_COUNT_EXACTLY(bits) > WPI_NAME_COUNT_EXACTLY(than);
}

/* The companies with most of the query, then the lowest numbers. */
typedef struct best_companies {
    wpi_name_search *search;
    size_t count;
    uint32_t number[COMPANIES_MAX];
    uint32_t bits[COMPANIES_MAX];
} best_companies;

/* The people of a company with some words are not proposed. */
static void leave_out(wpi_name_search *search, uint32_t bits)
{
    search->elsewhere |= bits & 0xffff;
}

/* They come by number, so equals are kept in that order. */
static void choose_company(best_companies *best, uint32_t number, uint32_t bits)
{
    const uint64_t *before = wpi_map_find(&best->search->staffed, number);
    if (before != NULL && *before == bits)
        return;
    size_t at = best->count;
    while (at > 0 && is_more(bits, best->bits[at - 1]))
        at--;
    if (best->count == COMPANIES_MAX)
        leave_out(best->search, at == COMPANIES_MAX ? bits : best->bits[COMPANIES_MAX - 1]);
    if (at == COMPANIES_MAX)
        return;
    best->count += best->count < COMPANIES_MAX;
    memmove(best->number + at + 1, best->number + at, (best->count - at - 1) * 4);
    memmove(best->bits + at + 1, best->bits + at, (best->count - at - 1) * 4);
    best->number[at] = number;
    best->bits[at] = bits;
}

static wp_status choose_companies(void *context, const wpi_name_slot *slot, wp_error *err)
{
    best_companies *best = context;
    (void)err;
    for (uint64_t left = slot->met; left != 0; left &= left - 1) {
        unsigned place = (unsigned)__builtin_ctzll(left);
        choose_company(best, slot->first + place, wpi_name_slot_bits(best->search, slot, place));
    }
    return WP_OK;
}

/* The members by any of a company's numbers, as many as may still come. */
static wp_status add_members_of(wpi_name_search *search, uint32_t company, uint32_t bits,
                                size_t *left, wp_error *err)
{
    wp_status status;
    wpi_graph *graph = search->graph;
    wpi_array numbers = WPI_ARRAY_OF(uint32_t), members = WPI_ARRAY_OF(uint32_t);
    WPI_TRY_OUT(wpi_party_resolve(graph, WPI_COMPANY, company, &company, err));
    WPI_TRY_OUT(wpi_party_numbers(graph, WPI_COMPANY, company, &numbers, err));
    for (size_t i = 0; i < numbers.count; i++)
        WPI_TRY_OUT(wpi_graph_each(graph, WPI_TABLE_MEMBER,
                                   wpi_key_u32(WPI_ARRAY_AT(&numbers, uint32_t, i)), add_member,
                                   &members, err));
    wpi_sight_filter(search->sight, WPI_PERSON, &members);
    if (members.count > *left)
        leave_out(search, bits);
    size_t count = members.count < *left ? members.count : *left;
    *left -= count;
    WPI_TRY_OUT(wpi_name_add_numbers(search, WPI_PERSON, members.items, count, bits, err));
out:
    wpi_array_free(&numbers);
    wpi_array_free(&members);
    return status;
}

static wp_status add_members(wpi_name_search *search, wp_error *err)
{
    best_companies best = {.search = search};
    size_t left = MEMBERS_MAX;
    WPI_TRY(wpi_name_each_slot(search, WPI_COMPANY, WPI_COMPANY, 0, choose_companies, &best, err));
    for (size_t i = 0; i < best.count; i++) {
        uint64_t *words;
        WPI_TRY(wpi_map_put(&search->staffed, best.number[i], 0, &words, NULL, err));
        *words = best.bits[i];
        WPI_TRY(add_members_of(search, best.number[i], best.bits[i], &left, err));
    }
    return WP_OK;
}

/* Words of a mail provider's domain, which is no company: people have them by their address. */
static bool fits_domain(const wpi_pattern *query, const char *domain)
{
    for (size_t length; *domain != '\0'; domain += length + (domain[length] != '\0')) {
        length = strcspn(domain, ".-");
        if (length + 2 >= query->letters && wpi_name_fit(query, domain, length) > 0.0)
            return true;
    }
    return false;
}

/* Countries, "fr" or "com", stand behind some of them without being listed. */
static void find_domain_words(wpi_name_search *search)
{
    const struct {
        const char *const *items;
        size_t count;
    } lists[] = {{wpi_domain_free, wpi_domain_free_count},
                 {wpi_domain_disposable, wpi_domain_disposable_count}};
    for (size_t word = 0; word < search->query.count; word++) {
        const wpi_pattern *query = &search->patterns[word];
        bool fits = query->bytes <= 3;
        for (size_t list = 0; list < 2; list++)
            for (size_t i = 0; i < lists[list].count && !fits; i++)
                fits = fits_domain(query, lists[list].items[i]);
        search->elsewhere |= fits ? WPI_NAME_HAS(word) : 0;
    }
}

wp_status wpi_name_propose(wpi_name_search *search, wp_error *err)
{
    WPI_TRY(walk_words(search, err));
    if (search->query.count < 2)
        return WP_OK;
    find_domain_words(search);
    return add_members(search, err);
}

wp_status wpi_name_propose_misspelt(wpi_name_search *search, unsigned distance_max, wp_error *err)
{
    assert(distance_max > search->near_proposed);
    if (search->near_proposed == 0) {
        WPI_TRY(wpi_name_propose_joined(search, err));
        WPI_TRY(list_near(search, err));
        if (search->near.count > 1)
            qsort(search->near.items, search->near.count, sizeof(wpi_name_near), compare_near);
    }
    WPI_TRY(walk_near(search, distance_max, err));
    search->near_proposed = distance_max;
    return search->query.count > 1 ? add_members(search, err) : WP_OK;
}
