/*
 * Labels and their queue. An entry of the queue whose label has improved since is skipped when it
 * comes up.
 */
#include "path/labels.h"

#include <assert.h>

#include "base/heap.h"

void wpi_labels_init(wpi_labels *labels, bool has_hop_limit)
{
    *labels = (wpi_labels){.has_hop_limit = has_hop_limit,
                           .labels = WPI_ARRAY_OF(wpi_label),
                           .queue = WPI_ARRAY_OF(wpi_heap_entry)};
}

void wpi_labels_clear(wpi_labels *labels)
{
    wpi_map_clear(&labels->at);
    wpi_map_clear(&labels->shortest);
    labels->labels.count = 0;
    labels->queue.count = 0;
}

void wpi_labels_free(wpi_labels *labels)
{
    wpi_map_free(&labels->at);
    wpi_map_free(&labels->shortest);
    wpi_array_free(&labels->labels);
    wpi_array_free(&labels->queue);
}

size_t wpi_labels_bytes(const wpi_labels *labels)
{
    return wpi_map_bytes(&labels->at) + wpi_map_bytes(&labels->shortest) +
           labels->labels.capacity * sizeof(wpi_label) +
           labels->queue.capacity * sizeof(wpi_heap_entry);
}

static uint64_t key_of(const wpi_labels *labels, uint32_t person, uint32_t hops)
{
    assert(!labels->has_hop_limit || hops <= WPI_LABEL_HOPS_MAX);
    return (uint64_t)person << 3 | (labels->has_hop_limit ? hops : 0);
}

const wpi_label *wpi_labels_find(const wpi_labels *labels, uint32_t person, uint32_t hops)
{
    uint64_t *at = wpi_map_find(&labels->at, key_of(labels, person, hops));
    if (at == NULL)
        return NULL;
    const wpi_label *label = &WPI_ARRAY_AT(&labels->labels, wpi_label, *at);
    return label->hops == hops ? label : NULL;
}

const wpi_label *wpi_labels_only(const wpi_labels *labels, uint32_t person)
{
    assert(!labels->has_hop_limit);
    uint64_t *at = wpi_map_find(&labels->at, key_of(labels, person, 0));
    return at == NULL ? NULL : &WPI_ARRAY_AT(&labels->labels, wpi_label, *at);
}

void wpi_labels_prefetch(const wpi_labels *labels, uint32_t person)
{
    wpi_map_prefetch(&labels->at, key_of(labels, person, 0));
}

wp_status wpi_labels_offer(wpi_labels *labels, const wpi_label *offer, bool *is_better,
                           wp_error *err)
{
    uint64_t *at = NULL;
    bool is_new = false;
    *is_better = false;
    WPI_TRY(wpi_map_put(&labels->at, key_of(labels, offer->person, offer->hops),
                        labels->labels.count, &at, &is_new, err));
    uint32_t index = (uint32_t)*at;
    if (is_new) {
        WPI_TRY(WPI_ARRAY_PUSH(&labels->labels, wpi_label, *offer, err));
    } else {
        wpi_label *label = &WPI_ARRAY_AT(&labels->labels, wpi_label, index);
        if (offer->cost > label->cost || (offer->cost == label->cost && offer->hops >= label->hops))
            return WP_OK;
        *label = *offer; /* open again, if it was settled */
    }
    *is_better = true;
    return wpi_heap_push(&labels->queue, (wpi_heap_entry){offer->cost, offer->hops, index}, err);
}

wp_status wpi_labels_reopen(wpi_labels *labels, uint32_t person, wp_error *err)
{
    assert(!labels->has_hop_limit);
    const uint64_t *at = wpi_map_find(&labels->at, key_of(labels, person, 0));
    if (at == NULL)
        return WP_OK;
    wpi_label *label = &WPI_ARRAY_AT(&labels->labels, wpi_label, *at);
    label->is_settled = false;
    return wpi_heap_push(&labels->queue, (wpi_heap_entry){label->cost, label->hops, (uint32_t)*at},
                         err);
}

/* Whether a shorter label of the same person is settled; if not, this one becomes the shortest. */
static wp_status is_dominated(wpi_labels *labels, const wpi_label *label, bool *is, wp_error *err)
{
    uint64_t *shortest = NULL;
    bool is_new = false;
    WPI_TRY(wpi_map_put(&labels->shortest, label->person, label->hops, &shortest, &is_new, err));
    *is = !is_new && label->hops >= *shortest;
    if (!*is)
        *shortest = label->hops;
    return WP_OK;
}

wp_status wpi_labels_settle_first(wpi_labels *labels, wpi_label *out, wp_error *err)
{
    wpi_heap_entry next = wpi_heap_pop(&labels->queue);
    wpi_label *label = &WPI_ARRAY_AT(&labels->labels, wpi_label, next.item);
    if (label->is_settled || label->cost != next.cost || label->hops != next.hops)
        return WP_ENOTFOUND;
    if (labels->has_hop_limit)
        WPI_TRY(is_dominated(labels, label, &label->is_dominated, err));
    label->is_settled = true;
    *out = *label;
    return label->is_dominated ? WP_ENOTFOUND : WP_OK;
}

wp_status wpi_labels_settle(wpi_labels *labels, wpi_label *out, wp_error *err)
{
    wp_status status = WP_ENOTFOUND;
    while (labels->queue.count > 0 && status == WP_ENOTFOUND)
        status = wpi_labels_settle_first(labels, out, err);
    return status;
}
