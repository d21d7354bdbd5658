/*
 * Saving what a damaged file still holds into a new one.
 *
 * A record counts when its checksum holds, wherever it lies: in the trees as far as they can be
 * walked, and for keys that cannot be reached in any page that is not known to be free. The damaged
 * file is only read. What records mean is not known here, so whoever calls mends what no longer
 * fits together.
 */
#ifndef WPI_STORE_SALVAGE_H
#define WPI_STORE_SALVAGE_H

#include "store/store.h"

typedef struct wpi_salvage {
    wp_fault_fn *fault;      /* each fault, as in wp_check_file(); may be NULL */
    wp_salvage_fn *table;    /* each table in the end; may be NULL */
    void *context;           /* of both */
    wpi_store_init_fn *init; /* records for which the file may have others; context: init_context */
    void *init_context;
    wpi_store_fill_fn *mend; /* last, on the new store; context: this struct */
} wpi_salvage;

/* Write all that can be read of `damaged` to the new file `path`, which appears complete or not at
 * all. WP_EEXIST, WP_EFORMAT (no database of ours at all), WP_EBUSY (others write to it), WP_EFULL.
 */
wp_status wpi_store_salvage(const char *damaged, const char *path, wpi_salvage *salvage,
                            wp_error *err);

#endif
