/*
 * Building, sharing and verifying the lists of a snapshot: see lists.h.
 *
 * Building looks up one key a segment, which touches no page of a segment itself. A damaged key
 * hides a record from those who look for it, so what is found is held against the totals. Two
 * threads may verify the same list at the same time; both come to the same result.
 */
#include "graph/lists.h"

#include <assert.h>

#include "base/residence.h"
#include "graph/dictionary.h"
#include "graph/overlay.h"

wp_status wpi_lists_cache_init(wpi_lists_cache *cache, wp_error *err)
{
    cache->latest = NULL;
    return pthread_mutex_init(&cache->mutex, NULL) == 0 ? WP_OK : wpi_memory_failed(err);
}

static void free_base(wpi_base *base)
{
    if (base == NULL)
        return;
    wpi_memory_free(base->segments);
    for (int i = 0; i < 2; i++)
        wpi_memory_free((void *)(uintptr_t)base->verified[i]);
    pthread_mutex_destroy(&base->mutex);
    wpi_memory_free(base);
}

/* The mutex is held, or nobody else knows the lists. */
static void drop(wpi_lists *lists)
{
    if (lists == NULL || --lists->holders > 0)
        return;
    if (lists->base != NULL && --lists->base->holders == 0)
        free_base(lists->base);
    wpi_bitset_free(&lists->changed);
    wpi_memory_free(lists->ranks);
    wpi_memory_free(lists->deltas);
    wpi_dictionary_free(lists->dictionary);
    wpi_memory_free(lists);
}

void wpi_lists_cache_free(wpi_lists_cache *cache)
{
    drop(cache->latest);
    pthread_mutex_destroy(&cache->mutex);
}

static wp_status expect_count(uint64_t seen, uint64_t expected, const char *what, wp_error *err)
{
    if (seen == expected)
        return WP_OK;
    return wpi_error_set(err, WP_ECORRUPT, "%llu %s were found, expected %llu",
                         (unsigned long long)seen, what, (unsigned long long)expected);
}

static wp_status find_segments(wpi_graph *graph, wpi_base *base, uint64_t expected, wp_error *err)
{
    uint64_t found = 0;
    for (uint32_t i = 0; i < base->count; i++) {
        wpi_key key = wpi_key_u32(i);
        wp_status status = wpi_store_get_unverified(graph->txn, WPI_TABLE_SEGMENT,
                                                    (wpi_slice){key.bytes, key.size},
                                                    &base->segments[i].value, err);
        if (status != WP_ENOTFOUND)
            WPI_TRY(status);
        found += status == WP_OK ? 1 : 0;
    }
    return expect_count(found, expected, "segments", err);
}

static wp_status build_base(wpi_graph *graph, const wpi_adjacency_totals *totals, wpi_base **out,
                            wp_error *err)
{
    uint32_t count = (graph->counters.people >> WPI_SEGMENT_BITS) + 1;
    size_t words = (size_t)count * (WPI_SEGMENT_PEOPLE / 64);
    wpi_base *base = wpi_memory_new_zeroed(1, sizeof *base);
    if (base == NULL || pthread_mutex_init(&base->mutex, NULL) != 0) {
        wpi_memory_free(base);
        return wpi_memory_failed(err);
    }
    base->generation = totals->generation;
    base->mapping = wpi_store_mapping(graph->txn);
    base->count = count;
    base->people = graph->counters.people;
    base->segments = wpi_memory_new_zeroed(count, sizeof *base->segments);
    for (int i = 0; i < 2; i++)
        base->verified[i] = wpi_memory_new_zeroed(words, sizeof(uint64_t));
    bool has_memory =
        base->segments != NULL && base->verified[0] != NULL && base->verified[1] != NULL;
    wp_status status =
        has_memory ? find_segments(graph, base, totals->segments, err) : wpi_memory_failed(err);
    if (status != WP_OK)
        free_base(base);
    else
        *out = base;
    return status;
}

