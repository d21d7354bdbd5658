/*
 * The labels of one hop: for each person met, the cheapest way there with so many ties. A hash
 * table of packed labels of eight bytes that grows with the search: no memory and no clearing per
 * person of the database.
 */
#ifndef WPI_PATH_LEVEL_H
#define WPI_PATH_LEVEL_H

#include "base/array.h"
#include "base/prefetch.h"

typedef struct wpi_level_label {
    uint32_t person; /* 0: empty */
    uint32_t cost;   /* in micro-nats */
} wpi_level_label;

typedef struct wpi_level {
    wpi_level_label *slots; /* NULL while nothing was ever put in */
    uint32_t shift;         /* 32 - log2 of their number */
    uint32_t count;
    uint32_t cheapest; /* cost of a label; of no meaning while count is 0 */
} wpi_level;

/* An all-zero level is empty and ready. */
void wpi_level_clear(wpi_level *level);
void wpi_level_free(wpi_level *level);
size_t wpi_level_bytes(const wpi_level *level);

/* Make room for one more label. */
wp_status wpi_level_grow(wpi_level *level, wp_error *err);

/* Copy the labels that cost at most `most` to an array of wpi_level_label, roughly cheapest first:
 * sorted into 256 classes of cost. */
wp_status wpi_level_list(const wpi_level *level, uint64_t most, wpi_array *out, wp_error *err);

static inline wpi_level_label *wpi_level_slot(const wpi_level *level, uint32_t person)
{
    return &level->slots[person * UINT32_C(2654435769) >> level->shift];
}

static inline void wpi_level_prefetch(const wpi_level *level, uint32_t person)
{
    if (level->slots != NULL)
        wpi_prefetch(wpi_level_slot(level, person));
}

/* The label of a person, or the empty slot where it belongs; the level has slots. */
static inline wpi_level_label *wpi_level_probe(const wpi_level *level, uint32_t person)
{
    uint32_t at = person * UINT32_C(2654435769) >> level->shift;
    uint32_t mask = UINT32_MAX >> level->shift;
    while (level->slots[at].person != person && level->slots[at].person != 0)
        at = (at + 1) & mask;
    return &level->slots[at];
}

/* The cost of a person's label; UINT32_MAX when there is none. */
static inline uint32_t wpi_level_cost(const wpi_level *level, uint32_t person)
{
    if (level->count == 0)
        return UINT32_MAX;
    const wpi_level_label *label = wpi_level_probe(level, person);
    return label->person == person ? label->cost : UINT32_MAX;
}

/* The label of a person, added with cost 0 when there was none. */
wp_status wpi_level_place(wpi_level *level, uint32_t person, wpi_level_label **out, wp_error *err);

/* Put a label, or lower it; *is_better says whether it is new or was lowered. */
static inline wp_status wpi_level_offer(wpi_level *level, uint32_t person, uint32_t cost,
                                        bool *is_better, wp_error *err)
{
    if (level->slots == NULL || level->count >= UINT32_C(1) << (31 - level->shift))
        WPI_TRY(wpi_level_grow(level, err));
    wpi_level_label *label = wpi_level_probe(level, person);
    *is_better = label->person == 0 || cost < label->cost;
    level->count += label->person == 0 ? 1 : 0;
    if (*is_better) {
        *label = (wpi_level_label){person, cost};
        level->cheapest = level->count == 1 || cost < level->cheapest ? cost : level->cheapest;
    }
    return WP_OK;
}

#endif
