/*
 * Employments, stored by person (with the facts) and by company (the key alone).
 *
 * A person has a handful of employments, so all of them are read whenever one is asked for, and
 * what sources state of the same one is joined there. Both directions are written together; the
 * list of a company has a key while any source states the employment.
 */
#include "graph/employment.h"

#include <assert.h>
#include <stdlib.h>

#include "graph/company.h"
#include "graph/name.h"
#include "graph/said.h"
#include "graph/together.h"

bool wpi_employment_covers(const wp_employment *employment, int32_t day)
{
    return (employment->from_day == WP_DAY_NONE || employment->from_day <= day) &&
           (employment->to_day == WP_DAY_NONE || employment->to_day >= day);
}

static wpi_key record_key(const wp_employment *employment)
{
    return wpi_key_add_u32(wpi_key_u32_u32_u32(employment->person, employment->company,
                                               wpi_key_day(employment->from_day)),
                           employment->source);
}

static wpi_key member_key(const wp_employment *employment)
{
    return wpi_key_u32_u32_u32(employment->company, employment->person,
                               wpi_key_day(employment->from_day));
}

static wp_status write_both(wpi_graph *graph, const wp_employment *employment, wp_error *err)
{
    wpi_employment_record record = {employment->to_day, employment->title};
    wpi_record_write_employment(&graph->writer, &record);
    WPI_TRY(wpi_graph_put(graph, WPI_TABLE_EMPLOYMENT, record_key(employment), err));
    if (employment->company == 0)
        return WP_OK;
    return wpi_graph_put(graph, WPI_TABLE_MEMBER, member_key(employment), err);
}

static wp_status read_record(wpi_slice key, wpi_record_bytes value, wp_employment *out,
                             wp_error *err)
{
    wpi_employment_record record;
    if (key.bytes != 16)
        return wpi_error_set(err, WP_ECORRUPT, "employment key is malformed");
    WPI_TRY(wpi_record_read_employment(value, &record, err));
    *out = (wp_employment){.person = wpi_key_get_u32(key.data, 0),
                           .company = wpi_key_get_u32(key.data, 4),
                           .from_day = wpi_key_day_back(wpi_key_get_u32(key.data, 8)),
                           .to_day = record.to_day,
                           .title = record.title,
                           .source = wpi_key_get_u32(key.data, 12)};
    out->is_suggested = out->source == WPI_SOURCE_IMPLIED;
    return WP_OK;
}

/* The record of the source with the same key, when there is one; its text is in lent memory. */
static wp_status find_own(wpi_graph *graph, const wp_employment *wanted, bool *exists,
                          wpi_employment_record *record, wp_error *err)
{
    wpi_record_bytes value;
    wp_status status = wpi_graph_get(graph, WPI_TABLE_EMPLOYMENT, record_key(wanted), &value, err);
    *exists = status == WP_OK;
    if (status != WP_OK)
        return status == WP_ENOTFOUND ? WP_OK : status;
    WPI_TRY(wpi_graph_keep(graph, &value, err));
    return wpi_record_read_employment(value, record, err);
}

static wp_status delete_record(wpi_graph *graph, const wp_employment *employment, wp_error *err)
{
    bool has_more = false, exists;
    wpi_employment_record before = {0};
    wpi_key key = record_key(employment), prefix = key;
    WPI_TRY(find_own(graph, employment, &exists, &before, err));
    WPI_TRY(wpi_graph_delete(graph, WPI_TABLE_EMPLOYMENT, key, err));
    if (before.title != NULL)
        WPI_TRY(wpi_name_retitle(graph, employment->person, before.title, NULL, err));
    if (employment->company == 0)
        return WP_OK;
    prefix.size -= 4;
    WPI_TRY(wpi_graph_has(graph, WPI_TABLE_EMPLOYMENT, prefix, &has_more, err));
    return has_more ? WP_OK
                    : wpi_graph_delete(graph, WPI_TABLE_MEMBER, member_key(employment), err);
}

/* Begin a change of an employment, from which it may follow that people worked together. */
static wp_status begin_change(wpi_graph *graph, const wp_employment *employment,
                              wpi_together *together, wp_error *err)
{
    uint32_t company = employment->company, person = employment->person;
    wpi_array companies = {&company, 1, 1, sizeof company}, people = {&person, 1, 1, sizeof person};
    return wpi_together_begin(graph, &companies, &people, together, err);
}

wp_status wpi_employment_delete(wpi_graph *graph, const wp_employment *employment, wp_error *err)
{
    wp_status status;
    wpi_together together = WPI_TOGETHER_INIT;
    if (employment->company == 0 || employment->from_day == WP_DAY_NONE)
        return delete_record(graph, employment, err);
    WPI_TRY_OUT(begin_change(graph, employment, &together, err));
    WPI_TRY_OUT(delete_record(graph, employment, err));
    WPI_TRY_OUT(wpi_together_end(graph, &together, err));
out:
    wpi_together_free(&together);
    return status;
}

