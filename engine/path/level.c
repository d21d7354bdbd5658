/*
 * Growing and listing the labels of one hop: see level.h. Fibonacci hashing, linear probing, at
 * most half full, nothing is removed.
 */
#include "path/level.h"

#include <string.h>

#include "base/memory.h"

#define SLOTS_MIN 2048u
#define CLASSES 256u

static size_t slots_of(const wpi_level *level)
{
    return level->slots == NULL ? 0 : (size_t)1 << (32 - level->shift);
}

void wpi_level_clear(wpi_level *level)
{
    if (level->count > 0)
        memset(level->slots, 0, slots_of(level) * sizeof *level->slots);
    level->count = 0;
}

void wpi_level_free(wpi_level *level)
{
    wpi_memory_free(level->slots);
    *level = (wpi_level){.slots = NULL};
}

size_t wpi_level_bytes(const wpi_level *level)
{
    return slots_of(level) * sizeof *level->slots;
}

wp_status wpi_level_grow(wpi_level *level, wp_error *err)
{
    size_t before = slots_of(level), after = before == 0 ? SLOTS_MIN : before * 4;
    wpi_level grown = {.shift = 32 - (uint32_t)__builtin_ctzll(after),
                       .count = level->count,
                       .cheapest = level->cheapest};
    grown.slots = wpi_memory_new_zeroed(after, sizeof *grown.slots);
    if (grown.slots == NULL)
        return wpi_memory_failed(err);
    for (size_t i = 0; i < before; i++)
        if (level->slots[i].person != 0)
            *wpi_level_probe(&grown, level->slots[i].person) = level->slots[i];
    wpi_memory_free(level->slots);
    *level = grown;
    return WP_OK;
}

wp_status wpi_level_place(wpi_level *level, uint32_t person, wpi_level_label **out, wp_error *err)
{
    if (level->slots == NULL || level->count >= UINT32_C(1) << (31 - level->shift))
        WPI_TRY(wpi_level_grow(level, err));
    *out = wpi_level_probe(level, person);
    level->count += (*out)->person == 0 ? 1 : 0;
    (*out)->person = person;
    return WP_OK;
}

/* The class of a cost, ascending with it. */
static uint32_t class_of(uint32_t cost, uint32_t shift)
{
    uint32_t number = cost >> shift;
    return number < CLASSES ? number : CLASSES - 1;
}

/* Copy the labels that cost at most `most`, without a branch that nobody could predict: there is
 * room for one label more. */
static size_t gather(const wpi_level *level, uint64_t most, wpi_level_label *out)
{
    size_t count = 0, slots = slots_of(level);
    for (size_t i = 0; i < slots; i++) {
        out[count] = level->slots[i];
        count += (level->slots[i].person != 0) & (level->slots[i].cost <= most);
    }
    return count;
}

wp_status wpi_level_list(const wpi_level *level, uint64_t most, wpi_array *out, wp_error *err)
{
    uint32_t starts[CLASSES + 1] = {0}, shift = 0;
    size_t room = (size_t)level->count + 1;
    while (shift < 31 && most >> shift >= CLASSES)
        shift++;
    out->count = 0;
    WPI_TRY(wpi_array_reserve(out, 2 * room, err));
    wpi_level_label *items = out->items, *gathered = items + room;
    size_t count = gather(level, most, gathered);
    for (size_t i = 0; i < count; i++)
        starts[class_of(gathered[i].cost, shift) + 1]++;
    for (uint32_t i = 0; i < CLASSES; i++)
        starts[i + 1] += starts[i];
    for (size_t i = 0; i < count; i++)
        items[starts[class_of(gathered[i].cost, shift)]++] = gathered[i];
    out->count = count;
    return WP_OK;
}
