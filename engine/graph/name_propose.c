/*
 * Who may be meant: the walks over the name index.
 *
 * The keys begin with the length of a word and its first letters, so an equal word is one look-up,
 * the words with a beginning are one range for each length, and misspelt words are ranges of
 * similar lengths. A misspelt word is looked for where at most one of the errors is among its first
 * two letters: they stand, or one of them is replaced, lost, added, or both are swapped. That reads
 * a sixth of the words of these lengths instead of all.
 */
#include <assert.h>

#include "base/text.h"
#include "graph/name_search.h"

#define STEPS_MAX 60000 /* for all words of a query together */
#define STEPS_MISSPELT_MAX 100000
#define STEPS_OF_RECORD 2
#define COMPANIES_MAX 64
#define MEMBERS_MAX 20000

typedef struct name_walk {
    wpi_name_search *search;
    wpi_store_cursor *cursor;
    size_t word; /* of the query */
    const char *text;
    size_t length;
    bool is_misspelt; /* accept nearly equal words rather than those that begin so */
    uint32_t letters;
    int64_t steps;         /* left */
    unsigned char last[9]; /* the word looked at last, as in its key */
    bool is_last_wanted;
} name_walk;

unsigned wpi_name_wrong_max(size_t length)
{
    return length <= 2 ? 0 : length <= 4 ? 1 : 2;
}

static uint32_t letters_of(const char *text, size_t length)
{
    uint32_t letters = 0;
    for (size_t i = 0; i < length; i++)
        letters |= UINT32_C(1) << (text[i] & 31);
    return letters;
}

/* A wrong letter takes at most one away and brings at most one. */
static bool is_near(const name_walk *walk, const wpi_name_record *record)
{
    unsigned most = wpi_name_wrong_max(walk->length);
    uint32_t letters = letters_of(record->word, record->length);
    if ((unsigned)__builtin_popcount(letters & ~walk->letters) > most ||
        (unsigned)__builtin_popcount(walk->letters & ~letters) > most)
        return false;
    return wpi_text_distance(walk->text, walk->length, record->word, record->length, most) <= most;
}

static bool is_wanted(name_walk *walk, wpi_slice key, const wpi_name_record *record)
{
    if (memcmp(walk->last, key.data, sizeof walk->last) == 0)
        return walk->is_last_wanted;
    memcpy(walk->last, key.data, sizeof walk->last);
    walk->is_last_wanted =
        walk->is_misspelt
            ? is_near(walk, record)
            : record->length >= walk->length && memcmp(record->word, walk->text, walk->length) == 0;
    return walk->is_last_wanted;
}

static wp_status add_numbers(name_walk *walk, const wpi_name_record *record, wp_error *err)
{
    bool is_exact = !walk->is_misspelt && record->length == walk->length;
    uint64_t bits = WPI_NAME_HAS(walk->word) | (is_exact ? WPI_NAME_HAS_EXACTLY(walk->word) : 0);
    uint64_t *found;
    for (size_t i = 0; i < record->count && walk->steps > 0; i++) {
        uint32_t number = wpi_name_number(record, i);
        uint64_t who = (uint64_t)record->party << 32 | number;
        if (!wpi_sight_has(walk->search->sight, (wpi_party)record->party, number))
            continue;
        walk->steps--;
        WPI_TRY(wpi_map_put(&walk->search->found, who, 0, &found, NULL, err));
        *found |= bits;
    }
    return WP_OK;
}

/* The records whose key begins with a prefix, as long as there are steps left. */
static wp_status visit(name_walk *walk, const wpi_key *prefix, wp_error *err)
{
    wpi_slice key, value;
    wpi_name_record record;
    wp_status status = wpi_store_cursor_seek(walk->cursor, (wpi_slice){prefix->bytes, prefix->size},
                                             &key, &value, err);
    while (status == WP_OK && key.bytes >= prefix->size &&
           memcmp(key.data, prefix->bytes, prefix->size) == 0) {
        walk->steps -= STEPS_OF_RECORD;
        if (walk->steps <= 0) {
            walk->search->is_cut = true;
            return WP_OK;
        }
        if (!wpi_name_read(key, (wpi_record_bytes){value.data, value.bytes}, &record))
            return wpi_error_set(err, WP_ECORRUPT, "name record is malformed");
        if (is_wanted(walk, key, &record))
            WPI_TRY(add_numbers(walk, &record, err));
        status = wpi_store_cursor_next(walk->cursor, &key, &value, err);
    }
    return status == WP_ENOTFOUND ? WP_OK : status;
}