static int32_t later_end(int32_t a, int32_t b)
{
    return a == WP_DAY_NONE || (b != WP_DAY_NONE && b > a) ? b : a;
}

static wp_status write_dated(wpi_graph *graph, const wp_employment *stated, wp_error *err)
{
    wp_status status;
    wpi_together together = WPI_TOGETHER_INIT;
    WPI_TRY_OUT(begin_change(graph, stated, &together, err));
    WPI_TRY_OUT(write_both(graph, stated, err));
    WPI_TRY_OUT(wpi_together_end(graph, &together, err));
out:
    wpi_together_free(&together);
    return status;
}

wp_status wpi_employment_put(wpi_graph *graph, const wp_employment *employment, wp_error *err)
{
    wp_employment stated = *employment;
    wpi_employment_record before = {0};
    bool exists;
    stated.source = graph->source;
    WPI_TRY(wpi_party_mention(graph, WPI_PERSON, stated.person, err));
    WPI_TRY(wpi_party_mention(graph, WPI_COMPANY, stated.company, err));
    WPI_TRY(find_own(graph, &stated, &exists, &before, err));
    if (exists && graph->source != WP_SOURCE_HAND) {
        stated.to_day = later_end(stated.to_day, before.to_day);
        stated.title = wpi_said_better(stated.title, before.title);
    }
    if (stated.from_day == WP_DAY_NONE || (exists && stated.to_day == before.to_day))
        WPI_TRY(write_both(graph, &stated, err));
    else
        WPI_TRY(write_dated(graph, &stated, err));
    return wpi_name_retitle(graph, stated.person, before.title, stated.title, err);
}

wp_status wpi_employment_put_none(wpi_graph *graph, uint32_t person, wp_error *err)
{
    return write_both(graph,
                      &(wp_employment){.person = person,
                                       .from_day = WP_DAY_NONE,
                                       .to_day = WP_DAY_NONE,
                                       .source = graph->source},
                      err);
}

static wp_employment suggestion(uint32_t person, uint32_t company)
{
    return (wp_employment){.person = person,
                           .company = company,
                           .from_day = WP_DAY_NONE,
                           .to_day = WP_DAY_NONE,
                           .source = WPI_SOURCE_IMPLIED};
}

wp_status wpi_employment_suggest(wpi_graph *graph, uint32_t person, const char *email,
                                 wp_error *err)
{
    uint32_t company;
    WPI_TRY(wpi_company_imply(graph, strchr(email, '@') + 1, &company, err));
    if (company == 0)
        return WP_OK;
    wp_employment suggested = suggestion(person, company);
    return write_both(graph, &suggested, err);
}

typedef struct suggestion_walk {
    wpi_graph *graph;
    bool exists;
} suggestion_walk;

/* Whether a key in the list of a company is that of a suggestion. */
static wp_status note_suggestion(void *context, wpi_slice key, wpi_record_bytes value,
                                 wp_error *err)
{
    suggestion_walk *walk = context;
    wpi_record_bytes found;
    (void)value;
    if (key.bytes != 12)
        return wpi_error_set(err, WP_ECORRUPT, "member key is malformed");
    wp_employment wanted = suggestion(wpi_key_get_u32(key.data, 4), wpi_key_get_u32(key.data, 0));
    wp_status status =
        wpi_graph_get(walk->graph, WPI_TABLE_EMPLOYMENT, record_key(&wanted), &found, err);
    walk->exists = status == WP_OK;
    return status == WP_OK ? WP_ENOTFOUND : status == WP_ENOTFOUND ? WP_OK : status;
}

wp_status wpi_employment_unsuggest(wpi_graph *graph, uint32_t person, const char *email,
                                   wp_error *err)
{
    uint32_t company;
    suggestion_walk walk = {graph, false};
    WPI_TRY(wpi_company_of_domain(graph, strchr(email, '@') + 1, &company, err));
    if (company == 0)
        return WP_OK;
    wp_employment suggested = suggestion(person, company);
    wp_status status = wpi_employment_delete(graph, &suggested, err);
    if (status != WP_OK)
        return status == WP_ENOTFOUND ? WP_OK : status;
    WPI_TRY(
        wpi_graph_each(graph, WPI_TABLE_MEMBER, wpi_key_u32(company), note_suggestion, &walk, err));
    return walk.exists ? WP_OK : wpi_company_remove(graph, company, WPI_SOURCE_IMPLIED, err);
}

typedef struct record_walk {
    wpi_graph *graph;
    wpi_array *out; /* of wp_employment; titles in lent memory */
} record_walk;

