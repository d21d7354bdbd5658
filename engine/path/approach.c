/*
 * Adding to approaches and clearing them: see approach.h.
 */
#include "path/approach.h"

#include <string.h>

void wpi_approaches_init(wpi_approaches *approaches)
{
    *approaches = (wpi_approaches){.items = WPI_ARRAY_OF(wpi_approach), .rest_min = UINT32_MAX};
}

void wpi_approaches_clear(wpi_approaches *approaches)
{
    if (approaches->items.count == 0)
        return;
    wpi_level_clear(&approaches->first);
    approaches->items.count = 0;
    memset(&approaches->filter, 0, sizeof approaches->filter);
    approaches->rest_min = UINT32_MAX;
}

void wpi_approaches_free(wpi_approaches *approaches)
{
    wpi_level_free(&approaches->first);
    wpi_array_free(&approaches->items);
}

size_t wpi_approaches_bytes(const wpi_approaches *approaches)
{
    return wpi_level_bytes(&approaches->first) +
           approaches->items.capacity * approaches->items.item_bytes;
}

wp_status wpi_approaches_add(wpi_approaches *approaches, uint32_t person, wpi_approach approach,
                             wp_error *err)
{
    wpi_level_label *first;
    WPI_TRY(wpi_level_place(&approaches->first, person, &first, err));
    approach.next = first->cost;
    WPI_TRY(wpi_array_push(&approaches->items, &approach, err));
    first->cost = (uint32_t)approaches->items.count;
    wpi_person_filter_add(&approaches->filter, person);
    if (approach.rest < approaches->rest_min)
        approaches->rest_min = approach.rest;
    return WP_OK;
}
