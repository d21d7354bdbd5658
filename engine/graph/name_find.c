/*
 * Search by name: trigrams propose, words decide.
 *
 * Whoever shares a trigram with the query is a candidate; those that share most are looked at. A
 * candidate matches when every word of the query fits a word of one of its texts: equal, as its
 * beginning, or misspelt. A person's company may supply words that the name lacks ("ann acme").
 * Only an equal text scores 1.
 */
#include <stdlib.h>

#include "base/text.h"
#include "graph/adjacency.h"
#include "graph/company.h"
#include "graph/employment.h"
#include "graph/name.h"
#include "graph/person.h"

#define FOLDED_BYTES_MAX 2048
#define WORDS_MAX 16
#define POSTINGS_MAX 500000
#define LOOKED_AT_MAX 3000
#define TODAY INT32_MAX /* employments that go on */

/* A folded text and its words. */
typedef struct words {
    char text[FOLDED_BYTES_MAX];
    const char *word[WORDS_MAX];
    size_t length[WORDS_MAX];
    size_t count;
} words;

/* Somebody who shares trigrams with the query. */
typedef struct name_candidate {
    uint32_t number;
    wpi_party kind;
    uint32_t hits;
    uint32_t ties;
    double score;
} name_candidate;

typedef struct name_search {
    wpi_graph *graph;
    words query;
    wpi_map hits; /* kind << 32 | number -> shared trigrams */
    size_t postings;
    wpi_array found; /* of candidate */
} name_search;

static void split(const char *text, words *out)
{
    wpi_text_fold(text, out->text, sizeof out->text);
    out->count = 0;
    for (const char *at = out->text; *at != '\0' && out->count < WORDS_MAX;) {
        size_t length = strcspn(at, " ");
        out->word[out->count] = at;
        out->length[out->count++] = length;
        at += length + (at[length] == ' ' ? 1 : 0);
    }
}

/* How well a word of the query fits a word of a text, 0..1. */
static double fit(const char *query, size_t query_length, const char *word, size_t length)
{
    unsigned most = query_length <= 2 ? 0 : query_length <= 4 ? 1 : 2;
    if (query_length == length && memcmp(query, word, length) == 0)
        return 1.0;
    if (query_length < length && memcmp(query, word, query_length) == 0)
        return 0.9;
    unsigned distance = wpi_text_distance(query, query_length, word, length, most);
    if (distance <= most)
        return 1.0 - 0.2 * distance;
    if (query_length >= 5 && query_length < length &&
        wpi_text_distance(query, query_length, word, query_length, 1) <= 1)
        return 0.7;
    return 0.0;
}

static double best_fit(const words *query, size_t index, const words *text)
{
    double best = 0.0;
    for (size_t i = 0; i < text->count; i++) {
        double score =
            fit(query->word[index], query->length[index], text->word[i], text->length[i]);
        best = score > best ? score : best;
    }
    return best;
}

/* The score of one text; `more` (may be NULL) supplies words that it lacks, at a discount. */
static double score_text(const words *query, const words *text, const words *more)
{
    double sum = 0.0;
    if (strcmp(query->text, text->text) == 0)
        return 1.0;
    for (size_t i = 0; i < query->count; i++) {
        double score = best_fit(query, i, text);
        if (score == 0.0 && more != NULL)
            score = 0.8 * best_fit(query, i, more);
        if (score == 0.0)
            return 0.0;
        sum += score;
    }
    double mean = sum / (double)query->count;
    return mean < 0.99 ? mean : 0.99;
}

static double score_texts(const words *query, const wpi_name_texts *texts, const words *more)
{
    words text;
    double best = 0.0;
    for (size_t i = 0; i < texts->count; i++) {
        split(texts->items[i], &text);
        double score = text.count == 0 ? 0.0 : score_text(query, &text, more);
        best = score > best ? score : best;
    }
    return best;
}

/* The words of a person's company; none when there is no company. */
static wp_status company_words(wpi_graph *graph, uint32_t person, words *out, wp_error *err)
{
    wp_employment employment;
    wp_company company;
    out->count = 0;
    out->text[0] = '\0';
    WPI_TRY(wpi_employment_on(graph, person, TODAY, &employment, err));
    if (employment.company == 0)
        return WP_OK;
    WPI_TRY(wpi_company_get(graph, employment.company, &company, err));
    if (company.name != NULL || company.identity_count > 0)
        split(company.name != NULL ? company.name : company.identities[0].text, out);
    return WP_OK;
}

