/*
 * Source ids: which interaction has one, and which interactions answer one.
 *
 * Both tables are keyed by a hash, so that new records fall anywhere. They wait in the transaction
 * and are written sorted when it ends, or when very many wait. A source id that waits is found by
 * its hash; whatever else is asked of records that wait has them written first.
 */
#ifndef WPI_GRAPH_SOURCE_ID_H
#define WPI_GRAPH_SOURCE_ID_H

#include "graph/graph.h"

/* Where a source id is, or would go. */
typedef struct wpi_source_place {
    uint64_t hash;
    uint8_t probe;
} wpi_source_place;

/* The interaction with a source id; WP_ENOTFOUND (err alone) when there is none, and where it would
 * go. */
wp_status wpi_source_id_find(wpi_graph *graph, const char *source, wpi_source_place *place,
                             uint64_t *number, wp_error *err);
/* Add one that is not there, at the place found. */
wp_status wpi_source_id_add(wpi_graph *graph, const wpi_source_place *place, uint64_t number,
                            wp_error *err);
wp_status wpi_source_id_remove(wpi_graph *graph, const char *source, wp_error *err);

/* Interactions that may answer a source id: others can have its hash. */
wp_status wpi_source_id_replies(wpi_graph *graph, const char *source, wpi_array *numbers,
                                wp_error *err);
/* An interaction answers a source id, or does so no more. */
wp_status wpi_source_id_add_reply(wpi_graph *graph, const char *answered, uint64_t number,
                                  wp_error *err);
wp_status wpi_source_id_remove_reply(wpi_graph *graph, const char *answered, uint64_t number,
                                     wp_error *err);

/* Write what waits. */
wp_status wpi_source_id_flush(wpi_graph *graph, wp_error *err);
void wpi_source_id_free(wpi_graph *graph);

#endif
