/*
 * Employments, stored by person (with the facts) and by company (the key alone).
 *
 * Both directions are written together. A person has a handful of employments, so lists are short
 * and walks need no index of days.
 */
#include "graph/employment.h"

#include <assert.h>

bool wpi_employment_covers(const wp_employment *employment, int32_t day)
{
    return (employment->from_day == WP_DAY_NONE || employment->from_day <= day) &&
           (employment->to_day == WP_DAY_NONE || employment->to_day >= day);
}

static wp_status write_both(wpi_graph *graph, const wp_employment *employment, wp_error *err)
{
    uint32_t from = wpi_key_day(employment->from_day);
    wpi_employment_record record = {employment->to_day, employment->is_suggested,
                                    employment->title};
    wpi_record_write_employment(&graph->writer, &record);
    WPI_TRY(wpi_graph_put(graph, WPI_TABLE_EMPLOYMENT,
                          wpi_key_u32_u32_u32(employment->person, employment->company, from), err));
    return wpi_graph_put(graph, WPI_TABLE_MEMBER,
                         wpi_key_u32_u32_u32(employment->company, employment->person, from), err);
}

static wp_status delete_both(wpi_graph *graph, uint32_t person, uint32_t company, int32_t from_day,
                             wp_error *err)
{
    uint32_t from = wpi_key_day(from_day);
    WPI_TRY(wpi_graph_delete(graph, WPI_TABLE_EMPLOYMENT,
                             wpi_key_u32_u32_u32(person, company, from), err));
    return wpi_graph_delete(graph, WPI_TABLE_MEMBER, wpi_key_u32_u32_u32(company, person, from),
                            err);
}

static wp_status read_record(wpi_slice key, wpi_record_bytes value, wp_employment *out,
                             wp_error *err)
{
    wpi_employment_record record;
    if (key.bytes != 12)
        return wpi_error_set(err, WP_ECORRUPT, "employment key is malformed");
    WPI_TRY(wpi_record_read_employment(value, &record, err));
    out->person = wpi_key_get_u32(key.data, 0);
    out->company = wpi_key_get_u32(key.data, 4);
    out->from_day = wpi_key_day_back(wpi_key_get_u32(key.data, 8));
    out->to_day = record.to_day;
    out->is_suggested = record.is_suggested;
    out->title = record.title;
    return WP_OK;
}

typedef struct best_of {
    int32_t day;
    bool has_stated;
    wp_employment best;
} best_of;

static wp_status take_better(void *context, wpi_slice key, wpi_record_bytes value, wp_error *err)
{
    best_of *choice = context;
    wp_employment employment;
    WPI_TRY(read_record(key, value, &employment, err));
    choice->has_stated |= !employment.is_suggested;
    if (wpi_employment_covers(&employment, choice->day) &&
        (choice->best.company == 0 || employment.from_day > choice->best.from_day))
        choice->best = employment;
    return WP_OK;
}

wp_status wpi_employment_on(wpi_graph *graph, uint32_t person, int32_t day, wp_employment *out,
                            wp_error *err)
{
    best_of choice = {.day = day};
    WPI_TRY(wpi_graph_each(graph, WPI_TABLE_EMPLOYMENT, wpi_key_u32(person), take_better, &choice,
                           err));
    *out = choice.best;
    return WP_OK;
}

wp_status wpi_employment_next(wpi_graph *graph, wp_employment *employment, wp_error *err)
{
    wpi_store_cursor *cursor = NULL;
    bool is_first = employment->company == 0;
    uint32_t person = employment->person;
    wpi_key from = wpi_key_u32_u32_u32(person, employment->company,
                                       is_first ? 0 : wpi_key_day(employment->from_day));
    wpi_slice start = {from.bytes, from.size}, key, value;
    WPI_TRY(wpi_store_cursor_open(graph->txn, WPI_TABLE_EMPLOYMENT, &cursor, err));
    wp_status status = wpi_store_cursor_seek(cursor, start, &key, &value, err);
    if (status == WP_OK && !is_first && key.bytes == from.size &&
        memcmp(key.data, from.bytes, from.size) == 0)
        status = wpi_store_cursor_next(cursor, &key, &value, err);
    if (status == WP_OK)
        status =
            wpi_key_get_u32(key.data, 0) == person
                ? read_record(key, (wpi_record_bytes){value.data, value.bytes}, employment, err)
                : WP_ENOTFOUND;
    wpi_store_cursor_close(cursor);
    return status;
}

wp_status wpi_employment_remove_suggested(wpi_graph *graph, uint32_t person, wp_error *err)
{
    wp_employment employment = {.person = person};
    wp_status status = wpi_employment_next(graph, &employment, err);
    while (status == WP_OK) {
        if (employment.is_suggested)
            WPI_TRY(delete_both(graph, person, employment.company, employment.from_day, err));
        status = wpi_employment_next(graph, &employment, err);
    }
    return status == WP_ENOTFOUND ? WP_OK : status;
}

wp_status wpi_employment_put(wpi_graph *graph, const wp_employment *employment, wp_error *err)
{
    wp_employment stated = *employment;
    stated.is_suggested = false;
    WPI_TRY(wpi_employment_remove_suggested(graph, employment->person, err));
    return write_both(graph, &stated, err);
}

wp_status wpi_employment_suggest(wpi_graph *graph, uint32_t person, uint32_t company, wp_error *err)
{
    best_of choice = {.day = 0};
    WPI_TRY(wpi_graph_each(graph, WPI_TABLE_EMPLOYMENT, wpi_key_u32(person), take_better, &choice,
                           err));
    if (choice.has_stated)
        return WP_OK;
    wp_employment suggested = {person, company, NULL, WP_DAY_NONE, WP_DAY_NONE, true};
    return write_both(graph, &suggested, err);
}

typedef struct member_walk {
    wpi_graph *graph;
    int32_t day;
    wpi_array *people;
} member_walk;

/* The member index holds no last day, so each candidate's employment is read. */
static wp_status add_member(void *context, wpi_slice key, wpi_record_bytes value, wp_error *err)
{
    member_walk *walk = context;
    (void)value;
    if (key.bytes != 12)
        return wpi_error_set(err, WP_ECORRUPT, "member key is malformed");
    uint32_t company = wpi_key_get_u32(key.data, 0), person = wpi_key_get_u32(key.data, 4);
    uint32_t from = wpi_key_get_u32(key.data, 8);
    wpi_array *people = walk->people;
    if (people->count > 0 && WPI_ARRAY_AT(people, uint32_t, people->count - 1) == person)
        return WP_OK;
    wpi_key full = wpi_key_u32_u32_u32(person, company, from);
    wpi_record_bytes bytes;
    wp_employment employment;
    wp_status status = wpi_graph_get(walk->graph, WPI_TABLE_EMPLOYMENT, full, &bytes, err);
    if (status == WP_ENOTFOUND)
        return wpi_error_set(err, WP_ECORRUPT, "member record has no employment");
    WPI_TRY(status);
    WPI_TRY(read_record((wpi_slice){full.bytes, full.size}, bytes, &employment, err));
    if (!wpi_employment_covers(&employment, walk->day))
        return WP_OK;
    return wpi_array_push(people, &person, err);
}

wp_status wpi_employment_people(wpi_graph *graph, uint32_t company, int32_t day, wpi_array *people,
                                wp_error *err)
{
    assert(people->item_bytes == sizeof(uint32_t));
    member_walk walk = {graph, day, people};
    return wpi_graph_each(graph, WPI_TABLE_MEMBER, wpi_key_u32(company), add_member, &walk, err);
}
