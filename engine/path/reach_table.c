/*
 * The two forms of the table of ends: see reach_table.h.
 */
#include "path/reach_table.h"

#include <assert.h>

#include "base/memory.h"

/* A share of all people. Below it the map and what it finds stay in the cache, where clearing a
 * place for everybody would cost more than the whole search. */
#define FEW_MIN 16
#define FEW_SHARE 32
#define PLACE_BYTES (sizeof(wpi_reach_end) + sizeof(uint32_t))

void wpi_reach_table_init(wpi_reach_table *table, uint32_t people, size_t memory_bytes_max)
{
    bool has_room =
        memory_bytes_max == 0 || ((size_t)people + 1) * PLACE_BYTES <= memory_bytes_max / 2;
    *table = (wpi_reach_table){.people = people,
                               .few_max = has_room ? people / FEW_SHARE + FEW_MIN : SIZE_MAX,
                               .few = WPI_ARRAY_OF(wpi_reach_few)};
}

static void free_few(wpi_reach_table *table)
{
    wpi_map_free(&table->at);
    wpi_array_free(&table->few);
}

void wpi_reach_table_free(wpi_reach_table *table)
{
    free_few(table);
    wpi_memory_free(table->all);
    table->all = NULL;
    table->count = 0;
}

size_t wpi_reach_table_bytes(const wpi_reach_table *table)
{
    size_t all = table->all == NULL ? 0 : ((size_t)table->people + 1) * PLACE_BYTES;
    return all + wpi_map_bytes(&table->at) + table->few.capacity * sizeof(wpi_reach_few);
}

/* Give everybody a place by number, and a word behind all places, so that large pages do for both.
 */
static wp_status spread_out(wpi_reach_table *table, wp_error *err)
{
    size_t places = (size_t)table->people + 1;
    wpi_reach_end *all = wpi_memory_new_zeroed(places, PLACE_BYTES);
    if (all == NULL)
        return wpi_memory_failed(err);
    wpi_memory_use_large(all, places * PLACE_BYTES);
    table->all = all;
    table->known = (uint32_t *)(all + places);
    for (size_t i = 0; i < table->few.count; i++) {
        const wpi_reach_few *few = &WPI_ARRAY_AT(&table->few, wpi_reach_few, i);
        assert(few->person <= table->people);
        all[few->person] = few->end;
        if (few->end.hops != 0)
            wpi_reach_table_note(table, few->person, few->end.cost);
    }
    free_few(table);
    return WP_OK;
}

wp_status wpi_reach_table_find_few(wpi_reach_table *table, uint32_t person, wpi_reach_end **end,
                                   wp_error *err)
{
    uint64_t *at = NULL;
    bool is_new = false;
    WPI_TRY(wpi_map_put(&table->at, person, table->few.count, &at, &is_new, err));
    if (is_new) {
        wpi_reach_few few = {.person = person};
        WPI_TRY(wpi_array_push(&table->few, &few, err));
    }
    *end = &WPI_ARRAY_AT(&table->few, wpi_reach_few, *at).end;
    if (table->few.count <= table->few_max)
        return WP_OK;
    WPI_TRY(spread_out(table, err));
    *end = &table->all[person];
    return WP_OK;
}

const wpi_reach_end *wpi_reach_table_next(const wpi_reach_table *table, size_t *at,
                                          uint32_t *person)
{
    if (table->all == NULL) {
        if (*at == table->few.count)
            return NULL;
        const wpi_reach_few *few = &WPI_ARRAY_AT(&table->few, wpi_reach_few, (*at)++);
        *person = few->person;
        return &few->end;
    }
    while (*at <= table->people && table->known[*at] == 0)
        ++*at;
    if (*at > table->people)
        return NULL;
    *person = (uint32_t)*at;
    return &table->all[(*at)++];
}