static wp_status add_record(void *context, wpi_slice key, wpi_record_bytes value, wp_error *err)
{
    record_walk *walk = context;
    wp_employment employment;
    WPI_TRY(wpi_graph_keep(walk->graph, &value, err));
    WPI_TRY(read_record(key, value, &employment, err));
    return wpi_array_push(walk->out, &employment, err);
}

/* By company and first day; companies by what they are now. */
static int compare_employment(const void *a, const void *b)
{
    const wp_employment *x = a, *y = b;
    if (x->company != y->company)
        return x->company < y->company ? -1 : 1;
    if (x->from_day != y->from_day)
        return x->from_day < y->from_day ? -1 : 1;
    return x->source < y->source ? -1 : x->source > y->source;
}

/* The title that holds, of what several sources state of one employment. */
static wp_status best_title(wpi_graph *graph, const wp_employment *items, size_t count,
                            const char **out, wp_error *err)
{
    *out = items[0].title;
    if (count == 1)
        return WP_OK;
    wpi_said *said = wpi_arena_take(&graph->lent, count, sizeof *said);
    if (said == NULL)
        return wpi_memory_failed(err);
    for (size_t i = 0; i < count; i++)
        said[i] = (wpi_said){.next = i + 1 < count ? &said[i + 1] : NULL,
                             .source = items[i].source,
                             .record = {.title = items[i].title}};
    *out = wpi_said_text(said, wpi_said_title_of);
    return WP_OK;
}

/* Join what several sources, or several identities of the person, state of one employment. */
static wp_status join_equal(wpi_graph *graph, wpi_array *all, wp_error *err)
{
    wp_employment *items = all->items;
    size_t kept = 0;
    for (size_t from = 0, to; from < all->count; from = to) {
        for (to = from + 1; to < all->count && items[to].company == items[from].company &&
                            items[to].from_day == items[from].from_day;)
            to++;
        wp_employment joined = items[from];
        for (size_t i = from + 1; i < to; i++)
            joined.to_day = later_end(joined.to_day, items[i].to_day);
        WPI_TRY(best_title(graph, &items[from], to - from, &joined.title, err));
        items[kept++] = joined;
    }
    all->count = kept;
    return WP_OK;
}

/* Suggestions count while nothing is stated, and nobody says that they do not. */
static void drop_suggestions(wpi_array *all)
{
    wp_employment *items = all->items;
    bool has_stated = false;
    size_t kept = 0;
    for (size_t i = 0; i < all->count; i++)
        has_stated |= !items[i].is_suggested;
    for (size_t i = 0; i < all->count; i++)
        if (items[i].company != 0 && !(items[i].is_suggested && has_stated))
            items[kept++] = items[i];
    all->count = kept;
}

/* The employments of a person as they hold, by company and first day. */
static wp_status list_employments(wpi_graph *graph, uint32_t canonical, wpi_array *out,
                                  wp_error *err)
{
    wp_status status;
    record_walk walk = {graph, out};
    wpi_array numbers = WPI_ARRAY_OF(uint32_t);
    WPI_TRY_OUT(wpi_party_numbers(graph, WPI_PERSON, canonical, &numbers, err));
    for (size_t i = 0; i < numbers.count; i++)
        WPI_TRY_OUT(wpi_graph_each(graph, WPI_TABLE_EMPLOYMENT,
                                   wpi_key_u32(WPI_ARRAY_AT(&numbers, uint32_t, i)), add_record,
                                   &walk, err));
    drop_suggestions(out);
    for (size_t i = 0; i < out->count; i++) {
        wp_employment *at = &WPI_ARRAY_AT(out, wp_employment, i);
        at->person = canonical;
        WPI_TRY_OUT(wpi_party_find(graph, WPI_COMPANY, at->company, &at->company, err));
    }
    if (out->count > 1)
        qsort(out->items, out->count, sizeof(wp_employment), compare_employment);
    WPI_TRY_OUT(join_equal(graph, out, err));
out:
    wpi_array_free(&numbers);
    return status;
}

/* The text by which companies are told apart, whatever their numbers are. */
static wp_status text_of(wpi_graph *graph, uint32_t company, const char **text, wp_error *err)
{
    wpi_said *all;
    wp_identity *identities;
    size_t count;
    WPI_TRY(wpi_party_load(graph, WPI_COMPANY, company, &all, err));
    WPI_TRY(wpi_said_identities(graph, all, &identities, &count, err));
    *text = identities[0].text;
    return WP_OK;
}

