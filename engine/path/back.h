/*
 * Labels from the targets backwards, for searches without a limit of hops: what it costs from a
 * person on to the targets by way of a given last introducer, the root. A person has at most as
 * many settled labels as introducers are wanted, unless more are equally cheap.
 */
#ifndef WPI_PATH_BACK_H
#define WPI_PATH_BACK_H

#include "base/array.h"
#include "base/map.h"

typedef struct wpi_back_label {
    uint64_t cost; /* without the person's own passage */
    uint32_t person;
    uint32_t root;
    uint32_t next; /* index + 1 of another label of the person; 0: none */
    bool is_settled;
} wpi_back_label;

/* The labels of one person. */
typedef struct wpi_back_person {
    uint32_t first;   /* index + 1 of a label */
    uint32_t settled; /* how many are */
    uint64_t dearest; /* of those settled */
} wpi_back_person;

typedef struct wpi_back {
    wpi_map at;        /* person and root -> index of a label */
    wpi_map person_at; /* person -> index */
    wpi_array labels;  /* of wpi_back_label */
    wpi_array people;  /* of wpi_back_person */
    wpi_array queue;   /* heap of labels */
} wpi_back;

void wpi_back_init(wpi_back *back);
/* Forget all labels, keep the memory. */
void wpi_back_clear(wpi_back *back);
void wpi_back_free(wpi_back *back);
size_t wpi_back_bytes(const wpi_back *back);

/* Offer a way from a person, who is passed over when k cheaper ones are settled; *is_better says
 * whether it became or improved a label. */
wp_status wpi_back_offer(wpi_back *back, const wpi_back_label *offer, size_t k, bool *is_better,
                         wp_error *err);
/* Have what an offer to a person will read brought into the cache. */
void wpi_back_prefetch(const wpi_back *back, uint32_t person, uint32_t root);
/* Settle the cheapest open label of somebody with fewer than k cheaper ones; WP_ENOTFOUND when
 * there is none. */
wp_status wpi_back_settle(wpi_back *back, size_t k, wpi_back_label *out);
/* The cost of a label; UINT64_MAX when there is none. */
uint64_t wpi_back_cost(const wpi_back *back, uint32_t person, uint32_t root);
/* The first label of a person; NULL when there is none. */
const wpi_back_label *wpi_back_first(const wpi_back *back, uint32_t person);
const wpi_back_label *wpi_back_next(const wpi_back *back, const wpi_back_label *label);

#endif
