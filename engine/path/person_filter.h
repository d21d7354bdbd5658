/*
 * A filter of people: a bit for each value of a hash, so small that it stays in the first-level
 * cache. It may say yes of somebody who was not added, never no of somebody who was.
 */
#ifndef WPI_PATH_PERSON_FILTER_H
#define WPI_PATH_PERSON_FILTER_H

#include <stdbool.h>
#include <stdint.h>

#define WPI_PERSON_FILTER_BITS 17u

typedef struct wpi_person_filter {
    uint64_t words[(1u << WPI_PERSON_FILTER_BITS) / 64];
} wpi_person_filter;

static inline uint32_t wpi_person_filter_bit(uint32_t person)
{
    return person * UINT32_C(2246822519) >> (32 - WPI_PERSON_FILTER_BITS);
}

static inline void wpi_person_filter_add(wpi_person_filter *filter, uint32_t person)
{
    uint32_t bit = wpi_person_filter_bit(person);
    filter->words[bit / 64] |= UINT64_C(1) << bit % 64;
}

static inline bool wpi_person_filter_may_have(const wpi_person_filter *filter, uint32_t person)
{
    uint32_t bit = wpi_person_filter_bit(person);
    return (filter->words[bit / 64] >> bit % 64 & 1) != 0;
}

#endif