/* Whether an employment counts before another that covers the same day. */
static wp_status is_first(wpi_graph *graph, const wp_employment *a, const wp_employment *b,
                          bool *is, wp_error *err)
{
    const char *x, *y;
    *is = a->from_day > b->from_day;
    if (a->from_day != b->from_day)
        return WP_OK;
    WPI_TRY(text_of(graph, a->company, &x, err));
    WPI_TRY(text_of(graph, b->company, &y, err));
    *is = strcmp(x, y) < 0;
    return WP_OK;
}

wp_status wpi_employment_on(wpi_graph *graph, uint32_t person, int32_t day, wp_employment *out,
                            wp_error *err)
{
    wpi_array all = WPI_ARRAY_OF(wp_employment);
    wp_status status = list_employments(graph, person, &all, err);
    *out = (wp_employment){.company = 0};
    for (size_t i = 0; i < all.count && status == WP_OK; i++) {
        const wp_employment *at = &WPI_ARRAY_AT(&all, wp_employment, i);
        bool is = true;
        if (!wpi_employment_covers(at, day))
            continue;
        if (out->company != 0)
            status = is_first(graph, at, out, &is, err);
        if (is)
            *out = *at;
    }
    wpi_array_free(&all);
    return status;
}

wp_status wpi_employment_next(wpi_graph *graph, wp_employment *employment, wp_error *err)
{
    uint32_t canonical;
    wpi_array all = WPI_ARRAY_OF(wp_employment);
    WPI_TRY(wpi_party_find(graph, WPI_PERSON, employment->person, &canonical, err));
    if (canonical == 0)
        return WP_ENOTFOUND;
    wp_status status = list_employments(graph, canonical, &all, err);
    const wp_employment *next = NULL;
    for (size_t i = 0; i < all.count && status == WP_OK && next == NULL; i++) {
        const wp_employment *at = &WPI_ARRAY_AT(&all, wp_employment, i);
        bool is_after = at->company > employment->company ||
                        (at->company == employment->company && at->from_day > employment->from_day);
        next = is_after ? at : NULL;
    }
    if (next != NULL)
        *employment = *next;
    else if (status == WP_OK)
        status = WP_ENOTFOUND;
    wpi_array_free(&all);
    return status;
}

wp_status wpi_employment_record_next(wpi_graph *graph, wp_employment *at, wp_error *err)
{
    wpi_graph_record next;
    wpi_key from = at->person == 0 ? wpi_key_u32(0) : record_key(at);
    WPI_TRY(wpi_graph_behind(graph, WPI_TABLE_EMPLOYMENT, from, 16, &next, err));
    return read_record((wpi_slice){next.key.bytes, next.key.size}, next.value, at, err);
}

typedef struct member_walk {
    wpi_graph *graph;
    uint32_t company; /* canonical */
    int32_t day;
    wpi_array *people;
    uint32_t last; /* person looked at last */
} member_walk;

/* The list of a company holds no last day, and suggestions may not count, so the employments of
 * each candidate are read. */
static wp_status add_member(void *context, wpi_slice key, wpi_record_bytes value, wp_error *err)
{
    member_walk *walk = context;
    uint32_t person;
    bool is_there = false;
    (void)value;
    if (key.bytes != 12)
        return wpi_error_set(err, WP_ECORRUPT, "member key is malformed");
    WPI_TRY(wpi_party_find(walk->graph, WPI_PERSON, wpi_key_get_u32(key.data, 4), &person, err));
    if (person == 0 || person == walk->last)
        return WP_OK;
    walk->last = person;
    wpi_array all = WPI_ARRAY_OF(wp_employment);
    wp_status status = list_employments(walk->graph, person, &all, err);
    for (size_t i = 0; i < all.count && status == WP_OK; i++) {
        const wp_employment *at = &WPI_ARRAY_AT(&all, wp_employment, i);
        is_there |= at->company == walk->company &&
                    (walk->day == WP_DAY_NONE || wpi_employment_covers(at, walk->day));
    }
    wpi_array_free(&all);
    if (status == WP_OK && is_there)
        status = wpi_array_push(walk->people, &person, err);
    return status;
}

wp_status wpi_employment_people(wpi_graph *graph, uint32_t company, int32_t day, wpi_array *people,
                                wp_error *err)
{
    wp_status status;
    member_walk walk = {graph, company, day, people, 0};
    wpi_array numbers = WPI_ARRAY_OF(uint32_t);
    assert(people->item_bytes == sizeof(uint32_t));
    WPI_TRY_OUT(wpi_party_numbers(graph, WPI_COMPANY, company, &numbers, err));
    for (size_t i = 0; i < numbers.count; i++)
        WPI_TRY_OUT(wpi_graph_each(graph, WPI_TABLE_MEMBER,
                                   wpi_key_u32(WPI_ARRAY_AT(&numbers, uint32_t, i)), add_member,
                                   &walk, err));
out:
    wpi_array_free(&numbers);
    return status;
}
