/*
 * The two ends of each pending tie: see tie_ends.h.
 *
 * Many ties are ordered by counting how many each higher person has, few by sorting, because a
 * change of one tie must not cost as much memory as there are people. The higher ends lie scattered
 * among the pending ties, so they are fetched ahead.
 */
#include "graph/tie_ends.h"

#include "base/memory.h"
#include "base/prefetch.h"
#include "base/sort.h"

/* Counting pays when there is a tie for so many people of the range. */
#define PEOPLE_A_TIE 16
#define AHEAD 24

static const wpi_pending_tie *tie_at(const wpi_graph *graph, size_t index)
{
    return &WPI_ARRAY_AT(&graph->pending, wpi_pending_tie, index);
}

static wp_status order_few(const wpi_graph *graph, uint32_t *order, wp_error *err)
{
    typedef struct place {
        uint32_t high;
        uint32_t index;
    } place;
    wpi_array places = WPI_ARRAY_OF(place);
    size_t count = graph->pending.count;
    wp_status status = wpi_array_reserve(&places, count, err);
    for (size_t i = 0; i < count && status == WP_OK; i++)
        WPI_ARRAY_AT(&places, place, places.count++) = (place){tie_at(graph, i)->high, (uint32_t)i};
    if (status == WP_OK)
        status = wpi_sort_pairs(&places, err);
    for (size_t i = 0; i < count && status == WP_OK; i++)
        order[i] = WPI_ARRAY_AT(&places, place, i).index;
    wpi_array_free(&places);
    return status;
}

static wp_status order_many(const wpi_graph *graph, uint32_t first, size_t range, uint32_t *order,
                            wp_error *err)
{
    uint32_t *places = wpi_memory_new_zeroed(range + 1, sizeof *places);
    size_t count = graph->pending.count;
    if (places == NULL)
        return wpi_memory_failed(err);
    for (size_t i = 0; i < count; i++)
        places[tie_at(graph, i)->high - first + 1]++;
    for (size_t i = 1; i <= range; i++)
        places[i] += places[i - 1];
    for (size_t i = 0; i < count; i++)
        order[places[tie_at(graph, i)->high - first]++] = (uint32_t)i;
    wpi_memory_free(places);
    return WP_OK;
}

wp_status wpi_tie_ends_begin(const wpi_graph *graph, wpi_tie_ends *out, wp_error *err)
{
    size_t count = graph->pending.count;
    uint32_t first = UINT32_MAX, last = 0;
    *out = (wpi_tie_ends){
        .graph = graph, .order = WPI_ARRAY_OF(uint32_t), .ends = WPI_ARRAY_OF(wpi_tie_end)};
    if (count > UINT32_MAX)
        return wpi_memory_failed(err);
    WPI_TRY(wpi_array_reserve(&out->order, count, err));
    for (size_t i = 0; i < count; i++) {
        uint32_t high = tie_at(graph, i)->high;
        first = high < first ? high : first;
        last = high > last ? high : last;
    }
    size_t range = count == 0 ? 0 : (size_t)last - first + 1;
    out->order.count = count;
    return range / PEOPLE_A_TIE <= count ? order_many(graph, first, range, out->order.items, err)
                                         : order_few(graph, out->order.items, err);
}

void wpi_tie_ends_free(wpi_tie_ends *self)
{
    wpi_array_free(&self->order);
    wpi_array_free(&self->ends);
}

/* The next tie by its higher person; NULL at the end. */
static const wpi_pending_tie *next_high(const wpi_tie_ends *self)
{
    const uint32_t *order = self->order.items;
    size_t count = self->order.count;
    if (self->high_at >= count)
        return NULL;
    size_t ahead = self->high_at + AHEAD < count ? self->high_at + AHEAD : count - 1;
    wpi_prefetch(tie_at(self->graph, order[ahead]));
    return tie_at(self->graph, order[self->high_at]);
}

wp_status wpi_tie_ends_next(wpi_tie_ends *self, unsigned bits, wp_error *err)
{
    const wpi_pending_tie *ties = self->graph->pending.items;
    size_t count = self->graph->pending.count;
    bool is_open = false;
    uint32_t group = 0;
    self->ends.count = 0;
    for (;;) {
        const wpi_pending_tie *low = self->low_at < count ? &ties[self->low_at] : NULL;
        const wpi_pending_tie *high = next_high(self);
        if (low == NULL && high == NULL)
            break;
        /* Of one person those to lower others come first. */
        bool is_high = low == NULL || (high != NULL && high->high <= low->low);
        uint32_t person = is_high ? high->high : low->low;
        if (is_open && person >> bits != group)
            break;
        is_open = true;
        group = person >> bits;
        if (self->ends.count == self->ends.capacity)
            WPI_TRY(wpi_array_reserve(&self->ends, self->ends.count + 1, err));
        WPI_ARRAY_AT(&self->ends, wpi_tie_end, self->ends.count++) =
            (wpi_tie_end){person, is_high ? high->low : low->high, is_high ? *high : *low};
        self->high_at += is_high ? 1 : 0;
        self->low_at += is_high ? 0 : 1;
    }
    return is_open ? WP_OK : WP_ENOTFOUND;
}
