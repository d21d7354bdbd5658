/*
 * The overlay: the arcs that changed since their base segment was written, a record a person; and
 * the totals of base and overlay.
 *
 * A segment with anything in the overlay has a record in the table `changed`: the number of arcs,
 * and a bit for each person with an overlay record.
 */
#ifndef WPI_GRAPH_OVERLAY_H
#define WPI_GRAPH_OVERLAY_H

#include "base/bitset.h"
#include "format/segment.h"
#include "graph/graph.h"

/* Arcs of one person, or people of one segment, as they change. */
typedef struct wpi_changed {
    uint32_t arcs;
    uint64_t people[WPI_SEGMENT_PEOPLE / 64];
} wpi_changed;

/* The totals as of this transaction. */
wp_status wpi_overlay_totals(wpi_graph *graph, wpi_adjacency_totals *out, wp_error *err);
/* For writing: loaded once a transaction, saved by wpi_overlay_finish(). */
wp_status wpi_overlay_begin(wpi_graph *graph, wp_error *err);
wp_status wpi_overlay_finish(wpi_graph *graph, wp_error *err);

/* What of a segment is in the overlay; nothing when there is no record. */
wp_status wpi_overlay_load(wpi_graph *graph, uint32_t segment, wpi_changed *out, wp_error *err);
wp_status wpi_overlay_save(wpi_graph *graph, uint32_t segment, const wpi_changed *changed,
                           wp_error *err);

static inline bool wpi_changed_has(const wpi_changed *changed, uint32_t person)
{
    uint32_t place = person & (WPI_SEGMENT_PEOPLE - 1);
    return (changed->people[place >> 6] >> (place & 63) & 1) != 0;
}

/* Add everybody with an overlay record. */
wp_status wpi_overlay_people(wpi_graph *graph, wpi_bitset *people, wp_error *err);

/* Replace or insert arcs of a person, who then has *arcs_now in the overlay; they are sorted by
 * `other` and distinct, as wpi_adjacency_arc() made them. */
wp_status wpi_overlay_update(wpi_graph *graph, uint32_t person, const wpi_array *arcs,
                             wpi_changed *changed, size_t *arcs_now, wp_error *err);

/* The segments with anything in the overlay, the one with most arcs first. */
typedef struct wpi_overlay_segment {
    uint32_t number;
    uint32_t arcs;
} wpi_overlay_segment;
wp_status wpi_overlay_segments(wpi_graph *graph, wpi_array *out, wp_error *err);

/* Today, for what is in the future. */
int32_t wpi_overlay_today(void);

#endif
