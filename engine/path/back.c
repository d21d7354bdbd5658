/*
 * Backward labels and their queue: see back.h. An entry of the queue whose label has improved since
 * is skipped when it comes up.
 */
#include "path/back.h"

#include "base/heap.h"

void wpi_back_init(wpi_back *back)
{
    *back = (wpi_back){.labels = WPI_ARRAY_OF(wpi_back_label),
                       .people = WPI_ARRAY_OF(wpi_back_person),
                       .queue = WPI_ARRAY_OF(wpi_heap_entry)};
}

void wpi_back_clear(wpi_back *back)
{
    wpi_map_clear(&back->at);
    wpi_map_clear(&back->person_at);
    back->labels.count = 0;
    back->people.count = 0;
    back->queue.count = 0;
}

void wpi_back_free(wpi_back *back)
{
    wpi_map_free(&back->at);
    wpi_map_free(&back->person_at);
    wpi_array_free(&back->labels);
    wpi_array_free(&back->people);
    wpi_array_free(&back->queue);
}

size_t wpi_back_bytes(const wpi_back *back)
{
    return wpi_map_bytes(&back->at) + wpi_map_bytes(&back->person_at) +
           back->labels.capacity * sizeof(wpi_back_label) +
           back->people.capacity * sizeof(wpi_back_person) +
           back->queue.capacity * sizeof(wpi_heap_entry);
}

static uint64_t key_of(uint32_t person, uint32_t root)
{
    return (uint64_t)person << 32 | root;
}

/* The labels of a person, added when there are none. */
static wp_status find_person(wpi_back *back, uint32_t person, wpi_back_person **out, wp_error *err)
{
    uint64_t *at;
    bool is_new;
    wpi_back_person nobody = {0, 0, 0};
    WPI_TRY(wpi_map_put(&back->person_at, person, back->people.count, &at, &is_new, err));
    if (is_new)
        WPI_TRY(WPI_ARRAY_PUSH(&back->people, wpi_back_person, nobody, err));
    *out = &WPI_ARRAY_AT(&back->people, wpi_back_person, *at);
    return WP_OK;
}

wp_status wpi_back_offer(wpi_back *back, const wpi_back_label *offer, size_t k, bool *is_better,
                         wp_error *err)
{
    uint64_t *at;
    bool is_new;
    wpi_back_person *of = NULL;
    *is_better = false;
    WPI_TRY(find_person(back, offer->person, &of, err));
    if (of->settled >= k && offer->cost > of->dearest)
        return WP_OK;
    uint64_t key = key_of(offer->person, offer->root);
    WPI_TRY(wpi_map_put(&back->at, key, back->labels.count, &at, &is_new, err));
    uint32_t index = (uint32_t)*at;
    if (is_new) {
        wpi_back_label added = *offer;
        added.next = of->first;
        added.is_settled = false;
        WPI_TRY(WPI_ARRAY_PUSH(&back->labels, wpi_back_label, added, err));
        of->first = (uint32_t)back->labels.count;
    }
    wpi_back_label *label = &WPI_ARRAY_AT(&back->labels, wpi_back_label, index);
    /* Only ties of a damaged file, which cost less than any can, would improve a settled one. */
    if (!is_new && (label->is_settled || offer->cost >= label->cost))
        return WP_OK;
    label->cost = offer->cost;
    *is_better = true;
    return wpi_heap_push(&back->queue, (wpi_heap_entry){offer->cost, 0, index}, err);
}

void wpi_back_prefetch(const wpi_back *back, uint32_t person, uint32_t root)
{
    wpi_map_prefetch(&back->at, key_of(person, root));
    wpi_map_prefetch(&back->person_at, person);
}

wp_status wpi_back_settle_first(wpi_back *back, size_t k, wpi_back_label *out)
{
    wpi_heap_entry next = wpi_heap_pop(&back->queue);
    wpi_back_label *label = &WPI_ARRAY_AT(&back->labels, wpi_back_label, next.item);
    if (label->is_settled || label->cost != next.cost)
        return WP_ENOTFOUND;
    uint64_t at = *wpi_map_find(&back->person_at, label->person);
    wpi_back_person *of = &WPI_ARRAY_AT(&back->people, wpi_back_person, at);
    label->is_settled = true;
    if (of->settled >= k && label->cost > of->dearest)
        return WP_ENOTFOUND;
    of->settled++;
    of->dearest = label->cost;
    *out = *label;
    return WP_OK;
}

uint64_t wpi_back_cost(const wpi_back *back, uint32_t person, uint32_t root)
{
    const uint64_t *at = wpi_map_find(&back->at, key_of(person, root));
    return at == NULL ? UINT64_MAX : WPI_ARRAY_AT(&back->labels, wpi_back_label, *at).cost;
}

static const wpi_back_label *label_at(const wpi_back *back, uint32_t index_plus_one)
{
    return index_plus_one == 0 ? NULL
                               : &WPI_ARRAY_AT(&back->labels, wpi_back_label, index_plus_one - 1);
}

const wpi_back_label *wpi_back_first(const wpi_back *back, uint32_t person)
{
    const uint64_t *at = wpi_map_find(&back->person_at, person);
    return at == NULL ? NULL
                      : label_at(back, WPI_ARRAY_AT(&back->people, wpi_back_person, *at).first);
}

const wpi_back_label *wpi_back_next(const wpi_back *back, const wpi_back_label *label)
{
    return label_at(back, label->next);
}