/* Share the base of other lists when it is the same, otherwise build one. */
static wp_status find_base(wpi_graph *graph, const wpi_adjacency_totals *totals,
                           const wpi_lists *other, wpi_base **out, wp_error *err)
{
    uint32_t people = graph->counters.people;
    wpi_base *base = other == NULL ? NULL : other->base;
    if (base == NULL || base->generation != totals->generation || base->people > people ||
        base->count <= people >> WPI_SEGMENT_BITS || base->mapping != wpi_store_mapping(graph->txn))
        WPI_TRY(build_base(graph, totals, &base, err));
    base->holders++;
    *out = base;
    return WP_OK;
}

/* Room to remember the overlay records of whoever has one. */
static wp_status make_room(wpi_lists *lists, wp_error *err)
{
    size_t words = lists->changed.size / 64;
    uint32_t rank = 0;
    if (lists->changed.count == 0)
        return WP_OK;
    lists->ranks = wpi_memory_new(words, sizeof *lists->ranks);
    lists->deltas = wpi_memory_new_zeroed(lists->changed.count, sizeof *lists->deltas);
    if (lists->ranks == NULL || lists->deltas == NULL)
        return wpi_memory_failed(err);
    for (size_t i = 0; i < words; i++) {
        lists->ranks[i] = rank;
        rank += (uint32_t)__builtin_popcountll(lists->changed.words[i]);
    }
    assert(rank == lists->changed.count);
    return WP_OK;
}

static wp_status build(wpi_graph *graph, const wpi_lists *other, wpi_lists **out, wp_error *err)
{
    wpi_adjacency_totals totals;
    WPI_TRY(wpi_overlay_totals(graph, &totals, err));
    wpi_lists *lists = wpi_memory_new_zeroed(1, sizeof *lists);
    if (lists == NULL)
        return wpi_memory_failed(err);
    lists->holders = 1;
    lists->snapshot = wpi_store_snapshot(graph->txn);
    wp_status status = find_base(graph, &totals, other, &lists->base, err);
    if (status == WP_OK)
        status = wpi_overlay_people(graph, &lists->changed, err);
    if (status == WP_OK)
        status =
            expect_count(lists->changed.count, totals.overlay_people, "people of the overlay", err);
    if (status == WP_OK)
        status = make_room(lists, err);
    if (status == WP_OK)
        status = wpi_dictionary_new(&lists->dictionary, err);
    if (status != WP_OK)
        drop(lists);
    else
        *out = lists;
    return status;
}

wp_status wpi_lists_acquire(wpi_lists_cache *cache, wpi_graph *graph, wp_error *err)
{
    wp_status status = WP_OK;
    if (graph->is_write || graph->lists != NULL)
        return WP_OK;
    pthread_mutex_lock(&cache->mutex);
    wpi_lists *lists = cache->latest;
    bool is_same = lists != NULL && lists->snapshot == wpi_store_snapshot(graph->txn) &&
                   lists->base->mapping == wpi_store_mapping(graph->txn);
    if (!is_same) {
        status = build(graph, cache->latest, &lists, err);
        if (status == WP_OK) {
            drop(cache->latest);
            cache->latest = lists;
        }
    }
    if (status == WP_OK) {
        lists->holders++;
        graph->lists = lists;
    }
    pthread_mutex_unlock(&cache->mutex);
    return status;
}

void wpi_lists_release(wpi_lists_cache *cache, wpi_graph *graph)
{
    if (graph->lists == NULL)
        return;
    pthread_mutex_lock(&cache->mutex);
    drop(graph->lists);
    graph->lists = NULL;
    pthread_mutex_unlock(&cache->mutex);
}

wp_status wpi_base_read(wpi_base *base, uint32_t number, wp_error *err)
{
    wpi_base_segment *at = &base->segments[number];
    wpi_segment segment;
    WPI_TRY(wpi_segment_read(at->value.data, at->value.bytes, number, base->people, &segment, err));
    pthread_mutex_lock(&base->mutex);
    if (!atomic_load_explicit(&at->is_read, memory_order_relaxed)) {
        at->segment = segment;
        atomic_store_explicit(&at->is_read, true, memory_order_release);
    }
    pthread_mutex_unlock(&base->mutex);
    return WP_OK;
}

