/*
 * Ties into introducers, found from the introducers' side: from whom one comes to which introducer,
 * and what the rest of the way to a target costs. A search that has them need not label the people
 * of its last level: it meets the approaches instead, of which there are far fewer.
 *
 * A hash table of people with a chain of approaches each, and before it a filter, because most
 * people who are looked up have none.
 */
#ifndef WPI_PATH_APPROACH_H
#define WPI_PATH_APPROACH_H

#include "path/level.h"
#include "path/person_filter.h"

typedef struct wpi_approach {
    uint32_t introducer;
    uint32_t tie;  /* what the tie to the introducer costs */
    uint32_t rest; /* from the person's label to the target: relay, tie, load, closing */
    uint32_t next; /* index + 1 of another one of the same person; 0: none */
} wpi_approach;

typedef struct wpi_approaches {
    wpi_level first;          /* person -> index + 1, in place of a cost */
    wpi_array items;          /* of wpi_approach */
    wpi_person_filter filter; /* who may have one */
    uint32_t rest_min;        /* UINT32_MAX: there are none */
} wpi_approaches;

void wpi_approaches_init(wpi_approaches *approaches);
void wpi_approaches_clear(wpi_approaches *approaches);
void wpi_approaches_free(wpi_approaches *approaches);
size_t wpi_approaches_bytes(const wpi_approaches *approaches);

/* Add one; `next` is set here. */
wp_status wpi_approaches_add(wpi_approaches *approaches, uint32_t person, wpi_approach approach,
                             wp_error *err);

/* The approach with a number, the index + 1; NULL for 0. */
static inline const wpi_approach *wpi_approaches_at(const wpi_approaches *approaches,
                                                    uint32_t number)
{
    return number == 0 ? NULL : &WPI_ARRAY_AT(&approaches->items, wpi_approach, number - 1);
}

/* The first approach of a person; NULL when there is none. */
static inline const wpi_approach *wpi_approaches_first(const wpi_approaches *approaches,
                                                       uint32_t person)
{
    uint32_t number = wpi_level_cost(&approaches->first, person);
    return wpi_approaches_at(approaches, number == UINT32_MAX ? 0 : number);
}

#endif
