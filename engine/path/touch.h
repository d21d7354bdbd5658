/*
 * Which sides of barriers the people of a path stand on, a bit a barrier. A path that touches both
 * sides of one does not exist; what one touches only grows as it gets longer.
 */
#ifndef WPI_PATH_TOUCH_H
#define WPI_PATH_TOUCH_H

#include "graph/sight.h"

typedef struct wpi_touch {
    uint64_t sides[2];
} wpi_touch;

/* What a person stands on. Cost: O(1) for those who stand on no side, else O(barriers). */
static inline wpi_touch wpi_touch_of(const wpi_sight *sight, uint32_t person)
{
    wpi_touch out = {{0, 0}};
    if (!wpi_bitset_has(&sight->sided, person))
        return out;
    for (size_t i = 0; i < sight->barriers.count; i++)
        for (int side = 0; side < 2; side++)
            out.sides[side] |=
                (uint64_t)wpi_bitset_has(&wpi_sight_barrier(sight, i)->of[side], person) << i;
    return out;
}

static inline wpi_touch wpi_touch_both(wpi_touch a, wpi_touch b)
{
    return (wpi_touch){{a.sides[0] | b.sides[0], a.sides[1] | b.sides[1]}};
}

static inline bool wpi_touch_is_forbidden(wpi_touch touch)
{
    return (touch.sides[0] & touch.sides[1]) != 0;
}

/* Whether a touches nothing that b does not. */
static inline bool wpi_touch_is_within(wpi_touch a, wpi_touch b)
{
    return (a.sides[0] & ~b.sides[0]) == 0 && (a.sides[1] & ~b.sides[1]) == 0;
}

#endif
