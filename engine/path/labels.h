/*
 * Labels of a search and the queue that settles them, cheapest first.
 *
 * A label says: this person can be an intermediary at this hop for this cost, which includes the
 * person's own passage (load and relay). With a hop limit a person has one label per hop; without,
 * one. Two labels of a person are compared by cost and hops: one that is neither cheaper nor
 * shorter than a settled one is dominated and never expanded.
 *
 * They live in a hash table that grows with the search: no memory and no clearing per person of the
 * database.
 */
#ifndef WPI_PATH_LABELS_H
#define WPI_PATH_LABELS_H

#include "base/array.h"
#include "base/map.h"

typedef struct wpi_label {
    uint64_t cost;
    uint32_t person;
    uint32_t hops; /* ties from the source */
    bool is_settled;
    bool is_dominated;
} wpi_label;

typedef struct wpi_labels {
    bool has_hop_limit;
    wpi_map at;       /* person and hop -> index */
    wpi_array labels; /* of wpi_label */
    wpi_array queue;  /* heap of entries */
    wpi_map shortest; /* person -> fewest hops settled */
} wpi_labels;

#define WPI_LABEL_HOPS_MAX 7u /* with a hop limit */

void wpi_labels_init(wpi_labels *labels, bool has_hop_limit);
void wpi_labels_clear(wpi_labels *labels);
void wpi_labels_free(wpi_labels *labels);
size_t wpi_labels_bytes(const wpi_labels *labels);

/* The label of a person at a hop (without a hop limit: the only one, when its hops match), or
 * NULL. */
const wpi_label *wpi_labels_find(const wpi_labels *labels, uint32_t person, uint32_t hops);

/* Without a hop limit: the only label of a person, or NULL. */
const wpi_label *wpi_labels_only(const wpi_labels *labels, uint32_t person);

/* Have the place of a person's only label brought into the cache. */
void wpi_labels_prefetch(const wpi_labels *labels, uint32_t person);

/* Offer a way to a person; *is_better says whether it became or improved a label. One that improves
 * a settled label, which a search that cuts lists may have settled too dear, opens it again. */
wp_status wpi_labels_offer(wpi_labels *labels, const wpi_label *offer, bool *is_better,
                           wp_error *err);

/* Without a hop limit: put the label of a person into the queue again, settled or not. */
wp_status wpi_labels_reopen(wpi_labels *labels, uint32_t person, wp_error *err);

/* Settle the label of the first entry of the queue, which is not empty; WP_ENOTFOUND when the entry
 * is out of date or the label dominated. For who compares the queue with another one: the label of
 * the next entry may cost more than what comes first in that. */
wp_status wpi_labels_settle_first(wpi_labels *labels, wpi_label *out, wp_error *err);

/* Settle the cheapest open label (then the one with fewer hops) that is not dominated; WP_ENOTFOUND
 * when there is none. */
wp_status wpi_labels_settle(wpi_labels *labels, wpi_label *out, wp_error *err);

#endif