static wp_status count_ties(name_search *search, name_candidate *candidate, wp_error *err)
{
    wpi_neighbours neighbours;
    wpi_arc_hot arc;
    uint32_t at = 0;
    WPI_TRY(wpi_adjacency_find(search->graph, candidate->number, &neighbours, err));
    while (wpi_neighbours_next(&neighbours, &at, &arc))
        candidate->ties++;
    return WP_OK;
}

/* Find whose number it is, and score all texts of that person or company. */
static wp_status score_candidate(name_search *search, name_candidate *candidate, wp_error *err)
{
    wpi_said *all;
    wpi_name_texts texts;
    words company;
    wpi_party party = candidate->kind;
    WPI_TRY(wpi_party_resolve(search->graph, party, candidate->number, &candidate->number, err));
    WPI_TRY(wpi_party_load(search->graph, party, candidate->number, &all, err));
    WPI_TRY(wpi_name_texts_of(search->graph, all, &texts, err));
    candidate->score = score_texts(&search->query, &texts, NULL);
    if (party == WPI_PERSON && candidate->score == 0.0 && search->query.count > 1) {
        WPI_TRY(company_words(search->graph, candidate->number, &company, err));
        candidate->score = score_texts(&search->query, &texts, &company);
    }
    if (candidate->score == 0.0 || party == WPI_COMPANY)
        return WP_OK;
    return count_ties(search, candidate, err);
}

static wp_status count_hit(void *context, wpi_slice key, wpi_record_bytes value, wp_error *err)
{
    name_search *search = context;
    uint64_t *hits = NULL;
    (void)value;
    if (key.bytes != 8)
        return wpi_error_set(err, WP_ECORRUPT, "name key is malformed");
    if (++search->postings > POSTINGS_MAX)
        return WP_ENOTFOUND; /* ends the walk: what was found stands */
    const unsigned char *bytes = key.data;
    uint64_t who = (uint64_t)bytes[3] << 32 | wpi_key_get_u32(key.data, 4);
    WPI_TRY(wpi_map_put(&search->hits, who, 0, &hits, NULL, err));
    ++*hits;
    return WP_OK;
}

static wp_status propose(name_search *search, const char *text, wp_error *err)
{
    wp_status status = WP_OK;
    wpi_array trigrams = WPI_ARRAY_OF(uint32_t);
    wpi_name_texts texts = {&text, 1};
    WPI_TRY_OUT(wpi_name_trigrams(&texts, &trigrams, err));
    for (size_t i = 0; i < trigrams.count; i++) {
        uint32_t trigram = WPI_ARRAY_AT(&trigrams, uint32_t, i);
        wpi_key prefix = {.size = 3};
        prefix.bytes[0] = (unsigned char)(trigram >> 16);
        prefix.bytes[1] = (unsigned char)(trigram >> 8);
        prefix.bytes[2] = (unsigned char)trigram;
        WPI_TRY_OUT(wpi_graph_each(search->graph, WPI_TABLE_NAME, prefix, count_hit, search, err));
    }
    for (size_t i = 0; i < search->hits.capacity; i++) {
        const wpi_map_slot *slot = &search->hits.slots[i];
        name_candidate added = {.number = (uint32_t)slot->key,
                                .kind = (wpi_party)(slot->key >> 32),
                                .hits = (uint32_t)slot->value};
        if (slot->key != WPI_MAP_KEY_NONE)
            WPI_TRY_OUT(wpi_array_push(&search->found, &added, err));
    }
out:
    wpi_array_free(&trigrams);
    return status;
}

static int compare_hits(const void *a, const void *b)
{
    const name_candidate *x = a, *y = b;
    if (x->hits != y->hits)
        return x->hits > y->hits ? -1 : 1;
    if (x->kind != y->kind)
        return x->kind < y->kind ? -1 : 1;
    return x->number < y->number ? -1 : x->number > y->number;
}

