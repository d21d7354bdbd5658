/*
 * A hash map from 64-bit keys to 64-bit values: open addressing, linear probing, power-of-two
 * capacity, at most 5/8 full, hashed by a multiply-xorshift mix of XXH3's avalanche. Deletion is
 * not needed by anybody, so there is none.
 */
#ifndef WPI_BASE_MAP_H
#define WPI_BASE_MAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/status.h"

#define WPI_MAP_KEY_NONE UINT64_MAX /* may not be used as a key */

typedef struct wpi_map_slot {
    uint64_t key;
    uint64_t value;
} wpi_map_slot;

typedef struct wpi_map {
    wpi_map_slot *slots; /* NULL while empty */
    size_t capacity;     /* power of two */
    size_t count;
} wpi_map;

/* An all-zero map is empty and ready. */
/* The value of a key, or NULL. Valid until the next put. */
uint64_t *wpi_map_find(const wpi_map *map, uint64_t key);
/* Have what a look-up of a key will read brought into the cache. */
void wpi_map_prefetch(const wpi_map *map, uint64_t key);
/* The slot's value of a key, inserted as `initial` when absent; *is_new (may be NULL) says so. */
wp_status wpi_map_put(wpi_map *map, uint64_t key, uint64_t initial, uint64_t **value, bool *is_new,
                      wp_error *err);
/* Forget all keys, keep the memory. */
void wpi_map_clear(wpi_map *map);
void wpi_map_free(wpi_map *map);
/* Bytes held. */
size_t wpi_map_bytes(const wpi_map *map);

#endif