static wpi_key range(size_t length, const char *letters, size_t count)
{
    wpi_key key = {.size = 1 + count};
    key.bytes[0] = (unsigned char)length;
    memcpy(key.bytes + 1, letters, count);
    return key;
}

/* Equal words first, then those that begin so, short ones first. */
static wp_status walk_beginnings(name_walk *walk, wp_error *err)
{
    wpi_key equal = wpi_name_key(walk->search->graph, walk->text, walk->length, 0, 0);
    equal.size = sizeof walk->last;
    WPI_TRY(visit(walk, &equal, err));
    size_t known = walk->length < 3 ? walk->length : 3;
    for (size_t length = walk->length + 1; length <= WPI_NAME_WORD_BYTES_MAX; length++) {
        wpi_key longer = range(length, walk->text, known);
        WPI_TRY(visit(walk, &longer, err));
    }
    return WP_OK;
}

/* Words of one length that are nearly this one; it has three letters or more. */
static wp_status walk_near(name_walk *walk, size_t length, wp_error *err)
{
    /* First bytes of words: letters, digits, Latin beyond ASCII, Greek and Cyrillic. */
    static const char firsts[] = "abcdefghijklmnopqrstuvwxyz0123456789\xC3\xC4\xC5\xCE\xCF\xD0\xD1";
    const char *text = walk->text;
    wpi_key same = range(length, text, 1), lost = range(length, text + 1, 2);
    WPI_TRY(visit(walk, &same, err));
    if (length >= 2)
        WPI_TRY(visit(walk, &lost, err));
    for (const char *first = firsts; *first != '\0' && length >= 2; first++) {
        char added[2] = {*first, text[0]}, replaced[2] = {*first, text[1]};
        wpi_key keys[2] = {range(length, added, 2), range(length, replaced, 2)};
        if (*first == text[0])
            continue;
        WPI_TRY(visit(walk, &keys[0], err));
        if (text[0] != text[1])
            WPI_TRY(visit(walk, &keys[1], err));
    }
    return WP_OK;
}

/* The same length first: swapped and wrong letters are the usual errors, and steps may run out. */
static wp_status walk_misspelt(name_walk *walk, wp_error *err)
{
    size_t most = wpi_name_wrong_max(walk->length);
    if (most == 0)
        return WP_OK;
    walk->letters = letters_of(walk->text, walk->length);
    for (size_t more = 0; more <= most; more++) {
        WPI_TRY(walk_near(walk, walk->length - more, err));
        if (more > 0 && walk->length + more <= WPI_NAME_WORD_BYTES_MAX)
            WPI_TRY(walk_near(walk, walk->length + more, err));
    }
    return WP_OK;
}

static wp_status walk_words(wpi_name_search *search, bool is_misspelt, wp_error *err)
{
    wp_status status = WP_OK;
    const wpi_name_words *query = &search->query;
    wpi_store_cursor *cursor = NULL;
    WPI_TRY(wpi_store_cursor_open(search->graph->txn, WPI_TABLE_NAME, &cursor, err));
    for (size_t i = 0; i < query->count; i++) {
        name_walk walk = {.search = search,
                          .cursor = cursor,
                          .word = i,
                          .text = query->word[i],
                          .length = query->length[i],
                          .is_misspelt = is_misspelt,
                          .steps = (is_misspelt ? STEPS_MISSPELT_MAX : STEPS_MAX) /
                                   (int64_t)query->count};
        WPI_TRY_OUT(is_misspelt ? walk_misspelt(&walk, err) : walk_beginnings(&walk, err));
    }
out:
    wpi_store_cursor_close(cursor);
    return status;
}

