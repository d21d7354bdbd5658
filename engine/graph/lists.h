/*
 * Where the neighbour lists of a snapshot are: the base segments, and who has anything in the
 * overlay. What lets a search read a list with two loads from memory.
 *
 * The base is shared by all snapshots between two changes of any segment: LMDB never moves a
 * committed page, and reuses it only when no reader needs it, so pointers into segments stay good
 * while a snapshot of that generation is open and the file is mapped where it was. Snapshots that
 * differ in the overlay alone share a base and differ in `changed`.
 *
 * What searches by name keep of the snapshot goes along (dictionary.h).
 *
 * Heads of segments and checksums of lists are verified when first used, once a base; overlay
 * records likewise, once a snapshot, which remembers where they are.
 */
#ifndef WPI_GRAPH_LISTS_H
#define WPI_GRAPH_LISTS_H

#include <pthread.h>
#include <stdatomic.h>

#include "base/bitset.h"
#include "base/prefetch.h"
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

/* An overlay record that was found and verified. */
typedef struct wpi_found_delta {
    _Atomic(const unsigned char *) payload; /* NULL: not yet */
    _Atomic uint64_t mask;                  /* see wpi_neighbours; set before the payload */
} wpi_found_delta;

typedef struct wpi_lists {
    unsigned holders;
    uint64_t snapshot;
    wpi_base *base;
    wpi_bitset changed;                /* people with an overlay record */
    uint32_t *ranks;                   /* for each word of `changed`, members before it */
    wpi_found_delta *deltas;           /* of each member; NULL: there is none */
    struct wpi_dictionary *dictionary; /* for searches by name; see dictionary.h */
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

/* Have the lists that were never read by this process, and are not in memory, read from the disk
 * side by side; see wpi_view_announce(). */
void wpi_lists_announce(const wpi_lists *lists, const uint32_t *people, size_t step, size_t count,
                        int32_t day);

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

/* The unverified list of a person whose segment was read: for hints alone. */
static inline bool wpi_base_glance(const wpi_base *base, uint32_t person, wpi_arc_list *out)
{
    uint32_t number = person >> WPI_SEGMENT_BITS, place = person & (WPI_SEGMENT_PEOPLE - 1);
    if (number >= base->count)
        return false;
    const wpi_base_segment *at = &base->segments[number];
    if (!atomic_load_explicit(&at->is_read, memory_order_acquire) || place >= at->segment.people)
        return false;
    wpi_segment_list(&at->segment, place, out);
    return true;
}

/* Where the overlay record of a member of `changed` is remembered. */
static inline wpi_found_delta *wpi_lists_delta(const wpi_lists *lists, uint32_t person)
{
    uint64_t before = lists->changed.words[person >> 6] & ((UINT64_C(1) << (person & 63)) - 1);
    return &lists->deltas[lists->ranks[person >> 6] + (uint32_t)__builtin_popcountll(before)];
}

/* Have the index entry of a person brought into the cache, whether the list was verified, and where
 * the overlay record is. */
static inline void wpi_lists_prefetch(const wpi_lists *lists, uint32_t person)
{
    const wpi_base *base = lists->base;
    uint32_t number = person >> WPI_SEGMENT_BITS, place = person & (WPI_SEGMENT_PEOPLE - 1);
    if (number < base->count && base->segments[number].value.data != NULL) {
        const unsigned char *entry = wpi_segment_entry(base->segments[number].value.data, place);
        wpi_prefetch(entry);
        wpi_prefetch(entry + WPI_SEGMENT_INDEX_BYTES); /* where the list ends */
        wpi_prefetch((const void *)&base->verified[0][person >> 6]);
    }
    if (wpi_bitset_has(&lists->changed, person))
        wpi_prefetch(wpi_lists_delta(lists, person));
}

/* Have the beginnings of a person's lists brought into the cache, up to so many lines of each: of
 * the cold half as well where the list is not of this day. */
static inline void wpi_lists_prefetch_list(const wpi_lists *lists, uint32_t person,
                                           uint32_t lines_max, int32_t day)
{
    wpi_arc_list list;
    if (wpi_bitset_has(&lists->changed, person))
        wpi_prefetch(
            atomic_load_explicit(&wpi_lists_delta(lists, person)->payload, memory_order_relaxed));
    if (wpi_base_glance(lists->base, person, &list))
        wpi_arc_list_prefetch(&list, lines_max, list.day != day);
}

/* How many arcs a person's list has in the base; 0 when its segment was not read yet. */
static inline uint32_t wpi_lists_guess_count(const wpi_lists *lists, uint32_t person)
{
    wpi_arc_list list;
    return wpi_base_glance(lists->base, person, &list) ? list.count : 0;
}

#endif
