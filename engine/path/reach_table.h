/*
 * Who was reached, and how: the best end of a way to each person.
 *
 * While few people are met they lie side by side in the order in which they were met, found by a
 * hash map, so that a search nearby costs no memory for the others. Once they are more than a share
 * of all people, everybody gets a place by number: from then on finding one is a single read from
 * memory, of which the cache can be told beforehand, and nothing has to grow any more. Most offers
 * are worse than what is known, and a word a person tells that, so that the place is seldom read.
 *
 * Invariants: a person has a place as soon as asked about, and an end once `hops` is not 0; numbers
 * are those of lists, so between 1 and the highest number of a person.
 */
#ifndef WPI_PATH_REACH_TABLE_H
#define WPI_PATH_REACH_TABLE_H

#include "base/array.h"
#include "base/map.h"
#include "base/prefetch.h"

typedef struct wpi_reach_end {
    uint64_t cost;
    uint32_t hops; /* 0: nobody came there yet */
    uint32_t mark; /* what the search notes of the person; 0 at first */
} wpi_reach_end;

typedef struct wpi_reach_table {
    uint32_t people;    /* highest number of a person */
    size_t few_max;     /* more people than these get places by number */
    size_t count;       /* of people with an end */
    wpi_reach_end *all; /* by number; NULL while there are few */
    uint32_t *known;    /* by number: 0: nobody came there; 1: the place tells; else ~cost */
    wpi_map at;         /* person -> index in `few` */
    wpi_array few;      /* of wpi_reach_few */
} wpi_reach_table;

typedef struct wpi_reach_few {
    wpi_reach_end end;
    uint32_t person;
} wpi_reach_few;

/* memory_bytes_max: where places by number take more than half of it, there will be none; 0: any.
 */
void wpi_reach_table_init(wpi_reach_table *table, uint32_t people, size_t memory_bytes_max);
void wpi_reach_table_free(wpi_reach_table *table);
size_t wpi_reach_table_bytes(const wpi_reach_table *table);

/* The slow part of wpi_reach_table_find(). */
wp_status wpi_reach_table_find_few(wpi_reach_table *table, uint32_t person, wpi_reach_end **end,
                                   wp_error *err);

/* A person's place, valid until the next call. */
static inline wp_status wpi_reach_table_find(wpi_reach_table *table, uint32_t person,
                                             wpi_reach_end **end, wp_error *err)
{
    if (table->all == NULL)
        return wpi_reach_table_find_few(table, person, end, err);
    *end = &table->all[person];
    return WP_OK;
}

/* Have what an offer to a person, or a look-up, reads first brought into the cache. */
static inline void wpi_reach_table_prefetch_offer(const wpi_reach_table *table, uint32_t person)
{
    if (table->all == NULL)
        wpi_map_prefetch(&table->at, person);
    else
        wpi_prefetch(&table->known[person]);
}

static inline void wpi_reach_table_prefetch(const wpi_reach_table *table, uint32_t person)
{
    if (table->all == NULL)
        wpi_map_prefetch(&table->at, person);
    else
        wpi_prefetch(&table->all[person]);
}

/* Whether an offer to a person need not be looked at. */
static inline bool wpi_reach_table_is_worse(const wpi_reach_table *table, uint32_t person,
                                            uint64_t cost)
{
    uint32_t known = table->all == NULL ? 0 : table->known[person];
    return known > 1 && cost > (uint32_t)~known;
}

/* Note what an end costs by now. */
static inline void wpi_reach_table_note(wpi_reach_table *table, uint32_t person, uint64_t cost)
{
    if (table->all != NULL)
        table->known[person] = cost < UINT32_MAX - 1 ? ~(uint32_t)cost : 1;
}

/* Offer an end; *improved is the place when the end is better than what was known, else NULL. */
static inline wp_status wpi_reach_table_offer(wpi_reach_table *table, uint32_t person,
                                              uint64_t cost, uint32_t hops,
                                              wpi_reach_end **improved, wp_error *err)
{
    wpi_reach_end *end;
    *improved = NULL;
    if (wpi_reach_table_is_worse(table, person, cost))
        return WP_OK;
    WPI_TRY(wpi_reach_table_find(table, person, &end, err));
    if (end->hops != 0 && (cost > end->cost || (cost == end->cost && hops >= end->hops)))
        return WP_OK;
    table->count += end->hops == 0;
    end->cost = cost;
    end->hops = hops;
    wpi_reach_table_note(table, person, cost);
    *improved = end;
    return WP_OK;
}

/* The person with an end at a position or behind it, *at being set behind that (0 at first); NULL:
 * there is none left. Those with places by number come in its order. */
const wpi_reach_end *wpi_reach_table_next(const wpi_reach_table *table, size_t *at,
                                          uint32_t *person);

#endif
