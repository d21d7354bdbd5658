/*
 * People: reading them, and who is of our own organisation.
 *
 * The displayed name is the stated one, else the spelling with the most support; among equals the
 * one that looks most like a name (two words, mixed case), then the first in byte order.
 */
#include <stdio.h>

#include "graph/consent.h"
#include "graph/employment.h"
#include "graph/person.h"

static int likeness(const char *name)
{
    bool has_lower = false, has_upper = false;
    for (const char *at = name; *at != '\0'; at++) {
        has_lower |= *at >= 'a' && *at <= 'z';
        has_upper |= *at >= 'A' && *at <= 'Z';
    }
    return (strchr(name, ' ') != NULL ? 2 : 0) + (has_lower && has_upper ? 1 : 0);
}

static bool is_better(const wp_spelling *a, const wp_spelling *b)
{
    if (a->count != b->count)
        return a->count > b->count;
    int difference = likeness(a->name) - likeness(b->name);
    return difference != 0 ? difference > 0 : strcmp(a->name, b->name) < 0;
}

static const char *best_name(const wpi_person_record *record)
{
    if (record->name != NULL)
        return record->name;
    const wp_spelling *best = NULL;
    for (size_t i = 0; i < record->spelling_count; i++)
        if (best == NULL || is_better(&record->spellings[i], best))
            best = &record->spellings[i];
    return best == NULL ? NULL : best->name;
}

static const char *first_of(const wpi_person_record *record, wp_identity_kind kind)
{
    for (size_t i = 0; i < record->identity_count; i++)
        if (record->identities[i].kind == kind)
            return record->identities[i].text;
    return NULL;
}

static wp_status lend_text(wpi_graph *graph, const char **text, wp_error *err)
{
    if (*text == NULL)
        return WP_OK;
    wpi_record_bytes bytes = {*text, strlen(*text) + 1};
    WPI_TRY(wpi_graph_keep(graph, &bytes, err));
    *text = bytes.data;
    return WP_OK;
}

static wp_status is_us_company(wpi_graph *graph, uint32_t company, bool *is_us, wp_error *err)
{
    wpi_record_bytes value;
    wp_status status =
        wpi_graph_get(graph, WPI_TABLE_META, wpi_key_text("us.c", company), &value, err);
    *is_us = status == WP_OK;
    return status == WP_ENOTFOUND ? WP_OK : status;
}

typedef struct us_walk {
    wpi_graph *graph;
    uint32_t person;
    int32_t day;
    bool is_us;
} us_walk;

/* Whether any employment that covers the day is at a company of ours. */
static wp_status find_us(us_walk *walk, wp_error *err)
{
    wp_employment employment = {.person = walk->person};
    wp_status status = wpi_employment_next(walk->graph, &employment, err);
    while (status == WP_OK && !walk->is_us) {
        if (wpi_employment_covers(&employment, walk->day))
            WPI_TRY(is_us_company(walk->graph, employment.company, &walk->is_us, err));
        status = wpi_employment_next(walk->graph, &employment, err);
    }
    return status == WP_ENOTFOUND ? WP_OK : status;
}

wp_status wpi_person_get(wpi_graph *graph, uint32_t number, int32_t day, wp_person *out,
                         wp_error *err)
{
    wpi_person_record record;
    wp_employment employment;
    wpi_consent_record consent;
    us_walk walk = {graph, number, day, false};
    wp_status status = wpi_person_load(graph, number, &record, err);
    if (status == WP_ENOTFOUND)
        return wpi_error_set(err, status, "no person has number %u", number);
    WPI_TRY(status);
    WPI_TRY(wpi_employment_on(graph, number, day, &employment, err));
    WPI_TRY(lend_text(graph, &employment.title, err));
    WPI_TRY(wpi_consent_get(graph, number, &consent, err));
    if (record.us == WP_US_UNSAID)
        WPI_TRY(find_us(&walk, err));
    *out = (wp_person){
        .number = number,
        .name = best_name(&record),
        .name_stated = record.name,
        .email = first_of(&record, WP_IDENTITY_EMAIL),
        .id = first_of(&record, WP_IDENTITY_ID),
        .title = employment.title != NULL ? employment.title : record.title,
        .title_stated = record.title,
        .company = employment.company,
        .is_us = record.us == WP_US_YES || walk.is_us,
        .us = record.us,
        .has_opted_out = consent.introductions == WP_CHOICE_OUT,
        .is_do_not_contact = consent.contact == WP_CHOICE_OUT,
        .introductions_since = consent.introductions_since,
        .contact_since = consent.contact_since,
        .has_no_company = record.has_no_company,
        .identities = record.identities,
        .identity_count = record.identity_count,
        .spellings = record.spellings,
        .spelling_count = record.spelling_count,
    };
    return WP_OK;
}

