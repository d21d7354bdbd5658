/*
 * One search's tables and lists, begun, cleared and freed together: see scratch.h.
 */
#include "path/scratch.h"

#include <string.h>

#include "path/search.h"

void wpi_scratch_init(wpi_scratch *scratch)
{
    *scratch = (wpi_scratch){.closings = WPI_ARRAY_OF(wpi_closing),
                             .order = WPI_ARRAY_OF(wpi_level_label),
                             .best = WPI_ARRAY_OF(wpi_total)};
    wpi_approaches_init(&scratch->approaches);
    wpi_labels_init(&scratch->labels, false);
    wpi_back_init(&scratch->back);
    wpi_frontier_init(&scratch->ahead);
    wpi_frontier_init(&scratch->behind);
}

void wpi_scratch_clear(wpi_scratch *scratch)
{
    for (int i = 0; i < WPI_SCRATCH_LEVELS; i++)
        wpi_level_clear(&scratch->levels[i]);
    memset(&scratch->labelled, 0, sizeof scratch->labelled);
    wpi_level_clear(&scratch->closing);
    scratch->closings.count = 0;
    scratch->order.count = 0;
    scratch->best.count = 0;
    wpi_map_clear(&scratch->totals);
    wpi_approaches_clear(&scratch->approaches);
    wpi_labels_clear(&scratch->labels);
    wpi_back_clear(&scratch->back);
}

void wpi_scratch_free(wpi_scratch *scratch)
{
    for (int i = 0; i < WPI_SCRATCH_LEVELS; i++)
        wpi_level_free(&scratch->levels[i]);
    wpi_level_free(&scratch->closing);
    wpi_array_free(&scratch->closings);
    wpi_array_free(&scratch->order);
    wpi_array_free(&scratch->best);
    wpi_map_free(&scratch->totals);
    wpi_approaches_free(&scratch->approaches);
    wpi_labels_free(&scratch->labels);
    wpi_back_free(&scratch->back);
    wpi_frontier_free(&scratch->ahead);
    wpi_frontier_free(&scratch->behind);
}

size_t wpi_scratch_bytes(const wpi_scratch *scratch)
{
    size_t bytes = wpi_level_bytes(&scratch->closing) +
                   scratch->closings.capacity * scratch->closings.item_bytes +
                   scratch->order.capacity * scratch->order.item_bytes +
                   wpi_approaches_bytes(&scratch->approaches) + wpi_map_bytes(&scratch->totals) +
                   wpi_labels_bytes(&scratch->labels) + wpi_back_bytes(&scratch->back) +
                   wpi_frontier_bytes(&scratch->ahead) + wpi_frontier_bytes(&scratch->behind);
    for (int i = 0; i < WPI_SCRATCH_LEVELS; i++)
        bytes += wpi_level_bytes(&scratch->levels[i]);
    return bytes;
}
