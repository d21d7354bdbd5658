/*
 * Public calls on files: checking one that need not be sound, saving what it holds, and the state
 * of one that is open.
 */
#include "api/handles.h"
#include "graph/mend.h"

wp_status wp_check_file(const char *path, wp_fault_fn *fault, void *context, uint64_t *faults,
                        wp_error *err)
{
    WPI_TRY(wpi_handles_check_given(faults, "faults", err));
    *faults = 0;
    WPI_TRY(wpi_handles_check_given(path, "path", err));
    return wpi_store_check_file(path, fault, context, faults, err);
}

wp_status wp_salvage(const char *damaged, const char *path, wp_fault_fn *fault,
                     wp_salvage_fn *table, void *context, wp_error *err)
{
    WPI_TRY(wpi_handles_check_given(damaged, "damaged", err));
    WPI_TRY(wpi_handles_check_given(path, "path", err));
    return wpi_mend_salvage(damaged, path, fault, table, context, err);
}

wp_status wp_health_get(wp_db *db, wp_health *out, wp_error *err)
{
    WPI_TRY(wpi_handles_check_given(out, "out", err));
    *out = (wp_health){.readers = NULL};
    WPI_TRY(wpi_handles_check_given(db, "db", err));
    WPI_TRY(wpi_store_health(db->store, out, err));
    out->format = WPI_FORMAT_VERSION;
    return WP_OK;
}

void wp_health_free(wp_health *health)
{
    if (health == NULL)
        return;
    wpi_memory_free(health->readers);
    *health = (wp_health){.readers = NULL};
}
