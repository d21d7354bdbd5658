/*
 * What holds of a party, given all that is stated of it: see said.h.
 *
 * A party has a handful of statements, so votes are counted by comparing each with each, once for
 * each different text: whoever is in every weekly export for years has a hundred.
 */
#include "graph/said.h"

#include <assert.h>
#include <stdlib.h>

#include "rules/domain.h"

const char *wpi_said_name_of(const wpi_said *said)
{
    return said->record.name;
}

const char *wpi_said_title_of(const wpi_said *said)
{
    return said->record.title;
}

const char *wpi_said_better(const char *a, const char *b)
{
    if (a == NULL || b == NULL)
        return a == NULL ? b : a;
    size_t a_bytes = strlen(a), b_bytes = strlen(b);
    if (a_bytes != b_bytes)
        return a_bytes > b_bytes ? a : b;
    return strcmp(a, b) <= 0 ? a : b;
}

/* What a source votes for. */
static const char *vote_of(const wpi_said *all, uint32_t source, wpi_said_text_fn *text_of)
{
    const char *best = NULL;
    for (const wpi_said *at = all; at != NULL; at = at->next)
        if (at->source == source)
            best = wpi_said_better(best, text_of(at));
    return best;
}

/* Whether no statement before it is of the same source. */
static bool is_first_of_source(const wpi_said *all, const wpi_said *at)
{
    const wpi_said *before = all;
    while (before->source != at->source)
        before = before->next;
    return before == at;
}

static size_t count_votes(const wpi_said *all, const char *text, wpi_said_text_fn *text_of)
{
    size_t votes = 0;
    for (const wpi_said *at = all; at != NULL; at = at->next) {
        if (!is_first_of_source(all, at))
            continue;
        const char *vote = vote_of(all, at->source, text_of);
        votes += vote != NULL && strcmp(vote, text) == 0 ? 1 : 0;
    }
    return votes;
}

/* Whether a source before has the same vote, so that it was counted. */
static bool is_counted(const wpi_said *all, const wpi_said *end, const char *vote,
                       wpi_said_text_fn *text_of)
{
    for (const wpi_said *at = all; at != end; at = at->next) {
        const char *text = text_of(at);
        if (text != NULL && strcmp(text, vote) == 0 &&
            strcmp(vote_of(all, at->source, text_of), vote) == 0)
            return true;
    }
    return false;
}

const char *wpi_said_text(const wpi_said *all, wpi_said_text_fn *text_of)
{
    const char *best = vote_of(all, WP_SOURCE_HAND, text_of);
    size_t best_votes = 0;
    if (best != NULL)
        return best;
    for (const wpi_said *at = all; at != NULL; at = at->next) {
        const char *text = is_first_of_source(all, at) ? vote_of(all, at->source, text_of) : NULL;
        if (text == NULL || is_counted(all, at, text, text_of))
            continue;
        size_t votes = count_votes(all, text, text_of);
        if (votes > best_votes || (votes == best_votes && wpi_said_better(text, best) == text))
            best = text;
        best_votes = votes > best_votes ? votes : best_votes;
    }
    return best;
}

wp_us wpi_said_us(const wpi_said *all)
{
    wp_us us = WP_US_UNSAID;
    for (const wpi_said *at = all; at != NULL; at = at->next)
        us = at->record.us > us ? at->record.us : us;
    return us;
}

bool wpi_said_no_company(const wpi_said *all)
{
    for (const wpi_said *at = all; at != NULL; at = at->next)
        if (at->record.has_no_company)
            return true;
    return false;
}

uint32_t wpi_said_parent(const wpi_said *all)
{
    uint32_t parent = 0;
    for (const wpi_said *at = all; at != NULL; at = at->next) {
        if (at->record.parent == 0)
            continue;
        if (at->source == WP_SOURCE_HAND)
            return at->record.parent;
        parent = parent == 0 || at->record.parent < parent ? at->record.parent : parent;
    }
    return parent;
}

/* Addresses of companies before those of free mail, addresses before the rest. */
static int rank_of(const wp_identity *identity)
{
    if (identity->kind != WP_IDENTITY_EMAIL)
        return (int)identity->kind + 1;
    const char *at = strchr(identity->text, '@');
    return at != NULL && wpi_domain_is_free(at + 1) ? 1 : 0;
}

