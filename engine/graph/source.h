/*
 * Sources: where facts come from, and taking one back.
 */
#ifndef WPI_GRAPH_SOURCE_H
#define WPI_GRAPH_SOURCE_H

#include "graph/graph.h"

/* As wp_source_put(), wp_source_find(), wp_source_get() and wp_source_next(). */
wp_status wpi_source_put(wpi_graph *graph, const char *name, const char *format, int64_t time_s,
                         uint32_t *number, wp_error *err);
wp_status wpi_source_find(wpi_graph *graph, const char *name, uint32_t *number, wp_error *err);
wp_status wpi_source_get(wpi_graph *graph, uint32_t number, wp_source *out, wp_error *err);
wp_status wpi_source_next(wpi_graph *graph, uint32_t *number, wp_error *err);

/* As wp_txn_use_source(). */
wp_status wpi_source_use(wpi_graph *graph, uint32_t number, wp_error *err);
/* The same for a source that is known to exist, even when it is being removed. */
wp_status wpi_source_switch(wpi_graph *graph, uint32_t number, wp_error *err);

/* Where the removal of a source is: the table, and the key to go on from. */
typedef struct wpi_leaving {
    uint32_t source;
    size_t step;
    wpi_key next;
    uint64_t records; /* looked at */
    bool is_done;
} wpi_leaving;

/* One transaction's worth of removing a source. The first marks it, the last deletes it. */
wp_status wpi_source_leave(wpi_graph *graph, wpi_leaving *leaving, wp_error *err);

#endif
