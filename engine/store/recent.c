/*
 * The set of recent records in memory; see recent.h.
 *
 * An array sorted by table and key, searched by halving: a few hundred records, most of which are
 * told apart by the first eight bytes of their keys. Keys and values lie in an arena that copies of
 * a set share. Only the one writer adds to it, and what is in it stays where it is, so that readers
 * of older copies need no lock; what they are all done with is freed as a whole.
 */
#include "store/recent.h"

#include <string.h>

#include "base/bytes.h"
#include "base/memory.h"
#include "store/page.h"

#define CAPACITY_MIN 64

struct wpi_recent_bytes {
    wpi_arena arena;
    size_t used;
    unsigned holders;
};

wpi_recent *wpi_recent_new(const wpi_recent *of)
{
    uint32_t capacity = of == NULL ? CAPACITY_MIN : of->count + CAPACITY_MIN;
    wpi_recent *recent = wpi_memory_new_zeroed(1, sizeof *recent);
    if (recent == NULL)
        return NULL;
    if (of != NULL)
        *recent = *of;
    recent->holders = 1;
    recent->capacity = capacity;
    recent->records = wpi_memory_new(capacity, sizeof *recent->records);
    if (of == NULL)
        recent->bytes = wpi_memory_new_zeroed(1, sizeof *recent->bytes);
    if (recent->records == NULL || recent->bytes == NULL) {
        wpi_memory_free(recent->records);
        if (of == NULL)
            wpi_memory_free(recent->bytes);
        wpi_memory_free(recent);
        return NULL;
    }
    if (of != NULL)
        memcpy(recent->records, of->records, of->count * sizeof *of->records);
    recent->bytes->holders++;
    return recent;
}

void wpi_recent_drop(wpi_recent *recent)
{
    if (recent == NULL || --recent->holders > 0)
        return;
    if (--recent->bytes->holders == 0) {
        wpi_arena_free(&recent->bytes->arena);
        wpi_memory_free(recent->bytes);
    }
    wpi_memory_free(recent->records);
    wpi_memory_free(recent);
}

size_t wpi_recent_used(const wpi_recent *recent)
{
    return recent->bytes->used;
}

static uint64_t prefix_of(wpi_slice key)
{
    unsigned char first[8] = {0};
    memcpy(first, key.data, key.bytes < sizeof first ? key.bytes : sizeof first);
    return wpi_bytes_get_be64(first);
}

static bool is_below(const wpi_recent_record *record, uint64_t prefix, wpi_slice key)
{
    if (record->prefix != prefix)
        return record->prefix < prefix;
    return wpi_page_compare((wpi_slice){record->key, record->key_bytes}, key, false) < 0;
}

/* The place of the first record of a table. */
static uint32_t begin_of(const wpi_recent *recent, wpi_table table)
{
    uint32_t place = 0;
    for (unsigned i = 0; i < table; i++)
        place += recent->counts[i];
    return place;
}

uint32_t wpi_recent_seek(const wpi_recent *recent, wpi_table table, wpi_slice key)
{
    uint32_t low = begin_of(recent, table), left = recent->counts[table];
    uint64_t prefix = key.bytes == 0 ? 0 : prefix_of(key);
    while (left > 0 && key.bytes > 0) {
        uint32_t half = left / 2;
        bool is_behind = is_below(&recent->records[low + half], prefix, key);
        low += is_behind ? half + 1 : 0;
        left = is_behind ? left - half - 1 : half;
    }
    return low;
}

const wpi_recent_record *wpi_recent_at(const wpi_recent *recent, wpi_table table, uint32_t place)
{
    return place < recent->count && recent->records[place].table == table ? &recent->records[place]
                                                                          : NULL;
}

static bool is_at(const wpi_recent *recent, wpi_table table, uint32_t place, wpi_slice key)
{
    const wpi_recent_record *record = wpi_recent_at(recent, table, place);
    return record != NULL && record->key_bytes == key.bytes &&
           memcmp(record->key, key.data, key.bytes) == 0;
}

const wpi_recent_record *wpi_recent_find(const wpi_recent *recent, wpi_table table, wpi_slice key)
{
    if (recent == NULL || recent->counts[table] == 0)
        return NULL;
    uint32_t place = wpi_recent_seek(recent, table, key);
    return is_at(recent, table, place, key) ? &recent->records[place] : NULL;
}

/* Room for a new record at its place in the order. */
static wp_status open_place(wpi_recent *recent, wpi_table table, uint32_t place, wp_error *err)
{
    if (recent->count == recent->capacity) {
        void *more = wpi_memory_resize(recent->records, 2 * (size_t)recent->capacity,
                                       sizeof *recent->records);
        if (more == NULL)
            return wpi_memory_failed(err);
        recent->records = more;
        recent->capacity *= 2;
    }
    wpi_recent_record *at = recent->records + place;
    memmove(at + 1, at, (recent->count - place) * sizeof *at);
    recent->count++;
    recent->counts[table]++;
    return WP_OK;
}

wp_status wpi_recent_set(wpi_recent *recent, wpi_table table, wpi_slice key, size_t sealed_bytes,
                         wpi_recent_record **record, wp_error *err)
{
    uint32_t place = wpi_recent_seek(recent, table, key);
    bool is_there = is_at(recent, table, place, key);
    unsigned char *bytes = wpi_arena_take(&recent->bytes->arena, sealed_bytes + key.bytes, 1);
    if (bytes == NULL)
        return wpi_memory_failed(err);
    if (!is_there)
        WPI_TRY(open_place(recent, table, place, err));
    memcpy(bytes + sealed_bytes, key.data, key.bytes);
    recent->bytes->used += sealed_bytes + key.bytes;
    *record = &recent->records[place];
    **record = (wpi_recent_record){.key = bytes + sealed_bytes,
                                   .sealed = sealed_bytes > 0 ? bytes : NULL,
                                   .prefix = prefix_of(key),
                                   .sealed_bytes = (uint32_t)sealed_bytes,
                                   .table = (uint8_t)table,
                                   .key_bytes = (uint8_t)key.bytes,
                                   .is_new = true};
    return WP_OK;
}
