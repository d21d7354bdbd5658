/*
 * Versions of an interaction: see version.h.
 */
#include "graph/version.h"

#include <stdlib.h>

#include "graph/party.h"

typedef struct version_walk {
    wpi_graph *graph;
    wpi_version **end;
} version_walk;

static wp_status add_version(void *context, wpi_slice key, wpi_record_bytes value, wp_error *err)
{
    version_walk *walk = context;
    wpi_version *version = wpi_arena_take(&walk->graph->lent, 1, sizeof *version);
    if (version == NULL)
        return wpi_memory_failed(err);
    if (key.bytes != 12)
        return wpi_error_set(err, WP_ECORRUPT, "interaction key is malformed");
    version->next = NULL;
    version->source = wpi_key_get_u32(key.data, 8);
    WPI_TRY(wpi_graph_keep(walk->graph, &value, err));
    WPI_TRY(wpi_record_read_interaction(value, &walk->graph->lent, &version->interaction, err));
    *walk->end = version;
    walk->end = &version->next;
    return WP_OK;
}

wp_status wpi_versions_of(wpi_graph *graph, uint64_t number, wpi_version **out, wp_error *err)
{
    version_walk walk = {graph, out};
    *out = NULL;
    return wpi_graph_each(graph, WPI_TABLE_INTERACTION, wpi_key_u64(number), add_version, &walk,
                          err);
}

static int compare_text(const char *a, const char *b)
{
    if (a == NULL || b == NULL)
        return a == b ? 0 : a == NULL ? -1 : 1;
    return strcmp(a, b);
}

static int compare_u64(uint64_t a, uint64_t b)
{
    return a < b ? -1 : a > b;
}

/* The one of more interactions, then of the larger amounts. */
static int compare_sums(const wp_sums *a, const wp_sums *b)
{
    for (int i = 0; i < 2; i++) {
        if (a->count[i] != b->count[i])
            return a->count[i] > b->count[i] ? -1 : 1;
        if (a->slow[i] != b->slow[i])
            return a->slow[i] > b->slow[i] ? -1 : 1;
        if (a->fast[i] != b->fast[i])
            return a->fast[i] > b->fast[i] ? -1 : 1;
    }
    return 0;
}

/* What can be told without looking people up. */
static int compare_facts(const wp_interaction *a, const wp_interaction *b)
{
    bool a_is_cancelled = (a->flags & WP_INTERACTION_CANCELLED) != 0;
    bool b_is_cancelled = (b->flags & WP_INTERACTION_CANCELLED) != 0;
    if (a->revision != b->revision)
        return a->revision > b->revision ? -1 : 1;
    if (a_is_cancelled != b_is_cancelled)
        return a_is_cancelled ? -1 : 1;
    if (a->to_count != b->to_count)
        return a->to_count > b->to_count ? -1 : 1;
    int order = compare_u64((uint64_t)a->time_s, (uint64_t)b->time_s);
    if (order == 0)
        order = compare_u64(a->kind, b->kind);
    if (order == 0)
        order = compare_u64(a->flags, b->flags);
    if (order == 0 && a->valence != b->valence)
        order = a->valence < b->valence ? -1 : 1;
    if (order == 0 && a->kind == WP_KIND_SUMMARY)
        order = compare_sums(a->sums, b->sums);
    return order != 0 ? order : compare_text(a->reply_to, b->reply_to);
}

/* A participant as bytes that do not depend on numbers. */
typedef struct said_person {
    wp_identity identity;
    wp_role role;
} said_person;

static int compare_person(const void *a, const void *b)
{
    const said_person *x = a, *y = b;
    if (x->identity.kind != y->identity.kind)
        return x->identity.kind < y->identity.kind ? -1 : 1;
    int order = strcmp(x->identity.text, y->identity.text);
    return order != 0 ? order : (int)x->role - (int)y->role;
}

/* The sender, then the others sorted; in lent memory. */
static wp_status list_people(wpi_graph *graph, const wp_interaction *interaction, said_person **out,
                             wp_error *err)
{
    said_person *people = wpi_arena_take(&graph->lent, interaction->to_count + 1, sizeof *people);
    if (people == NULL)
        return wpi_memory_failed(err);
    people[0].role = WP_ROLE_TO;
    people[0].identity = (wp_identity){.text = ""}; /* a series can be from nobody */
    if (interaction->from != 0)
        WPI_TRY(wpi_party_identity(graph, WPI_PERSON, interaction->from, &people[0].identity, err));
    for (size_t i = 0; i < interaction->to_count; i++) {
        people[i + 1].role = interaction->to[i].role;
        WPI_TRY(wpi_party_identity(graph, WPI_PERSON, interaction->to[i].person,
                                   &people[i + 1].identity, err));
    }
    if (interaction->to_count > 1)
        qsort(people + 1, interaction->to_count, sizeof *people, compare_person);
    *out = people;
    return WP_OK;
}

static bool is_same_people(const wp_interaction *a, const wp_interaction *b)
{
    if (a->from != b->from || a->to_count != b->to_count)
        return false;
    for (size_t i = 0; i < a->to_count; i++)
        if (a->to[i].person != b->to[i].person || a->to[i].role != b->to[i].role)
            return false;
    return true;
}

int64_t wpi_version_series(const wp_interaction *of)
{
    return of->series_revision != 0 ? of->series_revision : of->revision;
}

