/*
 * The hash map from numbers to numbers.
 *
 * Keys are dense numbers or packed pairs of them, so the low bits alone would cluster: the mix is
 * the avalanche step of XXH3 (xor-shift, multiply, xor-shift), which is invertible and therefore
 * loses no key. Linear probing keeps a look-up within one cache line most of the time. An absent
 * key is found absent at the first empty slot; since nothing is ever deleted there are no
 * gravestones. The map never fills beyond 5/8, so there always is an empty slot and every probe
 * ends.
 */
#include "base/map.h"

#include <assert.h>

#include "base/memory.h"
#include "base/prefetch.h"

#define CAPACITY_MIN 16

static uint64_t mix(uint64_t key)
{
    key ^= key >> 37;
    key *= UINT64_C(0x165667919E3779F9);
    return key ^ key >> 32;
}

/* The slot of a key, or the empty slot where it belongs. */
static wpi_map_slot *probe(wpi_map_slot *slots, size_t capacity, uint64_t key)
{
    size_t mask = capacity - 1;
    size_t index = (size_t)mix(key) & mask;
    while (slots[index].key != key && slots[index].key != WPI_MAP_KEY_NONE)
        index = (index + 1) & mask;
    return &slots[index];
}

static void make_empty(wpi_map_slot *slots, size_t capacity)
{
    for (size_t i = 0; i < capacity; i++)
        slots[i].key = WPI_MAP_KEY_NONE;
}

static wp_status grow(wpi_map *map, wp_error *err)
{
    size_t capacity = map->capacity == 0 ? CAPACITY_MIN : map->capacity * 2;
    wpi_map_slot *slots = wpi_memory_new(capacity, sizeof(*slots));
    if (slots == NULL)
        return wpi_memory_failed(err);
    wpi_memory_use_large(slots, capacity * sizeof(*slots));
    make_empty(slots, capacity);
    for (size_t i = 0; i < map->capacity; i++) {
        if (map->slots[i].key != WPI_MAP_KEY_NONE)
            *probe(slots, capacity, map->slots[i].key) = map->slots[i];
    }
    wpi_memory_free(map->slots);
    map->slots = slots;
    map->capacity = capacity;
    return WP_OK;
}

uint64_t *wpi_map_find(const wpi_map *map, uint64_t key)
{
    assert(key != WPI_MAP_KEY_NONE);
    if (map->count == 0)
        return NULL;
    wpi_map_slot *slot = probe(map->slots, map->capacity, key);
    return slot->key == key ? &slot->value : NULL;
}

void wpi_map_prefetch(const wpi_map *map, uint64_t key)
{
    if (map->capacity > 0)
        wpi_prefetch(&map->slots[(size_t)mix(key) & (map->capacity - 1)]);
}

wp_status wpi_map_put(wpi_map *map, uint64_t key, uint64_t initial, uint64_t **value, bool *is_new,
                      wp_error *err)
{
    assert(key != WPI_MAP_KEY_NONE);
    wpi_map_slot *slot = map->capacity == 0 ? NULL : probe(map->slots, map->capacity, key);
    bool is_absent = slot == NULL || slot->key != key;
    if (is_absent) {
        if (map->count + 1 > map->capacity / 8 * 5) {
            WPI_TRY(grow(map, err));
            slot = probe(map->slots, map->capacity, key);
        }
        *slot = (wpi_map_slot){key, initial};
        map->count++;
    }
    if (value != NULL)
        *value = &slot->value;
    if (is_new != NULL)
        *is_new = is_absent;
    return WP_OK;
}

void wpi_map_clear(wpi_map *map)
{
    make_empty(map->slots, map->capacity);
    map->count = 0;
}

void wpi_map_free(wpi_map *map)
{
    wpi_memory_free(map->slots);
    *map = (wpi_map){NULL, 0, 0};
}

size_t wpi_map_bytes(const wpi_map *map)
{
    return map->capacity * sizeof(wpi_map_slot);
}
