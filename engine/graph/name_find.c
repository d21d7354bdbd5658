/*
 * Search by name: the index proposes, words decide, our ties rank.
 *
 * A company matches when every word of the query fits a word of one of its texts; a person when the
 * words that a text lacks are found in the title, the company or the domain of an address, and at
 * least one word is the person's own: in a name, an address or the title. A word fits when it is
 * equal (1), the beginning (.9), misspelt by one letter or joined otherwise (.8), or misspelt by
 * two (.6); a word not in the text counts nine tenths. A match is as good as the mean; with a
 * misspelt word four fifths of it, so that every match with misspelt words is below every plain
 * one. Only an equal text scores 1.
 *
 * That order lets misspelt words be looked for only when there are too few plain matches, and those
 * with two wrong letters only when there are too few with one.
 */
#include <stdlib.h>

#include "base/text.h"
#include "graph/company.h"
#include "graph/employment.h"
#include "graph/name_search.h"
#include "graph/person.h"
#include "graph/said.h"
#include "graph/spelling.h"
#include "graph/tie.h"

#define SCORE_PLAIN 0.8 /* of matches without misspelt words, at least */

typedef struct name_candidate {
    uint32_t number;
    wpi_party kind;
    double score;
    uint32_t how;
    wp_tie warmest;
    uint32_t ties;
    bool has_own; /* a word of the query fits one of the texts */
} name_candidate;

/* What the words of a query may be found in. */
typedef struct name_places {
    const wpi_name_texts *texts;
    const char *name;            /* the one shown; NULL: the first text is */
    const wpi_name_words *title; /* NULL: none, and no company either */
    const wpi_name_words *company;
} name_places;

double wpi_name_fit(const wpi_pattern *query, const char *word, size_t length)
{
    if (query->bytes <= length && memcmp(query->word, word, query->bytes) == 0)
        return query->bytes == length ? 1.0 : 0.9;
    unsigned most = wpi_name_wrong_max(query->letters);
    if (most == 0 || wpi_spelling_is_number(query->word, query->bytes) ||
        wpi_spelling_is_number(word, length))
        return 0.0;
    unsigned distance = wpi_pattern_distance(query, word, length, most);
    return distance > most ? 0.0 : 1.0 - 0.2 * distance;
}

static double best_fit(const wpi_pattern *query, const wpi_name_words *text)
{
    double best = 0.0;
    for (size_t i = 0; i < text->count && best < 1.0; i++) {
        double score = wpi_name_fit(query, text->word[i], text->length[i]);
        best = score > best ? score : best;
    }
    return best;
}

/* The same of a word of the query, also when it is joined with others, or others are to it. */
static double fit_word(const wpi_name_search *search, size_t word, const wpi_name_words *text)
{
    double best = best_fit(&search->patterns[word], text);
    if (best >= SCORE_PLAIN)
        return best;
    double joined = wpi_name_fit_joined(search, word, text);
    return joined > best ? joined : best;
}

/* The score of one text, with words that it lacks from elsewhere; 0: no match. *has_own is set when
 * a word is the text's own or the title's. */
static double score_text(const wpi_name_search *search, const wpi_name_words *text,
                         const name_places *places, bool *is_misspelt, bool *has_own)
{
    double sum = 0.0;
    bool is_lacking = false, has = false;
    *is_misspelt = false;
    for (size_t i = 0; i < search->query.count; i++) {
        double own = fit_word(search, i, text), best = own;
        if (own == 0.0 && places->title != NULL) {
            double title = fit_word(search, i, places->title);
            double company = fit_word(search, i, places->company);
            best = 0.9 * (title > company ? title : company);
            own = title;
        }
        is_lacking = is_lacking || best == 0.0;
        has = has || own > 0.0;
        *is_misspelt = *is_misspelt || best < SCORE_PLAIN + 0.005;
        sum += best;
    }
    double mean = sum / (double)search->query.count * (*is_misspelt ? 0.8 : 1.0);
    *has_own = *has_own || has;
    return is_lacking || !has ? 0.0 : mean < 0.99 ? mean : 0.99;
}

static bool is_same(const wpi_name_search *search, const char *text)
{
    char folded[WPI_NAME_FOLDED_BYTES_MAX];
    wpi_text_fold(text, folded, sizeof folded);
    return strcmp(folded, search->folded) == 0;
}