static int compare_identity(const void *a, const void *b)
{
    const wp_identity *x = a, *y = b;
    int x_rank = rank_of(x), y_rank = rank_of(y);
    return x_rank != y_rank ? x_rank - y_rank : strcmp(x->text, y->text);
}

static size_t count_of(const wpi_said *all)
{
    size_t count = 0;
    for (; all != NULL; all = all->next)
        count++;
    return count;
}

wp_status wpi_said_identities(wpi_graph *graph, const wpi_said *all, wp_identity **out,
                              size_t *count, wp_error *err)
{
    uint32_t before = 0;
    *count = 0;
    *out = wpi_arena_take(&graph->lent, count_of(all) + 1, sizeof **out);
    if (*out == NULL)
        return wpi_memory_failed(err);
    for (const wpi_said *at = all; at != NULL; before = at->number, at = at->next)
        if (at->number != before)
            (*out)[(*count)++] = at->record.identity;
    if (*count > 1)
        qsort(*out, *count, sizeof **out, compare_identity);
    return WP_OK;
}

static int likeness(const char *name)
{
    bool has_lower = false, has_upper = false;
    for (const char *at = name; *at != '\0'; at++) {
        has_lower |= *at >= 'a' && *at <= 'z';
        has_upper |= *at >= 'A' && *at <= 'Z';
    }
    return (strchr(name, ' ') != NULL ? 2 : 0) + (has_lower && has_upper ? 1 : 0);
}

int wpi_said_compare_likeness(const char *a, const char *b)
{
    int difference = likeness(b) - likeness(a);
    return difference != 0 ? difference : strcmp(a, b);
}

/* By count, then likeness to a name, then bytes: for qsort. */
static int compare_spellings(const void *a, const void *b)
{
    const wp_spelling *x = a, *y = b;
    if (x->count != y->count)
        return x->count > y->count ? -1 : 1;
    return wpi_said_compare_likeness(x->name, y->name);
}

/* How often a source saw a name, over all numbers. */
static uint32_t seen_by(const wpi_said *all, uint32_t source, const char *name)
{
    uint64_t count = 0;
    for (const wpi_said *at = all; at != NULL; at = at->next)
        for (size_t i = 0; at->source == source && i < at->record.spelling_count; i++)
            if (strcmp(at->record.spellings[i].name, name) == 0)
                count += at->record.spellings[i].count;
    return count < UINT32_MAX ? (uint32_t)count : UINT32_MAX;
}

/* Add a name, or raise its count to what a source saw. */
static void raise(wp_spelling *items, size_t *count, const char *name, uint32_t seen)
{
    size_t i = 0;
    while (i < *count && strcmp(items[i].name, name) != 0)
        i++;
    if (i == *count)
        items[(*count)++] = (wp_spelling){name, 0};
    if (items[i].count < seen)
        items[i].count = seen;
}

wp_status wpi_said_spellings(wpi_graph *graph, const wpi_said *all, wp_spelling **out,
                             size_t *count, wp_error *err)
{
    size_t most = 0;
    *count = 0;
    for (const wpi_said *at = all; at != NULL; at = at->next)
        most += at->record.spelling_count;
    *out = wpi_arena_take(&graph->lent, most + 1, sizeof **out);
    if (*out == NULL)
        return wpi_memory_failed(err);
    for (const wpi_said *at = all; at != NULL; at = at->next)
        for (size_t i = 0; i < at->record.spelling_count; i++) {
            const char *name = at->record.spellings[i].name;
            raise(*out, count, name, seen_by(all, at->source, name));
        }
    if (*count > 1)
        qsort(*out, *count, sizeof **out, compare_spellings);
    return WP_OK;
}

static int compare_number(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return x < y ? -1 : x > y;
}

wp_status wpi_said_sources(wpi_graph *graph, const wpi_said *all, uint32_t **out, size_t *count,
                           wp_error *err)
{
    *count = 0;
    *out = wpi_arena_take(&graph->lent, count_of(all) + 1, sizeof **out);
    if (*out == NULL)
        return wpi_memory_failed(err);
    for (const wpi_said *at = all; at != NULL; at = at->next)
        if (at->source != WPI_SOURCE_IMPLIED && is_first_of_source(all, at))
            (*out)[(*count)++] = at->source;
    if (*count > 1)
        qsort(*out, *count, sizeof **out, compare_number);
    return WP_OK;
}
