/*
 * Where the neighbour lists of a snapshot are: the base segments, and who has anything in the
 * overlay. What lets a search read a list with two loads from memory.
 *
 * The base is shared by all snapshots between two changes of any segment: LMDB never moves a
 * committed page, and reuses it only when no reader needs it, so pointers into segments stay good
 * while a snapshot of that generation is open and the file is mapped where it was. Snapshots that
 * differ in the overlay alone share a base and differ in `changed`.
 *
 * Heads of segments and checksums of lists are verified when first used, once a base.
 */
#ifndef WPI_GRAPH_LISTS_H
#define WPI_GRAPH_LISTS_H

#include <pthread.h>
#include <stdatomic.h>

#include "base/bitset.h"
#include "format/segment.h"
#include "graph/graph.h"

typedef struct wpi_base_segment {
    wpi_slice value; /* NULL: there is none */
    wpi_segment segment;
    atomic_bool is_read; /* `segment` is filled */
} wpi_base_segment;

typedef struct wpi_base {
    unsigned holders;
    uint64_t generation;
    uint64_t mapping;
    uint32_t count;        /* of segments */
    uint32_t people;       /* the highest number */
    pthread_mutex_t mutex; /* for filling a segment */
    wpi_base_segment *segments;
    _Atomic uint64_t *verified[2]; /* hot, cold: one bit a person */
} wpi_base;

typedef struct wpi_lists {
    unsigned holders;
    uint64_t snapshot;
    wpi_base *base;
    wpi_bitset changed; /* people with an overlay record */
} wpi_lists;

/* The lists of the snapshot used last, for the next transaction. */
typedef struct wpi_lists_cache {
    pthread_mutex_t mutex;
    wpi_lists *latest;
} wpi_lists_cache;

wp_status wpi_lists_cache_init(wpi_lists_cache *cache, wp_error *err);
void wpi_lists_cache_free(wpi_lists_cache *cache);

/* Give a read transaction its lists; it holds them until wpi_lists_release(). Does nothing for a
 * write transaction, which reads lists one by one. */
wp_status wpi_lists_acquire(wpi_lists_cache *cache, wpi_graph *graph, wp_error *err);
void wpi_lists_release(wpi_lists_cache *cache, wpi_graph *graph);

/* The slow parts of the two below: fill a segment, verify a list. */
wp_status wpi_base_read(wpi_base *base, uint32_t number, wp_error *err);
wp_status wpi_base_verify(wpi_base *base, uint32_t person, bool is_cold, wp_error *err);

/* Have the hot (or cold) half of a person's base list verified; the person has one. */
static inline wp_status wpi_base_trust(wpi_base *base, uint32_t person, bool is_cold, wp_error *err)
{
    uint64_t word =
        atomic_load_explicit(&base->verified[is_cold][person >> 6], memory_order_relaxed);
    return (word >> (person & 63) & 1) != 0 ? WP_OK : wpi_base_verify(base, person, is_cold, err);
}

/* The segment and place of a person; NULL when the base has no list of theirs. */
static inline wp_status wpi_base_find(wpi_base *base, uint32_t person, const wpi_segment **out,
                                      wp_error *err)
{
    uint32_t number = person >> WPI_SEGMENT_BITS;
    *out = NULL;
    if (number >= base->count || base->segments[number].value.data == NULL)
        return WP_OK;
    wpi_base_segment *at = &base->segments[number];
    if (!atomic_load_explicit(&at->is_read, memory_order_acquire))
        WPI_TRY(wpi_base_read(base, number, err));
    if ((person & (WPI_SEGMENT_PEOPLE - 1)) < at->segment.people)
        *out = &at->segment;
    return WP_OK;
}

/* Have the index entry of a person brought into the cache. */
static inline void wpi_base_prefetch(const wpi_base *base, uint32_t person)
{
    uint32_t number = person >> WPI_SEGMENT_BITS, place = person & (WPI_SEGMENT_PEOPLE - 1);
    if (number < base->count && base->segments[number].value.data != NULL)
        __builtin_prefetch(wpi_segment_entry(base->segments[number].value.data, place));
}

/* Have the beginning of a person's list brought into the cache. */
static inline void wpi_base_prefetch_list(const wpi_base *base, uint32_t person, uint32_t lines_max)
{
    uint32_t number = person >> WPI_SEGMENT_BITS, place = person & (WPI_SEGMENT_PEOPLE - 1);
    if (number >= base->count)
        return;
    const wpi_base_segment *at = &base->segments[number];
    if (!atomic_load_explicit(&at->is_read, memory_order_acquire) || place >= at->segment.people)
        return;
    wpi_arc_list list;
    wpi_segment_list(&at->segment, place, &list);
    wpi_arc_list_prefetch(&list, lines_max);
}

#endif