wp_status wpi_base_verify(wpi_base *base, uint32_t person, bool is_cold, wp_error *err)
{
    const wpi_segment *segment;
    WPI_TRY(wpi_base_find(base, person, &segment, err));
    assert(segment != NULL);
    WPI_TRY(wpi_segment_verify(segment, person & (WPI_SEGMENT_PEOPLE - 1), is_cold, err));
    atomic_fetch_or_explicit(&base->verified[is_cold][person >> 6], UINT64_C(1) << (person & 63),
                             memory_order_relaxed);
    return WP_OK;
}

/* People looked at to tell whether lists must come from the disk. */
#define SAMPLE 16

/* The segment of a person whose list was never read; NULL for others. */
static const wpi_base_segment *unread_segment(const wpi_base *base, uint32_t person)
{
    uint32_t number = person >> WPI_SEGMENT_BITS;
    if (number >= base->count || base->segments[number].value.data == NULL)
        return NULL;
    uint64_t word = atomic_load_explicit(&base->verified[0][person >> 6], memory_order_relaxed);
    return (word >> (person & 63) & 1) != 0 ? NULL : &base->segments[number];
}

/* The list of a person by the bytes of its segment, which nobody has verified: for hints alone. */
static bool guess_list(const wpi_base *base, const wpi_base_segment *at, uint32_t person,
                       wpi_arc_list *list)
{
    wpi_segment segment;
    wp_error unused;
    uint32_t number = person >> WPI_SEGMENT_BITS, place = person & (WPI_SEGMENT_PEOPLE - 1);
    if (wpi_segment_read(at->value.data, at->value.bytes, number, base->people, &segment,
                         &unused) != WP_OK ||
        place >= segment.people)
        return false;
    const unsigned char *entry = segment.index + (size_t)place * WPI_SEGMENT_INDEX_BYTES;
    uint32_t from = wpi_bytes_get_le32(entry);
    uint32_t to = wpi_bytes_get_le32(entry + WPI_SEGMENT_INDEX_BYTES);
    if (from >= to || to > segment.arcs)
        return false;
    wpi_segment_list(&segment, place, list);
    return true;
}

/* Whether some of the first lists that were never read are not in memory. */
static bool is_cold(const wpi_base *base, const uint32_t *people, size_t step, size_t count)
{
    wpi_arc_list list;
    size_t looked_at = 0;
    for (size_t i = 0; i < count && looked_at < SAMPLE; i++) {
        const wpi_base_segment *at = unread_segment(base, people[i * step]);
        if (at == NULL)
            continue;
        looked_at++;
        uint32_t place = people[i * step] & (WPI_SEGMENT_PEOPLE - 1);
        if (!wpi_residence_has(at->value.data) ||
            !wpi_residence_has(wpi_segment_entry(at->value.data, place)))
            return true;
        if (guess_list(base, at, people[i * step], &list) && !wpi_residence_has(list.hot))
            return true;
    }
    return false;
}

static void want_list(const wpi_arc_list *list, int32_t day)
{
    wpi_residence_want(list->hot, (size_t)list->count * WPI_ARC_HOT_BYTES);
    if (list->cold != NULL && list->day != day)
        wpi_residence_want(list->cold, (size_t)list->count * WPI_ARC_COLD_BYTES);
}

void wpi_lists_announce(const wpi_lists *lists, const uint32_t *people, size_t step, size_t count,
                        int32_t day)
{
    const wpi_base *base = lists->base;
    if (!is_cold(base, people, step, count))
        return;
    for (size_t i = 0; i < count; i++) {
        const wpi_base_segment *at = unread_segment(base, people[i * step]);
        uint32_t place = people[i * step] & (WPI_SEGMENT_PEOPLE - 1);
        if (at == NULL)
            continue;
        wpi_residence_want(at->value.data, WPI_SEGMENT_HEAD_BYTES);
        if (place * WPI_SEGMENT_INDEX_BYTES + WPI_SEGMENT_HEAD_BYTES < at->value.bytes)
            wpi_residence_want(wpi_segment_entry(at->value.data, place),
                               WPI_SEGMENT_INDEX_BYTES + sizeof(uint32_t));
    }
    for (size_t i = 0; i < count; i++) {
        wpi_arc_list list;
        const wpi_base_segment *at = unread_segment(base, people[i * step]);
        if (at != NULL && guess_list(base, at, people[i * step], &list))
            want_list(&list, day);
    }
}