/* --- companies supply words for those who work there --- */

typedef struct member_walk {
    wpi_name_search *search;
    uint64_t bits;
    size_t left;
} member_walk;

static wp_status add_member(void *context, wpi_slice key, wpi_record_bytes value, wp_error *err)
{
    member_walk *walk = context;
    uint64_t *found;
    (void)value;
    if (key.bytes != 12)
        return wpi_error_set(err, WP_ECORRUPT, "member key is malformed");
    if (!wpi_sight_has(walk->search->sight, WPI_PERSON, wpi_key_get_u32(key.data, 4)))
        return WP_OK;
    if (walk->left == 0) {
        walk->search->is_cut = true;
        return WP_ENOTFOUND; /* ends the walk */
    }
    walk->left--;
    uint64_t who = (uint64_t)WPI_PERSON << 32 | wpi_key_get_u32(key.data, 4);
    WPI_TRY(wpi_map_put(&walk->search->found, who, 0, &found, NULL, err));
    *found |= walk->bits;
    return WP_OK;
}

/* Whether `bits` have more of the query, or more of it exactly. */
static bool is_more(uint64_t bits, uint64_t than)
{
    int words = __builtin_popcountll(bits & 0xffff),
        words_than = __builtin_popcountll(than & 0xffff);
    if (words != words_than)
        return words > words_than;
    return __builtin_popcountll(bits & 0xffff0000) > __builtin_popcountll(than & 0xffff0000);
}

/* Keep the best companies, by what they have of the query and then by number, in a sorted list. */
static size_t choose_companies(const wpi_map *found, wpi_map_slot *best)
{
    size_t count = 0;
    for (size_t i = 0; i < found->capacity; i++) {
        wpi_map_slot slot = found->slots[i];
        if (slot.key == WPI_MAP_KEY_NONE || slot.key >> 32 != WPI_COMPANY)
            continue;
        size_t at = count;
        while (at > 0 &&
               (is_more(slot.value, best[at - 1].value) ||
                (!is_more(best[at - 1].value, slot.value) && slot.key < best[at - 1].key)))
            at--;
        if (at == COMPANIES_MAX)
            continue;
        count += count < COMPANIES_MAX;
        memmove(best + at + 1, best + at, (count - at - 1) * sizeof *best);
        best[at] = slot;
    }
    return count;
}

/* The members by any of a company's numbers. */
static wp_status add_members_of(member_walk *walk, uint32_t company, wp_error *err)
{
    wp_status status;
    wpi_graph *graph = walk->search->graph;
    wpi_array numbers = WPI_ARRAY_OF(uint32_t);
    WPI_TRY_OUT(wpi_party_resolve(graph, WPI_COMPANY, company, &company, err));
    WPI_TRY_OUT(wpi_party_numbers(graph, WPI_COMPANY, company, &numbers, err));
    for (size_t i = 0; i < numbers.count; i++)
        WPI_TRY_OUT(wpi_graph_each(graph, WPI_TABLE_MEMBER,
                                   wpi_key_u32(WPI_ARRAY_AT(&numbers, uint32_t, i)), add_member,
                                   walk, err));
out:
    wpi_array_free(&numbers);
    return status;
}

static wp_status add_members(wpi_name_search *search, wp_error *err)
{
    wpi_map_slot companies[COMPANIES_MAX];
    size_t count = choose_companies(&search->found, companies);
    member_walk walk = {.search = search, .left = MEMBERS_MAX};
    for (size_t i = 0; i < count; i++) {
        walk.bits = companies[i].value & UINT32_MAX;
        WPI_TRY(add_members_of(&walk, (uint32_t)companies[i].key, err));
    }
    return WP_OK;
}

wp_status wpi_name_propose(wpi_name_search *search, wp_error *err)
{
    WPI_TRY(walk_words(search, false, err));
    return search->query.count > 1 ? add_members(search, err) : WP_OK;
}

wp_status wpi_name_propose_misspelt(wpi_name_search *search, wp_error *err)
{
    WPI_TRY(walk_words(search, true, err));
    return search->query.count > 1 ? add_members(search, err) : WP_OK;
}