/* The best of the texts; the first of equals. */
static void score_texts(const wpi_name_search *search, const name_places *places,
                        name_candidate *candidate)
{
    wpi_name_words text;
    bool is_by_name = false;
    for (size_t i = 0; i < places->texts->count; i++) {
        bool is_misspelt;
        wpi_name_split(places->texts->items[i], &text);
        double score = score_text(search, &text, places, &is_misspelt, &candidate->has_own);
        if (score >= 0.99 && is_same(search, places->texts->items[i]))
            score = 1.0;
        /* Without a name no text is another than it; which number came first must not show. */
        bool is_name = places->name == NULL || strcmp(places->name, places->texts->items[i]) == 0;
        is_by_name = is_by_name || (is_name && score > 0.0);
        if (score <= candidate->score)
            continue;
        candidate->score = score;
        candidate->how = is_misspelt ? WP_HOW_MISSPELT : 0;
    }
    candidate->how |= is_by_name ? 0 : WP_HOW_OTHER_TEXT;
}

/* Append after a blank to a text of FOLDED_BYTES_MAX bytes what fits whole. */
static void add_word(char *text, const char *added)
{
    size_t used = strlen(text), length = strlen(added);
    if (used + 1 + length + 1 > WPI_NAME_FOLDED_BYTES_MAX)
        return;
    text[used] = ' ';
    memcpy(text + used + 1, added, length + 1);
}

/* The company's name and domains, kept for the next who works there. */
static wp_status read_workplace(wpi_name_search *search, uint32_t company, wp_error *err)
{
    wp_company of;
    if (company == search->workplace)
        return WP_OK;
    WPI_TRY(wpi_company_get(search->graph, company, &of, err));
    search->workplace = company;
    search->workplace_text[0] = '\0';
    if (of.name != NULL)
        add_word(search->workplace_text, of.name);
    for (size_t i = 0; i < of.identity_count; i++)
        if (of.identities[i].kind == WP_IDENTITY_DOMAIN)
            add_word(search->workplace_text, of.identities[i].text);
    return WP_OK;
}

/* The words of a company's name and domains and of a person's own domains, one after another. */
static wp_status surroundings(wpi_name_search *search, const wpi_said *person, uint32_t company,
                              wpi_name_words *out, wp_error *err)
{
    char text[WPI_NAME_FOLDED_BYTES_MAX] = "";
    if (company != 0) {
        WPI_TRY(read_workplace(search, company, err));
        memcpy(text, search->workplace_text, strlen(search->workplace_text) + 1);
    }
    for (const wpi_said *at = person; at != NULL; at = at->next) {
        const char *domain = strchr(at->record.identity.text, '@');
        if (at->record.identity.kind == WP_IDENTITY_EMAIL && domain != NULL)
            add_word(text, domain + 1);
    }
    wpi_name_split(text, out);
    return WP_OK;
}

static bool has_any(const wpi_name_search *search, const wpi_name_words *text)
{
    bool has = false;
    for (size_t i = 0; i < search->query.count && !has; i++)
        has = fit_word(search, i, text) > 0.0;
    return has;
}

/* With words that the texts lack taken from title and company. The company alone makes no match, so
 * it is read only for those of whom something else fits. */
static wp_status score_around(wpi_name_search *search, const wpi_said *all,
                              const wpi_name_texts *texts, name_candidate *candidate, wp_error *err)
{
    wp_employment job;
    wpi_name_words title, company;
    WPI_TRY(wpi_employment_on(search->graph, candidate->number, search->day, &job, err));
    const char *said = job.title != NULL ? job.title : wpi_said_text(all, wpi_said_title_of);
    wpi_name_split(said != NULL ? said : "", &title);
    if (!candidate->has_own && !has_any(search, &title))
        return WP_OK;
    WPI_TRY(surroundings(search, all, job.company, &company, err));
    name_places places = {texts, wpi_said_text(all, wpi_said_name_of), &title, &company};
    score_texts(search, &places, candidate);
    return WP_OK;
}

/* Find whose number it is, and score all texts of that person or company. */
static wp_status score_candidate(wpi_name_search *search, name_candidate *candidate, wp_error *err)
{
    wpi_said *all;
    wpi_name_texts texts;
    wpi_graph *graph = search->graph;
    WPI_TRY(wpi_party_resolve(graph, candidate->kind, candidate->number, &candidate->number, err));
    WPI_TRY(wpi_party_load(graph, candidate->kind, candidate->number, &all, err));
    WPI_TRY(wpi_name_texts_of(graph, all, &texts, err));
    name_places places = {&texts, wpi_said_text(all, wpi_said_name_of), NULL, NULL};
    score_texts(search, &places, candidate);
    if (candidate->kind == WPI_COMPANY)
        return WP_OK;
    if (candidate->score == 0.0)
        WPI_TRY(score_around(search, all, &texts, candidate, err));
    if (candidate->score == 0.0)
        return WP_OK;
    return wpi_name_warmest(search, candidate->number, &candidate->warmest, &candidate->ties, err);
}