static int compare_score(const void *a, const void *b)
{
    const name_candidate *x = a, *y = b;
    if (x->score != y->score)
        return x->score > y->score ? -1 : 1;
    if (x->ties != y->ties)
        return x->ties > y->ties ? -1 : 1;
    if (x->kind != y->kind)
        return x->kind < y->kind ? -1 : 1;
    return x->number < y->number ? -1 : x->number > y->number;
}

/* Keep the candidates that match, best first. */
static wp_status decide(name_search *search, wp_error *err)
{
    name_candidate *items = search->found.items;
    size_t kept = 0;
    if (search->found.count > 1)
        qsort(items, search->found.count, sizeof *items, compare_hits);
    for (size_t i = 0; i < search->found.count && i < LOOKED_AT_MAX; i++) {
        wpi_graph_reclaim(search->graph);
        wp_status status = score_candidate(search, &items[i], err);
        if (status == WP_ENOTFOUND)
            return wpi_error_set(err, WP_ECORRUPT, "name record has nobody");
        WPI_TRY(status);
        if (items[i].score > 0.0)
            items[kept++] = items[i];
    }
    search->found.count = kept;
    if (kept > 1)
        qsort(items, kept, sizeof *items, compare_score);
    return WP_OK;
}

/* Who has exactly this address, id, slug or domain comes first with score 1. */
static wp_status find_exact(name_search *search, const char *text, wp_error *err)
{
    static const wp_identity_kind kinds[] = {WP_IDENTITY_EMAIL, WP_IDENTITY_ID,
                                             WP_IDENTITY_LINKEDIN, WP_IDENTITY_DOMAIN,
                                             WP_IDENTITY_COMPANY_ID};
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        wp_identity given = {kinds[i], text};
        wpi_identity normal;
        name_candidate exact = {.score = 1.0, .ties = UINT32_MAX};
        if (wpi_identity_normalise(&given, &normal, NULL) != WP_OK)
            continue;
        wp_status status = wpi_identity_find(search->graph, &normal, &exact.number, err);
        if (status == WP_ENOTFOUND)
            continue;
        WPI_TRY(status);
        exact.kind = wpi_party_of(kinds[i]);
        WPI_TRY(wpi_party_resolve(search->graph, exact.kind, exact.number, &exact.number, err));
        WPI_TRY(wpi_array_push(&search->found, &exact, err));
    }
    return WP_OK;
}

/* Copy the best, each once. */
static wp_status give(const wpi_array *found, size_t limit, wp_matches *out, wp_error *err)
{
    size_t most = found->count < limit ? found->count : limit;
    wp_match *items = wpi_memory_new(most + 1, sizeof *items);
    if (items == NULL)
        return wpi_memory_failed(err);
    size_t count = 0;
    for (size_t i = 0; i < found->count && count < limit; i++) {
        const name_candidate *from = &WPI_ARRAY_AT(found, name_candidate, i);
        wp_match match = {from->kind == WPI_COMPANY, from->number, from->score};
        bool is_repeated = false;
        for (size_t j = 0; j < count && !is_repeated; j++)
            is_repeated =
                items[j].number == match.number && items[j].is_company == match.is_company;
        if (!is_repeated)
            items[count++] = match;
    }
    *out = (wp_matches){items, count};
    return WP_OK;
}

wp_status wpi_name_find(wpi_graph *graph, const char *text, size_t limit, wp_matches *matches,
                        wp_error *err)
{
    wp_status status = WP_OK;
    name_search search = {.graph = graph, .found = WPI_ARRAY_OF(name_candidate)};
    wpi_array exact = WPI_ARRAY_OF(name_candidate);
    split(text, &search.query);
    if (search.query.count > 0) {
        WPI_TRY_OUT(propose(&search, text, err));
        WPI_TRY_OUT(decide(&search, err));
    }
    exact = search.found;
    search.found = WPI_ARRAY_OF(name_candidate);
    WPI_TRY_OUT(find_exact(&search, text, err));
    WPI_TRY_OUT(wpi_array_extend(&search.found, exact.items, exact.count, err));
    WPI_TRY_OUT(give(&search.found, limit, matches, err));
out:
    wpi_array_free(&exact);
    wpi_array_free(&search.found);
    wpi_map_free(&search.hits);
    return status;
}