/* Without the revisions of the series. */
static wp_status compare_said(wpi_graph *graph, const wp_interaction *a, const wp_interaction *b,
                              int *order, wp_error *err)
{
    said_person *x, *y;
    *order = compare_facts(a, b);
    if (*order != 0 || is_same_people(a, b))
        return WP_OK;
    WPI_TRY(list_people(graph, a, &x, err));
    WPI_TRY(list_people(graph, b, &y, err));
    for (size_t i = 0; i <= a->to_count && *order == 0; i++)
        *order = compare_person(&x[i], &y[i]);
    return WP_OK;
}

wp_status wpi_version_compare(wpi_graph *graph, const wp_interaction *a, const wp_interaction *b,
                              int *order, wp_error *err)
{
    WPI_TRY(compare_said(graph, a, b, order, err));
    if (*order == 0)
        *order = compare_u64((uint64_t)wpi_version_series(b), (uint64_t)wpi_version_series(a));
    return WP_OK;
}

static void set_series(wp_interaction *of, int64_t revision)
{
    of->series_revision = revision == of->revision ? 0 : revision;
}

wp_status wpi_version_join(wpi_graph *graph, const wp_interaction *given, wp_interaction *kept,
                           bool *is_known, wp_error *err)
{
    int order;
    int64_t x = wpi_version_series(given), y = wpi_version_series(kept);
    WPI_TRY(compare_said(graph, given, kept, &order, err));
    *is_known = order >= 0 && x <= y;
    if (order < 0)
        *kept = *given;
    set_series(kept, x > y ? x : y);
    return WP_OK;
}

static int compare_participant(const void *a, const void *b)
{
    const wp_participant *x = a, *y = b;
    if (x->person != y->person)
        return x->person < y->person ? -1 : 1;
    return (int)x->role - (int)y->role;
}

/* The sender, then the others sorted, by canonical numbers; in lent memory. */
static wp_status list_canonical(wpi_graph *graph, const wp_interaction *interaction,
                                wp_participant **out, wp_error *err)
{
    wp_participant *people =
        wpi_arena_take(&graph->lent, interaction->to_count + 1, sizeof *people);
    if (people == NULL)
        return wpi_memory_failed(err);
    people[0] = (wp_participant){0, WP_ROLE_TO};
    if (interaction->from != 0)
        WPI_TRY(wpi_party_find(graph, WPI_PERSON, interaction->from, &people[0].person, err));
    for (size_t i = 0; i < interaction->to_count; i++) {
        people[i + 1].role = interaction->to[i].role;
        WPI_TRY(wpi_party_find(graph, WPI_PERSON, interaction->to[i].person, &people[i + 1].person,
                               err));
    }
    if (interaction->to_count > 1)
        qsort(people + 1, interaction->to_count, sizeof *people, compare_participant);
    *out = people;
    return WP_OK;
}

wp_status wpi_version_is_alike(wpi_graph *graph, const wp_interaction *a, const wp_interaction *b,
                               bool *is_alike, wp_error *err)
{
    wp_participant *x, *y;
    *is_alike = compare_facts(a, b) == 0 && wpi_version_series(a) == wpi_version_series(b);
    if (!*is_alike || is_same_people(a, b))
        return WP_OK;
    WPI_TRY(list_canonical(graph, a, &x, err));
    WPI_TRY(list_canonical(graph, b, &y, err));
    for (size_t i = 0; i <= a->to_count && *is_alike; i++)
        *is_alike = compare_participant(&x[i], &y[i]) == 0;
    return WP_OK;
}

wp_status wpi_version_best(wpi_graph *graph, wpi_version *all, wpi_version **best, wp_error *err)
{
    int order;
    int64_t series = all == NULL ? 0 : wpi_version_series(&all->interaction);
    *best = all;
    for (wpi_version *at = all == NULL ? NULL : all->next; at != NULL; at = at->next) {
        WPI_TRY(wpi_version_compare(graph, &at->interaction, &(*best)->interaction, &order, err));
        if (order < 0)
            *best = at;
        if (wpi_version_series(&at->interaction) > series)
            series = wpi_version_series(&at->interaction);
    }
    if (*best == NULL || wpi_version_series(&(*best)->interaction) == series)
        return WP_OK;
    wpi_version *joined = wpi_arena_take(&graph->lent, 1, sizeof *joined);
    if (joined == NULL)
        return wpi_memory_failed(err);
    *joined = **best;
    set_series(&joined->interaction, series);
    *best = joined;
    return WP_OK;
}

wp_status wpi_version_add(wpi_graph *graph, uint64_t number, const wp_interaction *interaction,
                          wp_error *err)
{
    wpi_record_write_interaction(&graph->writer, interaction);
    return wpi_graph_append(graph, WPI_TABLE_INTERACTION,
                            wpi_key_add_u32(wpi_key_u64(number), graph->source), err);
}

wp_status wpi_version_put(wpi_graph *graph, uint64_t number, uint32_t source,
                          const wp_interaction *interaction, wp_error *err)
{
    wpi_record_write_interaction(&graph->writer, interaction);
    return wpi_graph_put(graph, WPI_TABLE_INTERACTION, wpi_key_add_u32(wpi_key_u64(number), source),
                         err);
}