/* Look at those chosen, and keep those that match. */
static wp_status look_at(wpi_name_search *search, const wpi_array *choices, wpi_array *matches,
                         wp_error *err)
{
    for (size_t i = 0; i < choices->count; i++) {
        const wpi_name_choice *choice = &WPI_ARRAY_AT(choices, wpi_name_choice, i);
        name_candidate candidate = {
            .number = choice->number, .kind = choice->kind, .warmest = {.cost = WP_COST_NONE}};
        wpi_graph_reclaim(search->graph);
        wp_status status = score_candidate(search, &candidate, err);
        if (status == WP_ENOTFOUND)
            status = wpi_error_set(err, WP_ECORRUPT, "name record has nobody");
        WPI_TRY(status);
        if (candidate.score > 0.0)
            WPI_TRY(wpi_array_push(matches, &candidate, err));
    }
    return WP_OK;
}

/* Decide about those proposed who were not looked at yet. */
static wp_status decide(wpi_name_search *search, size_t limit, wpi_array *matches, wp_error *err)
{
    wpi_array choices = WPI_ARRAY_OF(wpi_name_choice);
    wp_status status = wpi_name_choose(search, limit, &choices, err);
    if (status == WP_OK)
        status = look_at(search, &choices, matches, err);
    wpi_array_free(&choices);
    return status;
}

static size_t count_above(const wpi_array *matches, double score)
{
    size_t count = 0;
    for (size_t i = 0; i < matches->count; i++)
        count += WPI_ARRAY_AT(matches, name_candidate, i).score > score;
    return count;
}

/* The best that a match can score of which so many letters of one word are wrong. */
static double score_misspelt(const wpi_name_search *search, unsigned distance)
{
    double lost = distance == 1 ? 0.0 : 0.4 / (double)search->query.count;
    return SCORE_PLAIN * (1.0 - lost) + 1e-9; /* sums of tenths are not exact */
}

static wp_status search_words(wpi_name_search *search, size_t limit, wpi_array *matches,
                              wp_error *err)
{
    WPI_TRY(wpi_name_propose(search, err));
    WPI_TRY(decide(search, limit, matches, err));
    /* One letter first: who is met with two may be more people than are looked at, and known better
     * than those who match better. */
    for (unsigned distance = 1; distance <= 2; distance++) {
        if (count_above(matches, score_misspelt(search, search->near_proposed + 1)) >= limit)
            return WP_OK;
        WPI_TRY(wpi_name_propose_misspelt(search, distance, err));
        WPI_TRY(decide(search, limit, matches, err));
    }
    return WP_OK;
}

static int compare_matches(const void *a, const void *b)
{
    const name_candidate *x = a, *y = b;
    if (x->score != y->score)
        return x->score > y->score ? -1 : 1;
    if (x->kind != y->kind)
        return x->kind == WPI_COMPANY ? -1 : 1;
    if (x->warmest.cost != y->warmest.cost)
        return x->warmest.cost < y->warmest.cost ? -1 : 1;
    if (x->ties != y->ties)
        return x->ties > y->ties ? -1 : 1;
    return x->number < y->number ? -1 : x->number > y->number;
}

