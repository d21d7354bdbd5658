/*
 * Making records that were saved from a damaged file fit together, as far as truth goes: whoever
 * and whatever they name exists afterwards. What is derived is left as it was saved.
 */
#ifndef WPI_GRAPH_MEND_H
#define WPI_GRAPH_MEND_H

#include "graph/graph.h"

/* As wp_salvage(). */
wp_status wpi_mend_salvage(const char *damaged, const char *path, wp_fault_fn *fault,
                           wp_salvage_fn *table, void *context, wp_error *err);

#endif
