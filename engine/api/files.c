/*
 * Public calls on files that need not be sound: checking one, saving what it holds.
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