/* Who has exactly this address, id, slug or domain scores 1 and comes first. */
static wp_status find_exact(wpi_name_search *search, const char *text, wpi_array *exact,
                            wp_error *err)
{
    static const wp_identity_kind kinds[] = {WP_IDENTITY_EMAIL, WP_IDENTITY_ID,
                                             WP_IDENTITY_LINKEDIN, WP_IDENTITY_DOMAIN,
                                             WP_IDENTITY_COMPANY_ID};
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        wp_identity given = {kinds[i], text};
        wpi_identity normal;
        name_candidate found = {.score = 1.0, .warmest = {.cost = WP_COST_NONE}};
        if (wpi_identity_normalise(&given, &normal, NULL) != WP_OK)
            continue;
        wp_status status = wpi_identity_find(search->graph, &normal, &found.number, err);
        if (status == WP_ENOTFOUND)
            continue;
        WPI_TRY(status);
        found.kind = wpi_party_of(kinds[i]);
        if (!wpi_sight_has(search->sight, found.kind, found.number))
            continue;
        WPI_TRY(wpi_party_resolve(search->graph, found.kind, found.number, &found.number, err));
        if (found.kind == WPI_PERSON)
            WPI_TRY(wpi_name_warmest(search, found.number, &found.warmest, &found.ties, err));
        WPI_TRY(wpi_array_push(exact, &found, err));
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
        wp_match match = {from->kind == WPI_COMPANY, from->number,   from->score, from->how,
                          from->warmest.from,        from->warmest.p};
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

/* The words of the query, ready to be compared with others. */
static wp_status make_patterns(wpi_name_search *search, const char *text, wp_error *err)
{
    const wpi_name_words *query = &search->query;
    wpi_text_fold(text, search->folded, sizeof search->folded);
    search->patterns = wpi_arena_take(&search->memory, query->count + 1, sizeof *search->patterns);
    if (search->patterns == NULL)
        return wpi_memory_failed(err);
    for (size_t i = 0; i < query->count; i++)
        wpi_pattern_make(query->word[i], query->length[i], &search->patterns[i]);
    return WP_OK;
}

static void free_search(wpi_name_search *search)
{
    wpi_array_free(&search->postings);
    wpi_array_free(&search->near);
    wpi_arena_free(&search->memory);
    wpi_map_free(&search->blocks);
    wpi_map_free(&search->staffed);
    wpi_map_free(&search->looked_at);
    wpi_bitset_free(&search->known_people);
    wpi_map_free(&search->known);
    wpi_bitset_free(&search->us);
}

/* Add whoever matches the words of the query to those found; with `exact` also who has the text as
 * an identity. Without it the words are those as written: where a letter is missing or another one
 * stands in front of an e, merging umlauts ("Joes" for Jones) takes the e away as well. */
static wp_status search_text(wpi_graph *graph, const wpi_sight *sight, const wp_find_query *query,
                             wpi_array *exact, wpi_array *found, wp_error *err)
{
    wp_status status = WP_OK;
    bool is_new = true;
    wpi_name_search search = {.graph = graph,
                              .sight = sight,
                              .day = query->day,
                              .postings = WPI_ARRAY_OF(wpi_name_posting),
                              .near = WPI_ARRAY_OF(wpi_name_near)};
    if (exact != NULL)
        wpi_name_split(query->text, &search.query);
    else
        is_new = wpi_name_split_as_written(query->text, &search.query);
    if (!is_new)
        return WP_OK;
    WPI_TRY_OUT(make_patterns(&search, query->text, err));
    if (exact != NULL)
        WPI_TRY_OUT(find_exact(&search, query->text, exact, err));
    if (search.query.count > 0)
        WPI_TRY_OUT(search_words(&search, query->limit, found, err));
out:
    free_search(&search);
    return status;
}

/* Whether somebody has all words as they are asked for, so that there is likely no slip in them. */
static bool has_plain(const wpi_array *found)
{
    for (size_t i = 0; i < found->count; i++)
        if ((WPI_ARRAY_AT(found, name_candidate, i).how & WP_HOW_MISSPELT) == 0)
            return true;
    return false;
}

wp_status wpi_name_find(wpi_graph *graph, const wpi_sight *sight, const wp_find_query *query,
                        wp_matches *matches, wp_error *err)
{
    wp_status status = WP_OK;
    wpi_array found = WPI_ARRAY_OF(name_candidate), exact = WPI_ARRAY_OF(name_candidate);
    WPI_TRY_OUT(wpi_tie_flush(graph, err));
    WPI_TRY_OUT(wpi_name_flush(graph, err));
    WPI_TRY_OUT(search_text(graph, sight, query, &exact, &found, err));
    if (found.count < query->limit && exact.count == 0 && !has_plain(&found))
        WPI_TRY_OUT(search_text(graph, sight, query, NULL, &found, err));
    if (found.count > 1)
        qsort(found.items, found.count, sizeof(name_candidate), compare_matches);
    WPI_TRY_OUT(wpi_array_extend(&exact, found.items, found.count, err));
    WPI_TRY_OUT(give(&exact, query->limit, matches, err));
out:
    wpi_array_free(&exact);
    wpi_array_free(&found);
    return status;
}