/* Numbers are given out densely and never taken back, so the counter tells who exists. */
wp_status wpi_person_check(const wpi_graph *graph, uint32_t number, wp_error *err)
{
    if (number == 0 || number > graph->counters.people)
        return wpi_error_set(err, WP_ENOTFOUND, "no person has number %u", number);
    return WP_OK;
}

wp_status wpi_person_external_id(wpi_graph *graph, uint32_t number, const char **text,
                                 wp_error *err)
{
    wpi_person_record record;
    wp_status status = wpi_person_load(graph, number, &record, err);
    if (status == WP_ENOTFOUND)
        return wpi_error_set(err, WP_ECORRUPT, "person %u has ties and no record", number);
    WPI_TRY(status);
    *text = first_of(&record, WP_IDENTITY_ID);
    if (*text == NULL)
        *text = first_of(&record, WP_IDENTITY_EMAIL);
    if (*text != NULL)
        return WP_OK;
    char *digits = wpi_arena_take(&graph->lent, 12, 1);
    if (digits == NULL)
        return wpi_memory_failed(err);
    snprintf(digits, 12, "%u", number);
    *text = digits;
    return WP_OK;
}

/* The numbers at the end of meta keys of one kind, and the records' first byte. */
typedef struct said_walk {
    wpi_array *yes;
    wpi_array *no;
} said_walk;

static wp_status add_said(void *context, wpi_slice key, wpi_record_bytes value, wp_error *err)
{
    said_walk *walk = context;
    if (key.bytes != 8)
        return wpi_error_set(err, WP_ECORRUPT, "meta key is malformed");
    uint32_t number = wpi_key_get_u32(key.data, 4);
    bool is_no = value.size == 1 && *(const unsigned char *)value.data == WP_US_NO;
    return wpi_array_push(is_no ? walk->no : walk->yes, &number, err);
}

/* Take the members of one ascending list out of another. */
static void subtract(wpi_array *people, const wpi_array *without)
{
    uint32_t *items = people->items;
    size_t kept = 0, w = 0;
    for (size_t i = 0; i < people->count; i++) {
        while (w < without->count && WPI_ARRAY_AT(without, uint32_t, w) < items[i])
            w++;
        if (w == without->count || WPI_ARRAY_AT(without, uint32_t, w) != items[i])
            items[kept++] = items[i];
    }
    people->count = kept;
}

wp_status wpi_person_us(wpi_graph *graph, int32_t day, wpi_array *people, wp_error *err)
{
    wp_status status;
    wpi_array companies = WPI_ARRAY_OF(uint32_t), outside = WPI_ARRAY_OF(uint32_t);
    said_walk of_companies = {&companies, &companies}, of_people = {people, &outside};
    WPI_TRY_OUT(wpi_graph_each(graph, WPI_TABLE_META, wpi_key_text("us.c", 0), add_said,
                               &of_companies, err));
    WPI_TRY_OUT(
        wpi_graph_each(graph, WPI_TABLE_META, wpi_key_text("us.p", 0), add_said, &of_people, err));
    for (size_t i = 0; i < companies.count; i++)
        WPI_TRY_OUT(
            wpi_employment_people(graph, WPI_ARRAY_AT(&companies, uint32_t, i), day, people, err));
    wpi_array_sort_numbers(&outside);
    wpi_array_sort_numbers(people);
    subtract(people, &outside);
out:
    wpi_array_free(&companies);
    wpi_array_free(&outside);
    return status;
}
