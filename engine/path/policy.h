/*
 * What holds for a snapshot and a day whatever the query: who opted out, who is hidden, who is of
 * our organisation, who was asked for introductions, and what its viewer sees. Built once, read by
 * many queries.
 */
#ifndef WPI_PATH_POLICY_H
#define WPI_PATH_POLICY_H

#include "base/bitset.h"
#include "graph/sight.h"

typedef struct wpi_policy {
    uint64_t snapshot;
    int32_t day;
    wpi_bitset opted_out; /* of introductions */
    wpi_bitset hidden;    /* do not contact, and whom the viewer does not see */
    wpi_bitset us;
    wpi_bitset asked; /* has a load, perhaps faded to nothing */
    wpi_sight sight;
} wpi_policy;

/* Cost: O(decisions + people / 64 where a default is out + our people + asks + private ties +
 * people on the sides of barriers). */
wp_status wpi_policy_build(wpi_graph *graph, uint32_t viewer, int32_t day, wpi_policy *out,
                           wp_error *err);
void wpi_policy_free(wpi_policy *policy);

#endif
